"""What is in a store, counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, select

from pipeline.store import decisions, proposals, runs
from pipeline.store.counting import counting
from pipeline.store.inputs import current
from pipeline.store.outcomes import entries
from pipeline.store.rejects import standing_rejects
from pipeline.store.runs import Run
from pipeline.store.schema import DECISIONS, INPUTS


@dataclass(frozen=True, slots=True)
class Census:
    """Numbers of things, and the latest runs."""

    inputs: int
    versions: int
    documents: int
    rejects: int
    decisions: int
    lost: int
    proposals: int
    runs: list[Run]

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it, without the reports."""
        counts = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "runs"}
        return counts | {
            "runs": [
                {"run_id": r.run_id, "number": r.number, "started": r.started, "program": r.program} for r in self.runs
            ]
        }


def take(connection: Connection) -> Census:
    """Count."""

    def count(table: Table) -> int:
        return int(connection.execute(select(func.count()).select_from(table)).scalar() or 0)

    live = current(connection)
    rejected = sum(standing_rejects(connection, counting(connection)).values())
    outcomes = sum(len(found) for found in entries(connection, [k.version for k in live]).values())
    lost = sum(s.how == decisions.LOST for s in decisions.standing(connection))
    return Census(
        len(live), count(INPUTS), outcomes - rejected, rejected, count(DECISIONS), lost,
        len(proposals.unanswered(connection)), runs.history(connection, 5),
    )  # fmt: skip
