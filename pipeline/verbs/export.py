"""``taizhang export``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

HELP = """例:

\b
  taizhang export --store sqlite:///台账.db --out 结果
  taizhang export --store sqlite:///台账.db --out 年中 --as-of 2026-06-30
  taizhang export --store sqlite:///台账.db --gold 标注

把存储里的材料写成与 taizhang extract 相同的各表;--as-of 写出某一天结束时的样子。
--gold 把已核对完的材料写成标注,供 taizhang evaluate 用,并列出两个人核对同一份材料时有多一致。
"""


def export(
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="输出文件夹:不存在、空的或本程序写的")
    ] = None,
    store: Annotated[str | None, typer.Option("--store", metavar="URL", help="存储的地址")] = None,
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="设置文件,里面有存储的地址")] = None,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="写出这一天结束时的样子")] = None,
    formats: Annotated[str | None, typer.Option(metavar="LIST", help="csv,parquet,xlsx 中的几种,默认全部")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="摘要写成 JSON")] = False,
    gold: Annotated[
        Path | None, typer.Option(metavar="DIR", help="把已核对完的材料写成标注,放在这个新的文件夹")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="不显示摘要")] = False,
) -> None:
    """Write the tables of the store, or its reviewed documents as gold."""
    if gold is not None:
        from pipeline.verbs.gold import write  # noqa: PLC0415

        write(store, config, gold, as_json, quiet)
        if out is None:
            return
    elif out is None:
        from pipeline.errors import UsageError  # noqa: PLC0415

        raise UsageError("没有说写到哪里:加 --out 文件夹,或 --gold 文件夹")
    from dataclasses import asdict  # noqa: PLC0415

    from pipeline import config as settings_of  # noqa: PLC0415
    from pipeline import console, stored  # noqa: PLC0415
    from pipeline.clock import clock_of  # noqa: PLC0415
    from pipeline.verbs.opening import opened  # noqa: PLC0415

    day = clock_of(as_of).as_of
    settings = settings_of.load(
        {"formats": formats},
        folder=config.resolve().parent if config else None,
        file=config.name if config else settings_of.PROJECT_FILE,
    )
    summary = stored.export(opened(store, config), out, settings, day.isoformat() if day else "")
    if as_json:
        typer.echo(json.dumps(asdict(summary), ensure_ascii=False))
    elif not quiet:
        typer.echo(console.summary_text(summary))
