"""One document taken out for good: store, its file, the night's output, logs. A killed purge is completed by the next.

Logs are cleaned first, since only the store still knows the names; then the store loses the document in one transaction;
then its file is rewritten and the output made anew, which the tombstone notes at the end.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from pipeline import logs, nightly
from pipeline.errors import UsageError
from pipeline.inputs import printable
from pipeline.nightly_config import Nightly
from pipeline.store import Store, purging, tombstones
from pipeline.store.compacting import compact
from pipeline.store.migrate import kept_beside
from pipeline.store.purging import Match, Scope
from pipeline.upkeep.redaction import Redactor
from pipeline.worker import doc_id_of


@dataclass(slots=True)
class Purged:
    """What went, and what could not: ``originals`` still lie in an inbox, ``others`` hold or held the same text."""

    documents: int = 0
    doc_ids: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    originals: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    backups: list[str] = field(default_factory=list)
    output: str = ""


class SeveralError(UsageError):
    """A name means more than one document; ``matches`` says which."""

    def __init__(self, wanted: str, matches: list[Match]) -> None:
        super().__init__(f"{wanted} 有 {len(matches)} 份材料,什么都没有清除;请写完整的路径或文件编号")
        self.matches = matches


def look(store: Store, wanted: str) -> Scope | None:
    """What would go; None where there is nothing of the name. Raises SeveralError."""
    path = printable(os.path.abspath(wanted))  # noqa: PTH100 (links stay as named)
    with store.reader() as connection:
        found = purging.matches(connection, wanted, path)
        if not found:
            return None
        if len(found) > 1 and any(wanted not in i for i in _ids(connection, found)):
            raise SeveralError(wanted, found)
        return purging.scope(connection, found)


def _ids(connection: Connection, found: list[Match]) -> list[set[str]]:
    """The hashes of each match: copies of the same bytes were named by it."""
    return [purging.scope(connection, [m]).doc_ids for m in found]


def purge(
    store: Store, settings: Nightly | None, wanted: str, why: str, who: str, now: datetime, originals: bool, wait: float
) -> Purged:
    """Purge what ``wanted`` (a doc_id, path or source) means. Raises SeveralError, UsageError, LockedError, RunError, OSError."""
    stamp = now.isoformat(timespec="seconds")
    with store.run_lock():
        scope = look(store, wanted)
        if scope is None and not _unfinished(store, wanted):
            raise UsageError(f"存储 {store.name} 里没有 {wanted};请写文件编号、路径或来源文件名")
        done = Purged()
        if scope is not None:
            if len(why) >= 4 and any(why in w for w in scope.words):
                raise UsageError("理由里不要写材料里的话,它会一直留着;请换一个说法")
            redactor = Redactor(scope.names | scope.doc_ids, scope.words)
            for path in logs.files(settings.log.folder) if settings is not None and settings.log is not None else ():
                redactor.log(path)
            done = _told(scope, originals)
            store.write(lambda connection: _remove(connection, scope, redactor, stamp, who, why))
        compact(store, wait)
        if settings is not None and nightly.republish(store, settings):
            done.output = str(settings.out)
        if settings is not None and settings.backups.is_dir():
            done.backups = sorted(str(p) for p in settings.backups.glob("*.tzbak"))
        if store.file is not None:
            done.backups += map(str, kept_beside(store.file))
        store.write(lambda connection: tombstones.finish(connection, stamp))
    return done


def _unfinished(store: Store, wanted: str) -> bool:
    """Whether the document is purged already, or another purge was killed before its end."""
    with store.reader() as connection:
        stones = tombstones.tombstones(connection)
    return any(s.doc_id == wanted or not s.finished for s in stones)


def _remove(connection: Connection, scope: Scope, redactor: Redactor, now: str, who: str, why: str) -> None:
    for run_id, report, links in purging.reports(connection):
        kept, kept_links = redactor.text(report), redactor.text(links)
        if (kept, kept_links) != (report, links):
            purging.rewrite_report(connection, run_id, kept, kept_links)
    purging.purge(connection, scope, now, who, why)


def _told(scope: Scope, originals: bool) -> Purged:
    done = Purged(len(scope.documents), sorted(scope.doc_ids), sorted(scope.names), others=sorted(set(scope.others)))
    for name in sorted(scope.names):
        path = Path(name)
        if not path.is_absolute() or not path.is_file() or doc_id_of(path.read_bytes()) not in scope.doc_ids:
            continue
        if originals:
            path.unlink()
            done.removed.append(name)
        else:
            done.originals.append(name)
    return done
