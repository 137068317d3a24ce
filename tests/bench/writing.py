"""Writing beside the libraries below it, and whole runs beside each other: one worker and two, memory, Ray."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from extractors.schema import TABLES, columns
from pipeline.config import Settings
from pipeline.engines import read
from pipeline.export.ledger import write_ledger
from pipeline.export.tables import ParquetSink
from pipeline.inputs import collect
from pipeline.worker import Outcome
from tests.bench import documents, runs

Row = tuple[str, str, str, str]
ROUNDS = 3
WRITTEN = 300  # documents whose rows are written
WHOLE = 2000  # documents of a whole run
TABLE = "figures"


def best(*works: Callable[[], object]) -> list[float]:
    """Processor seconds of the best round of each, taking turns."""
    seconds = [float("inf")] * len(works)
    for _ in range(ROUNDS):
        for i, work in enumerate(works):
            started = time.process_time()
            work()
            seconds[i] = min(seconds[i], time.process_time() - started)
    return seconds


def writing(folder: Path) -> Iterator[Row]:
    """Rows of some hundred documents as a ledger and as Parquet, beside the same cells by XlsxWriter and pyarrow alone."""
    documents.write(folder / "in", WRITTEN)
    items = collect([folder / "in"]).items
    plain: list[Outcome] = [o for item in items for o in read(item, Settings(formats=()))]
    made: list[Outcome] = [o for item in items for o in read(item, Settings(formats=("xlsx",)))]
    cells = sum(len(rows) for o in plain for rows in o.rows.values())

    def theirs() -> None:
        book = xlsxwriter.Workbook(str(folder / "b.xlsx"), {"constant_memory": True})
        sheets = {table: book.add_worksheet(table) for table in TABLES}
        at = dict.fromkeys(TABLES, 0)
        for outcome in plain:
            for table, rows in outcome.rows.items():
                for row in rows:
                    sheets[table].write_row(at[table], 0, row)
                    at[table] += 1
        book.close()

    joined, rendered, other = best(
        lambda: write_ledger(folder / "a.xlsx", made, [], links=True),
        lambda: write_ledger(folder / "c.xlsx", plain, [], links=True),
        theirs,
    )
    what = f"ledger.xlsx of {cells:,} rows"
    alone = f"XlsxWriter, bare cells {other:.1f} s"
    yield f"{what}, rendered and written", f"{rendered:.1f} s", alone, f"{other / rendered:.2f}"
    yield f"{what}, joined at the end of a run", f"{joined:.2f} s", alone, f"{other / joined:.2f}"
    yield parquet(folder, [row for o in plain for row in o.rows[TABLE]])


def parquet(folder: Path, rows: list[tuple[object, ...]]) -> Row:
    """One table as Parquet."""
    declared = list(TABLES[TABLE].row.__dataclass_fields__)
    kinds = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "decimal": pa.decimal128(38, 12)}
    schema = pa.schema([(c.name, kinds[c.type]) for c in sorted(columns(TABLE), key=lambda c: declared.index(c.name))])

    def ours() -> None:
        sink = ParquetSink(folder, TABLE, False)
        sink.add(rows)
        sink.close()

    def theirs() -> None:
        arrays = [pa.array(column, kind) for column, kind in zip(zip(*rows, strict=True), schema.types, strict=True)]
        pq.write_table(pa.Table.from_arrays(arrays, schema=schema), folder / "b.parquet", compression="zstd")

    mine, other = best(ours, theirs)
    return (
        f"Parquet of {len(rows):,} rows", f"{mine:.2f} s", f"pyarrow {other:.2f} s", f"{other / mine:.2f}",
    )  # fmt: skip


def whole(folder: Path) -> Iterator[Row]:
    """Whole runs: two workers beside one, what each holds, Ray beside both; wall time."""
    documents.write(folder / "all", WHOLE)
    one, two = (runs.extract(folder / "all", folder / f"out{n}", n) for n in (1, 2))
    yield (
        f"{WHOLE:,} documents, all formats, 2 workers", f"{two.seconds:.1f} s", f"1 worker {one.seconds:.1f} s",
        f"{one.seconds / two.seconds:.2f}",
    )  # fmt: skip
    yield (
        "memory of all processes (PSS), 2 workers", f"{two.together:.0f} MB", f"1 worker {one.together:.0f} MB",
        f"{one.together / two.together:.2f}",
    )  # fmt: skip
    yield "memory of one worker (PSS)", f"{two.worker:.0f} MB", "", ""
    if find_spec("ray") is None:
        yield f"{WHOLE:,} documents on Ray, 2 processors", "", "Ray", "not installed"
        return
    yield on_ray(folder, two.seconds)


def on_ray(folder: Path, local: float) -> Row:
    """The same documents on a Ray cluster of this machine that is running already."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster  # noqa: PLC0415

    cluster = Cluster()
    try:
        cluster.add_node(include_dashboard=False, num_cpus=2, object_store_memory=100 << 20)
        options = ("--engine", "ray", "--ray-address", cluster.address)
        seconds = runs.extract(folder / "all", folder / "ray", 2, options).seconds
    finally:
        cluster.shutdown()
    return f"{WHOLE:,} documents, local, 2 workers", f"{local:.1f} s", f"Ray {seconds:.1f} s", f"{seconds / local:.2f}"


def rows() -> Iterator[Row]:
    """Rows for the table of ``make bench``."""
    with tempfile.TemporaryDirectory(prefix="taizhang-bench-") as folder:
        yield from writing(Path(folder))
        yield from whole(Path(folder))
