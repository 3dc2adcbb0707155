"""Numbers, amounts with a unit and currencies, as people write them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from button.checks.chinese import apart
from button.checks.text import vocabulary

_FIGURE = re.compile(
    r"(?<![\w.,])(?:(?<=[\s(])-|^-)?"
    r"(?:\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+,\d{1,2}(?![\d,])|\d+(?:\.\d+)?)"
    r"(?=([kKmM])\b)?"
)
_MOMENT_PARTS = re.compile(
    r"(?<=\d{4})-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?|\b\d{1,2}:\d{2}(?::\d{2})?\b"
)
_SCALED = re.compile(r"\d[kKmM]\b")
_SCALES = {"k": 1e3, "m": 1e6}

_ONES = vocabulary(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
_ORDINALS = vocabulary(
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_TENS = {
    name: 10.0 * index
    for index, name in enumerate(vocabulary("thirty forty fifty sixty seventy eighty ninety"), 3)
}
_PLAIN = {
    **{word: float(index) for index, word in enumerate(_ONES)},
    **{word: float(index) for index, word in enumerate(_ORDINALS)},
    **_TENS,
    **{"couple": 2.0, "pair": 2.0, "twice": 2.0, "both": 2.0, "dozen": 12.0, "single": 1.0},
}
_MULTIPLIERS = {"hundred": 100.0, "thousand": 1000.0, "million": 1e6}
_NUMBER_WORDS = frozenset(_PLAIN) | frozenset(_MULTIPLIERS)


class Amount(NamedTuple):
    """A number with a unit, the unit as its dimension and its size in that dimension's base."""

    value: float
    dimension: str
    factor: float


_UNIT_TABLE: dict[str, dict[str, float]] = {
    "time": {
        "second sec secs": 1 / 60,
        "minute min mins": 1,
        "hour hr hrs h": 60,
        "day night": 1440,
        "week": 10080,
        "fortnight": 20160,
    },
    "calendar": {"month": 1, "year yr": 12, "quarter": 3},
    "length": {
        "mm millimeter millimetre": 0.001,
        "cm centimeter centimetre": 0.01,
        "m meter metre": 1,
        "km kms kilometer kilometre": 1000,
        "mile mi": 1609.344,
        "ft foot feet": 0.3048,
        "inch inches": 0.0254,
        "yard": 0.9144,
    },
    "mass": {
        "mg milligram": 0.001,
        "g gram gramme": 1,
        "kg kgs kilo kilogram": 1000,
        "lb lbs": 453.592,
        "oz ounce": 28.3495,
        "tonne": 1e6,
    },
    "volume": {
        "ml milliliter millilitre": 1,
        "cl": 10,
        "l liter litre": 1000,
        "cup": 240,
        "tablespoon tbsp": 15,
        "teaspoon tsp": 5,
        "gallon": 3785.41,
    },
    "data": {"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12},
    "ratio": {"percent pct": 0.01, "fraction": 1},
    "temperature": {"celsius c": 1, "fahrenheit f": 2},
}
_UNITS: dict[str, tuple[str, float]] = {
    name: (dimension, factor)
    for dimension, units in _UNIT_TABLE.items()
    for names, factor in units.items()
    for name in names.split()
}
_SCALES_OF: dict[str, frozenset[float]] = {
    dimension: frozenset(units.values()) for dimension, units in _UNIT_TABLE.items()
}
_AMOUNT = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d+)?)[\s-]?(%|°?[a-z]+)")
_SPOKEN_AMOUNT = re.compile(
    r" (half an?|an?|" + "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True)) + r") ([a-z]+)"
    r"( and a half)?(?= )"
)

_CURRENCIES = {
    "USD": ("$", "dollar", "dollars", "bucks", "usd", "美元"),
    "EUR": ("€", "euro", "euros", "eur", "欧元"),
    "GBP": ("£", "pound", "pounds", "quid", "gbp", "英镑"),
    "JPY": ("¥", "yen", "jpy", "日元"),
    "CNY": ("cny", "yuan", "人民币"),
    "CHF": ("chf", "franc", "francs"),
    "INR": ("₹", "rupee", "rupees", "inr"),
    "AUD": ("Australian dollar",),
    "BRL": ("Brazilian rea",),
    "CAD": ("Canadian dollar",),
    "DKK": ("Danish kro",),
    "HUF": ("Hungarian forint",),
    "KES": ("Kenyan shilling",),
    "MAD": ("Moroccan dirham",),
    "MXN": ("Mexican peso",),
    "NOK": ("Norwegian kro",),
    "PLN": ("Polish zloty", "Polish złoty"),
    "SEK": ("Swedish kro",),
}
_CURRENCY_WORDS = "|".join(
    name for names in _CURRENCIES.values() for name in names if name.isalpha() and name.isascii()
)
_NAMED_CURRENCY = {name: code for code, names in _CURRENCIES.items() for name in names}
_SIGN_BEFORE = re.compile(rf"(?:[$€£¥₹]|\b(?:{_CURRENCY_WORDS}))\s?$", re.I)
_LONGEST_SIGN = 10
_CURRENCY_AFTER = re.compile(rf"\s?(?:[€₹]|(?:{_CURRENCY_WORDS})\b)", re.I)
_SPOKEN_PRICE = re.compile(
    rf" ((?:(?:{'|'.join(sorted(_NUMBER_WORDS))}|and) ){{1,8}})(?:{_CURRENCY_WORDS}) "
)
_WHOLE_NUMBER = re.compile(
    r"\s*(?:[$€£¥₹]|[A-Z]{3}\s)?\s*(-?\d[\d,]*(?:\.\d+)?|-?\.\d+)\s*(?:[€%]|[A-Z]{3})?\s*"
)


