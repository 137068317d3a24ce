"""``taizhang status``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

HELP = """例:

\b
  taizhang status --config taizhang.toml
  taizhang status --store sqlite:///台账.db --json

存储里有什么,最近几次夜间运行怎样。
"""


def status(
    store: Annotated[str | None, typer.Option("--store", metavar="URL", help="存储的地址")] = None,
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="设置文件,里面有存储的地址")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="写成 JSON")] = False,
) -> None:
    """Say how the store stands."""
    from pipeline.report.build import headline  # noqa: PLC0415
    from pipeline.report.data import from_dict  # noqa: PLC0415
    from pipeline.store import census  # noqa: PLC0415
    from pipeline.verbs.opening import opened  # noqa: PLC0415

    kept = opened(store, config)
    with kept.reader() as connection:
        found = census.take(connection)
    if as_json:
        typer.echo(json.dumps({"store": kept.name} | found.as_dict(), ensure_ascii=False))
        return
    typer.echo(f"存储 {kept.name}")
    typer.echo(
        f"  收件箱文件 {found.inputs} 个,历史版本 {found.versions} 个,读出材料 {found.documents} 份,退件 {found.rejects} 份"
    )
    typer.echo(f"  审核意见 {found.decisions} 条,其中找不到位置的 {found.lost} 条;待定的版本 {found.proposals} 对")
    if not found.runs:
        typer.echo("  还没有夜间运行")
    for run in found.runs:
        typer.echo(
            f"  第 {run.number} 次 {run.started.replace('T', ' ')}  {headline(from_dict(json.loads(run.report)))}"
        )
