"""Small chat templates, each with one fault of a real one: each is found and named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from button.errors import InputError
from button.export import EXPORTS
from button.export.chat import chat_of
from button.export.conformance import Conformance, ConformanceError
from button.export.template import ChatTemplate
from button.records import Trajectory

TOOLS = "{% for tool in tools or [] %}{{ tool | tojson }}\n{% endfor %}"
CALL = '{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}'
CALLS = "{% for call in m.tool_calls or [] %}" + CALL + "{% endfor %}"
WORDS = "{{ m.role }}: {{ m.reasoning_content or '' }}{{ m.content or '' }}"


def template_of(tools: str = TOOLS, words: str = WORDS, calls: str = CALLS) -> str:
    return f"{tools}{{% for m in messages %}}{words}{calls}\n{{% endfor %}}"


GOOD = template_of()
RAISES_ON_PARALLEL = template_of(
    calls="{% if m.tool_calls and m.tool_calls | length > 1 %}"
    "{{ raise_exception('only single calls') }}{% endif %}" + CALLS
)
NEEDS_TEXT = template_of(
    calls='{% for call in m.tool_calls or [] %}{{ call.function.name + " " + '
    "call.function.arguments }}{% endfor %}"
)
NEEDS_OBJECT = template_of(
    calls="{% for call in m.tool_calls or [] %}{{ call.function.name }}"
    "{% for key, value in call.function.arguments.items() %}{{ key }}={{ value }} {% endfor %}"
    "{% endfor %}"
)
DROPS_SECOND = template_of(
    calls="{% if m.tool_calls %}{% set call = m.tool_calls[0] %}" + CALL + "{% endif %}"
)
DROPS_RESULTS = template_of(words="{% if m.role != 'tool' %}" + WORDS + "{% endif %}")
DROPS_DESCRIPTIONS = template_of(
    tools="{% for tool in tools or [] %}{{ tool.function.name }}{% endfor %}"
)
NO_TOOL_ROLE = template_of(
    words="{% if m.role not in ['system', 'user', 'assistant'] %}"
    "{{ raise_exception('unknown role ' + m.role) }}{% endif %}" + WORDS
)
NEEDS_CONTENT = template_of(words="{{ m.role + m.content }}")
RECURSES = (
    "{% macro kind(t) %}{% if t is string %}{{ t }}{% else %}{{ kind(t) }}{% endif %}{% endmacro %}"
    "{% for tool in tools %}{% for p in tool.function.parameters.properties.values() %}"
    "{{ kind(p.type) }}{% endfor %}{% endfor %}" + GOOD
)
ESCAPES_RESULTS = template_of(
    words="{% if m.role == 'tool' %}{{ m.content | tojson }}{% else %}" + WORDS + "{% endif %}"
)

Check = Callable[..., Conformance]


@pytest.fixture
def check(tmp_path: Path, walk: Trajectory) -> Check:
    """Renders a trajectory, exported with switches, through a template."""

    def run(text: str, record: Trajectory = walk, name: str = "trl", **changes: Any) -> Conformance:
        path = tmp_path / "t.jinja"
        path.write_text(text)
        format = EXPORTS[name]
        switches = format.switches._replace(**changes)
        conformance = Conformance([ChatTemplate(path)])
        chat = chat_of(record, switches)
        conformance.check(name, chat, switches, format.write(chat, switches))
        return conformance

    return run


def reasons(conformance: Conformance) -> set[str]:
    return {reason for _, _, reason in conformance.losses}


@pytest.mark.parametrize("name", ["trl", "steps"])
def test_a_whole_template_loses_nothing(check: Check, name: str) -> None:
    found = check(GOOD, name=name)
    assert not found.losses
    assert not found.remarks
    found.refuse_losses()


@pytest.mark.parametrize(
    ("text", "changes", "reason", "way_out"),
    [
        (RAISES_ON_PARALLEL, {}, "it raises: only single calls", "--parallel serialised"),
        (NEEDS_TEXT, {}, "it fails: TypeError", "--arguments string"),
        (NEEDS_OBJECT, {"arguments": "string"}, "has no attribute 'items'", "--arguments object"),
        (DROPS_SECOND, {}, "drops a call", "--parallel serialised"),
        (
            GOOD,
            {"arguments": "string"},
            "writes arguments as JSON within a text (doubly escaped)",
            "--arguments object",
        ),
        (template_of(tools=""), {}, "drops the definition of a function", ""),
        (DROPS_RESULTS, {}, "drops a result", ""),
        (NO_TOOL_ROLE, {}, "it raises: unknown role tool", ""),
        (NEEDS_CONTENT, {"content": "null"}, "it fails: TypeError", "--content empty"),
        (template_of(words="{{ m.role }}"), {}, "drops words of the assistant", ""),
        (template_of(words="{% if m.role != 'user' %}" + WORDS + "{% endif %}"), {},
         "drops words of the user", ""),
    ],
)  # fmt: skip
def test_a_loss_is_named_with_the_switch_that_helps(
    check: Check, text: str, changes: dict[str, Any], reason: str, way_out: str
) -> None:
    found = check(text, **changes)
    named = [each for each in reasons(found) if reason in each]
    assert named
    assert {tally.way_out for key, tally in found.losses.items() if key[2] in named} == {way_out}
    with pytest.raises(ConformanceError) as caught:
        found.refuse_losses()
    assert "t.jinja" in str(caught.value)
    assert way_out in str(caught.value)
    if way_out:
        flag, value = way_out.removeprefix("--").split()
        assert not check(text, **{**changes, flag.replace("-", "_"): value}).losses


def test_endless_recursion_on_a_list_of_types_is_a_reason(check: Check, walk: Trajectory) -> None:
    tool = walk.tools[0]
    properties = {"city": {"type": ["string", "null"]}}
    function = {
        **tool["function"],
        "parameters": {**tool["function"]["parameters"], "properties": properties},
    }
    record = walk.model_copy(update={"tools": ({**tool, "function": function}, *walk.tools[1:])})
    found = check(RECURSES, record)
    assert reasons(found) == {"it recurses without end"}
    (tally,) = found.losses.values()
    assert tally.way_out == "--type-lists flattened"
    assert not check(RECURSES, record, type_lists="flattened").losses


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        (DROPS_DESCRIPTIONS, "drops descriptions of functions"),
        (ESCAPES_RESULTS, "writes results as JSON within a text"),
        (template_of(words="{{ m.role }}: {{ m.content }}"), "drops thoughts"),
    ],
)
def test_what_loses_no_call_is_a_remark(check: Check, text: str, remark: str) -> None:
    found = check(text)
    assert remark in {reason for _, _, reason in found.remarks}
    assert not found.losses


def test_a_value_that_also_stands_elsewhere_does_not_hide_a_loss(check: Check) -> None:
    # "Graz" and both functions' names are in the request, the definitions and other calls.
    found = check(DROPS_SECOND)
    (tally,) = (t for key, t in found.losses.items() if key[2] == "drops a call")
    assert tally.detail == "find_restaurant, message 2"


def test_what_transformers_offers_is_there(check: Check) -> None:
    text = (
        "{%- if tools %}\n    {{- strftime_now('%Y') }}\n{%- endif %}"
        "{% for m in messages %}{% if loop.index > 99 %}{% break %}{% endif %}{% endfor %}"
        "{{ {'b': '<ü>', 'a': 1} | tojson(indent=2) }}{% generation %}x{% endgeneration %}"
    )
    assert not check(text + GOOD).losses


def test_tojson_is_not_escaped_for_html(tmp_path: Path) -> None:
    path = tmp_path / "t.jinja"
    path.write_text("{{ messages[0] | tojson }}|{{ messages[0] | tojson(separators=(',', ':')) }}")
    rendered = ChatTemplate(path).render([{"b": "<ü&'>", "a": 1}], [])
    assert rendered == """{"b": "<ü&'>", "a": 1}|{"b":"<ü&'>","a":1}"""


@pytest.mark.parametrize(
    "text",
    ["{{ ''.__class__.__mro__ }}", "{{ messages.append(1) }}", "{{ cycler.__init__.__globals__ }}"],
)
def test_templates_are_in_a_sandbox(check: Check, text: str) -> None:
    (reason,) = reasons(check(text + GOOD))
    assert "unsafe" in reason


@pytest.mark.parametrize("text", ["{% if %}", "{{ 1 ", "{% endfor %}"])
def test_what_is_no_template_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.jinja"
    path.write_text(text)
    with pytest.raises(InputError, match=r"t\.jinja', line 1: ") as caught:
        ChatTemplate(path)
    assert "\n" not in str(caught.value)


def test_a_missing_template_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        ChatTemplate(tmp_path / "none.jinja")
