"""Which files a run reads, under which names. The same files give the same list, in the same order, on any machine."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from pathlib import Path

from pipeline.errors import UsageError

# Lock and system files: Word, LibreOffice, Windows, macOS (AppleDouble).
IGNORED = ("~$*", ".~lock.*#", "thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", "._*")
_IGNORED_NAME = re.compile("|".join(map(translate, IGNORED)))
# Categories of characters that a cell or a terminal cannot show as one character on its line.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Item:
    """One file of the input. ``source`` is its printable name relative to the input root; ``problem`` why it cannot be
    opened at all (a pipe, a device, a broken link), else empty."""

    path: str
    source: str
    size: int
    modified_ns: int
    problem: str = ""


@dataclass(slots=True)
class Inputs:
    """Items by source, the number of ignored system files, and links to folders that were not followed."""

    items: list[Item] = field(default_factory=list)
    ignored: int = 0
    links: list[str] = field(default_factory=list)


def printable(name: str) -> str:
    """A name as it stands in tables: bytes that are not UTF-8 as ``\\xNN``, other characters without a shape as
    ``\\uNNNN``, the backslash doubled, so that different names stay different."""
    if name.isascii() and name.isprintable() and "\\" not in name:
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


def collect(paths: Sequence[str | Path], skip: Sequence[Path] = ()) -> Inputs:
    """All files of the inputs, sorted by source.

    Folders are walked without following links to folders inside them. Folders in ``skip`` (the output) are not read.
    A file reached twice stands once. Files of different inputs with the same relative name get the name of their input
    in front. Raises UsageError for an input that does not exist.
    """
    found = Inputs()
    skipped = {os.path.abspath(p) for p in skip}  # noqa: PTH100 (links stay as named)
    seen: dict[str, tuple[str, str]] = {}  # absolute path → (root, relative name)
    for given in sorted({os.path.abspath(p) for p in paths}):  # noqa: PTH100
        if not os.path.lexists(given):
            raise UsageError(f"找不到输入 {printable(given)},请检查路径")
        if Path(given).is_dir():
            for path in _walk(given, skipped, found):
                relative = os.path.relpath(path, given)
                known = seen.get(path)
                # The outermost root names a file that several inputs reach.
                if known is None:
                    seen[path] = (given, relative)
        else:
            seen.setdefault(given, (str(Path(given).parent), Path(given).name))
    for path, source in _named(seen).items():
        found.items.append(_item(path, source))
    found.items.sort(key=lambda i: (i.source, i.path))
    return found


def _walk(root: str, skipped: set[str], found: Inputs) -> Iterator[str]:
    stack = [root]
    while stack:
        folder = stack.pop()
        if folder in skipped:
            continue
        try:
            entries = sorted(os.scandir(folder), key=lambda e: e.name)
        except OSError:
            yield folder  # stands in rejects as unreadable
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                stack.append(entry.path)
            elif _is_link_to_folder(entry):
                found.links.append(printable(os.path.relpath(entry.path, root)))
            elif _IGNORED_NAME.match(entry.name.lower()):
                found.ignored += 1
            else:
                yield entry.path


def _is_link_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:  # a loop of links
        return False


def _named(seen: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Path → source. Names that collide get as many folders of their root in front as it takes."""
    names = {path: relative for path, (_, relative) in seen.items()}
    depth = 0
    while True:
        holders: dict[str, list[str]] = {}
        for path, name in names.items():
            holders.setdefault(name, []).append(path)
        clashing = [path for same in holders.values() if len(same) > 1 for path in same]
        if not clashing:
            return {path: printable(name.replace(os.sep, "/")) for path, name in names.items()}
        depth += 1
        for path in clashing:
            root, relative = seen[path]
            parts = Path(root).parts
            names[path] = "/".join((*parts[-depth:], relative)) if depth <= len(parts) else path


def _item(path: str, source: str) -> Item:
    try:
        status = os.stat(path)  # noqa: PTH116 (tens of thousands a night)
    except OSError as error:
        return Item(path, source, 0, 0, f"cannot be opened: {error.strerror or type(error).__name__}")
    if stat.S_ISDIR(status.st_mode):
        return Item(path, source, 0, 0, "a folder that cannot be listed")
    if not stat.S_ISREG(status.st_mode):
        return Item(path, source, 0, 0, "not a regular file")
    return Item(path, source, status.st_size, status.st_mtime_ns)
