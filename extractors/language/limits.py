"""Grammar of lengths of time in their phrases: 6个月内, 用三年左右时间, 自印发之日起30日内, 近三年. Reads folded text."""

from __future__ import annotations

import re

from extractors.language.durations import length
from extractors.language.notation import integer
from extractors.language.periods import Point
from extractors.language.points import SP, guard
from extractors.language.readings import Hit, Moment, Stretch, Way
from extractors.lexicon import settings

_WAYS: dict[str, Way] = {
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
_LEAD = re.compile(
    rf"(?:(?P<w>最近|近|过去|未来|今后|用)(?:(?<=[去来])的)?|(?<![一-鿿”])(?P<s>[上前下后])(?=[^0-9]|\d{{1,2}}\D)|(?<=[比较在的今])(?P<r>[上前下后])(?=[^0-9]|\d{{1,2}}\D)){SP}"
)
_LENGTH_AFTER = settings("times")["lead"]["length"]
_LEADS = frozenset(word[0] for word in _WAYS)
_FIRST_MONTHS = re.compile(rf"前{SP}(?P<n>\d{{1,2}}|[一二三四五六七八九十两]{{1,2}}){SP}个月")
_TAIL = re.compile(
    rf"(?P<fill>{SP}(?:左右|上下)?的?(?:时间|期限|以下)?)(?:{SP}(?:(?P<within>[之以]?{guard('内')})"
    rf"|(?P<ago>[之以]?{guard('前')})|(?P<later>[之以]?{guard('后')})|(?P<since>以来|(?<=年)来(?![访自到临源])|来(?=[,的、。]|$))))?"
)
_CLAUSE = re.compile(r"[,。;:、()\n“”\"|!?]")
_EVENT = re.compile(r"(?:之日起|日起|之后|以后|(?<!最)后|起|之日)的?$")
_EVENT_LEAD = re.compile(r"(?:并|且|请|应当|应|须|必须|要|需|可|将|均|务必){0,2}(?:在|于)?")
_REACH = 24  # how far to the left of a limit its event is looked for


def limit(text: str, at: int, floor: int, opened: Hit | None) -> list[Hit] | None:
    """The length that begins at an offset, with what makes it a limit or a period.

    ``floor`` is the end of the time before it; ``opened`` that time, if it is a beginning (自7月1日起) right before this
    length: then both are one, and the hit begins where ``opened`` does.
    """
    months = _FIRST_MONTHS.match(text, at) if text[at] == "前" else None
    if months and 2 < integer(months["n"]) <= 12:  # 前10个月 of a report is January to October; 前两个月 the last two
        return [Hit(at, months.end(), "in", Moment(Point(part="first_months", n=integer(months["n"]))))]
    lead = _LEAD.match(text, at) if text[at] in _LEADS else None
    got = length(text, lead.end() if lead else at)
    if got is None:
        return None
    low, high, end = got
    word = (lead["w"] or lead["s"] or lead["r"]) if lead else ""
    tail = _TAIL.match(text, end)
    assert tail is not None  # it may match nothing
    mode = next((g for g in ("within", "ago", "later", "since") if tail[g]), "")
    filled = tail.end("fill") if tail["fill"].strip(" ") else end
    if word == "用":
        if "时间" in tail["fill"] or "左右" in tail["fill"]:
            return [Hit(at, tail.end() if mode == "within" else filled, "within", Stretch(low, high, "event"))]
        at, word = at + 1, ""
    if word:
        return [Hit(at, tail.end() if mode in ("within", "since") else end, "in", Stretch(low, high, _WAYS[word]))]
    if mode == "since":
        return [Hit(at, tail.end(), "in", Stretch(low, high, "past"))]
    if opened is not None and isinstance(opened.reading, Moment) and mode in ("within", ""):
        stop = tail.end() if mode else end
        return [Hit(opened.start, stop, "within", Stretch(low, high, "within", opened.reading.first))]
    start = _event(text, at, floor) if mode in ("within", "", "later") else at
    bare = start == at and not mode and (not at or text[at - 1] not in _LENGTH_AFTER)
    if bare and text[end - 1] == "日" and not low.working and high.days <= 31 and not high.months:
        return None
    if mode == "later" and start != at:
        return [Hit(start, tail.end(), "from", Stretch(low, high, "event"))]
    if mode == "within" or start != at:
        return [
            Hit(start, tail.end() if mode else end, "within", Stretch(low, high, "event" if start != at else "within"))
        ]
    if mode and low == high:
        return [Hit(at, tail.end(), "in", Stretch(low, high, "ago" if mode == "ago" else "later"))]
    return [Hit(at, filled if tail["fill"].endswith("以下") else end, "duration", Stretch(low, high))]


def _event(text: str, at: int, floor: int) -> int:
    """Where the phrase begins that a limit counts from (自公告之日起, 汛期结束后); ``at`` if there is none."""
    low = max(floor, at - _REACH)
    head = text[low:at]
    bounds = [m.end() for m in _CLAUSE.finditer(head)]
    clause = head[bounds[-1] if bounds else 0 :].lstrip(" ")
    if not _EVENT.search(clause):
        return at
    start = at - len(clause)
    own = max(clause.rfind("自"), clause.rfind("从"))
    if own >= 0 and not clause[own + 1 :].startswith(("然", "身", "治")):
        return start + own
    if not bounds and low > floor:
        return at
    lead = _EVENT_LEAD.match(clause)
    inner = max(start + (lead.end() if lead else 0), start + max(clause.rfind("在"), clause.rfind("于")) + 1)
    return inner if inner < at - 1 else at
