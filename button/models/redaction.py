"""Keys never reach a text: whatever is told about a call goes through `redacted`.

Endpoints echo the key in their errors. What was read from the environment as a key, or stands in a
header, is remembered here for the life of the process and blotted out wherever it turns up.
"""

import re

BLOT = "[secret]"
SHORTEST = 6
"""Characters of a secret; a shorter one would blot out ordinary words."""

_LIKELY = re.compile(r"\b(?:sk|pk|rk|gsk|hf|xai)[-_][A-Za-z0-9_-]{16,}|(?i:\bbearer\s+)[^\s,;]{6,}")
"""What looks like a key whoever put it there."""
_secrets: set[str] = set()


def remember_secret(secret: str) -> None:
    """Blot `secret` out of all texts from now on."""
    for form in (secret, secret.strip()):
        if len(form) >= SHORTEST:
            _secrets.add(form)


def redacted(text: str) -> str:
    """`text` without any secret."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, BLOT)
    return _LIKELY.sub(BLOT, text)
