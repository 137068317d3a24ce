"""Is a figure the parameter of a standing rule or scoring scheme (每次扣1分, 最高补助100万元, 超过10吨的,…)?"""

from __future__ import annotations

import re

from extractors.context import SentenceView
from extractors.language.quantities import Quantity
from extractors.lexicon import patterns, words
from extractors.lexicon.edges import last_characters
from extractors.lexicon.scanning import tree


def _any(key: str) -> str:
    return tree(words("figures", key))


_SENTENCE_REACH = 480  # what decides a figure stands this near; one "sentence" may be a page without its stops
_RULE = re.compile(
    r"扣|加分|得分|计分|记分|罚款|分值|权重|封顶(?<![已体部均面构成楼现]封顶)(?=\s*\d)|总分|满分|不予|加计|考核(?=\d)|奖(?=\d)|每[超少逾]|每(?:降低|提高|减少|增加|下降|逾期|延迟|缺)"
)
_RULE_SUBSIDY = re.compile(patterns("figures", "subsidy"))
_POINTS = re.compile(
    r"[计扣加得记]\s*\d+(?:\.\d+)?\s*分"
)  # a scoring scheme: every number of the sentence is part of it
_RULE_LIMIT = re.compile(patterns("figures", "subsidy_limit"))
_RULE_TERMS = re.compile(r"每|按|最高|一次性|标准|给予|的[,，]|不超过")
_RULE_FORM = re.compile(
    r"的[一-龥]{0,4}?[,，、]?(?:奖|罚|给予|予以|按照?|一次性|每|不予|扣|加|奖|分别(?:奖励|补助|给予|资助))"
)
# A threshold or a case with what follows from it: 超过10吨的,… ; 达到1亿元的企业,给予… ; 按投入的50%给予…
_CONDITION = re.compile(
    r"(?:及?以上|以下|以内|[（(]不?含[）)])?(?:的[一-龥]{0,8}?(?:[,，、]|不?[奖罚]|须|应(?!急)|不得|不予|给予|予以|取消|一律|按)|者[,，]|时[,，])"
)
_ALL_WHO = re.compile(r"(?<![^,，。;；:：\n])凡[^,，。;；]{0,30}$")  # 凡1小时雨量超过50毫米的,…
_MADE = re.compile(rf"(?:{_any('verb')}|组建|成立|选聘)(?:不少于|不低于|至少|不超过)$")  # 组建不少于20人的队伍
_GRADED = re.compile(r"(?:考核|考评|评价|成绩|总评|得分)[^。;；]{0,8}[,，]?(?:所)?占比?(?:例|重)?(?:为)?\s*$")
# A level at which something is set off: 缺口达到2万千瓦时启动Ⅳ级响应.
_WHEN = re.compile(
    r"(?:及?以上)?(?:时|的)?[,，]?(?:启动|自动启动|触发)[^,，。;；]{0,8}(?:响应|预案|机制|预警)|[^,，。;；]{0,20}?时[,，]?(?:启动|触发|发布|立即|停止|暂停|关闭|禁止|限流|采取|实行|及时|必须|一律)"
)
_COMPARED_CASE = re.compile(r"(?:低于|高于|落后|滞后|少于)[^,，。;；]{0,12}$")
_CONSEQUENCE = re.compile(
    r"的[^,，。;；]{0,8}[,，][^,，。;；]{0,12}(?:给予|予以|奖励|补助|补贴|处以|并处|处罚|罚款|扣|不予|取消|资助)"
)
_SHARE_GIVEN = re.compile(
    r"(?:的)?(?:比例)?(?:分成|分担|分摊|给予|予以|计提|预留|提取|留存|返还|配套|奖励|补助|补贴|资助|扣)"
)
_MEASURED_BY_POINTS = re.compile(patterns("figures", "measured_by_points"))
_RAISED = re.compile(r"(?:提标|提高|调整|上调|调高|增加)(?:到|至|为)约?$")
_RAISED_ENDS, _RAISED_REACH = last_characters(_RAISED), 8
# What a product or service costs or offers whoever comes: 单户额度最高30万元, 年利率4.35%起, 缴费标准为每人380元.
_OFFERED = re.compile(
    r"(?:单户|单笔|单张|每户|个人)[^,，。;；]{0,8}(?:额度|面额|限额)[^,，。;；\d]{0,6}$|(?:缴费|收费|资费)标准(?:为|是)?[^,，。;；]{0,6}$|满$"
)
_FROM_ON = re.compile(r"起(?=[,，。;；()]|$)")
_USABLE = re.compile(r"(?:可用|立?减)")
_EACH = re.compile(r"每|按|对|凡|前")
_EACH_CASE = re.compile(r"每(?![年月周日季天旬半晚学])")
_BANNED = re.compile(r"(?:范围)?[之以]?内(?:禁止|严禁|不得)")
_BY_STANDARD = re.compile(r"的标准(?:测算|计算|执行|核定|给予|予以|补助|补偿|安排|配备|发放)")
_PAID_OUT = re.compile(r"兑付|兑现|拨付|支付")
_MUST = re.compile(r"(?:必须|应?立即|一律)[一-龥]")  # 瓦斯浓度超过1%必须撤人
_OVER = re.compile(r"(?<![不得])(?:超过|达到|高于)$")
_SCHEME_REACH = 60
_CLASS_ENDS = re.compile(r"(?:及?以[上下内])?\)[,，一-龥\d]")
_TOWARDS = re.compile(r"对[^,，。;；]{1,16}(?:超过|达到|低于|高于|不足|达不到|不满|满)$")
_SCORING = re.compile("|".join(words("figures", "scoring")))


