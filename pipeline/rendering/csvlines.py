"""Rows of the tables as lines of CSV (RFC 4180, CRLF). Text is quoted and numbers are not, whatever they begin with."""

from __future__ import annotations

from collections.abc import Sequence
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
    """Rows of one table as they stand in its CSV file."""

    def __init__(self, table: str) -> None:
        order, self._arrange = arranged(table)
        self._text = [c.type == "string" for c in order]

    def __call__(self, rows: Sequence[Values]) -> str:
        """The lines of these rows, each with its end."""
        lines = []
        for row in rows:
            cells = []
            for value, text in zip(self._arrange(row), self._text, strict=True):
                if value is None or value == "":
                    cells.append("")
                elif text:
                    cells.append('"' + value.replace('"', '""') + '"' if '"' in value else f'"{value}"')
                elif isinstance(value, Decimal):
                    cells.append(plain(value))
                else:
                    cells.append(f"{value:.6g}" if isinstance(value, float) else str(value))
            lines.append(",".join(cells))
        return "\r\n".join(lines) + "\r\n" if lines else ""
