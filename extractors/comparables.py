"""From rows of figures to what can be compared: what is measured, whose it is, and when."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from extractors import lexicon
from extractors.indicator_wording import bare, indicator_key, is_generic, words
from extractors.issuing_bodies import ROLES, bodies_of, signing_names, without_owner
from extractors.schema import DeadlineRow, DocumentRow, FigureRow, UnitRow

MIN_CONFIDENCE = 0.5
_MAX_TOPIC = 24  # code points; a longer clause is no name of anything
_STARTING_POINT = "由…到"  # cue of A in 由A增至B: where the work begins, no result of it
_YEAR = re.compile(r"((?:19|20)\d{2})\s*年")
_LONG_TERM = re.compile(lexicon.alternation("indicators", "long_terms"))
_CLAUSE = re.compile(r"[，,;；。:：、\n\t]")
_AFTER = re.compile(r"(?:的)?([^\W\d_]{2,16})")
_DATED = re.compile(
    rf"(?:(?:19|20)\d{{2}}|{lexicon.alternation('indicators', 'year_words')})年度?"
    r"|\d{1,2}\s*月(?:份|底|末)?前?|\d+\s*[-—至]\s*\d+\s*月"
)
_MAGNITUDES = frozenset(lexicon.words("indicators", "magnitudes"))


@dataclass(slots=True)
class Figure:
    """What matching needs of a figure. ``start`` and ``end`` are its period as far as it is known; ``year`` the year it is
    about; ``keys`` name what it measures, ``owned`` does without whose it is, where that seems to stand in front. ``ordinal``
    is for those who compare: where a target's rows belong."""

    doc_id: str
    part: int
    figure_id: str
    indicator: str
    keys: tuple[str, ...]
    owned: str
    unit: str
    change: str
    basis: str
    quote: str
    sentence: str
    value: Decimal
    bound: str
    year: int
    start: date | None
    end: date | None
    bodies: tuple[str, ...]
    elliptic: bool = False
    so_far: bool = False
    ordinal: int = 0


@dataclass(slots=True)
class Part:
    """The figures of one part of a file that can be compared."""

    doc_id: str
    part: int
    date: date | None
    targets: list[Figure]
    results: list[Figure]


def read(
    documents: Iterable[tuple[Any, ...]], figures: Iterable[tuple[Any, ...]],
    deadlines: Iterable[tuple[Any, ...]] = (), units: Iterable[tuple[Any, ...]] = (),
) -> list[Part]:  # fmt: skip
    """The comparable figures of one file, from its rows (tuples in declaration order)."""
    heads = {d.part: d for d in (DocumentRow(*row) for row in documents)}
    parts = {d.part: Part(d.doc_id, d.part, _day(d.date), [], []) for d in heads.values()}
    due: dict[str, list[DeadlineRow]] = defaultdict(list)
    for deadline in (DeadlineRow(*row) for row in deadlines):
        if deadline.task_id and deadline.kind in ("by", "in") and deadline.due_end:
            due[deadline.task_id].append(deadline)
    responsible: dict[str, list[str]] = defaultdict(list)
    for unit in (UnitRow(*row) for row in units):
        if unit.task_id and unit.role in ROLES and unit.confidence >= MIN_CONFIDENCE:
            responsible[unit.task_id].append(unit.canonical)
    issuers = {number: bodies_of(head) for number, head in heads.items()}
    before: list[tuple[FigureRow, str]] = []  # figures of the same sentence so far
    for f in (FigureRow(*row) for row in figures):
        part = parts.get(f.part)
        if part is None:
            continue
        if before and before[0][0].sentence != f.sentence:
            before = []
        key, elliptic = _subject(f, before)
        before.append((f, key))
        if f.status not in ("target", "actual") or f.confidence < MIN_CONFIDENCE:
            continue
        tied = (due.get(f.task_id, ()), responsible.get(f.task_id, ())) if f.task_id else ((), ())
        figure = _figure(f, heads[f.part], issuers[f.part], key, *tied)
        if figure is not None:
            figure.elliptic = elliptic
            (part.targets if f.status == "target" else part.results).append(figure)
    return list(parts.values())


def _subject(f: FigureRow, before: Sequence[tuple[FigureRow, str]]) -> tuple[str, bool]:
    """What a figure measures, in words, and whether they had to be looked for.

    An indicator that says nothing by itself (目前已完成, 总金额) is taken from the noun after the number, the figure before
    it in the sentence, or the clause before it.
    """
    text = bare(f.indicator)
    if text and not is_generic(text):
        return text, False
    if text and (clause := _clause_of(f)) and clause.endswith(text):
        return clause, False
    if not text and (following := _noun_after(f)):
        return following, True
    for other, key in reversed(before):
        if key and (text or other.unit == f.unit):
            if not text:
                return key, True
            return (key if other.unit == f.unit else _topic_of(key)) + text, True
    topic = _clause_before(f)
    return (topic + text if topic else text), bool(topic)


