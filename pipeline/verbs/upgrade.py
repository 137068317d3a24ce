"""``taizhang upgrade``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

HELP = """例:

\b
  taizhang upgrade --config taizhang.toml
  taizhang upgrade --store sqlite:///台账.db --backup 升级前.tzbak

装好新版本的程序以后,把存储升到它的结构:先备份,再升级;升级在一个事务里,不成就和没升一样。
结果里写着退回去的命令。
"""


def upgrade(
    store: Annotated[str | None, typer.Option("--store", metavar="URL", help="存储的地址")] = None,
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="设置文件")] = None,
    backup: Annotated[
        Path | None, typer.Option("--backup", metavar="FILE", help="备份文件或放备份的文件夹,默认 [backup] 的 folder")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="结果写成 JSON")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="不显示结果")] = False,
) -> None:
    """Bring the store up to this program, with a backup first."""
    from dataclasses import asdict  # noqa: PLC0415
    from datetime import datetime  # noqa: PLC0415

    from pipeline.upkeep.upgrade import upgrade as bring_up  # noqa: PLC0415
    from pipeline.verbs.opening import backup_place, config_of, settings_of, url_of, wait_of  # noqa: PLC0415

    settings = settings_of(config)
    target = backup_place(backup, settings, "没有说升级前备份到哪里:加 --backup 文件 或 --config taizhang.toml")
    done = bring_up(url_of(store, config), settings, target, datetime.now(), wait_of(settings))
    where = f"--store '{store}'" if store else f"--config {config_of(config) or settings.file if settings else ''}"
    back = f"taizhang restore {done.backup} {where} --replace" if done.backup else ""
    if as_json:
        told = asdict(done) | {"backup": str(done.backup or ""), "back": back}
        typer.echo(json.dumps(told, ensure_ascii=False))
    elif done.backup is None:
        if not quiet:
            typer.echo(f"存储 {done.store} 已是结构 {done.after},不用升级")
    elif not quiet:
        typer.echo(f"存储 {done.store} 已从结构 {done.before} 升到 {done.after};升级前的备份 {done.backup}")
        typer.echo(f"要退回去:装回原来版本的程序,运行 {back}")
