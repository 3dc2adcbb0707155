"""What roles that use one endpoint share."""

from itertools import permutations

import pytest

from button.context import ModelSettings, RetrySettings
from button.models.endpoints import endpoint_of

RETRY = RetrySettings()


@pytest.mark.parametrize("order", list(permutations([60.0, 600.0, 3600.0])))
async def test_of_several_roles_the_least_patient_and_the_most_modest_decides(
    order: tuple[float, ...],
) -> None:
    for limit in order:
        endpoint = endpoint_of(
            ModelSettings(model="m", max_outage_s=limit, max_in_flight=int(limit)), RETRY
        )
    assert endpoint.circuit.max_outage_s == 60
    assert endpoint.limiter.most == 60


async def test_another_model_keeps_its_own_patience() -> None:
    hasty = endpoint_of(ModelSettings(model="hasty", max_outage_s=1), RETRY)
    patient = endpoint_of(ModelSettings(model="patient", max_outage_s=99), RETRY)
    assert (hasty.circuit.max_outage_s, patient.circuit.max_outage_s) == (1, 99)
