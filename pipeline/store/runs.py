"""The nights: one row each, with its report."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, insert, select

from pipeline.store.inputs import next_day
from pipeline.store.schema import RUNS


@dataclass(frozen=True, slots=True)
class Run:
    """A finished night. ``settings``, ``links`` and ``report`` are JSON; ``number`` counts from 1."""

    run_id: str
    number: int
    kind: str
    started: str
    as_of: str
    program: str
    fingerprint: str
    settings: str
    files: int
    ignored: int
    links: str
    report: str


def last(connection: Connection, as_of: str = "") -> Run | None:
    """The latest run, or the latest that had started by the end of the day ``as_of``."""
    query = select(RUNS).order_by(RUNS.c.number.desc()).limit(1)
    if as_of:
        query = query.where(RUNS.c.started <= next_day(as_of))
    row = connection.execute(query).first()
    return Run(*(getattr(row, name) for name in Run.__dataclass_fields__)) if row is not None else None


def add(connection: Connection, run: Run) -> None:
    """Append a run."""
    connection.execute(insert(RUNS), [asdict(run)])


def history(connection: Connection, limit: int = 10) -> list[Run]:
    """The latest runs, newest first."""
    rows = connection.execute(select(RUNS).order_by(RUNS.c.number.desc()).limit(limit))
    return [Run(*(getattr(row, name) for name in Run.__dataclass_fields__)) for row in rows]
