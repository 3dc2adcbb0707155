"""How endpoints refuse a field of a request: with which status, in which words, and the way out."""

import re

REFUSING = (400, 404, 415, 422, 500, 501)
"""HTTP answers with which endpoints refuse a field they do not know."""
FORM_WORDS = r"response.?format|json.?schema|json.?object|structured|guided|grammar"
"""What an error speaks of that refuses a response format."""
PARALLEL = re.compile(r"parallel.?(?:tool|function).?call\w*", re.IGNORECASE)

_WAYS_OUT: tuple[tuple[re.Pattern[str], str], ...] = (
    (PARALLEL, "send_parallel_calls: false"),
    (re.compile(r"\bseed\b", re.IGNORECASE), "send_seed: false"),
    (re.compile(r"\bmax_tokens\b"), "bound_field: max_completion_tokens"),
    (re.compile(r"\bmax_completion_tokens\b"), "bound_field: max_tokens"),
    (re.compile(r"\btemperature\b", re.IGNORECASE), "temperature: null"),
    (re.compile(r"\btop_p\b", re.IGNORECASE), "top_p: null"),
)


def way_out(words: str) -> str:
    """The setting that leaves out what an error refuses; empty where there is none for it.

    The field named first counts: others are what to use instead.
    """
    named = [(found.start(), way) for field, way in _WAYS_OUT if (found := field.search(words))]
    return f"set {min(named)[1]} for this model" if named else ""
