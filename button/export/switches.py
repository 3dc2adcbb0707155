"""Switches that real chat templates and trainers need, and which format knows which."""

from typing import Literal, NamedTuple

Arguments = Literal["object", "string"]
Parallel = Literal["kept", "serialised"]
Content = Literal["empty", "null"]
Kept = Literal["kept", "dropped"]
TypeLists = Literal["kept", "flattened"]
Thoughts = Literal["dropped", "reasoning_content", "think"]


class Switches(NamedTuple):
    """How the same conversation is written down."""

    arguments: Arguments = "object"
    """Arguments of calls: a JSON object, or its text as OpenAI's interface has it."""
    parallel: Parallel = "kept"
    """`serialised`: several calls of one turn become turns of one call each."""
    content: Content = "empty"
    """What stands beside calls: `""`, or null, at which seven known templates fail."""
    ids: Kept = "kept"
    """Ids of calls, and of the calls that results answer."""
    type_lists: TypeLists = "kept"
    """`flattened`: `"type": ["string", "null"]` as one type, or as `anyOf` where it has several."""
    thoughts: Thoughts = "dropped"
    """The assistant's reasoning: a key of its own, between `<think>` tags, or left out."""
    mask: Kept = "dropped"
    """`kept`: each message has the key `train`, which says whether loss is computed on it."""


EVERYWHERE = frozenset(("parallel", "type_lists"))
"""Switches that change the conversation itself, whatever it is written as."""
