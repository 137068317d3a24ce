"""Parts of Office packages: which is the main one, and what a part points to (ECMA-376-2, 9)."""

from __future__ import annotations

import posixpath
import re

from extractors.errors import Rejected
from extractors.reading.archive import Package
from extractors.reading.xmlpart import root

MAIN = rb'PartName="/([^"]{1,200})"[^>]{0,300}%s\.(?:document|template|sheet)\.'
MACROS = rb'PartName="/([^"]{1,200})"[^>]{0,300}ms-(?:word|excel)\.[a-z]{1,20}\.macroEnabled'


def main_part(package: Package, usual: str, kind: str) -> str:
    """The main part: ``usual`` where it is there, else the one of its kind that the content types name.

    ``kind`` is the word for it there (``wordprocessingml``). Raises Rejected("unreadable") without one.
    """
    if usual in package.names:
        return usual
    if "[Content_Types].xml" in package.names:
        types = package.read("[Content_Types].xml", 4_000_000)
        found = re.search(MAIN % kind.encode(), types) or re.search(MACROS, types)
        if found and found[1].decode("utf-8", "replace") in package.names:
            return found[1].decode("utf-8", "replace")
    raise Rejected("unreadable", "an Office package without its main part")


def relations(package: Package, part: str) -> dict[str, str]:
    """Names of the parts that ``part`` points to, by relation id; targets outside the package stay as they are written."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", name + ".rels")
    if listed not in package.names:
        return {}
    targets = {relation.get("Id", ""): relation.get("Target", "") for relation in root(package.read(listed))}
    return {
        key: target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        for key, target in targets.items()
    }
