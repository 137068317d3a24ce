"""Everything in this process: no isolation, no limits. For tests and profiles (``--workers 0``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.config import Settings
from pipeline.engines import Done, Stretch, dropped, fetched, read
from pipeline.journal import encode


def run(stretches: Iterable[Stretch], settings: Settings, scratch: Path) -> Iterator[Done]:
    """Results as they come, in order."""
    for stretch in stretches:
        outcomes = [read(item, settings) for item in fetched(stretch, scratch).items]
        yield dropped(Done(stretch.first, len(outcomes), encode(stretch.first, outcomes)), scratch)
