"""The sheets of the ledger: frames, headers, printing, and rendered rows put into them. Knows nothing of tables' meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xlsxwriter.worksheet import Worksheet

from pipeline.export.guarding import guard
from pipeline.export.packing import Rows
from pipeline.rendering.ledger import changeable
from pipeline.rendering.rowxml import Block, numbered, split, unlinked

MAX_ROWS = 1_048_576  # Excel's, header included


class RowStream(Worksheet):  # type: ignore[misc]
    """A worksheet of XlsxWriter whose rows below the header stand elsewhere."""

    def grow(self, count: int) -> None:
        """Make room for ``count`` more rows."""
        self.dim_rowmax += count

    @property
    def part(self) -> str:
        """Its name in the package."""
        return f"xl/worksheets/sheet{self.index + 1}.xml"


class Sheet:
    """A table of the workbook, going on in a further sheet at Excel's row limit. ``rows`` are what is to be put into the
    workbook by the names of its parts, made by ``begin``."""

    def __init__(
        self, book: Any, begin: Callable[[], Rows], layout: dict[str, Any], look: dict[str, Any], links: bool, max_rows: int = MAX_ROWS,
        kept: bool = False,
    ) -> None:  # fmt: skip
        self.rows: dict[str, Rows] = {}
        self._begin_rows = begin
        self._book, self._layout, self._look, self._links, self._max_rows = book, layout, look, links, max_rows
        self._guarded = kept and any(changeable(c) for c in layout["columns"])
        self._columns: list[dict[str, Any]] = layout["columns"]
        self._sheets: list[Any] = []
        self._row = self._ordinal = self._filled = 0
        style = look["style"]
        base = {
            "font_name": style["font"], "font_size": style["size"], "bold": True, "font_color": style["header_text"],
            "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1, "border_color": style["line"],
        }  # fmt: skip
        self._header = book.add_format(base | {"bg_color": style["header_fill"]})
        self._group = book.add_format(base | {"bg_color": style["group_fill"]})
        self._open = book.add_format(base | {"bg_color": style["edit_fill"]}) if self._guarded else None
        self._begin()

    def _begin(self) -> None:
        style, title = self._look["style"], self._layout["title"]
        name = title if not self._sheets else f"{title}({len(self._sheets) + 1})"
        sheet = self._book.add_worksheet(name, worksheet_class=RowStream)
        self._sheets.append(sheet)
        self.rows[sheet.part] = self._begin_rows()
        sheet.set_row(0, 26)
        for at, column in enumerate(self._columns):
            header = self._open if self._guarded and changeable(column) else self._header
            sheet.write_string(0, at, column["header"], self._group if column.get("group") else header)
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

    def add(self, block: Block) -> None:
        """Append rendered rows."""
        xml, count = block.xml if self._links else unlinked(block.xml, self._look), block.count
        self._filled |= block.filled
        while count:
            if self._row + 1 >= self._max_rows:
                self._end()
                self._begin()
            taken = min(count, self._max_rows - 1 - self._row)
            here, xml = (xml, "") if taken == count else split(xml, taken)
            self._sheets[-1].grow(taken)
            self.rows[self._sheets[-1].part].add(numbered(here, self._ordinal + 1))
            self._row += taken
            self._ordinal += taken
            count -= taken

    def _end(self) -> None:
        self._sheets[-1].autofilter(0, 0, max(self._row, 1), len(self._columns) - 1)
        if self._guarded:
            guard(self._sheets[-1], self._columns, self._look, max(self._row, 1))

    def close(self) -> None:
        """Filters and widths; columns for programs, and optional ones that stayed empty, are folded away."""
        self._end()
        optional = set(self._layout.get("optional", ()))
        for at, column in enumerate(self._columns):
            folded = column.get("group") or (column["key"] in optional and not self._filled >> at & 1)
            options = {"level": 1, "hidden": True} if folded else {}
            for sheet in self._sheets:
                sheet.set_column(at, at, column["width"], None, options)
