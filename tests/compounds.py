"""Compound files (MS-CFB) and Outlook messages (MS-OXMSG) written by hand: no library writes them."""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import Any

SECTOR, MINI, CUTOFF = 512, 64, 4096
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
Tree = dict[str, Any]  # name → bytes or another tree


def compound(tree: Tree) -> bytes:
    """A compound file with streams and storages as in ``tree``."""
    sectors: list[bytes] = []
    fat: list[int] = []
    mini, minifat = bytearray(), list[int]()

    def store(content: bytes) -> int:
        first = len(sectors)
        blocks = [content[i : i + SECTOR].ljust(SECTOR, b"\0") for i in range(0, len(content), SECTOR)]
        sectors.extend(blocks)
        fat.extend([*range(first + 1, first + len(blocks)), END])
        return first

    def store_mini(content: bytes) -> int:
        first = len(minifat)
        count = -(-len(content) // MINI)
        mini.extend(content.ljust(count * MINI, b"\0"))
        minifat.extend([*range(first + 1, first + count), END])
        return first

    entries: list[list[Any]] = [["Root Entry", 5, FREE, FREE, END, 0]]  # name, type, right, child, start, size

    def add(parent: int, branch: Tree) -> None:
        made = []
        for name in sorted(branch, key=lambda n: (len(n), n.upper())):
            content = branch[name]
            index = len(entries)
            made.append(index)
            entries.append([name, 2, FREE, FREE, END, 0])
            if isinstance(content, dict):
                entries[index][1] = 1
                add(index, content)
            elif content:
                entries[index][4] = (store if len(content) >= CUTOFF else store_mini)(content)
                entries[index][5] = len(content)
        for a, b in pairwise(made):
            entries[a][2] = b
        if made:
            entries[parent][3] = made[0]

    add(0, tree)
    if mini:
        entries[0][4], entries[0][5] = store(bytes(mini)), len(mini)
    mini_start = store(b"".join(struct.pack("<I", n) for n in minifat).ljust(SECTOR, b"\xff")) if minifat else END
    directory = b"".join(
        (name.encode("utf-16-le") + b"\0\0").ljust(64, b"\0")
        + struct.pack("<HBB3I", 2 * len(name) + 2, kind, 1, FREE, right, child)
        + bytes(36) + struct.pack("<IQ", start, size)
        for name, kind, right, child, start, size in entries
    )  # fmt: skip
    empty = bytes(64) + struct.pack("<HBB3I", 0, 0, 0, FREE, FREE, FREE) + bytes(48)
    directory += empty * (-len(directory) % SECTOR // 128)
    directory_start = store(directory)
    count = 1
    while (len(fat) + count) * 4 > count * SECTOR:
        count += 1
    first = len(sectors)
    fat += [FAT] * count
    table = b"".join(struct.pack("<I", n) for n in fat).ljust(count * SECTOR, b"\xff")
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
        + struct.pack("<9I", 0, count, directory_start, 0, CUTOFF, mini_start, -(-len(minifat) * 4 // SECTOR), END, 0)
    )  # fmt: skip
    header += struct.pack("<109I", *range(first, first + count), *[FREE] * (109 - count))
    return header + b"".join(sectors) + table


def message(
    subject: str, text: str | bytes = "", page: bytes = b"", attachments: dict[str, bytes | Tree] | None = None
) -> Tree:
    """The tree of an Outlook message; an attachment that is a tree is a message itself."""

    def said(number: str, value: str | bytes) -> Tree:
        kind, content = ("001E", value) if isinstance(value, bytes) else ("001F", value.encode("utf-16-le"))
        return {f"__substg1.0_{number}{kind}": content} if content else {}

    tree: Tree = {"__properties_version1.0": bytes(32), "__nameid_version1.0": {}}
    tree |= said("0037", subject) | said("1000", text)
    if page:
        tree["__substg1.0_10130102"] = page
    for number, (name, content) in enumerate((attachments or {}).items()):
        held = {"__substg1.0_3701000D" if isinstance(content, dict) else "__substg1.0_37010102": content}
        tree[f"__attach_version1.0_#{number:08X}"] = {"__properties_version1.0": bytes(8), **said("3707", name), **held}
    return tree
