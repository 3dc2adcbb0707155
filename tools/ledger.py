"""What a conversation's tools have asserted, and whether a new result contradicts it.

Two rules. The same call gives the same result. The same entity keeps the value of a field. Both end
where a call in between (or the new call itself) changes the world. The second rule rather misses a
contradiction than raises a false alarm: a price that depends on the dates asked for, or a list row
that merely names the customer it belongs to, is no contradiction.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

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
    if _changes(name):
        return []
    new = _read({"name": name, "arguments": dict(arguments), "result": result})
    lines: list[str] = []
    for fact in reversed(_since_last_change(facts)):
        old = _read(fact)
        if old.name == name and old.arguments == new.arguments:
            if not _varies(name) and not _equal_json(old.result, result):
                lines.append(
                    f"{name} was called before with the same arguments and returned "
                    f"{_shown(old.result)}, now {_shown(result)}"
                )
        elif not _asked_otherwise(old, new):
            lines += _entity_lines(old, new)
    return list(dict.fromkeys(lines))


def known_result(facts: Sequence[Fact], name: str, arguments: Mapping[str, Any]) -> Fact | None:
    """The fact that the same call gave before, where it must give the same again."""
    if _changes(name) or _varies(name):
        return None
    asked = canonical_json(_plain(dict(arguments)))
    for fact in _since_last_change(facts):
        if fact["name"] == name and canonical_json(_plain(fact["arguments"])) == asked:
            return fact
    return None


class _Answered(NamedTuple):
    """A fact as it is compared."""

    name: str
    arguments: str
    result: Any
    entities: dict[tuple[str, ...], Entity]
    context: dict[str, str]
    """The arguments other than those that merely name which entity is meant."""


def _read(fact: Fact) -> _Answered:
    found = entities_in(fact["name"], fact["result"])
    identities = {value for entity in found for value in entity.id_values}
    context = {
        key: canonical_json(_plain(value))
        for key, value in fact["arguments"].items()
        if not (isinstance(value, str | int) and value in identities)
    }
    arguments = canonical_json(_plain(fact["arguments"]))
    by_key = {entity.key: entity for entity in found}
    return _Answered(fact["name"], arguments, fact["result"], by_key, context)


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


def _equal_json(one: Any, other: Any) -> bool:
    return canonical_json(_plain(one)) == canonical_json(_plain(other))


def _plain(value: Any) -> Any:
    """Numbers in one form: 1 and 1.0 are the same JSON number."""
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _asked_otherwise(old: _Answered, new: _Answered) -> bool:
    """Whether the two calls asked in a way that may explain different values."""
    if old.name == new.name:
        return old.context != new.context
    both = old.context.keys() & new.context.keys()
    if any(old.context[key] != new.context[key] for key in both):
        return True
    one_sided = old.context.keys() ^ new.context.keys()
    return any(ASKED_FOR & set(words(key)) for key in one_sided)


def _entity_lines(old: _Answered, new: _Answered) -> Iterator[str]:
    same_function = old.name == new.name
    for key, entity in new.entities.items():
        earlier = old.entities.get(key)
        if earlier is None:
            continue
        shared = earlier.comparable(same_function) & entity.comparable(same_function)
        for field in sorted(shared):
            before, now = earlier.fields[field], entity.fields[field]
            if _differ(before, now):
                yield (
                    f"{entity.label} has {field} {_shown(now)}, but {old.name} returned "
                    f"{field} {_shown(before)} for it"
                )


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
