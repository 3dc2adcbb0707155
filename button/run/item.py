"""One item: simulate it, and turn whatever goes wrong inside it into a rejection."""

import asyncio
import logging

from button.errors import StoppingError
from button.models.redaction import error_text
from button.records import Rejection, Seed, SeedUse
from button.run.plan import Outcome, Simulate
from button.run.row_facts import SettledRow, settled_row

INTERNAL_ERROR = "internal_error"
MAX_DETAIL = 500

logger = logging.getLogger(__name__)


async def rows_of_item(
    simulate: Simulate, item: int, seed: Seed, *, root_seed: int, near: bool
) -> list[SettledRow]:
    """The rows of one item, ready for the database; an unexpected exception is a rejection.

    Args:
        simulate: makes the item's outcomes.
        item: its number.
        seed: its seed.
        root_seed: root of all randomness, for the record of an item that ends here.
        near: whether the signature for near duplicates is wanted.

    Raises:
        StoppingError: every other item would meet the failure as well.
    """
    try:
        return [settled_row(outcome, near=near) for outcome in await simulate(item, seed)]
    except StoppingError:
        raise
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return [_internal_error(root_seed, item, seed, error)]
    except Exception as error:
        # The boundary: one item never takes others along.
        logger.warning("item %d ended in an unexpected error", item, exc_info=error)
        return [_internal_error(root_seed, item, seed, error)]


def _internal_error(root_seed: int, item: int, seed: Seed, error: BaseException) -> SettledRow:
    rejection = Rejection(
        stage="run",
        role="run",
        code=INTERNAL_ERROR,
        detail=error_text(error)[:MAX_DETAIL],
        seeds=SeedUse(seed_id=seed.id, source=seed.source, root=root_seed, item=item, variant=0),
    )
    outcome: Outcome = {"kind": "rejected", "row": rejection.to_json()}
    return settled_row(outcome)
