"""Phrase templates: text with `{slots}`, `[optional parts]` and `[!flag parts]`.

A template can be filled and read back: `read(fill(x)) == x` for every template of the world, which
`button.models.embedded.proof` shows. `a {slot}` becomes `an ...` before a vowel.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

Fill = Callable[[str], str]


@dataclass(frozen=True)
class Literal:
    text: str


@dataclass(frozen=True)
class Slot:
    path: str


@dataclass(frozen=True)
class Each:
    path: str
    template: "Template"


@dataclass(frozen=True)
class Optional:
    """A part that stands only when its slots have values, or when its flag is set."""

    parts: tuple["Part", ...]
    flag: str | None = None

    @property
    def slots(self) -> list[str]:
        return [part.path for part in self.parts if isinstance(part, Slot)]


Part = Literal | Slot | Each | Optional


@dataclass(frozen=True)
class Reading:
    """What a template read from a text: the words in each slot, and the flags that were said."""

    slots: Mapping[str, str]
    flags: frozenset[str]


class Template:
    """A parsed phrase template."""

    def __init__(self, source: str, patterns: Mapping[str, str] | None = None) -> None:
        self.source = source
        self.patterns = patterns or {}
        self.parts, _ = _parse(source, 0, "")

    @cached_property
    def required(self) -> list[str]:
        """Slots outside optional parts, in order."""
        return [part.path for part in self.parts if isinstance(part, Slot)]

    @cached_property
    def optional(self) -> list[str]:
        """Slots inside optional parts."""
        return [slot for part in self.parts if isinstance(part, Optional) for slot in part.slots]

    @cached_property
    def flags(self) -> list[str]:
        """Boolean parameters that an optional part says."""
        return [part.flag for part in self.parts if isinstance(part, Optional) and part.flag]

    @cached_property
    def prefix(self) -> str:
        """The lower-case text before the first slot, by which candidates are found."""
        first = self.parts[0]
        text = first.text.lower() if isinstance(first, Literal) else ""
        return text[:-1] if text.endswith(" a ") else text

    def introduces(self, path: str, words: re.Pattern[str]) -> bool:
        """Whether the text right before a slot ends with `words`."""
        return any(
            isinstance(before, Literal) and slot == Slot(path) and words.search(before.text)
            for before, slot in pairwise(self.parts)
        )

    def fill(self, say: Fill, given: Callable[[str], bool] = lambda path: True) -> str:
        """The text with each slot said by `say`; optional parts where all of theirs is given."""
        return _fill(self.parts, say, given)

    def read(self, text: str) -> Reading | None:
        """The words in each slot, or None where `text` is not of this form."""
        match = self._regex.fullmatch(text)
        if match is None:
            return None
        slots = {path: match[name] for name, path in self._groups.items() if match[name]}
        flags = {flag for name, flag in self._flag_groups.items() if match[name] is not None}
        return Reading(slots, frozenset(flags))

    @cached_property
    def plain_regex(self) -> str:
        """A regular expression without groups for what the template may say."""
        body = _regex_of(self.parts, {}, {}, self.patterns)
        return re.sub(r"\(\?P<\w+>", "(?:", body)

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        body = _regex_of(self.parts, self._groups, self._flag_groups, self.patterns)
        first = re.match(r"[a-z]", body)
        return re.compile(f"(?i:{body[0]}){body[1:]}" if first else body)

    @cached_property
    def _groups(self) -> dict[str, str]:
        return {}

    @cached_property
    def _flag_groups(self) -> dict[str, str]:
        return {}


def _parse(source: str, start: int, closer: str) -> tuple[tuple[Part, ...], int]:
    parts: list[Part] = []
    text = ""
    index = start
    while index < len(source):
        char = source[index]
        if char == closer:
            break
        if char in "]}":
            raise ValueError(f"unbalanced {char} in phrase {source!r}")
        if char not in "{[":
            text += char
            index += 1
            continue
        if text:
            parts.append(Literal(text))
            text = ""
        if char == "{":
            end = _matching(source, index)
            parts.append(_slot(source[index + 1 : end]))
            index = end + 1
        else:
            part, index = _optional(source, index + 1)
            parts.append(part)
    if text:
        parts.append(Literal(text))
    return tuple(parts), index


def _optional(source: str, start: int) -> tuple[Optional, int]:
    flag = re.match(r"!(\w+)", source[start:])
    inner, end = _parse(source, start + (flag.end() if flag else 0), "]")
    if end >= len(source):
        raise ValueError(f"unclosed [ in phrase {source!r}")
    return Optional(inner, flag[1] if flag else None), end + 1


def _slot(body: str) -> Slot | Each:
    each = re.match(r"each ([\w.]+): ?(.*)", body, re.DOTALL)
    return Each(each[1], Template(each[2])) if each else Slot(body.strip())


def _matching(source: str, start: int) -> int:
    depth = 0
    for index in range(start, len(source)):
        depth += {"{": 1, "}": -1}.get(source[index], 0)
        if depth == 0:
            return index
    raise ValueError(f"unclosed {{ in phrase {source!r}")


def _fill(parts: tuple[Part, ...], say: Fill, given: Callable[[str], bool]) -> str:
    text = ""
    for part in parts:
        if isinstance(part, Literal):
            text += part.text
        elif isinstance(part, Slot):
            text = with_article(text, say(part.path))
        elif isinstance(part, Each):
            raise ValueError("a list part can only be told, not asked")
        elif (part.flag is None or given(part.flag)) and all(given(slot) for slot in part.slots):
            text += _fill(part.parts, say, given)
    return text


def with_article(before: str, word: str) -> str:
    """`before` and `word` in one text; an article `a` before a vowel becomes `an`."""
    if re.search(r"(^|\s)[Aa]$", before[:-1]) and before.endswith(" ") and starts_with_vowel(word):
        return f"{before[:-1]}n {word}"
    return before + word


def starts_with_vowel(word: str) -> bool:
    """Whether the indefinite article before `word` is `an`."""
    lowered = word.lower()
    if re.match(r"(uni|use|usu|eu|one\b|once|u[ -])", lowered):
        return False
    return bool(re.match(r"([aeiou]|hour|honest|honou?r|heir|8|11\b|18\b)", lowered))


def _regex_of(
    parts: tuple[Part, ...],
    groups: dict[str, str],
    flags: dict[str, str],
    patterns: Mapping[str, str],
) -> str:
    body = ""
    for part in parts:
        if isinstance(part, Literal):
            literal = re.escape(part.text).replace(r"\ ", " ")
            body += re.sub(r"(^|(?<= ))([Aa]) $", r"\2n? ", literal)
        elif isinstance(part, Slot):
            name = f"s{len(groups)}"
            groups[name] = part.path
            known = patterns.get(part.path)
            body += f"(?P<{name}>{known}|.+?)" if known else f"(?P<{name}>.+?)"
        elif isinstance(part, Optional):
            inner = _regex_of(part.parts, groups, flags, patterns)
            if part.flag:
                name = f"f{len(flags)}"
                flags[name] = part.flag
                body += f"(?P<{name}>{inner})?"
            else:
                body += f"(?:{inner})?"
    return body


def join_words(words: list[str], last: str = "and") -> str:
    """`A`, `A and B`, `A, B and C`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def split_words(text: str) -> list[str]:
    """Inverse of `join_words` for words without commas and ` and `."""
    head, found, last = text.rpartition(" and ")
    return [*head.split(", "), last] if found else [text]
