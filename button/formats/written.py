"""JSON as others write it: as text, as Python literals, as text within text; calls in all of them.

Nothing is repaired: what is no JSON stays text and is reported.
"""

import ast
import json
import re
from typing import Any, NamedTuple

from button.canonical import parse_json_strict

UNNAMED = "?"
"""The name of a call whose text does not say one."""
_MAX_LITERAL = 1_000_000
_NAME = re.compile(r"""["']name["']\s*:\s*["']([^"']+)["']""")
_QUOTED_ARGUMENTS = re.compile(
    r"""\A\s*\{\s*"name"\s*:\s*"([^"]+)"\s*,\s*"arguments"\s*:\s*'(.*)'\s*\}\s*\Z""", re.DOTALL
)
_ARGUMENT_KEYS = ("arguments", "parameters", "args", "input", "param_dict")
_ID_KEYS = ("id", "call_id", "tool_call_id")


class WrittenCall(NamedTuple):
    """A call as it was written; `arguments` are an object, a text, or whatever else stood there."""

    name: str
    arguments: Any
    id: str | None = None


def as_json(value: Any) -> str:
    """One line of JSON, with keys in the order given; a text as it is is not meant here."""
    return json.dumps(value, ensure_ascii=False)


def text_of_value(value: Any) -> str:
    """A text as it is, nothing for None, any other value as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else as_json(value)


def plain_json(text: str) -> Any:
    """Strict JSON, or a Python literal (`{'a': None}`), which some write in its place.

    Raises:
        ValueError: where it is neither; the reason is that of the JSON.
    """
    try:
        return parse_json_strict(text)
    except ValueError as error:
        if not _is_loose(text):
            raise
        try:
            value = ast.literal_eval(text.strip())
            json.dumps(value, allow_nan=False)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            raise error from None
        return json.loads(json.dumps(value))


def calls_in(text: str) -> list[WrittenCall]:
    """The call, or the list of calls, that a text is; a broken one keeps its text as arguments."""
    quoted = _QUOTED_ARGUMENTS.match(text)
    if quoted:  # Glaive writes the arguments as a single-quoted text
        return [WrittenCall(quoted[1], quoted[2])]
    try:
        value = plain_json(text)
        return calls_of(value)
    except ValueError:
        name = _NAME.search(text)
        return [WrittenCall(name[1] if name else UNNAMED, text)]


def calls_of(value: Any) -> list[WrittenCall]:
    """The calls in a parsed value: one, or a list, in any of the usual forms.

    Raises:
        ValueError: where an element is no call.
    """
    return [_call(each) for each in (value if isinstance(value, list) else [value])]


def _call(value: Any) -> WrittenCall:
    if not isinstance(value, dict):
        raise ValueError(f"a call is an object, not {value!r:.60}")
    held = value.get("function")
    body = held if isinstance(held, dict) else value
    name = body.get("name", body.get("api_name", held))
    if not isinstance(name, str):
        raise ValueError("a call without a name")
    arguments = next((body[key] for key in _ARGUMENT_KEYS if key in body), None)
    identifier = next((value[key] for key in _ID_KEYS if isinstance(value.get(key), str)), None)
    return WrittenCall(name, arguments, identifier or None)


def _is_loose(text: str) -> bool:
    """Whether a text that is not strict JSON may be a Python literal."""
    stripped = text.strip()
    if len(stripped) > _MAX_LITERAL or not stripped.startswith(("{", "[")):
        return False
    try:
        json.loads(stripped)
    except RecursionError:
        return False
    except ValueError:
        return True
    return False  # JSON, but refused for a reason such as a repeated key
