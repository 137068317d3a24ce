"""What a row of a ledger carries so that the ledger can be taken back from Excel: how it stood, and what was in its cells.

The *check* of a row stands in a folded column: how its review and its follow-up stood in the store when the ledger was
written, a digest of each of its cells that may be changed, and one of its source sentence, which tells whether id and row
are still together.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline.decimals import plain
from pipeline.rendering.cells import Link, Rich, Toned, clean

_EXACT = 15  # digits of a number that Excel keeps
_SIZE, _CELL_SIZE = 6, 3  # bytes of a digest; of one of a single cell


@dataclass(frozen=True, slots=True)
class Kept:
    """What people said of a row: the state of its review, its follow-up (for tasks), and ``stamps`` that name the row's
    content with its review, and its follow-up."""

    verdict: str = ""
    state: str = ""
    progress: str = ""
    value: str = ""
    evidence: str = ""
    new_date: str = ""
    reason: str = ""
    stamps: tuple[str, str] = ("", "")


def said(value: Any) -> str:
    """What a cell says, the same before and after a spreadsheet program has opened and saved it.

    >>> said(158000000.0), said(" a\\r\\nb "), said(date(2022, 9, 30))
    ('158000000', 'a\\nb', '2022-09-30')
    """
    if isinstance(value, Toned):
        value = value.value
    if isinstance(value, Rich):
        value = value.text
    if isinstance(value, Link):
        value = value.name
    if isinstance(value, tuple):  # a number with its unit
        value = value[0]
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        value = Decimal(format(value, f".{_EXACT}g"))
    if isinstance(value, Decimal | int):
        return plain(Decimal(value))
    return clean(str(value)).replace("\r\n", "\n").replace("\r", "\n").strip()


def number(text: str) -> Decimal | None:
    """The number that a cell says, None where it says none."""
    try:
        found = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def digest(text: str) -> str:
    """Of any text."""
    return hashlib.blake2b(text.encode(), digest_size=_SIZE).hexdigest()


def bound(row_id: str, sentence: Any) -> str:
    """Of an id and the sentence beside it; blanks do not count."""
    return digest(f"{row_id}\x1f{''.join(said(sentence).split())}")


def check(stamps: tuple[str, str], row_id: str, changeable: Iterable[Any], sentence: Any) -> str:
    """The check of a row; ``changeable`` are its cells that may be changed, in the order of the columns."""
    return "-".join((*stamps, bound(row_id, sentence), "".join(map(_cell, changeable))))


def _cell(value: Any) -> str:
    return hashlib.blake2b(said(value).encode(), digest_size=_CELL_SIZE).hexdigest()


@dataclass(frozen=True, slots=True)
class Check:
    """A check, read: ``stamps`` and ``bound`` as they were, and which cells say something else now."""

    stamps: tuple[str, str]
    bound: str
    touched: frozenset[int]


_FORM = re.compile(r"([0-9a-f]*)-([0-9a-f]*)-([0-9a-f]+)-([0-9a-f]*)")


def checked(text: str, changeable: Sequence[Any]) -> Check | None:
    """The check of a row whose changeable cells are these now; None for what is no check."""
    match = _FORM.fullmatch(text)
    if match is None or len(match[4]) != 2 * _CELL_SIZE * len(changeable):
        return None
    step = 2 * _CELL_SIZE
    touched = {n for n, value in enumerate(changeable) if _cell(value) != match[4][n * step : n * step + step]}
    return Check((match[1], match[2]), match[3], frozenset(touched))
