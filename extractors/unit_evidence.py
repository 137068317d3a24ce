"""How sure it is that organisations in running text answer for planned work."""

from __future__ import annotations

import re

from extractors.document import Part, Sentence
from extractors.language.organisation_lexicon import lexicon
from extractors.lexicon import patterns
from extractors.unit_tails import Group, Tail
from extractors.unit_times import Times
from extractors.unit_words import words

_HIGH_BODY = re.compile(
    r"党中央|中央|国务院|(?![各团]).*(?:[省市县区州]委|[省市县区州](?:人民)?政府)|.*自治区(?:人民)?政府|[^各]*(?<![镇乡])(?<![镇乡]人民)政府"
)
_COMPANY = re.compile(r".*(?:有限公司|股份公司|责任公司|有限合伙)")
_NO_VERB = re.compile(r"[的、)”的]")
_COMMA_PART = re.compile(r"(?:[^,，。;；!?\n()]|\([^()\n]*\))*+")
_WORK = re.compile(patterns("unit_patterns", "work"))

_LIMIT = re.compile(
    r"每[0-9一二三两半]*个?[年月季周旬日天班学]|[0-9年月旬季周度日号天时][底初末]?(?:之?前|以内|内|起)|月底|季末|用[^,，]{1,6}时间|[底初末]前"
)

# Prepositions that also tell where or for whom something is: 中心在河东设点.
_MAKES = ("把", "使", "给", "让", "将")
_STANDING = frozenset(("在", "为", "与", "对", "向", "从", "自", "到", "于", "就", "以"))
_OF_NOUN = re.compile("[一-龥]{2,4}的(?=[一-龥])")  # 由教育局核定的计划
_OUGHT = ("应", "应当", "须", "需")
_DISPOSES = ("把", "将")
_FELL_SHORT = re.compile("实际|仅|只有|不足|未能?|尚")
_WISHED = re.compile(
    "(?:[一-龥]{0,4}(?:认真|结合实际|切实|遵照))*(?:贯彻|抓好|做好|组织|遵照)?(?:贯彻|执行|落实|实施)[。,，]"
)  # 请各单位认真抓好落实
_AGAIN = re.compile("每|逢")  # 镇纪委每季度对村级财务抽审3个村: who acts again and again needs no known verb
_PHRASE = 4
# 9月底前,县水利局职工人数达到356人; 4月前,市级的…
_NO_WORK = re.compile("[的、和及等系内门所为]|[^,，]{0,12}?(?:人数|总数|数量|达|为|占|率)")
_FAR = 300
_AHEAD = re.compile(r"(?:[月底初末旬日号]|春节|[元国][旦庆节])前(?!的)")
_UNDER = re.compile(r"在[^,，。;；]{2,30}(?:领导|指导|支持|关心|帮助|配合)下")
SURE = {"modal": 0.85, "role": 0.85, "with": 0.8, "verb": 0.75, "preposition": 0.7, "time": 0.6, "colon": 0.6}
"""Confidence that each kind of evidence earns a subject before the text around it is weighed."""


def confidence_of(text: str, part: Part, sentence: Sentence, group: Group, tail: Tail, times: Times) -> float:
    """0 where a group is not accountable, below 0.5 for a candidate; may settle the kind of a tail left open."""
    duty = tail.kind == "modal" and any(tail.cue.startswith(d) for d in words().duties)
    kinds = {m.kind for m in group.members}
    if group.context in ("by", "told"):
        base = _called(text, sentence, group, tail)
    elif group.context == "start":
        base = _subject(text, part, sentence, group, tail, times)
    else:
        return 0.6 if "named" in kinds else 0.0
    segment = sentence.segment
    done = segment.tense == "done" or (not segment.tense and part.kind == "summary")
    if done and not (duty and group.context == "start"):
        base = min(base, 0.55 if _still_due(text, sentence, group) else 0.4)
    if done and tail.cue in _OUGHT and _FELL_SHORT.search(text, group.end, sentence.end):
        base = min(base, 0.4)  # 卫生院应随访1260人,实际不足800人
    if all(_COMPANY.fullmatch(m.name) for m in group.members) and group.context != "told" and not duty:
        base = min(base, 0.4)
    if kinds == {"guess"} and group.context == "start" and tail.kind not in ("modal", "role", "with"):
        # 站 and 队 also end names of works: 高速服务站6月底前完成改造.
        believed = (
            _plans(part, sentence)
            and (not tail.nominal or times.between(group.end, tail.place))
            and tail.kind in ("verb", "time", "preposition")
            and group.members[-1].name[-1] not in "站队"
        )
        base = min(base, 0.55 if believed else 0.4)
    if kinds == {"own"}:
        base = min(base, 0.6 if tail.kind == "modal" else 0.4)
    if kinds <= {"generic", "own"} and base:
        base = min(base, _generic(text, part, sentence, group, tail, duty))
    return base


def _plans(part: Part, sentence: Sentence) -> bool:
    """Whether the section plans; minutes are kept for what was decided."""
    return sentence.segment.tense == "planned" or (not sentence.segment.tense and "纪要" in part.title)


def acts_by(text: str, sentence: Sentence, group: Group, place: int, times: Times) -> bool:
    """Whether a section that plans sets a time right before a named body that does something behind a place."""
    last = group.members[-1]
    if group.context != "start" or sentence.segment.tense != "planned" or last.kind != "named":
        return False
    if last.name.endswith(lexicon().facilities):
        return False  # 2023年底前,县社会福利中心二期建成
    part = _COMMA_PART.match(text, place, min(sentence.end, place + _FAR))
    return (
        part is not None
        and part.end() - place > _PHRASE
        and _NO_WORK.match(text, place) is None
        and times.lead_to(text, group.start)
    )