def _topic_of(key: str) -> str:
    """What a key is about, without a counting word at its end (签约项目个数 → 签约项目)."""
    return words().tails.sub("", key) or key


def _clause_of(f: FigureRow) -> str:
    """The clause up to a number, where it says more than the indicator: 其中亿元以上项目12个."""
    lead = f.sentence[: max(f.sentence.find(f.quote), 0)]
    clause = bare(_CLAUSE.split(lead)[-1])
    return clause if len(bare(f.indicator)) + 1 < len(clause) <= _MAX_TOPIC else ""


def _noun_after(f: FigureRow) -> str:
    at = f.sentence.find(f.quote)
    match = _AFTER.match(f.sentence, at + len(f.quote)) if at >= 0 else None
    return bare(match[1]) if match else ""


def _clause_before(f: FigureRow) -> str:
    """The name of what the clause before speaks of: 2020年签约项目列为考核指标,数量为10个 → 签约项目."""
    at = f.sentence.find(f.quote)
    clauses = [c for c in _CLAUSE.split(f.sentence[: max(at, 0)]) if bare(c)]
    for clause in reversed(clauses[:-1] or clauses):
        if (end := words().topic_ends.search(clause)) is None:
            continue
        topic = _DATED.sub("", clause[: end.start()]).strip()
        if 2 <= len(topic) <= _MAX_TOPIC:
            return topic
    return ""


def _figure(
    f: FigureRow, part: DocumentRow, issuers: tuple[str, ...], subject: str, due: Sequence[DeadlineRow],
    responsible: Sequence[str],
) -> Figure | None:  # fmt: skip
    value = f.value_high if f.bound == "le" else f.value_low
    key = indicator_key(subject, f.unit)
    if (
        value is None
        or (f.quote and f.quote[0] in _MAGNITUDES)
        or not f.unit
        or f.bound == "range"
        or not key
        or f.cue == _STARTING_POINT
    ):
        return None
    year = year_of(f, part)
    if year is None or not 1900 <= year <= 2200:
        return None
    start, end = (_day(d.replace("XXXX", str(year))) for d in (f.period_start, f.period_end))
    if f.status == "target" and end is None:
        end = _due(f, due, year)
    return Figure(
        f.doc_id, f.part, f.figure_id, f.indicator, _keys(key, subject, f.unit, issuers), _owned(key, subject, f.unit), f.unit, f.change, f.basis, f.quote,
        f.sentence, value, f.bound, year, start, end, (*issuers, *signing_names(issuers, responsible)),
        so_far=_so_far(f),
    )  # fmt: skip


def _keys(key: str, subject: str, unit: str, issuers: Sequence[str]) -> tuple[str, ...]:
    """The key, and the key without the issuer's own region or name in front (开发区签约项目 in the zone's own report)."""
    found = [key, *(indicator_key(rest, unit) for rest in without_owner(subject, issuers))]
    return tuple(dict.fromkeys(k for k in found if k))


def _owned(key: str, subject: str, unit: str) -> str:
    if (owner := words().owner.match(subject)) is None:
        return ""
    without = indicator_key(subject[owner.end() :], unit)
    return without if len(without) >= 2 and without != key else ""


def _so_far(f: FigureRow) -> bool:
    """Whether a result is told up to the report (目前已完成…), whatever period its sentence names."""
    lead = f.sentence[: max(f.sentence.find(f.quote), 0)]
    return words().so_far.search(_CLAUSE.split(lead)[-1]) is not None


def _due(f: FigureRow, due: Sequence[DeadlineRow], year: int) -> date | None:
    """The day by which a target is to be met: that of the nearest time limit before it in its own sentence."""
    near = [d for d in due if d.sentence == f.sentence and d.start < f.start]
    if not near:
        return None
    return _day(max(near, key=lambda d: d.start).due_end.replace("XXXX", str(year)))


def year_of(f: FigureRow, part: DocumentRow) -> int | None:
    """The year a figure is about: of its period, else the last one named before it in its sentence, else its section's.

    A result outside a report tells the state before the plan, and so has none of its own.
    """
    for text in (f.period_end, f.period_start):
        if text[:4].isdigit():
            return int(text[:4])
    lead = f.sentence[: max(f.sentence.find(f.quote), 0)]
    if f.status == "target":
        if _LONG_TERM.search(lead):
            return None
        named = [int(y) for y in _YEAR.findall(lead)]
        if named and part.year and named[-1] > part.year:
            return named[-1]
    year = part.year
    for entry in part.years.split(";"):
        section, _, of_section = entry.rpartition("=")
        if section and of_section.isdigit() and f.section.startswith(section):
            year = int(of_section)
    if f.status == "actual" and not (part.kind == "summary" or (part.kind == "plan_and_summary" and year != part.year)):
        return None
    return year


def _day(text: str) -> date | None:
    """A complete ISO date, else None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
