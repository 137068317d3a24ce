"""Work that must grow with the length of a text only, measured so that a busy machine does not decide."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import pytest

_ENOUGH = 0.02  # seconds; below, the clock and the caches are measured
_TIMES = 8
_ROUNDS = 3


def _seconds(find: Callable[[str], object], text: str) -> float:
    """Processor time of the best of two runs."""
    best = float("inf")
    gc.disable()  # a collection of other tests' objects is no work of ours
    try:
        for _ in range(2):
            begin = time.process_time()
            find(text)
            best = min(best, time.process_time() - begin)
    finally:
        gc.enable()
    return best


def assert_linear(find: Callable[[str], object], piece: str) -> None:
    """Fail where eight times as much of ``piece`` takes far more than eight times the processor time.

    A square would take 64 times as long; 20 leaves room for a busy machine. The text starts small and grows until it takes
    long enough to be measured, so that a square is caught before it takes minutes.
    """
    size = max(1, 500 // len(piece))
    while (small := _seconds(find, piece * size)) < _ENOUGH / 4 and len(piece) * size < 100_000:
        size *= 2
    for _ in range(_ROUNDS):
        large = _seconds(find, piece * (size * _TIMES))
        if large <= 20 * small + _ENOUGH:
            return
        small = max(small, _seconds(find, piece * size))
    pytest.fail(f"{piece!r}: {small:.3f} s, eight times as long {large:.3f} s")
