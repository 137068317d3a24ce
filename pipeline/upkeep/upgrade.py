"""The store brought to this program's schema, with a backup first that leads back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.nightly_config import Nightly
from pipeline.store import migrate
from pipeline.upkeep.backup import existing, place, save


@dataclass(frozen=True, slots=True)
class Upgraded:
    """From which revision to which; ``backup`` is None where nothing was to do."""

    store: str
    before: str
    after: str
    backup: Path | None


def upgrade(url: str, settings: Nightly | None, target: Path, now: datetime, busy: float) -> Upgraded:
    """Back up to ``target`` (a file or a folder), then migrate in one transaction. Raises UsageError, LockedError, RunError,
    OSError; the store is then as it was."""
    store = existing(url, busy)
    with store.reader() as connection:
        at = migrate.revision(connection)
        migrate.check(connection, store.name)
    if at in ("", migrate.HEAD):
        store.migrate()
        return Upgraded(store.name, at, migrate.HEAD, None)
    with store.run_lock():
        file = place(target, now)
        save(store, settings, file, now)
        store.migrate(keep=False)
    return Upgraded(store.name, at, migrate.HEAD, file)
