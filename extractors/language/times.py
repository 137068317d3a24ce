"""Time expressions of Chinese official text with their dates, rules and durations.

>>> [(t.text, t.end_date) for t in find("8月底前完成", None)]
[('8月底前', 'XXXX-08-31')]

Stands alone: raw text in, times out; no clock is read. One scan names the places where a time can begin, small parsers
read from there. Conventions of the dates are those of tables.md, section deadlines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from extractors.language import points
from extractors.language.dates import Day, Length, iso, of, shift_month
from extractors.language.durations import length
from extractors.language.notation import fold
from extractors.language.points import JOIN, SP, Point, guard, point
from extractors.language.recurrence import recurrence
from extractors.lexicon import settings

Kind = Literal["by", "in", "every", "within", "from", "duration"]
_WORDS = settings("times")


@dataclass(frozen=True, slots=True)
class Moment:
    """A parse: one point or a range of two; ``rolls`` if the year of one end is only inherited, ``now`` if it ends today."""

    first: Point
    last: Point | None = None
    rolls: bool = False
    now: bool = False
    exact_end: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A parse: a length of time, ``way`` tells how it lies to the anchor or to ``base``, the day it counts from."""

    low: Length
    high: Length
    way: Literal["", "within", "ago", "later", "past", "coming", "previous", "next", "event"] = ""
    base: Point | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """A parse: a rule, with the point it starts from where the text says so."""

    rule: str
    start: Point | None = None


