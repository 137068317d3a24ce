"""Does a figure plan, report, rule or describe?

Decided in this order: scoring schemes and standing rules, attributes of a thing (占地42亩), steps of a change (由A增至B), then
the tense of the clause, the period, the section and the part (:mod:`extractors.tense`).
"""

from __future__ import annotations

import re

from extractors import standing_rules, tense
from extractors.context import PartView, SentenceView
from extractors.language.quantities import Quantity
from extractors.lexicon import patterns, words
from extractors.lexicon.edges import first_characters, last_characters
from extractors.lexicon.scanning import tree


def _any(key: str) -> str:
    return tree(words("figures", key))


CAPACITY = re.compile(patterns("figures", "capacity"))
# 为季度计划2.2亿元的89.5%: the plan's own value.
_PLAN_VALUE = re.compile(r"(?:计划|目标|任务|预算|定额)(?:数|值|额|量)?(?:为|的)?$")
_THEREOF = re.compile(r"的\s*\d[\d.]*[%％]")
# 应于6月底前开工的27个项目中,尚有8个未开工; 纳入台账的9处隐患点: counted now, whatever is asked of them.
_AMONG = re.compile(r"[一-龥]{0,12}中[,，]?(?:尚|已|有|仅|仍|只)")
_LISTED_NOW = re.compile(
    r"(?:纳入|列入|登记在|录入)[^,，。;；]{0,8}的(?:全部|所有|共)?(?:[^,，。;；]{0,24}、)?[^,，。;；、]{0,6}$"
)

