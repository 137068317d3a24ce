"""The journal as one stream in input order, second copies of the same bytes turned into rejects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from typing import Protocol

from extractors.schema import REJECT_REASONS
from pipeline.journal import Entry
from pipeline.worker import Outcome


class Outcomes(Protocol):
    """Where outcomes come from: the journal of a run, or the store."""

    def outcomes(self, rendered: str = "", rows: Container[str] | None = None) -> Iterator[Outcome]:
        """All outcomes in input order; with what is rendered of them (:data:`pipeline.journal.RENDERED`), if it is there.
        ``rows`` are the documents whose rows and text are wanted even so; None: of all."""
        ...


class Merge:
    """What a finished journal holds: ``documents`` files with tables, ``reasons`` of the rejects."""

    def __init__(self, journal: Outcomes, entries: Sequence[Entry]) -> None:
        self._journal = journal
        first: dict[str, str] = {}
        again: set[str] = set()
        for e in entries:
            if e.doc_id and e.reason != "empty":
                known = first.setdefault(e.doc_id, e.source)
                if known != e.source:
                    first[e.doc_id] = min(known, e.source)
                    again.add(e.doc_id)
        self._first = {doc_id: first[doc_id] for doc_id in again}  # of bytes under several names
        self.reasons: Counter[str] = Counter()
        self.documents = self.parts = 0
        for e in entries:
            if reason := self.reason(e):
                self.reasons[reason] += 1
            else:
                self.documents += 1
                self.parts += e.documents

    def reason(self, e: Entry | Outcome) -> str:
        """Why an outcome gives no tables, empty where it does."""
        # Every empty file has the same bytes, and each is its sender's mistake.
        if e.doc_id and e.reason != "empty" and self._first.get(e.doc_id, e.source) != e.source:
            return "duplicate"
        return e.reason

    def outcomes(self, rendered: str = "", rows: Container[str] | None = None) -> Iterator[Outcome]:
        """Outcomes in input order; a duplicate has lost its rows. ``rendered``, ``rows``: see :class:`Outcomes`."""
        for outcome in self._journal.outcomes(rendered, rows):
            if self.reason(outcome) == "duplicate":
                yield self.copy(outcome.source, outcome.doc_id)
            else:
                yield outcome

    def copy(self, source: str, doc_id: str) -> Outcome:
        """The outcome of a second copy."""
        return Outcome(source, doc_id, reason="duplicate", detail=f"same bytes as {self._first[doc_id]}")


def reject_row(outcome: Outcome) -> tuple[str, str, str, str, str]:
    """The row of ``rejects``, in declaration order."""
    return outcome.source, outcome.doc_id, outcome.reason, outcome.detail, REJECT_REASONS[outcome.reason][1]
