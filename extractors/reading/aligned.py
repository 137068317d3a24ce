"""Tables without rules: characters of a page → the cells of rows and columns that blank space parts.

Lines are cut into stretches at wide gaps. Neighbouring lines make a table while some blank streets run down through all of
them; the streets part the columns, and what stands in a column must share an edge or a middle. A line that only goes on the
cells above it (a wrapped cell) belongs to their row. Columns of running text, numbered lists and labels with their values
are none of this. Positions are points, x to the right, y down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from extractors.reading.celltext import Aligned, Placed, Span
from extractors.reading.ruling import Box

GAP = 0.85  # of the size of type: a blank that parts stretches of a line
WORD_GAP = 0.2  # of the size of type: a blank between words of letters
STREET = 0.6  # of the size of type: the narrowest blank between columns
SAME_LINE = 0.35  # of the size of type by which middles of one line differ
SMALL = 0.45  # of the size of type: characters so low belong to the line of their neighbours
FAR = 4.0  # sizes of type between two lines that no table spans
MIN_ROWS, MAX_COLUMNS, MAX_LINES = 3, 24, 400
SHARED = 0.7  # of the cells of a column that share an edge or a middle
NEAR = 0.6  # of the size of type by which shared edges differ
FULL = 0.85  # share of a column's width that lines of running text fill
RUNNING, WORDS = 5, 8  # lines and characters a line from which a column can be running text
CLOSING, OPENING = frozenset("，。；：、！？）】》”’"), frozenset("（【《“‘")
AMOUNT = re.compile(r"[-+−]?[\d,.]+%?|[—/-]+")
WORD = re.compile(r"[0-9A-Za-z.,%/-]{2,}")
SENTENCE = tuple("。；;，,")
NOTE = re.compile(r"(?:备?注|附注|说明|填[表报]说明)[:：]")  # stands under a table, however short its line is
NUMBER = re.compile(
    r"[（(［\[〔]?(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[①-⑳]|[a-zA-Z])[）)］\]〕]?[.、．]?|[•·●■◆▪○◇*—–-]"
)


@dataclass(slots=True)
class Stretch:
    """Characters of a line with no wide gap between them."""

    x0: float
    x1: float
    text: str


@dataclass(slots=True)
class Line:
    """Characters side by side: ``size`` is that of the type."""

    top: float
    bottom: float
    size: float
    stretches: list[Stretch]


@dataclass(slots=True)
class _Run:
    """Neighbouring lines with what they leave blank; ``wide`` are lines that cross its streets (bars between rows)."""

    lines: list[Line] = field(default_factory=list)
    wide: list[Line] = field(default_factory=list)
    bands: list[Span] = field(default_factory=list)

    @property
    def streets(self) -> list[Span]:
        """The blanks between the bands."""
        return [(a[1], b[0]) for a, b in pairwise(self.bands)]


def tables(characters: Iterable[Placed], before: Sequence[Span] = ()) -> list[Aligned]:
    """The tables without rules on a page, from top to bottom.

    ``before`` are the streets of a table that ended the page before: one row that fits them at the top goes on with it.
    """
    lines = lines_of(characters)
    if not lines or len(lines) > MAX_LINES:
        return []
    found: list[Aligned] = []
    at = 0
    if before and (head := _continued(lines, before)):
        found.append(head[0])
        at = head[1]
    while at < len(lines):
        seed = at
        if len(lines[at].stretches) < 2:
            at += 1
            continue
        run, end = _grown(lines, at)
        while at and _overlap(lines[at - 1], lines[at]) and not any(_crosses(lines[at - 1], s) for s in run.streets):
            at -= 1  # the upper line of a wrapped cell in the first row
            run.lines.insert(0, lines[at])
            run.bands = _merged(run.bands, lines[at])
        table = _table(_best(run))
        if table is not None:
            found.append(table)
        # What is no table as a whole is none in part: the end of a column of prose is short enough to look like one.
        at = end if table is not None or len(run.lines) >= MIN_ROWS else max(at, seed) + 1
    return found


def lines_of(characters: Iterable[Placed]) -> list[Line]:
    """Characters by line, from top to bottom, cut at wide gaps."""
    placed = sorted(
        ((box, char) for char, box in characters if box is not None and box[3] > box[1]),
        key=lambda p: (p[0][1] + p[0][3]) / 2,
    )
    if not placed:
        return []
    size = median(max(box[3] - box[1], box[2] - box[0]) for box, _ in placed)
    groups: list[list[tuple[Box, str]]] = []
    middles: list[float] = []
    small = list[tuple[Box, str]]()
    for box, char in placed:
        if box[3] - box[1] < SMALL * size:
            small.append((box, char))
            continue
        here = (box[1] + box[3]) / 2
        if not groups or here - middles[-1] > SAME_LINE * size:
            groups.append([])
            middles.append(here)
        groups[-1].append((box, char))
        middles[-1] += (here - middles[-1]) / len(groups[-1])
    for box, char in small:  # commas and dashes lie low or high in their line
        here = (box[1] + box[3]) / 2
        near = min(
            range(len(groups)), key=lambda i: (_beside(groups[i], box, size), abs(middles[i] - here)), default=-1
        )
        if near >= 0 and abs(middles[near] - here) < size:
            groups[near].append((box, char))
    return [_line(group, size) for group in groups]


def _beside(group: list[tuple[Box, str]], box: Box, size: float) -> bool:
    """False where a character of the line stands next to the box."""
    return not any(abs(b[2] - box[0]) < size or abs(box[2] - b[0]) < size for b, _ in group)


def _line(group: list[tuple[Box, str]], size: float) -> Line:
    stretches: list[Stretch] = []
    for x0, x1, char in sorted(_wide(box, char, size) for box, char in group):
        if stretches and x0 - stretches[-1].x1 < GAP * size:
            last = stretches[-1]
            blank = x0 - last.x1 > WORD_GAP * size and last.text[-1].isascii() and char.isascii()
            last.x1 = max(last.x1, x1)
            last.text += (" " if blank else "") + char
        else:
            stretches.append(Stretch(x0, x1, char))
    return Line(min(b[1] for b, _ in group), max(b[3] for b, _ in group), size, stretches)


def _wide(box: Box, char: str, size: float) -> tuple[float, float, str]:
    """Left and right edge of a character; a full-width mark stands for more than its ink."""
    if char in CLOSING:
        return box[0], max(box[2], box[0] + 0.8 * size), char
    return (min(box[0], box[2] - 0.8 * size) if char in OPENING else box[0]), box[2], char


def _merged(bands: Sequence[Span], line: Line) -> list[Span]:
    """The bands that text fills, with a line added; blanks narrower than a street close."""
    out: list[Span] = []
    for a, b in sorted([*bands, *((s.x0, s.x1) for s in line.stretches)]):
        if out and a - out[-1][1] < STREET * line.size:
            out[-1] = out[-1][0], max(out[-1][1], b)
        else:
            out.append((a, b))
    return out


def _crosses(line: Line, street: Span) -> bool:
    return any(s.x0 < street[0] + 0.1 and s.x1 > street[1] - 0.1 for s in line.stretches)


def _grown(lines: list[Line], at: int) -> tuple[_Run, int]:
    """The run that begins with a line, and the index of the line after it."""
    run = _Run([lines[at]], [], _merged((), lines[at]))
    end = at + 1
    waiting: list[Line] = []
    for i in range(at + 1, len(lines)):
        line, last = lines[i], (waiting or run.lines)[-1]
        if line.top - last.bottom > FAR * line.size or NOTE.match(line.stretches[0].text):
            break
        crossed = [s for s in run.streets if _crosses(line, s)]
        bands = _merged(run.bands, line)
        if crossed and (len(line.stretches) == 1 or len(run.lines) > 2):
            # A bar between rows, a note, the next paragraph: only what follows can tell.
            if waiting or len(line.stretches) > 1:
                break
            waiting.append(line)
            continue
        if len(bands) < 2:
            break
        run.wide += waiting
        waiting = []
        run.lines.append(line)
        run.bands = bands
        end = i + 1
    while len(run.lines) > 1 and len(run.lines[-1].stretches) == 1 and _alone(run, run.lines[-1]):
        run.lines.pop()
        end -= 1
    return run, end


def _alone(run: _Run, line: Line) -> bool:
    """Whether the one stretch of a last line goes on no cell: nothing stands above it in its column near by."""
    above = run.lines[-2]
    s = line.stretches[0]
    over = [a for a in above.stretches if a.x0 < s.x1 and s.x0 < a.x1]
    return not over or line.top - above.bottom > 0.9 * line.size


def _best(run: _Run) -> _Run:
    """The run without first lines (date and body over a head) that close streets of all the rest."""
    best = run
    for skip in (1, 2):
        rest = run.lines[skip:]
        if len(rest) < MIN_ROWS or len(rest[0].stretches) < 2 or _overlap(run.lines[skip - 1], rest[0]):
            break
        bands: list[Span] = []
        for line in rest:
            bands = _merged(bands, line)
        if len(bands) > len(best.bands):
            best = _Run(rest, [w for w in run.wide if w.top > rest[0].top], bands)
    return best


def _table(run: _Run, least: int = MIN_ROWS) -> Aligned | None:
    """The cells of a run; None where it is no table."""
    bands = run.bands
    if not 2 <= len(bands) <= MAX_COLUMNS:
        return None
    rows = _rows(run)
    filled = [sum(bool(_in(row, band)) for band in bands) for row in rows]
    if len(rows) < least or 3 * sum(n >= 2 for n in filled) < 2 * len(rows):
        return None
    if least > 1 and not _plain(rows, bands):
        return None
    tops = [min(line.top for line in row) for row in rows]
    bottoms = [max(line.bottom for line in row) for row in rows]
    ys = [tops[0] - 1, *((a + b) / 2 for a, b in zip(bottoms, tops[1:], strict=False)), bottoms[-1] + 1]
    xs = [band[0] - 1 for band in bands] + [bands[-1][1] + 1]
    cells: list[Box] = []
    for r, row in enumerate(rows):
        if len(row) == 1 and row[0] in run.wide:
            cells.append((xs[0], ys[r], xs[-1], ys[r + 1]))
        else:
            cells += [(xs[c], ys[r], xs[c + 1], ys[r + 1]) for c in range(len(bands))]
    widths = {x: band[1] - band[0] + 2 for x, band in zip(xs, bands, strict=False)}
    return Aligned(cells, widths, run.streets)


def _in(row: Sequence[Line], band: Span) -> list[Stretch]:
    """The stretches of a row that stand in a band."""
    return [s for line in row for s in line.stretches if s.x0 >= band[0] - 0.5 and s.x1 <= band[1] + 0.5]


def _rows(run: _Run) -> list[list[Line]]:
    """Lines put together to rows: overlapping ones (cells set to the middle), and lines that only go on cells above."""
    rows: list[list[Line]] = []
    ordered = sorted([*run.lines, *run.wide], key=lambda at: at.top)
    for i, line in enumerate(ordered):
        wide = line in run.wide
        below = ordered[i + 1] if i + 1 < len(ordered) else None
        above = rows[-1] if rows else None
        if above is None or wide or (len(above) == 1 and above[0] in run.wide):
            rows.append([line])
        elif any(_overlap(a, line) for a in above) or (
            not (below and _overlap(line, below)) and _goes_on(above, line, run)
        ):
            above.append(line)
        else:
            rows.append([line])
    return rows


def _overlap(above: Line, line: Line) -> bool:
    """Whether two lines stand beside each other in part, as cells set to the middle of a row do."""
    return line.top < above.bottom - 0.15 * line.size


def _goes_on(above: list[Line], line: Line, run: _Run) -> bool:
    """Whether a line goes on the cells above it. Where rows stand apart their distance tells, where they are numbered the
    first column; else every cell must go on a full line of its column, and the first column holds nothing new."""
    held = [band for band in run.bands if _in([line], band)]
    first = held[:1] == run.bands[:1]
    if first and any(AMOUNT.fullmatch(s.text) and _in(above, band) for band in held for s in _in([line], band)):
        return False
    near, apart = _leading(run)
    if line.top - max(a.bottom for a in above) > near + 0.25 * line.size:
        return False
    if apart:
        return True
    if first or _numbered(run):
        return not first
    for band in held:
        over = _in(above, band)
        word = WORD.match(_in([line], band)[0].text)
        wanted = (1.6 + 0.55 * (len(word[0]) if word else 0)) * line.size  # what did not fit any more
        if not over or band[1] - over[-1].x1 + over[-1].x0 - band[0] > wanted:
            return False
    return True


def _numbered(run: _Run) -> bool:
    """Whether the first column counts 1, 2, 3."""
    texts = [s.text for line in run.lines for s in _in([line], run.bands[0]) if s.text.isdecimal()]
    return len(texts) > 1 and texts == [str(int(texts[0]) + i) for i in range(len(texts))] and int(texts[0]) < 1000


def _leading(run: _Run) -> tuple[float, bool]:
    """The least blank between two lines of a run, and whether there is a wider one as often, between rows."""
    ordered = sorted(run.lines, key=lambda at: at.top)
    gaps = sorted(b.top - a.bottom for a, b in pairwise(ordered) if b.top > a.bottom)
    if not gaps:
        return 0.0, False
    near = gaps[0]
    wider = [g for g in gaps if g > near + 0.25 * run.lines[0].size]
    return near, len(wider) >= 2


def _plain(rows: list[list[Line]], bands: list[Span]) -> bool:
    """Whether columns are aligned and hold entries, not running text, the numbers of a list or pages of a contents."""
    columns = [[held for row in rows if (held := _in(row, band))] for band in bands]
    size = rows[0][0].size
    if not all(_shares(cells, size) for cells in columns if len(cells) > 1):
        return False
    running = sum(_runs(cells, band, size) for cells, band in zip(columns, bands, strict=True))
    if len(bands) > 2:
        return running < len(bands) - 1
    first, last = ([s.text for held in cells for s in held] for cells in columns)
    listed = all(NUMBER.fullmatch(text) for text in first)
    contents = all(text.isdecimal() for text in last) and last == sorted(last, key=lambda n: (len(n), n))
    told = 2 * sum(text.endswith(SENTENCE) for text in first) >= len(first)
    return not (running == len(bands) or listed or contents or told)


def _shares(cells: list[list[Stretch]], size: float) -> bool:
    """Whether the cells of a column share their left edge, their right edge or their middle."""
    edges = [(min(s.x0 for s in held), max(s.x1 for s in held)) for held in cells]
    for places in ([a for a, _ in edges], [b for _, b in edges], [(a + b) / 2 for a, b in edges]):
        typical = median(places)
        if sum(abs(p - typical) <= NEAR * size for p in places) >= SHARED * len(places):
            return True
    return False


def _runs(cells: list[list[Stretch]], band: Span, size: float) -> bool:
    """Whether a column is running text: most of its lines, five or more, fill a wide band."""
    lines = [s for held in cells for s in held]
    width = band[1] - band[0]
    full = sum(s.x1 - s.x0 >= FULL * width for s in lines)
    return len(lines) >= RUNNING and width > WORDS * size and full >= SHARED * len(lines)


def _continued(lines: list[Line], before: Sequence[Span]) -> tuple[Aligned, int] | None:
    """The lines at the top of a page that fit the streets of the page before, as rows; None where none does."""
    at = 0
    while at < len(lines) and len(lines[at].stretches) == 1 and at < 2:  # running head
        at += 1
    run = _Run()
    end = at
    for i in range(at, len(lines)):
        line = lines[i]
        if run.lines and line.top - run.lines[-1].bottom > FAR * line.size:
            break
        if any(s.x0 < (a + b) / 2 < s.x1 for a, b in before for s in line.stretches):
            break
        run.lines.append(line)
        end = i + 1
    if not any(len(line.stretches) > 1 for line in run.lines):
        return None
    edges = [(a + b) / 2 for a, b in before]
    bands: list[Span] = []
    for left, right in zip([-1e9, *edges], [*edges, 1e9], strict=True):
        held = [s for line in run.lines for s in line.stretches if left <= s.x0 and s.x1 <= right]
        if not held:
            return None
        bands.append((min(s.x0 for s in held), max(s.x1 for s in held)))
    run.bands = bands
    table = _table(run, 1)
    return None if table is None else (table, end)