# An order within a report: 12月份要完成…, 各乡镇要….
_ORDER = ("要", "应", "须", "需", "必须", "务必")
_ORDERED = re.compile(r"[,，\s]*(?:各|有关|相关|全体|责任)[^,，。;；]{0,14}$")
_PROBLEM_ITEM = re.compile(r"整改(?:目标|措施|时限)[:：]")
# A period counted from the new year on is reported on (1-9月,…), and so is what is ranked or compared with last year.
TO_DATE = re.compile(
    r"(?:(?:\d{2}|[_*×xX]{0,4})\d{0,2}年)?(?:1|一|元)月?份?\s*(?:-|—|－|–|~|～|至|到)\s*(?:[2-9]|1[01]|[二三四五六七八九十]|十一)月"
)
_SHARE_OF = r"[^,，。;；]{0,8}(?:目标|任务|计划|预算)[^,，。;；]{0,4}的\s*\d"
# Here and below every branch begins with a literal, so that the engine skips to it.
_COMPARISON = re.compile(
    rf"同比|环比|去年同期|上年同期|序时进度|列全|居全|排名第|排第|位居|位列|占{_SHARE_OF}|完成{_SHARE_OF}"
)
# 在上年满意度87.6%的基础上, 上学期共收缴147件: what was, whatever is planned around it.
_BASES = ("的基础上", "基础上", "的基数上")
_LAST_TERM = re.compile(r"(?:去年|上年|上年度|上学年|上学期|前一年|上月|上季度|上半年已)(?![末底的同初])")
_LAST_YEAR = re.compile(r"\s*(?:去年|上年|上学年|上学期|前一年|过去(?:的)?一年|[一二三四五\d]年来)(?![末底])")
# 某公司的总投资3.5亿元、占地176亩、年产500吨…项目: all numbers up to 项目 describe it.
_MODIFIER = re.compile(r"的(?:总投资|投资|占地|年产)[^,，。;；]{0,60}$")
# A bracket that describes the thing before it: 温泉酒店(客房288间,投资4.5亿元).
_GLOSSED = re.compile(rf"(?:{_any('built')})\((?!其中|分别|含|新增|累计|其余|完成|已)[^()]{{0,60}}$")
_COULD = re.compile(r"可(?!支配|再生|用|持续|比|行|控)")
_ARROW = re.compile(r"\s*(?:→|⟶|➔|—>|->|=>)\s*[≥≤><]?\s*$")
_SURE = 0.85
_ORDER_REACH = 24
_PART_BREAKS = frozenset(",，;；:：")
_OPENS = 3  # 截至 and the like before a time that opens its sentence
_SIZES = ("length", "volume", "mass", "power", "voltage", "area")
_SPECIFIED = re.compile(r"(?:级|以上|及以上)?[一-龥]")  # 2座4.3米焦炉
_MODEL = re.compile(r"(?:级|以上|及以上)?[一-龥]{2,10}")  # 200马力拖拉机5台
# What a place is and has, in a plan too.
_STATE = re.compile(patterns("figures", "state"))
_SHARES = ("percent", "points", "score", "times", "ratio")
_ATTRIBUTE = re.compile(rf"(?:{_any('attribute')})(?:约|约为|共|为|达|达到|近|超|超过|[:： ])*$")
_DESCRIBED = re.compile(r"[^,，。;；]{0,20}?(?:项目|生产线|工程|厂房|基地|园区|的)")
_PROJECT = re.compile(r"[^,，。;；]{0,80}?(?:项目|生产线|工程|基地)")
_SENTENCE_REACH = 480  # what decides a figure stands this near; one "sentence" may be a page without its stops
_FROM = re.compile(r"(?:由|从|自)[^,，。;；]{0,8}$")
_TO = re.compile(rf"(?:{patterns('figures', 'to_level')})[^,，。;；]{{0,4}}$")
_PRESENT = ("目前", "现有", "当前")
_NOT_UNDER = ("不低于", "不少于", "不超过", "不高于")
# 问题一:管网不足。… tells what is wrong, 整改目标:… what shall be.
_PROBLEM = re.compile(
    r"\s*(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．]\s*)?(?:存在|主要|具体|反馈|突出|整改)?的?问题(?:表现|描述|概述|内容)?[一二三四五六七八九十\d]{0,3}[:：]"
)
_AIM = re.compile(r"\s*(?:整改(?:目标|措施|要求|时限)|下步(?:措施|打算)|工作目标|目标任务|年度目标)[:：]")
_REMEDY_LABEL = re.compile(r"(?<=[\n。;；])\s*整改(?:目标|措施|要求)[:：]")
_ACHIEVED_LABEL = re.compile(r"(?:完成情况|整改进展|整改情况|进展情况|整改落实情况|整改成效)[:：]")
# A level that is asked for, and how far the present is from it: 要求的不低于90%, 距98%的目标还差4个百分点.
_ASKED_LEVEL = re.compile(r"(?:要求|规定)的(?:不低于|不少于|不高于|不超过)?$")
_DISTANT = re.compile(r"(?:[距离与]|低于|高于|未达到|达不到)[^,，。;；]{0,8}$")
_OF_AIM = re.compile(r"的(?:目标|要求|任务)")
_ALL_OF = re.compile(r"(?:带领|动员|发动|依托|团结)全[县市区省州镇乡村校院](?:[^,，。;；]{0,16}、)?$")
_REMEDY = re.compile(r"整改(?:目标|措施|时限|要求)")
# Where a paragraph that reports goes on to what comes next.
TURN = re.compile(
    r"(?:下一步|下步|下一阶段|下阶段|下半年|接下来|明年|来年|今后|新的一年)(?!的)|会议(?:原则|审议)?(?:决定|要求|议定|明确|同意|确定|通过)"
)
_NEXT = frozenset(words("tense", "next"))
_SENTENCE_HEAD = re.compile(r"(?:^|[。.;；\n])[\s\d一二三四五六七八九十(（)）、.．是]{0,6}$")
_GOES_ON = re.compile(r"其中|另有|此外|其余")
_ATTRIBUTE_ENDS, _PLAN_ENDS, _STATE_ENDS, _ARROW_ENDS = map(last_characters, (_ATTRIBUTE, _PLAN_VALUE, _STATE, _ARROW))
_PROBLEM_HEADS, _YEAR_HEADS, _GOES_ON_HEADS, _AIM_HEADS, _TERM_HEADS = map(
    first_characters, (_PROBLEM, _LAST_YEAR, _GOES_ON, _AIM, _LAST_TERM)
)


