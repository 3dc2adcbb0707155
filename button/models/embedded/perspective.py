"""Whose words they are: a person's `my` as the assistant thinks and says it; text that links."""

import re
from collections.abc import Callable, Sequence
from itertools import count
from os.path import commonprefix

FIRST_PERSON = {
    "I'd": ("the user would", "they'd"),
    "I'll": ("the user will", "they'll"),
    "I've": ("the user has", "they've"),
    "I haven't": ("the user hasn't", "they haven't"),
    "I have": ("the user has", "they have"),
    "I need": ("the user needs", "they need"),
    "I expect": ("the user expects", "they expect"),
    "I go": ("the user goes", "they go"),
    "I take": ("the user takes", "they take"),
    "I want": ("the user wants", "they want"),
    "I like": ("the user likes", "they like"),
    "I pay": ("the user pays", "they pay"),
    "I": ("the user", "they"),
    "we": ("they", "they"),
    "me": ("the user", "them"),
    "us": ("the user", "them"),
    "my": ("the user's", "their"),
    "mine": ("the user's", "theirs"),
    "our": ("the user's", "their"),
}
"""A person's word for themselves -> what the assistant thinks, first and again."""
DEEDS = {
    "tell me about ": "look up ",
    "tell me ": "find out ",
    "let me know ": "find out ",
    "show me how to ": "look up how to ",
    "show me the way ": "find the way ",
    "show me ": "look up ",
    "give me ": "look up ",
    "name me ": "find ",
    "pick me ": "pick ",
    "get me ": "get ",
}
"""How a request begins -> what the assistant does about it."""
THIRD_PERSON = {
    "you'll": "the user will",
    "you've": "the user has",
    "you're": "the user is",
    "you'd": "the user would",
    "you have": "the user has",
    "you are": "the user is",
    "you (make|need|pay|get|save|keep|want)": r"the user \1s",
    "you": "the user",
}
"""What is said to a person -> what the assistant thinks of them."""
SECOND_PERSON = {"my": "your", "our": "your", "me": "you", "us": "you"}
_ALONE = r"(?<![\w.@-])({})(?![\w'@-]|\.\w)"
"""A word that stands alone, in no name or address."""
_FIRST_PERSON = re.compile(_ALONE.format("|".join(FIRST_PERSON)))
_SECOND_PERSON = re.compile(_ALONE.format("|".join(SECOND_PERSON)))
_YOU = re.compile(r"\b[Yy]ou(?:'\w+)?\b")
_THEIRS = {"y": "the user's", "Y": "The user's"}
_FIGURE = re.compile(r"[$\w+-]*\d(?:[\d.,:]*\d)?(?: [ap]m)?")
_QUOTED = re.compile(r'("[^"]*")')
_VERBS = frozenset(
    "is was has had gets costs takes goes comes starts ends opens closes offers charges affects "
    "went now will can expects pays rose grew".split()
)
_NAMING = re.compile(
    r"The [\w ]*(?:company|pharmacy|gym|clinic|workshop|restaurant|hotel|software) is ([^,.:]+)\.?$"
)
_NAMED = re.compile(r"^(?:The [A-Z]|[A-Z][a-z]+ [A-Z]{1,2}-?\d)")


def as_a_deed(text: str) -> str:
    """A request as something to do: `find out whether ...` for `tell me whether ...`."""
    for asked, done in DEEDS.items():
        if text.lower().startswith(asked):
            return f"{done}{text[len(asked) :]}"
    return text


def of_the_user(text: str) -> str:
    """A request as the assistant thinks of it: `remind me` is `remind the user`."""
    text = as_a_deed(text)
    turns = count()
    return _unquoted(
        text,
        lambda part: _FIRST_PERSON.sub(
            lambda match: FIRST_PERSON[match[1]][min(next(turns), 1)], part
        ),
    )


def to_the_user(text: str) -> str:
    """A told sentence with the person's own words turned: `your phone` for `my phone`."""
    return _unquoted(
        text, lambda part: _SECOND_PERSON.sub(lambda match: SECOND_PERSON[match[1]], part)
    )


def addresses(text: str) -> bool:
    """Whether a told sentence says `you` to somebody."""
    return bool(_YOU.search(text))


def about_the_user(text: str) -> str:
    """A told sentence as the assistant thinks it: `the user's phone` for `your phone`."""
    return _unquoted(text, _of_the_third_person)


def _of_the_third_person(text: str) -> str:
    text = re.sub(r"\b([Yy])our\b", lambda match: _THEIRS[match[1]], text)
    for said, thought in THIRD_PERSON.items():
        text = re.sub(rf"\b{said}\b", thought, re.sub(rf"\bY{said[1:]}\b", f"T{thought[1:]}", text))
    return text


def _unquoted(text: str, change: Callable[[str], str]) -> str:
    parts = _QUOTED.split(text)
    return "".join(part if part.startswith('"') else change(part) for part in parts)


def linked(texts: Sequence[str]) -> list[str]:
    """Texts without repetition; a thing that was the subject before is `it`."""
    found: list[str] = []
    for text in texts:
        if text not in found:
            found.append(_with_pronoun(found[-1], text) if found else text)
    return found


def figures_of(text: str) -> set[str]:
    """The numbers, sums and codes in a text."""
    return set(_FIGURE.findall(text))


def without_repeats(texts: Sequence[str]) -> list[str]:
    """Texts about one result, without those whose figures another one has told."""
    found: list[str] = []
    for text in texts:
        figures = figures_of(text)
        if not figures or not figures <= figures_of(" ".join(found)):
            found.append(text)
    return found


def _with_pronoun(before: str, text: str) -> str:
    naming = _NAMING.match(before)
    if naming is not None:
        name = f"{naming[1][:1].upper()}{naming[1][1:]}"
        rest = text.removeprefix(f"{name} ")
        return f"It {rest}" if rest != text and rest.split()[0] in _VERBS else text
    words, earlier = text.split(), before.split()
    same = len(commonprefix([words, earlier]))
    if same < 2 or same >= min(len(words), len(earlier)) or not _NAMED.match(text):
        return text
    both_verbs = {words[same], earlier[same]} <= _VERBS
    return f"It {' '.join(words[same:])}" if both_verbs and ". " not in before else text
