"""The server over real HTTP, asked by the clients that people use."""

from collections.abc import AsyncIterator
from typing import Any, Literal

import aiohttp
import pytest
import pytest_asyncio
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, ToolMessage
from langchain_openai import ChatOpenAI
from openai import AsyncOpenAI, BadRequestError, NotFoundError
from pydantic import BaseModel

from button.models.structured import TOLD
from button.serve import EmbeddedAnswers, ModelServer
from button.serve.answering import PROCEDURAL
from button.serve.guard import Guard

pytestmark = pytest.mark.server
HI: Any = [{"role": "user", "content": "Hi"}]
WEATHERS = "What is the weather in Graz and in Oslo?"


class City(BaseModel):
    """A city."""

    name: str
    size: Literal["small", "large"]
    founded: int
    twin: "City | None"


class Town(BaseModel):
    """A town."""

    name: str
    tags: list[str]


def get_weather(city: str) -> str:
    """The weather in a city."""
    return city


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer(EmbeddedAnswers(), origins=["http://localhost:3000"]) as running:
        yield running


@pytest_asyncio.fixture
async def client(server: ModelServer) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=server.base_url, api_key="none", max_retries=0) as made:
        yield made


@pytest.fixture
def chat(server: ModelServer, client: AsyncOpenAI) -> ChatOpenAI:
    # With a client of this loop: its own are kept from loop to loop.
    return ChatOpenAI(
        model=PROCEDURAL, base_url=server.base_url, api_key="none", max_retries=0,  # type: ignore[arg-type]
        async_client=client.chat.completions, root_async_client=client,
    )  # fmt: skip


async def test_the_models_are_listed_and_named_procedural(client: AsyncOpenAI) -> None:
    assert [model.id async for model in client.models.list()] == [PROCEDURAL]
    assert (await client.models.retrieve(PROCEDURAL)).owned_by == "button-simulator"
    assert "procedural" in PROCEDURAL


async def test_the_same_request_gets_the_same_bytes(server: ModelServer) -> None:
    asked = {"model": PROCEDURAL, "messages": HI, "seed": 5}
    async with aiohttp.ClientSession() as session:
        address = f"{server.base_url}/chat/completions"
        answers = [await (await session.post(address, json=asked)).read() for _ in range(2)]
    assert answers[0] == answers[1]
    assert server.answered == 2


