"""Files that look like another version of a file under another name. Proposed to the analyst, never taken as one silently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from pipeline.store.inputs import Change, Known, current_with
from pipeline.store.outcomes import chunks, text_of
from pipeline.store.schema import INPUTS, OUTCOMES, PROPOSALS, READINGS, ROWS

MIN_LIKENESS = 0.8
_MAX_CHARS = 100_000  # of each text that are compared
ANSWERS = ("accepted", "rejected")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two inputs, the one seen earlier first, that may be versions of one document."""

    older: str
    newer: str
    likeness: float
    issuer: str
    title: str
    year: int
    older_source: str = ""
    newer_source: str = ""


def likeness(a: str, b: str) -> float:
    """Share of code points that two texts have in common, in order; 0 where below MIN_LIKENESS."""
    from rapidfuzz.distance import Indel  # noqa: PLC0415

    return float(Indel.normalized_similarity(a[:_MAX_CHARS], b[:_MAX_CHARS], score_cutoff=MIN_LIKENESS))


def propose(connection: Connection, changes: Sequence[Change], now: str) -> list[Proposal]:
    """Compare what is new tonight with what counts: the same issuer, title and year, other bytes, another name."""
    fresh = [c.after for c in changes if c.after is not None and c.kind in ("new", "changed")]
    heads = _heads(connection, [k.version for k in fresh])
    if not heads:
        return []
    added: dict[tuple[str, str], Proposal] = {}
    for known in fresh:
        for issuer, title, year, text_id in heads.get(known.version, ()):
            alike = _alike(connection, issuer, title, year)
            live = {k.version: k for k in current_with(connection, alike)}
            for version, other_text in alike.items():
                other = live.get(version)
                if other is None or other.input_id == known.input_id or other.sha256 == known.sha256:
                    continue
                texts = text_of(connection, [text_id, other_text])
                share = likeness(texts[text_id].decode(), texts[other_text].decode())
                if share >= MIN_LIKENESS:
                    older, newer = _in_order(connection, known, other)
                    added.setdefault((older, newer), Proposal(older, newer, round(share, 4), issuer, title, year))
    there = _there(connection, added)
    new = [p for pair, p in sorted(added.items()) if pair not in there]
    if new:
        connection.execute(insert(PROPOSALS), [
            {"older": p.older, "newer": p.newer, "likeness": p.likeness, "issuer": p.issuer, "title": p.title,
             "year": p.year, "proposed_at": now}
            for p in new
        ])  # fmt: skip
    return new


def _heads(connection: Connection, versions: Iterable[str]) -> dict[str, list[tuple[str, str, int, str]]]:
    """(issuer, title, year, text) of the documents in readings that name all three."""
    d = ROWS["documents"]
    found: dict[str, list[tuple[str, str, int, str]]] = {}
    for chunk in chunks(set(versions)):
        query = (
            select(d.c.version, d.c.issuer, d.c.title, d.c.year, OUTCOMES.c.text_id)
            .join(OUTCOMES, (OUTCOMES.c.version == d.c.version) & (OUTCOMES.c.document == d.c.document))
            .where(d.c.version.in_(chunk), d.c.ordinal == 0, d.c.issuer != "", d.c.title != "", d.c.year.is_not(None))
        )
        for version, issuer, title, year, text_id in connection.execute(query):
            found.setdefault(version, []).append((issuer, title, year, text_id))
    return found


def _alike(connection: Connection, issuer: str, title: str, year: int) -> dict[str, str]:
    """Readings with a document so named, and its text."""
    d = ROWS["documents"]
    query = (
        select(d.c.version, OUTCOMES.c.text_id)
        .join(OUTCOMES, (OUTCOMES.c.version == d.c.version) & (OUTCOMES.c.document == d.c.document))
        .where(d.c.title == title, d.c.issuer == issuer, d.c.year == year, d.c.ordinal == 0)
        .order_by(d.c.version)
        .limit(50)
    )
    return {str(v): str(t) for v, t in connection.execute(query)}


def _in_order(connection: Connection, a: Known, b: Known) -> tuple[str, str]:
    query = select(INPUTS.c.input_id, INPUTS.c.first_seen).where(INPUTS.c.input_id.in_([a.input_id, b.input_id]))
    seen = {str(i): str(since) for i, since in connection.execute(query)}
    first, second = sorted((a, b), key=lambda k: (seen[k.input_id], k.mtime_ns, k.path))
    return first.input_id, second.input_id


def _there(connection: Connection, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for chunk in chunks({older for older, _ in pairs}):
        query = select(PROPOSALS.c.older, PROPOSALS.c.newer).where(PROPOSALS.c.older.in_(chunk))
        found |= {(older, newer) for older, newer in connection.execute(query)}
    return found


def unanswered(connection: Connection) -> list[Proposal]:
    """Proposals that wait for an analyst, between inputs that still count."""
    older, newer = INPUTS.alias("older_input"), INPUTS.alias("newer_input")
    query = (
        select(
            PROPOSALS.c.older, PROPOSALS.c.newer, PROPOSALS.c.likeness, PROPOSALS.c.issuer, PROPOSALS.c.title,
            PROPOSALS.c.year, older.c.source, newer.c.source,
        )
        .join(older, older.c.input_id == PROPOSALS.c.older)
        .join(newer, newer.c.input_id == PROPOSALS.c.newer)
        .where(PROPOSALS.c.answer == "", older.c.until == "", newer.c.until == "")
        .order_by(newer.c.source, older.c.source)
    )  # fmt: skip
    return [Proposal(*row) for row in connection.execute(query)]


def answer(connection: Connection, older: str, newer: str, verdict: str, who: str, now: str) -> None:
    """Keep an analyst's answer; accepted, the older input is superseded by the newer and leaves the tables."""
    if verdict not in ANSWERS:
        raise ValueError(f"the answer is one of {ANSWERS}")
    connection.execute(
        update(PROPOSALS)
        .where(PROPOSALS.c.older == older, PROPOSALS.c.newer == newer)
        .values(answer=verdict, answered_at=now, who=who)
    )
    if verdict == "accepted":
        connection.execute(
            update(INPUTS)
            .where(INPUTS.c.input_id == older, INPUTS.c.until == "")
            .values(until=now, superseded_by=newer)
        )
        connection.execute(
            update(READINGS).where(READINGS.c.input_id == older, READINGS.c.until == "").values(until=now)
        )
