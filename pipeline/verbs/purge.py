"""``taizhang purge``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

HELP = """例:

\b
  taizhang purge 收件箱/不该报的.docx --why 涉密误报 --config taizhang.toml
  taizhang purge 3f2a9c0d1e4b5a67 --why 涉密误报 --originals
  taizhang purge '来文.zip!附件/名单.xlsx' --why 含个人信息 --dry-run

把一份材料清除干净:它的各个版本、同样内容的副本、各表里的行、审核意见,从存储、结果文件夹、以往的晨报和日志里去掉。
只留下文件编号(内容的指纹)、时间、经手人和理由,以后不再收入。DOC 有几份时只列出来,什么都不做。
"""


def purge(
    doc: Annotated[str, typer.Argument(metavar="DOC", help="文件编号、路径或来源文件名")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="理由,会一直留着,不要写材料的内容")] = "",
    who: Annotated[str | None, typer.Option(metavar="NAME", help="经手人,默认为登录名")] = None,
    originals: Annotated[bool, typer.Option("--originals", help="收件箱里的原件也删去")] = False,
    lift: Annotated[bool, typer.Option("--lift", help="改为准许收入:DOC 是清除过的文件编号")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会清除什么,什么都不做")] = False,
    store: Annotated[str | None, typer.Option("--store", metavar="URL", help="存储的地址")] = None,
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="设置文件")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="结果写成 JSON")] = False,
) -> None:
    """Take a document out for good."""
    import getpass  # noqa: PLC0415
    from dataclasses import asdict  # noqa: PLC0415
    from datetime import datetime  # noqa: PLC0415

    from pipeline.errors import UsageError  # noqa: PLC0415
    from pipeline.store import tombstones  # noqa: PLC0415
    from pipeline.upkeep import purge as purging  # noqa: PLC0415
    from pipeline.verbs.opening import opened, settings_of, wait_of  # noqa: PLC0415

    settings = settings_of(config)
    kept = opened(store, config)
    if lift:
        if not kept.write(lambda connection: tombstones.lift(connection, doc)):
            raise UsageError(f"{doc} 不是清除过的文件编号")
        typer.echo(f"{doc} 可以再收入了,下一次夜间运行时生效")
        return
    try:
        if dry_run:
            scope = purging.look(kept, doc)
            names = sorted(scope.names) if scope else []
            typer.echo(json.dumps(names, ensure_ascii=False) if as_json else "\n".join(names) or f"没有 {doc}")
            return
        if not why.strip():
            raise UsageError("清除要写理由:加 --why")
        wait = wait_of(settings)
        done = purging.purge(
            kept, settings, doc, why.strip(), who or getpass.getuser(), datetime.now(), originals, wait
        )
    except purging.SeveralError as error:
        for match in error.matches:
            typer.echo(f"{match.source}\t{match.path}")
        raise
    if as_json:
        typer.echo(json.dumps(asdict(done), ensure_ascii=False))
        return
    typer.echo(f"已清除 {done.documents} 份(连同各版本和副本):{'、'.join(done.doc_ids) or '上次没有做完的部分'}")
    for label, names in (
        ("已删去原件", done.removed),
        ("原件还在,请自行处理", done.originals),
        ("这些材料文字相同或名下另有版本,没有动;如也要清除请再运行", done.others),
        ("此前的备份里还有它,请处理", done.backups),
    ):
        for name in names:
            typer.echo(f"{label}:{name}")
    typer.echo("另外导出、打印、寄出的和别处的拷贝,要由人收回" + ("" if done.output else ";结果文件夹没有改写"))
