"""What a conversation's tools have asserted, and whether a new result contradicts it.

Two rules. The same call gives the same result. The same entity keeps the value of a field. Both end
where a call in between (or the new call itself) changes the world. The second rule rather misses a
contradiction than raises a false alarm: a price that depends on the dates asked for, or a list row
that merely names the customer it belongs to, is no contradiction.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import TypedDict

from button.canonical import canonical_json
from tools.entities import Entity, Value, entities_in, words

MAX_SHOWN = 80

CHANGING = frozenset(
    ("accept", "activate", "add", "adjust", "apply", "approve", "archive", "assign", "authorize",
     "block", "book", "borrow", "buy", "cancel", "change", "charge", "checkout", "clear", "close",
     "complete", "confirm", "connect", "create", "deactivate", "decline", "delete", "deposit",
     "disable", "disconnect", "dispatch", "donate", "edit", "enable", "enroll", "exchange", "file",
     "fill", "finish", "follow", "grant", "insert", "install", "invite", "issue", "join", "launch",
     "leave", "like", "lock", "log", "login", "logout", "make", "mark", "merge", "modify", "move",
     "open", "order", "pause", "pay", "place", "play", "post", "process", "publish", "purchase",
     "put", "record", "redeem", "register", "reject", "release", "remove", "rename", "renew",
     "rent", "replace", "reply", "report", "request", "reschedule", "reserve", "reset", "resolve",
     "restart", "resume", "return", "revoke", "run", "save", "schedule", "sell", "send", "set",
     "share", "ship", "sign", "start", "stop", "submit", "subscribe", "swap", "switch", "toggle",
     "trade", "transfer", "turn", "unfollow", "unlock", "unsubscribe", "update", "upgrade",
     "upload", "withdraw", "write")
)  # fmt: skip
"""Verbs whose calls may change what is true afterwards."""
READING = frozenset(
    ("calculate", "check", "compare", "compute", "convert", "count", "describe", "estimate",
     "fetch", "find", "get", "is", "list", "locate", "look", "lookup", "query", "read",
     "recommend", "retrieve", "search", "show", "suggest", "track", "translate", "validate",
     "verify", "view")
)  # fmt: skip
"""Verbs whose calls change nothing, whatever follows: `get_order`, `check_open_hours`."""
VARYING = frozenset(("draw", "flip", "generate", "random", "randomize", "roll", "shuffle"))
"""Words of functions that are meant to answer differently each time."""
ASKED_FOR = frozenset(
    ("age", "class", "currency", "date", "datetime", "day", "days", "destination", "end", "from",
     "guests", "hour", "language", "locale", "month", "nights", "origin", "period", "quantity",
     "start", "time", "timezone", "to", "unit", "units", "week", "year")
)  # fmt: skip
"""Words of arguments on which the value of a field may well depend."""


class Fact(TypedDict):
    """One call that was answered."""

    name: str
    arguments: dict[str, Any]
    result: Any


def contradictions(
    facts: Sequence[Fact], name: str, arguments: Mapping[str, Any], result: Any
) -> list[str]:
    """Where `result`, given to this call, contradicts the earlier `facts`; one line each."""
    new: Fact = {"name": name, "arguments": dict(arguments), "result": result}
    if _changes(name):
        return []
    lines: list[str] = []
    new_entities = entities_in(name, result)
    for fact in reversed(_since_last_change(facts)):
        if _same_call(fact, new):
            if not _varies(name) and not _equal_json(fact["result"], result):
                lines.append(
                    f"{name} was called before with the same arguments and returned "
                    f"{_shown(fact['result'])}, now {_shown(result)}"
                )
        elif not _asked_otherwise(fact, new):
            lines += _entity_lines(fact, new, new_entities)
    return list(dict.fromkeys(lines))


def _since_last_change(facts: Sequence[Fact]) -> Sequence[Fact]:
    """The facts that still hold: those of the last changing call, and everything after it."""
    changes = [index for index, fact in enumerate(facts) if _changes(fact["name"])]
    return facts[changes[-1] :] if changes else facts


def _changes(name: str) -> bool:
    # The verb opens the name, or follows a word that says where: `calendar_create_event`.
    first, second = (*words(name), "", "")[:2]
    return first in CHANGING or (first not in READING and second in CHANGING)


def _varies(name: str) -> bool:
    return bool(VARYING & set(words(name)))


def _same_call(fact: Fact, new: Fact) -> bool:
    return fact["name"] == new["name"] and _equal_json(fact["arguments"], new["arguments"])


def _equal_json(one: Any, other: Any) -> bool:
    return canonical_json(_plain(one)) == canonical_json(_plain(other))


def _plain(value: Any) -> Any:
    """Numbers in one form: 1 and 1.0 are the same JSON number."""
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _asked_otherwise(fact: Fact, new: Fact) -> bool:
    """Whether the two calls asked in a way that may explain different values."""
    old, now = _context(fact), _context(new)
    if fact["name"] == new["name"]:
        return old != now
    if any(key in now and now[key] != value for key, value in old.items()):
        return True
    one_sided = {key for key in {*old, *now} if old.get(key) != now.get(key)}
    return any(ASKED_FOR & set(words(key)) for key in one_sided)


def _context(fact: Fact) -> dict[str, str]:
    """The arguments other than those that merely name which entity is meant."""
    identities = {
        value for entity in entities_in(fact["name"], fact["result"]) for value in entity.id_values
    }
    return {
        key: canonical_json(value)
        for key, value in fact["arguments"].items()
        if not (isinstance(value, str | int) and value in identities)
    }


def _entity_lines(fact: Fact, new: Fact, new_entities: Sequence[Entity]) -> list[str]:
    old_entities = {entity.key: entity for entity in entities_in(fact["name"], fact["result"])}
    lines = []
    for entity in new_entities:
        old = old_entities.get(entity.key)
        if old is None:
            continue
        same_function = fact["name"] == new["name"]
        shared = old.comparable(same_function) & entity.comparable(same_function)
        for field in sorted(shared):
            before, now = old.fields[field], entity.fields[field]
            if _differ(before, now):
                lines.append(
                    f"{entity.label} has {field} {_shown(now)}, but {fact['name']} returned "
                    f"{field} {_shown(before)} for it"
                )
    return lines


def _differ(before: Value, now: Value) -> bool:
    """Whether two values exclude each other; an unknown (null) excludes nothing."""
    if isinstance(before, bool) or isinstance(now, bool):
        return isinstance(before, bool) and isinstance(now, bool) and before != now
    if isinstance(before, str) and isinstance(now, str):
        return " ".join(before.split()).casefold() != " ".join(now.split()).casefold()
    if isinstance(before, int | float) and isinstance(now, int | float):
        return before != now
    return False


def _shown(value: Any) -> str:
    text = canonical_json(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."
