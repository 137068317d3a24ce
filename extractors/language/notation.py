"""What all time grammars share: one folding of the text and small numerals.

Folding replaces single code points by single code points, so offsets stay true.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from extractors.lexicon import settings

_FOLDS = settings("times")["folds"]
_MAP: dict[str, str] = {a: b for fold in _FOLDS for a, b in zip(fold["written"], fold["read"], strict=True)}
_MARKS = [(mark, _MAP[mark]) for mark in "，；：（）\u3000"]  # in most texts; replaced in a tenth of the time
_ODD = re.compile("[" + re.escape("".join(_MAP)) + "]")


def fold(text: str) -> str:
    """The text with full-width digits, dashes and the traditional characters of time words made uniform; same length."""
    if _ODD.search(text) is None:
        return text
    for mark, read in _MARKS:
        text = text.replace(mark, read)
    return _ODD.sub(_uniform, text)


def _uniform(m: re.Match[str]) -> str:
    return _MAP[m[0]]


DIGITS = "〇零一二三四五六七八九"
_VALUE = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "俩": 2, "O": 0}
_SCALE = {"十": 10, "百": 100, "千": 1000}
_SPECIAL = {"廿": 20, "卅": 30, "元": 1, "正": 1, "首": 1, "半": 0}


@lru_cache(maxsize=1024)  # few numerals make most of the dates
def integer(numeral: str) -> int:
    """Value of an Arabic or Chinese numeral below ten thousand; 廿 and 卅 included, 二〇二一 read digit by digit.

    Raises ValueError for what is no numeral.
    """
    numeral = numeral.strip()
    if numeral.isascii():
        return int(numeral)
    if len(numeral) > 1 and not any(c in "十百千廿卅" for c in numeral):
        return int("".join(str(_digit(c)) for c in numeral))
    total, current = 0, 0
    for c in numeral:
        if c in _SCALE:
            total += (current or 1) * _SCALE[c]
            current = 0
        elif c in _SPECIAL:
            total += _SPECIAL[c]
        else:
            current = _digit(c)
    return total + current


def _digit(c: str) -> int:
    if c.isdecimal():  # 一5: both scripts in one numeral
        return int(c)
    if c not in _VALUE:
        raise ValueError(f"no digit: {c}")
    return _VALUE[c]


def number(numeral: str) -> Decimal:
    """Value of a numeral that may have separators, decimals and 万."""
    numeral = numeral.strip().replace(",", "").replace(" ", "")
    scale = 10000 if numeral.endswith("万") else 1
    numeral = numeral.removesuffix("万")
    return Decimal(numeral) * scale if numeral.isascii() else Decimal(integer(numeral) * scale)
