"""Sealing: decided rows become immutable shards, in item order.

A full shard is written whole, then recorded; only then do its rows leave run.db. A file that was
not recorded is written again with the same bytes. The short shard at the end of a run keeps its
rows in run.db, because a raised count makes it longer.
"""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from button.canonical import canonical_json
from button.errors import RunDirectoryError
from button.run.atomic_write import Written, write_atomically
from button.run.duplicate_rows import as_decided
from button.run.gate import Decision
from button.run.known_rows import KnownRow
from button.run.layout import ROW_KINDS, RowKind, RunLayout
from button.run.state import Shard
from button.run.store import RunStore
from button.run.summary import Tally


class Sealer:
    """Turns the gate's decisions into shards."""

    def __init__(self, layout: RunLayout, store: RunStore, shard_rows: int) -> None:
        self._layout = layout
        self._store = store
        self._shard_rows = shard_rows
        self._waiting: dict[RowKind, list[Decision]] = {kind: [] for kind in ROW_KINDS}
        self._full: dict[RowKind, list[Shard]] = {kind: [] for kind in ROW_KINDS}
        self._short: dict[RowKind, Shard] = {}
        self.mended: list[str] = []
        """Names of files that were not as recorded and are written again."""
        for shard in store.sealed.shards:
            if shard.rows == shard_rows:
                self._require_whole(shard)
                self._full[shard.kind].append(shard)
            else:
                self._short[shard.kind] = shard
        self._found = dict(self._short)

    @property
    def shards(self) -> list[Shard]:
        """All shards on disk, by kind and number."""
        shards = []
        for kind in ROW_KINDS:
            shards += self._full[kind]
            if kind in self._short:
                shards.append(self._short[kind])
        return shards

    def add(self, decisions: Sequence[Decision]) -> None:
        """Take decisions in the order in which they fell."""
        for decision in decisions:
            self._waiting[decision.kind].append(decision)

    async def seal_full(self, decided: int) -> bool:
        """Write the shards that are full; returns whether there were any.

        Raises:
            StorageError: something could not be written.
        """
        sealed = False
        for kind in ROW_KINDS:
            while len(self._waiting[kind]) >= self._shard_rows:
                await self._seal(kind, decided)
                sealed = True
        return sealed

    async def seal_rest(self, decided: int) -> None:
        """Write the short shards at the end of a run.

        Raises:
            StorageError: something could not be written.
        """
        await self.seal_full(decided)
        for kind in ROW_KINDS:
            if self._waiting[kind]:
                await self._seal(kind, decided)

    async def _seal(self, kind: RowKind, decided: int) -> None:
        decisions = self._waiting[kind][: self._shard_rows]
        number = len(self._full[kind])
        bodies = await self._store.bodies([decision.key for decision in decisions])
        lines = [
            f"{as_decided(decision, body)}\n"
            for decision, body in zip(decisions, bodies, strict=True)
        ]
        written = await asyncio.to_thread(self._write, kind, number, lines)
        shard = Shard(kind, number, len(lines), written.size, written.sha256)
        if len(decisions) < self._shard_rows:
            await self._store.record_shard(shard, decided)
            self._short[kind] = shard
            return
        await self._store.record_shard(
            shard,
            decided,
            full=[decision.key for decision in decisions],
            totals=_totals(decisions),
            known=list(_known(decisions)) if kind == "accepted" else (),
        )
        if kind == "accepted":
            last = decisions[-1].key.number
            await asyncio.to_thread(self._store.known.seal, shard.sha256, last)
        self._full[kind].append(shard)
        self._short.pop(kind, None)
        del self._waiting[kind][: self._shard_rows]

    def _write(self, kind: RowKind, number: int, lines: Sequence[str]) -> Written:
        path = self._layout.shard(kind, number)
        found = self._found.pop(kind, None)
        damaged = found is not None and _is_damaged(path, found.size, lines)
        written = write_atomically(path, lines)
        if damaged:
            self.mended.append(path.relative_to(self._layout.root).as_posix())
        return written

    def _require_whole(self, shard: Shard) -> None:
        path = self._layout.shard(shard.kind, shard.number)
        size = path.stat().st_size if path.is_file() else None
        if size != shard.size:
            found = "missing" if size is None else f"{size} bytes long instead of {shard.size}"
            raise RunDirectoryError(
                f"shard {str(path)!r} is {found}, so the run cannot be continued; restore it from "
                f"a copy, or make the run again from its journal with "
                f"`button record replay {self._layout.root} NEW`"
            )


def _is_damaged(path: Path, size: int, lines: Sequence[str]) -> bool:
    """Whether a short shard of `size` bytes is not the beginning of the `lines` in its place.

    It may be longer: a process may have been killed before it recorded what it wrote.
    """
    try:
        found = path.read_bytes()
    except OSError:
        return True
    return len(found) < size or not "".join(lines).encode("utf-8").startswith(found)


def _totals(decisions: Sequence[Decision]) -> str:
    tally = Tally()
    tally.add(decisions)
    return canonical_json(tally.totals())


def _known(decisions: Sequence[Decision]) -> Iterator[KnownRow]:
    for key, facts, *_ in decisions:
        if facts.accepted and facts.digest is not None:
            yield KnownRow(key.number, int.from_bytes(facts.digest, "big"), facts.near)
