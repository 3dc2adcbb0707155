"""Words for functions the world does not know: from names and descriptions alone."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

BASE_VERBS = frozenset(
    """
    add analyze apply arrange assign book buy calculate cancel change check close collect
    compare compute convert copy count create delete deliver detect determine display
    download edit estimate evaluate execute extract fetch fill filter find follow format
    generate get give identify initiate insert install invoke list load locate log look
    make manage mark measure modify monitor move name open order organize pause perform
    place plan play post predict prepare process provide purchase query rate read record
    register remove rename rent repeat request reserve reset resolve resume retrieve
    return review run save schedule search select send set share show shut simulate solve
    sort start stop store submit subscribe summarize switch take tell trace track transfer
    translate turn update upload use validate verify view withdraw write
    """.split()
)
ACTION_VERBS = frozenset(
    """
    add apply arrange assign book buy cancel change close copy create delete deliver edit
    execute fill initiate insert install invoke mark modify move open order pause place
    play post prepare process purchase record register remove rename rent request reserve
    reset resume run save schedule send set share shut start stop store submit subscribe
    switch transfer turn update upload write
    """.split()
)
_LEAD = re.compile(
    r"^(this (function|tool|api|method|endpoint) "
    r"(can be used to |is used to |will |helps (to |you )?)?"
    r"|function (to|that|for) |an? (function|tool|api) (to|that|for) |used to "
    r"|allows? (you|users?) to )",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"[.;:(\[]|, | based on | using | given | by | which | that | so | where | when | if "
    r"| according| with the option | including | such as | from the provided | for the provided ",
)
_DOUBLING = frozenset({"get", "set", "stop", "plan", "shut", "run", "submit", "log"})
_DANGLING = frozenset(
    "the a an in of for to with two given and or on at from between by into over".split()
)
MAX_IMPERATIVE_WORDS = 9


def words_of(name: str) -> list[str]:
    """`getDrink_id` as [get, drink, id]."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    return [word.lower() for word in re.split(r"[^A-Za-z0-9]+", spaced) if word]


def label_of(path: str) -> str:
    """A parameter path in words: `passenger.first_name` is `passenger first name`."""
    return " ".join(word for step in path.split(".") for word in words_of(step))


def imperative(function: Mapping[str, Any]) -> str:
    """What the function does as a bare infinitive, such as `change the drink order`."""
    return _imperative(str(function["name"]), str(function.get("description", "")))


@lru_cache(maxsize=4096)
def _imperative(name: str, description: str) -> str:
    text = _LEAD.sub("", description.strip())
    text = _CUT.split(text, maxsplit=1)[0].strip()
    words = _shortened(text.split())
    while words and words[-1].lower() in _DANGLING:
        words.pop()
    verb = _base_verb(words[0]) if words else None
    if verb and 2 <= len(words) <= MAX_IMPERATIVE_WORDS and name not in words:
        return " ".join([verb, *words[1:]]).replace('"', "").replace("'", "")
    verb, nouns = _verb_and_nouns(name)
    return f"{verb or 'look up'} the {' '.join(nouns) or 'details'}"


def _shortened(words: list[str]) -> list[str]:
    """The words up to a preposition where there are too many."""
    if len(words) <= MAX_IMPERATIVE_WORDS:
        return words
    for index, word in enumerate(words[:MAX_IMPERATIVE_WORDS]):
        if index > 2 and word.lower() in _DANGLING - {"the", "a", "an", "of"}:
            return words[:index]
    return words


def _verb_and_nouns(name: str) -> tuple[str | None, list[str]]:
    """`Flights_4_SearchOnewayFlight` as (search, [oneway, flight])."""
    words = [word for word in words_of(name.rsplit(".", 1)[-1]) if not word.isdigit()]
    for index, word in enumerate(words):
        if word in BASE_VERBS and index + 1 < len(words):
            return word, words[index + 1 :]
    return None, words


def _base_verb(word: str) -> str | None:
    lowered = word.lower().strip("'\"")
    if lowered in BASE_VERBS:
        return lowered
    for ending, base in (("ies", "y"), ("es", "e"), ("es", ""), ("s", "")):
        if lowered.endswith(ending) and lowered.removesuffix(ending) + base in BASE_VERBS:
            return lowered.removesuffix(ending) + base
    return None


def gerund(verb: str) -> str:
    """`make` as `making`."""
    if verb in _DOUBLING:
        return f"{verb}{verb[-1]}ing"
    if verb.endswith("e") and not verb.endswith("ee"):
        return f"{verb[:-1]}ing"
    return f"{verb}ing"


def scenario_of(function: Mapping[str, Any]) -> str:
    """A scenario phrase for a function: `changing the drink order`."""
    verb, *rest = imperative(function).split()
    words = [re.sub(r"\d+", "", word) for word in [gerund(verb), *rest]]
    return " ".join(word for word in words if word)[:120].strip()


def is_action(function: Mapping[str, Any]) -> bool:
    """Whether the function changes something rather than looks something up."""
    return imperative(function).split()[0] in ACTION_VERBS


def noun_of(function: Mapping[str, Any]) -> str:
    """A field name for what the function gives: its name without the verb."""
    return "_".join(_verb_and_nouns(str(function["name"]))[1]) or "result"
