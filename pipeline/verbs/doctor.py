"""``taizhang doctor``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import EXIT_FAILURE

HELP = """例:

\b
  taizhang doctor
  taizhang doctor --config taizhang.toml --json

检查程序(连同一份内置样例的自检)、可选部件、字体、存储、各文件夹的权限和空间、名录和邮件设置,说明每一项怎么办,
并列出每个设置的值和来源。有一项不行时退出码为 1。
"""
_SIGNS = {"ok": "好  ", "warn": "注意", "fail": "不行"}


def doctor(
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="设置文件")] = None,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="当作这一天检查")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="写成 JSON")] = False,
) -> None:
    """Examine."""
    from dataclasses import asdict  # noqa: PLC0415

    from pipeline import doctor as examination  # noqa: PLC0415
    from pipeline.clock import clock_of  # noqa: PLC0415
    from pipeline.verbs.opening import config_of, settings_of  # noqa: PLC0415

    config = config_of(config)
    answers = list(examination.examine(settings_of(config), config, clock_of(as_of).today()))
    settings = list(examination.origins(config))
    if as_json:
        named = [{"name": n, "value": v, "origin": o} for n, v, o in settings]
        typer.echo(json.dumps({"checks": [asdict(a) for a in answers], "settings": named}, ensure_ascii=False))
    else:
        for answer in answers:
            typer.echo(f"{_SIGNS[answer.state]} {answer.what}:{answer.detail}")
        for name, value, origin in settings:
            typer.echo(f"     {name} = {value}({origin})")
    if any(a.state == "fail" for a in answers):
        raise typer.Exit(EXIT_FAILURE)
