"""Years: which year a title, a heading or a date line names."""

from __future__ import annotations

import re

_DIGITS = {c: str(i) for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "○": "0",
    "O": "0",
    "o": "0",
    "0": "0",
}
_HAN_YEAR = r"[一二][〇○零0Oo九][〇○零0Oo一二三四五六七八九]{2}"
_YEAR = rf"(?:(?<!\d)(?:19[5-9]|20[0-9])\d(?!\d)|{_HAN_YEAR})"
_NAMED = re.compile(
    rf"(?P<span>(?P<a>{_YEAR})年?(?:度)?[ ]?[—–\-~至到―－/]{{1,2}}[ ]?(?P<b>{_YEAR})(?=年|学|\)))|(?P<one>{_YEAR})(?=年|[ ]?学年|度|工作|总结|计划|[^\d.%\w])"
)
_YEAR_SIGN = re.compile("[12一二](?:(?<=[12])[09]|[〇○零0Oo九])")  # of any year; most headings have none
_SCHOOL = re.compile("学年")
_SECOND_TERM = re.compile("第二学期|下学期|春季学期|春学期")
_PLAN_PERIODS = {
    "八": 1991,
    "九": 1996,
    "十": 2001,
    "十一": 2006,
    "十二": 2011,
    "十三": 2016,
    "十四": 2021,
    "十五": 2026,
    "十六": 2031,
}
_PERIOD = re.compile(r"[“\"'‘”]?(?P<n>十[一二三四五六]?|[八九])(?:五[”\"'’“]?|个五年)")
_PERIOD_YEAR = re.compile(
    r"[“\"'‘”]?(?P<n>十[一二三四五六]|[八九])五[”\"'’“]?(?:规划|计划|时期|目标任务)?的?(?:[实施、，,和]{0,4})(?P<which>开局|起步|收官|关键|末|最后一|第[一二三四五])[之]?(?:年|的?一年)"
)
_OFFSETS = {
    "开局": 0,
    "起步": 0,
    "第一": 0,
    "第二": 1,
    "第三": 2,
    "第四": 3,
    "第五": 4,
    "收官": 4,
    "末": 4,
    "最后一": 4,
}


def year_value(text: str) -> int | None:
    """The year that four digits or four Chinese characters name (二〇一八), None for a redacted one."""
    digits = "".join(_DIGITS.get(c, c) for c in text)
    return int(digits) if len(digits) == 4 and digits.isdecimal() and 1950 <= int(digits) < 2100 else None


def years_in(text: str) -> list[int]:
    """Years named in a title or heading, in order; of a span (2018—2019学年, 2021-2023年) the first year.

    The second term of a school year lies in its second year.
    """
    found: list[int] = []
    if _YEAR_SIGN.search(text) is None:
        return found
    for m in _NAMED.finditer(text + " "):
        if m["span"]:
            second = _SCHOOL.search(text) and _SECOND_TERM.search(text)
            value = year_value(m["b"] if second else m["a"])
        else:
            value = year_value(m["one"])
        if value is not None:
            found.append(value)
    return found


def period_start(text: str) -> int | None:
    """First year of the five-year plan that a title names (“十四五” → 2021)."""
    m = _PERIOD.search(text)
    return _PLAN_PERIODS.get(m["n"]) if m else None


def period_year(text: str) -> int | None:
    """The year that a text calls the first or last of a five-year plan (十二五开局之年 → 2011)."""
    m = _PERIOD_YEAR.search(text)
    if m is None or m["which"] not in _OFFSETS:
        return None
    return _PLAN_PERIODS[m["n"]] + _OFFSETS[m["which"]]
