"""Where a paragraph that reports goes on to what comes next: …完成38公里。下一步,县住建局…"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from extractors.document import Segment
from extractors.lexicon import words

_CUES = words("text_tense", "turns")
AHEAD = re.compile(
    rf"(?:{'|'.join((*_CUES, *words('text_tense', 'turns_whole')))})(?!的|将迎)(?:[,，]|[^,，。;；]{{0,12}}[,，:：])"
)
"""The opening of a sentence that plans in a report."""
_STOPS = "。;；!！\n"


def turned(text: str, segments: list[Segment]) -> Iterator[Segment]:
    """The segments, those that report parted where a sentence in them turns to what comes next; the rest of them plans."""
    for s in segments:
        place = _turn(text, s) if s.tense == "done" and s.kind in ("paragraph", "item") else -1
        if place < 0:
            yield s
            continue
        stop = place
        while text[stop - 1].isspace():
            stop -= 1
        yield replace(s, end=stop)
        yield replace(s, kind="paragraph", start=place, body=place, level=0, tense="planned")


def _turn(text: str, s: Segment) -> int:
    """Where the first sentence behind the opening one begins that opens with such a word, -1 where none does."""
    found = [place for cue in _CUES if (place := _at_head(text, cue, s)) >= 0]
    return min(found, default=-1)


def _at_head(text: str, cue: str, s: Segment) -> int:
    place = text.find(cue, s.body + 1, s.end)
    while place >= 0:
        head = text[max(s.body, place - 4) : place].rstrip(" \u3000")[-1:]
        after = text[place + len(cue) : place + len(cue) + 1]
        if head and head in _STOPS and after != "的":
            return place
        place = text.find(cue, place + 1, s.end)
    return -1
