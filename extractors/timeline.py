"""Times in the year and month of their context.

A month without a year is in the year that its sentence or paragraph named last (2018年,…全年实现…), else in the year of its
section; 上旬 and 月底前 are in the month named last, else in that of the document's date. A school year runs from August to
July. Months that run backwards within one sentence (9月、11月、1月) roll into the next year.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from dataclasses import dataclass, field, replace
from datetime import date

from extractors.document import Part, Segment
from extractors.language import times
from extractors.language.notation import integer
from extractors.language.times import Time

_FIXED_YEAR = re.compile(r"\d{4}-")
_MONTH = re.compile(r"(?:\d{4}|XXXX)-(\d\d)-")
_COMPARED = re.compile(r"(?:比|较|与|同|和|对|超|于|自|从|《)$")
_ATTRIBUTIVE = re.compile(r"的|《|”|以来|同期|工作|年度|版|级|届")
_DONE_THING = re.compile(r"已[一-龥]{1,5}的")  # 2024年已认定的17户
_REPORTS = re.compile(r"[^,，。;；]{0,16}?(?:已|了)")
_OPENING = 2
_STAGE = 16  # the name of a stage before its time in brackets
_SECOND_TERM = re.compile(r"第二学期|下学期|春季学期|春学期|下期")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SAID_NOW = re.compile(
    r"[本今明昨]|[上下](?![旬半中])"
)  # 下周三前: from the day the paper was written, not from the month named last
_MONTH_EDGE = re.compile(r"月[底末内]")
_RESUMES = re.compile(r"会议(?:原则|审议)?(?:决定|要求|议定|明确|同意|确定|通过)|下一?步")
_AHEAD = re.compile("(?:明|来)年$")  # 推迟到明年,计划3月动工、8月底前竣工
_OWN = re.compile(r"(?:本|这个)(?P<unit>[季月])")
_PLANNED_FOR = re.compile(r"(?<![前上\d])(?P<n>\d{1,2}|[一二三四五六七八九十]{1,2})(?:(?P<unit>[季月])(?![底末初前]))")
_SPEAKER = re.compile(r"今|本|明|去|前年|上年|后年")


@dataclass(slots=True)
class Timeline:
    """Reads the times of one part in order and resolves them; one instance a part."""

    text: str
    part: Part
    _segment: Segment | None = None
    _year: int | None = None
    _month: tuple[int, int] | None = None
    _opener: tuple[str, ...] | None = None  # the path of the line that opened a section with its year
    _opened: int | None = None  # and that year
    _ahead: int | None = None  # the year that a limit of this segment named itself
    _named: int | None = None  # the year that a time of this sentence named itself
    _told: bool = False  # whether the year of the context is one that was only told of (去年)
    _sentence: int = -1
    _last: tuple[int, int] | None = None
    _headings: dict[str, tuple[int, int]] = field(default_factory=dict)
    _limited: bool = False  # whether the month is that of a limit
    _stages: dict[str, int] = field(default_factory=dict)  # the year that a heading names for its stage
    _school: int | None = None  # the year in which the school year of the part begins
    _scopes: list[tuple[int, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if "学年" in self.part.title and self.part.year is not None:
            self._school = self.part.year - (1 if _SECOND_TERM.search(self.part.title) else 0)

    def resolve(self, t: Time, segment: Segment, sentence: int) -> Time:
        """The time with its dates as the context has them; ``sentence`` is the index of its sentence."""
        if segment is not self._segment:
            self._enter(segment)
        if sentence != self._sentence:
            self._sentence, self._last, self._named = sentence, None, None
            if _RESUMES.match(self.text, self.part.sentences[sentence].start):
                self._year = segment.year  # 2023年排查…。会议决定,6月底前…
        if t.uses:
            t = self._resolved(t, segment)
        self._remember(t, segment)
        return t

    def scope(self, segment: Segment, before: int) -> int | None:
        """The year that a time before an offset set for its segment; None if none did."""
        i = bisect_left(self._scopes, (before,)) - 1
        return self._scopes[i][2] if i >= 0 and self._scopes[i][1] == segment.start else None

    def _enter(self, segment: Segment) -> None:
        last, self._segment, self._ahead, self._told = self._segment, segment, None, False
        # 2024年,公司将开展以下工作: the year that opens a section holds for the items under the same heading.
        if self._opener is not None and (
            segment.path[: len(self._opener)] != self._opener or segment.kind in ("title", "meta") or not self._opener
        ):
            self._opener = None
        if self._opener is None:
            self._year = segment.year
        else:
            self._year = self._opened
        if last is None or last.path != segment.path or segment.kind == "heading":
            self._month = None
        for heading in reversed(segment.path):
            if heading in self._stages:
                self._year = self._stages[heading]
            if heading in self._headings:
                self._month, self._limited = self._headings[heading], False
                break

    def _resolved(self, t: Time, segment: Segment) -> Time:
        if t.uses in ("month", "week", "day", "term"):
            anchor = planned_for(self.part, segment, t) or self._near(t)
            if anchor:
                return times.resolve(t, anchor)
            if t.start_date or not t.end_date.startswith("XXXX"):
                return t  # else 即日起至12月31日: when it begins is not told
            dated = self._year and times.resolve(t, date(self._year, 1, 1))
            return replace(dated, start_date="") if dated else t
        if self._turns(t, segment):
            self._year, self._told = segment.year, False
        year = segment.year if _SPEAKER.match(t.text) else self._year
        named = self._named or self._ahead
        if named is not None and (year is None or named > year) and not _SPEAKER.match(t.text):
            year = named
        if year is None:
            return t
        found = times.resolve(t, date(year, 1, 1))
        month = _month_of(found)
        if month is None:
            return found
        if self._school is not None and year == self.part.year:
            return times.resolve(t, date(self._school + (month < 8), 1, 1))
        written = self.part.date
        if written[:4] == str(year) and len(written) >= 7 and int(written[5:7]) >= 9 and month <= 3:
            return times.resolve(t, date(year + 1, 1, 1))
        if self._last and self._last[0] == year and self._last[1] >= 8 and month <= 4:
            return times.resolve(t, date(year + 1, 1, 1))
        if self._last and self._last[0] == year + 1 and month <= 6:
            return times.resolve(t, date(year + 1, 1, 1))
        return found

    def _turns(self, t: Time, segment: Segment) -> bool:
        """Whether a limit opens a comma part of a plan that told of the year before (去年加装31部,6月底前再加装15部)."""
        return (
            self._told
            and t.kind == "by"
            and self.part.kind == "plan"
            and segment.tense != "done"
            and self.text[t.start - 1] in ",，;；。"
            and not _REPORTS.match(self.text, t.end)
        )

    def _near(self, t: Time) -> date | None:
        written = _DAY.fullmatch(self.part.date) is not None
        # 月底前 is of the month that its sentence or the last line opens with, not of another limit (11月底前…。月底前…).
        named = self._last is not None or not self._limited
        if self._month and not (written and (_SAID_NOW.match(t.text) or (not named and _MONTH_EDGE.match(t.text)))):
            return date(self._month[0], self._month[1], 1)
        return date.fromisoformat(self.part.date) if written else None

    def _remember(self, t: Time, segment: Segment) -> None:
        first = t.start_date or t.end_date
        if not _FIXED_YEAR.match(first):
            return
        year, month = int(first[:4]), _month_of(t)
        if (not t.uses or _AHEAD.search(t.text)) and not _COMPARED.search(self.text, max(0, t.start - 2), t.start):
            self._named = year
            if t.kind == "by":
                self._ahead = year
        if (
            not t.uses
            and t.end_date[:4] == first[:4]
            and self.text[t.start - 1] in "(（"
            and self.text[t.end : t.end + 1] in (")", "）")
            and t.start - segment.body <= _STAGE
        ):
            self._year = year  # 3.总结提升(2023年10-12月)。…;11月上旬前…
        if month is not None:
            self._month = self._last = (year, month)
            self._limited = t.kind == "by"
            if segment.kind == "heading":
                self._headings[self.text[segment.start : segment.end].strip()] = (year, month)
        elif segment.kind == "heading" and t.kind == "in" and not t.uses and t.end_date[:4] == first[:4]:
            # 总结提升(2023年10-12月): the year of a stage
            self._stages[self.text[segment.start : segment.end].strip().rstrip("。.:;")] = year
        elif (
            t.kind == "in"
            and first[4:] == "-01-01"
            and t.end_date == f"{year}-12-31"
            and not _COMPARED.search(self.text, max(0, t.start - 2), t.start)
            and not _ATTRIBUTIVE.match(self.text, t.end)
            and not _DONE_THING.match(self.text, t.end)
        ):
            self._year = year
            self._told = t.text[0] in "去上前"
            if t.start - segment.body <= _OPENING and self.text[segment.end - 1] == ":":
                self._opener, self._opened = segment.path, year
            insort(self._scopes, (t.start, segment.start, year))  # tables are read after the text around them
        elif (
            t.kind == "in"
            and first[4:] == "-01-01"
            and t.end_date[4:] == "-12-31"
            and t.start - segment.body <= _OPENING
            and not _ATTRIBUTIVE.match(self.text, t.end)
        ):  # “十三五”时期,… at the head of a paragraph
            insort(self._scopes, (t.start, segment.start, int(t.end_date[:4])))


def planned_for(part: Part, segment: Segment, t: Time) -> date | None:
    """The first day of the quarter or month that a plan is for by its title or heading, for 本季度 and 本月 in it."""
    if segment.year is None or not (own := _OWN.match(t.text)):
        return None
    for heading in (*reversed(segment.path), part.title):
        if (m := _PLANNED_FOR.search(heading)) and m["unit"] == own["unit"]:
            month = 3 * integer(m["n"]) - 2 if own["unit"] == "季" else integer(m["n"])
            return date(segment.year, month, 1) if 1 <= month <= 12 else None
    return None


def _month_of(t: Time) -> int | None:
    """Month of a time that lies within one month, or that ends in one (8月底前); None for longer periods."""
    a, b = _MONTH.match(t.start_date), _MONTH.match(t.end_date)
    if a and b and (a.group(1) != b.group(1) or t.start_date[:4] != t.end_date[:4]):
        return None
    m = a or b
    if m is None or (not a and t.end_date.endswith("-12-31") and "12" not in t.text and "十二" not in t.text):
        return None
    return int(m.group(1))
