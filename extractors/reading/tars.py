"""Members of tar archives, packed or not, and single files packed by gzip, bzip2 or xz."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Protocol

from extractors.errors import Rejected
from extractors.reading.containers import Budget, Member, decoded_name, refuse

BLOCK = 1 << 20
XZ_MEMORY = 256 << 20  # bytes that a dictionary may take
PACKED = re.compile(r"\.(?:gz|bz2|xz|lzma)$", re.IGNORECASE)


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Xz:
    """xz as a stream whose dictionary is bounded, which LZMAFile cannot."""

    def __init__(self, data: bytes) -> None:
        self._rest = data
        self._decoder = lzma.LZMADecompressor(memlimit=XZ_MEMORY)

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; none at the end."""
        while not self._decoder.eof:
            block = self._decoder.decompress(self._rest, size)
            self._rest = b""
            if block:
                return block
            if self._decoder.needs_input:
                raise EOFError
        return b""


OPENERS: tuple[tuple[bytes, Callable[[bytes], _Stream]], ...] = (
    (b"\x1f\x8b", lambda data: gzip.GzipFile(fileobj=BytesIO(data))),
    (b"BZh", lambda data: bz2.BZ2File(BytesIO(data))),
    (b"\xfd7zXZ", _Xz),
)


def members(data: bytes, name: str, budget: Budget) -> Iterator[Member]:
    """Files of the archive; links and devices are members that cannot be read. Raises Rejected: truncated, archive_limit."""
    opener = next((opener for magic, opener in OPENERS if data.startswith(magic)), None)
    packed = len(data)
    if opener is not None:
        data = _unpacked(opener(data), budget.limit(packed))
        if data[257:262] != b"ustar":
            budget.take(1, len(data), packed)
            inner = PACKED.sub("", name.replace("\\", "/").rsplit("/", 1)[-1].rsplit("!", 1)[-1])
            return iter([Member(inner or "unnamed", lambda: data)])
    return _tar(data, packed, budget)


def _unpacked(stream: _Stream, limit: int) -> bytes:
    blocks, size = [], 0
    try:
        while block := stream.read(BLOCK):
            blocks.append(block)
            size += len(block)
            if size > limit:
                refuse(f"unpacks to more than {limit >> 20} MB")
    except EOFError as error:
        raise Rejected("truncated", "the archive is cut off") from error
    except (OSError, zlib.error, lzma.LZMAError, ValueError) as error:
        raise Rejected("unreadable", "the archive is damaged") from error
    return b"".join(blocks)


def _tar(data: bytes, packed: int, budget: Budget) -> Iterator[Member]:
    try:
        archive = tarfile.open(fileobj=BytesIO(data), mode="r:", encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
        entries: list[tarfile.TarInfo] = []
        for entry in archive:
            if not entry.isdir():
                entries.append(entry)
            if len(entries) > budget.members:
                break
    except (tarfile.TarError, EOFError, OSError, ValueError, OverflowError) as error:
        raise Rejected("truncated", "the archive is damaged or cut off") from error
    budget.take(len(entries), sum(max(entry.size, 0) for entry in entries), packed)
    end = max(
        (entry.offset_data + entry.size for entry in entries if entry.isreg() and not entry.issparse()), default=0
    )
    if end > len(data):
        raise Rejected("truncated", "the archive is cut off")
    return (Member(_name(entry), _loader(archive, entry)) for entry in entries)


def _loader(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> Callable[[], bytes]:
    def load() -> bytes:
        if not entry.isreg():
            raise Rejected("unreadable", "not a regular file")
        try:
            file = archive.extractfile(entry)
            return b"" if file is None else file.read()
        except (tarfile.TarError, OSError, ValueError) as error:
            raise Rejected("unreadable", "the member is damaged") from error

    return load


def _name(entry: tarfile.TarInfo) -> str:
    return decoded_name(entry.name.encode("utf-8", "surrogateescape"))
