"""Reading beside the libraries below it: PDF against PDFium's raw text, DOCX against python-docx, OCR against rapidocr alone."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from random import Random

import docx
import openpyxl
import pypdfium2
import xlsxwriter

import extractors
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


def best(*runs: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Processor seconds of the best round of each, taking turns."""
    seconds = [float("inf")] * len(runs)
    for _ in range(rounds):
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
    yield sheet()
    if soffice and find_spec("rapidocr"):
        yield recognition(onesample.scanned(onesample.converted(soffice, onesample.word(), "pdf")["pdf"]))


def workbook(count: int) -> bytes:
    """A ledger of ``count`` rows: task, target, units, time limit, sum."""
    random = Random(1)
    tasks = ("改造老旧小区", "建设口袋公园", "治理内涝点", "新建水厂", "改造供水管网", "推进河道清淤")
    units = ("县住建局", "县城管局", "县水利局", "县交通运输局", "县教育局", "东关街道", "西河镇政府")
    limits = ("2026年6月底前", "9月底前", "2026年12月31日", "每季度末", "长期坚持")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet("台账")
    page.write_row(0, 0, ["序号", "重点任务", "目标", "牵头单位", "配合单位", "完成时限", "总投资(万元)"])
    for n in range(1, count + 1):
        task = random.choice(tasks)
        page.write_row(n, 0, [
            n, f"{task}第{n}批", f"{task}{random.randint(1, 400)}个", random.choice(units), "、".join(random.sample(units, 2)),
            random.choice(limits), random.randint(50, 9000),
        ])  # fmt: skip
    book.close()
    return out.getvalue()


def sheet() -> Row:
    """A workbook of 20,000 rows to all rows of all tables, beside openpyxl reading it alone."""
    data = workbook(20_000)

    def theirs() -> list[tuple[object, ...]]:
        return list(openpyxl.load_workbook(io.BytesIO(data), read_only=True).active.iter_rows(values_only=True))

    ours_, theirs_ = best(lambda: extractors.extract(read(data, "a.xlsx")), theirs, rounds=2)
    return (
        "XLSX, 20,000 rows to tables",
        f"{ours_:.1f} s",
        f"openpyxl read-only {theirs_:.1f} s",
        f"{theirs_ / ours_:.2f}",
    )


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
