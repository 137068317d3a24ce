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

from extractors.language.limits import limit
from extractors.language.moments import members, moment, term
from extractors.language.notation import fold
from extractors.language.periods import Point
from extractors.language.places import PLACE
from extractors.language.readings import Hit, Kind, Moment, Reading, Repeat, values
from extractors.language.recurrence import recurrence, rhythm, weekdays


@dataclass(unsafe_hash=True, slots=True)  # never changed; frozen would make each three times as dear
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


_LUNAR = re.compile("农历|阴历|旧历|闰$")  # days of the lunar calendar are no dates of this one
_LIST_NUMBER = re.compile(r"(?:^|[\n 。;:,、()])\d{1,2}\.$")
_YEAR_OR_MONTH = re.compile(r"(?:(?:19|20)\d\d|\d{1,2} ?月份?\d{0,2}) ?[年月日底份前]")
_COUNTED = frozenset("半一二两三四五六123456")
_WHOLE_HEADS = frozenset(" 012")
_WHOLE = re.compile(r" {0,9}((?:19|20)\d\d) {0,9}|(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


def find(text: str, anchor: date | None) -> list[Time]:
    """The times of a text from left to right, without overlaps.

    ``anchor`` is the day that months without a year, 今年, 下周 and the like refer to; without it unknown parts stay XXXX
    or empty. Never fails; takes time linear in the length of the text.
    """
    folded = fold(text)
    hits: list[Hit] = []
    at = floor = 0
    search = PLACE.search
    while m := search(folded, at):
        i = m.start()
        found = _read(folded, i, floor, hits)
        if found:
            hits += found
            end = found[-1].end
            at = floor = end if end > i else i + 1
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
    start, end, kind, reading = hit
    start_date, end_date, rrule, duration, uses = values(reading, kind, anchor)
    return Time(start, end, text[start:end], start_date, end_date, rrule, duration, kind, uses, reading)


def _whole(text: str) -> list[Hit]:
    """A text that is nothing but a year, or month and day, as in a cell of a table."""
    m = _WHOLE.fullmatch(text) if len(text) < 32 and text[:1] in _WHOLE_HEADS else None
    if m is None:
        return []
    p = Point(year=int(m[1])) if m[1] else Point(month=int(m[2]), day=int(m[3]))
    return [Hit(m.start(1) if m[1] else 0, m.end(1) if m[1] else m.end(), "in", Moment(p))]


def _read(text: str, at: int, floor: int, hits: list[Hit]) -> list[Hit] | None:
    """What begins at an offset. A hit that continues the last one takes its place."""
    last = hits[-1] if hits and hits[-1].end == at else None
    opened = last if last and last.kind == "from" else None
    head = text[at]
    if head in "每逐按隔":
        rules = recurrence(text, at)
        found = [Hit(r.start, r.end, "every", Repeat(r.rule)) for r in rules]
        if (
            found
            and opened
            and isinstance(opened.reading, Moment)
            and (text[at - 1] in "起始" or text[opened.start] in "自从")
        ):
            hits.pop()
            found[0] = Hit(opened.start, found[0].end, "every", Repeat(rules[0].rule, opened.reading.first))
        return found or None
    if head in _COUNTED and (rules := rhythm(text, at)):
        return [Hit(r.start, r.end, "every", Repeat(r.rule)) for r in rules]
    if head in "周星礼单双" and (rules := weekdays(text, at)):
        return [Hit(r.start, r.end, "every", Repeat(r.rule)) for r in rules]
    before = text[at - 1] if at else ""
    if before and (
        (before.isascii() and head.isascii() and _inside_code(text, at))
        or (before in "历闰" and _LUNAR.search(text[max(0, at - 2) : at]))
    ):
        return None
    read = members(text, at) or moment(text, at, floor, hits[-1] if hits else None)
    if read is None:
        read = limit(text, at, floor, opened)
        if read and opened and read[0].start == opened.start:
            hits.pop()
    if read:
        return read
    terms = term(text, at)
    if terms and last and terms[0].kind != "in" and _is_year(last):  # 明年汛期前
        hits.pop()
        terms = [terms[0]._replace(start=last.start)]
    return terms


def _is_year(hit: Hit) -> bool:
    """Whether a hit is a year and nothing else."""
    p = hit.reading.first if isinstance(hit.reading, Moment) and hit.reading.last is None else None
    return p is not None and hit.kind == "in" and p.has_year and not (p.has_month or p.day or p.part or p.edge)


def _inside_code(text: str, at: int) -> bool:
    """Whether a character after an ASCII one continues a decimal, a version or a code (1.2.3, G15, PM2); 1.2021年 is list number and year."""
    c, before = text[at], text[at - 1]
    if before == ".":
        numbered = _LIST_NUMBER.search(text[max(0, at - 4) : at]) or _YEAR_OR_MONTH.match(text, at)
        return c.isdigit() and at > 1 and text[at - 2].isdigit() and not numbered
    return before.isascii() and (before.isalpha() or before in "_/") and c not in "_*"
