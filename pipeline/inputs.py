"""Which files a run reads, under which names. The same files give the same list, in the same order, on any machine."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import UsageError

# Lock and system files: Word, LibreOffice, Windows, macOS (AppleDouble).
IGNORED = ("~$*", ".~lock.*#", "thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", "._*")
_IGNORED_NAME = re.compile("|".join(map(translate, IGNORED)))
_IGNORED_FIRST = frozenset(pattern[0] for pattern in IGNORED)
# Categories of characters that a cell or a terminal cannot show as one character on its line.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})


class Item(NamedTuple):
    """One file of the input. ``source`` is its printable name relative to the input root; ``problem`` why it cannot be
    opened at all (a pipe, a device, a broken link), else empty. A tuple, since a night makes one of every file there is."""

    path: str
    source: str
    size: int
    modified_ns: int
    problem: str = ""


Told = tuple[int, int, str]  # size, time of change in nanoseconds, source


@dataclass(slots=True)
class Inputs:
    """Items by source, the number of ignored system files, and links to folders that were not followed. ``same`` are the
    printable paths of files that are as the caller knew them, which are no items."""

    items: list[Item] = field(default_factory=list)
    ignored: int = 0
    links: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)

    @property
    def files(self) -> int:
        """All files there are."""
        return len(self.items) + len(self.same)


def printable(name: str) -> str:
    """A name as it stands in tables: bytes that are not UTF-8 as ``\\xNN``, other characters without a shape as
    ``\\uNNNN``, the backslash doubled, so that different names stay different."""
    if name.isprintable() and "\\" not in name:
        return name
    shown = []
    for c in name:
        if c == "\\":
            shown.append("\\\\")
        elif unicodedata.category(c) not in _UNPRINTABLE:
            shown.append(c)
        elif "\udc80" <= c <= "\udcff":  # os.fsdecode keeps undecodable bytes here
            shown.append(f"\\x{ord(c) - 0xDC00:02x}")
        else:
            shown.append({"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(c) or f"\\u{ord(c):04x}")
    return "".join(shown)


def collect(
    paths: Sequence[str | Path], skip: Sequence[Path] = (), known: MutableMapping[str, Told] | None = None
) -> Inputs:
    """All files of the inputs, sorted by source.

    Folders are walked without following links to folders inside them. Folders in ``skip`` (the output) are not read.
    A file reached twice stands once. Files of different inputs with the same relative name get the name of their input
    in front. Raises UsageError for an input that does not exist.

    ``known`` says of files, by printable path, how they were. Those that still are so go to ``same``; every file that is
    there is taken out of ``known``, so that the files that are gone are left in it.
    """
    found = Inputs()
    skipped = {os.path.abspath(p) for p in skip}  # noqa: PTH100 (links stay as named)
    roots = sorted({os.path.abspath(p) for p in paths})  # noqa: PTH100
    for given in roots:
        if not os.path.lexists(given):
            raise UsageError(f"找不到输入 {printable(given)},请检查路径")
    if len(roots) == 1 and Path(roots[0]).is_dir():
        found.items = _walk(roots[0], skipped, found, {} if known is None else known)
    else:
        walked = [
            (given, _walk(given, skipped, found, {}))
            if Path(given).is_dir()
            else (str(Path(given).parent), [_item(given, printable(Path(given).name))])
            for given in roots
        ]
        found.items = walked[0][1] if len(walked) == 1 else _together(walked)
        if known is not None:
            found.items = _others(found.items, known, found.same)
    found.links.sort()
    found.items.sort(key=_ORDER)
    return found


_ORDER = itemgetter(1, 0)  # source, path


def _walk(root: str, skipped: set[str], found: Inputs, known: MutableMapping[str, Told]) -> list[Item]:
    """The files below a folder, named from it, without those that are as known."""
    items: list[Item] = []
    top = printable(root).rstrip("/") + "/"
    stack = [(root, "")]
    while stack:
        folder, prefix = stack.pop()
        if folder in skipped:
            continue
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:
            items.append(_item(folder, prefix[:-1] or "."))  # stands in rejects as unreadable
            known.pop(top + prefix[:-1], None)
            continue
        inside = folder.rstrip("/") + "/"
        try:  # the folder is held open: the kernel need not find its way to each file anew
            entries = list(os.scandir(descriptor))
            for entry in entries:
                name = entry.name
                source = prefix + (name if name.isprintable() and "\\" not in name else printable(name))
                if entry.is_dir(follow_symlinks=False):
                    stack.append((inside + name, source + "/"))
                elif entry.is_symlink() and _is_link_to_folder(entry):
                    found.links.append(source)
                elif name[0].lower() in _IGNORED_FIRST and _IGNORED_NAME.match(name.lower()):
                    found.ignored += 1
                else:
                    path = top + source
                    told = known.pop(path, None)
                    if told is not None and told == _told(entry, source):
                        found.same.append(path)
                    else:
                        items.append(_item(inside + name, source, entry))
        except OSError:  # went away, or its disk did, while it was read
            items.append(_item(folder, prefix[:-1] or "."))
        finally:
            os.close(descriptor)
    return items


def _told(entry: os.DirEntry[str], source: str) -> Told | None:
    """What a file that can be opened would be known by."""
    try:
        status = entry.stat()
    except OSError:
        return None
    return (status.st_size, status.st_mtime_ns, source) if stat.S_ISREG(status.st_mode) else None


def _others(items: Sequence[Item], known: MutableMapping[str, Told], same: list[str]) -> list[Item]:
    """The items that are not as known."""
    others: list[Item] = []
    for item in items:
        path = printable(item.path)
        if known.pop(path, None) == (item.size, item.modified_ns, item.source) and not item.problem:
            same.append(path)
        else:
            others.append(item)
    return others


def _is_link_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links
        return False


def _together(walked: Sequence[tuple[str, list[Item]]]) -> list[Item]:
    """The files of several roots, each once and named from the outermost root that reaches it. Names that collide get as
    many folders of their root in front as it takes."""
    roots: dict[str, str] = {}
    items: dict[str, Item] = {}
    for root, of_root in walked:
        for item in of_root:
            if item.path not in items:
                items[item.path], roots[item.path] = item, root
    names = {path: item.source for path, item in items.items()}
    depth = 0
    while len(set(names.values())) < len(names):
        counts = Counter(names.values())
        depth += 1
        for path in [p for p, name in names.items() if counts[name] > 1]:
            parts = Path(roots[path]).parts
            names[path] = (
                "/".join((*map(printable, parts[-depth:]), items[path].source))
                if depth <= len(parts)
                else printable(path)
            )
    return [item._replace(source=names[path]) for path, item in items.items()]


def _item(path: str, source: str, entry: os.DirEntry[str] | None = None) -> Item:
    try:
        status = entry.stat() if entry is not None else os.stat(path)  # noqa: PTH116 (tens of thousands a night)
    except OSError as error:
        return Item(path, source, 0, 0, f"cannot be opened: {error.strerror or type(error).__name__}")
    if stat.S_ISREG(status.st_mode):
        return Item(path, source, status.st_size, status.st_mtime_ns)
    if stat.S_ISDIR(status.st_mode):
        return Item(path, source, 0, 0, "a folder that cannot be listed")
    return Item(path, source, 0, 0, "not a regular file")
