"""JSON of the parts of calls: fast where it is sent or measured, remembered where it is hashed.

`button.canonical` is the form of everything that is kept or compared. A body that is sent, and the
bound of its length, may be written by orjson, which is ten times faster and writes some floats in
other digits (`0.00001` for `1e-05`).
"""

import json
from typing import Any

import orjson

from button.canonical import canonical_json

_PLAIN_TYPES = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_MOST_REMEMBERED = 512
_remembered: dict[bytes, str] = {}
"""Canonical text by orjson's: functions and contracts are asked with again and again."""


def compact_json(value: Any) -> bytes:
    """A JSON value without spaces, in UTF-8.

    Whole numbers of more than 64 bits and keys that are no text are left to the standard library.
    NaN and infinity become null, as in JavaScript.

    Raises:
        TypeError: no JSON value.
        ValueError: text that UTF-8 cannot hold.
    """
    try:
        return orjson.dumps(value, option=_PLAIN_TYPES)
    except orjson.JSONEncodeError:
        return _ENCODER.encode(value).encode()


def remembered_canonical_json(value: Any) -> str:
    """`canonical_json`, without work for a value that was written before.

    Raises:
        TypeError: no JSON value.
        ValueError: for NaN, infinity, or text that UTF-8 cannot hold.
    """
    try:
        # Told apart by their text, keys in the order given: values are lists and dicts, unhashable.
        known_as = orjson.dumps(value, option=_PLAIN_TYPES)
    except orjson.JSONEncodeError:
        return canonical_json(value)
    if b"null" in known_as:  # perhaps NaN, which must be refused
        return canonical_json(value)
    text = _remembered.get(known_as)
    if text is None:
        text = canonical_json(value)
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        _remembered[known_as] = text
    return text
