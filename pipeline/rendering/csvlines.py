"""Rows of the tables as lines of CSV (RFC 4180, CRLF). Text is quoted and numbers are not, whatever they begin with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any

from extractors.schema import TABLES, Column, columns
from pipeline.decimals import plain

Values = tuple[Any, ...]


def arranged(table: str) -> tuple[list[Column], itemgetter[Any]]:
    """Columns of a table as exported (ids first) and the getter that brings a tuple in declaration order into theirs."""
    order = list(columns(table))
    declared = list(TABLES[table].row.__dataclass_fields__)
    return order, itemgetter(*(declared.index(c.name) for c in order))


def header(table: str) -> str:
    """The first line of a table's CSV file."""
    return ",".join(c.name for c in columns(table)) + "\r\n"


class CsvLines:
    """Rows of one table as they stand in its CSV file; written column by column, which halves the time."""

    def __init__(self, table: str) -> None:
        order, self._arrange = arranged(table)
        self._show = [_texts if c.type == "string" else _numbers for c in order]

    def __call__(self, rows: Sequence[Values]) -> str:
        """The lines of these rows, each with its end."""
        if not rows:
            return ""
        values = self._arrange(list(zip(*rows, strict=True)))
        shown = [show(column) for show, column in zip(self._show, values, strict=True)]
        return "\r\n".join(map(",".join, zip(*shown, strict=True))) + "\r\n"


def _texts(values: Iterable[Any]) -> list[str]:
    return [("" if not v else f'"{v}"' if '"' not in v else _quoted(v)) for v in values]


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _numbers(values: Iterable[Any]) -> list[str]:
    return ["" if v is None or v == "" else _number(v) for v in values]


def _number(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)
