"""Grammar of one point or period: 2021年3月5日, 明年二季度末, 下月上旬, 春节, “十四五”. Reads folded text."""

from __future__ import annotations

import re
from typing import Any

from extractors.language import feasts
from extractors.language.dates import is_day
from extractors.language.notation import DIGITS, integer
from extractors.language.periods import NOTHING, Point
from extractors.lexicon import settings

SP = " {0,3}"
JOIN = r" {0,2}(?:-{1,3}|至|到) {0,2}"
_WORDS = settings("times")
_RELATIVE = {word: (entry["unit"], entry["shift"]) for entry in _WORDS["relative"] for word in entry["words"]}
_EDGES = {"初": "start", "中": "middle", "底": "end", "末": "end", "终": "end"}
_PARTS = {"fm": "first_months", "lm": "last_months", "fw": "first_weeks", "lw": "last_weeks", "w": "week"}


def alternation(words: list[str]) -> str:
    """A regex alternation, longest word first."""
    return "|".join(sorted(words, key=len, reverse=True))


def guard(word: str) -> str:
    """A word of position, not where it begins another word (前期, 内部)."""
    return f"{word}(?!{alternation(_WORDS['not_before'][word])})"


def names(unit: str) -> str:
    """Lookahead: the unit of time is not part of a name such as 一年级 or 3号楼."""
    return f"(?!{alternation(_WORDS['names'][unit])})"


def _relative(entry: dict[str, Any]) -> str:
    behind = [f"(?<!{word})" for word in entry.get("not_after_words", [])]
    if "not_after" in entry:
        behind.append(f"(?<![{entry['not_after']}])")
    ahead = f"(?![{entry['not_before']}])" if "not_before" in entry else ""
    return "".join(behind) + f"(?:{alternation(entry['words'])})" + ahead


MONTH = r"(?:(?:1[0-2]|0?[1-9])(?!\d)|十[一二]?|[一二三四五六七八九元])"
DAY = r"(?:\d{1,2}|[一二三四五六七八九十廿卅]{1,3})"
_NUM = r"(?:\d{1,3}|[一二三四五六七八九十两]{1,3})"
_WEEK = rf"(?:周{names('周')}|星期|礼拜)"
_EDGE = "|".join((guard("初"), guard("底"), guard("末"), "中(?=[前,。;、)]|$|\n|之前|以前)"))
_BOUND = _WORDS["feasts"]["bound"]

_BOUND_NAMES = alternation(list(_WORDS["feasts"]["bound_names"]))

_HOLIDAY = "(?:(?:小?长假|假期|黄金周)(?=[之以]?前|期间|后))?"  # 清明假期前

