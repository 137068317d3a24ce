"""``taizhang evaluate``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

HELP = """例:

\b
  taizhang evaluate corpora/gold/dev
  taizhang evaluate corpora/gold/dev 结果/ --page 差错.html
  taizhang evaluate corpora/gold/dev 新结果/ --compare 旧结果/

把结果与人工标注逐行对照:各表的准确率、召回率和 F1,各项的对错,把握是否可信。
不给 OUTPUT 时先读标注所指的文件。

退出码:0 完成;1 意外失败;2 用法有误;130 被中断。
"""


def evaluate(
    gold_dir: Annotated[Path, typer.Argument(metavar="GOLD_DIR", help="标注所在的文件夹")],
    output: Annotated[Path | None, typer.Argument(metavar="OUTPUT", help="taizhang extract 的结果文件夹")] = None,
    sources: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="标注所指的文件所在的文件夹,可给几次")
    ] = None,
    page: Annotated[Path | None, typer.Option(metavar="FILE", help="写一页差错对照(HTML)")] = None,
    compare: Annotated[Path | None, typer.Option(metavar="DIR", help="与另一个结果文件夹比较,看哪些行变好变坏")] = None,
    only: Annotated[str, typer.Option(metavar="NAME", help="只看名字里有这几个字的标注")] = "",
    workers: Annotated[int | None, typer.Option(metavar="N", help="不给 OUTPUT 时用几个进程")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="写成 JSON")] = False,
) -> None:
    """Measure a run against gold."""
    from contextlib import ExitStack  # noqa: PLC0415

    from pipeline import notice  # noqa: PLC0415
    from pipeline.evaluation import gold as gold_of  # noqa: PLC0415
    from pipeline.evaluation import words  # noqa: PLC0415
    from pipeline.evaluation.comparison import compared  # noqa: PLC0415
    from pipeline.evaluation.evaluation import evaluate as measure  # noqa: PLC0415
    from pipeline.evaluation.evaluation import extracted  # noqa: PLC0415
    from pipeline.evaluation.page import html  # noqa: PLC0415

    gold = gold_of.read(gold_dir, only)
    with ExitStack() as stack:
        out = output or extracted(gold, sources or [], workers, stack)
        found = measure(gold, out)
        report = found.as_dict()
        changes = compared(measure(gold, compare), found) if compare else None
        if changes is not None:
            report["compared"] = changes.as_dict()
        if page:
            page.write_text(html(found, report, out, changes), "utf-8", newline="\n")
    for name in found.unread:
        notice.say(f"taizhang: 结果里没有标注所指的文件 {name},它的标注都算漏")
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False, indent=1))
        return
    typer.echo(words.text(report))
    if changes is not None:
        typer.echo(words.changes(changes))
    if page:
        typer.echo(f"差错对照 {page}")
