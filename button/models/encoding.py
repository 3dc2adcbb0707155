"""JSON for what is sent, measured or hashed with each call, where it is kept nowhere.

`button.canonical` is the form of everything that is kept; this one is ten times faster and writes
some floats in other digits (`1e16` for `1e+16`).
"""

import json
from typing import Any

import orjson

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_SORTED = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True
)


def compact_json(value: Any, *, sort_keys: bool = False) -> bytes:
    """A JSON value without spaces, in UTF-8.

    Whole numbers of more than 64 bits and keys that are no text are left to the standard library.

    Raises:
        TypeError: no JSON value.
        ValueError: text that UTF-8 cannot hold.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS if sort_keys else None)
    except orjson.JSONEncodeError:
        return (_SORTED if sort_keys else _ENCODER).encode(value).encode()
