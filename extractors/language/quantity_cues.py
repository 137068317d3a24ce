"""Words around a number: its bound, its direction of change, and what it is counted per.

Text is folded; windows end where the clause ends. Rules: tables.md, `bound`, `change` and `unit`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

from extractors import lexicon
from extractors.language.measures import Unit, unit_at

Bound = Literal["eq", "approx", "ge", "le", "range"]
Change = Literal["", "up", "down"]

WINDOW = 18  # code points looked at before a number
_WORDS_BEFORE = range(5)  # and words
_NOISE = re.compile(r"\([a-zà-ÿāēīōūǎěǐǒǔǖǘǚǜ]{1,7}\)\Z")
_HAN = re.compile(r"(?![的免无])[\u4e00-\u9fff]")


class _Words(NamedTuple):
    """Cue words with their kinds, and their lengths (longest first) by the character next to the number."""

    kinds: dict[str, str]
    lengths: dict[str, tuple[int, ...]]


def _index(groups: dict[str, list[str]], kinds: tuple[str, ...], edge: int) -> _Words:
    found = {word: kind for kind in kinds for word in groups[kind]}
    lengths: dict[str, set[int]] = {}
    for word in found:
        lengths.setdefault(word[edge], set()).add(len(word))
    return _Words(found, {c: tuple(sorted(n, reverse=True)) for c, n in lengths.items()})


_SETTINGS = lexicon.settings("quantities")
_BEFORE = _index(_SETTINGS["before"], ("fill", "carry", "approx", "ge", "le", "none"), -1)
_AFTER = _index(_SETTINGS["after"], ("approx", "ge", "le", "none"), 0)
_CHANGE = _index({**_SETTINGS["change"], "skip": _SETTINGS["change"]["particles"]}, ("skip", "up", "down"), -1)


@cache
def _reach() -> tuple[re.Pattern[str], dict[str, Bound]]:
    words = lexicon.settings("quantities")["before"]
    kinds: dict[str, Bound] = dict.fromkeys(words["reach_ge"], "ge")
    kinds.update(dict.fromkeys(words["reach_le"], "le"))
    kinds.update(dict.fromkeys(words["reach_approx"], "approx"))
    near = "|".join(words["reach_approx"])
    far = "|".join([*words["reach_ge"], *words["reach_le"]])
    gap = r"[^，。；、！？,;\n\t:(（\d一二三四五六七八九十]"
    return re.compile(rf"({far}){gap}{{0,12}}\Z|({near}){gap}{{0,4}}\Z"), kinds


_SOFT = frozenset(("", " ", "\u3000", ")"))  # what _back_over_space passes over
CHANGE_ENDS = frozenset(_CHANGE.lengths) | _SOFT  # after these alone ``change`` finds anything
_REACH_SIGN = re.compile("[少多低高码约超突]")  # a set would take the window apart into strings of one character


@cache
def _shares() -> tuple[re.Pattern[str], dict[str, Bound]]:
    words = lexicon.settings("quantities")["before"]
    kinds: dict[str, Bound] = dict.fromkeys(words["share_ge"], "ge")
    kinds.update(dict.fromkeys(words["share_le"], "le"))
    kinds.update(dict.fromkeys(words["share_approx"], "approx"))
    cue = "|".join(sorted(kinds, key=len, reverse=True))
    word = r"[^，。；、！？,;\n\t:(（\d一二三四五六七八九十]"
    return re.compile(rf"({cue}){word}{{0,6}}?(?:{'|'.join(words['share_base'])}){word}{{0,6}}的\Z"), kinds


def when(text: str, start: int, end: int) -> bool:
    """Whether the 时 at the end of 千瓦时 means "when" (负荷达到2万千瓦时启动)."""
    words = lexicon.settings("quantities")["when"]
    clause = text[max(0, start - WINDOW) : start]
    if any(word in clause for word in words["energy"]):
        return False
    return any(word in clause for word in words["power"]) or text.startswith(tuple(words["then"]), end)


@cache
def _single() -> frozenset[str]:
    return frozenset(lexicon.settings("quantities")["change"]["single"])


@cache
def _blocked() -> frozenset[str]:
    return frozenset(lexicon.settings("quantities")["change"]["blocked"])


def _suffix(text: str, start: int, end: int, words: _Words) -> str:
    """The longest listed word that ends at ``end`` and does not begin before ``start``."""
    for length in words.lengths.get(text[end - 1 : end], ()):
        if end - length >= start and (word := text[end - length : end]) in words.kinds:
            return word
    return ""


def _back_over_space(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in " \u3000":
        end -= 1
    if end > start and text[end - 1] == ")" and (noise := _NOISE.search(text, max(start, end - 10), end)):
        return noise.start()
    return end


def bound(text: str, start: int, end: int) -> Bound:
    """The bound that the words beside [start, end) set; a word after the number goes before one in front of it."""
    edge = text[end : end + 1]
    behind = _bound_after(text, end) if edge in _AFTER.lengths or edge == " " else "eq"
    return behind if behind != "eq" else _bound_before(text, start)


def _bound_after(text: str, end: int) -> Bound:
    at = end
    words = _AFTER
    while text[at : at + 1] == " " and at < end + 2:
        at += 1
    for length in words.lengths.get(text[at : at + 1], ()):
        kind = words.kinds.get(text[at : at + length])
        if kind == "none":
            return "eq"
        if kind and not (length == 1 and _HAN.match(text, at + 1)):
            return kind  # type: ignore[return-value]
    return "eq"


def _bound_before(text: str, start: int) -> Bound:
    left = start - WINDOW if start > WINDOW else 0
    words = _BEFORE
    at = start
    carried = False
    soft: Bound = "eq"
    for _ in _WORDS_BEFORE:
        edge = text[at - 1 : at]
        if edge in _SOFT:
            at = _back_over_space(text, left, at)
        elif edge not in words.lengths:
            break
        word = _suffix(text, left, at, words)
        if not word:
            break
        kind = words.kinds[word]
        if kind == "none":
            return soft
        if kind == "ge" and not (carried and word not in _reaching()):
            return "ge"
        if kind == "le" and not (carried and word not in _reaching()):
            return "le"
        if kind == "approx":
            if not carried:
                soft = "approx"
        elif kind == "carry":
            carried = True
        elif kind != "fill":
            break
        at -= len(word)
    if text[start - 1 : start] == "的":
        pattern, kinds = _shares()
        shared = pattern.search(text, left, start)
        if shared:
            return kinds[shared[1]]
    if _REACH_SIGN.search(text, left, start) is None:
        return soft
    pattern, kinds = _reach()
    reached = pattern.search(text, left, start)
    return kinds[reached[1] or reached[2]] if reached else soft


@cache
def _reaching() -> frozenset[str]:
    return frozenset(lexicon.settings("quantities")["before"]["over_verbs"])


@cache
def _heads() -> re.Pattern[str]:
    words = lexicon.settings("quantities")["heads"]
    return re.compile(rf"(?:{'|'.join(words['money'])})(?:{'|'.join(words['fill'])}|[：: ]){{0,3}}\Z")


def money_headed(text: str, start: int) -> bool:
    """Whether the noun that heads the number at ``start`` is a sum of money (签约金额可达到67亿)."""
    return bool(_heads().search(text, max(0, start - WINDOW), start))


def change(text: str, start: int, dimension: str) -> Change:
    """up or down where a word of change directly governs the number at ``start``."""
    left = start - WINDOW if start > WINDOW else 0
    words = _CHANGE
    at = start
    for _ in _WORDS_BEFORE:
        edge = text[at - 1 : at]
        if edge in _SOFT:
            at = _back_over_space(text, left, at)
        elif edge not in words.lengths:
            return ""
        word = _suffix(text, left, at, words)
        if not word:
            return ""
        kind = words.kinds[word]
        at -= len(word)
        if kind == "skip":
            continue
        if word in _single() and (dimension not in ("percent", "points", "times") or text[at - 1 : at] in _blocked()):
            return ""
        return kind  # type: ignore[return-value]
    return ""


_PER = _SETTINGS["per"]
_NOUNS = frozenset(_PER["nouns"])
_RATE_UNITS: dict[str, str] = _PER["rate_units"]
_RATED = re.compile(f"[年日月](?!均)(?=({'|'.join(sorted(_PER['rate_verbs'], key=len, reverse=True))}))")
_RATE_GAP = re.compile(
    r"(?:能力|规模)?(?:可|将)?(?:达到|达|为|约|近|超过|超|各类|不低于|不少于|逾)*[^\d，。；、,;\n一二三四五六七八九十]{0,6}\Z"
)


def rate(text: str, start: int) -> str:
    """年 日 or 月 where 年产, 日处理, 月加工 … stands before the number in its clause, else empty."""
    left = start - WINDOW if start > WINDOW else 0
    first = _RATED.search(text, left, start + WINDOW)
    if first is None or first.start() >= start:
        return ""
    heads = [m for m in _RATED.finditer(text, first.start(), start + WINDOW) if m.start() < start]
    for m in reversed(heads):
        if m.start() and text[m.start() - 1] in "0123456789全今去本当每同近历多上半":
            continue
        gap = m.end(1)
        if text[gap : gap + 1] not in "值业品量额率" and gap <= start:
            return _RATE_UNITS[m[0]] if _RATE_GAP.fullmatch(text, gap, start) else ""
    return ""


def _is_time(unit: Unit) -> bool:
    """Whether a unit is one of time by which work recurs; an hour is a measure of what is sold (每小时不超过3元)."""
    return unit.dimension == "time" and unit.canonical != "小时"


_ONE_OF = re.compile(r"[^\d一]{1,6}(?:一|1 ?)")


def per(text: str, start: int) -> str:
    """A of 每A … where that stands before the number in its clause (每吨补贴 → 吨, 每改造一户 → 户), else empty."""
    left = start - 26 if start > 26 else 0
    at = text.rfind("每", left, start)
    if at < 0:
        return ""
    while at >= 0 and (timed := unit_at(text, at + 1)) is not None and _is_time(timed[0]):
        at = text.rfind("每", left, at)  # 每人每月: time is no denominator here
    if at < 0:
        return ""
    for stop in "，。；,;\n":
        if text.find(stop, at, start) >= 0:
            return ""
    begin = at + 1
    if text[begin : begin + 1] in "百千万亿":
        return ""
    found = unit_at(text, begin)
    if found is None:
        for length in (4, 3, 2, 1):
            if (noun := text[begin : begin + length]) in _NOUNS:
                return noun
        one = _ONE_OF.match(text, begin, start)
        found = unit_at(text, one.end()) if one else None
    if found is None or _is_time(found[0]) or found[1] > start or found[0].canonical in ("次", "轮", "批", "期"):
        return ""
    return found[0].canonical


@cache
def refusals(key: str) -> tuple[frozenset[str], tuple[int, ...]]:
    """The words of ``refuse.key`` and their lengths, longest first."""
    words = lexicon.settings("quantities")["refuse"][key]
    return frozenset(words), tuple(sorted({len(w) for w in words}, reverse=True))


@cache
def _edges(key: str, at: int) -> frozenset[str]:
    """The first (0) or last (-1) characters of the words of ``refuse.key``: most places are let go by them."""
    return frozenset(word[at] for word in refusals(key)[0])


def ends_with(text: str, end: int, key: str) -> bool:
    """Whether a word of ``refuse.key`` ends at ``end``."""
    words, lengths = refusals(key)
    return text[end - 1 : end] in _edges(key, -1) and any(end >= n and text[end - n : end] in words for n in lengths)


def begins_with(text: str, start: int, key: str) -> bool:
    """Whether a word of ``refuse.key`` begins at ``start``."""
    words, lengths = refusals(key)
    return text[start : start + 1] in _edges(key, 0) and any(text[start : start + n] in words for n in lengths)
