"""Nights that are broken off, and what the next run makes of them: for the tests and for ``make soak``.

python -m tests.breaks [KILLS] [SEED]
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from pipeline import nightly_config
from pipeline.store import open_store
from tests.cliruns import COMMAND, ROOT, contents
from tests.nights import DAY, dump, setting, settled

FILES = 60


def start(file: Path, day: str = DAY.isoformat()) -> subprocess.Popen[bytes]:
    """A night in a process group of its own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("TAIZHANG_")}
    env["PYTHONPATH"] = os.pathsep.join(p for p in (env.get("PYTHONPATH"), str(ROOT)) if p)
    return subprocess.Popen(
        [*COMMAND, "nightly", "--config", str(file), "--as-of", day, "--quiet"], env=env, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def finish(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """Exit code and what stood on stderr."""
    _, error = process.communicate(timeout=180)
    return process.returncode, error.decode()


def state(file: Path) -> tuple[dict[str, list[object]], dict[str, bytes]]:
    """All rows of the store and all exported files."""
    store = open_store(nightly_config.load(file, {}).url)
    return dump(store), contents(file.parent / "out")


def prepare(folder: Path, url: str, workers: int = 0) -> Path:
    """An office with some sixty files and a night behind it, and then some that are new, changed and gone."""
    file = setting(folder, url, copies=FILES)
    file.write_text(file.read_text("utf-8").replace("workers = 0", f"workers = {workers}"), "utf-8")
    code, error = finish(start(file, "2022-07-19"))
    assert code == 0, error
    inbox = folder / "in"
    for n in range(0, FILES, 3):
        path = inbox / f"村{n:04d}.txt"
        path.write_text(path.read_text("utf-8").replace("公里", f".{n % 9 + 1}公里") + f"再修桥{n}座。\n", "utf-8")
    for n in range(1, FILES, 10):
        (inbox / f"村{n:04d}.txt").unlink()
    for n in range(40):
        (inbox / f"镇{n:04d}.txt").write_text(f"第{n}镇2022年工作总结\n全年修建水渠{n + 2}公里。\n", "utf-8")
    settled(inbox)
    return file


def killed(kills: int, seed: int, workers: int = 0) -> list[str]:
    """Kill a night at random moments, so many times, each on a fresh copy; what differs from an unbroken night."""
    random = Random(seed)
    root = Path(tempfile.mkdtemp(prefix="tzkill"))
    base = root / "base"
    base.mkdir()
    place = root / "work"  # every run stands at the same path, since the register holds paths
    file = prepare_at(base, place, workers)
    began = time.monotonic()
    code, error = finish(start(file))
    length = time.monotonic() - began
    assert code == 0, error
    wanted = state(file)
    faults = []
    for n in range(kills):
        shutil.rmtree(place)
        shutil.copytree(base, place, copy_function=shutil.copy2)
        process = start(file)
        time.sleep(random.uniform(0.1, 1.1) * length)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        code, error = finish(start(file))
        found = state(file) if code == 0 else None
        if code or found is None:
            faults.append(f"kill {n}: exit code {code}: {error}")
        elif found != wanted:
            tables = [t for t in wanted[0] if wanted[0][t] != found[0][t]]
            files = [f for f in wanted[1].keys() | found[1].keys() if wanted[1].get(f) != found[1].get(f)]
            faults.append(f"kill {n}: differs in {tables} {files}")
    shutil.rmtree(root)
    return faults


def prepare_at(base: Path, place: Path, workers: int) -> Path:
    """Prepare an office at ``place``, keep a copy of it in ``base``."""
    place.mkdir()
    file = prepare(place, f"sqlite:///{place}/store.db", workers)
    shutil.copytree(place, base, dirs_exist_ok=True, copy_function=shutil.copy2)
    return file


if __name__ == "__main__":
    wrong = killed(*(int(a) for a in (*sys.argv[1:], "100", "0")[:2]), workers=2)
    print("\n".join(wrong) or "every killed night ended as an unbroken one")
    sys.exit(bool(wrong))
