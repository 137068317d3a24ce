"""What a machine offers: libraries, optional parts, fonts, folders with their space. Each finding says what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

_LOW_DISK = 1 << 30  # bytes
_LIBRARIES = ("pandas", "pyarrow", "lxml", "spacy", "SQLAlchemy")
_PARTS = (
    ("文字识别", "rapidocr", "ocr", "扫描件和图片读不了,记为退件 no_text"),
    ("PostgreSQL", "psycopg", "postgres", "只能用 SQLite 存储"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """``state`` is ok, warn or fail; ``detail`` says what was found and, where it is not ok, what to do."""

    state: str
    what: str
    detail: str


def libraries() -> Iterator[Answer]:
    """Versions of what the program stands on."""
    found = [f"SQLite {sqlite3.sqlite_version}"]
    missing = []
    for name in _LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        yield Answer("fail", "程序库", f"缺少 {'、'.join(missing)};请重新安装 taizhang")
    else:
        yield Answer("ok", "程序库", ",".join(found))


def optional(url: str) -> Iterator[Answer]:
    """Parts that an installation may do without; the driver of PostgreSQL is none where the store is there."""
    for what, module, extra, without in _PARTS:
        there = find_spec(module) is not None
        needed = module == "psycopg" and url.startswith("postgresql")
        state = "ok" if there else "fail" if needed else "warn"
        yield Answer(
            state, what, f"已安装 {version(module)}" if there else f"没有安装,{without};要用时装 taizhang[{extra}]"
        )
    soffice = shutil.which("soffice")
    yield Answer(
        "ok" if soffice else "warn", "LibreOffice", soffice or "没有安装;.doc、.wps 等旧格式读不了,要用时装 libreoffice"
    )
    yield _fonts()


def _fonts() -> Answer:
    program = shutil.which("fc-list")
    if program is None:
        return Answer("warn", "中文字体", "没有 fc-list,查不到;转换旧格式和打印要中文字体,如 fonts-noto-cjk")
    done = subprocess.run([program, ":lang=zh", "family"], capture_output=True, text=True, check=False, timeout=30)
    names = sorted({line.split(",")[0].strip() for line in done.stdout.splitlines() if line.strip()})
    if not names:
        return Answer("warn", "中文字体", "没有;转换旧格式和打印会是方块,请装 fonts-noto-cjk 一类的字体")
    return Answer("ok", "中文字体", f"{names[0]} 等 {len(names)} 种")


def folder(what: str, path: Path) -> Answer:
    """Whether a folder can be written, or made, and how much room there is."""
    there = next((p for p in (path, *path.parents) if p.exists()), Path("/"))
    if not os.access(there, os.W_OK | os.X_OK):
        return Answer("fail", what, f"{path}:无权写;请把它交给运行程序的用户(chown)")
    free = shutil.disk_usage(there).free
    if free < _LOW_DISK:
        return Answer("warn", what, f"{path},只余 {free >> 20} MB;请腾出空间")
    return Answer("ok", what, f"{path},余 {free >> 30} GB")
