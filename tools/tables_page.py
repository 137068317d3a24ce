"""Write docs/tables.md from extractors/schema.py, the one declaration of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from extractors.schema import QUALITY_FLAGS, REJECT_REASONS, TABLES, columns

PAGE = Path(__file__).parent.parent / "docs" / "tables.md"


def lines() -> Iterator[str]:
    """The page, line by line: each table with its columns, then the quality flags and the reason codes."""
    yield "# Tables"
    yield ""
    yield "Written by `make docs` from `extractors/schema.py`; do not edit. Offsets count code points of `texts/<doc_id>.txt`, half-open."
    for spec in TABLES.values():
        yield ""
        yield f"## {spec.name} ({spec.sheet})"
        yield ""
        yield f"Key: {', '.join(f'`{k}`' for k in spec.key)}."
        yield ""
        yield "| column | header | type | meaning | values |"
        yield "| --- | --- | --- | --- | --- |"
        for c in columns(spec.name):
            values = " ".join(f"`{v}`" if v else "empty" for v in c.vocabulary)
            yield f"| `{c.name}` | {c.header} | {c.type} | {c.doc} | {values} |".replace("|  |", "| |")
    yield ""
    yield "## Quality flags"
    yield ""
    yield "| flag | meaning |"
    yield "| --- | --- |"
    for flag, meaning in QUALITY_FLAGS.items():
        yield f"| `{flag}` | {meaning} |"
    yield ""
    yield "## Reason codes of rejects"
    yield ""
    yield "| code | meaning | advice |"
    yield "| --- | --- | --- |"
    for code, (meaning, advice) in REJECT_REASONS.items():
        yield f"| `{code}` | {meaning} | {advice} |"


def page() -> str:
    """The whole page as it should stand in docs/tables.md."""
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
