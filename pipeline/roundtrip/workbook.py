"""The rows of a ledger as a spreadsheet program saved it: whatever order they are in, found again by their headers and ids."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError
from pipeline.rendering.ledger import changeable, sheets
from pipeline.rendering.returning import bound, checked, said

_MAX_BYTES = 1 << 29  # unpacked
_MAX_COLUMNS = 200
_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})[0-9]')


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something in a workbook cannot be taken over. ``place`` is like 任务台账!D12."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place} {self.text}"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet: what its cells say by the key of their column (``ledger.toml``), and where they are."""

    table: str
    sheet: str
    number: int  # as Excel counts
    letters: dict[str, str]
    cells: dict[str, str]
    row_id: str
    doc_id: str
    stamps: tuple[str, str]  # of its review and its follow-up when the ledger was written
    touched: frozenset[str]  # keys of the cells that were changed

    def at(self, key: str) -> str:
        """Where a cell is."""
        return f"{self.sheet}!{self.letters.get(key, 'A')}{self.number}"


def columns_of(table: str) -> list[dict[str, Any]]:
    """The columns of a table's sheet in a ledger that can be taken back."""
    return next(s["columns"] for s in sheets(True) if s["table"] == table)


def read(path: Path) -> tuple[list[Line], list[Problem]]:
    """The rows of all sheets that can be taken back, and what is wrong with their frames. Raises UsageError for a file
    that is no such ledger."""
    import python_calamine as calamine  # noqa: PLC0415

    _refuse_bombs(path)
    lines: list[Line] = []
    problems: list[Problem] = []
    found = False
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            table = _table_of(name)
            if table is None:
                continue
            grid = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            heads = [said(h) for h in grid[0]] if grid else []
            if "核对码" not in heads:
                continue
            found = True
            _sheet(table, name, heads, grid[1:], lines, problems)
    except calamine.CalamineError as error:
        raise UsageError(f"{path} 打不开:文件损坏或有密码;请用 Excel 打开另存后再导入") from error
    if not found:
        raise UsageError(f"{path} 不是由存储导出的台账(没有「核对码」一列);请用 taizhang export --store 导出后修改")
    return lines, problems + list(_twice(lines))


def _refuse_bombs(path: Path) -> None:
    """A workbook whose cells would not fit into memory, told before it is opened."""
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            if sum(p.file_size for p in parts) > _MAX_BYTES:
                raise UsageError(f"{path} 解开后过大,不能导入")
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    columns = {m[1] for m in _CELL.finditer(package.read(part))}
                    if len(columns) > _MAX_COLUMNS or any(len(c) > 2 for c in columns):
                        raise UsageError(f"{path} 的表太宽,不是由存储导出的台账")
    except OSError as error:
        raise UsageError(f"打不开 {path}:{error.strerror or error};请检查路径") from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise UsageError(f"{path} 不是完好的 xlsx 文件;请在 Excel 里另存为 xlsx 后再导入") from error


def _table_of(sheet: str) -> str | None:
    """The table of a sheet, also of one that goes on: 任务台账(2)."""
    title = re.sub(r"\(\d+\)$", "", sheet)
    return next((s["table"] for s in sheets(True) if s["title"] == title), None)


def _letter(at: int) -> str:
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _sheet(
    table: str, name: str, heads: list[str], grid: list[list[Any]], lines: list[Line], problems: list[Problem]
) -> None:
    columns = columns_of(table)
    missing = [c["header"] for c in columns if c["header"] not in heads]
    again = sorted({h for h in heads if h and heads.count(h) > 1} & {c["header"] for c in columns})
    if missing or again:
        told = f"缺少「{'」「'.join(missing)}」列" if missing else f"「{'」「'.join(again)}」列有几个"
        problems.append(Problem(f"{name}!A1", f"{told},表头不能改;请重新导出"))
        return
    places = {c["key"]: heads.index(c["header"]) for c in columns}
    letters = {key: _letter(at) for key, at in places.items()}
    key = columns[-1]["key"]
    assert key == "check"
    row_key = _id_key(table)
    open_ = [c["key"] for c in columns if changeable(c)]
    for number, row in enumerate(grid, start=2):
        values = {k: row[at] for k, at in places.items()}
        cells = {k: said(v) for k, v in values.items()}
        if not any(cells.values()):
            continue
        check = checked(cells["check"], [values[k] for k in open_])
        if check is None or not cells[row_key]:
            if any(cells[k] for k in open_):
                problems.append(Problem(f"{name}!A{number}", "这一行没有编号;不能在台账里加行,漏摘的请在核对页面上补"))
            continue
        if bound(cells[row_key], values["sentence"]) != check.bound:
            told = "编号与原文对不上:原文被改过,或排序时没有选中所有的列"
            problems.append(Problem(f"{name}!{letters['sentence']}{number}", told))
            continue
        touched = frozenset(open_[n] for n in check.touched)
        lines.append(Line(table, name, number, letters, cells, cells[row_key], cells["doc_id"], check.stamps, touched))


def _id_key(table: str) -> str:
    from extractors.schema import TABLES  # noqa: PLC0415

    return TABLES[table].key[0]


def _twice(lines: list[Line]) -> Iterator[Problem]:
    """Rows that were copied and changed in different ways."""
    seen: dict[tuple[str, str], Line] = {}
    for line in lines:
        first = seen.setdefault((line.table, line.row_id), line)
        if first is not line and any(first.cells[k] != line.cells[k] for k in line.cells if k != "ordinal"):
            yield Problem(
                line.at("action" if "action" in line.cells else "ordinal"),
                f"与第 {first.number} 行编号相同而内容不同;请只留一行",
            )
