"""Times in context: which of them limit planned, required or promised work.

A time is refused where it tells when something happened, what a figure covers, what is compared with, or where it belongs
to a name; a bare year or 今年 as an adverb is kept as a candidate below 0.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from extractors import lengths, limited_work, tense
from extractors.context import PartView, SentenceView
from extractors.language import times
from extractors.language.times import Time
from extractors.lexicon import patterns, words
from extractors.lexicon.scanning import tree
from extractors.mentions import DeadlineMention
from extractors.status import TO_DATE, orders, section_tense
from extractors.timeline import planned_for


def _any(key: str, lexicon: str = "deadlines") -> str:
    return tree(words(lexicon, key))


_LABEL = re.compile(rf"(?:{_any('label')})(?:[^\n:;；。,，]{{0,8}}:[^\n。:]*|(?:原则上|暂)?定?[为是]\s*)$")
_COMPARED = re.compile(rf"(?:(?<!占)比(?![例重率值])|{_any('compared')})[^,，。;；]{{0,2}}$")
_ATTRIBUTIVE = re.compile(rf"(?:{_any('attributive')})")
# A five-year term as a name or a theme (“十五五”开局之年, “十四五”时期是…) limits nothing; 每人每年320元 is a rate.
_TERM = re.compile(r"[“\"]?十[一二三四五六七八九]五[”\"]?(?P<span>期间|时期|末|期末)?")
_TERM_THEME = re.compile(
    r"[,，]?是|的|[^,，。;；:：]{0,16}?(?:目标|任务|规划|纲要|指标|开局|回顾|指导思想|总体要求|重要要求|形势|成就)"
)
_OWN_PERIOD = re.compile("(?:本|这个)(?:季度?|月份?)")
_REVIEWED = re.compile(  # 一、上半年情况; 四、下学期打算
    r"[^,，。;；]{0,10}(?:情况|回顾|成效|通报|总结(?!验收|阶段|评估))|(?:主要|重点)?(?:打算|计划|思路|目标|任务|工作)"
)
_FEW = 12
_PAUSES_OR_OF = limited_work.PAUSES | {"的", "至"}
_BUDGETED = re.compile(r"(?:工程|项目|任务|资金|经费|课题|专项|考核|预算)")  # 2024年度工程
_IN_QUOTES = re.compile(r"“[^”]{0,24}$")
_IS = re.compile(r"[,，]?是(?!否)")  # 未来五年,是…的关键时期
# A time that belongs to the thing a verb takes (制定2030年前达峰方案, 承办2026年全运会), or to a clause before a noun (5月建成的学校).
_TAKEN = re.compile(rf"(?:{_any('takes_dated')})$")
_TAKEN_THING = re.compile(
    rf"[^,，。;；]{{2,40}}?(?:{_any('dated_things')})(?=[,，。;；、]|$|如下|的|上?报|送|提交|通报|公布|\d)"
)
_RELATIVE = re.compile(rf"(?!{patterns('deadlines', 'not_relative')})[一-龥]{{2,4}}的(?=[一-龥\d《“])")
_QUOTED = re.compile(r"[^”]{0,2}”")  # “三月三”
_CLAUSE_REACH = 240  # a clause is read this far from its time, as from a figure
_COMPLETED = words("deadlines", "completed")
_WORK = words("figures", "verb")
_BINDING = frozenset(words("deadlines", "binding"))
_WILL = frozenset(words("deadlines", "will"))
_DIGIT = re.compile(r"\s*\d")
_CLOCK = re.compile(r"\s*\d{1,2}(?:[:：]\d\d|[时点])")  # 每日17时前
_TERM_EDGE = re.compile(r"第|[前后末初内]$")
_ALONE = re.compile(r"[ \t)）]*(?:\n|$)")
_BRACKET_BEFORE = re.compile(r"(?:^|\n)[ \t]*\($")
_ALONE_BEFORE = re.compile(r"[ \t:：]$|^$")
_RATED = re.compile(rf"的?(?:{_any('rated')})[^,，。;；]{{0,8}}\d")  # 每周课时不超过16节
_SIGNED = re.compile(r"[一-龥()（）“”*]{3,30}(?:公司|局|委|办|政府|院|校|中心|会|部|组|所|厅|室|站|处|厂|矿|店) ?")
_TAKEN_FROM = re.compile(r"[从自由][当本上下](?:年|月|季度?)$")
_LATER = re.compile(r"[一二两三四五六七八九十\d]年[之以]?后$")
_PER_HEAD = re.compile(r"每[一-龥]{1,2}$")
_TIME_ONLY = 3
_NAME_OPEN = re.compile(r"《[^》]*$")
_BARE_YEAR = re.compile(
    r"(?:[_*×xX○〇\d一二三四五六七八九零]{0,4}年度?|今年|本年度?|全年|年度|当年|本年内?|今明两年|年内?)$"
)
_AT_LATEST = re.compile(r"(?:不迟于|不晚于|最迟|最晚)(?:在|于)?$")
_SLOGAN = re.compile(r"[一每]月一(?![日号])")  # 一月一主题
_EDITION = re.compile(r"\s*(?:\d{1,3}|第[一二三四五六七八九十\d]{1,3})\s*版")  # 人民日报(2021年3月13日 01版)
_UNTIL = re.compile(r"(?:截至|截止|截止到)\s*$")
_CLOSES = re.compile(rf"(?:{_any('closing')})截止到?于?\s*$")  # 申请截止9月15日
_SHORTENED = re.compile(r"(?:进一步)?(?:压|缩|减|降|延|调)")  # 时限由30日压减至12日
_SHORTENED_TO = re.compile(r"日(?:压|缩|减|降|延|调)[一-龥]{0,2}$")
_FORECAST = re.compile(rf"(?:{_any('forecast')})[^。;；]{{0,16}}$")
_REPORTED = re.compile(r"(?:完成了|已|实现了|共|累计|达到了|发生|为|增长|下降|达)")
_HEAD_BRACKET = re.compile(r"[(（]\s*$")
_ASKED = re.compile(r"\([^()]{0,16}请[^()]{4,60}\)$")  # (征求意见稿,请于5月8日前反馈)
_YEAR_END = re.compile(rf"(?:{_any('year_end_things')})")


def find(view: PartView) -> list[DeadlineMention]:
    """Deadlines of a part in the order of the text; table rows are left to :mod:`extractors.worktables`."""
    found: list[DeadlineMention] = []
    for sentence in view.ordered():
        kind = sentence.segment.kind
        if (
            not sentence.times
            or kind in ("title", "row")
            or (kind == "meta" and not _ASKED.match(view.text, *sentence.span))
        ):
            continue
        found += find_in(view, sentence)
    return found


def find_in(view: PartView, sentence: SentenceView) -> Iterator[DeadlineMention]:
    """Deadlines of one sentence, or of one cell of a table given as such."""
    for n, t in enumerate(sentence.times):
        deadline = _deadline(view, sentence, n, t)
        if deadline is not None:
            yield deadline


def _deadline(view: PartView, sentence: SentenceView, n: int, t: Time) -> DeadlineMention | None:
    text = sentence.text
    begin, end = sentence.clause(t.start)
    clause = max(begin, t.start - _CLAUSE_REACH), min(end, t.end + _CLAUSE_REACH)
    labelled = _LABEL.search(text, max(sentence.segment.start, t.start - 60), t.start)
    kind: str = t.kind
    confidence, cue = 0.93, ""
    t = _in_own_year(view, sentence, t)
    if "T" in t.duration:
        return None  # hours are dropped
    if kind == "in" and _AT_LATEST.search(text, max(clause[0], t.start - 4), t.start):
        t, kind = replace(t, kind="by"), "by"
    if labelled:
        cue, confidence = labelled.group().split(":")[0], 0.97
        if t.kind == "duration" or limited_work.nominal(t):
            return None
        if t.kind == "in" and (_whole_year(t) or t.start_date == t.end_date):
            kind = "by"
    else:
        before = sentence.times[n - 1] if n else None
        if before is not None and before.kind in ("by", "in", "every") and limited_work.of_object(text, before, t):
            return None
        judged = _judge(view, sentence, clause, t)
        if judged is None:
            return None
        kind, confidence, cue = judged
    due_start, due_end = due_dates(t, kind)
    action = limited_work.labelled(sentence, n, t, clause) if labelled else limited_work.action(sentence, n, t, clause)
    return DeadlineMention(
        t.start, t.end, sentence.segment, sentence.span, rule=f"time:{kind}" + (":label" if labelled else ""), cue=cue, confidence=confidence,
        kind=kind, due_start=due_start, due_end=due_end, rrule=t.rrule, duration=t.duration if kind == "within" else "", action=action,
    )  # fmt: skip


def _judge(view: PartView, sentence: SentenceView, clause: tuple[int, int], t: Time) -> tuple[str, float, str] | None:
    """(kind, confidence, cue) of a time that limits work, None for any other."""
    text = sentence.text
    before = text[max(clause[0], t.start - 8) : t.start]
    paired = before[-1:] in "和与" and any(u.end == t.start - 1 for u in sentence.times_before(t.start))  # 4月和10月
    if (_COMPARED.search(before) and t.kind != "within" and not paired) or _NAME_OPEN.search(
        text, max(sentence.start, t.start - 40), t.start
    ):
        return None
    if limited_work.nominal(t) or _year_end_thing(text, t) or before.endswith("关于"):
        return None
    if (
        before.endswith("不")
        or (t.kind != "every" and _SLOGAN.match(text, t.start))
        or (
            t.kind == "every"
            and t.text[0] in "一半"
            and _IN_QUOTES.search(text, max(sentence.start, t.start - 25), t.start)
        )
        or "范文" in text[t.end : clause[1]]
    ):
        return None  # 不到去年同期; 下半年打算范文 is a page's own title
    if (
        not t.uses
        and _ALONE.match(text, t.end)
        and (
            (t.start_date == t.end_date and _SIGNED.fullmatch(text, sentence.start, t.start))
            or _BRACKET_BEFORE.search(text, max(0, t.start - 3), t.start)
            or (t.start_date == t.end_date and _ALONE_BEFORE.search(text, max(0, t.start - 3), t.start))
        )
    ):
        return None  # a date that stands alone is when the paper was written, a period in brackets that of the plan
    if t.kind == "duration":
        return ("within", 0.9, "用") if lengths.limits(view, sentence, clause, t) else None
    if (
        (_UNTIL.search(before) and not _CLOSES.search(before))
        or (t.kind == "in" and _EDITION.match(text, t.end))
        or (
            t.kind in ("in", "by", "from")
            and not t.text.endswith("前")
            and (_ATTRIBUTIVE.match(text, t.end) or (t.kind != "by" and _RELATIVE.match(text, t.end)))
        )
    ):
        return None
    if t.kind == "in" and ((before[-1:] == "以" and text[t.end : t.end + 1] == "为") or before.endswith("关于")):
        return None  # 以2018年12月31日为基准日; 关于清明节期间防火
    if t.kind == "from" and (
        _TAKEN_FROM.match(t.text) or (t.uses == "term" and any(u.start == t.end for u in sentence.times))
    ):
        return None  # 从当月津贴中扣; 入夏后每周测温
    if t.kind == "in" and t.uses == "day" and _LATER.search(t.text):
        return t.kind, 0.4, "later"  # 两年后保存率达到85%
    if t.kind == "within" and not (t.duration or t.end_date):
        return None
    if (before[-1:] in "由从" and t.text.endswith("日") and _SHORTENED.match(text, t.end)) or (
        t.text[0] in "至到" and _SHORTENED_TO.search(before)
    ):
        return None
    if t.kind == "in" and _FORECAST.search(text, max(sentence.start, t.start - 40), t.start):
        return None
    if t.kind == "in" and _CLOSES.search(before):
        return "by", 0.93, "截止"
    bare_year = t.kind == "in" and (_whole_year(t) or _BARE_YEAR.match(t.text)) and not t.text.startswith(("到", "至"))
    if t.kind == "in" and (
        _IS.match(text, t.end) or (text[t.start - 1 : t.start] == "“" and _QUOTED.match(text, t.end, clause[1]))
    ):
        return None
    if t.kind == "in" and t.text.endswith("年度") and _BUDGETED.match(text, t.end):
        return t.kind, 0.4, "year"
    if (
        _TAKEN.search(before)
        and t.kind in ("in", "by")
        and not (before[-1] in "将把" and (t.kind == "by" or text.startswith(_WORK, t.end)))
    ):
        if _TAKEN_THING.match(text, t.end, clause[1]):
            return None
        if bare_year:
            return t.kind, 0.4, "year"
    if sentence.segment.kind == "heading":
        if bare_year or t.kind in ("every", "within") or _TERM.match(t.text) or _REVIEWED.match(text, t.end, clause[1]):
            return None
        return (
            (t.kind, 0.7, "heading") if _HEAD_BRACKET.search(before) or t.start <= sentence.segment.body + 1 else None
        )
    if t.kind == "in" and (term := _TERM.match(t.text)) and (not term["span"] or _TERM_THEME.match(text, t.end)):
        return None
    if t.kind == "every" and (
        _RATED.match(text, t.end)
        or (_DIGIT.match(text, t.end) and not _CLOCK.match(text, t.end))
        or (_PER_HEAD.search(before) and "元" in text[t.end : clause[1]])
    ):
        return None  # 每年320元, 每人每月提高到600元: a rate
    staged = view.part.kind == "plan" and before[-1:] in ("(", "（") and text[t.end : t.end + 1] in (")", "）")
    if t.kind == "in" and TO_DATE.match(t.text) and not staged:
        return None  # a stage of a plan may last from January on: 推广阶段(2023年1-9月)
    if clause[1] - clause[0] - (t.end - t.start) <= _TIME_ONLY and (i := sentence.clause_index(t.start) + 1) < len(
        sentence.clauses
    ):
        clause = clause[0], sentence.clauses[i][1]
    told = section_tense(view, sentence)
    if told == "done" and (
        _future(view, t) or (t.kind == "every" and any(_future(view, u) for u in sentence.times[:_FEW]))
    ):
        told = "planned"  # a limit after the day on which the report was written promises
    default: tense.Tense = told or view.tense
    verdict, cue = tense.judge(_telling(sentence, clause, t, told), clause, t.end, default, looking_on=True)
    if t.kind == "every":
        done = verdict == "done" and (told == "done" or cue != "")
        return None if done else ("every", 0.93, cue)
    if verdict == "done" and not (
        t.kind in ("by", "from", "within") and cue in ("", "目前", "截止", "截至", "现有", "同比")
    ):
        return None
    if verdict == "done" and told == "done":
        return None
    past = _past(view, t)
    if past and (not (verdict == "planned" and cue) or _RELATIVE.match(text, t.end)):
        return None
    if _reported(view, sentence, t) and cue not in _WILL:
        return None
    if t.kind == "in" and _OWN_PERIOD.fullmatch(t.text) and planned_for(view.part, sentence.segment, t):
        return t.kind, 0.4, "year"  # 本季度计划完成… in the plan of that quarter
    if t.text == "下半年" and t.start == sentence.start and any(t.text in h for h in sentence.segment.path):
        return t.kind, 0.4, "year"  # 下半年,我们将… below 下半年打算
    turns = t.start == sentence.start and t.text in ("明年", "来年")  # 明年,生产科要…: only goes on to what comes next
    if bare_year and (turns or not _other_year(view, sentence, t)):
        return t.kind, 0.4, "year"
    if (
        t.uses == "term"
        and t.kind == "in"
        and not t.start_date
        and not _TERM_EDGE.search(t.text)
        and not text.startswith(_COMPLETED, t.end)
    ):
        return t.kind, 0.4, "term"
    return t.kind, 0.93 if verdict == "planned" else 0.6, cue or f"section:{verdict}"


def _other_year(view: PartView, sentence: SentenceView, t: Time) -> bool:
    """A year later than the plan's own limits work (a plan of 2021–2025: 2023年建成); the plan's own is an adverb."""
    own = sentence.segment.year or view.part.year
    if own is None or not t.start_date[:4].isdigit():
        return False
    return int(t.start_date[:4]) > own or (int(t.start_date[:4]) == own and _steps_on(sentence, t))


def _steps_on(sentence: SentenceView, t: Time) -> bool:
    """Whether a year is the first of several that share out one aim (其中2023年完成38公里,2024年完成25公里)."""
    return (
        any(
            u.start > t.end and u.kind == "in" and _whole_year(u) and u.start_date > t.start_date and not u.uses
            for u in sentence.times[:_FEW]
        )
        and sentence.text[t.end : t.end + 1] not in _PAUSES_OR_OF
    )


def _future(view: PartView, t: Time) -> bool:
    """A limit that lies after the day on which the document was written."""
    written = view.part.date
    return (
        t.kind == "by" and len(written) == 10 and written[0] == "2" and t.end_date[:1] == "2" and t.end_date > written
    )


def _in_own_year(view: PartView, sentence: SentenceView, t: Time) -> Time:
    """A month or day without a year of its own, in the year of the document where its sentence orders and the year before
    was only told of (去年共办结…。县局要于6月…)."""
    own = view.part.year
    if own is None or t.uses != "year" or not _past(view, t) or section_tense(view, sentence) == "done":
        return t
    named = [u for u in sentence.times_before(t.start) if _whole_year(u) or u.uses != "year"]
    if named or sentence.segment.year not in (None, own):
        return t
    verdict, cue = tense.judge(sentence.cues, sentence.clause(t.start), t.start, "done", looking_on=True)
    return times.resolve(t, date(own, 1, 1)) if verdict == "planned" and cue else t


def _past(view: PartView, t: Time) -> bool:
    """A time that ended before the document was written, or before the year it plans for."""
    end = t.end_date or t.start_date
    if not re.match(r"\d{4}-\d\d-\d\d", end):
        return False
    dated = not t.uses or t.start_date == t.end_date or t.text.endswith(("日", "号"))
    if t.kind == "in" and dated and re.match(r"\d{4}-\d\d-\d\d$", view.part.date):
        return end < view.part.date
    return view.part.year is not None and int(end[:4]) < view.part.year


def _reported(view: PartView, sentence: SentenceView, t: Time) -> bool:
    """A month or day that names its year, in a text that does not plan, and does not lie beyond that text's own year."""
    if (
        t.kind != "in"
        or t.uses
        or _whole_year(t)
        or view.part.kind in ("plan", "notice")
        or sentence.segment.tense == "planned"
    ):
        return False
    if view.part.kind == "other" and sentence.text[t.end : t.end + 1] not in limited_work.PAUSES:
        return False
    own = sentence.segment.year or view.part.year
    return own is not None and t.end_date[:4].isdigit() and int(t.end_date[:4]) <= own


