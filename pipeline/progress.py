"""The table ``progress``, targets against results within and across documents: which result answers which target, and how far it has come.

Conservative: a measure, direction of change, basis, time and body in common, and indicators that agree. What fits several
results equally well is kept with a confidence below 0.5 for the analyst. No clock is read: how far a period has run is told
by the result's own period or its document's date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

from extractors.comparables import MIN_CONFIDENCE, Figure, Part, read
from extractors.indicator_wording import DOUBTFUL, HEAD_CHARS, OWNED, agreement, measure_key, measures_agree, turned
from extractors.schema import ProgressRow

_SLACK = 0.05  # behind the calendar by less is on track
_SILENT = 0.75  # of a target that no report of its body and year mentions
_SAME_SENTENCE = 0.85
_PLAUSIBLE = 5  # a result beyond so many times its target is more likely another indicator
_MAX_NEAR = 200  # results of a body under one name; which of more it is cannot be told, and looking costs their square
_MAX_RIVALS = 3  # equal candidates that are kept for the analyst
_CLOSE = 0.12  # confidences nearer than this are as good as each other: the later report counts

_Index = dict[tuple[Any, ...], list[Figure]]


@dataclass(slots=True)
class _Pair:
    target: Figure
    result: Figure | None
    sure: float
    said: bool = False  # by a person


@dataclass(frozen=True, slots=True)
class Pairs:
    """What people said of targets and results, by their ids: these belong together, these do not."""

    confirmed: frozenset[tuple[str, str]] = frozenset()
    split: frozenset[tuple[str, str]] = frozenset()


class Reports:
    """Which bodies report results of a year, and in which documents: in one of them, or in several."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, int], str] = {}

    def add(self, doc_id: str, year: int, bodies: Iterable[str]) -> None:
        """Note a document with results of these bodies."""
        for body in bodies:
            if self._of.setdefault((body, year), doc_id) != doc_id:
                self._of[body, year] = ""

    def elsewhere(self, doc_id: str, year: int, bodies: Iterable[str]) -> bool:
        """Whether any of the bodies has results of the year in another document."""
        return any(self._of.get((body, year), doc_id) != doc_id for body in bodies)


