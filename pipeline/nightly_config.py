"""``taizhang.toml`` for the nights: the store, the inboxes, the output, the roster and the mail."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import config
from pipeline.errors import UsageError

URL_VARIABLE = "TAIZHANG_STORE_URL"
CONFIG_VARIABLE = "TAIZHANG_CONFIG"  # where the settings file is, for verbs that are not told
SECTIONS = ("extract", "store", "inbox", "nightly", "roster", "mail", "backup", "log")


@dataclass(frozen=True, slots=True)
class Inbox:
    """A folder that reports arrive in."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Mail:
    """Where the morning report goes. The password stands in the environment variable ``password_env``."""

    host: str
    sender: str
    to: tuple[str, ...]
    port: int = 25
    user: str = ""
    password_env: str = "TAIZHANG_MAIL_PASSWORD"
    security: str = "none"  # none, starttls or tls


@dataclass(frozen=True, slots=True)
class Log:
    """Where the log goes: ``taizhang.log`` in ``folder``, cut at ``size_mb``, with ``keep`` older ones beside it."""

    folder: Path
    size_mb: float
    keep: int
    json: bool


@dataclass(frozen=True, slots=True)
class Nightly:
    """All settings of ``taizhang nightly``. Paths are relative to the folder of the file."""

    file: Path
    url: str
    wait: float
    inboxes: tuple[Inbox, ...]
    out: Path | None
    settle: float
    keep_days: int
    formats: tuple[str, ...] | None
    roster: Path | None
    mail: Mail | None
    extract: config.Settings
    backups: Path
    keep_backups: int
    log: Log | None

    @property
    def uploads(self) -> Path | None:
        """Where the page puts what is uploaded: the first inbox."""
        return self.inboxes[0].path if self.inboxes else None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("应是不空的文字")
    return value


def _number(low: float, high: float) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"应是 {low:g} 到 {high:g} 的数")
        return float(value)

    return read


def _addresses(value: Any) -> tuple[str, ...]:
    named = [value] if isinstance(value, str) else value
    if not isinstance(named, list) or not named or not all(isinstance(a, str) and "@" in a for a in named):
        raise ValueError("应是一个或几个邮件地址")
    return tuple(named)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("应是 true 或 false")
    return value


def _security(value: Any) -> str:
    if value not in ("none", "starttls", "tls"):
        raise ValueError("只能是 none、starttls 或 tls")
    return str(value)


READERS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "store": {"url": _text, "wait": _number(0, 3600)},
    "inbox": {"path": _text, "name": _text},
    "nightly": {"out": _text, "settle": _number(0, 3600), "keep_days": _number(0, 36_500), "formats": config.READERS["formats"]},
    "roster": {"path": _text},
    "mail": {
        "host": _text, "port": _number(1, 65_535), "user": _text, "password_env": _text, "from": _text,
        "to": _addresses, "security": _security,
    },
    "backup": {"folder": _text, "keep": _number(0, 100_000)},
    "log": {"folder": _text, "size_mb": _number(0.01, 10_000), "keep": _number(0, 1000), "json": _flag},
}  # fmt: skip
DEFAULTS = {"wait": 30.0, "settle": 2.0, "keep_days": 0}
BACKUPS = "备份"  # beside the settings file, unless [backup] folder says otherwise