_YEAR = re.compile(
    rf"(?P<full>(?:19|20)\d\d|[{DIGITS}O]{{4}}){SP}(?:年度?)(?!代)"
    rf"|(?P<two>\d\d|[{DIGITS}]{{2}}){SP}年(?={SP}(?:{MONTH}{SP}月|第|[上下]半年|[一二三四首1-4]{SP}季|前{_NUM}{SP}个?月"
    rf"|{guard('底')}|{guard('末')}|{guard('初')}))"
    rf"|(?P<zero>0\d){SP}年{names('年')}"
    rf"|(?P<blank>(?:19|20)?\d?[_*×Xx]{{1,8}}){SP}年度?(?!代)"
)
_RELATIVE_WORD = re.compile("|".join(map(_relative, _WORDS["relative"])))
_ISO = re.compile(
    r"(?P<y>(?:19|20)\d\d)(?:(?P<sep>[-/.])(?P<m>\d{1,2})(?:(?P=sep)(?P<d>\d{1,2}))?|(?P<m8>\d\d)(?P<d8>\d\d))(?![\d%])"
)
_NOT_ISO = re.compile(r"[-/_号年学届A-Za-z]|\.\d")
_DOTTED = re.compile(rf"{JOIN}(?:19|20)\d\d[./]")
_DOTTED_BEFORE = re.compile(rf"(?<!\d)(?:19|20)\d\d\.\d{{1,2}}{JOIN}\Z")
_BODY = re.compile(
    rf"(?:的{SP})?(?:"
    r"(?P<half>[上下前后])半年度?"
    rf"|第?{SP}(?P<q>[1-4一二三四首])(?:{JOIN}第?(?P<q2>[1-4一二三四]))?{SP}(?:季度|季(?=[初末底]|,|。|、|$)){names('季')}"
    rf"|前{SP}(?P<fq>[二三两23]){SP}个?季度"
    r"|[Qq](?P<qq>[1-4])(?!\d)(?:季度)?"
    rf"|(?P<m>{MONTH})(?:{JOIN}(?P<m2>{MONTH}))?{SP}月份?{names('月')}"
    rf"|第(?P<nm>{_NUM}){SP}个月"
    rf"|前(?P<fm>{_NUM}){SP}个?月|(?P<lq>最后一个?季度)|最后{SP}(?P<lm>{_NUM}){SP}个月"
    rf"|第{SP}(?:{_NUM}{JOIN}第?)?(?P<w>{_NUM}){SP}个?{_WEEK}|前(?P<fw>{_NUM}){SP}个?{_WEEK}|最后{SP}(?P<lw>{_NUM}){SP}个?{_WEEK}"
    rf"|(?P<feast>{alternation(list(_WORDS['feasts']['free']))}){_HOLIDAY}"
    rf"|(?P<bound>{_BOUND_NAMES})(?={alternation(list(map(re.escape, _BOUND)))}){_HOLIDAY}|(?<![一-鿿])(?P<alone>{_BOUND_NAMES})(?=$|\n)"
    rf"|“(?P<quoted>{_BOUND_NAMES}|{alternation(list(_WORDS['feasts']['quoted']))})”(?=$|\n|{alternation(list(map(re.escape, _BOUND)))})"
    rf"|全年|年?(?P<e>{_EDGE}|{guard('终')})"
    r")"
)
_AFTER_MONTH = re.compile(
    rf"(?:的?{SP})(?:"
    rf"(?P<d>{DAY})(?:{JOIN}(?P<d2>{DAY}))?{SP}(?:日|号(?!楼|线))"
    r"|(?P<x>[上中下]{1,2})旬"
    rf"|第(?P<w>{_NUM}){SP}个?{_WEEK}(?P<wd>[一二三四五六日天])?"
    rf"|(?P<e>{_EDGE})"
    rf"|(?P<bare>{DAY})(?=[,。;)]|\n|$|{JOIN}\d)"
    r")"
)
_AFTER_QUARTER = re.compile(rf"{SP}(?P<e>{_EDGE})")
_BARE_DAY = re.compile(
    rf"(?P<d>{DAY})(?:{JOIN}(?P<d2>{DAY}))?{SP}"
    rf"(?:日{names('日')}(?! ?[之以]?内| ?之?后)|号(?=[之以]?{guard('前')}|{JOIN}\d))"
)
_DOTTED_DAY = re.compile(rf"(?P<m>1[0-2]|0?[1-9])[./](?P<d>[0-3]?\d)(?=[之以]?{guard('前')})")  # 6.30前, 6/30前
_BARE_WEEKDAY = re.compile(
    r"(?<![每个一二两三四五六七八九十几半上下本这多前后单双隔某逢\d])(?:周|星期|礼拜)(?P<wd>[一二三四五六日天])"
    rf"(?=[之以]?{guard('前')}|[上下中]午|早上|晚上|下班前)"
)
_DECADE = re.compile(r"(?P<x>[上中下]{1,2})旬")
_PART_OF = re.compile(
    rf"(?P<u>年(?:度(?=[内末底]))?|月|季|岁(?=末))(?P<e>{guard('初')}|底|{guard('末')}|{guard('中')}|{guard('终')}|(?={guard('内')}))"
)
_YEAR_HEADS = frozenset("O_*×Xx" + DIGITS)
_PLAN_HEADS = frozenset('“"「十')
_NO_DAY_AFTER = frozenset("年月" + _WORDS["lead"]["length"])
_NOT_PART = frozenset("每" + "0123456789" + DIGITS + "十百两几半多全周整逐历常当近数")
_PLAN = re.compile(
    r"(?P<open>[“\"「])?(?P<n>十[一二三四五六七八九]|(?(open)[七八九十]|(?!)))五(?(open)[”\"」])"
    r"(?:(?:规划|计划)?(?:期间|时期|期(?!末|初))|(?P<e>规划末|期末|末|初期|初|中期(?!评估|调整)|期初)"
    r"|(?<=[一二三四五六七八九]五[”\"」])(?<![“\"「].五.)(?!规划|计划|纲要)|(?=以来|规划期|开局|收官|时|至|到|-))"
)
_YEARS = re.compile(
    rf"(?P<a>(?:19|20)\d\d|[{DIGITS}]{{4}}){SP}年?{JOIN}(?P<b>(?:19|20)?\d\d|[{DIGITS}]{{4}}){SP}(?P<u>学年度?|年度?)(?!{SP}\d{{1,2}}{SP}月)"
)
_BLANK = re.compile(rf"{SP}[_*×Xx]{{1,8}}{SP}月(?:份|{SP}[_*×Xx]{{1,8}}{SP}日)?")
_SCHOOL_TERM = re.compile("度?的?(?:第[一二12]|[上下])学期")
_WEEKDAY = re.compile(rf"(?:的?(?:周|星期|礼拜))?(?P<wd>[一二三四五六日天]){names('周二')}")
_DECADES = re.compile(
    r"(?:上个?|(?P<c>\d{1,2}|[一二三四五六七八九十]{1,3}))世纪(?P<d>[1-9]0|[一二三四五六七八九]十)年代(?P<e>[初中末]期?)?"
)
_CLOCK = re.compile(
    r"(?:[,、]? ?\(?(?:周|星期|礼拜)[一二三四五六日天]\)?)?"
    r"(?: ?(?:凌晨|早上|早晨|早间|上午|中午|正午|下午|傍晚|晚上|晚间|夜间|早(?![期日稻动做])|晚(?![于会报稻期])))?"
    r"(?: {0,2}(?:\d{1,2}(?::\d\d){1,2}|(?:\d{1,2}|[零一二三四五六七八九十]{1,3})[时点](?!\d*[度个])"
    r"(?:钟|整|半|(?:\d{1,2}|[零一二三四五六七八九十]{1,3})分(?:(?:\d{1,2}|[零一二三四五六七八九十]{1,3})秒)?)?)"
    r"(?: ?[-到至] ?\d{1,2}:\d\d)?)?"
)
# Characters with which a pattern can begin: a look at one of them costs less than a match that fails.
_RELATIVE_HEADS = frozenset(word[0] for word in _RELATIVE)
_BLANKS = frozenset(" _*×Xx")
_CLOCK_HEADS = frozenset(",、 (周星礼凌早上中正下傍晚夜零一二三四五六七八九十0123456789")
_BODY_HEADS = frozenset("的 第首前后上下最全年初底末终中“Qq元一二三四五六七八九十0123456789") | {
    word[0] for group in ("free", "bound_names") for word in _WORDS["feasts"][group]
}
_Found = tuple[Point, int] | None


