"""How the graphs ask their routing functions where to go next."""

from typing import Any

from langchain_core.runnables import RunnableConfig, RunnableLambda
from typing_extensions import override


class Route(RunnableLambda[Any, Any]):
    """A routing function that is simply called.

    Given as it is, LangGraph would hand it to a thread, and LangChain would keep a trace of it:
    both cost far more than a look at the state.
    """

    @override
    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        return self.func(input)
