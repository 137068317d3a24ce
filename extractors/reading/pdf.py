"""PDF with a text layer: lines as they are laid out, page by page, and ruled tables as tables.

Text and character boxes come from PDFium. Pages with rules are looked at a second time for tables; their characters are
dealt to the cells, so that nothing stands twice. Lines are not rejoined into paragraphs here: that is the analysis' job.
"""

from __future__ import annotations

import logging
from typing import Any

from extractors.errors import Rejected
from extractors.reading.assembly import Assembly, Parsed
from extractors.reading.pdfflow import Block, Flow
from extractors.reading.pdftables import page_blocks

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


def read(data: bytes, name: str) -> Parsed:
    """Text, pages and tables. Raises Rejected: encrypted, truncated, unreadable, no_text (scanned), too_large."""
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
        if "assword" in str(error) or "ecurity" in str(error):
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
    characters = unread = 0
    tables = _Tables(data)
    for number in range(1, len(document) + 1):
        try:
            page = document[number - 1]
        except RuntimeError:  # PdfiumError: a page that is damaged by itself
            unread += 1
            flow.page(number, [])
            continue
        try:
            blocks = _page(page, number, tables)
            size = sum(block.size for block in blocks)
            characters += size
            if size < SCANNED and _has_picture(page):
                unread += 1
        finally:
            page.close()
        flow.page(number, blocks)
    flow.end()
    tables.close()
    if unread and characters < SCANNED * len(document):
        raise Rejected("no_text", "scanned or damaged: pages without a text layer")
    parsed = assembly.parsed()
    if unread:
        parsed.warnings["pages_unread"] = unread
    if b"%%EOF" not in data:
        parsed.flags.add("truncated")
    return parsed


class _Tables:
    """pdfplumber over the same bytes, opened only once a page has rules."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._document: Any = None

    def cells(self, number: int) -> tuple[Any, list[list[tuple[float, float, float, float]]]]:
        """pdfplumber's frame of page ``number`` and, for each table found, its cells (x0, top, x1, bottom in points)."""
        from io import BytesIO  # noqa: PLC0415

        import pdfplumber  # noqa: PLC0415

        if self._document is None:
            # Damage shows in the outcome; pdfminer would tell of each damaged object on stderr.
            logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
            self._document = pdfplumber.open(BytesIO(self._data))
        page = self._document.pages[number - 1]
        try:
            return page.bbox, [[tuple(cell) for cell in table.cells] for table in page.find_tables()]
        finally:
            page.close()

    def close(self) -> None:
        if self._document is not None:
            self._document.close()


def _page(page: Any, number: int, tables: _Tables) -> list[Block]:
    textpage = page.get_textpage()
    try:
        if MIN_PATHS <= _paths(page) <= MAX_PATHS:
            try:
                bbox, found = tables.cells(number)
            except Exception:
                found = []
            if found:
                blocks = page_blocks(page, textpage, bbox, found)
                if blocks is not None:
                    return blocks
        text = textpage.get_text_bounded().translate(SIGNS)
    finally:
        textpage.close()
    return [Block(line) for line in text.split("\n")] if text.strip() else []


def _paths(page: Any) -> int:
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    count = 0
    for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=3):
        count += 1
        if count > MAX_PATHS:
            break
    return count


def _has_picture(page: Any) -> bool:
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    return next(iter(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)), None) is not None
