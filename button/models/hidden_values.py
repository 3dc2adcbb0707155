"""Keys that were written into a request's headers or body instead of the environment.

Settings are written into the run, so whatever is known to be a secret is refused there. What may
be one, for it looks drawn at random, is blotted out of errors: endpoints repeat what they got.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

from button.context import Context, ModelSettings
from button.errors import ConfigurationError
from button.models.redaction import remember_secret

SHORTEST_KNOWN = 12
"""Characters of a secret in the environment; what is shorter may be a word."""
_SECRET_NAME = re.compile(r"key|token|secret|passw|credential", re.IGNORECASE)
_DRAWN = re.compile(r"(?=[A-Za-z0-9]*[A-Za-z])(?=(?:[A-Za-z]*[0-9]){3})[A-Za-z0-9]{16,}")


def require_plain(context: Context) -> None:
    """Refuse headers and bodies that hold what a secret variable of the environment holds.

    Raises:
        ConfigurationError: they do; the text names the setting and the variable, not the value.
    """
    secrets = {
        name: value
        for name, value in os.environ.items()
        if _SECRET_NAME.search(name) and len(value) >= SHORTEST_KNOWN
    }
    for role, settings in context.players():
        for field in ("headers", "extra_body"):
            for text in _texts(getattr(settings, field)):
                for name, value in secrets.items():
                    if value in text:
                        raise ConfigurationError(
                            f"{field} of the model for {role} hold the value of {name!r}; settings "
                            "are written into the run, so keys come by the name of their variable "
                            "(api_key_env)"
                        )


def remember_drawn(settings: ModelSettings) -> None:
    """Blot what looks drawn at random in headers and body out of all texts from now on."""
    for text in _texts([settings.headers, settings.extra_body]):
        for found in _DRAWN.finditer(text):
            remember_secret(found[0])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