class Matcher:
    """Collects the figures of a run, then gives the rows. ``pairs`` go before what is found; ``reports`` tell what is
    reported in the whole run, where only a part of it is collected."""

    def __init__(self, pairs: Pairs = Pairs(), reports: Reports | None = None) -> None:
        self._reports = reports
        self._split = pairs.split
        self._confirmed: dict[str, list[str]] = defaultdict(list)
        for target, result in sorted(pairs.confirmed):
            self._confirmed[target].append(result)
        self._parts: list[Part] = []
        self._dates: dict[tuple[str, int], date | None] = {}

    def add(
        self, documents: Sequence[tuple[Any, ...]], figures: Sequence[tuple[Any, ...]],
        deadlines: Sequence[tuple[Any, ...]] = (), units: Sequence[tuple[Any, ...]] = (),
    ) -> None:  # fmt: skip
        """Take the rows of one file, tuples in declaration order."""
        self.take(read(documents, figures, deadlines, units))

    def take(self, parts: Iterable[Part]) -> None:
        """Take what can be compared of one file."""
        for part in parts:
            self._dates[part.doc_id, part.part] = part.date
            if part.targets or part.results:
                self._parts.append(part)

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows of ``progress`` in the order of their targets, tuples in declaration order."""
        return [row for _, row in self.ordered()]

    def ordered(self) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """The same, each with the ordinal of its target."""
        index: _Index = defaultdict(list)
        reports = self._reports or Reports()
        for r in (r for part in self._parts for r in part.results):
            for place in _places(r):
                for name in {n for key in _names(r) for n in (key, turned(key), key[-HEAD_CHARS:])}:
                    index[(*place, *_measured(r), name)].append(r)
            if self._reports is None:
                reports.add(r.doc_id, r.year, r.bodies)
        chosen: list[_Pair] = []
        wanted = {i for ids in self._confirmed.values() for i in ids}
        known = {r.figure_id: r for part in self._parts for r in part.results if r.figure_id in wanted}
        for part in self._parts:
            within = _by_sentence(part.results)
            for t in _distinct(part.targets):
                told = [known[i] for i in self._confirmed.get(t.figure_id, ()) if i in known]
                found = [_Pair(t, r, 1.0, said=True) for r in told] or self._best(t, index, within)
                if found:
                    chosen += found
                elif reports.elsewhere(t.doc_id, t.year, t.bodies):
                    chosen.append(_Pair(t, None, _SILENT))
        return ((p.target.ordinal, astuple(self._row(p))) for p in _undisputed(chosen))

    def _best(self, t: Figure, index: _Index, within: dict[str, list[Figure]]) -> list[_Pair]:
        found: dict[str, tuple[float, date, Figure]] = {}
        for r in within.get(t.sentence, ()):
            if self._may(t, r) and (r.elliptic or t.elliptic) and _told_by(t, r):
                found[r.figure_id] = (_SAME_SENTENCE, self._reported_until(r) or date.min, r)
        for r in self._near(t, index):
            if r.figure_id in found or not self._may(t, r):
                continue
            sure = max(_agreement(t, r, key, other) for key in _names(t) for other in _names(r))
            if sure:
                sure = min(sure, DOUBTFUL) if _partial(t, r) else sure
                found[r.figure_id] = (sure, self._reported_until(r) or date.min, r)
        if not found:
            return []
        top = max(sure for sure, _, _ in found.values())
        good = [f for f in found.values() if f[0] >= top - _CLOSE]
        latest = max(until for _, until, _ in good)
        good = sorted((f for f in good if f[1] == latest), key=lambda f: -f[0])
        best = [f for f in good if f[0] == good[0][0]]
        if len({f[2].value for f in best}) > 1:
            return [_Pair(t, r, min(sure, 0.4)) for sure, _, r in best[:_MAX_RIVALS]]
        return [_Pair(t, best[0][2], best[0][0])]

    def _may(self, t: Figure, r: Figure) -> bool:
        return _comparable(t, r) and (t.figure_id, r.figure_id) not in self._split

    @staticmethod
    def _near(t: Figure, index: _Index) -> Iterator[Figure]:
        seen: set[str] = set()
        for key in _names(t):
            for wanted in dict.fromkeys((key, turned(key), key[-HEAD_CHARS:])):
                for place in _places(t):
                    near = index.get((*place, *_measured(t), wanted), ())
                    if len(near) > _MAX_NEAR and (place[0] == "body" or len(wanted) == HEAD_CHARS):
                        continue
                    for r in near:
                        if r.figure_id not in seen:
                            seen.add(r.figure_id)
                            yield r

    def _reported_until(self, r: Figure) -> date | None:
        told = self._dates.get((r.doc_id, r.part))
        return told if r.so_far else r.end or told

    def _row(self, pair: _Pair) -> ProgressRow:
        t, r, sure = pair.target, pair.result, pair.sure
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
        if share > _PLAUSIBLE and not pair.said:
            row.confidence = min(sure, 0.4)
        if row.confidence < MIN_CONFIDENCE:
            return row  # which of them it is, or whether, is for the analyst to say
        if share >= 1:
            row.state = "met"
        elif until is not None and until >= end:
            row.state = "missed"
        elif until is not None and until >= start:
            elapsed = ((until - start).days + 1) / ((end - start).days + 1)
            row.state = "on_track" if float(share) >= elapsed - _SLACK else "behind"
        return row


def _distinct(targets: Iterable[Figure]) -> Iterator[Figure]:
    """Targets of a part, each once: what a sentence says again is the same target."""
    seen: set[tuple[Any, ...]] = set()
    for t in targets:
        told = (t.keys[0], t.unit, t.value, t.bound, t.change, t.year, t.sentence)
        if told not in seen:
            seen.add(told)
            yield t


def _by_sentence(results: Iterable[Figure]) -> dict[str, list[Figure]]:
    found: dict[str, list[Figure]] = defaultdict(list)
    for r in results:
        found[r.sentence].append(r)
    return found


def _told_by(t: Figure, r: Figure) -> bool:
    """Whether the target and the result of one sentence are about the same: one of them left its subject out."""
    return any(agreement(a, b) > DOUBTFUL for a in t.keys for b in r.keys)


def _undisputed(chosen: list[_Pair]) -> Iterator[_Pair]:
    """Without pairs whose result serves another target better; where it serves several equally well, all are doubtful,
    unless they are steps of one target (确保51亿元,力争54亿元)."""
    claims: dict[str, list[_Pair]] = defaultdict(list)
    for p in chosen:
        if p.result is not None:
            claims[p.result.figure_id].append(p)
    for p in chosen:
        rivals = [o for o in claims[p.result.figure_id] if o.target is not p.target] if p.result is not None else []
        rivals = [o for o in rivals if not _steps(o.target, p.target)]
        if any(o.sure > p.sure for o in rivals):
            continue
        if any(o.sure == p.sure for o in rivals) and not p.said:
            p.sure = min(p.sure, 0.4)
        yield p


def _steps(a: Figure, b: Figure) -> bool:
    """Whether two targets are steps or repetitions of one, so that a result may answer both."""
    return a.value == b.value or bool(set(_names(a)) & set(_names(b)))


def _names(f: Figure) -> tuple[str, ...]:
    return (*f.keys, f.owned) if f.owned and f.owned not in f.keys else f.keys


def _agreement(t: Figure, r: Figure, key: str, other: str) -> float:
    """Agreement of two of their names; less sure where one was had by leaving out whose it is."""
    sure = agreement(key, other)
    return min(sure, OWNED) if (key == t.owned) != (other == r.owned) else sure


def _places(f: Figure) -> Iterator[tuple[str, ...]]:
    yield (f.doc_id, str(f.part))
    for body in f.bodies:
        yield ("body", body)


def _measured(f: Figure) -> tuple[Any, ...]:
    """What a target and its result share exactly."""
    return measure_key(f.unit), f.change, f.basis if f.change else "", f.year


def _comparable(t: Figure, r: Figure) -> bool:
    """Whether measure, direction and time let two figures be compared. A result's period lies in the target's."""
    if not measures_agree(t.unit, r.unit) or t.change != r.change or t.year != r.year:
        return False
    if (t.change and t.basis != r.basis) or (t.basis and r.quote in t.basis):
        return False
    return not ((t.start and r.start and r.start < t.start) or (t.end and r.end and r.end > t.end and t.start))


def _partial(t: Figure, r: Figure) -> bool:
    """Whether a result covers only a stretch in the middle of the target's period, such as its second quarter."""
    begins = t.start or date(t.year, 1, 1)
    return r.start is not None and r.start > begins
