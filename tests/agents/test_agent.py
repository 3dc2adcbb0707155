"""The shared machinery: asking, asking again, and what becomes of failures."""

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langgraph.runtime import Runtime

from agents.agent import Position, Result, agent, ask
from agents.contract import Contract, RuleError, contract_form, parse_contract, parse_object
from button.context import Context
from button.errors import ContractError, EndpointError, StorageError
from button.models.scripted import ScriptedModel
from button.records import Rejection

Play = Callable[[dict[str, Any]], ScriptedModel]
MakeRuntime = Callable[..., Runtime[Context]]
INPUTS = {"task": "Find a train.", "sub_tasks": [], "today": "2026-03-02"}
GOOD = {"score": 3}


class Rating(Contract):
    score: int


async def rate(runtime: Runtime[Context], state: Position | None = None, **more: Any) -> Any:
    return await ask(runtime, state or {}, Rating, prompt="critic", inputs=INPUTS, **more)


async def test_the_contract_is_bound_and_the_prompt_is_one_human_message(
    play: Play, runtime: MakeRuntime
) -> None:
    model = play({"Rating": [GOOD]})
    assert await rate(runtime()) == Rating(score=3)
    (asked,) = model.asked
    assert [message.type for message in asked.messages] == ["human"]
    assert asked.kwargs["response_format"]["json_schema"]["schema"]["title"] == "Rating"
    assert asked.inputs == INPUTS


async def test_a_bad_answer_is_told_what_is_wrong_with_it(play: Play, runtime: MakeRuntime) -> None:
    model = play({"Rating": [{"score": "high"}, GOOD]})
    assert await rate(runtime()) == Rating(score=3)
    again = model.asked[1].messages
    assert [message.type for message in again] == ["human", "ai", "human"]
    assert again[1].content == '{"score":"high"}'
    assert "score: Input should be a valid integer" in str(again[2].content)
    assert model.asked[0].kwargs["seed"] != model.asked[1].kwargs["seed"]


async def test_an_answer_that_never_fits_is_a_rejection(play: Play, runtime: MakeRuntime) -> None:
    model = play({"Rating": ["{", "[]", "{}"]})
    rejection = await rate(runtime(max_reasks=2))
    assert isinstance(rejection, Rejection)
    assert (rejection.stage, rejection.role, rejection.code) == (
        "critic", "critic", "unparsable_answer",
    )  # fmt: skip
    assert "score: Field required" in rejection.detail
    assert len(model.asked) == 3


async def test_a_rule_that_is_broken_for_good_has_a_code_of_its_own(
    play: Play, runtime: MakeRuntime
) -> None:
    model = play({"Rating": lambda asked: GOOD})
    rejection = await rate(runtime(max_reasks=1), remarks=lambda answer: ["too low"])
    assert (rejection.code, rejection.detail) == ("broken_rule", "too low")
    assert "too low" in str(model.asked[1].messages[-1].content)


@pytest.mark.parametrize(
    ("finish", "code"),
    [
        ("length", "cut_off"),
        ("abort", "cut_off"),
        ("error", "cut_off"),
        ("content_filter", "content_filter"),
    ],
)
async def test_what_was_cut_off_is_never_used_even_if_it_reads(
    play: Play, runtime: MakeRuntime, finish: str, code: str
) -> None:
    cut = AIMessage('{"score": 9}', response_metadata={"finish_reason": finish})
    model = play({"Rating": [cut, GOOD]})
    assert await rate(runtime()) == Rating(score=3)
    assert [len(asked.messages) for asked in model.asked] == [1, 1]
    play({"Rating": lambda asked: cut})
    rejection = await rate(runtime(max_reasks=1))
    assert rejection.code == code


async def test_a_refusal_is_asked_again_as_it_was(play: Play, runtime: MakeRuntime) -> None:
    refusal = AIMessage("", additional_kwargs={"refusal": "I would rather not."})
    model = play({"Rating": [refusal, GOOD]})
    assert await rate(runtime()) == Rating(score=3)
    assert len(model.asked[1].messages) == 1
    play({"Rating": lambda asked: refusal})
    rejection = await rate(runtime())
    assert (rejection.code, rejection.detail) == ("refused", "I would rather not.")


