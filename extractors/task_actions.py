"""What the members of a task are to do: the actions of its deadlines and units, and its own (contract, ``action``).

A step with a time of its own has its own words; a list of units that closes an item serves the item's title or first
sentence; a phrase that holds only units serves the words around it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from operator import attrgetter

from extractors import actions
from extractors.context import PartView, SentenceView
from extractors.document import Segment
from extractors.language import organisations
from extractors.language.organisation_lexicon import lexicon
from extractors.lexicon import words as listed
from extractors.mentions import DeadlineMention, UnitMention
from extractors.tasks import Task
from extractors.unit_words import words

_AROUND = " ,，、;；:：于在由"
_THING_END = re.compile(r"(?:不迟于?|不晚于?|最迟|最晚|于|在|要|应|须|将|力争|计划|确保|争取|预计|拟|已)+$")
_LABEL_FIRST = re.compile(r"\s*[一-龥]{2,6}[:：]")
_ONLY_BY = re.compile(r"由.{2,20}(?:牵头|负责|组织|主办|承办)")
_SERVES = re.compile(r"[^,，。;；:：]{2,24}(?:配合|协助|参与|参加|协同|支持|牵头|负责|共同负责)[,，;；、]")
_GLOSS = re.compile(r"\([^()]*\)")
_ONE = "|".join(map(re.escape, listed("deadlines", "completed")))
_COMPLETED = re.compile(
    rf"(?:{'|'.join(listed('deadlines', 'wholly'))})*(?:{_ONE})+(?:并?(?:{_ONE}))?(?:{'|'.join(listed('deadlines', 'afterwards'))})?"
)
_MAKES = re.compile("|".join(listed("deadlines", "makes")))
_NO_THING = re.compile(
    r"^(?:工期|进度|总?投资)|作为|[要应须将把]|会同|牵头|负责|结合|[,，]|[和与及、为是请]$|(?:期间|[时后前])$"
)
_SHORT = 6
_A_WORD = 2
_TOO_SHORT = 4
_LONGEST_THING = 16
_LONGEST_WORK = 24
_TELLS_TIME = re.compile(r"[\d年月日周季旬天前后内末底初期]")  # 植树节 alone names what is done
_UP_TO = frozenset("至到为")  # 压减至10个工作日以内
_PARTS_BACK = 3
_NEAR = 4
_ITEM_HEADING = 2
_ITEMS_BELOW = 6
_MEASURES_BACK = 40
_MEASURES_END = re.compile(r"(?:措施|举措|任务)[:：]$")
_start = attrgetter("start")


def title(view: PartView, segment: Segment, stop: int) -> str:
    """The title or first sentence of a segment up to ``stop``, else the heading above it."""
    return actions.first_sentence(view.text, segment, stop) or (
        actions.without_number(segment.path[-1]) if segment.path else ""
    )


def title_over(view: PartView, segment: Segment) -> str:
    """The title of an unnumbered text that stands alone under its own heading ((二)治理污水。…(责任单位:…)), else empty."""
    if segment.kind != "paragraph" and segment.level:
        return ""
    segments = view.part.segments
    i = bisect_left(segments, segment.start, key=_start) - 1
    above = segments[i] if i >= 0 else None
    if (matter := _matter(view, segment, i)) is not None:
        return actions.first_sentence(view.text, matter, matter.end)
    below = segments[i + 2] if i + 2 < len(segments) else None
    if above is not None and above.kind == "item" and _LABEL_FIRST.match(view.text, segment.start, segment.end):
        return actions.first_sentence(view.text, above, above.end)
    if above is None or above.kind != "heading" or not segment.path:
        return ""
    if below is not None and below.kind == "paragraph" and below.path == segment.path:
        return ""  # one of several under the heading
    labelled = _LABEL_FIRST.match(view.text, segment.start, segment.end)  # 一、关于…问题 ⏎ 整改目标:…
    if above.level < _ITEM_HEADING and not labelled and "\n" in view.text[above.end : segment.start]:
        return ""
    return actions.without_number(segment.path[-1])


def _matter(view: PartView, segment: Segment, i: int) -> Segment | None:
    """What labels below a list of measures are about: the heading or item over the list (整改措施: 1.… 2.… ⏎ 整改时限:…).

    ``i`` is the index of the segment above; None where none is found.
    """
    segments = view.part.segments
    if i < 0 or segments[i].kind != "item" or not _LABEL_FIRST.match(view.text, segment.start, segment.end):
        return None
    level, stop = segments[i].level, max(0, i - _MEASURES_BACK)
    while i > stop and segments[i].kind == "item" and segments[i].level == level:
        i -= 1
        if _MEASURES_END.search(view.text, max(segments[i].start, segments[i].end - 8), segments[i].end):
            owner = segments[i] if segments[i].level else segments[max(0, i - 1)]
            return owner if owner.kind in ("item", "heading") else None
    return None


def fill_item(view: PartView, task: Task) -> None:
    """The actions of what stands in an item or row that is one task; what says nothing of its own takes the task's."""
    closing = min((u.start for u in task.units if u.form == "list"), default=0)
    for u in task.units:
        own = _of_unit(view, u) if u.form == "subject" else _before(view, u) if u.start < closing else ""
        u.action = u.action or own or task.action
    for d in task.deadlines:
        own = d.action if task.rule == "row" else _of_subject(view, task, d) or _with_thing(view, task, d)
        d.action = own or task.action


