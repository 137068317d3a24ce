"""What must be done, in the document's words: the verb phrase of a clause, without its time, subject and modal."""

from __future__ import annotations

import re

from extractors.document import Segment

MAX = 60
_EDGE = " \t\n,，、;；:：。.!！?？"
_OPEN_MODAL = re.compile(
    r"(?:会议(?:要求|强调|指出|议定|决定|明确|认为|研究)|[,，、:：\s]|要求?|应当?|须|必须|务必|需要?|将|负责|力争|确保|争取|预计|可|并|且|同时|并且|务求|予以|要在|在|于|前|全部?(?=完成)|共同)*+"
)
_BRACKET_END = re.compile(r"[(（\[【][^()（）\[\]【】]*$")
_TIME_LABEL = re.compile(r"[^,，。;；:：\n]{0,8}(?:月份?|[上中下]旬|周|季度|学期|阶段)[:：]")  # 4月:举办招聘会
_COMMA = re.compile(r"[,，;；](?![^(（]*[)）])")
_NOTE_END = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]$")
_CLOSERS = frozenset(")）]】")
_LIST_NUMBER = re.compile(
    r"\s*(?:第?[一二三四五六七八九十百]{1,4}(?:是|要)?[、.．,，]|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,3}[.．、)）](?!\d)|[①-⑳]|第[一二三四五六七八九十]+[条章节],?|[一二三四五六七八九]是|[一二三四五六七八九]要)?\s*"
)


def phrase(text: str, start: int, end: int) -> str:
    """``text[start:end]`` without punctuation, modals and connectives at its edges, at most 60 characters."""
    if start >= end:
        return ""
    begin = _LIST_NUMBER.match(text, start, end).end()  # type: ignore[union-attr]
    label = _TIME_LABEL.match(text, begin, end)
    begin = label.end() if label else begin
    m = _OPEN_MODAL.match(text, begin, end)
    begin = m.end() if m else begin
    found = text[begin:end].strip(_EDGE)
    if found.count("(") > found.count(")"):
        found = _BRACKET_END.sub("", found) or found
    if found[-1:] in _CLOSERS:
        found = _NOTE_END.sub("", found) or found
    return found.replace("\n", "")[:MAX].strip(_EDGE + "(（")


def first_part(text: str, start: int, end: int) -> str:
    """The first comma part of ``text[start:end]`` that says something, with the next one where it is very short."""
    found = phrase(text, start, end)
    cut = _COMMA.search(found, 6)
    return found[: cut.start()] if cut else found


def first_sentence(text: str, segment: Segment, end: int) -> str:
    """The title or first sentence of an item or paragraph, without its number and anything from ``end`` on."""
    begin = _LIST_NUMBER.match(text, max(segment.start, min(segment.body, end)), max(segment.start, end)).end()  # type: ignore[union-attr]
    stop = end
    for mark in "。；;\n":
        found = text.find(mark, begin, stop)
        if found > begin:
            stop = found
    return phrase(text, begin, stop)


def without_number(text: str) -> str:
    """A heading without its list number and closing marks."""
    return text[_LIST_NUMBER.match(text).end() :].strip(_EDGE)  # type: ignore[union-attr]
