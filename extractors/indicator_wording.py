"""Whether two indicators in different words measure the same.

An indicator is brought to a key: without words of intention and completion around it, with one word for its synonyms, and
without the verbs that plans and reports exchange. Keys are then compared by rapidfuzz; words that exclude each other
(进口, 出口) forbid a match however alike the rest is. All words are data, ``lexicon/indicators.toml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from rapidfuzz.distance import Indel, LCSseq

from extractors import lexicon

SAME, INNER, OWNED, NARROWER, DOUBTFUL = 0.9, 0.8, 0.65, 0.55, 0.45  # confidence by how the keys agree
MONEY = "元"
HEAD_CHARS = 2  # what indicators end with names what is measured (…面积, …总额): it must agree
_SHORT = 3  # keys of fewer characters agree by being equal only
_ALIKE = 0.72  # of keys whose characters stand in another order
_UNNEEDED = re.compile(r"[\W_]+")
_NUMBERED = re.compile(r"\d+")


@dataclass(frozen=True)
class _Words:
    around: re.Pattern[str]
    verbs: re.Pattern[str]
    tails: re.Pattern[str]
    money_tails: re.Pattern[str]
    generic: frozenset[str]
    topic_ends: re.Pattern[str]
    synonyms: re.Pattern[str]
    canonical: dict[str, str]
    so_far: re.Pattern[str]
    owner: re.Pattern[str]
    contrasts: tuple[tuple[re.Pattern[str], float], ...]
    measures: dict[str, frozenset[int]]
    classes: dict[str, int]


def _any(words: Any) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@cache
def words() -> _Words:
    """The vocabulary, compiled."""
    data = lexicon.settings("indicators")
    canonical = {_UNNEEDED.sub("", w): line[0] for line in data["synonyms"] for w in line}
    measures: dict[str, set[int]] = {}
    for number, line in enumerate(data["measures"]):
        for word in line:
            measures.setdefault(word, set()).add(number)
    classes: dict[str, int] = {}
    for number, line in enumerate(data["measures"]):
        met = {classes[word] for word in line if word in classes}
        classes = {word: number if known in met else known for word, known in classes.items()}
        classes |= dict.fromkeys(line, number)
    return _Words(
        around=re.compile(
            f"^(?:{_any(data['around'] + data['before'])})++|(?:{_any(data['around'] + data['after'])})++$"
        ),
        verbs=re.compile(_any(data["verbs"])),
        tails=re.compile(f"(?:{_any(data['tails'])})$"),
        money_tails=re.compile(f"(?:{_any(data['money_tails'])})$"),
        generic=frozenset(data["generic"]),
        topic_ends=re.compile(_any(data["topic_ends"])),
        synonyms=re.compile(_any(canonical)),
        canonical=canonical,
        so_far=re.compile(_any(data["so_far"])),
        owner=re.compile(f"^[^\\W\\d_]{{2,8}}?(?:{_any(data['regions'])})(?![级镇村区域民])(?=[^\\W\\d_]{{3}})"),
        contrasts=tuple(
            (re.compile(_any(line)), sure)
            for name, sure in (("contrasts", DOUBTFUL), ("soft_contrasts", NARROWER))
            for line in data[name]
        ),
        measures={word: frozenset(numbers) for word, numbers in measures.items()},
        classes=classes,
    )


def bare(indicator: str) -> str:
    """An indicator without punctuation and without words of intention or completion around it; may be empty."""
    text = _UNNEEDED.sub("", indicator)
    around = words().around
    while (shorter := around.sub("", text)) != text:
        text = shorter
    return text


@lru_cache(maxsize=16384)
def indicator_key(indicator: str, unit: str = "") -> str:
    """The key of an indicator: what is left of it when the wording is taken away."""
    w = words()
    text = bare(indicator) or _UNNEEDED.sub("", indicator)
    text = w.synonyms.sub(lambda m: w.canonical[m[0]], text)
    text = _left(w.tails.sub("", text), text)
    if unit == MONEY:
        text = _left(w.money_tails.sub("", text), text)
    without = w.verbs.sub("", text)
    return _left(bare(without) or without, text)


def _left(shorter: str, text: str) -> str:
    """The shorter form, if it still says something."""
    return shorter if len(shorter) >= 2 else text


def is_generic(indicator: str) -> bool:
    """Whether an indicator says nothing without what stands before it (数量, 总金额)."""
    text = bare(indicator)
    return not text or text in words().generic


def measure_key(unit: str) -> str:
    """One name for classifiers that count the same things; other units are their own."""
    groups = words().measures.get(unit)
    return f"#{min(groups)}" if groups else unit


def measures_agree(a: str, b: str) -> bool:
    """Whether values of two units can be compared as they are."""
    known = words().measures
    return a == b or bool(known.get(a, frozenset()) & known.get(b, frozenset()))


def measure_class(unit: str) -> str:
    """One name for all units that :func:`measures_agree` leads to from this one, in however many steps (家, 个 and 座)."""
    number = words().classes.get(unit)
    return unit if number is None else f"#{number}"


def _contrast(a: str, b: str) -> float:
    """1 where no excluding words speak against it, less where one side is told apart and the other not, 0 where both are."""
    verdict = 1.0
    for line, one_sided in words().contrasts:
        left, right = set(line.findall(a)), set(line.findall(b))
        if left and right and not left & right:
            return 0.0
        if left != right:
            verdict = min(verdict, one_sided)
    return verdict


@lru_cache(maxsize=32768)
def agreement(target: str, result: str) -> float:
    """How surely two indicator keys measure the same, 0 to 1: 0 where they do not."""
    if target == result:
        return SAME if len(target) >= 2 else 0.0
    short, long = sorted((target, result), key=len)
    if len(short) < 2 or _NUMBERED.findall(short) != _NUMBERED.findall(long):
        return 0.0
    contrast = _contrast(target, result)
    if contrast and len(short) > _SHORT and turned(short) == turned(long):
        return INNER
    if not contrast or short[-HEAD_CHARS:] != long[-HEAD_CHARS:]:
        return DOUBTFUL if contrast == 1.0 and _reordered(short, long) else 0.0
    if LCSseq.similarity(short, long) == len(short):
        if len(short) < _SHORT:
            return 0.0
        if len(short) * 2 < len(long):
            return min(contrast, DOUBTFUL) if len(short) * 3 > len(long) else 0.0
        # A word put in front (农村居民收入) often narrows what is measured.
        return min(contrast, INNER if short[0] == long[0] else NARROWER)
    return min(contrast, NARROWER) if _reordered(short, long) else 0.0


def turned(key: str) -> str:
    """The characters of a key in an order of their own: 改造户厕 and 户厕改造 have it in common."""
    return "".join(sorted(key))


def _reordered(short: str, long: str) -> bool:
    """Whether two keys have the same characters in another order (投资引进, 引进投资)."""
    if not set(short) <= set(long):
        return False
    return Indel.normalized_similarity(turned(short), turned(long)) >= _ALIKE
