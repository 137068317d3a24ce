"""Which stretches of a file are documents: compilations split, site text left outside."""

from __future__ import annotations

import re
from functools import cache

from extractors.lexicon import words
from extractors.text.headings import numeral
from extractors.text.lines import LINE, is_title_line

_N = r"[ ]?(?P<{0}>\d{{1,3}}|[一二三四五六七八九十百]{{1,4}})[ ]?"
# A mark that opens a sub-document, alone on its line or before its title.
_MARK_LINE = re.compile(
    r"[【\[(（《]?(?:第" + _N.format("a") + r"篇|(?P<stem>[\u4e00-\u9fff\d]{0,24}?)[ ]?(?:篇|范文|范本|模板|样本|例文)[ ]?(?:[(（【]?" + _N.format("b") + r"[)）】]?))"
    r"[】\])）》]?[ ]?(?:$|[:：、.][ ]?|[ ])(?P<title>[^。；;]{0,60})$"
)
_MARK_INLINE = re.compile(
    r"(?P<stem>[\u4e00-\u9fff\d]{2,24}?篇)[ ]?(?P<n>\d{1,3}|[一二三四五六七八九十]{1,3})(?![\d篇章])[ :：]?|第[ ]?(?P<m>\d{1,3}|[一二三四五六七八九十]{1,3})[ ]?篇(?![文章论报的是为章幅])[ :：]?"
)
_BORDER = frozenset("。.！!？?)）”】》\n ;；")
Span = tuple[int, int]


@cache
def _site() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words("text_site", "anywhere"))))


@cache
def _lead() -> re.Pattern[str]:
    return re.compile(rf"[【\[(（]?(?:{'|'.join(words('text_site', 'leads'))})[】\])）]?[ ]?[:：]")


def is_site_text(text: str, a: int, b: int) -> bool:
    """Whether a line is the web page's own: a cue word in a short line, or a whole line of a menu."""
    if text[a:b] in words("text_site", "menu"):
        return True
    return b - a <= 240 and _site().search(text, a, b) is not None


def find_parts(text: str) -> tuple[list[Span], bool]:
    """Spans of the sub-documents in a clean text, in order, and whether site text stands around them."""
    marks = _line_marks(text) or _inline_marks(text)
    if not marks:
        span, site = _trim(text, 0, len(text))
        return [span], site
    spans: list[Span] = []
    for k, (_, after) in enumerate(marks):
        end = marks[k + 1][0] if k + 1 < len(marks) else len(text)
        span, _ = _trim(text, after, end)
        if span[1] > span[0]:
            spans.append(span)
    return (spans or [(0, len(text))]), True


def _line_marks(text: str) -> list[Span]:
    """Marks alone on a line: (start of the mark, start of the text after it)."""
    found: list[tuple[int, int, int, str]] = []
    if "篇" not in text and "范文" not in text and "范本" not in text and "模板" not in text:
        return []
    for m in LINE.finditer(text):
        a, b = m.span()
        if b - a > 80:
            continue
        mark = _MARK_LINE.fullmatch(m[0])
        if mark is None:
            continue
        raw = mark["a"] or mark["b"]
        stem = "第" if mark["a"] else re.sub(r"\d+", "#", mark["stem"] or "")
        title = mark["title"] or ""
        found.append((numeral(raw), a, a + mark.start("title") if len(title) >= 4 else b, stem))
    return _row(found)


def _inline_marks(text: str) -> list[Span]:
    """Marks inside lines, where the line breaks are lost."""
    found: list[tuple[int, int, int, str]] = []
    if "篇" not in text:
        return []
    stems: dict[str, int] = {}
    raw: list[tuple[int, int, int, str]] = []
    for m in _MARK_INLINE.finditer(text):
        n = m["n"] or m["m"]
        stem = m["stem"] or "第"
        raw.append((numeral(n), m.start(), m.end(), stem))
        stems[stem] = stems.get(stem, 0) + 1
    for value, a, b, stem in raw:
        if a == 0 or text[a - 1] in _BORDER:
            found.append((value, a, b, stem))
    return _row(found) if len(found) >= 2 else []


def _row(found: list[tuple[int, int, int, str]]) -> list[Span]:
    """The longest row of marks of one form with rising numbers; a lone mark counts if it is number one."""
    groups: dict[str, list[tuple[int, int, int]]] = {}
    for value, a, b, stem in found:
        row = groups.setdefault(stem, [])
        if not row or value > row[-1][0]:
            row.append((value, a, b))
    if not groups:
        return []
    best = max(groups.values(), key=len)
    if len(best) == 1 and best[0][0] != 1:
        return []
    return [(a, b) for _, a, b in best]


def _trim(text: str, start: int, end: int) -> tuple[Span, bool]:
    """A stretch without the site text at its two ends."""
    lines = [m.span() for m in LINE.finditer(text, start, end)]
    if not lines:
        return (start, start), False
    site = False
    first = 0
    for i, (a, b) in enumerate(lines[:30]):
        if is_site_text(text, a, b):
            first, site = i + 1, True
        elif b - a > 150:
            break
    if first >= len(lines):
        first = 0
    last = len(lines)
    while last > first + 1:
        a, b = lines[last - 1]
        if not is_site_text(text, a, b):
            break
        last, site = last - 1, True
    for i in range(max(first + 1, last - 12), last):
        a, b = lines[i]
        if b - a < 30 and is_site_text(text, a, b):
            last, site = i, True
            break
    return (lines[first][0], lines[last - 1][1]), site
