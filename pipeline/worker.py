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

from extractors import collector
from extractors.errors import Rejected
from extractors.schema import TABLES, Row
from pipeline.config import Settings
from pipeline.expansion import Expansion, Leaf, Lost
from pipeline.inputs import Item

EXTRACTED = ("documents", "figures", "deadlines", "units", "tasks")
Rows = dict[str, list[tuple[Any, ...]]]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Rendered:
    """What the files of a run take of a document, made ready: by table, lines of CSV, and for the ledger the number of rows,
    their XML and which columns they fill (:mod:`pipeline.rendering`); and what can be compared with other documents
    (:mod:`pipeline.comparable`)."""

    csv: dict[str, str] = field(default_factory=dict)
    ledger: dict[str, tuple[int, str, int]] = field(default_factory=dict)
    comparable: list[tuple[Any, ...]] | None = None


@dataclass(slots=True)
class Outcome:
    """What became of one document: its rows (tuples in declaration order) and text, or the reason of its rejection.

    ``rendered`` is there where a worker has made it already.
    """

    source: str
    doc_id: str
    rows: Rows = field(default_factory=dict)
    text: bytes = b""
    reason: str = ""
    detail: str = ""
    rendered: Rendered | None = None


def doc_id_of(data: bytes) -> str:
    """First 16 hex digits of the SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


@cache
def row_values(table: str) -> Callable[[Row], tuple[Any, ...]]:
    """The values of a row of the table, in declaration order."""
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


def process(
    item: Item, settings: Settings, lost: tuple[Lost, ...] = (), step: Callable[[int], None] = lambda _: None
) -> list[Outcome]:
    """Outcomes of one input, one a document in it.

    Never raises for what a document does. ``step`` is called with the number of each step before it begins, ``lost`` names
    steps that ended a worker before (:mod:`pipeline.expansion`).
    """
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
    outcomes = []
    at = item.source
    try:
        for leaf in Expansion(settings.timeout, lost, step).leaves(data, item.source):
            at = leaf.source
            outcome = _outcome(leaf, settings)
            if not (leaf.optional and outcome.reason in {"no_text", "empty"}):
                outcomes.append(outcome)
    except ImportError:
        raise
    except Exception as error:  # a fault in listing a container
        log.debug("source=%s stage=open", at, exc_info=True)  # quotes the document; the run tells file and reason
        refusal = _refusal(error, settings)
        outcomes.append(Outcome(item.source, doc_id_of(data), reason=refusal.reason, detail=_line(refusal.detail)))
    return outcomes


def _outcome(leaf: Leaf, settings: Settings) -> Outcome:
    """What became of one leaf of an input."""
    data = leaf.data
    doc_id = "" if data is None else doc_id_of(data)
    try:
        if leaf.refusal is not None or data is None:
            raise leaf.refusal or Rejected("unreadable", "cannot be unpacked")
        return _extract(data, leaf.source, doc_id, settings)
    except ImportError:  # the installation is broken, not the document
        raise
    except Exception as error:
        if not isinstance(error, (Rejected, MemoryError)):  # a fault of ours on this document must not stop the run
            log.debug("doc=%s stage=extract", doc_id, exc_info=True)  # as above
        refusal = _refusal(error, settings)
        return Outcome(leaf.source, doc_id, reason=refusal.reason, detail=_line(refusal.detail))


def _refusal(error: Exception, settings: Settings) -> Rejected:
    if isinstance(error, Rejected):
        return error
    if isinstance(error, MemoryError):
        return Rejected("memory", f"needs more than {settings.memory_mb} MB")
    return Rejected("crash", f"{type(error).__name__}: {error}")


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
    return Outcome(name, doc_id, _turned(found.rows), text)


@collector.at_rest()
def _turned(found: dict[str, list[Row]]) -> Rows:
    """Rows as tuples in declaration order."""
    return {table: list(map(row_values(table), found[table])) for table in EXTRACTED}
