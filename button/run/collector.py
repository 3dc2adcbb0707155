"""The garbage collector during a run."""

import gc

YOUNG, MIDDLE, OLD = 50_000, 20, 100
"""Thresholds of the three generations; Python's own are 700, 10 and 10."""


def calm_collector() -> None:
    """Let the collector leave alone what stays for the whole run, and come less often.

    Items in flight are many small objects that die young; looking at the loaded world and prompts
    again and again costs a fifth of the time. It changes the whole process, so only programs that
    do nothing but a run should ask for it.
    """
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
