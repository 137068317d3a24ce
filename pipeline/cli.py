"""The command ``taizhang``. Imports nothing heavy: each verb imports what it needs when it runs."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from pipeline import __version__
from pipeline.errors import (
    EXIT_FAILURE,
    EXIT_FINISHED,
    EXIT_INTERRUPTED,
    EXIT_REJECTS,
    EXIT_USAGE,
    RunError,
)
from pipeline.verbs import backup, doctor, due, export, nightly, purge, restore, review, status, upgrade
from pipeline.verbs import evaluate as evaluate_verb

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)

_EXAMPLES = """例:

\b
  taizhang extract 来文/ --out 结果
  taizhang extract a.docx b.pdf --out 结果 --year 2021 --formats xlsx
  echo '{"id":1,"text":"8月底前完成投资1.2亿元"}' | taizhang parse
"""
_EXTRACT_HELP = """例:

\b
  taizhang extract 来文/ --out 结果
  taizhang extract a.docx b.pdf --out 结果 --year 2021
  taizhang extract 来文/ --out 结果 --formats csv,parquet --workers 4 --strict

从计划、总结、通知中提取数字、时限、责任单位,写成台账 ledger.xlsx 和各表。

退出码:0 完成(退件列在 rejects 表);1 意外失败;2 用法或设置有误;3 加 --strict 时有退件;
4 另一次运行正在写同一输出;130 被中断。选项也可写在环境变量 TAIZHANG_* 或 taizhang.toml 的 [extract] 里。
"""


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"taizhang {__version__}")
        raise typer.Exit


@app.callback(help=_EXAMPLES + "\n从中文计划、总结、通知中提取数字、时限和责任单位。")
def _main(
    version: Annotated[bool, typer.Option("--version", help="显示版本", callback=_version, is_eager=True)] = False,
) -> None:
    pass


@app.command(help=_EXTRACT_HELP, short_help="读材料,写出台账和各表")
def extract(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT…", help="文件、文件夹,或 s3://桶/文件夹 一类的地址")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="输出文件夹:不存在、空的或本程序写的")],
    year: Annotated[int | None, typer.Option(metavar="YYYY", help="文中没有年份时所用的年度")] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help="进程数,默认为处理器核数")] = None,
    engine: Annotated[str | None, typer.Option(metavar="NAME", help="local(本机,默认)或 ray(已有的 Ray 集群)")] = None,
    ray_address: Annotated[str | None, typer.Option(metavar="ADDR", help="Ray 集群的地址,默认 auto")] = None,
    timeout: Annotated[float | None, typer.Option(metavar="S", help="每份文件的时限(秒),默认 120")] = None,
    memory_mb: Annotated[int | None, typer.Option(metavar="MB", help="每个进程的内存上限,默认 2048")] = None,
    max_mb: Annotated[int | None, typer.Option(metavar="MB", help="单个文件的大小上限,默认 500")] = None,
    formats: Annotated[str | None, typer.Option(metavar="LIST", help="csv,parquet,xlsx 中的几种,默认全部")] = None,
    second_reader: Annotated[
        str | None, typer.Option(metavar="URL", help="OpenAI 接口的地址,由其模型二读(默认不用)")
    ] = None,
    second_model: Annotated[str | None, typer.Option(metavar="NAME", help="二读的模型")] = None,
    strict: Annotated[bool | None, typer.Option("--strict", help="有退件时退出码为 3")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="不显示进度和摘要")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="显示日志")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="摘要写成 JSON")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出要读的文件,不写任何东西")] = False,
) -> None:
    """Read documents, write all tables."""
    from dataclasses import asdict  # noqa: PLC0415

    from pipeline import config, forkserver, logs  # noqa: PLC0415

    logs.configure("extract", verbose)
    settings = config.load(
        {"year": year, "workers": workers, "engine": engine, "ray_address": ray_address, "timeout": timeout, "memory_mb": memory_mb, "max_mb": max_mb,
         "formats": formats, "strict": strict, "second_reader": second_reader, "second_model": second_model}
    )  # fmt: skip
    if settings.engine == "local" and settings.workers != 0 and not dry_run:
        forkserver.start()  # it loads while the rest is loaded here
    from pipeline import console, notice, run  # noqa: PLC0415

    found = run.collect(inputs, out)
    for link in found.links:
        notice.say(f"taizhang: 没有进入链接的文件夹 {link};如要读取,请把它写成输入")
    if dry_run:
        names = [i.source for i in found.items]
        typer.echo(json.dumps({"inputs": names}, ensure_ascii=False) if as_json else "\n".join(names))
        return
    with console.ProgressLine(quiet) as progress:
        summary = run.extract(found, out, settings, progress)
    if as_json:
        typer.echo(json.dumps(asdict(summary), ensure_ascii=False))
    elif not quiet:
        typer.echo(console.summary_text(summary))
    if settings.strict and summary.rejects:
        raise typer.Exit(EXIT_REJECTS)


@app.command(
    short_help="逐行读 JSON,写出其中的数量与时间",
    help="例:\n\n\b\n  taizhang parse < 问题.jsonl > 答案.jsonl\n\n逐行读 JSON {id,text,anchor},逐行写出其中的数量与时间。",
)
def parse() -> None:
    """JSON lines filter over the two parsers."""
    from pipeline import parse as filter_  # noqa: PLC0415

    filter_.run(sys.stdin.buffer, sys.stdout.buffer)


app.command(help=nightly.HELP, short_help="夜间运行:更新存储,写出各表和晨报")(nightly.nightly)
app.command(help=review.HELP, short_help="打开核对页面,对着原文逐行核对")(review.review)
app.command(help=export.HELP, short_help="把存储写成各表,可指定日期")(export.export)
app.command(help=due.HELP, short_help="近期到期的时限,可写日历文件")(due.due)
app.command(help=status.HELP, short_help="存储里有什么,最近几次夜间运行怎样")(status.status)
app.command(help=doctor.HELP, short_help="检查程序、存储和各项设置")(doctor.doctor)
app.command(help=backup.HELP, short_help="把存储和设置存成一个文件")(backup.backup)
app.command(help=restore.HELP, short_help="核对备份并恢复")(restore.restore)
app.command(help=upgrade.HELP, short_help="把存储升到本程序的结构,先做备份")(upgrade.upgrade)
app.command(help=purge.HELP, short_help="把一份材料清除干净")(purge.purge)
app.command(help=evaluate_verb.HELP, short_help="把结果与人工标注逐行对照")(evaluate_verb.evaluate)


def _fail(message: str, code: int) -> NoReturn:
    line = " ".join(message.split())
    if (log := sys.modules.get("pipeline.logs")) is not None and (error := sys.exception()) is not None:
        log.failed(error, line if isinstance(error, RunError | OSError) else "")
    sys.stderr.write(f"taizhang: {line.encode('utf-8', 'backslashreplace').decode()}\n")
    sys.exit(code)


def main(arguments: list[str] | None = None) -> None:
    """Entry point: run, then leave with the exit code; every failure is one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="backslashreplace")
    code: Any = EXIT_FINISHED
    try:
        code = app((sys.argv[1:] if arguments is None else arguments) or ["--help"], standalone_mode=False)
        sys.stdout.flush()
    except RunError as error:
        _fail(str(error), error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        code = EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_FINISHED)
    except OSError as error:
        _fail(_disk(error), EXIT_FAILURE)
    except Exception as error:
        if message := getattr(error, "format_message", None):  # what typer finds wrong with the arguments
            _fail(f"{message()}(用法见 taizhang --help)", EXIT_USAGE)
        _fail(f"意外失败:{type(error).__name__}: {error};请把这一行告知管理员", EXIT_FAILURE)
    if code == EXIT_INTERRUPTED:  # typer turns the interrupt itself into this code
        _fail("已中断;再次运行同一命令会接着做", EXIT_INTERRUPTED)
    sys.exit(code if isinstance(code, int) else EXIT_FINISHED)


def _disk(error: OSError) -> str:
    where = f"({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"磁盘空间不足{where};腾出空间后再次运行同一命令会接着做"
    return f"读写失败{where}:{error.strerror or error};请检查磁盘和权限后再运行"


if __name__ == "__main__":
    main()
