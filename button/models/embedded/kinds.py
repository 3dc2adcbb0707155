"""Kinds of values: each can draw a value, say it as people do, and read it back from text."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from button.models.embedded.domain_format import DateSpec, KindSpec, NumberSpec
from button.models.embedded.phrases import with_article
from button.models.embedded.wording import (
    DATE_WORDS,
    SMALL_NUMBERS,
    clock,
    draw_number,
    minutes_of,
    on_weekday,
    read_date,
    read_number,
    read_time,
    say_date,
    say_number,
    say_sum,
    say_time,
)

Scalar = str | int | float | bool
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")


class Kind(ABC):
    """A kind of value. `say` and `read` are inverse to each other for every form of a value."""

    def __init__(self, name: str, spec: KindSpec) -> None:
        self.name = name
        self.spec = spec
        self._before, self._after = spec.say.split("{v}")

    @abstractmethod
    def draw(self, rng: Random, today: str) -> Scalar:
        """A value of this kind."""

    @abstractmethod
    def forms(self, value: Any, today: str) -> Sequence[str]:
        """The ways of writing `value`; the first is the plainest and always readable alone."""

    @abstractmethod
    def read_form(self, text: str, today: str) -> Scalar | None:
        """The value that `text` writes, or None."""

    @property
    def pattern(self) -> str | None:
        """Regular expression of the words for a value, for kinds that have a form of their own."""
        return None

    @property
    @abstractmethod
    def json_schema(self) -> dict[str, Any]:
        """JSON Schema of a value of this kind."""

    def say(self, value: Any, today: str, rng: Random | None = None) -> str:
        """`value` in words: the plainest form, or one drawn by `rng`."""
        forms = self.forms(value, today)
        form = forms[0] if rng is None else rng.choice(forms)
        return f"{with_article(self._before, form)}{self._after}"

    def read(self, text: str, today: str) -> Scalar | None:
        """The value that `text` says, or None where it says none of this kind."""
        for before in (self._before, re.sub(r"\b([Aa]) $", r"\1n ", self._before)):
            if before and text.lower().startswith(before.lower()):
                text = text[len(before) :]
                break
        if self._after and text.endswith(self._after):
            text = text[: -len(self._after)]
        return self.read_form(text, today)


class ListedKind(Kind):
    """One of a list of values, each with the words for it."""

    def __init__(self, name: str, spec: KindSpec, words: dict[Any, str]) -> None:
        super().__init__(name, spec)
        self.words = words
        self.values: list[Scalar] = list(words)
        self._by_word = {word.lower(): value for value, word in words.items()}

    def draw(self, rng: Random, today: str) -> Scalar:
        return rng.choice(self.values)

    def forms(self, value: Any, today: str) -> Sequence[str]:
        return (self.words.get(value, str(value)),)

    def read_form(self, text: str, today: str) -> Scalar | None:
        if self.spec.format == "email" and _EMAIL.fullmatch(text):
            return text
        return self._by_word.get(text.lower())

    @property
    def json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": _json_type(self.values[0])}
        if self.spec.closed:
            schema["enum"] = self.values
        if self.spec.format:
            schema["format"] = self.spec.format
        return schema


class FormedKind(Kind):
    """Text of a form that a regular expression tells."""

    form: re.Pattern[str]

    def forms(self, value: Any, today: str) -> Sequence[str]:
        return (str(value),)

    def read_form(self, text: str, today: str) -> Scalar | None:
        return text if self.form.fullmatch(text) else None

    @property
    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", **({"format": self.spec.format} if self.spec.format else {})}


class PatternKind(FormedKind):
    """Text after a mask: `#` is a digit, `@` a capital letter, all else stands for itself."""

    def __init__(self, name: str, spec: KindSpec, mask: str) -> None:
        super().__init__(name, spec)
        self.mask = mask
        body = "".join({"#": r"\d", "@": "[A-Z]"}.get(char, re.escape(char)) for char in mask)
        self.form = re.compile(body)

    def draw(self, rng: Random, today: str) -> Scalar:
        letters = []
        for index, char in enumerate(self.mask):
            if char == "#":
                leading = index == 0 or self.mask[index - 1] != "#"
                letters.append(str(rng.randint(1 if leading else 0, 9)))
            elif char == "@":
                letters.append(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ"))
            else:
                letters.append(char)
        return "".join(letters)


class ComposedKind(FormedKind):
    """Text made of named parts, such as a first and a last name."""

    def __init__(self, name: str, spec: KindSpec, template: str) -> None:
        super().__init__(name, spec)
        self.template = template
        body = ""
        for literal, part in _split_slots(template):
            body += re.escape(literal)
            if part:
                body += "(?:" + "|".join(re.escape(option) for option in spec.parts[part]) + ")"
        self.form = re.compile(body)

    def draw(self, rng: Random, today: str) -> Scalar:
        return "".join(
            literal + (rng.choice(self.spec.parts[part]) if part else "")
            for literal, part in _split_slots(self.template)
        )


class NumberKind(Kind):
    """A number on a grid. Integers where the grid is of whole numbers."""

    def __init__(self, name: str, spec: KindSpec, number: NumberSpec) -> None:
        super().__init__(name, spec)
        self.number = number
        self.whole = number.step == int(number.step) and number.min == int(number.min)

    def draw(self, rng: Random, today: str) -> Scalar:
        return draw_number(rng, self.number)

    def forms(self, value: Any, today: str) -> Sequence[str]:
        if self._before.endswith("$"):
            return (say_sum(value),)
        plain = say_number(value)
        if isinstance(value, int) and 2 <= value <= 10:
            return (plain, SMALL_NUMBERS[value])
        return (plain,)

    def read_form(self, text: str, today: str) -> Scalar | None:
        return read_number(text)

    @property
    def json_schema(self) -> dict[str, Any]:
        return {"type": "integer" if self.whole and not self.spec.fractional else "number"}


class DateKind(Kind):
    """A calendar date, ISO 8601 as a value, counted in days from the conversation's today."""

    def __init__(self, name: str, spec: KindSpec, bounds: DateSpec) -> None:
        super().__init__(name, spec)
        self.first, self.last, self.weekday = bounds.first, bounds.last, bounds.weekday

    def draw(self, rng: Random, today: str) -> Scalar:
        day = date.fromisoformat(today) + timedelta(days=rng.randint(self.first, self.last))
        return on_weekday(day.isoformat(), today) if self.weekday else day.isoformat()

    def forms(self, value: Any, today: str) -> Sequence[str]:
        return say_date(str(value), today)

    def read_form(self, text: str, today: str) -> Scalar | None:
        return read_date(text, today)

    def say(self, value: Any, today: str, rng: Random | None = None) -> str:
        """As of any kind; people leave out the year of a day in this one."""
        forms = self.forms(value, today)
        form = forms[0] if rng is None else rng.choice(forms[1:])
        return f"{self._before}{form}{self._after}"

    @property
    def pattern(self) -> str | None:
        return DATE_WORDS

    @property
    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


