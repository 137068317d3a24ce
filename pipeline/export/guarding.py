"""What keeps a sheet whole while people work in it: only the cells meant for it take input.

The sheet is protected without a password: columns cannot be put in, taken out or moved, and headers stay. The cells
themselves are not locked, since Excel refuses to sort a range that holds a locked cell; where nothing is to be changed, a
validation that nothing meets refuses what is typed. What gets past it is found when the ledger is taken back.
"""

from __future__ import annotations

from typing import Any

from pipeline.rendering.ledger import changeable

_ALLOWED = ("sort", "autofilter", "format_cells", "format_columns", "format_rows", "select_locked_cells")
_REFUSED = {
    "validate": "custom", "value": "=FALSE", "error_title": "这一列不能改",
    "error_message": "绿色表头的列可以改,其余的来自原文。按 Esc 恢复。",
}  # fmt: skip


def guard(sheet: Any, columns: list[dict[str, Any]], look: dict[str, Any], last: int) -> None:
    """Protect a worksheet of XlsxWriter whose rows go down to ``last``, and say what its cells take."""
    for at, column in enumerate(columns):
        if (rule := _rule(column, look)) is not None:
            sheet.data_validation(1, at, last, at, rule)
    sheet.protect("", dict.fromkeys(_ALLOWED, True))


def _rule(column: dict[str, Any], look: dict[str, Any]) -> dict[str, Any] | None:
    if not changeable(column):
        return _REFUSED
    words = [w for w in look["words"].get(column.get("choice"), {}).values() if w]
    if words:
        return {
            "validate": "list", "source": words, "error_title": column["header"],
            "error_message": f"请从 {'、'.join(words)} 中选,或留空。",
        }  # fmt: skip
    return None
