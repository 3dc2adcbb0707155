"""Step by step: one row per turn of the assistant, the conversation before it as the prompt."""

from collections.abc import Sequence

from button.checks.conversation import Conversation
from button.export.chat import Chat
from button.export.format import ExportFormat, Row
from button.export.messages import message_rows
from button.export.openai import read_messages
from button.export.switches import Switches
from button.export.trl import KNOWS, TRL, tool_rows


def _write(chat: Chat, switches: Switches) -> list[Row]:
    messages = message_rows(chat, switches)
    return [
        {
            "id": f"{chat.id}-{index}",
            "prompt": messages[:index],
            "completion": [messages[index]],
            "tools": tool_rows(chat),
        }
        for index, message in enumerate(chat.messages)
        if message.role == "assistant" and message.trainable
    ]


def _read(rows: Sequence[Row]) -> Conversation:
    """The conversation up to its last turn, which holds all others."""
    last = rows[-1]
    return read_messages([{**last, "messages": [*last["prompt"], *last["completion"]]}])


STEPS = ExportFormat(
    "steps",
    "id, prompt, completion, tools; one row per turn of the assistant",
    "TRL's SFTTrainer, loss on the completion (docs/source/dataset_formats.md, "
    "`Prompt-completion`, `Tool Calling`)",
    {**TRL.cannot_hold, "loss mask": "turns that are not to be learnt get no row"},
    {"id": "text", "prompt": "list of json", "completion": "list of json", "tools": "list of json"},
    _write,
    _read,
    Switches(thoughts="reasoning_content"),
    KNOWS - {"mask"},
    renders=True,
)
