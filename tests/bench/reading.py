"""Reading beside the libraries below it: PDF against PDFium's raw text, DOCX against python-docx, OCR against rapidocr alone."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec

import docx
import pypdfium2

from extractors.reading import read
from tests import onesample
from tests.readingsamples import saved

ROUNDS = 7
Row = tuple[str, str, str, str]


def documents() -> dict[str, bytes]:
    """Word documents of some pages, without and with tables."""
    document = docx.Document()
    for _ in range(20):
        for number, text in onesample.LINES:
            document.add_paragraph((number + text) * 2)
    plain = saved(document)
    for _ in range(8):
        table = document.add_table(12, 5, style="Table Grid")
        for r in range(12):
            for c in range(5):
                table.cell(r, c).text = onesample.ROWS[r % 4][c]
        document.add_paragraph("以上任务按月调度。")
    return {"without tables": plain, "with tables": saved(document)}


def best(*runs: Callable[[], object]) -> list[float]:
    """Processor seconds of the best round of each, taking turns."""
    seconds = [float("inf")] * len(runs)
    for _ in range(ROUNDS):
        for i, run in enumerate(runs):
            started = time.process_time()
            run()
            seconds[i] = min(seconds[i], time.process_time() - started)
    return seconds


def raw(data: bytes) -> None:
    """The text of all pages as PDFium gives it."""
    document = pypdfium2.PdfDocument(data)
    for page in document:
        textpage = page.get_textpage()
        textpage.get_text_bounded()
        textpage.close()
        page.close()
    document.close()


def walk(data: bytes) -> list[object]:
    """All paragraphs and cells as python-docx gives them."""
    out: list[object] = []
    for block in docx.Document(io.BytesIO(data)).iter_inner_content():
        out.append([[cell.text for cell in row.cells] for row in block.rows] if hasattr(block, "rows") else block.text)
    return out


def rows() -> Iterator[Row]:
    """Rows for the table of ``make bench``."""
    soffice = shutil.which("soffice")
    for label, data in documents().items():
        ours, theirs = best(lambda data=data: read(data, "a.docx"), lambda data=data: walk(data))  # type: ignore[misc]
        yield f"DOCX {label}", f"{ours * 1000:.0f} ms", f"python-docx {theirs * 1000:.0f} ms", f"{theirs / ours:.2f}"
        if soffice:
            pdf = onesample.converted(soffice, data, "pdf")["pdf"]
            pages = len(pypdfium2.PdfDocument(pdf))
            ours, theirs = (
                1000 * s / pages for s in best(lambda pdf=pdf: read(pdf, "a.pdf"), lambda pdf=pdf: raw(pdf))
            )  # type: ignore[misc]
            yield (
                f"PDF {label}, a page",
                f"{ours:.1f} ms",
                f"pypdfium2 raw text {theirs:.1f} ms",
                f"{theirs / ours:.2f}",
            )
    if soffice and find_spec("rapidocr"):
        yield recognition(onesample.scanned(onesample.converted(soffice, onesample.word(), "pdf")["pdf"]))


def recognition(scan: bytes) -> Row:
    """OCR of a scanned document beside rapidocr over the same pictures, one thread each."""
    from rapidocr import RapidOCR  # noqa: PLC0415

    engine = RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1})
    document = pypdfium2.PdfDocument(scan)
    pictures = [page.render(scale=200 / 72, grayscale=True).to_numpy() for page in document]
    read(scan, "a.pdf")
    started = time.process_time()
    read(scan, "a.pdf")
    middle = time.process_time()
    for picture in pictures:
        engine(picture)
    ours, theirs = (60 * len(pictures) / s for s in (middle - started, time.process_time() - middle))
    return "OCR, pages a minute", f"{ours:.1f}", f"rapidocr alone {theirs:.1f}", f"{ours / theirs:.2f}"
