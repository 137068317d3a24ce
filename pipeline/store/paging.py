"""Pages of a long query by key: each page begins after the last row of the one before, whatever its number."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_

Order = tuple[ColumnElement[Any], bool]  # a column without nulls, and whether it descends


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and where the next page begins (empty: there is none)."""

    rows: list[Any]
    after: str


def page(connection: Connection, query: Select[Any], order: Sequence[Order], after: str, size: int) -> Page:
    """One page of ``query`` in this order, whose columns together tell every two rows apart. ``after`` is what the page
    before said, or empty; what is no such word begins at the beginning."""
    named = query.add_columns(*(c.label(f"_k{n}") for n, (c, _) in enumerate(order)))
    values = _read(after, [c.type.python_type for c, _ in order])
    if values is not None:
        named = named.where(_beyond(order, values))
    named = named.order_by(*(c.desc() if down else c.asc() for c, down in order)).limit(size + 1)
    rows = list(connection.execute(named))
    if len(rows) <= size:
        return Page(rows, "")
    last = rows[size - 1]
    return Page(rows[:size], _written([getattr(last, f"_k{n}") for n in range(len(order))]))


def _beyond(order: Sequence[Order], values: Sequence[Any]) -> ColumnElement[bool]:
    """Rows after the given one: greater in the first column, or equal there and greater in the next …"""
    steps = []
    for n, (c, down) in enumerate(order):
        same = [other == values[m] for m, (other, _) in enumerate(order[:n])]
        steps.append(and_(*same, c < values[n] if down else c > values[n]))
    return or_(*steps)


def _written(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, ensure_ascii=False).encode()).decode().rstrip("=")


def _read(after: str, kinds: Sequence[type]) -> list[Any] | None:
    if not after:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except (ValueError, UnicodeError):
        return None
    right = isinstance(values, list) and len(values) == len(kinds)
    return values if right and all(_fits(v, kind) for v, kind in zip(values, kinds, strict=True)) else None


def _fits(value: Any, kind: type) -> bool:
    if kind is str:
        return isinstance(value, str) and value.isprintable()
    number = isinstance(value, int | float if kind is float else int) and not isinstance(value, bool)
    return number and abs(value) < 1 << 53
