"""What the finders of accountable organisations hand to one another before a mention is made of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Hit:
    """A place found (clean offsets) with its role and how it stands; see :class:`extractors.mentions.UnitMention`."""

    start: int
    end: int
    role: str
    form: str
    group: tuple[int, int]
    rule: str
    cue: str
    confidence: float
    clause: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Listing:
    """A labelled or bracketed list: its span with label and brackets, its members and the persons in it."""

    start: int
    end: int
    hits: list[Hit]
    persons: list[tuple[int, int]]
