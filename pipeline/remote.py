"""Inputs that stand elsewhere, under a URL that fsspec knows (``s3://bucket/folder``): listed here, fetched when their turn comes.

Workers have no network, so that the process which hands them a stretch fetches its files into the run's own folder, and
takes them away when the results are there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError
from pipeline.inputs import Item, printable

_URL = re.compile(r"[a-z][a-z0-9+.-]*://")


def is_url(given: str) -> bool:
    """Whether an input is named by a URL."""
    return _URL.match(given) is not None


def collect(urls: Iterable[str], taken: Collection[str]) -> list[Item]:
    """The files under the URLs, by source: the name relative to the URL given, the whole URL where that is ``taken``.

    Raises UsageError where nothing stands there, or what its protocol needs is not installed.
    """
    found: dict[str, Item] = {}
    names = set(taken)
    for url in sorted(set(urls)):
        system, root = _system(url)
        try:
            files: dict[str, Any] = system.find(root, detail=True)
        except Exception as error:  # whatever a protocol's own library raises
            raise UsageError(f"读不了 {printable(url)}:{_line(error)};请检查地址和访问权限") from error
        if not files:
            raise UsageError(f"{printable(url)} 下没有文件,请检查地址")
        for path, info in sorted(files.items()):
            full = str(system.unstrip_protocol(path))
            name = path[len(root) :].strip("/") or path.rsplit("/", 1)[-1]
            source = printable(full if name in names else name)
            names.add(name)
            found.setdefault(full, Item(full, source, int(info.get("size") or 0), _stamp(info)))
    return sorted(found.values(), key=lambda i: i.source)


def is_remote(item: Item) -> bool:
    """Whether an item must be fetched before it can be read."""
    return not item.problem and is_url(item.path)


def _system(url: str) -> tuple[Any, str]:
    try:
        import fsspec  # noqa: PLC0415 (an extra)

        system, root = fsspec.core.url_to_fs(url)
    except ImportError as error:
        raise UsageError(f"读 {printable(url)} 要先安装 taizhang[remote]:{_line(error)}") from error
    except ValueError as error:
        raise UsageError(f"不认识的地址 {printable(url)}:{_line(error)}") from error
    return system, str(root)


def _stamp(info: dict[str, Any]) -> int:
    """A number that changes when a file does, from what its protocol tells of it."""
    told = [str(info.get(key, "")) for key in ("ETag", "LastModified", "mtime", "created")]
    return int.from_bytes(hashlib.blake2b("|".join(told).encode(), digest_size=6).digest(), "big")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def fetch(item: Item, to: Path) -> Item:
    """The item as a file on this machine, at ``to`` if it stands elsewhere; with its problem where it cannot be fetched."""
    if not is_remote(item):
        return item
    try:
        system, path = _system(item.path)
        system.get_file(path, str(to))
    except Exception as error:  # whatever a protocol's own library raises
        return item._replace(problem=f"cannot be fetched: {_line(error)}")
    return item._replace(path=str(to))
