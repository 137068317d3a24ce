"""Units of measure: what is written at a place, and its canonical form.

The vocabulary is ``lexicon/measures.tsv``; text is folded (``numerals.fold``).
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from extractors import lexicon
from extractors.language.numerals import fold


class Unit(NamedTuple):
    """One entry of the vocabulary."""

    canonical: str
    dimension: str
    scale: Decimal
    arabic: bool
    no_one: bool
    not_before: str
    whole: bool  # no smaller coins or weights follow it, and it has no scale


class Measure(NamedTuple):
    """A measure found in text: ``end`` is its end offset (code points, exclusive)."""

    canonical: str
    dimension: str
    end: int
    scale: Decimal
    unit: Unit


DIVIDED = frozenset(("元", "角", "斤", "块"))  # smaller coins and weights may follow
_ONE = Decimal(1)
PINYIN = re.compile(r"\([a-zà-ÿāēīōūǎěǐǒǔǖǘǚǜ]{1,7}\)")
_PER = re.compile(r" ?/ ?| ?每")
_CONTINUED = frozenset(" /每(")  # with what a denominator, or the pinyin before one, can begin
_LATIN = re.compile("[A-Za-z]")
_AND = re.compile(r"[·•.](?=[\u4e00-\u9fff])")


@cache
def vocabulary() -> dict[str, Unit]:
    """Every writing (canonical forms and aliases, folded) and its entry.

    Raises ValueError where a writing is listed for two entries.
    """
    found: dict[str, Unit] = {}
    for row in lexicon.table("measures"):
        flags = row["flags"].split()
        if "derived" in flags:
            continue
        scale = next((Decimal(f[6:]) for f in flags if f.startswith("scale:")), _ONE)
        canonical = row["canonical"]
        whole = scale == 1 and canonical not in DIVIDED
        unit = Unit(canonical, row["dimension"], scale, "arabic" in flags, "no_one" in flags, row["not_before"], whole)
        for name in [canonical, *filter(None, row["aliases"].split("|"))]:
            if found.setdefault(fold(name), unit).canonical != unit.canonical:
                raise ValueError(f"measures.tsv: {name} is listed twice")
    return found


def _by_beginning() -> dict[str, tuple[tuple[int, dict[str, Unit]], ...]]:
    """The writings by their lengths, longest first: under each two characters that one begins with, and those of one
    character under that and under the twos that begin with it too."""
    found: dict[str, dict[int, dict[str, Unit]]] = {}
    for name, unit in vocabulary().items():
        found.setdefault(name[:2], {}).setdefault(len(name), {})[name] = unit
    for beginning, listed in found.items():
        if len(beginning) == 2 and beginning[0] in found:
            listed.update(found[beginning[0]])
    return {c: tuple(sorted(listed.items(), reverse=True)) for c, listed in found.items()}


_UNITS = _by_beginning()


def first_characters() -> str:
    """The characters with which a measure can begin."""
    return "".join(dict.fromkeys(name[0] for name in vocabulary()))


def unit_at(text: str, at: int) -> tuple[Unit, int] | None:
    """The entry written at ``at`` and its end, the longest where several are; None if there is none."""
    beginning = text[at : at + 2]
    for length, units in _UNITS.get(beginning) or _UNITS.get(beginning[:1], ()):
        end = at + length
        unit = units.get(text[at:end])
        if unit is None:
            continue
        follower = text[end : end + 1]
        if follower and (
            (follower in unit.not_before and text[at] > "\x7f")  # 3.2mg/L降至: Latin letters begin no Chinese word
            or ("A" <= follower <= "z" and follower.isalpha() and _LATIN.match(text, end - 1))  # the m of max
        ):
            continue
        return unit, end
    return None


def measure_at(text: str, at: int) -> Measure | None:
    """The measure written at ``at``, with what it is counted per (元/平方米, 立方米每秒); None if there is none."""
    found = unit_at(text, at)
    if found is None:
        return None
    unit, end = found
    canonical, dimension = unit.canonical, unit.dimension
    if text[end : end + 1] not in _CONTINUED:
        return tuple.__new__(Measure, (canonical, dimension, end, unit.scale, unit))  # half the time of Measure(…)
    if text[end] == "(":
        noise = PINYIN.match(text, end)
        if noise is None or text[noise.end() : noise.end() + 1] != "/":
            return Measure(canonical, dimension, end, unit.scale, unit)
        end = noise.end()
    for _ in range(2):
        per = _PER.match(text, end)
        if per is None:
            break
        below = _denominator(text, per.end(), slash="/" in per[0])
        if below is None:
            break
        canonical, dimension, end = f"{canonical}/{below[0]}", "rate", below[1]
        joint = _AND.match(text, end)
        more = joint and _denominator(text, joint.end(), slash=True)
        if more:
            canonical, end = f"{canonical}·{more[0]}", more[1]
    if dimension == "rate" and canonical.endswith("/立方米") and unit.dimension == "mass":
        dimension = "concentration"
    elif dimension == "rate" and unit.dimension == "length":
        dimension = "speed"
    return Measure(canonical, dimension, end, unit.scale, unit)


def _denominator(text: str, at: int, *, slash: bool) -> tuple[str, int] | None:
    """What a measure is counted per: another measure, with a magnitude if it has one (万元), or a counted noun."""
    start = at
    while text[at : at + 1] in ("百", "千", "万", "亿") and at - start < 2:
        at += 1
    found = unit_at(text, at)
    if found is not None:
        return text[start:at] + found[0].canonical, found[1]
    if at == start and slash:
        for length in (3, 2, 1):
            if text[at : at + length] in _nouns():
                return text[at : at + length], at + length
    return None


@cache
def _nouns() -> frozenset[str]:
    return frozenset(lexicon.settings("quantities")["per"]["nouns"])