def _before(view: PartView, u: UnitMention) -> str:
    """What a phrase inside an item serves: the words before it in its own sentence (更换管网32公里,由X组织实施)."""
    sentence = view.view(u.start)
    if sentence is None or u.form != "phrase":
        return ""
    start, stop = _without_times(sentence, max(sentence.start, u.segment.body), u.group[0])
    found = actions.first_part(view.text, start, stop)
    return found if len(found) >= _TOO_SHORT else ""


def fill_clause(view: PartView, sentence: SentenceView, task: Task) -> None:
    """The action of a task of comma parts, of its deadlines, and of its units where they stand in lists or phrases."""
    text = sentence.text
    for u in task.units:
        u.action = u.action or _of_unit(view, u)
        task.action = task.action or u.action
    named = {u.name for u in task.units}
    for d in task.deadlines:
        d.action = _without_agent(_of_subject(view, task, d) or _with_thing(view, task, d), named)
        if d.action == text[d.start : d.end]:
            d.action = _first_below(view, task.segment)
    groups = sorted({u.group for u in task.units if u.form != "subject" and u.group[1] > u.group[0]})
    served: dict[tuple[tuple[int, int], str], str] = {}
    for u in task.units:
        if not u.action:
            key = (u.group, u.form)
            if key not in served:
                found = _served(view, task, groups, u)
                if _COMPLETED.fullmatch(found):  # 门诊楼5月开工,12月竣工,由基建办负责
                    found = next((d.action for d in reversed(task.deadlines) if d.action.endswith(found)), found)
                served[key] = found
            u.action = served[key]
            task.action = task.action or u.action
    if not task.action:
        dated = next((d.action for d in task.deadlines if d.action), "")
        task.action = dated or actions.first_part(text, task.start, task.end)
    if len(task.action) < _A_WORD:
        task.action = title(view, task.segment, groups[0][0] if groups else task.segment.end)
    for u in task.units:
        u.action = u.action or task.action
    for d in task.deadlines:
        if d.rule.endswith(":label") and not d.action:
            d.action = actions.first_sentence(text, task.segment, task.segment.end)
        d.action = d.action or task.action or _first_below(view, task.segment)


def _without_agent(action: str, names: set[str]) -> str:
    """由X通报 → 通报, X要将时间压减至3日内 → 将时间压减至3日内."""
    led = action.startswith("由")
    name = max((n for n in names if action.startswith(n, led)), key=len, default="")
    rest = action[led + len(name) :] if name else action
    if led or not name:
        return rest
    return actions.phrase(rest, 0, len(rest)) if words().modal.match(rest) else action


def _of_subject(view: PartView, task: Task, d: DeadlineMention) -> str:
    """The action of the unit that follows the time at once as its subject (6月底前,市教育局要完成移交), else empty."""
    i = bisect_left(task.units, d.end, key=_start)
    u = task.units[i] if i < len(task.units) else None
    if u is None or u.form != "subject" or u.clause[0] < d.end or view.text[d.end : u.group[0]].strip(_AROUND):
        return ""
    return u.action


def _with_thing(view: PartView, task: Task, d: DeadlineMention) -> str:
    """The action of a deadline; a short verb takes the thing before the time with it (二期工程5月底完工), never a unit.

    A verb that only says that something is finished takes what the comma parts before it are about
    (新建农村公路9公里,11月底完工; 二期工程5月底完工,6月验收).
    """
    sentence = view.view(d.start)
    if sentence is None or not d.action or len(d.action) > _SHORT:
        return d.action
    i = sentence.clause_index(d.start)
    clause = sentence.clauses[i]
    if view.text.find(d.action, clause[0], d.start) >= 0:
        return d.action  # it was read before the time (资格申请截止9月15日)
    if _has_unit(task, clause[0], d.start):
        return d.action
    thing = _thing(sentence, clause[0], d.start)
    if not thing and _COMPLETED.fullmatch(d.action):
        thing = _earlier(sentence, task, i)
    return thing + d.action if thing and thing not in d.action else d.action


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


def _earlier(sentence: SentenceView, task: Task, i: int) -> str:
    """What the comma parts before the i-th are about: their thing, or their work where it has no time of its own."""
    text = sentence.text
    for a, b in reversed(sentence.clauses[max(0, i - _PARTS_BACK) : i]):
        if text[b - 1] in ";；。":
            return ""
        if _has_unit(task, a, b):
            u = task.units[bisect_left(task.units, a, key=_start)]
            if u.form == "subject":  # X负责旧楼改造,10月竣工
                charged = "负责" in text[u.clause[0] - 2 : u.clause[0] + 2] and len(u.action) <= _LONGEST_THING
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
        elif _MAKES.match(text, actions.opening(text, a, b), b):
            work = _GLOSS.sub("", actions.phrase(text, a, b))
            return work if len(work) <= _LONGEST_WORK and not _NO_THING.search(work) else ""
    return ""


