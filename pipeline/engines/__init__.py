"""Engines that map the extraction over documents, one module each.

An engine is a function ``run(stretches, settings, scratch) -> Iterator[Done]``: every input of every stretch comes back
exactly once, in any order and any cut.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Settings
from pipeline.expansion import Lost
from pipeline.inputs import Item
from pipeline.remote import fetch, is_remote
from pipeline.rendering import rendered
from pipeline.worker import Outcome, process


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring inputs that one worker takes at a time; ``first`` is the ordinal of the first."""

    first: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The encoded results (:func:`pipeline.journal.encode`) of ``count`` inputs from ordinal ``first`` on."""

    first: int
    count: int
    data: bytes


def fetched(stretch: Stretch, folder: Path) -> Stretch:
    """A stretch whose items are all on this machine: those that stand elsewhere are fetched into ``folder``."""
    if not any(map(is_remote, stretch.items)):
        return stretch
    items = (fetch(item, folder / f"{stretch.first + n:08d}.got") for n, item in enumerate(stretch.items))
    return Stretch(stretch.first, tuple(items))


def dropped(done: Done, folder: Path) -> Done:
    """The results again, what was fetched for them gone."""
    for ordinal in range(done.first, done.first + done.count):
        (folder / f"{ordinal:08d}.got").unlink(missing_ok=True)
    return done


def read(
    item: Item, settings: Settings, lost: tuple[Lost, ...] = (), step: Callable[[int], None] = lambda _: None
) -> list[Outcome]:
    """The outcomes of one input (:func:`pipeline.worker.process`), rendered for the formats of the run."""
    outcomes = process(item, settings, lost, step)
    for outcome in outcomes:
        outcome.rendered = rendered(outcome, settings.formats)
    return outcomes
