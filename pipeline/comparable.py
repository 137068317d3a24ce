"""The targets and results of one document, packed where the document is, so that any number can be compared without all of
them in memory.

A pack holds figures of one part that may meet each other and those of other packs: of one year, measured alike. Figures of two
packs meet only where their ``meeting`` is the same and they share a body (:mod:`pipeline.progress`).
"""

from __future__ import annotations

import operator
import pickle
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from extractors.comparables import Figure, Part, read
from extractors.indicator_wording import measure_class

COMPARED = ("documents", "figures", "deadlines", "units")
_values = operator.attrgetter(*(f.name for f in fields(Figure)))


class Pack(NamedTuple):
    """Figures of one part that may meet: their number, all bodies they can meet under, and the bodies that have a result
    among them. A plain tuple in a journal."""

    meeting: str
    year: int
    doc_id: str
    figures: int
    bodies: tuple[str, ...]
    reporting: tuple[str, ...]
    data: bytes


def packed(rows: dict[str, list[Any]]) -> list[tuple[Any, ...]]:
    """The packs of a document, from its rows, as tuples."""
    found: list[tuple[Any, ...]] = []
    targets = 0
    for part in read(*(rows[table] for table in COMPARED)):
        groups: dict[tuple[int, str], tuple[list[Figure], list[Figure]]] = defaultdict(lambda: ([], []))
        sentences: dict[str, str] = {}
        for number, t in enumerate(part.targets, start=targets):
            t.ordinal = number
            groups[_group(t)][0].append(t)
        for r in part.results:
            groups[_group(r)][1].append(r)
        targets += len(part.targets)
        for (year, meeting), both in groups.items():
            for f in (*both[0], *both[1]):  # which sentences are the same is all that matters of them here
                f.sentence = sentences.setdefault(f.sentence, str(len(sentences)))
            own, reporting = ({b for f in some for b in f.bodies} for some in ((*both[0], *both[1]), both[1]))
            data = pickle.dumps((part.doc_id, part.part, part.date, *([_values(f) for f in some] for some in both)), 5)
            found.append(
                tuple(
                    Pack(meeting, year, part.doc_id, sum(map(len, both)), (*sorted(own),), (*sorted(reporting),), data)
                )
            )
    return found


def _group(f: Figure) -> tuple[int, str]:
    return f.year, f"{f.year}|{f.change}|{measure_class(f.unit)}"


def unpacked(part: Sequence[Any]) -> Part:
    """The figures of a pack, from what its ``data`` holds."""
    doc_id, number, date, targets, results = part
    return Part(doc_id, number, date, [Figure(*values) for values in targets], [Figure(*values) for values in results])
