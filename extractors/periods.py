"""The time a figure is about, where the text says so: the nearest time before it that is no comparison and no deadline."""

from __future__ import annotations

import re

from extractors.context import SentenceView
from extractors.language.quantities import Quantity
from extractors.language.times import Time

_COMPARED = re.compile(r"(?:比|较|与|同|对比|相比|超过|高于|低于|以)[^,，。;；]{0,4}$")
_UNTIL = re.compile(r"(?:截至|截止|截止到|至|到)\s*$")
# 全年任务的59.8%: the time belongs to a noun; 由上年同期的402元降至388.5元: it belongs to the number before.
_OF_NOUN = re.compile(r"(?:任务|目标|预算|指标|总量|进度|计划(?:的|数|任务|目标|总量|内|外))")
_FROM_BEFORE = re.compile(r"(?:由|从)$")
_PAST_YEAR = re.compile(r"(?:过去)?一年(?:来)?|一年以来")  # in a yearly report: the year reported on
_AFTER_COMPARED = re.compile(r"以来|同期|的?基础|相比|上?增长|上?下降|[上下]?提高")


def period(view: SentenceView, q: Quantity, clause_start: int) -> tuple[str, str]:
    """(start, end) as ISO dates with XXXX for an unknown year, either empty; ('', '') where the text does not say."""
    text = view.text
    for t in reversed(view.times_before(q.start)):
        if t.end > q.start or _compared(text, t) or _OF_NOUN.match(text, t.end):
            continue
        if _FROM_BEFORE.search(text, max(0, t.start - 1), t.start) and any(
            t.end <= p.start < q.start for p in view.quantities
        ):
            continue
        if _PAST_YEAR.fullmatch(t.text):
            year = view.segment.year
            return (f"{year}-01-01", f"{year}-12-31") if year else ("", "")
        if t.kind == "in" and t.start_date and t.end_date:
            return t.start_date, t.end_date
        if t.kind == "by" and t.end_date and _UNTIL.search(text, max(0, t.start - 4), t.start):
            return "", t.end_date
        if t.start >= clause_start:
            return "", ""
    return "", ""


def _compared(text: str, t: Time) -> bool:
    return bool(_COMPARED.search(text, max(0, t.start - 6), t.start) or _AFTER_COMPARED.match(text, t.end))
