"""What looks like a number and is none: ordinals, list numbers, document numbers, codes, names, clock and date parts.

All functions take folded text and the offsets of the numeral, and look at a few characters around it.
"""

from __future__ import annotations

import re
from functools import cache

from extractors import lexicon

_BREAK = "\n。；;:！？!?\t”\""
_OPEN = "(（[〔【<《“\"'‘「"
_CLOSE = ")）]〕】>》”\"'’」"
_LETTER = re.compile(r"[A-Za-z]")
_LIST_END = re.compile(r"[、.．)）]")
_SLOGAN = re.compile(r"一\w一\w")


@cache
def _refused() -> tuple[frozenset[str], dict[str, tuple[tuple[int, int], ...]]]:
    """Words with numerals, and by their numeral characters where such a word begins and how long it is."""
    words = lexicon.settings("quantities")["refuse"]["words"]
    places: dict[str, set[tuple[int, int]]] = {}
    for word in words:
        for i, character in enumerate(word):
            if character in "一二两三四五六七八九十百千万亿半":
                places.setdefault(character, set()).add((i, len(word)))
    return frozenset(words), {c: tuple(p) for c, p in places.items()}


@cache
def _context(key: str) -> tuple[frozenset[str], tuple[int, ...]]:
    words = lexicon.settings("quantities")["refuse"][key]
    return frozenset(words), tuple(sorted({len(w) for w in words}, reverse=True))


def ends_with(text: str, end: int, key: str) -> bool:
    """Whether a word of ``refuse.key`` ends at ``end``."""
    words, lengths = _context(key)
    return any(end >= n and text[end - n : end] in words for n in lengths)


def begins_with(text: str, start: int, key: str) -> bool:
    """Whether a word of ``refuse.key`` begins at ``start``."""
    words, lengths = _context(key)
    return any(text[start : start + n] in words for n in lengths)


def in_word(text: str, start: int, body: str) -> bool:
    """Whether the Chinese numeral at ``start`` is part of a listed word (统一, 一方面) or slogan (一企一策)."""
    words, places = _refused()
    for offset, length in places.get(text[start], ()):
        if start >= offset and text[start - offset : start - offset + length] in words:
            return True
    if body != "一":
        return False
    return bool(_SLOGAN.match(text, start)) or (start > 1 and bool(_SLOGAN.match(text, start - 2)))


def ordinal(text: str, start: int) -> bool:
    """Whether 第 stands before the numeral, or before the left number of its range."""
    before = text[start - 1 : start]
    return before == "第" or (before == " " and text[start - 2 : start - 1] == "第")


_SESSION = re.compile(r"届[^，。；、\s\d]{0,6}\Z")


def session(text: str, start: int) -> bool:
    """Whether a count of 次 is the ordinal of a meeting (三届五次, 五届人大三次会议)."""
    return bool(_SESSION.search(text, max(0, start - 8), start))


def coded(text: str, start: int, end: int) -> bool:
    """Whether an Arabic number is glued to letters or to further parts of a code (G15, PM2.5, 3.2.1)."""
    before = text[start - 1 : start] if start else ""
    if before:
        if before.isascii() and before.isalpha():
            return True
        if before in "-_./·" and start > 1 and (text[start - 2].isascii() and (text[start - 2].isalpha() or (before == "." and text[start - 2].isdigit()))):
            return True
        if before == " " and _LETTER.match(text, start - 2) and _LETTER.match(text, start - 3) and text[end : end + 1] in ("-", "."):
            return True
    after = text[end : end + 1]
    return after == "." and text[end + 1 : end + 2].isdigit()


def listed(text: str, start: int, end: int) -> bool:
    """Whether the number opens an item: 1. 2、 (3) at the start of a line or after 。；:."""
    after = text[end : end + 1]
    before = text[start - 1 : start] if start else "\n"
    if before == "(" or before == "（":
        return after in (")", "）") and after != ""
    if not after or not _LIST_END.match(after):
        return False
    if before in (" ", "\u3000"):
        at = start - 1
        while at >= 0 and text[at] in " \u3000" and start - at < 8:
            at -= 1
        before = text[at] if at >= 0 else "\n"
        if after == "." and not text[end + 1 : end + 2].isdigit():
            return True
    if after == "." and text[end + 1 : end + 2] not in ("", "\n", " "):
        return True
    return before in _BREAK


def bare_refused(text: str, start: int, end: int) -> bool:
    """Whether an Arabic number without a measure is a code, an ordinal, a year, a label or a telephone number."""
    after = text[end : end + 1]
    before = text[start - 1 : start] if start else ""
    if after == " " and text[end + 1 : end + 2] == "号":
        return True
    if after.isascii() and after.isalpha():
        return True
    if after == "+" or before == "+":
        return True
    if before and before in _OPEN and after and after in _CLOSE:
        return True
    if before in ("〔", "[") or after in ("〕",):
        return True
    if begins_with(text, end, "after") or ends_with(text, start, "before"):
        return True
    digits = text[start:end]
    if digits.isdigit():
        if len(digits) >= 7 and (digits[0] == "0" or (len(digits) == 11 and digits[0] == "1") or len(digits) > 15):
            return True
        if len(digits) > 1 and digits[0] == "0":
            return True
        alone = not before and not after
        if not alone and len(digits) == 4 and "1950" <= digits <= "2060" and before not in ("共", "达", "为", "约", "近", "超", "过"):
            return True
        if not alone and digits in _context("codes")[0]:
            return True
    return listed(text, start, end)
