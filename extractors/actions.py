"""What must be done, in the document's words: the verb phrase of a clause, without its time, subject and modal."""

from __future__ import annotations

import re

from extractors.document import Segment
from extractors.lexicon import patterns

MAX = 60
_EDGE = " \t\n,，、;；:：。.!！?？"
_OPENERS = patterns("actions", "openers")
_OPEN_MODAL = re.compile(rf"(?:{_OPENERS})*+")
_CLOCK = re.compile(
    r"(?:[上下]午|早上|晚上|夜间)?(?:(?:\d{1,2}[:：]\d\d|\d{1,2}[时点](?:\d{1,2}分|整|半)?)(?:之前|以前|前)?|(?<=[上下]午)|(?<=[早晚]上)|(?<=夜间)|(?:下班|上班|放学|收工|开班)前(?!\d))"
)
_DURING = re.compile(r"[一-龥]{2,8}?期间[,，]?(?!的)")  # 保供期间报送负荷
_BEFORE_EVENT = re.compile(r"在[\u4e00-\u9fff“”]{2,12}前(?![期述端沿])(?!的)")  # 在换届前考察到位
_A_FEW = 3
_BRACKET_END = re.compile(r"[(（\[【][^()（）\[\]【】]*$")
_TIME_LABEL = re.compile(r"[^,，。;；:：\n]{0,8}(?:月份?|[上中下]旬|周|季度|学期|阶段)[:：]")  # 4月:举办招聘会
_LABEL = re.compile(
    r"(?:整改|工作|具体|主要|存在|重点)?(?:措施|内容|任务|目标|问题|事项)[一二三四五六七八九十\d]{0,2}[:：](?=[^\n]{4})"
)
_NAMED = re.compile(
    r"[^,，:：。；;\d]{4,24}?(?:工程|项目|行动|计划|活动|平台|中心|基地|园区?|专项|水库|大道|公路|二期|一期|三期)(?=[:：])"
)
_COMMA = re.compile(r"[,，;；](?![^(（]*[)）])")
_NOTE_END = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]$")
_WHERE = re.compile(r"\([^()]*(?:电话|邮箱|传真|联系人|设在|网址|地址|附件)[^()]*\)")  # 报镇防汛办(电话:…)
_CLOSERS = frozenset(")）]】")
_LIST_NUMBER = re.compile(
    r"\s*(?:\d{1,2}(?:\.\d{1,2}){1,3}(?=[ \u3000][\u4e00-\u9fff])(?![ \u3000][万亿千百公平立米吨亩元个家户人倍成分岁度])|第?[一二三四五六七八九十百]{1,4}(?:是|要)?[、.．,，]|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,3}[.．、)）](?!\d)|[①-⑳]|第[一二三四五六七八九十]+[条章节],?|[一二三四五六七八九]是|[一二三四五六七八九]要)?\s*"
)


def phrase(text: str, start: int, end: int) -> str:
    """``text[start:end]`` without punctuation, modals and connectives at its edges, at most 60 characters."""
    if start >= end:
        return ""
    begin = opening(text, start, end)
    if (during := _DURING.match(text, begin, end)) and end - during.end() > _A_FEW:
        begin = _OPEN_MODAL.match(text, during.end(), end).end()  # type: ignore[union-attr]
    if (event := _BEFORE_EVENT.match(text, begin, end)) and end - event.end() > _A_FEW:
        begin = event.end()
    if clock := _CLOCK.match(text, begin, end):
        begin = _OPEN_MODAL.match(text, clock.end(), end).end()  # type: ignore[union-attr]
    found = text[begin:end].strip(_EDGE)
    if "(" in found:
        found = _WHERE.sub("", found)
    if found.count("(") > found.count(")"):
        found = _BRACKET_END.sub("", found) or found
    if found[-1:] in _CLOSERS:
        found = (_NOTE_END.sub("", found) or found) if "(" in found or "[" in found or "【" in found else found[:-1]
    return _short(found.replace("\n", "")).strip(_EDGE + "(（")


def _short(found: str) -> str:
    """At most 60 characters, cut at a comma where one stands in the last quarter."""
    if len(found) <= MAX:
        return found
    cut = max(found.rfind(mark, MAX * 3 // 4, MAX) for mark in ",，;；")
    return found[: cut if cut > 0 else MAX]


def opening(text: str, start: int, end: int) -> int:
    """Where the words of a stretch begin, after its list number, label, modals and connectives."""
    begin = _LIST_NUMBER.match(text, start, end).end()  # type: ignore[union-attr]
    label = None
    if text.find(":", begin, end) >= 0 or text.find("：", begin, end) >= 0:
        label = _TIME_LABEL.match(text, begin, end) or _LABEL.match(text, begin, end)
    if label:
        begin = _LIST_NUMBER.match(text, label.end(), end).end()  # type: ignore[union-attr]
    return _OPEN_MODAL.match(text, begin, end).end()  # type: ignore[union-attr]


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
    if name := _NAMED.match(text, begin, stop):
        stop = name.end()  # 龙江治理工程:总投资3.2亿元,2022年开工
    return phrase(text, begin, stop)


def without_number(text: str) -> str:
    """A heading without its list number and closing marks."""
    return text[_LIST_NUMBER.match(text).end() :].strip(_EDGE)  # type: ignore[union-attr]
