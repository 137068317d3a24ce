"""The one way from a source to a document."""

from __future__ import annotations

import re
from functools import cache
from operator import itemgetter

from extractors.document import CleanText, Document, Part, Segment, Sentence, Source, Table, Tense
from extractors.lexicon import words
from extractors.text import quality
from extractors.text.clauses import dots_stop, sentences, steps_in
from extractors.text.clean import clean
from extractors.text.headings import LOST
from extractors.text.parts import find_parts
from extractors.text.profile import (
    file_year,
    find_title,
    issuer_in_title,
    kind_of,
    kind_of_rows,
    lost_title,
    reported_year,
    signature,
    tense_of,
    year_of,
)
from extractors.text.segment import segment
from extractors.text.turns import AHEAD, turned
from extractors.text.years import years_in

_SUFFIX = re.compile(r"\([^()]*\)$")  # 工作情况通报(2023年9月)
_LAST_YEAR = ("去年", "上年", "过去一年")
Rows = list[tuple[int, int, Table, int]]


def prepare(source: Source, year: int | None = None) -> Document:
    """Read a source: clean view, parts, segments, sentences, titles, kinds, years.

    ``year`` is the user's word for papers that name no year of their own. It is asked after the document itself and a
    file name that says 2022年, but before bare digits in a file name, which may be a day of scanning.
    """
    cleaned, flags = clean(source)
    rows = _table_rows(source, cleaned)
    spans, site = find_parts(cleaned.text, {_skip(cleaned.text, start, end) for start, end, _, _ in rows})
    parts = []
    for number, (start, end) in enumerate(spans, 1):
        found = set(flags) | set(source.flags) | ({"boilerplate"} if site else set())
        parts.append(_part(source, cleaned.text, number, start, end, rows, found, year))
    return Document(source, cleaned, parts)


def _skip(text: str, start: int, end: int) -> int:
    """The first character after white space."""
    while start < end and text[start].isspace():
        start += 1
    return start


def _table_rows(source: Source, cleaned: CleanText) -> Rows:
    rows: Rows = []
    for table in source.tables:
        bounds: dict[int, tuple[int, int]] = {}
        for number, cells in table.lines():
            a, b = bounds.get(number, (cells[0].start, cells[-1].end))
            bounds[number] = min(a, cells[0].start), max(b, cells[-1].end)
        for number, (a, b) in sorted(bounds.items()):
            if b > a:
                line = source.text.rfind("\n", 0, a) + 1  # quotes and empty cells before the first one that holds text
                rows.append((cleaned.clean_offset(line), cleaned.clean_offset(b), table, number))
    rows.sort(key=itemgetter(0))
    return rows


def _part(
    source: Source, text: str, number: int, start: int, end: int, rows: Rows, flags: set[str], option: int | None
) -> Part:
    lost = _breaks_lost(source.text, text, start, end)
    title = find_title(text, start, end) or (lost_title(text, start, end) if lost else None)
    segments = segment(text, start, end, title, rows, lost)
    name = "".join(line.strip() for line in text[title[0] : title[1]].split("\n")) if title else ""
    top = _top_tenses(text, segments)
    opening = _opening(text, segments)
    kind = kind_of(name, opening, top)
    if kind == "other" and not name:
        kind = kind_of_rows([text[s.start : s.end] for s in segments[:8] if s.kind == "row"])
    headings = _headed(text, segments)
    if kind == "summary" and _plans_on(name, opening, headings):
        kind = "plan_and_summary"
    issuer, date = signature(text, segments)
    meta = [text[s.start : s.end] for s in segments if s.kind == "meta"]
    year, year_source = year_of(name, meta, opening, headings, kind, date)
    if year is None:
        from_name, sure = file_year(source.name)
        if from_name and (sure or option is None):
            year, year_source = from_name, "filename"
        elif option is not None:
            year, year_source = option, "option"
    reported = reported_year(name, opening, headings, year) if kind == "plan_and_summary" and year else None
    told = kind == "notice" and _SUFFIX.sub("", name).rstrip("》)").endswith("通报")  # 情况的通报 tells what was found
    _tenses(text, segments, kind, year, reported, told=told, written=int(date[:4]) if date[:4].isdigit() else 0)
    segments = list(turned(text, segments))
    dots = dots_stop(text, start, end)
    steps = steps_in(text, start, end)
    cut = [Sentence(a, b, s) for s in segments for a, b in sentences(text, s.start, s.end, dots, steps)]
    years = {
        text[s.start : s.end].rstrip("。.:："): s.year
        for s in segments
        if s.kind == "heading"
        and not s.path
        and s.year is not None
        and (s.year != year or years_in(text[s.start : s.end]))
    }
    if len(set(years.values()) | {year}) < 2:
        years = {}
    return Part(
        number, start, end, name, kind, issuer or issuer_in_title(name), date, year, year_source,
        tuple(years.items()), frozenset(flags | quality.flags_of(text, start, end, segments)), segments, cut,
    )  # fmt: skip


def _breaks_lost(source: str, text: str, start: int, end: int) -> bool:
    """Whether the source has next to no line breaks for a stretch of this length."""
    breaks = min(source.count("\n"), text.count("\n", start, end))
    return (end - start > LOST and breaks * 800 < end - start) or (
        end - start > 80 and text.count("\n", start, end) == 0
    )


def _opening(text: str, segments: list[Segment]) -> str:
    """What the part says first: its running text above the first heading, at most 600 characters, else its first item."""
    first = next((k for k, s in enumerate(segments) if s.kind == "heading"), len(segments))
    told = [s for s in segments[:first] if s.kind in ("paragraph", "item")] or [
        s for s in segments if s.kind in ("paragraph", "item")
    ]
    return "\n".join(text[s.start : s.end] for s in told[:3])[:600]


