"""Who issued a part, when, for which year, and what it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from extractors.document import Segment, Tense
from extractors.lexicon import settings, words
from extractors.text.lines import (
    ADOPTED,
    DATE,
    DOCUMENT_NUMBER,
    LETTERHEAD,
    LINE,
    is_addressee,
    is_dateline,
    is_meta_label,
    is_organisation,
    is_title_line,
    kind_words,
)
from extractors.text.headings import number_at
from extractors.text.years import period_start, period_year, year_value, years_in

_HEAD_LINES = 14
_JOINS = re.compile(r"^(?:关于|印发|的通知|[《“])")
_OPEN_ENDED = re.compile(r"(?:关于|印发|关于印发|转发|的|《[^》]*)$")
_QUOTED = re.compile(r"《[^《》]{2,80}》")


@dataclass(slots=True)
class Profile:
    """What :func:`profile` finds out; fields as in Part."""

    title: str = ""
    kind: str = "other"
    issuer: str = ""
    date: str = ""
    year: int | None = None
    year_source: str = "none"


def find_title(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Span of the title within the head of a part: the line that ends in the name of a kind of document, with the
    lines that it continues; else a short first line that is no heading and no salutation."""
    lines = []
    for m in LINE.finditer(text, start, min(end, start + 3000)):
        lines.append(m.span())
        if len(lines) >= _HEAD_LINES:
            break
    for i, (a, b) in enumerate(lines):
        if b - a > 90 or number_at(text, a, b) or text[b - 1] in "。；;":
            break
        if is_title_line(text[a:b]) and not is_meta_label(text, a, b):
            first = i
            while first and _belongs(text, lines[first - 1], lines[first]):
                first -= 1
            return lines[first][0], b
    if lines:
        a, b = lines[0]
        plain = b - a <= 40 and text[b - 1] not in "。；;:：,，!！?？" and number_at(text, a, b) is None
        if plain and len(lines) > 1 and not is_organisation(text, a, b) and not is_dateline(text, a, b) and not is_meta_label(text, a, b) and b - a >= 4:
            return a, b
    return None


def _belongs(text: str, above: tuple[int, int], below: tuple[int, int]) -> bool:
    a, b = above
    upper, lower = text[a:b], text[below[0] : below[1]]
    if is_dateline(text, a, b) or is_meta_label(text, a, b) or upper[-1] in "。:：" or b - a > 50:
        return False
    return bool(_JOINS.match(lower) or _OPEN_ENDED.search(upper)) and (is_organisation(text, a, b) or not DOCUMENT_NUMBER.fullmatch(upper))


def kind_of(title: str, opening: str, tenses: list[Tense]) -> str:
    """Kind of document from its title, else from what its first paragraph says of itself, else from its sections."""
    pattern, kinds = kind_words()
    named = [kinds[m[0]] for m in pattern.finditer(re.sub(r"[(（][^()（）]*[)）]", "", title))]
    if named:
        if "plan_and_summary" in named or ("summary" in named and "plan" in named and named[-1] in ("summary", "plan") and "》" not in title):
            return "plan_and_summary"
        if named[-1] == "notice":
            held = [kinds[m[0]] for q in _QUOTED.findall(title) for m in pattern.finditer(q)]
            inner = [k for k in named[:-1] if k == "plan"] if "印发" in title else []
            if "印发" in title and ("plan" in held or inner):
                return "plan"
            return "notice"
        if named[-1] in ("speech", "other") and "done" in tenses and "planned" in tenses and named[-1] == "speech":
            return "plan_and_summary"
        return named[-1]
    for kind, phrases in settings("text")["self"].items():
        if any(p in opening for p in phrases):
            return str(kind)
    if "done" in tenses and "planned" in tenses:
        return "plan_and_summary"
    if "planned" in tenses:
        return "plan"
    return "summary" if "done" in tenses else "other"


def edtf(text: str) -> str:
    """EDTF of the first full date in a line (2022年3月4日 → 2022-03-04, 二〇一八年八月二十日 → 2018-08-20); empty if none."""
    from extractors.text.headings import numeral  # noqa: PLC0415

    m = DATE.search(text)
    if m is None:
        return ""
    year = year_value(m["year"] or m["y"] or "")
    raw_month, raw_day = m["month"] or m["m"] or "", m["day"] or m["d"] or ""
    month, day = (numeral(raw_month) if raw_month else 0), (numeral(raw_day) if raw_day else 0)
    if year is None or month > 12 or day > 31:
        return ""
    if not month:
        return str(year)
    return f"{year}-{month:02d}" + (f"-{day:02d}" if day else "")


_OWN = re.compile(
    r"(?:现[就将对]|做好|为做好|关于|开展|我[局市县区镇校院委司办处]|各项|全面|本|20\d\d年)?.{0,10}?(?P<y>(?:19|20)\d\d)年度?.{0,30}?(?:工作|生产经营|任务|总结|计划|安排|情况|汇报|报告)"
)
_IS = re.compile(r"(?:^|[。，,；;\s])(?P<y>(?:19|20)\d\d)年(?:度)?[,，]?(?:是|我[局市县区镇校院委司办处乡]|全[市县区镇校局乡院省]|在)")
_CITED = re.compile(r"《[^《》]{0,80}》|[〔\[(（][^()（）〔〕]{0,40}[〕\])）]")


