"""Lines of the clean text and what a line is by its form alone."""

from __future__ import annotations

import re
from functools import cache

from extractors.lexicon import settings, words

LINE = re.compile(r"\S(?:[^\n]*\S)?")
_YEAR = r"(?:\d{4}|[一二][〇○零0OoＯ九一二三四五六七八]{3}|[_*×xX]{1,4})"
_DAY = r"[\d一二三四五六七八九十〇_*×xX]{0,4}"
DATE = re.compile(
    rf"(?P<year>{_YEAR})年(?P<month>{_DAY})月(?:(?P<day>{_DAY})[日号])?|(?P<y>\d{{4}})[-./](?P<m>\d{{1,2}})[-./](?P<d>\d{{1,2}})"
)
DATELINE = re.compile(
    rf"[(（]?(?:{_YEAR}年{_DAY}月(?:{_DAY}[日号])?|\d{{4}}[-./]\d{{1,2}}[-./]\d{{1,2}})(?:印发)?[)）]?"
)
_DATE_ENDS = frozenset("月日号发)0123456789")
# (2019年1月18日经……通过): the date of adoption under a title.
ADOPTED = re.compile(
    rf"[(（—-]{{0,4}}{_YEAR}年{_DAY}月{_DAY}[日号][^。]{{0,40}}(?:通过|批准|发布|印发|公布|会议上|会上|大会上|修订)(?:[)）]|[^。，,]{0, 40})?"
)
DOCUMENT_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{0,14}[〔\[(（【](?P<year>\d{4})[〕\])）】][ ]?第?[ ]?\d{1,5}[ ]?[号期](?:.{0,16}签发人.{0,12})?"
)
_COPIES = re.compile(r"[ \u3000]*(?:抄送|抄报|分送|主送|发送)[ ]?[:：]")
LETTERHEAD = re.compile(
    rf"[\u4e00-\u9fff()（）]{{3,30}} +{_YEAR}年{_DAY}月(?:{_DAY}[日号])?(?:印发)?(?:[(（]共印?\d+份[)）])?"
)
_ADDRESSEE = re.compile(r"[^。；;!！]{2,200}[:：]")
NOTE = re.compile(
    r"[(（](?:此件|本文有删|联系|公开|此文|注|附件|草案|征求意见|讨论稿|送审|试行|略)[^()（）\n]{0,60}[)）]"
)


@cache
def _around(key: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words("text_around", key))))


@cache
def _body_name() -> re.Pattern[str]:
    return re.compile(rf"[\u4e00-\u9fff()“”、 ]{{0,30}}(?:{'|'.join(words('text_around', 'bodies'))})")


@cache
def _labels(key: str) -> re.Pattern[str]:
    return re.compile(rf"[(（【\[]?(?:{'|'.join(words('text', key))})[】\]]?[ ]?(?:\d{{0,2}})[:：]")


def is_label(text: str, start: int, end: int) -> bool:
    """Whether a line opens with a label of an item (责任单位： 完成时限：), bracketed or not."""
    return text.find(":", start, start + 14) >= 0 and _labels("labels").match(text, start, end) is not None


def is_meta_label(text: str, start: int, end: int) -> bool:
    """Whether a line opens with a label of the paper itself (抄送： 联系人： 附件：)."""
    return text.find(":", start, start + 14) >= 0 and _labels("meta_labels").match(text, start, end) is not None


def is_copies(text: str, start: int, end: int) -> bool:
    """Whether a line lists who gets the paper (抄送：…), which nobody acts on wherever it stands."""
    return _COPIES.match(text, start, end) is not None


def is_dateline(text: str, start: int, end: int) -> bool:
    """Whether a line is a date and nothing else."""
    return end - start < 24 and text[end - 1] in _DATE_ENDS and DATELINE.fullmatch(text, start, end) is not None


def is_organisation(text: str, start: int, end: int) -> bool:
    """Whether a line is nothing but the name of a body, as a signature or a letterhead is."""
    return 2 <= end - start <= 34 and _body_name().fullmatch(text, start, end) is not None


def is_addressee(text: str, start: int, end: int) -> bool:
    """Whether a line names whom a paper is sent to (各县（区）人民政府，市政府各部门：)."""
    if end - start > 200 or text[end - 1] not in ":：":
        return False
    if text[start] == "为" or _ADDRESSEE.fullmatch(text, start, end) is None:
        return False
    return (
        _around("addressed").search(text, start, end) is not None and _around("says").search(text, start, end) is None
    )


@cache
def kind_words() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of the words that name kinds of documents, and the kind of each."""
    kinds = {word: kind for kind, listed in settings("text")["kinds"].items() for word in listed}
    ordered = sorted(kinds, key=lambda w: (-len(w), w))
    return re.compile("|".join(ordered)), kinds


@cache
def _title_tail() -> re.Pattern[str]:
    _, kinds = kind_words()
    tail = "|".join(sorted(kinds, key=lambda w: (-len(w), w)))
    return re.compile(
        rf"(?:{tail}|范文|汇编|表|书)(?:[一二三四五六七八九十\d]{{0,2}})(?:[》】”]|[(（][^()（）]{{1,24}}[)）])*$"
    )


def is_title_line(text: str) -> bool:
    """Whether a line reads like the title of a document: 4 to 80 characters that end in a word such as 计划, 总结, 通知."""
    if not 4 <= len(text) <= 80 or "。" in text or "；" in text or ";" in text:
        return False
    return _title_tail().search(text) is not None