def point(text: str, at: int) -> _Found:
    """The point that begins at an offset, with its end; None if none does. It may be one the calendar does not have."""
    head = text[at]
    found = (
        (_iso(text, at) if head in "12" else None)
        or (_plan(text, at) if head in _PLAN_HEADS else None)
        or _dated(text, at)
        or _bare(text, at)
    )
    if found is None:
        return None
    p, end = found
    if p.day is not None or p.weekday is not None or p.feast or p.unit == "day":
        clock = _CLOCK.match(text, end) if text[end : end + 1] in _CLOCK_HEADS else None
        end = clock.end() if clock else end
    return p, end


def _iso(text: str, at: int) -> _Found:
    """2021-03-05, 2021/3/5, 2021.03.05, 2021-03, 20210305; not version numbers, decimals or longer codes."""
    m = _ISO.match(text, at)
    if m is None:
        return None
    year, month, day = int(m["y"]), int(m["m"] or m["m8"]), int(m["d"] or m["d8"] or 0)
    end = m.end()
    if not day:
        if m["m"] is None:
            return None  # 20210300, 20000000: a number
        if text.startswith("月", end) and m["sep"] == ".":
            return _after_month(text, end + 1, Point(year=year, month=month)) or (
                Point(year=year, month=month),
                end + 1,
            )
        if m["sep"] == "." and text.startswith("底", end):
            return _after_month(text, end, Point(year=year, month=month))
        if (len(m["m"]) != 2 and not _DOTTED.match(text, end) and not text.startswith("前", end)) or (
            m["sep"] == "."
            and "⺀" < text[end : end + 1] not in "至到起前"
            and not _DOTTED_BEFORE.search(text, max(0, at - 14), at)
        ):
            return None
    if not is_day(year, month, day or 1):
        return None
    if _NOT_ISO.match(text, end) and not (text.startswith("-", end) and _ISO.match(text, end + 1)):
        return None
    return Point(year=year, month=month, day=day or None), end