def year_of(title: str, meta: list[str], head: str, headings: list[tuple[str, Tense]], kind: str, date: str) -> tuple[int | None, str]:
    """The plan's year, else the reported one, and where it came from: title, dateline or text.

    A paper dated December plans the next year, a report dated January or February reports the year before, unless the
    title says otherwise.
    """
    named = years_in(title)
    if named:
        if kind == "plan_and_summary":
            return max(named), "title"
        return named[0] if kind == "summary" and len(named) > 1 else named[-1] if len(set(named)) > 1 else named[0], "title"
    period = period_start(title)
    if period:
        return period, "title"
    planned = [y for h, t in headings if t == "planned" for y in years_in(h)]
    done = [y for h, t in headings if t != "planned" for y in years_in(h)]
    if planned or done:
        return (max(planned) if planned else max(done)), "text"
    bare = _CITED.sub("", head)
    for pattern in (_IS, _OWN):
        m = pattern.search(bare)
        if m:
            found = [int(x["y"]) for x in pattern.finditer(bare)]
            return (max(found) if kind != "summary" else found[0]), "text"
    if date:
        year, month = int(date[:4]), int(date[5:7] or 0)
        if kind == "plan" and month == 12:
            year += 1
        elif kind == "summary" and month in (1, 2):
            year -= 1
        return year, "dateline"
    in_period = period_year(head)
    if in_period:
        return in_period, "text"
    for line in meta:
        number = DOCUMENT_NUMBER.fullmatch(line)
        if number:
            return int(number["year"]), "text"
    return None, "none"


_FILE_YEAR = re.compile(r"(?<!\d)((?:19[5-9]|20[0-4])\d)(?=年|学年|-|_|[^\d]|$)")


def file_year(name: str) -> tuple[int | None, bool]:
    """The year in a file's name and whether the name says 年 after it."""
    stem = re.split(r"[/\\!]", name)[-1]
    m = _FILE_YEAR.search(stem)
    return (int(m[1]), stem[m.end() : m.end() + 1] in ("年", "学")) if m else (None, False)


@cache
def _tense_pattern() -> re.Pattern[str]:
    both = [*words("text_tense", "done"), *words("text_tense", "planned")]
    return re.compile("|".join(sorted(both, key=lambda w: (-len(w), w))))


def tense_of(heading: str, outer: Tense) -> Tense:
    """Tense of a heading: ``done`` where it names a report, ``planned`` where it names intentions, else ''.

    Weak cues (加强, 措施, 基础) follow the tense around them. Of several strong cues the last one decides, as Chinese
    heads stand last.
    """
    found: Tense = ""
    weak_done, weak_planned = set(words("text_tense", "done_weak")), set(words("text_tense", "planned_weak"))
    done = set(words("text_tense", "done"))
    for m in _tense_pattern().finditer(heading):
        cue = m[0]
        if cue in done:
            if cue not in weak_done or outer != "planned":
                found = "done"
        elif cue not in weak_planned or outer != "done":
            found = "planned"
    return found


def signature(text: str, segments: list[Segment]) -> tuple[str, str]:
    """Issuer and EDTF date from the lines around a text: signature and date line, letterhead, adoption note."""
    issuer = date = ""
    metas = [s for s in segments if s.kind == "meta"]
    for k, s in enumerate(metas):
        line = text[s.start : s.end]
        if is_dateline(text, s.start, s.end):
            date = edtf(line) or date
            if k and is_organisation(text, metas[k - 1].start, metas[k - 1].end):
                issuer = text[metas[k - 1].start : metas[k - 1].end].replace(" ", "")
        elif LETTERHEAD.fullmatch(line):
            date = date or edtf(line)
            issuer = issuer or line.split(" ")[0]
        elif ADOPTED.fullmatch(line) and not date:
            date = edtf(line)
    return issuer, date


_ISSUER_IN_TITLE = re.compile(
    r"^(?P<org>[\u4e00-\u9fff()（） ]{2,30}?(?:政府办公室|政府办公厅|人民政府|政府|委员会|办公室|办公厅|局|厅|集团有限公司|有限责任公司|有限公司|公司|集团|学校|中学|小学|大学|学院|幼儿园|医院|管委会|国务院|中共中央|支队|街道办事处|街道|镇|乡|社区|村委会|委|中心|研究院|党支部|党委|党总支))(?=关于|(?:19|20)\d\d|[二一]〇|印发|专题|会议|工作|年度|[“\"]?十|转发|\n|党|\s)"
)


def issuer_in_title(title: str) -> str:
    """The body that a title begins with (XX局关于…, XX公司2019年度…); empty if none."""
    m = _ISSUER_IN_TITLE.match(title)
    return m["org"].replace(" ", "") if m else ""
