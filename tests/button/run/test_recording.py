"""Replay, cassettes and forks: what models said once is used again, elsewhere and under others."""

import gzip
import json
import secrets
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from button.errors import InputError, RecordingError, RunDirectoryError
from button.models.journal import active_journal
from button.run.cassette import write_cassette
from button.run.layout import RunLayout
from button.run.recording import found_run, open_recording, prune
from button.run.runner import generate
from button.run.status import status_of
from button.run.verify import verify

STEPS = ("0/human/0/0", "0/assistant/0/0", "0/tool/0/0")


class Sampler:
    """An endpoint that never says the same thing twice; its words stand in the rows."""

    def __init__(self, world: ModuleType, prompt: str = "prompt") -> None:
        self.asked = 0
        self._world = world
        self._prompt = prompt

    async def __call__(self, item: int, seed: Any) -> list[Any]:
        journal = active_journal.get()
        assert journal is not None
        words = []
        for step in STEPS:
            asked = f"{self._prompt} of {item}"
            response = journal.lookup(item, step, asked)
            if response is None:
                self.asked += 1
                response = {"text": secrets.token_hex(8)}
                role = step.split("/")[1]
                await journal.commit(item, step, asked, role, response, durable=True)
            words.append(response["text"])
        return [self._world.accepted(self._world.row_of(item, 0, " ".join(words)))]


def never(world: ModuleType) -> Sampler:
    """An endpoint that must not be asked; the check is `asked == 0`."""
    return Sampler(world)


@pytest.fixture
def recorded(world: ModuleType, tmp_path: Path) -> Callable[..., Any]:
    async def make(**changes: Any) -> Path:
        run_dir = tmp_path / "recorded"
        await generate(world.plan_for(run_dir, count=70, **changes), Sampler(world))
        return run_dir

    return make


async def replay(
    world: ModuleType, source: Path, new: Path, sampler: Sampler, **changes: Any
) -> None:
    plan = world.plan_for(new, count=70, offline=True, **changes)
    with open_recording(source) as recording:
        found_run(plan, recording.calls)
    await generate(plan, sampler)


async def test_a_replay_asks_nobody_and_gives_the_same_bytes(
    world: ModuleType, tmp_path: Path, recorded: Callable[..., Any]
) -> None:
    source = await recorded(concurrency=3)
    sampler = never(world)
    await replay(world, source, tmp_path / "again", sampler, concurrency=16)
    assert sampler.asked == 0
    assert world.product(tmp_path / "again") == world.product(source)
    await replay(world, tmp_path / "again", tmp_path / "third", sampler)
    assert world.product(tmp_path / "third") == world.product(source)
    assert verify(RunLayout(tmp_path / "third")) == []


@pytest.mark.parametrize("name", ["c.jsonl", "c.jsonl.gz"])
async def test_a_cassette_is_the_same_each_time_and_can_be_replayed(
    world: ModuleType, tmp_path: Path, recorded: Callable[..., Any], name: str
) -> None:
    source = await recorded()
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        with open_recording(source) as recording:
            assert write_cassette(tmp_path / folder / name, recording) >= 70 * len(STEPS)
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    with open_recording(source) as recording, pytest.raises(InputError, match="exists"):
        write_cassette(tmp_path / "one" / name, recording)
    sampler = never(world)
    await replay(world, tmp_path / "one" / name, tmp_path / "again", sampler)
    assert sampler.asked == 0
    assert world.product(tmp_path / "again") == world.product(source)


async def test_a_missing_call_is_named_and_what_comes_before_it_is_kept(
    world: ModuleType, tmp_path: Path, recorded: Callable[..., Any]
) -> None:
    source = await recorded()
    plan = world.plan_for(tmp_path / "again", count=70, offline=True)
    with open_recording(source) as recording:
        lacking = [call for call in recording.calls if call[:2] != (40, STEPS[1])]
    found_run(plan, lacking)
    with pytest.raises(RecordingError, match=r"item 40, step '0/assistant/0/0' is not in the reco"):
        await generate(plan, never(world))
    status = status_of(RunLayout(tmp_path / "again"))
    assert (status.state, status.accepted) == ("failed", 40)
    assert "item 40, step '0/assistant/0/0'" in status.error


async def test_another_prompt_is_named_in_a_replay(
    world: ModuleType, tmp_path: Path, recorded: Callable[..., Any]
) -> None:
    source = await recorded()
    with pytest.raises(RecordingError, match="the recording was made with other prompts or code"):
        await replay(world, source, tmp_path / "again", Sampler(world, "other"))


