"""One document to its outcome, inside a worker process."""

from __future__ import annotations

import hashlib
import logging
import operator
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from extractors.errors import Rejected
from extractors.schema import TABLES, Row
from pipeline.config import Settings
from pipeline.inputs import Item

EXTRACTED = ("documents", "figures", "deadlines", "units", "tasks")
Rows = dict[str, list[tuple[Any, ...]]]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Outcome:
    """What became of one document: its rows (tuples in declaration order) and text, or the reason of its rejection."""

    source: str
    doc_id: str
    rows: Rows = field(default_factory=dict)
    text: bytes = b""
    reason: str = ""
    detail: str = ""


def doc_id_of(data: bytes) -> str:
    """First 16 hex digits of the SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


@cache
def _values(table: str) -> Callable[[Row], tuple[Any, ...]]:
    return operator.attrgetter(*(f.name for f in fields(TABLES[table].row)))


def rejected(item: Item, reason: str, detail: str) -> Outcome:
    """The outcome of an item whose worker could not tell it; hashes the file in pieces, since it may be what was too
    large for a worker."""
    doc_id = ""
    if not item.problem:
        digest = hashlib.sha256()
        try:
            with Path(item.path).open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
            doc_id = digest.hexdigest()[:16]
        except OSError:
            doc_id = ""
    return Outcome(item.source, doc_id, reason=reason, detail=detail)


def process(item: Item, settings: Settings) -> list[Outcome]:
    """Outcomes of one input, one a document in it. Never raises for what a document does."""
    if item.problem:
        return [Outcome(item.source, "", reason="unreadable", detail=item.problem)]
    if item.size > settings.max_mb << 20:
        return [rejected(item, "too_large", f"{item.size >> 20} MB, the limit is {settings.max_mb} MB")]
    try:
        data = Path(item.path).read_bytes()
    except OSError as error:
        return [
            Outcome(
                item.source, "", reason="unreadable", detail=f"cannot be read: {error.strerror or type(error).__name__}"
            )
        ]
    doc_id = doc_id_of(data)
    try:
        return [_extract(data, item.source, doc_id, settings)]
    except Rejected as refusal:
        return [Outcome(item.source, doc_id, reason=refusal.reason, detail=_line(refusal.detail))]
    except MemoryError:
        return [Outcome(item.source, doc_id, reason="memory", detail=f"needs more than {settings.memory_mb} MB")]
    except ImportError:  # the installation is broken, not the document
        raise
    except Exception as error:  # a fault of ours on this document must not stop the run
        log.exception("doc=%s stage=extract", doc_id)
        return [Outcome(item.source, doc_id, reason="crash", detail=_line(f"{type(error).__name__}: {error}"))]


def _line(detail: str) -> str:
    return " ".join(detail.encode("utf-8", "replace").decode().split())[:300]


def _extract(data: bytes, name: str, doc_id: str, settings: Settings) -> Outcome:
    import extractors  # noqa: PLC0415 (heavy; only workers need it)

    source = extractors.read(data, name)
    try:
        text = source.text.encode()
    except UnicodeEncodeError:  # lone surrogates cannot stand in any output; one "?" each keeps the offsets
        text = source.text.encode("utf-8", "replace")
        source = replace(source, text=text.decode())
    found = extractors.extract(source, extractors.Options(year=settings.year))
    rows = {table: [_values(table)(row) for row in found.rows[table]] for table in EXTRACTED}
    return Outcome(name, doc_id, rows, text)
