"""What a run has spent, for a person; and the flags that bound it."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from button.models.prices import dollars
from button.models.spending import Spent
from button.run.spending import Spending

BudgetUsd = Annotated[
    float | None,
    typer.Option(help="Most US dollars for endpoints, over all invocations; needs their prices."),
]
BudgetTokens = Annotated[
    int | None, typer.Option(min=1, help="Most tokens read and written by endpoints.")
]
BudgetCalls = Annotated[
    int | None, typer.Option(min=1, help="Most requests to endpoints, the repeated ones too.")
]
BudgetMinutes = Annotated[
    float | None, typer.Option(help="Longest working time in minutes, over all invocations.")
]


def budget_sets(
    usd: float | None, tokens: int | None, calls: int | None, minutes: float | None
) -> list[str]:
    """The budgets that flags gave, as `--set` would give them."""
    given = {"usd": usd, "tokens": tokens, "calls": calls, "minutes": minutes}
    return [f"budget.{name}={value}" for name, value in given.items() if value is not None]


def print_spending(console: Console, spending: Spending, accepted: int) -> None:
    """Calls, tokens and money by role and for each accepted trajectory; nothing where none were."""
    if not spending.all.requests:
        return
    table = Table(title="What it took", title_justify="left", box=None, padding=(0, 2))
    table.add_column("", style="cyan", no_wrap=True)
    for heading in ("calls", "tokens read", "tokens written", "money"):
        table.add_column(heading, justify="right")
    for role, spent in spending.roles.items():
        table.add_row(role, *spending_cells(spent))
    table.add_row("all", *spending_cells(spending.all), style="bold")
    if accepted:
        table.add_row("for each accepted", *spending_cells(spending.all, accepted))
    console.print(table)
    for remark in remarks(spending.all):
        console.print(remark, style="yellow", highlight=False)


def remarks(spent: Spent) -> Iterator[str]:
    """What to know of the numbers, where it is not all counted by endpoints."""
    if spent.estimated:
        yield (
            f"Of {spent.estimated:,} of {spent.requests:,} calls no endpoint told the tokens; they "
            "count with the most it can have been."
        )
    if spent.clamped:
        yield (
            f"{spent.clamped:,} answers came with more tokens than there can have been, and count "
            "with those; an endpoint may ignore max_tokens, so look at its bill."
        )


def money(spent: Spent, share: int = 1) -> str:
    """`$1.20`, `unknown`, or `$1.20 and more` where some calls have no known price."""
    if spent.requests and spent.unpriced == spent.requests:
        return "unknown"
    shown = dollars(round(spent.picodollars / share))
    return f"{shown} and more" if spent.unpriced else shown


def spending_cells(spent: Spent, share: int = 1) -> list[str]:
    """Calls, tokens read, tokens written and money as words, a share of each."""
    if share == 1:
        return [f"{spent.requests:,}", f"{spent.read:,}", f"{spent.written:,}", money(spent)]
    numbers = (spent.requests, spent.read, spent.written)
    return [*(f"{number / share:,.1f}" for number in numbers), money(spent, share)]
