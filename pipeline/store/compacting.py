"""What was deleted, gone from the files of a database as well."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Engine

from pipeline.errors import LockedError
from pipeline.store.engine import translated
from pipeline.store.schema import META
from pipeline.store.store import Store

_PAUSE = 0.2  # seconds between two tries to empty the write-ahead log


def compact(store: Store, wait: float) -> None:
    """Rewrite the database without what was deleted.

    SQLite: VACUUM, then the write-ahead log is emptied, for which no reader may be at an old state; LockedError where one
    still is after ``wait`` seconds. PostgreSQL: VACUUM FULL of every table of ours; its own write-ahead log is not ours to
    empty and is overwritten by the server in time.
    """
    with translated(store.url):
        connection = store.engine.raw_connection()
        try:
            if store.url.get_backend_name() == "sqlite":
                _sqlite(connection.cursor(), store.name, wait)
            else:
                _postgresql(connection, store.engine)
        finally:
            connection.close()


def _sqlite(cursor: Any, name: str, wait: float) -> None:
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute("VACUUM")
    cursor.execute("PRAGMA busy_timeout=0")  # the waiting is done here
    until = time.monotonic() + wait
    while cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > until:
            raise LockedError(f"存储 {name} 正被另一个程序读,清除还没有做完;请关掉核对页面,再运行一次同样的命令")
        time.sleep(_PAUSE)


def _postgresql(connection: Any, engine: Engine) -> None:
    connection.driver_connection.autocommit = True
    quote = engine.dialect.identifier_preparer.quote
    for table in META.tables:
        connection.cursor().execute(f"VACUUM (FULL, ANALYZE) {quote(table)}")
