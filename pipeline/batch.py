"""Documents to journal: cut the inputs into stretches, map the engine over those not done yet, keep what comes."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from pipeline.config import Settings, rows_depend_on
from pipeline.engines import Done, Stretch
from pipeline.errors import UsageError
from pipeline.inputs import Item
from pipeline.journal import Journal
from pipeline.program import program_version

_STRETCH_ITEMS = 32
_FEWEST_ITEMS = 4
_SHARE = 8  # a stretch is at most this part of what is left: at the end no worker sits long over what others could do
_STRETCH_BYTES = 512 << 10

Progress = Callable[[int, int], None]


def fingerprint(items: Sequence[Item], settings: Settings) -> str:
    """What results depend on: the program (also as edited in place), the settings that change rows, and the inputs by name, size and time."""
    digest = hashlib.blake2b(digest_size=16)
    head = [program_version(), *rows_depend_on(settings)]
    digest.update(json.dumps(head).encode())
    for path in sorted(p for p in Path(str(files("extractors"))).rglob("*") if p.suffix in (".py", ".toml", ".tsv")):
        status = path.stat()
        digest.update(f"{path.name}|{status.st_size}|{status.st_mtime_ns}".encode())
    for i in items:
        digest.update(json.dumps([i.source, i.size, i.modified_ns, i.problem]).encode())
    return digest.hexdigest()


def stretches(items: Sequence[Item], done: set[int]) -> Iterator[Stretch]:
    """Runs of neighbouring inputs that are not done, small files together, a large one alone, shorter ones at the end."""
    first, size, room = 0, 0, 0
    held: list[Item] = []
    for ordinal, item in enumerate(items):
        full = len(held) == room or size + item.size > _STRETCH_BYTES
        if held and (full or ordinal in done):
            yield Stretch(first, tuple(held))
            held, size = [], 0
        if ordinal not in done:
            if not held:
                first = ordinal
                room = min(_STRETCH_ITEMS, max(_FEWEST_ITEMS, (len(items) - ordinal) // _SHARE))
            held.append(item)
            size += item.size
    if held:
        yield Stretch(first, tuple(held))


def engine(settings: Settings) -> Any:
    """The engine that the settings ask for: a module with ``run`` (:mod:`pipeline.engines`)."""
    name = "serial" if settings.engine == "local" and settings.workers == 0 else settings.engine
    try:
        return importlib.import_module(f"pipeline.engines.{name}")
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise UsageError(f"没有装 {name};请先安装 taizhang[{name}]") from error


def results(wanted: Iterator[Stretch], settings: Settings, scratch: Path) -> Iterator[Done]:
    """What the engine makes of the stretches, read once more where the settings name a second reader."""
    found: Iterator[Done] = engine(settings).run(wanted, settings, scratch)
    if settings.second_reader:
        from pipeline.secondreading import SecondReader  # noqa: PLC0415 (an extra)

        return SecondReader(settings).read(found)
    return found


def run(items: Sequence[Item], settings: Settings, journal: Journal, progress: Progress) -> None:
    """Bring the journal to completion. ``progress`` is called with (inputs done, inputs in all)."""
    done, _ = journal.scan()
    count = len(done)
    progress(count, len(items))
    if count == len(items):
        return
    for result in results(stretches(items, done), settings, journal.folder):
        journal.write(result.first, result.data)
        count += result.count
        progress(count, len(items))
