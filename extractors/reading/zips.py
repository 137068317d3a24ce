"""Members of zip archives; names without the UTF-8 mark are decoded from what Chinese archivers write."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Iterator

from extractors.errors import Rejected
from extractors.reading.archive import Package, open_zip
from extractors.reading.containers import Budget, Member, decoded_name, tidy

UTF8_NAME = 0x800
UNICODE_PATH = 0x7075  # Info-ZIP's extra field with the name in UTF-8


def members(data: bytes, name: str, budget: Budget) -> Iterator[Member]:
    """Files of the archive, folders left out. Raises Rejected: truncated, unreadable, archive_limit."""
    try:
        package = open_zip(data)
    except Rejected as refusal:
        raise Rejected("archive_limit" if refusal.reason == "too_large" else refusal.reason, refusal.detail) from None
    files = [entry for entry in package.entries if not entry.is_dir()]
    budget.take(len(files), sum(entry.file_size for entry in files), len(data))
    return (Member(_name(entry), _loader(package, entry)) for entry in files)


def _loader(package: Package, entry: zipfile.ZipInfo) -> Callable[[], bytes]:
    def load() -> bytes:
        if entry.flag_bits & 1:
            raise Rejected("encrypted", "archive member protected by a password")
        return package.read(entry)

    return load


def _name(entry: zipfile.ZipInfo) -> str:
    at, extra = 0, entry.extra
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == UNICODE_PATH and size > 5:
            return tidy(extra[at + 9 : at + 4 + size].decode("utf-8", "replace"))
        at += 4 + size
    if entry.flag_bits & UTF8_NAME:
        return tidy(entry.filename)
    return decoded_name(entry.orig_filename.encode("cp437", "replace"))
