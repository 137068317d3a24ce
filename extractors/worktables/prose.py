"""Cells of text → the figures and time limits that stand in their sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors import deadlines, figures
from extractors.context import PartView, SentenceView
from extractors.document import Segment, Tense
from extractors.language.times import Time
from extractors.measured import Memory
from extractors.mentions import DeadlineMention, FigureMention
from extractors.status import TURN
from extractors.text.clauses import clauses
from extractors.worktables import cells, content
from extractors.worktables.cells import RowView
from extractors.worktables.grid import Entry
from extractors.worktables.headers import Column

_PIECE_END = re.compile(r"[;；。!！]|(?<=[\s,，;；。:：])(?=[(（]\d{1,2}[)）]|\d{1,2}[.、](?!\d)|[①-⑳])")
_LIST_NUMBER = re.compile(r"\s*(?:[(（]\d{1,2}[)）]|\d{1,2}[.、](?!\d)|[①-⑳])\s*")


_DATED = ("deadline", "start")  # 完成时间 reports nothing


class ProseReader:
    """Reads the cells of text of one part. What the numbers of a cell without times mean hangs on its words, the tense,
    year and headings of its row, and seldom on its topic: equal cells are read once."""

    def __init__(self, view: PartView) -> None:
        self._view = view
        self._known: dict[tuple[object, ...], tuple[int, list[FigureMention]]] = {}

    def read(
        self, row: RowView, column: Column, entry: Entry, dated: bool
    ) -> tuple[list[FigureMention], list[DeadlineMention]]:
        """Figures and time limits of a cell of text that may hold some. ``dated``: its times may limit work."""
        read_times, read_quantities = content.read(entry.text)
        if not read_quantities and not (read_times and dated):
            return [], []
        reported = column.role in ("done", "problem") or (column.status == "actual" and column.role not in _DATED)
        tense: Tense = "done" if reported else row.segment.tense or ("planned" if row.planned else "")
        topic = row.name if column.role in ("task", "target", "problem", "done") or not column.stem else column.stem
        due: list[DeadlineMention] = []
        if read_times:
            pieces = list(self._pieces(row, entry, tense, cells.times_of(self._view, row, entry)))
            start, found = entry.start, self._figures(pieces, topic)[0]
            if dated:
                due = [d for piece in pieces if piece.times for d in self._dated(row, column, piece)]
        else:
            start, found = self._remembered(row, entry, tense, topic)
        for d in due:
            d.rule, d.segment, d.sentence = "table:text", row.segment, row.span
            d.action = d.action or row.name
        return [_in_row(f, entry.start - start, row, column) for f in found], due

    def _remembered(self, row: RowView, entry: Entry, tense: Tense, topic: str) -> tuple[int, list[FigureMention]]:
        """Where a cell with these words stands, and its figures there."""
        # With its neighbours: a quotation mark around the cell is seen by the rules of slogans.
        around = self._view.text[max(0, entry.start - 1) : entry.end + 1]
        key = around, tense, row.segment.year, row.segment.path
        known = self._known.get(key) or self._known.get((*key, topic))
        if known is None:
            found, asked = self._figures(list(self._pieces(row, entry, tense, [])), topic)
            known = entry.start, found
            # The times of a row speak for its very beginning, and a turn (下一步) is told by what stands further before it.
            if entry.start > row.segment.start and not TURN.search(entry.text):
                self._known[(*key, topic) if asked else key] = known
        return known

    def _figures(self, pieces: list[SentenceView], topic: str) -> tuple[list[FigureMention], bool]:
        """The figures of the sentences of a cell, and whether its topic was asked for."""
        found: list[FigureMention] = []
        asked = False
        for piece in pieces:
            if piece.quantities:
                memory = Memory(topic)
                text, body, end = piece.text, piece.segment.body, piece.end
                found += figures.find_in(self._view, piece, clauses(text, body, end) or [(body, end)], memory)
                asked = asked or memory.asked
        return found, asked

    def _pieces(self, row: RowView, entry: Entry, tense: Tense, timed: list[Time]) -> Iterator[SentenceView]:
        """The sentences and items in a cell, each with its quantities and those of the times ``timed`` that it holds."""
        segment, held = row.segment, cells.quantities_of(entry)
        for a, b, body in _spans(entry):
            yield SentenceView(
                self._view.text, a, b, Segment("row", a, b, 0, body, segment.path, segment.year, tense), -1,
                [q for q in held if a <= q.start and q.end <= b], [t for t in timed if a <= t.start and t.end <= b],
            )  # fmt: skip

    def _dated(self, row: RowView, column: Column, piece: SentenceView) -> Iterator[DeadlineMention]:
        """Limits of a sentence in a cell: a time that heads it (3-4月:组织…) is one where the column or a colon says so."""
        heading = piece.times[0]
        if row.work and heading.kind in ("in", "by") and heading.start <= piece.segment.body + 1 and (
            column.dated or piece.text[heading.end : heading.end + 1] in (":", "：")
        ):  # fmt: skip
            yield cells.limit(row, "text", heading)
            piece.times = piece.times[1:]
        yield from deadlines.find_in(self._view, piece)


def _in_row(f: FigureMention, by: int, row: RowView, column: Column) -> FigureMention:
    """A figure of an equal cell as one of this row, ``by`` code points further on; the column says what it knows better."""
    told = column.status and column.role not in _DATED
    return FigureMention(
        f.start + by, f.end + by, row.segment, row.span, rule="table:" + (column.role or "text"), cue=f.cue,
        confidence=f.confidence, low=f.low, high=f.high, measure=f.measure, bound=f.bound,
        status=column.status if told and f.status in ("target", "actual") else f.status, change=f.change,
        basis=f.basis, indicator=f.indicator or row.name,
        period=f.period if f.period[0] or f.period[1] else column.period,
    )  # fmt: skip


def _spans(entry: Entry) -> Iterator[tuple[int, int, int]]:
    """(start, end, where the text after the list number begins) of the sentences and items in a cell."""
    text, at = entry.text, 0
    for border in (*(m.end() for m in _PIECE_END.finditer(text)), len(text)):
        if border > at:
            m = _LIST_NUMBER.match(text, at, border)
            yield entry.start + at, entry.start + border, entry.start + (m.end() if m else at)
            at = border
