"""From settings to a chat model, built once per event loop."""

import asyncio
from functools import lru_cache
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from button.context import Context, ModelSettings
from button.errors import ConfigurationError
from button.models.addresses import EMBEDDED, OPENAI_BASE_URL, bound_field_of, is_openai
from button.models.hidden_values import remember_drawn
from button.models.keys import NO_KEY, key_of
from button.records import Judged, ModelUse

if TYPE_CHECKING:
    # Takes a third of a second to import, and a process whose workers ask needs no model.
    from langchain_core.language_models import BaseChatModel

_EMBEDDED_USE = ModelUse(name=EMBEDDED, kind="procedural")
_endpoints: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[ModelSettings, "BaseChatModel"]] = (
    WeakKeyDictionary()
)
_loaded: set[bool] = set()
"""Whether the code and data of the embedded model (True) and of endpoints (False) are there."""
_loading = Lock()


async def ready_model(settings: ModelSettings) -> "BaseChatModel":
    """`build_model`, with what the first model of its kind reads from disk read in a thread.

    Raises:
        ConfigurationError: the key's environment variable is not set.
    """
    embedded = settings.model == EMBEDDED
    if embedded not in _loaded:
        await asyncio.to_thread(_load, embedded)
    return build_model(settings)


def build_model(settings: ModelSettings) -> "BaseChatModel":
    """The chat model that `settings` name, the same object for the same event loop.

    An endpoint's HTTP client belongs to the loop it was made in, and making one takes longer than
    most calls, so it is kept as long as the loop lives.

    Raises:
        ConfigurationError: the key's environment variable is not set.
    """
    if settings.model == EMBEDDED:
        return _embedded_model()
    of_this_loop = _endpoints.setdefault(asyncio.get_running_loop(), {})
    if settings not in of_this_loop:
        of_this_loop[settings] = _endpoint_model(settings)
    return of_this_loop[settings]


async def close_models() -> None:
    """Close the HTTP clients of the running event loop."""
    for model in _endpoints.pop(asyncio.get_running_loop(), {}).values():
        client: Any = getattr(model, "http_async_client", None)
        if client is not None:
            await client.aclose()


def require_judges(context: Context) -> None:
    """Refuse judges that could only repeat what the checks have found.

    Raises:
        ConfigurationError: something is to be judged, and the embedded model would be a judge.
    """
    judges = context.judges
    members = judges.models or (context.model_of("judge"),)
    if judges.judged and any(member.model == EMBEDDED for member in members):
        raise ConfigurationError(cannot_judge(judges.judged[0]))


def cannot_judge(judged: Judged) -> str:
    """What to say where the embedded model would be a judge."""
    return (
        f"judges.{judged} needs a judge: the embedded model is procedural and knows nothing that "
        "the checks do not; name a model with judge.model (or judges.models), or leave the judges "
        "off"
    )


def use_of_settings(settings: ModelSettings) -> ModelUse:
    """How a record names the model of `settings`."""
    if settings.model == EMBEDDED:
        return _EMBEDDED_USE
    return ModelUse(name=settings.model, kind="endpoint")


def use_of_model(model: "BaseChatModel") -> ModelUse:
    """How a record names a chat model that was handed over as an object."""
    about = model._identifying_params
    name = about.get("model_name") or about.get("model") or model._llm_type
    return ModelUse(name=str(name), kind=about.get("kind", "endpoint"))


def _load(embedded: bool) -> None:
    """Import what takes long, once; an event loop should not wait for it."""
    with _loading:
        if embedded:
            import_module("button.models.embedded.reading").the_reader()
        else:
            import_module("button.models.endpoint")
        _loaded.add(embedded)


@lru_cache(maxsize=1)
def _embedded_model() -> "BaseChatModel":
    # Imported on first use, like the OpenAI client: whoever needs one need not wait for both.
    from button.models.embedded import EmbeddedModel  # noqa: PLC0415

    return EmbeddedModel()


def _endpoint_model(settings: ModelSettings) -> "BaseChatModel":
    from button.models.endpoint import EndpointModel  # noqa: PLC0415
    from button.models.transport import http_client  # noqa: PLC0415

    remember_drawn(settings)
    options: dict[str, Any] = {
        "model": settings.model,
        "base_url": settings.base_url or OPENAI_BASE_URL,
        "api_key": key_of(settings) or NO_KEY,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "max_tokens": settings.max_tokens,
        "timeout": settings.timeout_s,
        "extra_body": settings.extra_body or None,
        "default_headers": settings.headers or None,
        "max_retries": 0,
        "use_responses_api": False,
        "bound_field": bound_field_of(settings),
        "http_async_client": http_client(
            timeout_s=settings.timeout_s,
            max_response_bytes=settings.max_response_bytes,
            trust_env=settings.trust_env,
        ),
    }
    model = EndpointModel(
        # Given even where empty: else proxies are read from the environment, or warned about.
        openai_proxy=None,
        **{name: () for name in EndpointModel.model_fields if name == "http_socket_options"},
        **{name: value for name, value in options.items() if value is not None},
    )
    if not is_openai(settings.base_url):
        # The SDK reads them from the environment, whoever the endpoint belongs to.
        model.root_async_client.organization = model.root_async_client.project = None
    return model
