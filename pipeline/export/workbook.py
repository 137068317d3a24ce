"""One sheet of the ledger at a time: cells, formats, heights, printing. Knows nothing of tables' meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any

MAX_ROWS = 1_048_576  # Excel's, header included
MAX_CHARS = 32_767  # Excel's, of a cell
_CUT = "…(过长,已截断)"
# What XML 1.0 cannot carry; a replacement character keeps the place.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE_POINTS = 14.5
_MAX_LINES = 14


@dataclass(frozen=True, slots=True)
class Rich:
    """A text with hits (half-open spans, ascending, apart) to be shown in bold."""

    text: str
    hits: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A name that leads to a file beside the ledger; an empty target is just the name."""

    name: str
    target: str


@dataclass(frozen=True, slots=True)
class Toned:
    """A value in a colour of its own (a key of ``tones``)."""

    value: Any
    tone: str


def clean(text: str) -> str:
    """Text that a cell can hold, cut with a mark where it is too long."""
    shown = _NOT_XML.sub("\ufffd", text) if not text.isprintable() else text
    # Excel counts UTF-16 units.
    if len(shown) > MAX_CHARS // 2 and len(shown.encode("utf-16-le")) // 2 > MAX_CHARS:
        return shown.encode("utf-16-le")[: 2 * (MAX_CHARS - len(_CUT) - 1)].decode("utf-16-le", "ignore") + _CUT
    return shown


def width(text: str) -> int:
    """Columns that a text takes: CJK two, others one."""
    return len(text) if text.isascii() else sum(2 if c > "\u2e7f" else 1 for c in text)


def number_format(value: Decimal, unit: str) -> str:
    """Excel format of a figure: money as 亿元 or 万元 where that shows it exactly, else plain with its own places."""
    if unit == "元" and value == value.to_integral_value():
        whole = int(value)
        if abs(whole) >= 10**8 and whole % 10**6 == 0:
            return '0\\.00,,"亿元"'
        if abs(whole) >= 10**4 and whole % 10**3 == 0:
            return '0\\.0,"万元"'
    exponent = value.normalize().as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return "#,##0" + ("." + "0" * min(places, 10) if places else "")