def _whole_year(t: Time) -> bool:
    return t.start_date.endswith("-01-01") and t.end_date.endswith("-12-31") and t.start_date[:4] == t.end_date[:4]


def due_dates(t: Time, kind: str) -> tuple[str, str]:
    """The columns ``due_start`` and ``due_end`` of a time that limits work in this way (contract, ``kind``)."""
    if kind == "by":
        return "", t.end_date or t.start_date
    if kind == "within" and t.uses:
        return "", ""  # counted from an event, not from a date in the text
    if kind == "from":
        return t.start_date or t.end_date, t.end_date if t.start_date else ""
    return t.start_date, t.end_date


def _telling(sentence: SentenceView, clause: tuple[int, int], t: Time, told: tense.Tense) -> list[tense.Cue]:
    """The tense cues that may tell whether a time limits work: for X前 those of its own clause, outside the time itself."""
    cues = sentence.cues
    if told == "done":  # 按…的要求 and 不断 promise nothing there, an order (12月底前要…) does
        cues = (
            [c for c in cues if c in sentence.firm_cues or c[2] in _BINDING or orders(sentence, c[0])] if cues else cues
        )
    near = tense.near(cues, clause[1])
    own = [c for c in near if not t.start <= c[0] < t.end]
    return own if t.kind == "in" else [c for c in own if clause[0] <= c[0] < clause[1]]


def _year_end_thing(text: str, t: Time) -> bool:
    """年终考核, 年终得分: the end of the year only names it."""
    return t.text == "年终" and _YEAR_END.match(text, t.end) is not None
