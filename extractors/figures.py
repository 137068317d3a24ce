"""Numbers in context: which of them measure something, what, and whether they plan, report, rule or describe.

:func:`find` takes the quantities of a part and gives one :class:`FigureMention` each that measures something. What it
measures is read by :mod:`extractors.indicators`, its status by :mod:`extractors.status`, its time by :mod:`extractors.periods`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from operator import attrgetter

from extractors import measured
from extractors.context import PartView, SentenceView
from extractors.language import quantities
from extractors.language.numerals import plain
from extractors.language.quantities import Quantity
from extractors.language.quantity_cues import begins_with
from extractors.lexicon import patterns, settings, words
from extractors.lexicon.edges import last_characters
from extractors.lexicon.scanning import tree
from extractors.mentions import FigureMention
from extractors.periods import period
from extractors.status import status as judge_status


def _any(key: str) -> str:
    return tree(words("figures", key))


_CONDITION_NOUN = re.compile(r"(?:及?以上|以下|以内|及以下)的?[一-龥]")
_AGED = re.compile(r"(?:及?以上|以下|以内|及以下)的?[一-龥“]")
_SIZED = re.compile(rf"(?:(?:及?以上|以下|以内|及以下)的?|的)[一-龥A-Za-z“”、]{{0,8}}?(?:{_any('sized')})")
_SIZED_BARE = re.compile(rf"(?:及?以上|以下)?的?[一-龥A-Za-z“”]{{0,4}}?(?:{_any('sized')})")
_JUST_OVER = re.compile(r"(?:及?以上|以下|以内|及以下)的?(?:有|共|达)?")
_ZERO_NOUN = re.compile(
    r"(?:率|比|值|度|数|量|指数|系数|事故|案件|件|例|比例|占比)(?:为|是|达到|达|降至|降为|保持|控制在|:|：)*\s*$"
)
_RATE_NOUN = re.compile(rf"(?:率|比例|占比|比重|得分|覆盖面)(?:{_any('rate_reach')})*\s*$")
_SHARE_LOST = re.compile(patterns("figures", "share_lost"))
_BELOW = re.compile(r"(?<![不得])(?:低于|高于|超过|不及)$")
_LEVEL_OF = re.compile(r"的[一-龥]{0,6}(?:要求|目标|标准|任务)(?![一-龥]{0,2}[的,]?(?:给予|奖|罚|扣))")
_SHARE_OF = re.compile(r"以上的?[一-龥]{1,6}")  # 50以上的村经营性收入达到…
_MONEY_HEAD = re.compile(settings("figures")["money_head"])
_CLAUSE_BREAK = re.compile(r"[,，。;；:：\n]")
_STEP = re.compile(r"每(?:超|多|少|降|减|增|高|低|提前|逾期|欠|短缺|缺)[^,，。;；]{0,4}$")  # 每超1%加0.5分
_UPGRADE = re.compile(r"提升$|改善$")
_LEVEL = re.compile(r"(?:到|至|为)约?$")
_LEVEL_REACH, _MORE_REACH = 3, 12  # no match of these two is longer: where to begin to look
_CLAUSE_REACH = 240  # a clause is read this far from its figure: longer ones are lists without their commas
_CUT_BY = re.compile(
    r"(?:(?<![^,，。;；、:：\s])|力争|确保|全年|计划|再|将|要)(压缩|压减|削减|缩减|降低|减少|提高|增加)(?![了到至为])[^,，。;；:：、到至为达占在率比由从\d]{2,12}$"
)
_ADDED = re.compile(
    r"(?:比|较)(?:上年|去年|前年|同期|上月|上季|年初)[^,，。;；]{0,4}(?:扩种|扩大|新增|增收|增产|增加|多)$"
)
_MORE = re.compile(r"(?:比|较)(?:上年|去年|前年|同期|上月|上季|年初)[^,，。;；]{0,6}?(多|少|高|低|快|慢)(?:了|出)?$")
_QUOTES = ("“", '"', "「", "‘", "《")
_QUOTED = re.compile(r"[^“”\"」’》,，。]{0,10}[”\"」’》]")
_GOOD_DEEDS = re.compile(
    r"(?:[一-龥]{0,4})(?:实事|大事|好事)|事(?!故|项|件|务|业|权)"
)  # 十件民生实事 is a programme's name
_IN_BRACKET = re.compile(
    r"[(（]([^()（）\d]{1,10})[)）]\s*[:：]?\s*(?:[\d.,]+\s*(?:→|⟶|->)\s*[≥≤]?\s*)?$"
)  # 地区生产总值(亿元):186.4 → 270
_SLOGAN_SHARE = re.compile(r"(?<=个)(?:100[%％]|百分之百)")
_IN_SLOGAN = re.compile(r"[一二三四五六七八九十\d]个$")
_PRINTED = re.compile(r"共印|[(（]共$|一式$")
_MAGNITUDE = re.compile(r"[万亿]$")
_ONWARDS = re.compile(rf"[,，、;；]?(?:{_any('onwards')}){{1,3}}")
_LINE = re.compile(
    r"(?:及以上)?[一-龥A-Z]{0,6}?(?:线路|变电|输电|配电|高压|电网|线|GIL|路线|开关|变压器|配变|母线|电缆|架空|断路器|环网)"
)
_LONGEST_BARE = 20
_LONGEST_MEMBER = 8
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}|[一二三四五六七八九十]{1,2})、")
_NAMED = re.compile(r"[一二两三四五六七八九][元次]")  # 三元食品, 二元结构
_NAMED_TURN = re.compile(r"[”\"办]|离岛")  # 最多跑一次”, 一次办
_PAID = re.compile(r"[每花费价补奖罚缴付减省涨降]|元|[增加减少]了?$")
_STEPS = re.compile(r"(?:由|从|(?:提高|提升|增加|增长|降低|下降|减少|压减|压降|改善|上升|扩大|增|降|升|减)[到至])$")
_RANK = re.compile(r"(?:前|后|倒数|排名|排第|列第|位列|居)\s*$")
_RHETORICAL = re.compile(rf"(?:{'|'.join(re.escape(w) for w in words('figures', 'rhetorical'))})(?![台型车])")
_CHINESE_ARTICLE = re.compile(r"[一壹](?!十|百|千|万|亿|点|至|到|两|二)")
_BASIS = re.compile(
    r"同比|环比|(?:比(?!重|例|率)|较)([^,，。;；]{1,14}?)(?:偏[多少高低]|增|减|下降|上升|提高|降低|提升|回落|上涨|下跌|压降|压减|压缩|缩短|削减|多|少|翻|扩大|缩小|快|高|低)"
)
_ATTENDED = re.compile(r"(?:参加|参会|出席|列席|到会)(?:人员|人|单位|领导)?:.{0,400}?共\s*\d")  # the heads of minutes
_START = attrgetter("start")
_ADDED_ENDS, _MORE_ENDS = last_characters(_ADDED), last_characters(_MORE)


def find(view: PartView) -> list[FigureMention]:
    """Figures of a part in the order of the text; table rows are left to :mod:`extractors.worktables`."""
    found: list[FigureMention] = []
    for sentence in view.ordered():
        kind = sentence.segment.kind
        if (
            sentence.quantities
            and kind not in ("title", "row")
            and (kind != "meta" or _ATTENDED.match(view.text, sentence.start, sentence.end))
        ):
            found += find_in(view, sentence, sentence.clauses, measured.Memory())
    return found


def find_in(
    view: PartView, sentence: SentenceView, clauses: list[tuple[int, int]], memory: measured.Memory
) -> Iterator[FigureMention]:
    """Figures of a sentence or of a cell in it, given the clauses (clean spans, in order) to look at.

    ``memory`` is new, with the topic of the sentence where it has one: what a number without an indicator of its own
    measures (a cell's header or its row's name).
    """
    shared = measured.shared_out(sentence) if sentence.text.find("分别", sentence.start, sentence.end) >= 0 else {}
    at = 0
    for n, q in enumerate(sentence.quantities):
        while at < len(clauses) and clauses[at][1] <= q.start:
            at += 1
        if at == len(clauses) or not (clauses[at][0] <= q.start and q.end <= clauses[at][1]):
            continue
        clause = max(clauses[at][0], q.start - _CLAUSE_REACH), min(clauses[at][1], q.end + _CLAUSE_REACH)
        memory.shared = shared.get(n)
        figure = _figure(view, sentence, clause, n, q, memory)
        if figure is not None:
            yield figure
            if figure.confidence >= 0.5:
                memory.keep(figure.indicator, q)


def _figure(
    view: PartView, sentence: SentenceView, clause: tuple[int, int], n: int, q: Quantity, memory: measured.Memory
) -> FigureMention | None:
    text = sentence.text
    before = memory.quantity
    if (
        before is not None
        and clause[0] < memory.end
        and before.measure.startswith(f"{q.measure}/")
        and measured.levels(text, before, q)
    ):
        q = replace(q, measure=before.measure, dimension=before.dimension)  # 日处理能力由2万吨提升至3.5万吨
    percent_lost = "percent_lost" in view.part.quality
    if not q.measure:
        q = _with_bracket(sentence, q)
    if (
        not q.measure
        and before is not None
        and before.measure == "元"
        and _MAGNITUDE.search(q.text)
        and _ONWARDS.fullmatch(text, max(clause[0], before.end), q.start)
    ):
        q = replace(q, measure="元", dimension="money")  # 产值8.6亿元,确保8.2亿
    beside = text[q.start - 1 : q.start]
    measure, certainty = _measure(q, text[clause[0] : q.start], percent_lost, text[q.end : q.end + 10])
    if certainty <= 0:
        return None
    if (
        beside in _QUOTES
        and (quoted := _QUOTED.match(text, q.end))
        and (q.numeral == "chinese" or begins_with(text, quoted.end(), "after"))
    ):
        certainty = min(certainty, 0.3)  # a slogan: “两个中心”, “3个1”工程
    if q.measure == "次" and q.numeral == "chinese" and q.bound == "ge" and _AGED.match(text, q.end):
        certainty = 0.4  # 反映三次以上的工单
    if text.rfind("《", sentence.start, q.start) > text.rfind("》", sentence.start, q.start):
        certainty = 0.3  # 《作业管理十条》
    if (text[q.end - 1] == "个" and _SLOGAN_SHARE.match(text, q.end)) or (
        q.measure == "%" and beside == "个" and _IN_SLOGAN.search(text, max(sentence.start, q.start - 4), q.start)
    ):
        certainty = 0.3  # “六个百分之百”, 6个100%
    if q.numeral == "chinese" and q.dimension == "count" and _summed_up(text[clause[0] : q.start], q):
        certainty = min(certainty, 0.4)
    if _PRINTED.search(text, max(sentence.start, q.start - 4), q.start) or (
        q.measure in ("伏", "千伏") and _LINE.match(text, q.end)
    ):
        certainty = 0.3  # 共印30份, 10千伏线路
    if beside == "." and q.numeral == "arabic":
        certainty = 0.3  # 增长.3%: digits before the point are lost
    indicator = measured.indicator(sentence, clause, q, memory)
    time = period(sentence, q, clause[0])
    status, cue, confidence = judge_status(view, sentence, clause, n, q, measure, time)
    if cue == "→" and not any(time) and (years := view.step_years()):
        year = years[0] if status == "actual" else years[1]
        time = f"{year}-01-01", f"{year}-12-31"
    if status != "rule" and _is_condition(sentence, clause, n, q):
        certainty, status = 0.45, "other"
    basis = _BASIS.search(text, clause[0], q.start) if q.change or q.measure == "百分点" else None
    low, high, bound = q.low, q.high, q.bound
    if bound in ("ge", "le") and _STEP.search(text, clause[0], q.start):
        low = high = q.high if low is None else low
        bound = "eq"
    if (
        bound in ("ge", "le")
        and _BELOW.search(text, max(clause[0], q.start - 4), q.start)
        and _LEVEL_OF.match(text, q.end)
    ):
        low = high = q.high if low is None else low
        bound, status = "eq", "target"  # 低于95%的考核要求
    change = q.change
    if (
        change
        and q.dimension in ("count", "area", "length")
        and _UPGRADE.search(text, max(clause[0], q.start - _LEVEL_REACH), q.start)
    ):
        change = ""  # 森林质量精准提升2万亩
    if change and _LEVEL.search(text, max(clause[0], q.start - _LEVEL_REACH), q.start):
        change = ""
    elif not change and beside in _ADDED_ENDS and _ADDED.search(text, clause[0], q.start):
        change = "up"
    elif not change and q.dimension in ("percent", "points") and (cut := _CUT_BY.search(text, clause[0], q.start)):
        change = "up" if cut.group(1) in ("提高", "增加") else "down"  # 压缩非生产性开支10%
    elif (
        not change
        and beside in _MORE_ENDS
        and (more := _MORE.search(text, max(clause[0], q.start - _MORE_REACH), q.start))
    ):
        change = "up" if more.group(1) in "多高快" else "down"
    return FigureMention(
        q.start, q.end, sentence.segment, sentence.span, rule=f"quantity:{q.dimension or 'bare'}", cue=cue,
        confidence=round(min(confidence, certainty), 2), low=low, high=high, measure=measure, bound=bound, status=status,
        change=change, basis=(basis.group(1) or basis.group()) if basis else "", indicator=indicator, period=time,
    )  # fmt: skip


def _summed_up(before: str, q: Quantity) -> bool:
    """Whether a count only sums up the members named right before it (存款、贷款、清收三项任务)."""
    if q.low is None or not 2 <= q.low <= 9:
        return False
    members = _NUMBERED.sub("", before.rsplit(",", 1)[-1]).split("、")
    return len(members) == int(q.low) and all(1 <= len(m) <= _LONGEST_MEMBER for m in members[1:])


def _with_bracket(sentence: SentenceView, q: Quantity) -> Quantity:
    """A bare number with the measure and magnitude that its indicator carries in a bracket (地区生产总值(亿元):186.4)."""
    m = _IN_BRACKET.search(sentence.text, max(sentence.start, q.start - 40), q.start)
    unit = quantities.find("1" + m.group(1)) if m else []
    if not unit or not unit[0].measure or unit[0].low is None or q.end - q.start > _LONGEST_BARE:
        return q
    scale = unit[0].low
    return replace(
        q,
        low=None if q.low is None else plain(q.low * scale),
        high=None if q.high is None else plain(q.high * scale),
        measure=unit[0].measure,
        dimension=unit[0].dimension,
    )


def _measure(q: Quantity, before: str, percent_lost: bool, following: str) -> tuple[str, float]:
    """(measure, certainty that the number measures something); certainty 0 refuses."""
    if not q.measure:
        return _bare(q, before, percent_lost, following)
    raw = q.text
    if q.numeral == "chinese" and q.measure == "件" and _GOOD_DEEDS.match(following):
        return q.measure, 0.4
    if q.dimension in ("count", "") and q.numeral == "chinese":
        if _CHINESE_ARTICLE.match(raw) and q.bound not in ("ge", "le"):
            return q.measure, 0.4
        if _RHETORICAL.search(raw):
            return q.measure, 0.4
        if q.measure == "次" and q.low is not None and q.low <= 2 and q.bound == "eq":
            return q.measure, 0.4
    if q.measure in ("名", "位", "%") and _RANK.search(before):
        return q.measure, 0.4
    if q.numeral == "chinese" and q.measure in ("元", "次") and _NAMED.match(raw) and not _PAID.search(before):
        return q.measure, 0.4 if q.measure == "次" and _NAMED_TURN.match(
            following
        ) else 0.3 if q.measure == "元" else 0.97
    return q.measure, 0.97


def _bare(q: Quantity, before: str, percent_lost: bool, following: str) -> tuple[str, float]:
    """A number without unit measures where a magnitude, a rate or a zero says so."""
    if q.text.rstrip("余多来餘")[-1:] in "万亿萬億" and (q.low or q.high or Decimal(0)) >= 10000:
        tail = _CLAUSE_BREAK.split(before)[-1][-16:]
        return ("元", 0.85) if _MONEY_HEAD.search(tail) else ("", 0.7)
    if _RATE_NOUN.search(before):
        zero = q.low == 0
        return "", 0.8 if percent_lost or zero or (q.high or q.low or Decimal(0)) <= 100 else 0.4
    if _STEPS.search(before):
        return "", 0.7
    if (
        percent_lost
        and q.numeral == "arabic"
        and (_SHARE_LOST.search(before) or (not before and _SHARE_OF.match(following)))
    ):
        return "", 0.7
    if q.low == 0 and _ZERO_NOUN.search(before):
        return "", 0.7
    if _ZERO_NOUN.search(before) and q.numeral == "arabic":
        return "", 0.6
    return "", 0.0


def _is_condition(sentence: SentenceView, clause: tuple[int, int], n: int, q: Quantity) -> bool:
    """A number inside another number's indicator (45岁以上干部占61%, 引进10亿元以上项目3个, 投资超5亿元的项目4个)."""
    if q.bound not in ("ge", "le") or not q.measure:
        return False
    text = sentence.text
    if q.dimension == "age" and _AGED.match(text, q.end):
        return True
    following = sentence.quantities[n + 1].start if n + 1 < len(sentence.quantities) else clause[1]
    if not q.text.strip("百千万亿元") and _SIZED_BARE.match(text, q.end):
        return True  # 亿元以上项目
    if following >= clause[1]:
        return False
    if q.dimension == "age" and _JUST_OVER.fullmatch(text, q.end, following):
        return True  # 其中35岁以下9名
    if q.dimension in ("age", "count"):
        return _CONDITION_NOUN.match(text, q.end, following) is not None
    if sentence.quantities[n + 1].dimension == "count" and _JUST_OVER.fullmatch(text, q.end, following):
        return True  # 其中10亿元以上7个
    return _SIZED.match(text, q.end, following) is not None
