"""Sentences and clauses: borders found by regular expressions on the clean text."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Every pattern opens with one character class, so that the engine skips to candidates at the speed of memory; what may
# follow is told by a look back at the character just read.
_REST = r"[^()\n]{0,300}+(?:\([^()\n]{0,100}+\)[^()\n]{0,300}+){0,8}\)"
_ENDS = "。！？!?；;…\\n"
_CLOSERS = '[”’"』」)\\]】]*+'
_DOT = r"(?<=[\u3400-\u9fff)”》%]\.)(?=[\u3400-\u9fff“《(\s]|\d{1,2}[、.]|20\d\d年|\Z)"
_STEP = r"(?<=[,;。.:：,\s])(?:[一二三四五六七八九十]{1,2}(?:是(?!否)|要(?![求点素]))|\(\d{1,2}\)|[①-⑳])"
_PLAIN = re.compile(rf"[{_ENDS}(](?:(?<=\(){_REST}|(?<=[{_ENDS}])[{_ENDS}]*+{_CLOSERS})")
_DOTTED = re.compile(rf"[{_ENDS}(.](?:(?<=\(){_REST}|{_DOT}|(?<=[{_ENDS}])[{_ENDS}]*+{_CLOSERS})")
_STEPS = re.compile(rf"[,;。.:：\s](?={_STEP[_STEP.index('(?:') :]})")
_STEP_CUES = ("一是", "二是", "三是", "一要", "二要", "(1)", "(2)", "①", "②")
_STOP_DOT = re.compile(rf"\.{_DOT}")
_CLAUSE = re.compile(
    rf"[,，;；:：。！？!?\n(“《](?:(?<=\(){_REST}|(?<=“)[^”\n]{{0,200}}+”|(?<=《)[^》\n]{{0,200}}+》|(?<=[,，;；:：。！？!?\n]))"
)


def dots_stop(text: str, start: int, end: int) -> bool:
    """Whether a half-width dot is used as full stop in this stretch: a third as often as 。 or more."""
    if text.find(".", start, end) < 0:
        return False
    dots = sum(1 for _ in _STOP_DOT.finditer(text, start, end))
    return dots > 0 and text.count("。", start, end) <= 3 * dots


def steps_in(text: str, start: int, end: int) -> tuple[str, ...]:
    """The signs of 一是…二是… and （1）…（2）… that occur between two offsets: what :func:`sentences` has to look for."""
    return tuple(cue for cue in _STEP_CUES if text.find(cue, start, end) >= 0)


def sentences(
    text: str, start: int, end: int, dots: bool = False, steps: tuple[str, ...] = _STEP_CUES
) -> Iterator[tuple[int, int]]:
    """Spans of the sentences between two offsets, closing marks included, without the white space around them.

    Borders stand after 。！？； and line feeds and, where one of ``steps`` occurs, before 一是, 二是, （1）, ①; none inside
    round brackets. ``dots`` makes a half-width dot after a character a border too.
    """
    pattern = _DOTTED if dots else _PLAIN
    borders: list[int] = []
    brackets: list[tuple[int, int]] = []
    for m in pattern.finditer(text, start, end):
        a, b = m.span()
        if text[a] == "(":
            brackets.append((a, b))
        else:
            borders.append(b)
    if steps and any(text.find(cue, start, end) >= 0 for cue in steps):
        held = iter(brackets)
        bracket = next(held, None)
        for m in _STEPS.finditer(text, start, end):
            while bracket and bracket[1] <= m.end():
                bracket = next(held, None)
            if not (bracket and bracket[0] < m.end()):
                borders.append(m.end())
        borders.sort()
    at = start
    borders.append(end)
    for border in borders:
        if at < border and not text[at].isspace() and not text[border - 1].isspace():
            yield at, border
            at = border
        elif span := _trim(text, at, border):
            yield span
            at = border


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
        a, b = m.span()
        mark = text[a]
        if mark in "(“《" or (mark in ",:" and text[b : b + 1].isdecimal() and text[a - 1 : a].isdecimal()):
            continue
        found.append((at, b))
        at = b
    if at < end:
        found.append((at, end))
    return found
