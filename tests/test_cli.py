"""The command: help, settings, streams, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from pipeline import config
from pipeline.errors import UsageError
from tests.cliruns import office, one_line, run


def test_version_and_help() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.decode().strip() == f"taizhang {metadata.version('taizhang')}", (
        "the declared is the installed one"
    )
    for arguments in (["--help"], ["extract", "--help"], ["parse", "--help"], []):
        text = run(*arguments).stdout.decode()
        assert text.index("例:") < text.index("ption"), "examples come first"
    commands = run("--help").stdout.decode().partition("Commands:")[2].splitlines()
    assert len(commands) > 8 and not [line for line in commands if "例" in line], "each command is described in a line"


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    code = (
        "import sys; from pipeline import cli\ntry: cli.main(['--version'])\nexcept SystemExit: pass\n"
        "heavy = {'pandas','pyarrow','spacy','rich','jieba','numpy','lxml','xlsxwriter','pebble','importlib.metadata'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    text = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert text.splitlines()[-1] == "[]"


def test_a_run_tells_what_it_read_and_found(tmp_path: Path) -> None:
    done = run("extract", office(tmp_path / "来文"), "--out", tmp_path / "结果", "--formats", "csv")
    text = done.stdout.decode()
    assert done.returncode == 0
    assert "输入 2 份" in text and "指标数字" in text and str(tmp_path / "结果") in text
    assert done.stderr == b"", "no bar, no colours where nobody looks"
    assert b"\x1b" not in done.stdout


def test_json_summary_stands_alone_on_stdout(tmp_path: Path) -> None:
    done = run("extract", office(tmp_path / "in"), "--out", tmp_path / "out", "--formats", "csv", "--json")
    summary = json.loads(done.stdout)
    assert summary["documents"] == 2 and summary["rows"]["documents"] == 2 and summary["rejects"] == {}


def test_quiet_and_dry_run(tmp_path: Path) -> None:
    folder = office(tmp_path / "in")
    listed = run("extract", folder, "--out", tmp_path / "out", "--dry-run")
    assert listed.stdout.decode().split() == ["总结.txt", "计划.txt"]
    assert not (tmp_path / "out").exists() and not (tmp_path / "out.partial").exists()
    assert run("extract", folder, "--out", tmp_path / "out", "--formats", "csv", "-q").stdout == b""


def test_strict_tells_of_rejects(tmp_path: Path) -> None:
    folder = office(tmp_path / "in")
    (folder / "空.txt").touch()
    assert run("extract", folder, "--out", tmp_path / "a", "--formats", "csv").returncode == 0
    assert run("extract", folder, "--out", tmp_path / "b", "--formats", "csv", "--strict").returncode == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["extract", "没有.txt", "--out", "o"], "没有.txt"),
        (["extract", ".", "--out"], "out"),
        (["extract", "."], "--out"),
        (["extract", ".", "--out", "o", "--yaer", "2020"], "--yaer"),
        (["extract", ".", "--out", "o", "--year", "20x"], "--year"),
        (["extract", ".", "--out", "o", "--year", "99999"], "99999"),
        (["extract", ".", "--out", "o", "--formats", "csv,doc"], "csv,doc"),
        (["extract", ".", "--out", "o", "--timeout", "0"], "timeout"),
        (["extract", ".", "--out", "o", "--workers", "-1"], "workers"),
        (["extarct"], "extarct"),
    ],
)
def test_usage_errors_are_one_line_and_two(tmp_path: Path, arguments: list[str], told: str) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert told in one_line(done)
    assert done.stdout == b""


def test_option_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    (tmp_path / "taizhang.toml").write_text(
        '[extract]\nyear = 2001\nworkers = 3\nformats = ["xlsx", "csv"]\ntimeout = 7\n'
    )
    loaded = config.load({"year": 2003, "workers": None}, {"TAIZHANG_YEAR": "2002", "TAIZHANG_WORKERS": "5"}, tmp_path)
    assert (loaded.year, loaded.workers, loaded.formats, loaded.timeout) == (2003, 5, ("csv", "xlsx"), 7.0)
    assert loaded.strict is config.Settings().strict


@pytest.mark.parametrize(
    ("file", "environment", "told"),
    [
        ("[extract]\nyaer = 2001\n", {}, "year"),
        ("[extarct]\nyear = 2001\n", {}, "extract"),
        ("[extract\n", {}, "taizhang.toml"),
        ("extract = 3\n", {}, "[extract]"),
        ('[extract]\nyear = "soon"\n', {}, "year"),
        ("[extract]\nworkers = true\n", {}, "workers"),
        ("", {"TAIZHANG_TIMEOT": "3"}, "TAIZHANG_TIMEOUT"),
        ("", {"TAIZHANG_STRICT": "maybe"}, "TAIZHANG_STRICT"),
    ],
)
def test_settings_that_make_no_sense(tmp_path: Path, file: str, environment: dict[str, str], told: str) -> None:
    (tmp_path / "taizhang.toml").write_text(file)
    with pytest.raises(UsageError) as caught:
        config.load({}, environment, tmp_path)
    assert told in str(caught.value) and "\n" not in str(caught.value)


def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path: Path) -> None:
    folder = office(tmp_path / "in", 300)
    command = f"{sys.executable} -m pipeline.cli extract {folder} --out {tmp_path / 'o'} --dry-run | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert done.returncode == 0 and done.stderr == b""
