"""Possessive quantifiers on Pythons that have them wrong.

Before 3.11.5 (gh-106052) a possessive repeat whose last round failed half way kept what that round had taken: ``\\d++(?:\\.\\d++)?+``
matched ``3.`` of ``3.年``. Debian 12 has 3.11.2. Atomic groups were right from the start and mean the same, so there the
parser's tree is rewritten: ``X*+`` becomes ``(?>X*)``. :mod:`extractors` calls :func:`install` before it compiles a pattern.
"""

from __future__ import annotations

import re
import sys
from typing import Any

BROKEN = sys.version_info < (3, 11, 5)
_parser: Any = re._parser  # type: ignore[attr-defined]
_kinds: Any = re._constants  # type: ignore[attr-defined]


def atomic(tree: Any) -> Any:
    """A parsed pattern with its possessive repeats as atomic groups, changed in place."""
    for at, (kind, value) in enumerate(tree):
        for part in value if isinstance(value, tuple | list) else (value,):
            for inner in part if isinstance(part, list) else (part,):
                if isinstance(inner, _parser.SubPattern):
                    atomic(inner)
        if kind is _kinds.POSSESSIVE_REPEAT:
            group = _parser.SubPattern(tree.state, [(_kinds.MAX_REPEAT, value)])
            tree[at] = (_kinds.ATOMIC_GROUP, group)
    return tree


def install() -> None:
    """Let ``re`` compile possessive repeats as atomic groups, where it has them wrong."""
    if not BROKEN or getattr(_parser.parse, "atomic", False):
        return
    parse = _parser.parse

    def parsed(pattern: Any, flags: int = 0, state: Any = None) -> Any:
        return atomic(parse(pattern, flags, state))

    parsed.atomic = True  # type: ignore[attr-defined]
    _parser.parse = parsed
