"""What each number of a sentence measures: the words before it, behind it, or those of a number before it.

:mod:`extractors.indicators` reads a phrase; here is decided which phrase. A list that 分别 deals out gives each number its
member, a level goes on with the level it starts from (由71所整合为47所), and a noun behind a number is not the next one's.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter

from extractors import indicators
from extractors.context import SentenceView
from extractors.language.quantities import Quantity
from extractors.lexicon import settings
from extractors.status import CAPACITY

_MONEY_HEAD = re.compile(settings("figures")["money_head"])
_STEPS = re.compile(r"(?:由|从|(?:提高|提升|增加|增长|降低|下降|减少|压减|压降|改善|上升|扩大|增|降|升|减)[到至])$")
_START = attrgetter("start")
_PROJECT_END = re.compile(r"(?:综合)?(?:项目|工程|生产线|基地).*$")
_COMPARED_WITH = re.compile(r"[较同与]|(?<!占)比")
_LEVEL_TO = re.compile(r"[到至为成](?:不足|不到|约|近|超过?|目前的?|每[吨人亩户])?$")
_OF_PLAN = re.compile(
    r"((?:已?完成|占|为|达到?|达)[^,，、;；\d]{0,10}(?:任务|目标|计划|预算|指标|同期|总量|总数)数?)的$"
)
_SCORED = re.compile(r"(倒扣|扣|加|计|记|得|封顶)(?:最[多高低]|不超过|各)?\s*$")
_RECOVERED = re.compile(r"恢复[到至]|[为是]|达到?")
_HEADS = 8
_LIST_REACH = 160
_SIDE_BY_SIDE = re.compile(r"(?:以上|以下|以内|左右)?[、,，和及与]\s*(?:约|近|超过?)?")
_DEALT = re.compile(r"分别[^,，。;；、]{0,14}")
_RATE_OVER = re.compile(r"(?:率|比例|占比|比重|程度)(?:仍|均|连续)?(?:高于|低于|超过|不足|不到|小于|大于|达到?)$")
_RANKED = re.compile(  # 岚州市投资完成率最低,仅为58.4%
    r"([一-龥]{2,20}?(?:率|额|量|度|数|值|比例|占比))(?:相对)?(?:最|较|偏|略|过)[高低快慢大小好差多少],$"
)
_USED_FOR = re.compile(r"用于([一-龥]{2,14})")  # 其中180万元用于购置提灌设备
_RANKED_REACH = 30
_NOUN_FOLLOWS = re.compile(r"(?:以上|以下|左右|多|余)?的?(?![不时扣给予处并由按的])[一-龥“]")


@dataclass(slots=True)
class Memory:
    """What carries from one number to the next within a sentence."""

    indicator: str = ""  # of the number before; for the first the topic that it has where it names nothing itself
    end: int = 0
    quantity: Quantity | None = None
    noun: str = ""  # what stands behind the last number, where that is what it measures
    coming: str = ""  # the same of the number now read
    heads: list[str] = field(default_factory=list)  # what the numbers of the sentence measured so far, each once
    shared: tuple[str, int, int] | None = None  # of what 分别 deals out: its words or none, which member, of how many
    base: str = ""  # what the number now read is a share of
    asked: bool = False  # whether the topic was asked for

    def before(self) -> str:
        """What the number before measured, the topic where none was read yet."""
        self.asked = self.asked or self.quantity is None
        return self.indicator

    def keep(self, indicator: str, q: Quantity) -> None:
        """Remember a number that was read; a share of a plan or a whole leaves what it is a share of."""
        indicator, self.base = self.base or indicator, ""
        self.indicator, self.end, self.quantity, self.noun = indicator, q.end, q, self.coming
        if indicator not in self.heads:
            self.heads = [*self.heads[-_HEADS:], indicator]


def _left(sentence: SentenceView, clause: tuple[int, int], memory: Memory, place: int) -> str:
    """The words of the clause before a number, from the number before it on, without times (but those compared with)."""
    body = sentence.segment.body
    return _without_times(sentence, max(clause[0], memory.end, body if body < place else clause[0]), place)


def _without_times(sentence: SentenceView, start: int, place: int) -> str:
    pieces = []
    for t in sentence.times_before(place):
        if (
            start <= t.start
            and t.end <= place
            and not _COMPARED_WITH.search(sentence.text, max(start, t.start - 2), t.start)
        ):
            pieces.append(sentence.text[start : t.start])
            start = t.end
    return "".join(pieces) + sentence.text[start:place]


def shared_out(sentence: SentenceView) -> dict[int, tuple[str, int, int]]:
    """By index of a quantity, its share of what 分别 deals out: what it measures (empty: what was counted before), its
    place among the numbers of the group and their count."""
    text = sentence.text
    found: dict[int, tuple[str, int, int]] = {}
    at = sentence.start
    while (at := text.find("分别", at, sentence.end)) >= 0:
        first = bisect_left(sentence.quantities, at, key=_START)
        if first < len(sentence.quantities) and _DEALT.fullmatch(text, at, sentence.quantities[first].start):
            found.update(_dealt(sentence, at, first))
        at += 2
    return found


def _dealt(sentence: SentenceView, at: int, first: int) -> Iterator[tuple[int, tuple[str, int, int]]]:
    """The shares of the numbers that stand side by side from the ``first`` on; 分别 stands at an offset."""
    text, listed = sentence.text, sentence.quantities
    last = first
    while last + 1 < len(listed) and _SIDE_BY_SIDE.fullmatch(text, listed[last].end, listed[last + 1].start):
        last += 1
    count = last - first + 1
    known = listed[first - 1].end if first else sentence.start
    left = _without_times(sentence, max(sentence.clause(at)[0], known, at - _LIST_REACH), at)
    head = indicators.before(left)
    alone = not head or indicators.is_change_only(head)
    what = "" if _RECOVERED.match(text, at + 2) else indicators.before(text[at + 2 : listed[first].start])
    if count > 1 and not (alone and what and not indicators.is_change_only(what)):  # 分别奖励20万元 measures the prize
        parts = [""] * count if alone else indicators.items(left, count)
        if what and not indicators.is_change_only(what) and len(set(parts)) == count:
            parts = [part + what for part in parts]  # 东区、西区分别实现产值3亿元和5亿元
        yield from ((first + i, (part, i, count)) for i, part in enumerate(parts))


def indicator(sentence: SentenceView, clause: tuple[int, int], q: Quantity, memory: Memory) -> str:
    """What a number measures; ``memory`` learns the noun where one stands after the number."""
    if memory.shared is not None:
        found, place, count = memory.shared
        memory.coming = ""
        if not found and len(memory.heads) >= count:
            found = memory.heads[-count:][place]
        if found:
            return found
    found, memory.coming = _read_indicator(sentence, clause, q, memory)
    return found


def _read_indicator(sentence: SentenceView, clause: tuple[int, int], q: Quantity, memory: Memory) -> tuple[str, str]:
    """What a number measures, and the noun behind it where that is or ends it."""
    text = sentence.text
    raw = _left(sentence, clause, memory, q.start)
    right = indicators.after(text, q.end, min(clause[1], _next_mention(sentence, q.end)))
    if not right and q.dimension == "count" and (behind := _glued(sentence, q)) is not None:
        right = indicators.after(text, behind.end, min(clause[1], _next_mention(sentence, behind.end)))
    goes_on = clause[0] < memory.end <= q.start
    if goes_on and memory.quantity is not None and levels(text, memory.quantity, q):
        return memory.before(), ""
    if q.dimension in ("percent", "times", "ratio") and (
        m := _OF_PLAN.search(text, max(clause[0], q.start - 24), q.start)
    ):
        phrase = m.group(1)
        memory.base = memory.before() if not indicators.before(raw[: -len(m.group())]) else ""
        return (memory.before() + phrase if 0 < len(memory.before()) <= 12 else phrase), ""
    if goes_on and memory.noun:  # 6条道路、10处绿地: what stands between belongs to the number before
        noun = raw.find(memory.noun)
        raw = raw[noun + len(memory.noun) :] if 0 <= noun <= 4 else raw
    bare = indicators.is_lead_only(raw)
    if q.measure == "分" and (scored := _SCORED.search(raw)):
        return scored.group(1) + ("" if scored.group(1).endswith("顶") else "分"), ""
    if right and (q.measure.endswith(("/年", "/日")) and (q.text.endswith(("年", "日")) or CAPACITY.search(raw[-12:]))):
        return _PROJECT_END.sub("", right), right
    if (
        q.dimension in ("percent", "money", "rate")
        and raw.endswith(("按", "按照"))
        and (given := indicators.by_rate(text, q.end, clause[1]))
    ):
        return given, ""
    if right and (indicators.hands_out(raw) or raw.rstrip().endswith("等")) and len(right) <= 12:
        return right, right
    if right and q.dimension in ("percent", "ratio") and not _RATE_OVER.search(raw) and indicators.of_many(text, q.end):
        return right, right
    if bare and (used := _USED_FOR.match(text, q.end, clause[1])):
        return used[1], used[1]
    if bare and (told := _RANKED.search(text, max(sentence.start, memory.end, clause[0] - _RANKED_REACH), clause[0])):
        return indicators.before(told[1]), ""
    left = indicators.before(raw)
    if len(right) >= 2 and (bare or indicators.is_place_only(left)) and _NOUN_FOLLOWS.match(text, q.end):
        return right, right
    if (
        (q.dimension in ("count", "age", "lessons") or q.text[-1:] in "万亿")
        and right
        and not right.startswith(("以", "及"))
    ):
        if indicators.is_verb_only(left) or (len(right) >= 2 and indicators.ends_in_verb(left)):
            return right, right
        joined = left + right
        return (joined if len(joined) <= 20 else (right if len(right) >= 2 else left)), right
    if left and indicators.is_share_only(left) and memory.before():
        memory.base = memory.before()
        return memory.before() + left, ""
    if left and not indicators.is_change_only(left):
        if indicators.is_verb_only(left) and memory.before() and q.dimension in ("percent", "points", "ratio"):
            return memory.before(), ""  # 其中上半年完成六成
        if indicators.is_verb_only(left) and right and (q.dimension != "money" or _MONEY_HEAD.search(right)):
            return right, right
        return left, ""
    return memory.before() or _topic(sentence, clause, q) or right or left, ""


def _glued(sentence: SentenceView, q: Quantity) -> Quantity | None:
    """The number that stands directly behind another: 2座4.3米焦炉, 86户243人监测户."""
    i = bisect_left(sentence.quantities, q.end, key=_START)
    follows = i < len(sentence.quantities) and sentence.quantities[i].start == q.end
    return sentence.quantities[i] if follows else None


def levels(text: str, before: Quantity, q: Quantity) -> bool:
    """Whether two numbers are the levels of one change (由71所整合为47所, 800架 → 3000架)."""
    between = text[before.end : q.start]
    return len(between) <= 14 and (
        "→" in between
        or (
            _STEPS.search(text, max(0, before.start - 2), before.start) is not None
            and _LEVEL_TO.search(between) is not None
        )
    )


def _topic(sentence: SentenceView, clause: tuple[int, int], q: Quantity) -> str:
    """The words that head the sentence: before a colon or bracket, or the clause before."""
    text = sentence.text
    colon = max(text.rfind(":", sentence.start, q.start), text.rfind("(", sentence.start, q.start))
    if colon > sentence.start:
        start = max(text.rfind(mark, sentence.start, colon) for mark in ",，;；、:") + 1
        found = indicators.before(text[max(start, sentence.start) : colon])
        if found and not indicators.is_verb_only(found):
            return found
    i = sentence.clause_index(q.start)
    if i > 0:
        a, b = sentence.clauses[i - 1]
        return indicators.before(text[a:b])
    body = sentence.segment.body
    if sentence.segment.path and clause[0] <= max(body, sentence.start) + 1:
        return indicators.before(sentence.segment.path[-1])
    return ""


def _next_mention(sentence: SentenceView, place: int) -> int:
    nearest = sentence.end
    for listed in (sentence.quantities, sentence.times):  # both in order
        i = bisect_left(listed, place, key=_START)
        if i < len(listed):
            nearest = min(nearest, listed[i].start)
    return nearest
