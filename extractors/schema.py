"""The one declaration of the output tables.

Rows are the dataclasses below; every field carries its Chinese header, its type and what it means. CSV, XLSX, Parquet,
Table Schema and the tables page of the docs are all made from here, so a column is added in one place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Literal

ColumnType = Literal["string", "integer", "decimal", "number"]

DOCUMENT_KINDS = ("plan", "summary", "plan_and_summary", "notice", "speech", "other")
YEAR_SOURCES = ("title", "dateline", "text", "filename", "option", "none")
QUALITY_FLAGS = {
    "redacted": "有被抹去的字(**市、_年)",
    "numerals_lost": "数字整体丢失",
    "scrambled": "段落次序错乱",
    "pinyin_noise": "夹有拼音,如 創(chuàng)",
    "traditional": "繁体字",
    "percent_lost": "百分号丢失",
    "boilerplate": "正文前后或中间有网站文字",
    "truncated": "正文不完整",
    "ocr": "由扫描件识别而来",
    "mojibake": "有乱码",
    "hidden": "含隐藏的行、列或工作表",
}
BOUNDS = ("eq", "approx", "ge", "le", "range")
STATUSES = ("target", "actual", "rule", "other")
CHANGES = ("", "up", "down")
DEADLINE_KINDS = ("by", "in", "every", "within", "from")
ROLES = ("lead", "responsible", "assist", "supervise")
TASK_STATUSES = ("planned", "ongoing", "done")
PROGRESS_STATES = ("met", "on_track", "behind", "missed", "no_report", "")
REJECT_REASONS = {
    "empty": ("文件是空的", "请重新提交有内容的文件"),
    "unreadable": ("文件损坏,无法读取", "请用原程序打开检查,另存后重新提交"),
    "encrypted": ("文件有密码", "请取消密码后重新提交"),
    "truncated": ("文件不完整", "请重新上传完整的文件"),
    "unknown_type": ("认不出的文件类型", "请另存为 docx、pdf、xlsx 或 txt 后提交"),
    "unsupported": ("暂不支持的文件类型", "请另存为 docx、pdf、xlsx 或 txt 后提交"),
    "too_large": ("文件过大", "请拆分后提交"),
    "archive_limit": ("压缩包超出限制", "请解压后分批提交"),
    "timeout": ("读取超时", "请拆分或简化后提交"),
    "memory": ("读取时内存不足", "请拆分后提交"),
    "crash": ("读取时程序出错", "请另存为其他格式后提交,并告知管理员"),
    "no_text": ("没有可读的文字", "如为扫描件,请提交可复制文字的版本"),
    "duplicate": ("与另一文件内容完全相同", "无需处理"),
}


def column(
    header: str, doc: str, *, type: ColumnType = "string", vocabulary: tuple[str, ...] = (), default: Any = ""
) -> Any:
    """A field of a row with its Chinese header, meaning, type and, where closed, its vocabulary."""
    return field(default=default, metadata={"header": header, "doc": doc, "type": type, "vocabulary": vocabulary})


def row_id(doc_id: str, table: str, start: int, end: int, key: str, ordinal: int = 0) -> str:
    """Stable id of a row: a hash of document, table, place, kind or role and ordinal at that place."""
    digest = _stem(doc_id, table)
    digest.update(f"{start}|{end}|{key}|{ordinal}".encode())
    return digest.hexdigest()


def row_ids(doc_id: str, table: str, places: Iterable[tuple[int, int, str]], seen: dict[str, int]) -> Iterator[str]:
    """The same of many rows of a document by (start, end, kind or role). ``seen`` counts the rows of the table at each
    place, over several calls."""
    copy = _stem(doc_id, table).copy
    named = [f"{start}|{end}|{key}|0" for start, end, key in places]
    if seen or len(set(named)) < len(named):  # seldom: two rows at one place
        named = [f"{place[:-1]}{_again(place, seen)}" for place in named]
    else:
        seen.update(dict.fromkeys(named, 0))
    for place in named:
        digest = copy()
        digest.update(place.encode())
        yield digest.hexdigest()


def _again(place: str, seen: dict[str, int]) -> int:
    """How many rows there were at a place before this one."""
    ordinal = seen[place] = seen.get(place, -1) + 1
    return ordinal


def _stem(doc_id: str, table: str) -> hashlib.blake2b:
    return hashlib.blake2b(f"{doc_id}|{table}|".encode(), digest_size=8)


@dataclass(slots=True)
class Row:
    """A row of any table."""


@dataclass(slots=True)
class Place(Row):
    """What every row tied to a place in the source carries."""

    doc_id: str = column("文件编号", "first 16 hex digits of the SHA-256 of the file's bytes")
    part: int = column("篇次", "1-based sub-document of the file", type="integer", default=1)
    section: str = column("章节", "heading path joined by ' > '")
    start: int = column("起", "first code point in the source text, 0-based", type="integer", default=0)
    end: int = column("止", "code point after the last", type="integer", default=0)
    quote: str = column("原文", "text[start:end], exactly")
    sentence: str = column("所在句", "the source sentence or table row around it")
    place: str = column("表格位置", "表2 第5行第3列 or Sheet1!C5, else empty")
    page: int | None = column("页码", "1-based page where the format has pages", type="integer", default=None)
    rule: str = column("规则", "the rule that found it")
    cue: str = column("线索", "the words that led there")
    confidence: float = column("把握", "0 to 1; below 0.5 a candidate", type="number", default=1.0)


@dataclass(slots=True)
class DocumentRow(Row):
    """One row a part."""

    doc_id: str = column("文件编号", "first 16 hex digits of the SHA-256 of the file's bytes")
    part: int = column("篇次", "1-based sub-document of the file", type="integer", default=1)
    source: str = column("来源文件", "path relative to the input root; members of containers as archive.zip!a/b.docx")
    title: str = column("标题", "the title of the part, empty if it has none")
    kind: str = column("文种", "what it holds", vocabulary=DOCUMENT_KINDS)
    issuer: str = column("发文单位", "who issued it")
    date: str = column("成文日期", "EDTF or empty")
    year: int | None = column("年度", "the plan's year, else the reported year", type="integer", default=None)
    years: str = column("分节年度", "section=year;… where sections differ")
    year_source: str = column("年度来源", "where the year came from", vocabulary=YEAR_SOURCES, default="none")
    start: int = column("起", "first code point of the part", type="integer", default=0)
    end: int = column("止", "code point after its last", type="integer", default=0)
    n_chars: int = column("字数", "end - start", type="integer", default=0)
    pages: int | None = column("页数", "pages of the file where the format has pages", type="integer", default=None)
    quality: str = column("质量标记", "space-separated flags")
    warnings: str = column("警告", "code=count, separated by spaces")


@dataclass(slots=True)
class FigureRow(Place):
    """One row a number that measures something."""

    figure_id: str = column("数字编号", "stable id")
    indicator: str = column("指标", "what is measured, in the document's own words, without the number")
    value_low: Decimal | None = column("下限值", "plain decimal, magnitudes folded in", type="decimal", default=None)
    value_high: Decimal | None = column(
        "上限值", "equal to the lower one for a single value", type="decimal", default=None
    )
    unit: str = column("计量单位", "canonical, without magnitude")
    bound: str = column("界限", "eq approx ge le range", vocabulary=BOUNDS, default="eq")
    status: str = column("性质", "target actual rule other", vocabulary=STATUSES, default="other")
    change: str = column("增减", "up or down when the number is a change", vocabulary=CHANGES)
    basis: str = column("对比基准", "同比, 环比 or the text of what it is compared with")
    period_start: str = column("所属期起", "ISO date, XXXX for an unknown year")
    period_end: str = column("所属期止", "ISO date, XXXX for an unknown year")
    task_id: str = column("任务编号", "the task it belongs to")


@dataclass(slots=True)
class DeadlineRow(Place):
    """One row a time limit on planned, required or promised work."""

    deadline_id: str = column("时限编号", "stable id")
    kind: str = column("时限类型", "by in every within from", vocabulary=DEADLINE_KINDS, default="by")
    due_start: str = column("开始日期", "ISO date, XXXX for an unknown year")
    due_end: str = column("截止日期", "ISO date, XXXX for an unknown year")
    rrule: str = column("重复规则", "RFC 5545")
    duration: str = column("期限", "ISO 8601")
    action: str = column("事项", "what must be done by then, at most 60 characters")
    task_id: str = column("任务编号", "the task it belongs to")


@dataclass(slots=True)
class UnitRow(Place):
    """One row a mention of an organisation accountable for planned or required work."""

    unit_id: str = column("单位编号", "stable id")
    name: str = column("单位", "the mention")
    canonical: str = column("单位全称", "the longest form of that body in the same document")
    role: str = column("职责", "lead responsible assist supervise", vocabulary=ROLES, default="responsible")
    action: str = column("事项", "main verb phrase of the unit's clause, at most 60 characters")
    task_id: str = column("任务编号", "the task it belongs to")


@dataclass(slots=True)
class TaskRow(Place):
    """One row an action of the work ledger."""

    task_id: str = column("任务编号", "stable id")
    action: str = column("工作任务", "the action")
    status: str = column("状态", "planned ongoing done", vocabulary=TASK_STATUSES, default="planned")
    lead_units: str = column("牵头单位", "joined by ;")
    responsible_units: str = column("责任单位", "joined by ;")
    assist_units: str = column("配合单位", "joined by ;")
    supervise_units: str = column("督导单位", "joined by ;")
    persons: str = column("责任人", "persons named, joined by ;")
    due_start: str = column("开始日期", "earliest start")
    due_end: str = column("完成时限", "latest end")
    rrule: str = column("重复规则", "RFC 5545")
    figures: str = column("目标值", "readable, joined by ;")
    figure_ids: str = column("数字编号", "joined by ;")
    deadline_ids: str = column("时限编号", "joined by ;")
    unit_ids: str = column("单位编号", "joined by ;")


@dataclass(slots=True)
class ProgressRow(Row):
    """A target against a result, within or across documents."""

    indicator: str = column("指标", "the target's indicator")
    unit: str = column("计量单位", "canonical")
    target_value: Decimal | None = column("目标值", "plain decimal", type="decimal", default=None)
    target_doc_id: str = column("目标文件", "doc_id")
    target_figure_id: str = column("目标数字编号", "figure_id")
    actual_value: Decimal | None = column("完成值", "plain decimal", type="decimal", default=None)
    actual_doc_id: str = column("完成文件", "doc_id")
    actual_figure_id: str = column("完成数字编号", "figure_id")
    period: str = column("所属期", "start/end")
    completion: float | None = column(
        "完成率", "actual / target, empty where it cannot be computed", type="number", default=None
    )
    state: str = column("进度", "met on_track behind missed no_report", vocabulary=PROGRESS_STATES)
    confidence: float = column("把握", "0 to 1", type="number", default=1.0)


@dataclass(slots=True)
class RejectRow(Row):
    """One row an input that gave no tables."""

    source: str = column("来源文件", "path relative to the input root")
    doc_id: str = column("文件编号", "first 16 hex digits of the SHA-256, empty if it could not be read")
    reason: str = column("原因代码", "stable code", vocabulary=tuple(REJECT_REASONS))
    detail: str = column("说明", "one clear line")
    advice: str = column("处理办法", "what the submitter should do")


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table: its name, its sheet in the ledger, its row type and its key."""

    name: str
    sheet: str
    row: type[Row]
    key: tuple[str, ...]


TABLES: dict[str, TableSpec] = {
    t.name: t
    for t in (
        TableSpec("documents", "文件", DocumentRow, ("doc_id", "part")),
        TableSpec("figures", "指标数字", FigureRow, ("figure_id",)),
        TableSpec("deadlines", "时限", DeadlineRow, ("deadline_id",)),
        TableSpec("units", "责任单位", UnitRow, ("unit_id",)),
        TableSpec("tasks", "任务台账", TaskRow, ("task_id",)),
        TableSpec("progress", "进度对照", ProgressRow, ("target_figure_id", "actual_figure_id")),
        TableSpec("rejects", "退件", RejectRow, ("source",)),
    )
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the exporters see it."""

    name: str
    header: str
    doc: str
    type: ColumnType
    vocabulary: tuple[str, ...]


def columns(table: str) -> Iterator[Column]:
    """Columns of a table, ids first, then in declaration order."""
    declared = [Column(f.name, **f.metadata) for f in fields(TABLES[table].row)]
    key = TABLES[table].key
    yield from sorted(declared, key=lambda c: c.name not in key)
