"""From the store to the morning report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta

from sqlalchemy import Connection

from extractors.schema import REJECT_REASONS, ProgressRow
from pipeline import due, workdays
from pipeline.intake import Intake
from pipeline.rendering.ledger import look
from pipeline.rendering.ledger_rows import readable
from pipeline.report.changes import compare
from pipeline.report.data import DueLine, Report, TargetLine
from pipeline.roster import Roster
from pipeline.store import decisions, followed, followups, ledger, proposals
from pipeline.store.counting import Counting, counting
from pipeline.store.inputs import Change
from pipeline.store.outcomes import chunks, load
from pipeline.store.progress import Compared
from pipeline.store.rejects import standing_rejects

MAX_LINES = 200
NEAR, SOON, PAST = 7, 30, 365  # days
_GRAVITY = ("missed", "behind", "met", "on_track", "no_report", "")
_WORTH_SHOWING = ("missed", "behind")


def fill(
    report: Report, connection: Connection, changes: list[Change], night: Intake, roster: Roster | None, today: date,
    compared: Compared,
) -> None:  # fmt: skip
    """Complete a report of a night whose changes are in the store."""
    kinds = Counter(c.kind for c in changes)
    moved = {kind: kinds[kind] for kind in ("new", "changed", "gone", "renamed", "reread")}
    read = sum(moved.values()) - moved["gone"]
    unchanged = night.files - len(night.growing) - night.barred - read
    report.counts = {"files": night.files, "unchanged": unchanged, "growing": len(night.growing)} | moved
    named = [(c.kind, (c.after or c.before).source) for c in changes if c.kind != "reread"]  # type: ignore[union-attr]
    report.files = [{"kind": kind, "source": source} for kind, source in sorted(named)[:MAX_LINES]]
    report.growing = sorted(night.growing)[:MAX_LINES]
    report.missing_inboxes = night.missing
    if night.barred:
        report.notes.append(f"收件箱里有 {night.barred} 份已清除的材料,没有收入;请从收件箱删去")
    counted = counting(connection)
    _rejects(report, connection, changes, counted)
    found = compare(connection, changes)
    report.tables = {table: asdict(count) for table, count in found.counts.items()}
    report.altered = [asdict(a) for a in found.altered]
    report.due_7, report.due_30, report.overdue = due_lines(connection, roster, today, report.counts, counted)
    _targets(report, connection, compared.before, compared.after)
    if roster is not None:
        missing = roster.missing(ledger.documents(connection, counted=counted), today)
        report.counts["not_submitted"] = sum(m.late for m in missing)
        report.not_submitted = [
            {"unit": m.unit, "title": m.title, "due": m.due.isoformat(), "late": m.late}
            for m in missing
            if m.late or m.due <= today + timedelta(days=SOON)
        ][:MAX_LINES]
    report.proposals = [asdict(p) for p in proposals.unanswered(connection)][:MAX_LINES]
    lost = [s for s in decisions.standing(connection) if s.how == decisions.LOST]
    report.lost_decisions = [asdict(s) for s in lost[:MAX_LINES]]
    stray = followups.lost(connection)
    report.lost_decisions += [
        asdict(r) | {"verdict": "督办:" + look()["words"]["follow_up"].get(r.now.state, "")} for r in stray[:MAX_LINES]
    ]
    report.counts["lost_decisions"] = len(lost) + len(stray)


def _rejects(report: Report, connection: Connection, changes: list[Change], counted: Counting) -> None:
    fresh = [c.after for c in changes if c.after is not None and c.kind != "reread"]
    for chunk in chunks(sorted({k.version for k in fresh})):
        for _, outcomes in load(connection, chunk, (), texts=False):
            report.rejects += [
                {"source": o.source, "reason": o.reason, "detail": o.detail, "advice": REJECT_REASONS[o.reason][1]}
                for o in outcomes
                if o.reason
            ]
    report.counts["rejected"] = len(report.rejects)
    report.rejects = sorted(report.rejects, key=lambda r: r["source"])[:MAX_LINES]
    report.reject_reasons = standing_rejects(connection, counted)


def due_lines(
    connection: Connection, roster: Roster | None, today: date, counts: dict[str, int], counted: Counting
) -> tuple[list[DueLine], list[DueLine], list[DueLine]]:
    """Due within a week, within a month (after that week), and overdue, the latest first."""
    first, last = today - timedelta(days=PAST), today + timedelta(days=SOON)
    limits = followed.limits(connection, "", first.isoformat(), last.isoformat(), units=False, counted=counted)
    found, unknown = due.falling((x for x in limits if x.confidence >= 0.5), first, last)
    ahead = due.next_ones(d for d in found if d.day >= today and not d.done)
    late = sorted(due.overdue(found, today), key=lambda d: d.day, reverse=True)
    near = [d for d in ahead if d.day <= today + timedelta(days=NEAR)]
    soon = ahead[len(near) :]
    counts |= {
        "due_7": len(near), "due_30": len(ahead), "overdue": len(late),
        "undated": followed.undated(connection, counted) + sum("XXXX" not in x.due_start + x.due_end for x in unknown),
    }  # fmt: skip
    near, soon, late = near[:MAX_LINES], soon[:MAX_LINES], late[:MAX_LINES]
    ledger.name_units(connection, [d.limit for d in (*near, *soon, *late)])
    return (
        [line(d, roster, "near") for d in near],
        [line(d, roster) for d in soon],
        [line(d, roster, "late") for d in late],
    )


def line(found: due.Due, roster: Roster | None, tone: str = "") -> DueLine:
    """A line of the report, with units under their names in the roster."""
    limit = found.limit
    units = [roster.canonical(u) if roster else u for u in limit.units]
    working = workdays.last_workday(found.day)
    return DueLine(
        found.day.isoformat(), limit.action or limit.quote, list(dict.fromkeys(units)), limit.source, limit.quote,
        limit.page, limit.deadline_id, limit.doc_id,
        working.isoformat() if working is not None and working != found.day else "", tone,
        look()["words"]["follow_up"].get(limit.follow_up, ""), limit.planned,
    )  # fmt: skip


def _targets(
    report: Report, connection: Connection, before: dict[str, ProgressRow], after: dict[str, ProgressRow]
) -> None:
    report.targets = ledger.states(connection)
    moved = [
        (after[i], before[i].state if i in before else "")
        for i in after
        if after[i].state and (i not in before or before[i].state != after[i].state)
    ]
    names = ledger.sources(connection, {r.target_doc_id for r, _ in moved})
    moved.sort(key=lambda m: (_GRAVITY.index(m[0].state), names.get(m[0].target_doc_id, ""), m[0].target_figure_id))
    report.counts["target_changes"] = len(moved)
    report.target_changes = [target_line(r, b, names) for r, b in moved[:MAX_LINES]]
    standing = ledger.targets(connection, _WORTH_SHOWING, MAX_LINES)
    report.behind = [
        target_line(r, "", ledger.sources(connection, {x.target_doc_id for x in standing})) for r in standing
    ]


def target_line(row: ProgressRow, before: str, names: dict[str, str]) -> TargetLine:
    """A target with its result as people read them."""
    return TargetLine(
        row.indicator, readable(row.target_value, row.unit), readable(row.actual_value, row.unit),
        "" if row.completion is None else f"{row.completion:.0%}", row.state, before, names.get(row.target_doc_id, ""),
    )  # fmt: skip


def headline(report: Report) -> str:
    """The report in one line, for the log and the subject of the mail."""
    c = report.counts

    def told(pairs: Iterable[tuple[str, str]]) -> str:
        return ",".join(f"{word} {c.get(key, 0)}" for key, word in pairs if c.get(key))

    parts = told(
        (
            ("new", "新到"),
            ("changed", "更新"),
            ("gone", "撤下"),
            ("reread", "重读"),
            ("rejected", "退件"),
            ("growing", "未写完"),
        )
    )
    due_parts = told((("due_7", "7日内到期"), ("overdue", "逾期"), ("not_submitted", "未报送")))
    return ";".join(p for p in (parts or "没有新的材料", due_parts) if p)
