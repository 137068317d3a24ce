"""Settings of a run: option, then environment (``TAIZHANG_*``), then ``taizhang.toml``, then the default here."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError

PROJECT_FILE = "taizhang.toml"
SECTION = "extract"
# Sections and variables of other verbs, read elsewhere (pipeline.nightly_config).
OTHER_SECTIONS = ("store", "inbox", "nightly", "roster", "mail", "backup", "log")
OTHER_VARIABLES = ("TAIZHANG_STORE_URL", "TAIZHANG_MAIL_PASSWORD", "TAIZHANG_CONFIG", "TAIZHANG_SECOND_KEY")
FORMATS = ("csv", "parquet", "xlsx")
ENGINES = ("local", "ray")


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of ``taizhang extract``; what each means stands in the help of its option."""

    year: int | None = None
    workers: int | None = None  # None: one a core
    engine: str = "local"
    ray_address: str = "auto"
    timeout: float = 120.0  # seconds a document
    memory_mb: int = 2048  # a worker, beyond what it holds at start
    max_mb: int = 500  # a file
    formats: tuple[str, ...] = FORMATS
    strict: bool = False
    second_reader: str = ""  # an OpenAI-compatible endpoint that reads everything once more; empty: nobody does
    second_model: str = ""


def workers_of(settings: Settings) -> int:
    """How many processes of this machine a run may use; 0 is this one alone."""
    return (os.cpu_count() or 1) if settings.workers is None else settings.workers


def rows_depend_on(settings: Settings) -> list[Any]:
    """The settings that change rows."""
    own = [settings.year, settings.timeout, settings.memory_mb, settings.max_mb]
    return own + ([settings.second_reader, settings.second_model] if settings.second_reader else [])


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        number = int(value) if not isinstance(value, bool) else None
        if number is None or (isinstance(value, float) and value != number) or not low <= number <= high:
            raise ValueError(f"应是 {low} 到 {high} 的整数")
        return number

    return read


def _seconds(value: Any) -> float:
    number = float(value)
    if not 0 < number <= 86_400:
        raise ValueError("应是大于 0、不超过 86400 的秒数")
    return number


def _formats(value: Any) -> tuple[str, ...]:
    named = [str(v).strip().lower() for v in (value.split(",") if isinstance(value, str) else value)]
    wrong = [v for v in named if v not in FORMATS]
    if wrong or not named:
        raise ValueError(f"只能是 {','.join(FORMATS)} 中的一种或几种,以逗号分隔")
    return tuple(f for f in FORMATS if f in named)


def _engine(value: Any) -> str:
    if value not in ENGINES:
        raise ValueError(f"只能是 {' 或 '.join(ENGINES)}")
    return str(value)


def _address(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("应是 auto 或 主机:端口")
    return value.strip()


def _flag(value: Any) -> bool:
    word = str(value).strip().lower()
    if word not in ("true", "false", "1", "0", "yes", "no"):
        raise ValueError("应是 true 或 false")
    return word in ("true", "1", "yes")


def _endpoint(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"https?://\S+", value.strip()):
        raise ValueError("应是 http:// 或 https:// 开头的地址")
    return value.strip()


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("应是模型的名字")
    return value.strip()


READERS: dict[str, Callable[[Any], Any]] = {
    "year": _whole(1900, 2200),
    "workers": _whole(0, 1024),
    "engine": _engine,
    "ray_address": _address,
    "timeout": _seconds,
    "memory_mb": _whole(64, 1 << 20),
    "max_mb": _whole(1, 1 << 20),
    "formats": _formats,
    "strict": _flag,
    "second_reader": _endpoint,
    "second_model": _name,
}


def load(
    options: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    file: str = PROJECT_FILE,
) -> Settings:
    """Merged settings.

    ``options`` holds what the command line gave (None: not given). Raises UsageError for an unknown key, naming the
    nearest known one, and for a value that cannot be read, naming where it came from.
    """
    known = [f.name for f in fields(Settings)]
    merged: dict[str, Any] = {}
    for name, value in _project((folder or Path.cwd()) / file, known).items():
        merged[name] = _read(name, value, f"{file} 的 {name}")
    for key, value in (os.environ if environment is None else environment).items():
        name = key.removeprefix("TAIZHANG_").lower()
        if key.startswith("TAIZHANG_") and value and key not in OTHER_VARIABLES:
            if name not in known:
                raise UsageError(_unknown(f"环境变量 {key}", key, [f"TAIZHANG_{k.upper()}" for k in known]))
            merged[name] = _read(name, value, f"环境变量 {key}")
    for name, value in options.items():
        if value is not None:
            merged[name] = _read(name, value, f"选项 --{name.replace('_', '-')}")
    settings = Settings(**merged)
    if bool(settings.second_reader) != bool(settings.second_model):
        raise UsageError("second_reader 和 second_model 须一起给出:端点的地址和模型的名字")
    return settings


def written(path: Path) -> set[str]:
    """Names of the settings that a file gives."""
    return set(_project(path, [f.name for f in fields(Settings)]))


def _project(path: Path, known: list[str]) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path.name} 读不了:{error};请改正后再运行") from error
    section = content.get(SECTION, {})
    for key in content:
        if key != SECTION and key not in OTHER_SECTIONS:
            raise UsageError(_unknown(f"{path.name} 的 {key}", key, [SECTION, *OTHER_SECTIONS]))
    if not isinstance(section, dict):
        raise UsageError(f"{path.name} 的 {SECTION} 应写成 [{SECTION}] 一节")
    for key in section:
        if key not in known:
            raise UsageError(_unknown(f"{path.name} 的 {key}", key, known))
    return section


def _unknown(where: str, key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, 1, 0.5)
    return f"{where} 不是已知的设置,{f'是否应为 {near[0]}' if near else '已知的有 ' + '、'.join(known)}"


def _read(name: str, value: Any, where: str) -> Any:
    try:
        return READERS[name](value)
    except (TypeError, ValueError) as error:
        reason = str(error) if "应是" in str(error) or "只能" in str(error) else "值的类型不对"
        raise UsageError(f"{where} 的值 {value!r} 不对:{reason}") from error
