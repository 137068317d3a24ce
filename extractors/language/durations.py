"""Lengths of time in words: 6个月, 两年半, 一到两年, 5个工作日, 8天20小时. Reads folded text."""

from __future__ import annotations

import re
from decimal import Decimal

from extractors.language.dates import Length
from extractors.language.notation import integer, number
from extractors.language.points import JOIN, SP, names

_NUM = r"(?:\d{1,9}(?:,\d{3}){0,3}(?:\.\d{1,4})?|[一二三四五六七八九十百两俩半廿卅]{1,5}){SP}万?".replace("{SP}", SP)
_UNIT = (
    rf"个?工作日|个季度|个(?:月|半月)|年{names('年')}|(?:(?<=[两俩半])|(?<=[两俩半] ))月{names('月')}|个?(?:周{names('周')}|星期|礼拜)"
    rf"|天{names('天')}|日{names('日')}|个?(?:小时|钟头)|分钟|个?学年"
)
_PART = re.compile(
    rf"(?P<a>{_NUM})(?:(?P<ua>{_UNIT})?(?:以上|{JOIN}|或)(?P<b>{_NUM}))?{SP}(?:[多余来]|个[多余来](?=[月星礼小]))?{SP}(?P<half>个半|半)?"
    rf"(?P<u>{_UNIT}|(?<=个半)(?:月|小时|钟头|星期)|(?<=个[多余来])(?:月|小时|星期|礼拜)|(?<=半)(?:年|月|天|小时))(?P<tail>半(?![年月天小个数径导拉边])|多)?"
)
_MORE = re.compile(
    rf"{SP}[零又加]?{SP}(?P<a>\d{{1,4}}|[一二三四五六七八九十两]{{1,3}}){SP}(?P<u>个月|天|日|个?小时|时|分钟|个?星期|周)"
)
_PAIR = re.compile("[一二三四五六七八九两]{2}|十[一二三四五六七八九]{2}")
# 1.2021年 is a list number and a year; there are no parts of a calendar day or of a working day
_NO_LENGTH = re.compile(
    rf"(?:19|20)\d\d{SP}年|[一二三四五六七八九]{{3}}|\d+\.(?:(?:19|20)\d\d{SP}年|\d+{SP}(?:日|个?工作日))"
)
_MONTHS = {"年": 12, "学年": 12, "季度": 3, "月": 1}
_MINUTES = {"小时": 60, "钟头": 60, "时": 60, "分钟": 1}


def length(text: str, at: int) -> tuple[Length, Length, int] | None:
    """Shortest and longest reading of the length that begins at an offset, and its end; None if none does."""
    m = _PART.match(text, at)
    if m is None or _NO_LENGTH.match(text, at) or (at and text[at - 1] == "第"):
        return None
    unit = _name(m["u"])
    try:
        low, high = _values(m["a"], m["b"])
    except ValueError:
        return None
    half = Decimal("0.5") if (m["half"] or "").endswith("半") or m["tail"] == "半" else Decimal(0)
    low_unit = _name(m["ua"]) if m["ua"] else unit
    first = _length(low + half, low_unit)
    last = first if low is high and low_unit == unit else _length(high + half, unit)
    if first is None or last is None:
        return None
    end = m.end()
    while first == last and (more := _MORE.match(text, end)) and not first.working:
        extra = _length(Decimal(integer(more["a"])), _name(more["u"]))
        if extra is None or _rank(extra) <= _rank(first):
            break
        first = last = _sum(first, extra)
        end = more.end()
    return first, last, end


def _name(unit: str) -> str:
    name = unit.removeprefix("个").removeprefix("半")
    return {"礼拜": "周", "星期": "周", "天": "日"}.get(name, name)


def _values(a: str, b: str | None) -> tuple[Decimal, Decimal]:
    if b is None and _PAIR.fullmatch(a.strip()):
        a = a.strip()
        return Decimal(integer(a[:-1])), Decimal(integer(a[:-2] + a[-1]))
    low = Decimal("0.5") if a.strip() == "半" else number(a)
    return low, low if b is None else number(b)


def _length(n: Decimal, unit: str) -> Length | None:
    """n units as a length; parts of a month are days of a thirtieth, parts of a day are hours."""
    if unit in _MINUTES:
        return Length(minutes=n * _MINUTES[unit])
    if n > 99999 or n <= 0:
        return None
    if unit == "工作日":
        return Length(days=int(n), working=True)
    if unit in _MONTHS:
        months, part = divmod(n * _MONTHS[unit], 1)
        years, left = divmod(int(months), 12) if unit in ("年", "学年") else (0, int(months))
        return Length(years=years, months=left, days=int(part * 30))
    if unit == "周":
        weeks, part = divmod(n, 1)
        return Length(weeks=int(weeks), days=int(part * 7))
    days, part = divmod(n, 1)
    return Length(days=int(days), minutes=part * 1440)


def _rank(x: Length) -> int:
    """Coarseness of the smallest part, so that parts only follow from coarse to fine."""
    return next(i for i, part in ((4, x.minutes), (3, x.days), (2, x.weeks), (1, x.months), (0, x.years + 1)) if part)


def _sum(a: Length, b: Length) -> Length:
    return a._replace(
        years=a.years + b.years,
        months=a.months + b.months,
        weeks=a.weeks + b.weeks,
        days=a.days + b.days,
        minutes=a.minutes + b.minutes,
    )
