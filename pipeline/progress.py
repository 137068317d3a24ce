"""Targets against results, within and across documents: the table ``progress``.

Conservative: the same unit, direction of change, basis, year and body, and an indicator that is the other's or lies in it
in order. Ties are left to the analyst, and so are sums over sub-units. No clock is read: how far a period has run is told
by the result's own period or its document's date.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from extractors.schema import DocumentRow, FigureRow, ProgressRow

_MIN_CONFIDENCE = 0.5
_SLACK = 0.05  # behind the calendar by less is on track
_SAME, _INNER, _NARROWER = 0.9, 0.8, 0.55  # confidence by how the indicators agree
_SILENT = 0.75  # of a target that no report of its body and year mentions
_PLAUSIBLE = 5  # a result beyond so many times its target is more likely another indicator
_HEAD_CHARS = 2  # what indicators end with names what is measured (…面积, …总额): it must agree
_MAX_NEAR = 200  # results that a target is held against; among more there is no telling, and they cost their square
_BODY_CHARS = 4  # a shorter beginning of a title names no body
_STARTING_POINT = "由…到"  # cue of A in 由A增至B: where the work begins, no result of it
_UNNEEDED = re.compile(r"[\W_]+")
_YEAR_IN_TITLE = re.compile(r"[\d〇○零一二三四五六七八九十]{2,4}\s*[年—\-至]|[（(《“\"]|关于")


@dataclass(slots=True)
class _Figure:
    """What matching needs of a figure. ``start`` and ``end`` are its period as far as it is known."""

    doc_id: str
    part: int
    figure_id: str
    indicator: str
    key: str
    unit: str
    change: str
    basis: str
    quote: str
    value: Decimal
    bound: str
    year: int
    start: date | None
    end: date | None
    bodies: tuple[str, ...]


@cache
def _around() -> re.Pattern[str]:
    words = tomllib.loads(files(__package__).joinpath("progress.toml").read_text("utf-8"))["around"]
    longest = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.compile(f"^(?:{longest})+|(?:{longest})+$")


def indicator_key(indicator: str) -> str:
    """An indicator without punctuation and without words of intention or completion around it."""
    bare = _UNNEEDED.sub("", indicator)
    return _around().sub("", bare) or bare


def _within(short: str, long: str) -> bool:
    """Whether the characters of ``short`` stand in ``long`` in order."""
    rest = iter(long)
    return all(c in rest for c in short)


def agreement(target: str, result: str) -> float:
    """How surely two indicator keys measure the same: 0 where they do not."""
    if target == result:
        return _SAME if len(target) > 2 else _NARROWER if len(target) == 2 else 0.0
    short, long = sorted((target, result), key=len)
    if (
        len(short) < 3
        or len(short) * 2 < len(long)
        or short[-_HEAD_CHARS:] != long[-_HEAD_CHARS:]
        or not _within(short, long)
    ):
        return 0.0
    # A word put in front (农村居民收入) often narrows what is measured.
    return _INNER if short[0] == long[0] else _NARROWER


_Index = dict[tuple[Any, ...], list[_Figure]]


class Matcher:
    """Collects the figures of a run, then gives the rows."""

    def __init__(self) -> None:
        self._targets: list[_Figure] = []
        self._results: list[_Figure] = []
        self._dates: dict[tuple[str, int], date | None] = {}

    def add(self, documents: Sequence[tuple[Any, ...]], figures: Sequence[tuple[Any, ...]]) -> None:
        """Take the rows of one file, tuples in declaration order."""
        parts = {d.part: d for d in (DocumentRow(*row) for row in documents)}
        for p in parts.values():
            self._dates[p.doc_id, p.part] = _day(p.date)
        for row in figures:
            figure = FigureRow(*row)
            part = parts.get(figure.part)
            if part is None or figure.status not in ("target", "actual") or figure.confidence < _MIN_CONFIDENCE:
                continue
            if (light := _light(figure, part)) is not None:
                (self._targets if figure.status == "target" else self._results).append(light)

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows of ``progress`` in the order of their targets, tuples in declaration order."""
        index: _Index = defaultdict(list)
        reports: dict[tuple[str, int], set[str]] = defaultdict(set)
        for r in self._results:
            for place in _places(r):
                for key in (r.key, r.key[-_HEAD_CHARS:]):
                    index[(*place, *_measured(r), key)].append(r)
            for body in r.bodies:
                reports[body, r.year].add(r.doc_id)
        chosen: list[tuple[_Figure, _Figure | None, float]] = []
        for t in self._targets:
            best = self._best(t, index)
            if best is not None:
                chosen.append((t, *best))
            elif any(reports[b, t.year] - {t.doc_id} for b in t.bodies if (b, t.year) in reports):
                chosen.append((t, None, _SILENT))
        return [astuple(self._row(*c)) for c in _undisputed(chosen)]

    def _best(self, t: _Figure, index: _Index) -> tuple[_Figure, float] | None:
        found: dict[str, tuple[float, date, _Figure]] = {}
        for key in (t.key, t.key[-_HEAD_CHARS:]):
            for place in _places(t):
                near = index.get((*place, *_measured(t), key), ())
                if len(near) > _MAX_NEAR:
                    continue
                for r in near:
                    if r.figure_id in found or (t.basis and r.quote in t.basis) or not _periods_agree(t, r):
                        continue
                    if sure := agreement(t.key, r.key):
                        found[r.figure_id] = (sure, self._reported_until(r) or date.min, r)
            if found:
                break  # what agrees word for word needs no likeness
        if not found:
            return None
        ranked = sorted(found.values(), key=lambda f: (f[0], f[1]), reverse=True)
        if len(ranked) > 1 and ranked[0][:2] == ranked[1][:2] and ranked[0][2].value != ranked[1][2].value:
            return None  # a tie
        return ranked[0][2], ranked[0][0]

    def _reported_until(self, r: _Figure) -> date | None:
        return r.end or self._dates.get((r.doc_id, r.part))

    def _row(self, t: _Figure, r: _Figure | None, sure: float) -> ProgressRow:
        start, end = t.start or date(t.year, 1, 1), t.end or date(t.year, 12, 31)
        row = ProgressRow(t.indicator, t.unit, t.value, t.doc_id, t.figure_id, period=f"{start}/{end}", confidence=sure)
        if r is None:
            row.state = "no_report"
            return row
        row.actual_value, row.actual_doc_id, row.actual_figure_id = r.value, r.doc_id, r.figure_id
        until = self._reported_until(r)
        if t.bound == "le":
            met = r.value <= t.value
            row.state = "met" if met else "missed" if until is not None and until >= end else ""
            return row
        if t.value <= 0:
            return row
        share = r.value / t.value
        row.completion = round(float(share), 4) if share < 10**6 else None
        if share > _PLAUSIBLE:
            row.confidence = min(sure, 0.4)
        if share >= 1:
            row.state = "met"
        elif until is not None and until >= end:
            row.state = "missed"
        elif until is not None and until >= start:
            elapsed = ((until - start).days + 1) / ((end - start).days + 1)
            row.state = "on_track" if float(share) >= elapsed - _SLACK else "behind"
        return row


