"""What is said of a run while it goes on, at moments that the test decides."""

import io
import re

from rich.console import Console

from button.cli.pace import PaceMeter
from button.cli.progress import ProgressDisplay, drawn
from button.models.spending import Spent
from button.run.progress import RunProgress
from button.run.summary import RunSummary


def progress(accepted: int, rejected: int = 0, *, calls: int = 0, **spent: Spent) -> RunProgress:
    summary = RunSummary(
        accepted=accepted, rejected={"invalid_result": rejected} if rejected else {}
    )
    return RunProgress(summary, 16, accepted, accepted + rejected, spent, calls)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_run_of_an_endpoint_tells_yield_stages_cost_and_the_rest() -> None:
    clock = Clock()
    meter = PaceMeter(1000, clock)
    assert meter.read(progress(0)).line == "0 of 1,000 accepted, 0/s, 16 in flight"
    clock.now += 60
    dollar = 10**12
    pace = meter.read(
        progress(
            30, 10, calls=41,
            assistant=Spent(requests=90, answers=90, read=9_000, written=1_000, picodollars=dollar),
            atomic_task=Spent(requests=600, answers=600, read=500, written=500),
        )
    )  # fmt: skip
    assert pace.made == "30 of 1,000 accepted"
    assert pace.yielded == "yield 75%"
    assert pace.speed == "30.0/min, 16 in flight"
    assert pace.left == "about 32 min left"
    assert pace.calls == "41 calls in flight, atomic task 10/s, assistant 2/s"
    assert pace.cost == "$1.00 so far, 11.0k tokens, about $33.33 in all"
    clock.now += 45
    assert "nothing for 45 s" in meter.read(progress(30, 10)).speed


def test_what_earlier_processes_made_is_no_speed_of_this_one() -> None:
    clock = Clock()
    meter = PaceMeter(None, clock)
    earlier = {"human": Spent(requests=500, answers=500)}
    meter.read(progress(400, **earlier))
    clock.now += 10
    pace = meter.read(progress(400, **{"human": Spent(requests=510, answers=510, unpriced=510)}))
    assert pace.speed.startswith("0/s")
    assert pace.calls == "0 calls in flight, human 1/s"
    assert (pace.left, pace.cost) == ("", "0 tokens")


def test_the_live_lines_fit_their_terminal_and_a_log_gets_plain_ones() -> None:
    busy = {
        f"role_{n}": Spent(requests=9, answers=9, read=10**7, picodollars=10**13) for n in range(9)
    }
    told = progress(412, 20, calls=64, **busy)
    for width in (60, 80, 120):
        written = io.StringIO()
        console = Console(file=written, force_terminal=True, width=width)
        with ProgressDisplay(console, 1000) as display:
            display(told)
            console.print(drawn(display._bar, display._pace))
        lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written.getvalue()).splitlines()
        assert any("412 of 1,000 accepted" in line for line in lines)
        assert any("64 calls in flight" in line for line in lines)
        assert max(map(len, lines)) <= width
    written = io.StringIO()
    with ProgressDisplay(Console(file=written), 1000) as display:
        display._last_line -= 10
        display(told)
    assert written.getvalue().startswith(
        "412 of 1,000 accepted, yield 95%, 0/s, 16 in flight, 64 calls"
    )
    assert "\x1b" not in written.getvalue()
