"""Whole runs of the command: time with one worker and two, and the memory of all its processes.

``python -m tests.bench.runs [DOCUMENTS [LENGTH [WORKERS …]]]``; wall time, so the machine must be otherwise idle.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import documents
from tests.cliruns import COMMAND

_OTHERS = 3  # the command, multiprocessing's tracker, the fork server; workers are its children
_EVERY = 0.25  # seconds between two looks at the memory


@dataclass(slots=True)
class Run:
    """Seconds, and the most memory (MB) that all processes held at a time, that one of them did, and that a worker did."""

    seconds: float
    together: float
    largest: float
    worker: float


def extract(inputs: Path, out: Path, workers: int, options: Sequence[str] = ()) -> Run:
    """Run ``taizhang extract`` over a folder."""
    command = [*COMMAND, "extract", str(inputs), "--out", str(out), "--workers", str(workers), "--quiet", *options]
    started = time.perf_counter()
    process = subprocess.Popen(command)
    seen = _Memory(process.pid)
    code = process.wait()
    seconds = time.perf_counter() - started
    seen.stop()
    if code:
        raise RuntimeError(f"{command}: exit {code}")
    return Run(seconds, seen.together, seen.largest, seen.worker)


class _Memory(threading.Thread):
    """Looks at a process and all that it started, shared pages counted once (PSS)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self._over = pid, threading.Event()
        self.together = self.largest = self.worker = 0.0
        self.start()

    def run(self) -> None:
        while not self._over.wait(_EVERY):
            family = _family(self._pid)
            held = [_pss(pid) for pid in family]
            self.together = max(self.together, sum(held))
            self.largest = max(self.largest, *held)
            if len(family) > _OTHERS + 1:  # not at the end, when one more writes tables
                self.worker = max(self.worker, *held[_OTHERS:])

    def stop(self) -> None:
        self._over.set()
        self.join()


def _family(pid: int) -> list[int]:
    found = [pid]
    for known in found:
        try:
            for children in Path(f"/proc/{known}/task").glob("*/children"):
                found += map(int, children.read_text("ascii").split())
        except OSError:  # it has ended
            continue
    return found


def _pss(pid: int) -> float:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in rollup.splitlines() if line.startswith("Pss:")), 0.0)


def main(count: int = 2000, length: int = 0, *workers: int) -> None:
    """Print a line a run."""
    with tempfile.TemporaryDirectory(prefix="taizhang-runs-") as folder:
        inputs = Path(folder, "in")
        size = documents.write(inputs, count, length=length)
        print(f"{count:,} documents, {size / 1e6:.1f} MB")
        for n in workers or (1, 2):
            run = extract(inputs, Path(folder, f"out{n}"), n)
            print(
                f"{n} workers: {run.seconds:.1f} s, {run.together:.0f} MB in all, largest process {run.largest:.0f} MB",
                flush=True,
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
