"""What may not stand in a model's settings: secrets, and what BUTTON itself decides.

Settings are written into run.json, records and reports, so nothing secret may be among them. Errors
name the field and never repeat the value, which may be the secret.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from button.canonical import canonical_json

LARGEST_BODY = 16_384
"""Characters of the further fields of a request."""
OWN_FIELDS = frozenset(
    {
        "functions", "function_call", "max_completion_tokens", "max_tokens", "messages", "model",
        "n", "parallel_tool_calls", "response_format", "stream", "stream_options", "tool_choice",
        "tools",
    }
)  # fmt: skip
"""Fields of a request's body that BUTTON sets; two writers would contradict each other."""
OWN_HEADERS = frozenset(
    {"accept-encoding", "connection", "content-length", "content-type", "host", "transfer-encoding"}
)
_SECRET_HEADER = re.compile(
    r"auth|bearer|cookie|credential|key|passw|secret|session|signature|token", re.IGNORECASE
)
_SECRET_FIELD = re.compile(
    r"api[_-]?key|authori[sz]ation|bearer|credential|passw|secret|(access|auth)[_-]?token"
    r"|^(key|token)$",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"^\s*(bearer|basic)\s+\S|(^|[^A-Za-z0-9])(sk-[A-Za-z0-9_-]{8}|(pk|rk|gsk|hf|xai)[-_][A-Za-z0-9]{16})",
    re.IGNORECASE,
)
_HEADER_NAME = re.compile(r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")


def checked_address(value: str) -> str:
    """`value`, where it is a plain http(s) address.

    Raises:
        ValueError: it is none, or holds a user name, a password or a query.
    """
    try:
        parts = urlsplit(value)
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError("is no address") from None
    if "@" in value:
        raise ValueError("holds a user name or password; name the key's variable in api_key_env")
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_right:
        raise ValueError("is no address that begins with http:// or https://")
    if "?" in value or "#" in value:
        raise ValueError("holds a query or fragment; further fields belong in extra_body")
    if not value.isprintable() or " " in value:
        raise ValueError("holds spaces or control characters")
    return value


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """`headers`, where they can be sent and none looks like a secret.

    Raises:
        ValueError: one does not; the text names it without its value.
    """
    for name, value in headers.items():
        if not _HEADER_NAME.match(name):
            raise ValueError(f"{name!r} is no name of a header")
        if name.lower() in OWN_HEADERS:
            raise ValueError(f"{name!r} is set by the client")
        if _SECRET_HEADER.search(name) or _SECRET_VALUE.search(value):
            raise ValueError(
                f"{name!r} looks like a secret; keys come from the environment (api_key_env)"
            )
        if not value.isascii() or not value.isprintable():
            raise ValueError(f"{name!r} holds what no header may: use printable ASCII")
    return dict(headers)


def checked_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """`body`, where it is JSON, not too large, without secrets and without fields of BUTTON's.

    Raises:
        ValueError: it is not; the text names the field without its value.
    """
    for name in body:
        if name in OWN_FIELDS:
            raise ValueError(f"{name!r} is set by BUTTON")
    for name, value in _fields(body):
        if _SECRET_FIELD.search(name) or (isinstance(value, str) and _SECRET_VALUE.search(value)):
            raise ValueError(
                f"{name!r} looks like a secret; keys come from the environment (api_key_env)"
            )
    if len(canonical_json(dict(body))) > LARGEST_BODY:
        raise ValueError(f"is larger than {LARGEST_BODY} characters")
    return dict(body)


def _fields(value: Any, name: str = "") -> Iterable[tuple[str, Any]]:
    """All values within one, each with the name that it stands under."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _fields(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _fields(inner, name)
    if name:
        yield name, value
