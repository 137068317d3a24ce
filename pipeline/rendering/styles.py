"""The cell styles of the ledger, numbered once for all: a row can be rendered before its workbook exists.

A style is (family, tone, number format, whether a new document begins). Its number is its place in the catalogue, the same
in every process that knows the same ``ledger.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.rendering.cells import NUMBER_FORMATS

Style = tuple[str, str, str, bool]
DATE, PERCENT, PLAIN = "yyyy-mm-dd", "0%", "0.00"
# Families of styles, with the number formats that each knows beside none.
_FAMILIES = {"text": (), "link": (), "center": (DATE, PERCENT, PLAIN), "right": (PLAIN, *NUMBER_FORMATS)}
# Kinds of columns in ledger.toml to their family.
FAMILY = {
    "text": "text", "flags": "text", "rich": "text", "link": "link",
    "center": "center", "date": "center", "percent": "center",
    "number": "right", "value": "right",
}  # fmt: skip


def catalogue(look: dict[str, Any]) -> dict[Style, int]:
    """Numbers of all styles; tones of one colour share theirs. 0 is Excel's own plain style."""
    numbers: dict[tuple[str, str, str, bool], int] = {}
    return {s: numbers.setdefault((s[0], look["tones"].get(s[1], ""), *s[2:]), len(numbers) + 1) for s in _styles(look)}


def _styles(look: dict[str, Any]) -> Iterator[Style]:
    for family, formats in _FAMILIES.items():
        for numbers in ("", *formats):
            for tone in ("", *look["tones"]):
                yield family, tone, numbers, False
                yield family, tone, numbers, True


def register(book: Any, look: dict[str, Any], locked: bool = True) -> None:
    """Give a new workbook of XlsxWriter the styles of the catalogue under their numbers; ``locked``: whether their cells
    are, where the sheet is protected.

    Raises RuntimeError where the library numbers them otherwise, so that no cell is ever shown in another's style.
    """
    for style, number in catalogue(look).items():
        given = book.add_format(_properties(style, look) | ({} if locked else {"locked": False}))._get_xf_index()
        if given != number:
            raise RuntimeError(f"style {style} has number {given} instead of {number}")


def _properties(style: Style, look: dict[str, Any]) -> dict[str, Any]:
    family, tone, numbers, first = style
    design = look["style"]
    wanted: dict[str, Any] = {
        "font_name": design["font"], "font_size": design["size"], "valign": "vcenter", "text_wrap": True,
        "border": 1, "border_color": design["line"],
    }  # fmt: skip
    if family == "center":
        wanted["align"] = "center"
    elif family == "right":
        wanted["align"] = "right"
        wanted["text_wrap"] = False
    elif family == "link":
        wanted |= {"font_color": "#0563C1", "underline": 1}
    if numbers:
        wanted["num_format"] = numbers
    if tone:
        wanted["bg_color"] = look["tones"][tone]
    if first:  # a new source document begins
        wanted |= {"top": 2, "top_color": design["header_fill"]}
    return wanted
