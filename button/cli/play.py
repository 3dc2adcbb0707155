"""`button play`: a person takes a seat in a conversation; configured models play the rest."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from langchain_core.messages import AIMessage, AnyMessage
from rich.console import Console
from rich.text import Text

from button.cli.reading import open_run, sound_row
from button.cli.rendering import printable, render_trajectory
from button.cli.settings import ConfigOption, SetOption, read_settings
from button.context import Context
from button.errors import ConfigurationError, StorageError, YieldError
from button.models.registry import close_models
from button.play import LeftError, Played, Seat, Setting, play, setting_of_row, setting_of_seed
from button.records import Seed, Trajectory
from button.run.builtin_seeds import builtin_seed
from button.run.stored_seeds import SEEDS

MOST_SEEDS = 8
"""Built-in seeds that are tried until one gives a task."""


class Terminal:
    """The table as a terminal, or as a file of lines that somebody prepared."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.is_watched = sys.stdin.isatty()

    def tell(self, text: str, style: str = "") -> None:
        """See `Table`."""
        self.console.print(Text(printable(text), style), highlight=False)

    def ask(self, prompt: str) -> str:
        """See `Table`."""
        if self.is_watched:
            self.console.print(Text(f"{prompt} › ", "bold green"), end="")
        else:
            self.tell(f"{prompt} ›", "bold green")
        line = sys.stdin.readline()
        if not line:
            raise LeftError
        if not self.is_watched:  # a terminal shows by itself what is typed
            self.tell(f"  {line.strip()}")
        return line.strip()


def play_command(
    run: Annotated[Path | None, typer.Argument(help="Run whose task is played again.")] = None,
    id: Annotated[str | None, typer.Argument(help="Id of a trajectory, or its beginning.")] = None,
    seat: Annotated[Seat, typer.Option("--as", help="The seat that you take.")] = "human",
    seed_text: Annotated[
        str | None, typer.Option(help="A life situation; the task is made from it.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Root of all randomness: another one, another task.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="File to which the trajectory is added as a line.")
    ] = None,
    config: ConfigOption = None,
    set_: SetOption = None,
) -> None:
    """Play a conversation yourself: an empty line lets the model take your turn, Ctrl-D ends it."""
    if (run is None) != (id is None) or (run and seed_text):
        raise ConfigurationError(
            "give a run and the id of one of its trajectories, or --seed-text, or neither"
        )
    if save is not None:
        _require_place(save)
    console = Console(emoji=False)
    reader = open_run(run) if run else None
    base = dict(reader.header["configuration"]) if reader else {}
    base.pop(SEEDS, None)
    context = read_settings(config, {"root_seed": seed}, set_ or (), base)
    row = reader.find(id) if reader and id else None
    try:
        signal.signal(signal.SIGINT, _leave)
        played = asyncio.run(_play(console, row, seed_text, seat, context))
        _end(console, played, save)
    except LeftError as left:
        console.print(f"\n{left}", style="dim", highlight=False)
        raise typer.Exit(left.exit_code) from None


def _leave(number: int, frame: object) -> None:
    raise LeftError(128 + number)


async def _play(
    console: Console, row: Any, seed_text: str | None, seat: Seat, context: Context
) -> Played:
    try:
        setting = _kept(row) if row else await _made(seed_text, context)
        return await play(setting, seat, Terminal(console), context, _Watcher(console, seat))
    finally:
        await close_models()


def _kept(row: dict[str, Any]) -> Setting:
    with sound_row(str(row["id"]), "played"):
        return setting_of_row(row)


async def _made(seed_text: str | None, context: Context) -> Setting:
    if seed_text is not None:
        given = Seed(kind="scenario", source="play", text=seed_text)
        return await setting_of_seed(given, 0, context)
    for item in range(MOST_SEEDS):
        try:
            return await setting_of_seed(builtin_seed(context.root_seed, item), item, context)
        except YieldError as error:
            problem = error
    raise problem


class _Watcher:
    """Shows what the others say, as far as the seat may know it."""

    def __init__(self, console: Console, seat: Seat) -> None:
        self._console = console
        self._seat = seat

    def __call__(self, node: str, message: AnyMessage) -> None:
        """See `button.play.game.Watch`."""
        if node == self._seat or (node == "tool_agent" and self._seat != "assistant"):
            return
        text = str(message.text)
        if isinstance(message, AIMessage) and message.tool_calls:
            names = ", ".join(call["name"] for call in message.tool_calls)
            text = "…" if self._seat == "human" else f"calls {names}"
        name, style = {"human": ("human", "green"), "assistant": ("assistant", "cyan")}.get(
            node, (f"← {message.name}", "yellow")
        )
        line = Text.assemble((f"{name}  ", f"bold {style}"), printable(text))
        self._console.print(line, highlight=False)


def _end(console: Console, played: Played, save: Path | None) -> None:
    """The conversation as it is recorded, what the checks say, and where it is kept."""
    if played.trajectory is None:
        assert played.rejection is not None
        told = f"It ended without an answer: {played.rejection.code}: {played.rejection.detail}"
        console.print(Text(printable(told), "yellow"))
        return
    console.rule("[bold]The conversation", align="left")
    render_trajectory(console, played.trajectory.to_row())
    if played.accepted:
        console.print("The checks accept it.", style="bold green", highlight=False)
    else:
        console.print("The checks reject it.", style="bold red", highlight=False)
    if save is not None:
        _keep(console, save, played.trajectory)
        return
    while sys.stdin.isatty():
        named = Terminal(console).ask("save it as a row in (a file; Enter: nowhere)")
        try:
            if named:
                _keep(console, Path(named), played.trajectory)
            return
        except StorageError as error:
            console.print(str(error), style="yellow", highlight=False, markup=False)


def _require_place(path: Path) -> None:
    """Refuse where nothing could be saved, before anybody plays.

    Raises:
        StorageError: there is no such folder, or the file is one.
    """
    if path.is_dir() or not path.parent.is_dir():
        problem = "is a folder" if path.is_dir() else "its folder is missing"
        raise StorageError(f"cannot write {str(path)!r}: {problem}")


def _keep(console: Console, path: Path, trajectory: Trajectory) -> None:
    _add_row(path, trajectory)
    console.print(f"Added to {path}", style="dim", highlight=False, markup=False, soft_wrap=True)


def _add_row(path: Path, trajectory: Trajectory) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(trajectory.to_row(), ensure_ascii=False) + "\n")
    except OSError as error:
        raise StorageError(f"cannot write {str(path)!r}: {error.strerror}") from error
