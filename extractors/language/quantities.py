"""Numbers with their measures in Chinese text.

``find`` is the whole interface. Sources of the rules: tables.md (spans, units, bounds), GB/T 15835 (numerals in print).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from extractors import lexicon
from extractors.language import quantity_cues as cues
from extractors.language import quantity_guards as guards
from extractors.language.measures import Measure, measure_at
from extractors.language.numerals import ARABIC, Script, fold, parse, plain
from extractors.language.quantity_reading import (
    ARABIC_SCAN,
    CANDIDATE,
    JOINS,
    NUMBER,
    RATIO,
    SCAN,
    Reading,
    as_measure,
    joined,
    measured,
    read,
    six,
)

_BETWEEN = 6
_LONGEST_LIST = 20
_LEAST_SHARED = 10
_ONE = Decimal(1)
_SCALES = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
# Between the numbers of a list whose members are named: 中央85、省级42亿元; 甲镇12、乙镇8、丙镇5个.
_MEMBER = re.compile(r"[、,和](?P<name>[\u4e00-\u9fff]{1,8}?)(?:[为约各]|计划|投资|资金)?")
_MEMBER_END = re.compile(
    rf"(?:{'|'.join(lexicon.settings('quantities')['list']['member_ends'])})(?:[为约各]|计划|投资|资金)?$"
)
_MEMBER_REACH = 10
_FROM_TO = re.compile(r"\s*(?:\(含\))?及?以上(?:至|到|、)?\s*")


@dataclass(unsafe_hash=True, slots=True)  # never changed; frozen would make each three times as dear
class Quantity:
    """A number and its measure: ``text[start:end]``, half-open offsets in code points.

    ``low`` and ``high`` are plain decimals with magnitudes folded in, None where open (bounds, 几十). ``measure`` is the
    canonical unit, empty for a bare number. ``dimension`` groups measures (money, mass, count …); ``numeral`` is the script.
    """

    start: int
    end: int
    text: str
    low: Decimal | None
    high: Decimal | None
    measure: str
    bound: cues.Bound = "eq"
    change: cues.Change = ""
    dimension: str = ""
    numeral: Script = "arabic"


_OPEN = frozenset(("", "成", "元", "角", "度"))  # measures that the words before the number settle
_CURRENCIES = {"新台币": "新台币", "台币": "新台币", "港币": "港元", "美金": "美元", "日币": "日元"}
_CURRENCY_ENDS = frozenset("$") | {name[-1] for name in _CURRENCIES}
_PHYSICAL = frozenset({"money", "mass", "volume", "energy", "area", "length", "concentration", "power"})
_RATED = frozenset({"mass", "volume", "energy", "count", "area", "length"})
_LIST = ("、", "和", "及", "与")
_HALF = Decimal("0.5")


def find(text: str) -> list[Quantity]:
    """All quantities of a text (raw: simplified or traditional, full-width, spaced), in reading order.

    Takes time linear in the length of the text. Dates, times and durations are left to the times parser.
    """
    folded = fold(text)
    found: list[Quantity] = []
    position = 0
    search, arabic, other = CANDIDATE.search, ARABIC_SCAN.match, SCAN.match
    while candidate := search(folded, position):
        at = candidate.start()
        match = arabic(folded, at) if "0" <= folded[at] <= "9" else other(folded, at)
        if match is None:
            position = at + 1
        elif match.lastgroup == "skip":
            position = match.end()
        elif folded[at - 1 : at] == "第" and search(folded, match.end()) is None:
            break  # an ordinal, and no number after it
        else:
            position = _take(text, folded, match, found)
    for q in found:
        if q.bound == "ge":
            return _spanned(text, folded, found)
    return found


def _spanned(text: str, folded: str, found: list[Quantity]) -> list[Quantity]:
    """A lower and an upper bound side by side are one range: 2万元以上5万元以下."""
    joined_up: list[Quantity] = []
    for q in found:
        last = joined_up[-1] if joined_up else None
        if (
            last is not None
            and last.bound == "ge"
            and q.bound == "le"
            and last.measure == q.measure
            and q.start - last.end <= _BETWEEN
            and _FROM_TO.fullmatch(folded, last.end, q.start)
        ):
            joined_up[-1] = replace(
                last, end=q.end, text=text[last.start : q.end], high=q.high, bound="range", numeral=last.numeral
            )
        else:
            joined_up.append(q)
    return joined_up


def _take(text: str, folded: str, match: re.Match[str], found: list[Quantity]) -> int:
    """Add what stands at a hit to ``found``; returns the offset from which to read on."""
    kind = match.lastgroup
    if kind in ("fold", "times"):
        word = match["times"]
        low = Decimal(2) ** int(parse(word).low) if word and parse(word) else Decimal(2)  # type: ignore[union-attr]
        found.append(
            Quantity(
                match.start(),
                match.end(),
                text[match.start() : match.end()],
                low,
                low,
                "倍",
                "eq",
                "up",
                "times",
                "chinese",
            )
        )
        return match.end()
    if kind == "half":
        return _half(text, folded, match, found)
    number = read(folded, match)
    if number is None:
        return match.end()
    end = measured(folded, number)
    if end < 0:
        return _parts(text, folded, number, found)
    if not number.body:
        return end
    right, span_end = joined(folded, number, end) if folded[end : end + 1] in JOINS else (None, end)
    last = right or number
    measure = last.measure
    if measure is not None and measure.dimension == "time":
        return span_end
    if measure is None and guards.ordinal(folded, number.start):
        return guards.ordinals_end(folded, span_end, number.script)
    if guards.refused(text, folded, number, span_end, measure, ranged=right is not None):
        return (
            number.end
            if measure is not None and right is not None and not guards.ordinal(folded, number.start)
            else span_end
        )
    low, high = number.low, number.high
    if right is not None:
        low, high = number.low, right.high
    _append(
        text,
        folded,
        number,
        (number.start, span_end),
        (low, high),
        measure,
        ranged=right is not None or (high is not None and high != low),
        found=found,
    )
    bracket = folded.find("(", number.end, span_end) if right is None and span_end - number.end > 2 else -1
    if bracket >= 0:
        for inner in NUMBER.finditer(folded, bracket, span_end):
            nested = read(folded, inner)
            if nested is not None:
                _append(
                    text,
                    folded,
                    nested,
                    (nested.start, nested.end),
                    (nested.low, nested.high),
                    measure,
                    ranged=False,
                    found=found,
                )
    return span_end


def _half(text: str, folded: str, match: re.Match[str], found: list[Quantity]) -> int:
    word = match["half"]
    start, end = match.span()
    if word == "一半" or folded[end : end + 1] == "数":
        end += word != "一半"
        if folded[start - 1 : start] not in ("大", "多"):
            measure = as_measure("比例", end)
            number = Reading(start, end, word, _HALF, _HALF, "chinese")
            _append(text, folded, number, (start, end), (_HALF, _HALF), measure, ranged=False, found=found)
        return end
    measure_ = measure_at(folded, end)
    if measure_ is None or measure_.dimension == "time" or guards.in_word(folded, start, word):
        return end
    number = Reading(start, end, word, _HALF, _HALF, "chinese")
    _append(text, folded, number, (start, measure_.end), (_HALF, _HALF), measure_, ranged=False, found=found)
    return measure_.end


def _parts(text: str, folded: str, number: Reading, found: list[Quantity]) -> int:
    """A ratio: a:b is one value, a longer one a value a part."""
    ratio = RATIO.match(folded, number.end)
    assert ratio is not None
    end = ratio.end()
    measure = as_measure("比例", end)
    terms = [number.low, *(Decimal(x) for x in ratio[0].strip()[1:].split(":"))]
    if len(terms) == 2:
        if terms[1]:
            value = plain(six(terms[0] / terms[1]))
            _append(text, folded, number, (number.start, end), (value, value), measure, ranged=False, found=found)
        return end
    at = number.start
    for part in re.finditer(ARABIC, folded[number.start : end]):
        value = plain(Decimal(part[0]))
        _append(
            text,
            folded,
            number,
            (at + part.start(), at + part.end()),
            (value, value),
            measure,
            ranged=False,
            found=found,
        )
    return end


def _append(
    text: str,
    folded: str,
    number: Reading,
    span: tuple[int, int],
    values: tuple[Decimal | None, Decimal | None],
    measure: Measure | None,
    *,
    ranged: bool,
    found: list[Quantity],
) -> None:
    """Set bound, change and rate from the words around a span and add it."""
    start, end = span
    low, high = values
    if number.approx and number.high is None and not ranged:
        high = None
    canonical, dimension = (measure.canonical, measure.dimension) if measure is not None else ("", "")
    if canonical in _OPEN:
        canonical, dimension, start = _settled(folded, start, number, canonical, dimension)
    bound = cues.bound(folded, start, end)
    if ranged:
        bound = "range"
    elif bound == "ge":
        high = None
    elif bound == "le":
        low, high = None, (high if high is not None else low)
    elif number.approx and bound == "eq":
        bound = "approx"
    direction = cues.change(folded, start, dimension) if folded[start - 1 : start] in cues.CHANGE_ENDS else ""
    if dimension and found and not found[-1].measure and _MEMBER.fullmatch(folded, found[-1].end, start):
        _named(folded, found, start, canonical, dimension, _SCALES.get(number.body[-1], _ONE))
    if found and start - found[-1].end == 1 and folded[start - 1] in _LIST:
        last = found[-1]
        if not last.measure and dimension:
            _spread(folded, found, canonical, dimension, _SCALES.get(number.body[-1], _ONE))
            last = found[-1]
        if not direction and last.measure == canonical:
            direction = last.change
        if bound == "eq" and last.bound in ("ge", "le") and last.measure == canonical and _dealt(folded, found):
            bound = last.bound
            low, high = (low, None) if bound == "ge" else (None, high)
    if (dimension in _PHYSICAL and (base := cues.per(folded, start))) or (
        dimension in _RATED and (base := cues.rate(folded, start))
    ):
        canonical, dimension = f"{canonical}/{base}", "rate"
    found.append(
        Quantity(start, end, text[start:end], low, high, canonical, bound, direction, dimension, number.script)
    )


def _settled(folded: str, start: int, number: Reading, canonical: str, dimension: str) -> tuple[str, str, int]:
    """Measure, dimension and beginning of a quantity whose measure the words before the number settle."""
    if canonical == "成":
        return "%", dimension, start
    if canonical in ("元", "角") or (not canonical and start and folded[start - 1] in "¥￥$"):
        return _currency(folded, start), "money", start
    if canonical == "度" and folded[max(0, start - 2) : start] in ("华氏", "摄氏"):
        return ("华氏度" if folded[start - 2] == "华" else "℃"), "temperature", start - 2
    if not canonical and number.body[-1] in "万亿" and cues.money_headed(folded, start):
        return "元", "money", start
    return canonical, dimension, start


def _dealt(folded: str, found: list[Quantity]) -> bool:
    """Whether 分别 with a bound opens the list that ends in the last quantity (分别不低于90%、85%)."""
    first = len(found) - 1
    while first and len(found) - first < _LONGEST_LIST and folded[found[first - 1].end : found[first].start] in _LIST:
        first -= 1
    start = found[first].start
    return "分别" in folded[max(0, start - 14) : start]


def _spread(folded: str, found: list[Quantity], canonical: str, dimension: str, scale: Decimal) -> None:
    """Give the measure at the end of a list to the bare numbers before it (分别提高4.2和0.7个百分点, 分别削减0.8、1.2万吨)."""
    first = len(found)
    following = found[-1].start
    while first and not found[first - 1].measure and folded[found[first - 1].end : following] in ("", *_LIST):
        first -= 1
        following = found[first].start
        if len(found) - first > _LONGEST_LIST:
            return
    shared = "分别" in folded[max(0, following - 14) : following]
    broken = "." in found[first].text
    if dimension in _PHYSICAL:  # 80、100、120平方米; below ten it may be a list number (1、500万元)
        shared = shared or broken or (found[first].low or 0) >= _LEAST_SHARED
    elif dimension in ("percent", "points"):
        shared = shared or broken
    if not shared:
        return
    change = found[first].change
    for i in range(first, len(found)):
        low, high = (
            v if v is None or found[i].text[-1] in _SCALES else plain(v * scale) for v in (found[i].low, found[i].high)
        )
        found[i] = replace(found[i], low=low, high=high, measure=canonical, dimension=dimension, change=change)


def _named(folded: str, found: list[Quantity], start: int, canonical: str, dimension: str, scale: Decimal) -> None:
    """Give the measure at the end of a list of named members, which begins at ``start``, to the bare numbers before it.

    All names end in a word for such members (县, 级, 期); numbers set apart by other words are none of the list.
    """
    first, following = len(found), start
    while (
        first
        and len(found) - first < _LONGEST_LIST
        and not found[first - 1].measure
        and found[first - 1].numeral == "arabic"
        and _MEMBER.fullmatch(folded, found[first - 1].end, following)
        and _MEMBER_END.search(folded, max(0, following - _MEMBER_REACH), following)
    ):
        first -= 1
        following = found[first].start
    while first < len(found) and not _MEMBER_END.search(folded, max(0, following - _MEMBER_REACH), following):
        first += 1
        following = found[first].start if first < len(found) else start
    for i in range(first, len(found)):
        low, high = (
            v if v is None or found[i].text[-1] in _SCALES else plain(v * scale) for v in (found[i].low, found[i].high)
        )
        found[i] = replace(found[i], low=low, high=high, measure=canonical, dimension=dimension)


def _currency(folded: str, start: int) -> str:
    """元, or the currency named right before the number (新台币177亿元, $5)."""
    before = folded[max(0, start - 4) : start].rstrip()
    if before[-1:] not in _CURRENCY_ENDS:
        return "元"
    for name, currency in _CURRENCIES.items():
        if before.endswith(name):
            return currency
    return "美元" if before.endswith("$") else "元"