def status(
    view: PartView,
    sentence: SentenceView,
    clause: tuple[int, int],
    n: int,
    q: Quantity,
    measure: str,
    time: tuple[str, str],
) -> tuple[str, str, float]:
    """(status, cue, confidence) of the ``n``-th quantity of a sentence.

    ``measure`` is its canonical measure, ``time`` the period it is about, either end of which may be empty.
    """
    text = sentence.text
    body = text[clause[0] : clause[1]]
    if _raised(sentence, clause, n, q):
        return "actual", "由…到", 0.9
    if (hit := standing_rules.rule_of(sentence, clause[0], body, q, measure)) is not None:
        return "rule", hit, 0.9
    if sentence.segment.kind == "meta":
        return "actual", "参加", 0.8
    beside = text[q.start - 1 : q.start]
    if (
        beside in _ATTRIBUTE_ENDS
        and (m := _ATTRIBUTE.search(text, max(clause[0], q.start - 14), q.start))
        and q.bound in ("eq", "approx")
    ):
        bracketed = text.count("(", clause[0], q.start) > text.count(")", clause[0], q.start)
        described = _DESCRIBED.match(text, q.end, min(clause[1], q.end + 30)) is not None
        if bracketed or described or m.group().startswith("占地"):
            return "other", m.group(), 0.85
        if not sentence.segment.tense and not sentence.times and not sentence.cues:
            return "other", m.group(), 0.7
    if n and sentence.quantities[n - 1].end == q.start and q.dimension in _SIZES and _SPECIFIED.match(text, q.end):
        return "other", "size", 0.8
    if (
        q.dimension in ("power", "voltage")
        and n + 1 < len(sentence.quantities)
        and sentence.quantities[n + 1].dimension == "count"
        and _MODEL.fullmatch(text, q.end, sentence.quantities[n + 1].start)
    ):
        return "other", "size", 0.8
    if (
        beside in _PLAN_ENDS
        and _PLAN_VALUE.search(text, max(clause[0], q.start - 8), q.start)
        and _THEREOF.match(text, q.end, clause[1])
    ):
        return "target", "计划", 0.85
    if _ASKED_LEVEL.search(text, max(clause[0], q.start - 10), q.start) or (
        _OF_AIM.match(text, q.end, clause[1]) and _DISTANT.search(text, max(clause[0], q.start - 10), q.start)
    ):
        return "target", "要求", 0.8
    if _ALL_OF.search(text, max(clause[0], q.start - 24), q.start):
        return "actual", "全", 0.8
    if text.startswith(_BASES, q.end) or (
        text[clause[0]] in _TERM_HEADS
        and _LAST_TERM.match(text, clause[0])
        and not tense.between(sentence.cues, clause[0], q.start)
    ):
        return "actual", "基础", 0.85
    if beside == "的" and _AMONG.match(text, q.end, sentence.end):
        return "actual", "中", 0.85
    if _LISTED_NOW.search(text, max(clause[0], q.start - 40), q.start):
        return "actual", "纳入", 0.8
    if (
        beside in _STATE_ENDS
        and _STATE.search(text, max(clause[0], q.start - 10), q.start)
        and not any(c[1] == "planned" for c in tense.between(sentence.cues, clause[0], q.start))
    ):
        return "actual", "state", 0.8
    if (
        (opened := text.rfind("(", clause[0], q.start)) >= 0
        and q.dimension not in _SHARES
        and _GLOSSED.search(text, max(sentence.start, opened - 8), q.start)
        and text.find(")", q.end, clause[1]) >= 0
        and not tense.between(sentence.cues, opened + 1, clause[1])
    ):
        return "other", "(", 0.8
    if (
        _MODIFIER.search(text, clause[0], q.start)
        and (m := _PROJECT.match(text, q.end, clause[1]))
        and "项目" in m.group()
    ):
        return "other", "的…项目", 0.8
    if (
        q.measure.endswith("/年")
        and (q.text.endswith("年") or CAPACITY.search(text, max(clause[0], q.start - 40), q.start + 1))
        and _PROJECT.match(text, q.end, min(sentence.end, q.end + 60))
    ):
        return "other", "项目", 0.85
    if q.measure.endswith(("/年", "/日")) and CAPACITY.search(text, max(clause[0], q.start - 12), q.start + 1) and _DESCRIBED.match(
        text, q.end, min(sentence.end, q.end + 40)
    ):  # fmt: skip
        return "other", "年产", 0.85
    if n + 1 < len(sentence.quantities) and _ARROW.fullmatch(text, q.end, sentence.quantities[n + 1].start):
        return "actual", "→", 0.9
    if beside in _ARROW_ENDS and _ARROW.search(text, max(clause[0], q.start - 6), q.start):
        return "target", "→", 0.9
    default, certainty = _default(view, sentence, clause, q)
    verdict, cue = tense.judge(_telling(view, sentence, clause, q, default, certainty), clause, q.start, default)
    past = _past(view, time)
    if past and (cue == "" or cue in ("预计", "目标", "计划", "将", "可")):
        return "actual", time[1] or time[0], 0.7 if cue == "预计" else 0.88
    if default == "done" and cue in ("预计", "将") and sentence.segment.tense == "done" and not _promised(sentence, q):
        return "actual", cue, 0.65
    if cue:
        certainty = 0.93 if verdict == default else 0.86
        view.carried[sentence.segment.start] = verdict
    return ("actual" if verdict == "done" else "target"), cue or f"section:{verdict}", certainty


