"""The log: which file, at which stage, for which reason. Never what a document says.

Lines come from our own loggers only; what libraries would say about a document (pdfminer quotes it) goes nowhere. Of an
exception the kind and the place are told, since its message may quote the document as well. A call that knows the file
passes ``extra=about(file, stage, reason)``.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterable
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Protocol

from pipeline.errors import UsageError
from pipeline.nightly_config import Log

_OURS = ("pipeline", "extractors", "uvicorn.error")
_FIELDS = ("run", "file", "stage", "reason")


def about(file: str = "", stage: str = "", reason: str = "", run: str = "") -> dict[str, str]:
    """What a line is about, for ``extra=`` of a logging call."""
    return {"run": run, "file": file, "stage": stage, "reason": reason}


class Ended(Protocol):
    """What became of a document."""

    @property
    def source(self) -> str: ...
    @property
    def reason(self) -> str: ...


def rejects(log: logging.Logger, outcomes: Iterable[Ended]) -> None:
    """A line for each document that was rejected."""
    for o in outcomes:
        if o.reason:
            log.info("rejected", extra=about(o.source, "read", o.reason))


class _Lines(logging.Formatter):
    """One line a record: words, or JSON."""

    def __init__(self, as_json: bool) -> None:
        super().__init__()
        self._json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="seconds")
        told: dict[str, Any] = {"time": at, "level": record.levelname, "logger": record.name}
        told |= {f: v for f in _FIELDS if (v := getattr(record, f, ""))}
        told["message"] = " ".join(record.getMessage().split())
        if record.exc_info and record.exc_info[0] is not None:
            told["error"] = record.exc_info[0].__name__
            told["at"] = _place(record.exc_info[2])
        if self._json:
            return json.dumps(told, ensure_ascii=False)
        head = f"{told.pop('time')} {told.pop('level')} {told.pop('logger')}"
        message = told.pop("message")
        return " ".join((head, *(f"{k}={_quoted(str(v))}" for k, v in told.items()), message)).rstrip()


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if not value or any(c.isspace() or c in '"=' for c in value) else value


def _place(trace: Any) -> str:
    frames = traceback.extract_tb(trace)
    ours = [f for f in frames if "/extractors/" in f.filename or "/pipeline/" in f.filename] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""


def configure(verb: str, verbose: bool, to: Log | None = None) -> None:
    """Send our lines to standard error (all from INFO on with ``verbose``, else errors only) and, where the settings name a
    folder, to ``VERB.log`` there, which is cut and kept as they say; a file a verb, since night and page run at the same
    time. Raises UsageError where the folder cannot be written."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    handlers[0].setLevel(logging.INFO if verbose else logging.ERROR)
    handlers[0].addFilter(lambda record: not getattr(record, "told", False))
    if to is not None:
        handlers.append(_file(to, verb))
    for handler in handlers:
        handler.setFormatter(_Lines(to is not None and to.json and handler is not handlers[0]))
    logging.raiseExceptions = False  # a log that cannot be written (a full disk) must not print a traceback
    for name in _OURS:
        logger = logging.getLogger(name)
        for old in list(logger.handlers):
            logger.removeHandler(old)
            old.close()
        logger.setLevel(logging.INFO)
        logger.propagate = False
        for handler in handlers:
            logger.addHandler(handler)
    logging.getLogger().addHandler(logging.NullHandler())


def _file(to: Log, verb: str) -> logging.Handler:
    path = to.folder / f"{verb}.log"
    try:
        to.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            path, maxBytes=int(to.size_mb * (1 << 20)), backupCount=max(1, to.keep), encoding="utf-8", errors="replace"
        )
        path.chmod(0o600)
    except OSError as error:
        raise UsageError(f"日志写不到 {to.folder}:{error.strerror};请检查 [log] 的 folder 和权限") from error
    handler.setLevel(logging.INFO)
    return handler


def failed(error: BaseException, message: str = "") -> None:
    """Note in the log file what ended the run; the user has been told already. ``message`` is the line of a RunError, which
    holds no document's text."""
    if not logging.getLogger(_OURS[0]).handlers:
        return
    extra = about(stage="end", reason=type(error).__name__) | {"told": "yes"}
    exc = None if message else (type(error), error, error.__traceback__)
    logging.getLogger(__name__).error(message or "failed", extra=extra, exc_info=exc)


def files(folder: Path) -> list[Path]:
    """The logs and their older parts."""
    return sorted(p for p in folder.glob("*.log*") if p.is_file()) if folder.is_dir() else []
