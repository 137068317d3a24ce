"""Backups: whole, of one moment, of either database into either, refused where damaged; upgrade and the way back."""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, table, text
from sqlalchemy.sql.expression import column

from pipeline import nightly_config
from pipeline.errors import RunError, UsageError
from pipeline.store import Store, decisions, dump, migrate, open_store
from pipeline.store.inputs import current
from pipeline.store.schema import META, ROSTER, RUNS
from pipeline.upkeep import archive, backup
from pipeline.upkeep.restore import restore
from tests.cliruns import COMMAND, ROOT, one_line
from tests.cliruns import within as command
from tests.nights import DAY, run, setting, store_of
from tests.test_store import HARD

NOW = datetime(2022, 7, 21, 3)


def whole(store: Store) -> dict[str, list[str]]:
    """Every value of every table that the database has, whatever the program declares."""
    with store.reader() as connection:
        return {x.name: sorted(map(_meaning, dump.rows(connection, x))) for x in dump.layouts(connection)}


def _meaning(line: bytes) -> str:
    """A row without how its numbers are written: 12.50 is 12.5."""
    return repr([_number(v) for v in json.loads(line)])


def _number(value: Any) -> Any:
    try:
        return Decimal(value).normalize() if isinstance(value, str) and len(value) < 60 else value
    except ArithmeticError:
        return value


def decided(file: Path) -> None:
    """An analyst's decision on a row, with characters that are hard to keep."""
    with store_of(file).reader() as connection:
        known = current(connection)[0]
        doc_id = connection.execute(select(META.tables["outcomes"].c.doc_id)).scalar()
    made = decisions.Decision("figures", "f", known.path, str(doc_id), 3, 9, "edit", "王芳", HARD, "[1]", "原文如此")
    store_of(file).write(lambda c: decisions.record(c, made, known.version, HARD * 20, "2022-07-20T09:00:00", "x"))


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of another empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/other.db"
    return str(request.getfixturevalue("postgres").database())


def test_a_backup_of_either_database_restores_into_either(url: str, other: str, tmp_path: Path) -> None:
    file = setting(tmp_path, url, copies=3)
    run(file)
    decided(file)
    before = whole(store_of(file))
    assert before["decisions"] and before["texts"] and before["figures"]
    target = tmp_path / "b.tzbak"
    assert command("backup", target, "--config", file).returncode == 0
    done = command("restore", target, "--store", other)
    assert done.returncode == 0, done.stderr
    assert whole(open_store(other)) == before
    assert target.stat().st_mode & 0o777 == 0o600


def test_an_empty_machine_goes_on_where_the_other_stopped(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    file = setting(tmp_path / "old", "sqlite:///台账.db", '[roster]\npath = "名录.csv"\n')
    (tmp_path / "old" / "名录.csv").write_text("单位,别名\n枫林县水务局,县水务局\n", "utf-8")
    odd = os.fsdecode("夹/".encode() + b"\xb1\xa8%41.txt")
    (tmp_path / "old" / "in" / odd).parent.mkdir()
    (tmp_path / "old" / "in" / odd).write_text("柏溪村2022年计划\n9月底前修路2公里。\n", "utf-8")
    run(file)
    target = tmp_path / "b.tzbak"
    assert command("backup", target, "--config", file).returncode == 0
    before = whole(store_of(file))
    shutil.rmtree(tmp_path / "old")  # the machine is gone
    (tmp_path / "old").mkdir()
    done = command("restore", target, "--config", file)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "old" / "名录.csv").exists() and file.exists()
    assert whole(store_of(file)) == before
    report = run(file, DAY + timedelta(days=1))
    assert (report.counts["unchanged"], report.counts["new"], report.counts["reread"]) == (3, 0, 0)


def test_a_purged_paper_that_a_backup_brings_back_is_told(url: str, tmp_path: Path) -> None:
    file = setting(tmp_path, url)
    run(file)
    target = tmp_path / "b.tzbak"
    assert command("backup", target, "--config", file).returncode == 0
    purged = command("purge", "总结.txt", "--why", "误报", "--config", file, "--json", "--originals")
    doc_id = json.loads(purged.stdout)["doc_ids"][0]
    done = command("restore", target, "--config", file, "--replace")
    assert done.returncode == 0 and doc_id in one_line(done) and "purge" in done.stderr.decode()
    done = command("restore", target, "--config", file, "--replace")
    assert done.returncode == 0 and not done.stderr, "the store's own list went with its rows"


