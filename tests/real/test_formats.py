"""Every conversation of ../shared/data: imported without loss, and exactly the errors there are."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from button.checks import Conversation, lint
from button.formats import FORMATS, Definitions, detect, read_row
from button.formats.files import conversation_texts, load_definitions
from button.records import Finding
from tools.documents import parsed

DATA = Path(__file__).parents[2].parent / "shared" / "data"
TAU = DATA / "taubench_airline_gpt4o"
GRAMMAR = (
    "role_order", "unanswered_call", "open_calls", "orphan_result", "answered_twice",
    "unparsable_arguments",
)  # fmt: skip
CALLS = ("invalid_arguments", "unknown_function", "unparsable_arguments", "malformed_tool")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the checkout")


class Imported:
    """The conversations of some files, their counts and findings."""

    def __init__(self, paths: Iterable[Path], tools: Definitions | None = None) -> None:
        self.formats: Counter[str] = Counter()
        self.roles: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()
        self.findings: list[tuple[int, Finding]] = []
        self.calls = 0
        rows = [parsed(text).value for path in paths for text in conversation_texts(path)]
        self.talks: list[Conversation] = []
        for index, row in enumerate(rows):
            form = detect(row)
            talk = read_row(row, form, tools)
            self.formats[form.name] += 1
            self._add(index, talk, form.name)

    def _add(self, index: int, talk: Conversation, name: str) -> None:
        self.talks.append(talk)
        self.roles.update(message.role for message in talk.messages)
        self.calls += sum(len(message.tool_calls or ()) for message in talk.messages)
        for note in talk.reading.notes:
            kind, _, count = note.rpartition(" (")
            self.notes[kind] += int(count.rstrip(")"))
        self.findings += [(index, f) for f in lint(talk, FORMATS[name].profile).findings]

    def found(self, *codes: str) -> Counter[str]:
        """How often each of these codes was found."""
        return Counter(finding.code for _, finding in self.findings if finding.code in codes)

    def faulty_calls(self, code: str) -> set[tuple[int, int | None, str]]:
        """The calls with findings of a code: one call may have several."""
        return {
            (index, f.message, (f.path or "").partition(".function")[0])
            for index, f in self.findings
            if f.code == code
        }


def test_tau_bench_is_clean_and_whole() -> None:
    tools = load_definitions(TAU / "airline_tools.json")
    seen = Imported([TAU / "trajectories.json"], tools)
    assert seen.formats == {"tau-bench": 64}
    assert seen.calls == seen.roles["tool"] == 367
    assert seen.roles["assistant"] == 830
    # 11 of the 527 messages of the user consist of nothing but the sign to stop.
    assert seen.roles["user"] == 527 - 11
    assert seen.found(*GRAMMAR, *CALLS) == {}
    assert {finding.severity for _, finding in seen.findings} <= {"warning", "info"}
    # Ids that were used again in a later turn, which real systems do.
    assert len({index for index, f in seen.findings if f.code == "duplicate_call_id"}) == 18


@pytest.mark.parametrize(
    ("file", "form", "rows", "calls", "invalid"),
    [
        ("glaive_toolcall_en.json", "sharegpt", 198, 154, 0),
        ("glaive_toolcall_zh.json", "sharegpt", 48, 35, 3),
        ("dataflow_chat_data.jsonl", "glaive", 5, 5, 0),
    ],
)
def test_glaive(file: str, form: str, rows: int, calls: int, invalid: int) -> None:
    seen = Imported([DATA / "glaive_seed_chats" / file])
    assert seen.formats == {form: rows}
    assert seen.calls == seen.roles["tool"] == calls
    assert seen.found(*GRAMMAR) == {}
    assert set(seen.found(*CALLS)) <= {"invalid_arguments"}
    assert len(seen.faulty_calls("invalid_arguments")) == invalid


def test_toolbench_traces_have_one_invented_function() -> None:
    seen = Imported(sorted((DATA / "toolbench" / "answer").rglob("*.json")))
    assert seen.formats == {"toolbench": 5}
    finishes = sum(count for note, count in seen.notes.items() if "'Finish'" in note)
    assert (seen.calls, finishes) == (14, 5)
    assert seen.found(*CALLS) == {"unknown_function": 1}
    # One trace holds two messages of the user in a row, the second a hint by the search.
    assert seen.found(*GRAMMAR) == {"role_order": 1}


def test_toolbench_nested_answers_are_read_as_far_as_they_were_kept() -> None:
    seen = Imported(sorted((DATA / "toolbench" / "gpt-3.5-turbo_CoT").glob("*.json")))
    assert seen.formats == {"toolbench-nested": 200}
    finishes = sum(count for note, count in seen.notes.items() if "'Finish'" in note)
    assert seen.calls + finishes == 914
    assert seen.roles["user"] == 200
    # The source cut every step after 100 characters, so that no answer is left.
    assert seen.roles["tool"] == 0
    unanswered = seen.found("unanswered_call")["unanswered_call"]
    ending = seen.found("open_calls")["open_calls"]
    assert unanswered + ending == seen.calls


@pytest.mark.parametrize(
    ("file", "calls", "order"),
    [
        ("conversational_rollouts", 1, 0),
        ("tau2_rollouts", 9, 2),  # both begin with the agent's greeting
        ("workplace_rollouts", 2, 0),
        ("xlam_fc_rollouts", 2, 0),
    ],
)
def test_nemo_gym_rollouts(file: str, calls: int, order: int) -> None:
    seen = Imported([DATA / "nemo_gym_tooluse" / f"{file}.jsonl"])
    assert seen.formats == {"responses": 2}
    assert seen.calls == seen.roles["tool"] == calls
    assert seen.found(*GRAMMAR)["role_order"] == order
    assert set(seen.found(*GRAMMAR, *CALLS)) <= {"role_order"}


def test_nemo_gym_items_are_all_there() -> None:
    """Every text of every item stands in some message."""
    path = DATA / "nemo_gym_tooluse" / "tau2_rollouts.jsonl"
    for text in conversation_texts(path):
        row = parsed(text).value
        talk = read_row(row)
        said = "\n".join(f"{m.content}\n{m.thought}" for m in talk.messages)
        items = row["responses_create_params"]["input"] + row["response"]["output"]
        for item in items:
            for words in words_of(item):
                assert words.strip() in said


def words_of(item: dict[str, Any]) -> list[str]:
    if "output" in item:
        return [item["output"]]
    content = item.get("content") or item.get("summary") or []
    if isinstance(content, str):
        return [content]
    return [part["text"] for part in content if "text" in part]


def test_tooltalk() -> None:
    seen = Imported(sorted((DATA / "tooltalk").rglob("*.json")))
    assert seen.formats == {"tooltalk": 27}
    assert seen.calls == seen.roles["tool"] == 89
    assert seen.roles["user"] == 86
    assert seen.found(*GRAMMAR, *CALLS) == {}


def test_api_bank() -> None:
    folder = DATA / "apibank_dialogues"
    tools = load_definitions(folder / "all_apis.csv")
    seen = Imported(sorted(folder.rglob("*.jsonl")), tools)
    assert seen.formats == {"api-bank": 88}
    assert seen.calls == seen.roles["tool"] == 169
    assert seen.roles["user"] == 298
    spoken = [
        m for talk in seen.talks for m in talk.messages if m.role == "assistant" and m.content
    ]
    assert len(spoken) == 413
    # Three AI turns stand after another one without a user between them.
    assert seen.found(*GRAMMAR) == {"role_order": 3}
    unknown = {f.text for _, f in seen.findings if f.code == "unknown_function"}
    assert {text.split("'")[1] for text in unknown} == {"ToolSearcher"}


def test_nestful() -> None:
    folder = DATA / "nestful"
    tools = load_definitions(folder / "glaive-spec.json")
    seen = Imported([folder / "glaive-data.json"], tools)
    assert seen.formats == {"nestful": 85}
    assert seen.calls == 238
    assert seen.found(*GRAMMAR) == {}
    assert seen.found("unknown_function") == {"unknown_function": 7}
    # Every reference found its call: what is ungrounded holds no `$`.
    assert not any("$" in f.text for _, f in seen.findings if f.code == "ungrounded_argument")
    assert sum(len(each) for talk in seen.talks for each in talk.reading.references.values()) > 40


def test_llamafactory_content_parts() -> None:
    seen = Imported([DATA / "trainer_formats" / "llamafactory" / "reason_tool_use_demo.jsonl"])
    assert seen.formats == {"openai": 20}
    assert (seen.calls, seen.roles["tool"], seen.roles["user"]) == (37, 28, 31)
    # Five rows end with the calls that are to be learned, nine in all.
    assert seen.found(*GRAMMAR) == {"open_calls": 5}
    assert seen.calls - seen.roles["tool"] == 9
    thoughts = [m for talk in seen.talks for m in talk.messages if m.thought]
    assert len(thoughts) == seen.roles["assistant"]
