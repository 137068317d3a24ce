"""PDF: lines as they are laid out, page by page, and ruled tables as tables; pages without usable text go to OCR.

Text, character boxes and rules come from PDFium. Pages with rules are looked at a second time for tables; their
characters are dealt to the cells, so that nothing stands twice. pdfplumber is asked where rows are ruled and columns are
not. Lines are not rejoined into paragraphs here: that is the analysis' job.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Any

from extractors.errors import Rejected
from extractors.reading import aligned, celltext, ocr, pdfbombs, pdfcolumns, pdfpaths, ruling
from extractors.reading.assembly import Assembly, Parsed
from extractors.reading.celltext import Piece
from extractors.reading.pdfflow import Block, Flow

MAX_PAGES = 5000
MIN_PATHS, MAX_PATHS = 4, 4000  # fewer make no table; more are a drawing or a map
SCANNED = 8  # characters a page below which its picture is the document
SIGNS = {
    0x00: None,
    0x02: "-",
    0xAD: "-",
    0xFFFE: "-",
    0xFFFF: None,
    0x0D: None,
}  # soft hyphens are typed as dashes here
# What a font without a map to characters leaves: private use, controls, replacement characters, glyph numbers.
BROKEN = re.compile(r"[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f\x7f-\x9f]")
BROKEN_SHARE = 0.2
SHORT, MANY = 12, 12  # characters and lines: where that many are that short, cells may stand line by line
PARTED = re.compile(r"[\u4e00-\u9fff\d）%] (?=[\u4e00-\u9fff\d（])")
GAPS = re.compile(r"(?m)^[^\r\n ]++ [^\r\n]")  # lines with a gap: where two columns were written across, each has one


def read(data: bytes, name: str) -> Parsed:
    """Text, pages and tables. Raises Rejected: encrypted, truncated, unreadable, no_text (scanned), too_large."""
    pdfbombs.check(data)
    document = _open(data)
    try:
        return _read(document, data)
    finally:
        document.close()


def _open(data: bytes) -> Any:
    import pypdfium2  # noqa: PLC0415

    try:
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        if b"/Encrypt" in data and ("assword" in str(error) or "ecurity" in str(error)):
            raise Rejected("encrypted", "PDF protected by a password") from error
        whole = b"%%EOF" in data[-2048:]
        raise Rejected("unreadable" if whole else "truncated", "the PDF is damaged or cut off") from error
    if not pages:
        raise Rejected("unreadable", "a PDF without pages")
    if pages > MAX_PAGES:
        raise Rejected("too_large", f"{pages} pages")
    return document


def _read(document: Any, data: bytes) -> Parsed:
    assembly = Assembly()
    flow = Flow(assembly)
    reader = _Pages(data)
    characters = 0
    for number in range(1, len(document) + 1):
        try:
            page = document[number - 1]
        except RuntimeError:  # PdfiumError: a page that is damaged by itself
            reader.unread += 1
            flow.page(number, [])
            continue
        try:
            blocks = reader.page(page, number)
        finally:
            page.close()
        characters += sum(block.size for block in blocks)
        flow.page(number, blocks)
    flow.end()
    reader.close()
    if reader.unread and characters < SCANNED * len(document):
        raise Rejected("no_text", "scanned or damaged: " + ("pages without text" if ocr.available() else ocr.MISSING))
    assembly.recognised(reader.recognised)
    parsed = assembly.parsed()
    if reader.unread:
        parsed.warnings["pages_unread"] = reader.unread
    if b"%%EOF" not in data:
        parsed.flags.add("truncated")
    return parsed


class _Pages:
    """Reads page after page: from the text layer, or from the picture of the page."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._plumber: Any = None
        self._streets: Sequence[celltext.Span] = ()  # of a table without rules that ended the page before
        self.unread = 0
        self.recognised: set[int] = set()

    def page(self, page: Any, number: int) -> list[Block]:
        """Lines and tables of a page; one that needs OCR and does not get it is counted in ``unread``."""
        textpage, turned = pdfpaths.text_upright(page)
        try:
            text = textpage.get_text_bounded()
            broken = len(BROKEN.findall(text)) > BROKEN_SHARE * len(text)
            if not broken and (len(text.strip()) >= SCANNED or not _has_picture(page)):
                return _turned(page, textpage) if turned else self._blocks(page, textpage, text, number)
        finally:
            textpage.close()
        if not ocr.available() or len(self.recognised) >= ocr.MAX_PAGES:
            self.unread += 1
            return [] if broken else _lines(text)
        blocks = ocr.page(page)
        if blocks:
            self.recognised.add(number)
        else:
            self.unread += 1
        return blocks

    def _blocks(self, page: Any, textpage: Any, text: str, number: int) -> list[Block]:
        if MIN_PATHS <= pdfpaths.count(page, MAX_PATHS) <= MAX_PATHS:
            horizontal, vertical = pdfpaths.rules(page)
            cells = ruling.tables(horizontal, vertical)
            if not cells and ruling.rows_only(horizontal):
                cells = self._second_opinion(number)
            blocks = celltext.blocks(pdfpaths.characters(page, textpage), cells) if cells else None
            if blocks is not None:
                return blocks
        text = pdfpaths.unspaced(textpage, text)
        blocks = self._aligned(page, textpage, text)
        if blocks is not None:
            return blocks
        if len(GAPS.findall(text)) >= pdfcolumns.MIN_LINES:
            text = pdfcolumns.reordered(page, textpage) or text
        return _lines(text)

    def _aligned(self, page: Any, textpage: Any, text: str) -> list[Block] | None:
        """The page with its tables without rules; None where it has none, which few lines with gaps tell at once."""
        before, self._streets = self._streets, ()
        lines = text.split("\n")
        short = sum(len(line) < SHORT for line in lines)
        gaps = len(GAPS.findall(text)) >= aligned.MIN_ROWS or len(PARTED.findall(text)) >= 2 * aligned.MIN_ROWS
        if not before and not gaps and (short < MANY or 2 * short < len(lines)):
            return None
        placed = list(pdfpaths.characters(page, textpage))
        blocks = celltext.blocks(placed, [], aligned.tables(placed, before))
        last = next((block for block in reversed(blocks or ()) if not block.marginal), None)
        if last is not None and last.grid is not None:
            self._streets = last.grid.streets
        return blocks

    def _second_opinion(self, number: int) -> list[list[ruling.Box]]:
        """Cells of tables whose columns are parted by blanks, as pdfplumber sees them."""
        from io import BytesIO  # noqa: PLC0415

        import pdfplumber  # noqa: PLC0415

        try:
            if self._plumber is None:
                # Damage shows in the outcome; pdfminer would tell of each damaged object on stderr.
                logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
                self._plumber = pdfplumber.open(BytesIO(self._data))
            page = self._plumber.pages[number - 1]
            left, top = page.bbox[:2]
            found = page.find_tables({"vertical_strategy": "text", "horizontal_strategy": "lines"})
            tables = [[(c[0] - left, c[1] - top, c[2] - left, c[3] - top) for c in table.cells] for table in found]
            page.close()
        except Exception:  # only an opinion
            return []
        return tables

    def close(self) -> None:
        """Free what was opened."""
        if self._plumber is not None:
            self._plumber.close()


def _turned(page: Any, textpage: Any) -> list[Block]:
    """Lines and tables of a page whose characters were written along another axis, put together by their places."""
    placed = list(pdfpaths.characters(page, textpage))
    pieces = [
        Piece(s.text, (s.x0, line.top, s.x1, line.bottom)) for line in aligned.lines_of(placed) for s in line.stretches
    ]
    return celltext.arranged(pieces, ruling.tables(*pdfpaths.rules(page)), aligned.tables(placed))


def _lines(text: str) -> list[Block]:
    text = text.translate(SIGNS)
    return [Block(line) for line in text.split("\n")] if text.strip() else []


def _has_picture(page: Any) -> bool:
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    return next(iter(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)), None) is not None
