"""Telling: filling a template with what a call asked and what its result says."""

import re
from collections.abc import Mapping
from typing import Any

from button.models.embedded.functions import Function, take
from button.models.embedded.kinds import ListedKind
from button.models.embedded.phrases import (
    Each,
    Literal,
    Optional,
    Part,
    Slot,
    Template,
    join_words,
    with_article,
)
from button.models.embedded.wording import say_date, say_number, say_time, with_quotes_closed

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_CODE = re.compile(r"(?:code|number|year|pin|founded|built)$")
"""Names of whole numbers that are no amounts: written without commas."""
_LONG_SUM = re.compile(r"\$(\d{4,})")
_ONE_UNIT = re.compile(
    r"(?<![\d.,:$-])\b1 (kilometer|mile|meter|minute|hour|day|week|month|year|liter|gram)s\b"
)
_CHOICE = re.compile(r"\b[Yy]ou c(?:an|ould) (?!choose between)")
"""How a sentence begins that leaves a choice among several things."""
_ALL_TWICE = re.compile(r"(, all (?:of them )?[^,.;:]+), all (?:of them )?(?!of which|of whom)")
"""Two wishes that everything in a list grants: `all in red and with a lid`."""
_SHORT_CENTS = re.compile(r"(\$[\d,]+\.\d)(?!\d)")


class Teller:
    """Tells one call and its result."""

    def __init__(
        self,
        function: Function,
        arguments: Mapping[str, Any],
        result: Mapping[str, Any],
        today: str,
    ) -> None:
        self.function = function
        self.arguments = arguments
        self.result = result
        self.today = today

    def tell(self, template: Template) -> str | None:
        """The sentence, or None where the call or its result lack something it speaks of."""
        try:
            text = self._fill(template.parts, self.result)
        except (KeyError, IndexError, TypeError):
            return None
        text = _ONE_UNIT.sub(r"1 \1", text)
        text = _SHORT_CENTS.sub(r"\g<1>0", text)
        text = _LONG_SUM.sub(lambda match: f"${int(match[1]):,}", text)
        text = _ALL_TWICE.sub(r"\1 and ", with_quotes_closed(text))
        starts_with_address = "@" in text.split(" ")[0]
        return text if starts_with_address else f"{text[:1].upper()}{text[1:]}"

    def _fill(self, parts: tuple[Part, ...], scope: Mapping[str, Any]) -> str:
        text = ""
        for part in parts:
            if isinstance(part, Literal):
                text += part.text
            elif isinstance(part, Slot):
                text = with_article(text, self._words(part.path, scope))
            elif isinstance(part, Each):
                items, _ = take(scope, part.path)
                last = "or" if _CHOICE.search(text) else "and"
                text += join_words([self._fill(part.template.parts, item) for item in items], last)
            elif isinstance(part, Optional) and self._was_asked(part):
                text += self._fill(part.parts, scope)
        return text

    def _was_asked(self, part: Optional) -> bool:
        """Whether the call holds the optional wish that a part confirms."""
        try:
            wishes = [self._argument(path) for path in (part.flag, *part.slots) if path]
        except (KeyError, TypeError):
            return False
        return all(wish not in (None, False) for wish in wishes)

    def _words(self, path: str, scope: Mapping[str, Any]) -> str:
        try:
            value, _ = take(scope, path)
        except (KeyError, IndexError, TypeError):
            value = self._argument(path)
        return self.say(path, value)

    def say(self, path: str, value: Any) -> str:
        """The words for the value at a path."""
        if isinstance(value, int) and _CODE.search(path):
            return str(value)
        return say_value(value, self.today, self._words_of_choice(path))

    def _argument(self, path: str) -> Any:
        value: Any = self.arguments
        for step in path.split("."):
            value = value[step]
        return value

    def _words_of_choice(self, path: str) -> Mapping[Any, str]:
        param = self.function.params.get(path)
        if param is not None and isinstance(param.kind, ListedKind):
            return param.kind.words
        return self.function.words_of_fields.get(path.split(".")[-1], {})


def say_value(value: Any, today: str, words: Mapping[Any, str] | None = None) -> str:
    """Any value as it stands in running text."""
    if isinstance(value, list):
        return join_words([say_value(item, today, words) for item in value])
    if isinstance(value, bool):
        return "yes" if value else "no"
    if words and value in words:
        return words[value]
    if isinstance(value, int | float):
        return say_number(value)
    text = str(value)
    if _DATE.fullmatch(text):
        return say_date(text, today)[1]
    return say_time(text)[0] if _TIME.fullmatch(text) else text
