"""One item: simulate it, and turn whatever goes wrong inside it into a rejection."""

import asyncio
import logging
import re

from button.errors import StoppingError
from button.records import Rejection, Seed, SeedUse
from button.run.plan import Outcome, RunPlan, Simulate
from button.run.row_facts import SettledRow, settled_row

INTERNAL_ERROR = "internal_error"
MAX_DETAIL = 500
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{4,}")

logger = logging.getLogger(__name__)


async def rows_of_item(
    plan: RunPlan, simulate: Simulate, item: int, seed: Seed
) -> list[SettledRow]:
    """The rows of one item, ready for the database; an unexpected exception is a rejection.

    Raises:
        StoppingError: every other item would meet the failure as well.
    """
    try:
        return [settled_row(outcome) for outcome in await simulate(item, seed)]
    except StoppingError:
        raise
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return [_internal_error(plan, item, seed, error)]
    except Exception as error:
        # The boundary: one item never takes others along.
        logger.warning("item %d ended in an unexpected error", item, exc_info=error)
        return [_internal_error(plan, item, seed, error)]


def _internal_error(plan: RunPlan, item: int, seed: Seed, error: BaseException) -> SettledRow:
    text = f"{type(error).__name__}: {error}".encode("utf-8", "replace").decode("utf-8")
    rejection = Rejection(
        stage="run",
        role="run",
        code=INTERNAL_ERROR,
        # A memory address would make the same failure look different in each process.
        detail=_ADDRESS.sub("0x...", text)[:MAX_DETAIL],
        seeds=SeedUse(
            seed_id=seed.id, source=seed.source, root=plan.root_seed, item=item, variant=0
        ),
    )
    outcome: Outcome = {"kind": "rejected", "row": rejection.to_json()}
    return settled_row(outcome)
