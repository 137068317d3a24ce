"""Who issued a part, when, for which year, and what it holds."""

from __future__ import annotations

import re
from functools import cache

from extractors.document import Segment, Tense
from extractors.lexicon import settings, words
from extractors.lexicon.scanning import tree
from extractors.text.headings import number_at, numeral
from extractors.text.lines import (
    ADOPTED,
    DATE,
    DOCUMENT_NUMBER,
    LETTERHEAD,
    LINE,
    is_addressee,
    is_dateline,
    is_label,
    is_meta_label,
    is_organisation,
    is_title_line,
    kind_words,
)
from extractors.text.years import period_start, period_year, year_value, years_in

_HEAD_LINES = 14
_JOINS = re.compile(r"^(?:关于|印发|的通知|[《“])")
_OPEN_ENDED = re.compile(r"(?:关于|印发|关于印发|转发|的|《[^》]*)$")
_QUOTED = re.compile(r"《[^《》]{2,80}》")
_BRACKETED = re.compile(r"[(（][^()（）]{2,24}[)）]")
_POINTED = re.compile("[。；;:：,，!！?？]|、$")
_HAN = re.compile("[\u3400-\u9fff]")


_BOTH = re.compile(
    r"(?:总结|回顾|小结|情况)[^,，]{0,8}?(?:及|和|与|暨|、|,|以及|并|20)[^,，]{0,16}?(?:计划|打算|安排|思路|要点)"
)


