"""What follows organisations in running text: modal, role word, verb, or nothing that makes them accountable."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.language.organisations import Organisation
from extractors.unit_times import Times
from extractors.unit_words import words

_MEMBERS_ON = re.compile(
    r"(?:[、和及](?!各)[\u4e00-\u9fff]{2,8}?){1,4}(?=(?:积极|共同|分别|密切|全力)?(?:配合|牵头|负责|参与|参加|协助|协办|联合|共同|应当|务必|每[周月季年日半旬天]|[要须](?![求点素知])))"
)
_TIMED = frozenset("起前内间")
_SHARED_OUT = ("分工", "职责")
_COUNTED = ("家", "个")
_EACH_OF_ITS = re.compile(
    "每[个家座处名人][^,，。;；]{1,8}?(?=至少|不少于|必须|[要应须])"
)  # 石化公司每个加油站至少设1台
_HOLDS = re.compile(
    r"(?:是|为|作为)[^,，。;；、]{0,14}?(?:(?P<lead>牵头|主办)|(?P<assist>配合|协助|协办)|(?:责任|承办|实施|第一责任))(?:单位|部门|主体|人)?(?=[,，。;；])"
)
# 区司法局监督。: who looks on stands at the end and serves the words before.
_LOOKS_ON = re.compile(r"(?:负责|全程|跟踪|现场)*(?P<cue>监督|督办|督导)(?=[,，。;；)）\n]|$)")
# 各市州整改情况于11月10日前报省办: what is handed in stands before the time.
_HANDS_IN = re.compile(
    r"[\u4e00-\u9fff]{0,6}?(?:情况|总结|方案|报告|清单|台账|材料|报表|数据)(?:请|应|须|要|务必)?(?=[于在每]|[0-9]{1,2}月|[月年季周][底末])"
)
_SEATED = re.compile("设在[^,，。;；]{2,20}[,，]")  # 指挥部办公室设在市城管局,负责日常调度
_HANDED = re.compile("报|[递提上]?交|送")
_NOUN = re.compile("[的率]|(?:进度|数量|比例)(?=[,，。]?[0-9达为])")  # 乡镇文化站达标率
_COLON = re.compile(r"[*_]{0,3}[:：][ *_]{0,4}")
AND_OTHERS = re.compile(
    r"(?:等|[等两三四五六七八九十0-9]{1,3}[家个](?=单位|部门))(?:有关|相关|多个|各)?(?:职能|主管|行业|执法|监管|成员|审批|涉农)?(?:部门|单位|科室|处室|地|企业|机构)?"
)


@dataclass(slots=True)
class Group:
    """Organisations in one enumeration and where it stands.

    ``context`` is ``start`` (of a clause), ``by`` (由), ``told`` (责成), ``with`` (会同) or ``helped`` (配合X做), with its
    ``cue``; empty where nothing before makes it accountable. ``opened`` is where its phrase begins.
    """

    members: list[Organisation]
    context: str = ""
    cue: str = ""
    opened: int = 0

    @property
    def start(self) -> int:
        """Clean offset of its first character."""
        return self.members[0].start

    @property
    def end(self) -> int:
        """Clean offset after its last character."""
        return self.members[-1].end


@dataclass(slots=True)
class Tail:
    """The evidence after a group: its kind, its words, where the clause goes on and the role it gives."""

    kind: str
    cue: str
    place: int
    role: str = "responsible"
    nominal: bool = False


def _told_after_colon(text: str, place: int, end: int, times: Times) -> Tail | None:
    """The duties of a body that stands as their label: 县林业局:负责…, **县残联**:按职责做好…"""
    lexicon = words()
    colon = _COLON.match(text, place, end)
    if colon is None:
        return None
    after = colon.end()
    if role := lexicon.role_tail.match(text, after, end):
        return Tail("colon", ":" + role["tail"], after, lexicon.tail_roles[role["tail"]])
    begins = times.fill(text, after, end)
    modal = lexicon.modal.match(text, begins, end)
    if modal or lexicon.verb.match(text, begins, end) or lexicon.verb.match(text, after, end):
        return Tail("colon", ":", after)
    part = lexicon.preposition.match(text, begins, end)
    return (
        Tail("colon", ":", after) if part and lexicon.any_verb.search(text, part.end(), min(end, after + 40)) else None
    )


def read_tail(text: str, group: Group, end: int, times: Times) -> Tail:
    """What the words from the end of a group up to ``end`` say of it; may add unknown members to the group."""
    lexicon = words()
    place = group.end
    if place < end and text[place] == "(":
        close = text.find(")", place, min(end, place + 40))
        place = close + 1 if close >= 0 else place
    if (
        place < end
        and (text[place] == "等" or text[place + 1 : place + 2] in _COUNTED)
        and (others := AND_OTHERS.match(text, place, end))
    ):
        place = others.end()
    if place < end and text[place] in "、和及" and (more := _MEMBERS_ON.match(text, place, end)):
        for m in re.finditer(r"[^、和及]+", text[place : more.end()]):
            group.members.append(Organisation(place + m.start(), place + m.end(), m.group(), "guess"))
        place = more.end()
    if place >= end:
        return Tail("", "", place)
    if lexicon.title.match(text, place, end):
        return Tail("title", "", place)
    after = times.fill(text, place, end)
    if lexicon.disposal.match(text, after, end):
        return Tail("preposition", "将", after)
    if (m := lexicon.modal.match(text, after, end)) and not (m.end() < end and text[m.end()] in "的、)”"):
        stop = times.fill(text, m.end(), end)
        inner = lexicon.role_tail.match(text, stop, end)
        if (
            inner
            and lexicon.tail_roles[inner["tail"]] != "responsible"
            and "在" not in text[m.end() : inner.start("tail")]
        ):
            return Tail("modal", m["modal"] + inner["tail"], inner.end(), lexicon.tail_roles[inner["tail"]])
        return Tail("modal", m["modal"], stop)
    if (m := lexicon.role_tail.match(text, after, end)) and (
        m.end() >= end or text[m.end()] != "的" or group.cue == "、"
    ):
        return Tail("role", m["tail"], m.end(), lexicon.tail_roles[m["tail"]])
    if (seat := _SEATED.match(text, place, end)) and (role := lexicon.role_tail.match(text, seat.end(), end)):
        return Tail("role", role["tail"], role.end(), lexicon.tail_roles[role["tail"]])
    if looks := _LOOKS_ON.match(text, after, end):
        return Tail("role", looks["cue"], looks.end(), "supervise")
    if (hands := _HANDS_IN.match(text, place, end)) and _HANDED.search(text, hands.end(), min(end, hands.end() + 30)):
        return Tail("preposition", "", after)
    if m := lexicon.with_.match(text, after, end):
        return Tail("with", m["cue"], m.start("cue"))
    m = lexicon.verb.match(text, after, end)
    if m is None and after > place:
        m = lexicon.verb.match(text, place, end)
    if m and not _NOUN.match(text, m.end()):
        return Tail("verb", m["cue"], m.start("cue"), nominal=m["nominal"] is not None)
    if _EACH_OF_ITS.match(text, place, end):
        return Tail("preposition", "每", place)
    if (holds := _HOLDS.match(text, place, end)) and not holds.group().endswith("人"):
        role = "lead" if holds["lead"] else "assist" if holds["assist"] else "responsible"
        return Tail("role", holds.group()[:1], holds.end(), role)
    if m := lexicon.preposition.match(text, after, end):
        return Tail("preposition", m["cue"], m.start("cue"))
    if text[place] in ":：*" and (told := _told_after_colon(text, place, end, times)):
        return told
    if after > place:
        if text[after : after + 1] in ",，" and (text[after - 2 : after] in _SHARED_OUT or text[after - 1] in _TIMED):
            # 区城管局、各街道按照职责分工,联合开展整治; 各卫生院从3月起,每季度末完成自查
            begin = times.fill(text, after + 1, end)
            if (m := lexicon.with_.match(text, begin, end)) or (m := lexicon.verb.match(text, begin, end)):
                return Tail("verb", m["cue"], m.start("cue"))
        timed = times.between(place, after)
        return Tail("comma" if after < end and text[after] in ",，" and not timed else "time", text[place:after], after)
    return Tail("comma" if text[place] in ",，" else "", "", place)
