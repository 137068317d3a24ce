"""What a pattern can begin with, and what one that is anchored at its end can end in.

Most words that decide a figure stand right before or behind it, and most figures have none of them there: a look at the one
character beside the figure, in a set that is read off the pattern, saves a call of the engine, which costs five times as much.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

_parser: Any = re._parser  # type: ignore[attr-defined]
_DIGITS_END = 0x20000  # beyond stand ideographs, tags and private characters: a look at all takes 0.3 s of every start
_WIDEST = 5000  # characters; a set that holds more lets nothing go


def first_characters(expression: re.Pattern[str]) -> frozenset[str]:
    """The characters of which one stands first wherever an expression matches anything; it may match nothing elsewhere.

    Raises ValueError where any character may stand there.
    """
    return frozenset(_edge(_parser.parse(expression.pattern, expression.flags), 1)[0])


def last_characters(expression: re.Pattern[str]) -> frozenset[str]:
    """The characters of which one stands last wherever an expression that ends in ``$`` matches.

    Raises ValueError where any character may stand there, or none at all.
    """
    tree = _parser.parse(expression.pattern, expression.flags)
    found, empty = _edge(tree, -1)
    if empty or not _anchored(tree):
        raise ValueError(f"may end in anything: {expression.pattern}")
    return frozenset({*found, "\n"})  # $ stands before a last line feed too


def _anchored(tree: Any) -> bool:
    """Whether every way through a parsed sequence ends in ``$``."""
    if not len(tree):
        return False
    kind, value = tree[-1]
    match str(kind):
        case "AT":
            return str(value) == "AT_END"
        case "BRANCH":
            return all(_anchored(branch) for branch in value[1])
        case "SUBPATTERN":
            return _anchored(value[-1])
    return False


def _edge(tree: Iterable[Any], step: int) -> tuple[set[str], bool]:
    """The first characters (``step`` 1) or the last ones (-1) of a parsed sequence, and whether it may be empty."""
    found: set[str] = set()
    for kind, value in list(tree)[::step]:
        more, empty = _of(str(kind), value, step)
        found |= more
        if not empty:
            return found, False
    return found, True


def _of(kind: str, value: Any, step: int) -> tuple[set[str], bool]:
    match kind:
        case "LITERAL":
            return {chr(value)}, False
        case "IN":
            return {c for inner, what in value for c in _set(str(inner), what)}, False
        case "BRANCH":
            branches = [_edge(branch, step) for branch in value[1]]
            return set().union(*(found for found, _ in branches)), any(empty for _, empty in branches)
        case "SUBPATTERN":
            return _edge(value[-1], step)
        case "ATOMIC_GROUP":
            return _edge(value, step)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            found, empty = _edge(value[2], step)
            return found, empty or value[0] == 0
        case "AT" | "ASSERT" | "ASSERT_NOT":
            return set(), True
    raise ValueError(f"may be anything: {kind}")


def _set(kind: str, value: Any) -> set[str]:
    if kind == "LITERAL":
        return {chr(value)}
    if kind == "RANGE" and value[1] - value[0] < _WIDEST:
        return {chr(c) for c in range(value[0], value[1] + 1)}
    if kind == "CATEGORY" and str(value) in _CATEGORIES:
        return _category(_CATEGORIES[str(value)])
    raise ValueError(f"may be anything: {kind} {value}")


_CATEGORIES = {"CATEGORY_SPACE": "isspace", "CATEGORY_DIGIT": "isdecimal"}


@cache
def _category(test: str) -> set[str]:
    return {c for c in map(chr, range(_DIGITS_END)) if getattr(c, test)()}
