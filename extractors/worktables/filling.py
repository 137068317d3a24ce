"""Data rows → mentions: each cell by its column's role; what a merged cell says holds for every row that it covers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from extractors.context import PartView, RowShare
from extractors.document import Segment
from extractors.language.organisations import Organisation
from extractors.lexicon import words
from extractors.mentions import DeadlineMention, FigureMention, Mention, UnitMention
from extractors.worktables import cells, content, headers, names, rownames
from extractors.worktables.cells import RowView
from extractors.worktables.grid import Entry, Grid
from extractors.worktables.headers import NO_COLUMN, UNIT_ROLES, Column
from extractors.worktables.layout import Block
from extractors.worktables.marks import Marks
from extractors.worktables.prose import ProseReader
from extractors.worktables.rownames import Placed

_BRACKET = re.compile(r"[(（]([^()（）]{1,12})[)）]\s*$")
_REPORT = re.compile("|".join(map(re.escape, words("worktables", "report"))))
_BLANK = frozenset(words("worktables", "blank"))
_SHORT = 30
_FIRST_ROWS = 40
_SURE = 0.5
_DITTO = frozenset(words("worktables", "ditto"))
_SILENT = frozenset(("number", "code", "measure", "period", "duty", "event"))
_SHARED = frozenset((*UNIT_ROLES, "deadline", "start", "person", "schedule"))
_SENTENCE = 60  # a cell of time limits that is longer says what is to be done, sentence by sentence
_LATE, _EARLY = "09", "04"
_YEAR = re.compile(r"\d{4}|年")
_FULL_DATE = re.compile(r"\d{4}-\d\d-\d\d$")
_OWN = frozenset(("task", "target", "problem", "", "value", "schedule", "done", "deadline", "start"))


@dataclass(slots=True)
class TableRows:
    """What the tables of a part hold; ``persons`` are clean spans; ``names`` are organisations in
    cells of units; ``unread`` counts cells that hold a number, a time
    limit or a unit of which no mention was made."""

    figures: list[FigureMention] = field(default_factory=list)
    deadlines: list[DeadlineMention] = field(default_factory=list)
    units: list[UnitMention] = field(default_factory=list)
    persons: list[names.Span] = field(default_factory=list)
    names: list[Organisation] = field(default_factory=list)
    unread: int = 0


@dataclass(slots=True)
class _Held:
    """What a cell gave: its mentions and persons."""

    mentions: list[Mention] = field(default_factory=list)
    persons: list[names.Span] = field(default_factory=list)


_NOTHING = _Held()  # of all cells that give nothing; never added to


class Filler:
    """Fills :class:`TableRows` from the blocks of one part."""

    def __init__(self, view: PartView, result: TableRows) -> None:
        self._view, self._result = view, result
        self._names = names.NameReader(view)
        self._merged: dict[int, _Held] = {}
        self._prose = ProseReader(view)
        self._marks = Marks(self._names)
        self._last: dict[int, _Held] = {}  # by column of the block: what its last cell gave
        self._steps: dict[int, str] = {}  # by merged task: when its last step begins
        self._aimed = False  # whether the titles of the block set targets
        self._passing = _Held()  # what a cell gave that no other cell asks for
        self._more: dict[str, bool] = {}

    def learn(self, texts: Iterable[str]) -> None:
        """Take all cells of units before the blocks are read: the longest form of a name may stand in the last of them."""
        self._result.names = self._names.learn(texts)

    def block(self, grid: Grid, block: Block, titles: list[str]) -> None:
        """Read the data rows of a block."""
        reported = any(_REPORT.search(t) for t in titles)
        heads = [e.text for r in (*block.head, *block.rows[:_FIRST_ROWS]) for e in grid.rows[r] if len(e.text) < _SHORT]
        planned = any(w in said for said in (*titles, *heads) for w in words("worktables", "planned"))
        self._aimed = not reported and any(w in t for t in titles for w in words("worktables", "aimed"))
        self._last = {}
        for number in block.rows:
            self._row(grid, block, number, reported, planned)

    def _row(self, grid: Grid, block: Block, number: int, reported: bool, planned: bool) -> None:
        segment = grid.segments[number]
        above = grid.covering.get(number, ())
        columns = block.columns
        placed = [(columns.get(e.column, NO_COLUMN), e) for e in grid.rows[number]]
        covering = [(columns.get(e.column, NO_COLUMN), e) for e in above]
        row = self._known(block, segment, placed, covering, reported, planned)
        view = self._view
        if row.period[0] and not block.work:
            row.name = ""
        total = content.is_total(row.name) or content.is_only_time(row.name)
        name = view.row_names[segment.start] = "" if total else row.name
        share = RowShare(segment)
        for column, entry in placed:
            if column.role not in _SHARED:
                kept = entry.row_span > 1 or grid.across
                held = self._cell(row, block, column, entry, _Held() if kept else self._passing)
            elif entry.text in _DITTO:
                self._again(self._last.get(entry.column), share, segment)
                continue
            else:
                held = self._last[entry.column] = self._cell(row, block, column, entry, _Held())
            if entry.row_span > 1:
                self._merged[entry.start] = held
            if grid.across:
                share.persons += held.persons
        for column, entry in covering:
            if column.role in _SHARED:
                held = self._merged.get(entry.start) or self._cell(row, block, column, entry, _Held())
                self._merged[entry.start] = self._last[entry.column] = held
                self._again(held, share, segment)
        if block.marked:
            self._add(_Held(), self._marks.read(row, block, grid.rows[number], share))
        if above:
            self._roll(block, grid.rows[number], above)
        if share.mentions or share.persons:
            share.alone = bool(name) and any(c.role in _OWN for c, _ in placed)
            view.row_shares[segment.start] = share

    @staticmethod
    def _again(held: _Held | None, share: RowShare, segment: Segment) -> None:
        """What a cell of another row gave holds for this row too."""
        if held is not None:
            share.mentions += [m for m in held.mentions if m.segment is not segment]
            share.persons += held.persons

    def _known(
        self, block: Block, segment: Segment, own: list[Placed], above: list[Placed], reported: bool, planned: bool
    ) -> RowView:
        """The row with its name, measure, period and tense."""
        row = RowView(segment, (segment.start, segment.end))
        row.work = block.work
        row.name = rownames.name(block, own, above)
        label = _BRACKET.search(row.name) if row.name.endswith((")", "）")) else None
        if label and headers.measure(label.group(1)) and not content.is_body(row.name):
            row.measure = label.group(1)
            row.name = row.name[: label.start()].strip()
        for column, e in (*own, *above) if block.varied else ():
            if column.role == "measure" and headers.measure(e.text):
                row.measure = e.text
            elif column.role == "period" and (t := headers.period_label(e.text)):
                row.period = t.start_date, t.end_date
        done = reported or (segment.tense or self._view.tense) == "done"
        row.planned = not done or (block.work and segment.tense != "done" and self._view.part.kind != "summary")
        if not block.work and self._view.part.kind == "other" and not reported:
            row.planned = planned
        return row

    def _cell(self, row: RowView, block: Block, column: Column, entry: Entry, held: _Held) -> _Held:
        """Read one cell and add what it gives to the result and to ``held``; a cell that should have given something is
        counted."""
        role = column.role
        if role in _SILENT or entry.text in _BLANK:
            return _NOTHING
        _READERS.get(role, Filler._words_or_number)(self, row, block, column, entry, held)
        if held.mentions or held.persons:
            if held is self._passing:
                held.mentions.clear()
                held.persons.clear()
            return held
        if cells.holds(column, entry, started=role == "start"):
            self._result.unread += 1
        return _NOTHING

    def _schedule(self, row: RowView, _block: Block, column: Column, entry: Entry, held: _Held) -> None:
        if not content.is_mark(entry.text):
            self._text(row, column, entry, held, dated=True)

    def _bodies(self, row: RowView, _block: Block, column: Column, entry: Entry, held: _Held) -> None:
        self._units(row, entry, self._names.units(entry.text, column.role, column.persons), held)
        if cells.holds_digit(entry.text):
            self._text(row, column, entry, held, dated=True)

    def _limits(self, row: RowView, block: Block, column: Column, entry: Entry, held: _Held) -> None:
        if len(entry.text) > _SENTENCE:
            self._words_or_number(row, block, column, entry, held)
            return
        due = cells.limits(self._view, row, column, entry)
        if column.role == "start":
            due = [d for d in due if not self._begun(d)]
        held.mentions += due
        self._result.deadlines += due
        if self._tells_more(entry.text):
            self._units(row, entry, self._names.labelled(entry.text), held)
            self._text(row, column, entry, held, dated=False)

    def _tells_more(self, text: str) -> bool:
        """Whether a cell of time limits names units or numbers too; equal cells are asked once."""
        known = self._more.get(text)
        if known is None:
            read = self._names.labelled(text)
            known = self._more[text] = bool(read.members or read.persons or content.read(text)[1])
        return known

    def _named_persons(self, _row: RowView, _block: Block, _column: Column, entry: Entry, held: _Held) -> None:
        self._persons(entry, names.persons(entry.text), held)

    def _words_or_number(self, row: RowView, block: Block, column: Column, entry: Entry, held: _Held) -> None:
        figure = self._number(row, block, column, entry)
        if figure is not None:
            held.mentions.append(figure)
            self._result.figures.append(figure)
        elif not content.is_number(entry.text):
            self._units(row, entry, self._names.labelled(entry.text), held)
            self._text(row, column, entry, held, dated=row.planned)

    def _begun(self, d: DeadlineMention) -> bool:
        """Whether a start lies before the year of the plan: it is past and limits nothing."""
        year = self._view.part.year
        day = d.due_end or d.due_start
        return year is not None and day[:4].isdigit() and int(day[:4]) < year

    def _number(self, row: RowView, block: Block, column: Column, entry: Entry) -> FigureMention | None:
        if column.role != "value" and not (column.measure or row.measure or block.measure):
            return None
        value = column.role == "value" and content.NUMERIC.fullmatch(entry.text)
        if not (value or content.is_number(entry.text)) or not (column.header or row.name):
            return None
        return cells.number(row, column, entry, block.measure, self._status(row, column))

    def _status(self, row: RowView, column: Column) -> str:
        if column.status and not (column.perhaps and self._aimed):
            return column.status
        if column.role in ("done", "problem"):
            return "actual"
        part, (_first, last) = self._view.part, column.period if column.period[0] else row.period
        if last[:4].isdigit():
            if len(part.date) == 10 and last < part.date:
                return "actual"
            if part.year is not None and int(last[:4]) != part.year and not row.planned:
                return "actual" if int(last[:4]) < part.year else "target"
            if part.year is not None and int(last[:4]) < part.year:
                return "actual"
        return "target" if row.planned else "actual"

    def _text(self, row: RowView, column: Column, entry: Entry, held: _Held, dated: bool) -> None:
        if not content.READABLE.search(entry.text):
            return
        found, due = self._prose.read(row, column, entry, dated)
        if not found and not due:
            return
        if held.mentions:
            taken = [(m.start, m.end) for m in held.mentions]
            found = [f for f in found if not any(a < f.end and f.start < b for a, b in taken)]
            due = [d for d in due if not any(a < d.end and d.start < b for a, b in taken)]
        self._add(held, found)
        self._add(held, [d for d in due if d.confidence >= _SURE])

    def _units(self, row: RowView, entry: Entry, read: names.NamesRead, held: _Held) -> None:
        segment, span, start = row.segment, row.span, entry.start
        for m in read.members:
            unit = UnitMention(
                start + m.start, start + m.end, segment, span, m.rule, m.cue, m.confidence, m.name, m.canonical, m.role,
                "table", (start, entry.end),
            )  # fmt: skip
            held.mentions.append(unit)
            self._result.units.append(unit)
        if read.persons:
            self._persons(entry, read.persons, held)

    def _persons(self, entry: Entry, found: list[names.Span], held: _Held) -> None:
        if found:
            spans = [(entry.start + a, entry.start + b) for a, b in found]
            held.persons += spans
            self._result.persons += spans

    def _add(self, held: _Held, found: Iterable[Mention]) -> None:
        for m in found:
            held.mentions.append(m)
            if isinstance(m, FigureMention):
                self._result.figures.append(m)
            elif isinstance(m, DeadlineMention):
                self._result.deadlines.append(m)
            elif isinstance(m, UnitMention):
                self._result.units.append(m)

    def _roll(self, block: Block, own: list[Entry], above: Sequence[Entry]) -> None:
        """Steps of one merged task whose months run backwards (9月, 11月, 1月) go on in the next year."""
        task = next((e for e in above if block.column(e.column).role == "task"), None)
        if task is None:
            return
        start, end = own[0].start, own[-1].end
        due = []
        for d in reversed(self._result.deadlines):
            if d.end <= start:
                break
            if d.start < end and not d.rrule:
                due.append(d)
        for d in reversed(due):
            first = d.due_start or d.due_end
            last = self._steps.get(task.start, "")
            text = self._view.text[d.start : d.end]
            if last[:4] == first[:4] and last[5:7] >= _LATE and first[5:7] <= _EARLY and not _YEAR.search(text):
                d.due_start, d.due_end = _next_year(d.due_start), _next_year(d.due_end)
            begun = (
                d.due_start or d.due_end
            )  # steps that last side by side (3—4月, 3—12月, 3—12月) do not run backwards
            if _FULL_DATE.match(begun):
                self._steps[task.start] = begun


# What reads a cell, by the role of its column; functions, since a filler that held its own methods would be a cycle.
_READERS: dict[str, Callable[[Filler, RowView, Block, Column, Entry, _Held], None]] = {
    **dict.fromkeys(UNIT_ROLES, Filler._bodies),
    **dict.fromkeys(("deadline", "start"), Filler._limits),
    "person": Filler._named_persons,
    "schedule": Filler._schedule,
    "length": lambda *_: None,
}


def _next_year(day: str) -> str:
    if not _FULL_DATE.match(day):
        return day
    return f"{int(day[:4]) + 1}{day[4:]}".replace("-02-29", "-02-28")
