"""All damage operators."""

from tests.button.checks.mutations import (  # noqa: F401
    arguments,
    final,
    human,
    order,
    results,
    roles,
    task,
)
from tests.button.checks.mutations.operator import OPERATORS, Operator

__all__ = ["OPERATORS", "Operator"]