def _plan(text: str, at: int) -> _Found:
    """Five-year plans: from the sixth (1981) on they begin in years that end in 1 and 6."""
    m = _PLAN.match(text, at)
    if m is None:
        return None
    first = 1951 + 5 * integer(m["n"])  # “十五” is the tenth, “十一五” the eleventh
    edge = {"末": "end", "初": "start"}.get((m["e"] or "").strip("规划期"), "middle" if m["e"] else "")
    return Point(year=first, last_year=first + 4, part="plan", edge=edge), m.end()


def _dated(text: str, at: int) -> _Found:
    """A year, month, week … absolute or relative, and what narrows it."""
    decades = _DECADES.match(text, at) if text.find("世纪", at, at + 7) > 0 else None
    if decades:
        first = 100 * (integer(decades["c"]) if decades["c"] else 20) - 100 + integer(decades["d"])
        return Point(year=first, last_year=first + 9, part="years"), decades.end()
    p, end, head = NOTHING, at, text[at]
    if head in _YEAR_HEADS or head.isdecimal():
        pair = _YEARS.match(text, at)
        if pair:
            school = _SCHOOL_TERM.match(text, pair.end())
            return (Point(part="term"), school.end()) if school else _year_pair(pair)
        p, end = _year(text, at) or (p, end)
    if end == at and head in _RELATIVE_HEADS:
        if text.startswith("今明两年", at):
            return Point(year_by=0, part="years", n=1), at + 4
        word = _RELATIVE_WORD.match(text, at)
        if word:
            unit, by = _RELATIVE[word[0]]
            end = word.end()
            if unit != "year":
                return _relative_unit(text, end, Point(unit=unit, by=by))
            p = Point(year_by=by)
    if end > at:
        if text.startswith("同期", end):
            return p, end + 2
        blank = _BLANK.match(text, end) if text[end : end + 1] in _BLANKS else None
        if blank:
            return p, blank.end()
    return _body(text, end, p) or ((p, end) if end > at else None)


def _year(text: str, at: int) -> _Found:
    m = _YEAR.match(text, at)
    if m is None:
        return None
    if m["blank"]:
        return Point(blank=True), m.end()
    if m["full"]:
        year = integer(m["full"].replace("O", "〇"))
        return (Point(year=year), m.end()) if 1900 <= year < 2100 else None
    return Point(year=integer(m["two"] or m["zero"]), short=True), m.end()


def _year_pair(m: re.Match[str]) -> _Found:
    a, b = integer(m["a"]), integer(m["b"])
    b = b if b > 1900 else a // 100 * 100 + b
    if not 1900 <= a <= b < 2100:
        return None
    return Point(year=a, last_year=b, part="school" if m["u"].startswith("学") else "years"), m.end()


def _relative_unit(text: str, at: int, p: Point) -> _Found:
    """下月10日, 本周五, 下周末, 上季度末."""
    if p.unit == "month":
        return _after_month(text, at, p) or (p, at)
    if p.unit == "week":
        day = _WEEKDAY.match(text, at)
        if day is None:
            return (p.having(edge="end"), at + 1) if text.startswith("末", at) else (p, at)
        return p.having(weekday=_weekday(day["wd"])), day.end()
    edge = _AFTER_QUARTER.match(text, at) if p.unit == "quarter" else None
    return (p.having(edge=_EDGES[edge["e"]]), edge.end()) if edge else (p, at)


