"""The files of the inboxes: which versions there were, and which reading of each counted when.

Times are local, ISO 8601 to the second; ``until`` is empty while something holds, and ``last_seen``, the last night that found
an input, is told when it ends: until then that is the last night there was.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from pipeline.store.outcomes import chunks, plain
from pipeline.store.schema import INPUTS, READINGS


@dataclass(frozen=True, slots=True)
class Known:
    """An input as the store holds it, with its current reading."""

    input_id: str
    path: str
    number: int
    source: str
    sha256: str
    size: int
    mtime_ns: int
    problem: str
    version: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Seen:
    """An input as found on the disk, read: ``version`` is its reading."""

    path: str
    source: str
    sha256: str
    size: int
    mtime_ns: int
    problem: str
    version: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a night did to one input: its version before and after; None where there was none or is none any more."""

    before: Known | None
    after: Known | None

    @property
    def kind(self) -> str:
        """new, changed, gone, renamed or reread."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "gone"
        if self.before.sha256 != self.after.sha256:
            return "changed"
        return "renamed" if self.before.source != self.after.source else "reread"


def input_id(path: str, number: int) -> str:
    """Id of the ``number``-th version of a file."""
    return hashlib.blake2b(f"{path}|{number}".encode(), digest_size=8).hexdigest()


def next_day(as_of: str) -> str:
    """A moment that sorts after all of a day (``2026-01-31``) and before the next."""
    return as_of + "T99"


def _at(as_of: str, since: ColumnElement[str], until: ColumnElement[str]) -> ColumnElement[bool]:
    if not as_of:
        return until == ""
    end = next_day(as_of)
    return and_(since <= end, or_(until == "", until > end))


def _currently(as_of: str = "") -> Select[Any]:
    return (
        select(
            INPUTS.c.input_id, INPUTS.c.path, INPUTS.c.number, INPUTS.c.source, INPUTS.c.sha256, INPUTS.c.size,
            INPUTS.c.mtime_ns, INPUTS.c.problem, READINGS.c.version, READINGS.c.fingerprint,
        )
        .join(READINGS, READINGS.c.input_id == INPUTS.c.input_id)
        .where(_at(as_of, INPUTS.c.first_seen, INPUTS.c.until), _at(as_of, READINGS.c.since, READINGS.c.until))
    )  # fmt: skip


def _in_order(rows: Iterable[Any]) -> list[Known]:
    return sorted((Known(*row) for row in rows), key=lambda k: (k.source, k.path))


def current(connection: Connection, as_of: str = "") -> list[Known]:
    """The inputs that count now, or did at the end of the day ``as_of``, in the order of their names."""
    return _in_order(connection.execute(_currently(as_of)).all())


def current_at(connection: Connection, paths: Iterable[str]) -> dict[str, Known]:
    """The inputs that count now at these paths."""
    rows: list[Any] = []
    for chunk in chunks(paths):
        rows += connection.execute(_currently().where(INPUTS.c.path.in_(chunk))).all()
    return {k.path: k for k in _in_order(rows)}


def current_with(connection: Connection, versions: Iterable[str]) -> list[Known]:
    """The inputs that count now whose reading is one of these, in the order of their names."""
    rows: list[Any] = []
    for chunk in chunks(sorted(set(versions))):
        rows += connection.execute(_currently().where(READINGS.c.version.in_(chunk))).all()
    return _in_order(rows)


def count(connection: Connection) -> int:
    """How many inputs count now."""
    return int(connection.execute(select(func.count()).select_from(INPUTS).where(INPUTS.c.until == "")).scalar() or 0)


Told = tuple[int, int, str]
_ANEW: Told = (-1, 0, "")  # what no file is like


def listing(connection: Connection, fingerprint: str) -> dict[str, Told]:
    """Size, time of change and source of each input that counts now, by path; the size is -1 where it must be read again:
    read by another program, or not at all. Tuples of the driver, since a night asks for every input there is."""
    i = INPUTS.c
    usual = and_(i.sha256 != "", i.problem == "")
    query = select(i.path, case((usual, i.size), else_=-1), i.mtime_ns, i.source).where(i.until == "")
    found: dict[str, Told] = {row[0]: row[1:] for row in plain(connection, query)}
    outdated = (
        select(i.path)
        .join(READINGS, READINGS.c.input_id == i.input_id)
        .where(READINGS.c.until == "", READINGS.c.fingerprint != fingerprint, i.until == "")
    )
    return found | dict.fromkeys(connection.scalars(outdated), _ANEW)


def live_versions(connection: Connection, as_of: str = "") -> set[str]:
    """The readings that count now, or did at the end of the day ``as_of``."""
    if as_of:
        return {k.version for k in current(connection, as_of)}
    text = _joined(connection, "\n")
    return set(text.split("\n")) if text else set()


def fold(versions: Iterable[str]) -> int:
    """One number for a set of readings, in any order: the sum of their hashes. That of a union is the sum of the parts'."""
    return sum(int(v, 16) for v in versions)


