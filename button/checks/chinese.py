"""Dates and times as they are written in Chinese, put into figures that are read everywhere."""

import calendar
import re

_DAY = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})[日号號]")
_CLOCK = re.compile(
    r"(凌晨|早上|上午|中午|下午|晚上)?\s?(\d{1,2})(?:[点點](?:(\d{1,2})分|(半))?整?|[:\uff1a](\d{2})(?!\d))"
)
_AFTERNOON = ("下午", "晚上")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
"""Characters of scripts that put no spaces between words."""


def western(text: str) -> str:
    """`2023年3月15日下午2点` becomes `2023-03-15 2:00 pm`; any other text stays as it is."""
    if text.isascii():
        return text
    return _CLOCK.sub(_time, _DAY.sub(_date, text))


def spans(text: str) -> list[tuple[int, int]]:
    """Where dates stand in `text`."""
    return [] if text.isascii() else [match.span() for match in _DAY.finditer(text)]


def apart(text: str) -> str:
    """The text with a blank for each character of such a script, so that figures stand free."""
    return text if text.isascii() else UNSPACED.sub(" ", text)


def _date(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    if year:
        return f" {year}-{int(month):02}-{int(day):02} "
    name = calendar.month_name[int(month)] if 1 <= int(month) <= 12 else month
    return f" {name} {day} "


def _time(match: re.Match[str]) -> str:
    half_day, hour, minute, half, plain = match.groups()
    if plain and not half_day:
        return match.group()
    minutes = plain or ("30" if half else (minute or "00").rjust(2, "0"))
    if half_day not in _AFTERNOON or not 1 <= int(hour) <= 11:
        return f" {int(hour):02}:{minutes} "
    return f" {hour}:{minutes} pm "