async def test_a_fork_asks_only_what_no_longer_fits(
    world: ModuleType, tmp_path: Path, recorded: Callable[..., Any]
) -> None:
    source = await recorded(concurrency=1)
    plan = world.plan_for(tmp_path / "fork", count=90, concurrency=1)
    with open_recording(source) as recording:
        kept = [call for call in recording.calls if call[2] != "human"]
    assert found_run(plan, kept) == len(kept) == 140
    assert status_of(RunLayout(tmp_path / "fork")).recorded == 140
    sampler = Sampler(world)
    await generate(plan, sampler)
    assert sampler.asked == 70 + 3 * 20
    status = status_of(RunLayout(tmp_path / "fork"))
    assert (status.calls, status.recorded, status.accepted) == (270, 0, 90)


async def test_a_fork_into_a_run_is_refused(
    world: ModuleType, tmp_path: Path, recorded: Callable[..., Any]
) -> None:
    source = await recorded()
    with open_recording(source) as recording:
        calls = list(recording.calls)
    with pytest.raises(RunDirectoryError, match="holds a run already; continue it with"):
        found_run(world.plan_for(source, count=70), calls)


async def test_after_pruning_the_run_goes_on_and_a_replay_says_what_it_lacks(
    world: ModuleType, tmp_path: Path, recorded: Callable[..., Any]
) -> None:
    source = await recorded(concurrency=1)
    before = world.product(source)
    assert prune(RunLayout(source)) == 70 * len(STEPS)
    assert prune(RunLayout(source)) == 0
    assert verify(RunLayout(source)) == []
    await generate(world.plan_for(source, count=70), never(world))
    assert world.product(source) == before
    with pytest.raises(RecordingError, match=r"item 0, step '0/human/0/0' is not in the recording"):
        await replay(world, source, tmp_path / "again", never(world))


async def test_a_damaged_cassette_is_refused_and_leaves_no_run(
    world: ModuleType, tmp_path: Path, recorded: Callable[..., Any]
) -> None:
    cassette, packed = tmp_path / "c.jsonl", tmp_path / "c.jsonl.gz"
    source = await recorded()
    for path in (cassette, packed):
        with open_recording(source) as recording:
            write_cassette(path, recording)
    lines = cassette.read_bytes().splitlines(keepends=True)
    spoiled = {
        "flip": b"".join(lines).replace(b'"text":"', b'"tixt":"', 1),
        "cut": b"".join(lines[:-1]),
        "torn": b"".join(lines)[:-90],
        "other": b'{"a":1}\n',
        "empty": b"",
    }
    for name, data in spoiled.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match=f"{name}' is (damaged|no cassette)"):
            await replay(world, tmp_path / name, tmp_path / "run", never(world))
        assert not (tmp_path / "run" / "run.json").exists()
    (tmp_path / "cut.gz").write_bytes(packed.read_bytes()[:-300])
    with pytest.raises(InputError, match=r"cut\.gz' is damaged"):
        await replay(world, tmp_path / "cut.gz", tmp_path / "run", never(world))
    await replay(world, packed, tmp_path / "run", never(world))


@pytest.mark.parametrize(
    ("variable", "settings"),
    [
        ("CANARY_KEY", {"default_model": {"api_key_env": "CANARY_KEY"}}),
        ("OPENAI_API_KEY", {"default_model": {"model": "gpt-5"}}),
        ("JUDGE_KEY", {"judges": {"models": [{"model": "m", "api_key_env": "JUDGE_KEY"}]}}),
    ],
)
async def test_a_response_that_holds_a_key_is_not_exported(
    world: ModuleType,
    tmp_path: Path,
    recorded: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    settings: dict[str, Any],
) -> None:
    configuration = {"root_seed": 0, **settings}
    source = await recorded(configuration=configuration)
    with open_recording(source) as recording:
        text = json.loads(next(recording.calls)[4])["text"]
    monkeypatch.setenv(variable, text)
    with open_recording(source) as recording, pytest.raises(InputError, match="the key of an end"):
        write_cassette(tmp_path / "c.jsonl.gz", recording)
    assert not list(tmp_path.glob("c.jsonl*"))
    monkeypatch.delenv(variable)
    with open_recording(source) as recording:
        write_cassette(tmp_path / "c.jsonl.gz", recording)
    assert text in gzip.decompress((tmp_path / "c.jsonl.gz").read_bytes()).decode()
