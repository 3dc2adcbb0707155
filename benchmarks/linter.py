"""`button check` on our own rows, as they are and as OpenAI messages: speed, and memory.

Rows a second of processor time; memory as the file grows; and what the index across rows keeps.

Run by `make bench-check`, and by `make bench-check-many` with a great many short rows. The
processor time counts, not the wall clock, so that other work on the machine disturbs it less; the
best of five passes is shown beside the median.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from button.checks.across import Duplicates, Fingerprint
from button.formats.files import conversation_texts
from button.formats.linting import Linter, linting
from button.formats.tally import Tally

PASSES = 5
ROWS = 500
SIZES = (500, 5_000)
INDEXED = 50_000


def judged(path: Path) -> Tally:
    tally = Tally(worst=3)
    tally.begin(path.name)
    with linting(Linter(), 1) as reports:
        for report in reports(conversation_texts(path)):
            tally.add(report)
    return tally


def as_openai(line: str) -> str:
    """The messages and functions of one of our rows, as others would give them."""
    row = json.loads(line)
    kept = ("role", "content", "tool_calls", "tool_call_id")
    messages = [{key: turn[key] for key in kept if key in turn} for turn in row["messages"]]
    for message in messages:
        for call in message.get("tool_calls", ()):
            call["function"]["arguments"] = json.dumps(call["function"]["arguments"])
    return json.dumps({"messages": messages, "tools": row["tools"]})


def speed(kind: str, lines: list[str], path: Path) -> None:
    path.write_text("\n".join(islice(cycle(lines), ROWS)), encoding="utf-8")
    rates = []
    tally = judged(path)
    for _ in range(PASSES):
        begun = time.process_time()
        judged(path)
        rates.append(ROWS / (time.process_time() - begun))
    messages = tally.messages / tally.rows
    print(f"{ROWS} rows, {kind}, of {messages:.1f} messages: {max(rates):.0f} rows/s at best, "
          f"{statistics.median(rates):.0f} in the median, one process")  # fmt: skip


def memory(lines: list[str], path: Path) -> None:
    for size in SIZES:
        with path.open("w", encoding="utf-8") as file:
            file.write("[")
            for number, line in enumerate(islice(cycle(lines), size)):
                file.write(("," if number else "") + line)
            file.write("]")
        megabytes = path.stat().st_size / 1e6
        command = [sys.executable, "-m", "benchmarks.linter", "--peak", str(path)]
        peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        print(f"one JSON list of {size:,} rows, {megabytes:.0f} MB: {peak} MB of memory at most")


def short_row(number: int) -> str:
    """One call in OpenAI form; no two rows are the same."""
    city, degrees = f"Town {number}", number % 40
    call = {"name": "get_weather", "arguments": json.dumps({"city": city})}
    messages = [
        {"role": "user", "content": f"How warm is it in {city}?"},
        {"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": call}]},
        {"role": "tool", "tool_call_id": "a", "content": json.dumps({"degrees": degrees})},
        {"role": "assistant", "content": f"It is {degrees} degrees in {city}."},
    ]
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    function = {"name": "get_weather", "description": "Weather of a city.", "parameters": schema}
    return json.dumps({"messages": messages, "tools": [{"type": "function", "function": function}]})


def many(most: int) -> None:
    """Short rows, ten and a hundred times as many: memory stays what it is."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "short.jsonl"
        for rows in (most // 100, most // 10, most):
            with path.open("w", encoding="utf-8") as file:
                file.writelines(short_row(number) + "\n" for number in range(rows))
            command = [sys.executable, "-m", "benchmarks.linter", "--peak", str(path)]
            spent = _children()
            peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            rate = rows / (_children() - spent)
            megabytes = path.stat().st_size / 1e6
            print(f"{rows:,} short rows, {megabytes:,.0f} MB: {peak.strip()} MB of memory at most, "
                  f"{rate:,.0f} rows/s", flush=True)  # fmt: skip


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def index() -> None:
    """Rows with nothing in common are those of which most is kept."""
    seen, before = Duplicates(), resident()
    for _ in range(INDEXED):
        texts = tuple(int.from_bytes(os.urandom(8), "big") for _ in range(3))
        seen.add(Fingerprint(texts, tuple(os.urandom(96) for _ in range(3))))
    kept = (resident() - before) / INDEXED
    print(f"--duplicates keeps {kept:,.0f} bytes a row ({INDEXED:,} rows with nothing in common)")


def resident() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize()


def main() -> None:
    if sys.argv[1] == "--peak":
        judged(Path(sys.argv[2]))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    if sys.argv[1] == "--many":
        many(int(sys.argv[2]))
        return
    shards = sorted(Path(sys.argv[1]).glob("shards/accepted-*.jsonl"))
    lines = [line for shard in shards for line in shard.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        speed("our own form", lines, Path(folder) / "rows.jsonl")
        speed("OpenAI messages", [*map(as_openai, lines)], Path(folder) / "openai.jsonl")
        memory(lines, Path(folder) / "rows.json")
    index()


if __name__ == "__main__":
    main()
