"""A small office with a store: what the tests of the store and of the nights share."""

from __future__ import annotations

import os
import time
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from pipeline import nightly_config
from pipeline.clock import Clock
from pipeline.nightly import night
from pipeline.report.data import Report
from pipeline.store import Store, open_store
from pipeline.store.schema import META
from tests.cliruns import office

DAY = date(2022, 7, 20)
TOML = """[store]
url = "{url}"
wait = 1
[[inbox]]
path = "in"
[nightly]
out = "out"
settle = 0.01
formats = ["csv"]
[extract]
workers = 0
"""


def settled(folder: Path) -> None:
    """Make the files of a folder look an hour old, so that no night waits for them to be complete."""
    then = time.time() - 3600
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_mtime > then + 60:
            os.utime(path, (then, then))


def villages(folder: Path, start: int, count: int) -> None:
    """So many plans and reports of so many villages."""
    for n in range(start, start + count):
        place = folder / f"乡{n // 200:03d}"
        place.mkdir(exist_ok=True)
        kind = "总结" if n % 2 else "计划"
        text = f"第{n // 2}村2022年工作{kind}\n一、修建水渠{n % 7 + 1}公里,{n % 12 + 1}月底前完成。责任单位:村委会。\n二、植树{n % 90 + 10}亩。\n"
        (place / f"村{n:05d}.txt").write_text(text, "utf-8")


def setting(folder: Path, url: str, more: str = "", copies: int = 0) -> Path:
    """A settings file beside an inbox with a plan and a summary; its path."""
    if not (folder / "in").exists():
        settled(office(folder / "in", copies))
    file = folder / "taizhang.toml"
    file.write_text(TOML.format(url=url) + more, "utf-8")
    return file


def run(file: Path, day: date = DAY) -> Report:
    """One night, in this process."""
    settled(file.parent / "in")
    return night(nightly_config.load(file, {}), Clock(day), lambda _done, _total: None)


def store_of(file: Path) -> Store:
    """The store of a settings file."""
    return open_store(nightly_config.load(file, {}).url)


def dump(store: Store) -> dict[str, list[Any]]:
    """Every row of every table, sorted; file times, which no run decides, left out."""
    found = {}
    with store.reader() as connection:
        for name, table in META.tables.items():
            columns = [c for c in table.c if c.name != "mtime_ns"]
            found[name] = sorted(repr(tuple(row)) for row in connection.execute(select(*columns)))
    return found
