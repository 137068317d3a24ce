"""The tables as CSV and Parquet, written as rows come.

CSV is UTF-8 with a BOM, CRLF, RFC 4180. Text cells are quoted and numbers are not, whatever they begin with: values are
never altered, since ``quote`` must stay exact. Parquet is typed: decimals are decimal128(38, 12); a value beyond that is
rounded to twelve places, or empty if it has more than 26 digits before the point (CSV has it whole).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from pathlib import Path
from typing import IO, Any, Protocol

from pipeline.export.arrow import arrow
from pipeline.rendering.csvlines import CsvLines, Values, arranged, header

_BATCH_ROWS = 1_000
_GROUP_ROWS = 5_000  # of each table in memory at a time, as columns
_SHARD_ROWS = 500_000
_TEXT_BYTES = 1 << 20  # of texts in memory at a time
_PLACES = Decimal(1).scaleb(-12)
_CEILING = Decimal(10) ** 26
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)


class Sink(Protocol):
    """A place for the rows of one table, given as tuples in declaration order."""

    def add(self, rows: Sequence[Values]) -> None: ...

    def close(self) -> None: ...


class CsvSink:
    """One CSV file."""

    def __init__(self, folder: Path, table: str) -> None:
        self._lines = CsvLines(table)
        self._file: IO[str] = (folder / f"{table}.csv").open("w", encoding="utf-8-sig", newline="", errors="replace")
        self._file.write(header(table))

    def add(self, rows: Sequence[Values]) -> None:
        """Append rows."""
        self._file.write(self._lines(rows))

    def write(self, lines: str) -> None:
        """Append rows that are rendered already."""
        self._file.write(lines)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def _fitting(value: Decimal | None) -> Decimal | None:
    if value is None or not value.is_finite() or abs(value) >= _CEILING:
        return None
    return value.quantize(_PLACES, context=_WIDE)


class ParquetSink:
    """One Parquet file, or a folder of shards."""

    def __init__(self, folder: Path, table: str, sharded: bool) -> None:
        pa = arrow()
        order, self._arrange = arranged(table)
        types = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "decimal": pa.decimal128(38, 12)}
        self._schema = pa.schema([pa.field(c.name, types[c.type], metadata={"title": c.header}) for c in order])
        self._path = folder / table if sharded else folder / f"{table}.parquet"
        if sharded:
            self._path.mkdir()
        self._sharded = sharded
        self._held: list[Values] = []
        self._group: list[Any] = []  # batches of a row group that is not full yet: a fraction of what the tuples take
        self._grouped = 0
        self._writer: Any = None
        self._shard = self._written = 0

    def add(self, rows: Sequence[Values]) -> None:
        """Append rows."""
        self._held.extend(rows)
        while len(self._held) >= _BATCH_ROWS:
            self._turn(_BATCH_ROWS)

    def close(self) -> None:
        """Write what is held and finish."""
        if self._held or (self._shard == 0 and not self._group):
            self._turn(_BATCH_ROWS)
        self._flush()
        self._end()

    def _turn(self, count: int) -> None:
        """Make columns of rows."""
        rows, self._held = self._held[:count], self._held[count:]
        columns = list(zip(*map(self._arrange, rows), strict=True)) or [()] * len(self._schema)
        arrays = [self._array(values, f.type) for values, f in zip(columns, self._schema, strict=True)]
        self._group.append(arrow().RecordBatch.from_arrays(arrays, schema=self._schema))
        self._grouped += len(rows)
        if self._grouped >= _GROUP_ROWS:
            self._flush()

    @staticmethod
    def _array(values: Sequence[Any], type: Any) -> Any:
        pa = arrow()
        return pa.array([_fitting(v) for v in values] if pa.types.is_decimal(type) else values, type)

    def _flush(self) -> None:
        if not self._group:
            return
        if self._writer is None:
            self._begin()
        self._writer.write_table(arrow().Table.from_batches(self._group), row_group_size=_GROUP_ROWS)
        self._written += self._grouped
        self._group, self._grouped = [], 0
        if self._sharded and self._written >= _SHARD_ROWS:
            self._end()

    def _begin(self) -> None:
        path = self._path / f"part-{self._shard:05d}.parquet" if self._sharded else self._path
        self._writer = arrow().parquet.ParquetWriter(path, self._schema, compression="zstd")
        self._shard += 1
        self._written = 0

    def _end(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


class Texts:
    """The texts that offsets point into: a file a document, or one ``texts.parquet`` above the limit."""

    def __init__(self, folder: Path, sharded: bool) -> None:
        self._folder = folder / "texts"
        self._writer: Any = None
        self._schema: Any = None
        self._held: list[tuple[str, bytes]] = []
        self._size = 0
        if sharded:
            pa = arrow()
            self._schema = pa.schema([("doc_id", pa.string()), ("text", pa.string())])
            self._writer = pa.parquet.ParquetWriter(folder / "texts.parquet", self._schema, compression="zstd")
        else:
            self._folder.mkdir()

    def add(self, doc_id: str, text: bytes) -> None:
        """Keep one text (UTF-8)."""
        if self._writer is None:
            (self._folder / f"{doc_id}.txt").write_bytes(text)
            return
        self._held.append((doc_id, text))
        self._size += len(text)
        if self._size >= _TEXT_BYTES:
            self._flush()

    def _flush(self) -> None:
        pa = arrow()
        # Types are given: to find one out pyarrow would load pandas after all. What is UTF-8 becomes a string as it is.
        columns = [pa.array(column, pa.string()) for column in (list(zip(*self._held, strict=True)) or [(), ()])]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema))
        self._held, self._size = [], 0

    def close(self) -> None:
        """Finish."""
        if self._writer is not None:
            self._flush()
            self._writer.close()
