"""Binary workbooks: .xls and .xlsb, values by calamine, number formats and hidden parts of .xls by our own look."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from extractors.errors import Rejected
from extractors.reading import biff
from extractors.reading.assembly import Assembly, Parsed
from extractors.reading.numberformat import elapsed, plain, shower
from extractors.reading.xlsx import MAX_CELLS, Area, Rows, any_hidden, merge


def read(data: bytes, name: str) -> Parsed:
    """Every sheet that holds text. Raises Rejected: encrypted, unreadable, too_large."""
    import python_calamine as calamine  # noqa: PLC0415

    try:
        book = calamine.CalamineWorkbook.from_filelike(BytesIO(data))
    except calamine.PasswordError as error:
        raise Rejected("encrypted", "workbook protected by a password") from error
    except calamine.CalamineError as error:
        raise Rejected("encrypted" if "assword" in str(error) else "unreadable", "the workbook is damaged") from error
    looks = _looks(data)
    assembly = Assembly()
    worksheets = [entry for entry in book.sheets_metadata if entry.typ == calamine.SheetTypeEnum.WorkSheet]
    for at, entry in enumerate(worksheets):
        look = looks[at] if len(looks) == len(worksheets) else biff.Sheet()
        rows, areas = _rows(book.get_sheet_by_name(entry.name), look)
        spans = merge(rows, areas)
        if not rows:
            continue
        hidden_rows = {row + 1 for row in look.hidden_rows}
        hidden_columns = [(low + 1, high + 1) for low, high in look.hidden_columns]
        if entry.visible != calamine.SheetVisibleEnum.Visible or any_hidden(rows, hidden_rows, hidden_columns):
            assembly.flags.add("hidden")
        assembly.line(entry.name)
        assembly.sheet(entry.name, rows, spans)
    return assembly.parsed()


def _looks(data: bytes) -> list[biff.Sheet]:
    if not data.startswith(b"\xd0\xcf"):
        return []
    try:
        return biff.sheets(data)
    except Exception:
        return []


def _rows(sheet: Any, look: biff.Sheet) -> tuple[Rows, list[Area]]:
    """Texts of the cells by row and column, and the merged areas."""
    if sheet.start is None:
        return {}, []
    top, left = sheet.start
    rows: Rows = {}
    count = 0
    for row, values in enumerate(sheet.iter_rows(), top):
        line: dict[int, str] = {}
        for column, value in enumerate(values, left):
            if value == "" or value is None:
                continue
            text = _show(value, look.codes.get((row, column), ""))
            if text:
                line[column + 1] = text
        if line:
            rows[row + 1] = line
            count += len(line)
        if count > MAX_CELLS:
            raise Rejected("too_large", f"more than {MAX_CELLS} cells in a sheet")
    merged = [(a[0] + 1, a[1] + 1, b[0] + 1, b[1] + 1) for a, b in sheet.merged_cell_ranges or ()]
    return rows, merged


def _show(value: Any, code: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return shower(code)(repr(value)) if code else plain(repr(value))
    if isinstance(value, datetime):
        whole = value.time() == time(0)
        if whole and code and "d" not in code.lower():
            return f"{value.year}年{value.month}月"
        return value.date().isoformat() if whole else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, timedelta):
        return elapsed(repr(value.total_seconds() / 86_400))
    return str(value)
