"""Members of 7z archives. The archive is unpacked once, into memory, when the first member is asked for; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from typing import Any

from extractors.errors import Rejected
from extractors.reading.containers import Budget, Member, refuse, tidy

MAX_DICTIONARY = 256 << 20  # bytes that a decoder may hold, whatever it unpacks
LZMA, LZMA2, PPMD = b"\x03\x01\x01", b"\x21", b"\x03\x04\x01"


def members(data: bytes, name: str, budget: Budget) -> Iterator[Member]:
    """Files of the archive; links are members that cannot be read. Raises Rejected: encrypted, truncated, archive_limit."""
    import py7zr  # noqa: PLC0415
    import py7zr.helpers  # noqa: PLC0415
    import py7zr.io  # noqa: PLC0415

    archive = _opened(py7zr, data)
    if archive.needs_password():
        raise Rejected("encrypted", "archive protected by a password")
    files = [f for f in archive.list() if not f.is_directory]
    limit = sum(max(f.uncompressed, 0) for f in files)
    budget.take(len(files), limit, len(data))
    if _dictionary(archive) > MAX_DICTIONARY:
        refuse("needs too much memory to unpack")
    if any(f.is_symlink for f in files) or not all(map(py7zr.helpers.check_archive_path, archive.getnames())):
        raise Rejected("unreadable", "holds links or names that lead out of the archive")

    @cache
    def unpacked() -> list[bytes]:
        return _unpacked(py7zr, archive, limit)

    return (Member(tidy(f.filename), _loader(unpacked, i)) for i, f in enumerate(files))


def _loader(unpacked: Callable[[], list[bytes]], index: int) -> Callable[[], bytes]:
    return lambda: unpacked()[index]


def _opened(py7zr: Any, data: bytes) -> Any:
    try:
        return py7zr.SevenZipFile(BytesIO(data), "r")
    except py7zr.PasswordRequired as error:
        raise Rejected("encrypted", "archive protected by a password") from error
    except py7zr.UnsupportedCompressionMethodError as error:
        raise Rejected("unsupported", "packed by a method that is not read") from error
    except MemoryError:
        raise
    except Exception as error:  # whatever a broken header makes of it
        raise Rejected("truncated" if _cut(data) else "unreadable", "the archive is damaged or cut off") from error


def _cut(data: bytes) -> bool:
    """Whether the directory, which stands at the end, lies beyond the file (7zFormat.txt: start header)."""
    start, size = int.from_bytes(data[12:20], "little"), int.from_bytes(data[20:28], "little")
    return len(data) < 32 or 32 + start + size > len(data)


def _dictionary(archive: Any) -> int:
    """Bytes that the largest decoder of the archive keeps."""
    largest = 0
    streams = archive.header.main_streams
    for folder in streams.unpackinfo.folders if streams is not None else ():
        for coder in folder.coders:
            method, properties = coder["method"], coder.get("properties") or b""
            if method == LZMA2 and properties:
                code = properties[0]
                largest = max(largest, (2 | code & 1) << (code // 2 + 11))
            elif method in {LZMA, PPMD} and len(properties) >= 5:
                largest = max(largest, int.from_bytes(properties[1:5], "little"))
    return largest


def _unpacked(py7zr: Any, archive: Any, limit: int) -> list[bytes]:
    """Contents of the files in their order."""
    factory = py7zr.io.BytesIOFactory(limit)
    try:
        archive.extractall(factory=factory)
        contents = {name: product.read() for name, product in factory.products.items()}
        return [contents.get(key, b"") for key in _keys(py7zr, archive)]
    except py7zr.PasswordRequired as error:
        raise Rejected("encrypted", "archive member protected by a password") from error
    except py7zr.UnsupportedCompressionMethodError as error:
        raise Rejected("unsupported", "packed by a method that is not read") from error
    except MemoryError:
        raise
    except Exception as error:
        raise Rejected("unreadable", "the archive is damaged") from error


def _keys(py7zr: Any, archive: Any) -> Iterator[str]:
    """The names under which py7zr gives the files: a second file of one name has a number."""
    again: dict[str, int] = {}
    for f in archive.list():
        name = f.filename
        if name in again:
            f_name, again[name] = f"{name}_{again[name]}", again[name] + 1
        else:
            f_name, again[name] = name, 0
        if not f.is_directory:
            yield py7zr.helpers.get_sanitized_output_path(f_name, None).as_posix()
