"""Who takes part, whose fault something is, and how tasks are composed: names that are stable."""

from typing import Literal

Strategy = Literal["sequential", "parallel_then_sequential"]
Role = Literal[
    "scenario",
    "atomic_task",
    "composer",
    "critic",
    "designer",
    "human",
    "assistant",
    "tool",
    "judge",
]
Fault = Literal["human", "assistant", "tool", "construction"]
Judged = Literal["human", "assistant", "tool"]
"""Whose part in a conversation judges may look at."""
