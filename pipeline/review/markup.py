"""The source text as a page shows it: one element a line, highlights as elements, every character as itself.

Offsets are code points, half-open. Browsers count UTF-16, so spans are cut here and each line says where it begins; a
script only ever counts the characters of one line.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

# Characters without a shape, some of which turn the direction of what follows: shown by name, each in its own island.
_HIDDEN = re.compile("[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
# Controls that HTML would drop or change; their pictures stand one for one, so that offsets hold.
_CONTROLS = {n: 0x2400 + n for n in range(0x20) if n not in (0x09, 0x0A)} | {0x7F: 0x2421}
_CONTROLS |= dict.fromkeys(range(0x80, 0xA0), 0xFFFD)


TAB, ROW = "\t", ' class="row"'


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch to highlight: ``kind`` is the table of its row, ``key`` the id of its element on the page."""

    start: int
    end: int
    kind: str
    key: str


def source_html(text: str, spans: Iterable[Span]) -> Markup:
    """All lines of a text with the spans in them."""
    cuts, active = _cuts(text, spans)
    out: list[str] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        out.append(f'<p data-o="{start}"{ROW if TAB in line else ""}>')
        for n in range(bisect_right(cuts, start) - 1, bisect_left(cuts, end)):
            first, last = max(cuts[n], start), min(cuts[n + 1] if n + 1 < len(cuts) else len(text), end)
            out.append(_piece(text[first:last].removesuffix("\r" if last == end else ""), active[n]))
        out.append("</p>")
        start = end + 1
    return Markup("".join(out))


def _cuts(text: str, spans: Iterable[Span]) -> tuple[list[int], list[list[Span]]]:
    """Where the set of spans changes, and which are open from each such place on."""
    begin: dict[int, list[Span]] = {}
    over: dict[int, list[Span]] = {}
    for s in spans:
        if 0 <= s.start < s.end <= len(text):
            begin.setdefault(s.start, []).append(s)
            over.setdefault(s.end, []).append(s)
    cuts = sorted({0, *begin, *over})
    active: list[list[Span]] = []
    now: list[Span] = []
    for at in cuts:
        gone = over.get(at, ())
        now = [s for s in now if s not in gone] + begin.get(at, [])
        active.append(now)
    return cuts, active


def shown(text: object) -> Markup:
    """Words of a document as they may stand anywhere in a page: nothing in them acts, nothing is invisible."""
    return Markup("".join(_shown(str(text))))


def _piece(text: str, spans: list[Span]) -> str:
    if not text:
        return ""
    inner = "".join(_shown(text))
    if not spans:
        return inner
    keys = " ".join(s.key for s in spans)
    kinds = sorted({s.kind for s in spans} - {"tasks"})
    if not kinds:
        return f'<span class="t" data-r="{keys}">{inner}</span>'
    return f'<mark class="{" ".join(kinds)}" data-r="{keys}">{inner}</mark>'


def _shown(text: str) -> Iterator[str]:
    at = 0
    for match in _HIDDEN.finditer(text):
        yield escape(text[at : match.start()].translate(_CONTROLS))
        yield f'<span class="ctl" data-c="U+{ord(match[0]):04X}">{match[0]}</span>'
        at = match.end()
    yield escape(text[at:].translate(_CONTROLS))
