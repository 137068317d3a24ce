"""Which stretches of a file are documents: compilations split, site text left outside."""

from __future__ import annotations

import itertools
import re
from collections.abc import Set
from functools import cache

from extractors.lexicon import settings
from extractors.text.headings import number_at, numeral
from extractors.text.lines import LINE, is_dateline, is_title_line
from extractors.text.site import Span, trim

_NUMERAL = r"(?:\d{1,3}|[一二三四五六七八九十百]{1,4})"
# A mark that opens a sub-document, alone on its line or before its title: 第1篇 · 篇一：… · 环境工作计划篇 2 · 范文（三）.
_MARK_LINE = re.compile(
    rf"[【\[(《●★]?(?:第[ ]?(?P<a>{_NUMERAL})[ ]?篇(?:范文)?|(?P<stem>[^\s,，。;；:：、《》()【】]{{0,24}}?[ ]?(?:篇|范文|范本|模板|样本|例文|样文))[ ]?[(【\[第]?(?P<b>{_NUMERAL})[)】\]篇]?)"
    r"[】\])》★]?(?:[ ]?[:：、.][ ]?|[ ]|$)(?P<title>[^。；;]{0,60})"
)
_MARK_INLINE = re.compile(
    rf"篇(?:[ ]?(?P<n>{_NUMERAL})(?![\d篇章、])[ ]?[:：]?[ ]?|(?<=[\d一二三四五六七八九十]篇)(?![章文论报的是为幅目])[ ]?[:：]?[ ]?)"
)
_BEFORE_INLINE = re.compile(rf"(?:第[ ]?(?P<m>{_NUMERAL})[ ]?|(?P<stem>[\u4e00-\u9fff\d]{{2,24}}))$")
_BORDER = frozenset("。.！!?？)）”】》\n ;；")
Mark = tuple[int, int, int, str]  # value, start of the mark, start of the text after it, form


def find_parts(text: str, rows: Set[int] = frozenset()) -> tuple[list[Span], bool]:
    """Spans of the sub-documents in a clean text, in order, and whether site text stands around them. ``rows`` are the
    starts of the lines that are table rows."""
    lines = [m.span() for m in LINE.finditer(text)]
    if not lines:
        return [(0, len(text))], False
    marks = _line_marks(text, lines) or _inline_marks(text)
    if not marks:
        span, site = trim(text, lines, rows)
        return _successive(text, [s for s in lines if span[0] <= s[0] < span[1]], span), site
    spans: list[Span] = []
    for k, (_, after) in enumerate(marks):
        end = marks[k + 1][0] if k + 1 < len(marks) else len(text)
        held = [m.span() for m in LINE.finditer(text, after, end)]
        if held:
            spans.append(trim(text, held, rows)[0])
    return (spans or [(lines[0][0], lines[-1][1])]), True


def _line_marks(text: str, lines: list[Span]) -> list[Span]:
    """Marks alone on a line, or on one line with the title that they open."""
    found: list[Mark] = []
    if any(w in text for w in ("篇", "范文", "范本", "模板", "样本", "例文", "样文")):
        for a, b in lines:
            mark = _MARK_LINE.fullmatch(text, a, b) if b - a <= 90 else None
            if mark:
                title = mark["title"] or ""
                own = mark.start("title") if len(title) >= 4 else b
                stem = "第" if mark["a"] else mark["stem"].replace(" ", "")
                found.append((numeral(mark["a"] or mark["b"]), a, own, stem))
    row = _row(found)
    if len(row) < 2:
        row = _row(_numbered_titles(text, lines), least=2) or row
    return row


@cache
def _numbered_title() -> re.Pattern[str]:
    kinds = [
        w
        for listed in settings("text")["kinds"].values()
        for w in listed
        if w in ("计划", "总结", "方案", "汇报", "讲话", "发言稿", "述职报告", "工作要点")
    ]
    return re.compile(
        rf"(?P<stem>[^\s,，。;；:：、]{{2,24}}(?:{'|'.join(kinds)}))[ ]?[(【\[]?(?P<n>{_NUMERAL})[)】\]]?"
    )


def _numbered_titles(text: str, lines: list[Span]) -> list[Mark]:
    """The same title again and again with a number after it: 学校工作计划（1） … 学校工作计划（2）."""
    found: list[Mark] = []
    for k, (a, b) in enumerate(lines):
        m = _numbered_title().fullmatch(text, a, b) if 6 <= b - a <= 36 else None
        if m and number_at(text, a, b) is None and k + 1 < len(lines):
            found.append((numeral(m["n"]), a, b, m["stem"]))
    return found


def _inline_marks(text: str) -> list[Span]:
    """Marks inside lines, where the line breaks are lost; at least two of one form."""
    found: list[Mark] = []
    for m in _MARK_INLINE.finditer(text):
        window = max(0, m.start() - 26)
        before = _BEFORE_INLINE.search(text, window, m.start())
        if before is None:
            continue
        if before["m"]:
            value, form = numeral(before["m"]), "第"
        elif m["n"]:
            value, form = numeral(m["n"]), before["stem"] + "篇"
        else:
            continue
        if before.start() == 0 or text[before.start() - 1] in _BORDER:
            found.append((value, before.start(), m.end(), form))
    return _row(found, least=2)


def _row(found: list[Mark], least: int = 1) -> list[Span]:
    """The best row of marks of one form with rising numbers.

    A table of contents gives a row as well: of rows of equal length the last one is the body's. A lone mark counts only
    if it is number one.
    """
    rows: list[list[Mark]] = []
    latest: dict[str, list[Mark]] = {}
    for mark in found:
        row = latest.get(mark[3])
        if row is None or mark[0] <= row[-1][0]:
            row = latest[mark[3]] = []
            rows.append(row)
        row.append(mark)
    if not rows:
        return []
    best = max(reversed(rows), key=len)
    if len(best) < least or (len(best) == 1 and best[0][0] != 1):
        return []
    return [(a, after) for _, a, after, _ in best]


def _opens_list(text: str, line: Span) -> bool:
    n = number_at(text, *line)
    return n is not None and n.style == "han" and n.value == 1


def _successive(text: str, lines: list[Span], span: Span) -> list[Span]:
    """Several whole documents one after another: after a date line a title and a list that begins again.

    A title that the first one quotes (印发《…方案》) is its attachment, not a document of its own.
    """
    cuts: list[int] = []
    opening = text[span[0] : span[0] + 600]
    dated = -9
    listed = -1  # the first line that opens a list
    for i, (a, b) in enumerate(lines):
        if is_dateline(text, a, b):
            dated = i
            continue
        if not 0 < i - dated <= 3 or not 8 <= b - a <= 60 or not is_title_line(text[a:b]):
            continue
        if text[a:b].strip("《》") in opening[: a - span[0]] or a - (cuts[-1] if cuts else span[0]) < 200:
            continue
        after = next((n for s in lines[i + 1 : i + 12] if (n := number_at(text, *s)) and n.style == "han"), None)
        if after and after.value == 1:
            if listed < 0:  # looked for once: a file may hold hundreds of documents
                listed = next((k for k, s in enumerate(lines) if _opens_list(text, s)), len(lines))
            if listed < i:
                cuts.append(a)
    if not cuts:
        return [span]
    edges = [span[0], *cuts, span[1]]
    return [(x, x + len(text[x:y].rstrip())) for x, y in itertools.pairwise(edges)]
