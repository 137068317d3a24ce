"""What the members of a task are to do: the actions of its deadlines and units, and its own (contract, ``action``).

A step with a time of its own has its own words; a list of units that closes an item serves the item's title or first
sentence; a phrase that holds only units serves the words around it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from operator import attrgetter

from extractors import actions, deadline_actions
from extractors.context import PartView, SentenceView
from extractors.deadline_actions import COMPLETED, DONE, MAKES, of_phrase
from extractors.document import Segment
from extractors.language import organisations
from extractors.mentions import UnitMention
from extractors.tasks import Task
from extractors.unit_words import words

_AROUND = " ,，、;；:：于在由"
_LABEL_FIRST = re.compile(r"\s*[一-龥]{2,6}[:：]")
_OF_A_MATTER = re.compile(r"\s*(?:整改|工作|具体|下步)?(?:目标|措施|举措|进展|成效|进展情况)[:：]")
_ONLY_BY = re.compile(r"由.{2,20}(?:牵头|负责|组织|主办|承办)")
_SERVES = re.compile(r"[^,，。;；:：]{2,24}(?:配合|协助|参与|参加|协同|支持|牵头|负责|共同负责)[,，;；、]")
_GLOSS = re.compile(r"\([^()]*\)")
_SHORT = 6
_A_WORD = 2
_TOO_SHORT = 4
_AFTER_TIME = ("后", "之后", "以后", "起")  # 三八节前后开展
_PAUSES = " ,，、;；:："
_MEANS = re.compile(
    "以[^,，]{2,40}为|围绕|聚焦|面向|依托|针对|按照|根据|结合|通过|对照|立足|坚持|紧扣|充分发挥|发挥|加大对|对"
)
_PARTNER_REACH = 16
_GROUND = re.compile(
    r"(?:按照?|根据|依据|结合|对照|本着)[^,，。;；]{2,30}(?:原则|要求|标准|分工|部署|方案|精神|规定|办法|意见)[,，]"
)
_BRIEFEST = 6
_CLOSELY = 2.2  # times the length of the first comma part
_TIMES_LOOKED_AT = 4
_HEAD = re.compile(r"[^,，:：;；()\d]{2,8}[:：]")
_PARTS = re.compile(r"[,，;；]?(?:[^,，;；()]|\([^()]*\)|[()])+")
_TELLS_TIME = re.compile(r"[\d年月日周季旬天前后内末底初期]")  # 植树节 alone names what is done
_UP_TO = re.compile("(?:[至到为达和与]|[少低多高]于|超过)$")  # 压减至10个工作日以内, 开放不少于300天
_NEAR = 4
_ITEM_HEADING = 2
_ITEMS_BELOW = 6
_MEASURES_BACK = 40
_A_CASE = re.compile(r"(?:凡|对|如|若).*的$")  # 对拒不搬迁的,由区司法局牵头,依法启动程序
_STEPS = re.compile(rf"(?:启动|{COMPLETED.pattern})(?:[、,和](?:启动|{COMPLETED.pattern}))+")
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
    labelled = _LABEL_FIRST.match(view.text, segment.start, segment.end)  # 一、关于…问题 ⏎ 整改目标:…
    while labelled and above is not None and i and _OF_A_MATTER.match(view.text, above.start, above.end):
        i -= 1
        above = segments[i]
    below = segments[i + 2] if i + 2 < len(segments) else None
    if above is not None and above.kind == "item" and labelled:
        return actions.first_sentence(view.text, above, above.end)
    if above is None or above.kind != "heading" or not segment.path:
        return ""
    if below is not None and below.kind == "paragraph" and below.path == segment.path:
        return ""  # one of several under the heading
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
    closing = min([u.start for u in task.units if u.form == "list"], default=0)
    brief = _brief(view, task)
    for u in task.units:
        own = _of_unit(view, u) if u.form == "subject" else _before(view, u) if u.start < closing else ""
        u.action = u.action or own or brief
    for d in task.deadlines:
        own = d.action if task.rule == "row" else deadline_actions.own(view, task, d)
        if closing and d.start >= closing and own in DONE:
            own = ""  # (市教育局牵头;12月底前完成)
        d.action = own or brief


def _brief(view: PartView, task: Task) -> str:
    """The action of a whole item as its list of units serves it: without the time at its head, the first comma part with
    what follows it closely. The first part and the whole sentence are near enough to it, whichever a reader takes.
    """
    found = task.action
    if task.rule == "row" or ";" in found or "；" in found:
        return found
    sentence = view.view(max(task.segment.start, task.segment.body))
    if sentence is None:
        return found
    head = _HEAD.match(found)
    place = head.end() if head else 0
    timed = next((t for t in sentence.times[:_TIMES_LOOKED_AT] if found.startswith(t.text, place)), None)
    if timed is not None:
        place += len(timed.text)
        rest = actions.phrase(found, place, len(found))
        found = rest if len(rest) >= _TOO_SHORT and not found.startswith(_AFTER_TIME, place) else found
    parts = _PARTS.findall(found)
    made = ""
    first = len(parts[0]) if parts else 0
    if len(parts) > 1 and _MEANS.match(parts[0]):
        first += len(parts[1])  # 围绕人才需求,组织专场招聘
    for part in parts:
        if len(made) >= max(first, _BRIEFEST) and len(made) + len(part) > first * _CLOSELY:
            break
        made += part
    return made.strip(_PAUSES) or task.action


def _before(view: PartView, u: UnitMention) -> str:
    """What a phrase inside an item serves: the words before it in its own sentence (更换管网32公里,由X组织实施)."""
    sentence = view.view(u.start)
    if sentence is None or u.form != "phrase":
        return ""
    start, stop = _without_times(sentence, max(sentence.start, u.segment.body), u.group[0])
    part = max(start, *(view.text.rfind(mark, start, stop) + 1 for mark in ",，;；"))
    if len(own := actions.phrase(view.text, part, stop)) >= _TOO_SHORT and part < stop:
        return own  # 所需经费由街道办事处承担
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
        d.action = _without_agent(deadline_actions.own(view, task, d), named)
        for u in task.units:
            if u.form == "subject" and u.action and d.action.startswith(text[slice(*u.group)]):
                d.action = u.action  # 团委、学生会承办艺术节(4月至5月)
        if d.action == text[d.start : d.end]:
            d.action = _first_below(view, task.segment)
    groups = sorted({u.group for u in task.units if u.form != "subject" and u.group[1] > u.group[0]})
    served: dict[tuple[tuple[int, int], str], str] = {}
    for u in task.units:
        if not u.action:
            key = (u.group, u.form)
            if key not in served:
                found = _served(view, task, groups, u)
                if COMPLETED.fullmatch(found):  # 门诊楼5月开工,12月竣工,由基建办负责
                    found = next((d.action for d in reversed(task.deadlines) if d.action.endswith(found)), found)
                elif _STEPS.fullmatch(found):  # (一)旧楼改造。…X牵头,3月启动、10月完工
                    found = title_over(view, task.segment) or found
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
        d.action = of_phrase(text, task, d) or d.action
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
    partner = words().with_.match(text, a, b)
    if (
        partner
        and words().any_verb.match(text, partner.end(), b) is None
        and (verb := words().any_verb.search(text, partner.end() + _A_WORD, min(b, partner.end() + _PARTNER_REACH)))
    ):
        a = verb.start()  # 会同各班主任审核
    if a >= u.start:
        return actions.phrase(text, *_without_times(sentence, a, b))
    filled = words().fill.match(text, a, u.group[0])
    front = actions.phrase(text, *_without_times(sentence, filled.end() if filled else a, u.group[0]))
    place = u.group[1]
    if (partner := words().with_.match(text, place, b)) and (others := organisations.find(text, partner.end(), b)):
        place = others[0].end if others[0].start == partner.end() else place  # 油料由商务局会同石油公司保障
    back = actions.phrase(text, *_without_times(sentence, place, b))
    return front + back if back else actions.phrase(text, a, b)


def _without_times(sentence: SentenceView, a: int, b: int) -> tuple[int, int]:
    """A stretch of a sentence without the times at its edges; the whole of it where nothing else is left."""
    text, times = sentence.text, sentence.times
    begin, stop = a + 2 * text.startswith("负责", a, b), b
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
        and not _UP_TO.search(text, max(a, times[k].start - 3), times[k].start)
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
    if u.form == "phrase" and first > start and text[first - 1] not in _AROUND:
        start = max(start, *(text.rfind(mark, start, first) + 1 for mark in ",，;；"))  # 另外4家由X牵头
    sentence = view.view(u.start)
    if sentence is not None:
        start = _without_times(sentence, start, first)[0]
    before = actions.first_part(text, start, first) if first > start else ""
    for d in task.deadlines:
        before = before.replace(text[d.start : d.end], "").strip(_AROUND)  # 8月起由X牵头,开展评定
    partner = u.form == "phrase" and u.role in ("assist", "supervise")
    led = [
        s
        for s in task.units
        if partner and s.form == "subject" and s.action and start <= s.start and s.clause[1] <= first
    ]
    if led:
        before = led[-1].action  # 工会要办好技能大赛,团委协助
    dated = [
        d
        for d in task.deadlines
        if start <= d.start and len(d.action) >= _TOO_SHORT and len(text[d.end : first].strip(_AROUND)) >= _TOO_SHORT
    ]
    if dated and not words().work_verb.search(before) and u.form == "phrase":
        before = dated[-1].action  # 目前水位128米,须于12时前降至汛限以下,由X负责
    i = bisect_left(task.units, u.group[1], key=_start)
    others = i < len(task.units) and not text[u.group[1] : task.units[i].start].strip(_AROUND)
    said = others and len(before) >= _TOO_SHORT and text[first - 1 : first] in (",", "，")  # 降至汛限以下,由X负责,Y监督
    thing = u.form == "phrase" and not said and not (words().work_verb.search(before) or MAKES.match(before))
    if thing or len(before) < _TOO_SHORT or _A_CASE.fullmatch(before) or _ONLY_BY.fullmatch(before):
        stop = min([task.end, *(a for a, _ in groups if a >= u.group[1])])
        after = _after(view, task, u, stop)
        if thing and len(before) >= _TOO_SHORT and text[first - 1] not in _AROUND:
            after = before + after if len(after) <= _SHORT else before  # 二期由X负责,年底并网
        before = after if len(after) >= _A_WORD else before
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
    if means := _GROUND.match(text, begin, stop):
        begin = means.end()  # X牵头,Y配合,按照谁主管谁负责的原则,逐笔落实
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
