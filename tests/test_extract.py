"""``taizhang extract`` end to end: every input accounted for, the output whole or not at all, the same bytes always."""

from __future__ import annotations

import csv
import json
import os
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from pipeline import output
from tests.cliruns import COMMAND, PLAN, ROOT, contents, office, one_line, run

# Loaded by every Python of a run before anything else: documents that hold these words make their reader misbehave.
FAULTS = """
import os, re, time
import pipeline.worker as worker
honest = worker._extract
def _extract(data, name, doc_id, settings):
    if b"ABORT" in data: os.abort()
    if b"HANG" in data: re.match("(?:a+)+$", "a" * 60 + "b")
    if b"GREEDY" in data: bytearray(64 << 30)
    if b"FAULT" in data: raise LookupError("no such\\nthing")
    if b"SLOW" in data: time.sleep(0.05)
    return honest(data, name, doc_id, settings)
worker._extract = _extract
"""


def table(out: Path, name: str) -> list[dict[str, str]]:
    with (out / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def faults(tmp_path: Path) -> dict[str, str]:
    """An environment in which documents can misbehave."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(FAULTS)
    return {"PYTHONPATH": os.pathsep.join((str(tmp_path / "site"), str(ROOT)))}


def test_all_tables_and_texts_are_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("extract", office(tmp_path / "in"), "--out", out).returncode == 0
    tables = {"documents", "figures", "deadlines", "units", "tasks", "progress", "rejects"}
    names = {f"{t}.{f}" for t in tables for f in ("csv", "parquet")} | {
        "ledger.xlsx",
        "datapackage.json",
        "manifest.json",
        "texts",
    }
    assert {p.name for p in out.iterdir()} == names
    assert not (tmp_path / "out.partial").exists()
    documents = table(out, "documents")
    assert [d["source"] for d in documents] == ["总结.txt", "计划.txt"]
    texts = {d["doc_id"]: (out / "texts" / f"{d['doc_id']}.txt").read_bytes().decode() for d in documents}
    assert PLAN in texts.values()
    for name in ("figures", "deadlines", "units", "tasks"):
        rows = table(out, name)
        assert rows
        for row in rows:
            assert texts[row["doc_id"]][int(row["start"]) : int(row["end"])] == row["quote"]
    assert {p["state"] for p in table(out, "progress")} >= {"met"}


def test_line_ends_of_a_text_stay(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("第一行\r\n第二行\r投资3万元\n".encode())
    run("extract", tmp_path / "a.txt", "--out", tmp_path / "o", "--formats", "csv")
    (text,) = (tmp_path / "o" / "texts").iterdir()
    assert text.read_bytes() == (tmp_path / "a.txt").read_bytes()


def test_formats_are_chosen(tmp_path: Path) -> None:
    folder = office(tmp_path / "in")
    for formats, suffixes in (("xlsx", {".xlsx"}), ("parquet", {".parquet"}), ("csv", {".csv"})):
        run("extract", folder, "--out", tmp_path / formats, "--formats", formats)
        assert {p.suffix for p in (tmp_path / formats).iterdir()} - {".json", ""} == suffixes


def test_every_input_stands_in_documents_or_rejects(tmp_path: Path, faults: dict[str, str]) -> None:
    folder = office(tmp_path / "in", 40)
    for name, text in {"停.txt": "ABORT", "挂.txt": "HANG", "吃.txt": "GREEDY", "错.txt": "FAULT"}.items():
        (folder / name).write_text(text)
    (folder / "空.txt").touch()
    (folder / "空2.docx").touch()
    (folder / "副本.txt").write_bytes((folder / "计划.txt").read_bytes())
    (folder / os.fsdecode(b"\xbc\xff\n.txt")).write_text(PLAN + "附:另有投资5万元。\n", "utf-8")
    (folder / "~$x.docx").touch()
    os.mkfifo(folder / "管道")
    out = tmp_path / "out"
    begun = time.monotonic()
    done = run("extract", folder, "--out", out, "--formats", "csv", "--timeout", "2", "--json", env=faults)
    assert done.returncode == 0 and b"Traceback" not in done.stderr
    assert time.monotonic() - begun < 30
    reasons = {r["source"]: r["reason"] for r in table(out, "rejects")}
    assert reasons == {
        "停.txt": "crash", "挂.txt": "timeout", "吃.txt": "memory", "错.txt": "crash", "空.txt": "empty",
        "空2.docx": "empty", "计划.txt": "duplicate", "管道": "unreadable",
    }  # fmt: skip
    sources = {d["source"] for d in table(out, "documents")}
    assert len(sources) + len(reasons) == json.loads(done.stdout)["inputs"] == 51
    assert "\\xbc\\xff\\n.txt" in sources and "副本.txt" in sources
    duplicate = next(r for r in table(out, "rejects") if r["reason"] == "duplicate")
    assert "副本.txt" in duplicate["detail"]
    assert all("\n" not in r["detail"] and r["advice"] for r in table(out, "rejects"))


def test_a_broken_installation_is_no_fault_of_the_documents(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import pipeline.worker as w\ndef _extract(*a): raise ImportError('no module lxml')\nw._extract = _extract\n"
    )
    env = {"PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))}
    done = run("extract", office(tmp_path / "in"), "--out", tmp_path / "o", env=env)
    assert done.returncode == 1 and "lxml" in one_line(done)
    assert not (tmp_path / "o").exists()


def test_same_bytes_whatever_workers_order_and_day(tmp_path: Path) -> None:
    folder = office(tmp_path / "in", 120)
    parts = sorted(folder.iterdir())
    run("extract", folder, "--out", tmp_path / "one", "--workers", "1")
    run("extract", *reversed(parts), "--out", tmp_path / "two", "--workers", "2", env={"TZ": "Asia/Tokyo"})
    run("extract", *parts, "--out", tmp_path / "none", "--workers", "0")
    assert contents(tmp_path / "one") == contents(tmp_path / "two") == contents(tmp_path / "none")


def test_a_long_temporary_folder_is_no_hindrance(tmp_path: Path) -> None:
    long = tmp_path / ("临时" * 20)
    long.mkdir()
    done = run("extract", office(tmp_path / "in"), "--out", tmp_path / "o", "--workers", "2", env={"TMPDIR": str(long)})
    assert done.returncode == 0, done.stderr
    assert not list(long.iterdir())


def test_a_killed_run_goes_on_and_loses_and_doubles_nothing(tmp_path: Path, faults: dict[str, str]) -> None:
    folder = office(tmp_path / "in", 200)
    for n in range(60):
        (folder / f"慢{n:03d}.txt").write_text(f"SLOW 计划{n}\n6月底前投资{n}万元。\n", "utf-8")
    arguments = ["extract", str(folder), "--formats", "csv,xlsx", "--workers", "2"]
    out, partial = tmp_path / "out", tmp_path / "out.partial"
    env = os.environ | faults
    with subprocess.Popen([*COMMAND, *arguments, "--out", str(out)], env=env, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while not list(partial.glob("journal/*.rows")) and time.monotonic() < deadline:
            time.sleep(0.005)
        process.kill()
    kept = {p.name: p.stat().st_ino for p in partial.glob("journal/*.rows")}
    assert kept and not out.exists()
    damaged = partial / "journal" / max(kept)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert run(*arguments, "--out", out, env=faults).returncode == 0
    assert run(*arguments, "--out", tmp_path / "undisturbed", env=faults).returncode == 0
    assert contents(out) == contents(tmp_path / "undisturbed")
    assert not partial.exists()


def test_other_options_do_not_resume(tmp_path: Path) -> None:
    folder = office(tmp_path / "in")
    (folder / "无年.txt").write_text("一、6月底前完成投资1万元。\n", "utf-8")
    out = tmp_path / "out"
    run("extract", folder, "--out", out, "--formats", "csv")
    assert "XXXX-06-30" in {d["due_end"] for d in table(out, "deadlines")}
    assert run("extract", folder, "--out", out, "--formats", "csv", "--year", "2020").returncode == 0
    assert "XXXX-06-30" not in {d["due_end"] for d in table(out, "deadlines")}


def test_an_interrupted_run_ends_with_130(tmp_path: Path, faults: dict[str, str]) -> None:
    folder = office(tmp_path / "in")
    for n in range(100):
        (folder / f"慢{n:03d}.txt").write_text(f"SLOW {n}", "utf-8")
    command = [*COMMAND, "extract", str(folder), "--out", str(tmp_path / "out")]
    with subprocess.Popen(command, env=os.environ | faults, stderr=subprocess.PIPE) as process:
        while not (tmp_path / "out.partial" / "journal").exists():
            time.sleep(0.01)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in errors and errors.decode().count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_somebody_elses_folder_is_left_alone(tmp_path: Path) -> None:
    folder = office(tmp_path / "in")
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "手稿.docx").write_text("x")
    done = run("extract", folder, "--out", theirs)
    assert done.returncode == 2 and str(theirs) in one_line(done)
    (theirs / "manifest.json").write_text('{"name": "a browser extension"}')
    assert run("extract", folder, "--out", theirs).returncode == 2
    (tmp_path / "file").write_text("x")
    assert run("extract", folder, "--out", tmp_path / "file").returncode == 2
    partial = tmp_path / "new.partial"
    partial.mkdir()
    (partial / "mine.txt").write_text("x")
    assert run("extract", folder, "--out", tmp_path / "new").returncode == 2
    assert (partial / "mine.txt").exists() and (theirs / "手稿.docx").exists()


def test_an_output_of_ours_is_replaced_and_what_was_added_stays(tmp_path: Path) -> None:
    folder, out = office(tmp_path / "in"), tmp_path / "out"
    run("extract", folder, "--out", out)
    (out / "批注.txt").write_text("已核", "utf-8")
    (folder / "计划.txt").unlink()
    assert run("extract", folder, "--out", out, "--formats", "csv").returncode == 0
    assert (out / "批注.txt").read_text("utf-8") == "已核"
    assert not (out / "ledger.xlsx").exists()
    assert len(table(out, "documents")) == 1
    assert run("extract", out / "texts", "--out", out).returncode == 2, "its own output is no input"


def test_an_output_inside_the_input_is_not_read(tmp_path: Path) -> None:
    folder = office(tmp_path / "in")
    for _ in range(2):
        run("extract", folder, "--out", folder / "结果", "--formats", "csv")
        assert len(table(folder / "结果", "documents")) == 2


def test_nothing_to_do_is_a_finished_run(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    assert run("extract", tmp_path / "in", "--out", tmp_path / "out").returncode == 0
    assert table(tmp_path / "out", "figures") == []


def test_an_output_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    folder = office(tmp_path / "in")
    (tmp_path / "file").write_text("x")
    done = run("extract", folder, "--out", tmp_path / "file" / "out")
    assert done.returncode in (1, 2)
    one_line(done)


@pytest.mark.parametrize("limit", [3_000, 30_000])
def test_a_full_disk_is_one_line_and_the_next_run_goes_on(tmp_path: Path, limit: int) -> None:
    folder, out = office(tmp_path / "in", 60), tmp_path / "out"

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = run("extract", folder, "--out", out, preexec_fn=small_disk)
    assert done.returncode == 1
    assert "磁盘" in one_line(done)
    assert not out.exists()
    assert run("extract", folder, "--out", out).returncode == 0


def test_two_runs_on_one_output_do_not_mix(tmp_path: Path) -> None:
    import fcntl  # noqa: PLC0415

    folder = office(tmp_path / "in")
    (tmp_path / "out.partial").mkdir()
    with (tmp_path / "out.partial" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run("extract", folder, "--out", tmp_path / "out")
    assert done.returncode == 4
    one_line(done)


def test_a_run_killed_while_it_clears_up_leaves_a_folder_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = office(tmp_path / "in"), tmp_path / "out"
    for _ in range(2):
        assert run("extract", folder, "--out", out, "--quiet").returncode == 0
    remove = shutil.rmtree
    partial = output.partial_of(out)

    def killed(path: Path, ignore_errors: bool = False) -> None:
        if path == partial:  # in the worst order: the plan goes first
            (partial / "plan.json").unlink()
            raise KeyboardInterrupt
        remove(path, ignore_errors)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt), output.workspace(out, "any") as work:
        shutil.copytree(out, output.fresh(work), dirs_exist_ok=True)
        patched.setattr(shutil, "rmtree", killed)
        output.publish(work, out)
    assert run("extract", folder, "--out", out, "--quiet").returncode == 0
    assert not partial.exists()


def test_a_run_killed_before_its_plan_stood_is_no_stranger(tmp_path: Path) -> None:
    folder, out = office(tmp_path / "in"), tmp_path / "out"
    partial = output.partial_of(out)
    partial.mkdir()
    (partial / "lock").touch()
    (partial / "plan.draft").write_text("{", "utf-8")
    assert run("extract", folder, "--out", out, "--quiet").returncode == 0
    (partial / "x").mkdir(parents=True)
    assert run("extract", folder, "--out", out, "--quiet").returncode == 2
