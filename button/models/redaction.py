"""Keys never reach a text: whatever is told about a call goes through `redacted`.

Endpoints echo the key in their errors. What was read from the environment as a key is
remembered here for the life of the process and blotted out wherever it turns up.
"""

import re

BLOT = "[secret]"
SHORTEST = 6
"""Characters of a secret; a shorter one would blot out ordinary words."""

_LIKELY = re.compile(r"\b(?:sk|pk|rk|gsk|hf|xai)[-_][A-Za-z0-9_-]{16,}|(?i:\bbearer\s+)[^\s,;]{6,}")
"""What looks like a key whoever put it there."""
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{4,}")
"""A memory address, which would make the same failure look different in each process."""
_secrets: set[str] = set()


def remember_secret(secret: str) -> None:
    """Blot `secret` out of all texts from now on."""
    for form in (secret, secret.strip()):
        if len(form) >= SHORTEST:
            _secrets.add(form)


def error_text(error: BaseException) -> str:
    """An exception as it may stand in a row: no secret, and the same in each process."""
    text = f"{type(error).__name__}: {error}".encode("utf-8", "replace").decode("utf-8")
    return redacted(_ADDRESS.sub("0x...", text))


def redacted(text: str) -> str:
    """`text` without any secret."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, BLOT)
    return _LIKELY.sub(BLOT, text)
