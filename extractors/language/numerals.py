"""Chinese and Arabic numerals to exact decimals.

All functions here take folded text (``fold``): simplified, half-width, formal numerals (壹) as plain ones. Folding maps one
code point to one, so offsets hold in the source.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from extractors import lexicon

Script = Literal["arabic", "chinese", "mixed"]

_SETTINGS = lexicon.settings("quantities")
_DIGITS: dict[str, int] = _SETTINGS["digits"]
_MAGNITUDES: dict[str, int] = _SETTINGS["magnitudes"]
_LONGEST = 20  # digits; more is a code, and stays below the 28 digits in which decimals are exact
_CEILING = Decimal(10) ** 28  # what is not below it (一亿亿亿亿) counts nothing and would be rounded

# One Arabic number: thousands by comma or single space, or plain; a group is checked where it stands, so a run of
# millions of groups is read once.
ARABIC = r"(?:\d{1,3}+(?:[,，]\d{3}(?!\d))++|\d{1,3}+(?: \d{3}(?!\d))++|\d++)(?:\.\d++)?+"
DIGIT = f"[{''.join(_DIGITS)}几]"
CHINESE = f"[{''.join(_DIGITS)}{''.join(_MAGNITUDES)}几廿卅卌]"
_GAP = " {1,2}(?=[百千十]?[万亿])"  # 1 万: a space before a magnitude only
_TAIL = rf"(?:{CHINESE}|{_GAP}[百千十]?[万亿]|个(?=[百千十]?亿)|(?<=[零百千万亿])\d{{1,4}}+(?:\.\d++)?+(?![\d年月日.,，]))*+"
BODY = rf"(?:{ARABIC}|{CHINESE}){_TAIL}(?:(?<={CHINESE})点[\d零一二三四五六七八九]++[十百千万亿]*+)?+"

_FORM = re.compile(BODY)
_PAIR = re.compile(
    r"(?<![一二三四五六七八九])([一二两三四五六七八九])([二三四五六七八九]|(?<=一)两)(?![一二三四五六七八九])"
)
_TOKEN = re.compile(r"\d[\d.]*|.")


class Numeral(NamedTuple):
    """Value of a numeral: ``high`` is None where it is open (几十, 十几); ``script`` is how it was written."""

    low: Decimal
    high: Decimal | None
    script: Script


_FOLDED: dict[str, str] = {p[0]: p[1] for p in _SETTINGS["fold"].split()} | dict.fromkeys(
    "\u00a0\u2002\u2003\u2009\u202f\u3000", " "
)
_MARKS = [(mark, _FOLDED[mark]) for mark in "：（）\u3000"]  # in most texts; replaced in a tenth of the time
_ODD = re.compile(f"[{re.escape(''.join(_FOLDED))}]")


def _plain_character(m: re.Match[str]) -> str:
    return _FOLDED[m[0]]


def fold(text: str) -> str:
    """Text as the grammars here read it: same length, simplified and half-width where it matters to them."""
    if _ODD.search(text) is None:
        return text
    for mark, read in _MARKS:
        text = text.replace(mark, read)
    return _ODD.sub(_plain_character, text)


def plain(value: Decimal) -> Decimal:
    """The value without exponent and without trailing zeros, so that ``str`` shows a plain decimal."""
    whole = value.to_integral_value()
    if value == whole:
        return Decimal(int(whole))
    return value.normalize()


def _sum(body: str) -> Decimal | None:
    """Value of a numeral without 点, or None if its signs do not form a number below the ceiling."""
    value = _added(body)
    return value if value is not None and value < _CEILING else None


def _added(body: str) -> Decimal | None:
    """What the digits and magnitudes of a numeral come to.

    ``total`` holds what stands before a 万 or 亿, ``section`` what stands below it, ``pending`` a digit without magnitude.
    """
    total = section = Decimal(0)
    pending: Decimal | None = None
    ceiling, highest, last = 10_000, 1, 1  # magnitudes fall within a section; the highest 万 or 亿; the one read last
    after_zero = False
    for token in _TOKEN.findall(body):
        size = _MAGNITUDES.get(token)
        if size is None:
            if pending is not None:
                return None
            if token == "零":
                after_zero = True
            else:
                pending = Decimal(_DIGITS.get(token, token))
            continue
        if size < 10_000:
            if size >= ceiling or (pending is None and size != 10 and (section or total)):
                return None
            section += (Decimal(1) if pending is None else pending) * size
            ceiling = size
        else:
            if pending is None and not section and not total:
                section = Decimal(1)
            section += pending or 0
            # a magnitude at least as high as all before it multiplies them (万亿), a lower one only its own section
            total = (total + section) * size if highest <= size or not total else total + section * size
            section, ceiling, highest = Decimal(0), 10_000, max(highest, size)
        pending, after_zero, last = None, False, size
    if pending is None:
        return total + section
    if last > 1 and not after_zero and pending < 10 and pending == pending.to_integral_value():
        pending *= Decimal(last) / 10 if last > 10 else 1  # 一百五 is 150, 十五 is 15
    elif last > 1 and pending >= last:
        return None
    return total + section + pending


@lru_cache(maxsize=8192)
def parse(body: str) -> Numeral | None:
    """A numeral in folded text as its value; None where the signs do not form one (一百一百, 二零二一, 千万零)."""
    if len(body) > 2 * _LONGEST or _FORM.fullmatch(body) is None:
        return None
    body = body.replace(" ", "").replace(",", "").replace("，", "").replace("个", "")
    if len(body) > _LONGEST + 8 or sum(map(str.isdigit, body)) > _LONGEST:
        return None
    if body.isascii():
        value = plain(Decimal(body))
        return Numeral(value, value, "arabic")
    script: Script = "mixed" if any("0" <= c <= "9" for c in body) else "chinese"
    body = body.replace("廿", "二十").replace("卅", "三十").replace("卌", "四十")
    if "几" in body:
        return _some(body, script)
    if "点" in body:
        value_ = _decimal(body)
        return None if value_ is None else Numeral(value_, value_, script)
    pair = _PAIR.search(body)
    if pair:
        first, second = _DIGITS[pair[1]], _DIGITS[pair[2]]
        if second - first == 1 or (first, second) == (3, 5):
            low = _sum(body[: pair.end(1)] + body[pair.end() :])
            high = _sum(body[: pair.start()] + body[pair.start(2) :])
            return None if low is None or high is None else Numeral(plain(low), plain(high), script)
        return None
    value_ = _sum(body)
    return None if value_ is None else Numeral(plain(value_), plain(value_), script)


def _some(body: str, script: Script) -> Numeral | None:
    """几 stands for an unknown digit: the value is open above (十几 → 10, 几十 → 10, 一百零几万 → 1000000)."""
    if body.count("几") > 1 or "点" in body:
        return None
    at = body.index("几")
    rest = body[at + 1 :]
    if at == 0:
        low = _sum(rest) if rest else None
    elif rest and rest[0] in "十百千":
        low = _sum(body[:at] + rest[1:])
    else:
        low = _sum(body[:at].rstrip("零") + rest)
    return None if low is None else Numeral(plain(low), None, script)


def _decimal(body: str) -> Decimal | None:
    whole, _, rest = body.partition("点")
    base = _sum(whole)
    if base is None:
        return None
    digits = rest.rstrip("十百千万亿")
    factor = _sum("1" + rest[len(digits) :]) if len(rest) > len(digits) else Decimal(1)
    ascii_digits = "".join(str(_DIGITS.get(c, c)) for c in digits)
    if not ascii_digits or factor is None:
        return None
    value = (base + Decimal("0." + ascii_digits)) * factor
    return plain(value) if value < _CEILING else None
