"""Prices: the settings first, then the price list, else unknown; never the network."""

import sys

import pytest

from button.context import BudgetSettings, Context, ModelSettings
from button.errors import ConfigurationError
from button.models import prices
from button.models.clock import active_clock
from button.models.prices import Price, Rate, dollars, price_of, require_prices
from tests.faultserver.fake_clock import FakeClock

DEEPSEEK = "https://api.deepseek.com/v1"
LOCAL = "http://127.0.0.1:8000/v1"


def at(seconds: float) -> None:
    clock = FakeClock()
    clock.now = seconds - 1_700_000_000
    active_clock.set(clock)


def test_settings_come_first_and_are_exact() -> None:
    settings = ModelSettings(model="gpt-4o-mini", price_in=0.15, price_out=0.6)
    assert price_of(settings) == Price(Rate(150_000, 600_000))
    assert price_of(ModelSettings(model="m", base_url=LOCAL, price_in=0, price_out=0)) == Price(
        Rate(0, 0)
    )


async def test_the_list_knows_openai_and_others_by_their_address() -> None:
    pytest.importorskip("genai_prices")
    at(1_795_000_000)
    assert price_of(ModelSettings(model="gpt-4o-mini")) == Price(Rate(150_000, 600_000))
    assert price_of(ModelSettings(model="gpt-4o-mini", base_url=LOCAL)) is None
    assert price_of(ModelSettings(model="no-such-model")) is None
    assert price_of(ModelSettings(model="gpt-4o-mini", price_in=9)) == Price(
        Rate(9_000_000, 600_000)
    )


async def test_of_prices_that_change_within_a_day_the_dearest_counts() -> None:
    pytest.importorskip("genai_prices")
    # June 2025: half price for input at night.
    at(1_750_000_000)
    price = price_of(ModelSettings(model="deepseek-chat", base_url=DEEPSEEK))
    assert price == Price(Rate(270_000, 1_100_000))


async def test_long_requests_may_cost_more() -> None:
    pytest.importorskip("genai_prices")
    at(1_795_000_000)
    google = "https://generativelanguage.googleapis.com/v1beta/openai/"
    price = price_of(ModelSettings(model="gemini-2.5-pro", base_url=google))
    assert price is not None
    assert price.at_most(100_000) == Rate(1_250_000, 10_000_000)
    assert price.at_most(300_000) == Rate(2_500_000, 15_000_000)


def test_without_the_list_prices_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "genai_prices", None)
    prices._library.cache_clear()
    prices._listed_price.cache_clear()
    assert price_of(ModelSettings(model="gpt-4o-mini")) is None
    with pytest.raises(ConfigurationError, match=r"or install the price list \(button-sim"):
        require_prices(Context(default_model={"model": "gpt-4o-mini"}, budget={"usd": 1}))
    monkeypatch.undo()
    prices._library.cache_clear()
    prices._listed_price.cache_clear()


def test_a_budget_of_money_needs_the_prices_of_all_endpoints() -> None:
    local = ModelSettings(model="m", base_url=LOCAL)
    context = Context(models={"human": local, "tool": local}, budget=BudgetSettings(usd=1))
    with pytest.raises(ConfigurationError) as told:
        require_prices(context)
    assert str(told.value) == (
        "budget.usd needs prices, and that of model 'm' at http://127.0.0.1:8000/v1 (for human, "
        "tool) is unknown: set price_in and price_out (0 for a server of your own)"
    )
    require_prices(Context(models={"human": local}, budget=BudgetSettings(tokens=1)))
    require_prices(Context(budget=BudgetSettings(usd=1)))


@pytest.mark.parametrize("budget", [{"usd": 1}, {"tokens": 5}])
def test_budgets_of_tokens_need_a_longest_answer(budget: dict[str, int]) -> None:
    free = {"model": "m", "base_url": LOCAL, "price_in": 0, "price_out": 0, "max_tokens": None}
    with pytest.raises(ConfigurationError, match=r"max_tokens is null \(for critic\)"):
        require_prices(Context(models={"critic": free}, budget=budget))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "$0"), (1, "less than $0.0001"),
     (4_200_000_000, "$0.0042"), (12_300_000_000_000, "$12.30"),
     (5 * 10**16, "$50,000.00")],
)  # fmt: skip
def test_money_is_shown_short(amount: int, shown: str) -> None:
    assert dollars(amount) == shown
