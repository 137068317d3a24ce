"""One run of ``taizhang extract``: inputs → journal → tables → output folder."""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields
from itertools import islice
from pathlib import Path
from typing import Any

from extractors.schema import TABLES, ProgressRow
from pipeline import batch, forkserver, inputs, logs, output, program, remote
from pipeline.comparable import COMPARED, packed
from pipeline.config import Settings, workers_of
from pipeline.errors import UsageError
from pipeline.journal import Journal
from pipeline.merge import Merge, reject_row
from pipeline.progress import Pairs
from pipeline.rendering.ledger import Standing
from pipeline.worker import EXTRACTED

log = logging.getLogger(__name__)

SHARD_DOCUMENTS = 10_000  # above it texts and tables are kept in parts
_TARGET_DOCUMENT = [f.name for f in fields(ProgressRow)].index("target_doc_id")
_TOGETHER = 1000  # rows in memory at a time
APART_DOCUMENTS = 100  # from here on a second process is worth its start


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


def collect(given: Sequence[str | Path], out: Path) -> inputs.Inputs:
    """The inputs of a run, paths and URLs; raises UsageError where one lies in the output folder, which would be replaced."""
    output.check(out)
    here = out.resolve()
    urls = [g for g in given if isinstance(g, str) and remote.is_url(g)]
    paths = [Path(g) for g in given if g not in urls]
    for path in paths:
        if path.resolve() == here or here in path.resolve().parents:
            raise UsageError(f"输入 {path} 在输出文件夹 {out} 之内,请换一个输出位置")
    found = inputs.collect(paths, skip=[here, output.partial_of(here)])
    if urls:
        found.items += remote.collect(urls, {i.source for i in found.items})
        found.items.sort(key=lambda i: (i.source, i.path))
    return found


def extract(found: inputs.Inputs, out: Path, settings: Settings, progress: batch.Progress) -> Summary:
    """Do the whole run; raises RunError, OSError."""
    out = out.resolve()
    with output.workspace(out, batch.fingerprint(found.items, settings)) as partial:
        journal = Journal(partial / "journal")
        if "parquet" in settings.formats:
            threading.Thread(target=_load, daemon=True).start()
        batch.run(found.items, settings, journal, progress)
        entries = journal.scan()[1]
        logs.rejects(log, entries)
        merge = Merge(journal, entries)
        found.items, entries = [], []  # two names and a hash of every document: not needed any more
        new = output.fresh(partial)
        summary = Summary(
            str(out), merge.documents + sum(merge.reasons.values()), merge.documents, merge.parts, found.ignored, found.links,
            dict(sorted(merge.reasons.items())),
        )  # fmt: skip
        if workers_of(settings) > 1 and merge.documents >= APART_DOCUMENTS:
            summary.rows = _write_apart(merge, new, settings)
        else:
            summary.rows = write_tables(merge, new, settings)
        describe(new, settings, summary)
        output.publish(partial, out)
    return summary


def _load() -> None:
    """Load what the end of a run needs while the workers start."""
    from pipeline.export.arrow import arrow  # noqa: PLC0415

    with contextlib.suppress(ImportError):  # told where it is used
        arrow()


def write_tables(
    merge: Merge, new: Path, settings: Settings, standing: Standing | None = None, pairs: Pairs | None = None
) -> dict[str, int]:
    """Write all tables and texts of the outcomes into ``new``; rows by table. ``standing``: what people said of the rows,
    for a ledger that can be taken back; ``pairs``: what they said of targets and results."""
    progress = write_compared(merge, new, settings, standing, pairs)
    return write_plain(merge, lambda: progress, new, settings)


def _write_apart(merge: Merge, new: Path, settings: Settings) -> dict[str, int]:
    """The same by two processes: what compares documents with each other, and the ledger, in one of its own."""
    with ProcessPoolExecutor(1, forkserver.context()) as other:
        compared = other.submit(write_compared, merge, new, settings)
        return write_plain(merge, compared.result, new, settings)


