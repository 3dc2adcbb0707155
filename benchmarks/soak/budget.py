"""R9: a budget of calls, counted by the server: never exceeded, over all invocations of a run.

Budgets of tokens and money are measured over a pretended endpoint in
tests/button/models/test_budget.py: 50 seeds each, 64 calls at once.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.soak.command import PATIENT, generate_flags
from benchmarks.soak.goal import Measured
from benchmarks.soak.programs import rows_alone
from benchmarks.soak.server import Weather, serving
from benchmarks.soak.sizes import Size
from benchmarks.soak.zygote import Zygote

CONCURRENCY = 64
COUNT = 4
BUDGETS = (20, 55)
"""Calls of the first and the second invocation together; the third has no budget."""
INCOMPLETE = 75


def measure(size: Size, nest: Zygote) -> Iterator[Measured]:
    """Each seed: stopped by a budget twice, then to the end, and once without a budget."""
    most_over, stops, wrong = 0, 0, []
    for seed in range(size.budget_seeds):
        weather = Weather(seed=seed, passing_rate=0.3, latency_s=(0, 0.01))
        with TemporaryDirectory() as folder, serving(nest, weather) as server:
            flags = {"count": COUNT, "concurrency": CONCURRENCY, "seed": seed}
            out = Path(folder) / "run"
            for budget in (*BUDGETS, None):
                limit = {} if budget is None else {"budget.calls": budget}
                arguments = generate_flags(out, server.base_url, PATIENT | limit, **flags)
                code = nest.run("cli", arguments, log=Path(folder) / "log")
                if budget is not None:
                    most_over = max(most_over, server.stats()["requests"] - budget)
                    stops += code == INCOMPLETE
                if code != (0 if budget is None else INCOMPLETE):
                    wrong.append(f"seed {seed}, budget {budget}: exit {code}")
            plain = Path(folder) / "plain"
            nest.run("cli", generate_flags(plain, server.base_url, PATIENT, **flags))
            if rows_alone(out) != rows_alone(plain):
                wrong.append(f"seed {seed}: other bytes")
    yield Measured(
        "R9 budget",
        f"overshoot 0 over {size.budget_seeds} seeds at concurrency {CONCURRENCY}; continues to "
        "the same bytes",
        f"{max(0, most_over)} calls over, {stops} budget stops, {len(wrong)} went wrong",
        most_over <= 0 and not wrong,
        {"wrong": wrong[:20], "nearest": most_over},
    )