def load(path: Path, environment: Mapping[str, str] | None = None) -> Nightly:
    """Settings from a file; the store's URL may come from the environment instead. Raises UsageError."""
    env = os.environ if environment is None else environment
    content = _content(path)
    store = _section(content, "store", path)
    nightly = _section(content, "nightly", path)
    folder = path.resolve().parent
    url = env.get(URL_VARIABLE) or store.get("url")
    if not url:
        raise UsageError(f'{path} 里没有 [store] 的 url,写上如 url = "sqlite:///台账.db"')
    roster = _section(content, "roster", path).get("path")
    backup = _section(content, "backup", path)
    return Nightly(
        file=path,
        url=_anchored(url, folder),
        wait=store.get("wait", DEFAULTS["wait"]),
        inboxes=_inboxes(content, path, folder),
        out=folder / nightly["out"] if "out" in nightly else None,
        settle=nightly.get("settle", DEFAULTS["settle"]),
        keep_days=int(nightly.get("keep_days", DEFAULTS["keep_days"])),
        formats=nightly.get("formats"),
        roster=folder / roster if roster else None,
        mail=_mail(_section(content, "mail", path), path),
        extract=config.load({}, env, folder, path.name),
        backups=folder / backup.get("folder", BACKUPS),
        keep_backups=int(backup.get("keep", 0)),
        log=_log(_section(content, "log", path), folder),
    )


def _content(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"没有设置文件 {path};用 --config 指定,样例在 docs/examples/taizhang.toml") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} 读不了:{error};请改正后再运行") from error
    for key in content:
        if key not in SECTIONS:
            raise UsageError(_unknown(f"{path} 的 {key}", key, list(SECTIONS)))
    return content


def _section(content: Mapping[str, Any], name: str, path: Path) -> dict[str, Any]:
    section = content.get(name, {})
    if not isinstance(section, dict):
        raise UsageError(f"{path} 的 {name} 应写成 [{name}] 一节")
    return _read(section, name, path)


def _read(section: Mapping[str, Any], name: str, path: Path) -> dict[str, Any]:
    readers, found = READERS[name], {}
    for key, value in section.items():
        if key not in readers:
            raise UsageError(_unknown(f"{path} 的 {name}.{key}", key, list(readers)))
        try:
            found[key] = readers[key](value)
        except (TypeError, ValueError) as error:
            raise UsageError(f"{path} 的 {name}.{key} 的值 {value!r} 不对:{error}") from error
    return found


def _inboxes(content: Mapping[str, Any], path: Path, folder: Path) -> tuple[Inbox, ...]:
    listed = content.get("inbox", [])
    if isinstance(listed, dict):
        listed = [listed]
    if not isinstance(listed, list) or not all(isinstance(i, dict) for i in listed):
        raise UsageError(f"{path} 的 inbox 应写成 [[inbox]],每个收件箱一节")
    inboxes = []
    for entry in listed:
        read = _read(entry, "inbox", path)
        if "path" not in read:
            raise UsageError(f"{path} 的一个 [[inbox]] 没有 path")
        inboxes.append(Inbox(folder / read["path"], read.get("name", Path(read["path"]).name)))
    return tuple(inboxes)


def _log(read: Mapping[str, Any], folder: Path) -> Log | None:
    if not read:
        return None
    keep = int(read.get("keep", 5))
    return Log(folder / read.get("folder", "日志"), read.get("size_mb", 5.0), keep, read.get("json", False))


def _mail(read: Mapping[str, Any], path: Path) -> Mail | None:
    if not read:
        return None
    for key in ("host", "from", "to"):
        if key not in read:
            raise UsageError(f"{path} 的 [mail] 没有 {key}")
    security = read.get("security", "none")
    default = {"none": 25, "starttls": 587, "tls": 465}[security]
    return Mail(
        read["host"], read["from"], read["to"], int(read.get("port", default)), read.get("user", ""),
        read.get("password_env", "TAIZHANG_MAIL_PASSWORD"), security,
    )  # fmt: skip


def _anchored(url: str, folder: Path) -> str:
    """A SQLite path made absolute against the folder of the settings."""
    if "://" not in url:
        return str(folder / Path(url).expanduser())
    if url.startswith("sqlite:///") and not url.startswith("sqlite:////"):
        return f"sqlite:///{folder / url.removeprefix('sqlite:///')}"
    return url


def _unknown(where: str, key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, 1, 0.5)
    return f"{where} 不是已知的设置,{f'是否应为 {near[0]}' if near else '已知的有 ' + '、'.join(known)}"
