"""``taizhang restore``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

_SHOWN = 5  # files named that were left alone
HELP = """例:

\b
  taizhang restore 台账.tzbak --check
  taizhang restore 台账.tzbak --config taizhang.toml
  taizhang restore 台账.tzbak --store postgresql://taizhang@localhost/taizhang

先核对备份里每个文件的校验和,有一处不对就什么都不动;再把存储一次恢复好。SQLite 的备份可以恢复到 PostgreSQL,反过来也行。
没有设置文件时一并恢复,有的不动。存储里已有内容时不覆盖,除非加 --replace。
"""


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="备份文件")],
    store: Annotated[str | None, typer.Option("--store", metavar="URL", help="恢复到这个存储")] = None,
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="设置文件;没有时从备份里恢复")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="用备份取代存储里已有的内容")] = False,
    check: Annotated[bool, typer.Option("--check", help="只核对备份,不恢复")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="结果写成 JSON")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="不显示结果")] = False,
) -> None:
    """Put a backup back."""
    from dataclasses import asdict  # noqa: PLC0415

    from pipeline import notice  # noqa: PLC0415
    from pipeline.store.migrate import HEAD  # noqa: PLC0415
    from pipeline.upkeep import restore as restoring  # noqa: PLC0415
    from pipeline.upkeep.archive import Reader  # noqa: PLC0415
    from pipeline.verbs.opening import config_of  # noqa: PLC0415

    backup = Reader(file)
    if check:
        noted = backup.manifest
        found = {
            "file": str(file),
            "created": noted["created"],
            "version": noted["version"],
            "revision": noted["revision"],
        }
        said = f"备份完好:{noted['created']},程序 {noted['version']},存储结构 {noted['revision']}"
        if not quiet:
            typer.echo(json.dumps(found, ensure_ascii=False) if as_json else said)
        return
    done = restoring.restore(backup, store, config_of(config), replace, 30.0)
    if done.returned:
        named = "、".join(done.returned[:_SHOWN]) + ("等" if len(done.returned) > _SHOWN else "")
        notice.say(
            f"taizhang: 备份里有 {len(done.returned)} 份已清除的材料,又回到了存储里:{named};请再运行 taizhang purge 清除"
        )
    if as_json:
        typer.echo(json.dumps(asdict(done), ensure_ascii=False))
        return
    if quiet:
        return
    older = "" if done.revision == HEAD else f",结构 {done.revision},下次运行时升到 {HEAD}"
    typer.echo(f"已恢复到 {done.store}:{sum(done.rows.values()):,} 行,是 {done.created} 的备份{older}")
    for path in done.written:
        typer.echo(f"写出 {path}")
    if done.uploads:
        typer.echo(f"收件箱里恢复了 {done.uploads} 个文件")
    for path in done.kept[:_SHOWN]:
        typer.echo(f"已有 {path},没有动")
    if len(done.kept) > _SHOWN:
        typer.echo(f"另有 {len(done.kept) - _SHOWN} 个文件也已有,没有动")