def _raised(sentence: SentenceView, clause: tuple[int, int], n: int, q: Quantity) -> bool:
    """Whether a number is the level that a change starts from (由A增至B)."""
    text = sentence.text
    if n + 1 == len(sentence.quantities) or not _FROM.search(text, max(clause[0], q.start - 10), q.start):
        return False
    later = sentence.quantities[n + 1]
    return later.start < clause[1] and _TO.search(text, q.end, later.start) is not None


def _turned(view: PartView, sentence: SentenceView, q: Quantity) -> int:
    """Where the last time before a figure begins that turns its sentence from what was to what shall be (今年再建, 6月底前);
    0 where none does."""
    for t in reversed(sentence.times_before(q.start)):
        if (
            t.start > sentence.start
            and sentence.text[t.start - 1] in _PART_BREAKS
            and (t.kind == "by" or (t.kind == "in" and t.end_date.endswith("-12-31")))
        ):
            return 0 if _past(view, ("", t.end_date)) or t.text[0] in "去上前" else t.start
    return 0


def _telling(
    view: PartView, sentence: SentenceView, clause: tuple[int, int], q: Quantity, default: tense.Tense, certainty: float
) -> list[tense.Cue]:
    """The cues that may decide: the firm ones where the section surely reports, none of the state that a level starts from."""
    if default == "done" and certainty >= _SURE and not _promised(sentence, q):
        found = sentence.firm_cues
    elif sentence.segment.tense == "planned":
        found = sentence.planned_cues
    else:
        found = sentence.cues
    near, text = tense.near(found, clause[1]), sentence.text
    if found is sentence.firm_cues:
        near = sorted(
            near + [c for c in tense.near(sentence.cues, clause[1]) if c[2] in _ORDER and orders(sentence, c[0])]
        )
    if default == "planned" and any(cue[1] == "done" for cue in near) and (turn := _turned(view, sentence, q)):
        near = [cue for cue in near if cue[1] != "done" or cue[0] > turn]  # 去年已建11个,今年再建3个
    found = near
    if any(cue[2] in _PRESENT for cue in found) and _TO.search(text, max(clause[0], q.start - 10), q.start):
        found = [c for c in found if c[2] not in _PRESENT or text[c[0] - 1 : c[0]] not in ("由", "从")]
    return found


def orders(sentence: SentenceView, place: int) -> bool:
    """Whether a cue at an offset gives an order: right behind a time or behind those who shall act."""
    return any(
        t.end == place or (place - t.end < _ORDER_REACH and _ORDERED.match(sentence.text, t.end, place) is not None)
        for t in sentence.times_before(place)
    ) or (place - sentence.start < _ORDER_REACH and _ORDERED.match(sentence.text, sentence.start, place) is not None)


def _promised(sentence: SentenceView, q: Quantity) -> bool:
    """A time limit before the number in its sentence makes it a promise, also within a report (预计12月底前可完成)."""
    return (
        any(t.kind == "by" and t.end <= q.start for t in sentence.times_before(q.start))
        or _COULD.search(sentence.text, max(sentence.start, q.start - 6), q.start) is not None
    )


