"""One archive that installs taizhang on a machine without network: `make bundle`, or `tools/bundle.py --arch x86_64`.

In it: wheels of everything that is locked, for each architecture and Python asked for, our own wheel, a lock with the hashes
of exactly these wheels, install.sh, systemd units and the manual. What comes from the registry is checked against the hashes
of the project's locks. The same commit gives the same bytes: no times, no names of machines or of people stand in it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from gzip import GzipFile
from pathlib import Path
from typing import Any

from pip._vendor.packaging.markers import Marker
from pip._vendor.packaging.tags import Tag
from pip._vendor.packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "packaging"
EPOCH = 315532800  # 1980-01-01, the earliest that a ZIP can hold
NEWEST_GLIBC = 40  # 2.40; what a wheel really needs goes into `requires`
MANUAL = "安装手册.md"
_ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\]+?))? \\$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Pin:
    """A line of a lock."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    @property
    def requirement(self) -> str:
        return f"{self.name}=={self.version}"

    def wanted(self, arch: str, python: str) -> bool:
        """Whether it is needed on Linux of this architecture and Python."""
        machine = {
            "platform_machine": arch, "python_version": python, "python_full_version": f"{python}.0",
            "sys_platform": "linux", "platform_system": "Linux", "os_name": "posix",
            "platform_python_implementation": "CPython", "implementation_name": "cpython",
        }  # fmt: skip
        return not self.marker or Marker(self.marker).evaluate(machine)


def pins(lock: Path) -> list[Pin]:
    """The entries of a lock, in its order."""
    found: list[Pin] = []
    for line in lock.read_text("utf-8").splitlines():
        if entry := _ENTRY.match(line):
            found.append(Pin(entry[1], entry[2], (entry[3] or "").strip(), ()))
        elif digest := _HASH.search(line):
            last = found[-1]
            found[-1] = Pin(last.name, last.version, last.marker, (*last.hashes, digest[1]))
    return found


def pip(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run pip; the caller looks at the code."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def must(done: subprocess.CompletedProcess[str], what: str) -> None:
    """Stop with pip's last line where it failed."""
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("WARNING")]
        sys.exit(f"bundle: {what}: " + "\n".join(lines[-8:]))


def platforms(arch: str) -> Iterator[str]:
    """The tags of wheels for glibc systems of an architecture."""
    yield from (f"--platform=manylinux_2_{minor}_{arch}" for minor in range(5, NEWEST_GLIBC + 1))
    yield from (f"--platform={old}_{arch}" for old in ("manylinux2014", "manylinux2010", "manylinux1", "linux"))


def download(wanted: list[Pin], arch: str, python: str, into: Path) -> list[str]:
    """Wheels of these pins; the names of those that have none for this architecture and Python."""
    options = [
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "--implementation=cp",
        f"--python-version={python}",
    ]
    options += [*platforms(arch), f"--dest={into}", "--require-hashes", "--retries=8", "-r"]

    missing: list[str] = []
    left = list(wanted)
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "wanted.txt"
        while True:
            listed.write_text("".join(_hashed(p) for p in left), "utf-8")
            done = pip(*options, str(listed))
            if not done.returncode:
                return missing
            absent = re.search(r"No matching distribution found for ([\w.-]+==[^\s(]+)", done.stderr)
            if absent is None or absent[1] not in {p.requirement for p in left}:
                must(done, f"wheels for {arch}")
            missing.append(absent[1] if absent else "")
            left = [p for p in left if p.requirement not in missing]


def _hashed(pin: Pin) -> str:
    return f"{pin.requirement} {' '.join(f'--hash=sha256:{h}' for h in pin.hashes)}\n"


def build_environment(work: Path) -> dict[str, str]:
    """Hatchling and setuptools as locked, for wheels that are built here."""
    tools = work / "tools"
    must(
        pip("install", "--quiet", "--require-hashes", f"--target={tools}", "-r", str(PACKAGING / "build.lock")),
        "build tools",
    )
    return os.environ | {"PYTHONPATH": str(tools), "SOURCE_DATE_EPOCH": str(EPOCH), "PYTHONHASHSEED": "0"}


