"""Which store a verb works on: ``--store``, else the settings file's, else that of ``taizhang.toml`` here."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline import nightly_config
from pipeline.config import PROJECT_FILE
from pipeline.errors import UsageError
from pipeline.nightly_config import Nightly
from pipeline.roster import Roster, read
from pipeline.store import Store, open_store
from pipeline.store.engine import BUSY_SECONDS


def config_of(config: Path | None) -> Path | None:
    """The settings file that is named by the option or the environment."""
    named = os.environ.get(nightly_config.CONFIG_VARIABLE)
    return config or (Path(named) if named else None)


def settings_of(config: Path | None) -> Nightly | None:
    """The settings file's content; where none is named, that of ``TAIZHANG_CONFIG`` or of this folder; None where there is none."""
    config = config_of(config)
    if config is not None:
        return nightly_config.load(config)
    here = Path(PROJECT_FILE)
    return nightly_config.load(here) if here.exists() and "[store]" in here.read_text("utf-8", "replace") else None


def url_of(store: str | None, config: Path | None) -> str:
    """The address of the store. Raises UsageError where nothing names one."""
    if store:
        return store
    settings = settings_of(config)
    if settings is not None:
        return settings.url
    if url := os.environ.get(nightly_config.URL_VARIABLE):
        return url
    raise UsageError("没有说是哪个存储:加 --store 地址 或 --config taizhang.toml")


def opened(store: str | None, config: Path | None) -> Store:
    """The store, migrated. Raises UsageError, LockedError."""
    return open_store(url_of(store, config))


def backup_place(given: Path | None, settings: Nightly | None, unsaid: str) -> Path:
    """Where a backup goes: the file or folder of the option, else the folder of the settings, which is made. Raises UsageError
    with what is ``unsaid`` where there is neither."""
    if given is not None:
        return given
    if settings is None:
        raise UsageError(unsaid)
    settings.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    return settings.backups


def wait_of(settings: Nightly | None) -> float:
    """Seconds to wait for a store that somebody else writes."""
    return settings.wait if settings is not None else BUSY_SECONDS


def roster_of(path: Path | None, config: Path | None) -> Roster | None:
    """The roster of the option or of the settings."""
    if path is None:
        settings = settings_of(config)
        path = settings.roster if settings else None
    return read(path) if path else None
