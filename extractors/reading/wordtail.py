"""The table at the very end of a .doc, which LibreOffice reads as one paragraph.

Word always writes a paragraph after a table, other programs do not; without it LibreOffice drops the table and keeps its
text. The cell marks still stand in the text of the file (MS-DOC 2.4.1: pieces; 2.8.26: Clx), where every cell ends with
U+0007 and every row with one more.
"""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from io import BytesIO

from extractors.document import Table
from extractors.reading.assembly import Assembly, GridCell, Parsed, cell_text

MARK = "\x07"
MAX_TAIL = 200_000  # characters of a last table
FIELD = re.compile(r"\x13[^\x14\x15]*(?:\x14|(?=\x15))|[\x01-\x06\x08\x0e-\x1f]")  # field codes, drawings, signs


def mended(parsed: Parsed, data: bytes) -> Parsed:
    """``parsed``, what LibreOffice made of the .doc in ``data``, with its last table as a table."""
    start = parsed.text.rfind("\n") + 1
    rows = _rows(_tail(data))
    if not rows or _bare(parsed.text[start:]) != _bare("".join(cell for row in rows for cell in row)):
        return parsed
    assembly = Assembly()
    assembly.table(
        GridCell(r, c, text.replace("\r", "\n")) for r, row in enumerate(rows, 1) for c, text in enumerate(row, 1)
    )
    made = assembly.parsed()
    tables = [
        Table(
            len(parsed.tables) + 1, t.start + start, t.end + start,
            tuple(replace(c, start=c.start + start, end=c.end + start) for c in t.cells),
        )
        for t in made.tables
    ]  # fmt: skip
    return replace(parsed, text=parsed.text[:start] + made.text, tables=(*parsed.tables, *tables))


def _bare(text: str) -> str:
    return "".join(cell_text(text).split())


def _rows(tail: str) -> list[list[str]]:
    """Cells by row; empty unless the marks make rows of one length, two or more of each."""
    cells = FIELD.sub("", tail).split(MARK)[:-1]
    for wide in range(2, min(64, len(cells) // 2) + 1):
        if len(cells) % (wide + 1) == 0 and not any(cells[wide :: wide + 1]):
            return [cells[i : i + wide] for i in range(0, len(cells), wide + 1)]
    return []


def _tail(data: bytes) -> str:
    """The characters of the main text after its last paragraph mark, if cell marks stand there."""
    import olefile  # noqa: PLC0415

    try:
        with olefile.OleFileIO(BytesIO(data)) as container:
            word = container.openstream("WordDocument").read()
            flags = struct.unpack_from("<H", word, 0x0A)[0]
            table = container.openstream("1Table" if flags & 0x0200 else "0Table").read()
        length = struct.unpack_from("<I", word, 0x4C)[0]
        at, size = struct.unpack_from("<II", word, 0x01A2)
        text = _pieces(word, table[at : at + size])[:length]
    except (OSError, struct.error, IndexError, ValueError):
        return ""
    last = text.rstrip("\r\x0c")
    return last[last.rfind("\r", max(0, len(last) - MAX_TAIL)) + 1 :] if last.endswith(MARK) else ""


def _pieces(word: bytes, clx: bytes) -> str:
    """The text of the pieces of a file in order."""
    at = 0
    while clx[at] == 1:  # formatting of pieces
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    size = struct.unpack_from("<I", clx, at + 1)[0]
    at += 5
    count = (size - 4) // 12
    bounds = struct.unpack_from(f"<{count + 1}I", clx, at)
    out = []
    for i in range(count):
        place = struct.unpack_from("<I", clx, at + 4 * (count + 1) + 8 * i + 2)[0]
        chars = bounds[i + 1] - bounds[i]
        if place & 0x40000000:
            place = (place & 0x3FFFFFFF) // 2
            out.append(word[place : place + chars].decode("cp1252", "replace"))
        else:
            out.append(word[place : place + 2 * chars].decode("utf-16-le", "replace"))
    return "".join(out)
