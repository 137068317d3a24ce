"""A backup of everything that cannot be made again: the store with its texts and decisions, the settings, the uploads.

The store is read in one transaction that sees one moment: on SQLite a reader of the write-ahead log, on PostgreSQL
REPEATABLE READ. Neither waits for writers nor lets them wait, so page and night go on meanwhile.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from pipeline.errors import UsageError
from pipeline.expansion import Expansion
from pipeline.nightly_config import Nightly
from pipeline.program import program_version
from pipeline.store import Store, dump, migrate, tombstones
from pipeline.upkeep import archive
from pipeline.worker import doc_id_of

SUFFIX = ".tzbak"
_SECONDS = 60.0  # for looking into one container
SETTINGS, ROSTER, STORE, UPLOADS = "settings/taizhang.toml", "settings/roster", "store", "uploads"
_OURS = re.compile(r"taizhang-\d{8}-\d{6}(?:-\d+)?" + re.escape(SUFFIX))


@dataclass(frozen=True, slots=True)
class Saved:
    """A finished backup: rows by table, and how many older ones made room for it."""

    file: Path
    bytes: int
    revision: str
    rows: dict[str, int]
    uploads: int
    removed: int = 0


def existing(url: str, busy: float) -> Store:
    """The store at ``url`` as it stands, not migrated. Raises UsageError where there is none."""
    store = Store(url, busy)
    if store.url.get_backend_name() == "sqlite" and not Path(str(store.url.database)).exists():
        raise UsageError(f"没有存储 {store.url.database};先运行 taizhang nightly,或检查地址")
    return store


def place(target: Path, now: datetime) -> Path:
    """The file of a backup: ``target`` itself, or a name that tells the time where it is a folder."""
    if not target.is_dir():
        return target
    stem = f"taizhang-{now:%Y%m%d-%H%M%S}"
    free = (target / f"{stem}{f'-{n}' if n else ''}{SUFFIX}" for n in range(10_000))
    return next(p for p in free if not p.exists())


def save(store: Store, settings: Nightly | None, file: Path, now: datetime) -> Saved:
    """Write a backup. Raises UsageError where ``file`` exists or there is no store, RunError, OSError."""
    manifest: dict[str, object] = {
        "version": program_version(), "created": now.isoformat(timespec="seconds"),
        "database": store.url.get_backend_name(),
    }  # fmt: skip
    rows: dict[str, int] = {}
    tables: dict[str, object] = {}
    uploads = 0
    with store.reader() as connection:
        revision = migrate.revision(connection)
        if not revision:
            raise UsageError(f"{store.name} 里还没有台账的表,没有可备份的;先运行 taizhang nightly")
        manifest |= {"revision": revision, "tables": tables}
        with archive.writing(file, manifest) as writer:
            for layout in dump.layouts(connection):
                name = f"{STORE}/{layout.name}.jsonl"
                rows[layout.name] = writer.add(name, dump.rows(connection, layout))
                tables[layout.name] = {"columns": layout.columns, "key": layout.key, "rows": rows[layout.name]}
            if settings is not None:
                writer.add_file(SETTINGS, settings.file)
                if settings.roster is not None and settings.roster.is_file():
                    manifest["roster"] = settings.roster.name
                    writer.add_file(f"{ROSTER}/{settings.roster.name}", settings.roster)
                bars = tombstones.barred(connection) if revision == migrate.HEAD else frozenset()
                for name, path in uploaded(settings):
                    if bars and _holds(path, bars):
                        continue
                    with suppress(FileNotFoundError):  # taken away meanwhile
                        writer.add_file(f"{UPLOADS}/{member(name)}", path)
                        uploads += 1
    return Saved(file, file.stat().st_size, revision, rows, uploads)


def member(name: str) -> str:
    """The name of a file as a member of the archive; one that is no plain UTF-8 text in percent signs, with one in front."""
    if name.isprintable() and not set(name) & {"%", "\\"}:
        return name
    return "%" + quote(os.fsencode(name), safe="/")


def file_of(member: str) -> str:
    """The name of a file from :func:`member`."""
    return os.fsdecode(unquote_to_bytes(member[1:])) if member.startswith("%") else member


def _holds(path: Path, bars: frozenset[str]) -> bool:
    """Whether a file is a purged document or a container with one in it."""
    try:
        data = path.read_bytes()
        if doc_id_of(data) in bars:
            return True
        leaves = Expansion(_SECONDS, (), lambda _step: None).leaves(data, path.name)
        return any(leaf.data is not None and doc_id_of(leaf.data) in bars for leaf in leaves)
    except Exception:  # what cannot be opened gave no document that could have been purged
        return False


def uploaded(settings: Nightly) -> Iterator[tuple[str, Path]]:
    """The files that came in through the page, with their names in its folder."""
    folder = settings.uploads
    if folder is not None:
        found = sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
        yield from ((p.relative_to(folder).as_posix(), p) for p in found)


def rotate(folder: Path, keep: int) -> int:
    """Remove all but the newest ``keep`` backups that were named by us (0: keep all); how many went."""
    ours = sorted(p for p in folder.iterdir() if _OURS.fullmatch(p.name))
    old = ours[:-keep] if keep else []
    for path in old:
        path.unlink()
    return len(old)
