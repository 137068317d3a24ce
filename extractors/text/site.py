"""Site text: the web page around a document, told from the document."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import cache

from extractors.lexicon import words
from extractors.text.headings import number_at
from extractors.text.lines import DOCUMENT_NUMBER, is_addressee, is_dateline, is_title_line

Span = tuple[int, int]
_HEAD = 60  # lines looked at before the title
_TAIL = 40  # lines looked at after the end
_CLOCK = re.compile(r"\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}")
_STOP = re.compile(r"[。！!?？]")
_DOT = re.compile(r"(?<=[\u4e00-\u9fff)”])\.(?=[\u4e00-\u9fff《(“\s]|$)")  # the full stop of texts in half-width marks


@cache
def _any(key: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words("text_site", key))))


@cache
def _lead() -> re.Pattern[str]:
    return re.compile(rf"[【\[(]?(?:{'|'.join(words('text_site', 'leads'))})[】\])]?[ ]?[:：]")


@cache
def _shared_lead() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(words('text_site', 'shared_leads'))})[ ]?[:：]")


@cache
def _menu() -> frozenset[str]:
    return frozenset(words("text_site", "menu"))


def is_page_label(text: str, a: int, b: int) -> bool:
    """Whether a line above the body opens with a label of the page (来源： 发表时间： 浏览量：)."""
    return b - a <= 120 and _lead().match(text, a, b) is not None


def is_site_line(text: str, a: int, b: int) -> bool:
    """Whether a line is the web page's own wherever it stands: it says so itself."""
    return b - a <= 400 and _any("strong").search(text, a, b) is not None


def _is_fringe(text: str, a: int, b: int, row: bool) -> bool:
    """Whether a line before or after a document may be the page's: a label of the page, a menu word, a weak cue.

    In a table row (``row``) a weak cue stands by chance: 清理僵尸网站 | 信息科.
    """
    if text[a:b] in _menu() or _lead().match(text, a, b):
        return True
    return (
        not row
        and b - a <= 40
        and not _STOP.search(text, a, b)
        and _any("weak").search(text, a, b) is not None
        and not number_at(text, a, b)
    )


def _is_body(text: str, a: int, b: int) -> bool:
    if number_at(text, a, b) or is_addressee(text, a, b) or DOCUMENT_NUMBER.fullmatch(text, a, b):
        return True
    return b - a >= 60 or (b - a >= 16 and text[b - 1] in "。:：")


def trim(text: str, lines: list[Span], rows: Set[int] = frozenset()) -> tuple[Span, bool]:
    """The stretch of a document within its lines, and whether site text stood at its ends. ``rows`` are the starts of
    those lines that are table rows.

    Before: lines up to the last site line that stands above any body, but a title above it is kept unless it is
    repeated below. After: what follows a tail mark, and site lines at the very end.
    """
    first, site = _first(text, lines, rows)
    last, tail_site = _last(text, lines, first)
    start, end = lines[first][0], lines[last - 1][1]
    cut = _closing_sentence(text, start, end)
    return (start, cut), site or tail_site or cut < end


def _first(text: str, lines: list[Span], rows: Set[int]) -> tuple[int, bool]:
    dropped, titles = 0, []
    seen = False
    for i, (a, b) in enumerate(lines[:_HEAD]):
        if is_site_line(text, a, b):
            dropped, seen = i + 1, True
        elif number_at(text, a, b):
            break
        elif is_title_line(text[a:b]) and not text.endswith("范文", a, b):
            titles.append(i)
        elif _is_fringe(text, a, b, a in rows):
            dropped = i + 1
            seen = seen or not _shared_lead().match(text, a, b) or _CLOCK.search(text, a, b) is not None
        elif _is_body(text, a, b):
            break
    if not seen or dropped >= len(lines):
        return 0, seen
    above = [i for i in titles if i < dropped]
    below = [i for i in titles if i >= dropped]
    if above and not below and not _repeated(text, lines, above[-1], dropped):
        return above[-1], True
    return dropped, True


def _repeated(text: str, lines: list[Span], title: int, after: int) -> bool:
    """Whether the first lines after the site text say again what the title above it says."""
    words_of = text[slice(*lines[title])]
    return any(
        text[a:b] and (text[a:b] in words_of or words_of in text[a:b])
        for a, b in lines[after : after + 2]
        if b - a >= 6
    )


def _last(text: str, lines: list[Span], first: int) -> tuple[int, bool]:
    last, site = len(lines), False
    tails = _any("tails")
    for i in range(len(lines) - 1, max(first, len(lines) - _TAIL), -1):
        a, b = lines[i]
        if number_at(text, a, b) or is_dateline(text, a, b) or (b - a > 100 and not is_site_line(text, a, b)):
            break
        if b - a <= 120 and tails.match(text, a, b):
            last, site = i, True
    while last > first + 1:
        a, b = lines[last - 1]
        cue = _any("strong").search(text, a, b) if b - a <= 400 else None
        if text[a:b] not in _menu() and (cue is None or _STOP.search(text, a, cue.start())):
            break
        last, site = last - 1, True
    return last, site


def _closing_sentence(text: str, start: int, end: int) -> int:
    """Where the document ends if site text follows it in the same line."""
    window = max(start, end - 300)
    m = _any("strong").search(text, window, end)
    if m is None:
        return end
    stops = sorted(s.end() for stop in (_STOP, _DOT) for s in stop.finditer(text, window, m.start()))
    newline = text.rfind("\n", window, m.start()) + 1
    cut = max([*stops[-1:], newline])
    return len(text[start:cut].rstrip()) + start if cut > max(start, window) else end
