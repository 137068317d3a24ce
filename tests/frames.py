"""Sentences made from the frames and slots of tests/cases/frames, with the rows that the contract asks of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import extractors

CASES = Path(__file__).parent / "cases" / "frames"
_SLOT = re.compile(r"\{(?P<slot>[XTMGVP])(?P<asked>=[^}]*)?\}")
_TOGETHER = 6


@cache
def data(name: str) -> dict[str, Any]:
    """One of the data files."""
    return tomllib.loads((CASES / f"{name}.toml").read_text("utf-8"))


@dataclass
class Made:
    """One sentence with the spans asked of it (start, end, roles or kind) and what filled its slots."""

    frame: str
    section: str
    text: str = ""
    units: list[tuple[int, int, str]] = field(default_factory=list)
    limits: list[tuple[int, int, str]] = field(default_factory=list)
    filled: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Seen:
    """What came out for one sentence: spans with role or kind."""

    made: Made
    units: list[tuple[int, int, str]]
    limits: list[tuple[int, int, str]]

    def count(self, table: str) -> tuple[int, int, int]:
        """(asked, found, spurious) rows of ``units`` or ``limits``."""
        asked, got = getattr(self.made, table), list(getattr(self, table))
        n = len(got)
        found = sum(any(self._fits(a, g, table) for g in got) for a in asked)
        return len(asked), found, n - sum(any(self._fits(a, g, table) for a in asked) for g in got)

    @staticmethod
    def _fits(asked: tuple[int, int, str], got: tuple[int, int, str], table: str) -> bool:
        same = asked[:2] == got[:2] if table == "units" else got[0] < asked[1] and asked[0] < got[1]
        return same and got[2] in asked[2].split("|")


def make(frame: dict[str, Any], section: str, random: Random) -> Made:
    """One sentence of a frame."""
    slots = data("slots")
    bodies = [b for kind in slots["bodies"].values() for b in kind]
    kinds = [t for t in slots["times"] if t["kind"] in frame.get("only", [t["kind"]])]
    made = Made(frame["name"], section, data("sections")[section].get("lead", ""))
    place, used = 0, set[str]()
    for m in _SLOT.finditer(frame["text"]):
        made.text += frame["text"][place : m.start()]
        place = m.end()
        slot, asked = m["slot"], (m["asked"] or "")[1:]
        kind = ""
        if slot == "T":
            time = random.choice(kinds)
            kind, options = time["kind"], time["said"]
        else:
            options = {
                "X": bodies,
                "M": slots["manners"]["list"],
                "G": slots["grounds"]["list"],
                "V": slots["verbs"]["list"],
                "P": slots["modals"]["list"],
            }[slot]
        word = random.choice([o for o in options if o not in used])
        used.add(word)
        start, stop = len(made.text), len(made.text) + len(word)
        made.text += word
        made.filled.append((slot, word))
        if slot == "X" and m["asked"]:
            made.units.append((start, stop, asked))
        elif slot == "T" and m["asked"]:
            made.limits.append((start, stop, kind))
    made.text += frame["text"][place:]
    return made


def look(made: list[Made]) -> Iterator[Seen]:
    """The rows of sentences of one section, read in small documents of several."""
    for i in range(0, len(made), _TOGETHER):
        batch = made[i : i + _TOGETHER]
        head, tail = data("sections")[batch[0].section]["text"].split("{}")
        text = head + "\n".join(m.text for m in batch) + tail
        rows = extractors.extract(extractors.read(text.encode(), "frames.txt"), extractors.Options(year=2023)).rows
        start = len(head)
        for m in batch:
            stop = start + len(m.text)
            found: dict[str, list[tuple[int, int, str]]] = {}
            for table, value in (("units", "role"), ("deadlines", "kind")):
                found[table] = [
                    (r.start - start, r.end - start, getattr(r, value))
                    for r in rows[table]
                    if r.confidence >= 0.5 and start <= r.start < stop
                ]
            yield Seen(m, found["units"], found["deadlines"])
            start = stop + 1


PLANNED = ("plan", "notice", "next", "rectify", "minutes", "bulletin", "inline")


def sample(each: int, seed: int) -> list[Seen]:
    """So many sentences of every frame."""
    random = Random(seed)
    by_section: dict[str, list[Made]] = {}
    for frame in data("frames")["frame"]:
        where = frame.get("where", [*PLANNED])
        for n in range(each):
            section = where[n % len(where)]
            by_section.setdefault(section, []).append(make(frame, section, random))
    seen: list[Seen] = []
    for made in by_section.values():
        random.shuffle(made)
        seen += look(made)
    return seen