class TimeKind(Kind):
    """A clock time, `HH:MM` as a value."""

    def __init__(self, name: str, spec: KindSpec, first: str, last: str, step: int) -> None:
        super().__init__(name, spec)
        self.first, self.last, self.step = minutes_of(first), minutes_of(last), step

    def draw(self, rng: Random, today: str) -> Scalar:
        return clock(self.first + self.step * rng.randint(0, (self.last - self.first) // self.step))

    def forms(self, value: Any, today: str) -> Sequence[str]:
        return say_time(str(value))

    def read_form(self, text: str, today: str) -> Scalar | None:
        return read_time(text)

    @property
    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}


def make_kind(name: str, spec: KindSpec, tables: dict[str, list[dict[str, Any]]]) -> Kind:
    """The kind that a specification describes.

    Raises:
        ValueError: where it describes none or names an unknown table.
    """
    if spec.values is not None:
        words = spec.values if isinstance(spec.values, dict) else {v: str(v) for v in spec.values}
        return ListedKind(name, spec, dict(words))
    if spec.table is not None:
        table, column = spec.table.split(".")
        if table not in tables:
            raise ValueError(f"kind {name!r} names unknown table {table!r}")
        return ListedKind(name, spec, {row[column]: str(row[column]) for row in tables[table]})
    if spec.pattern is not None:
        return PatternKind(name, spec, spec.pattern)
    if spec.compose is not None:
        return ComposedKind(name, spec, spec.compose)
    if spec.number is not None:
        return NumberKind(name, spec, spec.number)
    if spec.date is not None:
        return DateKind(name, spec, spec.date)
    if spec.time is not None:
        return TimeKind(name, spec, spec.time.first, spec.time.last, spec.time.step)
    raise ValueError(f"kind {name!r} says nothing of its values")


def _json_type(value: Scalar) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    return "number" if isinstance(value, float) else "string"


def _split_slots(template: str) -> list[tuple[str, str | None]]:
    """`a {x} b` as [("a ", "x"), (" b", None)]."""
    pieces = re.split(r"\{(\w+)\}", template)
    pairs: list[tuple[str, str | None]] = []
    for index in range(0, len(pieces), 2):
        pairs.append((pieces[index], pieces[index + 1] if index + 1 < len(pieces) else None))
    return pairs