def _near(sentence: SentenceView, q: Quantity, whole: int) -> tuple[int, int]:
    """Between what offsets a word of scoring makes a number part of the scheme: of a whole stretch, or right around it."""
    if whole:
        return 0, whole
    return max(sentence.start, q.start - _SCHEME_REACH), min(sentence.end, q.end + _SCHEME_REACH)


def _sets_class(sentence: SentenceView, start: int, q: Quantity) -> bool:
    """Whether a bounded number only says which of its kind are meant: 中雪(2.5—5毫米),…, 对产值下降超过10%的企业…."""
    text = sentence.text
    if text[q.start - 1] == "(":
        return q.dimension not in ("percent", "points") and _CLASS_ENDS.match(text, q.end, sentence.end) is not None
    return text[q.end : q.end + 1] == "的" and _TOWARDS.search(text, max(start, q.start - 24), q.start) is not None


def rule_of(sentence: SentenceView, start: int, clause: str, q: Quantity, measure: str) -> str | None:
    """The word that tells that a quantity sets a rule, None where nothing does.

    ``clause`` is its comma part, which begins at ``start``.
    """
    done = sentence.segment.tense == "done"
    for hit in _RULE.finditer(clause):
        scored = not done and measure in ("分", "%") and not _MEASURED_BY_POINTS.search(clause)
        if hit.group() == "奖" and not measure.startswith("元"):
            continue  # 省赛获一等奖12项
        if (hit.group() != "得分" or scored) and not (done and hit.group() == "罚款"):
            return hit.group()
    if not done and q.bound in ("ge", "le", "range") and _sets_class(sentence, start, q):
        return "的"
    if measure == "分" and not done and not _MEASURED_BY_POINTS.search(clause):
        return "分"
    around = sentence.text[max(sentence.start, q.start - _SENTENCE_REACH) : min(sentence.end, q.end + _SENTENCE_REACH)]
    # 资助大学新生120名 counts who is given something, each of whom a rule would name (每名, 对…的企业).
    counted = q.dimension == "count" and q.bound == "eq" and not _EACH.search(clause[: max(0, q.start - start)])
    reported = (
        counted
        or sentence.segment.tense == "done"
        or (
            sentence.text[q.start - 1 : q.start] in _RAISED_ENDS
            and _RAISED.search(sentence.text, max(sentence.start, q.start - _RAISED_REACH), q.start) is not None
        )
    )
    subsidy = None if reported else _RULE_SUBSIDY.search(clause)
    if subsidy and (_RULE_FORM.search(around) or "/" in measure or _RULE_TERMS.search(clause)):
        return subsidy.group()
    if not reported and _RULE_SUBSIDY.search(around):
        if measure.startswith("元") and _RULE_LIMIT.search(clause):
            return "最高"
        if "等奖" in around:
            return "等奖"
    schemed = bool(sentence.segment.path) and _SCORING.search(sentence.segment.path[-1]) is not None
    if m := _POINTS.search(around if schemed else sentence.text, *_near(sentence, q, len(around) if schemed else 0)):
        return m.group()
    near = sentence.text[max(sentence.start, q.start - 8) : q.start]
    if _EACH_CASE.search(near) and measure != "%" and (m := _RULE.search(around)):
        return m.group()  # 每发现1起,扣减50万元
    if subsidy and _RULE.search(around):
        return subsidy.group()
    if (
        q.bound in ("ge", "le", "range")
        or _COMPARED_CASE.search(sentence.text, max(sentence.start, q.start - 24), q.start)
    ) and (
        _ALL_WHO.search(sentence.text, max(sentence.start, q.start - 40), q.start)
        or (
            _CONDITION.match(sentence.text, q.end, sentence.end)
            and not _MADE.search(sentence.text, max(sentence.start, q.start - 10), q.start)
        )
    ):
        return "的"
    if (offered := _OFFERED.search(clause[: max(0, q.start - start)])) and (
        offered.group() != "满" or _USABLE.match(sentence.text, q.end, sentence.end)
    ):
        return "标准"
    if measure == "%" and clause.find("利率") >= 0 and _FROM_ON.match(sentence.text, q.end, sentence.end):
        return "起"
    if _BANNED.match(sentence.text, q.end, sentence.end):
        return "禁止"
    if _BY_STANDARD.match(sentence.text, q.end, sentence.end):
        return "标准"
    if measure == "%" and _PAID_OUT.search(clause) and _RULE_SUBSIDY.search(around):
        return "兑付"
    if (
        q.bound == "ge"
        and _MUST.match(sentence.text, q.end, sentence.end)
        and _OVER.search(clause[: max(0, q.start - start)])
    ):
        return "必须"
    if measure == "%" and _GRADED.search(sentence.text, max(sentence.start, q.start - 20), q.start):
        return "考核"
    for m in _CONSEQUENCE.finditer(
        sentence.text, max(sentence.start, q.start - _SENTENCE_REACH), min(sentence.end, q.end + 40)
    ):
        if m.start() <= q.start or sentence.text.find(",", q.end, m.start()) < 0:
            return m.group()
    if _WHEN.match(sentence.text, q.end, sentence.end):
        return "时"
    if measure in ("%", "比例") and (m := _SHARE_GIVEN.match(sentence.text, q.end, sentence.end)):
        return m.group()
    if (
        measure in ("%", "百分点")
        and sentence.segment.path
        and _SCORING.search(sentence.segment.path[-1])
        and "占" in clause
    ):
        return sentence.segment.path[-1]
    return None
