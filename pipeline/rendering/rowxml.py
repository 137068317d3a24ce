"""Rows of a ledger sheet as SpreadsheetML, without their numbers: rendered once, wherever their document is, and joined later.

A row has no ``r``, and neither have its cells: both are optional (ECMA-376, 18.3.1.73 and 18.3.1.4), and a row that does not
say where it stands can stand anywhere. Its ordinal is a mark that :func:`numbered` replaces. XlsxWriter, which makes the
workbook around the rows, took five times as long for the cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any

from pipeline.rendering.cells import CUT, Link, Rich, Toned, clean, number_format, width
from pipeline.rendering.styles import DATE, FAMILY, PERCENT, PLAIN, catalogue

ORDINAL = object()  # the value of a cell that holds the row's number in the sheet
_MARK = "\x01"  # cannot stand in XML, so no text holds it
_ROW_END = "</row>"
_STRING, _CLOSE = 't="inlineStr"><is>', "</is></c>"
_LINE_POINTS = 14.5
_MAX_LINES = 14
_EPOCH = date(1899, 12, 30).toordinal()
_FIRST_DAY = date(1900, 3, 1)  # before it Excel's calendar has a day that never was
_EXACT_DIGITS = 15  # Excel keeps no more of a number
_LONGEST_NAME = 240  # a text in a formula ends at 255
_FORMULA = re.compile('<c s="([0-9]+)" t="str"><f>[^<]*</f><v>([^<]*)</v></c>')
_ESCAPED = re.compile("_x[0-9a-fA-F]{4}_")  # what Excel would read as an escape of its own


@dataclass(slots=True)
class Block:
    """Rendered rows: how many, their XML, and a bit for each column that is filled in any of them."""

    count: int = 0
    xml: str = ""
    filled: int = 0

    def __iadd__(self, other: Block) -> Block:
        self.count += other.count
        self.xml += other.xml
        self.filled |= other.filled
        return self


class Renderer:
    """Renders rows of one sheet; ``layout`` is its part of ``ledger.toml``, ``look`` the whole."""

    def __init__(self, layout: dict[str, Any], look: dict[str, Any]) -> None:
        columns = layout["columns"]
        self._families = [FAMILY[c.get("kind", "text")] for c in columns]
        self._formats = [{"date": DATE, "percent": PERCENT}.get(c.get("kind", ""), "") for c in columns]
        # Folded columns do not widen a row.
        self._rooms = [0.0 if c.get("group") else max(1.0, c["width"] - 1) for c in columns]
        self._style = catalogue(look)
        # What most cells are, made once: empty ones, and what stands before and after a plain text.
        self._empty = {
            f: [f'<c s="{self._number(at, "", "", f)}"/>' for at in range(len(columns))] for f in (False, True)
        }
        self._open = {
            f: [f'<c s="{self._number(at, "", "", f)}" {_STRING}' for at in range(len(columns))] for f in (False, True)
        }
        design = look["style"]
        size = f'<sz val="{design["size"]}"/>'
        name = f'<rFont val="{_escaped(design["font"])}"/><family val="2"/>'
        colour = f'<color rgb="FF{design["hit"].lstrip("#")}"/>'
        self._normal = f"<rPr>{size}{name}</rPr>"
        self._bold = f"<rPr><b/>{size}{colour}{name}</rPr>"

    def block(self, rows: Iterable[Sequence[Any]], first: bool = False) -> Block:
        """Rows of values in the order of the columns; with ``first`` a line is drawn above the first of them."""
        rendered: list[str] = []
        filled = 0
        for values in rows:
            xml, bits = self._row(values, first and not rendered)
            rendered.append(xml)
            filled |= bits
        return Block(len(rendered), "".join(rendered), filled)

    def _row(self, values: Sequence[Any], first: bool) -> tuple[str, int]:
        empty, opened = self._empty[first], self._open[first]
        lines, filled = 1.0, 0
        cells = []
        for at, value in enumerate(values):
            shown, tone = (value.value, value.tone) if type(value) is Toned else (value, "")
            if shown is None or shown == "":
                cells.append(f'<c s="{self._number(at, tone, "", first)}"/>' if tone else empty[at])
                continue
            filled |= 1 << at
            text = shown if type(shown) is str else _words(shown)
            # A character is two columns wide at most: short texts need no measuring.
            if (room := self._rooms[at]) and 2 * len(text) > lines * room:
                lines = max(lines, sum(ceil(width(part) / room) or 1 for part in text[:2000].split("\n")))
            if text is shown and not tone:
                cells.append(f"{opened[at]}{_t(clean(text))}{_CLOSE}")
            else:
                cells.append(self._cell(at, shown, tone, first))
        height = min(lines, _MAX_LINES) * _LINE_POINTS + 6
        return f'<row ht="{height:g}" customHeight="1">{"".join(cells)}{_ROW_END}', filled

    def _number(self, at: int, tone: str, numbers: str, first: bool) -> int:
        family = self._families[at]
        return self._style["text" if family == "link" else family, tone, numbers, first]

    def _cell(self, at: int, value: Any, tone: str, first: bool) -> str:
        if isinstance(value, str):
            return _text(self._number(at, tone, "", first), clean(value))
        if isinstance(value, Rich):
            return self._rich(value, self._style["text", tone, "", first])
        if isinstance(value, Link):
            return self._link(value, first)
        if value is ORDINAL:
            return f'<c s="{self._number(at, tone, "", first)}"><v>{_MARK}</v></c>'
        if isinstance(value, date):
            if value < _FIRST_DAY:
                return _text(self._number(at, tone, "", first), value.isoformat())
            return f'<c s="{self._style["center", tone, DATE, first]}"><v>{value.toordinal() - _EPOCH}</v></c>'
        if isinstance(value, tuple):  # a decimal with its unit
            number, unit = value
            if len(number.as_tuple().digits) <= _EXACT_DIGITS and number.is_finite() and abs(number) < Decimal("1e300"):
                style = self._style["right", tone, number_format(number, unit), first]
                return f'<c s="{style}"><v>{float(number):.16G}</v></c>'
            return _text(self._number(at, tone, "", first), clean(format(number, "f")))
        numbers = self._formats[at] or (PLAIN if isinstance(value, float) else "")
        return f'<c s="{self._number(at, tone, numbers, first)}"><v>{value:.16G}</v></c>'

    def _link(self, link: Link, first: bool) -> str:
        name = clean(link.name)
        if not link.target:
            return _text(self._style["text", "", "", first], name)
        shown = name[:_LONGEST_NAME]
        quoted = shown.replace('"', '""')
        formula = _escaped(f'HYPERLINK("{link.target}","{quoted}")')
        return f'<c s="{self._style["link", "", "", first]}" t="str"><f>{formula}</f><v>{_escaped(shown)}</v></c>'

    def _rich(self, rich: Rich, style: int) -> str:
        text = clean(rich.text)
        room = len(text) if len(text) == len(rich.text) else len(text) - len(CUT)
        runs: list[tuple[str, str]] = []
        end = 0
        for start, stop in rich.hits:
            if end <= start < stop <= room:
                if start > end:
                    runs.append((self._normal, text[end:start]))
                runs.append((self._bold, text[start:stop]))
                end = stop
        if end == 0:
            return _text(style, text)
        if text[end:]:
            runs.append((self._normal, text[end:]))
        shown = "".join(f"<r>{font}{_t(part)}</r>" for font, part in runs)
        return f'<c s="{style}" {_STRING}{shown}{_CLOSE}'


def _words(value: Any) -> str:
    """What of a value makes its row higher."""
    return value.text if type(value) is Rich else value.name if type(value) is Link else ""


def _text(style: int, text: str) -> str:
    return f'<c s="{style}" {_STRING}{_t(text)}{_CLOSE}'


def _t(text: str) -> str:
    space = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
    return f"<t{space}>{_escaped(text)}</t>"


def _escaped(text: str) -> str:
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "_x" in text:
        text = _ESCAPED.sub(lambda m: "_x005F" + m.group(), text)
    return text.replace("\r", "_x000D_") if "\r" in text else text


def numbered(xml: str, first: int) -> str:
    """Rendered rows with their ordinals, counted from ``first``."""
    pieces = xml.split(_MARK)
    for at in range(1, len(pieces)):
        pieces[at] = str(first + at - 1) + pieces[at]
    return "".join(pieces)


def unlinked(xml: str, look: dict[str, Any]) -> str:
    """Rendered rows with plain names instead of links: nothing but a link is a formula."""
    style = catalogue(look)
    plain = {str(n): str(style["text", *s[1:]]) for s, n in style.items() if s[0] == "link"}
    return _FORMULA.sub(lambda m: f'<c s="{plain[m[1]]}" t="inlineStr"><is><t>{m[2]}</t></is></c>', xml)


def split(xml: str, count: int) -> tuple[str, str]:
    """The first ``count`` rendered rows, and the rest."""
    at = 0
    for _ in range(count):
        at = xml.index(_ROW_END, at) + len(_ROW_END)
    return xml[:at], xml[at:]
