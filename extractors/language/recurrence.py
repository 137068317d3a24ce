"""Recurring times as RFC 5545 rules: 每月15日前, 每季度末, 每周一、三、五, 隔周, 按季度. Reads folded text.

A rule without a day falls on the last day of each period (tables.md). Quarter ends are written by month, since
``FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1`` is right only from some starts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from extractors.language.dates import month_end
from extractors.language.notation import integer
from extractors.language.points import JOIN, SP, alternation, guard, names
from extractors.lexicon import settings

_NUM = r"(?:\d{1,3}|[一二三四五六七八九十两俩]{1,3})"
_DAY = r"(?:\d{1,2}|[一二三四五六七八九十廿卅]{1,3})"
_MON = r"(?:1[0-2](?!\d)|0?[1-9](?!\d)|十[一二]?|[一二三四五六七八九元])"
_AND = rf"{SP}[和、,及与或]{SP}"
_BEFORE = rf"(?:(?:或|及)?[之以]?{guard('前')})?"
_WEEK = "(?:周|星期|礼拜)"
_DATE = rf"(?P<days>{_DAY}{SP}[日号]?(?:(?:{_AND}|{JOIN}){_DAY}{SP}[日号]?){{0,4}})(?<=[日号]){names('日')}"
_BYDAY = dict(zip("一二三四五六日天", ["MO", "TU", "WE", "TH", "FR", "SA", "SU", "SU"], strict=True))
_WORKDAYS = "BYDAY=MO,TU,WE,TH,FR"
_FREQ = {
    "年": ("YEARLY", 1),
    "月": ("MONTHLY", 1),
    "季": ("MONTHLY", 3),
    "半年": ("MONTHLY", 6),
    "周": ("WEEKLY", 1),
    "日": ("DAILY", 1),
}

_EVERY = re.compile(
    rf"每(?P<skip>间?隔)?{SP}(?P<n>{_NUM})?{SP}个?(?P<u>半个?月|半年度?|年度?{names('年')}|月份?{names('月')}|季度?{names('每季')}|学年|学期"
    rf"|(?:周{names('每周')}|星期|礼拜)|工作日|天{names('天')}|日{names('日')}|旬|(?P<night>[早晚])(?=\d|[一二三四五六七八九十]|[前上]))"
)
_SHORT = re.compile(
    rf"(?:逐(?P<a>[月季周日旬])度?|按(?P<b>半年|年{names('按年')}|月{names('按月')}|季{names('每季')}|周{names('每周')}|旬|日{names('按日')})度?"
    r"|隔(?P<c>[年月周日天]))(?!期)"
)
_TERM_EDGE = re.compile(
    rf"的?(?:开学|放假|结束|期[末中]|初|末)(?:考试)?(?:[之以]?[前后](?:{_NUM}(?:周|天|日|个月|个工作日))?内?|初)?(?![试程])"
)
_WEEKDAYS = re.compile(
    rf"(?<![每本上下这]){_WEEK}[一二三四五六日天](?:[、和及]{_WEEK}[一二三四五六日天]){{1,6}}(?:[上下]午|早上|晚上)?"
)
_ODD_WEEKS = re.compile(rf"[单双]周(?:的)?{_WEEK}(?P<wd>[一二三四五六日天])")
_LIMIT = re.compile(_BEFORE)
_WHOLE_DATE = rf"(?P<date>(?P<m>{_MON}){SP}月{SP}(?P<d>{_DAY}){SP}[日号])"
_EVERY_DATE = re.compile(rf"每年度?的?{SP}{_WHOLE_DATE}")
_NEXT_DATE = re.compile(_AND + _WHOLE_DATE)
_RHYTHM = re.compile(
    r"(?<![第近每这过全用同上下前后十百千几多\d])(?P<n>半|[一二两三四五六1-6])(?P<u>年|个?月|个季度|季(?!度)|周|星期|天|日|旬)"
    rf"(?=(?P<once>[一1]次(?![性数])|一(?:{alternation(settings('times')['rhythm'])}))|[两二三四五六七八九十2-9]次(?![性数]))"
)
_MONTH_TAIL = re.compile(
    rf"的?{SP}(?:{_DATE}|月?(?P<e>[底末]|{guard('初')})|(?P<x>[上中下])旬|最后一?个?{_WEEK}(?P<lw>[一二三四五六日天])"
    rf"|(?P<workday>(?:第{SP}(?P<nth>{_NUM}){SP}个?|倒数第(?P<back>[一二三四五1-5])个?|首个?|最后一?个?)工作日)|最后一?个?(?P<last>天|日|周)|第{SP}(?P<nw>[一二三四1-4])个?{_WEEK}的?(?:(?:周|星期)?(?P<wd>[一二三四五六日天]))?"
    rf"|(?:前|(?:结束|终了)?[之以]?后?)的?{SP}(?P<after>{_DAY}){SP}(?P<au>个工作日|天|日)[之以]?内)"
)
_QUARTER_TAIL = re.compile(
    rf"的?{SP}(?:(?:(?P<first>首个?月|第一个?月|初月)|(?P<final>末月|最后一?个?月|第三个?月))的?{SP}(?:{_DATE}|(?P<e>[底末初])|(?P<x>[上中下])旬)?"
    rf"|(?P<qe>[末底])(?:月(?![底末])|(?!端|尾))|{guard('初')}|(?:结束|终了)[之以]?后的?{SP}(?P<after>{_DAY}){SP}(?P<au>个工作日|天|日)[之以]?内)"
)
_YEAR_TAIL = re.compile(
    rf"的?{SP}(?:(?P<months>{_MON}{SP}月?份?[底末]?(?:(?:{_AND}|{JOIN}){_MON}{SP}月?份?){{0,11}})(?<=[月份底末]){names('月')}{SP}(?:{_DATE}|(?P<e>[底末]|{guard('初')})|(?P<x>[上中下])旬)?"
    rf"|年?(?P<ye>底|末(?!端)|{guard('初')})|(?P<half>[上下])半年|第?(?P<q>[一二三四1-4])季度(?P<qe>末|底)?"
    rf"|(?:结束|终了)[之以]?后的?{SP}(?P<after>{_DAY}){SP}(?P<au>个月)[之以]?内)"
)
_WEEK_TAIL = re.compile(
    rf"(?:星期)?(?P<a>[二三四五六日天]{names('周二')}|一{names('周一')})(?:(?:至|到|-){_WEEK}?(?P<b>[一二三四五六日天])|(?P<more>(?:[、和及,]{_WEEK}?[一二三四五六日天]{names('周二')}){{0,6}}))"
    rf"|(?P<end>末)"
)


class Rule(NamedTuple):
    """A recurrence rule in its place; offsets in the text as scanned."""

    start: int
    end: int
    rule: str


def recurrence(text: str, at: int) -> list[Rule]:
    """The rules that begin at an offset, more than one where they differ in month and day (每年3月10日、9月20日前).

    Empty if none does. 每学期 is found with an empty rule.
    """
    many = _dates(text, at) if text.startswith("每年", at) else []
    one = None if many else _one(text, at)
    return many if one is None else [Rule(at, one[1], one[0])]


def rhythm(text: str, at: int) -> list[Rule]:
    """A rule without 每 that begins at an offset: 半年一次, 一年两次, 一月一通报. Empty if none does."""
    m = _RHYTHM.match(text, at)
    if m is None:
        return []
    unit = {"星期": "周", "天": "日", "个季度": "季", "个月": "月"}.get(m["u"], m["u"])
    if m["n"] == "半":
        return [Rule(at, m.end(), _plain("半" + unit, 1))] if unit in ("年", "月") else []
    n = integer(m["n"])
    if (n > 1 and not m["once"]) or (unit == "旬" and n > 1):
        return []
    return [Rule(at, m.end(), _plain(unit, n))]


def weekdays(text: str, at: int) -> list[Rule]:
    """周二、周四下午: two or more days of the week are days of every week. Empty if none begin at an offset."""
    odd = _ODD_WEEKS.match(text, at)
    if odd:  # 单周星期三
        return [Rule(at, odd.end(), f"FREQ=WEEKLY;INTERVAL=2;BYDAY={_BYDAY[odd['wd']]}")]
    m = _WEEKDAYS.match(text, at)
    if m is None:
        return []
    days = ",".join(_BYDAY[c] for c in re.findall("[一二三四五六日天](?=[、和及上下早晚]|$)", m[0]))
    return [Rule(at, m.end(), f"FREQ=WEEKLY;BYDAY={days}")]


def _dates(text: str, at: int) -> list[Rule]:
    """每年 with several whole dates: one rule where one says it, else one each."""
    found = _EVERY_DATE.match(text, at)
    members = []
    while found:
        members.append((found.start("date"), found.end(), integer(found["m"]), integer(found["d"])))
        found = _NEXT_DATE.match(text, found.end())
    if len(members) < 2 or not all(1 <= m <= 12 and 1 <= d <= 31 for _, _, m, d in members):
        return []
    before = _LIMIT.match(text, members[-1][1])
    end = before.end() if before else members[-1][1]
    months = ",".join(str(m) for _, _, m, _ in members)
    if len({d for *_, d in members}) == 1:
        return [Rule(at, end, f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={members[0][3]}")]
    if all(d == month_end(None, m) for _, _, m, d in members):
        return [Rule(at, end, f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY=-1")]
    places = [(at, members[0][1]), *((start, stop) for start, stop, *_ in members[1:-1]), (members[-1][0], end)]
    return [
        Rule(*place, f"FREQ=YEARLY;BYMONTH={m};BYMONTHDAY={d}")
        for place, (_, _, m, d) in zip(places, members, strict=True)
    ]


def _one(text: str, at: int) -> tuple[str, int] | None:
    short = _SHORT.match(text, at)
    if short:
        unit = (short["a"] or short["b"] or short["c"]).replace("天", "日")
        return _plain(unit, 2 if short["c"] else 1), short.end()
    m = _EVERY.match(text, at)
    if m is None:
        return None
    unit, end = "天" if m["night"] else m["u"], m.end()
    n = integer(m["n"]) if m["n"] else 1
    if n < 1:
        return None
    if unit == "学期":
        edge = _TERM_EDGE.match(text, end)
        return "", edge.end() if edge else end
    unit = {"星期": "周", "礼拜": "周", "天": "日", "学年": "年"}.get(
        unit, unit.removesuffix("度").removesuffix("份").replace("个", "")
    )
    if n == 1 and not m["skip"]:
        tail = _detail(text, end, unit)
        if tail:
            return tail
    return _plain(unit, n), end


def _plain(unit: str, n: int) -> str:
    if unit == "半月":
        return "FREQ=MONTHLY;BYMONTHDAY=15,-1"
    if unit == "旬":
        return "FREQ=MONTHLY;BYMONTHDAY=10,20,-1"
    if unit == "工作日":
        return "FREQ=WEEKLY;" + _WORKDAYS if n == 1 else f"FREQ=DAILY;INTERVAL={n}"
    freq, size = _FREQ[unit]
    return f"FREQ={freq}" + (f";INTERVAL={n * size}" if n * size > 1 else "")


def _detail(text: str, at: int, unit: str) -> tuple[str, int] | None:
    tail = {"月": _MONTH_TAIL, "季": _QUARTER_TAIL, "年": _YEAR_TAIL, "周": _WEEK_TAIL}.get(unit)
    m = tail.match(text, at) if tail else None
    if m is None:
        return None
    rule = {"月": _monthly, "季": _quarterly, "年": _yearly, "周": _weekly}[unit](m)
    if rule is None:
        return None
    end = m.end()
    before = _LIMIT.match(text, end)
    return rule, before.end() if before else end


def _day_numbers(m: re.Match[str]) -> str | None:
    """BYMONTHDAY of the days, decade or edge that a tail names; '' if it names none, None if they are no days."""
    group = m.groupdict()
    if group.get("days"):
        text = group["days"]
        days = [integer(d) for d in re.findall(_DAY, text)]
        if not all(1 <= d <= 31 for d in days):
            return None
        if re.search(JOIN, text):
            days = days[-1:]
        return "BYMONTHDAY=" + ",".join(map(str, days))
    if group.get("after"):
        return f"BYMONTHDAY={integer(group['after'])}" if 1 <= integer(group["after"]) <= 31 else None
    if group.get("x"):
        return "BYMONTHDAY=" + {"上": "10", "中": "20", "下": "-1"}[group["x"]]
    if group.get("e"):
        return "BYMONTHDAY=" + ("10" if group["e"] == "初" else "-1")
    return ""


def _rule(*parts: str) -> str:
    return ";".join(p for p in parts if p)


def _monthly(m: re.Match[str]) -> str | None:
    if m["workday"]:
        n = integer(m["nth"]) if m["nth"] else -integer(m["back"]) if m["back"] else 1 if "首" in m["workday"] else -1
        return _rule("FREQ=MONTHLY", _WORKDAYS, f"BYSETPOS={n}")
    if m["last"]:
        return "FREQ=MONTHLY;BYMONTHDAY=-1"
    if m["lw"]:
        return f"FREQ=MONTHLY;BYDAY=-1{_BYDAY[m['lw']]}"
    if m["wd"]:
        return f"FREQ=MONTHLY;BYDAY={integer(m['nw'])}{_BYDAY[m['wd']]}"
    days = _day_numbers(m)
    return None if days is None else _rule("FREQ=MONTHLY", days)


def _quarterly(m: re.Match[str]) -> str | None:
    days = _day_numbers(m)
    if days is None:
        return None
    if m["first"] or m["after"]:
        return _rule("FREQ=YEARLY", "BYMONTH=1,4,7,10", days)
    if m["final"] or m["qe"]:
        return _rule("FREQ=YEARLY", "BYMONTH=3,6,9,12", days or "BYMONTHDAY=-1")
    return "FREQ=YEARLY;BYMONTH=1,4,7,10"


def _yearly(m: re.Match[str]) -> str | None:
    if m["half"]:
        return f"FREQ=YEARLY;BYMONTH={6 if m['half'] == '上' else 12};BYMONTHDAY=-1"
    if m["q"]:
        return f"FREQ=YEARLY;BYMONTH={3 * integer(m['q'])};BYMONTHDAY=-1"
    if m["ye"]:
        return "FREQ=YEARLY;BYMONTH=1" if m["ye"] == "初" else "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1"
    if m["after"]:
        months = integer(m["after"])
        return f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY=-1" if months <= 12 else None
    listed = [integer(x) for x in re.findall(_MON, m["months"])]
    if re.search(JOIN, m["months"]) and len(listed) == 2:
        listed = [(listed[0] + k - 1) % 12 + 1 for k in range((listed[1] - listed[0]) % 12 + 1)]
    days = _day_numbers(m)
    if days is None:
        return None
    edge = "BYMONTHDAY=-1" if not days and re.search("[底末]", m["months"]) else days
    return _rule("FREQ=YEARLY", "BYMONTH=" + ",".join(map(str, listed)), edge)


def _weekly(m: re.Match[str]) -> str | None:
    if m["end"]:
        return "FREQ=WEEKLY;BYDAY=SA,SU"
    order = "一二三四五六日"
    first = m["a"].replace("天", "日")
    if m["b"]:
        a, b = order.index(first), order.index(m["b"].replace("天", "日"))
        days = order[a : b + 1] if a <= b else ""
    else:
        days = first + "".join(c for c in (m["more"] or "").replace("星期", "").replace("天", "日") if c in order)
    return "FREQ=WEEKLY;BYDAY=" + ",".join(_BYDAY[c] for c in days) if days else None
