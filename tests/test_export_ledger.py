"""The ledger as openpyxl and a reader of its XML see it."""

from __future__ import annotations

import zipfile
from dataclasses import astuple
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from extractors.schema import DeadlineRow, DocumentRow, FigureRow, ProgressRow, TaskRow, UnitRow
from pipeline.export.ledger import write_ledger
from pipeline.rendering.cells import MAX_CHARS, clean, number_format
from pipeline.rendering.ledger import look
from pipeline.worker import Outcome

TEXT = "一、9月底前建成泵站3座,投资1.58亿元。由河道所牵头,财政股配合。\n=1+1的任务"
FIRST = TEXT[: TEXT.index("\n")]


def span(quote: str) -> dict[str, Any]:
    start = TEXT.index(quote)
    return {"doc_id": "d1", "start": start, "end": start + len(quote), "quote": quote, "sentence": FIRST, "page": 2}


def outcome(**extra: Any) -> Outcome:
    figures = [
        FigureRow(
            **span("3座"),
            figure_id="f1",
            indicator="建成泵站",
            value_low=Decimal(3),
            value_high=Decimal(3),
            unit="座",
            status="target",
        ),
        FigureRow(
            **span("1.58亿元"),
            figure_id="f2",
            indicator="投资",
            value_low=Decimal("158000000"),
            unit="元",
            status="target",
            confidence=0.6,
        ),
    ]
    deadlines = [DeadlineRow(**span("9月底前"), deadline_id="l1", due_end="2022-09-30", action="建成泵站")]
    units = [UnitRow(**span("河道所"), unit_id="u1", name="河道所", canonical="河道所", role="lead")]
    tasks = [
        TaskRow(
            **span(FIRST), task_id="t1", action="建成泵站3座", lead_units="河道所", assist_units="财政股", due_end="2022-09-30",
            figures="建成泵站3座;投资1.58亿元", figure_ids="f1;f2", deadline_ids="l1", unit_ids="u1",
        ),
        TaskRow(doc_id="d1", task_id="t2", action="=1+1的任务", due_end="XXXX-08-31", start=len(FIRST) + 1, end=len(TEXT), quote="=1+1的任务"),
        TaskRow(doc_id="d1", task_id="t3", action="候选", confidence=0.4),
    ]  # fmt: skip
    documents = [
        DocumentRow(
            doc_id="d1",
            source='=cmd|"x".txt',
            title="@标题",
            kind="plan",
            year=2022,
            end=len(TEXT),
            quality="truncated",
        )
    ]
    rows = {"documents": documents, "figures": figures, "deadlines": deadlines, "units": units, "tasks": tasks}
    rows |= extra
    return Outcome(documents[0].source, "d1", {k: [astuple(r) for r in v] for k, v in rows.items()}, TEXT.encode())


PROGRESS = [
    astuple(
        ProgressRow(
            "建成泵站",
            "座",
            Decimal(3),
            "d1",
            "f1",
            Decimal(1),
            "d1",
            "f9",
            "2022-01-01/2022-12-31",
            0.3333,
            "behind",
            0.9,
        )
    )
]


@pytest.fixture
def book(tmp_path: Path) -> Any:
    rejected = Outcome("坏.pdf", "d2", reason="encrypted", detail="needs a password")
    write_ledger(tmp_path / "ledger.xlsx", [outcome(), rejected], PROGRESS, links=True)
    return openpyxl.load_workbook(tmp_path / "ledger.xlsx", rich_text=True)


def rows(sheet: Any) -> list[dict[str, Any]]:
    heads = [c.value for c in sheet[1]]
    return [dict(zip(heads, line, strict=True)) for line in sheet.iter_rows(min_row=2)]


def test_sheets_and_headers(book: Any) -> None:
    assert book.sheetnames == ["任务台账", "文件", "指标数字", "时限", "责任单位", "进度对照", "退件"]
    heads = [c.value for c in book["任务台账"][1]]
    assert heads[:17] == [
        "序号", "工作任务", "目标值", "牵头单位", "责任单位", "配合单位", "督导单位", "责任人", "完成时限", "时限原文",
        "进展情况", "状态", "来源文件", "章节", "页码", "原文", "备注",
    ]  # fmt: skip
    for sheet in book:
        assert sheet.freeze_panes == "C2" and sheet.auto_filter.ref.startswith("A1:")
        assert sheet.page_setup.orientation == "landscape" and int(sheet.page_setup.paperSize) == 9
        assert sheet.print_title_rows == "$1:$1" and sheet.title in sheet.oddHeader.center.text


