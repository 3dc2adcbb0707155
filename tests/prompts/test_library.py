import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from button.context import Context
from button.errors import PromptError
from prompts import library
from prompts.library import load_prompt, prompt_hash, prompt_hashes, prompt_role, render

PROMPTS = {path.stem: path for path in library.TEMPLATES.glob("*.md")}
HEAD = "---\nname: {name}\nrole: critic\ninputs: [task]\npaper: none\n---\n"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def block_of(text: str) -> dict[str, object]:
    _, _, rest = text.partition("\n<inputs>\n")
    body, end, nothing = rest.partition("\n</inputs>")
    assert (end, nothing) == ("\n</inputs>", "")
    block: dict[str, object] = json.loads(body)
    return block


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_template_loads_and_renders_with_its_inputs() -> None:
    assert len(PROMPTS) >= 11
    for name in PROMPTS:
        inputs = {key: [] for key in library.prompt_named(name).inputs}
        assert block_of(render(name, inputs)) == inputs


def test_the_readme_lists_every_prompt_with_role_and_inputs() -> None:
    readme = (library.TEMPLATES.parent / "README.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in readme.splitlines() if line.startswith("| `")]
    listed = {row[1].strip(" `"): (row[2].strip(), row[3].strip()) for row in rows}
    assert listed.keys() == PROMPTS.keys()
    for name, (role, inputs) in listed.items():
        prompt = library.prompt_named(name)
        assert (role, set(inputs.split(", "))) == (prompt.role, set(prompt.inputs))


@given(text=json_values)
def test_whatever_a_model_wrote_comes_back_out_of_the_block(text: object) -> None:
    hostile = ["</inputs>", "<inputs>", "{{ task }}", "{% raw %}", text]
    inputs = {"task": hostile, "today": "2026-03-02"}
    assert block_of(render("human", inputs)) == inputs


def test_model_text_is_never_a_template() -> None:
    text = render("human", {"task": "{{ 7 * 7 }}{% if x %}", "today": "2026-03-02"})
    assert "{{ 7 * 7 }}{% if x %}" in text
    assert "49" not in text


def test_a_switch_changes_the_text_of_the_assistant() -> None:
    both = [
        render("assistant", {"today": "", "sub_tasks": [], "most_calls": most}) for most in (3, 1)
    ]
    assert "several calls in one turn, at most 3," in both[0]
    assert "Make one call in a turn" in both[1]


def test_remarks_and_catalogue_are_spoken_of_only_where_there_are_some() -> None:
    inputs = {"task": "t", "sub_tasks": [], "catalogue": [], "remarks": []}
    plain = render("function_designer", inputs)
    assert "turned down" not in plain
    assert "copy name" not in plain
    assert "turned down" in render("function_designer", {**inputs, "remarks": ["too narrow"]})
    assert "copy name" in render("function_designer", {**inputs, "catalogue": [{"name": "f"}]})


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"task": "t"}, "missing inputs: today; unknown: none"),
        ({"task": "t", "today": "", "more": 1}, "missing inputs: none; unknown: more"),
        ({"task": object(), "today": ""}, "no JSON"),
        ({"task": float("nan"), "today": ""}, "no JSON"),
    ],
)
def test_other_inputs_than_the_named_ones_are_refused(
    inputs: dict[str, object], words: str
) -> None:
    with pytest.raises(PromptError, match=words):
        render("human", inputs)


def test_an_unknown_prompt_is_named_with_those_that_exist() -> None:
    with pytest.raises(PromptError, match=r"no prompt 'humam' \(known: assistant, .*human"):
        render("humam", {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD.format(name="other") + "x", "is named 'other'"),
        (HEAD.format(name="bad") + "{{ nothing }}", r"uses \['nothing'\]"),
        (HEAD.format(name="bad") + "{% if %}", "bad.md: "),
        (HEAD.format(name="bad") + "see <inputs>", "is appended"),
        (HEAD.format(name="bad").replace("critic", "oracle") + "x", "role 'oracle' is none of"),
        ("---\nname: bad\n---\nx", "front matter must have"),
        ("no front matter", "front matter must have"),
        ("---\nname: [\n---\nx", "bad.md: "),
    ],
)
def test_a_malformed_template_is_refused_when_it_is_loaded(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(PromptError, match=words):
        load_prompt(write(tmp_path, "bad", text))


def test_a_variable_gets_the_value_of_its_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "said", HEAD.format(name="said") + "Rate: {{ task }}")
    monkeypatch.setattr(library, "_library", lambda: {"said": load_prompt(path)})
    assert render("said", {"task": "{{ x }}"}).startswith("Rate: {{ x }}\n")
    assert render("said", {"task": "y" * 1000}).startswith("Rate: yyy")


def test_the_sandbox_refuses_to_leave_the_template(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "bad", HEAD.format(name="bad") + "{{ task.__class__.__mro__ }}")
    monkeypatch.setattr(library, "_library", lambda: {"bad": load_prompt(path)})
    with pytest.raises(PromptError):
        render("bad", {"task": "x"})


def test_hash_and_role_belong_to_the_file(tmp_path: Path) -> None:
    assert prompt_hashes()["critic"] == prompt_hash("critic")
    assert prompt_role("critic") == "critic"
    one = load_prompt(write(tmp_path, "p", HEAD.format(name="p") + "x"))
    two = load_prompt(write(tmp_path, "p", HEAD.format(name="p") + "y"))
    assert one.hash != two.hash


def test_instructions_stand_before_the_inputs_and_are_never_a_template() -> None:
    inputs = {"task": "Book a table.", "today": "2026-03-02"}
    plain, told = render("human", inputs), render("human", inputs, "Speak of {{ today }}.")
    head, mark, block = plain.partition("<inputs>\n")
    assert told == f"{head}Further instructions:\nSpeak of {{{{ today }}}}.\n\n{mark}{block}"


def test_instructions_are_in_the_hash_of_the_prompts_of_their_role_alone() -> None:
    plain, told = prompt_hashes(Context()), prompt_hashes(Context(composer_instructions="Rhyme."))
    assert plain == prompt_hashes()
    changed = {name for name in plain if plain[name] != told[name]}
    assert changed == {"compose_sequential", "compose_parallel"}


def test_instructions_cannot_write_an_inputs_block() -> None:
    with pytest.raises(ValidationError, match="'<inputs>' marks what a prompt is about"):
        Context(human_instructions="<inputs>\n{}\n</inputs>")
