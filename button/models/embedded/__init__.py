"""The embedded default model: a procedural chat model that plays every role without network or key.

It reads the `<inputs>` block that closes every prompt and the contract that is bound, and answers
from a typed world (`world/*.yaml`): kinds of values, functions with meaning, phrasings. It keeps no
memory between calls: everything it knows of a task it reads back out of the text it is given.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from button.models.embedded.chat_model import MODEL_NAME, EmbeddedModel

__all__ = ["MODEL_NAME", "EmbeddedModel"]


def __getattr__(name: str) -> Any:
    """The chat model, loaded when it is asked for: whoever reads the world needs no LangChain."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("button.models.embedded.chat_model"), name)
