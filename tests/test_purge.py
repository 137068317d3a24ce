"""A purged document is gone: from every table, the file of the store, outputs, reports, logs and later backups."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from pipeline.errors import LockedError
from pipeline.store import decisions, followups, open_store, purging, tombstones
from pipeline.store.compacting import compact
from pipeline.store.inputs import current
from pipeline.store.schema import META, OUTCOMES, ROWS
from pipeline.upkeep.redaction import Redactor
from tests.cliruns import PLAN, SUMMARY, contents, one_line
from tests.cliruns import within as command
from tests.leaks import below, leaks, windows
from tests.nights import DAY, TOML, settled, store_of

NAME = "鹿鸣乡拆迁安置专题工作计划.txt"
SECRET = """鹿鸣乡拆迁安置专题工作计划

一、安置任务
1.收储鹿鸣乡渡口村滩涂地块137.25亩,9月底前签订协议。责任单位:鹿鸣乡征收专班。
2.渡口村安置房竣工412套,由鹿鸣乡征收专班牵头,县自然资源监察队配合,10月20日前交付。
3.渡口村搬迁补偿资金支出8650万元。
鹿鸣乡人民政府
2022年3月3日
"""
SECOND = SECRET.replace("137.25亩", "141.5亩").replace("渡口村安置房", "渡口新村安置房")
RESULT = """鹿鸣乡拆迁安置2022年上半年工作总结

1-6月,渡口村搬迁补偿资金支出4120万元。
鹿鸣乡人民政府
2022年7月5日
"""
MEMBER = """柏林县教育局2022年学校建设计划

1.扩建柏林县实验幼儿园教学楼3栋,11月底前封顶。责任单位:县教育局基建股。
"""
OTHERS = (PLAN, SUMMARY, RESULT, MEMBER)
NEEDLES = windows(SECRET + SECOND, OTHERS)


def nights(folder: Path, url: str, first: str = SECRET) -> Path:
    """Three nights of an office: the paper arrives, with a copy, alone in an archive too, is corrected, and decided on."""
    inbox = folder / "in"
    inbox.mkdir(parents=True)
    for name, text in (("计划.txt", PLAN), ("总结.txt", SUMMARY), ("半年.txt", RESULT), (NAME, first)):
        (inbox / name).write_text(text, "utf-8")
    (inbox / "副本").mkdir()
    (inbox / "副本" / "转报.txt").write_text(first, "utf-8")
    with zipfile.ZipFile(inbox / "来文.zip", "w") as archive:
        archive.writestr("a.txt", MEMBER)
        archive.writestr("b.txt", first)
        archive.writestr("c.txt", SUMMARY.replace("枫林", "柏林"))
    file = folder / "taizhang.toml"
    more = '[log]\nfolder = "日志"\njson = true\n[backup]\nfolder = "备份"\n'
    file.write_text(TOML.format(url=url).replace('formats = ["csv"]\n', "") + more, "utf-8")
    night(file, 0)
    (inbox / NAME).write_text(SECOND if first == SECRET else first + "另有3处。\n", "utf-8")
    (inbox / "空.txt").write_bytes(b"")
    night(file, 1)
    store_of(file).write(lambda c: decided(c, NAME))
    night(file, 2)
    with (folder / "日志" / "nightly.log").open("a", encoding="utf-8") as log:
        log.write(json.dumps({"file": NAME, "stage": "read"}, ensure_ascii=False) + "\n")
    return file


def night(file: Path, after: int) -> None:
    settled(file.parent / "in")
    day = (DAY + timedelta(days=after)).isoformat()
    done = command("nightly", "--config", file, "--as-of", day, "--quiet", "--verbose")
    assert done.returncode == 0, done.stderr


def decided(connection: Connection, source: str) -> None:
    """A decision and a follow-up on the document, which quote it."""
    known = next(k for k in current(connection) if k.source == source)
    task = connection.execute(select(ROWS["tasks"]).where(ROWS["tasks"].c.version == known.version)).first()
    assert task is not None
    text = SECOND
    made = decisions.Decision(
        "tasks",
        task.task_id,
        known.path,
        task.doc_id,
        task.start,
        task.end,
        "edit",
        "王芳",
        "",
        json.dumps({"action": task.action}, ensure_ascii=False),
        "照原文改",
    )
    decisions.record(connection, made, known.version, text, "2022-07-21T09:00:00", "x")
    values: dict[str, Any] = {c.name: "" for c in META.tables["followups"].c} | {"number": 1, "state": "ongoing"}
    values |= {"followup_id": "f1", "task_id": task.task_id, "progress": task.quote}
    connection.execute(META.tables["followups"].insert(), [values])
    anchor: dict[str, Any] = {c.name: "" for c in META.tables["anchors"].c}
    anchor |= {"decision_id": "f1", "number": 0, "start": task.start, "end": task.end, "likeness": 1.0}
    anchor |= {"version": known.version, "path": known.path, "doc_id": task.doc_id, "quote": task.quote}
    connection.execute(META.tables["anchors"].insert(), [anchor])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office's folder before the purge."""
    folder = tmp_path_factory.mktemp("office")
    nights(folder, "sqlite:///台账.db")
    assert command("backup", "--config", folder / "taizhang.toml").returncode == 0
    return folder


