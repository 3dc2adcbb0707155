"""Whose model an address leads to: the embedded one, OpenAI's, or anybody's."""

from urllib.parse import urlsplit

from button.model_settings import ModelSettings

EMBEDDED = "embedded"
"""The name of the model that needs no address."""
OPENAI_BASE_URL = "https://api.openai.com/v1"
OPENAI_HOST = "api.openai.com"
OF_OPENAI = (
    f".{OPENAI_HOST}", ".openai.azure.com", ".services.ai.azure.com",
    ".cognitiveservices.azure.com",
)  # fmt: skip
"""Ends of addresses where OpenAI's own models are served."""


def is_openai(address: str | None) -> bool:
    """Whether a `base_url` is OpenAI's own."""
    return urlsplit(address or OPENAI_BASE_URL).hostname == OPENAI_HOST


def bound_field_of(settings: ModelSettings) -> str:
    """The field in which the endpoint of `settings` is told the longest answer."""
    if settings.bound_field != "auto":
        return settings.bound_field
    host = urlsplit(settings.base_url or OPENAI_BASE_URL).hostname or ""
    return "max_completion_tokens" if f".{host}".endswith(OF_OPENAI) else "max_tokens"
