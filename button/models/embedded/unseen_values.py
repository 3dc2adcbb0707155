"""Values for schemas the world does not know: enum, default, examples in the text, names, types."""

import re
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from button.models.embedded.unseen_wording import words_of
from button.models.embedded.world import the_world

Schema = Mapping[str, Any]

_QUOTED = re.compile(r"'([^'\"\n]{2,40})'|\"([^'\"\n]{2,40})\"")
_PLAIN = re.compile(r"[\w][\w .,:/@+-]*[\w]")
_EXAMPLES = re.compile(
    r"(?:e\.g\.,?|i\.e\.,?|for example,?|for instance,?|such as|like|example:?|options?:?|either)"
    r"\s+([^.;)]+)",
    re.IGNORECASE,
)
_KIND_OF_WORD = {
    "city": "city",
    "location": "city",
    "destination": "city",
    "origin": "city",
    "place": "city",
    "country": "country",
    "name": "person",
    "recipient": "person",
    "user": "person",
    "contact": "person",
    "email": "email",
    "phone": "phone",
    "address": "street_address",
    "time": "clock",
    "amount": "amount",
    "price": "amount",
    "budget": "amount",
    "date": "date",
    "language": "language",
    "author": "person",
    "artist": "person",
    "customer": "person",
}
_TEXTS = {
    "message": "I will be ten minutes late",
    "title": "Weekly review",
    "subject": "Plan for Monday",
    "description": "The screen stays dark after start",
    "content": "Notes from the meeting",
    "query": "solar panels for a small roof",
    "text": "The garden gate needs paint",
    "url": "https://www.example.com/guide",
    "path": "reports/summary.txt",
    "note": "Call back",
    "comment": "Thanks for the quick help",
    "reason": "A change of plans",
    "color": "blue",
    "currency": "USD",
    "unit": "metric",
    "genre": "jazz",
    "symbol": "NRTH",
    "category": "home",
    "username": "mkeller27",
    "password": "Larch-42-Wind",
    "status": "open",
    "type": "standard",
    "size": "medium",
    "product": "desk lamp",
}


PLACES = ("Northgate", "Riverside", "Lakeside", "Old Mill", "Central", "Hillcrest", "Westbrook")
"""First words of names for things of which nothing else is known."""
PLACES_OF_ANSWERS = ("Harbour", "Eastfield", "Kingsway", "Bellmoor", "Fairview", "Stonebridge")


def required_leaves(schema: Schema, prefix: str = "") -> Iterator[tuple[str, Schema]]:
    """(dotted path, schema) of every required leaf of an object schema."""
    for name in schema.get("required", ()):
        inner = schema.get("properties", {}).get(name, {})
        if inner.get("type") == "object" and inner.get("properties") and inner.get("required"):
            yield from required_leaves(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", inner


def without_references(schema: Any, definitions: Mapping[str, Any] | None = None) -> Any:
    """A schema with `#/$defs/X` replaced by what it names, as pydantic writes them."""
    if isinstance(schema, list):
        return [without_references(value, definitions) for value in schema]
    if not isinstance(schema, Mapping):
        return schema
    known = schema.get("$defs", {}) if definitions is None else definitions
    name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    if name in known:
        return without_references(known[name], known)
    return {
        key: without_references(value, known) for key, value in schema.items() if key != "$defs"
    }


def draw_value(schema: Schema, name: str, rng: Random, today: str, *, answer: bool = False) -> Any:
    """A value that fits `schema` for something called `name`.

    What a function answers (`answer`) is drawn from other ranges than what a person asks for, so
    that a value that is passed on is not one that was said anyway.
    """
    if schema.get("enum"):
        return rng.choice(schema["enum"])
    if "const" in schema:
        return schema["const"]
    for word in ("anyOf", "oneOf"):
        if schema.get(word):
            return draw_value(schema[word][0], name, rng, today, answer=answer)
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "boolean":
        return rng.random() < 0.5
    if kind in ("integer", "number"):
        return _number(schema, name, rng, answer)
    if kind == "array":
        return _array(schema, name, rng, today, answer)
    if kind == "object":
        return _object(schema, rng, today, answer)
    return None if kind == "null" else _text(schema, name, rng, today, answer)


def _object(schema: Schema, rng: Random, today: str, answer: bool) -> dict[str, Any]:
    properties = schema.get("properties", {})
    names = [n for n in properties if n in schema.get("required", ())]
    return {n: draw_value(properties[n], n, rng, today, answer=answer) for n in names}


def _array(schema: Schema, name: str, rng: Random, today: str, answer: bool) -> list[Any]:
    least = max(1, schema.get("minItems", 1))
    count = max(least, min(schema.get("maxItems", 2), 2))
    items: list[Any] = []
    for _ in range(count * 6):
        items_schema = schema.get("items", {"type": "string"})
        value = draw_value(items_schema, name, rng, today, answer=answer)
        if value not in items:
            items.append(value)
        if len(items) == count:
            break
    while len(items) < least:
        items.append(items[-1])
    return items


def _number(schema: Schema, name: str, rng: Random, answer: bool) -> int:
    words = set(words_of(name))
    low, high = (113, 989) if answer else (1, 12)
    if words & {"price", "amount", "budget", "salary", "principal", "cost"}:
        low, high = 50, 900
    elif words & {"year"}:
        low, high = 2015, 2025
    elif words & {"latitude", "lat"}:
        low, high = 35, 60
    elif words & {"age", "weight", "height", "distance", "length", "width", "speed"}:
        low, high = 20, 90
    low = max(low, int(schema.get("minimum", schema.get("exclusiveMinimum", low - 1) + 1)))
    high = min(high, int(schema.get("maximum", schema.get("exclusiveMaximum", high + 1) - 1)))
    if high < low:
        low = high = int(schema.get("minimum", schema.get("maximum", low)))
    step = int(schema.get("multipleOf", 1)) or 1
    return -(-rng.randint(low, high) // step) * step


def _text(schema: Schema, name: str, rng: Random, today: str, answer: bool) -> str:
    examples = [str(example) for example in schema.get("examples", ())]
    examples = examples or described_examples(str(schema.get("description", "")))
    if examples:
        return rng.choice(examples)
    if isinstance(schema.get("default"), str) and schema["default"]:
        return str(schema["default"])
    words = words_of(name)
    form = schema.get("format")
    kinds = the_world().kinds
    if form in ("date", "email"):
        return str(kinds[form].draw(rng, today))
    if form == "date-time":
        return f"{kinds['date'].draw(rng, today)}T{kinds['clock'].draw(rng, today)}:00Z"
    if words and words[-1] in ("id", "code", "number", "key", "token"):
        return f"{words[0][:2].upper()}{rng.randint(10000, 99999)}"
    for word in reversed(words):
        if word in _KIND_OF_WORD:
            return str(kinds[_KIND_OF_WORD[word]].draw(rng, today))
        if word in _TEXTS:
            return _TEXTS[word]
    minimum = int(schema.get("minLength", 0))
    places = PLACES_OF_ANSWERS if answer else PLACES
    return f"{rng.choice(places)} {words[-1] if words else 'choice'}".ljust(minimum, "x")


def described_examples(description: str) -> list[str]:
    """Example values that a description names: quoted ones after `such as`, `e.g.`, `like`..."""
    found: list[str] = []
    for match in _EXAMPLES.finditer(description):
        found += [single or double for single, double in _QUOTED.findall(match[1])]
    return [text for text in dict.fromkeys(found) if _PLAIN.fullmatch(text)]
