"""Rules drawn on a page → the cells of the tables that they make. Knows nothing of the format that drew them.

Positions are points, x to the right, y down. The plane between the distinct rule positions is cut into elementary
fields; fields that no rule parts are one cell.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

Box = tuple[float, float, float, float]  # x0, top, x1, bottom
Rule = tuple[float, float, float]  # position across, start, end along
NEAR = 3.0  # points within which rules are one, touch, or reach a crossing
SHORT = 6.0  # a rule below this length is a dash or a glyph
MAX_RULES = 3000
MAX_FIELDS = 40_000


@dataclass(slots=True)
class _Lines:
    """Rules of one direction by position: ``positions`` ascending, each with its stretches."""

    positions: list[float]
    stretches: list[list[tuple[float, float]]]

    def covers(self, index: int, start: float, end: float) -> bool:
        """Whether a rule at position ``index`` runs from ``start`` to ``end``."""
        return any(a <= start + NEAR and b >= end - NEAR for a, b in self.stretches[index])


def tables(horizontal: Iterable[Rule], vertical: Iterable[Rule]) -> list[list[Box]]:
    """Cells of each table, from top to bottom. ``horizontal``: (y, x0, x1); ``vertical``: (x, top, bottom)."""
    rows, columns = _joined(horizontal), _joined(vertical)
    if len(rows) < 2 or not columns or len(rows) + len(columns) > MAX_RULES:
        return []
    found = [_cells(h, v) for h, v in _components(rows, columns)]
    return sorted((cells for cells in found if len(cells) > 1), key=lambda cells: min(c[1] for c in cells))


def _joined(rules: Iterable[Rule]) -> list[Rule]:
    """Rules drawn in pieces or twice as one; positions nearer than NEAR are the same."""
    ordered = sorted(rules)
    out: list[Rule] = []
    group: list[tuple[float, float]] = []
    first = last = 0.0

    def close() -> None:
        position = (first + last) / 2
        group.sort()
        start, end = group[0]
        for a, b in group[1:]:
            if a > end + NEAR:
                out.append((position, start, end))
                start = a
                end = b
            end = max(end, b)
        out.append((position, start, end))

    for position, start, end in ordered:
        if group and (position - last > NEAR or position - first > 2 * NEAR):
            close()
            group = []
        if not group:
            first = position
        last = position
        group.append((start, end))
    if group:
        close()
    return [rule for rule in out if rule[2] - rule[1] >= SHORT]


def _components(rows: list[Rule], columns: list[Rule]) -> Iterable[tuple[list[Rule], list[Rule]]]:
    """Rules that hang together by crossing or touching."""
    parent = list(range(len(rows) + len(columns)))

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    xs = [column[0] for column in columns]
    for r, (y, x0, x1) in enumerate(rows):
        for c in range(bisect_left(xs, x0 - NEAR), bisect_right(xs, x1 + NEAR)):
            if columns[c][1] - NEAR <= y <= columns[c][2] + NEAR:
                parent[find(r)] = find(len(rows) + c)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, rule in enumerate([*rows, *columns]):
        groups.setdefault(find(i), ([], []))[0 if i < len(rows) else 1].append(rule)
    return [group for group in groups.values() if len(group[0]) > 1 and group[1]]


def _lines(rules: list[Rule]) -> _Lines:
    positions: list[float] = []
    stretches: list[list[tuple[float, float]]] = []
    for position, start, end in sorted(rules):
        if not positions or position - positions[-1] > NEAR:
            positions.append(position)
            stretches.append([])
        stretches[-1].append((start, end))
    return _Lines(positions, stretches)


def _closed(rows: list[Rule], columns: list[Rule]) -> list[Rule]:
    """The vertical rules, with the outer ones added where at least three rows run out to an open side."""
    top, bottom = min(y for y, _, _ in rows), max(y for y, _, _ in rows)
    out = list(columns)
    for side, ends in ((min, [a for _, a, _ in rows]), (max, [b for _, _, b in rows])):
        edge = side(ends)
        outer = side(x for x, _, _ in columns)
        if abs(outer - edge) > 4 * NEAR and sum(abs(end - edge) <= NEAR for end in ends) >= 3:
            out.append((edge, top, bottom))
    return out


def _cells(rows: list[Rule], columns: list[Rule]) -> list[Box]:
    """The cells between the rules of one table, those with four sides only."""
    ys, xs = _lines(rows), _lines(_closed(rows, columns))
    high, wide = len(ys.positions) - 1, len(xs.positions) - 1
    if high < 1 or wide < 1 or high * wide > MAX_FIELDS:
        return []
    x, y = xs.positions, ys.positions
    across = [[ys.covers(j, x[i], x[i + 1]) for i in range(wide)] for j in range(high + 1)]
    along = [[xs.covers(i, y[j], y[j + 1]) for i in range(wide + 1)] for j in range(high)]
    seen = [[False] * wide for _ in range(high)]
    out: list[Box] = []
    for j in range(high):
        for i in range(wide):
            if not seen[j][i]:
                out += _cell(j, i, across, along, seen, x, y)
    return out


def _cell(
    row: int,
    column: int,
    across: list[list[bool]],
    along: list[list[bool]],
    seen: list[list[bool]],
    x: list[float],
    y: list[float],
) -> list[Box]:
    """The cell that the field belongs to; none if it is open to the outside, its rows apart if it is no rectangle."""
    seen[row][column] = True
    stack, fields, is_open = [(row, column)], list[tuple[int, int]](), False
    while stack:
        j, i = stack.pop()
        fields.append((j, i))
        for nj, ni, parted in (
            (j - 1, i, across[j][i]), (j + 1, i, across[j + 1][i]), (j, i - 1, along[j][i]), (j, i + 1, along[j][i + 1]),
        ):  # fmt: skip
            if parted:
                continue
            if not (0 <= nj < len(seen) and 0 <= ni < len(seen[0])):
                is_open = True
            elif not seen[nj][ni]:
                seen[nj][ni] = True
                stack.append((nj, ni))
    if is_open:
        return []
    top, bottom = min(f[0] for f in fields), max(f[0] for f in fields)
    left, right = min(f[1] for f in fields), max(f[1] for f in fields)
    if len(fields) == (bottom - top + 1) * (right - left + 1):
        return [(x[left], y[top], x[right + 1], y[bottom + 1])]
    return [(x[i], y[j], x[i + 1], y[j + 1]) for j, i in sorted(fields)]


def rows_only(horizontal: Iterable[Rule]) -> bool:
    """Whether at least three rules of one width stand above each other: a table whose columns are parted by blanks."""
    extents: dict[tuple[int, int], int] = {}
    for _, start, end in _joined(horizontal):
        extent = round(start / NEAR), round(end / NEAR)
        extents[extent] = extents.get(extent, 0) + 1
    return max(extents.values(), default=0) >= 3
