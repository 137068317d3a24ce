"""A backup put back: checked as a whole first, then the store in one transaction, on either database."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pipeline import nightly_config
from pipeline.errors import UsageError
from pipeline.inputs import printable
from pipeline.nightly_config import Nightly
from pipeline.store import Store, dump, migrate
from pipeline.store.dump import Layout
from pipeline.store.outcomes import present
from pipeline.store.tombstones import barred
from pipeline.upkeep.archive import Reader
from pipeline.upkeep.backup import ROSTER, SETTINGS, STORE, UPLOADS, file_of


@dataclass(slots=True)
class Restored:
    """What was put back; ``kept`` are files that stood there and were left alone, ``returned`` the ids of documents that had
    been purged from the store and are in it again."""

    store: str
    revision: str
    created: str
    rows: dict[str, int]
    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    uploads: int = 0


def restore(backup: Reader, url: str | None, config: Path | None, replace: bool, busy: float) -> Restored:
    """Put a backup back into the store of ``config`` or at ``url``.

    Settings are written where ``config`` is absent, else left alone. A store with rows is refused unless ``replace`` is
    set. Raises UsageError, LockedError, RunError, OSError; the store is then as it was.
    """
    fresh = _settings(backup, config)
    settings = nightly_config.load(config) if config is not None and config.exists() else None
    try:
        address = url or (settings.url if settings is not None else None)
        if address is None:
            raise UsageError("没有说恢复到哪里:加 --store 地址 或 --config taizhang.toml")
        found = _store(backup, Store(address, busy), replace)
    except BaseException:
        for path in fresh:
            path.unlink()
        raise
    found.written += [str(p) for p in fresh]
    if config is not None and not fresh and SETTINGS in backup.manifest["files"]:
        found.kept.append(str(config))
    if settings is not None:
        _uploads(backup, settings, found)
    return found


def _settings(backup: Reader, config: Path | None) -> list[Path]:
    """Write the settings where there are none, and the roster with them; what was written."""
    if config is None or config.exists() or SETTINGS not in backup.manifest["files"]:
        return []
    if not config.parent.is_dir():
        raise UsageError(f"没有文件夹 {config.parent},请先建好或换一个位置")
    _write(backup, SETTINGS, config)
    written = [config]
    roster = nightly_config.load(config).roster
    for name in backup.names(ROSTER):
        if roster is not None and roster.parent.is_dir() and not roster.exists():
            _write(backup, name, roster)
            written.append(roster)
    return written


def _store(backup: Reader, store: Store, replace: bool) -> Restored:
    revision = str(backup.manifest["revision"])
    if revision > migrate.HEAD:
        raise UsageError(f"备份 {backup.path} 是更新版本的程序做的(结构 {revision});请先升级 taizhang")
    if store.url.get_backend_name() == "sqlite" and not Path(str(store.url.database)).parent.is_dir():
        raise UsageError(f"没有文件夹 {Path(str(store.url.database)).parent},不能在里面建存储;请先建好")
    tables: dict[str, Any] = backup.manifest["tables"]
    returned: list[str] = []

    def work(connection: Connection) -> dict[str, int]:
        migrate.check(connection, store.name)
        bars = barred(connection) if migrate.revision(connection) == migrate.HEAD else frozenset()
        if migrate.revision(connection) and not replace and not dump.empty(connection):
            raise UsageError(f"存储 {store.name} 里已有内容,没有覆盖;确要用备份取代它,加 --replace")
        dump.clear(connection)
        migrate.bring_up(connection, store.name, revision)
        dump.wipe(connection)  # a migration may have put rows of its own
        rows = {}
        for name, noted in sorted(tables.items()):
            layout = Layout(name, tuple((c, kind) for c, kind in noted["columns"]), tuple(noted["key"]))
            rows[name] = dump.put(connection, layout, backup.lines(f"{STORE}/{name}.jsonl"))
        returned[:] = sorted(present(connection, bars))
        return rows

    with store.run_lock():
        rows = store.write(work)
    return Restored(store.name, revision, str(backup.manifest["created"]), rows, returned=returned)


def _uploads(backup: Reader, settings: Nightly, found: Restored) -> None:
    """Files that came in through the page, where they are not there already."""
    if settings.uploads is None:
        return
    for name in backup.names(UPLOADS):
        relative = file_of(name.removeprefix(f"{UPLOADS}/"))
        path = settings.uploads / relative
        if ".." in path.parts or path.exists():
            found.kept.append(printable(str(path)))
            continue
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(backup, name, path)
        found.uploads += 1


def _write(backup: Reader, name: str, path: Path) -> None:
    draft = path.with_name(f"{path.name}.draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for block in backup.blocks(name):
            file.write(block)
    draft.replace(path)