def fold_live(connection: Connection) -> int:
    """:func:`fold` of the readings that count now."""
    words = array("Q", bytes.fromhex(_joined(connection, "")))
    if sys.byteorder == "little":
        words.byteswap()
    return sum(words)


def _joined(connection: Connection, between: str) -> str:
    """The readings that count now as one text, in any order: a row each costs more than the text."""
    join = func.group_concat if connection.dialect.name == "sqlite" else func.string_agg
    return str(
        connection.execute(select(join(READINGS.c.version, between)).where(READINGS.c.until == "")).scalar() or ""
    )


class Night:
    """Applies one night to the register, inside one transaction. ``before`` is when the night before began."""

    def __init__(self, connection: Connection, now: str, before: str, program: str, fingerprint: str) -> None:
        self._connection, self._now, self._before = connection, now, before
        self._program, self._fingerprint = program, fingerprint
        self.changes: list[Change] = []

    def seen(self, found: Sequence[Seen]) -> None:
        """Inputs that were read tonight: new files, new contents, new names, new readings of old ones."""
        known = current_at(self._connection, [s.path for s in found])
        numbers = self._numbers([s.path for s in found])
        fresh, readings = [], []
        for s in found:
            old = known.get(s.path)
            same_bytes = old is not None and (old.sha256, old.problem) == (s.sha256, s.problem)
            if old is not None and same_bytes:
                self._touch(old, s)
                new = Known(
                    old.input_id, s.path, old.number, s.source, s.sha256, s.size, s.mtime_ns, s.problem, s.version,
                    self._fingerprint,
                )  # fmt: skip
                if (old.version, old.fingerprint) == (new.version, new.fingerprint):
                    continue
                self._replace_reading(old.input_id)
            else:
                number = numbers.get(s.path, 0) + 1
                new = Known(
                    input_id(s.path, number), s.path, number, s.source, s.sha256, s.size, s.mtime_ns, s.problem,
                    s.version, self._fingerprint,
                )  # fmt: skip
                if old is not None:
                    self._end(old.input_id, superseded_by=new.input_id)
                fresh.append({
                    "input_id": new.input_id, "path": s.path, "number": number, "source": s.source,
                    "sha256": s.sha256, "size": s.size, "mtime_ns": s.mtime_ns, "problem": s.problem,
                    "first_seen": self._now,
                })  # fmt: skip
            readings.append({
                "input_id": new.input_id, "since": self._now, "version": s.version, "program": self._program,
                "fingerprint": self._fingerprint,
            })  # fmt: skip
            self.changes.append(Change(old, new))
        if fresh:
            self._connection.execute(insert(INPUTS), fresh)
        if readings:
            self._connection.execute(insert(READINGS), readings)

    def gone(self, paths: Iterable[str]) -> None:
        """Inputs that are not in the inboxes any more."""
        for _, old in sorted(current_at(self._connection, paths).items()):
            self._end(old.input_id, superseded_by="")
            self.changes.append(Change(old, None))

    def _touch(self, old: Known, s: Seen) -> None:
        if (old.size, old.mtime_ns, old.source) != (s.size, s.mtime_ns, s.source):
            self._connection.execute(
                update(INPUTS)
                .where(INPUTS.c.input_id == old.input_id)
                .values(size=s.size, mtime_ns=s.mtime_ns, source=s.source)
            )

    def _end(self, of_input: str, superseded_by: str) -> None:
        self._connection.execute(
            update(INPUTS)
            .where(INPUTS.c.input_id == of_input)
            .values(until=self._now, last_seen=self._before, superseded_by=superseded_by)
        )
        self._end_reading(of_input)

    def _end_reading(self, of_input: str) -> None:
        self._connection.execute(
            update(READINGS).where(READINGS.c.input_id == of_input, READINGS.c.until == "").values(until=self._now)
        )

    def _replace_reading(self, of_input: str) -> None:
        # A reading that held for no time at all is none; its key would stand in the way of the new one.
        self._connection.execute(delete(READINGS).where(READINGS.c.input_id == of_input, READINGS.c.since == self._now))
        self._end_reading(of_input)

    def _numbers(self, paths: Sequence[str]) -> dict[str, int]:
        """The last version number of each path so far."""
        found: dict[str, int] = {}
        for chunk in chunks(paths):
            query = select(INPUTS.c.path, func.max(INPUTS.c.number)).where(INPUTS.c.path.in_(chunk))
            found.update((path, number) for path, number in self._connection.execute(query.group_by(INPUTS.c.path)))
        return found


def set_aside(connection: Connection) -> dict[str, str]:
    """Hashes of the files that an analyst called an older version of another, by path."""
    newer = INPUTS.alias("newer")
    query = (
        select(INPUTS.c.path, INPUTS.c.sha256)
        .join(newer, newer.c.input_id == INPUTS.c.superseded_by)
        .where(INPUTS.c.superseded_by != "", newer.c.path != INPUTS.c.path)
        .order_by(INPUTS.c.number)
    )
    return {str(path): str(sha256) for path, sha256 in connection.execute(query)}
