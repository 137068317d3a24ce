"""The rows of a run as the measure sees them, read from its CSV tables."""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipeline.errors import UsageError
from pipeline.evaluation.gold import TABLES, GoldFile

FIRM = 0.5  # rows below are candidates for the review queue and are not scored


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table with gold's field names beside its own."""

    table: str
    start: int
    end: int
    confidence: float
    fields: dict[str, str]

    @property
    def firm(self) -> bool:
        """Whether it is a claim and not a candidate."""
        return self.confidence >= FIRM


@dataclass(slots=True)
class Part:
    """What ``documents`` says of one part."""

    start: int
    end: int
    kind: str
    quality: tuple[str, ...]


@dataclass(slots=True)
class Source:
    """The rows of all documents of one file name."""

    doc_id: str = ""
    rows: dict[str, list[Row]] = field(default_factory=lambda: {t: [] for t in TABLES})
    parts: list[Part] = field(default_factory=list)

    def part_of(self, gold: GoldFile) -> Part | None:
        """The part that holds most of a gold file's range."""
        return max(self.parts, key=lambda p: min(p.end, gold.high) - max(p.start, gold.low), default=None)


@dataclass(slots=True)
class Predictions:
    """A run's rows by the name of the source file, without folders."""

    folder: Path
    sources: dict[str, Source] = field(default_factory=dict)

    def of(self, gold: GoldFile) -> Source:
        """What the run found in the source of a gold file; nothing where it did not read it."""
        return self.sources.get(gold.source) or Source()

    def text(self, gold: GoldFile) -> str | None:
        """The text that offsets point into, None where the run kept none."""
        path = self.folder / "texts" / f"{self.of(gold).doc_id}.txt"
        return path.read_bytes().decode("utf-8") if path.is_file() else None


def read(folder: Path) -> Predictions:
    """The rows of an output folder. Raises UsageError where it holds no CSV tables of ours."""
    predictions = Predictions(folder)
    by_doc: dict[str, str] = {}
    for d in _table(folder, "documents"):
        name = by_doc.setdefault(d["doc_id"], PurePosixPath(d["source"]).name)
        source = predictions.sources.setdefault(name, Source(d["doc_id"]))
        quality = tuple(d.get("quality", "").split())
        source.parts.append(Part(_whole(d.get("start")), _whole(d.get("end")), d.get("kind", ""), quality))
    for table in TABLES:
        for fields in _table(folder, table):
            if fields.get("start", "").strip() and (name := by_doc.get(fields["doc_id"], "")):
                predictions.sources[name].rows[table].append(completed(table, fields))
    return predictions


def completed(table: str, fields: dict[str, str]) -> Row:
    """A row from the cells of its table, with gold's names added."""
    fields["low"], fields["high"] = fields.get("value_low", ""), fields.get("value_high", "")
    ends = (fields.get("period_start", ""), fields.get("period_end", ""))
    fields["period"] = "/".join(ends) if any(ends) else ""
    return Row(table, _whole(fields["start"]), _whole(fields["end"]), float(fields.get("confidence") or 1), fields)


def _whole(cell: str | None) -> int:
    return int(float(cell or 0))


def _table(folder: Path, name: str) -> list[dict[str, str]]:
    csv.field_size_limit(sys.maxsize)
    path = folder / f"{name}.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [{k: v or "" for k, v in row.items() if k} for row in csv.DictReader(file)]
    except FileNotFoundError:
        raise UsageError(f"{folder} 里没有 {name}.csv;请给出 taizhang extract 写出的、含 csv 的结果文件夹") from None
