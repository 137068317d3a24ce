"""The cost of a night over many files of which few are new: ``python -m tests.bench.night [FILES] [NEW]``.

The acceptance: a night over 10,000 files of which 10 are new, less the extraction of these 10, costs at most 3 times a bare walk
with stat over them plus opening the store. Measured twice, medians of some rounds, in processor time since the machine is shared:

- as a user has it, as processes: ``taizhang nightly``, less what it spent on extraction (loading the extractors and reading the
  new files, timed inside it), against ``python -c`` that walks and opens the store by the program's own ``open_store``; told
  beside it are ``taizhang extract`` of the same files as a process of its own, and a walk with nothing but ``sqlite3``;
- within one process where everything is loaded, against the same walk and ``open_store``.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from pipeline import batch, nightly_config
from pipeline.clock import Clock
from pipeline.nightly import night
from pipeline.store import open_store
from tests.cliruns import COMMAND
from tests.nights import TOML, settled, villages

ROUNDS = 5
MOST = 3  # times
FIRST = date(2022, 1, 5)

_WALK = "import os\nfor r, _, ns in os.walk({inbox!r}):\n  for n in ns: os.stat(f'{{r}}/{{n}}')\n"
_OPEN = _WALK + "from pipeline.store import open_store\nopen_store({url!r}).migrate()"
_BARE = _WALK + "import sqlite3\nsqlite3.connect({store!r}).execute('SELECT count(*) FROM inputs').fetchone()"
_NIGHT = """
import sys, time
from pathlib import Path
from pipeline import batch, cli
plain, spent = batch.engine, [0.0]
class Timed:
    def __init__(self, inner): self.inner = inner
    def run(self, *arguments):
        began = time.process_time()
        results = list(self.inner.run(*arguments))
        spent[0] += time.process_time() - began
        return results
batch.engine = lambda chosen: Timed(plain(chosen))
try:
    cli.main(["nightly", "--config", {config!r}, "--as-of", {day!r}, "--quiet"])
finally:
    Path({told!r}).write_text(str(spent[0]))
"""


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


class Timed:
    """An engine, with a watch."""

    spent = 0.0

    def __init__(self, inner: object) -> None:
        self.inner = inner

    def run(self, *arguments: object) -> list[object]:
        """What the engine gives."""
        began = time.process_time()
        results = list(self.inner.run(*arguments))  # type: ignore[attr-defined]
        Timed.spent += time.process_time() - began
        return results


def medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {k: statistics.median(r[k] for r in rounds) for k in rounds[0]}


def measure(files: int = 10_000, new: int = 10) -> dict[str, float]:
    """Seconds of everything that is told."""
    folder = Path(tempfile.mkdtemp(prefix="tznight"))
    inbox = folder / "in"
    inbox.mkdir()
    villages(inbox, 0, files - (2 * ROUNDS + 1) * new)
    settled(inbox)
    file = folder / "taizhang.toml"
    file.write_text(TOML.format(url=f"sqlite:///{folder}/store.db"), "utf-8")
    settings = nightly_config.load(file, {})
    began = time.process_time()
    night(settings, Clock(FIRST), lambda _a, _b: None)
    found = {"first night": time.process_time() - began}
    try:
        return found | _within(inbox, settings, files, new) | _processes(inbox, file, settings.url, files, new)
    finally:
        shutil.rmtree(folder)


def _within(inbox: Path, settings: nightly_config.Nightly, files: int, new: int) -> dict[str, float]:
    """In this process."""
    plain = batch.engine
    batch.engine = lambda chosen: Timed(plain(chosen))  # type: ignore[assignment]
    rounds = []
    for n in range(ROUNDS):
        villages(inbox, files + (n - 2 * ROUNDS - 1) * new, new)
        settled(inbox)
        Timed.spent = 0.0
        day = Clock(FIRST + timedelta(days=n + 1))
        one = {
            "walk": seconds(lambda: walk(inbox)),
            "open": seconds(lambda: open_store(settings.url).migrate()),
            "night": seconds(partial(night, settings, day, lambda _a, _b: None)),
        }
        rounds.append(one | {"reading": Timed.spent})
    batch.engine = plain
    return medians(rounds)


def _processes(inbox: Path, file: Path, url: str, files: int, new: int) -> dict[str, float]:
    """As processes of their own."""
    told, store = file.parent / "told", url.removeprefix("sqlite:///")

    # Byte code is kept, as it is where the program is installed, whatever the environment of the bench says.
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONPYCACHEPREFIX"] = str(file.parent / "bytecode")

    def process(*command: str) -> float:
        return seconds(lambda: subprocess.run(command, check=True, env=env))

    def python(code: str, **names: str) -> float:
        return process(sys.executable, "-c", code.format(**names))

    rounds = []
    for n in range(-1, ROUNDS):
        some = file.parent / f"some{n}"
        some.mkdir()
        for folder in (some, inbox):
            villages(folder, files + (n - ROUNDS) * new, new)
            settled(folder)
        day = (FIRST + timedelta(days=9 + n)).isoformat()
        alone = ["extract", str(some), "--out", f"{some}.out", "--formats", "csv", "--workers", "0", "--quiet"]
        rounds.append({
            "base process": python(_OPEN, inbox=str(inbox), url=url),
            "bare process": python(_BARE, inbox=str(inbox), store=store),
            "extract process": process(*COMMAND, *alone),
            "night process": python(_NIGHT, config=str(file), day=day, told=str(told)),
            "night process reading": float(told.read_text()),
        })  # fmt: skip
    return medians(rounds[1:])  # the first one compiles


def main() -> None:
    """Print the rows."""
    files, new = (int(a) for a in (*sys.argv[1:], "10000", "10")[:2])
    m = {k: v * 1000 for k, v in measure(files, new).items()}
    base, night_ = m["base process"], m["night process"] - m["night process reading"]
    print(
        f"| `taizhang nightly` over {files:,} files, {new} new, less their extraction: {m['night process']:.0f} - "
        f"{m['night process reading']:.0f} = {night_:.0f} ms | a process that walks with stat and opens the store "
        f"{base:.0f} ms | {night_ / base:.1f} times (at most {MOST}) |"
    )
    within, bare = m["night"] - m["reading"], m["walk"] + m["open"]
    print(
        f"| the same in one process, all loaded: {m['night']:.0f} - {m['reading']:.0f} = {within:.0f} ms | walk "
        f"{m['walk']:.0f} + opening the store {m['open']:.0f} = {bare:.0f} ms | {within / bare:.1f} times (at most {MOST}) |"
    )
    print(
        f"nothing taken off: {m['night process'] / base:.1f} times; `taizhang extract` of the {new} as a process "
        f"{m['extract process']:.0f} ms; walk and sqlite3 alone as a process {m['bare process']:.0f} ms; "
        f"first night {m['first night'] / 1000:.1f} s",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
