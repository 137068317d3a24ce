"""Grammar of points in their phrases: ranges, limits, lists, school terms. Reads folded text."""

from __future__ import annotations

import re

from extractors.language.durations import length
from extractors.language.notation import integer
from extractors.language.periods import Point, inherit, valid
from extractors.language.points import JOIN, SP, alternation, guard, point
from extractors.language.readings import Hit, Kind, Moment
from extractors.lexicon import settings

_WORDS = settings("times")
_LEAD = _WORDS["lead"]
_EVENTS = _WORDS["events"]
_N = "0-9一二三四五六七八九十"

_SUFFIX = re.compile(
    rf"{SP}(?:\(含(?:当日|当天|本日)?\))?(?:(?P<before>(?:或|及|和)?[之以]?{guard('前')}夕?)|(?P<after>(?:或|及|和)?[之以]?{guard('后')})"
    rf"|(?P<since>以来|开始|起始|{guard('起')}|始(?!终))|(?P<until>截?{guard('止')}|为止)"
    rf"|(?P<within>[之以]?{guard('内')})|(?P<during>期间|之间|{guard('间')}))"
)
_NO_SUFFIX = re.compile(rf"{SP}(?:前[{_N}]{{1,3}}[名位强批年]|前后|内[{_N}]环)")
_EVENT = re.compile(rf"{SP}(?:{alternation([*_EVENTS['before'], *_WORDS['feasts']['free']])})[之以]?{guard('前')}")
# The characters with which a suffix, a range or an event after a point can begin.
_CONTINUED = frozenset(" (或及和之以前后开起始截止为内期间-至到与") | {
    word[0] for word in (*_EVENTS["before"], *_WORDS["feasts"]["free"])
}
_COUNTED = frozenset("一两二三半123456789")  # how long before: 开学前两周
_TERM_HEADS = frozenset(word[0] for word in _EVENTS["terms"]) | frozenset("本上下新第")
_TERM = re.compile(
    rf"(?:{alternation(_EVENTS['terms'])}|(?<!防)汛(?=[前后]))(?:结束|开始|来临|到来)?"
    rf"(?:(?P<by>[之以]?{guard('前')})|(?P<from>[之以]?{guard('后')})|{guard('内')}|期间|初(?!中|级)|末)|(?:本|上|下|新|第[一二])学期|本学年|期末(?=交|上[交报]|汇总|报|完成|召开|组织|评选|考评)"
)
_NOW = re.compile(rf"{SP}[到至]{SP}(?:今(?!年|后|明)|现在|目前)")
_WEEKDAY = re.compile(JOIN + "(?:本周|周|星期|礼拜)(?P<wd>[一二三四五六日天])")
_MEMBER_ENDS = frozenset("、和及与,或 ")  # what stands right before a further member of a list
_RANGE = re.compile(JOIN)
_BETWEEN = re.compile(rf"{SP}[和与]{SP}")
_YEARS = re.compile(rf"(?P<a>(?:19|20)\d\d){JOIN}(?P<b>(?:19|20)\d\d)(?![\d年./号-])")
_QUARTER_YEAR = re.compile(r"[Qq](?P<q>[1-4]) (?P<y>(?:19|20)\d\d)(?!\d)")
_ITEM = re.compile(
    rf"(?P<a>[{_N}]{{1,3}}+)[、,和及与]{SP}(?=[{_N}]{{1,3}}(?:[、,和及与]{SP}[{_N}]{{1,3}}){{0,11}}{SP}(?P<u>月|日|季度))"
)


def moment(text: str, at: int, floor: int, previous: Hit | None) -> list[Hit] | None:
    """The date, period or range that begins at an offset, as one hit, or a hit for each member of 6、7月.

    ``floor`` is the end of the time before it, ``previous`` that time; a member of a list takes its year and month.
    """
    start, lead = _leading(text, at, floor)
    quarter = _QUARTER_YEAR.match(text, at) if text[at] in "Qq" else None
    if quarter:
        n = int(quarter["q"])
        return [Hit(at, quarter.end(), "in", Moment(Point(year=int(quarter["y"]), part="quarter", n=n, n2=n)))]
    years = _YEARS.match(text, at) if lead == "自" else None
    if years:
        return [Hit(start, years.end(), "in", Moment(Point(year=int(years["a"])), Point(year=int(years["b"]))))]
    got = point(text, at)
    if got is None:
        return None
    first, end = got
    if (
        previous
        and text[at - 1] in _MEMBER_ENDS
        and isinstance(previous.reading, Moment)
        and text[previous.end : at].strip(" ") in ("、", "和", "及", "与", ",", "或")
    ):
        first = inherit(first, previous.reading.last or previous.reading.first)
    if not valid(first):
        return None
    if text[end : end + 1] not in _CONTINUED:
        if first.part == "term" or (lead == "自" and text.startswith("的", end)):  # 从2020年的3亿元增长到5亿元
            start, lead = at, ""
        exact = not lead and first.edge == "end" and "quarter" in (first.part, first.unit)
        return [Hit(start, end, _kind(first, None, lead), Moment(first, exact=exact))]
    suffix = _suffix(text, end)
    opened = suffix.end() if suffix and suffix.lastgroup == "since" else end
    if first.part == "term":
        return [Hit(at, suffix.end() if suffix else end, _kind(first, suffix, ""), Moment(first))]
    ranged = _range(text, start if lead != "截" else at, first, end, opened)
    if ranged:
        return ranged
    now = _NOW.match(text, opened)
    if now:
        return [Hit(start, now.end(), "from", Moment(first, now=True))]
    event = _EVENT.match(text, end) if suffix is None and first.has_month else None
    if event:
        return [Hit(start, event.end(), "by", Moment(first))]
    exact = suffix is None and not lead and first.edge == "end" and "quarter" in (first.part, first.unit)
    return [Hit(start, suffix.end() if suffix else end, _kind(first, suffix, lead), Moment(first, exact=exact))]


