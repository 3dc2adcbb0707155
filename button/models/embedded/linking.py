"""Text that links: nothing told twice; a subject that was just named is `it` or a first name."""

import re
from collections.abc import Collection, Sequence
from os.path import commonprefix

_FIGURE = re.compile(r"[$\w+-]*\d(?:[\d.,:]*\d)?(?: [ap]m)?|\b(?:noon|midnight)\b")
_SENTENCE_END = re.compile(r"(?<=[.!?\"])(?<!Dr\.)(?<!St\.) (?=[A-Z$\"])")
_VERBS = frozenset(
    "is was has had gets costs takes goes comes starts ends opens closes offers charges affects "
    "went now will can expects pays rose grew sends delivers plays leaves lands lies holds stays "
    "sells serves reserved confirmed".split()
)
_CONTENT = re.compile(r"[a-z]{4,}")
MOST_KNOWN = 0.7
"""The share of known words from which on a text is no news."""
_NAMED = re.compile(r"^(?:The [A-Z]|[A-Z][a-z]+ [A-Z]{1,2}-?\d)")


def sentences_of(text: str) -> list[str]:
    """The sentences of a text."""
    return _SENTENCE_END.split(text)


def linked(
    texts: Sequence[str], people: Collection[str] = (), things: Collection[str] = ()
) -> list[str]:
    """Texts without repetition, as sentences; what was the subject before is named in short.

    `people` are full names, `things` the names of what people call `it`.
    """
    found: list[str] = []
    people = [name for name in people if any(name in text for text in texts)]
    for text in dict.fromkeys(texts):
        for sentence in sentences_of(text):
            short = _with_first_name(" ".join(found), sentence, people)
            if found and short == sentence:
                short = _with_pronoun(found[-1], sentence, things)
            found.append(short)
    return found


def opens_alike(before: str, text: str) -> bool:
    """Whether a text begins with the same words as the last sentence before it."""
    words = text.split()[:2]
    return bool(before) and sentences_of(before)[-1].split()[: len(words)] == words


def adds_nothing(before: str, text: str) -> bool:
    """Whether a text without figures says hardly a word that one before it does not."""
    words, known = (set(_CONTENT.findall(each.lower())) for each in (text, before))
    return not figures_of(text) and len(words & known) >= MOST_KNOWN * len(words)


def figures_of(text: str) -> set[str]:
    """The numbers, sums and codes in a text."""
    return set(_FIGURE.findall(text))


def newest(texts: Sequence[str], before: str) -> list[str]:
    """The texts about a choice that give a figure which nothing before them gave.

    Where the list just before gave them all, a text without figures will do: no date twice.
    """
    fresh = [text for text in texts if figures_of(text) - figures_of(before)]
    plain = [text for text in texts if not figures_of(text)]
    return fresh or plain or list(texts)


def without_repeats(texts: Sequence[str]) -> list[str]:
    """Texts about one result, without those whose figures another one has told."""
    found: list[str] = []
    for text in texts:
        figures = figures_of(text)
        if not figures or not figures <= figures_of(" ".join(found)):
            found.append(text)
    return found


def _with_first_name(before: str, sentence: str, people: Collection[str]) -> str:
    """A sentence that opens with a full name that was said before, with the first name alone."""
    for name in sorted(people):
        if sentence.startswith(name) and name in before:
            first = name.split(" ")[0]
            shared = any(other != name and other.startswith(f"{first} ") for other in people)
            return sentence if shared else f"{first}{sentence[len(name) :]}"
    return sentence


def _with_pronoun(before: str, sentence: str, things: Collection[str]) -> str:
    for name in sorted(things, key=len, reverse=True):
        opening = f"{name[:1].upper()}{name[1:]} "
        rest = sentence.removeprefix(opening)
        if rest != sentence and rest.split()[0] in _VERBS:
            named = re.search(rf"\bis {re.escape(name)}(?=[,.]|$)", before)
            return f"It {rest}" if named or before.startswith(opening) else sentence
    words, earlier = sentence.split(), before.split()
    same = len(commonprefix([words, earlier]))
    if same < 2 or same >= min(len(words), len(earlier)) or not _NAMED.match(sentence):
        return sentence
    both_verbs = {words[same], earlier[same]} <= _VERBS
    return f"It {' '.join(words[same:])}" if both_verbs else sentence