async def test_a_model_that_fails_is_a_rejection_but_an_endpoint_that_is_gone_is_not(
    play: Play, runtime: MakeRuntime
) -> None:
    play({"Rating": [RuntimeError("out of memory")]})
    rejection = await rate(runtime())
    assert rejection.code == "model_error"
    assert "RuntimeError: out of memory" in rejection.detail
    play({"Rating": [EndpointError("no such model")]})
    with pytest.raises(EndpointError, match="no such model"):
        await rate(runtime())


async def test_the_seed_depends_on_place_and_root_alone(play: Play, runtime: MakeRuntime) -> None:
    model = play({"Rating": lambda asked: GOOD})
    here: Position = {"item": 1, "variant": 0}
    for root, state, turn in [
        (0, here, 0), (0, here, 0), (1, here, 0), (0, {**here, "variant": 1}, 0), (0, here, 1),
    ]:  # fmt: skip
        await rate(runtime(root_seed=root), state, turn=turn)
    seeds = [asked.kwargs["seed"] for asked in model.asked]
    assert seeds[0] == seeds[1]
    assert len(set(seeds)) == 4


class Writes(Result, total=False):
    task: str


async def test_a_node_counts_its_calls(play: Play, runtime: MakeRuntime) -> None:
    play({"Rating": ["{", GOOD]})

    @agent
    async def node(state: Position, runtime: Runtime[Context]) -> Writes:
        await rate(runtime, state)
        return Writes(task="x")

    assert await node({}, runtime()) == {"task": "x", "attempts": {"critic": 2}}


async def test_an_exception_in_a_node_is_a_value(runtime: MakeRuntime) -> None:
    @agent
    async def node(state: Position, runtime: Runtime[Context]) -> Writes:
        raise KeyError("where is it")

    update = await node({}, runtime())
    assert update["rejection"]["code"] == "internal_error"
    assert "where is it" in str(update["rejection"])


async def test_what_every_item_would_meet_is_passed_on(runtime: MakeRuntime) -> None:
    @agent
    async def node(state: Position, runtime: Runtime[Context]) -> Writes:
        raise StorageError("disk full")

    with pytest.raises(StorageError):
        await node({}, runtime())


async def test_a_key_that_the_writes_do_not_name_is_an_error(runtime: MakeRuntime) -> None:
    @agent
    async def node(state: Position, runtime: Runtime[Context]) -> Writes:
        return {"tusk": "x"}  # type: ignore[typeddict-unknown-key]

    with pytest.raises(TypeError, match="tusk"):
        await node({}, runtime())


@pytest.mark.parametrize(
    "text",
    [
        '{"score": 3}',
        '```json\n{"score": 3}\n```',
        '```\n{"score": 3}\n```',
    ],
)
def test_a_fence_around_an_answer_is_tolerated(text: str) -> None:
    assert parse_contract(Rating, AIMessage(text)) == Rating(score=3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not one JSON object"),
        ("Sure! {}", "not one JSON object"),
        ("[3]", "not a JSON object but list"),
        ('{"score": 3, "score": 4}', "duplicate key 'score'"),
        ('{"score": NaN}', "NaN"),
        ('{"score": 3, "more": 1}', "more: Extra inputs are not permitted"),
        ('{"score": "3"}', "valid integer"),
        ('{"score": 3} {"score": 3}', "not one JSON object"),
    ],
)
def test_nothing_is_repaired(text: str, words: str) -> None:
    with pytest.raises(ContractError, match=words):
        parse_contract(Rating, AIMessage(text))


def test_a_text_about_thinking_inside_the_answer_is_no_reasoning() -> None:
    assert parse_object(AIMessage('{"a": "</think>"}')) == {"a": "</think>"}


def test_a_plain_schema_is_bound_under_a_name() -> None:
    form = contract_form("ToolResult", {"type": "object", "title": "Trains"})
    assert form["json_schema"] == {
        "name": "ToolResult", "schema": {"type": "object", "title": "ToolResult"},
    }  # fmt: skip


def test_a_rule_error_is_a_contract_error_with_a_code() -> None:
    assert RuleError("contradiction", "text").code == "contradiction"
