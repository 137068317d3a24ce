"""What the mentions of one part stand in: sentences with their clauses, quantities and times, found once.

Only sentences that hold a quantity, a time or a unit are looked at; a sentence without any is never cut into clauses.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import attrgetter

from extractors import tense
from extractors.document import Document, Part, Segment
from extractors.language import quantities, times
from extractors.language.quantities import Quantity
from extractors.language.times import Time
from extractors.mentions import Mention
from extractors.text.clauses import clauses
from extractors.timeline import Timeline

# Days that are counted, not a length of time: 优良天数308天,同比增加11天; 重污染天气不超过3天.
_DAY_HEAD = "(?:天数|日数|优良天|达标天|超标天|污染天气?|蓝天)"
_DAYS = re.compile(
    rf"{_DAY_HEAD}[^,，。;；、\d]{{0,8}}(?:\d+天以?上?[,，][^,，。;；\d]{{0,10}}(?:增加|减少|多|少|增|减)了?)?$"
)
_STEP_YEARS = re.compile(r"(20\d\d)年(?:值|实际|现状|基期|基数|完成)[^。\n]{0,20}?(20\d\d)年(?:值|目标|规划|预期|计划)")
_CLOCK = re.compile(r"\d{1,3}:\d{1,3}")
_DAY_NUMBER = re.compile(r"\d+(?:\.\d+)?天")
_DAY_COUNT = re.compile(
    rf"{_DAY_HEAD}[^,，。;；、\d]{{0,8}}(\d{{1,5}}(?:\.\d{{1,2}})?)天"
    r"(?:以?上?[,，][^,，。;；\d]{0,10}(?:增加|减少|多|少|增|减)了?(\d{1,4})天)?"
)


_WINDOW = 24
_start = attrgetter("start")


@dataclass(slots=True)
class SentenceView:
    """A sentence with its clauses (comma parts), quantities and times; all offsets are clean offsets of the document."""

    text: str
    start: int
    end: int
    segment: Segment
    index: int
    quantities: list[Quantity] = field(default_factory=list)
    times: list[Time] = field(default_factory=list)
    _clauses: list[tuple[int, int]] | None = None
    _cues: list[tense.Cue] | None = None
    _firm: list[tense.Cue] | None = None
    _planned: list[tense.Cue] | None = None

    @property
    def span(self) -> tuple[int, int]:
        """Clean span of the sentence."""
        return self.start, self.end

    @property
    def clauses(self) -> list[tuple[int, int]]:
        """Spans of the comma parts; brackets are never cut."""
        if self._clauses is None:
            self._clauses = clauses(self.text, self.start, self.end) or [(self.start, self.end)]
        return self._clauses

    @property
    def cues(self) -> list[tense.Cue]:
        """Tense cues of the sentence."""
        if self._cues is None:
            self._cues = tense.cues(self.text, self.start, self.end)
        return self._cues

    @property
    def firm_cues(self) -> list[tense.Cue]:
        """Those that hold in a section that reports."""
        if self._firm is None:
            self._firm = tense.firm(self.cues)
        return self._firm

    @property
    def planned_cues(self) -> list[tense.Cue]:
        """Those that hold in a section that plans."""
        if self._planned is None:
            self._planned = tense.planned(self.cues)
        return self._planned

    def times_before(self, place: int) -> list[Time]:
        """The last times that begin before an offset, in order; a window, so that a sentence of nothing but times stays linear."""
        i = bisect_left(self.times, place, key=_start)
        return self.times[max(0, i - _WINDOW) : i]

    def clause_index(self, place: int) -> int:
        """Index of the clause that holds an offset."""
        return max(0, bisect_right(self.clauses, (place, self.end)) - 1)

    def clause(self, place: int) -> tuple[int, int]:
        """Span of the clause that holds an offset."""
        return self.clauses[self.clause_index(place)]


@dataclass(slots=True)
class RowShare:
    """What a table row has from merged cells above it or from persons' cells: mentions that stand elsewhere, spans of persons.

    ``alone``: the row is a task even if it holds no mention of its own.
    """

    segment: Segment
    mentions: list[Mention] = field(default_factory=list)
    persons: list[tuple[int, int]] = field(default_factory=list)
    alone: bool = False


@dataclass(slots=True)
class PartView:
    """A part with the views of its sentences, by sentence index."""

    document: Document
    part: Part
    text: str
    views: dict[int, SentenceView]
    timeline: Timeline
    carried: dict[int, tense.Tense] = field(
        default_factory=dict
    )  # what a segment (by its start) said last of its tense
    turns: dict[int, tuple[int, int]] = field(default_factory=dict)  # where a segment goes on to what comes next
    row_names: dict[int, str] = field(default_factory=dict)  # what the table row that starts there is about
    row_shares: dict[int, RowShare] = field(default_factory=dict)  # by the start of the row
    _tense: tense.Tense | None = None
    _steps: tuple[int, int] | tuple[()] | None = None

    def step_years(self) -> tuple[int, int] | None:
        """The years of a list of steps A → B, where the part says so once (箭头前为2020年值,箭头后为2025年目标)."""
        if self._steps is None:
            m = _STEP_YEARS.search(self.text, self.part.start, self.part.end)
            self._steps = (int(m[1]), int(m[2])) if m else ()
        return self._steps or None

    def scope_year(self, sentence: SentenceView, before: int | None = None) -> int | None:
        """The year that the sentence (up to an offset) or its paragraph named last as its own; None where none is named."""
        return self.timeline.scope(sentence.segment, sentence.end if before is None else before)

    @property
    def tense(self) -> tense.Tense:
        """Does the part report or plan? By its kind, else by which cues are the more frequent in it."""
        if self._tense is None:
            if self.part.kind in ("plan", "summary"):
                self._tense = "planned" if self.part.kind == "plan" else "done"
            elif "纪要" in self.part.title:  # minutes are kept for what was decided
                self._tense = "planned"
            else:
                found = tense.cues(self.text, self.part.start, self.part.end)
                planned = sum(1 for cue in found if cue[1] == "planned")
                self._tense = "planned" if 2 * planned >= len(found) else "done"
        return self._tense

    def view(self, place: int) -> SentenceView | None:
        """View of the sentence around a clean offset, made on demand; None outside every sentence."""
        i = self.part.sentence_index(place)
        if i < 0:
            return None
        found = self.views.get(i)
        if found is None:
            s = self.part.sentences[i]
            if place >= s.end:
                return None
            found = self.views[i] = SentenceView(self.text, s.start, s.end, s.segment, i)
        return found if place < found.end else None

    def times(self) -> list[Time]:
        """The times found so far, in the order of the text."""
        return [t for view in self.ordered() for t in view.times]

    def ordered(self) -> list[SentenceView]:
        """Views in the order of the text."""
        return [self.views[i] for i in sorted(self.views)]


def build(document: Document, part: Part) -> PartView:
    """Find quantities and times of a part and hang them on their sentences; table rows are read cell by cell elsewhere.

    Times are found without an anchor and then resolved in the year and month of their context (:mod:`extractors.timeline`).
    """
    view = PartView(document, part, document.text, {}, Timeline(document.text, part))
    for start, end in outside_rows(document.text, part):
        scan(view, start, end)
    return view


def outside_rows(text: str, part: Part) -> Iterator[tuple[int, int]]:
    """The spans of a part outside its table rows that are more than white space."""
    at = part.start
    for segment in part.segments:
        if segment.kind == "row":
            if segment.start > at and not text[at : segment.start].isspace():
                yield at, segment.start
            at = segment.end
    if part.end > at:
        yield at, part.end


def scan(view: PartView, start: int, end: int) -> None:
    """Find the quantities and times of a stretch of whole segments and hang them on their sentences."""
    text, timeline = view.text, view.timeline
    body, shift = (text, 0) if start == 0 and end == len(text) else (text[start:end], start)
    if not body.strip():
        return
    found_times, found_quantities = read(body)
    for t in found_times:
        sentence = view.view(t.start + shift)
        if sentence is not None and t.end + shift <= sentence.end:
            sentence.times.append(
                timeline.resolve(shift_time(t, shift) if shift else t, sentence.segment, sentence.index)
            )
    for q in found_quantities:
        sentence = view.view(q.start + shift)
        if sentence is not None and q.end + shift <= sentence.end:
            sentence.quantities.append(shift_quantity(q, shift) if shift else q)


def read(text: str) -> tuple[list[Time], list[Quantity]]:
    """The times of a text, not yet dated, and the quantities outside them, in order."""
    found = [t for t in times.find(text, None) if not _counts_days(text, t)]
    # A clock time alone says nothing here and may be a ratio (师生比1:18).
    spans = [(t.start, t.end) for t in found if not _CLOCK.fullmatch(t.text)]
    free: list[Quantity] = []
    taken = 0
    counted = quantities.find(text)
    if "天" in text:
        counted = sorted(chain(counted, _day_counts(text)), key=_start)
    for q in counted:
        while taken < len(spans) and spans[taken][1] <= q.start:
            taken += 1
        if taken == len(spans) or spans[taken][0] >= q.end:
            free.append(q)
    return found, free


def _counts_days(text: str, t: Time) -> bool:
    """优良天数308天 counts days; any other 308天 is a duration."""
    return (
        t.kind in ("duration", "within")
        and _DAY_NUMBER.match(t.text) is not None
        and _DAYS.search(text, max(0, t.start - 36), t.start) is not None
    )


def _day_counts(text: str) -> Iterator[Quantity]:
    for m in _DAY_COUNT.finditer(text):
        for group in (1, 2) if m.group(2) else (1,):
            start, end = m.start(group), m.end(group) + 1
            shift = max(m.start(), start - 20)
            for q in quantities.find(f"{text[shift : end - 1]}个{text[end : end + 4]}"):
                if q.start + shift == start:
                    yield replace(q, start=start, end=end, text=text[start:end], measure="天")


# Written out: dataclasses.replace costs several times as much, and there is one call a number.
def shift_quantity(q: Quantity, by: int) -> Quantity:
    """The same quantity ``by`` code points further on."""
    return Quantity(
        q.start + by, q.end + by, q.text, q.low, q.high, q.measure, q.bound, q.change, q.dimension, q.numeral
    )


def shift_time(t: Time, by: int) -> Time:
    """The same time ``by`` code points further on."""
    return Time(
        t.start + by, t.end + by, t.text, t.start_date, t.end_date, t.rrule, t.duration, t.kind, t.uses, t.parse
    )
