"""Engines that map the extraction over documents, one module each.

An engine is a function ``run(stretches, settings, scratch) -> Iterator[Done]``: every input of every stretch comes back
exactly once, in any order and any cut.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.inputs import Item


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring inputs that one worker takes at a time; ``first`` is the ordinal of the first."""

    first: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The encoded results (:func:`pipeline.journal.encode`) of ``count`` inputs from ordinal ``first`` on."""

    first: int
    count: int
    data: bytes
