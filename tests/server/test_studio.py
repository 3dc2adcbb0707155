"""Everything that Studio does with a graph, through the same API: forms, drawing, run, time travel.

Studio itself is a hosted page; what it needs from us is this contract.
"""

from importlib import import_module
from typing import Any

import pytest
from langgraph_sdk.client import LangGraphClient

from button.context import Context
from graphs.show import NAMES

pytestmark = pytest.mark.server
Json = dict[str, Any]


def kinds(messages: list[Json]) -> list[str]:
    return [message["type"] for message in messages]


async def run(
    client: LangGraphClient, name: str, given: Json | None, *, thread: str | None = None, **how: Any
) -> Json:
    """What the state is at the end; a failure in the run is raised by the SDK."""
    wait: Any = client.runs.wait
    made: Json = await wait(thread, name, input=given, **how)
    return made


async def assistant_of(client: LangGraphClient, graph: str) -> str:
    """Each graph has one assistant from the start."""
    [found] = await client.assistants.search(graph_id=graph)
    return found["assistant_id"]


@pytest.mark.parametrize("name", NAMES)
async def test_the_drawing_holds_every_node_and_edge(client: LangGraphClient, name: str) -> None:
    drawn = await client.assistants.get_graph(await assistant_of(client, name), xray=True)
    graph = import_module(f"graphs.{name}").graph.get_graph(xray=True)
    assert {node["id"] for node in drawn["nodes"]} == set(graph.nodes)
    assert {(edge["source"], edge["target"]) for edge in drawn["edges"]} == {
        (edge.source, edge.target) for edge in graph.edges
    }
    inner = {node["id"].rpartition(":")[2] for node in drawn["nodes"]}
    agents = {"human", "assistant", "tool_agent"} if name != "bottom_up" else set()
    agents |= {"design_functions", "criticise"} if name != "conversation" else set()
    assert agents <= inner


@pytest.mark.parametrize("name", NAMES)
async def test_the_forms_come_through(client: LangGraphClient, name: str) -> None:
    schemas: Any = await client.assistants.get_schemas(await assistant_of(client, name))
    fields = schemas["input_schema"]["properties"]
    main = "task" if name == "conversation" else "seed"
    assert fields[main]["description"]
    if main == "seed":
        assert fields["seed"]["examples"][0]["kind"] == "scenario"
    form = schemas["context_schema"]["properties"]
    assert set(form) == set(Context.model_fields)
    for field, said in form.items():
        assert said["description"], field
        assert "default" in said or field == "models", field
    assert form["strategy"]["enum"] == ["mixed", "sequential", "parallel_then_sequential"]
    assert form["strategy"]["default"] == "mixed"
    assert (form["max_calls"]["minimum"], form["max_calls"]["maximum"]) == (1, 256)
    assert schemas["state_schema"]["properties"]
    assert schemas["output_schema"]["properties"]


async def test_bottom_up_makes_specifications(client: LangGraphClient, seed: Json) -> None:
    made = await run(client, "bottom_up", {"seed": seed}, context={"strategy": "sequential"})
    assert made["specifications"]
    ended = [each["variant"] for each in made["specifications"] + made["rejections"]]
    assert sorted(ended) == [0, 1]
    for each in made["specifications"]:
        assert each["rounds"][0] == "sequential"
        named = {name for part in each["sub_tasks"] for name in part["functions"]}
        assert named == {function["name"] for function in each["functions"]}


async def test_the_pipeline_gives_the_very_rows_of_a_run(
    client: LangGraphClient, seed: Json, settings: Json
) -> None:
    given = {"item": 3, "seed": seed}
    made = await run(client, "pipeline", given, context=settings)
    assert len(made["outcomes"]) == 4
    assert "accepted" in {outcome["kind"] for outcome in made["outcomes"]}
    graph = import_module("graphs.pipeline").graph
    here = await graph.ainvoke(given, context=Context(**settings))
    assert here["outcomes"] == made["outcomes"]


async def test_the_pipeline_shows_each_inner_node_while_it_runs(
    client: LangGraphClient, seed: Json, settings: Json
) -> None:
    seen = set()
    async for part in client.runs.stream(
        None, "pipeline", input={"seed": seed}, context=settings,
        stream_mode="updates", stream_subgraphs=True,
    ):  # fmt: skip
        assert part.event != "error", part.data
        if part.event.startswith("updates"):
            seen |= set(part.data)
    assert {
        "take_scenario", "write_atomic_task", "compose_parallel", "criticise", "design_functions",
        "gate_functions", "human", "assistant", "tool_agent", "conversation", "check", "record",
    } <= seen  # fmt: skip


async def test_a_conversation_runs_to_its_final_answer(
    client: LangGraphClient, specification: Json, settings: Json
) -> None:
    said = await run(client, "conversation", specification, context=settings)
    assert said.get("rejection") is None
    assert kinds(said["messages"])[:4] == ["human", "ai", "tool", "tool"]
    calls, answers = said["messages"][1]["tool_calls"], said["messages"][2:4]
    assert [call["id"] for call in calls] == [answer["tool_call_id"] for answer in answers]
    assert said["messages"][-1]["additional_kwargs"]["is_final"] is True
    assert said["messages"][1]["additional_kwargs"]["thought"]