def write_compared(
    merge: Merge, new: Path, settings: Settings, standing: Standing | None = None, pairs: Pairs | None = None
) -> Iterable[tuple[Any, ...]]:
    """Rows of ``progress``, which can be gone through as often as wanted, and with them ``ledger.xlsx``, if it is wanted."""
    progress = compare(merge, new.with_name("compared"), pairs)
    if "xlsx" in settings.formats:
        from pipeline.export.ledger import write_ledger  # noqa: PLC0415

        targets = {row[_TARGET_DOCUMENT] for row in progress}
        write_ledger(
            new / "ledger.xlsx", merge.outcomes("ledger", targets), progress, links=not sharded(merge), standing=standing,
            beside=workers_of(settings) > 1,
        )  # fmt: skip
    return progress


def sharded(merge: Merge) -> bool:
    """Whether texts and tables are kept in parts."""
    return merge.documents > SHARD_DOCUMENTS


def compare(merge: Merge, folder: Path, pairs: Pairs | None = None) -> Iterable[tuple[Any, ...]]:
    """Rows of ``progress``: the targets of all documents against the results. ``folder`` is made anew and holds them, unless
    people said something of them (``pairs``), which may tie any two documents: then all are in memory."""
    from pipeline.comparing import compared  # noqa: PLC0415
    from pipeline.progress import Matcher  # noqa: PLC0415

    if pairs is None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return compared(_packs(merge), folder)
    matcher = Matcher(pairs)
    for outcome in merge.outcomes():
        if not outcome.reason:
            matcher.add(*(outcome.rows[table] for table in COMPARED))
    return matcher.rows()


def _packs(merge: Merge) -> Iterator[list[tuple[Any, ...]]]:
    for outcome in merge.outcomes("comparable", rows=()):
        if outcome.reason:
            continue
        made = outcome.rendered.comparable if outcome.rendered is not None else None
        yield packed(outcome.rows) if made is None else made


def write_plain(
    merge: Merge, progress: Callable[[], Iterable[tuple[Any, ...]]], new: Path, settings: Settings
) -> dict[str, int]:
    """Write texts, CSV and Parquet; rows by table. ``progress`` is asked when all else is written."""
    from pipeline.export.tables import CsvSink, ParquetSink, Sink, Texts  # noqa: PLC0415

    lines = {t: CsvSink(new, t) for t in TABLES} if "csv" in settings.formats else {}
    typed = {t: ParquetSink(new, t, sharded(merge)) for t in TABLES} if "parquet" in settings.formats else {}
    counts: Counter[str] = Counter()

    def add(table: str, rows: Sequence[tuple[Any, ...]], rendered: str | None = None) -> None:
        counts[table] += len(rows)
        if lines and rendered is not None:
            lines[table].write(rendered)
        elif lines:
            lines[table].add(rows)
        if typed:
            typed[table].add(rows)

    texts = Texts(new, sharded(merge))
    for outcome in merge.outcomes("csv"):
        if outcome.reason:
            add("rejects", [reject_row(outcome)])
            continue
        texts.add(outcome.doc_id, outcome.text)
        made = outcome.rendered.csv if outcome.rendered is not None else {}
        for table in EXTRACTED:
            add(table, outcome.rows[table], made.get(table))
    compared = iter(progress())
    while some := list(islice(compared, _TOGETHER)):
        add("progress", some)
    texts.close()
    sinks: list[Sink] = [*lines.values(), *typed.values()]
    for sink in sinks:
        sink.close()
    return {table: counts[table] for table in TABLES}


def describe(new: Path, settings: Settings, summary: Summary) -> None:
    """Write what describes the tables in ``new``: the data package and the manifest."""
    from pipeline.export.package import data_package, write_json  # noqa: PLC0415

    if "csv" in settings.formats:
        write_json(new / "datapackage.json", data_package())
    options: dict[str, Any] = {"year": settings.year, "formats": list(settings.formats)}
    if settings.second_reader:
        options["second_model"] = settings.second_model
    manifest = {
        "program": output.PROGRAM,
        "version": program.program_version(),
        "options": options,
        "inputs": {"files": summary.inputs, "ignored": summary.ignored},
        "documents": summary.documents,
        "rejects": summary.rejects,
        "rows": summary.rows,
        "files": sorted(p.name for p in new.iterdir()),
    }
    write_json(new / output.MANIFEST, manifest)
