"""What a time limits, in the document's words: the action of a deadline (contract, ``action``).

A step with a time of its own has its own words; a short verb takes the thing it is about, how often or how much takes the
work that is counted, and a unit that follows the time as its subject lends its action.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from operator import attrgetter

from extractors import actions
from extractors.context import PartView, SentenceView
from extractors.language import organisations
from extractors.language.organisation_lexicon import lexicon
from extractors.lexicon import words as listed
from extractors.mentions import DeadlineMention
from extractors.tasks import Task
from extractors.unit_words import words

_AROUND = " ,，、;；:：于在由"
_THING_END = re.compile(r"(?:不迟于?|不晚于?|最迟|最晚|于|在|要|应|须|将|力争|计划|确保|争取|预计|拟|已)+$")
_GLOSS = re.compile(r"\([^()]*\)")
_ONE = "|".join(map(re.escape, listed("deadlines", "completed")))
COMPLETED = re.compile(
    rf"(?:{'|'.join(listed('deadlines', 'wholly'))})*(?:{_ONE})+(?:并?(?:{_ONE}))?(?:{'|'.join(listed('deadlines', 'afterwards'))})?"
)
"""Words that only say that something is begun or finished."""

MAKES = re.compile("|".join(listed("deadlines", "makes")))
"""How work opens that makes a thing."""

DONE = frozenset(("完成", "落实", "到位", "落实到位"))
"""Words that say of any work that it is done."""

_NO_THING = re.compile(
    r"^(?:工期|进度|总?投资|其中$|本)|(?:企业|单位|部门|人员|干部|教师|党员|学生)$|作为|要(?![素点])|应(?![收付急])|[须将把]|会同|牵头|负责|结合|[,，]|[和与及、为是请]$|(?:期间|[时后前])$"
)
_COUNTED = re.compile(
    r"(?:至少|不少于|不低于|不超过|各|平均|人均|每人|每[^,，\d]{1,2}|再|约)*[\d一二两三四五六七八九十]+[余多]?[一-龥]{1,2}(?:以上|以内|左右)?"
)
# 应收账款年底压降到5.2亿元: what is measured stands before the time.
_REACHES = re.compile(
    r"(?:基本|全部|均|都|累计|总体)*(?:[一-龥]{0,2}[到至]|达|控制在|稳定在|保持在|不低于|不少于|不超过|低于|高于|突破|超过)(?:约|近)?\d[\d.,]*[^\d,，、;；]{1,6}?(?:以上|以内|以下|左右)?(?=[、,，]|$)"
)
_SHORT = 6
_A_WORD = 2
_LONGEST_THING = 16
_LONGEST_WORK = 24
_LONGEST_COUNTED = 32
_PARTS_BACK = 3
_start = attrgetter("start")


def own(view: PartView, task: Task, d: DeadlineMention) -> str:
    """The action of a deadline of a task, as far as it has one of its own; the actions of subjects are known."""
    sentence = view.view(d.start)
    if sentence is not None and d.action and view.text.find(d.action, sentence.clause(d.start)[0], d.start) >= 0:
        return d.action  # it was read before the time (资格申请截止9月15日)
    return _of_subject(view, task, d) or _with_thing(view, task, d)


def _of_subject(view: PartView, task: Task, d: DeadlineMention) -> str:
    """The action of the unit that follows the time at once as its subject (6月底前,市教育局要完成移交), else empty."""
    i = bisect_left(task.units, d.end, key=_start)
    u = task.units[i] if i < len(task.units) else None
    if u is None or u.form != "subject" or u.clause[0] < d.end or view.text[d.end : u.group[0]].strip(_AROUND):
        return ""
    return u.action


def of_phrase(text: str, task: Task, d: DeadlineMention) -> str:
    """What a phrase of units right behind a time serves (3月底前,由总务处牵头、保卫科配合,完成更换), else empty."""
    i = bisect_left(task.units, d.end, key=_start)
    u = task.units[i] if i < len(task.units) else None
    if u is None or u.form != "phrase" or text[d.end : u.group[0]].strip(_AROUND):
        return ""
    return u.action


def _with_thing(view: PartView, task: Task, d: DeadlineMention) -> str:
    """The action of a deadline; a short verb takes the thing before the time with it (二期工程5月底完工), never a unit.

    A verb that only says that something is finished takes what the comma parts before it are about
    (新建农村公路9公里,11月底完工; 二期工程5月底完工,6月验收).
    """
    sentence = view.view(d.start)
    if sentence is None or not d.action:
        return d.action
    i = sentence.clause_index(d.start)
    clause = sentence.clauses[i]
    if _COUNTED.fullmatch(d.action):
        return _counted(sentence, task, d, i)
    if reached := _REACHES.match(d.action):
        thing = "" if _has_unit(task, clause[0], d.start) else _thing(sentence, clause[0], d.start)
        return thing + reached.group() if thing else d.action
    if len(d.action) > _SHORT:
        return d.action
    if _has_unit(task, clause[0], d.start):
        return d.action
    thing = _thing(sentence, clause[0], d.start)
    if not thing and COMPLETED.fullmatch(d.action):
        thing = _earlier(sentence, task, i, done=d.action == "完成")
    return thing + d.action if thing and thing not in d.action else d.action


def _counted(sentence: SentenceView, task: Task, d: DeadlineMention, i: int) -> str:
    """How often or how much, with the work of the comma part before that is counted (组织推门听课,每学期不少于20节)."""
    text = sentence.text
    thing = _thing(sentence, sentence.clauses[i][0], d.start)
    if thing or not i or text[sentence.clauses[i - 1][1] - 1] not in ",，":
        return thing + d.action
    a, b = sentence.clauses[i - 1]
    subject = next((u for u in task.units if u.form == "subject" and a <= u.start < b and u.action), None)
    last = sentence.times[bisect_left(sentence.times, b, key=_start) - 1] if sentence.times else None
    work = subject.action if subject else actions.phrase(text, last.end if last and last.start >= a else a, b)
    return work + d.action if 2 * _A_WORD <= len(work) <= _LONGEST_COUNTED else d.action


def _has_unit(task: Task, start: int, end: int) -> bool:
    i = bisect_left(task.units, start, key=_start)
    return i < len(task.units) and task.units[i].start < end


def _thing(sentence: SentenceView, start: int, end: int) -> str:
    """What stands before the first time between two offsets, where it is short and no work of its own."""
    text = sentence.text
    if end > start and text[end - 1] in ":：":
        end -= 1
    i = bisect_left(sentence.times, start, key=_start)
    if i < len(sentence.times):
        end = min(end, sentence.times[i].start)
    colon = max(text.rfind(":", start, end), text.rfind("：", start, end))
    thing = _THING_END.sub("", actions.phrase(text, max(start, colon + 1), end))
    return thing if _A_WORD <= len(thing) <= _LONGEST_THING and not _NO_THING.search(thing) else ""


def _earlier(sentence: SentenceView, task: Task, i: int, *, done: bool) -> str:
    """What the comma parts before the i-th are about: their thing, or their work where it has no time of its own.

    ``done``: the part says no more than that it is finished (县教育局组织评审,6月完成).
    """
    text = sentence.text
    for a, b in reversed(sentence.clauses[max(0, i - _PARTS_BACK) : i]):
        if text[b - 1] in ";；。":
            return ""
        if _has_unit(task, a, b):
            u = task.units[bisect_left(task.units, a, key=_start)]
            if u.form == "subject":  # X负责旧楼改造,10月竣工
                charged = done or "负责" in text[u.clause[0] - 2 : u.clause[0] + 2]
                charged = charged and len(u.action) <= (_LONGEST_WORK if done else _LONGEST_THING)
                return u.action if charged else ""
            if thing := _thing(sentence, a, u.group[0]):
                return thing
            continue
        k = bisect_left(sentence.times, a, key=_start)
        dated = k < len(sentence.times) and sentence.times[k].start < b
        if dated or text[b - 1] in ":：":
            thing = _thing(sentence, a, b)
            if thing and words().other_start.match(thing) is None:
                return "" if _is_body(thing) else thing
        elif MAKES.match(text, actions.opening(text, a, b), b):
            work = _GLOSS.sub("", actions.phrase(text, a, b))
            return work if len(work) <= _LONGEST_WORK and not _NO_THING.search(work) else ""
    return ""


def _is_body(thing: str) -> bool:
    """Whether a thing is one who acts (临河县), and no place of work (产业园)."""
    known = organisations.whole(thing, 0, len(thing))
    return known is not None and (known.kind == "place" or not known.name.endswith(lexicon().facilities))
