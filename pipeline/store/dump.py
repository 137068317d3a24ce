"""Every row of every table in a form that is of no database, and back. What a backup holds.

A table is written as it stands in the database, at whatever revision that is, so a backup of an old schema gives back the
old schema. Values keep their meaning on the way from SQLite to PostgreSQL and back: decimals are digits, bytes are base64.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Float,
    LargeBinary,
    MetaData,
    column,
    delete,
    insert,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.sql import sqltypes
from sqlalchemy.sql.expression import TableClause
from sqlalchemy.types import TypeEngine

from pipeline.store.schema import META
from pipeline.store.types import Exact, Words

_CHUNK = 500  # rows of one INSERT
_REVISION = "alembic_version"  # written by the migrations, not by us


@dataclass(frozen=True, slots=True)
class Layout:
    """A table: its columns with their kinds (text, integer, number, decimal, binary) and the columns of its key."""

    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]


def _types(kind: str) -> TypeEngine[Any]:
    kinds: dict[str, TypeEngine[Any]] = {
        "text": Words(), "integer": BigInteger(), "number": Float(), "decimal": Exact(), "binary": LargeBinary(),
    }  # fmt: skip
    return kinds[kind]


def _kind(name: str, of_table: str, found: TypeEngine[Any]) -> str:
    """The kind of a column: as declared where the program still knows it, else as the database has it."""
    declared = META.tables.get(of_table)
    known = declared.c[name].type if declared is not None and name in declared.c else found
    if isinstance(known, Exact):
        return "decimal"
    for kind, types in (
        ("number", (sqltypes.Float,)),
        ("decimal", (sqltypes.Numeric,)),
        ("integer", (sqltypes.Integer, sqltypes.Boolean)),
        ("binary", (sqltypes._Binary,)),
    ):
        if isinstance(known, types):
            return kind
    return "text"


def layouts(connection: Connection) -> list[Layout]:
    """The tables of a store, by name."""
    found = inspect(connection)
    return [
        Layout(
            name,
            tuple((c["name"], _kind(c["name"], name, c["type"])) for c in found.get_columns(name)),
            tuple(found.get_pk_constraint(name)["constrained_columns"]),
        )
        for name in sorted(found.get_table_names())
        if name != _REVISION
    ]


def _clause(layout: Layout) -> TableClause:
    return table(layout.name, *(column(name, _types(kind)) for name, kind in layout.columns))


def rows(connection: Connection, layout: Layout) -> Iterator[bytes]:
    """The rows of a table in the order of its key, a JSON list a line."""
    clause, kinds = _clause(layout), dict(layout.columns)
    bytewise = connection.dialect.name == "postgresql"
    order = [clause.c[k].collate("C") if bytewise and kinds[k] == "text" else clause.c[k] for k in layout.key]
    query = select(clause).order_by(*order).execution_options(yield_per=_CHUNK)
    for row in connection.execute(query):
        yield json.dumps([_plain(v) for v in row], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return base64.b64encode(value).decode() if isinstance(value, bytes | memoryview) else value


def put(connection: Connection, layout: Layout, lines: Iterable[bytes]) -> int:
    """Insert rows that :func:`rows` wrote; how many. The table must stand there empty."""
    clause, there = _clause(layout), iter(lines)
    read = [(name, _reader(kind)) for name, kind in layout.columns]
    count = 0
    while chunk := list(islice(there, _CHUNK)):
        values = [
            {name: None if v is None else of(v) for (name, of), v in zip(read, json.loads(line), strict=True)}
            for line in chunk
        ]
        connection.execute(insert(clause), values)
        count += len(chunk)
    return count


def _reader(kind: str) -> Any:
    return {"decimal": Decimal, "binary": base64.b64decode}.get(kind, lambda value: value)


def empty(connection: Connection) -> bool:
    """Whether no table holds a row."""
    return not any(
        connection.execute(select(text("1")).select_from(table(x.name)).limit(1)).first() for x in layouts(connection)
    )


def wipe(connection: Connection) -> None:
    """Delete every row."""
    for layout in layouts(connection):
        connection.execute(delete(table(layout.name)))


def clear(connection: Connection) -> None:
    """Drop every view and table of a store."""
    quote = connection.dialect.identifier_preparer.quote
    cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
    for view in inspect(connection).get_view_names():
        connection.execute(text(f"DROP VIEW IF EXISTS {quote(view)}{cascade}"))
    there = MetaData()
    there.reflect(connection)
    there.drop_all(connection)