def _undisputed(
    chosen: list[tuple[_Figure, _Figure | None, float]],
) -> Iterator[tuple[_Figure, _Figure | None, float]]:
    """Without pairs whose result serves another target better, or equally well with another value."""
    best: dict[
        str, tuple[float, Decimal | None]
    ] = {}  # result → its surest claim, and the one value it is held against
    for t, r, sure in chosen:
        if r is not None:
            known = best.get(r.figure_id, (0.0, None))
            if sure > known[0]:
                best[r.figure_id] = (sure, t.value)
            elif sure == known[0] and t.value != known[1]:
                best[r.figure_id] = (sure, None)
    for t, r, sure in chosen:
        if r is None or best[r.figure_id] == (sure, t.value):
            yield t, r, sure


def bodies(documents: Sequence[tuple[Any, ...]]) -> set[str]:
    """Names under which a file's targets and results can meet those of other files, from its rows of ``documents``."""
    return {body for row in documents for body in _bodies(DocumentRow(*row))}


def _places(f: _Figure) -> Iterator[tuple[str, ...]]:
    yield (f.doc_id, str(f.part))
    for body in f.bodies:
        yield ("body", body)


def _measured(f: _Figure) -> tuple[Any, ...]:
    """What a target and its result share exactly."""
    return f.unit, f.change, f.basis if f.change else "", f.year


def _periods_agree(t: _Figure, r: _Figure) -> bool:
    """Whether the result's period, if told, lies in the target's."""
    if t.start and r.start and r.start < t.start:
        return False
    return not (t.end and r.end and r.end > t.end)


def _light(f: FigureRow, part: DocumentRow) -> _Figure | None:
    value = f.value_high if f.bound == "le" else f.value_low
    key = indicator_key(f.indicator)
    if value is None or not f.unit or f.bound == "range" or not key or f.cue == _STARTING_POINT:
        return None
    year = _year_of(f, part)
    if year is None or not 1900 <= year <= 2200:
        return None
    start, end = (_day(d.replace("XXXX", str(year))) for d in (f.period_start, f.period_end))
    return _Figure(
        f.doc_id, f.part, f.figure_id, f.indicator, key, f.unit, f.change, f.basis, f.quote, value, f.bound, year,
        start, end, _bodies(part),
    )  # fmt: skip


def _year_of(f: FigureRow, part: DocumentRow) -> int | None:
    """The year a figure is about. A result outside a report tells the state before the plan, and so has none of its own."""
    for text in (f.period_end, f.period_start):
        if text[:4].isdigit():
            return int(text[:4])
    year = part.year
    for entry in part.years.split(";"):
        section, _, of_section = entry.rpartition("=")
        if section and of_section.isdigit() and f.section.startswith(section):
            year = int(of_section)
    if f.status == "actual" and not (part.kind == "summary" or (part.kind == "plan_and_summary" and year != part.year)):
        return None
    return year


def _bodies(part: DocumentRow) -> tuple[str, ...]:
    """Names by which the issuing body can be recognised: the issuer, and what stands before the year in the title."""
    named = [part.issuer] if part.issuer else []
    if (year := _YEAR_IN_TITLE.search(part.title)) and year.start() >= _BODY_CHARS:
        named.append(part.title[: year.start()].strip())
    return tuple(dict.fromkeys(named))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
