"""``taizhang doctor`` finds what is wrong and says what to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline import selftest, surroundings
from tests.cliruns import within as command
from tests.nights import run, setting


def answers(*arguments: str | Path) -> dict[str, dict[str, str]]:
    return {a["what"]: a for a in json.loads(command("doctor", "--json", *arguments).stdout)["checks"]}


def test_the_sample_gives_what_is_expected_of_it() -> None:
    assert selftest.run() == []


def test_an_installation_that_reads_wrongly_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rows = selftest.rows
    monkeypatch.setattr(selftest, "rows", lambda data: rows(data.replace(b"28.5", b"28.7")))
    found = answers()["自检"]
    assert found["state"] == "fail" and "figures" in found["detail"] and "重新安装" in found["detail"]

    def broken(_data: bytes) -> Any:
        raise ImportError("libxml2.so.2: cannot open shared object file")

    monkeypatch.setattr(selftest, "rows", broken)
    assert "libxml2" in answers()["自检"]["detail"]


def test_parts_that_are_missing_are_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "find_spec", lambda _name: None)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    found = {a.what: a for a in surroundings.optional("sqlite:///x")}
    assert {a.state for a in found.values()} == {"warn"}
    assert all("装" in a.detail or "fonts" in a.detail for a in found.values())
    assert next(a for a in surroundings.optional("postgresql://x") if a.what == "PostgreSQL").state == "fail"


def test_folders_without_rights_or_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert surroundings.folder("输出", tmp_path / "a" / "b").state == "ok"
    usage = shutil.disk_usage(tmp_path)._replace(free=5 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    found = surroundings.folder("输出", tmp_path)
    assert found.state == "warn" and "5 MB" in found.detail
    monkeypatch.setattr("os.access", lambda *_: False)
    found = surroundings.folder("输出", tmp_path)
    assert found.state == "fail" and "chown" in found.detail


def test_settings_are_told_with_their_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = setting(tmp_path, f"sqlite:///{tmp_path}/s.db", '[mail]\nhost = "h"\nfrom = "a@b"\nto = "c@d"\n')
    run(file)
    monkeypatch.setenv("TAIZHANG_TIMEOUT", "60")
    monkeypatch.setenv("TAIZHANG_STORE_URL", "postgresql://u:geheim@h/d")
    told = json.loads(command("doctor", "--config", file, "--json").stdout)["settings"]
    by = {s["name"]: (s["value"], s["origin"]) for s in told}
    assert by["timeout"] == ("60.0", "环境变量 TAIZHANG_TIMEOUT") and by["year"][1] == "默认"
    assert by["inbox[0].path"] == ("in", str(file)) and by["nightly.settle"] == ("0.01", str(file))
    assert by["store.url"][1] == "环境变量 TAIZHANG_STORE_URL" and by["mail.host"] == ("h", str(file))
    assert "geheim" not in json.dumps(told)


def test_the_environment_names_the_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = setting(tmp_path, f"sqlite:///{tmp_path}/s.db")
    monkeypatch.setenv("TAIZHANG_CONFIG", str(file))
    assert command("nightly", "--quiet", "--as-of", "2022-07-20").returncode == 0
    assert (tmp_path / "out" / "figures.csv").exists()
    assert answers()["设置"]["detail"] == str(file)
    assert "2" in command("status").stdout.decode()
