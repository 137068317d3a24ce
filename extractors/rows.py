"""Mentions in clean offsets → rows in source offsets, with their ids, quotes and places.

Rows are made column by column: a workbook has so many that a call for each of their cells would take most of the time.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from itertools import repeat
from typing import Any, TypeVar

from extractors.calibration import confidences
from extractors.document import Cell, Document, Part, Table, warnings_text
from extractors.mentions import DeadlineMention, FigureMention, Mention, UnitMention
from extractors.schema import ROLES, TABLES, DeadlineRow, DocumentRow, FigureRow, Place, TaskRow, UnitRow, row_ids
from extractors.tasks import Task

_JOIN = ";"
_BOUND_MARK = {"ge": "≥", "le": "≤", "approx": "约"}
_FIRM = 0.5
_OCR_TRUST = 0.9  # what is left of a row's confidence where its page was read from a picture
Person = tuple[int, int]  # clean span of a name
_Columns = dict[str, Iterable[Any]]  # by name of the column: its values, a row each
_AnyRow = TypeVar("_AnyRow", bound=Place)
_MemberRow = FigureRow | DeadlineRow | UnitRow
_TABLE = {spec.row: name for name, spec in TABLES.items()}


@dataclass(slots=True)
class MentionRows:
    """The rows of one part; their mentions lead to them. ``sure``: the confidence of rows whose page was read from a
    picture, before that was counted against them, by identity of the row."""

    figures: list[FigureRow] = field(default_factory=list)
    deadlines: list[DeadlineRow] = field(default_factory=list)
    units: list[UnitRow] = field(default_factory=list)
    sure: dict[int, float] = field(default_factory=dict)


_PINYIN = re.compile(r"[(（][a-zA-Zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿüɡɑ]{1,7}[)）]")


class _Sentences(dict[tuple[int, int], str]):
    """The sentences of a document by their clean spans."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document

    def __missing__(self, span: tuple[int, int]) -> str:
        start, end = self._document.source_span(*span)
        found = self[span] = self._document.source.text[start:end].strip()
        return found


