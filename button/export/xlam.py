"""xLAM: a request and the calls that answer it at once, without results.

A row holds the calls of the assistant's first turn, and the request as the human made it.
"""

from collections.abc import Sequence
from dataclasses import replace

from button.checks.conversation import Conversation
from button.export.chat import Chat
from button.export.dates import rests_on_system
from button.export.format import ExportFormat, Row, UnheldError
from button.export.switches import EVERYWHERE, Switches
from button.export.texts import bare_function, named_call
from button.formats.written import as_json
from button.formats.xlam import XLAM as READER


def first_step(chat: Chat) -> Chat:
    """The human's first message and the assistant's first turn, in its calls.

    Raises:
        UnheldError: the conversation does not begin like that.
    """
    roles = [message.role for message in chat.spoken[:2]]
    if roles != ["user", "assistant"]:
        raise UnheldError("a conversation that begins otherwise than with a request")
    request, turn = chat.spoken[:2]
    calls = {call.id for call in turn.tool_calls or ()}
    if not calls:
        raise UnheldError("a first turn without a call")
    if any(m.is_error and m.tool_call_id in calls for m in chat.messages):
        raise UnheldError("a first turn whose call was refused")
    turn = turn.model_copy(update={"content": "", "thought": None})
    return replace(chat, messages=(request, turn))


def _write(chat: Chat, switches: Switches) -> list[Row]:
    step = first_step(chat)
    if rests_on_system(step):
        raise UnheldError("an argument that rests on the system's words, such as today's date")
    request, turn = step.messages
    return [
        {
            "id": chat.id,
            "query": request.content,
            "tools": as_json([bare_function(tool) for tool in chat.tools]),
            "answers": as_json([named_call(call) for call in turn.tool_calls or ()]),
        }
    ]


def _read(rows: Sequence[Row]) -> Conversation:
    return READER.read(rows[0], None)


XLAM = ExportFormat(
    "xlam",
    "id, query, tools and answers as text",
    "trainers of the xLAM and Hammer kind (`xlam-function-calling-60k`: query, tools, answers; "
    "`tools` with JSON Schema here)",
    {
        "system": "a trajectory whose first calls rest on the system's words gets no row",
        "thoughts": "answers are calls only",
        "results": "there are none; later turns, which need them, are left out",
        "final answer": "there is none",
        "call ids": "there are none",
        "returns": "what a function returns has no key",
        "refusals": "a trajectory whose first call was refused gets no row",
        "loss mask": "answers are what is learnt",
    },
    {"id": "text", "query": "text", "tools": "text", "answers": "text"},
    _write,
    _read,
    knows=EVERYWHERE,
    covers=first_step,
)
