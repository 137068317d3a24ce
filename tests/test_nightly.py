"""Nights: what they take in, what they leave alone, what they say in the morning."""

from __future__ import annotations

import email
import email.policy
import json
import os
import shutil
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline import batch, intake, nightly_config, program, stored
from pipeline.errors import LockedError, UsageError
from pipeline.report.data import from_dict
from pipeline.report.page import html
from tests.cliruns import PLAN, SUMMARY, contents, one_line
from tests.cliruns import run as command
from tests.nights import DAY, dump, run, setting, settled, store_of

NEXT = DAY + timedelta(days=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Settings of a small office with a SQLite store."""
    return setting(tmp_path, f"sqlite:///{tmp_path}/store.db")


def test_the_command_does_a_night_and_writes_tables_and_report(file: Path) -> None:
    done = command("nightly", "--config", file, "--as-of", DAY.isoformat())
    assert done.returncode == 0, done.stderr
    assert "新到 2" in done.stdout.decode() and done.stderr == b""
    out = file.parent / "out"
    assert command("extract", file.parent / "in", "--out", file.parent / "ex", "--formats", "csv").returncode == 0
    ours = {
        n: data
        for n, data in contents(out).items()
        if n not in ("report.html", "report.json", "state.txt", "pieces.bin")
    }
    assert ours == contents(file.parent / "ex")
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert report["counts"]["new"] == 2 and report["targets"] == {"behind": 1, "met": 1, "no_report": 1}
    page = (out / "report.html").read_text("utf-8")
    assert "2022-08-15" in page and "计划.txt" in page


def test_the_morning_after(file: Path) -> None:
    first = run(file)
    assert (first.counts["new"], first.counts["due_30"], first.counts["overdue"]) == (2, 1, 1)
    assert first.due_30[0].day == "2022-08-15" and first.due_30[0].units
    inbox = file.parent / "in"
    (inbox / "计划.txt").write_text(PLAN.replace("8月15日", "8月20日"), "utf-8")
    (inbox / "总结.txt").unlink()
    (inbox / "空.txt").write_bytes(b"")
    (inbox / "新.md").write_text("# 白桦镇2022年工作计划\n\n9月底前完成道路硬化3公里。\n", "utf-8")
    report = run(file, NEXT)
    counts = {k: report.counts[k] for k in ("new", "changed", "gone", "rejected", "unchanged")}
    assert counts == {"new": 2, "changed": 1, "gone": 1, "rejected": 1, "unchanged": 0}
    assert {f["source"]: f["kind"] for f in report.files} == {
        "计划.txt": "changed", "总结.txt": "gone", "空.txt": "new", "新.md": "new",
    }  # fmt: skip
    assert report.rejects[0]["reason"] == "empty" and report.reject_reasons == {"empty": 1}
    assert report.tables["deadlines"]["altered"] == 1
    assert any("2022-08-20" in a["after"] for a in report.altered)
    assert report.due_30[0].day == "2022-08-20"
    assert report.targets == {}, "without the summary nothing is compared"
    assert from_dict(json.loads(json.dumps(report.as_dict()))) == report


def test_a_quiet_night_reads_nothing_and_writes_no_tables(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(file)
    before = {p: p.stat().st_mtime_ns for p in (file.parent / "out").iterdir() if p.suffix == ".csv"}
    monkeypatch.setattr(batch, "engine", lambda _settings: pytest.fail("nothing is to be read"))
    report = run(file, NEXT)
    assert report.counts["unchanged"] == 2 and report.number == 2
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert json.loads((file.parent / "out" / "report.json").read_text("utf-8"))["number"] == 2


def test_the_tables_of_every_night_are_those_of_an_export_from_the_start(tmp_path: Path) -> None:
    file = setting(tmp_path, f"sqlite:///{tmp_path}/store.db", copies=12)
    inbox, out = tmp_path / "in", tmp_path / "out"
    edits = (
        lambda: (inbox / "村0003.txt").write_text(PLAN.replace("枫林", "柏林"), "utf-8"),
        (inbox / "村0000.txt").unlink,
        lambda: [(inbox / "a.txt").write_text(PLAN, "utf-8"), (inbox / "空.txt").write_bytes(b"")],
        (inbox / "总结.txt").unlink,
        (inbox / "a.txt").unlink,
        lambda: (out / "figures.csv").write_bytes(b"somebody was here"),
        lambda: [(inbox / "z.txt").write_text(SUMMARY, "utf-8"), shutil.rmtree(out / "texts")],
        lambda: [path.unlink() for path in inbox.iterdir() if path.name != "z.txt"],
    )
    for night, edit in enumerate((lambda: None, *edits)):
        edit()
        if night == 6:
            (inbox / "村0005.txt").write_text("另一村2022年工作计划\n修渠3公里。\n", "utf-8")
        run(file, DAY + timedelta(days=night))
        whole = tmp_path / f"whole{night}"
        stored.export(store_of(file), whole, replace(nightly_config.load(file, {}).extract, formats=("csv",)))
        ours = {
            n: d for n, d in contents(out).items() if n not in ("report.html", "report.json", "state.txt", "pieces.bin")
        }
        assert ours == contents(whole), night


def test_touched_and_renamed_files(file: Path) -> None:
    run(file)
    inbox = file.parent / "in"
    os.utime(inbox / "计划.txt", (1, 1))
    (inbox / "总结.txt").rename(inbox / "半年总结.txt")
    report = run(file, NEXT)
    assert (report.counts["changed"], report.counts["new"], report.counts["gone"]) == (0, 1, 1)
    assert run(file, NEXT + timedelta(days=1)).counts["unchanged"] == 2


def test_a_new_program_rereads_and_keeps_what_is_the_same(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(file)
    before = dump(store_of(file))
    monkeypatch.setattr(program, "program_fingerprint", lambda _settings: "another")
    report = run(file, NEXT)
    assert report.counts["reread"] == 2 and all(not any(t.values()) for t in report.tables.values())
    after = dump(store_of(file))
    assert {t: before[t] for t in ("figures", "texts", "outcomes")} == {
        t: after[t] for t in ("figures", "texts", "outcomes")
    }
    assert run(file, NEXT + timedelta(days=1)).counts["reread"] == 0


def test_growing_files_are_left_for_the_next_night(file: Path) -> None:
    inbox = file.parent / "in"
    writer = (inbox / "大文件.txt").open("w", encoding="utf-8")
    writer.write(PLAN)
    writer.flush()
    settings = nightly_config.load(file, {})
    report = intake_of(settings)
    assert report.growing == ["大文件.txt"] and len(report.seen) == 2
    writer.close()
    assert intake_of(settings).growing == []


def intake_of(settings: nightly_config.Nightly) -> intake.Intake:
    from pipeline import inputs  # noqa: PLC0415
    from pipeline.store import open_store  # noqa: PLC0415

    store = open_store(settings.url, create=True)
    found = inputs.collect([i.path for i in settings.inboxes])
    scratch = settings.file.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    return intake.take_in(store, found, [], {}, [], settings.extract, settings.settle, scratch, lambda _a, _b: None)


def test_a_file_that_is_appended_to_is_growing(file: Path) -> None:
    path = file.parent / "in" / "追加.txt"
    path.write_text(PLAN, "utf-8")
    stop = threading.Event()

    def append() -> None:
        while not stop.wait(0.02):
            with path.open("a", encoding="utf-8") as more:
                more.write("再写一行。\n")

    thread = threading.Thread(target=append)
    thread.start()
    try:
        file.write_text(file.read_text("utf-8").replace("settle = 0.01", "settle = 0.3"), "utf-8")
        assert intake_of(nightly_config.load(file, {})).growing == ["追加.txt"]
    finally:
        stop.set()
        thread.join()


def test_a_second_run_finds_the_lock(file: Path) -> None:
    run(file)
    with store_of(file).run_lock():
        done = command("nightly", "--config", file)
        assert done.returncode == 4 and "另一次运行" in one_line(done)
        with pytest.raises(LockedError):
            run(file)
    run(file, NEXT)


def test_an_inbox_that_vanished_is_not_taken_for_empty(tmp_path: Path) -> None:
    file = setting(tmp_path, f"sqlite:///{tmp_path}/s.db", copies=30)
    run(file)
    (tmp_path / "in").rename(tmp_path / "unmounted")
    with pytest.raises(UsageError, match="找不到输入"):
        run(file, NEXT)
    (tmp_path / "in").mkdir()
    report = run(file, NEXT)
    assert report.counts["gone"] == 0 and report.missing_inboxes
    assert "没有挂载" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_several_inboxes_with_the_same_names(file: Path) -> None:
    other = file.parent / "乡镇"
    other.mkdir()
    shutil.copy(file.parent / "in" / "计划.txt", other / "计划.txt")
    settled(other)
    file.write_text(file.read_text("utf-8") + '[[inbox]]\npath = "乡镇"\n', "utf-8")
    report = run(file)
    assert [f["source"] for f in report.files] == ["in/计划.txt", "乡镇/计划.txt", "总结.txt"]
    assert report.reject_reasons == {"duplicate": 1}


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[store]\n", "没有 \\[store\\] 的 url"),
        ('[store]\nurl = "sqlite:///a.db"\n[nightli]\n', "nightly"),
        ('[store]\nurl = "sqlite:///a.db"\n[nightly]\nouts = "x"\n', "是否应为 out"),
        ('[store]\nurl = "sqlite:///a.db"\n[nightly]\nsettle = -1\n', "settle"),
        ('[store]\nurl = "sqlite:///a.db"\n[[inbox]]\nname = "x"\n', "没有 path"),
        ('[store]\nurl = "sqlite:///a.db"\n[mail]\nhost = "x"\n', "没有 from"),
        ('[store]\nurl = "sqlite:///a.db"\n[mail]\nhost = "x"\nto = "nobody"\n', "邮件地址"),
        ("[store\n", "读不了"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, toml: str, said: str) -> None:
    file = tmp_path / "taizhang.toml"
    file.write_text(toml, "utf-8")
    with pytest.raises(UsageError, match=said):
        nightly_config.load(file, {})


def test_extract_bears_the_sections_of_the_nights(file: Path) -> None:
    done = command("extract", "in", "--out", "x", "--dry-run", cwd=file.parent)
    assert done.returncode == 0, done.stderr


def test_missing_settings_and_parts_of_them(tmp_path: Path) -> None:
    done = command("nightly", "--config", tmp_path / "none.toml")
    assert done.returncode == 2 and "没有设置文件" in one_line(done)
    (tmp_path / "t.toml").write_text(f'[store]\nurl = "sqlite:///{tmp_path}/s.db"\n', "utf-8")
    done = command("nightly", "--config", tmp_path / "t.toml")
    assert done.returncode == 2 and "[nightly] 的 out" in one_line(done)


def test_strict_and_dry_run(file: Path) -> None:
    (file.parent / "in" / "空.txt").write_bytes(b"")
    listed = command("nightly", "--config", file, "--dry-run")
    assert set(listed.stdout.decode().split()) == {"计划.txt", "总结.txt", "空.txt"}
    assert not (file.parent / "store.db").exists()
    assert command("nightly", "--config", file, "--strict", "--quiet").returncode == 3
    assert command("nightly", "--config", file, "--dry-run").stdout == b""


def test_the_roster_names_who_has_not_submitted(file: Path) -> None:
    (file.parent / "units.csv").write_text(
        "单位,别名,上级,应报材料\n枫林县水务局,县水务局;水务局,枫林县人民政府,2022年工作计划=2022-01-31;2022年上半年工作总结=2022-07-15\n"
        "枫林县财政局,县财政局,枫林县人民政府,2022年工作计划=2022-01-31;2022年工作总结=2022-12-31\n枫林县林业局,,,2022年上半年总结=2022-07-31\n",
        "utf-8-sig",
    )
    file.write_text(file.read_text("utf-8") + '[roster]\npath = "units.csv"\n', "utf-8")
    report = run(file)
    assert [(m["unit"], m["title"], m["late"]) for m in report.not_submitted] == [
        ("枫林县财政局", "2022年工作计划", True),
        ("枫林县林业局", "2022年上半年总结", False),
    ]
    assert report.due_30[0].units == ["枫林县水务局", "枫林县财政局"]
    page = html(report)
    assert "逾期未报" in page and "尚未报送" in page


def test_the_page_shows_what_it_is_given_and_runs_nothing(file: Path) -> None:
    (file.parent / "in" / "<script>alert(1)<b>.txt").write_text(SUMMARY, "utf-8")
    page = html(run(file))
    assert "<script>" not in page and "&lt;script&gt;alert" in page
    assert "http://" not in page and "https://" not in page, "the page needs nothing from elsewhere"


@contextmanager
def smtp() -> Iterator[tuple[int, list[bytes]]]:
    """A mail server on this machine that keeps what it is given."""
    received: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                word = line.split(b" ")[0].strip().upper()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = []
                    while (line := self.rfile.readline()) != b".\r\n":
                        lines.append(line)
                    received.append(b"".join(lines))
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1], received
        server.shutdown()
        thread.join()


def test_the_report_goes_out_by_mail(file: Path) -> None:
    with smtp() as (port, received):
        mail = f'[mail]\nhost = "127.0.0.1"\nport = {port}\nfrom = "a@example.org"\nto = ["b@example.org", "c@example.org"]\n'
        file.write_text(file.read_text("utf-8") + mail, "utf-8")
        done = command("nightly", "--config", file, "--as-of", DAY.isoformat(), "--quiet")
        assert done.returncode == 0, done.stderr
    message = email.message_from_bytes(received[0], policy=email.policy.default)
    assert message["To"] == "b@example.org, c@example.org" and "新到 2" in message["Subject"]
    body = message.get_body(("html",))
    assert body is not None and "台账晨报" in body.get_content()


def test_a_mail_server_that_is_away_fails_after_everything_is_written(file: Path) -> None:
    mail = '[mail]\nhost = "127.0.0.1"\nport = 1\nfrom = "a@example.org"\nto = "b@example.org"\n'
    file.write_text(file.read_text("utf-8") + mail, "utf-8")
    done = command("nightly", "--config", file, "--quiet")
    assert done.returncode == 1 and "没有寄出" in one_line(done)
    assert (file.parent / "out" / "documents.csv").exists()


def test_status_and_doctor(file: Path) -> None:
    assert command("doctor", "--config", file, "--as-of", "2022-07-20").returncode == 0
    run(file)
    told = command("status", "--config", file).stdout.decode()
    assert "读出材料 2 份" in told and "第 1 次 2022-07-20" in told
    checks = json.loads(command("doctor", "--config", file, "--json").stdout)
    assert {c["what"] for c in checks["checks"]} >= {"程序", "存储", "收件箱", "输出"}
    assert {s["name"]: s["origin"] for s in checks["settings"]}["workers"] == str(file)
    (file.parent / "in").rename(file.parent / "away")
    done = command("doctor", "--config", file)
    assert done.returncode == 1 and "没有这个文件夹" in done.stdout.decode()


def test_time_is_the_clocks(file: Path) -> None:
    run(file, date(2022, 7, 20))
    rows = dump(store_of(file))
    assert "2022-07-20T00:00:00" in rows["inputs"][0] and str(time.localtime().tm_year) not in "".join(rows["runs"])


def test_start_up_stays_light() -> None:
    code = "import sys; from pipeline import cli; print([m for m in ('sqlalchemy', 'jinja2', 'pandas', 'rapidfuzz') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_setting_of_the_nights_is_described_and_the_example_loads(root: Path) -> None:
    guide = (root / "docs" / "使用手册.md").read_text("utf-8")
    known = {f"{section}.{key}" for section, keys in nightly_config.READERS.items() for key in keys}
    assert [name for name in sorted(known) if f"| `{name}` |" not in guide] == []
    loaded = nightly_config.load(root / "docs" / "examples" / "taizhang.toml", {})
    assert len(loaded.inboxes) == 2 and loaded.roster is not None and loaded.mail is None
