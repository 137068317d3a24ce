"""Is everything there that a night needs? One line a question, with what to do where the answer is no."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from pipeline import config, output, roster, workdays
from pipeline.errors import LockedError, RunError
from pipeline.nightly_config import Nightly
from pipeline.program import program_version
from pipeline.store import Store
from pipeline.store.migrate import HEAD, revision

_LOW_DISK = 1 << 30  # bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """``state`` is ok, warn or fail."""

    state: str
    what: str
    detail: str


def examine(settings: Nightly | None, file: Path | None, today: date) -> Iterator[Answer]:
    """Answers in the order in which to put things right."""
    yield Answer("ok", "程序", f"taizhang {program_version()},Python {sys.version.split()[0]}")
    covered = workdays.is_workday(date(today.year, 12, 31)) is not None
    yield Answer(
        "ok" if covered else "warn", "工作日历",
        f"{today.year} 年的节假日安排{'已包含' if covered else '还没有;升级 chinesecalendar 后才能推算工作日'}",
    )  # fmt: skip
    yield from _programs()
    if settings is None:
        yield Answer(
            "warn", "设置", f"没有 {file or config.PROJECT_FILE};夜间运行需要它,样例在 docs/examples/taizhang.toml"
        )
        return
    yield Answer("ok", "设置", str(settings.file))
    yield from _store(settings)
    yield from _folders(settings)
    yield from _roster(settings)
    if settings.mail is not None:
        secret = not settings.mail.user or bool(os.environ.get(settings.mail.password_env))
        yield Answer(
            "ok" if secret else "fail", "邮件",
            f"{settings.mail.host}:{settings.mail.port}" + ("" if secret else f";没有环境变量 {settings.mail.password_env}"),
        )  # fmt: skip


def _programs() -> Iterator[Answer]:
    found = shutil.which("soffice")
    yield Answer("ok" if found else "warn", "LibreOffice", found or "没有安装;.doc、.wps 等旧格式读不了")


def _store(settings: Nightly) -> Iterator[Answer]:
    try:
        store = Store(settings.url, busy=1)
        if store.url.get_backend_name() == "sqlite" and not Path(str(store.url.database)).exists():
            yield Answer("warn", "存储", f"{store.name} 还没有;第一次夜间运行时建立")
            return
        with store.reader() as connection:
            at = revision(connection)
        if not at:
            yield Answer("warn", "存储", f"{store.name} 是空的;第一次夜间运行时建表")
        elif at > HEAD:
            yield Answer("fail", "存储", f"{store.name} 是更新版本的程序建的(结构 {at});请升级 taizhang")
        else:
            yield Answer("ok", "存储", f"{store.name},结构 {at}" + ("" if at == HEAD else f",下次运行时升到 {HEAD}"))
        with store.run_lock():
            pass
    except LockedError as error:
        yield Answer("warn", "存储", str(error))
    except (RunError, OSError) as error:
        yield Answer("fail", "存储", str(error))


def _folders(settings: Nightly) -> Iterator[Answer]:
    if not settings.inboxes:
        yield Answer("fail", "收件箱", "一个也没有;在设置里写 [[inbox]]")
    for box in settings.inboxes:
        readable = box.path.is_dir() and os.access(box.path, os.R_OK | os.X_OK)
        yield Answer(
            "ok" if readable else "fail", "收件箱", f"{box.path}" + ("" if readable else ":没有这个文件夹或无权读")
        )
    if settings.out is None:
        yield Answer("fail", "输出", "没有写 [nightly] 的 out")
        return
    try:
        output.check(settings.out)
        parent = next(p for p in (settings.out, *settings.out.parents) if p.exists())
        free = shutil.disk_usage(parent).free
        writable = os.access(parent, os.W_OK)
    except (RunError, OSError) as error:
        yield Answer("fail", "输出", str(error))
        return
    state = "fail" if not writable else "warn" if free < _LOW_DISK else "ok"
    yield Answer(state, "输出", f"{settings.out},余 {free >> 30} GB" + ("" if writable else ":无权写"))


def _roster(settings: Nightly) -> Iterator[Answer]:
    if settings.roster is None:
        return
    try:
        units = roster.read(settings.roster).units
    except RunError as error:
        yield Answer("fail", "名录", str(error))
        return
    yield Answer("ok", "名录", f"{settings.roster},{len(units)} 个单位,应报 {sum(len(u.reports) for u in units)} 份")


def origins(file: Path | None) -> Iterator[tuple[str, str, str]]:
    """(setting, value, where it comes from) of ``[extract]``."""
    path = file or Path(config.PROJECT_FILE)
    merged = config.load({}, folder=path.resolve().parent, file=path.name)
    written = config.written(path)
    for f in fields(config.Settings):
        variable = f"TAIZHANG_{f.name.upper()}"
        where = "默认"
        if os.environ.get(variable):
            where = f"环境变量 {variable}"
        elif f.name in written:
            where = str(path)
        yield f.name, str(getattr(merged, f.name)), where
