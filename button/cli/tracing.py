"""Tracing: LangChain sends every prompt and answer to LangSmith where the environment says so.

An environment variable that was set for another project must not do that to a dataset, so it holds
for the command line only where a person asks (`button --allow-tracing ...`).
"""

import os

VARIABLES = (
    "LANGSMITH_TRACING",
    "LANGSMITH_TRACING_V2",
    "LANGCHAIN_TRACING_V2",
    "LANGCHAIN_TRACING",
)
ON = ("true", "1", "yes", "on")


def settle_tracing(*, allowed: bool) -> str | None:
    """Switch tracing off unless it is allowed; what a person should know of it, if anything."""
    found = [name for name in VARIABLES if os.environ.get(name, "").lower() in ON]
    if not found:
        return None
    if allowed:
        return f"tracing is on ({found[0]}): prompts and answers are sent to LangSmith"
    for name in found:
        os.environ[name] = "false"
    return f"tracing is off although {found[0]} is set; `button --allow-tracing` leaves it on"