def _default(view: PartView, sentence: SentenceView, clause: tuple[int, int], q: Quantity) -> tuple[tense.Tense, float]:
    """Tense of the section, else of what the paragraph said before, else of the part, with its certainty."""
    segment, text = sentence.segment, sentence.text
    remedied = list(_REMEDY_LABEL.finditer(text, segment.start, min(segment.end, sentence.start + 8)))
    if remedied and not _ACHIEVED_LABEL.search(text, remedied[-1].end(), sentence.start + 8):
        return "planned", _SURE
    if segment.kind in ("item", "heading") and _PROBLEM_ITEM.search(view.text, sentence.end, segment.end + 12):
        return "done", 0.75
    if text[segment.start] in _PROBLEM_HEADS and _PROBLEM.match(text, segment.start, segment.end):
        return ("planned" if _REMEDY.search(text, segment.start, sentence.start + 8) else "done"), _SURE
    year = view.scope_year(sentence, clause[1])
    turned = _turned(view, sentence, q)
    if year is not None and not turned and view.part.year is not None and year < view.part.year:
        return "done", 0.85
    if sentence.times and any(
        TO_DATE.match(t.text) and not _aimed(sentence, t.end, clause[1]) for t in sentence.times_before(clause[1])
    ):
        view.carried[segment.start] = "done"
        return "done", 0.85
    if sentence.times and segment.tense != "done" and not turned and _told_of(view, sentence):
        return "done", _SURE
    head = text[sentence.start]
    if head in _YEAR_HEADS and not turned and _LAST_YEAR.match(text, sentence.start):
        view.carried[segment.start] = "done"
        return "done", 0.85
    if head in _GOES_ON_HEADS and _GOES_ON.match(text, sentence.start) and segment.start in view.carried:
        return view.carried[segment.start], 0.8
    if (
        head in _AIM_HEADS
        and _AIM.match(text, sentence.start)
        and not any(word in heading for heading in segment.path for word in ("已", "完成"))
    ):
        return "planned", 0.86
    turn = _turn(view, sentence)
    if segment.tense == "done":
        return ("planned" if turn[0] < sentence.end else "done"), 0.88
    if turn[1] < segment.end:  # …约谈机构38家。下一步工作打算:…
        return ("done" if sentence.end <= turn[1] else "planned"), 0.86
    if segment.tense:
        return segment.tense, 0.88
    if any(
        t.kind == "by"
        and (clause[0] <= t.start < q.start or t.start == sentence.start)
        and not _past(view, ("", t.end_date))
        and text[t.start - 1] != "不"
        for t in sentence.times_before(q.start)
    ):
        return "planned", 0.8
    near = max(sentence.start, q.start - _SENTENCE_REACH), min(sentence.end, q.end + _SENTENCE_REACH)
    if _COMPARISON.search(text, *near) and not _aimed(sentence, *near):
        view.carried[segment.start] = "done"
        return "done", 0.72
    return view.carried.get(segment.start) or view.tense, 0.72


def _told_of(view: PartView, sentence: SentenceView) -> bool:
    """Whether a sentence opens with a day or year that was over when its text was written (至2020年底,… in a plan of 2021)."""
    first = sentence.times[0]
    return (
        first.start - sentence.start <= _OPENS
        and first.kind in ("in", "by")
        and _past(view, ("", first.end_date))
        and not _aimed(sentence, sentence.start, min(sentence.end, sentence.start + _SENTENCE_REACH))
    )


def _aimed(sentence: SentenceView, start: int, end: int) -> bool:
    """A word of promise or a limit between two offsets; 占年度计划的 is none."""
    return any(c[1] == "planned" for c in tense.between(sentence.cues, start, end)) or any(
        sentence.text.find(word, start, end) >= 0 for word in _NOT_UNDER
    )


def section_tense(view: PartView, sentence: SentenceView) -> tense.Tense:
    """The tense of the section of a sentence: planned from where a paragraph of a report goes on to what comes next."""
    told = sentence.segment.tense
    return "planned" if told == "done" and _turn(view, sentence)[0] < sentence.end else told


def _turn(view: PartView, sentence: SentenceView) -> tuple[int, int]:
    """Where the paragraph goes on to what comes next: by any word (下半年,…), and by one that parts it from what was done
    (下一步,…); the end of the text where it does not."""
    segment = sentence.segment
    found = view.turns.get(segment.start)
    if found is None:
        never = len(view.text)
        heads = [
            m
            for m in TURN.finditer(view.text, segment.body, segment.end)
            if _SENTENCE_HEAD.search(view.text, max(0, m.start() - 8), m.start())
        ]
        parting = (
            never
            if heads and heads[0].start() == segment.body
            else next((m.start() for m in heads if m.group() in _NEXT and m.start() > segment.body), never)
        )
        found = view.turns[segment.start] = (heads[0].start() if heads else never), parting
    return found


def _past(view: PartView, time: tuple[str, str]) -> bool:
    """A period that ended before the document was written, or before the year it plans for."""
    end, part = time[1] or time[0], view.part
    if not end[:4].isdigit():
        return False
    if len(part.date) == 10 and part.date[:4].isdigit():
        return end < part.date
    return part.year is not None and int(end[:4]) < part.year
