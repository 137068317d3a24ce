"""Is everything there that a night needs? One line a question, with what to do where the answer is no."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path

from pipeline import config, nightly_config, output, roster, selftest, surroundings, workdays
from pipeline.errors import LockedError, RunError
from pipeline.nightly_config import Nightly
from pipeline.program import program_version
from pipeline.store import Store
from pipeline.store.migrate import HEAD, revision
from pipeline.store.tombstones import tombstones
from pipeline.surroundings import Answer


def examine(settings: Nightly | None, file: Path | None, today: date) -> Iterator[Answer]:
    """Answers in the order in which to put things right."""
    yield Answer("ok", "程序", f"taizhang {program_version()},Python {sys.version.split()[0]}")
    yield from surroundings.libraries()
    faults = selftest.run()
    yield Answer(
        "fail" if faults else "ok", "自检",
        "读内置的样例,结果" + (f"不对:{';'.join(faults)};请重新安装,仍不对请告知管理员" if faults else "与预期一致"),
    )  # fmt: skip
    covered = workdays.is_workday(date(today.year, 12, 31)) is not None
    yield Answer(
        "ok" if covered else "warn", "工作日历",
        f"{today.year} 年的节假日安排{'已包含' if covered else '还没有;升级 chinesecalendar 后才能推算工作日'}",
    )  # fmt: skip
    yield from surroundings.optional(settings.url if settings is not None else "")
    if settings is None:
        yield Answer(
            "warn", "设置", f"没有 {file or config.PROJECT_FILE};夜间运行需要它,样例在 docs/examples/taizhang.toml"
        )
        return
    yield Answer("ok", "设置", str(settings.file))
    yield from _store(settings)
    yield from _purges(settings)
    yield from _folders(settings)
    yield from _roster(settings)
    if settings.mail is not None:
        secret = not settings.mail.user or bool(os.environ.get(settings.mail.password_env))
        yield Answer(
            "ok" if secret else "fail", "邮件",
            f"{settings.mail.host}:{settings.mail.port}" + ("" if secret else f";没有环境变量 {settings.mail.password_env}"),
        )  # fmt: skip


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
    else:
        try:
            output.check(settings.out)
            yield surroundings.folder("输出", settings.out)
        except (RunError, OSError) as error:
            yield Answer("fail", "输出", str(error))
    if settings.url.startswith("sqlite:///"):
        yield surroundings.folder("存储的文件夹", Path(settings.url.removeprefix("sqlite:///")).parent)
    yield surroundings.folder("备份", settings.backups)
    if settings.log is not None:
        yield surroundings.folder("日志", settings.log.folder)


def _purges(settings: Nightly) -> Iterator[Answer]:
    """Whether a purge was killed before its end."""
    try:
        store = Store(settings.url, busy=1)
        if store.url.get_backend_name() == "sqlite" and not Path(str(store.url.database)).exists():
            return
        with store.reader() as connection:
            if revision(connection) != HEAD:
                return
            open_ones = [s for s in tombstones(connection) if not s.finished]
    except (RunError, OSError):
        return  # told above
    if open_ones:
        again = f"taizhang purge {open_ones[0].doc_id} --why …"
        yield Answer("fail", "清除", f"有 {len(open_ones)} 份材料的清除没有做完;请再运行一次 {again}")


def _roster(settings: Nightly) -> Iterator[Answer]:
    if settings.roster is None:
        return
    try:
        units = roster.read(settings.roster).units
    except RunError as error:
        yield Answer("fail", "名录", str(error))
        return
    yield Answer("ok", "名录", f"{settings.roster},{len(units)} 个单位,应报 {sum(len(u.reports) for u in units)} 份")


def origins(file: Path | None) -> list[tuple[str, str, str]]:
    """(setting, value, where it comes from) of every section, options of the command apart."""
    path = file or Path(config.PROJECT_FILE)
    merged = config.load({}, folder=path.resolve().parent, file=path.name)
    written = config.written(path)
    told = []
    for f in fields(config.Settings):
        variable = f"TAIZHANG_{f.name.upper()}"
        where = f"环境变量 {variable}" if os.environ.get(variable) else str(path) if f.name in written else "默认"
        told.append((f.name, str(getattr(merged, f.name)), where))
    return told + _nightly_origins(path)


def _nightly_origins(path: Path) -> list[tuple[str, str, str]]:
    if not path.exists():
        return []
    content = tomllib.loads(path.read_text("utf-8"))
    told = []
    for section, keys in nightly_config.READERS.items():
        given = content.get(section, {})
        for at, entry in enumerate(given if isinstance(given, list) else [given]):
            name = f"{section}[{at}]" if isinstance(given, list) else section
            for key in keys:
                value, where = (entry[key], str(path)) if key in entry else (nightly_config.DEFAULTS.get(key), "默认")
                if (section, key) == ("store", "url"):
                    value, where = _url(value, where)
                if value is not None and (given or section in ("store", "nightly", "backup")):
                    told.append((f"{name}.{key}", str(value), where))
    return told


def _url(value: object, where: str) -> tuple[object, str]:
    """The store's address without its password."""
    named = os.environ.get(nightly_config.URL_VARIABLE)
    url = named or value
    if not isinstance(url, str):
        return None, where
    return Store(url).name, f"环境变量 {nightly_config.URL_VARIABLE}" if named else where
