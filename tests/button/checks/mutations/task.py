"""Damage to the record: task, scenario, functions, links, provenance."""

import copy
from typing import Any

from tests.button.checks.mutations.operator import Case, Row, operator

STRATEGIES = {
    "sequential": "parallel_then_sequential",
    "parallel_then_sequential": "sequential",
}


def _function(case: Case) -> Row:
    return case.pick(case.row["tools"])["function"]


@operator("strategy_shape", "construction")
def rename_strategy(case: Case) -> bool:
    case.row["strategy"] = STRATEGIES[case.row["strategy"]]
    return True


@operator("broken_task", "construction")
def depend_in_a_circle(case: Case) -> bool:
    sub_tasks = case.row["task"]["sub_tasks"]
    sub_tasks[0]["depends_on"] = [sub_tasks[-1]["id"]]
    last = sub_tasks[-1]
    last["depends_on"] = sorted({*last["depends_on"], sub_tasks[0]["id"]})
    return True


@operator("broken_task", "construction")
def depend_on_nothing_known(case: Case) -> bool:
    case.pick(case.row["task"]["sub_tasks"])["depends_on"] = ["t99"]
    return True


@operator("broken_task", "construction")
def repeat_sub_task_id(case: Case) -> bool:
    sub_tasks = case.row["task"]["sub_tasks"]
    sub_tasks[-1]["id"] = sub_tasks[0]["id"]
    return True


@operator("edge_without_dataflow", "assistant construction")
def add_edge_without_dataflow(case: Case) -> bool:
    """A sub-task is said to build upon one whose results it does not use."""
    links, provenance = case.row["links"], case.row["provenance"]
    functional = {links[made.call["id"]]: made for made in case.calls if made.call["id"] in links}
    sub_tasks = case.row["task"]["sub_tasks"]
    for later in reversed(sub_tasks):
        for earlier in sub_tasks:
            pair = functional.get(earlier["id"]), functional.get(later["id"])
            if None in pair or pair[0].answer > pair[1].message or earlier["id"] == later["id"]:
                continue
            used = {origin.get("call") for origin in provenance[pair[1].call["id"]].values()}
            sources = {call for call, sub in links.items() if sub == earlier["id"]}
            if earlier["id"] not in later["depends_on"] and not used & sources:
                later["depends_on"] = [*later["depends_on"], earlier["id"]]
                return True
    return False


@operator("unasked_dependency strategy_shape", "assistant construction")
def drop_edge(case: Case) -> bool:
    """A join that uses both of its sources is said to build upon one of them only."""
    joins = [s for s in case.row["task"]["sub_tasks"] if len(s["depends_on"]) > 1]
    join = case.pick([each for each in joins if each["functions"]])
    if join is None:
        return False
    used = {
        case.row["links"].get(origin.get("call"))
        for call, sub in case.row["links"].items()
        if sub == join["id"]
        for origin in case.row["provenance"][call].values()
    }
    droppable = [each for each in join["depends_on"] if each in used]
    if not droppable:
        return False
    join["depends_on"].remove(case.pick(droppable))
    return True


@operator("scenario_too_long", "construction")
def lengthen_scenario(case: Case) -> bool:
    case.row["scenario"]["text"] += " and then telling everybody at home all about it in detail"
    return True


@operator("scenario_with_digits", "construction")
def put_figure_into_scenario(case: Case) -> bool:
    case.row["scenario"]["text"] = "booking 2 trains"
    return True


@operator("atomic_task_too_long", "construction")
def lengthen_atomic_task(case: Case) -> bool:
    case.row["task"]["atomic_task"] += " and please" * 20
    return True


@operator("function_in_task", "construction")
def name_function_in_task(case: Case) -> bool:
    name = _function(case)["name"]
    case.row["task"]["text"] += f" Use {name} for it."
    return "_" in name


@operator("unsound_signature", "construction")
def open_schema(case: Case) -> bool:
    del _function(case)["parameters"]["additionalProperties"]
    return True


@operator("malformed_tool", "construction")
def break_schema(case: Case) -> bool:
    _function(case)["parameters"]["type"] = "dict"
    return True


@operator("malformed_tool", "construction")
def drop_returns(case: Case) -> bool:
    del _function(case)["returns"]
    return True


@operator("duplicate_function", "construction")
def list_function_twice(case: Case) -> bool:
    case.row["tools"].append(copy.deepcopy(case.pick(case.row["tools"])))
    return True


@operator("unknown_function missing_function", "construction")
def rename_function_in_tools(case: Case) -> bool:
    called = {made.function["name"] for made in case.calls}
    chosen = case.pick([t for t in case.row["tools"] if t["function"]["name"] in called])
    chosen["function"]["name"] += "_v2"
    return True


@operator("missing_function", "construction")
def rename_function_in_sub_task(case: Case) -> bool:
    sub_task = case.pick([each for each in case.row["task"]["sub_tasks"] if each["functions"]])
    sub_task["functions"][0] += "_v2"
    return True


@operator("unknown_function missing_function", "construction")
def drop_function(case: Case) -> bool:
    called = {made.function["name"] for made in case.calls}
    kept = [tool for tool in case.row["tools"] if tool["function"]["name"] not in called]
    case.row["tools"] = [*kept, *_all_but_one(case, called)]
    return True


def _all_but_one(case: Case, called: set[str]) -> list[Any]:
    tools = [tool for tool in case.row["tools"] if tool["function"]["name"] in called]
    tools.remove(case.pick(tools))
    return tools


@operator("task_text_in_signature", "construction")
def write_task_into_signature(case: Case) -> bool:
    text = case.pick(case.row["task"]["sub_tasks"])["text"]
    _function(case)["description"] = text
    return len(text.split()) >= 4


@operator("wrong_link", "construction", keeps_record=True)
def link_to_wrong_sub_task(case: Case) -> bool:
    made = case.pick(case.calls)
    others = [
        each["id"]
        for each in case.row["task"]["sub_tasks"]
        if made.function["name"] not in each["functions"]
    ]
    case.row["links"][made.call["id"]] = case.pick(others)
    return bool(others)


@operator("stale_links", "construction", keeps_record=True)
def forget_link(case: Case) -> bool:
    del case.row["links"][case.pick(sorted(case.row["links"]))]
    return True


@operator("stale_provenance", "construction", keeps_record=True)
def blur_provenance(case: Case) -> bool:
    place = case.pick(case.leaves)
    recorded = case.row["provenance"][place.call][place.path]
    recorded["source"] = "system" if recorded["source"] == "human" else "human"
    return True
