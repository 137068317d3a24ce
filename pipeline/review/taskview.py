"""A task of the ledger as the page shows it: when it is due, how it stands, in colours of supervision and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from pipeline.rendering.ledger import look
from pipeline.rendering.ledger_rows import readable
from pipeline.store import followups, tasklist
from pipeline.store.followups import Record
from pipeline.store.tasklist import UNDATED, Days

COLUMNS = (
    "工作任务",
    "目标值",
    "牵头单位",
    "责任单位",
    "配合单位",
    "完成时限",
    "时限原文",
    "提示",
    "状态",
    "进展情况",
    "备注",
    "来源文件",
    "页码",
)


@dataclass(frozen=True, slots=True)
class View:
    """A task, ready to be shown. ``tone`` is late, behind, near, good or empty; ``hint`` says the same in words."""

    task_id: str
    doc_id: str
    action: str
    figures: str
    lead: str
    responsible: str
    assist: str
    due: str
    due_quote: str
    planned: str
    tone: str
    hint: str
    state: str
    progress: str
    remark: str
    source: str
    title: str
    page: int | None
    group: str

    def cells(self) -> tuple[Any, ...]:
        """In the order of COLUMNS."""
        return (
            self.action, self.figures, self.lead, self.responsible, self.assist, self.due, self.due_quote, self.hint,
            self.state, self.progress, self.remark, self.source, self.page,
        )  # fmt: skip


def views(connection: Connection, rows: Sequence[Any], days: Days, group: str) -> list[View]:
    """Rows of the list as they are shown."""
    records = followups.current(connection, [r.task_id for r in rows if r.state or r.new_date])
    states = tasklist.short(connection, sorted({i for r in rows for i in r.figure_ids.split(";") if i}))
    quotes = tasklist.quotes(connection, rows)
    return [_view(r, records.get(r.task_id), states, quotes, days, group) for r in rows]


def _view(
    r: Any, record: Record | None, states: Mapping[str, Any], quotes: Mapping[str, str], days: Days, group: str
) -> View:
    words = look()["words"]
    compared = [states[i] for i in r.figure_ids.split(";") if i in states]
    tone, hint = _hint(r, compared, days)
    now = record.now if record else followups.NOTHING
    told = [x for x in (now.progress, f"目前 {now.value}" if now.value else "") if x] or [_told(p) for p in compared]
    moved = f"延期至 {now.new_date}:{now.reason}" if now.new_date else ""
    due = "" if r.due_key == UNDATED else r.due_key
    groups = {"unit": _units(r.unit_key) or "未写单位", "month": due[:7] or "没有日期"}
    return View(
        r.task_id, r.doc_id, r.action or r.quote, _units(r.figures), _units(r.lead_units), _units(r.responsible_units),
        _units(r.assist_units), due, ";".join(dict.fromkeys(quotes[i] for i in r.deadline_ids.split(";") if i in quotes)),
        r.due_end if now.new_date and r.due_end != now.new_date else "", tone, hint,
        words["follow_up"].get(r.state) or words["task_status"].get(r.status, r.status), "\n".join(t for t in told if t),
        "\n".join(x for x in (moved, f"佐证:{now.evidence}" if now.evidence else "") if x), r.source, r.title, r.page,
        groups.get(group, ""),
    )  # fmt: skip


def _units(joined: str) -> str:
    return joined.replace(";", "、")


def _told(p: Any) -> str:
    word = str(look()["words"]["state"].get(p.state, ""))
    if p.actual_value is None:
        return word
    share = f",完成率 {p.completion:.0%}" if p.completion is not None else ""
    return f"完成 {readable(p.actual_value, p.unit)}{share}" + (f",{word}" if word else "")


def _hint(r: Any, compared: Sequence[Any], days: Days) -> tuple[str, str]:
    """Overdue red, behind yellow, near blue, as supervision offices colour them; words first, since print is grey."""
    if r.done:
        return "good", "已完成"
    due = _day(r.due_key)
    today = date.fromisoformat(days.today)
    if due is not None and due < today and (not r.rrule or r.new_date):
        return "late", f"逾期 {(today - due).days} 天"
    behind = any(p.state in tasklist.BEHIND for p in compared)
    if behind:
        return "behind", "进度滞后"
    if due is not None and today <= due <= date.fromisoformat(days.soon):
        left = (due - today).days
        return "near", f"还剩 {left} 天" if left else "今天到期"
    if r.rrule:
        return "", "定期"
    return "", "" if due else "没有日期"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
