"""Hermes: turns of plain text with functions, calls and results between tags."""

from collections.abc import Iterator, Sequence

from button.checks.conversation import Conversation
from button.export.chat import Chat
from button.export.chatml import CANNOT, hermes_call, hermes_system, without_functions
from button.export.format import ExportFormat, Row
from button.export.switches import EVERYWHERE, Switches
from button.export.texts import with_thought
from button.formats.chats import SHAREGPT_FORMAT
from button.records import Message


def _write(chat: Chat, switches: Switches) -> list[Row]:
    system = {"from": "system", "value": hermes_system(chat)}
    return [{"id": chat.id, "conversations": [system, *_turns(chat, switches)]}]


def _turns(chat: Chat, switches: Switches) -> Iterator[Row]:
    results: list[str] = []
    for message in chat.spoken:
        if message.role == "tool":
            results.append(f"<tool_response>\n{message.content}\n</tool_response>")
            continue
        if results:
            yield {"from": "tool", "value": "\n".join(results)}
            results = []
        speaker = "gpt" if message.role == "assistant" else "human"
        yield {"from": speaker, "value": _words(message, switches)}
    if results:
        yield {"from": "tool", "value": "\n".join(results)}


def _words(message: Message, switches: Switches) -> str:
    thought = message.thought if switches.thoughts == "think" else None
    calls = "\n".join(hermes_call(message))
    return with_thought(thought, "\n".join(filter(None, (message.content, calls))))


def _read(rows: Sequence[Row]) -> Conversation:
    return without_functions(SHAREGPT_FORMAT.read(rows[0], None))


HERMES = ExportFormat(
    "hermes",
    "conversations of from and value, with tags",
    "trainers of plain ShareGPT chats, for models of the Hermes and Qwen 2.5 kind (Axolotl, "
    "docs/dataset-formats/conversation.qmd, `Migrating from sharegpt`)",
    {**CANNOT, "loss mask": "the trainer masks by role"},
    {"id": "text", "conversations": "list of json"},
    _write,
    _read,
    Switches(thoughts="think"),
    EVERYWHERE | {"thoughts"},
)