@pytest.fixture
def file(office: Path, tmp_path: Path) -> Path:
    """The settings of a copy of the office at another place; the store knows its files by the old one."""
    shutil.copytree(office, tmp_path / "office", copy_function=shutil.copy2)
    return tmp_path / "office" / "taizhang.toml"


def everything(folder: Path) -> list[Path]:
    """What the program wrote: the store with its log, outputs, logs, backups; not the inbox."""
    return below(*(p for p in folder.iterdir() if p.name not in ("in", "taizhang.toml")))


def test_nothing_of_the_document_is_left(office: Path, file: Path) -> None:
    folder = file.parent
    before = leaks(everything(folder), NEEDLES)
    kinds = {Path(p).name for p in before}
    assert {"台账.db", "ledger.xlsx", "figures.csv", "figures.parquet", "nightly.log", "report.html"} <= kinds
    assert any(n.endswith(".tzbak") for n in kinds) and len(before[str(folder / "台账.db")]) == len(NEEDLES)
    done = command("purge", NAME, "--why", "误报", "--who", "李强", "--config", file, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert len(told["doc_ids"]) == 2 and len(told["backups"]) == 1
    shutil.rmtree(folder / "备份")  # the older backup is named, and the person's to remove
    assert command("backup", "--config", file).returncode == 0
    assert leaks(everything(folder), NEEDLES) == {}
    with zipfile.ZipFile(next((folder / "备份").iterdir())) as later:
        assert {n for n in later.namelist() if n.startswith("uploads/")} == {
            f"uploads/{n}" for n in ("计划.txt", "总结.txt", "半年.txt", "空.txt")
        }, "neither the paper nor the container that it still lies in"
    assert (folder / "台账.db-wal").stat().st_size == 0 if (folder / "台账.db-wal").exists() else True
    with store_of(file).reader() as connection:
        stones = tombstones.tombstones(connection)
        assert purging.matches(connection, NAME, "") == []
        sources = {r.source for r in connection.execute(select(OUTCOMES))}
    assert [(s.who, s.why, bool(s.finished)) for s in stones] == [("李强", "误报", True)] * 2
    assert {s.doc_id for s in stones} == set(told["doc_ids"])
    assert sources == {"计划.txt", "总结.txt", "半年.txt", "空.txt", "来文.zip!a.txt", "来文.zip!c.txt"}
    night(file, 3)
    assert leaks(everything(folder), NEEDLES) == {}, "the paper is still in the inbox and does not come in again"
    for path in (NAME, "副本/转报.txt"):
        (folder / "in" / path).unlink()
    with zipfile.ZipFile(folder / "in" / "来文.zip", "w") as archive:
        archive.writestr("a.txt", MEMBER)
        archive.writestr("c.txt", SUMMARY.replace("枫林", "柏林"))
    assert command("extract", folder / "in", "--out", folder / "ex").returncode == 0
    # The ledger of a night has columns for what people say of a row; above it was searched like all else.
    apart = ("report.html", "report.json", "state.txt", "ledger.xlsx")
    ours, fresh = ({n: d for n, d in contents(folder / of).items() if n not in apart} for of in ("out", "ex"))
    assert ours == fresh, "what is left is what would have been read without it"


def test_a_member_of_a_container_goes_alone_with_its_copies_named(file: Path) -> None:
    done = command("purge", "来文.zip!a.txt", "--why", "误报", "--config", file)
    assert done.returncode == 0, done.stderr
    with store_of(file).reader() as connection:
        found = {r.source: (r.version, r.document) for r in connection.execute(select(OUTCOMES))}
        assert "来文.zip!a.txt" not in found
        assert (found["来文.zip!b.txt"][1], found["来文.zip!c.txt"][1]) == (0, 1)
        version = found["来文.zip!c.txt"][0]
        rows = connection.execute(select(ROWS["figures"]).where(ROWS["figures"].c.version == version)).all()
        assert {r.document for r in rows} == {0, 1}
    mine = windows(MEMBER, (SUMMARY.replace("枫林", "柏林"),))
    shutil.rmtree(file.parent / "备份")
    assert mine and leaks(everything(file.parent), mine) == {}
    night(file, 3)
    assert leaks(everything(file.parent), mine) == {}
    texts = [p.read_text("utf-8") for p in (file.parent / "out" / "texts").iterdir()]
    assert sorted(texts) == sorted([PLAN, SUMMARY, RESULT, SECOND, SECRET, SUMMARY.replace("枫林", "柏林")])


def test_a_name_with_two_meanings_does_nothing(file: Path) -> None:
    for folder in ("甲", "乙"):
        (file.parent / "in" / folder).mkdir()
        (file.parent / "in" / folder / "台账.txt").write_text(f"{folder}地2022年计划\n9月底前修路3公里。\n", "utf-8")
    night(file, 3)
    before = contents(file.parent / "out")
    done = command("purge", "台账.txt", "--why", "误报", "--config", file)
    assert done.returncode == 2 and "2 份" in one_line(done)
    assert {line.split("\t")[0] for line in done.stdout.decode().splitlines()} == {"甲/台账.txt", "乙/台账.txt"}
    assert contents(file.parent / "out") == before
    assert command("purge", "甲/台账.txt", "--why", "误报", "--config", file).returncode == 0


def test_a_reason_is_asked_for_and_holds_nothing_of_the_document(file: Path) -> None:
    assert "--why" in one_line(command("purge", NAME, "--config", file))
    done = command("purge", NAME, "--why", "收储鹿鸣乡渡口村滩涂地块", "--config", file)
    assert done.returncode == 2 and "理由" in one_line(done)


def test_what_is_lifted_comes_in_again_and_originals_go_when_told(file: Path, tmp_path: Path) -> None:
    here = file.parent / "in" / NAME
    doc_id = json.loads(command("purge", NAME, "--why", "误报", "--config", file, "--json").stdout)["doc_ids"]
    assert command("purge", "0" * 16, "--lift", "--config", file).returncode == 2
    assert here.exists()
    for one in doc_id:
        assert command("purge", one, "--lift", "--config", file).returncode == 0
    night(file, 3)
    with store_of(file).reader() as connection:
        assert NAME in {k.source for k in current(connection)}
    told = json.loads(command("purge", NAME, "--why", "误报", "--originals", "--config", file, "--json").stdout)
    assert told["removed"] == [str(here.resolve())] and not here.exists()
    assert (here.parent / "副本" / "转报.txt").exists(), (
        "once another version of the same file, which no one remembers now"
    )


def test_a_killed_purge_is_completed_by_the_next(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.upkeep import purge  # noqa: PLC0415

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(purge, "compact", killed)
        assert command("purge", NAME, "--why", "误报", "--config", file).returncode == 130
    assert "没有做完" in command("doctor", "--config", file).stdout.decode()
    assert leaks(everything(file.parent / "out"), NEEDLES)
    assert command("purge", NAME, "--why", "误报", "--config", file).returncode == 0
    shutil.rmtree(file.parent / "备份")
    assert leaks(everything(file.parent), NEEDLES) == {}


def test_a_reader_at_an_old_state_is_waited_for_and_then_named(file: Path) -> None:
    held = sqlite3.connect(file.parent / "台账.db", isolation_level=None)
    held.execute("BEGIN")
    held.execute("SELECT count(*) FROM texts").fetchone()
    store = store_of(file)
    store.write(lambda c: c.execute(META.tables["roster"].insert(), [{"unit": "甲"}]) and None)
    with pytest.raises(LockedError, match="核对页面"):
        compact(store, 0.5)
    held.close()
    compact(store, 5)


def test_every_table_says_how_a_purge_treats_it() -> None:
    assert set(purging.TREATED) == set(META.tables), (
        "say in pipeline/store/purging.py what becomes of a new table's rows"
    )


def test_postgresql_loses_the_document_too(postgres: Any, tmp_path: Path) -> None:
    file = nights(tmp_path / "office", postgres.database())
    store = store_of(file)
    with store.reader() as connection:
        asked = "SELECT oid::text FROM pg_database WHERE datname = current_database()"
        base = postgres.data / "base" / str(connection.exec_driver_sql(asked).scalar())
        # Samples of values; what it held before stays in dead rows until the server vacuums its own catalogue.
        statistics = connection.exec_driver_sql("SELECT pg_relation_filenode('pg_statistic')::text").scalar()
    checkpoint(postgres)
    assert leaks(relations(base, statistics), NEEDLES[:20])
    done = command("purge", NAME, "--why", "误报", "--config", file)
    assert done.returncode == 0, done.stderr
    checkpoint(postgres)
    assert command("backup", tmp_path / "later.tzbak", "--config", file).returncode == 0
    assert leaks([*everything(file.parent), tmp_path / "later.tzbak"], NEEDLES) == {}
    assert leaks(relations(base, statistics), NEEDLES) == {}


def relations(base: Path, but: str | None) -> list[Path]:
    return [p for p in below(base) if p.name[0].isdigit() and p.name.split(".")[0] != but]


def checkpoint(postgres: Any) -> None:
    import psycopg  # noqa: PLC0415

    with psycopg.connect(host=str(postgres.folder), user="taizhang", dbname="postgres", autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def test_redaction_keeps_what_is_of_other_documents() -> None:
    r = Redactor(["鹿鸣.txt"], ["收储渡口村滩涂地块", "县财政局"])
    report = {
        "counts": {"new": 2}, "started": "2022-07-20T00:00:00",
        "files": [{"kind": "new", "source": "鹿鸣.txt"}, {"kind": "new", "source": "计划.txt"}],
        "altered": [{"about": "收储渡口村滩涂地块"}, {"about": "修路", "before": "3", "after": "4"}],
        "growing": ["甲/鹿鸣.txt", "乙.txt"],
    }  # fmt: skip
    kept = json.loads(r.text(json.dumps(report, ensure_ascii=False)))
    assert kept == report | {
        "files": [{"kind": "new", "source": "计划.txt"}], "altered": report["altered"][1:], "growing": ["乙.txt"],
    }  # fmt: skip
    assert r.text('["x"]') == '["x"]' and r.text("") == "" and r.text('["鹿鸣.txt"]') == "[]"


def test_names_are_overwritten_in_place_while_a_log_is_open(tmp_path: Path) -> None:
    log = tmp_path / "review.log"
    with log.open("a", encoding="utf-8") as writer:
        writer.write('file=鹿鸣.txt stage=read\n{"file": "a\\\\鹿鸣.txt"}\n')
        writer.flush()
        size = log.stat().st_size
        assert Redactor(["a\\鹿鸣.txt", "鹿鸣.txt"], []).log(log) == 2
        writer.write("more\n")
    text = log.read_text("utf-8")
    assert "鹿鸣" not in text and text.endswith("more\n") and log.stat().st_size == size + 5


def test_an_open_store_of_the_old_schema_is_migrated_first(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/s.db"
    assert command("purge", "x.txt", "--why", "误报", "--store", url).returncode == 2
    open_store(url, create=True)
    done = command("purge", "x.txt", "--why", "误报", "--store", url)
    assert done.returncode == 2 and "没有 x.txt" in one_line(done)


def test_follow_ups_and_decisions_went(file: Path) -> None:
    with store_of(file).reader() as connection:
        assert decisions.standing(connection)
    assert command("purge", NAME, "--why", "误报", "--config", file).returncode == 0
    with store_of(file).reader() as connection:
        assert decisions.standing(connection) == []
        assert connection.execute(select(META.tables["followups"])).all() == []
        assert connection.execute(select(META.tables["anchors"])).all() == []
    assert followups.STATES
