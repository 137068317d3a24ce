"""Right answers and speed beside others, in one run: ``make bench``.

What is compared takes turns over the same text in the same minutes, and the best round of each counts, so that whatever else
the machine does falls on both. Prints Markdown tables; ratios above 1 mean that we are faster.
"""

from __future__ import annotations

import json
import logging
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import jieba

import extractors
from extractors.language import quantities, times
from tests.bench import reading, rightness, writing
from tests.bench.yardsticks import PARSERS

ROOT = Path(__file__).parent.parent.parent
YARDSTICKS = ROOT / "tests" / "bench" / "yardsticks.py"
OTHERS = ROOT / ".venv-bench" / "bin" / "python"
ROUNDS = 5
STARTS = 11
GENERATED = 300_000  # code points
BASE = date(2021, 3, 1)
SHORT = 20_000  # code points for the slow yardsticks
PATIENCE = 300  # seconds for one of them

Row = tuple[str, str, str, str]


def corpus() -> list[bytes]:
    """The text documents of the project as files, and documents drawn from their paragraphs with other numbers."""
    paths = sorted(p for p in (ROOT / "corpora").rglob("*.txt"))
    texts = [extractors.read(p.read_bytes(), p.name).text for p in paths]
    paragraphs = [line for text in texts for line in text.split("\n") if line.strip()]
    random = Random(2021)
    generated, size = [], 0
    while size < GENERATED:
        drawn = "\n".join(random.sample(paragraphs, 60))
        drawn = re.sub(r"[1-9]", lambda _: str(random.randrange(1, 10)), drawn)
        generated.append(drawn)
        size += len(drawn)
    return [text.encode() for text in texts + generated]


def best(*runs: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Seconds of the best of some rounds for each, taking turns."""
    seconds = [float("inf")] * len(runs)
    for _ in range(ROUNDS):
        for i, run in enumerate(runs):
            started = clock()
            run()
            seconds[i] = min(seconds[i], clock() - started)
    return seconds


def speed(characters: int, seconds: float) -> str:
    return f"{characters / seconds / 1000:,.0f}k/s"


def beside() -> list[bytes]:
    """The documents that some machines keep beside the project."""
    folders = (ROOT.parent / "shared" / name for name in ("seeds", "plans", "corpus"))
    return [p.read_bytes() for folder in folders if folder.is_dir() for p in sorted(folder.iterdir()) if p.is_file()]


def chain(label: str, files: list[bytes]) -> Iterator[Row]:
    """The whole chain, from text to rows, against jieba."""
    sources = [extractors.read(data, f"{i}.txt") for i, data in enumerate(files)]
    size = sum(len(s.text) for s in sources)
    rows = sum(len(found) for s in sources for found in extractors.extract(s).rows.values())
    what = f"{label}: {size:,} characters, {1000 * rows / size:.0f} rows a thousand"
    jieba.setLogLevel(logging.ERROR)
    jieba.lcut("开始")
    ours, theirs = best(
        lambda: [extractors.extract(s) for s in sources],
        lambda: [jieba.lcut(s.text) for s in sources],
        clock=time.process_time,
    )
    yield (f"text to tables, {what}", speed(size, ours), f"jieba.lcut {speed(size, theirs)}", f"{theirs / ours:.2f}")


def _children() -> float:
    """Processor seconds of all processes that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def start_up() -> Iterator[Row]:
    """The command's start against the import of the library it parses options with, in processor time."""
    commands = ([str(Path(sys.executable).with_name("taizhang")), "--version"], [sys.executable, "-c", "import typer"])
    seconds: list[list[float]] = [[], []]
    for _ in range(STARTS):
        for taken, command in zip(seconds, commands, strict=True):
            started = _children()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            taken.append(_children() - started)
    ours, theirs = median(seconds[0]), median(seconds[1])
    yield (
        "taizhang --version",
        f"{ours * 1000:.0f} ms",
        f"python -c 'import typer' {theirs * 1000:.0f} ms",
        f"{theirs / ours:.2f}",
    )


def parsers(label: str, files: list[bytes]) -> Iterator[Row]:
    """The mention parsers against other projects' over the same paragraphs, in processor time; at last all of JioNLP's
    against both of ours."""
    text = "\n".join(extractors.read(data, f"{i}.txt").text for i, data in enumerate(files))[:SHORT]
    lines = text.split("\n")
    find_times: Callable[[], object] = lambda: [times.find(line, BASE) for line in lines]  # noqa: E731
    find_quantities: Callable[[], object] = lambda: [quantities.find(line) for line in lines]  # noqa: E731
    jio = [0.0, 0.0]  # seconds, and ours of the same turns
    for name in PARSERS:
        find = find_times if "time" in name else find_quantities
        what = f"{'times' if find is find_times else 'quantities'}, {label}"
        if not OTHERS.exists():
            yield what, "", name, "not installed"
            continue
        (ours,) = best(find, clock=time.process_time)
        answer = _yardstick(name, text)
        (again,) = best(find, clock=time.process_time)
        ours = min(ours, again)
        if "missing" in answer:
            yield what, speed(len(text), ours), name, f"not measured ({answer['missing']})"
            continue
        theirs = answer["seconds"]
        if name.startswith("JioNLP"):
            jio[0] += theirs
            jio[1] += ours
        failed = f", fails on {answer['failed']} lines" if answer["failed"] else ""
        yield what, speed(len(text), ours), f"{name} {speed(len(text), theirs)}{failed}", f"{theirs / ours:.1f}"
    if jio[0]:
        yield (
            f"both, {label}",
            speed(len(text), jio[1]),
            f"JioNLP extract_time and extract_money {speed(len(text), jio[0])}",
            f"{jio[0] / jio[1]:.1f}",
        )


def _yardstick(name: str, text: str) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [OTHERS, YARDSTICKS, name], input=text, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return {"missing": f"more than {PATIENCE} s"}
    answer: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {"missing": f"exit {done.returncode}"}
    return answer


def main() -> None:
    """Print the tables."""
    for line in rightness.lines():
        print(line, flush=True)
    print()
    files = corpus()
    print("| what | ours | beside | times as fast |\n| --- | --- | --- | --- |")
    shared = beside()
    measurements = [
        chain("own documents", files),
        *([chain("documents beside", shared)] if shared else []),
        start_up(),
        reading.rows(),
        writing.rows(),
        parsers("own documents", files),
        *([parsers("documents beside", shared)] if shared else []),
    ]
    for measured in measurements:
        for row in measured:
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
