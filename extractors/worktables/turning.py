"""Tables that do not stand as they are read: turned ones (a task a column), forms (label and value side by side), and
narrow ones set twice or more beside each other to save paper."""

from __future__ import annotations

from dataclasses import replace

from extractors.document import Segment
from extractors.worktables import content, grid, headers
from extractors.worktables.grid import Entry, Grid
from extractors.worktables.headers import UNIT_ROLES

_MOST_ROWS = 40
_MOST_COLUMNS = 60
_TITLES = 4  # rows in which the head of a table stands
_ANCHORS = frozenset((*UNIT_ROLES, "person", "deadline", "start", "body"))


def upright(found: Grid) -> Grid:
    """The grid with its heads on top, whichever way the table stands; itself where they stand there already."""
    if (below := _abreast(found)) is not None:
        return below
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


def _abreast(found: Grid) -> Grid | None:
    """A table set beside itself (序号 | 乡镇 | 任务 | 序号 | 乡镇 | 任务) as one below the other; None for any other."""
    for at, number in enumerate(found.order[:_TITLES]):
        head = found.rows[number]
        if len(head) == 1:
            continue
        size = _period([e.text.replace(" ", "") for e in head])
        if not size or any(e.column_span > 1 or e.row_span > 1 for e in head):
            return None
        if not all(headers.is_label(e.text) or headers.role(e.text)[0] for e in head[:size]):
            return None
        rows = [found.rows[r] for r in found.order[:at]] + [head[:size]]
        made = [found.segments[r] for r in found.order[: at + 1]]
        below, notes = found.order[at + 1 :], list[int]()
        while below and len(found.rows[below[-1]]) == 1 and found.rows[below[-1]][0].column == head[0].column:
            notes.insert(0, below.pop())
        for first in range(0, len(head), size):
            low = head[first].column
            high = head[first + size].column if first + size < len(head) else max(head[-1].column + 1, low + size)
            for r in below:
                cells = [e for e in found.rows[r] if low <= e.column < high]
                if cells:
                    rows.append([replace(e, column=e.column - low + head[0].column) for e in cells])
                    made.append(_stretch(found, cells))
        for r in notes:
            rows.append(found.rows[r])
            made.append(found.segments[r])
        numbered = [[replace(e, row=i) for e in row] for i, row in enumerate(rows, 1)]
        return grid.as_rows(found, numbered, dict(enumerate(made, 1)))
    return None


def _period(labels: list[str]) -> int:
    """Number of labels after which a row of labels begins again, and ends so; 0 where it does not."""
    for size in range(2, len(labels) // 2 + 1):
        if (
            len(labels) % size == 0
            and labels == labels[:size] * (len(labels) // size)
            and len(set(labels[:size])) == size
        ):
            return size
    return 0


def _stretch(found: Grid, cells: list[Entry]) -> Segment:
    """A segment for neighbouring cells of one line."""
    line = found.segments[cells[0].row]
    return replace(line, start=cells[0].start, end=cells[-1].end, body=cells[0].start)


def _heads(cells: list[Entry]) -> bool:
    """Whether cells are heads of a work table: most are labels, of two roles, one of them a unit, a person or a time."""
    labels = [e for e in cells if headers.is_label(e.text) and (headers.role(e.text)[0] or not content.is_body(e.text))]
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
        if len(cells) % 2:
            return None
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
