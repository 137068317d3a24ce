"""Tables whose heads stand in a column: turned tables (a task a column) and forms (label and value side by side)."""

from __future__ import annotations

from dataclasses import replace

from extractors.document import Segment
from extractors.worktables import content, grid, headers
from extractors.worktables.grid import Entry, Grid
from extractors.worktables.headers import UNIT_ROLES

_MOST_ROWS = 40
_MOST_COLUMNS = 60
_ANCHORS = frozenset((*UNIT_ROLES, "person", "deadline", "start", "body"))


def upright(found: Grid) -> Grid:
    """The grid with its heads on top, whichever way the table stands; itself where they stand there already."""
    if not 2 <= len(found.order) <= _MOST_ROWS:
        return found
    labels = _pairs(found)
    if labels is not None:
        return labels
    first = [found.rows[r][0] for r in found.order if len(found.rows[r]) > 1]
    if len(first) < 2 or len({e.column for e in first}) > 1 or not _heads(first):
        return found
    top = found.rows[first[0].row][1:]
    if sum(headers.is_label(e.text) for e in top) * 2 >= len(top):
        return found
    columns = sorted({e.column for r in found.rows.values() for e in r})
    if len(columns) > _MOST_COLUMNS:
        return found
    lines = [r for r in found.order if len(found.rows[r]) > 1]
    kept = replace(found, rows={r: found.rows[r] for r in lines}, order=lines)
    segments = {c: _segment(found, [e for r in lines for e in found.rows[r] if e.column == c]) for c in columns}
    return grid.turned(kept, segments)


def _heads(cells: list[Entry]) -> bool:
    """Whether cells are heads of a work table: most are labels, of two roles, one of them a unit, a person or a time."""
    labels = [e for e in cells if headers.is_label(e.text) and not content.is_body(e.text)]
    roles = {headers.role(e.text)[0] for e in labels}
    return len(labels) >= 2 and 3 * len(labels) >= 2 * len(cells) and len(roles) >= 2 and bool(roles & _ANCHORS)


def _pairs(found: Grid) -> Grid | None:
    """A form of label and value pairs, two or more in some line, as one row under its labels; None for any other table."""
    labels: list[Entry] = []
    values: list[Entry] = []
    wide = 0
    for r in found.order:
        cells = found.rows[r]
        if len(cells) == 1:
            continue
        for a, b in zip(cells[::2], cells[1::2], strict=False):
            if headers.is_label(b.text) and headers.role(b.text)[0]:
                return None
            labels.append(a)
            values.append(b)
        wide += len(cells) >= 4
    if not wide or not _heads(labels):
        return None
    heads = [replace(e, row=1, column=i, row_span=1, column_span=1) for i, e in enumerate(labels, 1)]
    row = [replace(e, row=2, column=i, row_span=1, column_span=1) for i, e in enumerate(values, 1)]
    return grid.as_rows(found, [heads, row], {1: _segment(found, labels), 2: _segment(found, values)})


def _segment(found: Grid, cells: list[Entry]) -> Segment:
    """A segment for a row made of cells of several lines: it stands where the first of them stands."""
    first = min(cells, key=lambda e: e.start)
    line = next(s for s in found.segments.values() if s.start <= first.start < s.end)
    return replace(line, start=first.start, end=first.end, body=first.start)
