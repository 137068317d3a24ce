"""A store as the rest of the program holds it: transactions, the lock of a run, and its name."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, text

from pipeline.errors import LockedError, UsageError
from pipeline.store import engine, migrate

T = TypeVar("T")
_LOCK_KEY = 0x7461697A  # "taiz": any constant that other programs will not take


class Store:
    """An opened store. Every method may raise LockedError, RunError or OSError for what happens to the database."""

    def __init__(self, url: str, busy: float = engine.BUSY_SECONDS, serving: bool = False, keep: bool = False) -> None:
        self.url = engine.parsed(url)
        self.name = engine.shown(self.url)
        self._engine = engine.connect(self.url, busy, serving, keep)

    @property
    def engine(self) -> Engine:
        """For what is no transaction: the upkeep of the database itself."""
        return self._engine

    def close(self) -> None:
        """Let go of connections that are kept."""
        self._engine.dispose()

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        """A connection in one read transaction: what it sees does not change meanwhile."""
        with engine.translated(self.url), self._engine.connect() as connection:
            if self.url.get_backend_name() == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in one transaction, all of it or nothing; again if the server went away meanwhile."""

        def once() -> T:
            with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
                return work(connection)

        return engine.persistently(self.url, once)

    @contextmanager
    def run_lock(self) -> Iterator[None]:
        """Hold the lock of a run for the store; LockedError where another process holds it."""
        refusal = LockedError(f"另一次运行正在写存储 {self.name},请等它结束")
        if self.url.get_backend_name() == "postgresql":
            with engine.translated(self.url), self._engine.connect() as connection:
                if not connection.execute(text("SELECT pg_try_advisory_lock(:k)"), {"k": _LOCK_KEY}).scalar():
                    raise refusal
                connection.commit()
                try:
                    yield
                finally:
                    connection.invalidate()  # closing the session frees the lock, also where the server has gone
            return
        path = Path(f"{self.url.database}.lock")
        try:
            file = path.open("w")
        except OSError as error:
            raise UsageError(f"不能在 {path.parent} 写入:{error.strerror};请检查存储的位置") from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise refusal from error
            yield

    def migrate(self, keep: bool = True) -> bool:
        """Bring the schema up to this program's; whether anything was done. A SQLite file is first copied beside itself, unless
        ``keep`` says that there is a backup. UsageError for a newer schema."""
        with self.reader() as connection:
            at = migrate.revision(connection)
            if at == migrate.HEAD:
                return False
            migrate.check(connection, self.name)
        if at and keep and self.file is not None:
            migrate.keep_beside(self.file, at)
        return self.write(lambda connection: migrate.bring_up(connection, self.name))

    @property
    def file(self) -> Path | None:
        """The file of a SQLite store."""
        return Path(str(self.url.database)) if self.url.get_backend_name() == "sqlite" else None


def open_store(
    url: str, *, create: bool = False, busy: float = engine.BUSY_SECONDS, serving: bool = False, keep: bool = False
) -> Store:
    """The store at ``url``, migrated to this program's schema. ``keep``: for many transactions in a row, with a ``close`` after
    them. Raises UsageError where it is absent and ``create`` is not set."""
    store = Store(url, busy, serving, keep)
    if store.url.get_backend_name() == "sqlite":
        path = Path(str(store.url.database))
        if not create and not path.exists():
            raise UsageError(f"没有存储 {path};先运行 taizhang nightly,或检查地址")
        if create and not path.parent.is_dir():
            raise UsageError(f"没有文件夹 {path.parent},不能在里面建存储;请先建好")
    store.migrate()
    return store
