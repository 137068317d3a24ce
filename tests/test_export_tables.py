"""CSV, Parquet and the data package: the same rows, exactly."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.schema import TABLES, columns
from pipeline.decimals import plain
from pipeline.export import tables
from pipeline.export.package import data_package, table_schema
from pipeline.export.tables import CsvSink, ParquetSink
from tests.cliruns import office, run

NASTY = [
    '=HYPERLINK("http://x")',
    "+1",
    "-1",
    "@SUM(A1)",
    'he said "no"',
    "a,b",
    "一行\r\n两行\r三行\n",
    "\x00\x01",
    " ",
    "'",
    "𬭚𫟹",
    "\ufeffx",
]


def figure(quote: str, value: Decimal | None = None) -> tuple[Any, ...]:
    row = TABLES["figures"].row(doc_id="d", quote=quote, value_low=value)  # type: ignore[call-arg]
    return tuple(getattr(row, f) for f in row.__dataclass_fields__)


def written(folder: Path, rows: list[tuple[Any, ...]]) -> tuple[list[dict[str, str]], pa.Table]:
    for sink in (CsvSink(folder, "figures"), ParquetSink(folder, "figures", sharded=False)):
        sink.add(rows)
        sink.close()
    with (folder / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True)), pq.read_table(folder / "figures.parquet")


def test_text_cells_come_back_as_they_were(tmp_path: Path) -> None:
    found, table = written(tmp_path, [figure(q) for q in NASTY])
    assert [r["quote"] for r in found] == NASTY
    assert table.column("quote").to_pylist() == NASTY
    raw = (tmp_path / "figures.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbffigure_id,") and raw.endswith(b"\r\n")
    assert b',"=HYPERLINK(""http://x"")",' in raw, "text is quoted, so that a reader may keep it as text"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1.5E+9", "1500000000"),
        ("-12.500", "-12.5"),
        ("0.000", "0"),
        ("1E-7", "0.0000001"),
        ("100", "100"),
        ("9" * 40, "9" * 40),
    ],
)
def test_numbers_are_plain(tmp_path: Path, value: str, text: str) -> None:
    found, _ = written(tmp_path, [figure("x", Decimal(value))])
    assert found[0]["value_low"] == text


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_plain_keeps_the_value(value: Decimal) -> None:
    if abs(value.adjusted()) < 400:
        text = plain(value)
        assert Decimal(text) == value and "E" not in text


def test_parquet_is_typed(tmp_path: Path) -> None:
    values = [Decimal("15.8"), None, Decimal(10) ** 25, Decimal(10) ** 26, Decimal(1).scaleb(-20), Decimal("-0.5")]
    _, table = written(tmp_path, [figure("x", v) for v in values])
    kinds = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "decimal": pa.decimal128(38, 12)}
    assert table.schema.names == [c.name for c in columns("figures")]
    assert table.schema.types == [kinds[c.type] for c in columns("figures")]
    assert table.column("value_low").to_pylist() == [Decimal("15.8"), None, Decimal(10) ** 25, None, 0, Decimal("-0.5")]


def test_empty_tables_have_their_columns(tmp_path: Path) -> None:
    found, table = written(tmp_path, [])
    assert found == [] and table.num_rows == 0 and table.num_columns == len(list(columns("figures")))


def test_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_BATCH_ROWS", 5)
    monkeypatch.setattr(tables, "_GROUP_ROWS", 10)
    monkeypatch.setattr(tables, "_SHARD_ROWS", 30)
    sink = ParquetSink(tmp_path, "figures", sharded=True)
    for n in range(75):
        sink.add([figure(str(n))])
    sink.close()
    assert [p.name for p in sorted((tmp_path / "figures").iterdir())] == [f"part-0000{n}.parquet" for n in range(3)]
    assert pq.read_table(tmp_path / "figures").column("quote").to_pylist() == [str(n) for n in range(75)]


def test_many_documents_are_kept_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline import inputs  # noqa: PLC0415
    from pipeline import run as runs  # noqa: PLC0415
    from pipeline.config import Settings  # noqa: PLC0415

    monkeypatch.setattr(runs, "SHARD_DOCUMENTS", 3)
    folder = office(tmp_path / "in", 5)
    out = tmp_path / "out"
    runs.extract(inputs.collect([folder]), out, Settings(workers=0), lambda done, total: None)
    texts = {r["doc_id"]: r["text"] for r in pq.read_table(out / "texts.parquet").to_pylist()}
    rows = pq.read_table(out / "figures").to_pylist()
    assert len(texts) == 7 and rows and not (out / "texts").exists()
    assert all(texts[r["doc_id"]][r["start"] : r["end"]] == r["quote"] for r in rows)
    assert (out / "ledger.xlsx").exists() and (out / "tasks" / "part-00000.parquet").exists()


def _fits(text: str, field: dict[str, Any]) -> bool:
    rules = field.get("constraints", {})
    if text == "":
        return not rules.get("required")
    if field["type"] in ("integer", "number"):
        number = (int if field["type"] == "integer" else float)(text)
        return bool(rules.get("minimum", number) <= number <= rules.get("maximum", number))
    return text in rules.get("enum", [text])


def test_the_data_package_holds_for_a_real_run(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("extract", office(tmp_path / "in", 3), "--out", out, "--formats", "csv")
    package = json.loads((out / "datapackage.json").read_text("utf-8"))
    assert package == data_package()
    cells: dict[str, list[dict[str, str]]] = {}
    for resource in package["resources"]:
        with (out / resource["path"]).open(encoding=resource["encoding"], newline="") as file:
            reader = csv.DictReader(file)
            cells[resource["name"]] = list(reader)
        fields = resource["schema"]["fields"]
        assert reader.fieldnames == [f["name"] for f in fields]
        assert all(_fits(row[f["name"]], f) for row in cells[resource["name"]] for f in fields)
    assert set(cells) == set(TABLES) and cells["figures"]
    for table in TABLES:
        schema = table_schema(table)
        if key := schema.get("primaryKey"):
            keys = [tuple(row[k] for k in key) for row in cells[table]]
            assert len(set(keys)) == len(keys)
        for foreign in schema.get("foreignKeys", ()):
            known = {
                tuple(r[k] for k in foreign["reference"]["fields"]) for r in cells[foreign["reference"]["resource"]]
            }
            own = {tuple(r[k] for k in foreign["fields"]) for r in cells[table]}
            assert {k for k in own if all(k)} <= known


def test_the_manifest_tells_counts_and_nothing_of_the_day(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("extract", office(tmp_path / "in"), "--out", out, "--formats", "csv,parquet")
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["program"] == "taizhang" and manifest["documents"] == 2 and manifest["rows"]["documents"] == 2
    assert manifest["options"] == {"year": None, "formats": ["csv", "parquet"]}
    assert str(tmp_path) not in json.dumps(manifest)


def test_parquet_is_written_without_pandas(tmp_path: Path) -> None:
    """It takes a good part of a second and more memory than the rows."""
    code = (
        "import sys; from pathlib import Path; from pipeline.export.tables import ParquetSink, Texts;"
        "t = Texts(Path(sys.argv[1]), True); t.add('a', '文'.encode()); t.close();"
        "s = ParquetSink(Path(sys.argv[1]), 'rejects', False); s.add([('a', 'b', 'empty', '', '')] * 5000); s.close();"
        "assert 'pandas' not in sys.modules; import pyarrow.parquet as pq;"
        "print(len(pq.read_table(Path(sys.argv[1]) / 'rejects.parquet').to_pandas()))"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "5000"  # and who wants a frame gets one
