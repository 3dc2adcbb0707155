"""The commands by name, each loaded when it is called: `button show` need not load a run."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

PLACES = {
    "check": "button.cli.check:check",
    "generate": "button.cli.generate:generate",
    "estimate": "button.cli.estimate:estimate",
    "init": "button.cli.init:init",
    "models": "button.cli.models_check:models",
    "show": "button.cli.show:show",
    "export": "button.cli.export:export",
    "report": "button.cli.report:report",
    "explain": "button.cli.explain:explain",
    "status": "button.cli.status:status",
    "resume": "button.cli.resume:resume",
    "verify": "button.cli.verify:verify",
    "fork": "button.cli.resume:fork",
    "record": "button.cli.record:record",
    "graph": "button.cli.graph:graph",
    "serve": "button.cli.serve:serve",
    "play": "button.cli.play:play_command",
}
"""Module and function, or group of commands, in the order of `button --help`."""


class Commands(TyperGroup):
    """A group that imports a command's module when the command is asked for."""

    def get_params(self, ctx: typer.Context):  # type: ignore[no-untyped-def, override]
        """Its options, switches without a value."""
        return _plain(super().get_params(ctx))

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """The names, of what is loaded and what is not."""
        return [*PLACES, *self.commands]

    def get_command(self, ctx: typer.Context, cmd_name: str):  # type: ignore[no-untyped-def, override]
        """The command of that name; None where there is none."""
        if cmd_name in PLACES:
            return loaded(cmd_name)
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            _show_plain_switches(command)
        return command

    def resolve_command(self, ctx: typer.Context, args: list[str]):  # type: ignore[no-untyped-def, override]
        """As any group, with a guess where there is no such command."""
        name = args[0] if args else ""
        if name and self.get_command(ctx, name) is None:
            near = get_close_matches(name, self.list_commands(ctx))
            guess = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {name!r}.{guess}")
        return super().resolve_command(ctx, args)


@cache
def loaded(name: str):  # type: ignore[no-untyped-def]
    """The command `name`, its module imported.

    Raises:
        KeyError: there is none of that name.
    """
    module, _, attribute = PLACES[name].partition(":")
    with _uncollected():
        made = getattr(import_module(module), attribute)
    if not isinstance(made, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command()(made)
        made = alone
    command = typer.main.get_command(made)
    command.name = name
    _show_plain_switches(command)
    return command


def _show_plain_switches(command: Any) -> None:
    """Let the help of a command and of those in it show `--open`, not `--open <bool>`."""
    _plain(command.get_params(typer.Context(command)))
    for inner in getattr(command, "commands", {}).values():
        _show_plain_switches(inner)


def _plain(params: Iterable[Any]) -> list[Any]:
    params = list(params)
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = ""
    return params


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector: looking through what is imported takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
