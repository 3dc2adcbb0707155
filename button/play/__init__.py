"""A person's seat in a conversation: as the human, the assistant or a tool, in the terminal."""

from button.play.game import Played, Setting, play, setting_of_row, setting_of_seed
from button.play.person import LeftError, Seat, Table

__all__ = [
    "LeftError",
    "Played",
    "Seat",
    "Setting",
    "Table",
    "play",
    "setting_of_row",
    "setting_of_seed",
]
