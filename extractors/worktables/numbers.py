"""Cells that hold a number and nothing else, with the measure that stands elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from extractors.language import quantities

_PARTS = re.compile(
    r"(?P<before>[^\d+−－-]{0,4}?)\s*+(?P<number>[-+−－]?\d[\d,]*+(?:\.\d++)?\s*+(?:[-~—–至到]+\s*+\d[\d,]*+(?:\.\d++)?)?\s*+[十百千万亿]{0,2}\s*+(?P<share>[%‰])?)\s*+(?P<after>以上|以下|以内|左右|余)?"
)
_PLAIN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Number:
    """A number cell read: the span of the number within the cell and its value in the canonical measure."""

    start: int
    end: int
    low: Decimal | None
    high: Decimal | None
    measure: str
    bound: str
    negative: bool


@lru_cache(1024)
def _scale(measure: str) -> tuple[Decimal, str]:
    """Factor and canonical measure: 万元 → 10000, 元."""
    found = quantities.find("1" + measure)
    if len(found) == 1 and found[0].low is not None and found[0].measure:
        return found[0].low, found[0].measure
    return Decimal(1), ""


@lru_cache(16384)
def read(text: str, measure: str) -> Number | None:
    """The number that fills a cell, None if the cell holds anything else. ``measure`` may be empty."""
    if _PLAIN.fullmatch(text):
        factor, unit = _scale(measure) if measure else (Decimal(1), "")
        value = _trimmed(Decimal(text.replace(",", "")) * factor)
        return Number(0, len(text), value, value, unit, "eq", negative=False)
    m = _PARTS.fullmatch(text)
    if m is None:
        return None
    start, end = m.span("number")
    number = m["number"].rstrip()
    end = start + len(number)
    negative = number[0] in "-−－"
    bare = number.lstrip("-+−－")
    written = m["before"] + bare + ("" if m["share"] else measure) + (m["after"] or "")
    found = quantities.find(written)
    if len(found) != 1 or (not found[0].measure and measure and not m["share"]):
        return None
    q = found[0]
    low, high = (None if v is None else _trimmed(-v if negative else v) for v in (q.low, q.high))
    return Number(start, end, low, high, q.measure, q.bound, negative)


def _trimmed(value: Decimal) -> Decimal:
    """Without an exponent and without zeros behind the point."""
    whole = value.to_integral_value()
    return whole.quantize(Decimal(1)) if value == whole else value.normalize()
