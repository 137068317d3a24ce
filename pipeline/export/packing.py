"""Rows compressed as they come and put into the frame of a workbook at the end.

XlsxWriter writes what surrounds the rows: it would write the rows themselves to disk three times before they are compressed.
A part of a deflated stream that begins and ends with a full flush can stand in another stream (RFC 1951), and the checksum of
the whole follows from those of its parts.
"""

from __future__ import annotations

import tempfile
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_LEVEL = 5  # a quarter faster than 6, a twentieth larger
_PIECE = 1 << 20
_AHEAD = 2  # pieces that wait for the thread
_ONES = 0xFFFFFFFF
_SLOT = b"</sheetData>"


Work = Callable[[bytes], None]


def here(work: Work, data: bytes) -> None:
    """Do work at once."""
    work(data)


class Beside:
    """Does work in a thread of its own, in order: compressing leaves Python to others."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._ahead: deque[Future[None]] = deque()

    def __call__(self, work: Work, data: bytes) -> None:
        self._ahead.append(self._thread.submit(work, data))
        while len(self._ahead) > _AHEAD:
            self._ahead.popleft().result()

    def finish(self) -> None:
        """Wait for all that was given; raises what it raised."""
        self._thread.shutdown()
        for done in self._ahead:
            done.result()


class Rows:
    """XML of rows, kept compressed in a file without a name in ``folder``; ``how`` compresses (:func:`here`, or beside)."""

    def __init__(self, folder: Path, how: Callable[[Work, bytes], None]) -> None:
        self._how = how
        self._held: list[str] = []
        self._length = 0
        self.file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        self.size = self.checksum = 0
        self._deflate = _deflate()

    def add(self, xml: str) -> None:
        """Append rows."""
        self._held.append(xml)
        self._length += len(xml)
        if self._length >= _PIECE:
            self._hand_over()

    def _hand_over(self) -> None:
        data = "".join(self._held).encode()
        self._held, self._length = [], 0
        self._how(self._take, data)

    def _take(self, data: bytes) -> None:
        self.size += len(data)
        self.checksum = zlib.crc32(data, self.checksum)
        self.file.write(self._deflate.compress(data))

    def end(self) -> None:
        """No more rows come; what was handed over must be done (:meth:`Beside.finish`)."""
        self._held, rest = [], "".join(self._held).encode()
        self._take(rest)
        self.file.write(self._deflate.flush(zlib.Z_FULL_FLUSH))


def _deflate() -> Any:
    return zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)


def pack(frame: Path | IO[bytes], path: Path, rows: Mapping[str, Rows]) -> None:
    """Write the workbook ``frame`` to ``path`` with the rows, by the names of their parts, behind those that stand there."""
    with path.open("wb") as file:
        target: Any = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_LEVEL)
        try:
            _copy(frame, target, rows)
            target.close()
        except BaseException:
            target.fp = None  # or it would try to end its file when it is let go
            raise


def _copy(frame: Path | IO[bytes], target: Any, rows: Mapping[str, Rows]) -> None:
    with ZipFile(frame) as source:
        for info in source.infolist():
            data = source.read(info)
            if info.filename in rows:
                before, slot, after = data.partition(_SLOT)
                _put(target, ZipInfo(info.filename, info.date_time), before, rows[info.filename], slot + after)
            else:
                target.writestr(info, data)


def _put(target: Any, info: ZipInfo, before: bytes, rows: Rows, after: bytes) -> None:
    """Add a part of what is compressed already, which zipfile has no call for."""
    rows.end()
    first, last = _deflate(), _deflate()
    head = first.compress(before) + first.flush(zlib.Z_FULL_FLUSH)
    tail = last.compress(after) + last.flush()
    info.compress_type = ZIP_DEFLATED
    info.CRC = zlib.crc32(after, _joined(zlib.crc32(before), rows.checksum, rows.size))
    info.file_size = len(before) + rows.size + len(after)
    info.compress_size = len(head) + rows.file.tell() + len(tail)
    info.header_offset = target.fp.tell()
    target.fp.write(info.FileHeader())
    target.fp.write(head)
    rows.file.seek(0)
    while piece := rows.file.read(_PIECE):
        target.fp.write(piece)
    rows.file.close()
    target.fp.write(tail)
    target.filelist.append(info)
    target.NameToInfo[info.filename] = info
    target.start_dir = target.fp.tell()


def _joined(first: int, second: int, size: int) -> int:
    """The checksum of two stretches from theirs; ``size`` is the second's."""
    # CRC-32 is linear: what the first adds is what it adds in front of zeros.
    zeros, state = bytes(_PIECE), first ^ _ONES
    while size:
        some = zeros[:size]
        state, size = zlib.crc32(some, state), size - len(some)
    return state ^ _ONES ^ second
