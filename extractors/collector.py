"""The search for cyclic garbage, at rest while one document is worked on."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_rest() -> Iterator[None]:
    """No search for cyclic garbage: reading a workbook and extracting make no cycle (tests/test_invariants.py), but so many
    objects that the search for one takes a seventh of an extraction and a third of a reading. What is no longer needed
    goes by its reference count as ever.

    Nor do the new objects wait to be searched at once when that is over: frozen and released they count as old ones,
    which are searched when there are many more of them. Where the caller has frozen objects, they stay frozen.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()
