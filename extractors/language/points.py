"""Points and periods of the calendar: 2021年3月5日, 明年二季度末, 下月上旬, 春节, “十四五”.

Grammar and value of one point; how points join into ranges and limits is the business of ``times``. Reads folded text
(``notation.fold``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from extractors.language import feasts
from extractors.language.dates import Day, is_day, month_end, nth_week, nth_weekday, of, shift_month
from extractors.language.notation import DIGITS, integer
from extractors.lexicon import settings

SP = " {0,3}"
JOIN = r" {0,2}(?:-{1,3}|至|到) {0,2}"
WEEKDAYS = "一二三四五六日"
Span = tuple[Day | None, Day | None]

_WORDS = settings("times")
_RELATIVE = {word: (entry["unit"], entry["shift"]) for entry in _WORDS["relative"] for word in entry["words"]}


def guard(word: str) -> str:
    """A word of position, not as the first character of another word."""
    return f"{word}(?![{_WORDS['not_before'][word]}])"


def names(unit: str) -> str:
    """Lookahead: the unit is not part of a name such as 一年级 or 3号楼."""
    return "(?!" + "|".join(_WORDS["names"][unit]) + ")"


def _relative_words() -> str:
    parts = []
    for entry in _WORDS["relative"]:
        after, before = entry.get("not_after", ""), entry.get("not_before", "")
        words = "|".join(sorted(entry["words"], key=len, reverse=True))
        parts.append((f"(?<![{after}])" if after else "") + f"(?:{words})" + (f"(?![{before}])" if before else ""))
    return "|".join(parts)


_MON = r"(?:1[0-2]|0?[1-9])(?!\d)|十[一二]?|[一二三四五六七八九元正]"
_DAY = r"\d{1,2}|[一二三四五六七八九十廿卅]{1,3}"
_NUM = r"(?:\d{1,3}|[一二三四五六七八九十两]{1,3})"
_WEEK = rf"(?:周{names('周')}|星期|礼拜)"
_FEASTS = "|".join(sorted(_WORDS["feasts"]["free"], key=len, reverse=True))
_BOUND_FEASTS = "|".join(sorted(_WORDS["feasts"]["bound_names"], key=len, reverse=True))
_FEAST_BOUND = "|".join(map(re.escape, _WORDS["feasts"]["bound"]))
_EDGES = {"初": "start", "中": "middle", "底": "end", "末": "end", "终": "end"}
_EDGE = "|".join((guard("初"), guard("中"), guard("底"), guard("末"), "末(?=期间)"))

YEAR = re.compile(
    rf"(?P<full>(?:19|20)\d\d|[{DIGITS}O]{{4}}){SP}(?:年度?{names('年')}|年(?=计划|规划|任务|限))"
    rf"|(?P<two>\d\d|[{DIGITS}]{{2}}){SP}年(?={SP}(?:(?:{_MON}){SP}月|第|[上下]半年|[一二三四首1-4]{SP}季|前{_NUM}{SP}个?月"
    rf"|{guard('底')}|{guard('末')}|{guard('初')}))"
    rf"|(?P<zero>0\d){SP}年{names('年')}"
    rf"|(?P<blank>(?:19|20)?\d?[_*×Xx]{{1,8}}){SP}年度?"
)
RELATIVE = re.compile(_relative_words())
ISO = re.compile(
    r"(?P<y>(?:19|20)\d\d)(?:(?P<sep>[-/.])(?P<m>\d{1,2})(?:(?P=sep)(?P<d>\d{1,2}))?|(?P<m8>\d\d)(?P<d8>\d\d))(?![\d%])"
)
BODY = re.compile(
    rf"(?:的{SP})?(?:"
    r"(?P<half>[上下前后])半年度?"
    rf"|第?{SP}(?P<q>[1-4一二三四首])(?:{JOIN}第?(?P<q2>[1-4一二三四]))?{SP}(?:季度|季(?=[初末底]|,|。|、|$))"
    rf"|前{SP}(?P<fq>[二三两23]){SP}个?季度"
    r"|[Qq](?P<qq>[1-4])(?!\d)(?:季度)?"
    rf"|(?P<m>{_MON})(?:{JOIN}(?P<m2>{_MON}))?{SP}月份?{names('月')}"
    rf"|第(?P<nm>{_NUM}){SP}个月"
    rf"|前(?P<fm>{_NUM}){SP}个?月{names('月')}|最后{SP}(?P<lm>{_NUM}){SP}个月"
    rf"|第(?P<w>{_NUM}){SP}个?{_WEEK}|前(?P<fw>{_NUM}){SP}个?{_WEEK}|最后{SP}(?P<lw>{_NUM}){SP}个?{_WEEK}"
    rf"|(?P<feast>{_FEASTS})|(?P<bound>{_BOUND_FEASTS})[”]?(?=$|\n|{_FEAST_BOUND})节?"
    r"|全年"
    rf"|(?P<e>{_EDGE}|终(?!身|止|端|于))"
    r")"
)
AFTER_MONTH = re.compile(
    rf"(?:的{SP}|{SP})(?:"
    rf"(?P<d>{_DAY})(?:{JOIN}(?P<d2>{_DAY}))?{SP}(?:日{names('日')}|号{names('号')})"
    r"|(?P<x>[上中下]{1,2})旬"
    rf"|第(?P<w>{_NUM}){SP}个?{_WEEK}(?P<wd>[一二三四五六日天])?"
    rf"|(?P<e>{_EDGE})"
    rf"|(?P<bare>{_DAY})(?=[,。;)]|\n|$|{JOIN}\d)"
    r")"
)
AFTER_QUARTER = re.compile(rf"{SP}(?P<e>{_EDGE})")
BARE_DAY = re.compile(
    rf"(?P<d>{_DAY})(?:{JOIN}(?P<d2>{_DAY}))?{SP}"
    rf"(?:日{names('日')}(?! ?[之以]?[内后])|号(?=[之以]?{guard('前')}|$|\n|{JOIN}\d))"
)
DECADE = re.compile(r"(?P<x>[上中下]{1,2})旬")
PART_OF = re.compile(
    rf"(?P<u>[年月季])(?P<e>初(?![{_WORDS['not_before']['初']}])|底|末(?![{_WORDS['not_before']['末']}])"
    rf"|{guard('中')}|终(?!奖|总结|决算|止|身)|(?={guard('内')}))"
)
PLAN = re.compile(
    r"(?P<open>[“\"「])?(?P<n>(?:十[一二三四五六七八九])|(?(open)[七八九十]|(?!)))五(?(open)[”\"」])"
    r"(?:(?:规划|计划)?(?:期间|时期|期)|(?P<e>规划末|期末|末|初|中期(?!评估|调整)|期初)|(?(open)(?!规划|计划|纲要)|(?=以来|规划期|开局|收官|时|至|到|-)))"
)
SCHOOL_YEAR = re.compile(
    rf"(?P<a>(?:19|20)\d\d|[{DIGITS}]{{4}}){SP}年?{JOIN}(?P<b>(?:19|20)?\d\d|[{DIGITS}]{{4}}){SP}(?P<u>学年度?|年度?)"
)
WEEKDAY = re.compile(rf"(?:周|星期|礼拜)(?P<wd>[一二三四五六日天])(?!级)")
CLOCK = re.compile(
    r"(?:[,、]? ?\(?(?:周|星期|礼拜)[一二三四五六日天]\)?)?"
    r"(?: ?(?:凌晨|早上|早晨|早间|上午|中午|正午|下午|傍晚|晚上|晚间|夜间|早(?![期日稻动做])|晚(?![于会报稻期])))?"
    r"(?: {0,2}(?:\d{1,2}(?::\d\d){1,2}|(?:\d{1,2}|[零一二三四五六七八九十]{1,3})[时点](?!\d*[度个])"
    r"(?:钟|整|半|(?:\d{1,2}|[零一二三四五六七八九十]{1,3})分(?:(?:\d{1,2}|[零一二三四五六七八九十]{1,3})秒)?)?)"
    r"(?: ?[-到至] ?\d{1,2}:\d\d)?)?"
)


@dataclass(frozen=True, slots=True)
class Point:
    """A point or period as written; what is None or empty was not written.

    ``year_by`` and ``by`` are shifts from the anchor (去年, 下月: ``unit`` names the unit of ``by``). ``part`` is half,
    quarter, decade, week, weekday, first_months, last_months, first_weeks, last_weeks, feast, plan or term with ``n`` to
    ``n2``; ``edge`` is start, middle or end of the whole.
    """

    year: int | None = None
    last_year: int | None = None
    short: bool = False
    blank: bool = False
    year_by: int | None = None
    unit: str = ""
    by: int = 0
    month: int | None = None
    last_month: int | None = None
    day: int | None = None
    last_day: int | None = None
    part: str = ""
    n: int = 0
    n2: int = 0
    weekday: int | None = None
    feast: str = ""
    edge: str = ""

    @property
    def has_year(self) -> bool:
        """Whether the text fixes the year, be it unknown (_年) or relative (去年)."""
        return self.year is not None or self.blank or self.year_by is not None

    @property
    def has_month(self) -> bool:
        """Whether the text fixes the month."""
        return self.month is not None or bool(self.unit)


def point(text: str, at: int) -> tuple[Point, int] | None:
    """The point that begins at an offset, with its end; None if none does."""
    found = _iso(text, at) or _plan(text, at) or _dated(text, at) or _bare(text, at)
    if found is None:
        return None
    p, end = found
    if p.day is not None or p.weekday is not None or p.feast or p.unit == "day":
        clock = CLOCK.match(text, end)
        end = clock.end() if clock else end
    return p, end


def _iso(text: str, at: int) -> tuple[Point, int] | None:
    m = ISO.match(text, at)
    if m is None:
        return None
    if m["m8"]:
        year, month, day = int(m["y"]), int(m["m8"]), int(m["d8"])
    else:
        year, month, day = int(m["y"]), int(m["m"]), int(m["d"] or 0)
        if not day and (len(m["m"]) != 2 or (m["sep"] == "." and text[m.end() : m.end() + 1] > "⺀")):
            return None
    follow = text[m.end() : m.end() + 1]
    if (
        not is_day(year, month, day or 1)
        or follow in tuple("-/号年月")
        or (follow == "." and text[m.end() + 1 : m.end() + 2].isdigit())
    ):
        if not (follow == "-" and ISO.match(text, m.end() + 1)):
            return None
    return Point(year=year, month=month, day=day or None), m.end()


def _plan(text: str, at: int) -> tuple[Point, int] | None:
    m = PLAN.match(text, at)
    if m is None:
        return None
    numeral = integer(m["n"])
    first = 1951 + 5 * numeral
    edge = {"末": "end", "初": "start"}.get((m["e"] or "")[-1:], "middle" if m["e"] else "")
    return Point(year=first, last_year=first + 4, part="plan", edge=edge), m.end()


def _year(text: str, at: int) -> tuple[Point, int] | None:
    m = YEAR.match(text, at)
    if m is None:
        return None
    if m["blank"]:
        return Point(blank=True), m.end()
    if m["full"]:
        year = integer(m["full"].replace("O", "〇"))
        return (Point(year=year), m.end()) if 1900 <= year < 2100 else None
    return Point(year=integer(m["two"] or m["zero"]), short=True), m.end()


def _dated(text: str, at: int) -> tuple[Point, int] | None:
    """A year, month, week … absolute or relative, and what narrows it."""
    pair = SCHOOL_YEAR.match(text, at)
    if pair:
        a, b = integer(pair["a"]), integer(pair["b"])
        b = b if b > 1900 else a // 100 * 100 + b
        if a <= b <= a + 100 and 1900 <= a < 2100:
            school = pair["u"].startswith("学")
            return Point(year=a, last_year=b, part="school" if school else "years"), pair.end()
    if text.startswith("今明两年", at):
        return Point(year_by=0, part="years", n=1), at + 4
    p, end = _year(text, at) or (Point(), at)
    if p == Point():
        m = RELATIVE.match(text, at)
        if m:
            unit, by = _RELATIVE[m[0]]
            end = m.end()
            if unit == "month":
                return _after_month(text, end, Point(unit=unit, by=by)) or (Point(unit=unit, by=by), end)
            if unit == "week":
                day = re.compile("[一二三四五六日天]").match(text, end)
                return (
                    (Point(unit=unit, by=by, weekday=_weekday(day[0])), day.end())
                    if day
                    else (Point(unit=unit, by=by), end)
                )
            if unit == "year":
                p = Point(year_by=by)
                if text.startswith("同期", end):
                    return p, end + 2
            else:
                p = Point(unit=unit, by=by)
                edge = AFTER_QUARTER.match(text, end) if unit == "quarter" else None
                return (replace(p, edge=_EDGES[edge["e"]]), edge.end()) if edge else (p, end)
    inner = _body(text, end, p)
    if inner is not None:
        return inner
    return (p, end) if end > at else None


def _body(text: str, at: int, p: Point) -> tuple[Point, int] | None:
    gap = at
    while gap < at + 3 and text.startswith(" ", gap):
        gap += 1
    at = gap if p != Point() else at
    if p != Point():
        relative = RELATIVE.match(text, at)
        if relative and _RELATIVE[relative[0]][0] == "month":
            q = replace(p, unit="month", by=_RELATIVE[relative[0]][1])
            return _after_month(text, relative.end(), q) or (q, relative.end())
    m = BODY.match(text, at)
    if m is None:
        return None
    g, end = m.lastgroup, m.end()
    if g is None:
        return (p, end) if p != Point() else None
    if p == Point() and g in ("e", "nm", "lm", "lw", "fw"):
        return None
    if g == "half":
        return replace(p, part="half", n=1 if m["half"] in "上前" else 2), end
    if g in ("q", "q2", "fq", "qq"):
        first = 1 if m["fq"] else integer(m["q"] or m["qq"])
        last = integer(m["fq"] or m["q2"] or m["q"] or m["qq"])
        q = replace(p, part="quarter", n=first, n2=last)
        edge = AFTER_QUARTER.match(text, end)
        return (replace(q, edge=_EDGES[edge["e"]]), edge.end()) if edge else (q, end)
    if g in ("m", "m2"):
        q = replace(p, month=integer(m["m"]), last_month=integer(m["m2"]) if m["m2"] else None)
        return (_after_month(text, end, q) if not m["m2"] else None) or _month_range_edge(text, end, q)
    if g == "nm":
        month = integer(m["nm"])
        return (replace(p, month=month), end) if month <= 12 else None
    if g in ("fm", "lm", "fw", "lw", "w"):
        part = {"fm": "first_months", "lm": "last_months", "fw": "first_weeks", "lw": "last_weeks", "w": "week"}[g]
        if p == Point() and g == "w":
            return Point(part="term", n=integer(m[g])), end
        return replace(p, part=part, n=integer(m[g])), end
    if g in ("feast", "bound"):
        return replace(p, part="feast", feast=feasts.names()[m[g]]), end
    return replace(p, edge=_EDGES[m["e"]]), end


def _month_range_edge(text: str, at: int, p: Point) -> tuple[Point, int]:
    if p.last_month is not None:
        m = AFTER_MONTH.match(text, at)
        if m and m.lastgroup == "e":
            return replace(p, edge=_EDGES[m["e"]]), m.end()
    return p, at


def _after_month(text: str, at: int, p: Point) -> tuple[Point, int] | None:
    m = AFTER_MONTH.match(text, at)
    if m is None:
        return None
    return _narrow(p, m), m.end()


def _narrow(p: Point, m: re.Match[str]) -> Point:
    group = m.groupdict()
    if group.get("x"):
        decades = ["上中下".index(c) + 1 for c in group["x"]]
        return replace(p, part="decade", n=decades[0], n2=decades[-1])
    if group.get("wd"):
        return replace(p, part="weekday", n=integer(group["w"]), weekday=_weekday(group["wd"]))
    if group.get("w"):
        return replace(p, part="week", n=integer(group["w"]))
    if group.get("e"):
        return replace(p, edge=_EDGES[group["e"]])
    day = integer(group.get("d") or group["bare"])
    return replace(p, day=day, last_day=integer(group["d2"]) if group.get("d2") else None)


def _bare(text: str, at: int) -> tuple[Point, int] | None:
    """What stands without year and month: 15日, 下旬, 月底, 年内."""
    m = BARE_DAY.match(text, at)
    if m:
        p = _narrow(Point(unit="month"), m)
        return (
            (p, m.end())
            if p.day is not None and 0 < p.day <= 31 and (p.last_day or p.day) in range(p.day, 32)
            else None
        )
    m = DECADE.match(text, at)
    if m:
        return _narrow(Point(unit="month"), m), m.end()
    m = PART_OF.match(text, at)
    if m is None or text[max(0, at - 1) : at] in tuple("每0123456789" + DIGITS + "十百两几半多全周整逐历常当近数"):
        return None
    edge = _EDGES.get(m["e"], "")
    unit = {"月": "month", "季": "quarter"}.get(m["u"])
    return (Point(unit=unit, edge=edge) if unit else Point(year_by=0, edge=edge)), m.end()


def _weekday(character: str) -> int:
    return WEEKDAYS.index(character.replace("天", "日"))


def valid(p: Point) -> bool:
    """Whether the calendar can have it."""
    if p.month is not None and not 1 <= p.month <= 12:
        return False
    year = None if p.short else p.year
    return all(d is None or is_day(year, p.month or 1, d) for d in (p.day, p.last_day))


def inherit(p: Point, first: Point) -> Point:
    """A later member of a range or list with the year and month that only the first one writes."""
    if p.part == "plan" or p.has_year or p.unit in ("week", "day"):
        return p
    if p.unit == "month" and p.by == 0 and first.has_month and not p.edge:
        p = replace(p, unit=first.unit, by=first.by, month=first.last_month or first.month)
    elif p.unit:
        return p
    return replace(p, year=first.last_year or first.year, short=first.short, blank=first.blank, year_by=first.year_by)


def span(p: Point, anchor: date | None) -> tuple[Span, str]:
    """First and last day of a point, and the coarsest part that the anchor has to give ('' for none)."""
    uses = "term" if p.part == "term" else "" if p.year is not None or p.blank else "year"
    if p.year_by is None and p.unit:
        uses = "month" if p.unit in ("quarter", "half") else p.unit
    if p.unit in ("week", "day", "quarter", "half") or (p.unit == "month" and p.year_by is None and not p.has_year):
        if anchor is None:
            return (None, None), uses
    if p.part == "term":
        return (None, None), uses
    year = p.year
    if p.short and year is not None:
        year = _century(year, anchor)
    if not p.has_year:
        year = anchor.year if anchor else None
    elif p.year_by is not None:
        year = anchor.year + p.year_by if anchor else None
    if p.unit and p.unit != "month":
        assert anchor is not None
        return _shifted(p, anchor), uses
    month = p.month
    if p.unit == "month":
        if anchor is None:
            return (None, None), uses
        if p.has_year:
            month = shift_month(year, anchor.month, p.by)[1]
        else:
            year, month = shift_month(anchor.year, anchor.month, p.by)
    return _within(p, year, month), uses


def _century(short: int, anchor: date | None) -> int:
    """The year of two digits that lies nearest to the anchor; without one, 1950 to 2049."""
    if anchor is None:
        return 2000 + short if short < 50 else 1900 + short
    return min(
        (c * 100 + short for c in range(anchor.year // 100 - 1, anchor.year // 100 + 2)),
        key=lambda y: abs(y - anchor.year),
    )


def _shifted(p: Point, anchor: date) -> Span:
    if p.unit == "day":
        day = of(anchor + timedelta(days=p.by))
        return day, day
    if p.unit == "week":
        monday = anchor + timedelta(days=7 * p.by - anchor.weekday())
        if p.weekday is not None:
            return of(monday + timedelta(days=p.weekday)), of(monday + timedelta(days=p.weekday))
        return of(monday), of(monday + timedelta(days=6))
    size = 3 if p.unit == "quarter" else 6
    year, month = shift_month(anchor.year, (anchor.month - 1) // size * size + 1, size * p.by)
    return _edge(p, year, month, size)


def _edge(p: Point, year: int | None, month: int, size: int) -> Span:
    """A stretch of whole months, or its start, middle or end."""
    last_year, last_month = shift_month(year, month, size - 1)
    last: Day = (last_year, last_month, month_end(last_year, last_month))
    if p.edge == "end":
        return last, last
    if p.edge == "start":
        return (year, month, 1), (year, month, 10 if size == 1 else month_end(year, month))
    if p.edge == "middle":
        if size == 1:
            return (year, month, 11), (year, month, 20)
        mid_year, mid = shift_month(year, month, size // 2 - (size == 12))
        return (mid_year, mid, month_end(mid_year, mid)), (mid_year, mid, month_end(mid_year, mid))
    return (year, month, 1), last


def _within(p: Point, year: int | None, month: int | None) -> Span:
    if p.part == "feast":
        day = feasts.day(p.feast, year)
        return day, day
    if p.part == "half":
        return _edge(p, year, 6 * p.n - 5, 6)
    if p.part == "quarter":
        return _edge(p, year, 3 * p.n - 2, 3 * (p.n2 - p.n + 1))
    if p.part in ("week", "weekday", "first_weeks", "last_weeks"):
        return _weeks(p, year, month)
    if p.part == "first_months":
        return _edge(p, year, 1, min(p.n, 12))
    if p.part == "last_months":
        return _edge(p, year, 13 - min(p.n, 12), min(p.n, 12))
    if p.part == "school":
        return (year, 9, 1), (p.last_year, 8, 31)
    if p.part in ("plan", "years"):
        last_year = p.last_year if p.part == "plan" or p.last_year else None if year is None else year + p.n
        if p.edge:
            return _edge(p, {"start": year, "end": last_year}.get(p.edge, None if year is None else year + 2), 1, 12)
        return (year, 1, 1), (last_year, 12, 31)
    if month is None:
        return _edge(p, year, 1, 12)
    if p.part == "decade":
        return (year, month, 10 * p.n - 9), (year, month, month_end(year, month) if p.n2 == 3 else 10 * p.n2)
    if p.day is not None:
        if not is_day(year, month, p.day):
            return None, None
        last = p.last_day or p.day
        return (year, month, p.day), (year, month, min(last, month_end(year, month)) if p.last_day else last)
    if p.last_month is not None:
        return _edge(p, year, month, (p.last_month - month) % 12 + 1)
    return _edge(p, year, month, 1)


def _weeks(p: Point, year: int | None, month: int | None) -> Span:
    if year is None:
        return None, None
    if p.part == "weekday" and p.weekday is not None and month is not None:
        day = nth_weekday(year, month, p.n, p.weekday)
        return day, day
    if p.part == "week":
        return nth_week(year, month, p.n)
    if p.part == "first_weeks":
        return nth_week(year, month, 1)[0], nth_week(year, month, p.n)[1]
    end = date(year, 12, 31)
    sunday = end - timedelta(days=(end.weekday() + 1) % 7)
    return of(sunday - timedelta(days=7 * p.n - 1)), of(sunday)
