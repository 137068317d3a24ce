"""A second reading of a document held against its rows: doubt where two readers differ, candidates where only the second has one.

The second reader is a language model that sees passages of the text and names what stands in them. It is believed only as
far as the text goes: a quote that does not stand in its passage is dropped, and values are read from the quote by our own
grammars, never taken from its answer. This module asks nobody; :mod:`pipeline.secondreading` does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter, itemgetter
from typing import Any

from extractors.deadlines import due_dates
from extractors.language import quantities, times
from extractors.lexicon import settings
from extractors.overlaps import LEAST_SHARE, Covered, match
from extractors.schema import (
    DEADLINE_KINDS,
    ROLES,
    STATUSES,
    DeadlineRow,
    DocumentRow,
    FigureRow,
    TaskRow,
    UnitRow,
    row_id,
)

RULE = "second_reader"
_FIRM = 0.5
_VOCABULARY = {"figures": ("status", STATUSES), "units": ("role", ROLES)}  # what the answer may contradict
_LABEL = "二读"  # what the analyst sees in the column 线索
_ENDS = "\n。；;"

Span = tuple[int, int]
Mentioned = FigureRow | DeadlineRow | UnitRow


@dataclass(frozen=True, slots=True)
class Claim:
    """What the second reader says: a mention for ``table`` at a half-open span of the source text (code points).

    ``word`` is its status or role, empty where it gave none of the vocabulary; ``about`` its indicator or action.
    """

    table: str
    start: int
    end: int
    word: str = ""
    about: str = ""


@dataclass(slots=True)
class Reading:
    """All that the second reader said of one document: claims, the passages that it answered, and how much was lost.

    ``ungrounded`` counts quotes that do not stand in their passage, ``failed`` passages without a usable answer.
    """

    claims: list[Claim] = field(default_factory=list)
    answered: list[Span] = field(default_factory=list)
    ungrounded: int = 0
    failed: int = 0


@dataclass(slots=True)
class Tables:
    """The rows of one document that a second reading touches; changed in place."""

    documents: list[DocumentRow]
    figures: list[FigureRow]
    deadlines: list[DeadlineRow]
    units: list[UnitRow]
    tasks: list[TaskRow]


def question() -> str:
    """What stands before each passage."""
    return str(settings("second_reader")["question"]["text"]).strip()


def passages(text: str) -> Iterator[Span]:
    """Spans that cover a text without overlap, cut after lines, else after sentences; blank ones are left out."""
    size = settings("second_reader")["limits"]["passage"]
    at = 0
    while at < len(text):
        end = min(at + size, len(text))
        if end < len(text):
            cut = max(text.rfind("\n", at + size // 2, end), -1)
            cut = cut if cut >= 0 else max(text.rfind(mark, at + size // 2, end) for mark in _ENDS)
            end = cut + 1 if cut >= 0 else end
        if text[at:end].strip():
            yield at, end
        at = end


def ground(text: str, passage: Span, answer: Mapping[str, Any], tables: Tables, reading: Reading) -> None:
    """Add an answer for a passage to a reading: quotes become spans; what does not stand in the passage is counted and
    dropped. A quote that stands there several times is taken where a row of ours stands, else where it comes first; each
    place once. Any shape of answer is borne."""
    longest = settings("second_reader")["limits"]["quote"]
    reading.answered.append(passage)
    for table in LEAST_SHARE:
        given = answer.get(table)
        ours = Covered((r.start, r.end) for r in getattr(tables, table))
        used: set[int] = set()
        for one in given if isinstance(given, list) else ():
            quote = one.get("quote") if isinstance(one, Mapping) else None
            if not isinstance(quote, str) or not quote.strip():
                continue
            quote = quote.strip()
            places = [at for at in _places(text, quote, passage) if at not in used] if len(quote) <= longest else []
            if not places:
                reading.ungrounded += 1
                continue
            start = next((at for at in places if ours.meets(at, at + len(quote))), places[0])
            used.add(start)
            reading.claims.append(Claim(table, start, start + len(quote), _word(table, one), _about(table, one)))


def _places(text: str, quote: str, passage: Span) -> Iterator[int]:
    at = text.find(quote, *passage)
    while at >= 0:
        yield at
        at = text.find(quote, at + len(quote), passage[1])


def _word(table: str, one: Mapping[str, Any]) -> str:
    name, allowed = _VOCABULARY.get(table, ("", ()))
    word = one.get(name)
    return word if isinstance(word, str) and word in allowed else ""


def _about(table: str, one: Mapping[str, Any]) -> str:
    about = one.get("indicator" if table == "figures" else "action")
    return " ".join(about.split())[: settings("second_reader")["limits"]["words"]] if isinstance(about, str) else ""


def weigh(tables: Tables, text: str, reading: Reading, reader: str) -> None:
    """Hold a reading against the rows of its document.

    Firm rows inside answered passages that the second reader lacks or reads otherwise lose confidence and say so in ``cue``;
    claims that meet no row become candidates (``rule`` is :data:`RULE`, ``cue`` names the ``reader``). What was lost is
    counted in the warnings of the first part.
    """
    weight = settings("second_reader")["weight"]
    for table, least in LEAST_SHARE.items():
        rows: list[Mentioned] = getattr(tables, table)
        claims = [c for c in reading.claims if c.table == table]
        met = match(rows, claims, least)
        for i, row in enumerate(rows):
            if row.confidence < _FIRM or not _within(reading.answered, row):
                continue
            said = _difference(row, claims[met[i]]) if i in met else "无"
            if said:
                row.confidence = max(_FIRM, round(row.confidence * weight["doubted"], 3))
                row.cue = f"{row.cue};{_LABEL}:{said}" if row.cue else f"{_LABEL}:{said}"
        ours, taken, last = Covered((r.start, r.end) for r in rows), set(met.values()), 0
        for claim in sorted((c for n, c in enumerate(claims) if n not in taken), key=attrgetter("start", "end")):
            new = _candidate(tables.documents, text, claim, reader, weight["candidate"])
            if new is not None and new.start >= last and not ours.meets(new.start, new.end):
                rows.append(new)
                last = new.end
        rows.sort(key=lambda r: (r.part, r.start, r.end))
    _tasks(tables)
    _warn(tables.documents, reading)


def _within(passages: Sequence[Span], row: Mentioned) -> bool:
    """Whether a row lies in one of the passages, which are in order."""
    i = bisect_right(passages, row.start, key=itemgetter(0)) - 1
    return i >= 0 and row.end <= passages[i][1]


def _difference(row: Mentioned, claim: Claim) -> str:
    """What the second reader says otherwise than the row, empty where it agrees or says nothing of it."""
    own = row.status if isinstance(row, FigureRow) else row.role if isinstance(row, UnitRow) else ""
    return claim.word if own and claim.word and claim.word != own else ""


def _candidate(
    documents: Sequence[DocumentRow], text: str, claim: Claim, reader: str, confidence: float
) -> Mentioned | None:
    """The row of a claim that met none; None where our grammars read no value in its quote."""
    document = next((d for d in documents if d.start <= claim.start and claim.end <= d.end), None)
    if document is None:
        return None
    quote = text[claim.start : claim.end]
    if claim.table == "units":
        key = claim.word or "responsible"
        return UnitRow(
            **_place(document, text, (claim.start, claim.end), reader, confidence), name=quote, canonical=quote, role=key,
            action=claim.about, unit_id=_id(document, claim, (claim.start, claim.end), key),
        )  # fmt: skip
    if claim.table == "figures":
        found = quantities.find(quote)
        if len(found) != 1:
            return None
        q = found[0]
        span = claim.start + q.start, claim.start + q.end
        return FigureRow(
            **_place(document, text, span, reader, confidence), figure_id=_id(document, claim, span, ""), indicator=claim.about,
            value_low=q.low, value_high=q.high, unit=q.measure, bound=q.bound, status=claim.word or "other", change=q.change,
        )  # fmt: skip
    dated = times.find(quote, None)
    if len(dated) != 1:
        return None
    t = dated[0]
    if t.uses == "year" and document.year:
        t = times.resolve(t, date(document.year, 1, 1))
    kind = t.kind if t.kind in DEADLINE_KINDS else "within"
    span = claim.start + t.start, claim.start + t.end
    due_start, due_end = due_dates(t, kind)
    return DeadlineRow(
        **_place(document, text, span, reader, confidence), deadline_id=_id(document, claim, span, kind), kind=kind,
        due_start=due_start, due_end=due_end, rrule=t.rrule,
        duration=t.duration if kind == "within" else "", action=claim.about,
    )  # fmt: skip


def _place(document: DocumentRow, text: str, span: Span, reader: str, confidence: float) -> dict[str, Any]:
    first = max(text.rfind(mark, 0, span[0]) for mark in _ENDS) + 1
    last = min((end + 1 for mark in _ENDS if (end := text.find(mark, span[1])) >= 0), default=len(text))
    return {
        "doc_id": document.doc_id, "part": document.part, "start": span[0], "end": span[1], "quote": text[span[0] : span[1]],
        "sentence": text[first:last].strip(), "rule": RULE, "cue": f"{_LABEL}:{reader}", "confidence": confidence,
    }  # fmt: skip


def _id(document: DocumentRow, claim: Claim, span: Span, key: str) -> str:
    # No other row of the table is there: a claim that meets one becomes none.
    return row_id(document.doc_id, claim.table, *span, f"{RULE}|{key}")


def _tasks(tables: Tables) -> None:
    """A task is as sure as its surest member."""
    sure: dict[str, float] = {}
    members: list[Mentioned] = [*tables.figures, *tables.deadlines, *tables.units]
    for row in members:
        if row.task_id:
            sure[row.task_id] = max(sure.get(row.task_id, 0.0), row.confidence)
    for task in tables.tasks:
        task.confidence = min(task.confidence, sure.get(task.task_id, task.confidence))


def _warn(documents: Sequence[DocumentRow], reading: Reading) -> None:
    for code, count in (("second_failed", reading.failed), ("second_ungrounded", reading.ungrounded)):
        if count and documents:
            documents[0].warnings = " ".join(sorted([*documents[0].warnings.split(), f"{code}={count}"]))
