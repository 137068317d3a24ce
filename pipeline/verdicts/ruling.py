"""The verdicts, and a decision as it stands on a document now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from extractors.schema import TABLES, Place, Row, row_id

ACCEPT, EDIT, REJECT, ADD, COMMENT = "accept", "edit", "reject", "add", "comment"
UNDO, CONFIRM, LINK, UNLINK = "undo", "confirm", "link", "unlink"
VERDICTS = (ACCEPT, EDIT, REJECT, ADD, COMMENT, UNDO, CONFIRM, LINK, UNLINK)

PLACED = ("figures", "deadlines", "units", "tasks")  # tables with rows tied to a place
MEMBERS = ("figures", "deadlines", "units")  # what a task is made of
JUDGED = ("documents", *PLACED)

_FIXED = frozenset(f.name for f in fields(Place))  # where a row stands and how it was found
_OF_DOCUMENTS = ("title", "kind", "issuer", "date", "year")
DERIVED = (  # columns of a task that its members give
    "lead_units", "responsible_units", "assist_units", "supervise_units", "due_start", "due_end", "rrule", "figures",
)  # fmt: skip
_IDS = frozenset({"task_id", "figure_ids", "deadline_ids", "unit_ids"})
_ADDED = "u"  # no hex digit, so that an added row's id is never an extracted one's


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decision. ``start``, ``end``, ``quote`` and ``row_id`` are where it stands now, ``quote_then`` what stood there
    when it was made; ``lost`` where its place is not in the text any more. ``before`` and ``after`` are by column."""

    decision_id: str
    number: int
    made_at: str
    who: str
    verdict: str
    table: str
    row_id: str
    start: int
    end: int
    quote: str
    quote_then: str
    doc_id_then: str
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    lost: bool = False

    @property
    def moved(self) -> bool:
        """Whether the words that it was made on have changed."""
        return self.quote != self.quote_then


def key_of(table: str, row: Row) -> str:
    """The id of a row; of a part of a document ``doc_id:part``."""
    if table == "documents":
        return f"{row.doc_id}:{row.part}"  # type: ignore[attr-defined]
    return str(getattr(row, TABLES[table].key[0]))


def added_id(doc_id: str, table: str, start: int, end: int, number: int) -> str:
    """The id of a row that an analyst added: ``number`` keeps two at one place apart."""
    return _ADDED + row_id(doc_id, table, start, end, "added", number)[1:]


def is_added(row_id: str) -> bool:
    """Whether an id is that of an added row."""
    return row_id.startswith(_ADDED)


def content(table: str) -> tuple[str, ...]:
    """The columns that say what a row means, which an analyst may correct, in declaration order."""
    if table == "documents":
        return _OF_DOCUMENTS
    own = {TABLES[table].key[0]} if table in TABLES else set()
    return tuple(f.name for f in fields(TABLES[table].row) if f.name not in _FIXED | _IDS | own)


def as_json(value: Any) -> Any:
    """A value of a row as JSON holds it: decimals as plain digits."""
    return format(value, "f") if isinstance(value, Decimal) else value


def snapshot(table: str, row: Row) -> dict[str, Any]:
    """What a row means, as JSON holds it."""
    return {name: as_json(getattr(row, name)) for name in content(table)}


def in_force(rulings: Iterable[Ruling]) -> list[Ruling]:
    """Rulings without undone ones and without the undoing, in their order."""
    ordered: Sequence[Ruling] = sorted(rulings, key=lambda r: r.number)
    undone = {r.after.get("undoes") for r in ordered if r.verdict == UNDO}
    return [r for r in ordered if r.verdict != UNDO and r.decision_id not in undone]


def mark_of(rulings: Iterable[Ruling]) -> str:
    """The state of a row as a decision names it: the latest decision on it that is no comment, empty for none."""
    binding = [r for r in rulings if r.verdict != COMMENT]
    return max(binding, key=lambda r: r.number).decision_id if binding else ""
