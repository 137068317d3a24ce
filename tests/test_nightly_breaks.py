"""Nights that are killed, run out of disk, find the store locked or lose the server: the next run ends as an unbroken one."""

from __future__ import annotations

import pkgutil
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.breaks import finish, killed, prepare, start, state
from tests.cliruns import one_line
from tests.cliruns import run as command
from tests.nights import DAY, run, setting
from tests.postgres import Server

KILLS = 10


def test_killed_nights_end_as_unbroken_ones() -> None:
    assert killed(KILLS - 3, seed=1) == []


def test_nights_with_worker_processes_may_be_killed_too() -> None:
    assert killed(3, seed=2, workers=2) == []


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few hundred kilobytes."""
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("mounting a tmpfs is left to root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


def test_a_full_disk_is_one_line_and_the_next_run_completes(small: Path, tmp_path: Path) -> None:
    whole = setting(tmp_path / "whole", f"sqlite:///{tmp_path}/whole/store.db", copies=60)
    assert finish(start(whole))[0] == 0
    file = tmp_path / "whole" / "full.toml"
    file.write_text(
        whole.read_text("utf-8").replace(f"{tmp_path}/whole/store.db", f"{small}/store.db").replace('"out"', '"out2"'),
        "utf-8",
    )
    code, error = finish(start(file))
    assert code == 1 and error.count("\n") == 1 and "磁盘空间不足" in error, error
    subprocess.run(["mount", "-o", "remount,size=64m", str(small)], check=True)
    code, error = finish(start(file))
    assert code == 0, error
    assert state(file)[0] == state(whole)[0]
    tables = [n for n in (p.name for p in (tmp_path / "whole" / "out").iterdir()) if n.endswith(".csv")]
    assert all(
        (tmp_path / "whole" / "out" / t).read_bytes() == (tmp_path / "whole" / "out2" / t).read_bytes() for t in tables
    )


def test_a_store_locked_by_another_process(tmp_path: Path) -> None:
    file = prepare(tmp_path, f"sqlite:///{tmp_path}/store.db")
    shutil.copytree(tmp_path, tmp_path / "kept", ignore=shutil.ignore_patterns("kept"), copy_function=shutil.copy2)
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    done = command("nightly", "--config", file, "--as-of", DAY.isoformat())
    assert done.returncode == 4 and "被另一个程序占用" in one_line(done)
    other.execute("ROLLBACK")
    other.close()
    assert finish(start(file))[0] == 0
    broken = state(file)
    for name in ("store.db", "out"):
        path = tmp_path / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in (tmp_path / "kept").iterdir():
        if path.name in ("store.db", "out"):
            path.rename(tmp_path / path.name)
    assert finish(start(file))[0] == 0
    assert state(file) == broken


def test_a_lock_that_is_let_go_in_time_is_waited_for(tmp_path: Path) -> None:
    file = setting(tmp_path, f"sqlite:///{tmp_path}/store.db", copies=5)
    file.write_text(file.read_text("utf-8").replace("wait = 1", "wait = 60"), "utf-8")
    assert finish(start(file, "2022-07-18"))[0] == 0
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    process = start(file)
    time.sleep(2)
    assert process.poll() is None
    other.execute("ROLLBACK")
    other.close()
    assert finish(process)[0] == 0


def test_postgresql_restarted_in_the_middle(postgres: Server, tmp_path: Path) -> None:
    url = postgres.database()
    file = prepare(tmp_path, url)
    reference = prepare_reference(tmp_path, postgres)
    process = start(file)
    for _ in range(2):
        time.sleep(1.2)
        postgres.restart()
    code, error = finish(process)
    if code:  # the server was away for longer than a run waits
        assert error.count("\n") == 1 and "存储" in error, error
        assert finish(start(file))[0] == 0
    assert state(file)[0] == reference


@pytest.mark.parametrize(
    "place", ["pipeline.intake.keep", "pipeline.nightly.proposals.propose", "pipeline.nightly.runs.add"]
)
def test_postgresql_gone_inside_a_transaction(
    place: str, postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server dies while readings are stored, in the middle of the night's transaction, and just before its end."""
    file = prepare(tmp_path, postgres.database())
    reference = prepare_reference(tmp_path, postgres)
    plain = pkgutil.resolve_name(place)
    calls: list[int] = []

    def dying(*arguments: object) -> object:
        done = plain(*arguments)
        calls.append(1)
        if len(calls) == 1:
            postgres.restart()
        return done

    monkeypatch.setattr(place, dying)
    run(file)
    assert len(calls) > 1, "the work was done again"
    assert state(file)[0] == reference


def prepare_reference(tmp_path: Path, postgres: Server) -> dict[str, list[object]]:
    """What an unbroken run over the same inbox leaves."""
    url = postgres.database()
    here = tmp_path / "taizhang.toml"
    kept = here.read_text("utf-8")
    other = tmp_path / "reference.toml"
    inbox = tmp_path / "in"
    changed = tmp_path / "changed"
    shutil.copytree(inbox, changed, copy_function=shutil.copy2)
    shutil.rmtree(inbox)
    setting(tmp_path, url, copies=60)
    other.write_text(here.read_text("utf-8").replace('"out"', '"out2"'), "utf-8")
    here.write_text(kept, "utf-8")
    assert finish(start(other, "2022-07-19"))[0] == 0
    shutil.rmtree(inbox)
    shutil.copytree(changed, inbox, copy_function=shutil.copy2)
    assert finish(start(other))[0] == 0
    return state(other)[0]


def test_the_environment_names_the_store(tmp_path: Path) -> None:
    file = setting(tmp_path, f"sqlite:///{tmp_path}/wrong.db")
    done = command("nightly", "--config", file, "--quiet", env={"TAIZHANG_STORE_URL": f"sqlite:///{tmp_path}/right.db"})
    assert done.returncode == 0 and (tmp_path / "right.db").exists() and not (tmp_path / "wrong.db").exists()
