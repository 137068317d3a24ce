"""The store as the exporters see it: like the journal of a run over the inputs that count on a day."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from pipeline import output, run
from pipeline.config import Settings
from pipeline.journal import Entry
from pipeline.merge import Merge
from pipeline.roundtrip.keeping import standing
from pipeline.run import Summary
from pipeline.store import Store, inputs, matches, outcomes, reviewed, runs
from pipeline.worker import Outcome


class StoredJournal:
    """What :class:`pipeline.merge.Merge` reads of a journal, from readings in a store."""

    def __init__(self, connection: Connection, versions: Sequence[str], as_of: str = "") -> None:
        self._connection, self._versions, self._as_of = connection, versions, as_of

    def entries(self) -> list[Entry]:
        """Heads of all outcomes in input order."""
        heads = outcomes.entries(self._connection, self._versions)
        return [
            replace(entry, ordinal=ordinal)
            for ordinal, version in enumerate(self._versions)
            for entry in heads.get(version, ())
        ]

    def outcomes(self, _rendered: str = "", _rows: Container[str] | None = None) -> Iterator[Outcome]:
        """All outcomes in input order with the decisions on them, a few hundred in memory at a time."""
        for _, found in reviewed.load(self._connection, self._versions, as_of=self._as_of):
            yield from found


def merged(connection: Connection, as_of: str = "") -> Merge:
    """The documents that count now, or did at the end of the day ``as_of`` (ISO)."""
    journal = StoredJournal(connection, [k.version for k in inputs.current(connection, as_of)], as_of)
    return Merge(journal, journal.entries())


def export(store: Store, out: Path, settings: Settings, as_of: str = "") -> Summary:
    """Write the tables and files that ``taizhang extract`` would have written over the inboxes. Raises RunError, OSError."""
    out = out.resolve()
    with store.reader() as connection:
        last = runs.last(connection, as_of)
        state = f"export|{last.run_id if last else ''}|{reviewed.last_number(connection)}|{as_of}|{settings}"
        with output.workspace(out, state) as partial:
            summary = write(connection, output.fresh(partial), out, settings, as_of)
            output.publish(partial, out)
    return summary


def write(connection: Connection, new: Path, out: Path, settings: Settings, as_of: str = "") -> Summary:
    """Write the tables into ``new``, which will stand at ``out``."""
    merge = merged(connection, as_of)
    settings = _as_read(connection, settings, as_of)
    rows = run.write_tables(merge, new, settings, standing(connection, as_of), matches.pairs(connection, as_of))
    return describe(connection, new, out, settings, Written(merge.documents, merge.parts, merge.reasons, rows), as_of)


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in tables that are written: documents and their parts, rejects by reason, rows by table."""

    documents: int
    parts: int
    reasons: Mapping[str, int]
    rows: dict[str, int]


def describe(
    connection: Connection, new: Path, out: Path, settings: Settings, written: Written, as_of: str = ""
) -> Summary:
    """Write what describes the tables in ``new``."""
    last = runs.last(connection, as_of)
    summary = Summary(
        str(out), written.documents + sum(written.reasons.values()), written.documents, written.parts,
        last.ignored if last else 0, list(json.loads(last.links)) if last else [],
        dict(sorted(written.reasons.items())), written.rows,
    )  # fmt: skip
    run.describe(new, _as_read(connection, settings, as_of), summary)
    return summary


def _as_read(connection: Connection, settings: Settings, as_of: str) -> Settings:
    last = runs.last(connection, as_of)
    return replace(settings, year=json.loads(last.settings).get("year")) if last else settings
