"""What cells hold, told from the cells themselves: numbers, times, measures, organisations, persons."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from extractors import context
from extractors.language import organisations, quantities, times
from extractors.language.organisation_lexicon import lexicon
from extractors.lexicon import settings, words
from extractors.unit_words import words as unit_words
from extractors.worktables import headers

_SAMPLE = 40
_MOST = 0.6
_NAME_OF_TIME = 16
_SUM = 8
_BODY = 3  # characters that an ending of bodies (部, 办) needs before a name can be one
NUMERIC = re.compile(
    r"(?:[≥≤<>＞＜~约]=?|不低于|不少于|不超过|不高于|大于|小于|超过|低于|达到)?\s*+[-+−－]?\d[\d,]*+(?:\.\d++)?\s*+(?:[-~—–至到]+\s*+\d[\d,]*+(?:\.\d++)?)?\s*+[十百千万亿]{0,2}\s*+[%‰]?\s*+(?:以上|以下|以内|左右|余)?"
)
_YEARS = re.compile(r"(?:19|20)\d\d年?")
_PIECE = re.compile(r"[^、,，;；/\s()（）]+")


# Without one of these a cell holds neither a number nor a time.
READABLE = re.compile(r"[\d一二三四五六七八九十百千万亿两几半双翻倍年月日季旬周天期内前底末假夏秋冬春数零首]")
read = lru_cache(16384)(context.read)
"""The times and quantities of a cell, in its own offsets; equal cells are read once."""


@lru_cache(1)
def _person() -> re.Pattern[str]:
    return re.compile(rf"[{re.escape(settings('worktables')['surname'])}][\u4e00-\u9fff]?\s?[\u4e00-\u9fff]")


@lru_cache(8192)
def is_person(text: str) -> bool:
    """Whether a text looks like the name of a person: a family name and one or two characters."""
    if _person().fullmatch(text) is None or organisations.whole(text, 0, len(text)) is not None:
        return False
    endings = lexicon().endings
    return len(text) < _BODY or not any(text[-n:] in endings for n in (1, 2))


@lru_cache(8192)
def measured(text: str) -> bool:
    """Whether a text holds a number with its measure."""
    return any(q.measure for q in quantities.find(text))


@lru_cache(8192)
def is_time(text: str) -> bool:
    """Whether times, and words that stand for one, fill most of a short text."""
    if text in words("worktables", "lasting") or text in words("worktables", "at_once"):
        return True
    found = times.find(text, None)
    return bool(found) and 2 * sum(t.end - t.start for t in found) >= len(text) - text.count("完成") * 2


def is_only_time(text: str) -> bool:
    """Whether a short text is a time and nothing else, as the name of a row of results is (2023年, 1—6月)."""
    if len(text) > _NAME_OF_TIME or (len(text) > 1 and not READABLE.search(text)):
        return False
    return bool(text) and len(text) - sum(t.end - t.start for t in read(text)[0]) <= 1


def is_total(text: str) -> bool:
    """Whether the name of a row says that it adds up others: 合计, 合计:12项, 全市合计."""
    total = words("worktables", "total")
    return text.startswith(total) or (len(text) <= _SUM and text.endswith(total))


@lru_cache(8192)
def is_body(text: str) -> bool:
    """Whether every piece of a list of names is an organisation."""
    pieces = _PIECE.findall(text)
    return bool(pieces) and all(organisations.whole(p, 0, len(p)) is not None for p in pieces)


@lru_cache(16384)
def is_number(text: str) -> bool:
    """A number with nothing but a bound, a magnitude or a percent sign; not a year."""
    return NUMERIC.fullmatch(text) is not None and _YEARS.fullmatch(text) is None


@lru_cache(16384)
def says_nothing(text: str) -> bool:
    """Whether a cell cannot name its row: a number, a mark, or what stands for nothing (—, 无)."""
    return is_number(text) or text in words("worktables", "blank") or is_mark(text)


def is_mark(text: str) -> bool:
    """Whether a cell only says yes (√)."""
    return text.strip() in words("worktables", "mark")


def duty(text: str) -> str:
    """The role that a cell gives to the body in the head of its column: 牵头 → lead, √ → responsible; empty for none."""
    roles: dict[str, str] = unit_words().tail_roles
    return roles.get(text.strip(), "responsible" if is_mark(text) else "")


def mostly(texts: Sequence[str], test: Callable[[str], object]) -> bool:
    """Whether most of the first texts pass a test; marks that say nothing do not count."""
    filled = [t for t in texts if t not in words("worktables", "blank")][:_SAMPLE]
    return bool(filled) and sum(1 for t in filled if test(t)) >= _MOST * len(filled)


def sequential(texts: Sequence[str]) -> bool:
    """Whether the texts count 1, 2, 3 …"""
    if len(texts) < 2 or not all(t.isdecimal() and len(t) < 6 for t in texts[:_SAMPLE]):
        return False
    numbers = [int(t) for t in texts[:_SAMPLE]]
    return numbers[0] <= 1 and all(b - a == 1 for a, b in itertools.pairwise(numbers))


def role(texts: Sequence[str], rows: int) -> str:
    """The role that the texts of a column without a known header speak for; empty if none. ``rows`` counts all its rows."""
    if sequential(texts):
        return "number"
    if 2 * len(texts) < min(rows, _SAMPLE):
        return "value" if mostly(texts, is_number) else ""
    if mostly(texts, is_time):
        return "deadline"
    if mostly(texts, is_number):
        return "value"
    if mostly(texts, headers.measure):
        return "measure"
    if mostly(texts, lambda t: all(is_person(p) for p in _PIECE.findall(t) or [""])):
        return "person"
    return "responsible" if mostly(texts, is_body) else ""
