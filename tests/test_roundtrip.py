"""A ledger through Excel and back: decisions and follow-up arrive, conflicts are told, nothing is half taken."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from pipeline.config import Settings
from pipeline.errors import UsageError
from pipeline.export.ledger import write_ledger
from pipeline.rendering.ledger import changeable, sheets
from pipeline.rendering.returning import said
from pipeline.roundtrip import workbook
from pipeline.roundtrip.taking import Taken, take
from pipeline.store import Store, followups, open_store
from pipeline.store.schema import ANCHORS, DECISIONS, FOLLOWUPS
from pipeline.stored import export
from tests import spreadsheets
from tests.cliruns import PLAN, one_line
from tests.cliruns import run as command
from tests.nights import DAY, run, setting
from tests.test_followups import PIPES, standing

Change = Callable[[Any], None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store after a night, and the ledger written from it."""
    folder = tmp_path_factory.mktemp("office")
    run(setting(folder, "sqlite:///store.db"))
    exported(folder, "first")
    return folder


@pytest.fixture
def office(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Store, Path]:
    """Store and ledger, in a folder of their own."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return open_store("sqlite:///store.db"), tmp_path / "first" / "ledger.xlsx"


def exported(folder: Path, name: str) -> Path:
    """The ledger of the store in a folder."""
    export(open_store(f"sqlite:///{folder}/store.db"), folder / name, Settings(formats=("xlsx",)))
    return folder / name / "ledger.xlsx"


def cell(sheet: Any, header: str, words: str) -> Any:
    """The cell under a header in the row that holds these words."""
    at = next(c.column for c in sheet[1] if c.value == header)
    row = next(r for r in sheet.iter_rows(min_row=2) if any(words in str(c.value) for c in r))
    return row[at - 1]


def changed(path: Path, *cells: tuple[str, str, str, Any], also: Change | None = None) -> Path:
    """A copy of a ledger with cells changed: (sheet, header, words in the row, value)."""
    book = openpyxl.load_workbook(path)
    for sheet, header, words, value in cells:
        cell(book[sheet], header, words).value = value
    if also:
        also(book)
    target = path.with_name(f"changed{len(list(path.parent.iterdir()))}.xlsx")
    book.save(target)
    return target


def taken(store: Store, path: Path, who: str = "甲", pass_over: bool = False) -> Taken:
    lines, problems = workbook.read(path)
    return store.write(lambda c: take(c, lines, problems, who, "2022-07-20T10:00:00", "0", pass_over))


def counts(store: Store) -> list[int]:
    with store.reader() as connection:
        return [
            connection.execute(select(func.count()).select_from(t)).scalar_one()
            for t in (DECISIONS, FOLLOWUPS, ANCHORS)
        ]


def shown(path: Path, sheet: str, header: str, words: str) -> Any:
    return cell(openpyxl.load_workbook(path)[sheet], header, words).value


def test_what_is_typed_in_excel_arrives(office: tuple[Store, Path], tmp_path: Path) -> None:
    store, ledger = office
    path = changed(
        ledger,
        ("任务台账", "审核", PIPES, "改"),
        ("任务台账", "牵头单位", PIPES, "县水务局;县供水公司"),
        ("任务台账", "完成时限", PIPES, date(2022, 9, 30)),
        ("任务台账", "状态", PIPES, "延期"),
        ("任务台账", "延期至", PIPES, "2022年10月31日"),
        ("任务台账", "延期原因", PIPES, "管材未到"),
        ("任务台账", "进展情况", PIPES, "铺了20公里"),
        ("任务台账", "目前数值", PIPES, "20公里"),
        ("任务台账", "审核", "河道清淤", "✓"),
        ("指标数字", "审核", "1.8亿元", "改"),
        ("指标数字", "数值(下限)", "1.8亿元", 190000000),
        ("指标数字", "数值(上限)", "1.8亿元", 190000000),
        ("指标数字", "性质", "1.8亿元", "规则"),
        ("责任单位", "审核", "县财政局", "✗"),
    )
    done = taken(store, path)
    assert done.problems == [] and (done.decisions, done.follow_ups) == (4, 1)
    now = next(v for k, v in standing(store).items() if PIPES in k)
    assert (now.state, now.new_date, now.reason, now.progress, now.value) == (
        "postponed",
        "2022-10-31",
        "管材未到",
        "铺了20公里",
        "20公里",
    )
    before = counts(store)
    again = taken(store, path)
    assert (again.decisions, again.follow_ups, again.problems) == (0, 0, []) and counts(store) == before, (
        "once is enough"
    )
    new = exported(tmp_path, "second")
    assert shown(new, "任务台账", "审核", PIPES) == "改" and shown(new, "任务台账", "审核", "河道清淤") == "✓"
    assert shown(new, "任务台账", "状态", PIPES) == "延期" and shown(new, "任务台账", "进展情况", PIPES) == "铺了20公里"
    assert "延期至2022-10-31:管材未到" in shown(new, "任务台账", "备注", PIPES)
    assert shown(new, "任务台账", "牵头单位", PIPES) == "县水务局;县供水公司"
    assert shown(new, "指标数字", "数值(下限)", "1.8亿元") == 190000000
    assert shown(new, "指标数字", "性质", "1.8亿元") == "规则"
    units = [len(list(openpyxl.load_workbook(p)["责任单位"].iter_rows(min_row=2))) for p in (ledger, new)]
    assert units[0] - units[1] == 1, "what was rejected is gone"
    assert taken(store, new) == Taken(rows=done.rows - 1), "a ledger that nobody touched changes nothing"


CONFLICTS: list[tuple[str, list[tuple[str, str, str, Any]], str, str]] = [
    ("no such mark", [("任务台账", "审核", PIPES, "好")], "任务台账!B", "只能是 ✓、✗、改"),
    ("no such state", [("任务台账", "状态", PIPES, "快了")], "任务台账!M", "「状态」里写的是 快了"),
    ("no such day", [("任务台账", "状态", PIPES, "延期"), ("任务台账", "延期至", PIPES, "2022-02-30"), ("任务台账", "延期原因", PIPES, "汛期")], "任务台账!P", "不是日历上有的日期"),
    ("no day at all", [("任务台账", "状态", PIPES, "延期"), ("任务台账", "延期至", PIPES, "下月"), ("任务台账", "延期原因", PIPES, "汛期")], "任务台账!P", "不是 2026-06-30 这样的日期"),
    ("moved without a date", [("任务台账", "状态", PIPES, "延期")], "任务台账!M", "没有写新的日期"),
    ("moved without a reason", [("任务台账", "状态", PIPES, "延期"), ("任务台账", "延期至", PIPES, date(2022, 9, 1))], "任务台账!", "没有写延期原因"),
    ("progress without a state", [("任务台账", "进展情况", PIPES, "铺了20公里")], "任务台账!L", "没有选状态"),
    ("changed without saying so", [("任务台账", "责任单位", PIPES, "县供水公司")], "任务台账!B", "改了「责任单位」,「审核」却不是「改」"),
    ("said and not changed", [("任务台账", "审核", PIPES, "改")], "任务台账!B", "没有改动"),
    ("a number in words", [("指标数字", "审核", "35.6公里", "改"), ("指标数字", "数值(下限)", "35.6公里", "三十多")], "指标数字!E", "要写成数字"),
    ("low above high", [("指标数字", "审核", "35.6公里", "改"), ("指标数字", "数值(下限)", "35.6公里", 50)], "指标数字!", "上限值小于下限值"),
    ("no such bound", [("指标数字", "审核", "35.6公里", "改"), ("指标数字", "界限", "35.6公里", "大约")], "指标数字!H", "只能是 等于、约"),
    ("no rule", [("时限", "审核", "8月15日前", "改"), ("时限", "重复规则", "8月15日前", "每月")], "时限!", "FREQ"),
    ("another sentence", [("任务台账", "原文", PIPES, "别的话"), ("任务台账", "审核", PIPES, "✓")], "任务台账!", "编号与原文对不上"),
    ("another id", [("任务台账", "任务编号", PIPES, "0" * 16), ("任务台账", "审核", PIPES, "✓")], "任务台账!", "编号与原文对不上"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "place", "text"), [c[1:] for c in CONFLICTS], ids=[c[0] for c in CONFLICTS])
def test_conflicts_are_told_and_nothing_is_taken(
    office: tuple[Store, Path], cells: list[tuple[str, str, str, Any]], place: str, text: str
) -> None:
    store, ledger = office
    before = counts(store)
    path = changed(ledger, *cells, ("任务台账", "审核", "河道清淤", "✓"))
    done = taken(store, path)
    told = [str(p) for p in done.problems]
    assert len(told) == 1 and told[0].startswith(place) and text in told[0], told
    assert counts(store) == before
    assert (taken(store, path, pass_over=True).decisions, counts(store)[0]) == (1, 1), "the rest, where wished"


def test_a_row_changed_meanwhile_is_a_conflict(office: tuple[Store, Path], tmp_path: Path) -> None:
    store, ledger = office
    mine = changed(ledger, ("任务台账", "状态", PIPES, "办结"))
    hers = changed(ledger, ("任务台账", "状态", PIPES, "进行中"), ("任务台账", "审核", "河道清淤", "✗"))
    assert taken(store, hers, "乙").problems == []
    (told,) = taken(store, mine).problems
    assert "这一行在导出以后已被乙改过" in told.text and told.place.startswith("任务台账!")
    his = changed(ledger, ("任务台账", "审核", "河道清淤", "✓"))
    (told,) = taken(store, his, "丙").problems
    assert "已被乙改过" in told.text, "a row that was rejected is found too"
    assert taken(store, changed(ledger, ("任务台账", "审核", "河道清淤", "✗"))).problems == [], "both want the same"


def test_a_document_with_a_new_version_is_a_conflict(office: tuple[Store, Path], tmp_path: Path) -> None:
    store, ledger = office
    path = changed(ledger, ("任务台账", "状态", PIPES, "办结"))
    plan = tmp_path / "in" / "计划.txt"
    plan.write_text(PLAN.replace("35.6公里", "40公里"), "utf-8")
    run(tmp_path / "taizhang.toml", DAY + timedelta(days=1))
    (told,) = taken(store, path).problems
    assert "这一行的材料已不在台账里" in told.text
    assert taken(store, ledger).problems == [], "of rows that nobody touched nothing is said"


def copied(book: Any, **more: Any) -> None:
    sheet = book["任务台账"]
    row = [c.value for c in next(iter(sheet.iter_rows(min_row=2)))]
    for key, value in more.items():
        row[next(i for i, c in enumerate(sheet[1]) if c.value == key)] = value
    sheet.append(row)


@pytest.mark.parametrize(
    ("also", "text"),
    [
        (lambda b: copied(b, 状态="办结"), "编号相同而内容不同"),
        (lambda b: b["任务台账"].append(["9", "✓", "新的任务"]), "不能在台账里加行"),
        (lambda b: setattr(b["任务台账"]["C1"], "value", "任务"), "缺少「工作任务」列"),
        (lambda b: b["时限"].insert_cols(1) or setattr(b["时限"]["A1"], "value", "类型"), "「类型」列有几个"),
    ],
)
def test_a_frame_that_does_not_hold(office: tuple[Store, Path], also: Change, text: str) -> None:
    store, ledger = office
    told = [p.text for p in taken(store, changed(ledger, also=also)).problems]
    assert len(told) == 1 and text in told[0]


@pytest.mark.parametrize(
    "also",
    [
        copied,
        lambda b: b["任务台账"].delete_rows(2),
        lambda b: b["任务台账"].insert_cols(4),
        lambda b: b.remove(b["退件"]),
        lambda b: b["任务台账"].append([]),
    ],
)
def test_a_frame_that_holds(office: tuple[Store, Path], also: Change) -> None:
    store, ledger = office
    assert taken(store, changed(ledger, ("指标数字", "审核", "35.6公里", "✓"), also=also)).decisions == 1


def test_libreoffice_opens_fills_sorts_and_saves(office: tuple[Store, Path], tmp_path: Path, soffice: str) -> None:
    store, ledger = office
    columns = next(s["columns"] for s in sheets(True) if s["table"] == "tasks")
    rows = len(list(openpyxl.load_workbook(ledger)["任务台账"].iter_rows(min_row=2)))
    target = tmp_path / "saved.xlsx"
    spreadsheets.work(soffice, tmp_path, ledger, target, [
        spreadsheets.put("审核", PIPES, "✓"), spreadsheets.put("状态", PIPES, "延期"),
        spreadsheets.put("延期至", PIPES, "2022-10-31"), spreadsheets.put("延期原因", PIPES, "管材未到"),
        spreadsheets.put("状态", "河道清淤", "办结"), spreadsheets.put("佐证材料", "河道清淤", "验收单,见附件"),
        spreadsheets.sort(len(columns), rows, 0),
    ])  # fmt: skip
    saved = openpyxl.load_workbook(target)["任务台账"]
    order = [r[0].value for r in saved.iter_rows(min_row=2)]
    assert order == sorted(order, reverse=True) and len(order) == rows > 1, "sorting works in the protected sheet"
    done = taken(store, target)
    assert (done.problems, done.decisions, done.follow_ups) == ([], 1, 2)
    now = standing(store)
    assert {f.state: (f.new_date, f.evidence) for f in now.values()} == {
        "postponed": ("2022-10-31", ""), "completed": ("", "验收单,见附件"),
    }  # fmt: skip
    assert taken(store, target).follow_ups == 0
    again = tmp_path / "again.xlsx"
    shutil.copy(exported(tmp_path, "second"), again)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    convert = [
        soffice,
        "--headless",
        profile,
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(tmp_path / "lo"),
        str(again),
    ]
    subprocess.run(convert, check=True, capture_output=True, timeout=180)
    lines, problems = workbook.read(tmp_path / "lo" / "again.xlsx")
    assert problems == [] and not any(line.touched for line in lines) and len(lines) == done.rows


def test_the_sheets_are_guarded(office: tuple[Store, Path]) -> None:
    _, ledger = office
    book = openpyxl.load_workbook(ledger)
    for layout in sheets(True):
        sheet, open_ = book[layout["title"]], [c for c in layout["columns"] if changeable(c)]
        assert bool(sheet.protection.sheet) == bool(open_)
        if not open_:
            continue
        assert not (sheet.protection.sort or sheet.protection.autoFilter), "allowed, as Excel writes it"
        assert sheet.protection.password is None
        assert not any(c.protection.locked for r in sheet.iter_rows(min_row=2) for c in r), (
            "Excel sorts no locked cells"
        )
        assert all(c.protection.locked for c in sheet[1])
        rules = {str(v.sqref).split(":")[0].rstrip("0123456789"): v for v in sheet.data_validations.dataValidation}
        for at, column in enumerate(layout["columns"], start=1):
            rule = rules.get(openpyxl.utils.get_column_letter(at))
            if not changeable(column):
                assert rule is not None and (rule.type, rule.formula1) == ("custom", "FALSE")
            elif column.get("choice"):
                assert rule is not None and rule.type == "list"
        hidden = {c["key"] for c in layout["columns"] if c.get("group")}
        folded = [range(d.min, d.max + 1) for d in sheet.column_dimensions.values() if d.hidden]
        assert {n for n, c in enumerate(layout["columns"], start=1) if c["key"] in hidden} <= {
            n for r in folded for n in r
        }


def test_files_that_are_no_ledger(office: tuple[Store, Path], tmp_path: Path) -> None:
    _, ledger = office
    plain = tmp_path / "plain"
    plain.mkdir()
    write_ledger(plain / "ledger.xlsx", [], [], links=False)
    wide = tmp_path / "wide.xlsx"
    with zipfile.ZipFile(ledger) as old, zipfile.ZipFile(wide, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename.endswith("sheet1.xml"):
                data = data.replace(
                    b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                )
            new.writestr(item, data)
    (tmp_path / "text.xlsx").write_bytes(b"no workbook" * 100)
    (tmp_path / "cut.xlsx").write_bytes(ledger.read_bytes()[:5000])
    named = ("text", "cut", "none")
    for path in (plain / "ledger.xlsx", wide, tmp_path, *(tmp_path / f"{name}.xlsx" for name in named)):
        with pytest.raises(UsageError, match=re.escape(str(path))):
            workbook.read(path)
    done = command("review", "--store", tmp_path / "store.db", "--import", wide)
    assert done.returncode == 2 and str(wide) in one_line(done)


def test_the_verb(office: tuple[Store, Path], tmp_path: Path) -> None:
    store, ledger = office
    url = ("--store", tmp_path / "store.db")
    wrong = changed(ledger, ("任务台账", "状态", PIPES, "快了"), ("任务台账", "审核", "河道清淤", "✓"))
    done = command("review", *url, "--import", wrong)
    assert done.returncode == 2 and "一行也没有收" in done.stdout.decode()
    assert one_line(done).startswith("taizhang: 任务台账!M")
    told = json.loads(command("review", *url, "--import", wrong, "--json").stdout)
    assert [c["place"][:6] for c in told["conflicts"]] == ["任务台账!M"] and counts(store) == [0, 0, 0]
    done = command("review", *url, "--import", wrong, "--pass-over", "--who", "王敏")
    assert done.returncode == 0 and "收回审核意见 1 条" in done.stdout.decode()
    with store.reader() as connection:
        assert connection.scalars(select(DECISIONS.c.who)).all() == ["王敏"]
    assert "没有要收的改动" in command("review", *url, "--import", ledger).stdout.decode()
    with store.reader() as connection:
        assert followups.current(connection) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [(158000000.0, 158000000), (0.1 + 0.2, 0.3), ("a\r\nb ", "a\nb"), (date(2022, 9, 30), "2022-09-30"), (None, "")],
)
def test_what_a_cell_says_is_the_same_after_saving(one: Any, other: Any) -> None:
    assert said(one) == said(other)
