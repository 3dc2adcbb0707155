"""How people speak of what they have just named: `there`, `on that day`, a first name."""

import re
from collections.abc import Callable, Collection

from button.models.embedded.kinds import DateKind
from button.models.embedded.naming import is_place, names_in, said_values
from button.models.embedded.plan import Plan
from button.models.embedded.said_again import said_again

_PREPOSITION = r"\b(from|to|near|around|by|between|close to|nearest to)"
_PLACE = re.compile(
    rf"(?:{_PREPOSITION}|\b(at)(?! the address of the (?:next meetup|(?:\S+ ){0, 2}sitter)))"
    r" the address of\b"
)
_HOME = re.compile(rf"{_PREPOSITION} (my [\w-]+(?: [\w-]+)?'s) home address\b")
"""Where people name a place rather than its address."""
_EMAILED = re.compile(
    r"\b([Ee]mail) (an? (?:(?! and | then |[.?!;]).)+?) to "
    r"([A-Z][\w-]+(?: [A-Z][\w'-]+)?)'s email address"
)
"""`email Ana an invitation` is how people say what goes to her email address."""
_OWNER = (
    r"[Tt]he (?!rest |back |end |start |beginning )"
    r"((?:(?!on |for |at |in |from |to |with |can |come |out )[\w'-]+ ){1,4}?)of "
)

_OWNED = re.compile(rf"\b{_OWNER}([A-Z][\w'-]* [A-Z][\w'-]*)(?![\w'-])(?!'|[ ,]*(?:and|or) [A-Z])")
_CONTACT = re.compile(
    r"\bthe contact details of (my [a-z-]+(?: [a-z-]+)?)(?=[,.?!]|$| and | for | in | to )"
)


def with_short_mentions(text: str, plan: Plan, say_day: Callable[[str], str]) -> str:
    """`text` as people put it: places for their addresses, owners first, no name in full twice.

    `say_day` writes an ISO date as the text has it.
    """
    text = _PLACE.sub(lambda match: match[1] or match[2], text)
    text = _HOME.sub(r"\1 \2 place", text)
    days, cities, places, names = set(), set(), set(), names_in(plan)
    for kind, value in said_values(plan):
        if isinstance(kind, DateKind):
            days.add(say_day(value))
        elif kind.name.endswith(("city", "country")):
            cities.add(value)
        elif is_place(kind):
            places.add(value)
    if len(days) == 1:
        text = _after_the_first(text, days.pop(), r"\b(on|for) ", r"\1 that day")
    if len(cities or places) == 1:
        place = (cities or places).pop()
        text = _after_the_first(text, place, r"(\b[a-z0-9]\S* )(?:in|at) ", r"\1there")
        text = _after_the_first(text, place, r"\bfrom ", "from there")
        text = re.sub(r"\bthere (are|is) there\b", r"there \1", text)
    text = with_owners(text, names)
    for name in sorted(names):
        text = _with_first_name(text, name, names)
    text = _EMAILED.sub(r"\1 \3 \2", text)
    return said_again(text, plan)


def with_owners(text: str, names: Collection[str]) -> str:
    """`Ana Costa's flight bookings` for `the flight bookings of Ana Costa`."""
    if " of " not in text:
        return text
    text = _OWNED.sub(
        lambda owned: f"{owned[2]}'s {owned[1].strip()}" if owned[2] in names else owned[0], text
    )
    return _CONTACT.sub(r"\1's contact details", text)


def _after_the_first(text: str, words: str, before: str, short: str) -> str:
    if text.count(words) < 2:
        return text
    start = text.find(words) + len(words)
    pattern = rf"{before}{re.escape(words)}\b(?!, \d)"
    return text[:start] + re.sub(pattern, short, text[start:])


def _with_first_name(text: str, name: str, names: set[str]) -> str:
    first = name.split(" ")[0]
    if sum(each.startswith(f"{first} ") for each in names) > 1:
        return text
    if text.count(name) < 2:
        return text
    start = text.find(name) + len(name)
    rest = re.sub(
        rf"\b{_OWNER}{re.escape(name)}\b",
        lambda match: f"{first}'s {match[1].strip()}",
        text[start:],
    )
    return text[:start] + re.sub(rf"\b{re.escape(name)}\b", first, rest)