def build(source: str, into: Path, env: dict[str, str], *more: str) -> None:
    """A wheel from source, without asking the registry for what builds it."""
    must(
        pip("wheel", "--quiet", "--no-deps", "--no-build-isolation", f"--wheel-dir={into}", *more, source, env=env),
        source,
    )


def tagged(path: Path) -> tuple[str, str, frozenset[Tag]]:
    """Name, version and tags in a wheel's file name."""
    name, version, _, tags = parse_wheel_filename(path.name)
    return canonicalize_name(name), str(version), tags


def glibc(wheels: list[Path]) -> str:
    """The newest glibc that a wheel asks for, at the least of what its tags offer."""
    least = (
        min((int(m[1]) for t in tagged(w)[2] if (m := re.match(r"manylinux_2_(\d+)_", t.platform))), default=0)
        for w in wheels
    )
    return f"2.{max(least, default=0)}"


def lock(wheels: list[Path], locked: list[Pin]) -> str:
    """The lock of the bundle: every pin that has wheels, with their hashes, and our own wheel."""
    hashes: dict[tuple[str, str], list[str]] = {}
    for wheel in wheels:
        name, version, _ = tagged(wheel)
        hashes.setdefault((name, version), []).append(hashlib.sha256(wheel.read_bytes()).hexdigest())
    marks = {(canonicalize_name(p.name), p.version): p.marker for p in locked}
    lines = []
    for (name, version), digests in sorted(hashes.items()):
        marker = f" ; {marks[name, version]}" if marks.get((name, version)) else ""
        lines.append(f"{name}=={version}{marker} {' '.join(f'--hash=sha256:{d}' for d in sorted(digests))}\n")
    return "".join(lines)


def extras(names: list[str]) -> list[Pin]:
    """Everything that these extras need, from the lock that holds all extras."""
    everything = pins(ROOT / "requirements-dev.lock")
    if not names:
        return []
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder) / "pins.txt"
        held.write_text("".join(f"{p.requirement}{f' ; {p.marker}' if p.marker else ''}\n" for p in everything))
        report = Path(folder) / "report.json"
        wanted = f"{ROOT}[{','.join(names)}]"
        done = pip(
            "install",
            "--quiet",
            "--dry-run",
            "--ignore-installed",
            f"--constraint={held}",
            f"--report={report}",
            wanted,
        )
        must(done, "extras")
        import json  # noqa: PLC0415

        found = {canonicalize_name(i["metadata"]["name"]) for i in json.loads(report.read_text("utf-8"))["install"]}
    return [p for p in everything if canonicalize_name(p.name) in found]


