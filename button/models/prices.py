"""What the tokens of an endpoint cost: from the settings, else from a price list, else unknown.

The list is that of the package genai-prices (MIT; the extra `prices`), which carries its data along
and is used without its updater, so nothing is fetched. Money is counted in whole picodollars: sums
are exact, and the price of one token is a whole number for all prices down to a millionth of a
dollar a million.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from button.context import Context, ModelSettings
from button.errors import ConfigurationError
from button.models.addresses import EMBEDDED, is_openai
from button.models.clock import active_clock

PICODOLLARS = 10**12
"""In a dollar."""
_OF_A_TOKEN = 10**6
"""Picodollars that a token costs at one dollar a million."""
_FIXED_PRICES = ("requests_kcount",)
"""Names in the list of prices that no count of tokens tells."""


class Rate(NamedTuple):
    """Picodollars for one token."""

    read: int
    written: int


class Price(NamedTuple):
    """The price of an endpoint's tokens, without any discount for repeated input."""

    usual: Rate
    longer: tuple[tuple[int, Rate], ...] = ()
    """Rates of requests from so many tokens read on."""

    def at_most(self, read: int) -> Rate:
        """The highest rate that a request of at most `read` tokens may meet."""
        rates = [self.usual, *(rate for start, rate in self.longer if start <= read)]
        return Rate(max(rate.read for rate in rates), max(rate.written for rate in rates))


def price_of(settings: ModelSettings) -> Price | None:
    """The price of a model's tokens; None where nobody knows it."""
    own_in, own_out = settings.price_in, settings.price_out
    if own_in is not None and own_out is not None:
        return Price(Rate(_picodollars(own_in), _picodollars(own_out)))
    if settings.model == EMBEDDED:
        return None
    today = int(active_clock.get().wall()) // 86_400
    listed = _listed_price(settings.model, settings.base_url, today)
    if listed is None or (own_in is None and own_out is None):
        return listed
    rates = [
        Rate(
            each.read if own_in is None else _picodollars(own_in),
            each.written if own_out is None else _picodollars(own_out),
        )
        for each in (listed.usual, *(rate for _, rate in listed.longer))
    ]
    starts = [start for start, _ in listed.longer]
    return Price(rates[0], tuple(zip(starts, rates[1:], strict=True)))


def require_prices(context: Context) -> None:
    """Refuse a budget that could not be kept.

    Raises:
        ConfigurationError: a budget of money without a price, or of tokens or money without a
            longest answer; the text names the roles.
    """
    budget = context.budget
    endpoints = [(role, each) for role, each in context.players() if each.model != EMBEDDED]
    if budget.usd is not None:
        unknown = [(role, each) for role, each in endpoints if price_of(each) is None]
        if unknown:
            raise ConfigurationError(without_price(unknown[0][1], [role for role, _ in unknown]))
    if budget.usd is not None or budget.tokens is not None:
        endless = [role for role, each in endpoints if each.max_tokens is None]
        if endless:
            raise ConfigurationError(without_bound(endless))


def without_bound(roles: Iterable[str]) -> str:
    """What to say where answers have no longest length and a budget of tokens or money needs it."""
    return (
        "budget.tokens and budget.usd need the longest answer, and max_tokens is null "
        f"(for {', '.join(roles)}) or not known to a model that was handed over: set max_tokens, "
        "or drop the budget"
    )


def without_price(settings: ModelSettings, roles: Iterable[str] = ()) -> str:
    """What to say where calls of `settings` have no price and a budget of money needs one."""
    who = f" (for {', '.join(roles)})" if roles else ""
    at = settings.base_url or "OpenAI"
    install = "" if _library() else " or install the price list (button-simulator[prices])"
    return (
        f"budget.usd needs prices, and that of model {settings.model!r} at {at}{who} is unknown: "
        f"set price_in and price_out (0 for a server of your own){install}"
    )


def dollars(picodollars: int) -> str:
    """`$0.0042`, `$12.30`, `$0`."""
    if not picodollars:
        return "$0"
    amount = Decimal(picodollars) / PICODOLLARS
    if amount < Decimal("0.0001"):
        return "less than $0.0001"
    return f"${amount:,.2f}" if amount >= 1 else f"${amount:.4f}"


def _picodollars(a_million: float | Decimal) -> int:
    exact = Decimal(str(a_million)) * _OF_A_TOKEN
    return int(exact.to_integral_value(ROUND_CEILING))


@lru_cache(maxsize=256)
def _listed_price(model: str, base_url: str | None, day: int) -> Price | None:
    """The list's price on a day since 1970, at the dearest hour of it; None where it has none."""
    library = _library()
    if library is None:
        return None
    midnight = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)
    where = {"provider_id": "openai"} if is_openai(base_url) else {"provider_api_url": base_url}
    prices: list[Price] = []
    for hour in range(24):
        try:
            found = library.calc_price(
                library.Usage(input_tokens=1, output_tokens=1), model, **where,
                genai_request_timestamp=midnight + timedelta(hours=hour),
            ).model_price  # fmt: skip
        except (LookupError, ValueError):
            return None
        read, written = found.input_mtok, found.output_mtok
        if read is None or written is None or any(getattr(found, n, None) for n in _FIXED_PRICES):
            return None
        prices.append(_price(read, written))
    starts = sorted({start for price in prices for start, _ in price.longer})
    return Price(
        _dearest(price.usual for price in prices),
        tuple((at, _dearest(price.at_most(at) for price in prices)) for at in starts),
    )


def _price(read: Any, written: Any) -> Price:
    starts = sorted({tier.start for each in (read, written) for tier in getattr(each, "tiers", ())})
    return Price(
        Rate(_from(read, 0), _from(written, 0)),
        tuple((start, Rate(_from(read, start), _from(written, start))) for start in starts),
    )


def _from(price: Any, tokens: int) -> int:
    """The price of a token in a request of so many, of a plain price or of one with tiers."""
    applies: Iterator[Any] = (t.price for t in getattr(price, "tiers", ()) if t.start <= tokens)
    return max(map(_picodollars, [getattr(price, "base", price), *applies]))


def _dearest(rates: Iterable[Rate]) -> Rate:
    read, written = zip(*rates, strict=True)
    return Rate(max(read), max(written))


@lru_cache(maxsize=1)
def _library() -> Any:
    try:
        # Optional, and slow to import: only where a price is wanted that no setting names.
        import genai_prices  # noqa: PLC0415
    except ImportError:
        return None
    return genai_prices
