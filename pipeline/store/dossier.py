"""One document with everything that its review needs: text, rows, decisions, and where its file is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, or_, select

from extractors.schema import TABLES, Row
from pipeline.store.marks import LOST
from pipeline.store.outcomes import load
from pipeline.store.schema import ANCHORS, CURRENT, DECISIONS, INPUTS
from pipeline.verdicts.effective import Judged, judged
from pipeline.verdicts.ruling import JUDGED, Ruling


@dataclass
class Dossier:
    """A document that counts now. ``rows`` are as extracted; offsets count code points of ``text``."""

    version: str
    document: int
    path: str
    source: str
    doc_id: str
    sha256: str
    text: str
    rows: dict[str, list[Row]]
    rulings: list[Ruling] = field(default_factory=list)

    @cached_property
    def judged(self) -> dict[str, list[Judged]]:
        """Its rows with the decisions on them."""
        return judged(self.rows, self.rulings, self.text)

    def find(self, table: str, row_id: str) -> Judged | None:
        """One row of it."""
        return next((j for j in self.judged.get(table, ()) if j.row_id == row_id), None)


def dossier(connection: Connection, doc_id: str) -> Dossier | None:
    """The document with this id, None where none that counts has it."""
    c = CURRENT.c
    query = (
        select(c.version, c.document, c.path, c.source, INPUTS.c.sha256)
        .join(INPUTS, INPUTS.c.input_id == c.input_id)
        .where(c.doc_id == doc_id, c.reason == "")
        .order_by(c.source)
    )
    head = connection.execute(query).first()
    if head is None:
        return None
    return _opened(connection, head.version, head.document, head.path, head.sha256)


def dossiers(connection: Connection, versions: Sequence[str]) -> list[Dossier]:
    """All documents of these readings that count now and have decisions."""
    c = CURRENT.c
    decided = select(ANCHORS.c.doc_id).join(DECISIONS, DECISIONS.c.decision_id == ANCHORS.c.decision_id)
    query = (
        select(c.version, c.document, c.path, INPUTS.c.sha256)
        .join(INPUTS, INPUTS.c.input_id == c.input_id)
        .where(c.version.in_(versions), c.reason == "", c.doc_id.in_(decided))
        .order_by(c.source)
    )
    return [_opened(connection, *head) for head in list(connection.execute(query))]


def _opened(connection: Connection, version: str, document: int, path: str, sha256: str) -> Dossier:
    [(_, outcomes)] = load(connection, [version], JUDGED)
    o = outcomes[document]
    rows = {t: [TABLES[t].row(*values) for values in o.rows[t]] for t in JUDGED}
    rulings = rulings_on(connection, o.doc_id, path)
    return Dossier(version, document, path, o.source, o.doc_id, sha256, o.text.decode(), rows, rulings)


def rulings_on(connection: Connection, doc_id: str, path: str = "") -> list[Ruling]:
    """The decisions that stand on a document now, and those of its file that are lost, in order."""
    later = ANCHORS.alias("later")
    superseded = (
        select(later.c.decision_id)
        .where(later.c.decision_id == ANCHORS.c.decision_id, later.c.number > ANCHORS.c.number)
        .exists()
    )
    here = ANCHORS.c.doc_id == doc_id
    if path:
        here = or_(here, (ANCHORS.c.path == path) & (ANCHORS.c.how == LOST))
    query = (
        select(*RULING)
        .join(ANCHORS, ANCHORS.c.decision_id == DECISIONS.c.decision_id)
        .where(here, ~superseded)
        .order_by(DECISIONS.c.number)
    )
    return [ruling_of(row) for row in connection.execute(query)]


_D = DECISIONS.c
RULING = (  # the columns of a decision and its anchor that :func:`ruling_of` reads
    _D.decision_id, _D.number, _D.made_at, _D.who, _D.verdict, _D.table_name, ANCHORS.c.row_id, ANCHORS.c.start,
    ANCHORS.c.end, ANCHORS.c.quote, _D.quote.label("quote_then"), _D.doc_id.label("doc_id_then"), _D.before, _D.after,
    _D.reason, ANCHORS.c.how,
)  # fmt: skip


def ruling_of(row: Any) -> Ruling:
    """A ruling from a row of these columns."""
    values: list[Any] = list(row)
    before, after, reason, how = values[-4:]
    values[-4:] = [_json(before), _json(after), reason, how == LOST]
    return Ruling(*values)


def _json(text: str) -> dict[str, Any]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}
