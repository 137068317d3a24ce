"""Mentions in clean offsets → rows in source offsets, with their ids, quotes and places."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from extractors.calibration import calibrated
from extractors.document import Document, Part, Segment, warnings_text
from extractors.mentions import DeadlineMention, FigureMention, Mention, UnitMention
from extractors.schema import DeadlineRow, DocumentRow, FigureRow, TaskRow, UnitRow, row_id
from extractors.tasks import Task

_JOIN = ";"
_BOUND_MARK = {"ge": "≥", "le": "≤", "approx": "约"}
_OCR_TRUST = 0.9  # what is left of a row's confidence where its page was read from a picture
Person = tuple[int, int]  # clean span of a name
_Columns = tuple[str, int, str, int, int, str, str, str, int | None, str, str, float]  # those of schema.Place


@dataclass(slots=True)
class MentionRows:
    """The rows of one part and, by identity of the mention, which row a mention became and its confidence before OCR."""

    figures: list[FigureRow] = field(default_factory=list)
    deadlines: list[DeadlineRow] = field(default_factory=list)
    units: list[UnitRow] = field(default_factory=list)
    by_mention: dict[int, Any] = field(default_factory=dict)
    sure: dict[int, float] = field(default_factory=dict)


_PINYIN = re.compile(r"[(（][a-zA-Zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿüɡɑ]{1,7}[)）]")


class RowWriter:
    """Writes the rows of one document; confidences are ``calibrated``, else as the rules give them."""

    def __init__(self, document: Document, calibrated: bool = True) -> None:
        self._document, self._source, self._calibrated = document, document.source, calibrated
        self._seen: dict[tuple[str, int, int, str], int] = {}
        self._sentences: dict[tuple[int, int], str] = {}
        self._cells: dict[int, list[int]] = {}  # by table: where its cells begin

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
        for f in figures:
            sure = rows.sure[id(f)] = self._sure(part, f)
            key, place = self._place(part, f, "figures", "", sure)
            figure = FigureRow(
                *place, figure_id=key, indicator=f.indicator, value_low=f.low, value_high=f.high, unit=f.measure, bound=f.bound,
                status=f.status, change=f.change, basis=f.basis, period_start=f.period[0], period_end=f.period[1],
            )  # fmt: skip
            rows.figures.append(figure)
            rows.by_mention[id(f)] = figure
        for d in deadlines:
            sure = rows.sure[id(d)] = self._sure(part, d)
            key, place = self._place(part, d, "deadlines", d.kind, sure)
            deadline = DeadlineRow(
                *place, deadline_id=key, kind=d.kind, due_start=d.due_start, due_end=d.due_end, rrule=d.rrule,
                duration=d.duration, action=d.action,
            )  # fmt: skip
            rows.deadlines.append(deadline)
            rows.by_mention[id(d)] = deadline
        for u in units:
            sure = rows.sure[id(u)] = self._sure(part, u)
            key, place = self._place(part, u, "units", u.role, sure)
            unit = UnitRow(*place, unit_id=key, name=u.name, canonical=u.canonical, role=u.role, action=u.action)
            rows.units.append(unit)
            rows.by_mention[id(u)] = unit
        return rows

    def task_rows(self, part: Part, tasks: list[Task], rows: MentionRows, persons: list[Person]) -> list[TaskRow]:
        """Rows of the tasks of a part; sets ``task_id`` on the rows of their members."""
        written: list[TaskRow] = []
        for task in tasks:
            sure = max([rows.sure[id(m)] for m in (*task.members(), *task.shared)], default=0.0)
            whole = Mention(task.start, task.end, task.segment, task.sentence, task.rule, "", sure)
            key, place = self._place(part, whole, "tasks", "", sure)
            figures: list[FigureRow] = [rows.by_mention[id(m)] for m in task.figures]
            deadlines: list[DeadlineRow] = [rows.by_mention[id(m)] for m in task.deadlines]
            units: list[UnitRow] = [rows.by_mention[id(m)] for m in task.units]
            members: list[FigureRow | DeadlineRow | UnitRow] = [*figures, *deadlines, *units]
            for row in members:
                row.task_id = key
            shared = [rows.by_mention[id(m)] for m in task.shared]
            deadlines += [r for r in shared if isinstance(r, DeadlineRow)]
            units += [r for r in shared if isinstance(r, UnitRow)]
            written.append(
                TaskRow(
                    *place, task_id=key, action=task.action, status=_status(task), persons=self._persons(task, persons),
                    **of_members(figures, deadlines, units),
                )
            )  # fmt: skip
        return written

    def _persons(self, task: Task, persons: list[Person]) -> str:
        """Names in the stretch of a task and those that merged cells give it; ``persons`` are in order."""
        own = persons[bisect_left(persons, (task.start, 0)) : bisect_left(persons, (task.end, 0))]
        return _JOIN.join(dict.fromkeys(_person(self._document.text[a:b]) for a, b in (*task.persons, *own)))

    def _place(self, part: Part, m: Mention, table: str, key: str, sure: float) -> tuple[str, _Columns]:
        """(id, the columns that every row carries, in the order of :class:`~extractors.schema.Place`); ``sure``: the
        confidence of the mention."""
        source, segment = self._source, m.segment
        start, end = self._document.clean.source_span(m.start, m.end)
        if "pinyin_noise" in part.quality and (noise := _PINYIN.match(source.text, end)):
            end = noise.end()  # 鎮(zhèn): the reading belongs to its character
        at = (table, start, end, key)
        ordinal = self._seen.get(at, 0)
        self._seen[at] = ordinal + 1
        page = self._document.page_at(start) if source.pages else None
        return row_id(source.doc_id, table, start, end, key, ordinal), (
            source.doc_id, part.number, " > ".join(segment.path), start, end, source.text[start:end], self._sentence(m.sentence),
            self._cell_place(segment, start) if segment.table is not None else "", page.number if page else None, m.rule, m.cue,
            round(sure * _OCR_TRUST, 3) if page and page.ocr else sure,
        )  # fmt: skip

    def _sure(self, part: Part, m: Mention) -> float:
        return calibrated(m, part.quality) if self._calibrated else m.confidence

    def _cell_place(self, segment: Segment, start: int) -> str:
        table = segment.table
        if table is None:
            return ""
        starts = self._cells.get(table.number)
        if starts is None:
            starts = self._cells[table.number] = [c.start for c in table.cells]
        i = bisect_right(starts, start) - 1
        if i >= 0 and (start == starts[i] or start < table.cells[i].end):
            return table.place(table.cells[i])
        # A row may begin before its first cell: with a quote, or with empty cells.
        after = table.cells[i + 1] if i + 1 < len(starts) else None
        return table.place(after) if after is not None and after.row == segment.row else ""

    def _sentence(self, span: tuple[int, int]) -> str:
        found = self._sentences.get(span)
        if found is None:
            start, end = self._document.source_span(*span)
            found = self._sentences[span] = self._source.text[start:end].strip()
        return found


def of_members(
    figures: Sequence[FigureRow], deadlines: Sequence[DeadlineRow], units: Sequence[UnitRow]
) -> dict[str, Any]:
    """The columns of a task that its members give: who, until when, how much, and their ids."""
    firm = [d for d in deadlines if d.confidence >= 0.5] or deadlines
    named: dict[str, dict[str, None]] = {}  # by role, each once, in the order of the text
    for u in units:
        named.setdefault(u.role, {})[u.canonical or u.name] = None
    return {
        "lead_units": _JOIN.join(named.get("lead", ())),
        "responsible_units": _JOIN.join(named.get("responsible", ())),
        "assist_units": _JOIN.join(named.get("assist", ())),
        "supervise_units": _JOIN.join(named.get("supervise", ())),
        "due_start": min([d.due_start for d in firm if d.due_start], default=""),
        "due_end": max([d.due_end for d in firm if d.due_end], default=""),
        "rrule": next((d.rrule for d in firm if d.rrule), ""),
        "figures": _JOIN.join([_readable(f) for f in figures if f.status == "target" and f.confidence >= 0.5]),
        "figure_ids": _JOIN.join([f.figure_id for f in figures]),
        "deadline_ids": _JOIN.join([d.deadline_id for d in deadlines]),
        "unit_ids": _JOIN.join([u.unit_id for u in units]),
    }


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
