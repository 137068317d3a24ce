"""Time expressions of Chinese official text with their dates, rules and durations.

>>> [(t.text, t.end_date) for t in find("8月底前完成", None)]
[('8月底前', 'XXXX-08-31')]

Stands alone: raw text in, times out; no clock is read. One scan names the places where a time can begin, small grammars
read from there. What the dates of an expression are is the convention of docs/tables, section deadlines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from extractors.language import feasts
from extractors.language.limits import limit
from extractors.language.moments import members, moment, term
from extractors.language.notation import fold
from extractors.language.periods import Point
from extractors.language.points import SP
from extractors.language.readings import Hit, Kind, Moment, Reading, Repeat, values
from extractors.language.recurrence import recurrence
from extractors.lexicon import settings


@dataclass(frozen=True, slots=True)
class Time:
    """A time in a text.

    ``start`` and ``end`` are half-open code-point offsets and ``text`` what stands there. ``start_date``, ``end_date``:
    ISO dates, both days included, XXXX for an unknown year, empty for an open or unknown side. ``rrule``: RFC 5545.
    ``duration``: ISO 8601, ``low/high`` for a range.

    ``kind``: ``by`` a limit (``end_date`` counts), ``in`` a date or period, ``every`` recurring (学期 has no rule),
    ``within`` a length in which something is to be done, ``from`` an open beginning, ``duration`` a bare length.

    ``uses``: the coarsest part that the anchor had to give: ``year`` (8月底前), ``month`` (月底前, 15日前, 下旬), ``week``
    (下周), ``day`` (3日内, 近三年: counted from the very day; no use where only the year is known), ``term`` (a school
    term or season, which no anchor dates), '' where the text says all.
    """

    start: int
    end: int
    text: str
    start_date: str
    end_date: str
    rrule: str
    duration: str
    kind: Kind
    uses: str
    parse: Reading = field(repr=False, compare=False)


_WORDS = settings("times")
_N = "0-9〇零一二三四五六七八九十廿卅两俩半"
# What shows that a number tells a time, and a list or range of numbers that ends so.
_UNIT = "(?:[年月日号天周季旬]|个(?=[月半工星礼季小周学钟])|[多余来]个?[年月日天周]|工作日|星期|礼拜|小时|钟头|分钟|学[年期]|半[年月天小个]|万个?小时)"
_AND = f"(?:[-至到、和及与或,]{{1,3}} ?[{_N}]{{1,4}}){{1,12}} {{0,3}}[年月日号天周季个工星小学]"
_KEYWORDS = [
    *(re.escape(w) for entry in _WORDS["relative"] for w in entry["words"]),
    *map(re.escape, feasts.names()),
    *_WORDS["events"]["terms"],
    "今明两年",
    "[上中下]{1,2}旬",
    "[年季月][初中底末终内]",
    "年度[内末底]",
    f"“(?:{'|'.join(feasts.names())})",
    "第 ?[一二] ?学期",
    "元月",
    "[上下]半年",
    "前[二三两23] ?个?季度",
    "第 ?[0-9一二三四五六七八九十]{1,3} ?(?:季|周|个?星期|个?礼拜)",
    "首季",
    "[Qq][1-4]",
    '[“"「]?十[一二三四五六七八九]?五',
    '[“"「][七八九]五',
    "(?:19|20)?[0-9]?[_*×Xx]{1,8} {0,3}年",
    f"(?:近|最近|过去|未来|今后|用|上|下|前|后) {{0,2}}[{_N}]{{1,4}} {{0,3}}(?:{_UNIT}|{_AND})",
    f"每(?:间?隔)? {{0,3}}[{_N}]{{0,3}} {{0,3}}个?[半年月季周日天旬学工星礼]",
    "[逐按][年月季周日旬半]",
    "隔[年月周日天]",
]
_HEADS = "".join(
    sorted(
        {w[0] for e in _WORDS["relative"] for w in e["words"]}
        | {w[0] for w in [*feasts.names(), *_WORDS["events"]["terms"]]}
    )
)
# One character that can begin a time, then what shows that it does: a number followed by a unit of time or by another
# number, or the rest of a key word. All repeats are bounded, so that a scan of hostile text stays linear.
_SCAN = re.compile(
    f'[{_N}{_HEADS}年月季旬上中下前后首元QqXx_*×“"「第近最过未今用每逐按隔]'
    rf"(?:(?<=[{_N}])(?<![{_N}][{_N}])(?:"
    rf"(?<=\d)(?:(?:\d{{0,8}}(?:,\d{{3}}){{0,3}}(?:\.\d{{1,4}})?){SP}(?:{_UNIT}|{_AND})|\d{{3}}[-/.]\d|\d{{3}}[到至][12]\d{{3}}|\d{{7}}(?!\d)|\d{{0,2}}[_*×Xx]{{1,8}} {{0,3}}年)"
    rf"|(?<!\d)[{_N}百千点O]{{0,7}}{SP}(?:{_UNIT}|{_AND}))"
    rf"|(?<=[^0-9])(?<=(?={'|'.join(_KEYWORDS)}).))"
)
_LIST_NUMBER = re.compile(r"(?:^|[\n 。;:,、()])\d{1,2}\.$")
_YEAR_OR_MONTH = re.compile(r"(?:(?:19|20)\d\d|\d{1,2} ?月份?\d{0,2}) ?[年月日底份前]")
_WHOLE = re.compile(r" {0,9}((?:19|20)\d\d) {0,9}|(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


def find(text: str, anchor: date | None) -> list[Time]:
    """The times of a text from left to right, without overlaps.

    ``anchor`` is the day that months without a year, 今年, 下周 and the like refer to; without it unknown parts stay XXXX
    or empty. Never fails; takes time linear in the length of the text.
    """
    folded = fold(text)
    hits: list[Hit] = []
    at = floor = 0
    while m := _SCAN.search(folded, at):
        i = m.start()
        found = _read(folded, i, floor, hits)
        if found:
            hits += found
            at = floor = max(found[-1].end, i + 1)
        else:
            at = i + 1
    if not hits:
        hits = _whole(folded)
    return [_time(h, text, anchor) for h in hits]


def resolve(time: Time, anchor: date | None) -> Time:
    """The same time dated from another anchor; nothing is read again."""
    v = values(time.parse, time.kind, anchor)
    return Time(
        time.start, time.end, time.text, v.start_date, v.end_date, v.rrule, v.duration, time.kind, v.uses, time.parse
    )


def _time(hit: Hit, text: str, anchor: date | None) -> Time:
    v = values(hit.reading, hit.kind, anchor)
    quote = text[hit.start : hit.end]
    return Time(hit.start, hit.end, quote, v.start_date, v.end_date, v.rrule, v.duration, hit.kind, v.uses, hit.reading)


def _whole(text: str) -> list[Hit]:
    """A text that is nothing but a year, or month and day, as in a cell of a table."""
    m = _WHOLE.fullmatch(text) if len(text) < 32 else None
    if m is None:
        return []
    p = Point(year=int(m[1])) if m[1] else Point(month=int(m[2]), day=int(m[3]))
    return [Hit(m.start(1) if m[1] else 0, m.end(1) if m[1] else m.end(), "in", Moment(p))]


def _read(text: str, at: int, floor: int, hits: list[Hit]) -> list[Hit] | None:
    """What begins at an offset. A hit that continues the last one takes its place."""
    last = hits[-1] if hits and hits[-1].end == at else None
    opened = last if last and last.kind == "from" else None
    if text[at] in "每逐按隔":
        rule = recurrence(text, at)
        if rule is None:
            return None
        if opened and isinstance(opened.reading, Moment) and (text[at - 1] in "起始" or text[opened.start] in "自从"):
            hits.pop()
            return [Hit(opened.start, rule[1], "every", Repeat(rule[0], opened.reading.first))]
        return [Hit(at, rule[1], "every", Repeat(rule[0]))]
    if at and _inside_code(text, at):
        return None
    found = members(text, at) or moment(text, at, floor, hits[-1] if hits else None)
    if found is None:
        found = limit(text, at, floor, opened)
        if found and opened and found[0].start == opened.start:
            hits.pop()
    return found or term(text, at)


def _inside_code(text: str, at: int) -> bool:
    """Whether an ASCII character continues a decimal, a version or a code (1.2.3, G15, PM2); 1.2021年 is list number and year."""
    c, before = text[at], text[at - 1]
    if not c.isascii():
        return False
    if before == ".":
        numbered = _LIST_NUMBER.search(text[max(0, at - 4) : at]) or _YEAR_OR_MONTH.match(text, at)
        return c.isdigit() and at > 1 and text[at - 2].isdigit() and not numbered
    return before.isascii() and (before.isalpha() or before in "_/") and c not in "_*"
