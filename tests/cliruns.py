"""The command as a user runs it, and a small office's folder to run it on."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

from pipeline import cli

COMMAND = [sys.executable, "-m", "pipeline.cli"]
ROOT = Path(__file__).parent.parent

PLAN = """枫林县水务局2022年工作计划

一、重点任务
1.新建农村供水管网35.6公里,6月底前完成。责任单位:县水务局。
2.全年完成水利投资1.8亿元。
由县水务局牵头,县财政局配合,8月15日前完成河道清淤12处。
枫林县水务局
2022年1月10日
"""
SUMMARY = """枫林县水务局2022年上半年工作总结

一、主要工作
1-6月,完成水利投资7200万元。新建农村供水管网36公里。
枫林县水务局
2022年7月8日
"""


def run(
    *arguments: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None, **more: object
) -> subprocess.CompletedProcess[bytes]:
    """Run ``taizhang`` with the arguments, streams captured."""
    merged = {k: v for k, v in os.environ.items() if not k.startswith("TAIZHANG_")} | (env or {})
    merged["PYTHONPATH"] = os.pathsep.join(p for p in (merged.get("PYTHONPATH"), str(ROOT)) if p)
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=merged,
        capture_output=True,
        check=False,
        **{"timeout": 120, **more},
    )  # type: ignore[call-overload,no-any-return]


def within(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Like :func:`run`, in this process, which saves the start of another."""
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2)]
    code: object = 0
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        try:
            cli.main([*map(str, arguments)])
        except SystemExit as left:
            code = left.code
    out, err = (s.buffer.getvalue() for s in streams)  # type: ignore[attr-defined]
    return subprocess.CompletedProcess([*map(str, arguments)], int(str(code or 0)), out, err)


def one_line(done: subprocess.CompletedProcess[bytes]) -> str:
    """Its stderr, which must be one line and no traceback."""
    text = done.stderr.decode()
    assert "Traceback" not in text
    assert text.count("\n") == 1, text
    return text


def office(folder: Path, copies: int = 0) -> Path:
    """A folder with a plan, a summary, and so many plans of villages."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "计划.txt").write_text(PLAN, "utf-8")
    (folder / "总结.txt").write_text(SUMMARY, "utf-8")
    for n in range(copies):
        text = f"第{n}村2022年工作计划\n一、修建水渠{n + 1}公里,{n % 12 + 1}月底前完成。责任单位:村委会。\n"
        (folder / f"村{n:04d}.txt").write_text(text, "utf-8")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder by relative name."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
