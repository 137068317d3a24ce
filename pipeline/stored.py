"""The store as the exporters see it: like the journal of a run over the inputs that count on a day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from pipeline import output, run
from pipeline.config import Settings
from pipeline.journal import Entry
from pipeline.merge import Merge
from pipeline.roundtrip.keeping import standing
from pipeline.run import Summary
from pipeline.store import Store, inputs, outcomes, reviewed, runs
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

    def outcomes(self, _rendered: str = "") -> Iterator[Outcome]:
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
    return finish(connection, merge, new, out, settings, as_of, None)


def finish(
    connection: Connection, merge: Merge, new: Path, out: Path, settings: Settings, as_of: str,
    rows: dict[str, int] | None,
) -> Summary:  # fmt: skip
    """Write the tables, unless they are written already (``rows`` by table), and what describes them."""
    last = runs.last(connection, as_of)
    files = merge.documents + sum(merge.reasons.values())
    year = json.loads(last.settings).get("year") if last else settings.year
    links = list(json.loads(last.links)) if last else []
    summary = Summary(
        str(out), files, merge.documents, merge.parts, last.ignored if last else 0, links,
        dict(sorted(merge.reasons.items())),
    )  # fmt: skip
    settings = replace(settings, year=year)
    summary.rows = run.write_tables(merge, new, settings, standing(connection, as_of)) if rows is None else rows
    run.describe(new, settings, summary)
    return summary
