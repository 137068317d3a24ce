"""One document in, rows out.

>>> source = read(data, "plan.txt")        # doctest: +SKIP
>>> extract(source).tables["figures"]      # doctest: +SKIP

Everything is imported when it is first used, so that ``import extractors`` costs nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from extractors.document import Source
    from extractors.errors import Rejected
    from extractors.extraction import Extraction, Options, extract
    from extractors.nlp import load
    from extractors.reading import read

__all__ = ["Extraction", "Options", "Rejected", "Source", "extract", "load", "read"]

_HOME = {
    "Extraction": "extractors.extraction",
    "Options": "extractors.extraction",
    "Rejected": "extractors.errors",
    "Source": "extractors.document",
    "extract": "extractors.extraction",
    "load": "extractors.nlp",
    "read": "extractors.reading",
}


if sys.version_info < (3, 11, 5):
    from extractors import regexes

    regexes.install()


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
