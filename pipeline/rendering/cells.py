"""What a cell of the ledger can hold, apart from how a workbook writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

MAX_CHARS = 32_767  # Excel's, of a cell
CUT = "…(过长,已截断)"
# What XML 1.0 cannot carry; a replacement character keeps the place.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Rich:
    """A text with hits (half-open spans, ascending, apart) to be shown in bold."""

    text: str
    hits: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A name that leads to a file beside the ledger; an empty target is just the name."""

    name: str
    target: str


@dataclass(frozen=True, slots=True)
class Toned:
    """A value in a colour of its own (a key of ``tones``)."""

    value: Any
    tone: str


def clean(text: str) -> str:
    """Text that a cell can hold, cut with a mark where it is too long."""
    shown = _NOT_XML.sub("\ufffd", text) if not text.isprintable() else text
    # Excel counts UTF-16 units.
    if len(shown) > MAX_CHARS // 2 and len(shown.encode("utf-16-le")) // 2 > MAX_CHARS:
        return shown.encode("utf-16-le")[: 2 * (MAX_CHARS - len(CUT) - 1)].decode("utf-16-le", "ignore") + CUT
    return shown


def width(text: str) -> int:
    """Columns that a text takes: CJK two, ASCII one. GB 18030 gives a character as many bytes."""
    return len(text) if text.isascii() else len(text.encode("gb18030", "replace"))


def number_format(value: Decimal, unit: str) -> str:
    """Excel format of a figure: money as 亿元 or 万元 where that shows it exactly, else plain with its own places."""
    if unit == "元" and value == value.to_integral_value():
        whole = int(value)
        if abs(whole) >= 10**8 and whole % 10**6 == 0:
            return YI
        if abs(whole) >= 10**4 and whole % 10**3 == 0:
            return WAN
    exponent = value.normalize().as_tuple().exponent
    return PLACES[min(-exponent, 10) if isinstance(exponent, int) and exponent < 0 else 0]


YI = '0\\.00,,"亿元"'
WAN = '0\\.0,"万元"'
PLACES = ("#,##0", *("#,##0." + "0" * n for n in range(1, 11)))
NUMBER_FORMATS = (YI, WAN, *PLACES)