def unpacked(wheels: list[Path]) -> int:
    """Megabytes of the wheels' content, with room for compiled modules."""
    total = 0
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            total += sum(i.file_size for i in archive.infolist())
    return (total * 5 // 4 >> 20) + 50


def write(folder: Path, target: Path) -> None:
    """The archive, the same bytes for the same content."""
    sums = [
        (p.relative_to(folder), hashlib.sha256(p.read_bytes()).hexdigest())
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    ]
    (folder / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in sums), "utf-8")

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = EPOCH, 0, 0, "", ""
        entry.mode = 0o755 if entry.isdir() or entry.name.endswith(".sh") else 0o644
        return entry

    draft = target.with_suffix(".partial")
    with (
        draft.open("wb") as raw,
        GzipFile("", "wb", 1, raw, 0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path in [folder, *sorted(folder.rglob("*"))]:
            archive.add(path, f"{folder.name}/{path.relative_to(folder)}".rstrip("/."), recursive=False, filter=plain)
    draft.replace(target)


def bundle(arches: list[str], pythons: list[str], wanted: list[str], out: Path) -> Path:
    """Make the archive; its path."""
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        env = build_environment(work)
        wheels = work / "wheels"
        wheels.mkdir()
        build(str(ROOT), wheels, env)
        own = next(wheels.iterdir())
        version = tagged(own)[1]
        folder = work / f"taizhang-{version}"
        folder.mkdir()
        wheels = wheels.rename(folder / "wheels")
        locked = pins(ROOT / "requirements.lock")
        locked += [p for p in extras(wanted) if p.requirement not in {q.requirement for q in locked}]
        tools = [p for p in pins(PACKAGING / "build.lock") if p.name == "pip"]
        requires = {"VERSION": version, "PYTHONS": " ".join(pythons), "EXTRAS": " ".join(wanted)}
        complete, made = [], set[str]()
        for arch in arches:
            missing: list[str] = []
            before = set(wheels.iterdir())
            for python in pythons:
                wanted_here = [p for p in [*locked, *tools] if p.wanted(arch, python) and p.requirement not in made]
                for name in download(wanted_here, arch, python, wheels):
                    if built(next(p for p in locked if p.requirement == name), wheels, env):
                        made.add(name)
                    elif name not in missing:
                        missing.append(name)
            of_arch = [
                w for w in wheels.iterdir() if any(arch in t.platform or t.platform == "any" for t in tagged(w)[2])
            ]
            requires[f"GLIBC_{arch}"] = glibc(of_arch)
            requires[f"MB_{arch}"] = str(unpacked(of_arch) // max(1, len(pythons)))
            requires[f"MISSING_{arch}"] = " ".join(missing)
            if missing:
                print(
                    f"bundle: {arch}: no wheel of {', '.join(missing)}; it cannot be installed there", file=sys.stderr
                )
            else:
                complete.append(arch)
            print(f"bundle: {arch}: {len(set(wheels.iterdir()) - before)} wheels")
        requires["ARCHES"] = " ".join(complete)
        (folder / "requires").write_text("".join(f'{k}="{v}"\n' for k, v in sorted(requires.items())), "utf-8")
        (folder / "requirements.lock").write_text(
            lock([w for w in wheels.iterdir() if tagged(w)[0] != "pip"], locked), "utf-8"
        )
        for name in ("install.sh", MANUAL, "taizhang.toml", "systemd", "Containerfile"):
            source = PACKAGING / name
            (shutil.copytree if source.is_dir() else shutil.copyfile)(source, folder / name)
        shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
        shutil.copyfile(ROOT / "docs" / "使用手册.md", folder / "使用手册.md")
        out.mkdir(parents=True, exist_ok=True)
        target = out / f"taizhang-{version}-bundle.tar.gz"
        write(folder, target)
    return target


def built(pin: Pin, wheels: Path, env: dict[str, str]) -> bool:
    """Build the wheel of a pin that comes as pure source; False where its wheel would be of this machine only."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "source.txt"
        listed.write_text(_hashed(pin), "utf-8")
        got = pip("download", "--quiet", "--no-deps", "--no-binary=:all:", "--no-build-isolation", "--require-hashes",
                  f"--dest={folder}", "-r", str(listed), env=env)  # fmt: skip
        source = next((p for p in Path(folder).iterdir() if p != listed), None)
        if got.returncode or source is None:
            return False
        build(str(source), Path(folder) / "made", env)
        wheel = next((Path(folder) / "made").iterdir())
        if {t.platform for t in tagged(wheel)[2]} != {"any"}:
            return False
        shutil.move(wheel, wheels / wheel.name)
    return True


def main(arguments: list[str] | None = None) -> Any:
    """The command."""
    parser = argparse.ArgumentParser(description="one archive that installs taizhang without network")
    parser.add_argument("--arch", action="append", help="x86_64, aarch64; may be given twice; both if not given")
    parser.add_argument("--python", action="append", help="such as 3.11; that of this environment if not given")
    parser.add_argument("--extra", action="append", default=[], help="ocr, postgres: taken along")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    told = parser.parse_args(arguments)
    here = ".".join(map(str, sys.version_info[:2]))
    target = bundle(told.arch or ["x86_64", "aarch64"], told.python or [here], told.extra, told.out)
    print(f"{target}: {target.stat().st_size >> 20} MB")


if __name__ == "__main__":
    main()
