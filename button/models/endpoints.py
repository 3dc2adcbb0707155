"""What is known of each endpoint, kept per event loop: all roles and items that use it share it."""

import asyncio
from collections.abc import Hashable
from weakref import WeakKeyDictionary

from langchain_core.language_models import BaseChatModel

from button.context import ModelSettings, RetrySettings
from button.models.clock import active_clock
from button.models.retry import Endpoint

_endpoints: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, Endpoint]] = (
    WeakKeyDictionary()
)
_objects: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[int, BaseChatModel]] = (
    WeakKeyDictionary()
)
"""Models that were handed over; kept so that no other object gets the id of one."""


def endpoint_of(
    settings: ModelSettings, retry: RetrySettings, given: BaseChatModel | None = None
) -> Endpoint:
    """The endpoint of `settings`, or of a model that was handed over, for the running event loop.

    An endpoint is an address, a key and a model: what shares these shares limits and outages, and
    of `max_in_flight` and `max_outage_s` the smallest that a role sets.
    """
    key: Hashable = (settings.base_url, settings.api_key_env, settings.model, retry)
    address = settings.base_url or "OpenAI"
    name = f"model {settings.model!r} at {address}"
    if given is not None:
        key, name = (id(given), retry), f"model {type(given).__name__!r}"
        _objects.setdefault(asyncio.get_running_loop(), {})[id(given)] = given
    of_this_loop = _endpoints.setdefault(asyncio.get_running_loop(), {})
    found = of_this_loop.get(key)
    if found is None:
        found = of_this_loop[key] = Endpoint(
            name, retry, active_clock.get(), max_in_flight=settings.max_in_flight
        )  # fmt: skip
    found.limiter.at_most(settings.max_in_flight)
    found.circuit.max_outage_s = min(found.circuit.max_outage_s, settings.max_outage_s)
    return found
