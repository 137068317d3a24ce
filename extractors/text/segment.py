"""A part → its segments: title, headings, items, paragraphs, table rows and the lines around the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.document import Segment, SegmentKind, Table
from extractors.text.headings import Number, Stretch, heading_end, inline_numbers, is_title, number_at, stretch
from extractors.text.lines import (
    ADOPTED,
    DATELINE,
    DOCUMENT_NUMBER,
    LETTERHEAD,
    LINE,
    NOTE,
    is_addressee,
    is_copies,
    is_dateline,
    is_label,
    is_meta_label,
    is_organisation,
    is_title_line,
)
from extractors.text.site import is_page_label

Rows = Sequence[tuple[int, int, Table, int]]
# Letters, brackets and 、 only: commas and colons belong to sentences and labels.
_PLAIN_HEAD = re.compile(r"[\w“《][\w、“”《》()（）%·—-]+")
_MEASURES = re.compile(r"(?:整改|工作|具体|主要|重点)?(?:措施|举措|任务)[:：]$")
_CLOSING_LABEL = re.compile(
    r"[\n。;；][ ]*(?P<label>(?:整改|完成|办结)(?:时限|时间|期限)|(?:责任|牵头|整改责任|整改|督导|主责)(?:单位|部门))[:：]"
)
_SALUTATION = re.compile(r"[^。;!:\n]{2,160}:")
_SIGNED = re.compile(
    rf"(?P<stop>[。.!;]) *(?P<body>[^。.!;,:\d]{{0,30}}?) *(?P<date>{DATELINE.pattern}) *(?P<note>{NOTE.pattern})?$"
)
# Under a title: who speaks, a subtitle, a motto.
_PLAIN_LINE = re.compile(r"[^。；;!！?？,，:：\t\d]*")
_UPPER = 2  # （一）
_UNNUMBERED_RANK = 2.5  # an unnumbered heading stands below 一、 and above （一）


@dataclass(slots=True)
class _State:
    """What the lines above a line have opened."""

    stack: list[tuple[float, str, str]] = field(default_factory=list)  # rank, style, heading text
    last: dict[str, int] = field(default_factory=dict)
    body: bool = False

    def path(self) -> tuple[str, ...]:
        return tuple(h[2] for h in self.stack if h[2])

    def open(self, n: Number, heading: str, nested: bool) -> tuple[str, ...]:
        """Close what the number ends, return the path above it, and push its heading (empty for an item)."""
        styles = [h[1] for h in self.stack]
        if n.style in styles:
            del self.stack[styles.index(n.style) :]
        elif not (nested and n.value == 1):
            while self.stack and self.stack[-1][0] >= n.rank:
                self.stack.pop()
        above = self.path()
        self.stack.append((n.rank, n.style, heading))
        self.last = {s: v for s, v in self.last.items() if s == "arabic" or s in {h[1] for h in self.stack}}
        self.last[n.style] = n.value
        return above


def segment(
    text: str, start: int, end: int, title: tuple[int, int] | None, rows: Rows = (), lost: bool = False
) -> list[Segment]:
    """Segments of the part ``text[start:end]``, in order, disjoint, covering all but white space.

    ``title`` is the span of its title, ``rows`` are the clean spans of table rows (start, end, table, row), in order.
    ``lost`` says that the part has lost its line breaks.
    """
    lines = [m.span() for m in LINE.finditer(text, start, end)]
    tail = _tail(text, lines)
    row_starts = [r[0] for r in rows]
    segments: list[Segment] = []
    state = _State()
    around = stretch(text, start, end, lost)
    for i, (a, b) in enumerate(lines):
        if rows:
            k = bisect_right(row_starts, a) - 1
            if k >= 0 and a < rows[k][1]:
                segments.append(Segment("row", a, b, body=a, path=state.path(), table=rows[k][2], row=rows[k][3]))
                continue
        if title and a < title[1]:
            segments.append(Segment("title" if b > title[0] else "meta", a, min(b, title[1]), body=a))
            if b <= title[1]:
                continue
            a = _salutation(text, _skip_space(text, title[1], b), b, segments)  # noqa: PLW2901
            if a == b:
                continue
        if title and i < 8 and text[a:b] == text[title[0] : title[1]]:
            segments.append(Segment("title", a, b, body=a))
            continue
        kind = _around(text, a, b, state, i >= tail, title is not None, lines, i)
        if kind:
            segments.append(Segment(kind, a, b, body=a))
            if kind == "title":
                state = _State()
            continue
        a = _merge_label(text, segments, a, b, state, around)  # noqa: PLW2901
        if a < b:
            _line(text, a, b, segments, state, around, lines[i + 1] if i + 1 < len(lines) else None)
    _part_closing_labels(text, segments)
    if lost and segments:
        _split_signature(text, segments)
    return segments


def _part_closing_labels(text: str, segments: list[Segment]) -> None:
    """Part from the last of the items below 整改措施: the labels that close the matter as a whole (整改时限:…责任单位:…).

    Where items before the last have such labels themselves, each keeps its own.
    """
    k = 0
    while k < len(segments):
        opener = segments[k]
        k += 1
        if (
            opener.kind == "row"
            or text[opener.end - 1] not in ":："
            or _MEASURES.search(text, max(opener.start, opener.end - 8), opener.end) is None
        ):
            continue
        first = k
        while k < len(segments) and segments[k].kind == "item" and segments[k].path == segments[first].path:
            k += 1
        if k == first or any(_CLOSING_LABEL.search(text, s.start, s.end) for s in segments[first : k - 1]):
            continue
        last = segments[k - 1]
        found = _CLOSING_LABEL.search(text, last.body, last.end)
        if found is not None and found.start("label") > last.body:
            begin = found.start("label")
            segments.insert(k, Segment("paragraph", begin, last.end, body=begin, path=last.path))
            last.end = found.start() + len(text[found.start() : begin].rstrip())
            k += 1


def _skip_space(text: str, a: int, b: int) -> int:
    while a < b and text[a].isspace():
        a += 1
    return a


def _salutation(text: str, a: int, b: int, segments: list[Segment]) -> int:
    """Part document number and addressees from the text after them in the same line; where the rest begins."""
    m = _SALUTATION.match(text, a, b)
    if m is None or not is_addressee(text, a, m.end()):
        return a
    segments.append(Segment("meta", a, m.end(), body=a))
    return _skip_space(text, m.end(), b)


def _split_signature(text: str, segments: list[Segment]) -> None:
    """Part the signature and the date from the last sentence, where no line breaks do."""
    last = segments[-1]
    m = _SIGNED.search(text, max(last.start + 1, last.end - 100), last.end)
    if last.kind in ("paragraph", "item") and m and (not m["body"] or is_organisation(text, *m.span("body"))):
        last.end = m.start("stop") + 1
        segments += [Segment("meta", *m.span(k), body=m.start(k)) for k in ("body", "date", "note") if m[k]]


def _tail(text: str, lines: list[tuple[int, int]]) -> int:
    """Index of the first line of the closing block: signature, date, copies, notes."""
    i = len(lines)
    while i and len(lines) - i < 14:
        a, b = lines[i - 1]
        if not (
            is_dateline(text, a, b)
            or is_organisation(text, a, b)
            or is_meta_label(text, a, b)
            or NOTE.fullmatch(text, a, b)
        ):
            break
        i -= 1
    return i


def _around(
    text: str, a: int, b: int, state: _State, tail: bool, titled: bool, lines: list[tuple[int, int]], i: int
) -> SegmentKind | None:
    """``meta`` or ``title`` where a line is not part of the body."""
    if is_dateline(text, a, b) or is_copies(text, a, b):
        return "meta"
    if tail:
        return "meta"
    if b - a < 60 and (
        DOCUMENT_NUMBER.fullmatch(text, a, b) or LETTERHEAD.fullmatch(text, a, b) or NOTE.fullmatch(text, a, b)
    ):
        return "meta"
    if b - a < 110 and ADOPTED.fullmatch(text, a, b):
        return "meta"
    following = lines[i + 1] if i + 1 < len(lines) else None
    if following and is_dateline(text, *following) and is_organisation(text, a, b):
        return "meta"
    if number_at(text, a, b) is None:
        if not state.body or not state.stack:
            if is_addressee(text, a, b):
                return "meta"
            if is_organisation(text, a, b) and not state.body:
                return "meta"
            if not state.body and (is_meta_label(text, a, b) or is_page_label(text, a, b)):
                return "meta"
            if (
                titled
                and i < 8
                and not state.body
                and b - a <= 30
                and _PLAIN_LINE.fullmatch(text, a, b)
                and not (following and _heads(text, a, b, following))
            ):
                return "meta"
        if i > 1 and is_title_line(text[a:b]) and any(is_dateline(text, *s) for s in lines[i - 2 : i]):
            return "title"
        if is_meta_label(text, a, b) and not state.stack:
            return "meta"
    return None


def _merge_label(text: str, segments: list[Segment], a: int, b: int, state: _State, around: Stretch) -> int:
    """Join a label line to the item, heading or paragraph above it; where the rest of the line begins (``a`` if not joined).

    The rest is what follows the next list number, where line breaks are lost.
    """
    if not segments or not (is_label(text, a, b) or (is_meta_label(text, a, b) and segments[-1].level)):
        return a
    above = segments[-1]
    if above.kind not in ("item", "heading", "paragraph"):
        return a
    numbers = inline_numbers(text, a, b, state.last, around) if around.lost else []
    rest = numbers[0].start if numbers else b
    above.end = a + len(text[a:rest].rstrip())
    if above.kind == "heading":
        above.kind = "item"
    return rest


def _line(
    text: str,
    a: int,
    b: int,
    segments: list[Segment],
    state: _State,
    around: Stretch,
    following: tuple[int, int] | None,
) -> None:
    """Segments of one line of the body: it may hold several headings and items where line breaks are lost."""
    first = number_at(text, a, b, state.last.get("arabic", 0) + 1)
    numbers = inline_numbers(text, a, b, {**state.last, **({first.style: first.value} if first else {})}, around)
    if first is None:
        stop = numbers[0].start if numbers else b
        if stop > a:
            _unnumbered(text, a, stop, b, segments, state, following)
    else:
        numbers.insert(0, first)
    for k, n in enumerate(numbers):
        stop = numbers[k + 1].start if k + 1 < len(numbers) else b
        after = numbers[k + 1].start if k + 1 < len(numbers) else (following[0] if following else -1)
        _numbered(text, n, stop, segments, state, after, following[1] if following else b)


def _unnumbered(
    text: str, a: int, stop: int, b: int, segments: list[Segment], state: _State, following: tuple[int, int] | None
) -> None:
    while stop > a and text[stop - 1].isspace():
        stop -= 1
    if stop == b and following and _heads(text, a, b, following) and not _after_short_line(text, segments):
        n = number_at(text, *following)
        rank = (
            -1 if n is not None and n.style == "han" and n.value == 1 and is_title_line(text[a:b]) else _UNNUMBERED_RANK
        )
        while state.stack and (state.stack[-1][0] > rank or state.stack[-1][1] == "none"):
            state.stack.pop()
        segments.append(Segment("heading", a, b, body=a, path=state.path()))
        state.stack.append((rank, "none", text[a:b]))
    else:
        segments.append(Segment("paragraph", a, stop, body=a, path=state.path()))
        state.body = True


def _after_short_line(text: str, segments: list[Segment]) -> bool:
    """Whether the line above is a short unfinished one as well: cells of a table written out line by line."""
    above = segments[-1] if segments else None
    return (
        above is not None
        and above.kind == "paragraph"
        and above.end - above.start < 30
        and text[above.end - 1] not in "。:：;；"
    )


def _heads(text: str, a: int, b: int, following: tuple[int, int]) -> bool:
    """Whether an unnumbered line is a heading: a short title without a closing mark before running text or a number."""
    if (
        b - a > 26
        or text[b - 1] in "。；;!！?？,，、"
        or not _PLAIN_HEAD.fullmatch(text, a, b)
        or not is_title(text[a:b])
    ):
        return False
    c, d = following
    return (d - c >= 30 and text[d - 1] in "。；;:：)）") or number_at(text, c, d) is not None


def _numbered(
    text: str, n: Number, stop: int, segments: list[Segment], state: _State, after: int, after_end: int
) -> None:
    while stop > n.body and text[stop - 1].isspace():
        stop -= 1
    end = heading_end(text, n, stop)
    whole = end >= stop
    # A whole line （二）….。 is a heading only where something stands under it.
    sure = n.level < _UPPER or (n.level == _UPPER and not (whole and text[stop - 1] == "。"))
    heading = end > n.body and (sure or (whole and _has_body(text, n, stop, after, after_end)))
    nested = (
        bool(segments) and segments[-1].kind == "heading" and bool(state.stack) and state.stack[-1][1] not in ("none",)
    )
    shown = text[n.start : end].rstrip("。.:：;； \n") if end > n.body and (heading or n.level >= 3) else ""
    above = state.open(n, shown, nested)
    state.body = True
    if not heading:
        segments.append(Segment("item", n.start, stop, n.level, n.body, above))
        return
    segments.append(Segment("heading", n.start, end, n.level, n.body, above))
    end = _skip_space(text, end, stop)
    if end < stop:
        segments.append(Segment("paragraph", end, stop, 0, end, state.path()))


def _has_body(text: str, n: Number, stop: int, after: int, after_end: int) -> bool:
    """Whether a short numbered line of a low level is a heading: what follows is running text or a deeper number."""
    if text[stop - 1] in "；;" or after < 0:
        return False
    following = number_at(text, after, after_end, n.value + 1)
    if text[stop - 1] == "。" and n.level <= _UPPER:
        under = following is None or following.rank > n.rank
        return under and not is_label(text, after, after_end) and not is_dateline(text, after, after_end)
    if text[stop - 1] == "。":
        return following is None and after_end - after >= 2 * (stop - n.start) and not is_label(text, after, after_end)
    if following is None:
        told = text[after_end - 1] in "。；;:：" or after_end - after > stop - n.start
        return told and not is_label(text, after, after_end) and not is_dateline(text, after, after_end)
    return following.rank > n.rank or (following.value == 1 and following.style != n.style)
