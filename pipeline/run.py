"""One run of ``taizhang extract``: inputs → journal → tables → output folder."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractors.schema import TABLES
from pipeline import batch, inputs, logs, output, program
from pipeline.config import Settings
from pipeline.errors import UsageError
from pipeline.journal import Journal
from pipeline.merge import Merge, reject_row
from pipeline.rendering.ledger import Standing
from pipeline.worker import EXTRACTED

log = logging.getLogger(__name__)

SHARD_DOCUMENTS = 10_000  # above it texts and tables are kept in parts


@dataclass(slots=True)
class Summary:
    """What a run read and found; ``inputs`` counts what is listed: files, and the members of archives in their place."""

    out: str
    inputs: int
    documents: int
    parts: int
    ignored: int
    links: list[str]
    rejects: dict[str, int]
    rows: dict[str, int] = field(default_factory=dict)


def collect(paths: Sequence[Path], out: Path) -> inputs.Inputs:
    """The inputs of a run; raises UsageError where one lies in the output folder, which would be replaced."""
    output.check(out)
    here = out.resolve()
    for path in paths:
        if path.resolve() == here or here in path.resolve().parents:
            raise UsageError(f"输入 {path} 在输出文件夹 {out} 之内,请换一个输出位置")
    return inputs.collect(paths, skip=[here, output.partial_of(here)])


def extract(found: inputs.Inputs, out: Path, settings: Settings, progress: batch.Progress) -> Summary:
    """Do the whole run; raises RunError, OSError."""
    out = out.resolve()
    with output.workspace(out, batch.fingerprint(found.items, settings)) as partial:
        journal = Journal(partial / "journal")
        batch.run(found.items, settings, journal, progress)
        entries = journal.scan()[1]
        logs.rejects(log, entries)
        merge = Merge(journal, entries)
        new = output.fresh(partial)
        summary = Summary(
            str(out), merge.documents + sum(merge.reasons.values()), merge.documents, merge.parts, found.ignored, found.links,
            dict(sorted(merge.reasons.items())),
        )  # fmt: skip
        summary.rows = write_tables(merge, new, settings)
        describe(new, settings, summary)
        output.publish(partial, out)
    return summary


def write_tables(merge: Merge, new: Path, settings: Settings, standing: Standing | None = None) -> dict[str, int]:
    """Write all tables and texts of the outcomes into ``new``; rows by table. ``standing``: what people said of the rows,
    for a ledger that can be taken back."""
    from pipeline.export.tables import CsvSink, ParquetSink, Sink, Texts  # noqa: PLC0415
    from pipeline.progress import Matcher  # noqa: PLC0415

    sharded = merge.documents > SHARD_DOCUMENTS
    sinks: dict[str, list[Sink]] = {table: [] for table in TABLES}
    for table in TABLES:
        if "csv" in settings.formats:
            sinks[table].append(CsvSink(new, table))
        if "parquet" in settings.formats:
            sinks[table].append(ParquetSink(new, table, sharded))
    counts: Counter[str] = Counter()

    def add(table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        counts[table] += len(rows)
        for sink in sinks[table]:
            sink.add(rows)

    texts = Texts(new, sharded)
    matcher = Matcher()
    for outcome in merge:
        if outcome.reason:
            add("rejects", [reject_row(outcome)])
            continue
        texts.add(outcome.doc_id, outcome.text)
        for table in EXTRACTED:
            add(table, outcome.rows[table])
        matcher.add(*(outcome.rows[table] for table in ("documents", "figures", "deadlines", "units")))
    progress = matcher.rows()
    add("progress", progress)
    texts.close()
    for of_table in sinks.values():
        for sink in of_table:
            sink.close()
    if "xlsx" in settings.formats:
        from pipeline.export.ledger import write_ledger  # noqa: PLC0415

        write_ledger(new / "ledger.xlsx", merge, progress, links=not sharded, standing=standing)
    return {table: counts[table] for table in TABLES}


def describe(new: Path, settings: Settings, summary: Summary) -> None:
    """Write what describes the tables in ``new``: the data package and the manifest."""
    from pipeline.export.package import data_package, write_json  # noqa: PLC0415

    if "csv" in settings.formats:
        write_json(new / "datapackage.json", data_package())
    manifest = {
        "program": output.PROGRAM,
        "version": program.program_version(),
        "options": {"year": settings.year, "formats": list(settings.formats)},
        "inputs": {"files": summary.inputs, "ignored": summary.ignored},
        "documents": summary.documents,
        "rejects": summary.rejects,
        "rows": summary.rows,
        "files": sorted(p.name for p in new.iterdir()),
    }
    write_json(new / output.MANIFEST, manifest)
