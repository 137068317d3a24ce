"""Mentions in context: what the three extractors hand to linking, in clean offsets."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from extractors.document import Segment


@dataclass(slots=True)
class Mention:
    """A place in the clean text that becomes a row. ``sentence`` is the clean span of the sentence around it.

    ``rule`` names the rule that found it and ``cue`` the words that decided; ``confidence`` is 0 to 1, below 0.5 a candidate.
    ``row`` is the row that it became, once rows are written.
    """

    start: int
    end: int
    segment: Segment
    sentence: tuple[int, int]
    rule: str = ""
    cue: str = ""
    confidence: float = 0.9
    row: Any = field(default=None, init=False, repr=False, compare=False)


@dataclass(slots=True)
class FigureMention(Mention):
    """A number that measures something; fields as in the table figures."""

    low: Decimal | None = None
    high: Decimal | None = None
    measure: str = ""
    bound: str = "eq"
    status: str = "other"
    change: str = ""
    basis: str = ""
    indicator: str = ""
    period: tuple[str, str] = ("", "")


@dataclass(slots=True)
class DeadlineMention(Mention):
    """A time limit; fields as in the table deadlines. ``action_span`` is the clean span that says what is due."""

    kind: str = "by"
    due_start: str = ""
    due_end: str = ""
    rrule: str = ""
    duration: str = ""
    action: str = ""


@dataclass(slots=True)
class UnitMention(Mention):
    """A mention of an accountable organisation.

    ``form`` tells how it stands: ``list`` in a labelled or bracketed list (责任单位:…), ``subject`` before its verb,
    ``phrase`` in a phrase that holds only units (由X牵头,Y配合), ``table`` in a cell. ``group`` is the clean span of the
    whole list, phrase or enumeration with its label and brackets; ``clause`` the clean span of what the unit is to do
    (for a subject: from after the subject and its modal to the end of the clause; else empty: linking decides).
    """

    name: str = ""
    canonical: str = ""
    role: str = "responsible"
    form: str = "subject"
    group: tuple[int, int] = (0, 0)
    clause: tuple[int, int] = (0, 0)
    action: str = ""
