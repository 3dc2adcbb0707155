"""Damage to what is called, and with what."""

from typing import Any

from tests.button.checks.mutations.operator import Case, Place, operator

NAMES = ("Zebulon Quist", "Ysolde Varga", "Quintan Obradovic", "Wilhelmina Zeitz")


@operator("unknown_function", "assistant")
def call_unknown_function(case: Case) -> bool:
    case.pick(case.calls).function["name"] += "_now"
    return True


@operator("invalid_arguments", "assistant")
def retarget_call(case: Case) -> bool:
    """To another function of the conversation."""
    made = case.pick(case.calls)
    names = {tool["function"]["name"] for tool in case.row["tools"]} - {made.function["name"]}
    if not names:
        return False
    made.function["name"] = case.pick(sorted(names))
    return True


@operator("invalid_arguments", "assistant")
def invent_argument(case: Case) -> bool:
    case.pick(case.calls).function["arguments"]["priority_level"] = "high"
    return True


@operator("invalid_arguments", "assistant")
def drop_required_argument(case: Case) -> bool:
    schemas = {
        tool["function"]["name"]: tool["function"]["parameters"] for tool in case.row["tools"]
    }
    made = case.pick(case.calls)
    required = schemas[made.function["name"]].get("required", [])
    if not required:
        return False
    del made.function["arguments"][case.pick(sorted(required))]
    return True


@operator("invalid_arguments", "assistant")
def change_argument_type(case: Case) -> bool:
    place = case.pick(case.leaves)
    place.set({"value": place.value})
    return True


@operator("invalid_arguments", "assistant")
def write_number_as_text(case: Case) -> bool:
    place = case.pick([each for each in case.leaves if is_number(each.value)])
    if place is None:
        return False
    place.set(str(place.value))
    return True


@operator("ungrounded_argument", "assistant")
def invent_id(case: Case) -> bool:
    return _replace(case, is_id, lambda value: turned(case, value))


@operator("ungrounded_argument invalid_arguments", "assistant")
def invent_number(case: Case) -> bool:
    # Far from everything that was said, so that it is no rounding and no sum by chance.
    return _replace(case, is_number, lambda value: type(value)(value * 97 + 1013))


@operator("ungrounded_argument value_not_passed edge_without_dataflow", "assistant")
def invent_near_number(case: Case) -> bool:
    return _replace(case, is_number, lambda value: value + 1)


@operator("ungrounded_argument", "assistant")
def invent_date(case: Case) -> bool:
    def another(value: str) -> str:
        month = int(value[5:7]) % 12 + 1
        return f"{value[:5]}{month:02d}-{int(value[8:10]) % 27 + 1:02d}"

    return _replace(case, is_date, another)


@operator("ungrounded_argument", "assistant")
def invent_name(case: Case) -> bool:
    return _replace(case, lambda value: is_words(value), lambda value: case.pick(list(NAMES)))


@operator("ungrounded_argument", "assistant")
def truncate_id(case: Case) -> bool:
    place = case.pick([each for each in case.leaves if is_id(each.value)])
    if place is None or _is_enum(case, place) or place.value[-2:] == place.value[-1:] * 2:
        return False
    place.set(place.value[:-1])
    return True


@operator("ungrounded_argument", "assistant")
def take_value_of_another_trajectory(case: Case) -> bool:
    other = Case(case.donor, case.row, case.random)
    wanted = [each for each in case.leaves if is_words(each.value) or is_id(each.value)]
    offered = [each.value for each in other.leaves if is_words(each.value) or is_id(each.value)]
    place, value = case.pick(wanted), case.pick(offered)
    if place is None or value is None or _is_enum(case, place):
        return False
    said = case.text().casefold()
    if any(word in said for word in value.casefold().split() if len(word) > 1):
        return False
    place.set(value)
    return True


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_date(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-"


def is_id(value: Any) -> bool:
    """A code of letters and figures, such as `RL-7408`."""
    return (
        isinstance(value, str)
        and " " not in value
        and "@" not in value
        and any(map(str.isdigit, value))
        and any(map(str.isalpha, value))
    )


def is_words(value: Any) -> bool:
    """A name or another text of letters."""
    return isinstance(value, str) and len(value) > 3 and value.replace(" ", "").isalpha()


def turned(case: Case, value: str) -> str:
    """The id with one other figure, which nothing else in the conversation has."""
    at = case.pick([index for index, sign in enumerate(value) if sign.isdigit()])
    said = case.text()
    for step in range(1, 10):
        changed = value[:at] + str((int(value[at]) + step) % 10) + value[at + 1 :]
        if changed not in said:
            return changed
    return value


def _replace(case: Case, fits: Any, another: Any) -> bool:
    place = case.pick([each for each in case.leaves if fits(each.value)])
    if place is None or _is_enum(case, place):
        return False
    value = another(place.value)
    if str(value) in case.text():
        return False
    place.set(value)
    return True


def _is_enum(case: Case, place: Place) -> bool:
    """Whether the schema lists or presets the value, so that any other one is a schema error."""
    return case.origin(place) in ("enum", "default")
