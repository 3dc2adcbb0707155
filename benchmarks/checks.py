"""What the deterministic checks cost: `make bench`, second part.

CPU milliseconds for a trajectory of ten messages, all checks together and each alone, the best of
several passes over 200 accepted trajectories; and what the comparison across rows adds.
"""

import time
from collections.abc import Callable, Sequence

from benchmarks.default_run import accepted
from button.checks import CHECKS, Conversation, verify
from button.checks.across import Duplicates, Fingerprint
from button.checks.prepared import Prepared
from button.records import Trajectory

COUNT, ROOT_SEED = 200, 2
PASSES = 5
TEN = 10


def best(work: Callable[[], object]) -> float:
    """CPU seconds of the fastest pass."""
    times = []
    for _ in range(PASSES):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def parts(trajectories: Sequence[Trajectory]) -> dict[str, float]:
    """CPU seconds by check; what several checks ask for counts for the first of them."""
    spent: dict[str, float] = {}
    for trajectory in trajectories:
        prepared = Prepared.of(trajectory)
        for check in CHECKS:
            began = time.process_time()
            check(prepared)
            name = check.__module__.rpartition(".")[2]
            spent[name] = spent.get(name, 0.0) + time.process_time() - began
    return spent


def across(trajectories: Sequence[Trajectory]) -> None:
    seen = Duplicates()
    for trajectory in trajectories:
        seen.add(Fingerprint.of(Conversation.of(trajectory)))


def main() -> None:
    trajectories = accepted(COUNT, ROOT_SEED)
    messages = sum(len(trajectory.messages) for trajectory in trajectories)
    scale = 1000 * TEN / messages
    whole = best(lambda: [verify(trajectory) for trajectory in trajectories]) * scale
    print(f"all checks: {whole:.2f} CPU ms for a trajectory of {TEN} messages (bound: 3)")
    for name, seconds in sorted(parts(trajectories).items(), key=lambda pair: -pair[1]):
        print(f"    {name:34} {seconds * scale:6.3f} ms")
    print(f"duplicates across rows: {best(lambda: across(trajectories)) * scale:.2f} ms more")


if __name__ == "__main__":
    main()
