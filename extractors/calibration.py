"""From the marks that rules give themselves to how often such rows are right.

A rule knows how firm its evidence is, not how often it errs. Annotated documents tell that by kind of row: the table
``calibration.toml`` holds, from the general kind to the special one, how many rows the rules brought and how many were
right (:mod:`pipeline.evaluation.calibrating` counts them). A row takes the confidence of the most special kind known.
Rows below 0.5 are candidates and stay what they are; no row crosses 0.5 here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from operator import attrgetter

from extractors.lexicon import settings
from extractors.mentions import DeadlineMention, FigureMention, Mention, UnitMention

FIRM = 0.5
_WEAK, _FAIR = 0.8, 0.9
# A rule that marks its row no higher has said that the text is open to readings (2035年前); counting cannot heal that.
_OPEN = 0.7
_UNSURE = 0.89  # nor can it make firm what a rule calls weak: documents that taught the rule flatter it most
_PERIOD = re.compile(r"[\dX]{4}-")
Kind = tuple[str, ...]


def figure_kind(status: str, bound: str, cue: str, confidence: float) -> Kind:
    """Traits of a figure that tell how often it is right, the weightiest first."""
    return "figures", status, _cue(cue), _strength(confidence), "exact" if bound == "eq" else "bounded"


def deadline_kind(kind: str, cue: str, confidence: float) -> Kind:
    """The same of a deadline."""
    return "deadlines", kind, _cue(cue), _strength(confidence)


def unit_kind(rule: str, confidence: float) -> Kind:
    """The same of a unit."""
    return "units", rule.replace(" ", "_"), _strength(confidence)


def _cue(cue: str) -> str:
    """What led there: the tense of its section, a time that the clause names, a word of the clause, or nothing."""
    if cue.startswith("section:"):
        return "section"
    return ("period" if _PERIOD.match(cue) else "word") if cue else "none"


def _strength(confidence: float) -> str:
    return "weak" if confidence < _WEAK else "fair" if confidence < _FAIR else "strong"


def calibrated(m: Mention, quality: frozenset[str]) -> float:
    """The confidence of a mention in a part with these quality flags; a mention of no table keeps its own."""
    if m.confidence < FIRM:
        return m.confidence
    if isinstance(m, FigureMention):
        sure = _of_figure(m.status, m.bound, m.cue, m.confidence, quality)
    elif isinstance(m, DeadlineMention):
        sure = _of_deadline(m.kind, m.cue, m.confidence, quality)
    elif isinstance(m, UnitMention):
        sure = _of_unit(m.rule, m.confidence, quality)
    else:
        return m.confidence
    return min(sure, _OPEN if m.confidence <= _OPEN else _UNSURE if m.confidence < _WEAK else sure)


_TRAITS: dict[type[Mention], Callable[[Mention], tuple[object, ...]]] = {
    FigureMention: attrgetter("status", "bound", "cue", "confidence"),
    DeadlineMention: attrgetter("kind", "cue", "confidence"),
    UnitMention: attrgetter("rule", "confidence"),
}


def confidences(mentions: Sequence[Mention], quality: frozenset[str]) -> list[float]:
    """The same of many mentions, all of one table: those with equal traits are looked up once."""
    if not mentions:
        return []
    traits = list(map(_TRAITS[type(mentions[0])], mentions))
    known: dict[tuple[object, ...], float] = {}
    for key, m in zip(traits, mentions, strict=True):
        if key not in known:
            known[key] = calibrated(m, quality)
    return [known[key] for key in traits]


# The rows of a table share a few cues and marks.
@lru_cache(4096)
def _of_figure(status: str, bound: str, cue: str, confidence: float, quality: frozenset[str]) -> float:
    return confidence_of(figure_kind(status, bound, cue, confidence), quality)


@lru_cache(4096)
def _of_deadline(kind: str, cue: str, confidence: float, quality: frozenset[str]) -> float:
    return confidence_of(deadline_kind(kind, cue, confidence), quality)


@lru_cache(1024)
def _of_unit(rule: str, confidence: float, quality: frozenset[str]) -> float:
    return confidence_of(unit_kind(rule, confidence), quality)


@cache
def confidence_of(kind: Kind, quality: frozenset[str]) -> float:
    """The confidence of firm rows of a kind in a part of that quality, 0.5 to 1."""
    data = settings("calibration")
    known = data["known"]
    keys = (" ".join(kind[:n]) for n in range(len(kind), 0, -1))
    sure: float = next((known[k]["confidence"] for k in keys if k in known), FIRM)
    for flag in sorted(quality):
        sure *= data["caution"][kind[0]].get(flag, 1.0)
    return max(FIRM, round(sure, 2))
