"""Workers as actors of a real Ray cluster of this machine."""

import os
import signal
from pathlib import Path

import pytest

from button.errors import ConfigurationError
from button.run.runner import RunProgress
from button.run.workers import on_ray
from button.run.workers.on_ray import RayLauncher, RayWorker, outcome_of
from tests.button.run.workers.pooled import made, shards_of

pytestmark = pytest.mark.server
ray = pytest.importorskip("ray", reason="Ray is not installed (extra `ray`)")


class Watched(RayLauncher):
    """Remembers the actors that it started."""

    def __init__(self) -> None:
        super().__init__(None, 2)
        self.started: list[RayWorker] = []

    async def launch(self) -> RayWorker:
        self.started.append(await super().launch())
        return self.started[-1]


@pytest.mark.filterwarnings("ignore")
async def test_a_lost_actor_loses_and_doubles_nothing(
    tmp_path: Path, alone: dict[str, bytes]
) -> None:
    launcher = Watched()
    killed: list[int] = []

    def watch(progress: RunProgress) -> None:
        if progress.in_flight >= 4 and not killed:
            killed.append(launcher.started[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    assert (await made(tmp_path / "run", launcher, watch)).ended == "complete"
    assert len(launcher.started) == 3
    assert shards_of(tmp_path / "run") == alone


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigurationError, match="no Ray cluster at '127.0.0.1:1'"):
        RayLauncher("127.0.0.1:1", 1)


def test_without_an_address_no_cluster_that_is_there_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str | None] = []
    monkeypatch.setattr(ray, "init", lambda address=None, **_: asked.append(address))
    RayLauncher(None, 2)
    assert asked == ["local"]


async def test_of_a_trace_only_the_reason_is_told() -> None:
    async def work() -> None:
        raise RuntimeError("\x1b[36mray::work()\x1b[39m\n  File x\nImportError: no agents\n")

    assert await outcome_of(work()) == "ImportError: no agents"


def test_a_token_that_nobody_sends_is_thought_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    assert not on_ray._may_lack_token()
    (tmp_path / ".ray").mkdir()
    (tmp_path / ".ray" / "auth_token").write_text("a")
    assert on_ray._may_lack_token()
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    assert not on_ray._may_lack_token()
