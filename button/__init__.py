"""The BUTTON simulator: verified multi-turn function-calling data (arXiv 2410.12952).

The four sibling packages have everyday names, so another distribution may bring its own. This
module is imported first by all of them and refuses to run with a stranger.
"""

import os
from importlib.util import find_spec
from pathlib import Path

__version__ = "0.1.0"

# Checkpoints never rebuild arbitrary objects; read by langgraph when it is imported.
os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")

SIBLINGS = ("graphs", "agents", "tools", "prompts")


def foreign_siblings() -> dict[str, str]:
    """Sibling packages that would be imported from somewhere else, with their places."""
    home = Path(__file__).resolve().parent.parent
    foreign = {}
    for name in SIBLINGS:
        spec = find_spec(name)
        origin = Path(spec.origin).resolve() if spec and spec.origin else None
        if origin is not None and origin.parent.parent != home:
            foreign[name] = str(origin.parent)
    return foreign


def _refuse_strangers() -> None:
    foreign = foreign_siblings()
    if foreign:
        places = ", ".join(f"{name!r} from {place}" for name, place in foreign.items())
        raise ImportError(
            f"another package takes the place of the BUTTON simulator's own: {places}. Use one "
            "virtual environment per project (the package openai-agents, for one, cannot be in it)."
        )


_refuse_strangers()
