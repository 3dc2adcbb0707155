"""What people call a thing that they have just named in full: `that restaurant`, `for it`."""

import re
from collections import Counter

from button.models.embedded.kinds import Kind, ListedKind
from button.models.embedded.naming import names_in, said_values
from button.models.embedded.plan import Plan

FEWEST_WORDS = 3
"""A shorter noun phrase is said again as it stands."""
_DAY = r"from (?:the \d+\w\w of \w+|\w+day, \w+ \d+|[A-Z]\w+ \d+(?:st|nd|rd|th)?)"
_NIGHTS = re.compile(rf"for \w+ nights {_DAY}|{_DAY} for \w+ nights")
_MY = re.compile(r"\b(my [a-z-]+(?: [a-z-]+)?)'s\b")
_TAIL = re.compile(
    r" (?:of|for|in|that|with|at|on|from|to|who|which|by|closest|nearest|farthest|due|free) .*$"
)
"""What stands behind the noun of a noun phrase."""
OWNED_KINDS = ("book", "film", "product")
HERS = frozenset("sister mother aunt niece grandmother daughter wife mom sister-in-law".split())
HIS = frozenset("brother father uncle nephew grandfather son husband dad brother-in-law".split())


def said_again(text: str, plan: Plan) -> str:
    """A message with each later mention of what it has named in full made short."""
    text = _with_those_nights(text)
    text = _with_it(text, plan)
    text = _with_it_in_hand(text, plan)
    text = _with_their(text, plan)
    text = _with_that_of(text, plan)
    return _with_that(text, plan)


def _later(text: str, words: str, short: str) -> str:
    """`short` for each mention of `words` but the first."""
    head, found, rest = text.partition(words)
    return head + found + re.sub(rf"\b{re.escape(words)}(?![\w'])", short, rest)


def _with_those_nights(text: str) -> str:
    """`for those nights` for a stay that was given before, whichever way around it was put."""
    first: set[frozenset[str]] = set()

    def short(stay: re.Match[str]) -> str:
        words = frozenset(stay[0].split())
        if words in first:
            return "for those nights"
        first.add(words)
        return stay[0]

    return _NIGHTS.sub(short, text)


def _with_it(text: str, plan: Plan) -> str:
    """`for it` where what something is for was said before."""
    purposes = {
        kind.say(value, plan.today)
        for kind, value in said_values(plan)
        if isinstance(kind, ListedKind)
    }
    purposes = {each for each in purposes if re.match(r"an? ", each)}
    if len(purposes) == 1:
        text = _later(text, f"for {purposes.pop()}", "for it")
    return text


def _with_it_in_hand(text: str, plan: Plan) -> str:
    """`have it sent` for a book that was named before."""
    owned = {value for kind, value in said_values(plan) if kind.name.endswith(OWNED_KINDS)}
    if len(owned) != 1:
        return text
    name = owned.pop()
    head, found, rest = text.partition(name)
    return head + found + re.sub(rf"\b(get|have|reserve|borrow) {re.escape(name)}", r"\1 it", rest)


def _with_their(text: str, plan: Plan) -> str:
    """`their cell phone` for a person of one's own who is the only one spoken of."""
    owners = set(_MY.findall(text))
    if len(owners) != 1 or names_in(plan):
        return text
    owner = owners.pop()
    last = owner.split()[-1]
    pronoun = "her" if last in HERS else "his" if last in HIS else "their"
    return _later(text, f"{owner}'s", pronoun)


def _with_that_of(text: str, plan: Plan) -> str:
    """`that railcard` for `Clara's railcard`, once it was said whose it is."""
    names = names_in(plan)
    if len(names) != 1:
        return text
    name = names.pop()
    owner = rf"(?:{re.escape(name)}|{re.escape(name.split()[0])})"
    for thing in _things_of(name, plan):
        named = rf"{owner}'s {thing}\b|\bwhich {thing} {owner} has\b"
        first = re.search(named, text)
        if first is not None:
            rest = re.sub(rf"\b{owner}'s {thing}\b", f"that {thing}", text[first.end() :])
            text = text[: first.end()] + rest
    return text


def _things_of(name: str, plan: Plan) -> set[str]:
    """Nouns of what later steps use of a person: `railcard` for `Clara Costa's railcard`."""
    said = (words for step in plan.steps for words in step.references.values())
    owned = (re.fullmatch(rf"{re.escape(name)}'s ([a-z-]+)", words) for words in said)
    return {match[1] for match in owned if match and not match[1].endswith("s")}


def _with_that(text: str, plan: Plan) -> str:
    """`that restaurant` for `the best-rated restaurant`, said again."""
    phrases = {words for step in plan.steps for words in step.references.values()}
    phrases |= {kind.say(value, plan.today) for kind, value in said_values(plan) if _is_long(kind)}
    heads = Counter(map(_head_of, phrases))
    for phrase in sorted(phrases):
        head = _head_of(phrase)
        if head and heads[head] == 1 and text.count(phrase) > 1:
            plural = head.endswith("s") and not head.endswith("ss")
            text = _later(text, phrase, f"{'those' if plural else 'that'} {head}")
    return text.replace(" that that ", " that the ")


def _is_long(kind: Kind) -> bool:
    """Whether a value is said with many words: `the car with the license plate AB-123`."""
    return len(kind.spec.say.split()) >= FEWEST_WORDS + 2


def _head_of(phrase: str) -> str:
    """The noun of a noun phrase; none of one that is short or owned by somebody."""
    words = phrase.split()
    if len(words) < FEWEST_WORDS or words[0] != "the" or "'" in phrase:
        return ""
    return _TAIL.sub("", phrase).split()[-1]