def test_a_store_with_content_is_not_overwritten_unless_told(url: str, tmp_path: Path) -> None:
    file = setting(tmp_path, url)
    run(file)
    target = tmp_path / "b.tzbak"
    assert command("backup", target, "--config", file).returncode == 0
    before = whole(store_of(file))
    (tmp_path / "in" / "计划.txt").unlink()
    run(file, DAY + timedelta(days=1))
    after = whole(store_of(file))
    done = command("restore", target, "--config", file)
    assert done.returncode == 2 and "--replace" in one_line(done)
    assert whole(store_of(file)) == after != before
    assert command("restore", target, "--config", file, "--replace").returncode == 0
    assert whole(store_of(file)) == before
    again = command("backup", target, "--config", file)
    assert again.returncode == 2 and "已经存在" in one_line(again)


def test_somebody_elses_database_is_not_restored_into(tmp_path: Path) -> None:
    file = setting(tmp_path, f"sqlite:///{tmp_path}/store.db")
    run(file)
    target = tmp_path / "b.tzbak"
    backup.save(store_of(file), None, target, NOW)
    theirs = Store(f"sqlite:///{tmp_path}/theirs.db")
    theirs.write(lambda c: c.execute(text("CREATE TABLE accounts (x TEXT)")) and None)
    done = command("restore", target, "--store", f"sqlite:///{tmp_path}/theirs.db", "--replace")
    assert done.returncode == 2 and "不是台账的存储" in one_line(done)


def writers(store: Store, stop: threading.Event) -> Iterator[int]:
    """Transactions that each write two tables: what sees one of them sees both."""
    number = 0
    while not stop.is_set():
        number += 1
        row = dict.fromkeys([c.name for c in RUNS.c], "") | {
            "run_id": f"w{number}",
            "number": number,
            "files": 0,
            "ignored": 0,
        }

        def both(connection: Any, row: dict[str, Any] = row) -> None:
            connection.execute(RUNS.insert(), [row])
            connection.execute(ROSTER.insert(), [{"unit": row["run_id"], "aliases": "甲" * 2000}])

        store.write(both)
        yield number


def test_a_backup_made_during_writes_is_of_one_moment(url: str, tmp_path: Path) -> None:
    store = open_store(url, create=True)
    stop, written = threading.Event(), []
    thread = threading.Thread(target=lambda: written.extend(writers(store, stop)))
    thread.start()
    try:
        seen = []
        for n in range(5):
            before = len(written)
            made = backup.save(Store(url), None, tmp_path / f"{n}.tzbak", NOW)
            seen.append(made.rows["runs"])
            assert made.rows["runs"] == made.rows["roster"] >= before
    finally:
        stop.set()
        thread.join()
    assert seen == sorted(seen) and written, "both went on"
    last = backup.save(Store(url), None, tmp_path / "last.tzbak", NOW)
    assert last.rows["runs"] == len(written) > seen[0]
    fresh = f"sqlite:///{tmp_path}/fresh.db"
    restore(archive.Reader(tmp_path / "last.tzbak"), fresh, None, False, 5)
    assert whole(open_store(fresh)) == whole(store)