@dataclass(frozen=True, slots=True)
class Time:
    """A time in a text.

    ``start`` and ``end`` are half-open code-point offsets and ``text`` what stands there. ``start_date``, ``end_date``:
    ISO dates, both days included, XXXX for an unknown year, empty for an open or unknown side. ``rrule``: RFC 5545.
    ``duration``: ISO 8601, ``low/high`` for a range. ``kind``: ``by`` a limit (only ``end_date`` matters), ``in`` a date
    or period, ``every`` recurring, ``within`` a length in which something must be done, ``from`` an open beginning,
    ``duration`` a bare length. ``uses``: the coarsest part that the anchor had to give: year, month, week, day, term
    (a school term or season, which no anchor can date) or '' where the text says all.
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
    parse: Moment | Stretch | Repeat = field(repr=False, compare=False)


_N = "0-9〇零一二三四五六七八九十廿卅两俩半元"
_UNIT = "年月日号天周季旬个星礼工小钟分学万百多余来"
_KEYWORDS = "|".join(
    [
        *(re.escape(w) for entry in _WORDS["relative"] for w in entry["words"]),
        *(re.escape(w) for w in points.feasts.names()),
        *_WORDS["events"]["terms"],
        "今明两年",
        "[上中下]旬",
        "[上中下]{2}旬",
        "[年季月][初中底末终内]",
        "[上下]半年",
        "前[二三两23] ?个?季度",
        "第 ?[0-9一二三四五六七八九十]{1,3} ?(?:季|周|个?星期|个?礼拜)",
        "首季",
        "[Qq][1-4]",
        '[“"「]?十[一二三四五六七八九]五',
        '[“"「][七八九十]五',
        "(?:19|20)?[0-9]?[_*×Xx]{1,8} {0,3}年",
        f"(?:近|最近|过去|未来|今后|用|上|下|前|后|今年前|今年后) {{0,2}}[{_N}]{{1,4}} {{0,3}}[{_UNIT}]",
        f"每(?:间?隔)? {{0,3}}[{_N}]{{0,3}} {{0,3}}个?[半年月季周日天旬学工星礼]",
        "[逐按][年月季周日旬半]",
        "隔[年月周日天]",
    ]
)
_HEADS = "0-9〇零一二三四五六七八九十廿卅两俩半元" + '年月季旬上中下前后首末QqXx_*×“"「第近最过未今用每逐按隔'
_HEADS += "".join(
    sorted(
        {w[0] for e in _WORDS["relative"] for w in e["words"]}
        | {w[0] for w in points.feasts.names()}
        | {w[0] for w in _WORDS["events"]["terms"]}
    )
)
SCAN = re.compile(
    f"[{_HEADS}]"
    rf"(?:(?<=[{_N}])(?<![{_N}][{_N}])(?:"
    rf"(?<=\d)(?:(?:\d{{0,8}}(?:,\d{{3}}){{0,3}}(?:\.\d{{1,4}})?){SP}(?:[{_UNIT}]|[-至到、和及与,或]{{1,3}} ?[{_N}])|\d{{3}}[-/.]\d|\d{{7}}(?!\d))"
    rf"|(?<!\d)[{_N}百千点O]{{0,7}}{SP}(?:[{_UNIT}]|[-至到、和及与或]{{1,3}} ?[{_N}]))"
    rf"|(?<=[^0-9])(?<=(?=(?:{_KEYWORDS})).))",
)
_SUFFIX = re.compile(
    rf"{SP}(?:(?:[,、]?\(?含\)?)?(?:(?P<before>(?:或|及|和)?[之以]?{guard('前')}(?!{_WORDS['names']['年'][0]}))"
    rf"|(?P<after>(?:或|及|和)?[之以]?{guard('后')})|(?P<since>以来|开始|起始|{guard('起')}|始(?!终))"
    rf"|(?P<until>截?{guard('止')}|为止)|(?P<within>[之以]内|{guard('内')}|期间|之间|{guard('间')})))"
)
_EVENT_BEFORE = re.compile(rf"{SP}(?:{'|'.join(_WORDS['events']['before'])})[之以]?{guard('前')}")
_TERM = re.compile(
    rf"(?:{'|'.join(sorted(_WORDS['events']['terms'], key=len, reverse=True))})(?:初|末|期间|结束|开始)?(?:来临|到来)?"
    rf"(?P<s>[之以]?{guard('前')}|[之以]?{guard('后')}|{guard('内')}|期间|初(?!中|级)|末)"
)
_TERM_BARE = re.compile("本学期|上学期|下学期|新学期|本学年|第[一二]学期")
_SINGLE = re.compile(rf"{SP}(?:到|至){SP}今(?!年|后|明)|至{SP}今(?!年|后|明)")
_BETWEEN = re.compile(rf"{SP}[和与]{SP}")
_RANGE = re.compile(JOIN)
_YEARS = re.compile(rf"(?P<a>(?:19|20)\d\d){JOIN}(?P<b>(?:19|20)\d\d)(?![\d年./号-])")
_QUARTER_YEAR = re.compile(r"[Qq](?P<q>[1-4]) (?P<y>(?:19|20)\d\d)(?!\d)")
_ITEM = re.compile(
    rf"(?P<a>[{_N}]{{1,3}})[、,和及与]{SP}(?=[{_N}]{{1,3}}(?:[、,和及与]{SP}[{_N}]{{1,3}}){{0,11}}{SP}(?P<u>月|日|季度))"
)
_LINE_NUMBER = re.compile(r"(?:^|\n)[ (]*\d{1,2}\.")


def find(text: str, anchor: date | None) -> list[Time]:
    """The times of a text from left to right, without overlaps.

    ``anchor`` is the day that months without a year, 今年, 下周 and the like refer to; without it unknown parts stay XXXX
    or empty. Never fails; takes time linear in the length of the text.
    """
    folded = fold(text)
    found: list[Time] = []
    at, limit = 0, 0
    while m := SCAN.search(folded, at):
        i = m.start()
        hit = _parse(folded, i, limit, found)
        if hit is None:
            at = i + 1
            continue
        for start, end, kind, parse in hit:
            found.append(resolve(Time(start, end, text[start:end], "", "", "", "", kind, "", parse), anchor))
        at = limit = max(hit[-1][1], i + 1)
    whole = _whole(folded) if not found else None
    return [resolve(Time(0, len(text), text, "", "", "", "", "in", "", Moment(whole)), anchor)] if whole else found


_Hit = tuple[int, int, Kind, "Moment | Stretch | Repeat"]


def _whole(text: str) -> Point | None:
    """A text that is nothing but a year or month and day, as in a cell of a table."""
    m = (
        re.fullmatch(r" {0,9}((?:19|20)\d\d) {0,9}|(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", text[:32])
        if len(text) < 32
        else None
    )
    if m is None:
        return None
    return Point(year=int(m[1])) if m[1] else Point(month=int(m[2]), day=int(m[3]))


def _parse(text: str, at: int, limit: int, found: list[Time]) -> list[_Hit] | None:
    """What begins at an offset; ``limit`` is the end of the time before it."""
    c = text[at]
    if c in "每逐按隔":
        rule = recurrence(text, at)
        if rule is None:
            return None
        return [_join_start(text, at, rule, found)]
    if (
        c.isdigit()
        and at
        and text[at - 1] == "."
        and at > 1
        and text[at - 2].isdigit()
        and not _LINE_NUMBER.match(text, max(0, text.rfind("\n", max(0, at - 8), at)), at)
    ):
        return None
    if (
        c.isascii()
        and (c.isdigit() or c.isalpha())
        and at
        and text[at - 1].isascii()
        and (text[at - 1].isalnum() or text[at - 1] in "_-/")
        and not text[at - 1].isdigit()
    ):
        if text[at - 1].isalpha() or text[at - 1] in "_/":
            return None
    return _list(text, at) or _moment(text, at, limit, found) or _stretch(text, at, limit, found) or _term(text, at)


def _join_start(text: str, at: int, rule: tuple[str, int], found: list[Time]) -> _Hit:
    """二季度起每月 is one time: the rule takes over the beginning right before it."""
    if found and found[-1].end == at and found[-1].kind == "from" and isinstance(found[-1].parse, Moment):
        before = found.pop()
        assert isinstance(before.parse, Moment)
        return before.start, rule[1], "every", Repeat(rule[0], before.parse.first)
    return at, rule[1], "every", Repeat(rule[0])


def _list(text: str, at: int) -> list[_Hit] | None:
    """6、7月 or 一、二季度: a time for each member."""
    m = _ITEM.match(text, at)
    if (
        m is None
        or re.match(r"(?:.*\n)?[ (]*$", text[max(0, at - 4) : at], re.S)
        and at
        and text[at - 1] in "\n( "
        or at == 0
    ):
        return None
    starts = [at]
    end = m.end()
    while n := _ITEM.match(text, end):
        starts.append(end)
        end = n.end()
    last = point(text, end)
    if last is None or not points.valid(last[0]) or last[0].last_month:
        return None
    tail = _SUFFIX.match(text, last[1])
    members: list[_Hit] = []
    kind, stop = _kind(last[0], tail, False, False), tail.end() if tail and tail.lastgroup == "before" else last[1]
    for k, start in enumerate(starts):
        value = points.integer(re.match(f"[{_N}]+", text[start:])[0])  # type: ignore[index]
        p = (
            replace(last[0], month=value)
            if m["u"] == "月"
            else replace(last[0], n=value, n2=value)
            if m["u"] == "季度"
            else replace(last[0], day=value)
        )
        if not points.valid(p) or (m["u"] == "季度" and not 1 <= value <= 4):
            return None
        stop_at = starts[k + 1] - 1 if k + 1 < len(starts) else end - 1
        members.append((start, stop_at, kind, Moment(p)))
    return [*members, (end, stop, kind, Moment(last[0]))]


def _kind(p: Point, suffix: re.Match[str] | None, to: bool, since: bool) -> Kind:
    group = suffix.lastgroup if suffix else ""
    if group in ("after", "since"):
        return "from"
    if group in ("before", "until") or to:
        return "by"
    if group == "within":
        return "by" if suffix and "内" in suffix[0] else "in"
    if since:
        return "from"
    return "by" if p.edge == "end" or (p.edge == "middle" and not p.has_month and p.part != "plan") else "in"


def _lead(text: str, at: int, limit: int) -> tuple[int, str]:
    """Where the time begins with its 自 从 到 至, and which of them it is ('截' for 截至, which stays outside)."""
    before = text[max(limit, at - 4) : at].rstrip(" ") if at > limit else ""
    if not before:
        return at, ""
    lead, other = _WORDS["lead"], before[-2:-1]
    if before.endswith(("截至", "截止", "截止到", "截止至", "截至到")):
        return at, "截"
    start = at - 1 - (len(text[max(limit, at - 4) : at]) - len(before))
    c = before[-1]
    if (
        c == "到"
        and (not other or other not in lead["not_before_to"])
        or c == "至"
        and (not other or other not in lead["not_before_until"])
    ):
        return start, "到"
    if c in "自从" and (not other or other not in lead["not_before_from"]):
        return (start - 1 if before.endswith("自从") else start), "自"
    return at, ""


def _moment(text: str, at: int, limit: int, found: list[Time]) -> list[_Hit] | None:
    years = _YEARS.match(text, at)
    start, lead = _lead(text, at, limit)
    if years and lead == "自":
        return [(start, years.end(), "in", Moment(Point(year=int(years["a"])), Point(year=int(years["b"]))))]
    quarter = _QUARTER_YEAR.match(text, at)
    if quarter:
        n = int(quarter["q"])
        return [(at, quarter.end(), "in", Moment(Point(year=int(quarter["y"]), part="quarter", n=n, n2=n)))]
    hit = point(text, at)
    if hit is None or not points.valid(hit[0]):
        return None
    first, end = _bare_range(text, *hit)
    between = (
        found[-1]
        if found
        and text[found[-1].end : at].strip(" ") in ("、", "和", "及", "与", ",", "或")
        and found[-1].end == limit
        else None
    )
    if between and isinstance(between.parse, Moment):
        first = points.inherit(first, between.parse.last or between.parse.first)
        if not points.valid(first):
            return None
    suffix = _SUFFIX.match(text, end)
    opened = suffix is not None and suffix.lastgroup == "since"
    after_first = suffix.end() if opened and suffix else end
    last: Point | None = None
    for join in (
        _RANGE.match(text, after_first) or (re.compile(" ?").match(text, after_first) if False else None),
        _BETWEEN.match(text, end),
    ):
        if join is None:
            continue
        second = point(text, join.end())
        if second is None or second[0].part == "term" or first.part == "term":
            continue
        p = points.inherit(second[0], first)
        if not points.valid(p):
            continue
        stop = _SUFFIX.match(text, second[1])
        if "和" in join[0] or "与" in join[0]:
            if stop is None or stop[0].strip() not in ("间", "之间", "期间"):
                continue
        last, end, suffix = p, second[1], stop
        inherited = not second[0].has_year or not first.has_year
        if (
            not first.has_year
            and p.has_year
            and second[0].has_year
            and (first.has_month or first.part)
            and p.unit != "month"
        ):
            first = replace(first, year=p.year, short=p.short, blank=p.blank, year_by=p.year_by)
        break
    if last is not None:
        if suffix is not None and suffix.lastgroup in ("until", "within"):
            end = suffix.end()
        kind: Kind = "by" if suffix is not None and suffix.lastgroup == "before" else "in"
        if kind == "by" and suffix is not None:
            end = suffix.end()
        return [(start if lead else at, end, "in" if kind == "in" else kind, Moment(first, last, inherited))]
    now = _SINGLE.match(text, after_first)
    if now:
        return [(start, now.end(), "from", Moment(first, now=True))]
    if first.part == "term":
        if suffix is None and not text.startswith("第", at):
            return None
        return [(at, suffix.end() if suffix else end, _kind(first, suffix, False, False), Moment(first))]
    event = _EVENT_BEFORE.match(text, end) if suffix is None and first.has_month else None
    if event:
        return [(start if lead else at, event.end(), "by", Moment(first))]
    kind = _kind(first, suffix, lead in ("到", "截"), lead == "自")
    exact = suffix is None and not lead and first.edge == "end" and (first.part == "quarter" or first.unit == "quarter")
    return [(start, suffix.end() if suffix else end, kind, Moment(first, exact_end=exact))]


def _bare_range(text: str, p: Point, end: int) -> tuple[Point, int]:
    return p, end


_LEAD_WAY: dict[str, Literal["past", "coming", "previous", "next", "within"]] = {
    "最近": "past",
    "近": "past",
    "过去": "past",
    "未来": "coming",
    "今后": "coming",
    "上": "previous",
    "前": "previous",
    "下": "next",
    "后": "next",
    "用": "within",
}
_LENGTH_LEAD = re.compile(rf"(?P<w>最近|近|过去|未来|今后|上|前|下|后|用){SP}")
_BEFORE_MONTHS = re.compile(rf"前{SP}(?P<n>[{_N}]{{1,3}}){SP}个月")
_LENGTH_TAIL = re.compile(
    rf"(?P<fill>{SP}(?:左右|上下)?的?(?:时间|期限|以下)?)(?:{SP}(?:(?P<within>[之以]?{guard('内')})|(?P<ago>[之以]?{guard('前')})|(?P<later>[之以]?{guard('后')})|(?P<since>以来|来(?=,|的|，))))?"
)
_CLAUSE = re.compile(r"[,。;:、()\n“”\"|!?]")
_EVENT = re.compile(r"(?:之日起|日起|之后|以后|后|起|之日)(?:的|,)?$")
_EVENT_LEAD = re.compile(r"^(?:并|且|应当|应|须|必须|要|需|可|将|均|务必){0,2}(?:在|于)?")


def _stretch(text: str, at: int, limit: int, found: list[Time]) -> list[_Hit] | None:
    months = _BEFORE_MONTHS.match(text, at)
    if months and points.integer(months["n"].replace("半", "") or "0") > 2 <= 12:
        return [(at, months.end(), "in", Moment(Point(part="first_months", n=min(points.integer(months["n"]), 12))))]
    lead = _LENGTH_LEAD.match(text, at)
    got = length(text, lead.end() if lead else at)
    if got is None:
        return None
    low, high, end = got
    word = lead["w"] if lead else ""
    tail = _LENGTH_TAIL.match(text, end)
    assert tail is not None
    mode = tail.lastgroup if tail.lastgroup != "fill" else None
    if word == "用":
        if "时间" not in tail["fill"] and "左右" not in tail["fill"]:
            return [(at + 1, end, "duration", Stretch(low, high))]
        return [(at, tail.end("fill") if mode is None else tail.end(), "within", Stretch(low, high, "event"))]
    if word:
        return [(at, tail.end() if mode == "within" else end, "in", Stretch(low, high, _LEAD_WAY[word]))]
    if mode == "since":
        return [(at, tail.end(), "in", Stretch(low, high, "past"))]
    days = text[end - 1] == "日" and not low.working
    start = _event_start(text, at, limit) if mode in ("within", None) else at
    adjacent = (
        found[-1]
        if found and found[-1].end == at and found[-1].kind == "from" and isinstance(found[-1].parse, Moment)
        else None
    )
    if days and mode not in ("within", "later") and start == at and high.days <= 31 and not adjacent:
        return None
    if mode == "within":
        if adjacent and isinstance(adjacent.parse, Moment):
            found.pop()
            return [(adjacent.start, tail.end(), "within", Stretch(low, high, "within", adjacent.parse.first))]
        return [(start, tail.end(), "within", Stretch(low, high, "event" if start != at else "within"))]
    if mode in ("ago", "later") and low == high:
        return [(at, tail.end(), "in", Stretch(low, high, "ago" if mode == "ago" else "later"))]
    if start != at:
        return [(start, end, "within", Stretch(low, high, "event"))]
    stop = tail.end("fill") if tail["fill"].strip() == "以下" else end
    return [(at, stop, "duration", Stretch(low, high))]


def _event_start(text: str, at: int, limit: int) -> int:
    """Where the phrase begins that a limit counts from (自公告之日起, 汛期结束后); ``at`` if there is none."""
    low = max(limit, at - 24)
    head = text[low:at]
    bounds = [m.end() for m in _CLAUSE.finditer(head)]
    clause = head[bounds[-1] if bounds else 0 :]
    if not _EVENT.search(clause):
        return at
    start = at - len(clause)
    own = max(clause.rfind("自"), clause.rfind("从"))
    if own >= 0 and not clause[own + 1 :].startswith(("然", "身", "治")):
        return start + own
    if not bounds and low > limit:
        return at
    skip = _EVENT_LEAD.match(clause)
    inner = start + (skip.end() if skip else 0)
    found = max(clause.rfind("在"), clause.rfind("于"))
    if found >= 0:
        inner = max(inner, start + found + 1)
    return inner if inner < at - 1 else at


def _term(text: str, at: int) -> list[_Hit] | None:
    m = _TERM.match(text, at) or _TERM_BARE.match(text, at)
    if m is None:
        return None
    mark = m.groupdict().get("s") or ""
    kind: Kind = "by" if "前" in mark else "from" if "后" in mark else "in"
    return [(at, m.end(), kind, Moment(Point(part="term")))]


def resolve(time: Time, anchor: date | None) -> Time:
    """The same time dated from another anchor; nothing is scanned again."""
    p = time.parse
    if isinstance(p, Repeat):
        (start, _), uses = points.span(p.start, anchor) if p.start else ((None, None), "")
        return replace(time, start_date=iso(start), end_date="", rrule=p.rule, uses=uses)
    if isinstance(p, Stretch):
        return _resolve_stretch(time, p, anchor)
    (start, end), uses = points.span(p.first, anchor)
    if p.last is not None:
        (other, end), other_uses = points.span(p.last, anchor)
        uses = uses or other_uses
        if p.rolls and start and end and start[0] and end[0] and start > end:
            if (
                p.last.has_year
                and p.first.has_year
                and time.kind != "by"
                and p.first.year is not None
                and p.last.year == p.first.year
            ):
                end = (end[0] + 1, *end[1:]) if not _first_from_last(p) else end
            else:
                end = (end[0] + 1, *end[1:])
            if end[1:] == (2, 28) and p.last.day is None and p.last.month == 2:
                end = (end[0], 2, points.month_end(end[0], 2))
    if time.kind == "by":
        start = end if p.exact_end else None
    elif time.kind == "from":
        start, end = (end if p.first.edge == "end" else start), (of(anchor) if p.now and anchor else None)
    return replace(time, start_date=iso(start), end_date=iso(end), uses=uses)


def _first_from_last(p: Moment) -> bool:
    return False


def _resolve_stretch(time: Time, p: Stretch, anchor: date | None) -> Time:
    low, high = p.low.iso, p.high.iso
    duration = low if low == high else f"{low}/{high}"
    start: Day | None = None
    end: Day | None = None
    uses = "" if p.way in ("", "event") else "day"
    if p.base is not None:
        (start, last), uses = points.span(p.base, anchor)
        base = start if p.base.edge != "end" else last
        if base and base[0]:
            end = _day(p.high.after(date(base[0], base[1], base[2])))
        start = base
    elif anchor is not None and p.way not in ("", "event"):
        start, end = _around(p, anchor)
    return replace(time, start_date=iso(start), end_date=iso(end), duration=duration, uses=uses)


def _day(day: date | None) -> Day | None:
    return None if day is None else of(day)


def _around(p: Stretch, anchor: date) -> tuple[Day | None, Day | None]:
    if p.way == "within":
        return None, _day(p.high.after(anchor))
    if p.way == "ago":
        day = _day(p.high.after(anchor, -1))
        return day, day
    if p.way == "later":
        day = _day(p.high.after(anchor))
        return day, day
    if p.way == "past":
        return _day(p.high.after(anchor, -1)), of(anchor)
    if p.way == "coming":
        return of(anchor), _day(p.high.after(anchor))
    return _aligned(p.high, anchor, -1 if p.way == "previous" else 1)


def _aligned(span: Length, anchor: date, sign: int) -> tuple[Day | None, Day | None]:
    """The whole years, months, weeks or days before or after those of the anchor: 上两个月, 下三周."""
    if span.months or span.years:
        size = span.months + 12 * span.years
        first = (anchor.year, anchor.month) if span.months else (anchor.year, 1)
        step = 1 if span.months else 12
        year, month = shift_month(*first, -size if sign < 0 else step)
        last_year, last_month = shift_month(year, month, size - 1)
        return (year, month, 1), (last_year, last_month, points.month_end(last_year, last_month))
    count = 7 * span.weeks + span.days
    base = anchor - timedelta(days=anchor.weekday() if span.weeks else 0)
    start = base - timedelta(days=count) if sign < 0 else base + timedelta(days=7 if span.weeks else 1)
    return of(start), of(start + timedelta(days=count - 1))
