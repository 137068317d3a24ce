"""Zip packages opened with bounds, so that no bomb is unpacked."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

from extractors.errors import Rejected

MAX_MEMBERS = 20_000
MAX_TOTAL = 1 << 30  # bytes that one package may unpack to, all members that are read together
MAX_MEMBER = 256 << 20  # bytes of one member


class Package:
    """A zip read member by member; :meth:`read` keeps count of what was unpacked."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._read = 0
        self.names = frozenset(archive.namelist())
        self.entries = tuple(archive.infolist())

    def size(self, member: str) -> int:
        """Declared size of a member in bytes; zipfile never yields more than that."""
        return self._archive.getinfo(member).file_size

    def read(self, member: str | zipfile.ZipInfo, limit: int = MAX_MEMBER) -> bytes:
        """Bytes of a member. Raises Rejected: too_large, encrypted, unreadable."""
        if isinstance(member, str):
            member = self._archive.getinfo(member)
        size = member.file_size
        self._read += size
        if size > limit or self._read > MAX_TOTAL:
            raise Rejected("too_large", f"{_shown(member)} unpacks to {size} bytes")
        try:
            return self._archive.read(member)
        except RuntimeError as error:  # zipfile says so for encrypted members and unknown methods alike
            reason = "encrypted" if "password" in str(error) else "unreadable"
            raise Rejected(reason, f"cannot unpack {_shown(member)}") from error
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            struct.error,
            ValueError,
        ) as error:
            raise Rejected("unreadable", f"cannot unpack {_shown(member)}: damaged") from error


def open_zip(data: bytes) -> Package:
    """The package in ``data``. Raises Rejected: truncated where its directory is cut off, unreadable, too_large."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
        whole = b"PK\x05\x06" in data[-66_000:]
        raise Rejected("unreadable" if whole else "truncated", "the zip package is damaged or cut off") from error
    if len(archive.infolist()) > MAX_MEMBERS:
        raise Rejected("too_large", f"more than {MAX_MEMBERS} members in the package")
    return Package(archive)


def _shown(member: zipfile.ZipInfo) -> str:
    return member.filename.encode("ascii", "replace").decode()[-80:]


def members(package: Package) -> frozenset[str]:
    """Names of all members."""
    return package.names
