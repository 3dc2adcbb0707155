"""`button resume` and `button fork`: go on with a run, or with its responses in another one."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from button.canonical import parse_json_strict
from button.cli.closing import command_name
from button.cli.crew import AddressOption, Crew, EngineOption, WorkersOption
from button.cli.running import DrainOption, QuietOption, ReserveOption, run_and_tell
from button.cli.settings import ConfigOption, SetOption, read_settings
from button.context import Context
from button.models.journal import FAILURE
from button.run.call_journal import CallRow
from button.run.deciding import changed_roles
from button.run.header import read_header
from button.run.layout import RunLayout
from button.run.pipeline import context_of, plan_like
from button.run.recording import found_run, open_recording
from button.run.stored_seeds import SEEDS, read_stored_seeds

CountOption = Annotated[
    int | None, typer.Option(min=1, help="Accepted trajectories to make, instead of before.")
]
ConcurrencyOption = Annotated[
    int | None, typer.Option(min=1, help="Items in flight at once, instead of before.")
]


def resume(
    run: Annotated[Path, typer.Argument(help="Run directory.")],
    count: CountOption = None,
    set_: SetOption = None,
    concurrency: ConcurrencyOption = None,
    drain_s: DrainOption = None,
    reserve_mb: ReserveOption = None,
    workers: WorkersOption = 1,
    engine: EngineOption = "local",
    address: AddressOption = None,
    quiet: QuietOption = False,
) -> None:
    """Go on with a run as it was begun; settings that change no byte of it may be set anew."""
    layout = RunLayout(run)
    header = read_header(layout)
    offline = bool(header["handling"]["offline"])
    context = _context(header["configuration"], None, set_, offline=offline)
    seeds = read_stored_seeds(layout, header["configuration"][SEEDS])
    plan = plan_like(
        run,
        header,
        seeds,
        context,
        count=count,
        concurrency=concurrency,
        drain_s=drain_s,
        reserve_mb=reserve_mb,
    )
    crew = Crew(workers, engine, address)
    run_and_tell(Console(emoji=False), plan, context, quiet=quiet, crew=crew)


def fork(
    run: Annotated[Path, typer.Argument(help="Run directory, or a cassette.")],
    new: Annotated[Path, typer.Argument(help="Directory of the new run.")],
    config: ConfigOption = None,
    set_: SetOption = None,
    count: CountOption = None,
) -> None:
    """Begin another run with the responses of this one that still fit; its settings may differ.

    Every item is made again: a response is used where the new run asks the same of the same model.
    """
    with open_recording(run) as recording:
        before = recording.header["configuration"]
        context = _context(before, config, set_, offline=False)
        plan = plan_like(
            new, recording.header, recording.seeds, context, count=count, offline=False
        )
        changed = changed_roles(before, plan.configuration)
        answers = _Answers(recording.calls, changed)
        taken = found_run(plan, answers)
    console = Console(emoji=False)
    roles = f" (not those of {', '.join(sorted(changed))}: other models)" if changed else ""
    console.print(f"{taken:,} responses taken over{roles}.", highlight=False)
    if answers.failures:
        console.print(f"Failed calls that are asked again: {answers.failures:,}.", highlight=False)
    console.print(f"Next: {command_name()} resume {new}", highlight=False, soft_wrap=True)


class _Answers:
    """Recorded answers that may serve a run with other settings, in which a failure may be none."""

    def __init__(self, calls: Iterable[CallRow], changed: Collection[str]) -> None:
        """`changed` are roles that another model plays now."""
        self.failures = 0
        self._calls = calls
        self._changed = changed

    def __iter__(self) -> Iterator[CallRow]:
        for call in self._calls:
            _, _, role, _, response = call
            said: Any = parse_json_strict(response) if FAILURE in response else {}
            failed = FAILURE in said
            if role not in self._changed and not failed:
                yield call
            self.failures += role not in self._changed and failed


def _context(
    before: dict[str, object], config: Path | None, sets: list[str] | None, *, offline: bool
) -> Context:
    """The settings of a run with changes; keys must be there unless nothing is asked."""
    if offline and not sets:
        return context_of({"configuration": before})
    values = {key: value for key, value in before.items() if key != SEEDS}
    return read_settings(config, {}, sets or (), values)
