"""What a run says: progress and warnings on stderr, the summary on stdout."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

from extractors.schema import REJECT_REASONS, TABLES
from pipeline.notice import say

if TYPE_CHECKING:
    from pipeline.run import Summary

_EVERY_DOCUMENTS = 1000
_EVERY_SECONDS = 30.0


def plain_terminal() -> bool:
    """Whether stderr wants neither bars nor colours."""
    return not sys.stderr.isatty() or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


class ProgressLine:
    """Progress on stderr: a bar on a terminal, else a plain line every so many documents or seconds."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._task: Any = None
        self._told = 0
        self._told_at = time.monotonic()

    def __enter__(self) -> ProgressLine:
        if not self._quiet and not plain_terminal():
            from rich.console import Console  # noqa: PLC0415
            from rich.progress import Progress  # noqa: PLC0415

            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("读取文件", total=None)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=total)
            return
        now = time.monotonic()
        if self._quiet or not (done - self._told >= _EVERY_DOCUMENTS or now - self._told_at >= _EVERY_SECONDS):
            return
        self._told, self._told_at = done, now
        say(f"已读 {done}/{total} 份")


def _width(text: str) -> int:
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text)


def summary_text(summary: Summary) -> str:
    """The small table of what was read and found."""
    head = f"输入 {summary.inputs} 份:读出 {summary.documents} 份({summary.parts} 篇),退件 {sum(summary.rejects.values())} 份"
    lines = [head + (f",忽略系统文件 {summary.ignored} 个" if summary.ignored else "")]
    for name, spec in TABLES.items():
        label = spec.sheet + " " * (12 - _width(spec.sheet))
        lines.append(f"  {label}{summary.rows[name]:>9,} 行  {name}")
    for reason, count in summary.rejects.items():
        lines.append(f"  退件:{REJECT_REASONS[reason][0]}({reason}) {count} 份")
    lines.append(f"结果 {summary.out}")
    return "\n".join(lines)
