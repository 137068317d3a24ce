"""``taizhang backup``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

HELP = """例:

\b
  taizhang backup --config taizhang.toml
  taizhang backup /媒体/U盘 --config taizhang.toml
  taizhang backup 台账.tzbak --store sqlite:///台账.db

把存储(材料的文字、各表、审核意见)、设置、名录和网页上传的文件存成一个带校验和的文件。夜间运行和网页开着也能做。
FILE 是文件夹时按时间取名;不给时放到设置里 [backup] 的 folder,只留最新的 keep 份。
"""


def backup(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="备份文件,或放备份的文件夹")] = None,
    store: Annotated[str | None, typer.Option("--store", metavar="URL", help="存储的地址")] = None,
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="设置文件")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="结果写成 JSON")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="不显示结果")] = False,
) -> None:
    """Save everything in one file."""
    from dataclasses import asdict, replace  # noqa: PLC0415
    from datetime import datetime  # noqa: PLC0415

    from pipeline.upkeep import backup as saving  # noqa: PLC0415
    from pipeline.verbs.opening import backup_place, settings_of, url_of, wait_of  # noqa: PLC0415

    settings = settings_of(config)
    now = datetime.now()
    target = backup_place(file, settings, "没有说备份到哪里:写上文件名,或加 --config taizhang.toml")
    kept = saving.existing(url_of(store, config), wait_of(settings))
    saved = saving.save(kept, settings, saving.place(target, now), now)
    if file is None and settings is not None:
        saved = replace(saved, removed=saving.rotate(settings.backups, settings.keep_backups))
    if as_json:
        typer.echo(json.dumps(asdict(saved) | {"file": str(saved.file)}, ensure_ascii=False))
    elif not quiet:
        more = f";删去旧备份 {saved.removed} 份" if saved.removed else ""
        typer.echo(f"备份 {saved.file}:{sum(saved.rows.values()):,} 行,{max(1, saved.bytes >> 20)} MB{more}")
