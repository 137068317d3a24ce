"""How rows stand in the store, as the ledger carries it."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlalchemy import Connection, select

from extractors.schema import Row
from pipeline.rendering.returning import Kept, digest
from pipeline.store import followups
from pipeline.store.followups import NOTHING, Record
from pipeline.store.schema import STANDINGS
from pipeline.verdicts.effective import PROPOSED
from pipeline.verdicts.ruling import DERIVED, key_of, snapshot


def kept(table: str, row: Row, state: str, mark: str, record: Record | None) -> Kept:
    """What people said of a row: ``state`` and ``mark`` of its review, and its follow-up."""
    own = {k: v for k, v in snapshot(table, row).items() if table != "tasks" or k not in DERIVED}
    content = json.dumps(own, ensure_ascii=False, sort_keys=True)
    stamps = digest(f"{content}|{mark}"), digest(record.followup_id) if record else ""
    now = record.now if record else NOTHING
    return Kept(state, now.state, now.progress, now.value, now.evidence, now.new_date, now.reason, stamps)


def standing(connection: Connection, as_of: str = "") -> Callable[[str, Row], Kept]:
    """How every row stands, for the whole ledger."""
    s = STANDINGS.c
    judged = {
        (t, i): (state, mark)
        for t, i, state, mark in connection.execute(select(s.table_name, s.row_id, s.state, s.mark))
    }
    followed = followups.current(connection, as_of=as_of)

    def of_row(table: str, row: Row) -> Kept:
        row_id = key_of(table, row)
        state, mark = judged.get((table, row_id), (PROPOSED, ""))
        return kept(table, row, state, mark, followed.get(row_id) if table == "tasks" else None)

    return of_row