async def test_a_stream_brings_what_the_whole_answer_holds(client: AsyncOpenAI) -> None:
    whole = await client.chat.completions.create(model=PROCEDURAL, messages=HI)
    stream = await client.chat.completions.create(
        model=PROCEDURAL, messages=HI, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert len(pieces) > 5
    assert "".join(pieces) == whole.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert [chunk.usage for chunk in chunks] == [None] * (len(chunks) - 1) + [whole.usage]


async def test_stop_length_and_number_of_choices_are_obeyed(client: AsyncOpenAI) -> None:
    made = await client.chat.completions.create(model=PROCEDURAL, messages=HI, stop=" pro", n=2)
    assert [choice.message.content for choice in made.choices] == ["I am the embedded"] * 2
    cut = await client.chat.completions.create(model=PROCEDURAL, messages=HI, max_tokens=2)
    assert (cut.choices[0].finish_reason, cut.choices[0].message.content) == ("length", "I am the")


async def test_words_that_ask_for_a_form_without_a_schema_are_only_words(
    client: AsyncOpenAI,
) -> None:
    said: Any = [{"role": "user", "content": TOLD.format(schema="[1]")}]
    made = await client.chat.completions.create(model=PROCEDURAL, messages=said)
    assert "no language model" in str(made.choices[0].message.content)


async def test_a_pydantic_class_is_filled_with_what_was_said(client: AsyncOpenAI) -> None:
    said: Any = [{"role": "user", "content": "Tell of the large city Graz of 1128."}]
    made = await client.chat.completions.parse(
        model=PROCEDURAL, messages=said, response_format=City
    )
    city = made.choices[0].message.parsed
    assert city is not None
    assert (city.name, city.size, city.founded) == ("Graz", "large", 1128)


async def test_a_schema_that_nothing_fits_is_declined_and_one_that_is_none_refused(
    client: AsyncOpenAI,
) -> None:
    def form(schema: dict[str, Any]) -> Any:
        return {"type": "json_schema", "json_schema": {"name": "F", "schema": schema}}

    code = {"type": "string", "pattern": "^[A-Z]{7}-Q$"}
    strange = {"type": "object", "properties": {"code": code}, "required": ["code"]}
    made = await client.chat.completions.create(
        model=PROCEDURAL, messages=HI, response_format=form(strange)
    )
    assert "cannot fill" in str(made.choices[0].message.refusal)
    with pytest.raises(BadRequestError, match="invalid schema"):
        await client.chat.completions.create(
            model=PROCEDURAL, messages=HI, response_format=form({"type": "strnig"})
        )


async def test_a_prompt_of_the_simulators_that_lacks_an_input_is_refused_by_name(
    client: AsyncOpenAI,
) -> None:
    schema = {"type": "object", "title": "CriticVerdict", "properties": {}}
    form: Any = {"type": "json_schema", "json_schema": {"name": "CriticVerdict", "schema": schema}}
    for inputs, lacking in (
        ('{"task": "Book a table."}', "sub_tasks"),
        ('{"task": "Book a table.", "sub_tasks": [{"text": "Book a table."}]}', "id"),
    ):
        said: Any = [{"role": "user", "content": f"<inputs>\n{inputs}\n</inputs>"}]
        with pytest.raises(BadRequestError, match=f"lack '{lacking}'"):
            await client.chat.completions.create(
                model=PROCEDURAL, messages=said, response_format=form
            )


async def test_langchain_calls_functions_hears_results_and_counts_usage(chat: ChatOpenAI) -> None:
    bound = chat.bind_tools([get_weather])
    said = HumanMessage(WEATHERS)
    turn = await bound.ainvoke([said])
    assert [call["args"] for call in turn.tool_calls] == [{"city": "Graz"}, {"city": "Oslo"}]
    assert turn.usage_metadata is not None
    assert turn.response_metadata["model_name"] == PROCEDURAL
    results = [ToolMessage(f"rain {call['id']}", tool_call_id=call["id"])
               for call in turn.tool_calls]  # fmt: skip
    end: AIMessage = await bound.ainvoke([said, turn, *results])
    assert not end.tool_calls
    assert all(str(result.text) in str(end.text) for result in results)
    alone = await chat.bind_tools([get_weather], parallel_tool_calls=False).ainvoke([said])
    assert len(alone.tool_calls) == 1
    assert not (await chat.bind_tools([get_weather], tool_choice="none").ainvoke([said])).tool_calls
    forced = await chat.bind_tools([get_weather], tool_choice="get_weather").ainvoke("Hello")
    assert [call["name"] for call in forced.tool_calls] == ["get_weather"]


async def test_langchain_streams_calls_in_pieces(chat: ChatOpenAI) -> None:
    bound = chat.bind_tools([get_weather])
    pieces = [piece async for piece in bound.astream(WEATHERS, stream_usage=True)]
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = whole + piece
    assert isinstance(whole, AIMessageChunk)
    assert [call["args"]["city"] for call in whole.tool_calls] == ["Graz", "Oslo"]
    assert whole.usage_metadata == (await bound.ainvoke(WEATHERS)).usage_metadata


@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
async def test_langchain_gets_structured_output(chat: ChatOpenAI, method: Any) -> None:
    made = await chat.with_structured_output(Town, method=method).ainvoke("The town of Graz")
    assert isinstance(made, Town)
    assert made.name == "Graz"


async def test_unknown_models_and_places_are_answered_in_openais_form(
    client: AsyncOpenAI, server: ModelServer
) -> None:
    with pytest.raises(NotFoundError, match="'gpt-9' is not served here") as caught:
        await client.chat.completions.create(model="gpt-9", messages=HI)
    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")
    with pytest.raises(NotFoundError, match="only POST /v1/chat/completions"):
        await client.embeddings.create(model=PROCEDURAL, input="Hi")
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{server.base_url}/chat/completions") as response,
    ):
        assert response.status == 405
        assert "Method Not Allowed" in (await response.json())["error"]["message"]


async def test_foreign_names_and_pages_are_refused(server: ModelServer) -> None:
    address = f"{server.base_url}/chat/completions"
    asked = {"model": PROCEDURAL, "messages": HI}
    status = {}
    async with aiohttp.ClientSession() as session:
        for name, headers in {
            "rebound": {"Host": "evil.example:8765"},
            "page": {"Origin": "https://evil.example"},
            "local page": {"Origin": "http://localhost:3001"},
            "sandboxed page": {"Origin": "null"},
            "allowed page": {"Origin": "http://localhost:3000"},
            "by name": {"Host": "localhost"},
        }.items():
            async with session.post(address, json=asked, headers=headers) as response:
                status[name] = response.status
                shared = response.headers.get("Access-Control-Allow-Origin")
                assert shared == (headers["Origin"] if name == "allowed page" else None)
        asking = {"Origin": "http://localhost:3000", "Access-Control-Request-Headers": "x-a"}
        async with session.options(address, headers=asking) as response:
            assert response.headers["Access-Control-Allow-Headers"] == "x-a"
    assert {name for name, code in status.items() if code == 403} == {
        "rebound", "page", "local page", "sandboxed page"
    }  # fmt: skip
    assert server.answered == 2


def test_a_server_for_the_network_is_known_by_its_addresses_not_by_any_name() -> None:
    guard = Guard("0.0.0.0")
    assert not guard.is_local
    assert guard.problem("192.168.1.7:8765", None) is None
    assert guard.problem("evil.example", None)
    assert Guard("127.0.0.1").problem("192.168.1.7:8765", None)
    assert Guard("::1").problem("[::1]:8765", None) is None
