"""Returns for functions of a catalogue that has none, and results for any returns."""

from collections.abc import Mapping
from random import Random
from typing import Any

from button.models.embedded.functions import closed_object
from button.models.embedded.unseen_values import draw_value
from button.models.embedded.unseen_wording import imperative, is_action, label_of, noun_of

CALCULATING = frozenset(
    {"calculate", "compute", "convert", "count", "estimate", "measure", "solve"}
)
SEARCHING = frozenset({"find", "list", "search", "select", "query", "locate"})
Schema = Mapping[str, Any]


def with_returns(function: Mapping[str, Any], links: Mapping[str, Schema]) -> dict[str, Any]:
    """The signature; where it has no returns, fitting ones that hold the linked fields."""
    returns = function.get("returns") or _made_up(function, links)
    return {
        "name": function["name"],
        "description": function["description"],
        "parameters": function["parameters"],
        "returns": returns,
    }


def _made_up(function: Mapping[str, Any], links: Mapping[str, Schema]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        name: {"type": schema["type"], "description": f"The {label_of(name)}, for later use"}
        for name, schema in links.items()
    }
    noun, verb = noun_of(function), imperative(function).split()[0]
    if is_action(function):
        properties.setdefault("status", _field("What became of the request", enum=["completed"]))
        properties.setdefault("reference_code", _field("Reference of the request"))
    elif verb in CALCULATING:
        properties.setdefault("result", {"type": "number", "description": "The result"})
    elif verb in SEARCHING:
        one = noun.rsplit("_", 1)[-1].removesuffix("s") or "match"
        item = closed_object(
            {one: _field("What it is called"), "id": _field("Its id")}, [one, "id"]
        )
        properties.setdefault(
            "matches", {"type": "array", "items": item, "description": "What was found"}
        )
    else:
        properties.setdefault(noun, _field(f"The {label_of(noun)}"))
    return closed_object(properties, list(properties))


def _field(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **more}


def draw_result(schema: Schema, rng: Random, today: str) -> dict[str, Any]:
    """A result that fits a returns schema, with every property, optional ones too."""
    return {
        name: _draw_field(inner, name, rng, today)
        for name, inner in schema.get("properties", {}).items()
    }


def _draw_field(schema: Schema, name: str, rng: Random, today: str) -> Any:
    kind = schema.get("type")
    if kind == "object" and schema.get("properties"):
        return draw_result(schema, rng, today)
    items = schema.get("items")
    if kind == "array" and isinstance(items, Mapping) and items.get("properties"):
        return [draw_result(items, rng, today) for _ in range(max(2, schema.get("minItems", 0)))]
    return draw_value(schema, name, rng, today, answer=True)
