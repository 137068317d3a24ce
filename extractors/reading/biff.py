"""What calamine does not tell of an .xls: number formats of cells and what is hidden (MS-XLS, records of BIFF5 and BIFF8)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from extractors.reading.numberformat import BUILT_IN

FORMAT, XF, BOUNDSHEET, BOF, EOF = 0x041E, 0x00E0, 0x0085, 0x0809, 0x000A
NUMBER, RK, MULRK, FORMULA, ROW, COLINFO = 0x0203, 0x027E, 0x00BD, 0x0006, 0x0208, 0x007D
BIFF8 = 0x0600
MAX_STYLED = 5_000_000


@dataclass(slots=True)
class Sheet:
    """Of one sheet: number format code by (row, column), 0-based; hidden rows and columns; whether it is hidden."""

    hidden: bool = False
    codes: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


def sheets(data: bytes) -> list[Sheet]:
    """Sheets in the order of the workbook; empty where the stream cannot be followed."""
    import olefile  # noqa: PLC0415

    with olefile.OleFileIO(BytesIO(data)) as container:
        name = "Workbook" if container.exists("Workbook") else "Book"
        stream = container.openstream(name).read()
    formats: dict[int, str] = {}
    styles: list[int] = []
    found: list[tuple[int, Sheet]] = []
    wide = True
    for kind, body in _records(stream, 0):
        if kind == BOF:
            wide = len(body) >= 2 and struct.unpack_from("<H", body)[0] == BIFF8
        elif kind == FORMAT and len(body) > 3:
            formats[struct.unpack_from("<H", body)[0]] = _string(body, wide)
        elif kind == XF and len(body) >= 4:
            styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == BOUNDSHEET and len(body) >= 6:
            position, state, sheet_type = struct.unpack_from("<IBB", body)
            if sheet_type == 0:
                found.append((position, Sheet(hidden=state & 3 != 0)))
    codes = [formats.get(number, BUILT_IN.get(number, "")) for number in styles]
    for position, sheet in found:
        _fill(sheet, stream, position, codes)
    return [sheet for _, sheet in found]


def _records(stream: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    """(type, body) of the records of one substream, its end record not included."""
    while position + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, position)
        if kind == EOF:
            return
        yield kind, stream[position + 4 : position + 4 + size]
        position += 4 + size


def _string(body: bytes, wide: bool) -> str:
    if not wide:
        return body[3 : 3 + body[2]].decode("gb18030", "replace")
    count, flags = struct.unpack_from("<HB", body, 2) if len(body) >= 5 else (0, 0)
    return (
        body[5 : 5 + 2 * count].decode("utf-16-le", "replace") if flags & 1 else body[5 : 5 + count].decode("latin-1")
    )


def _fill(sheet: Sheet, stream: bytes, position: int, codes: list[str]) -> None:
    def style(row: int, column: int, index: int) -> None:
        if index < len(codes) and codes[index] and len(sheet.codes) < MAX_STYLED:
            sheet.codes[row, column] = codes[index]

    for kind, body in _records(stream, position):
        if kind in {NUMBER, RK, FORMULA} and len(body) >= 6:
            style(*struct.unpack_from("<HHH", body))
        elif kind == MULRK and len(body) >= 6:
            row, column = struct.unpack_from("<HH", body)
            for offset in range(4, len(body) - 5, 6):
                style(row, column + (offset - 4) // 6, struct.unpack_from("<H", body, offset)[0])
        elif kind == ROW and len(body) >= 16:
            if struct.unpack_from("<H", body, 12)[0] & 0x20:  # fDyZero
                sheet.hidden_rows.add(struct.unpack_from("<H", body)[0])
        elif kind == COLINFO and len(body) >= 10 and struct.unpack_from("<H", body, 8)[0] & 1:
            sheet.hidden_columns.append(struct.unpack_from("<HH", body))
