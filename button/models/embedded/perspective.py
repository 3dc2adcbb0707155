"""Whose words they are: a person's `my` as the assistant thinks and says it."""

import re
from collections.abc import Callable
from itertools import count

FIRST_PERSON = {
    "I'd": ("the user would", "they'd"),
    "I'll": ("the user will", "they'll"),
    "I've": ("the user has", "they've"),
    "I haven't": ("the user hasn't", "they haven't"),
    "I have": ("the user has", "they have"),
    "I'm": ("the user is", "they're"),
    "I am": ("the user is", "they are"),
    "I was": ("the user was", "they were"),
    "I go": ("the user goes", "they go"),
    **{
        f"I {verb}": (f"the user {verb}s", f"they {verb}")
        for verb in "need expect take want like pay own get use leave live work drive".split()
    },
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
VERBS = "make|need|pay|get|save|keep|want|expect|like|start|meet|leave|arrive|travel|take"
THIRD_PERSON = {
    "yours": "the user's",
    "you'll": "the user will",
    "you've": "the user has",
    "you're": "the user is",
    "you'd": "the user would",
    "you have": "the user has",
    "you are": "the user is",
    f"you ({VERBS})": r"the user \1s",
    "you": "the user",
}
"""What is said to a person -> what the assistant thinks of them."""
SECOND_PERSON = {"my": "your", "our": "your", "me": "you", "us": "you"}
_ALONE = r"(?<![\w.@-])({})(?![\w'@-]|\.\w)"
"""A word that stands alone, in no name or address."""
_FIRST_PERSON = re.compile(_ALONE.format("|".join(FIRST_PERSON)))
_SECOND_PERSON = re.compile(_ALONE.format("|".join(SECOND_PERSON)))
_YOU = re.compile(r"\b[Yy]ou(?:'\w+|rs)?\b|\b[Pp]lease\b")
_THIRD_PERSON = [
    (re.compile(rf"(?<![\w-]){said}(?![\w-])"), thought)
    for small, them in THIRD_PERSON.items()
    for said, thought in ((f"Y{small[1:]}", f"T{them[1:]}"), (small, them))
]
_ASKED_OF_YOU = re.compile(r"(?:^| )Please [^.]*\.")
_THEIRS = {"y": "the user's", "Y": "The user's"}
_QUOTED = re.compile(r'("[^"]*")')


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
    """Whether a told sentence says `you` or `please` to somebody."""
    return bool(_YOU.search(text))


def about_the_user(text: str) -> str:
    """A told text as the assistant thinks it: `the user's phone` for `your phone`."""
    return _unquoted(_ASKED_OF_YOU.sub("", text) or text, _of_the_third_person)


def _of_the_third_person(text: str) -> str:
    text = re.sub(r"\b([Yy])our\b", lambda match: _THEIRS[match[1]], text)
    for said, thought in _THIRD_PERSON:
        text = said.sub(thought, text)
    return text


def _unquoted(text: str, change: Callable[[str], str]) -> str:
    parts = _QUOTED.split(text)
    return "".join(part if part.startswith('"') else change(part) for part in parts)
