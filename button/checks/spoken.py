"""What is said aloud is speech only: no thoughts, no markup of a model's own format."""

import re
from collections.abc import Iterator

from button.checks.codes import Code
from button.checks.prepared import Prepared
from button.records import Fault, Finding

THOUGHT_IN_CONTENT = Code(
    "thought_in_content",
    "error",
    "assistant",
    "A message says aloud what belongs to the thought or to the calls, or their markup.",
)
CODES = (THOUGHT_IN_CONTENT,)

_MARKUP = re.compile(
    r"</?(?:thought|think|thinking|reasoning|scratchpad|final|tool_call|tool_calls|function_call|"
    r"tool_response)>|<\|[a-z_]+\|>",
    re.I,
)
_SPEAKERS: dict[str, Fault] = {"assistant": "assistant", "user": "human"}


def check(prepared: Prepared) -> list[Finding]:
    """Markup in what the assistant and the human say, and thoughts repeated beside calls."""
    return list(_spoken(prepared))


def _spoken(prepared: Prepared) -> Iterator[Finding]:
    for index, message in enumerate(prepared.messages):
        if message.role not in _SPEAKERS or not message.content:
            continue
        markup = _MARKUP.search(message.content)
        # Beside calls nothing needs to be said; a final answer may well repeat its conclusion.
        thought = (message.thought or "").strip() if message.tool_calls else ""
        if markup:
            text = f"{markup.group()!r} is said aloud"
        elif thought and thought in message.content:
            text = "the thought is said aloud"
        else:
            continue
        yield THOUGHT_IN_CONTENT.found(text, index, "$.content", fault=_SPEAKERS[message.role])
