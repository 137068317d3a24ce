"""``taizhang review``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

HELP = """例:

\b
  taizhang review --store sqlite:///台账.db
  taizhang review --config taizhang.toml --port 8321
  taizhang review --store sqlite:///台账.db --add-user 王敏 --role analyst
  taizhang review --store sqlite:///台账.db --host 0.0.0.0
  taizhang review --store sqlite:///台账.db --import 台账-已核.xlsx

打开核对页面:上传材料,对着原文逐行认可、修改、驳回、补录。默认只在本机打开,用打印出来的网址进入,不用密码;
要让别人也能用,先用 --add-user 建好用户,再用 --host 指定地址。--import 把在 Excel 里改过的台账收回存储,
有冲突的逐行列出,一行也不收,退出码为 2;加 --pass-over 则收下没有冲突的行。
"""


def review(
    store: Annotated[str | None, typer.Option("--store", metavar="URL", help="存储的地址,没有就新建")] = None,
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="设置文件,里面有存储的地址")] = None,
    host: Annotated[str, typer.Option(metavar="ADDR", help="在哪个地址上打开")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", help="端口,0 为任选一个空的", min=0, max=65535)] = 8321,
    inbox: Annotated[Path | None, typer.Option(metavar="DIR", help="上传的材料放在哪里,默认为第一个收件箱")] = None,
    add_user: Annotated[str | None, typer.Option(metavar="NAME", help="新建用户或重设密码,然后结束")] = None,
    role: Annotated[str, typer.Option(metavar="ROLE", help="viewer、analyst、reviewer 或 admin")] = "analyst",
    import_: Annotated[
        Path | None, typer.Option("--import", metavar="FILE", help="收回在 Excel 里改过的台账,然后结束")
    ] = None,
    who: Annotated[str | None, typer.Option(metavar="NAME", help="以谁的名义收回,默认为本机的用户名")] = None,
    pass_over: Annotated[bool, typer.Option("--pass-over", help="收回时略过有冲突的行")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="收回的结果写成 JSON")] = False,
) -> None:
    """Open the review page, or take a ledger back from Excel."""
    if import_ is not None:
        from pipeline.verbs.importing import take  # noqa: PLC0415
        from pipeline.verbs.opening import opened as existing  # noqa: PLC0415

        take(existing(store, config), import_, who, pass_over, as_json)
        return
    from pipeline.review import serving  # noqa: PLC0415
    from pipeline.store import open_store  # noqa: PLC0415
    from pipeline.verbs.opening import settings_of, url_of  # noqa: PLC0415

    opened = open_store(url_of(store, config), create=True, serving=True)
    if add_user is not None:
        if sys.stdin.isatty():
            password = typer.prompt("密码", hide_input=True, confirmation_prompt="再输一次", err=True)
        else:
            password = sys.stdin.readline().rstrip("\r\n")
        serving.add_user(opened, add_user, password, role)
        typer.echo(f"用户 {add_user} 已建好,角色 {role}")
        return
    settings = settings_of(config) if config is not None or store is None else None
    site = serving.site_for(opened, settings, host, inbox)
    serving.serve(site, host, port, typer.echo, settings.log if settings else None)
