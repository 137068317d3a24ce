"""The file of a backup: a ZIP with a manifest that holds the SHA-256 of every member.

It is written beside its place and renamed when it is whole and on the disk; it is read for its owner only (0600). A reader
checks every member before it uses one.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.errors import RunError, UsageError

MANIFEST = "manifest.json"
PROGRAM, FORM = "taizhang-backup", 1
_BLOCK = 1 << 20
# What zipfile raises for a damaged file, a flipped bit that calls a member encrypted or compressed otherwise among it.
_UNREADABLE = (OSError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # members carry no time: the manifest says when


@dataclass(slots=True)
class Writer:
    """Members go in one after another; ``files`` notes the checksum and size of each."""

    _zip: zipfile.ZipFile
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, blocks: Iterable[bytes]) -> int:
        """A member of so many blocks; how many there were."""
        digest, size, count = hashlib.sha256(), 0, 0
        entry = zipfile.ZipInfo(name, _EPOCH)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o600 << 16
        with self._zip.open(entry, "w", force_zip64=True) as member:
            for block in blocks:
                member.write(block)
                digest.update(block)
                size += len(block)
                count += 1
        self.files[name] = {"sha256": digest.hexdigest(), "size": size}
        return count

    def add_file(self, name: str, path: Path) -> None:
        """A file of the disk."""
        with path.open("rb") as file:  # opened first: what is gone leaves no empty member
            self.add(name, iter(lambda: file.read(_BLOCK), b""))


@contextmanager
def writing(path: Path, manifest: dict[str, Any]) -> Iterator[Writer]:
    """A new backup at ``path``; ``manifest`` is written last, with the checksums. Raises UsageError where something is there."""
    if path.exists():
        raise UsageError(f"{path} 已经存在,没有覆盖;请换一个文件名")
    if not path.parent.is_dir():
        raise UsageError(f"没有文件夹 {path.parent},请先建好或换一个位置")
    draft = path.with_name(f"{path.name}.partial")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
                writer = Writer(archive)
                yield writer
                whole = {"program": PROGRAM, "form": FORM} | manifest | {"files": writer.files}
                writer.add(MANIFEST, [json.dumps(whole, ensure_ascii=False, indent=1).encode()])
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


class Reader:
    """An opened backup whose every member was found as its manifest says."""

    def __init__(self, path: Path) -> None:
        """Open and check. Raises UsageError for what is no backup, RunError for a damaged one."""
        self.path = path
        if not path.is_file():
            raise UsageError(f"没有备份文件 {path},请检查路径")
        try:
            self._zip = zipfile.ZipFile(path)
            self.manifest: dict[str, Any] = json.loads(self._zip.read(MANIFEST))
            ours = self.manifest.get("program") == PROGRAM
        except (*_UNREADABLE, ValueError, KeyError, AttributeError) as error:
            raise RunError(f"{path} 不是完好的台账备份({_told(error)}),没有恢复任何东西;请换一份备份") from error
        if not ours:
            raise UsageError(f"{path} 不是台账的备份,请检查路径")
        if self.manifest.get("form") != FORM:
            raise UsageError(f"{path} 是更新版本的程序做的备份;请先升级 taizhang")
        self._check()

    def _check(self) -> None:
        listed: dict[str, dict[str, Any]] = self.manifest.get("files") or {}
        if sorted(self._zip.namelist()) != sorted([*listed, MANIFEST]):
            raise RunError(f"备份 {self.path} 里的文件与清单不符,没有恢复任何东西;请换一份备份")
        for name, noted in listed.items():
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\\" in name:
                raise RunError(f"备份 {self.path} 里有不该有的文件名 {name!r},没有恢复任何东西")
            digest = hashlib.sha256()
            try:
                for block in self.blocks(name):
                    digest.update(block)
            except _UNREADABLE as error:
                raise RunError(self._damaged(name)) from error
            if digest.hexdigest() != noted.get("sha256"):
                raise RunError(self._damaged(name))

    def _damaged(self, name: str) -> str:
        return f"备份 {self.path} 已损坏:{name} 与校验和不符,没有恢复任何东西;请换一份备份"

    def blocks(self, name: str) -> Iterator[bytes]:
        """The content of a member in pieces."""
        with self._zip.open(name) as member:
            yield from iter(lambda: member.read(_BLOCK), b"")

    def lines(self, name: str) -> Iterator[bytes]:
        """The content of a member by lines."""
        with self._zip.open(name) as member:
            yield from member

    def names(self, folder: str) -> list[str]:
        """Members below a folder."""
        return sorted(n for n in self.manifest["files"] if n.startswith(folder + "/"))


def _told(error: Exception) -> str:
    return "缺少清单" if isinstance(error, KeyError) else " ".join(str(error).split())[:80] or type(error).__name__
