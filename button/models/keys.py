"""Keys of endpoints: the environment variable that holds one, and whether it does."""

import os

from button.context import Context, ModelSettings
from button.errors import ConfigurationError
from button.models.addresses import EMBEDDED, is_openai
from button.models.redaction import remember_secret

OPENAI_KEY = "OPENAI_API_KEY"
NO_KEY = "none"
"""What a server of one's own gets where no key is set; most want a non-empty one."""


def key_of(settings: ModelSettings) -> str | None:
    """The key for the endpoint of `settings`; None where none is to be sent.

    Raises:
        ConfigurationError: its environment variable is not set, or holds what no key can.
    """
    variable = key_variable(settings)
    if variable is None:
        return None
    problem = _problem_of_key(variable)
    if problem:
        raise ConfigurationError(f"model {settings.model!r} needs a key: {problem}")
    remember_secret(os.environ[variable])
    return os.environ[variable]


def key_variable(settings: ModelSettings) -> str | None:
    """The environment variable that holds the key; None where none is needed.

    OpenAI's own key is never sent to an address that is not OpenAI's unless it is named.
    """
    if settings.model == EMBEDDED:
        return None
    return settings.api_key_env or (OPENAI_KEY if is_openai(settings.base_url) else None)


def require_keys(context: Context) -> None:
    """Refuse settings with which some role could not be asked for want of a key.

    Raises:
        ConfigurationError: a key's environment variable is not set; the text names all of them.
    """
    wanting: dict[str, list[str]] = {}
    for role, settings in context.players():
        variable = key_variable(settings)
        if variable and _problem_of_key(variable) and role not in wanting.get(variable, ()):
            wanting.setdefault(variable, []).append(role)
    if wanting:
        told = "; ".join(
            f"{_problem_of_key(variable)} (needed for {', '.join(roles)})"
            for variable, roles in wanting.items()
        )
        raise ConfigurationError(f"keys are missing: {told}")


def _problem_of_key(variable: str) -> str:
    key = os.environ.get(variable, "")
    if not key:
        return f"environment variable {variable!r} is not set"
    if not key.isascii() or not key.isprintable() or " " in key:
        return f"environment variable {variable!r} holds characters that no key has"
    return ""
