"""The time a figure is about, where the text says so: the nearest time before it that is no comparison and no deadline."""

from __future__ import annotations

import re

from extractors.context import SentenceView
from extractors.language.quantities import Quantity
from extractors.language.times import Time
from extractors.lexicon.edges import first_characters

_COMPARED = re.compile(
    r"(?:(?<!占)比(?![例重率值])|较|与|同|对比|相比|超过|高于|低于|以(?![内上下来外]))[^,，。;；]{0,4}$"
)
_UNTIL = re.compile(r"(?:截至|截止|截止到|至|到)\s*$")
# 全年任务的59.8%: the time belongs to a noun; 由上年同期的402元降至388.5元: it belongs to the number before.
_OF_NOUN = re.compile(r"(?:任务|目标|预算|指标|总量|进度|计划(?:的|数|任务|目标|总量|内|外))")
_FROM = ("由", "从")
_STOOD_AT = re.compile(r"[为是仅]|达(?!到)|有")
_LEVEL_AT = re.compile(r"[由从到至比较]$")
_YEARLY = re.compile(r"年均(?=增|递|提|下|降|减|压|上)")
_PAST_YEAR = re.compile(r"(?:过去)?一年(?:来)?|一年以来")  # in a yearly report: the year reported on
_AFTER_COMPARED = re.compile(r"以来|同期|度?结转|度?遗留|的?基础|相比|上?增长|上?下降|[上下]?提高")
_NOUN_HEADS, _COMPARED_HEADS = first_characters(_OF_NOUN), first_characters(_AFTER_COMPARED)


def period(view: SentenceView, q: Quantity, clause_start: int) -> tuple[str, str]:
    """(start, end) as ISO dates with XXXX for an unknown year, either empty; ('', '') where the text does not say."""
    text = view.text
    for t in reversed(view.times_before(q.start)):
        if t.end > q.start or _compared(text, t) or (text[t.end] in _NOUN_HEADS and _OF_NOUN.match(text, t.end)):
            continue
        if _measured_against(view, t) or _in_quotes(text, t.start, t.end, q.start):
            continue
        if text[t.start - 1 : t.start] in _FROM and any(t.end <= p.start < q.start for p in view.quantities):
            continue
        if t.start < clause_start and text[q.start - 1 : q.start] in _FROM:
            return "", ""  # 从3826亿元增长到4398亿元: the level before has another time
        if _PAST_YEAR.fullmatch(t.text):
            year = view.segment.year
            return (f"{year}-01-01", f"{year}-12-31") if year else ("", "")
        if t.kind == "in" and t.start_date and t.end_date:
            if t.start < clause_start and view.segment.tense == "planned" and _within_year(t):
                return "", ""  # 10月投入运营,二期概算2900万元: what is planned is dated by its own comma part
            if t.start_date[:4] == t.end_date[:4] and _YEARLY.search(text, max(clause_start, q.start - 12), q.start):
                return "", ""  # 由2010年的162亿元增加到2015年的287亿元,年均增长12%
            return t.start_date, t.end_date
        if t.kind == "by" and t.end_date and _UNTIL.search(text, max(0, t.start - 4), t.start):
            return "", t.end_date
        if (
            t.kind == "by"
            and t.text[0] in "至到"
            and t.end_date[:1] == "2"
            and int(t.end_date[:4]) < (view.segment.year or 0)
        ):
            return "", t.end_date  # 至2020年底,全县公路2386公里: before the year that is planned
        if t.kind == "by" and t.end_date and _STOOD_AT.match(text, t.end) and not t.text.endswith("前"):
            return "", t.end_date  # 2023年末为13.2%
        if t.start >= clause_start or (t.kind == "by" and text[t.start - 1] in ",，;；"):
            return "", ""  # a limit that opens its comma part: what stands before it is of another time
    return "", ""


def _within_year(t: Time) -> bool:
    return not (t.start_date.endswith("-01-01") and t.end_date.endswith("-12-31"))


def _measured_against(view: SentenceView, t: Time) -> bool:
    """是2010年的2.6倍, 占上年的30%: the time is what the number is compared with."""
    if not view.text.startswith("的", t.end) or _LEVEL_AT.search(view.text, max(0, t.start - 2), t.start):
        return False
    return any(p.start == t.end + 1 and p.dimension in ("times", "percent", "ratio") for p in view.quantities)


def _in_quotes(text: str, start: int, end: int, place: int) -> bool:
    """Whether a time stands in quotation marks or in a title that closes before ``place``."""
    for opening, closing in ("“”", "《》"):
        closed = text.find(closing, end, place)
        if closed >= 0 and text.find(opening, end, closed) < 0:
            return closed > end + 2 or text[start - 1 : start] != opening  # “十三五”时期 is quoted for its name
    return False


def _compared(text: str, t: Time) -> bool:
    return _COMPARED.search(text, max(0, t.start - 6), t.start) is not None or (
        text[t.end : t.end + 1] in _COMPARED_HEADS and _AFTER_COMPARED.match(text, t.end) is not None
    )
