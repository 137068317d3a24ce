"""``taizhang export --gold``: reviewed documents as gold, and how far analysts agree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

_TABLES = {"figures": "数字", "deadlines": "时限", "units": "单位"}


def write(store: str | None, config: Path | None, folder: Path, as_json: bool, quiet: bool) -> None:
    """Write the folder and say what is in it. Raises UsageError."""
    from pipeline import notice  # noqa: PLC0415
    from pipeline.evaluation import goldfiles  # noqa: PLC0415
    from pipeline.verbs.opening import opened  # noqa: PLC0415

    with opened(store, config).reader() as connection:
        found = goldfiles.write(connection, folder)
    told = [a.as_dict() for a in found.agreements]
    if as_json:
        summary = {"documents": found.documents, "rows": found.rows, "waiting": found.waiting, "agreement": told}
        typer.echo(json.dumps(summary, ensure_ascii=False))
        return
    for source, left in sorted(found.waiting.items()):
        notice.say(f"taizhang: {source} 还有 {left} 行没有看过,没有写进标注")
    if not quiet:
        typer.echo(f"标注 {found.documents} 份材料、{found.rows} 行,在 {folder}")
        for line in map(_line, told):
            typer.echo(line)


def _line(a: dict[str, Any]) -> str:
    spans = ",".join(
        f"{word} F1 {a['spans'][t]['overlapping']:.3f}(完全一致 {a['spans'][t]['exact']:.3f})"
        for t, word in _TABLES.items()
    )
    alike = ",".join(f"{name} {share:.3f}" for t in _TABLES for name, share in a["accuracy"][t].items())
    return f"{a['source']} {'与'.join(a['analysts'])},共同判过 {a['rows']} 行:{spans};各项一致:{alike or '无'}"
