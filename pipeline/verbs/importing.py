"""``taizhang review --import``: a ledger that people changed in Excel, into the store."""

from __future__ import annotations

import getpass
import json
from pathlib import Path

import typer

from pipeline.errors import EXIT_USAGE
from pipeline.store import Store


def take(store: Store, path: Path, who: str | None, pass_over: bool, as_json: bool) -> None:
    """Take the workbook over and say what came of it: conflicts one a line. Raises UsageError for a file that is no such
    ledger."""
    from pipeline import notice  # noqa: PLC0415
    from pipeline.clock import Clock  # noqa: PLC0415
    from pipeline.program import program_version  # noqa: PLC0415
    from pipeline.roundtrip import taking, workbook  # noqa: PLC0415

    lines, problems = workbook.read(path)
    now, name = Clock().stamp(), who or _user()
    taken = store.write(lambda c: taking.take(c, lines, problems, name, now, program_version(), pass_over))
    refused = bool(taken.problems) and not pass_over
    if as_json:
        told = {
            "rows": taken.rows, "decisions": taken.decisions, "follow_ups": taken.follow_ups,
            "conflicts": [{"place": p.place, "text": p.text} for p in taken.problems],
        }  # fmt: skip
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        for problem in taken.problems:
            notice.say(f"taizhang: {problem}")
        counts = f"审核意见 {taken.decisions} 条,督办记录 {taken.follow_ups} 条"
        if refused:
            typer.echo(f"有 {len(taken.problems)} 处冲突,一行也没有收;改好后再导入,或加 --pass-over 略过这些行")
        elif taken.problems:
            typer.echo(f"收回{counts};略过 {len(taken.problems)} 处冲突")
        else:
            typer.echo(
                f"收回{counts}" if taken.decisions or taken.follow_ups else f"读了 {taken.rows} 行,没有要收的改动"
            )
    if refused:
        raise typer.Exit(EXIT_USAGE)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return "本机用户"
