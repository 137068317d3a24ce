"""What an analyst types into a row: read, checked, and turned into the values that the tables hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from dateutil.rrule import rrulestr

from extractors.schema import Column, columns
from pipeline.verdicts.ruling import content

_LONGEST = 500  # code points of a cell
_DATE = re.compile(r"(\d{4}|XXXX)(?:-(\d\d|XX)(?:-(\d\d|XX))?)?")
_DURATION = re.compile(r"P\d+[YMWD](?:\d+[MD])?(?:/P\d+[YMWD](?:\d+[MD])?)?")
_DATES = frozenset({"date", "due_start", "due_end", "period_start", "period_end"})


class Wrong(Exception):
    """Values that cannot stand in a row: ``problems`` says why, by column, for the user."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(";".join(problems.values()))
        self.problems = problems


def editable(table: str) -> list[Column]:
    """The columns that may be corrected, in declaration order."""
    order = {name: n for n, name in enumerate(content(table))}
    return sorted((c for c in columns(table) if c.name in order), key=lambda c: order[c.name])


def read(table: str, typed: Mapping[str, str], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Values as JSON holds them (decimals as digits) of the columns that were typed; a column that was left as it was
    ``before`` is not looked at. Raises Wrong."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    old = before or {}
    for column in editable(table):
        left = column.name in old and typed.get(column.name) == (
            "" if old[column.name] is None else str(old[column.name])
        )
        if column.name not in typed or left:
            continue
        try:
            values[column.name] = _value(column, typed[column.name].strip())
        except ValueError as error:
            problems[column.name] = f"{column.header}{error}"
    if values:
        problems |= {name: words for name, words in _together({**old, **values}).items() if name not in problems}
    if problems:
        raise Wrong(problems)
    return values


def changed(table: str, before: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that differ from what stood there; numbers by their worth, so that 15.80 is 15.8."""
    found = {}
    kinds = {c.name: c.type for c in editable(table)}
    for name, value in values.items():
        old = before.get(name)
        if kinds[name] == "decimal" and old is not None and value is not None and Decimal(old) == Decimal(value):
            continue
        if value != old:
            found[name] = value
    return found


def _value(column: Column, text: str) -> Any:
    if len(text) > _LONGEST:
        raise ValueError(f"太长,最多 {_LONGEST} 个字")
    if not text.isprintable():
        raise ValueError("里有换行或不可见的字符")
    if column.vocabulary:
        if text not in column.vocabulary:
            raise ValueError("只能从列表里选")
        return text
    if column.type in ("decimal", "integer"):
        return _number(column, text)
    if column.name in _DATES and text:
        return _date(text)
    if column.name == "rrule" and text:
        return _rule(text)
    if column.name == "duration" and text and not _DURATION.fullmatch(text):
        raise ValueError("要写成 P6M、P1Y、P5D 这样")
    return text


def _number(column: Column, text: str) -> Any:
    if not text:
        return None
    try:
        number = Decimal(text.replace(",", "").replace("\uff0c", ""))
    except InvalidOperation:
        raise ValueError("要写成数字") from None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise ValueError("不是能用的数字")
    if column.type == "decimal":
        return format(number, "f")
    if number != number.to_integral_value() or not 1900 <= number <= 2200:
        raise ValueError("要写成四位年份")
    return int(number)


def _date(text: str) -> str:
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError("要写成 2026-08-31,年份不明写 XXXX-08-31")
    year, month, day = match.groups()
    try:
        # A leap year stands in for what is not known.
        date(*(int(x) if x and "X" not in x else other for x, other in ((year, 2024), (month, 1), (day, 1))))
    except ValueError:
        raise ValueError("不是日历上有的日期") from None
    return text


def _rule(text: str) -> str:
    try:
        rrulestr(text)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise ValueError("要写成 FREQ=MONTHLY;BYMONTHDAY=15 这样") from None
    return text


def _together(values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with values beside each other."""
    problems = {}
    low, high = values.get("value_low"), values.get("value_high")
    if low is not None and high is not None and Decimal(low) > Decimal(high):
        problems["value_high"] = "上限值小于下限值"
    for first, last, words in (("due_start", "due_end", "截止日期"), ("period_start", "period_end", "所属期止")):
        a, b = values.get(first) or "", values.get(last) or ""
        if len(a) == len(b) == 10 and "X" not in a + b and a > b:
            problems[last] = f"{words}早于开始日期"
    return problems
