"""Tables of the command line: the summary of a run, its diversity."""

from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table

from button.cli.pace import rate
from button.run.funnel import StageLoss, funnel
from button.run.reading import RunReader
from button.run.stats import DatasetStats
from button.run.summary import RunSummary


def print_summary(console: Console, summary: RunSummary, losses: Iterable[StageLoss] = ()) -> None:
    """What a run made: accepted, lost by stage and code, strategies, turns, calls, time."""
    table = plain_table("What was made")
    attempted = summary.accepted + summary.rejected_total
    table.add_row("accepted", f"{summary.accepted}{_share(summary.accepted, attempted)}")
    table.add_row("rejected", str(summary.rejected_total))
    losses = list(losses)
    if sum(stage.lost for stage in losses) != summary.rejected_total:
        # What is not sealed yet is counted, but its stage is not known.
        losses = []
        for code, count in summary.rejected.items():
            table.add_row(f"  {code}", str(count))
    for stage in losses:
        table.add_row(
            f"  lost at {stage.stage}", f"{stage.lost} of {stage.reached} that came there"
        )
        for (code, fault), count in stage.codes.items():
            table.add_row(f"    {code}", f"{count}, at fault: {fault}")
    if summary.skipped:
        table.add_row("seeds skipped", str(sum(summary.skipped.values())))
        for kind, count in summary.skipped.items():
            table.add_row(f"  {kind}", str(count))
    for strategy, count in summary.strategies.items():
        table.add_row(strategy.replace("_", "-"), f"{count}{_share(count, summary.accepted)}")
    if summary.accepted:
        table.add_row("assistant turns", f"{summary.turns / summary.accepted:.2f} each")
        table.add_row("tool calls", f"{summary.calls / summary.accepted:.2f} each")
        table.add_row("with parallel calls", f"{summary.parallel_share:.0%}")
    table.add_row("seeds used", str(summary.items))
    if summary.seconds:
        speed = f" ({rate(summary.accepted, summary.seconds)})" if summary.accepted else ""
        table.add_row("time", f"{summary.seconds:.1f} s{speed}")
    console.print(table)


def losses_of(reader: RunReader) -> list[StageLoss]:
    """Where the rows of a run were lost, read from its rejected rows."""
    summary = reader.summary
    return funnel(summary.accepted, reader.rows("rejected")) if summary.rejected else []


def print_stats(console: Console, stats: DatasetStats, domains: Mapping[str, int]) -> None:
    """How varied a dataset is."""
    table = plain_table("How varied it is")
    for name, value in (
        ("trajectories", stats.trajectories),
        ("distinct scenarios", stats.scenarios),
        ("domains of the embedded world", len(domains)),
        ("distinct functions called", stats.functions),
        ("distinct first human messages", stats.first_messages),
        ("  after masking values and numbers", stats.masked_first_messages),
    ):
        table.add_row(name, f"{value:,}")
    table.add_row("with a sub-task without function", f"{stats.with_tool_free_sub_task:.1%}")
    for strategy, count in stats.strategies.items():
        table.add_row(strategy.replace("_", "-"), f"{count:,}{_share(count, stats.trajectories)}")
    for name, counts in (
        ("sub-tasks", stats.sub_tasks),
        ("assistant turns", stats.turns),
        ("tool calls", stats.calls),
        ("calls in a turn", stats.calls_per_turn),
    ):
        table.add_row(name, _distribution(counts.items()))
    console.print(table)


def plain_table(title: str) -> Table:
    """A table of names and values, without lines."""
    table = Table(title=title, title_justify="left", show_header=False, box=None, padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _share(part: int, whole: int) -> str:
    return f" ({part / whole:.0%})" if whole else ""


def _distribution(counts: Iterable[tuple[int, int]]) -> str:
    return "  ".join(f"{number}: {count:,}" for number, count in counts)
