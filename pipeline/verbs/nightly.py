"""``taizhang nightly``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import EXIT_REJECTS

HELP = """例:

\b
  taizhang nightly --config taizhang.toml
  taizhang nightly --config taizhang.toml --quiet

夜间运行:读入收件箱里新到和改过的材料,更新存储,写出各表和晨报(report.html)。

退出码:0 完成;1 意外失败;2 设置有误;3 加 --strict 时今晚有退件;4 另一次运行还没有结束;130 被中断。
"""


def nightly(
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="设置文件")] = None,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="当作这一天运行,如 2026-01-31")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="今晚有退件时退出码为 3")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出新到和改过的文件,什么都不写")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="晨报写成 JSON 放到标准输出")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="不显示进度和摘要")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="显示日志")] = False,
) -> None:
    """Do one night."""
    from pipeline import console, logs, nightly_config, notice  # noqa: PLC0415
    from pipeline.clock import clock_of  # noqa: PLC0415
    from pipeline.config import PROJECT_FILE  # noqa: PLC0415
    from pipeline.nightly import night, pending  # noqa: PLC0415
    from pipeline.report.build import headline  # noqa: PLC0415
    from pipeline.report.mail import send  # noqa: PLC0415
    from pipeline.verbs.opening import config_of  # noqa: PLC0415

    settings = nightly_config.load(config_of(config) or Path(PROJECT_FILE))
    logs.configure("nightly", verbose, settings.log)
    clock = clock_of(as_of)
    if dry_run:
        for name in pending(settings):
            typer.echo(name)
        return
    with console.ProgressLine(quiet) as progress:
        report = night(settings, clock, progress)
    if as_json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    elif not quiet:
        typer.echo(f"{headline(report)}\n结果 {settings.out}")
    for box in report.missing_inboxes:
        notice.say(f"taizhang: 收件箱 {box} 里一个文件也没有,像是没有挂载;原有的材料暂时保留")
    if settings.mail is not None:
        send(report, settings.mail)
    if strict and report.counts.get("rejected"):
        raise typer.Exit(EXIT_REJECTS)
