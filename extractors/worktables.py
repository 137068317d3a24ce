"""Work tables: header → roles of columns, row → figures, deadlines, units and persons of one task.

A column's role comes from its header (lexicon ``worktables``); a numeric cell takes its measure from the header's bracket, a
measure column or the caption (单位:万元), its status and period from the header (2022年实际 → actual, 2022).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from extractors import actions
from extractors import figures as prose
from extractors.context import PartView, SentenceView
from extractors.document import Cell, Segment, Table
from extractors.language import organisations, quantities, times
from extractors.language.quantities import Quantity
from extractors.lexicon import settings, words
from extractors.mentions import DeadlineMention, FigureMention, UnitMention
from extractors.text.clauses import clauses
from extractors.unit_lists import members
from extractors.unit_names import Names

_ROLES = (
    "number",
    "task",
    "target",
    "lead",
    "responsible",
    "assist",
    "supervise",
    "person",
    "deadline",
    "start",
    "done",
    "group",
    "note",
    "measure",
)
_UNIT_ROLES = ("lead", "responsible", "assist", "supervise")
_NUMBER = re.compile(r"[-+−－]?\d[\d,]*(?:\.\d+)?%?")
_BRACKET = re.compile(r"[(（]([^()（）]{1,12})[)）]")
_CAPTION = re.compile(r"单位\s*[:：]\s*([^\s,，;；)）]{1,10})")
_HEADER_ROWS = 3
_PERSON = re.compile(r"[^\s、,，;；/]{2,8}")
Person = tuple[int, int]


@dataclass(slots=True)
class TableRows:
    """What the tables of a part hold; ``persons`` are clean spans."""

    figures: list[FigureMention] = field(default_factory=list)
    deadlines: list[DeadlineMention] = field(default_factory=list)
    units: list[UnitMention] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Column:
    role: str
    header: str
    measure: str = ""
    status: str = ""
    period: tuple[str, str] = ("", "")
    change: bool = False


@dataclass(slots=True)
class _Grid:
    table: Table
    rows: dict[int, list[Cell]]
    header_rows: set[int]
    columns: dict[int, _Column]
    caption_measure: str


def find(view: PartView) -> TableRows:
    """Mentions of all table rows of a part, in the order of the text."""
    result = TableRows()
    grids: dict[int, _Grid] = {}
    rows = [s for s in view.part.segments if s.table is not None]
    if not rows:
        return result
    part = view.part
    names = Names(view.text, part.start, part.end, organisations.find(view.text, part.start, part.end), part.issuer)
    for segment in rows:
        assert segment.table is not None
        grid = grids.get(segment.table.number)
        if grid is None:
            grid = grids[segment.table.number] = _grid(view, segment.table)
        if segment.row not in grid.header_rows:
            _row(view, grid, segment, result, names)
    return result


def _clean(view: PartView, cell: Cell) -> tuple[int, int]:
    clean = view.document.clean
    return clean.clean_offset(cell.start), clean.clean_offset(cell.end)


def _content(view: PartView, cell: Cell) -> str:
    a, b = _clean(view, cell)
    return view.text[a:b].strip()


def _grid(view: PartView, table: Table) -> _Grid:
    rows: dict[int, list[Cell]] = {}
    for cell in table.cells:
        rows.setdefault(cell.row, []).append(cell)
    header_rows: set[int] = set()
    headers: dict[int, str] = {}
    for number in sorted(rows)[: _HEADER_ROWS + 2]:
        cells = [(c, _content(view, c)) for c in rows[number]]
        if not header_rows and not _is_header([text for _, text in cells]):
            if len([1 for _, text in cells if text]) > 1:
                break
            header_rows.add(number) if len(cells) == 1 else None
            continue
        if header_rows & set(headers) or (headers and not _continues(cells)):
            break
        header_rows.add(number)
        for cell, text in cells:
            for column in range(cell.column, cell.column + cell.column_span):
                headers[column] = (headers.get(column, "") + text.replace(" ", "")).strip()
        if not any(c.row_span > 1 or c.column_span > 1 for c, _ in cells):
            break
    caption = _CAPTION.search(
        view.text,
        max(0, view.document.clean.clean_offset(table.start) - 60),
        view.document.clean.clean_offset(table.end),
    )
    measure = caption.group(1) if caption else ""
    return _Grid(table, rows, header_rows if headers else set(), {c: _column(h) for c, h in headers.items()}, measure)


def _continues(cells: list[tuple[Cell, str]]) -> bool:
    """A second header row: no numbers, short texts."""
    return all(len(text) <= 12 and not _NUMBER.fullmatch(text) for _, text in cells)


def _is_header(texts: list[str]) -> bool:
    filled = [t for t in texts if t]
    known = [t for t in filled if len(t) <= 16 and _role(t)]
    return len(known) >= 2 and len(known) * 2 >= len(filled)


def _role(header: str) -> str:
    best, found = "", ""
    for role in _ROLES:
        for word in words("worktables", role):
            if word in header and len(word) > len(best):
                best, found = word, role
    if not found and any(w in header for key in ("actual", "planned", "change") for w in settings("worktables")[key]):
        return "value"
    return found


def _column(header: str) -> _Column:
    role = _role(header)
    bracket = _BRACKET.search(header)
    measure = (
        bracket.group(1)
        if bracket and quantities.find("1" + bracket.group(1)) and quantities.find("1" + bracket.group(1))[0].measure
        else ""
    )
    lexicon = settings("worktables")
    status = (
        "actual"
        if any(w in header for w in lexicon["actual"])
        else "target"
        if any(w in header for w in lexicon["planned"])
        else ""
    )
    spans = [t for t in times.find(header, None) if t.start_date]
    period = (spans[0].start_date, spans[0].end_date) if spans else ("", "")
    if measure or (spans and status and role not in ("deadline", "start")) or re.search(r"20\d\d", header):
        role = "value"
    return _Column(role, header, measure, status, period, any(w in header for w in lexicon["change"]))


def _row(view: PartView, grid: _Grid, segment: Segment, result: TableRows, names: Names) -> None:
    sentence = _row_view(view, segment)
    cells = grid.rows.get(segment.row, [])
    name = view.row_names[segment.start] = actions.without_number(_row_name(view, grid, cells))[: actions.MAX]
    for cell in cells:
        a, b = _clean(view, cell)
        if a >= b or not view.text[a:b].strip():
            continue
        column = grid.columns.get(cell.column, _Column("", ""))
        if column.role in _UNIT_ROLES:
            result.units += _unit_cell(view, sentence, column.role, (a, b), names)
        elif column.role in ("deadline", "start"):
            result.deadlines += _deadline_cell(sentence, column.role, a, b, name)
        elif column.role == "person":
            result.persons += [m.span() for m in _PERSON.finditer(view.text, a, b)]
        elif column.role not in ("number", "group", "note", "measure"):
            result.figures += _figure_cell(view, grid, sentence, column, (a, b), name)
            if column.role not in ("value", "done"):
                result.deadlines += _deadline_cell(sentence, "", a, b, name)


def _row_view(view: PartView, segment: Segment) -> SentenceView:
    """The whole row as one sentence, whatever marks its cells hold."""
    found = SentenceView(view.text, segment.start, segment.end, segment, -1)
    i = max(0, view.part.sentence_index(segment.start))
    while i < len(view.part.sentences) and view.part.sentences[i].start < segment.end:
        if (piece := view.views.get(i)) is not None and piece.segment is segment:
            found.quantities += piece.quantities
            found.times += piece.times
        i += 1
    return found


def _row_name(view: PartView, grid: _Grid, cells: list[Cell]) -> str:
    """What the row is about: its task cell, else its target, else the first cell of words."""
    named = {"task": "", "target": "", "": ""}
    for cell in cells:
        text = _content(view, cell)
        role = grid.columns.get(cell.column, _Column("", "")).role
        if role in named and text and not named[role] and not _NUMBER.fullmatch(text):
            named[role] = text
    return named["task"] or named["target"] or named[""]


def _unit_cell(
    view: PartView, sentence: SentenceView, role: str, span: tuple[int, int], names: Names
) -> Iterator[UnitMention]:
    found = members(view.text, *span, role)
    canonical = names.group([view.text[a:b] for a, b, _ in found])
    for (a, b, own), whole in zip(found, canonical, strict=True):
        yield UnitMention(
            a, b, sentence.segment, sentence.span, rule="table:" + role, cue=role, confidence=0.95, name=view.text[a:b],
            canonical=whole, role=own, form="table", group=span,
        )  # fmt: skip


def _deadline_cell(sentence: SentenceView, role: str, a: int, b: int, name: str) -> Iterator[DeadlineMention]:
    for t in sentence.times:
        if not (a <= t.start and t.end <= b) or t.kind == "duration" or (not role and t.kind == "in"):
            continue
        kind = t.kind
        if (
            kind == "in"
            and role == "deadline"
            and ((t.end_date.endswith("-12-31") and t.start_date.endswith("-01-01")) or t.start_date == t.end_date)
        ):
            kind = "by"
        start, end = (t.start_date, t.end_date) if kind not in ("by",) else ("", t.end_date)
        if role == "start":
            kind, start, end = "in" if t.kind == "in" else "from", t.start_date, t.end_date if t.kind == "in" else ""
        yield DeadlineMention(
            t.start, t.end, sentence.segment, sentence.span, rule=f"table:{role or 'text'}", cue=role, confidence=0.95 if role else 0.8,
            kind=kind, due_start=start, due_end=end, rrule=t.rrule, duration=t.duration if kind == "within" else "", action=name,
        )  # fmt: skip


def _figure_cell(
    view: PartView, grid: _Grid, sentence: SentenceView, column: _Column, span: tuple[int, int], name: str
) -> Iterator[FigureMention]:
    a, b = span
    text = view.text[a:b]
    whole = _NUMBER.fullmatch(text.strip())
    if whole and (column.role == "value" or grid.caption_measure):
        measure = column.measure or ("" if text.strip().endswith("%") else grid.caption_measure)
        parsed = quantities.find(whole.group().replace("−", "-") + measure)
        if parsed:
            lead = len(text) - len(text.lstrip())
            q = replace(parsed[0], start=a + lead, end=a + lead + len(whole.group()))
            yield _mention(view, sentence, column, q, _indicator(column, name))
        return
    topic = name if column.role in ("task", "target", "done") else _BRACKET.sub("", column.header) or name
    for figure in prose.find_in(view, sentence, clauses(view.text, a, b) or [span], topic):
        figure.rule = "table:" + (column.role or "text")
        figure.indicator = figure.indicator or name
        if column.status or column.role == "done":
            figure.status = column.status or "actual"
        yield figure


def _indicator(column: _Column, name: str) -> str:
    stem = _BRACKET.sub("", column.header)
    if not stem or column.status or column.change:
        return name or stem
    return stem


def _mention(view: PartView, sentence: SentenceView, column: _Column, q: Quantity, indicator: str) -> FigureMention:
    status = column.status or ("actual" if (sentence.segment.tense or view.tense) == "done" else "target")
    change = q.change or ("up" if column.change else "")
    return FigureMention(
        q.start, q.end, sentence.segment, sentence.span, rule="table:" + (column.role or "text"), cue=column.header, confidence=0.9,
        low=q.low, high=q.high, measure=q.measure, bound=q.bound, status=status, change=change, indicator=indicator[:40],
        period=column.period,
    )  # fmt: skip