async def test_a_wrong_setting_is_named(client: LangGraphClient, seed: Json) -> None:
    """The server answers 200 in any case, so a failure is looked for in the answer."""
    failure = await failure_of(client, {"seed": seed}, {"strategy": "sideways"})
    assert failure["error"] == "ValidationError"
    assert "strategy" in failure["message"]
    assert "'mixed', 'sequential' or 'parallel_then_sequential'" in failure["message"]


async def test_a_broken_seed_is_an_input_error(client: LangGraphClient) -> None:
    failure = await failure_of(client, {"seed": {"kind": "scenari", "source": "x"}}, {})
    assert failure["error"] == "InputError"
    assert "not a seed: kind" in failure["message"]


async def failure_of(client: LangGraphClient, given: Json, settings: Json) -> Json:
    """Class and message of what went wrong in a run of the pipeline."""
    made = await run(client, "pipeline", given, context=settings, raise_error=False)
    failure: Json = made["__error__"]
    return failure


async def test_a_person_may_chat_and_the_embedded_model_says_what_it_can(
    client: LangGraphClient,
) -> None:
    """Chat mode sends nothing but a human message; nothing may be made up in answer."""
    thread = (await client.threads.create())["thread_id"]
    for turn, text in enumerate(["What is the weather in Vienna?", "And tomorrow?"], 1):
        message = {"role": "user", "content": text}
        said = await run(client, "conversation", {"messages": [message]}, thread=thread)
        assert said.get("rejection") is None
        assert kinds(said["messages"]) == ["human", "ai"] * turn
        answer = said["messages"][-1]
        assert answer["tool_calls"] == []
        assert "cannot chat freely" in answer["content"]
        assert "role `assistant`" in answer["content"]
    assert (await client.threads.get_state(thread))["next"] == []


async def test_a_person_may_play_the_human_of_a_task(
    client: LangGraphClient, specification: Json, settings: Json
) -> None:
    """A message together with the task: the simulated human stays silent, the tools answer."""
    opening = [{"role": "user", "content": specification["task"]}]
    given = {**specification, "messages": opening}
    said = await run(client, "conversation", given, context=settings)
    assert said["messages"][0]["content"] == specification["task"]
    assert kinds(said["messages"])[1:4] == ["ai", "tool", "tool"]
    assert said["messages"][-1]["additional_kwargs"]["is_final"] is True


async def test_a_run_waits_before_the_human_and_before_each_tool_agent(
    client: LangGraphClient, specification: Json, settings: Json
) -> None:
    thread = (await client.threads.create())["thread_id"]
    stops = {"interrupt_before": ["human", "tool_agent"], "context": settings}
    await run(client, "conversation", specification, thread=thread, **stops)
    assert (await client.threads.get_state(thread))["next"] == ["human"]
    await run(client, "conversation", None, thread=thread, **stops)
    state: Any = await client.threads.get_state(thread)
    assert state["next"] == ["tool_agent", "tool_agent"]
    assert kinds(state["values"]["messages"]) == ["human", "ai"]
    said = await run(client, "conversation", None, thread=thread, context=settings)
    assert said["messages"][-1]["additional_kwargs"]["is_final"] is True


async def test_history_and_a_fork_with_another_call(
    client: LangGraphClient, specification: Json, settings: Json
) -> None:
    """Spoil a call at an earlier checkpoint and run on from there; the first way stays."""
    thread = (await client.threads.create())["thread_id"]
    first = await run(client, "conversation", specification, thread=thread, context=settings)
    history: list[Any] = await client.threads.get_history(thread, limit=100)
    steps = [each["metadata"]["step"] for each in history]
    assert steps == sorted(steps, reverse=True)
    before_calls = next(each for each in history if each["next"] == ["tool_agent", "tool_agent"])

    asking = before_calls["values"]["messages"][-1]
    edited = with_first_call_spoiled(asking)
    forked = await client.threads.update_state(
        thread, {"messages": [edited]}, as_node="assistant", checkpoint=before_calls["checkpoint"]
    )
    onward: Json = {"thread": thread, "checkpoint": forked["checkpoint"], "context": settings}
    second = await run(client, "conversation", None, **onward)
    assert kinds(second["messages"])[:4] == ["human", "ai", "tool", "tool"]
    assert second["messages"][1]["tool_calls"] == edited["tool_calls"]
    assert second["messages"][0] == first["messages"][0]
    assert (first["messages"][2]["status"], second["messages"][2]["status"]) == ("success", "error")
    assert "no_such_parameter" in second["messages"][2]["content"]
    assert second["messages"][3]["content"] == first["messages"][3]["content"]

    whole: list[Any] = await client.threads.get_history(thread, limit=100)
    ends = [each["values"]["messages"] for each in whole if not each["next"]]
    assert first["messages"] in ends
    assert second["messages"] in ends


def with_first_call_spoiled(message: Json) -> Json:
    """The message with an argument in its first call that no closed schema allows."""
    call, *others = message["tool_calls"]
    spoiled = {**call, "args": {**call["args"], "no_such_parameter": 1}}
    return {**message, "tool_calls": [spoiled, *others]}
