"""From rows of the tables to cells of the ledger: codes in Chinese, real dates, hits in their sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from extractors.schema import (
    REJECT_REASONS,
    TABLES,
    DeadlineRow,
    DocumentRow,
    FigureRow,
    Place,
    ProgressRow,
    RejectRow,
    Row,
    TaskRow,
    UnitRow,
)
from pipeline.decimals import plain
from pipeline.rendering.cells import Link, Rich, Toned
from pipeline.rendering.returning import Kept

DOUBT = 0.7  # rows below are marked 存疑
CANDIDATE = 0.5  # rows below stay out of 任务台账

# Behind and worse first: what a task with several targets shows.
_GRAVITY = ("missed", "behind", "no_report", "on_track", "met", "")
_TONES = {"missed": "missed", "behind": "behind", "met": "met"}
_FOLLOWED = {"ongoing": "ongoing", "completed": "done", "closed": "done", "postponed": "behind"}


def real_date(text: str) -> Any:
    """A date where the text is a complete one, else the text as it is (``2021-03``), nothing for an unknown year."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else text
    except ValueError:
        return "" if text.startswith("XXXX") else text


def readable(value: Decimal | None, unit: str) -> str:
    """A value as people write it: 1580000000 元 → 15.8亿元."""
    if value is None:
        return ""
    if unit == "元":
        for size, word in ((10**8, "亿元"), (10**4, "万元")):
            if abs(value) >= size:
                return plain((value / size).normalize()) + word
    return plain(value) + unit


def source_link(source: str, doc_id: str) -> Link:
    """The name of a source file, leading to its text beside the ledger."""
    return Link(source, f"texts/{doc_id}.txt")