class Sheet:
    """A table of the workbook, going on in a further sheet at Excel's row limit."""

    def __init__(self, book: Any, layout: dict[str, Any], look: dict[str, Any], max_rows: int = MAX_ROWS) -> None:
        self._book, self._layout, self._look, self._max_rows = book, layout, look, max_rows
        self._columns: list[dict[str, Any]] = layout["columns"]
        self._formats: dict[tuple[str, ...], Any] = {}
        self._sheets: list[Any] = []
        self._filled = [False] * len(self._columns)
        self._row = 0
        self._begin()

    def _format(self, kind: str, tone: str = "", numbers: str = "", first: bool = False) -> Any:
        key = (kind, tone, numbers, str(first))
        if key not in self._formats:
            style = self._look["style"]
            wanted: dict[str, Any] = {
                "font_name": style["font"], "font_size": style["size"], "valign": "vcenter", "text_wrap": True,
                "border": 1, "border_color": style["line"],
            }  # fmt: skip
            if kind in ("center", "date", "percent"):
                wanted["align"] = "center"
            elif kind in ("value", "number"):
                wanted["align"] = "right"
                wanted["text_wrap"] = False
            if kind == "date":
                wanted["num_format"] = "yyyy-mm-dd"
            if kind == "link":
                wanted |= {"font_color": "#0563C1", "underline": 1}
            if numbers:
                wanted["num_format"] = numbers
            if tone:
                wanted["bg_color"] = self._look["tones"][tone]
            if first:  # a new source document begins
                wanted |= {"top": 2, "top_color": style["header_fill"]}
            self._formats[key] = self._book.add_format(wanted)
        return self._formats[key]

    def _begin(self) -> None:
        style, title = self._look["style"], self._layout["title"]
        name = title if not self._sheets else f"{title}({len(self._sheets) + 1})"
        sheet = self._book.add_worksheet(name)
        self._sheets.append(sheet)
        base = {
            "font_name": style["font"], "font_size": style["size"], "bold": True, "font_color": style["header_text"],
            "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1, "border_color": style["line"],
        }  # fmt: skip
        for key in ("header_fill", "group_fill"):
            if (key,) not in self._formats:
                self._formats[(key,)] = self._book.add_format(base | {"bg_color": style[key]})
        if not self._sheets[1:]:
            self._bold = self._book.add_format(
                {"bold": True, "font_name": style["font"], "font_size": style["size"], "font_color": style["hit"]}
            )
            self._normal = self._book.add_format({"font_name": style["font"], "font_size": style["size"]})
        sheet.set_row(0, 26)
        for at, column in enumerate(self._columns):
            fill = "group_fill" if column.get("group") else "header_fill"
            sheet.write_string(0, at, column["header"], self._formats[(fill,)])
        sheet.freeze_panes(1, self._layout["frozen"])
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
        sheet.repeat_rows(0)
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f'&C&"{style["font"]},Bold"&16{title}')
        sheet.set_footer("&L&8taizhang&C&8第 &P 页 共 &N 页")
        self._row = 0

    def add(self, values: Sequence[Any], first: bool = False) -> None:
        """Append a row; ``first`` draws the line above a new document."""
        if self._row + 1 >= self._max_rows:
            self._end()
            self._begin()
        self._row += 1
        lines = 1
        # Heights come first: in constant-memory mode a row is closed by the next one's first cell.
        for at, value in enumerate(values):
            shown = value.value if isinstance(value, Toned) else value
            text = shown.text if isinstance(shown, Rich) else shown.name if isinstance(shown, Link) else shown
            if isinstance(text, str) and text:
                self._filled[at] = True
                if not self._columns[at].get("group"):
                    room = max(1.0, self._columns[at]["width"] - 1)
                    lines = max(lines, sum(ceil(width(p) / room) or 1 for p in text[:2000].split("\n")))
            elif text is not None and text != "":
                self._filled[at] = True
        self._sheets[-1].set_row(self._row, min(lines, _MAX_LINES) * _LINE_POINTS + 6)
        for at, value in enumerate(values):
            self._write(at, value, first)

    def _write(self, at: int, value: Any, first: bool) -> None:
        sheet, row, kind, tone = self._sheets[-1], self._row, self._columns[at].get("kind", "text"), ""
        if isinstance(value, Toned):
            value, tone = value.value, value.tone
        if value is None or value == "":
            sheet.write_blank(row, at, None, self._format(kind if kind != "link" else "text", tone, first=first))
        elif isinstance(value, Rich):
            self._rich(at, value, self._format("text", tone, first=first))
        elif isinstance(value, Link):
            self._link(at, value, first)
        elif isinstance(value, date):
            sheet.write_datetime(row, at, value, self._format("date", tone, first=first))
        elif isinstance(value, str):
            sheet.write_string(
                row, at, clean(value), self._format("text" if kind == "link" else kind, tone, first=first)
            )
        elif isinstance(value, tuple):  # a decimal with its unit
            number, unit = value
            exact = len(number.as_tuple().digits) <= 15 and number.is_finite() and abs(number) < Decimal("1e300")
            numbers = number_format(number, unit) if exact else ""
            cell = self._format(kind, tone, numbers, first)
            if exact:
                sheet.write_number(row, at, float(number), cell)
            else:  # Excel keeps fifteen digits
                sheet.write_string(row, at, clean(format(number, "f")), cell)
        else:
            numbers = "0%" if kind == "percent" else "0.00" if isinstance(value, float) else ""
            sheet.write_number(row, at, value, self._format(kind, tone, numbers, first))

    def _link(self, at: int, link: Link, first: bool) -> None:
        if not link.target:
            self._sheets[-1].write_string(self._row, at, clean(link.name), self._format("text", first=first))
            return
        name = clean(link.name)[:240].replace('"', '""')  # a text in a formula ends at 255
        formula = f'=HYPERLINK("{link.target}","{name}")'
        self._sheets[-1].write_formula(
            self._row, at, formula, self._format("link", first=first), clean(link.name)[:240]
        )

    def _rich(self, at: int, rich: Rich, cell: Any) -> None:
        text = clean(rich.text)
        room = len(text) if len(text) == len(rich.text) else len(text) - len(_CUT)
        pieces: list[Any] = []
        end = 0
        for start, stop in rich.hits:
            if end <= start < stop <= room:
                if start > end:
                    pieces += [self._normal, text[end:start]]
                pieces += [self._bold, text[start:stop]]
                end = stop
        if text[end:]:
            pieces += [self._normal, text[end:]]
        if len(pieces) < 4:  # a rich string needs two pieces
            self._sheets[-1].write_string(self._row, at, text, cell)
        else:
            self._sheets[-1].write_rich_string(self._row, at, *pieces, cell)

    def _end(self) -> None:
        self._sheets[-1].autofilter(0, 0, max(self._row, 1), len(self._columns) - 1)

    def close(self) -> None:
        """Filters and widths; columns for programs, and optional ones that stayed empty, are folded away."""
        self._end()
        optional = set(self._layout.get("optional", ()))
        for at, column in enumerate(self._columns):
            folded = column.get("group") or (column["key"] in optional and not self._filled[at])
            options = {"level": 1, "hidden": True} if folded else {}
            for sheet in self._sheets:
                sheet.set_column(at, at, column["width"], None, options)
