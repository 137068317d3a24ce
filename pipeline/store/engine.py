"""From a store's URL to a database engine, and from a database's complaint to the one line that a user reads."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import NullPool, QueuePool

from pipeline.errors import LockedError, RunError, UsageError

T = TypeVar("T")

BUSY_SECONDS = 30.0  # how long a write waits for another process's
_AGAIN = (0.2, 0.5, 1, 2, 4, 8, 15, 30)  # seconds before each new try after the server has gone


def parsed(url: str) -> URL:
    """The URL of a store: ``sqlite:///file.db``, ``postgresql://…``, or a bare path of a SQLite file."""
    if "://" not in url:
        return URL.create("sqlite", database=str(Path(url).expanduser()))
    try:
        found = make_url(url)
    except ArgumentError as error:
        raise UsageError("存储地址写得不对,应像 sqlite:///台账.db 或 postgresql://用户@主机/库") from error
    if found.get_backend_name() == "postgresql":
        return found.set(drivername="postgresql+psycopg")
    if found.get_backend_name() != "sqlite" or found.database in (None, "", ":memory:"):
        raise UsageError(f"存储地址 {shown(found)} 不能用,只支持 sqlite:///文件 和 postgresql://")
    return found


def shown(url: URL) -> str:
    """A URL as it may stand in messages: without its password and driver, a file under its own name."""
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{url.database}"
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


def connect(url: URL, busy: float = BUSY_SECONDS, serving: bool = False, keep: bool = False) -> Engine:
    """An engine. Nothing is opened yet. ``serving``: for a server, whose connections to PostgreSQL are
    kept, and whose commits to SQLite outlive a power cut too. ``keep``: a SQLite file stays open from one transaction to the
    next, until the engine is disposed of. Raises UsageError where the driver is not installed."""
    try:
        if url.get_backend_name() == "postgresql":
            keeping: dict[str, Any] = {"pool_size": 8, "max_overflow": 32, "pool_pre_ping": True}
            pool = keeping if serving else {"poolclass": NullPool}
            return create_engine(url, connect_args={"connect_timeout": 10}, **pool)
    except (ImportError, NoSuchModuleError) as error:
        raise UsageError("用 PostgreSQL 要先安装 psycopg:pip install 'taizhang[postgres]'") from error
    kept: dict[str, Any] = {"poolclass": QueuePool, "pool_size": 1} if keep else {"poolclass": NullPool}
    engine = create_engine(url, connect_args={"timeout": busy}, **kept)
    event.listen(engine, "connect", _prepare)
    if serving:
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=FULL"))
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not guessed by the driver
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA cache_size=-65536")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Complaints of the database as RunError, LockedError or OSError."""
    try:
        yield
    except DBAPIError as error:
        raise _meaning(error, url) from error


def _meaning(error: DBAPIError, url: URL) -> Exception:
    text = " ".join(str(error.orig).split())
    low = text.lower()
    if url.get_backend_name() == "sqlite":
        if "locked" in low or "busy" in low:
            return LockedError(f"存储 {shown(url)} 正被另一个程序占用,请等它结束后再运行")
        if "disk is full" in low or "disk i/o error" in low:
            return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), url.database)
        if "not a database" in low or "malformed" in low:
            return RunError(f"存储 {shown(url)} 不是完好的 SQLite 文件,请用备份恢复")
        if "unable to open" in low or "readonly" in low:
            return UsageError(f"打不开存储 {shown(url)},请检查文件夹是否存在、有无写的权限")
    elif isinstance(error, OperationalError):
        if "no space left" in low:
            return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), shown(url))
        return RunError(f"连不上存储 {shown(url)}:{text[:200]};请检查数据库服务后再运行")
    return RunError(f"存储 {shown(url)} 出错:{text[:200]};请把这一行告知管理员")


def lost(error: DBAPIError, url: URL) -> bool:
    """Whether the server went away, so that the same work may succeed in a moment."""
    return url.get_backend_name() == "postgresql" and isinstance(error, OperationalError)


def persistently(url: URL, work: Callable[[], T]) -> T:
    """Do ``work``, again while the server is away (a restart of PostgreSQL). ``work`` must bear being done twice."""
    with translated(url):
        for pause in _AGAIN:
            try:
                return work()
            except DBAPIError as error:
                if not lost(error, url):
                    raise
                time.sleep(pause)
        return work()
