"""A changed ledger into the store: all of it, or, where something is wrong with it, nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from extractors.schema import ProgressRow, Row
from pipeline.rendering.ledger import cells
from pipeline.rendering.returning import Kept
from pipeline.roundtrip.keeping import kept
from pipeline.roundtrip.wanted import Wanted, wanted
from pipeline.roundtrip.workbook import Line, Problem
from pipeline.store import followups
from pipeline.store.deciding import Wish, decide_all, lock
from pipeline.store.dossier import Dossier, dossier
from pipeline.store.followups import NOTHING, Record
from pipeline.store.marks import Spot
from pipeline.store.outcomes import DECLARED
from pipeline.store.schema import PROGRESS
from pipeline.verdicts.effective import Judged
from pipeline.verdicts.ruling import JUDGED, key_of
from pipeline.worker import Outcome


@dataclass(slots=True)
class Taken:
    """What came of an import; ``problems`` in the order of the workbook. Without them, or where they were to be passed
    over, ``decisions`` and ``follow_ups`` are in the store."""

    rows: int
    decisions: int = 0
    follow_ups: int = 0
    problems: list[Problem] = field(default_factory=list)


def take(
    connection: Connection, lines: Sequence[Line], problems: Sequence[Problem], who: str, now: str, program: str,
    pass_over: bool = False,
) -> Taken:  # fmt: skip
    """Take the changes of these lines over, inside the connection's write transaction. With problems nothing is, unless
    ``pass_over``: then all rows without one are."""
    lock(connection)
    changed: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.touched:
            changed[line.doc_id].append(line)
    taken = Taken(len(lines), problems=list(problems))
    ready: list[tuple[Dossier, list[Wanted]]] = []
    for doc_id, of_document in changed.items():
        one = dossier(connection, doc_id)
        if one is None:
            told = "这一行的材料已不在台账里(撤下了,或有了新的版本);请重新导出"
            taken.problems += [Problem(line.at("ordinal"), told) for line in of_document]
            continue
        ready.append((one, _compared(connection, one, of_document, taken.problems)))
    if taken.problems and not pass_over:
        return taken
    for one, found in ready:
        wishes = [_wish(w, who, now) for w in found if w.verdict]
        decide_all(connection, one, wishes, now, program)
        taken.decisions += len(wishes)
        for w in found:
            if w.follow_up is not None:
                row = one.find("tasks", w.line.row_id)
                assert row is not None
                spot = Spot("tasks", row.row_id, one.path, one.version, one.doc_id, row.row.start, row.row.end)
                followups.record(connection, spot, w.follow_up, one.text, who, now, program)
                taken.follow_ups += 1
    return taken


def _compared(connection: Connection, one: Dossier, lines: list[Line], problems: list[Problem]) -> list[Wanted]:
    """What the lines want of the rows of a document; what cannot be goes to ``problems``."""
    followed = followups.current(connection, [line.row_id for line in lines if line.table == "tasks"])
    shown = _shown(connection, one, followed)
    found = []
    for line in lines:
        row = one.find(line.table, line.row_id)
        if row is None or line.row_id not in shown[line.table]:
            problems.append(Problem(line.at("ordinal"), "这一行已不在台账里;请重新导出"))
            continue
        record = followed.get(line.row_id) if line.table == "tasks" else None
        wish, wrong = wanted(line, row, shown[line.table][line.row_id], record.now if record else NOTHING)
        now = _kept(row, record).stamps
        of_review = (wish.verdict or wrong) and now[0] != line.stamps[0]
        of_follow_up = (wish.follow_up is not None or wrong) and now[1] != line.stamps[1]
        if of_review or of_follow_up:
            who = (row.who if of_review else "") or (record.who if record and of_follow_up else "")
            told = f"这一行在导出以后已被{who or '别人'}改过;请重新导出,再改一次"
            wrong = [Problem(line.at("verdict" if of_review else "status"), told)]
        problems += wrong
        if not wrong and not wish.nothing:
            found.append(wish)
    return found


def _kept(row: Judged, record: Record | None) -> Kept:
    return kept(row.table, row.row, row.state, row.mark, record)


def _shown(connection: Connection, one: Dossier, followed: dict[str, Record]) -> dict[str, dict[str, dict[str, Any]]]:
    """What the ledger would show of a document now, rows that were rejected included: by table, id and column."""
    rows = {t: [astuple(j.row) for j in one.judged[t]] for t in JUDGED}
    outcome = Outcome(one.source, one.doc_id, rows, one.text.encode())
    names = DECLARED["progress"]
    query = select(*(PROGRESS.c[n] for n in names)).where(PROGRESS.c.target_doc_id == one.doc_id)
    states = {p.target_figure_id: p for p in (ProgressRow(*row) for row in connection.execute(query))}
    judged = {(j.table, j.row_id): j for t in JUDGED for j in one.judged[t]}

    def standing(table: str, row: Row) -> Kept:
        j = judged[table, key_of(table, row)]
        return _kept(j, followed.get(j.row_id) if table == "tasks" else None)

    return {t: cells(outcome, states, t, standing) for t in JUDGED if t != "documents"}


def _wish(w: Wanted, who: str, now: str) -> Wish:
    line = w.line
    return Wish(line.doc_id, w.verdict, line.table, line.row_id, who, f"import {now} {line.row_id}", None, w.after)
