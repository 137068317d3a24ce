"""Replacements of one character by one character: widths, spaces, line ends, traditional forms.

Every function returns a text of the same length, so offsets stay what they were.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from extractors.lexicon import table

WIDE_SPACES = "\u3000\u2003"
_KEPT_COMMA = "\ufdd0"  # a noncharacter: stands for a full-width comma that must not become a thousands mark
_COMMA_BETWEEN_DIGITS = re.compile(r"，(?<=[0-9０-９]，)(?=[0-9０-９])")
_THOUSANDS = re.compile(r"[0-9０-９]++(?:，[0-9０-９]++)++")
_GROUPED = re.compile(r"[0-9０-９]{1,3}(?:，[0-9０-９]{3})+")
_TRADITIONAL_SHARE = 0.01
_TRADITIONAL_DISTINCT = 4


@cache
def fold_table() -> dict[str, str]:
    """Character → character; wide spaces are left to :func:`narrow_spaces`, since they part columns and names."""
    folded = {chr(0xFF01 + i): chr(0x21 + i) for i in range(0x5E)}
    folded.update({chr(c): unicodedata.normalize("NFKC", chr(c)) for c in range(0x2F00, 0x2FD6)})
    folded.update({chr(int(r["from"], 16)): chr(int(r["to"], 16)) for r in table("text_fold")})
    return folded


@cache
def simplified_table() -> dict[str, str]:
    """Traditional → simplified, one character each, from OpenCC's character table."""
    import opencc  # noqa: PLC0415  heavy, and few texts are traditional

    every = [chr(c) for c in range(0x3400, 0xA000)]
    converted = opencc.OpenCC("t2s").convert("\n".join(every)).split("\n")
    return {a: b for a, b in zip(every, converted, strict=True) if a != b and len(b) == 1}


@cache
def telling_traditional() -> frozenset[str]:
    """Frequent characters that only traditional writing has."""
    return frozenset(row["character"] for row in table("text_traditional"))


def is_traditional(text: str, chars: set[str]) -> bool:
    """Whether a text is written in traditional characters: several different ones, and not a name here and there.

    ``chars`` holds at least those of :func:`telling_traditional` that occur.
    """
    if len(chars & telling_traditional()) < _TRADITIONAL_DISTINCT:
        return False
    forms = simplified_table()
    hits = sum(text.count(c) for c in set(text) if c in forms)
    return hits >= _TRADITIONAL_SHARE * len(text)


def _replace(text: str, pairs: dict[str, str]) -> str:
    if len(pairs) > 32:
        return text.translate({ord(old): new for old, new in pairs.items()})
    for old, new in pairs.items():
        text = text.replace(old, new)
    return text


def _protect(match: re.Match[str]) -> str:
    return match[0] if _GROUPED.fullmatch(match[0]) else match[0].replace("，", _KEPT_COMMA)


def fold(text: str, chars: set[str]) -> str:
    """Full-width letters, digits and marks to ASCII, odd spaces to a space, odd line ends to a line feed.

    A full-width comma between digits becomes ``,`` only where it parts thousands (``1，350``); in ``2021，100家`` it
    stays, or two numbers would become one. ``chars`` holds at least those of :func:`fold_table` that occur.
    """
    if "，" in chars and _COMMA_BETWEEN_DIGITS.search(text):
        text = _THOUSANDS.sub(_protect, text)
    forms = fold_table()
    text = _replace(text, {c: forms[c] for c in chars if c in forms})
    return text.replace(_KEPT_COMMA, "，")


def simplify(text: str, chars: set[str]) -> str:
    """Traditional characters to simplified ones, one by one."""
    forms = simplified_table()
    return _replace(text, {c: forms[c] for c in chars if c in forms})


def narrow_spaces(text: str) -> str:
    """The wide spaces to a space."""
    for space in WIDE_SPACES:
        text = text.replace(space, " ")
    return text
