"""An independent audit of a dataset: plain jsonschema and the standard library, nothing of ours.

    python -m benchmarks.audit RUN_DIR

Reads `shards/accepted-*.jsonl` as `docs/format.md` describes it, re-validates every call and
result, follows values from results into later arguments, and counts how varied the rows are.
Exit code 1 where a promise of the format is broken.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry

MASK = re.compile(r"[A-Z0-9$][\w'’.,:@+$-]*|\d+")


def rows_of(run_dir: Path) -> Iterator[dict[str, Any]]:
    for path in sorted((run_dir / "shards").glob("accepted-*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def scalars(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from scalars(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from scalars(inner)
    else:
        yield value


def keyed(values: Iterator[Any]) -> set[str]:
    """Scalars as comparable text; a boolean is no link between two calls."""
    return {json.dumps(value) for value in values if not isinstance(value, bool)}


class Audit:
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.functions: set[str] = set()
        self.first: Counter[str] = Counter()
        self.masked: set[str] = set()

    def add(self, row: dict[str, Any]) -> None:
        self.counts["trajectories"] += 1
        self.counts[row["strategy"]] += 1
        calls, results, turns = self._conversation(row)
        self._validate(row, calls, results)
        first = next(m["content"] for m in row["messages"] if m["role"] == "user")
        self.first[first] += 1
        self.masked.add(MASK.sub("#", first))
        self.functions |= {call["function"]["name"] for call in calls}
        if any(not task["functions"] for task in row["task"]["sub_tasks"]):
            self.counts["with a sub-task without function"] += 1
        if row["strategy"] == "sequential":
            self._check_chain(calls, results)
        else:
            self._check_join(calls, results, turns)

    def _conversation(
        self, row: dict[str, Any]
    ) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, int]]:
        """Calls that were answered, their results, and the turn in which each was made."""
        calls: list[dict[str, Any]] = []
        turns: dict[str, int] = {}
        results: dict[str, Any] = {}
        for index, message in enumerate(row["messages"]):
            assert isinstance(message["content"], str)
            for call in message.get("tool_calls", ()):
                assert isinstance(call["function"]["arguments"], dict)
                calls.append(call)
                turns[call["id"]] = index
            if message["role"] == "tool" and not message.get("is_error"):
                results[message["tool_call_id"]] = json.loads(message["content"])
        return [call for call in calls if call["id"] in results], results, turns

    def _validate(
        self, row: dict[str, Any], calls: list[dict[str, Any]], results: dict[str, Any]
    ) -> None:
        tools = {tool["function"]["name"]: tool["function"] for tool in row["tools"]}
        for call in calls:
            function = tools[call["function"]["name"]]
            for schema, value in (
                (function["parameters"], call["function"]["arguments"]),
                (function["returns"], results[call["id"]]),
            ):
                checker = Draft202012Validator(
                    schema, registry=Registry(), format_checker=FormatChecker()
                )
                self.counts["values validated"] += 1
                self.counts["schema-invalid"] += not checker.is_valid(value)

    def _check_chain(self, calls: list[dict[str, Any]], results: dict[str, Any]) -> None:
        for index, call in enumerate(calls):
            given = keyed(scalars(call["function"]["arguments"]))
            for earlier in calls[:index]:
                if given & keyed(scalars(results[earlier["id"]])):
                    return
        self.counts["sequential without a passed value"] += 1

    def _check_join(
        self, calls: list[dict[str, Any]], results: dict[str, Any], turns: dict[str, int]
    ) -> None:
        for call in calls:
            given = keyed(scalars(call["function"]["arguments"]))
            before = [each for each in calls if turns[each["id"]] < turns[call["id"]]]
            feeding = [c for c in before if given & keyed(scalars(results[c["id"]]))]
            by_turn = Counter(turns[each["id"]] for each in feeding)
            if by_turn and max(by_turn.values()) >= 2:
                return
        self.counts["parallel without a join"] += 1

    def report(self) -> Iterator[tuple[str, object]]:
        yield from self.counts.items()
        yield "distinct functions called", len(self.functions)
        yield "equal first human messages", sum(n - 1 for n in self.first.values())
        yield "distinct first messages, values and names masked", len(self.masked)

    @property
    def broken(self) -> int:
        promises = (
            "schema-invalid",
            "sequential without a passed value",
            "parallel without a join",
        )
        return sum(self.counts[name] for name in promises)


def main() -> int:
    audit = Audit()
    for row in rows_of(Path(sys.argv[1])):
        audit.add(row)
    if not audit.counts["trajectories"]:
        print(f"no accepted rows in {sys.argv[1]!r}")
        return 1
    for name, value in audit.report():
        print(f"{name:50} {value}")
    print("promises broken" if audit.broken else "all promises hold")
    return 1 if audit.broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
