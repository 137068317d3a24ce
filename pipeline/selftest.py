"""A small document that comes with the program, read and compared: does this installation work?"""

from __future__ import annotations

import json
from importlib.resources import files

TEXT, EXPECTED = "plan.txt", "expected.json"


def run() -> list[str]:
    """Read the sample; what is not as expected, one line each. Never raises: a broken installation is the finding."""
    try:
        folder = files("pipeline.sample")
        expected = json.loads(folder.joinpath(EXPECTED).read_text("utf-8"))
        found = rows(folder.joinpath(TEXT).read_bytes())
    except Exception as error:
        return [f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"]
    return [
        f"{table}:应有 {len(expected[table])} 行,读出 {len(found[table])} 行,不同 {_differences(expected[table], found[table])} 行"
        for table in expected
        if found[table] != expected[table]
    ]


def _differences(expected: list[dict[str, str]], found: list[dict[str, str]]) -> int:
    return sum(row not in found for row in expected) + sum(row not in expected for row in found)


_TOLD = {
    "figures": ("quote", "value_low", "unit", "status"), "deadlines": ("quote", "due_end"), "units": ("name", "role"),
    "tasks": ("lead_units", "responsible_units"),
}  # fmt: skip


def rows(data: bytes) -> dict[str, list[dict[str, str]]]:
    """What is compared of the rows of a document: the columns that people look at."""
    import extractors  # noqa: PLC0415 (heavy)
    from pipeline.decimals import plain  # noqa: PLC0415

    found = extractors.extract(extractors.read(data, TEXT), extractors.Options())
    return {
        table: [
            {c: plain(v) if hasattr(v := getattr(row, c), "as_tuple") else str(v) for c in columns}
            for row in found.rows[table]
        ]
        for table, columns in _TOLD.items()
    }