def _body(text: str, at: int, p: Point) -> _Found:
    """What narrows a year, or begins without one."""
    alone = p is NOTHING
    if not alone:
        while text.startswith(" ", at):
            at += 1
        word = _RELATIVE_WORD.match(text, at) if text[at : at + 1] in _RELATIVE_HEADS else None
        if word and _RELATIVE[word[0]][0] == "month":
            p = p.having(unit="month", by=_RELATIVE[word[0]][1])
            return _after_month(text, word.end(), p) or (p, word.end())
    m = _BODY.match(text, at) if text[at : at + 1] in _BODY_HEADS else None
    if m is None:
        return None
    g, end = m.lastgroup, m.end()
    if g is None:
        return None if alone else (p, end)
    if alone and g in ("m", "m2") and at > 1 and text[at - 1] == "年" and text[at - 2].isdecimal():
        return None  # 2019年2月29日 is no date
    if alone and g in ("e", "lq", "nm", "fm", "lm", "lw", "fw"):
        return None
    if g in ("m", "m2"):
        return _month(text, m, p)
    if g in ("q", "q2", "fq", "qq"):
        first = 1 if m["fq"] else integer(m["q"] or m["qq"])
        q = p.having(part="quarter", n=first, n2=integer(m["fq"] or m["q2"] or m["q"] or m["qq"]))
        edge = _AFTER_QUARTER.match(text, end)
        return (q.having(edge=_EDGES[edge["e"]]), edge.end()) if edge else (q, end)
    if g == "lq":
        return p.having(part="quarter", n=4, n2=4), end
    if g == "half":
        q = p.having(part="half", n=1 if m["half"] in "上前" else 2)
        edge = _AFTER_QUARTER.match(text, end)
        return (q.having(edge=_EDGES[edge["e"]]), edge.end()) if edge else (q, end)
    if g == "nm":
        return p.having(month=integer(m["nm"])), end
    if g in _PARTS:
        return (Point(part="term") if alone else p.having(part=_PARTS[g], n=integer(m[g]))), end
    if g in ("feast", "bound", "alone", "quoted"):
        return p.having(part="feast", feast=feasts.names()[m[g]]), end
    return p.having(edge=_EDGES[m["e"]]), end


def _month(text: str, m: re.Match[str], p: Point) -> _Found:
    p = p.having(month=integer(m["m"]), last_month=integer(m["m2"]) if m["m2"] else None)
    if not m["m2"]:
        return _after_month(text, m.end(), p) or (p, m.end())
    edge = _AFTER_QUARTER.match(text, m.end())
    return (p.having(edge=_EDGES[edge["e"]]), edge.end()) if edge else (p, m.end())


def _after_month(text: str, at: int, p: Point) -> _Found:
    m = _AFTER_MONTH.match(text, at)
    return None if m is None else (_narrow(p, m), m.end())


def _narrow(p: Point, m: re.Match[str]) -> Point:
    match m.lastgroup:
        case "x":
            decades = ["上中下".index(c) + 1 for c in m["x"]]
            return p.having(part="decade", n=decades[0], n2=decades[-1])
        case "wd":
            return p.having(part="weekday", n=integer(m["w"]), weekday=_weekday(m["wd"]))
        case "w":
            return p.having(part="week", n=integer(m["w"]))
        case "e":
            return p.having(edge=_EDGES[m["e"]])
        case "bare":
            return p.having(day=integer(m["bare"]), last_day=None)
        case _:
            return p.having(day=integer(m["d"]), last_day=integer(m["d2"]) if m["d2"] else None)


def _bare(text: str, at: int) -> _Found:
    """What stands without year and month: 15日, 下旬, 月底, 年内."""
    before = text[at - 1] if at else " "
    m = _BARE_DAY.match(text, at)
    if m and before in _NO_DAY_AFTER:  # 2月30日 is no date, 限期15日 a length
        return None
    if m:
        p = _narrow(Point(unit="month"), m)
        days = p.day or 0, p.last_day or p.day or 0
        return (p, m.end()) if 0 < days[0] <= days[1] <= 31 else None
    m = _DOTTED_DAY.match(text, at)
    if m:
        return Point(month=int(m["m"]), day=int(m["d"])), m.end()
    m = _DECADE.match(text, at)
    if m:
        return _narrow(Point(unit="month"), m), m.end()
    m = _BARE_WEEKDAY.match(text, at)
    if m:
        return Point(unit="week", weekday=_weekday(m["wd"])), m.end()
    m = _PART_OF.match(text, at)
    if m is None or before in _NOT_PART:
        return None
    edge = _EDGES.get(m["e"], "")
    unit = {"月": "month", "季": "quarter"}.get(m["u"])
    return (Point(unit=unit, edge=edge) if unit else Point(year_by=0, edge=edge)), m.end()


def _weekday(character: str) -> int:
    return "一二三四五六日".index(character.replace("天", "日"))
