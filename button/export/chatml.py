"""ChatML with Hermes calls, as one text or as spans of it, and the pieces that both are made of.

The text without thoughts is what the template of Qwen 2.5 renders.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from button.checks.conversation import Conversation
from button.export.chat import Chat
from button.export.format import ExportFormat, Facet, Row, UnheldError
from button.export.switches import EVERYWHERE, Switches
from button.export.texts import json_in_tags, named_call, openai_tool
from button.formats.chats import OPENAI_FORMAT
from button.records import Message

Kind = Literal["frame", "system", "user", "think", "call", "say", "final", "observation"]
START, END = "<|im_start|>", "<|im_end|>"
NOBODY = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
_ABOUT = (
    "# Tools\n\nYou may call one or more functions to assist with the user query.\n\nYou are "
    "provided with function signatures within <tools></tools> XML tags:\n<tools>"
)
_HOW = (
    "\n</tools>\n\nFor each function call, return a json object with function name and arguments "
    'within <tool_call></tool_call> XML tags:\n<tool_call>\n{"name": <function-name>, "arguments": '
    "<args-json-object>}\n</tool_call>"
)
_TURN = re.compile(r"<\|im_start\|>(\w+)\n(.*?)<\|im_end\|>\n", re.DOTALL)


class Piece(NamedTuple):
    """A stretch of text that one loss weight can be given to."""

    kind: Kind
    text: str
    message: int
    """Index of the message in the conversation."""
    trainable: bool = False


def hermes_system(chat: Chat) -> str:
    """The system's words with the functions between `<tools>` tags."""
    words = chat.system or NOBODY
    if not chat.tools:
        return words
    tools = "".join(f"\n{json_in_tags(openai_tool(tool))}" for tool in chat.tools)
    return f"{words}\n\n{_ABOUT}{tools}{_HOW}"


def hermes_call(message: Message) -> list[str]:
    """The calls of a turn, each between `<tool_call>` tags."""
    return [
        f"<tool_call>\n{json_in_tags(named_call(call))}\n</tool_call>"
        for call in message.tool_calls or ()
    ]


def without_functions(found: Conversation) -> Conversation:
    """A conversation that was read, with the system's own words only."""
    first = found.messages[0]
    words = first.content.rpartition(f"\n\n{_ABOUT}")[0] or first.content
    kept = () if words == NOBODY else (first.model_copy(update={"content": words}),)
    return replace(found, messages=(*kept, *found.messages[1:]))


def pieces(chat: Chat, switches: Switches) -> Iterator[Piece]:
    """The text of a conversation, piece by piece."""
    shift = len(chat.messages) - len(chat.spoken)
    yield from _framed("system", [Piece("system", hermes_system(chat), 0)])
    spoken = chat.spoken
    for index, message in enumerate(spoken):
        at = index + shift
        if message.role == "assistant":
            yield from _framed("assistant", list(_assistant(message, at, switches)))
        elif message.role != "tool":
            yield from _framed("user", [Piece("user", message.content, at)])
        else:
            opened = index == 0 or spoken[index - 1].role != "tool"
            closed = index + 1 == len(spoken) or spoken[index + 1].role != "tool"
            yield Piece("frame", f"{START}user\n" * opened + "<tool_response>\n", at)
            yield Piece("observation", message.content, at)
            yield Piece("frame", "\n</tool_response>" + (f"{END}\n" if closed else "\n"), at)


def _framed(role: str, inner: list[Piece]) -> Iterator[Piece]:
    if any(START in piece.text or END in piece.text for piece in inner):
        raise UnheldError("words that hold the format's own marks")
    last = inner[-1]
    yield Piece("frame", f"{START}{role}\n", last.message)
    yield from inner
    # The mark that ends a turn is the assistant's to learn too.
    yield Piece("frame", END, last.message, last.trainable)
    yield Piece("frame", "\n", last.message)


def _assistant(message: Message, at: int, switches: Switches) -> Iterator[Piece]:
    learnt = message.trainable
    parts: list[tuple[Kind, str]] = []
    if message.thought and switches.thoughts == "think":
        parts.append(("think", f"<think>\n{message.thought}\n</think>"))
    if message.content:
        parts.append(("final" if message.is_final else "say", message.content))
    parts += [("call", call) for call in hermes_call(message)]
    for number, (kind, text) in enumerate(parts):
        gap = "\n" * (number > 0) + "\n" * (number > 0 and kind != "call")
        yield Piece(kind, gap + text, at, learnt)
    if not parts:
        yield Piece("say", "", at, learnt)


def read_chatml(text: str) -> Conversation:
    """The conversation of a text."""
    turns = []
    for role, said in _TURN.findall(text):
        is_result = role == "user" and said.startswith("<tool_response>\n")
        turns.append({"role": "tool" if is_result else role, "content": said})
    return without_functions(OPENAI_FORMAT.read({"messages": turns}, None))


def _write(chat: Chat, switches: Switches) -> list[Row]:
    return [{"id": chat.id, "text": "".join(piece.text for piece in pieces(chat, switches))}]


def _read(rows: Sequence[Row]) -> Conversation:
    return read_chatml(rows[0]["text"])


CANNOT: dict[Facet, str] = {
    "call ids": "results answer the calls before them in their order",
    "returns": "what a function returns has no place",
    "refusals": "a refused call's answer says so in its words only",
}
CHATML = ExportFormat(
    "chatml",
    "id, text",
    "whoever trains on one `text` per row: TRL (docs/source/dataset_formats.md, `Language "
    "modeling`), LLaMA-Factory (data/README.md, `Pre-training Dataset`)",
    {**CANNOT, "loss mask": "a text has none; `spans` has the same text with one"},
    {"id": "text", "text": "text"},
    _write,
    _read,
    Switches(thoughts="think"),
    EVERYWHERE | {"thoughts"},
)
