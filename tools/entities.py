"""Entities in a tool's result: objects that carry an identity, and what is said about them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

Value = str | int | float | bool | None

IDENTIFYING = ("id", "number", "code", "reference")
NOT_IDENTIFYING = frozenset(
    ("area", "color", "country", "currency", "dial", "discount", "error", "fax", "floor", "gate",
     "house", "http", "language", "mobile", "page", "phone", "platform", "position", "postal",
     "postcode", "promo", "quantity", "response", "room", "row", "seat", "state", "status",
     "step", "street", "telephone", "time", "total", "version", "zip")
)  # fmt: skip
"""`phone_number` and `zip_code` are said about an entity; they do not say which one it is."""
RELATIVE = frozenset(
    ("distance", "index", "match", "position", "rank", "relevance", "score", "similarity",
     "timestamp", "updated", "message", "note", "notes", "summary", "description", "text",
     "details", "comment", "remaining", "matched", "requested", "generated", "checked")
)  # fmt: skip
"""Words of fields that say something about the call, or say it in free words."""
PLAIN = frozenset(
    ("by", "code", "data", "detail", "id", "info", "information", "number", "profile", "record",
     "reference", "result", "status")
)  # fmt: skip
"""Words that leave it open of what: `get_order_details` answers with an order."""
GENERIC = frozenset(
    ("amount", "available", "cost", "count", "currency", "date", "duration", "found", "kind",
     "label", "level", "name", "quantity", "rate", "result", "status", "success", "time", "title",
     "total", "type", "unit", "units", "valid", "value")
)  # fmt: skip
"""Fields that, beside an echoed id, may be about anything: the tax or the refund of an order."""
TEMPORAL = frozenset(
    ("arrival", "at", "date", "day", "departure", "end", "from", "on", "start", "time", "until",
     "year")
)  # fmt: skip
"""Words of fields that vary between occurrences of one entity."""


class Entity(NamedTuple):
    """One identified object of a result."""

    key: tuple[str, ...]
    """What it is and which one."""
    label: str
    id_values: tuple[str | int, ...]
    fields: dict[str, Value]
    about_itself: bool
    """Whether the object is the entity (a row of `orders`, the answer of `get_order`) rather than
    something that refers to it."""
    inside_another: bool
    """Whether it is part of another entity: a flight of a reservation, at that one's price."""

    def comparable(self, same_function: bool) -> set[str]:
        """Fields whose value should be the same wherever the entity is described."""
        named = {field for field in self.fields if not RELATIVE & set(words(field))}
        if self.inside_another:
            return {field for field in named - GENERIC if self._is_lasting(field)}
        return named if same_function or self.about_itself else named - GENERIC

    def _is_lasting(self, field: str) -> bool:
        return isinstance(self.fields[field], str) and not TEMPORAL & set(words(field))


def entities_in(function: str, result: Any) -> list[Entity]:
    """The entities of a result, without those that it describes in two ways itself."""
    found: dict[tuple[str, ...], Entity] = {}
    ambiguous: set[tuple[str, ...]] = set()
    for parent, inside, obj in _objects(result, None, inside=False):
        entity = _entity(function, parent, obj, inside=inside)
        if entity is None:
            continue
        earlier = found.setdefault(entity.key, entity)
        if any(earlier.fields.get(k, v) != v for k, v in entity.fields.items()):
            ambiguous.add(entity.key)
    return [entity for key, entity in found.items() if key not in ambiguous]


@lru_cache(maxsize=8_192)
def words(name: str) -> tuple[str, ...]:
    """The lower-case words of a name: `getOrderById` and `get_order-by.id` alike."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    return tuple(word.lower() for word in re.split(r"[^A-Za-z0-9]+", spaced) if word)


def _objects(
    value: Any, parent: str | None, *, inside: bool
) -> Iterator[tuple[str | None, bool, dict[str, Any]]]:
    """(key that leads to it, whether it is part of an identified object, object)."""
    if isinstance(value, dict):
        yield parent, inside, value
        inside = inside or any(_is_identity(key, member) for key, member in value.items())
        for key, member in value.items():
            yield from _objects(member, key, inside=inside)
    elif isinstance(value, list):
        for member in value:
            yield from _objects(member, parent, inside=inside)


def _entity(
    function: str, parent: str | None, obj: dict[str, Any], *, inside: bool
) -> Entity | None:
    ids = {key: value for key, value in obj.items() if _is_identity(key, value)}
    if not ids:
        return None
    named = words(parent) if parent is not None else words(function)[1:]
    topic = next((w for w in map(_singular, reversed(named)) if w not in PLAIN), "")
    primary = _primary(ids, topic)
    identity = {primary: ids[primary]} if primary else ids
    stems = {key: _stem(key) for key in identity}
    scope = "" if all(stems.values()) else topic
    key = (scope, *sorted(f"{name}={value!r}" for name, value in identity.items()))
    fields = {
        name: value
        for name, value in obj.items()
        if name not in ids and (value is None or isinstance(value, str | int | float | bool))
    }
    label = ", ".join(f"{name} {value!r}" for name, value in identity.items())
    return Entity(key, label, tuple(identity.values()), fields, primary is not None, inside)


def _primary(ids: dict[str, Any], topic: str) -> str | None:
    """The one key that says which entity the object is, where that is clear."""
    if "id" in ids:
        return "id"
    about = [key for key in ids if _stem(key) and _stem(key) == topic]
    return about[0] if len(about) == 1 else None


def _is_identity(key: str, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return False
    parts = words(key)
    if not parts or parts[-1] not in IDENTIFYING:
        return False
    if len(parts) == 1:
        return parts[0] in ("id", "reference")
    return not NOT_IDENTIFYING & set(parts)


def _stem(key: str) -> str:
    """What the key identifies: `flight` of `flight_number`, "" of `id` and `reference`."""
    parts = words(key)
    return _singular(parts[-2]) if len(parts) > 1 else ""


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        return word[:-1]
    return word
