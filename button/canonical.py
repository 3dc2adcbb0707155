"""Canonical JSON, content ids and derived seeds: the ground of "same seed, same bytes"."""

import hashlib
import json
import marshal
import math
import random
from functools import lru_cache
from typing import Any

JsonValue = None | bool | int | float | str | list[Any] | dict[str, Any]

CALL_ID_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CALL_ID_LENGTH = 9
"""Nine alphanumeric characters: the only call-id form that every known chat template accepts."""
_LONGEST_REMEMBERED = 16_000
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def canonical_json(value: Any) -> str:
    """One string per JSON value: sorted keys, no spaces, UTF-8 text, no NaN or infinity.

    Raises:
        ValueError: for NaN, infinity, or text that UTF-8 cannot hold (lone surrogates).
    """
    text = _ENCODER.encode(value)
    _check_encodable(text)
    return text


def remembered_canonical_json(value: Any) -> str:
    """`canonical_json`, without work for what was written before: schemas, tools, contracts.

    Raises:
        ValueError: for NaN, infinity, or text that UTF-8 cannot hold (lone surrogates).
    """
    try:
        key = marshal.dumps(value, 0)  # several times faster, and as exact: 1 is not True
    except ValueError:  # nested too deeply, or no plain data
        return canonical_json(value)
    return _remembered(key) if len(key) <= _LONGEST_REMEMBERED else canonical_json(value)


@lru_cache(maxsize=2_048)
def _remembered(key: bytes) -> str:
    return canonical_json(marshal.loads(key))


def _check_encodable(text: str) -> None:
    if text.isascii():
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"not encodable as UTF-8: {error.reason}") from error


def content_hash(value: Any) -> str:
    """SHA-256 of the canonical JSON of `value`, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value).encode("utf-8")).hexdigest()


def derive_seed(*parts: int | str) -> int:
    """A 53-bit integer that depends on `parts` and nothing else (clock, order, process)."""
    digest = hashlib.sha256(canonical_json(["v1", *parts]).encode("utf-8")).digest()
    return int.from_bytes(digest[:8], "big") >> 11


def derived_random(*parts: int | str) -> random.Random:
    """A private generator for one decision, seeded by `derive_seed(*parts)`."""
    return random.Random(derive_seed(*parts))


def call_id(*parts: int | str) -> str:
    """A tool-call id of nine alphanumeric characters, derived from `parts`."""
    digest = hashlib.sha256(canonical_json(["call", *parts]).encode("utf-8")).digest()
    number = int.from_bytes(digest[:8], "big")
    letters = []
    for _ in range(CALL_ID_LENGTH):
        number, index = divmod(number, len(CALL_ID_ALPHABET))
        letters.append(CALL_ID_ALPHABET[index])
    return "".join(letters)


def parse_json_strict(text: str) -> JsonValue:
    """Parse JSON as RFC 8259 says, refusing what parsers let pass in silence.

    Raises:
        ValueError: for broken JSON, a duplicate key, NaN, infinity, an overflowing number, a lone
            surrogate or too deep nesting.
    """
    try:
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_refuse_duplicate_keys,
            parse_constant=_refuse_constant,
            parse_float=_finite_float,
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    _check_encodable(text)
    if "\\u" in text:  # an escape may stand for a lone surrogate
        canonical_json(value)
    return value


def _refuse_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"duplicate key {twice!r}")
    return result


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"number {text[:40]!r} is out of range")
    return value
