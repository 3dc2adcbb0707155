"""Seeds from files: conversations, scenario lines, function catalogues.

What cannot be used is skipped, counted and named with file, line and reason; nothing is lost in
silence. A file of which nothing can be used is an error.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from button.errors import InputError
from button.records import FunctionSignature, Seed
from button.run.seed_formats import (
    SHOWN,
    SeedRowError,
    conversation_of,
    has_conversation,
    scenario_of,
)
from tools.catalogue import LIST_KEYS, Catalogue, merge_groups, read_catalogue
from tools.dialects import is_function
from tools.documents import Row, read_lines, read_rows

SMALLEST_GROUP = 5
"""Functions from which on a composition is likely to be found."""


class Skip(NamedTuple):
    """Something of an input file that was not used."""

    file: str
    line: int
    reason: str
    """`kind: detail`."""

    @property
    def kind(self) -> str:
        """The reason without its detail, such as `no tools`; skips are counted by it."""
        return self.reason.partition(":")[0]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class SeedReading(NamedTuple):
    """The seeds of some files in their order, and what was skipped."""

    seeds: list[Seed]
    skipped: list[Skip]
    counts: dict[str, int]
    """`total` == `used` + `skipped`, then the skips by kind, the most frequent first. Of catalogues
    these are functions (and rows without one), with `groups` and `merged groups` beside them."""


def read_seeds(paths: Iterable[str | Path]) -> SeedReading:
    """Seeds from chats (ShareGPT, Glaive, OpenAI messages), scenario lines and `scenario` rows.

    Raises:
        InputError: for a file that is missing, unreadable, not UTF-8, empty, or of no use at all.
    """
    seeds: list[Seed] = []
    skipped: list[Skip] = []
    sources: dict[str, str] = {}
    for path in map(Path, paths):
        used_before, skipped_before = len(seeds), len(skipped)
        for entry in _file_seeds(path):
            if isinstance(entry, Seed) and entry.id in sources:
                line = int(entry.source.rpartition(":")[2])
                entry = Skip(path.name, line, f"duplicate: the same as {sources[entry.id]}")
            if isinstance(entry, Skip):
                skipped.append(entry)
            else:
                sources[entry.id] = entry.source
                seeds.append(entry)
        fresh = skipped[skipped_before:]
        if len(seeds) == used_before and any(skip.kind != "duplicate" for skip in fresh):
            raise InputError(f"{path}: no usable seed in it; first: {_first_reason(fresh)}")
        if len(seeds) == used_before and not fresh:
            raise InputError(f"{path}: no usable seed in it: only blank lines and comments")
    counts = {"total": len(seeds) + len(skipped), "used": len(seeds), "skipped": len(skipped)}
    return SeedReading(seeds, skipped, counts | _by_kind(skipped))


def read_functions(paths: Iterable[str | Path]) -> SeedReading:
    """Function catalogues (OpenAI tools, BFCL) as seeds, one per group of functions.

    Raises:
        InputError: for a file that is missing, unreadable, not UTF-8, empty, or of no use at all.
    """
    catalogues = [read_catalogue(Path(path)) for path in paths]
    found: list[tuple[str, tuple[FunctionSignature, ...]]] = []
    merged = 0
    for file, group, earlier in merge_groups(catalogues):
        if earlier is None:
            found.append((f"{file}:{group.line}", group.functions))
        else:
            merged += 1
    seeds = [
        Seed(kind="functions", source=source, functions=together)
        for (source, _), together in zip(found, _with_neighbours(found), strict=True)
    ]
    skipped = [skip for catalogue in catalogues for skip in _function_skips(catalogue)]
    used = sum(len(group.functions) for catalogue in catalogues for group in catalogue.groups)
    counts = {"total": used + len(skipped), "used": used, "skipped": len(skipped)}
    counts |= {"groups": len(seeds), "merged groups": merged}
    return SeedReading(seeds, skipped, counts | _by_kind(skipped))


def _with_neighbours(
    groups: list[tuple[str, tuple[FunctionSignature, ...]]],
) -> Iterator[tuple[FunctionSignature, ...]]:
    """Each group, a small one with functions of the groups after it: one cannot be composed."""
    for index, (_, functions) in enumerate(groups):
        together = {function.name: function for function in functions}
        for _, others in groups[index + 1 :] + groups[:index]:
            if len(together) >= SMALLEST_GROUP:
                break
            together = {**{function.name: function for function in others}, **together}
        yield (*functions, *(f for f in together.values() if f not in functions))


def _function_skips(catalogue: Catalogue) -> Iterator[Skip]:
    for file, line, name, reason in catalogue.skipped:
        kind, _, detail = reason.partition(": ")
        if name is not None and repr(name) not in detail:
            detail = f"function {name!r}: {detail}"
        yield Skip(file, line, f"{kind}: {detail}")


def _file_seeds(path: Path) -> Iterator[Seed | Skip]:
    yield from _scenario_lines(path) if _is_plain_text(path) else _row_seeds(path)


def _is_plain_text(path: Path) -> bool:
    """Scenario lines, by the ending of the file or because its first line is no JSON."""
    suffix = path.suffix.lower()
    if suffix in (".json", ".jsonl", ".ndjson"):
        return False
    if suffix == ".txt":
        return True
    first = next((text for _, text in read_lines(path) if text is None or text.strip()), "")
    return first is not None and not first.lstrip().startswith(("{", "["))


def _scenario_lines(path: Path) -> Iterator[Seed | Skip]:
    for number, text in read_lines(path):
        if text is None:
            yield Skip(path.name, number, "line too long: more than 4 MB")
        elif text.strip() and not text.lstrip().startswith("#"):
            yield _seed_or_skip(path.name, Row(number, {"scenario": text}))


def _row_seeds(path: Path) -> Iterator[Seed | Skip]:
    for row in read_rows(path):
        yield _seed_or_skip(path.name, row)


def _seed_or_skip(file: str, row: Row) -> Seed | Skip:
    if row.problem is not None:
        return Skip(file, row.number, row.problem)
    try:
        return _seed(f"{file}:{row.number}", row.value)
    except SeedRowError as error:
        return Skip(file, row.number, str(error))


def _seed(source: str, value: Any) -> Seed:
    if not isinstance(value, dict):
        raise SeedRowError(f"unknown form: {value!r:.{SHOWN}} is not an object")
    if has_conversation(value):
        return Seed(kind="conversation", source=source, messages=conversation_of(value).messages)
    if isinstance(value.get("scenario"), str):
        return Seed(kind="scenario", source=source, text=scenario_of(value["scenario"]))
    if is_function(value) or any(isinstance(value.get(key), list) for key in LIST_KEYS):
        raise SeedRowError("function catalogue: read it with --functions, not as a seed")
    keys = ", ".join(repr(key) for key in list(value)[:5]) or "none"
    raise SeedRowError(
        f"unknown form: keys {keys:.{SHOWN}} (known: conversations, messages, chat, scenario)"
    )


def _first_reason(skips: list[Skip]) -> str:
    return next(f"line {skip.line}: {skip.reason}" for skip in skips if skip.kind != "duplicate")


def _by_kind(skipped: list[Skip]) -> dict[str, int]:
    return dict(Counter(skip.kind for skip in skipped).most_common())