class Document:
    """The rows of one file, ready to be laid out. ``states`` are the progress rows by target figure."""

    def __init__(
        self,
        rows: dict[str, list[Any]],
        text: str,
        states: Mapping[str, ProgressRow],
        words: dict[str, dict[str, str]],
        standing: Callable[[str, Row], Kept] | None = None,
    ) -> None:
        self._standing = standing
        self._text, self._states, self._words = text, states, words
        self.documents = [DocumentRow(*r) for r in rows["documents"]]
        self.figures = [FigureRow(*r) for r in rows["figures"]]
        self.deadlines = [DeadlineRow(*r) for r in rows["deadlines"]]
        self.units = [UnitRow(*r) for r in rows["units"]]
        self.tasks = [t for t in (TaskRow(*r) for r in rows["tasks"]) if t.confidence >= CANDIDATE]
        self._figure = {f.figure_id: f for f in self.figures}
        self._deadline = {d.deadline_id: d for d in self.deadlines}
        self.source = self.documents[0].source if self.documents else ""

    def cells(self, table: str) -> Iterable[tuple[Row, dict[str, Any]]]:
        """Rows of a table with their computed cells."""
        found: list[Any] = getattr(self, table)
        compute: Callable[[Any], dict[str, Any]] = self._place
        if table == "tasks":
            compute = self._task
        elif table == "documents":
            compute = self._part
        if self._standing is None or table == "documents":
            return ((row, compute(row)) for row in found)
        return ((row, self._with_standing(table, row, compute(row))) for row in found)

    def _with_standing(self, table: str, row: Row, cells: dict[str, Any]) -> dict[str, Any]:
        """The cells of a row with what people said of it, which goes before what the text says."""
        assert self._standing is not None
        kept = self._standing(table, row)
        row_id = str(getattr(row, TABLES[table].key[0]))
        cells |= {"verdict": kept.verdict, "check": (kept.stamps, row_id)}
        if table == "tasks":
            moved = f"延期至{kept.new_date}:{kept.reason}" if kept.new_date else ""
            doubt = cells["remark"].value if cells["remark"] else ""
            remark = "\n".join(x for x in (moved, f"佐证:{kept.evidence}" if kept.evidence else "", doubt) if x)
            cells |= {
                "value": kept.value, "evidence": kept.evidence, "new_date": real_date(kept.new_date),
                "reason": kept.reason, "remark": Toned(remark, "doubt") if doubt else remark,
            }  # fmt: skip
            if kept.state:
                cells["status"] = Toned(self._words["follow_up"][kept.state], _FOLLOWED.get(kept.state, ""))
            if kept.progress:
                cells["progress"] = kept.progress
        return cells

    def link(self, doc_id: str) -> Link:
        """The source file's name, leading to its text."""
        return source_link(self.source, doc_id)

    def _part(self, row: DocumentRow) -> dict[str, Any]:
        flags = self._words["quality"]
        return {
            "source": self.link(row.doc_id),
            "date": real_date(row.date),
            "quality": "、".join(flags.get(f, f) for f in row.quality.split()),
        }

    def _place(self, row: Place) -> dict[str, Any]:
        text, base = self._around(row)
        at = row.start - base
        cells: dict[str, Any] = {
            "source": self.link(row.doc_id),
            "sentence": Rich(text, ((at, at + len(row.quote)),)),
            "remark": self._doubt(row),
        }
        for key in ("due_start", "due_end", "period_start", "period_end"):
            if hasattr(row, key):
                cells[key] = real_date(getattr(row, key))
        if isinstance(row, FigureRow):
            for key in ("value_low", "value_high"):
                value = getattr(row, key)
                cells[key] = (value, row.unit) if value is not None else ""
        return cells

    def _task(self, row: TaskRow) -> dict[str, Any]:
        deadlines = [self._deadline[i] for i in row.deadline_ids.split(";") if i in self._deadline]
        figures = [self._figure[i] for i in row.figure_ids.split(";") if i in self._figure]
        text, base = self._around(row)
        hits: list[tuple[int, int]] = []
        for hit in sorted([*deadlines, *figures], key=lambda r: (r.start, -r.end)):
            start, end = hit.start - base, hit.end - base
            if start >= (hits[-1][1] if hits else 0) and text[start:end] == hit.quote:
                hits.append((start, end))
        due = real_date(row.due_end)
        return {
            "source": self.link(row.doc_id),
            "sentence": Rich(text, tuple(hits)),
            "due_date": due if isinstance(due, date) else "",
            "due_quotes": ";".join(dict.fromkeys(d.quote for d in deadlines)),
            "progress": self._progress(figures),
            "remark": self._doubt(row),
        }

    def _progress(self, figures: list[FigureRow]) -> Any:
        told = [(self._states[f.figure_id], f) for f in figures if f.figure_id in self._states]
        told = sorted((p for p in told if p[0].state), key=lambda p: _GRAVITY.index(p[0].state))
        lines = []
        for state, figure in told:
            line = f"{figure.indicator}:" if len(told) > 1 else ""
            if state.actual_value is not None:
                line += f"完成{readable(state.actual_value, state.unit)}"
                line += f",完成率{state.completion:.0%}" if state.completion is not None else ""
                line += ","
            lines.append(line + self._words["state"][state.state])
        return Toned("\n".join(lines), _TONES.get(told[0][0].state, "")) if told else ""

    def _doubt(self, row: Place) -> Any:
        return Toned(f"存疑(把握{row.confidence:.2f})", "doubt") if row.confidence < DOUBT else ""

    def _around(self, row: Place) -> tuple[str, int]:
        """The sentence of a row, widened to its quote where that is longer, and where it begins in the source text."""
        at = self._text.rfind(row.sentence, max(0, row.end - len(row.sentence)), row.start + len(row.sentence))
        if not row.sentence or at < 0 or at > row.start or at + len(row.sentence) < row.end:
            return row.quote, row.start
        return row.sentence, at


def progress_cells(row: ProgressRow, names: Mapping[str, Link]) -> dict[str, Any]:
    """Computed cells of a row of ``progress``; ``names`` leads from doc_id to its source."""
    return {
        "target_value": (row.target_value, row.unit) if row.target_value is not None else "",
        "actual_value": (row.actual_value, row.unit) if row.actual_value is not None else "",
        "target_source": names.get(row.target_doc_id, ""),
        "actual_source": names.get(row.actual_doc_id, ""),
        "remark": Toned(f"存疑(把握{row.confidence:.2f})", "doubt") if row.confidence < DOUBT else "",
    }


def reject_cells(row: RejectRow) -> dict[str, Any]:
    """Computed cells of a row of ``rejects``."""
    return {"reason_words": REJECT_REASONS[row.reason][0]}
