"""``taizhang due``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

HELP = """例:

\b
  taizhang due --within 30d
  taizhang due --store sqlite:///台账.db --within 2w --as-of 2026-06-01
  taizhang due --within 90d --unit 县水务局 --ics 日历

列出近期到期的时限;--ics 另写日历文件(.ics),全部的一个、每个单位一个,可导入手机和邮件软件。
"""


def due(
    within: Annotated[str, typer.Option(metavar="LEN", help="多长时间之内,如 30d、4w、2m")] = "30d",
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="从这一天算起,默认今天")] = None,
    store: Annotated[str | None, typer.Option("--store", metavar="URL", help="存储的地址")] = None,
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="设置文件,里面有存储的地址")] = None,
    unit: Annotated[str | None, typer.Option(metavar="NAME", help="只列这个单位及其下级单位的")] = None,
    roster: Annotated[Path | None, typer.Option(metavar="FILE", help="单位名录,csv 或 xlsx")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="改为列出已逾期、督办和材料中都未见完成的")] = False,
    ics: Annotated[Path | None, typer.Option(metavar="DIR", help="把全部时限写成日历,放在这个文件夹")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="写成 JSON")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="不在标准错误上写说明")] = False,
) -> None:
    """List what falls due."""
    from dataclasses import asdict  # noqa: PLC0415
    from datetime import timedelta  # noqa: PLC0415

    from pipeline import due as reckoning  # noqa: PLC0415
    from pipeline import notice  # noqa: PLC0415
    from pipeline.clock import clock_of  # noqa: PLC0415
    from pipeline.errors import UsageError  # noqa: PLC0415
    from pipeline.report.build import PAST, line  # noqa: PLC0415
    from pipeline.store import followed  # noqa: PLC0415
    from pipeline.verbs.opening import opened, roster_of  # noqa: PLC0415

    clock = clock_of(as_of)
    try:
        length = reckoning.span(within)
    except ValueError as error:
        raise UsageError(f"选项 --within 的值 {within!r} 不对:{error}") from error
    names = roster_of(roster, config)
    today, day = clock.today(), clock.as_of.isoformat() if clock.as_of else ""
    first, last = (today - timedelta(days=PAST), today) if overdue else (today, today + length)
    with opened(store, config).reader() as connection:
        limits = [x for x in followed.limits(connection, day) if x.confidence >= 0.5]
    if unit:
        wanted = names.within(unit) if names else frozenset({unit})
        limits = [x for x in limits if wanted & {names.canonical(u) if names else u for u in x.units}]
    found, unknown = reckoning.falling(limits, first, last)
    if overdue:
        found = list(reckoning.overdue(found, today))
    lines = [line(d, names) for d in found if overdue or not d.done]
    if ics is not None:
        from pipeline.export import calendar  # noqa: PLC0415

        events, _ = calendar.write(ics, limits, names, today)
        if not quiet:
            notice.say(f"taizhang: {events} 个时限写成日历,在 {ics}")
    if as_json:
        listed = [
            {"deadline_id": x.deadline_id, "action": x.action, "quote": x.quote, "source": x.source} for x in unknown
        ]
        typer.echo(json.dumps({"due": [asdict(x) for x in lines], "unknown": listed}, ensure_ascii=False))
        return
    for x in lines:
        note = f"(此前最后一个工作日 {x.workday})" if x.workday else ""
        note += f"(原定 {x.planned})" if x.planned else ""
        told = (x.day + note, "、".join(x.units), x.action, x.quote, x.source, x.follow_up)
        typer.echo("\t".join(told if x.follow_up else told[:-1]))
    if unknown and not quiet:
        notice.say(f"taizhang: 另有 {len(unknown)} 个时限没有年份或起算日,没有列出;加 --json 可以看到")
