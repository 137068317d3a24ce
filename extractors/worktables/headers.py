"""What a header says of its column: role, measure, status, period, change (lexicon ``worktables``)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from extractors.language import quantities, times
from extractors.language.times import Time
from extractors.lexicon import settings, words

UNIT_ROLES = ("lead", "responsible", "assist", "supervise")
_ROLES = (
    *("number", "task", "problem", "target", *UNIT_ROLES, "body", "person", "deadline", "start"),
    *("done", "group", "note", "measure", "code", "event"),
)
_BRACKET = re.compile(r"[(（\[【]([^()（）\[\]【】]{1,14})[)）\]】]")
_UNIT_SAID = re.compile(r"(?:计量|金额|面积)?单位[:：]?")
_TRAILING_MEASURE = re.compile(r"[/:：,，]([^/:：,，]{1,8})$|([%‰])$")
_COUNTED = re.compile(rf"({'|'.join(words('worktables', 'counted'))})数$")
_COMPARISON = re.compile(
    r"(?:同比|环比|(?:比|较)(?:上年|去年|上月|上季|上期|年初|[12]\d{3}年)度?(?:同期|预算|决算|计划|实际|执行|完成)?数?|(?:比|较)同期)"
)
_LONGEST = 24
_TAIL = re.compile(r"(?:数值|[%‰])$")
_NUMBER = re.compile(r"[-+−－]?\d[\d,.]*%?")
_CAPTION = re.compile(r"(?<![\u4e00-\u9fff])(?:计量|金额|数量)?单位\s*[:：]\s*([^\s,，;；、)）\]】]{1,10})")
_YEAR = re.compile(r"(?:19|20)\d\d年?度?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``role`` (a list of the lexicon, ``value``, ``schedule`` or ``length``) and how its numbers are read.

    ``stem`` is what its numbers measure, empty where the header only tells time, status or change. ``measure`` is the
    measure as written (万元). ``persons``: names of persons stand beside units. ``dated``: times in its text are limits.
    ``perhaps``: its status is a guess from words that a plan uses too (完成投资). ``time`` is the time that the header names, ``place`` the clean span of the innermost header cell and ``leaf`` its text.
    """

    role: str = ""
    header: str = ""
    stem: str = ""
    measure: str = ""
    status: str = ""
    period: tuple[str, str] = ("", "")
    change: bool = False
    basis: str = ""
    persons: bool = False
    dated: bool = False
    time: Time | None = None
    place: tuple[int, int] = (0, 0)
    leaf: str = ""
    perhaps: bool = False

    def as_role(self, role: str) -> Column:
        """The same column in another role."""
        return replace(self, role=role)


NO_COLUMN = Column()


@lru_cache(4096)
def measure(text: str) -> str:
    """``text`` if it is nothing but a measure (万元, 个, %), its form that numbers can stand before; else empty."""
    text = _UNIT_SAID.sub("", text).strip(" :：")
    if not text or len(text) > 10 or text[0].isdigit():
        return ""
    found = quantities.find("1" + text)
    return text if len(found) == 1 and found[0].measure and found[0].end == len(text) + 1 else ""


@lru_cache(4096)
def role(label: str) -> tuple[str, bool, bool]:
    """(role of a label, whether it names persons too, whether times too); the longest word decides, then the last."""
    hits = set()
    for name in _ROLES:
        for word in words("worktables", name):
            at = label.rfind(word)
            if at >= 0:
                hits.add((name, at, at + len(word)))
    named = {h for h in hits if h[0] in UNIT_ROLES}
    # 科室 says that a body stands there, 协办 beside it which one.
    weighed = [((b - a, a), name) for name, a, b in hits if not (named and name == "body")]
    best, found = max(weighed, default=((0, 0), ""))
    span = best[1], best[1] + best[0]
    beside = {name for name, a, b in hits if b <= span[0] or a >= span[1]}
    if found == "deadline" and beside & {"task", "target"}:  # 任务分解/时序进度
        return "task" if "task" in beside else "target", "person" in beside, True
    return found, "person" in beside, "deadline" in beside


@lru_cache(4096)
def is_label(text: str) -> bool:
    """Whether a cell reads like the head of a column: short, no sentence, its role's word at its end or most of it."""
    bare = _BRACKET.sub("", text).replace(" ", "")
    if not bare or len(bare) > _LONGEST or _NUMBER.fullmatch(bare) or any(c in bare for c in "。;；,，"):
        return False
    if period_label(text):
        return True
    if any(
        bare.endswith(w) for key in ("actual", "planned", "change", "counting") for w in words("worktables", key)
    ) and len(bare) <= 14:  # fmt: skip
        return True
    for name in _ROLES:
        for word in words("worktables", name):
            if (bare.endswith(word) and len(bare) <= len(word) + 6) or (word in bare and 2 * len(word) >= len(bare)):
                return True
    return False


