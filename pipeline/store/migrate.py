"""The store's schema from whatever revision it is at to the one of this program."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
from importlib.resources import files
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from pipeline.errors import RunError, UsageError

HEAD = "0008"  # the newest file in migrations/versions; a test compares


def revision(connection: Connection) -> str:
    """The revision that a database is at, empty for a database without tables of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def bring_up(connection: Connection, name: str, to: str = HEAD) -> bool:
    """Migrate inside the connection's transaction, as far as the revision ``to``; whether anything was done.

    ``name`` is how the store is called in messages. Raises UsageError for a database of a newer program or of somebody else.
    """
    at = revision(connection)
    if at == to:
        return False
    check(connection, name)
    from alembic import command  # noqa: PLC0415 (heavy, and seldom needed)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(files("pipeline.store").joinpath("migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    return True


def check(connection: Connection, name: str) -> None:
    """Raise UsageError for a database of a newer program or of somebody else."""
    at = revision(connection)
    if not at and (others := inspect(connection).get_table_names()):
        raise UsageError(f"{name} 里已有别的表({others[0]} 等),不是台账的存储;请换一个")
    if at and (not at.isdigit() or at > HEAD):
        raise UsageError(f"{name} 是更新版本的程序建的(结构 {at},本程序到 {HEAD});请升级 taizhang")


def keep_beside(database: Path, at: str) -> Path:
    """Copy a SQLite file of the revision ``at`` beside itself, as it stands at one moment; the copy, whole or not there.
    Raises RunError, OSError."""
    copy = database.with_name(f"{database.name}.{at}{_KEPT}")
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    try:
        with contextlib.closing(sqlite3.connect(draft)) as to, contextlib.closing(sqlite3.connect(database)) as source:
            source.backup(to)
        shutil.copymode(database, draft)
        draft.replace(copy)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    except sqlite3.Error as error:
        draft.unlink(missing_ok=True)
        if "full" in str(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(copy)) from error
        raise RunError(f"升级前不能把存储 {database} 另存为 {copy.name}:{error};存储没有动") from error
    return copy


def kept_beside(database: Path) -> list[Path]:
    """The copies that :func:`keep_beside` left."""
    return sorted(p for p in database.parent.glob(f"*{_KEPT}") if p.name.startswith(f"{database.name}."))


_KEPT = ".bak"