def _is_body(thing: str) -> bool:
    """Whether a thing is one who acts (临河县), and no place of work (产业园)."""
    known = organisations.whole(thing, 0, len(thing))
    return known is not None and (known.kind == "place" or not known.name.endswith(lexicon().facilities))


def _of_unit(view: PartView, u: UnitMention) -> str:
    """What a subject is to do; where its clause begins before it (对…由外贸股每季度走访1次), without the unit and its time."""
    a, b = u.clause
    if b <= a:
        return ""
    text, sentence = view.text, view.view(u.start)
    colon = text.find(":", a + _TOO_SHORT, b)
    if colon >= 0 and not text[colon + 1 : colon + 2].isdigit():
        b = colon
    if sentence is None:
        return actions.phrase(text, a, b)
    if a >= u.start:
        return actions.phrase(text, *_without_times(sentence, a, b))
    filled = words().fill.match(text, a, u.group[0])
    front = actions.phrase(text, *_without_times(sentence, filled.end() if filled else a, u.group[0]))
    back = actions.phrase(text, *_without_times(sentence, u.group[1], b))
    return front + back if back else actions.phrase(text, a, b)


def _without_times(sentence: SentenceView, a: int, b: int) -> tuple[int, int]:
    """A stretch of a sentence without the times at its edges; the whole of it where nothing else is left."""
    text, times = sentence.text, sentence.times
    begin, stop = a, b
    i = bisect_left(times, a, key=_start)
    if i and times[i - 1].end > begin:
        begin = min(b, times[i - 1].end)
    while i < len(times) and times[i].start < b and times[i].start - begin <= _NEAR:
        if text[begin : times[i].start].strip(_AROUND) or not _TELLS_TIME.search(times[i].text):
            break
        begin = min(b, times[i].end)
        i += 1
    k = bisect_left(times, b, key=_start) - 1
    while (
        k >= i
        and stop - times[k].end <= _NEAR
        and not text[times[k].end : stop].strip(_AROUND)
        and text[times[k].start - 1] not in _UP_TO
    ):
        stop = times[k].start
        k -= 1
    return (begin, stop) if stop - begin >= _A_WORD else (a, b)


def _served(view: PartView, task: Task, groups: list[tuple[int, int]], u: UnitMention) -> str:
    """What a list or phrase of units serves: the words before it in the task, else those after it."""
    text, first = view.text, u.group[0]
    start = max([task.start, *(b for _, b in groups if b <= first)])
    if start == task.segment.start:
        start = max(start, min(task.segment.body, first))
    sentence = view.view(u.start)
    if sentence is not None:
        start = _without_times(sentence, start, first)[0]
    before = actions.first_part(text, start, first) if first > start else ""
    thing = u.form == "phrase" and not (words().work_verb.search(before) or _MAKES.match(before))
    if thing or len(before) < _TOO_SHORT or _ONLY_BY.fullmatch(before):
        stop = min([task.end, *(a for a, _ in groups if a >= u.group[1])])
        after = _after(view, task, u, stop)
        if thing and len(before) >= _TOO_SHORT and text[first - 1] not in _AROUND:
            after = before + after if len(after) <= _SHORT else before  # 二期由X负责,年底并网
        before = after if len(after) >= _A_WORD else before
    for d in task.deadlines:
        before = before.replace(text[d.start : d.end], "")
    return _GLOSS.sub("", before).strip(_AROUND)


def _after(view: PartView, task: Task, u: UnitMention, stop: int) -> str:
    """The first part after a phrase of units that says what they do: the action of a subject that follows, else its words."""
    text, begin = view.text, u.group[1]
    while begin < stop and text[begin] in _AROUND:
        begin += 1
    i = bisect_left(task.units, begin, key=_start)
    if i < len(task.units) and task.units[i].form == "subject":
        partner = words().with_.match(text, begin, task.units[i].start)
        if task.units[i].group[0] <= begin or (partner and partner.end() == task.units[i].start):
            return task.units[i].action
    if serves := _SERVES.match(text, begin, stop):
        begin = serves.end()
    sentence = view.view(u.start)
    return actions.first_part(text, *(_without_times(sentence, begin, stop) if sentence else (begin, stop)))


def _first_below(view: PartView, segment: Segment) -> str:
    """The first item without a time of its own under a heading that is nothing but a time (十月份)."""
    i = bisect_left(view.part.segments, segment.start, key=_start) + 1
    if segment.kind != "heading" and view.text[segment.end - 1] not in ":：":
        return ""
    for below in view.part.segments[i : i + _ITEMS_BELOW]:
        if below.kind == "heading":
            return ""
        sentence = view.view(below.body)
        if sentence is not None and not (sentence.times and sentence.times[0].start - below.body <= _A_WORD):
            return actions.first_part(view.text, below.body, below.end)
    return ""
