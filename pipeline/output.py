"""The output folder: whole or not at all, never over somebody's files.

Work goes to ``OUT.partial/``: ``plan.json`` says for which inputs and options, ``journal/`` keeps what is done, ``new/``
is the folder that becomes OUT.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pipeline.errors import LockedError, UsageError

MANIFEST = "manifest.json"
PROGRAM = "taizhang"
_BEFORE_PLAN = {"lock", "plan.draft"}  # what a run that was killed before its plan stood may have left


def partial_of(out: Path) -> Path:
    """Where the work on an output folder goes."""
    return out.with_name(out.name + ".partial")


def is_ours(folder: Path) -> bool:
    """Whether a folder holds a manifest that this program wrote."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("program") == PROGRAM


def check(out: Path) -> None:
    """Raise UsageError unless ``out`` is absent, an empty folder, or one that this program wrote."""
    if not out.exists() and not out.is_symlink():
        return
    if not out.is_dir():
        raise UsageError(f"输出位置 {out} 是一个文件,请换一个文件夹")
    if any(out.iterdir()) and not is_ours(out):
        raise UsageError(f"输出文件夹 {out} 里有别的文件,为免覆盖没有写入;请换一个空文件夹")


@contextmanager
def workspace(out: Path, fingerprint: str) -> Iterator[Path]:
    """The folder ``OUT.partial/`` under an exclusive lock, with what an earlier run of the same plan left in it.

    Raises UsageError where it is not ours or cannot be written, LockedError where another run holds it.
    """
    check(out)
    partial = partial_of(out)
    plan = partial / "plan.json"
    if partial.exists() and not plan.exists() and any(p.name not in _BEFORE_PLAN for p in partial.iterdir()):
        raise UsageError(f"文件夹 {partial} 里有别的文件,请移走后再运行")
    try:
        partial.mkdir(parents=True, exist_ok=True)
        lock = (partial / "lock").open("w")
    except OSError as error:
        raise UsageError(f"不能在 {partial.parent} 写入:{error.strerror};请换一个输出位置") from error
    with lock:
        _take(lock, out)
        try:
            old = json.loads(plan.read_text("utf-8"))["fingerprint"] if plan.exists() else ""
        except (ValueError, KeyError, TypeError):
            old = ""
        if (partial / "old").exists() and not out.exists():  # killed between the two renames of publish
            (partial / "old").rename(out)
        if old != fingerprint:
            for name in ("journal", "new"):
                shutil.rmtree(partial / name, ignore_errors=True)
            draft = plan.with_suffix(".draft")
            draft.write_text(json.dumps({"program": PROGRAM, "fingerprint": fingerprint}), "utf-8")
            draft.replace(plan)
        yield partial


def _take(lock: IO[str], out: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise LockedError(f"另一次运行正在写 {out},请等它结束") from error


def fresh(partial: Path) -> Path:
    """An empty ``new/``: tables are always written from the start, from the journal."""
    new = partial / "new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    return new


def publish(partial: Path, out: Path) -> None:
    """Put ``new/`` in the place of OUT. Files in OUT that are not listed in its manifest are carried over."""
    new, old = partial / "new", partial / "old"
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        check(out)
        ours = set(_listed(out)) | {MANIFEST}
        out.rename(old)
        for entry in old.iterdir():
            if entry.name not in ours and not (new / entry.name).exists():
                entry.rename(new / entry.name)
    new.rename(out)
    _remove(partial)


def _remove(partial: Path) -> None:
    """Take the work folder away, the plan that says whose it is only when nothing but the lock stands beside it: a run that is
    killed meanwhile leaves a folder that the next one knows as its own."""
    for entry in partial.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
    shutil.rmtree(partial, ignore_errors=True)


def _listed(folder: Path) -> list[str]:
    try:
        files = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [str(f) for f in files]
