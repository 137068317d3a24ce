"""Labels of lists (责任单位:, 责任人:) found by their colons.

A text is full of words that could open a label and has few colons behind a body or a person. So the colons are found once, and
a label is looked for only in front of them: a third of the time of a search from the first word on.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from extractors.unit_words import words


def colons(text: str, start: int, end: int) -> list[int]:
    """Where labels may end: the offsets of the colons, and what stands for one, behind the last character of some label."""
    return [m.start() for m in words().label_colon.finditer(text, start, end)]


def next_label(expression: re.Pattern[str], text: str, place: int, end: int, ends: list[int]) -> re.Match[str] | None:
    """What ``expression.search(text, place, end)`` finds, for the two expressions of labels.

    ``ends`` are the :func:`colons` of a stretch that holds this one.
    """
    longest: int = words().longest_label
    for i in range(bisect_left(ends, place), len(ends)):
        colon = ends[i]
        if colon >= end:
            break
        behind = colon
        while behind > place and text[behind - 1] in " \t":
            behind -= 1
        low = max(place, behind - longest)
        if expression.search(text, low, colon + 1):
            return expression.search(text, low, end)
    return None
