"""Where a decision's place is in another version of its text: by place, by quote with what stands around it, by likeness."""

from __future__ import annotations

from dataclasses import dataclass

AROUND = 40  # code points kept before and after a quote
_MIN_CONTEXT = 6  # code points around a moved quote that must agree, where it stands more than once
_LIKENESS = 0.7  # of quote and surroundings together
_MAX_CANDIDATES = 2000
_WINDOW = 200_000  # code points searched for likeness around the old place


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in a text, half-open in code points, with what makes it findable elsewhere."""

    start: int
    end: int
    quote: str
    prefix: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Found:
    """An anchor in the new text. ``how`` is place, quote or likeness; ``likeness`` 1.0 for the first two."""

    anchor: Anchor
    how: str
    likeness: float


def anchor_at(text: str, start: int, end: int) -> Anchor:
    """The anchor of a span."""
    return Anchor(start, end, text[start:end], text[max(0, start - AROUND) : start], text[end : end + AROUND])


def locate(old: Anchor, text: str) -> Found | None:
    """The place of ``old`` in ``text``, or None where it is not there any more."""
    if text[old.start : old.end] == old.quote and old.quote:
        here = anchor_at(text, old.start, old.end)
        if _context(old, here) >= min(_MIN_CONTEXT, len(old.prefix) + len(old.suffix)):
            return Found(here, "place", 1.0)
    return _by_quote(old, text) or _by_likeness(old, text)


def _by_quote(old: Anchor, text: str) -> Found | None:
    places: list[tuple[int, int, int]] = []  # (context that agrees, closeness to the old place, start)
    at = text.find(old.quote) if old.quote else -1
    while at >= 0 and len(places) < _MAX_CANDIDATES:
        here = anchor_at(text, at, at + len(old.quote))
        places.append((_context(old, here), -abs(at - old.start), at))
        at = text.find(old.quote, at + 1)
    if not places:
        return None
    places.sort(reverse=True)
    agreed, _, at = places[0]
    if agreed < _MIN_CONTEXT and agreed < len(old.prefix) + len(old.suffix):
        return None  # the same words elsewhere are another place
    return Found(anchor_at(text, at, at + len(old.quote)), "quote", 1.0)


def _context(old: Anchor, here: Anchor) -> int:
    """Code points around the quote that agree, counted outwards from it."""
    before = _common(old.prefix[::-1], here.prefix[::-1])
    return before + _common(old.suffix, here.suffix)


def _common(a: str, b: str) -> int:
    n = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        n += 1
    return n


def _by_likeness(old: Anchor, text: str) -> Found | None:
    from rapidfuzz import fuzz  # noqa: PLC0415 (seldom needed)
    from rapidfuzz.distance import Indel  # noqa: PLC0415

    wanted = old.prefix + old.quote + old.suffix
    low = max(0, old.start - _WINDOW)
    window = text[low : old.end + _WINDOW]
    if not wanted.strip() or not window:
        return None
    best = fuzz.partial_ratio_alignment(wanted, window, score_cutoff=_LIKENESS * 100)
    if best is None or best.dest_end <= best.dest_start:
        return None
    there = window[best.dest_start : best.dest_end]
    start, end = (
        _mapped(len(old.prefix), Indel.opcodes(wanted, there)),
        _mapped(len(old.prefix) + len(old.quote), Indel.opcodes(wanted, there)),
    )
    if start >= end:
        return None  # the words around are still there, the quote itself is not
    at = low + best.dest_start
    return Found(anchor_at(text, at + start, at + end), "likeness", round(best.score / 100, 4))


def _mapped(offset: int, opcodes: object) -> int:
    """An offset in one string carried over to the other by the edits between them."""
    to = 0
    for code in opcodes:  # type: ignore[attr-defined]
        if code.src_start <= offset <= code.src_end:
            if code.tag == "equal":
                return int(code.dest_start + offset - code.src_start)
            to = int(code.dest_end if offset == code.src_end else code.dest_start)
            if offset < code.src_end:
                return to
        elif code.src_start > offset:
            break
    return to