def _still_due(text: str, sentence: Sentence, group: Group) -> bool:
    """Whether a time limit ahead stands in a sentence of a report: 剩余路段9月底前完工,由X负责."""
    begin, stop = max(sentence.start, group.start - _FAR), min(sentence.end, group.end + _FAR)
    ahead = _AHEAD.search(text, group.end, stop) or _AHEAD.search(text, begin, group.start)
    if ahead is None:
        return False
    first = min(ahead.start(), group.start)
    clause = max([begin, *(text.rfind(mark, begin, first) + 1 for mark in ",;，；")])
    return not words().past.search(text, clause, stop)


def _is_vision(text: str, sentence: Sentence, tail: Tail) -> bool:
    """Whether a place only has a future before it: 云桥县将与全省同步实现现代化."""
    part = _COMMA_PART.match(text, tail.place, min(sentence.end, tail.place + _FAR))
    return (
        tail.cue not in words().duties
        and part is not None
        and words().vision.search(text, tail.place, part.end()) is not None
        and _AHEAD.search(text, tail.place, part.end()) is None
    )


def _called(text: str, sentence: Sentence, group: Group, tail: Tail) -> float:
    """After 由 or 责成."""
    if group.cue == "请" and _WISHED.match(text, tail.place, sentence.end):
        return 0.0
    if group.context == "by" and _OF_NOUN.match(text, tail.place):
        return 0.4
    if tail.kind in ("role", "verb", "modal", "with", "time", "preposition", "comma"):
        return 0.85
    if tail.kind == "title":
        return 0.0
    part = _COMMA_PART.match(text, tail.place, min(sentence.end, tail.place + _FAR))
    says = part is not None and part.end() - tail.place >= 2 and not _NO_VERB.match(text, tail.place, sentence.end)
    works = part is not None and _WORK.search(text, tail.place, part.end())
    if (group.context == "by" and says) or works or group.cue in ("责成", "责令"):
        tail.kind = "verb"
        return 0.7
    return 0.0


def _subject(text: str, part: Part, sentence: Sentence, group: Group, tail: Tail, times: Times) -> float:
    """At the beginning of a clause."""
    base = SURE.get(tail.kind, 0.0)
    if group.cue == "、" and tail.kind != "role":
        return 0.0
    if {m.kind for m in group.members} == {"place"} and tail.kind == "modal" and _is_vision(text, sentence, tail):
        return 0.4
    if tail.kind not in ("verb", "preposition", "time"):
        return base
    if sentence.segment.kind == "heading":
        return 0.0
    clause = _COMMA_PART.match(text, tail.place, min(sentence.end, tail.place + 60))
    stop = clause.end() if clause else tail.place
    if (
        tail.kind == "preposition"
        and text[stop : stop + 1] in ",，"
        and not words().any_verb.search(text, tail.place, stop)
    ):
        # 按照序时进度要求,三季度…: the work stands behind the comma.
        clause = _COMMA_PART.match(text, stop + 1, min(sentence.end, stop + 60))
        stop = clause.end() if clause else stop
    planned = _plans(part, sentence)
    limited = (
        times.lead_to(text, group.start)
        or times.between(group.end, stop)
        or _LIMIT.search(text, group.end, stop) is not None
    )
    if tail.kind == "preposition" and _UNDER.match(text, tail.place):
        return 0.0
    if (
        tail.kind == "preposition"
        and not (tail.cue in _DISPOSES and sentence.segment.tense == "planned")
        and not _WORK.search(text, tail.place, min(sentence.end, tail.place + 60))
        and not (planned and tail.cue in _MAKES)
        and not (_AGAIN.match(text, group.end) and stop - tail.place > _PHRASE)
        and not (limited and (planned or words().any_verb.search(text, tail.place, stop)))
        and not (planned and words().any_verb.search(text, tail.place, stop))
    ):
        return 0.0
    if (
        tail.kind == "time"
        and not (limited and stop - tail.place >= 2)
        and not (planned and stop - tail.place >= 4 and not tail.cue.endswith(words().loose_adverbs))
        and not words().any_verb.search(text, tail.place, stop)
    ):
        return 0.0
    if not sentence.segment.tense and part.kind in ("other", "speech"):
        base -= 0.1
    name = group.members[-1].name
    if all(_HIGH_BODY.fullmatch(m.name) for m in group.members):
        return 0.55 if planned and limited and tail.kind != "preposition" else 0.4
    if {m.kind for m in group.members} == {"place"}:
        fit = planned and tail.kind != "preposition" and not tail.nominal
        return min(base, 0.6) if fit else 0.4
    if name.endswith(lexicon().facilities) and name[0] != "各" and not name[0:1].isdigit():
        levelled = (
            name[0] in "市县区省州镇乡院校"
            or limited
            or (planned and len(name) >= 4 and (tail.kind != "preposition" or tail.cue not in _STANDING))
            or (tail.kind == "verb" and name[-1] == "馆" and name[0] not in "新老旧")
        )
        fit = levelled and planned and (limited or not tail.nominal)
        return min(base, 0.55) if fit else 0.4
    return base


def _generic(text: str, part: Part, sentence: Sentence, group: Group, tail: Tail, duty: bool) -> float:
    """Bodies without a name of their own: scored only where a duty or a time limit is laid on them."""
    deadline = words().deadline.search(text, max(sentence.start, group.opened - 25), min(sentence.end, group.end + 60))
    called = group.context != "start" or tail.kind in ("modal", "role") or group.members[0].name[0] == "各"
    if tail.kind == "modal" and not deadline and part.issuer.endswith(group.members[0].name):
        return 0.4  # 公司要完成产值: the paper's own house
    if duty or (deadline and called):
        return 0.6
    return 0.4 if tail.kind in ("modal", "role") or group.context == "by" else 0.0
