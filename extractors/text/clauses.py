"""Sentences and clauses: borders found by regular expressions on the clean text."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BRACKET = r"\([^()\n]{0,300}+(?:\([^()\n]{0,100}+\)[^()\n]{0,300}+){0,8}\)"
_STEP = r"(?<=[,，;；。.:：])[一二三四五六七八九十]{1,2}(?:是(?!否)|要(?=[^求点素]))|(?<=[,，;；。.:：])(?:\(\d{1,2}\)|[①-⑳])"
_SENTENCE = re.compile(rf"(?P<bracket>{_BRACKET})|(?P<step>{_STEP})|(?P<end>[。！？!?；;…]++[”’\"』」)\]】]*+|\n++)")
_DOT = r"(?<=[\u3400-\u9fff)”》%])\.(?=[\u3400-\u9fff“《(（\s]|\d{1,2}[、.]|$)"
_SENTENCE_DOT = re.compile(rf"(?P<bracket>{_BRACKET})|(?P<step>{_STEP})|(?P<end>[。！？!?；;…]++[”’\"』」)\]】]*+|\n++|{_DOT})")
_STOP_DOT = re.compile(_DOT)
_CLAUSE = re.compile(rf"{_BRACKET}|“[^”\n]{{0,200}}+”|《[^》\n]{{0,200}}+》|(?P<end>(?<!\d),|,(?!\d)|[，;；:：。！？!?\n])")


def dots_stop(text: str, start: int, end: int) -> bool:
    """Whether a half-width dot is used as full stop in this stretch: about as often as 。 or more."""
    if text.find(".", start, end) < 0:
        return False
    dots = sum(1 for _ in _STOP_DOT.finditer(text, start, end))
    return dots > 0 and text.count("。", start, end) <= 3 * dots


def sentences(text: str, start: int, end: int, dots: bool) -> Iterator[tuple[int, int]]:
    """Spans of the sentences between two offsets, closing marks included, without the white space around them.

    Borders stand after 。！？； and line feeds and before 一是, 二是, （1）, ①; none inside round brackets. ``dots``
    makes a half-width dot after a character a border too.
    """
    at = start
    for m in (_SENTENCE_DOT if dots else _SENTENCE).finditer(text, start, end):
        if m.lastgroup == "bracket":
            continue
        border = m.start() if m.lastgroup == "step" else m.end()
        span = _trim(text, at, border)
        if span:
            yield span
        at = border
    span = _trim(text, at, end)
    if span:
        yield span


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if end > start else None


def clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Comma parts of a sentence (clean offsets, closing mark included): parted by , ， ; : 。 and the like.

    Never cut inside brackets or quotation marks, nor between digits (1,350). The parts cover the stretch without gaps.
    """
    found: list[tuple[int, int]] = []
    at = start
    for m in _CLAUSE.finditer(text, start, end):
        if m.lastgroup == "end":
            found.append((at, m.end()))
            at = m.end()
    if at < end:
        found.append((at, end))
    return found
