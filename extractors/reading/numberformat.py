"""How a workbook's number formats show a stored number: percent and dates applied, all else in shortest decimal form."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

Show = Callable[[str], str]

# Built-in formats that show dates; 27 to 36 and 50 to 58 are those of a Chinese Office.
BUILT_IN = {
    **dict.fromkeys((9,), "0%"),
    **dict.fromkeys((10,), "0.00%"),
    **dict.fromkeys((14, 15, 16, 28, 29, 30, 31, 51, 53, 54, 58), "yyyy-mm-dd"),
    **dict.fromkeys((17, 27, 36, 50, 52, 57), "yyyy-mm"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56), "h:mm"),
    22: "yyyy-mm-dd h:mm",
    46: "[h]:mm:ss",
}
# Colours, conditions and locales in brackets, quoted and escaped literals, fillers: none of them is a place holder.
LITERAL = re.compile(r'"[^"]*"|\\.|!.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
ELAPSED = re.compile(r"\[h+\]", re.IGNORECASE)
SUFFIX = re.compile(r'(?:[#0?]|,(?=[#0?]))+(?:\.[#0?]+)?(?:_.)?"([\u4e00-\u9fff%％/]{1,6})"(?:_.)?')
AM_PM = re.compile(r"am/pm|a/p|上午/下午", re.IGNORECASE)
CACHED = 4096  # columns repeat their dates and shares
EXACT_PLACES = 4  # a stored percentage with more decimals is a computed one and shown as its format rounds it


def plain(value: str) -> str:
    """A stored number in shortest decimal form, without exponent: 3.0 → 3, 0.30000000000000004 → 0.3."""
    if len(value) < 16 and value.isdecimal() and (value[0] != "0" or len(value) == 1):
        return value
    try:
        # A cell keeps 15 digits; more are the dust of binary arithmetic.
        shortest = f"{float(value):.15g}"
        if "e" not in shortest and "n" not in shortest:  # neither an exponent nor inf and nan
            return shortest
        number = Decimal(shortest)
    except (ValueError, InvalidOperation):
        return value
    if not number.is_finite() or abs(number.adjusted()) > 40:
        return value
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: str, places: int) -> str:
    """0.156 → 15.6%; with more than four decimals rounded to ``places``."""
    try:
        number = Decimal(f"{float(value):.15g}") * 100
    except (ValueError, InvalidOperation):
        return value
    if not number.is_finite() or abs(number.adjusted()) > 40:
        return value
    if number != round(number, EXACT_PLACES):
        number = round(number, places)
    return plain(f"{number:f}") + "%"


def moment(value: str, parts: str, epoch: datetime) -> str:
    """A serial day as ISO date and time; ``parts`` are those that the format shows, out of ``y m d t``."""
    try:
        days = float(value)
        # Excel believes in 29 February 1900: serials before it are a day off.
        shift = 1 if epoch.year == 1899 and 0 < days < 60 else 0
        at = epoch + timedelta(days=shift, seconds=round(days * 86_400))
    except (ValueError, OverflowError):
        return plain(value)
    clock = f"{at.hour:02}:{at.minute:02}" + (f":{at.second:02}" if at.second else "")
    if days < 0:
        return plain(value)
    if "y" not in parts and "d" not in parts and "m" not in parts:
        return clock
    if "d" not in parts and "t" not in parts:
        return f"{at.year}年{at.month}月" if "m" in parts else f"{at.year}年"
    date = f"{at.year:04}-{at.month:02}-{at.day:02}"
    return f"{date} {clock}" if "t" in parts and (at.hour or at.minute or at.second) else date


def elapsed(value: str) -> str:
    """[h]:mm: hours that go beyond a day."""
    try:
        minutes = round(float(value) * 1440)
    except (ValueError, OverflowError):
        return value
    return f"{minutes // 60}:{minutes % 60:02}"


def date_parts(code: str) -> str:
    """Which of y, m, d and t (time) a format shows; empty if it shows no date."""
    code = AM_PM.sub("h", LITERAL.sub("", code.split(";", maxsplit=1)[0])).lower()
    if "general" in code or re.search(r"[#0?]", code.replace("ss.0", "ss")):
        return ""
    time = bool(re.search(r"[hs]", code))
    # m beside h or s is minutes, else months.
    months = bool(re.search(r"m", re.sub(r"h+[^a-z]*m+|m+[^a-z]*s+", "", code)))
    year, day = bool(re.search(r"[ye]", code)), "d" in code
    return "y" * year + "m" * (months and (year or day or not time)) + "d" * day + "t" * time


def shower(code: str, *, date1904: bool = False) -> Show:
    """How to show stored numbers under the format ``code``."""
    if not code or code == "General":
        return plain
    first = code.split(";", maxsplit=1)[0]
    if ELAPSED.search(first):
        return elapsed
    bare = LITERAL.sub("", first)
    if "%" in bare:
        digits = re.search(r"\.([0#?]+)", bare)
        places = len(digits[1]) if digits else 0
        return lru_cache(CACHED)(lambda value: percent(value, places))
    parts = date_parts(code)
    if parts:
        epoch = datetime(1904, 1, 1) if date1904 else datetime(1899, 12, 30)
        return lru_cache(CACHED)(lambda value: moment(value, parts, epoch))
    suffix = SUFFIX.fullmatch(re.sub(r"\[[^\]]*\]", "", first))
    if suffix:  # 0"万元": the measure is part of what the cell says
        return lambda value: plain(value) + suffix[1]
    return plain
