"""The first view of the page: what was made, what was lost, how varied it is, what it took."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from button.report.figures import Bars, bars, duration, number, percent, rows_link, words
from button.report.source import Source
from button.report.survey import Survey
from button.run.stats import DatasetStats

MOST_FUNCTIONS = 16
ORIGINS = {
    "human": "said by the human",
    "result": "from a result",
    "derived": "worked out",
    "enum": "a choice of the function",
    "default": "the default",
    "system": "from the system message",
    "nowhere": "from nowhere",
}
"""Where arguments come from, in words."""


class Figure(NamedTuple):
    """One number at the head of the page."""

    value: str
    label: str


class Loss(NamedTuple):
    """Rows lost at a stage for one reason."""

    code: str
    fault: str
    amount: int
    link: str


class Remark(NamedTuple):
    """What the checks found in accepted rows, of one code; `link` leads to the rows."""

    code: str
    findings: int
    rows: int
    share: str
    """Of the rows, in words."""
    link: str


class Step(NamedTuple):
    """One line of the funnel."""

    name: str
    reached: int
    lost: int
    kept_width: float
    lost_width: float
    share: str
    losses: list[Loss]


class Chart(NamedTuple):
    """Bars with a title, and what they count."""

    title: str
    about: str
    bars: Bars
    form: Literal["", "wide", "ladder"] = ""
    """`wide` over the whole page, `ladder` where labels are numbers."""


def overview(source: Source, survey: Survey) -> dict[str, Any]:
    """What the templates of the first view are filled with."""
    stats = survey.counts.stats()
    return {
        "subtitle": _subtitle(source, survey),
        "figures": _figures(source, survey, stats),
        "notes": _notes(source, survey),
        "steps": _steps(survey),
        "skipped": dict(source.summary.skipped),
        "charts": _charts(survey, stats) if stats.trajectories else [],
        "coverage": survey.coverage.table(),
        "diversity": _diversity(survey, stats) if stats.trajectories else [],
        "duplicates": _duplicates(survey),
        "findings": _findings(survey),
        "models": _models(survey),
        "costs": source.costs,
        "time": duration(source.costs.seconds) if source.costs.seconds is not None else "",
        "rate": _rate(source),
        "about": _about(source, survey),
    }


def _subtitle(source: Source, survey: Survey) -> str:
    """The run in one line: how it ended, from what, by whom."""
    kinds = sorted(f"{words(kind)} models" for kind in survey.facts.kinds)
    seeds = ", ".join(sorted(survey.facts.sources)[:3])
    wanted = "" if source.summary.count is None else f"{source.summary.count:,} asked for"
    parts = [words(source.state), wanted, f"from {seeds} seeds" if seeds else "", *kinds]
    return " · ".join(part for part in parts if part)


def _figures(source: Source, survey: Survey, stats: DatasetStats) -> list[Figure]:
    accepted = survey.facts.trajectories
    rejected = sum(loss.lost for loss in survey.losses)
    figures = [
        Figure(number(accepted), "accepted"),
        Figure(number(rejected), "rejected"),
        Figure(percent(accepted, accepted + rejected), "yield"),
    ]
    if accepted:
        figures += [
            Figure(number(survey.facts.turns / accepted), "turns each"),
            Figure(number(survey.facts.calls / accepted), "calls each"),
            Figure(percent(survey.facts.parallel, accepted), "with parallel calls"),
            Figure(number(stats.functions), "functions called"),
        ]
        if survey.domains:
            figures.append(Figure(number(len(survey.domains)), "domains"))
    if source.costs.roles and source.costs.roles[-1][-1] != "unknown":
        figures.append(Figure(source.costs.roles[-1][-1], "each accepted" if accepted else "spent"))
    return figures


def _notes(source: Source, survey: Survey) -> list[str]:
    """What to know before the numbers: how the run ended, what is not in the page."""
    found = []
    count = source.summary.count
    wanted = "" if count is None else f" of {count:,} asked for"
    if source.state not in ("complete", "exhausted"):
        found.append(
            f"The run is not finished ({words(source.state)}): {source.summary.accepted:,}{wanted} "
            f"are accepted. {source.summary.error}".strip()
        )
    if source.waiting:
        found.append(
            f"{source.waiting:,} decided rows are in no shard yet, and not in this report."
        )
    embedded = len(survey.lines)
    everything = sum(source.sealed.values())
    if embedded < everything:
        found.append(
            f"Numbers are of all {everything:,} rows; the list holds a sample of {embedded:,}, "
            "drawn by their place (--limit holds more)."
        )
    return found


def _steps(survey: Survey) -> list[Step]:
    accepted = survey.facts.trajectories
    whole = accepted + sum(loss.lost for loss in survey.losses)
    if not whole:
        return []
    steps = [Step("begun", whole, 0, 100, 0, "100%", [])]
    for loss in survey.losses:
        left = loss.reached - loss.lost
        reasons = [
            Loss(code, fault, count, rows_link(kind="rejected", stage=loss.stage, finding=code))
            for (code, fault), count in loss.codes.items()
        ]
        kept = round(100 * left / whole, 2)
        lost = round(100 * loss.lost / whole, 2)
        share = percent(left, whole)
        steps.append(Step(words(loss.stage), loss.reached, loss.lost, kept, lost, share, reasons))
    width = round(100 * accepted / whole, 2)
    steps.append(Step("accepted", accepted, 0, width, 0, percent(accepted, whole), []))
    return steps


def _charts(survey: Survey, stats: DatasetStats) -> list[Chart]:
    rows, facts = stats.trajectories, survey.facts
    calling_turns = sum(stats.calls_per_turn.values())
    arguments = sum(survey.argument_types.values())
    origins = {ORIGINS.get(name, name): count for name, count in survey.origins.items()}
    leaves = sum(origins.values())
    charts = [
        Chart("Assistant turns", "trajectories", _ladder(stats.turns, rows, "turns"), "ladder"),
        Chart("Tool calls", "trajectories", _ladder(stats.calls, rows, "calls"), "ladder"),
        Chart(
            "Calls in one turn",
            "turns with calls",
            _ladder(stats.calls_per_turn, calling_turns),
            "ladder",
        ),
        Chart(
            "Depth", "longest chain of sub-tasks", _ladder(facts.depths, rows, "depth"), "ladder"
        ),
        Chart("Sub-tasks", "trajectories", _ladder(stats.sub_tasks, rows), "ladder"),
        Chart("Strategy", "trajectories", bars(stats.strategies, rows, key="strategy")),
        Chart("Types of arguments", "arguments given", bars(survey.argument_types, arguments)),
        Chart("Origins of arguments", "values in arguments", bars(origins, leaves)),
    ]
    if survey.votes:
        votes = bars(survey.votes, sum(survey.votes.values()), ordered=True)
        charts.append(Chart("Judges", "votes on accepted rows", votes))
    if survey.domains:
        by_domain = bars(survey.domains, rows, most=MOST_FUNCTIONS, key="domain")
        charts.append(Chart("Domains", "trajectories that call their functions", by_domain, "wide"))
    else:
        scenarios = bars(facts.scenarios, rows, most=MOST_FUNCTIONS, plain=True)
        charts.append(Chart("Scenarios", "trajectories", scenarios, "wide"))
    called = bars(survey.callers, rows, most=MOST_FUNCTIONS, key="function", plain=True)
    return [*charts, Chart("Functions", "trajectories that call them", called, "wide")]


def _ladder(counts: Mapping[int, int], whole: int, key: str = "") -> Bars:
    return bars(counts, whole, most=10, ordered=True, key=key)


def _diversity(survey: Survey, stats: DatasetStats) -> list[tuple[str, str, str]]:
    """(what, how many, of how many in words)."""
    rows = stats.trajectories

    def distinct(what: str, count: int) -> tuple[str, str, str]:
        return what, number(count), f"{percent(count, rows)} of trajectories"

    return [
        distinct("distinct scenarios", stats.scenarios),
        distinct("distinct first messages of the human", stats.first_messages),
        distinct("distinct once values and numbers are masked", stats.masked_first_messages),
        (
            "functions called",
            number(stats.functions),
            f"of {stats.functions_defined:,} offered",
        ),
        (
            "with a sub-task that needs no function",
            percent(stats.with_tool_free_sub_task, 1),
            f"{percent(stats.tool_free_sub_tasks, 1)} of sub-tasks",
        ),
    ]


def _findings(survey: Survey) -> list[Remark]:
    """The codes that are in most rows first."""
    rows = survey.facts.trajectories
    found = sorted(survey.rows_found.items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        Remark(
            code,
            survey.findings[code],
            count,
            percent(count, rows),
            rows_link(kind="accepted", finding=code),
        )
        for code, count in found
    ]


def _duplicates(survey: Survey) -> list[tuple[str, int, int]]:
    """(what rows share with an earlier one, exactly, nearly)."""
    return [
        (
            label,
            survey.across[f"duplicate_{aspect}"],
            survey.across[f"near_duplicate_{aspect}"],
        )
        for aspect, label in (
            ("conversation", "the whole conversation"),
            ("request", "what the human says"),
            ("functions", "the functions offered"),
        )
    ]


def _models(survey: Survey) -> list[tuple[str, Bars]]:
    rows = survey.facts.trajectories
    return [
        (words(role), bars(uses, rows, plain=True, most=4))
        for role, uses in sorted(survey.facts.models.items())
    ]


def _rate(source: Source) -> str:
    seconds, accepted = source.costs.seconds, source.summary.accepted
    return f"{accepted / seconds:.1f}" if seconds and accepted else ""


def _about(source: Source, survey: Survey) -> list[tuple[str, str]]:
    header = source.header
    settings = header.get("configuration") or {}
    given = "built-in" if settings.get("seeds") == "built-in" else "those given"
    return [
        ("version", f"button-simulator {header.get('version', '?')}"),
        ("identity", str(header.get("identity", "?"))[:16]),
        ("state", words(source.state)),
        ("root seed", str(settings.get("root_seed", "?"))),
        ("seeds", ", ".join(sorted(survey.facts.sources)[:4]) or given),
        ("parallel calls", str(settings.get("parallel_calls", "?"))),
        ("today in the conversations", str(settings.get("today", "?"))),
        ("items decided", number(source.summary.items)),
    ]