def test_a_night_and_a_backup_do_not_hinder_each_other(tmp_path: Path) -> None:
    file = setting(tmp_path, f"sqlite:///{tmp_path}/store.db", copies=60)
    run(file)
    for n in range(40):
        (tmp_path / "in" / f"村{n:04d}.txt").write_text(
            f"第{n}村2022年工作计划\n修路{n + 2}公里,9月底前完成。\n", "utf-8"
        )
    night = subprocess.Popen([*COMMAND, "nightly", "--config", str(file), "--quiet", "--as-of", "2022-07-25"], cwd=ROOT)
    made = []
    while night.poll() is None or not made:
        target = tmp_path / f"{len(made)}.tzbak"
        backup.save(Store(f"sqlite:///{tmp_path}/store.db"), None, target, NOW)
        made.append(target)
    assert night.returncode == 0
    for number, target in enumerate((made[0], made[-1])):
        fresh = f"sqlite:///{tmp_path}/fresh{number}.db"
        restore(archive.Reader(target), fresh, None, False, 5)
        with open_store(fresh).reader() as connection:
            assert len(current(connection)) == 62, "the state before the night or after it"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a small store."""
    folder = tmp_path_factory.mktemp("small")
    file = setting(folder, f"sqlite:///{folder}/store.db")
    run(file)
    return backup.save(store_of(file), nightly_config.load(file, {}), folder / "small.tzbak", NOW).file


def content(reader: archive.Reader) -> dict[str, bytes]:
    return {name: b"".join(reader.blocks(name)) for name in reader.manifest["files"]}


def test_no_damage_to_a_backup_goes_unseen(small: Path, tmp_path: Path) -> None:
    data, right = small.read_bytes(), content(archive.Reader(small))
    copy = tmp_path / "copy.tzbak"
    chance = random.Random(7)
    refused = 0
    cases = [data[:n] for n in (0, 1, len(data) // 2, len(data) - 1)]
    for _ in range(250):
        at = chance.randrange(len(data))
        cases.append(data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :])
    for case in cases:
        copy.write_bytes(case)
        try:
            read = content(archive.Reader(copy))
        except (RunError, UsageError):
            refused += 1
        else:
            assert read == right, "harmless damage (an unused byte of the ZIP) changes no content"
    assert refused > 200


def test_no_bit_of_the_place_of_the_manifest_ends_in_anything_but_one_line(small: Path, tmp_path: Path) -> None:
    data, right = small.read_bytes(), content(archive.Reader(small))
    with zipfile.ZipFile(small) as members:
        entry = members.getinfo(archive.MANIFEST)
    listed = data.rindex(b"PK\x01\x02")
    heads = [*range(entry.header_offset, entry.header_offset + 30), *range(listed, len(data))]
    copy = tmp_path / "copy.tzbak"
    for at in heads:
        for bit in range(8):
            copy.write_bytes(data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :])
            try:
                assert content(archive.Reader(copy)) == right
            except (RunError, UsageError) as error:
                assert "\n" not in str(error)


def test_a_damaged_backup_leaves_the_target_as_it_was(small: Path, tmp_path: Path) -> None:
    data = bytearray(small.read_bytes())
    with zipfile.ZipFile(small) as members:
        figures = members.getinfo("store/figures.jsonl")
    data[figures.header_offset + 60 + figures.compress_size // 2] ^= 0xFF
    broken = tmp_path / "broken.tzbak"
    broken.write_bytes(data)
    done = command("restore", broken, "--config", tmp_path / "taizhang.toml", "--store", f"sqlite:///{tmp_path}/new.db")
    assert done.returncode == 1 and "没有恢复任何东西" in one_line(done)
    assert [p.name for p in tmp_path.iterdir()] == ["broken.tzbak"]
    assert command("restore", broken, "--check").returncode == 1
    assert "备份完好" in command("restore", small, "--check").stdout.decode()


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/x", "uploads/../../x", "store\\..\\x"])
def test_names_that_lead_out_of_the_folder_are_refused(name: str, tmp_path: Path) -> None:
    target = tmp_path / "x.tzbak"
    with archive.writing(target, {"revision": "0002", "tables": {}}) as writer:
        writer.add(name, [b"x"])
    with pytest.raises(RunError, match="文件名"):
        archive.Reader(target)


def test_what_is_no_backup_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("不是备份", "utf-8")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("a", "b")
    for name in ("note.txt", "other.zip", "absent"):
        done = command("restore", tmp_path / name, "--store", f"sqlite:///{tmp_path}/s.db")
        assert done.returncode in (1, 2)
        assert name in one_line(done)


def test_a_full_disk_leaves_no_half_backup(small: Path, tmp_path: Path) -> None:
    store = f"sqlite:///{small.parent}/store.db"
    script = (
        "import resource, sys; from pipeline import cli; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096));"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        f"cli.main(['backup', {str(tmp_path / 'b.tzbak')!r}, '--store', {store!r}])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 1 and "空间不足" in one_line(done)
    assert list(tmp_path.iterdir()) == []


def test_backups_in_a_folder_are_named_by_time_and_the_oldest_go(tmp_path: Path) -> None:
    file = setting(tmp_path, f"sqlite:///{tmp_path}/store.db", '[backup]\nfolder = "存"\nkeep = 2\n')
    run(file)
    (tmp_path / "存").mkdir()
    (tmp_path / "存" / "别人的.tzbak").write_bytes(b"")
    for _ in range(4):
        assert command("backup", "--config", file).returncode == 0
    names = sorted(p.name for p in (tmp_path / "存").iterdir())
    assert len(names) == 3 and "别人的.tzbak" in names


def oldest(url: str, from_store: Store) -> Store:
    """A store at the first revision, with what such a program would have held of another store's rows."""
    old = Store(url)
    old.write(lambda connection: migrate.bring_up(connection, "old", "0001") and None)
    with old.reader() as connection:
        then = dump.layouts(connection)
    with from_store.reader() as connection:
        now = {x.name: {name for name, _ in x.columns} for x in dump.layouts(connection)}
        held = {}
        for layout in then:
            common = tuple(c for c in layout.columns if c[0] in now[layout.name])
            held[layout.name] = list(dump.rows(connection, replace(layout, columns=common)))
            if held[layout.name]:
                narrow = replace(layout, columns=common)
                old.write(lambda c, x=narrow: dump.put(c, x, held[x.name]) and None)
    return old


