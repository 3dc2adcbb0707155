"""Role grammar: who may speak after whom, and every call answered exactly once, in call order."""

import re
from collections.abc import Iterator

from button.canonical import CALL_ID_LENGTH
from button.checks.codes import Code
from button.checks.prepared import Prepared
from button.records import Fault, Finding, Message

ROLE_ORDER = Code("role_order", "error", "construction", "Somebody speaks out of turn.")
UNANSWERED_CALL = Code("unanswered_call", "error", "tool", "A call has no answer.")
OPEN_CALLS = Code("open_calls", "warning", "construction", "The conversation ends with calls.")
ORPHAN_RESULT = Code("orphan_result", "error", "tool", "An answer belongs to no call before it.")
ANSWERED_TWICE = Code("answered_twice", "error", "tool", "A call has more than one answer.")
ANSWER_ORDER = Code(
    "answer_order", "error", "tool", "The answers of a turn do not stand in the order of its calls."
)
CALL_ID_FORM = Code(
    "call_id_form", "error", "construction", "A call id is not nine alphanumeric characters."
)
DUPLICATE_CALL_ID = Code(
    "duplicate_call_id", "error", "construction", "A call id is used more than once."
)
EMPTY_MESSAGE = Code("empty_message", "error", "construction", "A message says and does nothing.")
MISPLACED_FIELD = Code(
    "misplaced_field",
    "error",
    "construction",
    "A message carries a field that its role does not have.",
)
MISSING_FINAL = Code(
    "missing_final", "error", "assistant", "The last message is not the assistant's final answer."
)
EARLY_FINAL = Code(
    "early_final",
    "error",
    "assistant",
    "A message before the last one is marked as the final answer.",
)
CODES = (
    ROLE_ORDER,
    UNANSWERED_CALL,
    OPEN_CALLS,
    ORPHAN_RESULT,
    ANSWERED_TWICE,
    ANSWER_ORDER,
    CALL_ID_FORM,
    DUPLICATE_CALL_ID,
    EMPTY_MESSAGE,
    MISPLACED_FIELD,
    MISSING_FINAL,
    EARLY_FINAL,
)

_CALL_ID = re.compile(rf"[A-Za-z0-9]{{{CALL_ID_LENGTH}}}")
_SPEAKERS: dict[str, Fault] = {
    "system": "construction",
    "user": "human",
    "assistant": "assistant",
    "tool": "tool",
}
_FIELDS_OF: dict[str, tuple[str, ...]] = {
    "system": (),
    "user": (),
    "tool": ("tool_call_id", "is_error"),
    "assistant": ("thought", "tool_calls", "is_final", "trainable"),
}


def check(prepared: Prepared) -> list[Finding]:
    """All findings about who spoke when."""
    messages = prepared.messages
    return [
        *_order(prepared),
        *_answers(prepared),
        *_ids(prepared),
        *_fields(messages),
        *_ending(messages),
    ]


def _order(prepared: Prepared) -> Iterator[Finding]:
    expected: tuple[str, ...] = ("system", "user")
    if prepared.record and prepared.messages and prepared.messages[0].role != "system":
        # Ours say there which day it is.
        yield ROLE_ORDER.found("the system message is missing", message=0)
    for index, message in enumerate(prepared.messages):
        # A result without a call, or a call without a result, is reported as such below.
        if message.role not in expected and message.role != "tool" and expected != ("tool",):
            yield ROLE_ORDER.found(
                f"{message.role!r} speaks where {' or '.join(map(repr, expected))} must",
                message=index,
                fault=_SPEAKERS[message.role],
            )
        expected = _next_speakers(message)


def _next_speakers(message: Message) -> tuple[str, ...]:
    if message.role == "system":
        return ("user",)
    if message.role == "assistant":
        return ("tool",) if message.tool_calls else ("user",)
    return ("assistant",)


def _answers(prepared: Prepared) -> Iterator[Finding]:
    messages = prepared.messages
    open_calls: list[str] = []
    answered: list[str] = []
    asked_at = 0
    for index, message in enumerate(messages):
        if message.role == "tool":
            call = message.tool_call_id or ""
            if call not in open_calls:
                yield ORPHAN_RESULT.found(f"answer to {call!r}, which no call asks for", index)
            elif call in answered:
                yield ANSWERED_TWICE.found(f"second answer to call {call!r}", index)
            else:
                answered.append(call)
            continue
        yield from _unanswered(open_calls, answered, asked_at)
        open_calls = [call.id for call in message.tool_calls or ()]
        answered, asked_at = [], index
    if open_calls and not answered and asked_at == len(messages) - 1 and not prepared.record:
        # What is trained on is the call; there is nothing after it that an answer is missed by.
        yield OPEN_CALLS.found(f"{len(open_calls)} calls at the end", asked_at, "$.tool_calls")
        return
    yield from _unanswered(open_calls, answered, asked_at)


def _unanswered(asked: list[str], answered: list[str], message: int) -> Iterator[Finding]:
    for position, call in enumerate(asked):
        if call not in answered:
            yield UNANSWERED_CALL.found(
                f"call {call!r} has no answer", message, f"$.tool_calls[{position}]"
            )
    if answered != [call for call in asked if call in answered]:
        yield ANSWER_ORDER.found(f"calls {asked} were answered in the order {answered}", message)


def _ids(prepared: Prepared) -> Iterator[Finding]:
    seen: set[str] = set()
    for call in prepared.calls:
        path = f"$.tool_calls[{call.position}].id"
        given = prepared.reading.given_ids.get(call.id, call.id)
        if not _CALL_ID.fullmatch(given):
            yield CALL_ID_FORM.found(f"call id {given!r}", call.message, path)
        if given in seen:
            yield DUPLICATE_CALL_ID.found(f"call id {given!r} again", call.message, path)
        seen.add(given)


def _fields(messages: tuple[Message, ...]) -> Iterator[Finding]:
    for index, message in enumerate(messages):
        allowed = _FIELDS_OF[message.role]
        present = {
            "thought": message.thought is not None,
            "tool_calls": message.tool_calls is not None,
            "tool_call_id": message.tool_call_id is not None,
            "is_error": message.is_error is not None,
            "is_final": message.is_final is not None,
            "trainable": message.trainable,
        }
        for field, given in present.items():
            if given and field not in allowed:
                yield MISPLACED_FIELD.found(
                    f"{message.role!r} message with {field!r}", index, f"$.{field}"
                )
        if not message.content.strip() and not message.tool_calls:
            yield EMPTY_MESSAGE.found(
                f"{message.role!r} message without text", index, fault=_SPEAKERS[message.role]
            )


def _ending(messages: tuple[Message, ...]) -> Iterator[Finding]:
    last = len(messages) - 1
    for index, message in enumerate(messages[:-1]):
        # Where it is the human who goes on, the check of the human says so.
        if message.is_final and messages[index + 1].role != "user":
            yield EARLY_FINAL.found(f"final answer in message {index} of {last}", index)
    closes = messages and messages[-1].role == "assistant" and messages[-1].is_final
    if not closes or messages[-1].tool_calls:
        answered = any(message.role == "assistant" for message in messages)
        yield MISSING_FINAL.found(
            "the conversation does not end with a final answer",
            last,
            fault="human" if answered and messages[-1].role == "user" else None,
        )
