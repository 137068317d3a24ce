"""Files that hold files: archives and mails, opened with bounds and never written to disk.

Bounds are checked before the first member is handed out, so that an archive beyond them is one reject and no member is
lost without a word. Adding a kind is one module and one line in :data:`CONTAINERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import NoReturn

from extractors.errors import Rejected
from extractors.reading.sniff import sniff

# Format → module with ``members(data, name, budget) -> Iterator[Member]``.
CONTAINERS = {
    "zip": "zips",
    "tar": "tars",
    "gzip": "tars",
    "bzip2": "tars",
    "xz": "tars",
    "7z": "sevenzip",
    "eml": "mail",
    "msg": "outlook",
}
MAILS = frozenset({"mail", "outlook"})  # modules whose containers also stand for themselves
MAX_DEPTH = 4  # containers inside containers
RATIO = 200  # unpacked to packed; what no office file reaches as a whole
FREE = 32 << 20  # bytes that may be unpacked whatever the ratio


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a container; ``name`` is its path there, ``load`` gives its bytes or raises Rejected."""

    name: str
    load: Callable[[], bytes]


@dataclass(slots=True)
class Budget:
    """What one input may still unpack, all its levels together."""

    members: int = 2000
    size: int = 512 << 20  # bytes

    def limit(self, packed: int) -> int:
        """Bytes that ``packed`` bytes may unpack to."""
        return min(self.size, max(FREE, RATIO * packed))

    def take(self, members: int, size: int, packed: int) -> None:
        """Account for a container's members; raises Rejected("archive_limit") before anything is unpacked."""
        if members > self.members:
            refuse(f"more than {self.members} members")
        if size > self.limit(packed):
            refuse(f"unpacks to {size >> 20} MB")
        self.members -= members
        self.size -= size


def refuse(detail: str) -> NoReturn:
    """Raise Rejected("archive_limit")."""
    raise Rejected("archive_limit", detail)


def members(data: bytes, name: str, budget: Budget, depth: int = 0) -> Iterator[Member] | None:
    """The files inside ``data``, None where it is a document. Raises Rejected where it cannot be opened.

    ``depth`` is the number of containers around it.
    """
    module = CONTAINERS.get(sniff(data, name))
    if module is None:
        return None
    if depth >= MAX_DEPTH:
        refuse(f"archives nested more than {MAX_DEPTH} deep")
    found: Iterator[Member] = import_module(f"extractors.reading.{module}").members(data, name, budget)
    return found


def is_document(data: bytes, name: str) -> bool:
    """Whether a container is a document too: a mail is its body."""
    return CONTAINERS.get(sniff(data, name)) in MAILS


def decoded_name(raw: bytes) -> str:
    """A member's name from its bytes: UTF-8 if they are, else GBK, as Chinese archivers write it; "/" parts folders."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return tidy(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return tidy(raw.decode("utf-8", "surrogateescape"))


def tidy(name: str) -> str:
    """A member's path without the marks of a root; what leads upward stays, since nothing is written anywhere."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in {"", "."}]
    return "/".join(parts) or "unnamed"
