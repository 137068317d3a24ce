"""What people said of targets and their results: that two belong together, or that they do not. Appended, never changed.

A word on a pair is anchored at both figures (:mod:`pipeline.store.marks`), so it holds when progress is computed anew, also
from another version of either document.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select

from pipeline.progress import Pairs
from pipeline.store import marks
from pipeline.store.inputs import next_day
from pipeline.store.marks import LOST, Spot
from pipeline.store.schema import ANCHORS, MATCHES

CONFIRM, SPLIT, WITHDRAW = "confirm", "split", "withdraw"
VERDICTS = (CONFIRM, SPLIT, WITHDRAW)


@dataclass(frozen=True, slots=True)
class Match:
    """The newest word on a pair, with where its figures are now."""

    match_id: str
    target: str
    actual: str
    verdict: str
    who: str
    made_at: str
    target_quote: str
    actual_quote: str
    target_version: str
    actual_version: str


def record(
    connection: Connection, target: tuple[Spot, str], actual: tuple[Spot, str], verdict: str, who: str, now: str,
    program: str,
) -> str:  # fmt: skip
    """Append a word on a pair; each side is a figure's place with the text of its document. The id of the word."""
    if verdict not in VERDICTS:
        raise ValueError(f"the verdict is one of {VERDICTS}")
    number = int(connection.execute(select(func.max(MATCHES.c.number))).scalar() or 0) + 1
    raw = f"{number}|{now}|{who}|{target[0]}|{actual[0]}|{verdict}"
    match_id = hashlib.blake2b(raw.encode(), digest_size=8).hexdigest()
    for side, (spot, text) in (("t", target), ("a", actual)):
        marks.make(connection, match_id + side, spot, text, now)
    connection.execute(insert(MATCHES), [
        {"match_id": match_id, "number": number, "made_at": now, "who": who, "target_figure_id": target[0].row_id,
         "actual_figure_id": actual[0].row_id, "verdict": verdict, "program": program}
    ])  # fmt: skip
    return match_id


def standing(connection: Connection, as_of: str = "") -> list[Match]:
    """The newest word on each pair whose figures are both there, in the order they were said; withdrawn ones left out."""
    sides: dict[str, dict[str, Any]] = {}
    for side in ("t", "a"):
        columns = (MATCHES.c.match_id, ANCHORS.c.row_id, ANCHORS.c.quote, ANCHORS.c.version, ANCHORS.c.how)
        query = marks.latest(columns, MATCHES.c.match_id + side, as_of)
        sides[side] = {r.match_id: r for r in connection.execute(query) if r.row_id and r.how != LOST}
    said = select(MATCHES).order_by(MATCHES.c.number, MATCHES.c.match_id)
    if as_of:
        said = said.where(MATCHES.c.made_at <= next_day(as_of))
    found: dict[tuple[str, str], Match] = {}
    for m in connection.execute(said):
        t, a = sides["t"].get(m.match_id), sides["a"].get(m.match_id)
        if t is not None and a is not None:
            found.pop((t.row_id, a.row_id), None)
            found[t.row_id, a.row_id] = Match(
                m.match_id, t.row_id, a.row_id, m.verdict, m.who, m.made_at, t.quote, a.quote, t.version, a.version
            )
    return [m for m in found.values() if m.verdict != WITHDRAW]


def pairs(connection: Connection, as_of: str = "") -> Pairs:
    """What was said, as the comparison of targets and results takes it."""
    said = standing(connection, as_of)
    return Pairs(
        frozenset((m.target, m.actual) for m in said if m.verdict == CONFIRM),
        frozenset((m.target, m.actual) for m in said if m.verdict == SPLIT),
    )


def number(connection: Connection) -> int:
    """Of the newest word, 0 where there is none."""
    return int(connection.execute(select(func.max(MATCHES.c.number))).scalar() or 0)


def said_since(connection: Connection, moment: str) -> set[str]:
    """Readings with figures that something was said of after a moment."""
    found: set[str] = set()
    for side in ("t", "a"):
        query = marks.latest((ANCHORS.c.version,), MATCHES.c.match_id + side).where(MATCHES.c.made_at > moment)
        found |= set(connection.scalars(query))
    return found - {""}