def find_title(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Span of the title in the head of a part, None if it has none.

    The line that ends in the name of a kind of document, with the lines that it continues and a bracketed line below it
    (2021-2023年); under a letterhead and a document number the second such line. Else a short first line that is no
    heading, salutation or signature.
    """
    lines = _head(text, start, end)
    chosen: int | None = None
    for i, (a, b) in enumerate(lines):
        if text[b - 1] in ":：" and is_addressee(text, a, b):
            break
        if not is_title_line(text[a:b]) or is_meta_label(text, a, b) or text.find("\t", a, b) >= 0:
            continue
        if chosen is None:
            chosen = i
        else:
            between = lines[chosen + 1 : i]
            if between and all(_is_letterhead(text, *s) for s in between):
                chosen = i
            break
    if chosen is None:
        return _plain_title(text, lines)
    first = chosen
    while first and _belongs(text, lines[first - 1], lines[first]):
        first -= 1
    if chosen + 1 < len(lines) and _is_subtitle(text, *lines[chosen + 1]):
        chosen += 1
    return lines[first][0], lines[chosen][1]


@cache
def _inline_title() -> re.Pattern[str]:
    _, kinds = kind_words()
    words_ = "|".join(sorted(kinds, key=lambda w: (-len(w), w)))
    return re.compile(
        rf"[^。,;:\n]{{2,60}}?(?:{words_})(?:\([^()\n]{{2,20}}\))?(?!的)(?=[ ]?(?:[\u4e00-\u9fff]{{1,12}}[〔\[]\d{{4}}|为|根据|按照|一、|各[县市区镇乡部单科]|现[将就]|今年))"
    )


def lost_title(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Span of the title at the very start of a part that has lost its line breaks."""
    m = _inline_title().match(text, start, min(end, start + 120))
    return (
        m.span()
        if m and not number_at(text, start, end) and not text.startswith(("为", "根据", "按照", "现将"), start)
        else None
    )


def _head(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Lines above the body: up to the first list number, long line or full stop."""
    lines: list[tuple[int, int]] = []
    for m in LINE.finditer(text, start, min(end, start + 3000)):
        a, b = m.span()
        n = number_at(text, a, b)
        excerpt = n is not None and not lines and b - a <= 30 and n.style in ("chapter", "section") and n.value > 1
        if len(lines) >= _HEAD_LINES or b - a > 90 or text[b - 1] in "。；;" or (n and not excerpt):
            break
        lines.append((a, b))
    return lines


def _plain_title(text: str, lines: list[tuple[int, int]]) -> tuple[int, int] | None:
    if not lines:
        return None
    a, b = lines[0]
    around = is_organisation(text, a, b) or is_dateline(text, a, b) or is_meta_label(text, a, b) or is_label(text, a, b)
    if b - a > 40 or _POINTED.search(text, a, b) or around or "\t" in text[a:b] or len(_HAN.findall(text, a, b)) < 4:
        return None
    return a, b


def _is_subtitle(text: str, a: int, b: int) -> bool:
    return bool(_BRACKETED.fullmatch(text, a, b)) and not is_dateline(text, a, b) and not ADOPTED.fullmatch(text, a, b)


def _is_letterhead(text: str, a: int, b: int) -> bool:
    return (
        bool(DOCUMENT_NUMBER.fullmatch(text, a, b) or LETTERHEAD.fullmatch(text, a, b))
        or is_organisation(text, a, b)
        or is_dateline(text, a, b)
    )


def _belongs(text: str, above: tuple[int, int], below: tuple[int, int]) -> bool:
    """Whether a line is the first half of the title that goes on below it (XX办公室 / 关于……的通知)."""
    a, b = above
    upper, lower = text[a:b], text[below[0] : below[1]]
    if is_dateline(text, a, b) or is_meta_label(text, a, b) or DOCUMENT_NUMBER.fullmatch(upper) or b - a > 50:
        return False
    return bool(_OPEN_ENDED.search(upper)) or (bool(_JOINS.match(lower)) and is_organisation(text, a, b))


def kind_of(title: str, opening: str, tenses: list[Tense]) -> str:
    """Kind of document from its title, else from what its first paragraph says of itself, else from its sections."""
    pattern, kinds = kind_words()
    bare = re.sub(r"[(（][^()（）]*[)）]", "", title)
    issued = "印发" in bare or "下达" in bare or bare.startswith("《")
    shown = bare if issued else _QUOTED.sub("", bare)
    found = pattern.findall(shown)
    if found:
        named = [kinds[w] for w in found]
        last = named[-1]
        if found[-1] == "报告" and "summary" in named:
            return "summary"
        if last == "notice":
            return "plan" if issued and "plan" in named[:-1] else "notice"
        if found[-1] != "政府工作报告" and "政府工作报告" in found:
            named = [k for w, k in zip(found, named, strict=True) if w != "政府工作报告"]
        if "plan_and_summary" in named or ({"plan", "summary"} <= set(named) and _BOTH.search(shown)):
            return "plan_and_summary"
        if last == "speech" and "done" in tenses and "planned" in tenses:
            return "plan_and_summary"
        return last
    for kind, phrases in settings("text")["self"].items():
        if any(p in opening for p in phrases):
            return str(kind)
    if "done" in tenses and "planned" in tenses:
        return "plan_and_summary"
    if "planned" in tenses:
        return "plan"
    return "summary" if "done" in tenses else "other"


def kind_of_rows(rows: list[str]) -> str:
    """Kind of a part that is nothing but a table: ``plan`` where a row names two columns of a work table."""
    for kind, columns in settings("text")["columns"].items():
        if any(sum(c in row for c in columns) >= 2 for row in rows):
            return str(kind)
    return "other"


def edtf(text: str) -> str:
    """EDTF of the first full date in a line (2022年3月4日 → 2022-03-04, 二〇一八年八月二十日 → 2018-08-20); empty if none."""
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
    r"(?:现[就将对]|做好|为做好|关于|开展|我[局市县区镇校院委司办处]|各项|全面|本|20\d\d年)?[^。]{0,10}?(?P<y>(?:19|20)\d\d)年度?(?:(?!20\d\d年)[^。]){0,30}?(?:工作|生产经营|任务|总结|计划|安排|情况|汇报|报告)"
)
_IS = re.compile(
    r"(?:^|[。，,；;\s])(?P<y>(?:19|20)\d\d)年(?:度)?[,，]?(?:是|我[局市县区镇校院委司办处乡]|全[市县区镇校局乡院省]|在)"
)
_ANNUAL = re.compile("年度|工作(?:计划|要点|安排|思路|打算)")
_DATED = re.compile(r"(20\d\d)年\d{1,2}月\d{1,2}日")
_FAR = re.compile(r"远景|展望|愿景")  # 二〇三五年远景目标 is no plan's year
_REPORTED = re.compile(r"(20\d\d)年[,，]")  # a report that opens with its year
_HAPPENED = re.compile(r"(20\d\d)年\d{1,2}月(?:\d{1,2}日)?(?![底末前])")
_CITED = re.compile(r"《[^《》]{0,80}》|[〔\[(（][^()（）〔〕]{0,40}[〕\])）]")


def year_of(
    title: str, meta: list[str], head: str, headings: list[tuple[str, Tense]], kind: str, date: str
) -> tuple[int | None, str]:
    """The plan's year, else the reported one, and where it came from: title, dateline or text.

    A yearly plan dated December is for the next year, a report dated January or February for the year before, unless
    the paper says otherwise. The number of a document that is only quoted (《…》（办字〔2010〕78号）) says nothing.
    """
    headings = [(h, t) for h, t in headings if not _FAR.search(h)]
    planned = [y for h, t in headings if t == "planned" for y in years_in(h)]
    named = years_in(title)
    if named:
        if kind == "plan_and_summary":
            later = max(planned, default=0)
            return (later, "text") if later > max(named) else (max(named), "title")
        return (named[0] if kind == "summary" else named[-1]), "title"
    period = period_start(title)
    if period:
        return period, "title"
    done = [y for h, t in headings if t != "planned" for y in years_in(h)]
    if planned:
        return max(planned), "text"
    if done:
        coming = int(date[:4]) if date and kind == "plan_and_summary" else 0
        return max(*done, coming), "text"
    bare = _CITED.sub("", head)
    for pattern in (_IS, _OWN):
        m = pattern.search(bare)
        if m:
            found = [int(x["y"]) for x in pattern.finditer(bare)]
            return (max(found) if kind != "summary" else found[0]), "text"
    if date:
        year, month = int(date[:4]), int(date[5:7] or 0)
        if kind == "plan" and month == 12 and _ANNUAL.search(title):
            year += 1
        elif kind == "summary" and month in (1, 2):
            year -= 1
        return year, "dateline"
    in_period = period_year(head) or next((p for h, _ in headings if (p := period_start(h))), None)
    if in_period:
        return in_period, "text"
    reported = _REPORTED.match(head)
    if reported and kind != "plan":
        return int(reported[1]) + (kind == "plan_and_summary"), "text"
    dated = _DATED.match(head)
    if dated:  # the latest of the events that it opens with: 2021年10月…督察,2022年1月反馈
        return max(int(m[1]) for m in _HAPPENED.finditer(head)), "text"
    for line in meta:
        number = DOCUMENT_NUMBER.fullmatch(line)
        if number:
            return int(number["year"]), "text"
    return None, "none"


def reported_year(title: str, opening: str, headings: list[tuple[str, Tense]], year: int) -> int | None:
    """The year that a plan for ``year`` with a report in it reports on: the latest one before it that title, headings of
    the report or opening name."""
    named = [*years_in(title), *(y for h, t in headings if t != "planned" for y in years_in(h))]
    named += [int(m["y"]) for m in _IS.finditer(_CITED.sub("", opening))]
    return max((y for y in named if y < year), default=None)


_FILE_YEAR = re.compile(r"(?<!\d)((?:19[5-9]|20[0-4])\d)(?=年|学年|-|_|[^\d]|$)")


def file_year(name: str) -> tuple[int | None, bool]:
    """The year in a file's name and whether the name says 年 after it."""
    stem = re.split(r"[/\\!]", name)[-1]
    m = _FILE_YEAR.search(stem)
    return (int(m[1]), stem[m.end() : m.end() + 1] in ("年", "学")) if m else (None, False)


@cache
def _tense_cues() -> tuple[re.Pattern[str], dict[str, tuple[Tense, bool]]]:
    """A pattern of the cues, and for each its tense and whether it is weak."""
    weak = {*words("text_tense", "done_weak"), *words("text_tense", "planned_weak")}
    cues: dict[str, tuple[Tense, bool]] = {w: ("planned", w in weak) for w in words("text_tense", "planned")}
    cues.update({w: ("done", w in weak) for w in words("text_tense", "done")})
    return re.compile(tree(cues)), cues


_STATE = re.compile(r"(?<![解握清报核查])情况[。.:;]?$")  # 本月安全生产情况; 摸清情况 is work
_NEW = ("新", "更", "大")  # 实现新进展, 取得更大成效: hoped for as often as reached


def tense_of(heading: str, outer: Tense) -> Tense:
    """Tense of a heading: ``done`` where it names a report, ``planned`` where it names intentions, else ''.

    Weak cues (加强, 措施, 基础) follow the tense around them. Of several strong cues the last one decides, as Chinese
    heads stand last.
    """
    pattern, cues = _tense_cues()
    found: Tense = ""
    for m in pattern.finditer(heading):
        tense, weak = cues[m.group()]
        if tense == "done" and heading[m.start() - 1 : m.start()] in _NEW:
            continue
        if outer == "planned" and m.group() == "总结":
            continue  # the last stage of a plan: (三)验收总结(11月)
        if not weak or outer in ("", tense):
            found = tense
    return found or ("done" if _STATE.search(heading) else "")


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


@cache
def _issuer_pattern() -> re.Pattern[str]:
    bodies = "|".join(words("text_around", "title_bodies"))
    return re.compile(
        rf"(?P<org>[\u4e00-\u9fff() ]{{2,30}}?(?:{bodies}))(?=关于|(?:19|20)\d\d|[二一]〇|印发|专题|会议|工作|年度|[“\"]?十|转发|党|\s)"
    )


def issuer_in_title(title: str) -> str:
    """The body that a title begins with (XX局关于…, XX公司2019年度…); empty if none."""
    m = _issuer_pattern().match(title)
    return m["org"].strip() if m else ""
