"""What is new in the inboxes, read into the store.

Files are told apart by size and time first, by hash where those differ. A reading is stored under what was read and by
which program, so a night that was killed goes on where it stood: what is in the store already is not read again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from pipeline import batch, logs, program
from pipeline.config import Settings
from pipeline.inputs import Inputs, Item, printable
from pipeline.journal import decode
from pipeline.store import Store
from pipeline.store.inputs import Seen
from pipeline.store.outcomes import Reading, keep, known_reads, read_key

log = logging.getLogger(__name__)

YOUNG_SECONDS = 60.0  # a file changed more recently may still be growing
_FLUSH_INPUTS, _FLUSH_SECONDS = 128, 2.0
_BLOCK = 1 << 20
_MANY = 20  # inputs; an inbox that had so many and is empty now is more likely not mounted


@dataclass(slots=True)
class Intake:
    """What a night found. ``seen`` are the inputs that were read or renamed, ``gone`` the paths that left."""

    files: int = 0
    unchanged: int = 0
    seen: list[Seen] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    growing: list[str] = field(default_factory=list)
    resumed: int = 0
    missing: list[str] = field(default_factory=list)
    barred: int = 0  # files with the bytes of a purged document


@dataclass(frozen=True, slots=True)
class _Wanted:
    item: Item
    path: str
    sha256: str
    key: str


def take_in(
    store: Store, found: Inputs, gone: Iterable[str], aside: dict[str, str], roots: Sequence[Path],
    settings: Settings, settle: float, scratch: Path, progress: batch.Progress, barred: frozenset[str] = frozenset(),
) -> Intake:  # fmt: skip
    """Read what the store does not know yet, and say what changed.

    ``found`` has as items what is not as the store knows it (:func:`pipeline.inputs.collect`), ``gone`` are the paths it
    knows that are there no more; ``aside`` the hash of files that an analyst called an older version of another;
    ``barred`` the ids of purged documents, whose files are not even registered.
    """
    fingerprint = program.program_fingerprint(settings)
    night = Intake(files=found.files, unchanged=len(found.same))
    fresh = [(printable(i.path), i) for i in found.items]
    wanted: list[_Wanted] = []
    for path, item in fresh:
        if _young(item, time.time()) and _open_for_writing(item.path):
            night.growing.append(item.source)
            continue
        one = _wanted(item, path, fingerprint)
        if one.sha256[:16] in barred:
            night.barred += 1
        elif one.sha256 and aside.get(path) == one.sha256:
            night.unchanged += 1
        else:
            wanted.append(one)
    versions = _read(store, wanted, night, fingerprint, settings, scratch, progress)
    growing = set(_growing([w.item for w in wanted if w.key in versions], settle))
    for w in wanted:
        if w.key not in versions:
            continue
        if w.item.path in growing:
            night.growing.append(w.item.source)
            continue
        night.seen.append(_seen(w, versions[w.key]))
    _leave(night, set(gone), roots, lambda: chain(found.same, (path for path, _ in fresh)))
    return night


def read_now(
    store: Store, items: Sequence[Item], settings: Settings, scratch: Path, progress: batch.Progress
) -> list[Seen]:
    """Read these files into the store, whoever brought them; what changed while it was read is left out."""
    fingerprint = program.program_fingerprint(settings)
    wanted = [_wanted(item, printable(item.path), fingerprint) for item in items]
    versions = _read(store, wanted, Intake(), fingerprint, settings, scratch, progress)
    return [_seen(w, versions[w.key]) for w in wanted if w.key in versions]


def _seen(w: _Wanted, version: str) -> Seen:
    return Seen(w.path, w.item.source, w.sha256, w.item.size, w.item.modified_ns, w.item.problem, version)


def _leave(night: Intake, gone: set[str], roots: Sequence[Path], there: Callable[[], Iterable[str]]) -> None:
    for root in roots if gone else ():
        of_root = printable(os.path.abspath(root)).rstrip("/") + "/"  # noqa: PTH100 (links stay as named)
        had = [p for p in gone if p.startswith(of_root)]
        if len(had) >= _MANY and not any(p.startswith(of_root) for p in there()):
            night.missing.append(str(root))
            gone.difference_update(had)
    night.gone = sorted(gone)


def _growing(items: Sequence[Item], settle: float) -> Iterator[str]:
    """Paths of the items that somebody still writes to. A file younger than a minute is looked at again when it has had
    ``settle`` seconds to change; most of them pass while the files are read."""
    now = time.time()
    young = [i for i in items if _young(i, now)]
    if not young:
        return
    time.sleep(min(settle, max(0.0, max(i.modified_ns for i in young) / 1e9 + settle - now)))
    for item in young:
        if not _unchanged(item) or _open_for_writing(item.path):
            yield item.path


def _young(item: Item, now: float) -> bool:
    return not item.problem and now - item.modified_ns / 1e9 < YOUNG_SECONDS


def _unchanged(item: Item) -> bool:
    try:
        status = Path(item.path).stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (item.size, item.modified_ns)


def _open_for_writing(path: str) -> bool:
    """Whether a process of this machine has the file open for writing: a read lease is refused then (fcntl(2))."""
    held = signal.signal(signal.SIGIO, signal.SIG_IGN)  # what a writer that comes meanwhile would send us
    try:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
    except OSError:  # leases are for the owner and for local disks; elsewhere size and time must do
        return False
    finally:
        signal.signal(signal.SIGIO, held)
    return False


def _wanted(item: Item, path: str, fingerprint: str) -> _Wanted:
    sha256 = ""
    if not item.problem:
        try:
            sha256 = _hash(item.path)
        except OSError as error:
            item = item._replace(problem=f"cannot be read: {error.strerror or type(error).__name__}")
    return _Wanted(item, path, sha256, read_key(item.source, sha256 or item.problem, fingerprint))


def _hash(path: str) -> str:
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _read(
    store: Store, wanted: Sequence[_Wanted], night: Intake, fingerprint: str, settings: Settings, scratch: Path,
    progress: batch.Progress,
) -> dict[str, str]:  # fmt: skip
    """Versions of the readings by key; what changed while it was read is left for the next night."""
    with store.reader() as connection:
        versions = known_reads(connection, {w.key for w in wanted})
    night.resumed = len(versions)
    todo = [w for w in wanted if w.key not in versions]
    progress(0, len(todo))
    if not todo:
        return versions
    held: list[Reading] = []
    flushed, done = time.monotonic(), 0
    for result in batch.results(batch.stretches([w.item for w in todo], set()), replace(settings, formats=()), scratch):
        for w, outcomes in zip(
            todo[result.first : result.first + result.count], decode(result.first, result.data), strict=True
        ):
            done += 1
            if not w.item.problem and not _unchanged(w.item):
                night.growing.append(w.item.source)
                continue
            logs.rejects(log, outcomes)
            held.append(Reading(w.key, w.item.source, w.sha256, fingerprint, outcomes))
        progress(done, len(todo))
        if len(held) >= _FLUSH_INPUTS or time.monotonic() - flushed > _FLUSH_SECONDS:
            versions |= _flush(store, held)
            held, flushed = [], time.monotonic()
    return versions | _flush(store, held)


def _flush(store: Store, held: list[Reading]) -> dict[str, str]:
    if held:
        store.write(lambda connection: keep(connection, held))
    return {r.key: r.version for r in held}


def work_folder(partial: Path) -> Path:
    """The folder for the workers' notes."""
    scratch = partial / "journal"
    with contextlib.suppress(FileExistsError):
        scratch.mkdir(parents=True)
    return scratch
