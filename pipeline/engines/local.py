"""Worker processes on this machine: a time and a memory limit a document, and a crash costs only its document.

The time limit is an alarm of the operating system with its default action, death: it ends native code that never returns
to Python just as well. A worker notes which document of its stretch it is at, so that a dead worker's culprit is known
and the rest of the stretch goes back to the queue.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from pipeline import forkserver
from pipeline.config import Settings, workers_of
from pipeline.engines import Done, Stretch, dropped, fetched, read
from pipeline.expansion import PATIENCE, Lost
from pipeline.journal import encode
from pipeline.worker import Outcome, rejected

_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000  # linux/sched.h
_DEATHS = 5  # members of one archive that may end their worker before the archive is given up
# Tasks handed over per worker: enough that none waits, few enough that results never pile up.
_AHEAD = 3
_GRACE = 10.0  # seconds after which the pool ends a worker whose own alarm did not


@dataclass(frozen=True, slots=True)
class _Task:
    stretch: Stretch
    note: Path  # where its worker writes which document and step it is at


class _Deaths:
    """What ended workers so far: steps by ordinal of their input, and what was once killed from outside."""

    def __init__(self) -> None:
        self.lost: dict[int, tuple[Lost, ...]] = {}
        self.killed: set[tuple[int, int]] = set()

    def of(self, stretch: Stretch) -> dict[int, tuple[Lost, ...]]:
        """The lost steps of a stretch."""
        ordinals = range(stretch.first, stretch.first + len(stretch.items))
        return {o: self.lost[o] for o in ordinals if o in self.lost} if self.lost else {}


def run(stretches: Iterable[Stretch], settings: Settings, scratch: Path) -> Iterator[Done]:
    """Results as they come. ``scratch`` is a folder for the workers' notes."""
    with Workers(settings, scratch) as workers:
        yield from workers.map(stretches)


class Workers:
    """A pool of worker processes, as many as the settings say. Left by an exception, it stops at once."""

    def __init__(self, settings: Settings, scratch: Path) -> None:
        self._settings, self._scratch = settings, scratch
        self._count = workers_of(settings)
        forkserver.start()
        self._temporary = scratch / "tmp"
        self._temporary.mkdir(exist_ok=True)
        self._pool: Any = ProcessPool(
            max_workers=self._count,
            context=forkserver.context(),
            initializer=_limit,
            initargs=(settings.memory_mb, str(self._temporary)),
        )

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, failure: object, *_: object) -> None:
        if failure is None:
            self._pool.close()
        else:
            self._pool.stop()
        self._pool.join()
        shutil.rmtree(self._temporary, ignore_errors=True)

    def map(self, stretches: Iterable[Stretch]) -> Iterator[Done]:
        """Results as they come."""
        queue = iter(stretches)
        again: deque[Stretch] = deque()
        deaths = _Deaths()
        running: dict[Future[bytes], _Task] = {}
        while True:
            while len(running) < self._count * _AHEAD and (stretch := again.popleft() if again else next(queue, None)):
                stretch = fetched(stretch, self._scratch)
                task = _Task(stretch, self._scratch / f"{stretch.first:08d}.at")
                running[self._schedule(task, deaths)] = task
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                task = running.pop(future)
                try:
                    data = future.result()
                except (ProcessExpired, TimeoutError) as death:
                    for done in _bury(task, death, self._settings, again, deaths):
                        yield dropped(done, self._scratch)
                else:
                    yield dropped(Done(task.stretch.first, len(task.stretch.items), data), self._scratch)
                task.note.unlink(missing_ok=True)

    def _schedule(self, task: _Task, deaths: _Deaths) -> Future[bytes]:
        task.note.write_bytes(bytes(8))
        limit = self._settings.timeout * (len(task.stretch.items) + PATIENCE) + _GRACE
        lost = deaths.of(task.stretch)
        scheduled: Future[bytes] = self._pool.schedule(
            _work, (task.stretch, self._settings, str(task.note), lost), timeout=limit
        )
        return scheduled


def _bury(task: _Task, death: Exception, settings: Settings, again: deque[Stretch], deaths: _Deaths) -> Iterator[Done]:
    """The result of the one document that ended its worker; the others go back to the queue, and so does an archive
    whose member it was."""
    stretch = task.stretch
    noted = task.note.read_bytes()
    at, step = min(int.from_bytes(noted[:4], "big"), len(stretch.items) - 1), int.from_bytes(noted[4:], "big")
    ordinal, item = stretch.first + at, stretch.items[at]
    for start, items in ((0, stretch.items[:at]), (at + 1, stretch.items[at + 1 :])):
        if items:
            again.append(Stretch(stretch.first + start, items))
    if getattr(death, "exitcode", 0) == -signal.SIGKILL and (ordinal, step) not in deaths.killed:
        # Killed from outside, most likely for want of memory on the machine, perhaps another document's: once more.
        deaths.killed.add((ordinal, step))
        again.append(Stretch(ordinal, (item,)))
        return
    reason, detail = _cause(death, settings)
    known = deaths.lost.get(ordinal, ())
    if step and len(known) < _DEATHS:
        deaths.lost[ordinal] = (*known, Lost(step, reason, detail))
        again.append(Stretch(ordinal, (item,)))
    else:
        yield Done(ordinal, 1, encode(ordinal, [[rejected(item, reason, detail)]]))


def _cause(death: Exception, settings: Settings) -> tuple[str, str]:
    code = -(getattr(death, "exitcode", 0) or 0)
    if isinstance(death, TimeoutError) or code == signal.SIGALRM:
        return "timeout", f"no result within {settings.timeout:g} s"
    if code == signal.SIGKILL:
        return "memory", "the system ended the reading process twice, most likely for want of memory"
    name = signal.Signals(code).name if code in signal.valid_signals() else f"exit code {-code}"
    return "crash", f"the reading process ended with {name}"


def _limit(memory_mb: int, temporary: str) -> None:
    """Set up a worker: no signals from the terminal, nothing on the streams, no network, temporary files in the folder
    of the run, the memory limit."""
    tempfile.tempdir = temporary
    for name in ("HOME", "XDG_CACHE_HOME", "TMPDIR"):  # libraries leave caches and worse there
        os.environ[name] = temporary
    _cut_off()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 2)  # native libraries print there
    held = 0
    with contextlib.suppress(OSError):
        held = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (held + (memory_mb << 20),) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _cut_off() -> None:
    """Leave the network for good, this process and all it starts, where the system lets a process do so.

    A namespace of its own has no interfaces. Without rights that takes a user namespace too, which root must not enter: it
    would lose its access to other users' files.
    """
    if sys.platform == "linux":
        flags = _NEW_NETWORK if os.geteuid() == 0 else _NEW_NETWORK | _NEW_USER
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).unshare(flags)


def _work(stretch: Stretch, settings: Settings, note: str, lost: dict[int, tuple[Lost, ...]]) -> bytes:
    outcomes: list[list[Outcome]] = []
    at = os.open(note, os.O_WRONLY)

    def begin(step: int) -> None:
        os.pwrite(at, len(outcomes).to_bytes(4, "big") + step.to_bytes(4, "big"), 0)
        signal.setitimer(signal.ITIMER_REAL, settings.timeout)

    try:
        for index, item in enumerate(stretch.items):
            begin(0)
            outcomes.append(read(item, settings, lost.get(stretch.first + index, ()), begin))
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        os.close(at)
    return encode(stretch.first, outcomes)
