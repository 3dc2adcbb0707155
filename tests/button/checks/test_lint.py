"""Conversations without a record: the checks that make sense, with the profile's severity."""

import dataclasses

import pytest

from button.checks import CODES, Conversation, lint
from button.checks.conversation import Reading, Reference
from button.checks.prepared import Prepared
from button.checks.profile import CALLS, FOREIGN, OWN, Profile
from button.records import CalledFunction, Message, ToolCall, Trajectory, Verdict


def bare(trajectory: Trajectory) -> Conversation:
    return Conversation(trajectory.messages, trajectory.tools)


def codes(verdict: Verdict) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity) for finding in verdict.findings]


def with_call(talk: Conversation, identifier: str, **arguments: object) -> Conversation:
    """The conversation with other arguments for its first call, and another id for all of them."""
    messages = list(talk.messages)
    index = next(i for i, message in enumerate(messages) if message.tool_calls)
    made = messages[index].tool_calls or ()
    function = CalledFunction(name=made[0].function.name, arguments=arguments)
    call = ToolCall(id=identifier, function=function)
    messages[index] = messages[index].model_copy(update={"tool_calls": (call,)})
    messages[index + 1] = messages[index + 1].model_copy(update={"tool_call_id": identifier})
    return dataclasses.replace(talk, messages=tuple(messages))


@pytest.mark.parametrize("profile", [OWN, FOREIGN, CALLS])
def test_a_clean_conversation_needs_no_record(
    sequential: Trajectory, parallel: Trajectory, profile: Profile
) -> None:
    for trajectory in (sequential, parallel):
        assert codes(lint(bare(trajectory), profile)) == []


def test_a_task_without_a_record_still_shows_what_was_not_served(sequential: Trajectory) -> None:
    talk = Conversation(
        (*sequential.messages[:4], sequential.messages[-1]), sequential.tools, sequential.task
    )
    assert ("unserved_sub_task", "error") in codes(lint(talk))


def test_calls_without_any_function_are_one_warning(sequential: Trajectory) -> None:
    talk = Conversation(sequential.messages, ())
    assert codes(lint(talk)) == [("no_tools", "warning")]


def test_a_conversation_may_end_with_the_calls_to_be_learned(sequential: Trajectory) -> None:
    talk = Conversation(sequential.messages[:3], sequential.tools)
    assert codes(lint(talk)) == [("open_calls", "warning"), ("missing_final", "info")]
    assert codes(lint(talk, CALLS)) == []
    answered_late = Conversation((*sequential.messages[:3], sequential.messages[-1]), talk.tools)
    assert ("unanswered_call", "error") in codes(lint(answered_late))


def test_arguments_that_are_no_json_are_shown_as_written(sequential: Trajectory) -> None:
    talk = dataclasses.replace(
        with_call(bare(sequential), "aaaaaaaaa"),
        reading=Reading(unparsable={"aaaaaaaaa": '{"origin": "Berlin",}'}),
    )
    (finding,) = lint(talk).findings
    assert finding.code == "unparsable_arguments"
    assert '{"origin": "Berlin",}' in finding.text
    assert finding.message == 2
    assert finding.path == "$.tool_calls[0].function.arguments"


def test_a_replaced_id_is_reported_as_it_was_given(sequential: Trajectory) -> None:
    first, second = (call.id for call in Prepared.of(sequential).calls)
    talk = dataclasses.replace(bare(sequential), reading=Reading(given_ids={second: first}))
    assert codes(lint(talk)) == [("duplicate_call_id", "warning")]
    assert codes(lint(talk, OWN)) == [("duplicate_call_id", "error")]
    assert first in lint(talk).findings[0].text


def test_several_calls_where_the_request_forbade_them(parallel: Trajectory) -> None:
    talk = dataclasses.replace(bare(parallel), reading=Reading(parallel_calls=False))
    assert codes(lint(talk)) == [("parallel_forbidden", "error")]


def test_a_reference_is_a_source_and_has_no_type_yet(sequential: Trajectory) -> None:
    call = ToolCall(
        id="bbbbbbbbb",
        function=CalledFunction(
            name="reserve_seats", arguments={"train_number": "$a.number$", "seats": "$a.seats$"}
        ),
    )
    messages = (
        *sequential.messages[:3],
        Message(role="assistant", tool_calls=(call,)),
    )
    source = (sequential.messages[2].tool_calls or ())[0].id
    references = {
        "$.train_number": Reference(source, "$.number"),
        "$.seats": Reference(source, "$.seats"),
    }
    talk = Conversation(
        messages, sequential.tools, reading=Reading(references={"bbbbbbbbb": references})
    )
    assert {code for code, _ in codes(lint(talk, CALLS))} == set()
    assert Prepared.of(talk).suppliers["bbbbbbbbb"] == {source}
    plain = dataclasses.replace(talk, reading=Reading())
    assert "invalid_arguments" in {code for code, _ in codes(lint(plain, CALLS))}


def test_text_results_are_fine_where_nothing_was_promised(sequential: Trajectory) -> None:
    messages = list(sequential.messages)
    messages[3] = messages[3].model_copy(update={"content": "EC 173 08:56 39.9, EC 175 10:56 24.5"})
    tools = tuple(
        {**tool, "function": {**tool["function"], "returns": {}}} for tool in sequential.tools
    )
    assert codes(lint(Conversation(tuple(messages), tools))) == []
    promised = lint(Conversation(tuple(messages), sequential.tools))
    assert ("invalid_result", "warning") in codes(promised)


def test_a_profile_turns_off_and_changes_severity_but_nothing_else(sequential: Trajectory) -> None:
    talk = with_call(bare(sequential), "call_1", origin="Berlin", destination="Oslo", date="x")
    strict, mild = lint(talk, OWN), lint(talk, FOREIGN)
    assert not strict.accepted
    kept = [
        finding
        for finding in strict.findings
        if FOREIGN.handling.get(finding.code, finding.severity) != "off"
    ]
    assert [f.model_copy(update={"severity": "info"}) for f in kept] == [
        f.model_copy(update={"severity": "info"}) for f in mild.findings
    ]
    assert ("call_id_form", "error") in codes(strict)
    assert "call_id_form" not in dict(codes(mild))


def test_every_code_of_a_profile_exists() -> None:
    names = {code.name for code in CODES}
    assert set(CALLS.handling) <= names
    assert set(FOREIGN.handling) <= names
