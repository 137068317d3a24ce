"""How a planned duty is worded × who, when, how and what: recall and precision over the grid of tests/cases/frames."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pytest

from tests import frames

EACH, SEED = 21, 20231
RECALL = {"units": 0.97, "limits": 0.96}
"""Over all frames; 0.759 and 0.873 before the grid was first read."""
RECALL_OF_A_FRAME = {"units": 0.85, "limits": 0.85}
PRECISION = {"units": 0.99, "limits": 0.99}
SPURIOUS_IN_NEGATIVES = 2
"""Of some five hundred sentences that lay nothing on anybody."""


@cache
def _seen() -> tuple[frames.Seen, ...]:
    return tuple(frames.sample(EACH, SEED))


def _counts(table: str) -> dict[str, list[int]]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for seen in _seen():
        for i, n in enumerate(seen.count(table)):
            counts[seen.made.frame][i] += n
    return counts


@pytest.mark.parametrize("table", ["units", "limits"])
def test_recall_and_precision(table: str) -> None:
    counts = _counts(table)
    asked, found, spurious = (sum(c[i] for c in counts.values()) for i in range(3))
    assert asked > 500
    assert found / asked >= RECALL[table]
    assert found / (found + spurious) >= PRECISION[table]
    low = {name: round(c[1] / c[0], 3) for name, c in counts.items() if c[0] and c[1] / c[0] < RECALL_OF_A_FRAME[table]}
    assert not low


@pytest.mark.parametrize("table", ["units", "limits"])
def test_negatives(table: str) -> None:
    negative = {f["name"] for f in frames.data("frames")["frame"] if f.get("negative")}
    assert len(negative) > 15
    spurious = [s.made.text for s in _seen() if s.made.frame in negative and s.count(table)[2]]
    assert len(spurious) <= SPURIOUS_IN_NEGATIVES, spurious


def test_a_missing_row_counts() -> None:
    made = frames.Made("X V", "plan", "县水利局9月底前清淤。", [(0, 4, "responsible")], [(4, 8, "by")])
    assert frames.Seen(made, [(0, 4, "responsible")], [(4, 8, "in")]).count("limits") == (1, 0, 1)
    assert frames.Seen(made, [(0, 3, "responsible")], []).count("units") == (1, 0, 1)