def test_upgrade_from_the_oldest_schema_and_back(url: str, other: str, tmp_path: Path) -> None:
    file = setting(tmp_path, url)
    run(file)
    decided(file)
    old = oldest(other, store_of(file))
    file.write_text(file.read_text("utf-8").replace(url, other), "utf-8")
    before = whole(old)
    assert before["figures"] and before["decisions"]
    done = command("upgrade", "--config", file, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["before"], told["after"]) == ("0001", migrate.HEAD)
    upgraded = whole(old)
    unchanged = {name for name in before if name in upgraded and name not in ("decisions", "anchors", "inputs", "runs")}
    assert {n: upgraded[n] for n in unchanged} == {n: before[n] for n in unchanged} and "figures" in unchanged
    assert {n: len(upgraded[n]) for n in before} == {n: len(before[n]) for n in before}
    night = run(file, DAY + timedelta(days=1))
    assert night.counts["new"] == night.counts["reread"] == 0
    back = shlex.split(told["back"])
    assert back[:2] == ["taizhang", "restore"]
    assert command(*back[1:]).returncode == 0
    with old.reader() as connection:
        assert migrate.revision(connection) == "0001"
    assert whole(old) == before
    assert "已是结构" not in command("upgrade", "--config", file).stdout.decode()
    assert "已是结构" in command("upgrade", "--config", file).stdout.decode()


def test_a_store_that_cannot_be_upgraded_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.upkeep.upgrade import upgrade  # noqa: PLC0415

    url = f"sqlite:///{tmp_path}/old.db"
    file = setting(tmp_path, f"sqlite:///{tmp_path}/store.db")
    run(file)
    old = oldest(url, store_of(file))
    before = whole(old)

    def half(connection: Any, _name: str) -> None:
        connection.execute(text("DROP TABLE figures"))
        raise RunError("the migration fails half way")

    monkeypatch.setattr(migrate, "bring_up", half)
    with pytest.raises(RunError, match="half way"):
        upgrade(url, None, tmp_path / "b.tzbak", NOW, 5)
    assert whole(old) == before
    assert (tmp_path / "b.tzbak").exists(), "the backup is there all the same"


def test_a_backup_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "x.tzbak"
    with archive.writing(target, {"revision": "9999", "tables": {}, "created": "", "version": "9"}):
        pass
    done = command("restore", target, "--store", f"sqlite:///{tmp_path}/s.db")
    assert done.returncode == 2 and "升级 taizhang" in one_line(done)


def test_the_command_is_seen_as_sqlite_sees_it(small: Path, tmp_path: Path) -> None:
    """The restored file is a whole SQLite database, views and all."""
    url = f"sqlite:///{tmp_path}/r.db"
    restore(archive.Reader(small), url, None, False, 5)
    with open_store(url).reader() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        view = table("current_figures", column("quote"))
        assert connection.execute(select(view)).all()
