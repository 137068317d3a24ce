"""What the ledger page shows, as a file: the same rows in the same order with the same columns."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from pipeline.export import calendar
from pipeline.rendering.cells import clean
from pipeline.review.taskview import COLUMNS, View, views
from pipeline.store import Store, followed, tasklist
from pipeline.store.outcomes import CANDIDATE
from pipeline.store.tasklist import Days, Filters

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
}
_BLOCK = 1000
_CREATED = datetime(2020, 1, 1)
_WIDTHS = (36, 22, 16, 16, 16, 12, 14, 12, 9, 24, 24, 24, 6)
_TONES = {"late": "#F8B4B4", "behind": "#FFE699", "near": "#CFE2F8", "good": "#D5E8D4"}


def written(
    store: Store, filters: Filters, days: Days, sort: str, down: bool, group: str, kind: str
) -> Iterator[bytes]:
    """The file in pieces."""
    with store.reader() as connection:
        rows = tasklist.every(connection, filters, days, sort, down, group)

        def shown() -> Iterator[View]:
            while block := list(islice(rows, _BLOCK)):
                yield from views(connection, block, days, group)

        if kind == "csv":
            yield from _csv(shown())
        elif kind == "xlsx":
            yield from _xlsx(shown())
        else:
            yield _ics(connection, {r.task_id for r in rows}, days)


def _ics(connection: Connection, wanted: set[str], days: Days) -> bytes:
    """The limits of these tasks; those in doubt only where their task has no other, as in its date."""
    limits = [x for x in followed.limits(connection) if x.task_id in wanted]
    firm = {x.task_id for x in limits if x.confidence >= CANDIDATE}
    limits = [x for x in limits if x.confidence >= CANDIDATE or x.task_id not in firm]
    today = date.fromisoformat(days.today)
    return calendar.calendar("台账时限", [e for x in limits for e in calendar.entries(x, x.units, today)])


def _csv(shown: Iterator[View]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"
    rows = iter([COLUMNS])
    while block := [*rows] or [v.cells() for v in islice(shown, _BLOCK)]:
        rows = iter(())
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_NONNUMERIC).writerows(["" if c is None else c for c in row] for row in block)
        yield text.getvalue().encode("utf-8", "replace")


def _xlsx(shown: Iterator[View]) -> Iterator[bytes]:
    import xlsxwriter  # noqa: PLC0415

    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        book = xlsxwriter.Workbook(file.name, {"constant_memory": True})
        book.set_properties({"title": "任务台账", "author": "taizhang", "created": _CREATED})
        sheet = book.add_worksheet("台账")
        plain = {"text_wrap": True, "valign": "vcenter", "border": 1, "border_color": "#C9D1DB"}
        head = book.add_format(plain | {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF"})
        text, day = book.add_format(plain), book.add_format(plain | {"num_format": "yyyy-mm-dd"})
        tones = {tone: book.add_format(plain | {"bg_color": colour}) for tone, colour in _TONES.items()}
        for at, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, name, head)
        last = 0
        for last, view in enumerate(shown, start=1):
            for at, value in enumerate(view.cells()):
                _cell(sheet, last, at, value, tones.get(view.tone, text) if COLUMNS[at] == "提示" else text, day)
        sheet.autofilter(0, 0, max(last, 1), len(COLUMNS) - 1)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        book.close()
        file.seek(0)
        while piece := file.read(1 << 16):
            yield piece


def _cell(sheet: Any, row: int, at: int, value: Any, form: Any, day: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(row, at, None, form)
    elif isinstance(value, int):
        sheet.write_number(row, at, value, form)
    elif COLUMNS[at] == "完成时限" and len(value) == 10:
        sheet.write_datetime(row, at, datetime.fromisoformat(value), day)
    else:
        sheet.write_string(row, at, clean(value), form)
