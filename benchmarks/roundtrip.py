"""Every trajectory of a run in every format and back: `make roundtrip`.

Rows are written with a format's own switches and with serialised calls, read by the readers of
foreign data, and compared with what the trajectory tells. Exit code 1 where one differs.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from button.export import EXPORTS
from button.export.chat import chat_of
from button.export.format import UnheldError
from button.export.told import read_back
from button.records import Trajectory
from button.run.reading import read_rows

PART = 250
DIFFERS = "reads back differently"


def parts(run: Path) -> Iterator[list[dict[str, Any]]]:
    """The rows of a run, some at a time."""
    rows = iter(read_rows(run))
    while part := list(islice(rows, PART)):
        yield part


def there_and_back(rows: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """(format, what became of it) -> conversations."""
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        record = Trajectory.from_row(row)
        for name, format in EXPORTS.items():
            if format.read is None:
                continue
            for parallel in ("kept", "serialised"):
                switches = format.switches._replace(parallel=parallel)
                chat = chat_of(record, switches, str(row["id"]))
                try:
                    read_back(format, switches, chat, format.write(chat, switches))
                except UnheldError as error:
                    found[name, str(error)] += 1
                else:
                    found[name, "equal"] += 1
    return found


def main() -> None:
    """Print one line for each format and outcome."""
    begun = time.perf_counter()
    total: Counter[tuple[str, str]] = Counter()
    with ProcessPoolExecutor() as pool:
        for found in pool.map(there_and_back, parts(Path(sys.argv[1]))):
            total.update(found)
    for (name, outcome), count in sorted(total.items()):
        print(f"{name:18}{count:>8,}  {outcome}")
    wrong = sum(count for (_, outcome), count in total.items() if DIFFERS in outcome)
    print(f"{total.total():,} round trips, {wrong} differ, {time.perf_counter() - begun:.0f} s")
    sys.exit(1 if wrong or not total else 0)


if __name__ == "__main__":
    main()