def _top_tenses(text: str, segments: list[Segment]) -> list[Tense]:
    return [tense_of(text[s.body : s.end], "") for s in segments if s.kind == "heading" and s.level == 1]


def _headed(text: str, segments: list[Segment]) -> list[tuple[str, Tense]]:
    found = []
    for s in segments:
        if s.kind == "heading" and s.level <= 1 and not s.path:
            heading = text[s.body : s.end]
            found.append((heading, tense_of(heading, "")))
    return found


def _plans_on(title: str, opening: str, headings: list[tuple[str, Tense]]) -> bool:
    """Whether a summary ends in a section that plans a later year than the one it reports on."""
    planned = max((y for h, t in headings if t == "planned" for y in years_in(h)), default=None)
    return planned is not None and reported_year(title, opening, headings, planned) is not None


_NEXT = re.compile(
    r"[\s\d一二三四五六七八九十、.．(（)）]{0,8}(?:下一步|下步|下一?阶段|下半年|明年|来年|新的一年|今后|(?P<year>20\d\d)年(?=[,，]?(?:我|全|重点|主要|工作|将|要|计划|力争|拟|围绕|是)))"
)


_ACHIEVED = re.compile("已|完成(?!时限)|成效")  # headings below which 整改措施 tells what was done


@cache
def _labelled() -> re.Pattern[str]:
    """A label that tells what a line is: an aim or remedy (整改目标:), or what came of it (整改进展:)."""
    aims, told = ("|".join(words("text_tense", key)) for key in ("aim_labels", "told_labels"))
    return re.compile(rf"(?:(?P<aim>{aims})|(?P<done>{told})):")


def _label_of(text: str, s: Segment) -> re.Match[str] | None:
    """The label that begins a segment, else the first at the head of a line in it (问题二:… ⏎ 整改措施:…)."""
    found, line = _labelled().match(text, s.body, s.end), s.start
    while found is None and (line := text.find("\n", line, s.end) + 1):
        found = _labelled().match(text, line, s.end)
    return found


_RESOLVED = re.compile(r"会议(?:原则)?(?:决定|要求|明确|议定|同意|确定|强调)[^。]{0,4}[:：]\s*$")
_TAIL = 14


def _comes_next(text: str, s: Segment, year: int | None) -> bool:
    """Whether a paragraph opens with what comes next (下一步,…; 2021年,我们将… in a plan for 2021)."""
    m = _NEXT.match(text, s.start, s.end)
    return m is not None and (m["year"] is None or int(m["year"]) == year)


def _tenses(
    text: str, segments: list[Segment], kind: str, year: int | None, reported: int | None, *, told: bool, written: int
) -> None:
    """Set tense and year of every segment: from the nearest heading that says so, else from the part.

    ``reported`` is the year of the reporting sections of a plan with a report in it, where they do not say their own.
    """
    base: Tense = "done" if kind == "summary" or told else "planned" if kind in ("plan", "notice") else ""
    known: dict[tuple[str, ...], tuple[Tense, int | None]] = {(): (base, year)}
    latest: Tense = "done"
    opening: Tense = "done"
    ahead: tuple[str, ...] | None = None  # the path of a report's paragraph that turned to what comes next
    for s in segments:
        path = s.path
        if s.kind == "heading":
            path = (*path, text[s.start : s.end].rstrip("。.:：;； \n"))
        for depth in range(1, len(path) + 1) if path not in known else ():
            if path[:depth] in known:
                continue
            heading = path[depth - 1]
            outer, around = known[path[: depth - 1]]
            named = years_in(heading)
            said = tense_of(heading, outer)
            if not said and named and year is not None and max(named) < year and base == "planned":
                said = "done"  # 一、2023年经营情况 in a plan for 2024
            if not said and named and kind == "plan_and_summary" and reported is not None and max(named) > reported:
                said = "planned"  # 2024年主要工作 after 2023年工作回顾
            tense = said or outer
            if depth == 1 and kind == "plan_and_summary":  # first what was done, then what is planned
                tense = latest = tense or latest
            own = (max(named) if tense == "planned" else named[0]) if named else around
            if (
                not named
                and depth == 1
                and tense == "planned"
                and base == "done"
                and year is not None
                and written > year
            ):
                own = written  # what a report on 2023, written in 2024, asks for
            if not named and year is not None and tense == "done" and any(w in heading for w in _LAST_YEAR):
                own = year - 1
            elif not named and depth == 1 and tense == "done" and reported is not None:
                own = reported
            known[path[:depth]] = tense, own
        s.tense, s.year = known[path]
        if not path and kind == "plan_and_summary" and s.kind not in ("title", "meta"):
            opening = opening if opening == "planned" or not _comes_next(text, s, year) else "planned"
            s.tense = opening  # above the first heading, or where there is none: first what was done
        if s.tense == "done" and s.kind in ("paragraph", "item"):
            # 下一步,… in a report turns what stands below it under the same heading as well.
            ahead = path if AHEAD.match(text, s.start, s.end) or ahead == path else None
            s.tense = "planned" if ahead is not None else "done"
            if _RESOLVED.search(text, max(s.start, s.end - _TAIL), s.end):
                ahead = path  # 会议听取了汇报。会议决定: ⏎ (一)由县住建局…
        elif s.kind == "heading":
            ahead = None
        if s.kind in ("paragraph", "item") and (label := _label_of(text, s)):
            s.tense = "done" if label["done"] else s.tense if _ACHIEVED.search(" ".join(path)) else "planned"
        if s.kind in ("title", "meta"):
            s.tense = ""
