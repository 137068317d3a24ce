"""pyarrow, loaded without pandas.

pyarrow asks at its first array whether it was given one of pandas', and loads pandas for that wherever it is installed: a good
part of a second, and more memory than the arrays of a run. No array here is made of pandas' objects. Whoever asks pyarrow for
a frame later gets it: then pandas is looked for again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from types import ModuleType
from typing import Any


class _NoPandas:
    """A finder that finds no pandas."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("not now", name=name)


@cache
def arrow() -> Any:
    """The module ``pyarrow``."""
    # What is let go goes back: other pools keep tens of megabytes. Set before the library loads, since its Parquet writer
    # asks for the default pool of C++, which no call from Python changes.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    import pyarrow as pa  # noqa: PLC0415 (heavy)
    import pyarrow.parquet  # noqa: PLC0415

    if "pandas" not in sys.modules:
        finder: Any = _NoPandas
        sys.meta_path.insert(0, finder)
        try:
            pa.array([], pa.string())
        finally:
            sys.meta_path.remove(finder)
    return pa