def test_cells_of_a_task(book: Any) -> None:
    first, second = rows(book["任务台账"])
    assert first["完成时限"].value == datetime(2022, 9, 30) and first["完成时限"].number_format == "yyyy-mm-dd"
    assert first["时限原文"].value == "9月底前" and first["牵头单位"].value == "河道所"
    assert first["状态"].value == "计划" and first["页码"].value == 2
    assert str(first["进展情况"].value) == "完成1座,完成率33%,进度滞后"
    assert first["进展情况"].fill.fgColor.rgb.endswith(look()["tones"]["behind"][1:])
    hits = [str(piece) for piece in first["原文"].value if getattr(getattr(piece, "font", None), "b", False)]
    assert hits == ["9月底前", "3座", "1.58亿元"]
    assert str(first["原文"].value) == FIRST
    assert second["完成时限"].value is None, "a date of an unknown year is no date"


def test_text_stays_text_and_the_source_is_a_link(book: Any) -> None:
    first, second = rows(book["任务台账"])
    assert second["工作任务"].value == "=1+1的任务" and second["工作任务"].data_type == "s"
    assert first["来源文件"].value == '=HYPERLINK("texts/d1.txt","=cmd|""x"".txt")'
    assert rows(book["文件"])[0]["标题"].data_type == "s"
    formulas = [c.value for s in book for line in s.iter_rows() for c in line if c.data_type == "f"]
    assert formulas and all(f.startswith('=HYPERLINK("texts/d1.txt"') for f in formulas)


def test_candidates_stay_out_and_doubt_is_a_word(book: Any) -> None:
    assert "候选" not in [r["工作任务"].value for r in rows(book["任务台账"])]
    doubtful = rows(book["指标数字"])[1]
    assert doubtful["备注"].value == "存疑(把握0.60)"
    assert doubtful["备注"].fill.fgColor.rgb.endswith(look()["tones"]["doubt"][1:])


def test_numbers_are_numbers(book: Any) -> None:
    pumps, money = rows(book["指标数字"])
    assert pumps["数值(下限)"].value == 3 and money["数值(下限)"].value == 158000000
    assert money["数值(下限)"].number_format.endswith('"亿元"') and money["数值(上限)"].value is None
    assert pumps["性质"].value == "目标" and pumps["界限"].value == "等于"
    assert rows(book["文件"])[0]["质量标记"].value == "不完整"
    reject = rows(book["退件"])[0]
    assert (reject["来源文件"].value, reject["原因"].value) == ("坏.pdf", "文件有密码") and reject["处理办法"].value
    compared = rows(book["进度对照"])[0]
    assert compared["进度"].value == "进度滞后" and compared["完成率"].number_format == "0%"


@pytest.mark.parametrize(
    ("value", "unit", "ending"),
    [
        ("158000000", "元", '"亿元"'),
        ("62000000", "元", '"万元"'),
        ("158123456", "元", "#,##0"),
        ("9.25", "%", ".00"),
        ("5000", "元", "#,##0"),
    ],
)
def test_money_is_shown_in_its_magnitude(value: str, unit: str, ending: str) -> None:
    shown = number_format(Decimal(value), unit)
    assert shown.endswith(ending)


def test_what_a_cell_cannot_hold(tmp_path: Path) -> None:
    long = "长" * 40_000
    task = TaskRow(doc_id="d1", task_id="t", action="a\x00\x0b\ufffe\ud800b", figures=long, quote=long, sentence=long)
    write_ledger(tmp_path / "l.xlsx", [outcome(tasks=[task])], [], links=False)
    book = openpyxl.load_workbook(tmp_path / "l.xlsx")
    (row,) = rows(book["任务台账"])
    assert row["工作任务"].value == "a\ufffd\ufffd\ufffd\ufffdb"
    assert len(row["目标值"].value) <= MAX_CHARS and row["目标值"].value.endswith("(过长,已截断)")
    assert len(clean("𬭚" * 40_000).encode("utf-16-le")) // 2 <= MAX_CHARS
    assert row["来源文件"].value == '=cmd|"x".txt' and row["来源文件"].data_type == "s"


def test_a_sheet_goes_on_at_the_row_limit(tmp_path: Path) -> None:
    write_ledger(tmp_path / "l.xlsx", [outcome() for _ in range(5)], [], links=True, max_rows=5)
    book = openpyxl.load_workbook(tmp_path / "l.xlsx")
    assert [n for n in book.sheetnames if n.startswith("任务台账")] == ["任务台账", "任务台账(2)", "任务台账(3)"]
    assert [r["序号"].value for n in ("任务台账", "任务台账(2)", "任务台账(3)") for r in rows(book[n])] == list(
        range(1, 11)
    )


def test_same_rows_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_ledger(tmp_path / name / "l.xlsx", [outcome()], PROGRESS, links=True)
    assert (tmp_path / "a" / "l.xlsx").read_bytes() == (tmp_path / "b" / "l.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a" / "l.xlsx") as package:
        assert {i.date_time[0] for i in package.infolist()} == {1980}
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["l.xlsx"]
