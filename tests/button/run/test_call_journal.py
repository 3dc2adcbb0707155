import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from button.errors import RunDirectoryError, StorageError
from button.models.journal import Journal
from button.run.layout import RunLayout
from button.run.store import RunStore, open_store

STEP = "0/human/0/0"


@pytest.fixture
def reopen(tmp_path: Path) -> Callable[..., RunStore]:
    def opened(*, keep_calls: bool = False) -> RunStore:
        return open_store(RunLayout(tmp_path), "identity", keep_calls=keep_calls)

    return opened


def stored(tmp_path: Path) -> list[tuple[int, str, str]]:
    connection = sqlite3.connect(f"file:{tmp_path / 'run.db'}?mode=ro", uri=True)
    try:
        return connection.execute("SELECT item, step, response FROM call ORDER BY 1, 2").fetchall()
    finally:
        connection.close()


async def test_durable_response_is_on_disk_before_commit_returns(
    reopen: Callable[..., RunStore], tmp_path: Path
) -> None:
    store = reopen()
    journal: Journal = store.journal
    for number in range(20):
        await journal.commit(number, STEP, "h", "human", {"n": number}, durable=True)
        assert stored(tmp_path)[-1] == (number, STEP, f'{{"n":{number}}}')
    await store.close()


async def test_many_durable_responses_share_transactions(
    reopen: Callable[..., RunStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = reopen()
    statements: list[str] = []
    store._connection.set_trace_callback(statements.append)
    await asyncio.gather(
        *(store.journal.commit(n, STEP, "h", "human", {}, durable=True) for n in range(200))
    )
    await store.close()
    assert statements.count("COMMIT") < 20
    assert (
        sum(statement.startswith("INSERT OR IGNORE INTO call") for statement in statements) == 200
    )


async def test_journaled_response_comes_back_after_a_restart(
    reopen: Callable[..., RunStore],
) -> None:
    store = reopen()
    assert store.journal.lookup(3, STEP, "h") is None
    await store.journal.commit(3, STEP, "h", "human", {"text": "grüezi"}, durable=True)
    assert store.journal.lookup(3, STEP, "h") == {"text": "grüezi"}
    await store.close()
    store = reopen()
    assert store.journal.lookup(3, STEP, "h") == {"text": "grüezi"}
    assert store.journal.lookup(3, "1/human/0/0", "h") is None
    store.settle(3, [])
    assert store.journal.lookup(3, STEP, "h") is None
    await store.close()
    store = reopen()
    assert store.journal.lookup(3, STEP, "h") is None
    await store.close()


async def test_other_request_for_a_journaled_step_is_a_divergence(
    reopen: Callable[..., RunStore],
) -> None:
    store = reopen()
    await store.journal.commit(3, STEP, "a" * 64, "human", {}, durable=True)
    await store.close()
    store = reopen()
    with pytest.raises(RunDirectoryError, match=rf"replay divergence: item 3, step '{STEP}'"):
        store.journal.lookup(3, STEP, "b" * 64)
    await store.close()


async def test_free_responses_are_stored_with_their_item_and_only_on_request(
    reopen: Callable[..., RunStore], tmp_path: Path
) -> None:
    store = reopen()
    await store.journal.commit(0, STEP, "h", "human", {}, durable=False)
    store.settle(0, [])
    await store.flush()
    assert stored(tmp_path) == []
    await store.close()
    store = reopen(keep_calls=True)
    await store.journal.commit(1, STEP, "h", "human", {}, durable=False)
    await store.flush()
    assert stored(tmp_path) == []
    store.settle(1, [])
    await store.flush()
    assert stored(tmp_path) == [(1, STEP, "{}")]
    await store.close()


async def test_nothing_is_written_after_a_failure(reopen: Callable[..., RunStore]) -> None:
    store = reopen()
    store.settle(0, [])
    store.settle(0, [])
    with pytest.raises(StorageError, match=r"cannot write run\.db: UNIQUE"):
        await store.flush()
    with pytest.raises(StorageError):
        store.settle(1, [])
    with pytest.raises(StorageError):
        await store.journal.commit(1, STEP, "h", "human", {}, durable=True)
    await store.close()
    store = reopen()
    assert list(store.settled()) == []
    await store.close()


async def test_a_cancelled_commit_is_still_written(
    reopen: Callable[..., RunStore], tmp_path: Path
) -> None:
    store = reopen()
    task = asyncio.create_task(store.journal.commit(0, STEP, "h", "human", {}, durable=True))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await store.close()
    assert stored(tmp_path) == [(0, STEP, "{}")]
