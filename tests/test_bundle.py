"""The bundle, installed as an office would: by root, on a machine without network, under a user of its own."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cliruns import ROOT, office
from tests.machine import PATH, Machine, pythons
from tests.nights import settled
from tests.test_docs import MACHINE

TAIZHANG = "/opt/taizhang/bin/taizhang"
DRIVER = """
import http.cookiejar, re, socket, subprocess, sys, urllib.request
try:
    socket.create_connection(("192.0.2.1", 53), 3)
    sys.exit("there is a network")
except OSError:
    pass
page = subprocess.Popen([*sys.argv[1:], "review", "--port", "0"], stdout=subprocess.PIPE, text=True)
try:
    line = page.stdout.readline()
    url = re.search(r"http://\\S+", line)[0]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    answer = opener.open(url, timeout=60)
    print(answer.status, answer.read().decode())
finally:
    page.terminate()
    page.wait(30)
"""


def unavailable(reason: str) -> None:
    """What CI must have fails there and is skipped on a visitor's machine."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@pytest.fixture(scope="module")
def python() -> tuple[str, str]:
    """A Python of the system, which a user without a home can run."""
    if os.getuid() or not all(map(shutil.which, ("unshare", "nsenter", "runuser", "useradd", "ip"))):
        unavailable("the installation is tried by root in namespaces of its own (util-linux, iproute2, passwd)")
    found = next(pythons(), None)
    if found is None:
        unavailable("no Python 3.11 or newer that an ordinary user can run")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def archive(python: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of this architecture and that Python."""
    out = tmp_path_factory.mktemp("dist")
    made = subprocess.run(
        [sys.executable, ROOT / "tools" / "bundle.py", "--arch", os.uname().machine, "--python", python[1], "--out", out],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return next(out.iterdir())


@pytest.fixture(scope="module")
def unpacked(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("usb")
    with tarfile.open(archive) as members:
        members.extractall(folder, filter="data")
    return next(folder.iterdir())


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, unpacked: Path) -> Iterator[Machine]:
    """A machine with the bundle installed."""
    for folder in unpacked.parents[:3]:
        folder.chmod(0o755)
    here = Machine(tmp_path_factory.mktemp("machine"))
    told = here.run("./install.sh", cwd=unpacked)
    assert "装好了" in told and "没有用 systemd" in told, told
    yield here
    here.stop()


def as_user(machine: Machine, *arguments: str | Path, code: int | None = 0) -> str:
    return machine.run("runuser", "-u", "taizhang", "--", *arguments, code=code)


def test_the_main_job_a_night_and_the_page_work_without_network(machine: Machine, samples: Path) -> None:
    assert machine.run("ip", "-o", "route").strip() == ""
    as_user(machine, TAIZHANG, "doctor")
    shutil.copytree(samples, machine.folder / "mount1" / "taizhang-samples")
    told = as_user(machine, TAIZHANG, "extract", "/opt/taizhang-samples", "--out", "/var/lib/taizhang/试读")
    read = machine.folder / "mount2" / "taizhang"
    assert (read / "试读" / "ledger.xlsx").stat().st_size > 10_000 and "结果" in told
    settled(office(read / "收件箱"))
    machine.run("chown", "-R", "taizhang:", "/var/lib/taizhang/收件箱")
    assert "新到 2" in as_user(machine, TAIZHANG, "nightly")
    night = read / "每日结果"
    assert {"report.html", "ledger.xlsx", "figures.csv", "figures.parquet"} <= {p.name for p in night.iterdir()}
    answer = as_user(machine, "/opt/taizhang/current/bin/python", "-c", DRIVER, TAIZHANG)
    assert answer.startswith("200 ") and "计划.txt" in answer
    as_user(machine, TAIZHANG, "backup", "--quiet")
    assert len(list((read / "备份").iterdir())) == 1


def test_folders_are_for_the_user_of_the_program_alone(machine: Machine) -> None:
    for place in ("/etc/taizhang", "/var/lib/taizhang", "/var/lib/taizhang/收件箱", "/var/lib/taizhang/备份"):
        assert machine.run("stat", "-c", "%a %U", place).strip() == "700 taizhang"
    assert machine.run("stat", "-c", "%a %U", "/etc/taizhang/taizhang.toml").strip() == "600 taizhang"
    assert machine.run("stat", "-c", "%U", "/opt/taizhang/current/bin/taizhang").strip() == "root"
    assert "nologin" in machine.run("getent", "passwd", "taizhang")
    assert machine.run("runuser", "-u", "nobody", "--", "ls", "/var/lib/taizhang", code=None).count("denied")


def test_installed_again_it_keeps_the_settings_and_the_data(machine: Machine, unpacked: Path) -> None:
    settings = machine.folder / "mount0" / "taizhang" / "taizhang.toml"
    mine = settings.read_text("utf-8") + "\n# 自己改过的一行\n"
    settings.write_text(mine, "utf-8")
    before = machine.run("readlink", "/opt/taizhang/current")
    assert "装好了" in machine.run("./install.sh", cwd=unpacked)
    assert settings.read_text("utf-8") == mine
    assert machine.run("readlink", "/opt/taizhang/current") == before
    assert machine.run("taizhang", "--version").startswith("taizhang ")
    assert machine.run("stat", "-c", "%a %U", "/etc/taizhang/taizhang.toml").strip() == "600 taizhang"


def check(unpacked: Path, path: str = PATH, *more: str) -> subprocess.CompletedProcess[str]:
    command = [unpacked / "install.sh", "--check", *more]
    return subprocess.run(command, env={"PATH": path, "HOME": "/tmp"}, capture_output=True, text=True, check=False)


def test_what_is_missing_is_said_in_one_line(unpacked: Path, tmp_path: Path) -> None:
    assert check(unpacked).returncode == 0
    for name, says in (("df", "echo x; echo d 1 1 12 1% /"), ("uname", '[ "$1" = -m ] && echo riscv64 || echo Linux')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{says}\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    done = check(unpacked, f"{tmp_path}:{PATH}", "--python", "/bin/false")
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
    assert "riscv64" in done.stderr and "/bin/false" in done.stderr
    (tmp_path / "uname").unlink()
    assert "只余 12 MB" in check(unpacked, f"{tmp_path}:{PATH}").stderr
    assert check(unpacked, PATH, "--wrong").stderr.count("\n") == 1


def test_a_damaged_bundle_is_not_installed(unpacked: Path) -> None:
    wheel = next((unpacked / "wheels").glob("typer-*.whl"))
    whole = wheel.read_bytes()
    wheel.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    try:
        done = check(unpacked)
        assert done.returncode == 2 and "已损坏" in done.stderr and done.stderr.count("\n") == 1
    finally:
        wheel.write_bytes(whole)


def test_the_lock_of_the_bundle_names_its_wheels_and_no_other(unpacked: Path) -> None:
    wheels = {
        hashlib.sha256(p.read_bytes()).hexdigest()
        for p in (unpacked / "wheels").iterdir()
        if not p.name.startswith("pip-")
    }
    lock = (unpacked / "requirements.lock").read_text("utf-8")
    assert set(re.findall(r"sha256:([0-9a-f]{64})", lock)) == wheels
    known = set(re.findall(r"sha256:([0-9a-f]{64})", (ROOT / "requirements-dev.lock").read_text("utf-8")))
    ours = {
        w.name.split("-")[0]
        for w in (unpacked / "wheels").iterdir()
        if hashlib.sha256(w.read_bytes()).hexdigest() in wheels - known
    }
    assert ours == {"taizhang", "jieba"}, "all others are what the project's lock names"


def test_nothing_of_the_machine_that_made_it_is_in_the_bundle(archive: Path, unpacked: Path) -> None:
    with tarfile.open(archive) as members:
        entries = members.getmembers()
    assert {(e.uid, e.gid, e.uname, e.gname, e.mtime) for e in entries} == {(0, 0, "", "", 315532800)}
    assert [e.name for e in entries] == sorted((e.name for e in entries), key=lambda n: n.split("/"))
    found = []
    for path in unpacked.rglob("*"):
        if path.suffix == ".whl" and path.name.startswith(("taizhang-", "jieba-")):
            with zipfile.ZipFile(path) as wheel:
                found += [
                    m[0] for n in wheel.namelist() for m in MACHINE.finditer(wheel.read(n).decode("utf-8", "replace"))
                ]
                assert {i.date_time[:3] for i in wheel.infolist()} == {(1980, 1, 1)}, path.name
        elif path.is_file() and path.suffix != ".whl":
            text = path.read_text("utf-8").replace("/opt/taizhang", "")
            found += [m[0] for m in MACHINE.finditer(text.replace('--find-links "$here/wheels"', ""))]
    assert found == []


def test_the_same_content_gives_the_same_archive(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import bundle  # noqa: PLC0415
    finally:
        sys.path.pop(0)
    made = []
    for n in range(2):
        folder = tmp_path / str(n) / "taizhang-1"
        (folder / "wheels").mkdir(parents=True)
        names = ["b.txt", "install.sh", "wheels/a.whl"]
        for name in names if n else reversed(names):
            (folder / name).write_text(name, "utf-8")
            os.utime(folder / name, (n * 1000, n * 1000))
            (folder / name).chmod(0o600 if n else 0o666)
        bundle.write(folder, tmp_path / f"{n}.tar.gz")
        made.append((tmp_path / f"{n}.tar.gz").read_bytes())
    assert made[0] == made[1]


@pytest.mark.parametrize("unit", sorted((ROOT / "packaging" / "systemd").iterdir()), ids=lambda p: p.name)
def test_units_run_as_the_user_and_write_to_the_data_only(unit: Path) -> None:
    lines = [line for line in unit.read_text("utf-8").splitlines() if "=" in line and not line.startswith("#")]
    told = dict(line.split("=", 1) for line in lines)
    if unit.suffix == ".timer":
        assert told["Persistent"] == "true" and (unit.with_suffix(".service")).exists()
        return
    assert told["User"] == "taizhang" and told["ExecStart"].split()[0] == TAIZHANG
    assert (
        told["ReadWritePaths"] == "/var/lib/taizhang" and told["ProtectSystem"] == "strict" and told["UMask"] == "0077"
    )
    assert told["Environment"] == "TAIZHANG_CONFIG=/etc/taizhang/taizhang.toml"


def test_the_settings_that_come_with_it_load(tmp_path: Path) -> None:
    from pipeline import nightly_config  # noqa: PLC0415

    file = tmp_path / "taizhang.toml"
    file.write_text(
        (ROOT / "packaging" / "taizhang.toml").read_text("utf-8").replace("@DATA@", "/var/lib/taizhang"), "utf-8"
    )
    loaded = nightly_config.load(file, {})
    assert loaded.url == "sqlite:////var/lib/taizhang/台账.db" and loaded.log is not None and loaded.keep_backups == 14
    assert {str(loaded.out), str(loaded.backups)} == {"/var/lib/taizhang/每日结果", "/var/lib/taizhang/备份"}
    assert "store" in tomllib.loads(file.read_text("utf-8"))


def test_the_container_recipe_is_bare(tmp_path: Path) -> None:
    """No engine runs here: what can be read off the recipe is."""
    text = (ROOT / "packaging" / "Containerfile").read_text("utf-8")
    steps = [s.strip() for s in text.replace("\\\n", " ").splitlines() if s.strip() and not s.startswith("#")]
    assert [s for s in steps if s.startswith("USER ")] == ["USER 10001:10001"]
    assert steps.index("USER 10001:10001") < next(i for i, s in enumerate(steps) if s.startswith("ENTRYPOINT"))
    assert not re.search(r"curl|wget|apt-get|pip install|ADD |https?:", text), "everything comes out of the bundle"
    runs = [s for s in steps if s.startswith("RUN ")]
    assert runs and all("--network=none" in s for s in runs), "nothing is fetched while it is built"
    assert any("install.sh" in s for s in runs) and any(s.startswith("COPY") and "bundle.tar.gz" in s for s in steps)
    assert any(s.startswith("VOLUME") and "/data" in s for s in steps)
    assert "--read-only" in text and "--cap-drop=all" in text, "how it is to be run stands in it"


def test_install_sh_is_a_shell_script_for_any_shell() -> None:
    script = ROOT / "packaging" / "install.sh"
    assert script.stat().st_mode & stat.S_IXUSR and script.read_text("utf-8").startswith("#!/bin/sh\n")
    for shell in filter(shutil.which, ("dash", "bash", "sh")):
        done = subprocess.run([shell, "-n", script], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert not re.search(r"\[\[|^\s*function |<<<|^\s*local ", script.read_text("utf-8"), re.M), (
        "bash alone knows these"
    )
