"""Conversational rows with `tools`, as TRL and chat templates of Hugging Face take them."""

from button.export.chat import Chat
from button.export.format import ExportFormat, Row
from button.export.messages import message_rows
from button.export.openai import read_messages
from button.export.switches import EVERYWHERE, Switches
from button.export.texts import openai_tool

KNOWS = EVERYWHERE | {"arguments", "content", "ids", "thoughts", "mask"}


def tool_rows(chat: Chat) -> list[Row]:
    """The tools of a chat as templates take them."""
    return [openai_tool(tool) for tool in chat.tools]


def _write(chat: Chat, switches: Switches) -> list[Row]:
    return [{"id": chat.id, "messages": message_rows(chat, switches), "tools": tool_rows(chat)}]


TRL = ExportFormat(
    "trl",
    "id, messages, tools",
    "TRL's SFTTrainer (docs/source/dataset_formats.md, `Tool Calling`), Axolotl "
    "(docs/dataset-formats/conversation.qmd, `Using tool use`), any `apply_chat_template`",
    {
        "returns": "what a function returns has no key",
        "refusals": "a refused call's answer says so in its words only",
    },
    {"id": "text", "messages": "list of json", "tools": "list of json"},
    _write,
    read_messages,
    Switches(thoughts="reasoning_content"),
    KNOWS,
    renders=True,
)