def _leading(text: str, at: int, floor: int) -> tuple[int, str]:
    """Where the time begins with its 自 从 到 至, and which it is: 自, 到 or 截 (截至, which stays outside)."""
    if at <= floor or text[at - 1] not in "自从到至止 ":
        return at, ""
    low = max(floor, at - 4)
    before = text[low:at].rstrip(" ")
    if not before or before[-1] not in "自从到至止":
        return at, ""
    if before.endswith(("截至", "截止", "截止到", "截止至", "截至到")):
        return at, "截"
    c, other, start = before[-1], before[-2:-1] or " ", low + len(before) - 1
    if (c == "到" and other not in _LEAD["not_before_to"]) or (c == "至" and other not in _LEAD["not_before_until"]):
        return start, "到"
    if c in "自从" and other not in _LEAD["not_before_from"]:
        return start - before.endswith("自从"), "自"
    return at, ""


def _suffix(text: str, at: int) -> re.Match[str] | None:
    m = _SUFFIX.match(text, at)
    return None if m is None or _NO_SUFFIX.match(text, at) else m


def _kind(p: Point, suffix: re.Match[str] | None, lead: str) -> Kind:
    group = suffix.lastgroup if suffix else ""
    if group in ("after", "since"):
        return "from"
    if group in ("before", "until", "within"):
        return "by"
    if group == "during":
        return "in"
    if lead:
        return "in" if p.part in ("years", "school") else "from" if lead == "自" else "by"
    limits = p.edge == "end" or (p.edge == "middle" and not p.has_month and p.part != "plan")
    return "by" if limits else "in"


def _range(text: str, start: int, first: Point, end: int, opened: int) -> list[Hit] | None:
    """10月下旬至11月上旬, 自2020-05-26起至2020-05-29止, 2007年与2009年间."""
    days = _WEEKDAY.match(text, end) if first.weekday is not None and first.unit == "week" else None
    if days:
        last = first.having(weekday="一二三四五六日".index(days["wd"].replace("天", "日")))
        return [Hit(start, days.end(), "in", Moment(first, last))]
    join = _RANGE.match(text, opened) or _BETWEEN.match(text, end)
    second = point(text, join.end()) if join and join.end() < len(text) else None
    if join is None or second is None or second[0].part == "term":
        return None
    last = inherit(second[0], first)
    if last.year_by == 1 and first.year is not None:  # 2021年11月至次年2月
        last = last.having(year_by=None, year=first.year + 1, short=first.short)
    if not valid(last):
        return None
    suffix = _suffix(text, second[1])
    group = suffix.lastgroup if suffix else ""
    if join[0].strip(" ") in ("和", "与") and (group != "during" or suffix is None or "间" not in suffix[0]):
        return None
    rolls = not (second[0].has_year and first.has_year)
    if (
        not first.has_year
        and second[0].has_year
        and not last.year_by
        and (first.month or first.part)
        and not first.unit
    ):
        first = first.having(year=last.year, short=last.short, blank=last.blank, year_by=last.year_by)
        rolls = False
    stop = suffix.end() if suffix and group in ("until", "within", "during", "before") else second[1]
    return [Hit(start, stop, "by" if group == "before" else "in", Moment(first, last, rolls))]


def members(text: str, at: int) -> list[Hit] | None:
    """6、7月 or 一、二季度: a hit for each member. At the beginning of a line 3、4月 is list number and month."""
    m = _ITEM.match(text, at)
    if m is None or text[max(0, at - 4) : at].rstrip(" (")[-1:] in ("", "\n"):
        return None
    if text[at].isascii() != text[m.end()].isascii():
        return None  # 三、9月份工作计划: a list number
    starts, end = [at], m.end()
    while more := _ITEM.match(text, end):
        starts.append(end)
        end = more.end()
    last = point(text, end)
    if last is None or not valid(last[0]) or last[0].last_month or last[0].n != last[0].n2:
        return None
    suffix = _suffix(text, last[1])
    kind = _kind(last[0], suffix, "")
    if m["u"] in ("月", "季度") and integer(m["a"]) == (last[0].n if m["u"] == "季度" else last[0].month):
        return None  # 三、三季度工作措施: a list number
    hits, unit = [], m["u"]
    for start in starts:
        numeral = re.match(f"[{_N}]+", text[start : start + 3])
        value = integer(numeral[0]) if numeral else 0
        p = last[0]
        if unit == "季度":
            p = p.having(n=value, n2=value)
        else:
            p = p.having(month=value) if unit == "月" else p.having(day=value)
        if numeral is None or not valid(p) or (unit == "季度" and not 1 <= value <= 4):
            return None
        hits.append(Hit(start, start + numeral.end(), kind, Moment(p)))
    return [*hits, Hit(end, suffix.end() if suffix else last[1], kind, Moment(last[0]))]


def term(text: str, at: int) -> list[Hit] | None:
    """学年内, 开学初, 寒假前: a time that only the school or the season dates."""
    m = _TERM.match(text, at) if text[at] in _TERM_HEADS else None
    if m is None:
        return None
    kind: Kind = "by" if m["by"] else "from" if m["from"] else "in"
    end = m.end()
    if m["by"] and text[end : end + 1] in _COUNTED and (ahead := length(text, end)):  # 学期结束前一周内
        end = ahead[2] + text.startswith("内", ahead[2])
    return [Hit(at, end, kind, Moment(Point(part="term")))]
