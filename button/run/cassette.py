"""A cassette: all recorded responses of a run in one file, for bug reports, tests and other places.

JSON lines, gzipped where the name ends in `.gz`: a header, the given seeds, the calls in order, and
a checksum of all lines before it. It holds what the responses and the settings say, and no key.
"""

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from pydantic import ValidationError

from button.canonical import canonical_json, parse_json_strict
from button.context import ModelSettings
from button.errors import InputError
from button.models.keys import key_variable
from button.models.redaction import SHORTEST
from button.records import Seed
from button.run.atomic_write import write_atomically
from button.run.call_journal import CallRow

VERSION = 1
LONGEST_LINE = 64 << 20
HEADER_KEYS = (
    "format version packages configuration prompts code shard_rows count skipped identity".split()
)


class Recording(NamedTuple):
    """Recorded responses with the run they belong to."""

    header: Mapping[str, Any]
    """What run.json said of the run."""
    seeds: list[Seed] | None
    """Given seeds; None for built-in ones."""
    calls: Iterator[CallRow]
    """By item and step; can be gone through once."""


def write_cassette(path: Path, recording: Recording) -> int:
    """Write a cassette; returns the number of calls in it.

    Raises:
        InputError: the file exists, or a response holds the key of an endpoint.
        StorageError: it could not be written.
    """
    if path.exists():
        raise InputError(f"{str(path)!r} exists; choose another name")
    written = _Lines(recording)
    write_atomically(path, _zipped(written) if path.suffix == ".gz" else written)
    return written.calls


class _Lines:
    """The lines of a cassette, made as they are asked for."""

    def __init__(self, recording: Recording) -> None:
        self.calls = 0
        self._recording = recording
        self._secrets = _secrets(recording.header["configuration"])

    def __iter__(self) -> Iterator[str]:
        digest = hashlib.sha256()
        for value in self._values():
            line = canonical_json(value) + "\n"
            if any(secret in line for secret in self._secrets):
                raise InputError(f"the key of an endpoint stands in {line[:60]!r}; not exported")
            digest.update(line.encode("utf-8"))
            yield line
        yield canonical_json({"sha256": digest.hexdigest()}) + "\n"

    def _values(self) -> Iterator[dict[str, Any]]:
        header, seeds, calls = self._recording
        run = {key: header[key] for key in HEADER_KEYS}
        yield {"cassette": VERSION, "run": run, "seeds": None if seeds is None else len(seeds)}
        for seed in seeds or ():
            yield {"seed": seed.to_json()}
        for item, step, role, request_hash, response in calls:
            self.calls += 1
            yield {
                "item": item,
                "step": step,
                "role": role,
                "request": request_hash,
                "response": parse_json_strict(response),
            }


def _zipped(lines: Iterable[str]) -> Iterator[bytes]:
    # gzip's own writer would put the time into the file.
    packer = zlib.compressobj(level=6, wbits=16 + zlib.MAX_WBITS)
    for line in lines:
        yield packer.compress(line.encode("utf-8"))
    yield packer.flush()


@contextmanager
def open_cassette(path: Path) -> Iterator[Recording]:
    """Read a cassette; a damaged end shows when its calls have been gone through.

    Raises:
        InputError: the file cannot be read, is damaged, or is no cassette.
    """
    with ExitStack() as stack:
        try:
            stream: IO[bytes] = stack.enter_context(path.open("rb"))
        except OSError as error:
            raise InputError(f"cannot read {str(path)!r}: {error.strerror}") from None
        if path.suffix == ".gz":
            stream = cast(IO[bytes], gzip.GzipFile(fileobj=stream, mode="rb"))
        rows = _Rows(path, stream)
        first = rows.next()
        if first.get("cassette") != VERSION or not isinstance(first.get("run"), dict):
            raise InputError(f"{str(path)!r} is no cassette of version {VERSION}")
        missing = [key for key in HEADER_KEYS if key not in first["run"]]
        count = first.get("seeds")
        if missing or not isinstance(count, int | None):
            what = f"its run says nothing of {missing[0]!r}" if missing else f"seeds: {count!r}"
            raise InputError(f"cassette {str(path)!r} is damaged: {what}")
        seeds = None if count is None else [_seed(path, rows.next()) for _ in range(count)]
        yield Recording(first["run"], seeds, rows.calls())


class _Rows:
    """The rows of a cassette up to its checksum."""

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self._name = repr(str(path))
        self._stream = stream
        self._digest = hashlib.sha256()

    def next(self) -> dict[str, Any]:
        before = self._digest.hexdigest()
        try:
            line = self._stream.readline(LONGEST_LINE)
            value = parse_json_strict(line.decode("utf-8"))
        except (ValueError, EOFError, OSError, zlib.error) as error:
            raise InputError(f"cassette {self._name} is damaged: {error}") from None
        self._digest.update(line)
        if not isinstance(value, dict):
            raise InputError(f"cassette {self._name} is damaged: a line is no JSON object")
        if "sha256" in value and value["sha256"] != before:
            raise InputError(f"cassette {self._name} is damaged: it differs from its checksum")
        return value

    def calls(self) -> Iterator[CallRow]:
        while "sha256" not in (row := self.next()):
            try:
                response = canonical_json(row["response"])
                yield int(row["item"]), row["step"], row["role"], row["request"], response
            except (KeyError, TypeError, ValueError):
                raise InputError(f"cassette {self._name} is damaged: a line is no call") from None


def _seed(path: Path, row: Mapping[str, Any]) -> Seed:
    try:
        return Seed.model_validate(row["seed"])
    except (KeyError, ValidationError):
        raise InputError(f"cassette {str(path)!r} is damaged: a line is no seed") from None


def _secrets(configuration: Mapping[str, Any]) -> set[str]:
    """The keys of the endpoints, where this process can see them."""
    default = configuration.get("default_model", {})
    others = [
        *configuration.get("models", {}).values(),
        *configuration.get("judges", {}).get("models", ()),
    ]
    each = [default, *({**default, **other} for other in others)]
    known = [ModelSettings.model_validate(settings) for settings in each]
    variables = {key_variable(settings) or settings.api_key_env or "" for settings in known}
    values = {os.environ.get(variable, "") for variable in variables}
    return {value for value in values if len(value) >= SHORTEST}
