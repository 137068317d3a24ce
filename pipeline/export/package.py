"""What describes a run: ``datapackage.json`` (a Table Schema a CSV) and ``manifest.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from extractors.schema import TABLES, Column, columns

_TYPES = {"string": "string", "integer": "integer", "decimal": "number", "number": "number"}
_DOCUMENT_KEY = (["doc_id", "part"], "documents", ["doc_id", "part"])
_TASK_KEY = (["task_id"], "tasks", ["task_id"])
_FOREIGN_KEYS: dict[str, tuple[tuple[list[str], str, list[str]], ...]] = {
    "figures": (_DOCUMENT_KEY, _TASK_KEY),
    "deadlines": (_DOCUMENT_KEY, _TASK_KEY),
    "units": (_DOCUMENT_KEY, _TASK_KEY),
    "tasks": (_DOCUMENT_KEY,),
    "progress": (
        (["target_figure_id"], "figures", ["figure_id"]),
        (["actual_figure_id"], "figures", ["figure_id"]),
    ),
}


def _field(column: Column, key: tuple[str, ...]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": column.name,
        "title": column.header,
        "description": column.doc,
        "type": _TYPES[column.type],
    }
    constraints: dict[str, Any] = {}
    if column.name in key and len(key) == 1:
        constraints["required"] = True
    if words := [w for w in column.vocabulary if w]:
        constraints["enum"] = words
    if column.name == "confidence":
        constraints |= {"minimum": 0, "maximum": 1}
    return described | ({"constraints": constraints} if constraints else {})


def table_schema(table: str) -> dict[str, Any]:
    """The Frictionless Table Schema of a table."""
    key = TABLES[table].key
    schema: dict[str, Any] = {"fields": [_field(c, key) for c in columns(table)], "missingValues": [""]}
    if table != "progress":  # one half of its key may be empty (no_report)
        schema["primaryKey"] = list(key)
    if keys := _FOREIGN_KEYS.get(table):
        schema["foreignKeys"] = [
            {"fields": own, "reference": {"resource": other, "fields": theirs}} for own, other, theirs in keys
        ]
    return schema


def data_package() -> dict[str, Any]:
    """The Frictionless Data Package of a run's CSV files."""
    return {
        "name": "taizhang",
        "profile": "tabular-data-package",
        "resources": [
            {
                "name": table,
                "title": spec.sheet,
                "path": f"{table}.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8-sig",
                "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\r\n"},
                "schema": table_schema(table),
            }
            for table, spec in TABLES.items()
        ],
    }


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Readable JSON with a line end, the same bytes for the same content."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n")
