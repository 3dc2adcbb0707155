"""`button models check`: whether the configured models can play their roles."""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from button.cli.probes import NOT_ASKED, YES, Prober, Report
from button.cli.rendering import printable
from button.cli.settings import ConfigOption, SetOption, read_settings
from button.cli.tables import plain_table
from button.context import Context, ModelSettings
from button.errors import ModelError
from button.models.addresses import EMBEDDED
from button.models.registry import close_models, require_judges
from button.records import Role
from button.run.builtin_seeds import builtin_seed
from button.run.pipeline import simulator_of

MOST_ITEMS = 6
"""Items among which the embedded model has to make parallel calls."""

models = typer.Typer(
    add_completion=False, help="The models that play the roles.", no_args_is_help=True
)


@models.callback()
def _group() -> None:
    """The models that play the roles."""


@models.command()
def check(
    config: ConfigOption = None,
    set_: SetOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Ask each configured model once for everything that its roles need; 69 if one cannot."""
    context = read_settings(config, {}, set_ or ())
    require_judges(context)
    reports = asyncio.run(_reports(context))
    if as_json:
        told = [asdict(report) | {"usable": not report.problems} for report in reports]
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    else:
        console = Console(emoji=False)
        for report in reports:
            _print(console, report)
    if any(report.problems for report in reports):
        raise typer.Exit(ModelError.exit_code)


def models_in(context: Context) -> dict[ModelSettings, list[Role]]:
    """The distinct models of a context, with the roles that each plays.

    The embedded model is no judge: where nobody else is, nothing is judged.
    """
    found: dict[ModelSettings, list[Role]] = {}
    for role, settings in context.players():
        if role == "judge" and settings.model == EMBEDDED:
            continue
        # Nothing else is told apart in the embedded model.
        key = ModelSettings() if settings.model == EMBEDDED else settings
        roles = found.setdefault(key, [])
        if role not in roles:
            roles.append(role)
    return found


async def _reports(context: Context) -> list[Report]:
    try:
        return await asyncio.gather(
            *(
                _embedded(roles) if settings.model == EMBEDDED else Prober(settings, roles).report()
                for settings, roles in models_in(context).items()
            )
        )
    finally:
        await close_models()


async def _embedded(roles: Sequence[Role]) -> Report:
    """The embedded model needs the world of its prompts: it makes whole conversations."""
    report = Report(list(roles), EMBEDDED, "in this process", usage="no, it is free")
    simulate = simulator_of(Context())
    begun = time.perf_counter()
    first = await simulate(0, builtin_seed(0, 0))
    report.latency_s = time.perf_counter() - begun
    report.seed = YES if await simulate(0, builtin_seed(0, 0)) == first else "no"
    items = [await simulate(item, builtin_seed(0, item)) for item in range(1, MOST_ITEMS)]
    outcomes = [outcome for made in (first, *items) for outcome in made]
    calls = [
        len(message.get("tool_calls") or ())
        for outcome in outcomes
        if outcome["kind"] == "accepted"
        for message in outcome["row"]["messages"]
    ]
    if not calls:
        row = outcomes[0]["row"]
        report.problems = [f"no conversation was accepted: {row['code']}: {row['detail']}"]
        return report
    report.tool_calls = YES if any(calls) else "no call"
    report.parallel_calls = YES if max(calls) > 1 else "no, one at a time"
    report.structured = {"json_schema": YES}
    return report


def _print(console: Console, report: Report) -> None:
    table = plain_table(printable(f"{report.model} · {report.address}"))
    rows = [
        ("roles", ", ".join(report.roles)),
        ("answers", "" if report.latency_s is None else f"in {report.latency_s:.2f} s"),
        ("calls functions", report.tool_calls),
        ("several at once", report.parallel_calls),
        ("structured answers", f"yes, by {report.way}" if report.way else ""),
        *((f"  {way}", found) for way, found in report.structured.items()),
        ("reports usage", report.usage),
        ("same seed, same answer", report.seed),
    ]
    for name, found in rows:
        if found and found != NOT_ASKED:
            table.add_row(name, printable(found))
    for problem in report.problems:
        table.add_row("[red]cannot be used[/]", printable(problem))
    if not report.problems:
        table.add_row("can be used", "[green]yes[/]")
    console.print(table, highlight=False)
