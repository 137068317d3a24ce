"""Which spans are one place, against a plain look at all pairs."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from extractors.overlaps import Covered, match

SPAN = st.tuples(st.integers(0, 30), st.integers(1, 8)).map(lambda s: (s[0], s[0] + s[1]))


@dataclass(frozen=True)
class Place:
    start: int
    end: int


@given(st.lists(SPAN), SPAN)
def test_covered_meets_what_any_span_meets(spans: list[tuple[int, int]], asked: tuple[int, int]) -> None:
    assert Covered(spans).meets(*asked) is any(a < asked[1] and asked[0] < b for a, b in spans)


@given(st.lists(SPAN), st.lists(SPAN), st.sampled_from([0.0, 0.5]))
def test_matches_are_one_to_one_and_share_enough(
    gold: list[tuple[int, int]], rows: list[tuple[int, int]], least: float
) -> None:
    got = match([Place(*g) for g in gold], [Place(*r) for r in rows], least)
    assert len(set(got.values())) == len(got)
    for i, j in got.items():
        shared = min(gold[i][1], rows[j][1]) - max(gold[i][0], rows[j][0])
        assert shared > 0
        assert shared / max(gold[i][1] - gold[i][0], rows[j][1] - rows[j][0]) >= least
    left = [g for i, g in enumerate(gold) if i not in got], [r for j, r in enumerate(rows) if j not in got.values()]
    assert not any(match([Place(*g)], [Place(*r)], least) for g in left[0] for r in left[1]), "none left that could"