def numbers(text: str, spaced_words: str) -> frozenset[float]:
    """All numbers that `text` mentions, in figures (`1,200`, `12.50`, `12,5`, `10k`) or in words.

    The parts of an ISO date or of a clock time are no numbers.
    """
    text = _MOMENT_PARTS.sub(" ", text)
    found = {_read(match.group())[0] for match in _FIGURE.finditer(apart(text))}
    for match in _FIGURE.finditer(text) if _SCALED.search(text) else ():
        if match.group(1):
            found.add(_parse(match.group()) * _SCALES[match.group(1).lower()])
    tokens = spaced_words.split()
    if not _NUMBER_WORDS.isdisjoint(tokens):
        found.update(_spoken(tokens))
    return frozenset(found)


def figures(text: str) -> Iterator[tuple[float, int, int, int]]:
    """Numbers written in figures: value, how many decimals it shows, start and end."""
    for match in _FIGURE.finditer(apart(text)):
        yield *_read(match.group()), match.start(), match.end()


def _figure(figure: str) -> tuple[float, int]:
    """Its value, and how many decimals it shows."""
    if "," in figure and not re.search(r",\d{3}", figure):
        figure = figure.replace(",", ".")
    return _parse(figure), len(figure.partition(".")[2])


_remembered = lru_cache(maxsize=1 << 13)(_figure)


def _read(figure: str) -> tuple[float, int]:
    return _remembered(figure) if len(figure) <= 40 else _figure(figure)


def amounts(text: str, spaced_words: str) -> frozenset[Amount]:
    """All numbers that are followed by a unit that we know."""
    found = set()
    for match in _AMOUNT.finditer(text.lower()):
        unit = _unit(match.group(2))
        if unit:
            found.add(Amount(float(match.group(1).replace(",", ".")), *unit))
    for spoken in _SPOKEN_AMOUNT.finditer(spaced_words):
        unit = _unit(spoken.group(2))
        if unit:
            word = spoken.group(1)
            value = 0.5 if word.startswith("half") else _PLAIN.get(word, _MULTIPLIERS.get(word, 1))
            found.add(Amount(value + (0.5 if spoken.group(3) else 0), *unit))
    return frozenset(found)


def unit_of_key(key: str) -> tuple[str, float] | None:
    """Dimension and factor that a key such as `duration_minutes` names."""
    for token in reversed(re.sub(r"([a-z])([A-Z])", r"\1_\2", key).lower().split("_")):
        unit = _unit(token) if len(token) > 1 else None
        if unit:
            return unit
    return None


def conversions(amount: Amount) -> Iterator[float]:
    """The amount expressed in every other unit of its dimension."""
    if amount.dimension == "temperature":
        celsius = amount.factor == 1
        yield amount.value * 9 / 5 + 32 if celsius else (amount.value - 32) * 5 / 9
        return
    for factor in _SCALES_OF[amount.dimension]:
        if factor != amount.factor:
            yield amount.value * amount.factor / factor


def currencies(text: str, spaced_words: str) -> frozenset[str]:
    """ISO codes of the currencies that `text` names by symbol, word or code."""
    return frozenset(
        code
        for code, names in _CURRENCIES.items()
        if any(
            f" {name} " in spaced_words if name.isalpha() and name.isascii() else name in text
            for name in names
        )
    )


def currency_of(text: str) -> str | None:
    """The code of the currency that `text` as a whole is or names: `USD`, `Euro`, `€`."""
    return text if text in _CURRENCIES else _NAMED_CURRENCY.get(text.strip().lower())


def prices(text: str, spaced_words: str) -> frozenset[float]:
    """The numbers that `text` calls an amount of money: `€142`, `142 euros`, `two dollars`."""
    found = {
        value
        for value, _, start, end in figures(text)
        if _SIGN_BEFORE.search(text, max(0, start - _LONGEST_SIGN), start)
        or _CURRENCY_AFTER.match(text, end)
    }
    for match in _SPOKEN_PRICE.finditer(spaced_words):
        found.update(_spoken(match[1].split()))
    return frozenset(found)


def as_number(value: object) -> float | None:
    """A JSON number as a float; None for anything else, and for what no float can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def number_of(text: str) -> float | None:
    """The number that `text` as a whole writes, with or without a currency sign; else None."""
    match = _WHOLE_NUMBER.fullmatch(text) if len(text) <= 40 else None
    return _parse(match[1]) if match else None


def _parse(figure: str) -> float:
    figure = figure.strip(" (")
    if figure.isascii() and "," not in figure:
        return float(figure)
    cleaned = re.sub(r"[,\u00a0\u202f](?=\d{3}(?:\D|$))", "", figure)
    return float(cleaned.replace(",", "."))


def _unit(word: str) -> tuple[str, float] | None:
    word = "percent" if word == "%" else word.lstrip("°")
    return _UNITS.get(word) or (_UNITS.get(word[:-1]) if word.endswith("s") else None)


def _spoken(tokens: list[str]) -> Iterator[float]:
    """Numbers in words: `two`, `twenty-five`, `three hundred and twenty`, `a dozen`."""
    total: float | None = None
    for token in tokens:
        if token in _MULTIPLIERS:
            total = (total or 1.0) * _MULTIPLIERS[token]
        elif token in _PLAIN:
            value = _PLAIN[token]
            if total is not None and total >= 20 and value < _room_below(total):
                total += value
            else:
                if total is not None:
                    yield total
                total = value
        elif token != "and" and total is not None:
            yield total
            total = None
    if total is not None:
        yield total


def _room_below(total: float) -> float:
    """How large a number may be that still belongs to the one before it: below 10 after 20."""
    for step in (1e6, 1000.0, 100.0, 10.0):
        if total % step == 0:
            return step
    return 0