@lru_cache(4096)
def period_label(text: str) -> Time | None:
    """The time that is the whole label: 2023年, 1月, 一季度, 上半年."""
    bare = text.strip(" ()（）")
    if len(bare) > 16:
        return None
    found = times.find(bare, None)
    if len(found) == 1 and found[0].kind == "in" and found[0].start == 0 and found[0].end == len(bare):
        return found[0]
    return None


@lru_cache(4096)
def stage(text: str) -> bool:
    """Whether a label names a part of a year and that something is due in it: 3月, 一季度目标, 上半年计划; not 1—6月完成."""
    whole = period_label(text)
    if whole is None:
        bare = _BRACKET.sub("", text).replace(" ", "")
        found = [t for t in times.find(bare, None) if t.kind == "in" and t.start == 0]
        if not found or bare[found[0].end :] not in words("worktables", "due_in"):
            return False
        whole = found[0]
    return not (whole.start_date.endswith("-01-01") and whole.end_date.endswith("-12-31"))


@lru_cache(1024)
def column(levels: tuple[str, ...], year: int | None) -> Column:
    """What the header cells above a column, outermost first, say of it; ``year`` is that of 本年 and of bare months."""
    header = "".join(dict.fromkeys(level.replace(" ", "") for level in levels))
    unit = _measure_of(levels)
    bare = _BRACKET.sub("", header)
    name, persons, dated = role(_BRACKET.sub("", levels[-1].replace(" ", "")) or header)
    if not name:
        name, persons, dated = role(bare)
    comparison = _COMPARISON.search(bare)
    plain = _COMPARISON.sub("", bare)
    change = any(w in plain for w in words("worktables", "change")) or (comparison is not None and "占" not in plain)
    anchor = date(year, 1, 1) if year else None
    spans = [t for t in times.find(plain, anchor) if t.kind in ("in", "by") and not t.text.endswith("初")]
    period = ("", "")
    if spans and (spans[-1].start_date or any(w in plain for w in words("worktables", "up_to"))):
        period = spans[-1].start_date, spans[-1].end_date
    if change and not unit and any(w in bare for w in words("worktables", "rate")):
        unit = "%"
    if name not in ("deadline", "start") and any(
        b in words("worktables", "lengths") for b in _BRACKET.findall(levels[-1])
    ):
        name = "length"
    status, perhaps = _status(plain)
    return Column(
        name, header, _stem(levels), unit, status, period, change,
        comparison.group() if comparison and change else "", persons, dated, spans[-1] if spans else None,
        leaf=levels[-1], perhaps=perhaps,
    )  # fmt: skip


def _measure_of(levels: tuple[str, ...]) -> str:
    for level in reversed(levels):
        for bracket in reversed(_BRACKET.findall(level)):
            if found := measure(bracket):
                return found
        tail = _TRAILING_MEASURE.search(level.strip())
        if tail and (found := measure(tail.group(1) or tail.group(2))):
            return found
    counted = _COUNTED.search(_BRACKET.sub("", levels[-1]).strip())
    return measure(counted.group(1)) if counted else ""


def _status(header: str) -> tuple[str, bool]:
    """The first of the lists that has a word in the header decides: marks of a scheme, plainly done, planned, perhaps done;
    and whether it is perhaps."""
    lexicon = settings("worktables")
    for key, status in (("scheme", "rule"), ("actual", "actual"), ("planned", "target")):
        if any(w in header for w in lexicon[key]):
            return status, False
    perhaps = any(w in header for w in lexicon["perhaps_actual"])
    return "actual" if perhaps else "", perhaps


def _stem(levels: tuple[str, ...]) -> str:
    """What the numbers of a column measure: the innermost level that says more than time, status and change."""
    for level in reversed(levels):
        bare = _BRACKET.sub("", level.replace(" ", ""))
        tail = _TRAILING_MEASURE.search(bare)
        if tail and measure(tail.group(1) or tail.group(2)):
            bare = bare[: tail.start()]
        rest = _COMPARISON.sub("", bare)
        for t in reversed(times.find(rest, None)):
            rest = rest[: t.start] + rest[t.end :]
        for word in words("worktables", "says_nothing"):
            rest = rest.replace(word, "")
        if len(rest.strip("的及和、/")) >= 2:
            return _YEAR.sub("", bare) if _YEAR.match(bare) else bare
    return ""


def bare(header: str) -> str:
    """A header without its brackets and without an ending that any column of numbers could have."""
    return _TAIL.sub("", _BRACKET.sub("", header))


def caption(text: str) -> str:
    """The measure that a line over a table gives for its numbers (单位:万元); empty if it gives none."""
    for found in _CAPTION.finditer(text):
        if unit := measure(found.group(1)):
            return unit
    return ""
