"""Uploads: into the inbox, read by the workers of the nights, registered in the store. One thread reads, many may bring."""

from __future__ import annotations

import logging
import os
import queue
import re
import secrets
import shutil
import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from extractors.schema import REJECT_REASONS
from pipeline import inputs, intake, program
from pipeline.clock import Clock
from pipeline.config import Settings
from pipeline.errors import RunError
from pipeline.inputs import Item, printable
from pipeline.store import Store, followups, marks, overlay, proposals, runs
from pipeline.store.inputs import Night, Seen, current
from pipeline.store.outcomes import load
from pipeline.store.progress import refresh

log = logging.getLogger(__name__)

_TOGETHER = 8  # files read in one go: their states come together
_REMEMBERED = 2000  # uploads whose state can be asked for
_WAITING = 1000
_LONGEST_NAME = 180  # bytes of UTF-8; file systems hold 255
_SPARE = 256 << 20  # bytes that stay free on the disk
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
PARTIAL = ".~lock.上传-"  # a file that is still coming; nights ignore names that begin so and end with #


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody brought. ``state`` is waiting, reading, done, rejected or failed; ``words`` say why it was not
    read; ``documents`` are (doc_id, source) of what was found in it."""

    upload_id: str
    name: str
    who: str
    state: str = "waiting"
    words: str = ""
    documents: tuple[tuple[str, str], ...] = ()


class Refusal(Exception):
    """A file that is not taken; the message is for the user."""


def safe_name(name: str) -> str:
    """A name for a file on this disk: no folders, nothing hidden, no controls, not too long; the ending stays."""
    cleaned = _FORBIDDEN.sub("_", name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]).strip().lstrip(".~$ ") or "未命名"
    cleaned = cleaned.encode("utf-8", "replace").decode()
    stem, dot, ending = cleaned.rpartition(".")
    if not dot or len(ending) > 10:
        stem, ending = cleaned, ""
    while len(f"{stem}.{ending}".encode()) > _LONGEST_NAME:
        stem = stem[:-1]
    return f"{stem}.{ending}" if ending else stem


class Desk:
    """Takes uploads and has them read."""

    def __init__(self, store: Store, inbox: Path, settings: Settings, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self.inbox = Path(os.path.abspath(inbox))  # noqa: PTH100 (links stay as named, as in the nights)
        self.limit = settings.max_mb << 20
        self._settings = replace(settings, workers=settings.workers if settings.workers == 0 else 1)
        self._uploads: OrderedDict[str, Upload] = OrderedDict()
        self._lock = threading.Lock()
        self._queue: queue.Queue[tuple[str, Path] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name="reading", daemon=True)

    def start(self) -> None:
        """Begin; files that were brought before the last stop and never read come first."""
        self.inbox.mkdir(parents=True, exist_ok=True)
        for left in self.inbox.glob(f"{PARTIAL}*"):
            left.unlink(missing_ok=True)
        with self._store.reader() as connection:
            known = {k.path for k in current(connection)}
        for item in inputs.collect([self.inbox]).items:
            if printable(item.path) not in known and Path(item.path).parent == self.inbox:
                self._put(Path(item.path), item.source, "")
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being read and leave the rest for the next start."""
        with self._lock:
            while not self._queue.empty():
                self._queue.get_nowait()
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def begin(self, size: int) -> Path:
        """A place for a file that comes, of so many bytes as far as known. Raises Refusal."""
        if self._queue.qsize() >= _WAITING:
            raise Refusal("排队的文件太多,请等一会儿再传")
        if size > self.limit:
            raise Refusal(f"文件过大,最多 {self.limit >> 20} MB;请拆分后再传")
        if shutil.disk_usage(self.inbox).free < size + _SPARE:
            raise Refusal("磁盘空间不足,请告知管理员")
        handle, path = tempfile.mkstemp(prefix=PARTIAL, suffix="#", dir=self.inbox)
        os.close(handle)
        return Path(path)

    def finish(self, partial: Path, name: str, who: str) -> Upload:
        """Take a file that has come whole. Another file of the same name stays beside it."""
        wanted = safe_name(name)
        if wanted.lower() in ("thumbs.db", "desktop.ini"):
            partial.unlink(missing_ok=True)
            raise Refusal("系统文件,不用上传")
        stem, suffix = Path(wanted).stem, Path(wanted).suffix
        for n in range(1, 10_000):
            path = self.inbox / (wanted if n == 1 else f"{stem} ({n}){suffix}")
            try:
                os.link(partial, path)  # fails where the name is taken
            except FileExistsError:
                continue
            partial.unlink()
            path.chmod(0o640)
            return self._put(path, name, who)
        raise Refusal("同名的文件太多,请换个名字")

    def _put(self, path: Path, name: str, who: str) -> Upload:
        upload = Upload(secrets.token_hex(8), name, who)
        with self._lock:
            self._uploads[upload.upload_id] = upload
            while len(self._uploads) > _REMEMBERED:
                self._uploads.popitem(last=False)
        self._queue.put((upload.upload_id, path))
        return upload

    def states(self, ids: list[str]) -> list[Upload]:
        """How these uploads stand; those that are not remembered are left out."""
        with self._lock:
            return [self._uploads[i] for i in ids if i in self._uploads]

    def recent(self, most: int) -> list[Upload]:
        """The latest uploads, the newest first."""
        with self._lock:
            return list(self._uploads.values())[: -most - 1 : -1]

    def _note(self, upload_id: str, **values: Any) -> None:
        with self._lock:
            if upload_id in self._uploads:
                self._uploads[upload_id] = replace(self._uploads[upload_id], **values)

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            some = [first]
            while len(some) < _TOGETHER and not self._queue.empty():
                more = self._queue.get()
                if more is None:
                    self._queue.put(None)
                    break
                some.append(more)
            try:
                self._read(some)
            except Exception as error:  # one bad moment of the store or the disk must not end the desk
                log.exception("stage=upload")
                words = str(error) if isinstance(error, RunError) else "读取时出错,下次启动时会再读;请告知管理员"
                for upload_id, _ in some:
                    self._note(upload_id, state="failed", words=words)

    def _read(self, some: list[tuple[str, Path]]) -> None:
        items: dict[str, Item] = {}
        for upload_id, path in some:
            self._note(upload_id, state="reading")
            status = path.stat()
            items[upload_id] = Item(str(path), printable(path.name), status.st_size, status.st_mtime_ns)
        with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
            scratch = intake.work_folder(Path(folder))
            seen = intake.read_now(
                self._store, list(items.values()), self._settings, scratch, lambda _done, _all: None
            )  # fmt: skip
        by_path = {s.path: s for s in seen}
        now = self._clock.stamp()
        self._store.write(lambda connection: self._register(connection, seen, now))
        for upload_id, item in items.items():
            found = by_path.get(printable(item.path))
            self._tell(upload_id, found)

    def _register(self, connection: Connection, seen: list[Seen], now: str) -> None:
        """As a night does with what is new."""
        last = runs.last(connection)
        register = Night(
            connection,
            now,
            last.started if last else "",
            program.program_version(),
            program.program_fingerprint(self._settings),
        )
        register.seen(seen)
        marks.carry_over(connection, register.changes, now)
        followups.refresh(connection)
        overlay.refresh(connection, [c.after.version for c in register.changes if c.after is not None], now)
        proposals.propose(connection, register.changes, now)
        refresh(connection, register.changes)

    def _tell(self, upload_id: str, found: Seen | None) -> None:
        if found is None:
            self._note(upload_id, state="failed", words="文件在读取时变了,下次夜间运行会再读")
            return
        with self._store.reader() as connection:
            outcomes = next(o for _, o in load(connection, [found.version], (), texts=False))
        read = [o for o in outcomes if not o.reason]
        words = ";".join(dict.fromkeys(
            f"{REJECT_REASONS[o.reason][0]}。{REJECT_REASONS[o.reason][1]}" for o in outcomes if o.reason
        ))  # fmt: skip
        documents = tuple((o.doc_id, o.source) for o in read)
        self._note(upload_id, state="done" if read else "rejected", words=words, documents=documents)
