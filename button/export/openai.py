"""OpenAI chat messages with tools: arguments as text, and whether calls may be parallel."""

from collections.abc import Sequence

from button.checks.conversation import Conversation
from button.export.chat import Chat
from button.export.format import ExportFormat, Row
from button.export.messages import message_rows
from button.export.switches import EVERYWHERE, Switches
from button.export.texts import openai_tool
from button.formats.chats import OPENAI_FORMAT


def _write(chat: Chat, switches: Switches) -> list[Row]:
    row: Row = {"messages": message_rows(chat, switches, names=False)}
    if chat.tools:
        row["tools"] = [openai_tool(tool) for tool in chat.tools]
        row["parallel_tool_calls"] = chat.parallel_calls
    return [row]


def read_messages(rows: Sequence[Row]) -> Conversation:
    """The conversation of one row."""
    return OPENAI_FORMAT.read(rows[0], None)


OPENAI = ExportFormat(
    "openai",
    "messages, tools, parallel_tool_calls",
    "OpenAI fine-tuning (platform guide `Supervised fine-tuning`, chat format with tools) and "
    "whatever takes OpenAI requests",
    {
        "returns": "what a function returns has no key",
        "refusals": "a refused call's answer says so in its words only",
        "loss mask": "the trainer computes loss on every assistant message",
    },
    {"messages": "list of json", "tools": "list of json", "parallel_tool_calls": "flag"},
    _write,
    read_messages,
    Switches(arguments="string"),
    EVERYWHERE | {"arguments", "content", "thoughts"},
    renders=True,
)
