"""The store, on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, inspect, text

from extractors.schema import TABLES
from pipeline.errors import UsageError
from pipeline.store import Store, migrate, open_store, outcomes, proposals
from pipeline.store.engine import parsed
from pipeline.store.inputs import current
from pipeline.store.schema import META
from pipeline.worker import Outcome
from tests.cliruns import PLAN, contents, one_line
from tests.cliruns import run as command
from tests.nights import DAY, dump, run, setting, store_of

HARD = "甲\0乙\U0010ffff丙\U0010ffff0丁😀"
NUMBERS = [
    "0.1",
    "1580000000",
    "-12.50",
    "123456789012345678901234567890.123456789",
    "1E+3",
    "0.000001",
    "9007199254740993",
]


def figure(**more: Any) -> tuple[Any, ...]:
    row = {name: f.default for name, f in TABLES["figures"].row.__dataclass_fields__.items()}
    values = {"doc_id": "d" * 16, "figure_id": "f1", "quote": HARD, "indicator": ""} | more
    return tuple(
        values.get(name, default if isinstance(default, str | int | float) else None) for name, default in row.items()
    )


def test_what_is_put_in_comes_out(url: str) -> None:
    store = open_store(url, create=True)
    rows = [figure(figure_id=f"f{i}", value_low=Decimal(n), confidence=0.1 + i) for i, n in enumerate(NUMBERS)]
    whole = Outcome("a.txt", "d" * 16, {t: [] for t in outcomes.ROW_TABLES} | {"figures": rows}, HARD.encode())
    refused = Outcome("b.txt", "", reason="unreadable", detail=HARD)
    reading = outcomes.Reading("key", "a.txt", "00", "fp", [whole, refused])
    for _ in range(2):  # the second time nothing is added
        store.write(lambda c: outcomes.keep(c, [reading]))
    with store.reader() as connection:
        assert outcomes.known_reads(connection, ["key", "other"]) == {"key": reading.version}
        ((version, back),) = outcomes.load(connection, [reading.version])
    assert version == reading.version and back == [whole, refused]
    assert store.write(lambda c: outcomes.forget(c, [reading.version])) == 1
    assert all(not rows for name, rows in dump(store).items())


def test_equal_readings_have_equal_versions_and_other_bytes_another() -> None:
    one = outcomes.Reading("k", "a", "00", "fp", [Outcome("a", "d", text=b"x")])
    assert one.version == outcomes.Reading("k2", "a", "00", "other", [Outcome("a", "d", text=b"x")]).version
    assert one.version != outcomes.Reading("k", "a", "01", "fp", [Outcome("a", "d", text=b"x")]).version
    assert one.version != outcomes.Reading("k", "a", "00", "fp", [Outcome("a", "d", text=b"y")]).version


def test_migrations_make_the_declared_schema(url: str) -> None:
    store = open_store(url, create=True)
    with store.reader() as connection:
        assert compare_metadata(MigrationContext.configure(connection), META) == []
        assert migrate.revision(connection) == migrate.HEAD
    versions = Path(migrate.__file__).parent / "migrations" / "versions"
    assert max(p.name[1:5] for p in versions.glob("v*.py")) == migrate.HEAD


ROOTS = ("counted_outcomes", "current_outcomes")  # views that others stand on, to be dropped last


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004", "0005"])
def test_an_older_schema_is_migrated_with_its_rows(url: str, tmp_path: Path, revision: str) -> None:
    """The store that an older program would have left: its tables, with the rows that they can hold."""
    file = setting(tmp_path, url)
    run(file)
    store = store_of(file)
    before = dump(store)

    def back(connection: Any) -> None:
        rows = {t.name: (t, connection.execute(t.select()).mappings().all()) for t in META.sorted_tables}
        for view in sorted(inspect(connection).get_view_names(), key=lambda v: ROOTS.index(v) if v in ROOTS else -1):
            connection.execute(text(f"DROP VIEW {view}"))
        META.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        migrate.bring_up(connection, "the store", revision)
        for name in set(rows) & set(inspect(connection).get_table_names()):
            table, found = rows[name]
            old = {c["name"] for c in inspect(connection).get_columns(name)}
            if found:
                connection.execute(insert(table), [{k: v for k, v in row.items() if k in old} for row in found])

    store.write(back)
    with store.reader() as connection:
        assert migrate.revision(connection) == revision
    after = dump(open_store(url))
    later = {"0001": {"proposals", "roster", "bodies"}, "0002": set(), "0003": set(), "0004": set(), "0005": set()}[
        revision
    ]
    assert {t: r for t, r in after.items() if t not in later} == {t: r for t, r in before.items() if t not in later}
    if store.file is not None:  # what it was stands beside it
        kept = Store(f"sqlite:///{migrate.kept_beside(store.file)[0]}")
        with kept.reader() as connection:
            assert migrate.revision(connection) == revision
            assert connection.execute(text("SELECT count(*) FROM outcomes")).scalar() == len(before["outcomes"])
    again = run(file, DAY + timedelta(days=1))
    assert again.counts["new"] == again.counts["reread"] == 0


def test_a_store_that_cannot_be_kept_beside_is_not_migrated(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    old = Store(url)
    old.write(lambda c: migrate.bring_up(c, "the store", "0003"))
    (tmp_path / "old.db.0003.bak").mkdir()
    (tmp_path / "old.db.0003.bak" / "x").touch()
    done = command("status", "--store", url)
    assert done.returncode == 1 and "old.db.0003.bak" in one_line(done)
    with old.reader() as connection:
        assert migrate.revision(connection) == "0003"
    assert [p.name for p in tmp_path.glob("*.bak.*")] == []


def test_a_newer_schema_is_refused_in_one_line(url: str, tmp_path: Path) -> None:
    store = open_store(url, create=True)
    store.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")) and None)
    done = command("status", "--store", url)
    assert done.returncode == 2 and "9999" in one_line(done) and "升级" in done.stderr.decode()


def test_somebody_elses_database_is_left_alone(url: str) -> None:
    open_store(url, create=True).write(lambda c: c.execute(text("DROP TABLE alembic_version")) and None)
    with pytest.raises(UsageError, match="不是台账的存储"):
        open_store(url)


@pytest.mark.parametrize("wrong", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "::://"])
def test_urls_that_cannot_be_a_store(wrong: str) -> None:
    with pytest.raises(UsageError):
        parsed(wrong)


def test_a_store_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有存储"):
        open_store(str(tmp_path / "none.db"))
    (tmp_path / "text.db").write_bytes(b"not a database at all" * 100)
    done = command("status", "--store", f"sqlite:///{tmp_path}/text.db")
    assert done.returncode == 1 and "SQLite" in one_line(done)


def test_a_new_version_supersedes_and_the_old_one_stays_readable(url: str, tmp_path: Path) -> None:
    file = setting(tmp_path, url)
    run(file)
    plan = tmp_path / "in" / "计划.txt"
    plan.write_text(PLAN.replace("35.6公里", "40公里"), "utf-8")
    report = run(file, DAY + timedelta(days=1))
    assert (report.counts["changed"], report.counts["new"], report.tables["figures"]["altered"]) == (1, 0, 1)
    assert [a["before"] != a["after"] for a in report.altered if a["table"] == "figures"] == [True]
    with store_of(file).reader() as connection:
        then = {k.path: k for k in current(connection, DAY.isoformat())}
        now = {k.path: k for k in current(connection)}
        path = next(p for p in now if p.endswith("计划.txt"))
        assert (then[path].number, now[path].number) == (1, 2)
        old, new = (next(o for _, o in outcomes.load(connection, [k.version]))[0] for k in (then[path], now[path]))
        assert "35.6公里" in old.text.decode() and "40公里" in new.text.decode()
        shown = connection.execute(text("SELECT quote FROM current_figures")).scalars().all()
    assert "40公里" in shown and "35.6公里" not in shown


def written(out: Path, plain: Path) -> dict[str, Any]:
    """The files of an output, of its ledger the columns that one of ``extract`` has: one from a store has more."""
    found: dict[str, Any] = dict(contents(out))
    del found["ledger.xlsx"]
    book, other = (openpyxl.load_workbook(folder / "ledger.xlsx") for folder in (out, plain))
    for sheet in other:
        heads = [c.value for c in sheet[1]]
        lines = list(book[sheet.title].iter_rows(values_only=True))
        found[sheet.title] = [[line[lines[0].index(h)] for h in heads] for line in lines]
    return found


def test_export_gives_the_tables_of_extract_and_those_of_a_day(url: str, tmp_path: Path) -> None:
    file = setting(tmp_path, url)
    (tmp_path / "in" / "坏.docx").write_bytes(b"PK\3\4nothing")
    (tmp_path / "in" / "副本.txt").write_text(PLAN, "utf-8")
    run(file)
    assert command("extract", tmp_path / "in", "--out", tmp_path / "a", "--workers", "0").returncode == 0
    done = command("export", "--store", url, "--out", tmp_path / "b", "--json")
    assert done.returncode == 0, done.stderr
    assert written(tmp_path / "b", tmp_path / "a") == written(tmp_path / "a", tmp_path / "a")
    (tmp_path / "in" / "总结.txt").unlink()
    run(file, DAY + timedelta(days=1))
    command("export", "--store", url, "--out", tmp_path / "c", "--as-of", DAY.isoformat())
    assert written(tmp_path / "c", tmp_path / "a") == written(tmp_path / "a", tmp_path / "a")
    command("export", "--store", url, "--out", tmp_path / "d")
    assert "总结.txt" not in (tmp_path / "d" / "documents.csv").read_text("utf-8-sig")


def test_copies_of_the_same_bytes_count_once_in_the_views(url: str, tmp_path: Path) -> None:
    file = setting(tmp_path, url)
    (tmp_path / "in" / "副本.txt").write_text(PLAN, "utf-8")
    report = run(file)
    assert report.reject_reasons == {"duplicate": 1}
    with store_of(file).reader() as connection:
        sources = connection.execute(text("SELECT source FROM current_documents ORDER BY source")).scalars().all()
    assert sorted(sources) == ["副本.txt", "总结.txt"]
    (tmp_path / "in" / "副本.txt").unlink()
    run(file, DAY + timedelta(days=1))
    with store_of(file).reader() as connection:
        sources = connection.execute(text("SELECT source FROM current_documents ORDER BY source")).scalars().all()
        compared = connection.execute(text("SELECT target_doc_id FROM progress")).all()
    assert sorted(sources) == ["总结.txt", "计划.txt"] and compared


def test_likeness_under_another_name_is_proposed_and_waits_for_an_answer(url: str, tmp_path: Path) -> None:
    file = setting(tmp_path, url)
    run(file)
    (tmp_path / "in" / "计划(修改稿).txt").write_text(PLAN.replace("35.6公里", "38公里"), "utf-8")
    report = run(file, DAY + timedelta(days=1))
    (found,) = report.proposals
    assert (found["older_source"], found["newer_source"]) == ("计划.txt", "计划(修改稿).txt")
    assert 0.8 <= found["likeness"] < 1
    store = store_of(file)
    with store.reader() as connection:
        assert len(current(connection)) == 3, "nothing is taken as a version silently"
    store.write(lambda c: proposals.answer(c, found["older"], found["newer"], "accepted", "甲", "2022-07-21T08:00:00"))
    after = run(file, DAY + timedelta(days=2))
    assert after.counts["new"] == 0 and after.proposals == []
    with store.reader() as connection:
        assert [k.source for k in current(connection)] == ["总结.txt", "计划(修改稿).txt"]


@pytest.mark.parametrize("other", ["别的县水务局2022年工作计划\n" + PLAN[14:], PLAN.replace("2022", "2021"), PLAN[:60]])
def test_what_is_not_proposed(tmp_path: Path, other: str) -> None:
    file = setting(tmp_path, f"sqlite:///{tmp_path}/s.db")
    (tmp_path / "in" / "另一份.txt").write_text(other, "utf-8")
    assert run(file).proposals == []


def test_retention_forgets_old_readings_and_keeps_the_register(tmp_path: Path) -> None:
    file = setting(tmp_path, f"sqlite:///{tmp_path}/s.db")
    run(file)
    (tmp_path / "in" / "计划.txt").write_text(PLAN.replace("35.6", "36.6"), "utf-8")
    run(file, DAY + timedelta(days=1))
    kept = len(dump(store_of(file))["texts"])
    file.write_text(file.read_text("utf-8").replace("settle", "keep_days = 30\nsettle"), "utf-8")
    run(file, DAY + timedelta(days=20))
    assert len(dump(store_of(file))["texts"]) == kept == 3
    run(file, DAY + timedelta(days=40))
    after = dump(store_of(file))
    assert len(after["texts"]) == 2 and len(after["inputs"]) == 3


def test_an_unknown_day_before_the_first_night_is_empty(tmp_path: Path) -> None:
    file = setting(tmp_path, f"sqlite:///{tmp_path}/s.db")
    run(file)
    with store_of(file).reader() as connection:
        assert current(connection, date(2020, 1, 1).isoformat()) == []
