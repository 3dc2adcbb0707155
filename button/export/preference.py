"""Preference pairs: where two turns of the assistant answer the same conversation, one better.

Two sources. A call that was refused and the call that replaced it, within one trajectory. And
twins: two trajectories of one item with the same functions and the same words up to a turn of the
assistant, where one has fewer findings.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from button.canonical import content_hash
from button.export.chat import Chat
from button.export.format import ExportFormat, Row, UnheldError
from button.export.messages import assistant_row, message_rows
from button.export.switches import Switches
from button.export.trl import KNOWS, TRL, tool_rows
from button.records import Message, Trajectory


def _corrections(chat: Chat, switches: Switches) -> list[Row]:
    """A pair for each refused turn and the turn that did it right."""
    refused = {m.tool_call_id for m in chat.messages if m.is_error}
    pairs = []
    for index, message in enumerate(chat.messages):
        wrong = {call.id for call in message.tool_calls or ()}
        if not wrong & refused:
            continue
        better = _next_turn(chat, index)
        if better is None or {call.id for call in better.tool_calls or ()} & refused:
            continue
        if not better.tool_calls:
            continue
        # What it thought, it thought of the refusal, which the prompt does not hold.
        right = better.model_copy(update={"thought": None})
        pairs.append(_pair(chat, index, right, message, "corrected", switches))
    if not pairs:
        raise UnheldError("no turn that was refused and corrected, and no twin")
    return pairs


def _next_turn(chat: Chat, index: int) -> Message | None:
    return next((m for m in chat.messages[index + 1 :] if m.role == "assistant"), None)


def twins(chats: Sequence[Chat], switches: Switches) -> list[Row]:
    """The pairs among the conversations of one item."""
    pairs = []
    for one, other in combinations(chats, 2):
        marks = _marks(one.record), _marks(other.record)
        at = _parting(one, other)
        if at is None or marks[0] == marks[1]:
            continue
        better, worse = (one, other) if marks[0] < marks[1] else (other, one)
        pairs.append(
            _pair(better, at, better.messages[at], worse.messages[at], "fewer findings", switches)
        )
    return pairs


def _marks(record: Trajectory) -> tuple[int, ...]:
    counts = Counter(finding.severity for finding in record.findings)
    return counts["error"], counts["warning"], counts["info"]


def _parting(one: Chat, other: Chat) -> int | None:
    """The first message in which they differ, where both are the assistant's there."""
    if one.tools != other.tools:
        return None
    for index, (left, right) in enumerate(zip(one.messages, other.messages, strict=False)):
        if left != right:
            both = left.role == right.role == "assistant"
            return index if both and index and _visible(left) != _visible(right) else None
    return None


def _visible(message: Message) -> tuple[object, ...]:
    return (message.content, message.thought, [c.function for c in message.tool_calls or ()])


def _pair(
    chat: Chat, at: int, chosen: Message, rejected: Message, reason: str, switches: Switches
) -> Row:
    answers = [assistant_row(chosen, switches)], [assistant_row(rejected, switches)]
    return {
        "id": content_hash([chat.id, at, *answers]),
        "prompt": message_rows(chat, switches)[:at],
        "chosen": answers[0],
        "rejected": answers[1],
        "tools": tool_rows(chat),
        "reason": reason,
    }


PREFERENCE = ExportFormat(
    "preference",
    "id, prompt, chosen, rejected, tools, reason",
    "TRL's DPOTrainer and RewardTrainer (docs/source/dataset_formats.md, `Preference`)",
    {**TRL.cannot_hold, "loss mask": "both answers are learnt, each in its direction"},
    {
        "id": "text",
        "prompt": "list of json",
        "chosen": "list of json",
        "rejected": "list of json",
        "tools": "list of json",
        "reason": "text",
    },
    _corrections,
    switches=Switches(thoughts="reasoning_content"),
    knows=KNOWS - {"mask"},
    twins=twins,
)