class _Cells(dict[int, Cell]):
    """The cells of a table by where they begin."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells, self._begins = cells, [cell.start for cell in cells]
        super().__init__(zip(self._begins, cells, strict=True))

    def around(self, start: int, row: int) -> Cell | None:
        """The cell in which an offset of a row lies. A row may begin before its first cell: with a quote, or with empty
        cells."""
        at = bisect_right(self._begins, start) - 1
        if at >= 0 and start < self._cells[at].end:
            return self._cells[at]
        after = self._cells[at + 1] if at + 1 < len(self._cells) else None
        return after if after is not None and after.row == row else None


class RowWriter:
    """Writes the rows of one document; confidences are ``calibrated``, else as the rules give them."""

    def __init__(self, document: Document, calibrated: bool = True) -> None:
        self._document, self._source, self._calibrated = document, document.source, calibrated
        self._seen: dict[str, dict[str, int]] = {}
        self._sentences = _Sentences(document)
        self._cells: dict[int, _Cells] = {}  # by table

    def document_row(self, part: Part, unread: int = 0) -> DocumentRow:
        """The row of a part in ``documents``; ``unread`` counts table cells that gave no row though they should."""
        warnings = [*self._source.warnings, ("cells_unread", unread)] if unread else self._source.warnings
        start, end = self._document.source_span(part.start, part.end)
        return DocumentRow(
            doc_id=self._source.doc_id, part=part.number, source=self._source.name, title=part.title, kind=part.kind,
            issuer=part.issuer, date=part.date, year=part.year, years=_JOIN.join(f"{name}={year}" for name, year in part.years),
            year_source=part.year_source, start=start, end=end, n_chars=end - start, pages=len(self._source.pages) or None,
            quality=" ".join(sorted(part.quality)), warnings=warnings_text(warnings),
        )  # fmt: skip

    def mention_rows(
        self, part: Part, figures: list[FigureMention], deadlines: list[DeadlineMention], units: list[UnitMention]
    ) -> MentionRows:
        """Rows of the mentions of a part; their ``task_id`` is filled by :meth:`task_rows`."""
        rows = MentionRows()
        rows.figures = self._written(FigureRow, part, figures, ["" for _ in figures], rows, {
            "indicator": [f.indicator for f in figures], "value_low": [f.low for f in figures],
            "value_high": [f.high for f in figures], "unit": [f.measure for f in figures],
            "bound": [f.bound for f in figures], "status": [f.status for f in figures],
            "change": [f.change for f in figures], "basis": [f.basis for f in figures],
            "period_start": [f.period[0] for f in figures], "period_end": [f.period[1] for f in figures],
        })  # fmt: skip
        kinds = [d.kind for d in deadlines]
        rows.deadlines = self._written(DeadlineRow, part, deadlines, kinds, rows, {
            "kind": kinds, "due_start": [d.due_start for d in deadlines], "due_end": [d.due_end for d in deadlines],
            "rrule": [d.rrule for d in deadlines], "duration": [d.duration for d in deadlines],
            "action": [d.action for d in deadlines],
        })  # fmt: skip
        roles = [u.role for u in units]
        rows.units = self._written(UnitRow, part, units, roles, rows, {
            "name": [u.name for u in units], "canonical": [u.canonical for u in units], "role": roles,
            "action": [u.action for u in units],
        })  # fmt: skip
        return rows

    def task_rows(self, part: Part, tasks: list[Task], rows: MentionRows, persons: list[Person]) -> list[TaskRow]:
        """Rows of the tasks of a part; sets ``task_id`` on the rows of their members."""
        sure = rows.sure
        own, trust, told = list[list[_MemberRow]](), list[float](), list[tuple[str, ...]]()
        for task in tasks:
            figures: list[FigureRow] = [m.row for m in task.figures]
            deadlines: list[DeadlineRow] = [m.row for m in task.deadlines]
            units: list[UnitRow] = [m.row for m in task.units]
            members: list[_MemberRow] = [*figures, *deadlines, *units]
            own.append(members)
            if task.shared:
                shared = [m.row for m in task.shared]
                deadlines += [r for r in shared if isinstance(r, DeadlineRow)]
                units += [r for r in shared if isinstance(r, UnitRow)]
                members = [*members, *shared]
            marks = [sure.get(id(r), r.confidence) for r in members] if sure else [r.confidence for r in members]
            trust.append(max(marks) if marks else 0.0)
            told.append(_of_members(figures, deadlines, units))
        columns = self._place(part, "tasks", tasks, [""] * len(tasks), [""] * len(tasks), trust)
        columns |= {
            "action": [t.action for t in tasks], "status": [_status(t) for t in tasks],
            "persons": [self._persons(t, persons) for t in tasks],
        }  # fmt: skip
        columns |= zip(_OF_MEMBERS, zip(*told, strict=True), strict=False)
        made = _made(TaskRow, columns)
        for written, its in zip(made, own, strict=True):
            key = written.task_id
            for row in its:
                row.task_id = key
        return made

    def _persons(self, task: Task, persons: list[Person]) -> str:
        """Names in the stretch of a task and those that merged cells give it; ``persons`` are in order."""
        if not persons and not task.persons:
            return ""
        own = persons[bisect_left(persons, (task.start, 0)) : bisect_left(persons, (task.end, 0))]
        return _JOIN.join(dict.fromkeys(_person(self._document.text[a:b]) for a, b in (*task.persons, *own)))

    def _written(
        self,
        kind: type[_AnyRow],
        part: Part,
        mentions: Sequence[Mention],
        keys: list[str],
        rows: MentionRows,
        own: _Columns,
    ) -> list[_AnyRow]:
        """Rows of a table: beside the columns of their ``own`` those that every row carries. ``keys``: kinds or roles."""
        quality = part.quality
        trust = confidences(mentions, quality) if self._calibrated else [m.confidence for m in mentions]
        made = _made(kind, own | self._place(part, _TABLE[kind], mentions, keys, [m.cue for m in mentions], trust))
        for mention, row in zip(mentions, made, strict=True):
            mention.row = row
        if "ocr" in quality:
            rows.sure.update(zip(map(id, made), trust, strict=True))
        return made

    def _place(
        self,
        part: Part,
        table: str,
        spots: Sequence[Mention | Task],
        keys: list[str],
        cues: list[str],
        trust: list[float],
    ) -> _Columns:
        """The columns that every row carries, those of :class:`~extractors.schema.Place`, and the id."""
        source, clean = self._source, self._document.clean
        starts, ends = [m.start for m in spots], [m.end for m in spots]
        if clean.clean_at:
            spans = [clean.source_span(a, b) for a, b in zip(starts, ends, strict=True)]
            starts, ends = [a for a, _ in spans], [b for _, b in spans]
        text, sentences = source.text, self._sentences
        if "pinyin_noise" in part.quality:  # 鎮(zhèn): the reading belongs to its character
            ends = [noise.end() if (noise := _PINYIN.match(text, end)) else end for end in ends]
        pages: Iterable[int | None] = repeat(None)
        if source.pages:
            on = [self._document.page_at(start) for start in starts]
            pages = [page.number if page else None for page in on]
            trust = [
                round(sure * _OCR_TRUST, 3) if page and page.ocr else sure for page, sure in zip(on, trust, strict=True)
            ]
        return {
            TABLES[table].key[0]: row_ids(source.doc_id, table, zip(starts, ends, keys, strict=True), self._seen.setdefault(table, {})),
            "doc_id": repeat(source.doc_id), "part": repeat(part.number),
            "section": [" > ".join(m.segment.path) for m in spots], "start": starts, "end": ends,
            "quote": [text[a:b] for a, b in zip(starts, ends, strict=True)],
            "sentence": [sentences[m.sentence] for m in spots], "place": self._cell_places(spots, starts), "page": pages,
            "rule": [m.rule for m in spots], "cue": cues, "confidence": trust,
        }  # fmt: skip

    def _cell_places(self, spots: Iterable[Mention | Task], starts: Iterable[int]) -> list[str]:
        """In which cell each of the spots stands, empty outside tables; ``starts``: where, in the source."""
        found = list[str]()
        table: Table | None = None
        cells = _Cells(())
        for spot, start in zip(spots, starts, strict=True):
            segment = spot.segment
            if segment.table is not table:
                table = segment.table
                cells = self._cells_of(table) if table is not None else cells
            if table is None:
                found.append("")
                continue
            cell = cells.get(start) or cells.around(start, segment.row)
            found.append(table.place(cell) if cell is not None else "")
        return found

    def _cells_of(self, table: Table) -> _Cells:
        """The cells of a table by where they begin."""
        cells = self._cells.get(table.number)
        if cells is None:
            cells = self._cells[table.number] = _Cells(table.cells)
        return cells


@cache
def _fields(kind: type[Place]) -> tuple[tuple[str, Any], ...]:
    """Names and defaults of the columns of a table."""
    return tuple((f.name, f.default) for f in fields(kind))


def _made(kind: type[_AnyRow], columns: _Columns) -> list[_AnyRow]:
    """Rows of a table from its columns; a column that is not there has its default."""
    given = [columns[name] if name in columns else repeat(default) for name, default in _fields(kind)]  # type: ignore[arg-type]
    return list(map(kind, *given))


def of_members(
    figures: Sequence[FigureRow], deadlines: Sequence[DeadlineRow], units: Sequence[UnitRow]
) -> dict[str, str]:
    """The columns of a task that its members give: who, until when, how much, and their ids."""
    return dict(zip(_OF_MEMBERS, _of_members(figures, deadlines, units), strict=True))


_OF_MEMBERS = (
    *("lead_units", "responsible_units", "assist_units", "supervise_units", "due_start", "due_end", "rrule", "figures"),
    *("figure_ids", "deadline_ids", "unit_ids"),
)


def _of_members(
    figures: Sequence[FigureRow], deadlines: Sequence[DeadlineRow], units: Sequence[UnitRow]
) -> tuple[str, ...]:
    named: dict[str, dict[str, None]] = {}  # by role, each once, in the order of the text
    for u in units:
        named.setdefault(u.role, {})[u.canonical or u.name] = None
    who = [_JOIN.join(named[role]) if role in named else "" for role in ROLES]
    start = end = rrule = ""
    if deadlines:
        firm = [d for d in deadlines if d.confidence >= _FIRM] or deadlines
        start = min([d.due_start for d in firm if d.due_start], default="")
        end = max([d.due_end for d in firm if d.due_end], default="")
        rrule = next((d.rrule for d in firm if d.rrule), "")
    return (
        *who, start, end, rrule,
        _JOIN.join([_readable(f) for f in figures if f.status == "target" and f.confidence >= _FIRM]),
        _JOIN.join([f.figure_id for f in figures]), _JOIN.join([d.deadline_id for d in deadlines]),
        _JOIN.join([u.unit_id for u in units]),
    )  # fmt: skip


def _person(name: str) -> str:
    """A name without the blank that spreads two characters over three places (李 明)."""
    return name if name.isascii() else "".join(name.split())


def _readable(f: FigureRow) -> str:
    """A figure in a few words; a bare number of a cell is given with the measure that its column has."""
    value = f.value_low if f.value_low is not None else f.value_high
    bare = f.unit and value is not None and f.quote.lstrip("-+").replace(",", "").replace(".", "").isdecimal()
    return f"{f.indicator}{_BOUND_MARK.get(f.bound, '')}{f'{value:f}{f.unit}' if bare else f.quote}"


def _status(task: Task) -> str:
    return "ongoing" if any(d.kind == "every" for d in task.deadlines) else "planned"
