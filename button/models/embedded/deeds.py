"""What a function does: merely looks something up, or changes something and has to confirm it."""

from functools import lru_cache

from button.models.embedded.functions import Function

LOOKUPS = frozenset(
    "find get list search check compare recommend suggest diagnose track estimate read look show "
    "calculate screen convert detect".split()
)
"""First words of functions that change nothing."""


def is_lookup(name: str) -> bool:
    """Whether a function of this name changes nothing."""
    return name.split("_")[0] in LOOKUPS


@lru_cache(maxsize=4096)
def is_confirmed(function: Function, path: str) -> bool:
    """Whether each report of a function says that an optional wish was granted.

    A wish that is granted in silence leaves a person in doubt, so only the others are uttered.
    """
    echoes = [name for name, spec in function.spec.returns.items() if spec.echo == path]
    slots = [f"[!{path}", *(f"{{{name}}}" for name in (path, *echoes))]
    return all(any(slot in report for slot in slots) for report in function.spec.report)
