"""Loss spans: the ChatML text in pieces, each with what it is and whether it is learnt."""

from collections.abc import Sequence

from button.checks.conversation import Conversation
from button.export.chat import Chat
from button.export.chatml import CANNOT, pieces, read_chatml
from button.export.format import ExportFormat, Row
from button.export.switches import EVERYWHERE, Switches


def _write(chat: Chat, switches: Switches) -> list[Row]:
    segments = [
        {"label": piece.trainable, "text": piece.text, "kind": piece.kind, "message": piece.message}
        for piece in pieces(chat, switches)
        if piece.text
    ]
    return [{"id": chat.id, "segments": segments}]


def _read(rows: Sequence[Row]) -> Conversation:
    return read_chatml("".join(segment["text"] for segment in rows[0]["segments"]))


SPANS = ExportFormat(
    "spans",
    "id, segments of label, text, kind and message",
    "Axolotl (template-free `input_output` data sets: `segments` of `label` and `text`)",
    CANNOT,
    {"id": "text", "segments": "list of json"},
    _write,
    _read,
    Switches(thoughts="think", mask="kept"),
    EVERYWHERE | {"thoughts"},
)
