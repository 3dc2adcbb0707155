import asyncio

import pytest

from tests.button.run.workers.pooled import made, shards_of


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Shards of the run in one process."""
    folder = tmp_path_factory.mktemp("alone") / "run"
    asyncio.run(made(folder))
    return shards_of(folder)
