"""What the graphs know while they run: one typed dictionary per graph, JSON-like throughout.

Each key is written by the agents that name it in their `Writes`. Reducers say what becomes of
several writes.
"""

import operator
from typing import Annotated, Any

from langchain_core.messages import AnyMessage
from langgraph.graph.message import add_messages
from pydantic import Field
from typing_extensions import TypedDict

from button.records import Strategy
from tools.ledger import Fact

Json = dict[str, Any]
TAKEN_BACK: Json = {}
"""Written as `rejection`, it removes the one that is there."""


def add_counts(before: dict[str, int] | None, after: dict[str, int] | None) -> dict[str, int]:
    """Sum of two counts, key by key."""
    total = dict(before or {})
    for key, count in (after or {}).items():
        total[key] = total.get(key, 0) + count
    return total


def first_rejection(before: Json | None, after: Json | None) -> Json | None:
    """The rejection that came first decides; branches are merged in the order they were sent.

    `TAKEN_BACK` removes the one that a thread ended with before it was continued.
    """
    return None if after == TAKEN_BACK else before or after


class Common(TypedDict, total=False):
    """Keys of every graph."""

    item: Annotated[int, Field(description="Number of the item within a run", default=0)]
    """Decides, with the root seed, all randomness of the item."""
    attempts: Annotated[dict[str, int], add_counts]
    """Model calls by prompt, re-asks included."""
    rejection: Annotated[Json | None, first_rejection]
    """Why the item ends early; None while it does not."""


class SeedInput(TypedDict, total=False):
    """What `bottom_up` and `pipeline` start from."""

    item: Annotated[int, Field(description="Number of the item within a run", default=0)]
    seed: Annotated[
        Json,
        Field(
            description="A seed: `kind` (scenario, conversation or functions), `source`, and "
            "`text`, `messages` or `functions`",
            examples=[
                {"kind": "scenario", "source": "studio", "text": "booking a flight for a trip"}
            ],
        ),
    ]


class ConstructionState(Common, total=False):
    """One variant on its way from a scenario to a task with functions."""

    variant: int
    """Number of the scenario among those of the seed."""
    seed: Json
    """The seed, for the functions of its catalogue."""
    scenario: Json
    """`text` and `origin`."""
    rounds: list[Strategy]
    """How the task is composed, round by round; the first is the trajectory's strategy."""
    atomic_task: str
    """The task of one step that everything grew from."""
    task: str
    """The task as composed and kept so far."""
    sub_tasks: list[Json]
    """Its parts: `id`, `text`, `depends_on`, `functions`."""
    round: int
    """Rounds of composition that the critic has kept."""
    draft: Json | None
    """A composition that the critic has not judged yet: `text` and `sub_tasks`."""
    remarks: list[str]
    """What the critic had against the drafts of this round."""
    functions: list[Json]
    """The signatures, each once: `name`, `description`, `parameters`, `returns`."""
    designs: int
    """How often functions were designed."""
    design_remarks: list[str]
    """What the gate has against the functions; empty when they pass."""


class ConversationInput(TypedDict, total=False):
    """What `conversation` starts from: a task with its functions, or a person's message."""

    item: Annotated[int, Field(description="Number of the item within a run", default=0)]
    variant: Annotated[int, Field(description="Number of the variant of the item", default=0)]
    task: Annotated[str, Field(description="The composed task, for the simulated human")]
    sub_tasks: Annotated[
        list[Json],
        Field(description="Its parts (`id`, `text`, `depends_on`, `functions`), for the assistant"),
    ]
    functions: Annotated[
        list[Json],
        Field(description="Signatures: `name`, `description`, `parameters`, `returns`"),
    ]
    messages: Annotated[list[AnyMessage], add_messages]


class ConversationState(Common, total=False):
    """One conversation.

    `messages` is: a human message; then assistant messages, each with calls followed by one tool
    message per call in call order, or with a question followed by a human message; the last one is
    the final answer.
    """

    variant: int
    task: str
    """The composed task; only the human sees it."""
    sub_tasks: list[Json]
    """The breakdown; only the assistant sees it."""
    functions: list[Json]
    """The signatures; only the assistant sees all of them."""
    messages: Annotated[list[AnyMessage], add_messages]
    facts: Annotated[list[Fact], operator.add]
    """What tools have stated: `name`, `arguments`, `result`; only tools see it."""


class BottomUpState(Common, total=False):
    """One seed on its way to task specifications."""

    seed: Json
    scenarios: list[Json]
    """The seed's situations: `variant`, `text`, `origin`."""
    specifications: Annotated[list[Json], operator.add]
    """Tasks with functions, in variant order: what a conversation starts from."""
    rejections: Annotated[list[Json], operator.add]
    """Variants that were dropped: `variant` and `rejection`."""


class PipelineState(BottomUpState, total=False):
    """One seed on its way to checked trajectories."""

    conversations: Annotated[list[Json], operator.add]
    """Specifications with their `messages`, and a `rejection` where one was dropped."""
    checked: list[Json]
    """Conversations after the checks: `variant`, `accepted`, and `row` or `rejection`."""
    votes: Annotated[list[Json], operator.add]
    """What judges said: `variant`, `judgement`, and the model calls it took."""
    outcomes: list[Json]
    """The product, in variant order: `kind` (accepted or rejected) and `row`."""
