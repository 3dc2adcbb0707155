"""Budgets: set aside before anything is sent, never exceeded, and used as far as they go."""

import asyncio
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage

from button.context import BudgetSettings, Context, ModelSettings, RetrySettings
from button.errors import BudgetError, CallError, ConfigurationError
from button.models.attempt import Call
from button.models.budget import BudgetMeter
from button.models.caller import CallKey, DirectCaller
from button.models.clock import active_clock
from button.models.faults import Fault
from button.models.meter import Attempt, active_meter
from button.models.prices import PICODOLLARS
from button.models.registry import close_models, ready_model
from button.models.spending import Spent
from tests.billing import BillingModel
from tests.faultserver.fake_clock import FakeClock
from tests.faultserver.plan import Scripted
from tests.faultserver.server import FaultServer

PRICED = ModelSettings(model="m", price_in=3, price_out=15, max_tokens=400)
ASK = [HumanMessage("Hello")]
PATIENT = RetrySettings(first_backoff_s=0.1, longest_backoff_s=1, failures_to_open=50)
BUDGETS = {
    "calls": (BudgetSettings(calls=80), "requests", 80),
    "tokens": (BudgetSettings(tokens=12_000), "tokens", 12_000),
    "usd": (BudgetSettings(usd=0.08), "picodollars", 8 * PICODOLLARS // 100),
}


def attempt(text: str = "Hello", *, role: str = "human", **settings: Any) -> Attempt:
    chosen = ModelSettings.model_validate(PRICED.model_dump() | settings)
    return Attempt(0, "0/human/0/0", role, chosen, [HumanMessage(text)], {})


def answer(read: int, written: int) -> AIMessage:
    usage = {"input_tokens": read, "output_tokens": written, "total_tokens": read + written}
    return AIMessage("words", usage_metadata=usage)


@pytest.fixture(autouse=True)
def _clock() -> None:
    active_clock.set(FakeClock())


async def spend(model: BillingModel, budget: BudgetSettings, tasks: int = 64) -> BudgetMeter:
    """Many tasks that call until the budget ends them."""
    active_clock.set(FakeClock())
    meter = BudgetMeter(budget)
    active_meter.set(meter)
    caller = DirectCaller(Context(default_model=PRICED, retry=PATIENT), model)

    async def work(task: int) -> str:
        for turn in range(1000):
            words = [HumanMessage("word " * (1 + task + turn % 5))]
            try:
                await caller.call("human", CallKey(task, 0, "human", turn, 0), words)
            except CallError:
                continue
            except BudgetError as error:
                return error.kind
        return "never"

    ended = await asyncio.gather(*(work(task) for task in range(tasks)))
    assert len(set(ended)) == 1
    assert ended[0] in BUDGETS
    return meter


@pytest.mark.parametrize("kind", BUDGETS)
@pytest.mark.parametrize("seed", range(50))
async def test_no_budget_is_exceeded_whatever_an_endpoint_does(kind: str, seed: int) -> None:
    budget, unit, limit = BUDGETS[kind]
    model = BillingModel(seed=seed, rate=0.3)
    meter = await spend(model, budget)
    sums = Spent()
    for part in meter.spent.values():
        sums = sums.plus(part)
    counted = {"requests": sums.requests, "tokens": sums.tokens, "picodollars": sums.picodollars}
    assert model.billed[unit] <= counted[unit] <= limit
    # Whatever was still free would not have sufficed for the next call.
    longest = 64 + 16 + 4 + 5 * (1 + 64 + 5) + 400
    largest = {"requests": 1, "tokens": longest, "picodollars": longest * 15_000_000}
    assert counted[unit] > limit - largest[unit]
    assert model.billed["peak"] > 1


async def test_calls_wait_for_those_under_way_before_a_budget_counts_as_used_up() -> None:
    model = BillingModel(seed=1)
    await spend(model, BudgetSettings(tokens=4000), tasks=64)
    # At most they may cost about 3,000 tokens each, and are much cheaper.
    assert model.billed["requests"] >= 4


async def test_what_does_not_fit_is_refused_for_good_and_says_how_much_is_lacking() -> None:
    meter = BudgetMeter(BudgetSettings(usd=0.01))
    first = await meter.reserve(attempt("x" * 100))
    first.settle(answer(30, 390))
    with pytest.raises(BudgetError) as told:
        await meter.reserve(attempt("x" * 1500))
    assert told.value.kind == "usd"
    assert str(told.value) == (
        "budget.usd is used up: $0.0059 of $0.0100 are spent, and the next call may cost $0.0108"
    )
    with pytest.raises(BudgetError, match=r"budget\.usd is used up"):
        await meter.reserve(attempt("x"))


@pytest.mark.parametrize(
    ("budget", "text"),
    [
        (BudgetSettings(calls=1), "budget.calls is used up: 1 of 1 requests are sent"),
        (BudgetSettings(tokens=700), "budget.tokens is used up: 10 of 700 tokens are spent, and "
         "the next call may take 1,489"),
    ],
)  # fmt: skip
async def test_each_budget_has_its_line(budget: BudgetSettings, text: str) -> None:
    meter = BudgetMeter(budget)
    (await meter.reserve(attempt())).settle(answer(7, 3))
    with pytest.raises(BudgetError) as told:
        await meter.reserve(attempt("x" * 1005))
    assert str(told.value) == text


async def test_working_time_is_a_budget_over_all_invocations() -> None:
    clock = FakeClock()
    active_clock.set(clock)
    meter = BudgetMeter(BudgetSettings(minutes=2), seconds=60)
    meter.require_time()
    clock.now += 59
    (await meter.reserve(attempt())).settle(None)
    clock.now += 1
    with pytest.raises(BudgetError, match=r"2\.0 of 2 minutes have passed") as told:
        meter.require_time()
    assert told.value.kind == "minutes"
    with pytest.raises(BudgetError):
        await meter.reserve(attempt())


async def test_who_comes_too_late_waits_until_the_others_have_their_answers() -> None:
    clock = FakeClock()
    active_clock.set(clock)
    meter = BudgetMeter(BudgetSettings(minutes=1))
    under_way = await meter.reserve(attempt())
    clock.now += 61
    late = asyncio.create_task(meter.reserve(attempt()))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not late.done()
    under_way.settle(answer(1, 1))
    with pytest.raises(BudgetError):
        await late


async def test_who_waited_until_the_working_time_was_over_is_turned_away() -> None:
    clock = FakeClock()
    active_clock.set(clock)
    meter = BudgetMeter(BudgetSettings(minutes=1, tokens=600))
    under_way = await meter.reserve(attempt())
    waiting = [asyncio.create_task(meter.reserve(attempt())) for _ in range(2)]
    await asyncio.sleep(0)
    clock.now += 61
    under_way.settle(answer(1, 1))
    for each in waiting:
        with pytest.raises(BudgetError, match=r"1\.0 of 1 minutes have passed"):
            await each
    assert meter.spent["human"].requests == 1


async def test_a_model_that_was_handed_over_is_told_the_longest_answer() -> None:
    active_meter.set(BudgetMeter(BudgetSettings(tokens=10_000)))
    context = Context(default_model=PRICED.model_copy(update={"max_tokens": 300}))
    told: list[Any] = []

    class Listening(BillingModel):
        async def _agenerate(self, messages: Any, *_: Any, **kwargs: Any) -> Any:
            told.append(kwargs["max_tokens"])
            return await super()._agenerate(messages, **kwargs)

    class Unbounded(BaseChatModel):
        @property
        def _llm_type(self) -> str:
            return "endless"

        def _generate(self, *_: Any, **__: Any) -> Any:
            # LangChain asks every chat model for one; this model is refused before it is asked.
            raise NotImplementedError

    for own, model in ((400, Listening()), (300, Listening(max_tokens=0))):
        await DirectCaller(context, model).call("human", CallKey(0, 0, "human", 0, 0), ASK)
        assert told.pop() == own
    with pytest.raises(ConfigurationError, match="not known to a model that was handed over"):
        await DirectCaller(context, Unbounded()).call("human", CallKey(0, 0, "human", 0, 0), ASK)


@pytest.mark.parametrize(
    ("told", "spent"),
    [
        (answer(7, 3), Spent(1, 1, 7, 3, 66_000_000)),
        (AIMessage("words"), Spent(1, 1, 89, 5, 342_000_000, estimated=1)),
        (answer(-7, -3), Spent(1, 1, 89, 5, 342_000_000, estimated=1)),
        (answer(0, 0), Spent(1, 1, 89, 5, 342_000_000, estimated=1)),
        (answer(7, 10**9), Spent(1, 1, 7, 400, 6_021_000_000, clamped=1)),
        (answer(10**9, 3), Spent(1, 1, 89, 3, 312_000_000, clamped=1)),
        (Fault("transient", "rate_limited", "", 429), Spent(1)),
        (Fault("item", "bad_request", "", 400), Spent(1)),
        # What a gateway tells in a reply that claims success: a refusal, or a failure on the way.
        (Fault("transient", "rate_limited", "", 429, in_reply=True), Spent(1)),
        (Fault("transient", "bad_gateway", "", 502, in_reply=True),
         Spent(1, 0, 89, 400, 6_267_000_000, estimated=1)),
        (Fault("transient", "connection", "", sent=False), Spent()),
        (Fault("transient", "timeout", ""), Spent(1, 0, 89, 400, 6_267_000_000, estimated=1)),
        (Fault("transient", "not_json", ""), Spent(1, 0, 89, 400, 6_267_000_000, estimated=1)),
        (None, Spent(1, 0, 89, 400, 6_267_000_000, estimated=1)),
    ],
)  # fmt: skip
async def test_what_an_attempt_costs_by_what_came_of_it(
    told: AIMessage | Fault | None, spent: Spent
) -> None:
    meter = BudgetMeter(BudgetSettings())
    (await meter.reserve(attempt())).settle(told)
    assert meter.spent == {"human": spent}


async def test_without_a_price_requests_and_tokens_are_counted_all_the_same() -> None:
    meter = BudgetMeter(BudgetSettings(tokens=10_000))
    (await meter.reserve(attempt(price_in=None, base_url="http://h/v1"))).settle(answer(7, 3))
    assert meter.spent["human"] == Spent(1, 1, 7, 3, unpriced=1)


@pytest.mark.parametrize(
    ("budget", "settings", "text"),
    [
        (BudgetSettings(usd=1), {"price_in": None, "base_url": "http://h/v1"},
         r"price.*model 'm' at http://h/v1 is unknown: set price_in and price_out"),
        (BudgetSettings(usd=1), {"max_tokens": None}, "max_tokens is null"),
        (BudgetSettings(tokens=9), {"max_tokens": None}, "max_tokens is null"),
    ],
)  # fmt: skip
async def test_a_budget_that_cannot_be_kept_is_refused(
    budget: BudgetSettings, settings: dict[str, Any], text: str
) -> None:
    with pytest.raises(ConfigurationError, match=text):
        await BudgetMeter(budget).reserve(attempt(**settings))


async def test_what_is_set_aside_is_saved_before_anything_is_sent() -> None:
    saved: list[dict[str, Spent]] = []

    async def save() -> None:
        saved.append({each.role: each.reserved for each in meter.changes()})

    meter = BudgetMeter(BudgetSettings(calls=9), save=save)
    (await meter.reserve(attempt())).settle(None)
    assert [each["human"].requests for each in saved] == [1]
    assert meter.changes()[0].reserved == Spent()

    async def fail() -> None:
        raise OSError("full")

    meter = BudgetMeter(BudgetSettings(calls=1), save=fail)
    with pytest.raises(OSError, match="full"):
        await meter.reserve(attempt())
    assert meter.spent["human"] == Spent()
    await meter.at_rest()


@pytest.mark.parametrize("victims", [(0,), (1,), (0, 1, 2), (2,)])
async def test_whoever_is_cancelled_while_it_waits_takes_nothing_along(
    victims: tuple[int, ...],
) -> None:
    meter = BudgetMeter(BudgetSettings(calls=4))
    held = [await meter.reserve(attempt()) for _ in range(4)]
    waiting = [asyncio.create_task(meter.reserve(attempt())) for _ in range(3)]
    await asyncio.sleep(0)
    for number in victims:
        waiting[number].cancel()
    for each in held:
        # Nothing was sent: all four calls are there again.
        each.settle(Fault("transient", "connection", "", sent=False))
    done = await asyncio.gather(*waiting, return_exceptions=True)
    for number, each_done in enumerate(done):
        if number in victims:
            assert isinstance(each_done, asyncio.CancelledError)
        else:
            each_done.settle(answer(1, 1))  # type: ignore[union-attr]
    assert meter.spent["human"].requests == 3 - len(victims)
    await asyncio.wait_for(meter.at_rest(), 1)


async def test_cancelled_in_the_moment_of_admission_gives_its_share_back() -> None:
    meter = BudgetMeter(BudgetSettings(calls=1))
    held = await meter.reserve(attempt())
    waiting = asyncio.create_task(meter.reserve(attempt()))
    await asyncio.sleep(0)
    held.settle(Fault("transient", "connection", "", sent=False))
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    (await meter.reserve(attempt())).settle(answer(1, 1))
    assert meter.spent["human"].requests == 1


async def test_money_of_earlier_invocations_counts() -> None:
    earlier = {"tool": Spent(requests=3, picodollars=PICODOLLARS)}
    meter = BudgetMeter(BudgetSettings(usd=1), earlier)
    with pytest.raises(BudgetError, match=r"\$1\.00 of \$1\.00 are spent"):
        await meter.reserve(attempt())


@pytest.mark.server
async def test_a_request_that_was_sent_counts_though_its_connection_broke() -> None:
    async with FaultServer(Scripted(["reset"], forever=True)) as server:
        for address, sent in ((server.base_url, True), ("http://127.0.0.1:9/v1", False)):
            about = attempt(base_url=address)
            told = await Call(await ready_model(about.settings), "endpoint", about).once()
            assert isinstance(told, Fault)
            assert (told.code, told.sent) == ("connection", sent)
        assert server.count == 1
    await close_models()
