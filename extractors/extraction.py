"""One document in, rows out: :func:`extract`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from extractors import collector, deadlines, figures, linking, text, units, worktables
from extractors.context import build
from extractors.document import Source
from extractors.rows import RowWriter
from extractors.schema import TABLES, DeadlineRow, DocumentRow, FigureRow, TaskRow, UnitRow, columns

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True)
class Options:
    """What a user may say about the documents. ``year``: the plan's year where a document itself gives none.
    ``calibrated``: confidences say how often such rows are right, else what the rules give themselves."""

    year: int | None = None
    calibrated: bool = True


@dataclass
class Extraction:
    """The rows of one document: one list a table."""

    documents: list[DocumentRow] = field(default_factory=list)
    figures: list[FigureRow] = field(default_factory=list)
    deadlines: list[DeadlineRow] = field(default_factory=list)
    units: list[UnitRow] = field(default_factory=list)
    tasks: list[TaskRow] = field(default_factory=list)

    @property
    def rows(self) -> dict[str, list[Any]]:
        """Rows by table name."""
        return {name: getattr(self, name) for name in ("documents", "figures", "deadlines", "units", "tasks")}

    @cached_property
    def tables(self) -> dict[str, pandas.DataFrame]:
        """The same rows with the same types as data frames, columns in the order of the contract."""
        import pandas  # noqa: PLC0415  (half a second that a batch run does not need)

        names = {table: [c.name for c in columns(table)] for table in TABLES if table in self.rows}
        return {
            table: pandas.DataFrame([[getattr(row, n) for n in wanted] for row in self.rows[table]], columns=wanted)
            for table, wanted in names.items()
        }


@collector.at_rest()
def extract(source: Source, options: Options | None = None) -> Extraction:
    """All rows of one source. Raises nothing for any text; what the document does not say stays empty."""
    options = options or Options()
    document = text.prepare(source, options.year)
    result = Extraction()
    writer = RowWriter(document, options.calibrated)
    for part in document.parts:
        view = build(document, part)
        table = worktables.find(view)
        result.documents.append(writer.document_row(part, table.unread))
        found_units = units.find(document, part, table.names, view.times()) + table.units
        found_figures = figures.find(view) + table.figures
        found_deadlines = deadlines.find(view) + table.deadlines
        persons = sorted({*units.persons(document, part), *table.persons})
        tasks = linking.link(view, found_figures, found_deadlines, found_units)
        rows = writer.mention_rows(part, found_figures, found_deadlines, found_units)
        result.figures += rows.figures
        result.deadlines += rows.deadlines
        result.units += rows.units
        result.tasks += writer.task_rows(part, tasks, rows, persons)
    return result
