"""How much a store's SQLite does: instructions of its virtual machine, by statement. The same on any machine, however busy."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

_STEP = 10  # instructions to a call
_MANY = re.compile(r"\(\?(, \?)+\)")  # a list of values, however long


@dataclass(slots=True)
class Work:
    """Instructions and executions of each statement, and the plans that made an index of their own."""

    instructions: Counter[str] = field(default_factory=Counter)
    executions: Counter[str] = field(default_factory=Counter)
    makeshift: dict[str, str] = field(default_factory=dict)


@contextmanager
def counted() -> Iterator[Work]:
    """Count what all stores of this process do meanwhile."""
    work = Work()
    now = [""]

    def step() -> int:
        work.instructions[now[0]] += _STEP
        return 0

    def connect(connection: Any, _record: object) -> None:
        connection.set_progress_handler(step, _STEP)

    def execute(_c: object, cursor: Any, statement: str, values: Any, _context: object, many: bool) -> None:
        now[0] = _MANY.sub("(?, …)", " ".join(statement.split()))
        work.executions[now[0]] += 1
        if not many and now[0] not in work.makeshift and now[0].startswith(("SELECT", "DELETE", "UPDATE")):
            cursor.connection.set_progress_handler(None, 0)
            work.makeshift[now[0]] = _makeshift(cursor.connection, statement, values)
            cursor.connection.set_progress_handler(step, _STEP)

    event.listen(Engine, "connect", connect)
    event.listen(Engine, "before_cursor_execute", execute)
    try:
        yield work
    finally:
        event.remove(Engine, "connect", connect)
        event.remove(Engine, "before_cursor_execute", execute)
        work.makeshift = {statement: plan for statement, plan in work.makeshift.items() if plan}


def _makeshift(connection: sqlite3.Connection, statement: str, values: Any) -> str:
    """The steps of a plan for which SQLite makes an index that the schema lacks."""
    plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    return "; ".join(step for *_, step in plan if "AUTOMATIC" in step)


def assert_linear(small: Work, large: Work, times: int) -> None:
    """Fail where a statement does far more than so many times the work on a store so many times as large."""
    grown = {
        statement: (small.instructions[statement], count)
        for statement, count in large.instructions.items()
        if count > 2 * times * small.instructions[statement] + 5_000
    }
    assert not grown, "\n".join(f"{a} instructions became {b}: {statement}" for statement, (a, b) in grown.items())
    repeated = {
        statement: (small.executions[statement], count)
        for statement, count in large.executions.items()
        if count > times * small.executions[statement] + 2
    }
    assert not repeated, "\n".join(f"{a} executions became {b}: {statement}" for statement, (a, b) in repeated.items())
