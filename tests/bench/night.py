"""The cost of a night over many files of which few are new: ``python -m tests.bench.night [FILES] [NEW]``.

The night, less the reading of its new files, against a bare walk with stat over all files plus opening the store: once in one
process, once as processes of their own (``python -c`` that walks and opens, ``taizhang nightly`` with nothing taken off, since
its reading has no process of its own), each the best of some rounds. Processor time, since the machine is shared.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from pipeline import batch, nightly_config
from pipeline.clock import Clock
from pipeline.nightly import night
from pipeline.store import open_store
from tests.cliruns import COMMAND
from tests.nights import TOML, settled

ROUNDS = 3
FIRST = date(2022, 1, 5)


def write(folder: Path, start: int, count: int) -> None:
    """So many plans and reports of so many villages."""
    for n in range(start, start + count):
        place = folder / f"乡{n // 200:03d}"
        place.mkdir(exist_ok=True)
        kind = "总结" if n % 2 else "计划"
        text = f"第{n // 2}村2022年工作{kind}\n一、修建水渠{n % 7 + 1}公里,{n % 12 + 1}月底前完成。责任单位:村委会。\n二、植树{n % 90 + 10}亩。\n"
        (place / f"村{n:05d}.txt").write_text(text, "utf-8")


def walk(folder: Path) -> int:
    """A bare walk with stat; the bytes it saw."""
    seen = 0
    for root, _, names in os.walk(folder):
        for name in names:
            seen += os.stat(f"{root}/{name}").st_size  # noqa: PTH116 (as bare as can be)
    return seen


def spent() -> float:
    """Processor seconds of this process and of those that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def seconds(work: Callable[[], object]) -> float:
    """How long it took."""
    began = spent()
    work()
    return spent() - began


def measure(files: int = 10_000, new: int = 10) -> dict[str, float]:
    """Seconds of the walk, of opening the store, of the reading of the new files, and of the night without it."""
    folder = Path(tempfile.mkdtemp(prefix="tznight"))
    inbox = folder / "in"
    inbox.mkdir()
    write(inbox, 0, files - 2 * ROUNDS * new)
    settled(inbox)
    file = folder / "taizhang.toml"
    file.write_text(TOML.format(url=f"sqlite:///{folder}/store.db"), "utf-8")
    settings = nightly_config.load(file, {})
    began = time.process_time()
    night(settings, Clock(FIRST), lambda _a, _b: None)
    found = {"first night": time.process_time() - began}
    reading = [0.0]
    plain = batch.engine

    class Timed:
        """The engine, with a watch."""

        def __init__(self, inner: object) -> None:
            self.inner = inner

        def run(self, *arguments: object) -> list[object]:
            began = time.process_time()
            results = list(self.inner.run(*arguments))  # type: ignore[attr-defined]
            reading[0] += time.process_time() - began
            return results

    batch.engine = lambda chosen: Timed(plain(chosen))  # type: ignore[assignment]
    best: dict[str, float] = {}
    for n in range(ROUNDS):
        write(inbox, files + (n - 2 * ROUNDS) * new, new)
        settled(inbox)
        reading[0] = 0.0
        one = {
            "walk": seconds(lambda: walk(inbox)),
            "open": seconds(lambda: open_store(settings.url).migrate()),
            "night": seconds(lambda n=n: night(settings, Clock(FIRST + timedelta(days=n + 1)), lambda _a, _b: None))
            - reading[0],
            "reading": reading[0],
        }
        best = {k: min(v, best.get(k, v)) for k, v in one.items()}
    batch.engine = plain
    opening = (
        "import os; from pipeline.store import open_store; "
        f"[os.stat(f'{{r}}/{{n}}') for r, _, ns in os.walk({str(inbox)!r}) for n in ns]; open_store({settings.url!r}).migrate()"
    )
    for n in range(ROUNDS):
        write(inbox, files + (n - ROUNDS) * new, new)
        settled(inbox)
        one = {
            "base process": seconds(lambda: subprocess.run([sys.executable, "-c", opening], check=True)),
            "night process": seconds(lambda n=n: subprocess.run(
                [*COMMAND, "nightly", "--config", str(file), "--as-of", str(FIRST + timedelta(days=9 + n)), "--quiet"], check=True
            )),
        }  # fmt: skip
        best = {k: min(v, best.get(k, v)) for k, v in (best | one).items()}
    shutil.rmtree(folder)
    return found | best


def main() -> None:
    """Print the row."""
    files, new = (int(a) for a in (*sys.argv[1:], "10000", "10")[:2])
    m = measure(files, new)
    base = m["walk"] + m["open"]
    print(
        f"| a night over {files:,} files, {new} new, without reading these | {m['night'] * 1000:.0f} ms | "
        f"walk with stat {m['walk'] * 1000:.0f} ms + opening the store {m['open'] * 1000:.0f} ms | {base / m['night']:.2f} |"
    )
    print(
        f"| the same as a process of its own | {m['night process'] * 1000:.0f} ms | a process that walks and opens "
        f"{m['base process'] * 1000:.0f} ms | {m['base process'] / m['night process']:.2f} |"
    )
    print(f"first night {m['first night']:.1f} s, reading the new {m['reading'] * 1000:.0f} ms", file=sys.stderr)


if __name__ == "__main__":
    main()
