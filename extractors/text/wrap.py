"""Lines broken in mid-sentence: which line feeds, page numbers and running heads to take out.

A text is hard-wrapped where lines that do not end a sentence have nearly one width. A single very long line that
stops in mid-sentence is joined as well, also over one empty line, and so is an indented line before one that is not.
Table rows, labels, headings, titles and short lines are never joined.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import accumulate

from extractors.document import Source
from extractors.lexicon import words

_CLOSED = frozenset("。！？；：!?;:…")
_MAYBE_CLOSED = frozenset(")）]］】》」』”\"'’〕")
_DOT = re.compile(r"[\u4e00-\u9fff)）”]\.$")  # the full stop of texts in half-width marks
_HEAD = re.compile(
    r"[ \u3000]*(?:[一二三四五六七八九十百]{1,4}、|[（(][一二三四五六七八九十百\d]{1,4}[)）]|\d{1,3}[.、．)](?!\d)|[①-⑳㈠-㈩⑴-⒛]"
    r"|第[一二三四五六七八九十百\d]{1,4}[章节条篇部编]|[|\-•●■◆▪*#>【])"
)
_FURNITURE = re.compile(
    r"[ \t\u3000]*(?:[-—–―－·•]{1,3}[ \u3000]*\d{1,4}[ \u3000]*[-—–―－·•]{1,3}|第[ ]?\d{1,4}[ ]?页(?:[,，/ ]{0,2}共[ ]?\d{1,4}[ ]?页)?|\d{1,4}[ ]?/[ ]?\d{1,4})[ \t\u3000]*"
)
_SPACE = re.compile(r"[ \t\u3000\u2003]+")
_INNER = re.compile("[,，。、；;：:]")
_STOP = re.compile("[,，。；;]")
_NARROW, _WIDE, _LONG, _TOLERANCE = 36, 100, 100, 5  # widths in half-width cells

_HANGING_LABEL = re.compile(r"[(（\[【][^()（）\[\]【】]{2,20}[:：]$")  # (责任单位: | 市工信局)
_CUT_NUMBER = re.compile(r"\d[万亿]?$")  # 328,615.47万 | 元: a number cut from its measure
_MEASURE_FIRST = re.compile(
    r"[ \t\u3000]*(?:[万亿]?(?:元|吨|亩|人|户|个|名|家|件|项|座|公里|平方米|千瓦|条|处|台|套|辆|所|栋|间|张|株|头|只|艘|米|立方米|公顷|场|批)|%|‰|百分点)"
)

# A time cut in two (10月2 | 0日前, 每 | 月5日前, 6月 | 底前), and a line that opens with a mark that closes.
_CUT_TIME = re.compile(
    r"月(?:[12]?\d\n|[1-3]\n\d)[日号](?![常期])|每\n[年月季周旬日半]|\d月\n(?:[底末初]|[上中下]旬|\d{1,2}[日号])|\d年\n\d{1,2}月|年\n[底内末][前,，]"
    r"|20\d\d\n年[\d底末初上下度]|20(?:\d\n|\n\d)\d年"
)
# A number cut in two (新增1 | 20户, 投资3. | 5亿元): digits behind a word, and more of them with a measure.
_CUT_DIGITS = re.compile(r"(?<![件表图第])[\u4e00-\u9fff]\d{1,4}\.?$")
_DIGITS_FIRST = re.compile(rf"\d{{1,4}}(?:\.\d{{1,3}})?(?:{_MEASURE_FIRST.pattern})")
_LABELLED_END = re.compile(
    r"(?:时限|期限|时间|单位|部门|股室|科室)[:：][^。；;]{1,30}$"
)  # the labels of an item end it
_SHORTEST, _SHORT = 8, 15
_CLOSES_FIRST = frozenset(",，、;；。)）”》〕】")

Edit = tuple[int, int, str]


@cache
def _label() -> re.Pattern[str]:
    listed = words("text", "labels") + words("text", "meta_labels")
    return re.compile(rf"[ \t\u3000]*[（(【]?(?:{'|'.join(listed)})[】]?[ ]?[:：]")


def _width(line: str) -> int:
    return (len(line) + len(line.encode("utf-8", "replace"))) // 2


def _furniture(lines: list[str], starts: list[int], source: Source, tabular: Callable[[int], bool]) -> set[int]:
    """Indices of lines that are page numbers, or heads and feet repeated on most pages; never rows of a table."""
    found = {i for i, line in enumerate(lines) if len(line) < 24 and line and _FURNITURE.fullmatch(line)}
    if len(source.pages) < 3:
        return found
    edge: Counter[str] = Counter()
    places: dict[str, list[int]] = {}
    for page in source.pages:
        first = bisect_right(starts, page.start) - 1
        last = bisect_right(starts, max(page.start, page.end - 1)) - 1
        held = [i for i in range(first, last + 1) if lines[i].strip() and i not in found]
        for i in {*held[:1], *held[-1:]}:
            if tabular(i):
                continue
            key = re.sub(r"\d+", "#", lines[i].strip())
            edge[key] += 1
            places.setdefault(key, []).append(i)
    for key, count in edge.items():
        if count >= 3 and count * 2 > len(source.pages) and len(key) < 40:
            found.update(places[key])
    return found


def wrap_edits(text: str, source: Source) -> list[Edit]:
    """Edits (start, end, replacement) that join broken lines and drop page furniture; ``text`` is as long as the source."""
    if "\n" not in text:
        return []
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)][: len(lines)]
    rows = [(t.start, t.end) for t in source.tables]
    row_starts = [r[0] for r in rows]

    def tabular(i: int) -> bool:
        k = bisect_right(row_starts, starts[i]) - 1
        return k >= 0 and starts[i] < rows[k][1]

    furniture = _furniture(lines, starts, source, tabular)
    edits: list[Edit] = []
    candidates: list[tuple[int, int, int]] = []  # line, next line, width
    sure: list[tuple[int, int]] = []
    for i, line in enumerate(lines):
        if len(line) < _SHORTEST or i in furniture or (len(line) < _SHORT and not _cut_below(lines, i)):
            continue
        body = line.rstrip(" \t\r\u3000")
        if not body or "\t" in body or body[0] == "|" or "://" in body:
            continue
        hanging = body[-1] in ":：" and _HANGING_LABEL.search(body) is not None
        if (body[-1] in _CLOSED or (body[-1] == "." and _DOT.search(body))) and not hanging:
            continue
        j = i + 1
        while j < len(lines) and (j in furniture or not lines[j].strip()):
            j += 1
        gap = j > i + 1 and not any(k in furniture for k in range(i + 1, j))
        if (
            j >= len(lines)
            or (gap and (j > i + 2 or not _broken(body) or _LABELLED_END.search(body)))
            or not _continues(lines, i, j)
        ):
            continue
        if rows and (tabular(i) or tabular(j)):
            continue
        if (
            hanging
            or gap
            or (_CUT_NUMBER.search(body) and _MEASURE_FIRST.match(lines[j]))
            or (_CUT_DIGITS.search(body) and _DIGITS_FIRST.match(lines[j]))
            or _cut(body, lines[j].lstrip(" \u3000"))
            or _outdented(body, lines[j])
        ):
            sure.append((i, j))
            continue
        width = _width(body)
        if width >= _NARROW:
            candidates.append((i, j, width))
    joined = sorted(sure + _joined(lines, candidates))
    for i, j in joined:
        start, end = starts[i] + len(lines[i].rstrip(" \t\r\u3000")), starts[j]
        indent = _SPACE.match(lines[j])
        end += indent.end() if indent else 0
        latin = text[start - 1].isascii() and text[end : end + 1].isascii()
        spaced = latin and (text[start - 1].isalpha() or text[end : end + 1].isalpha())
        edits.append((start, end, " " if spaced else ""))
    inside = {k for i, j in joined for k in range(i + 1, j)}
    edits += [(starts[k], min(len(text), starts[k] + len(lines[k]) + 1), "") for k in furniture - inside]
    return edits


def _continues(lines: list[str], i: int, j: int) -> bool:
    following = lines[j]
    if not following.strip() or "\t" in following or _HEAD.match(following) or _label().match(following):
        return False
    indent, own = _SPACE.match(following), _SPACE.match(lines[i])
    return not (indent and _width(indent[0]) > (_width(own[0]) if own else 0) + 1)


def _cut_below(lines: list[str], i: int) -> bool:
    """Whether a line feed below the i-th line stands within a time."""
    return i + 1 < len(lines) and _CUT_TIME.search(f"{lines[i].rstrip()[-4:]}\n{lines[i + 1][:4]}") is not None


def _cut(body: str, following: str) -> bool:
    """Whether a line feed stands within a time or before a closing mark, where no line begins."""
    return following[0] in _CLOSES_FIRST or _CUT_TIME.search(f"{body[-4:]}\n{following[:4]}") is not None


def _broken(body: str) -> bool:
    """Whether a line is longer than any heading and stops in mid-sentence."""
    return _width(body) > _LONG and body[-1] not in _MAYBE_CLOSED and _INNER.search(body) is not None


def _outdented(body: str, following: str) -> bool:
    """Whether an indented paragraph goes on in a line without indent."""
    return (
        body[0] in " \u3000"
        and following[0] not in " \u3000"
        and body[-1] not in _MAYBE_CLOSED
        and _width(body) >= _NARROW
        and _STOP.search(body) is not None
    )


def _joined(lines: list[str], candidates: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    """The candidates that are breaks in mid-sentence: lines of the typical width, and very long ones."""
    counts = Counter(width // 2 for _, _, width in candidates if width <= _WIDE)
    typical = 0
    if counts:
        near = {w: sum(counts[w + d] for d in range(-2, 3)) for w in counts}
        best = max(near, key=lambda w: (near[w], w))
        whole = sum(counts.values())
        # In wrapped text hardly a line is longer than the typical one; whole paragraphs are.
        longer = sum(1 for line in lines if len(line) > best * 1.2 and "\t" not in line)
        if near[best] >= 2 and near[best] * 2 >= whole and longer * 4 <= near[best]:
            typical = best * 2
    kept = []
    for i, j, width in candidates:
        body = lines[i].rstrip()
        if width > _LONG:
            if _broken(body):
                kept.append((i, j))
        elif (
            typical
            and width >= typical - 2 * _TOLERANCE
            and (width >= typical - _TOLERANCE or _INNER.search(body + lines[j]))
        ):
            kept.append((i, j))
    return kept
