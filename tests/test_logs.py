"""The log names file, stage and reason, holds nothing of what documents say, and does not grow for ever."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from pipeline import logs, worker
from pipeline.errors import LockedError
from pipeline.nightly_config import Log
from tests.cliruns import PLAN, SUMMARY
from tests.cliruns import within as command
from tests.nights import setting, store_of

SECRET = "柏溪县拟收储城西地块四十二亩"


@pytest.fixture(autouse=True)
def _loggers() -> object:
    """Loggers as they were, for the tests that follow in this process."""
    yield
    for name in ("pipeline", "extractors", "uvicorn.error"):
        logger = logging.getLogger(name)
        for handler in list(logger.handlers):
            logger.removeHandler(handler)
            handler.close()
        logger.propagate, logger.level = True, logging.NOTSET


def lines(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "日志" / "nightly.log").read_text("utf-8").splitlines()]


def test_a_night_is_logged_without_a_word_of_its_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = setting(tmp_path, f"sqlite:///{tmp_path}/store.db", '[log]\nfolder = "日志"\njson = true\n')
    (tmp_path / "in" / "空.txt").write_bytes(b"")
    (tmp_path / "in" / "坏.txt").write_text(SECRET + "。\n", "utf-8")
    whole = worker._extract

    def faulty(data: bytes, *rest: object) -> object:
        if SECRET.encode() in data:
            raise ValueError(f"cannot read {SECRET}")
        return whole(data, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "_extract", faulty)
    done = command("nightly", "--config", file, "--verbose")
    assert done.returncode == 0, done.stderr
    told = {(x.get("file", ""), x.get("stage", ""), x.get("reason", "")) for x in lines(tmp_path)}
    assert {("空.txt", "read", "empty"), ("坏.txt", "read", "crash")} <= told
    assert any(x["stage"] == "nightly" and x["run"] for x in lines(tmp_path))
    text = (tmp_path / "日志" / "nightly.log").read_text("utf-8") + done.stderr.decode()
    said = [s for s in (SECRET, *PLAN.splitlines(), *SUMMARY.splitlines()) if len(s) > 6]
    assert [s for s in said if s in text] == []
    assert (tmp_path / "日志" / "nightly.log").stat().st_mode & 0o777 == 0o600


def test_what_ends_a_run_is_in_the_log_and_once_on_stderr(tmp_path: Path) -> None:
    file = setting(tmp_path, f"sqlite:///{tmp_path}/store.db", '[log]\nfolder = "日志"\njson = true\n')
    assert command("nightly", "--config", file, "--quiet").returncode == 0
    with store_of(file).run_lock():
        done = command("nightly", "--config", file)
    assert done.returncode == 4 and done.stderr.decode().count("\n") == 1
    last = lines(tmp_path)[-1]
    assert (last["level"], last["stage"], last["reason"]) == ("ERROR", "end", LockedError.__name__)


def test_of_an_exception_the_kind_and_the_place_are_told(tmp_path: Path) -> None:
    logs.configure("x", False, Log(tmp_path, 1, 2, False))
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        logs.failed(error)
    text = (tmp_path / "x.log").read_text("utf-8")
    assert "ValueError" in text and "test_logs.py:" in text and SECRET not in text


def test_logs_rotate(tmp_path: Path) -> None:
    logs.configure("x", False, Log(tmp_path, 0.01, 3, True))
    for n in range(500):
        logging.getLogger("pipeline.x").info(
            "night", extra=logs.about(file=f"村{n:04d}.txt", stage="read", reason="empty")
        )
    parts = logs.files(tmp_path)
    assert [p.name for p in parts] == ["x.log", "x.log.1", "x.log.2", "x.log.3"]
    assert all(p.stat().st_size <= 0.01 * (1 << 20) for p in parts)
    assert "村0499.txt" in parts[0].read_text("utf-8")


def test_names_with_spaces_and_breaks_stay_on_one_line(tmp_path: Path) -> None:
    logs.configure("x", False, Log(tmp_path, 1, 2, False))
    logging.getLogger("pipeline.x").info("a\nb", extra=logs.about(file="a b\n=.txt"))
    (line,) = (tmp_path / "x.log").read_text("utf-8").splitlines()
    assert r'file="a b\n=.txt"' in line and line.endswith("a b")


def test_a_folder_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "日志").write_text("a file stands here", "utf-8")
    file = setting(tmp_path, f"sqlite:///{tmp_path}/store.db", '[log]\nfolder = "日志"\n')
    done = command("nightly", "--config", file)
    assert done.returncode == 2 and "[log]" in done.stderr.decode()
