"""What a time limits: the words of its clause, of the label before it, else of the clauses around."""

from __future__ import annotations

import re

from extractors import actions
from extractors.context import SentenceView
from extractors.language.times import Time
from extractors.lexicon import words

_NEXT_LABEL = re.compile(r"[ ;；,，。]*[一-龥]{2,4}(?:单位|部门|人|领导|科室|标准|目标|措施):")
# What a time is of: 报名时间为5月8日.
_TIME_OF = re.compile(
    r"(?P<what>[一-龥]{2,24}?)(?:的?(?:截止)?(?:时间|日期|时限|日(?=[为是])))(?:原则上|初步|暂|拟)?(?:定)?[为是:：于]\s*$"
)
_CLOSES = re.compile(r"(?P<what>[一-龥]{2,16})截止到?于?\s*$")  # 资格申请截止9月15日
_LASTING = re.compile(f"并?(?:{'|'.join(words('deadlines', 'lasting'))})")
_NO_WORK = frozenset(words("deadlines", "no_work"))  # what a label is made of besides: 完成时限 names no work
_TIMES_INSIDE = re.compile(r"[\d年月日号至到、,，和\-—~～－上中下旬初底末前起\s]*")  # (4月、10月)
_UP_TO = re.compile(
    r"(?:压缩|缩短|控制|压减|延长|减少|限定)(?:至|到|在|为)\s*$|(?:顺延|延期|推迟|展期|可延|延)(?:至|到)?\s*$"
)
_JOINED = re.compile(r"(?:以及|并[于在]?|[和与及、于在])$")
# Times that lie behind the speaker, and feasts or seasons that only name an event (元旦文艺汇演).
_BEHIND = re.compile(
    r"上个?(?:月|季|年|周)|今天|昨|近日|日前|前[一二三]季度|去年|前年|前\S{1,3}个?[月年]|过去|[一二三四五六七八九十两\d]+年来|近\S{1,2}年|往年|历年|.*以来$"
)
_NAMED = re.compile(
    r"[^\d一二三四五六七八九十]*(?:节|元旦|国庆|春节|年终|岁末|开学|假)$|[“\"]?(?:五一|六一|七一|八一|十一|三八|五四|中秋|端午|清明|重阳|元宵)[”\"]?$"
)
_BARE_PERIOD = re.compile(
    r"(?:(?:20\d\d年|今年|当年|上|下|全|本|次|当)?(?:年度?|半年|季度?|月份?|学期|学年|周)|[一二三四]季度)$"
)
_STAGE_NUMBER = re.compile(r"第[一二三四五六七八九十\d]{1,2}(?:阶段|步|时段|轮|批)")
_LABEL_REACH = 28
PAUSES = frozenset(" ,，、;；:：。")


def nominal(t: Time) -> bool:
    """A time that never limits work: it lies behind, or only names an event."""
    return bool(_BEHIND.match(t.text) or (t.kind == "in" and _NAMED.match(t.text)))


def _own_words(sentence: SentenceView, n: int, t: Time, clause: tuple[int, int]) -> str:
    """The words between a time and the next one, or the end of its clause."""
    text = sentence.text
    stop = min(
        (u.start for u in sentence.times[n + 1 : n + 25] if u.kind != "duration" and not nominal(u) and not of_object(text, t, u)),
        default=clause[1],
    )  # fmt: skip
    begin = t.end
    if text.startswith("(", begin) and (close := text.find(")", begin, clause[1])) >= 0:
        begin = close + 1  # 5月22日(下午3点)
    if text.startswith(")", begin):
        begin += 1
    if _NEXT_LABEL.match(text, begin, sentence.end):
        return ""  # 整改时限:9月底前 责任单位:…
    found = actions.phrase(text, begin, min(stop, clause[1]))
    if stop < clause[1]:
        found = _JOINED.sub("", found)
    return found if len(found) >= 2 else ""


def labelled(sentence: SentenceView, n: int, t: Time, clause: tuple[int, int]) -> str:
    """What a time behind a label limits where its line says so: 材料报送截止时间:5月8日 is for the 材料报送."""
    found = _own_words(sentence, n, t, clause)
    if _LASTING.fullmatch(found) or "\n" in sentence.text[t.end : t.end + 2]:
        found = ""  # 10月31日并长期坚持
    if (
        not found
        and (named := _TIME_OF.search(sentence.text, max(sentence.start, t.start - 24), t.start))
        and named["what"] not in _NO_WORK
    ):
        found = actions.phrase(sentence.text, *named.span("what"))
    return found


def of_object(text: str, t: Time, u: Time) -> bool:
    """Whether a time belongs to what is to be done by another one (12月底前完成全年签约数量), and is no step of its own."""
    return (
        u.kind == "in"
        and 2 <= u.start - t.end <= 4
        and _BARE_PERIOD.match(u.text) is not None
        and text[u.start - 1] not in PAUSES
    )


def _bracket_of_times(text: str, clause: tuple[int, int], t: Time) -> int:
    """Where a bracket opens that holds nothing but times, this one among them; 0 where there is none."""
    opened = text.rfind("(", clause[0], t.start)
    close = text.find(")", t.end, t.end + 24) if opened >= 0 else -1
    return opened if close >= 0 and _TIMES_INSIDE.fullmatch(text, opened + 1, close) else 0


def _next_is_dated(sentence: SentenceView, n: int) -> bool:
    """Whether the comma part after that of the n-th time has a time of its own (新生8月30日,其他年级8月31日)."""
    i = sentence.clause_index(sentence.times[n].start) + 1
    return n + 1 < len(sentence.times) and sentence.times[n + 1].start < sentence.clauses[i][1]


def action(sentence: SentenceView, n: int, t: Time, clause: tuple[int, int]) -> str:
    """What must be done: from after the time to the next time or the end of its clause; a clause that ends with the time goes
    on in the next one, else looks back."""
    text = sentence.text
    if opened := _bracket_of_times(text, clause, t):
        stage = actions.phrase(text, clause[0], opened)  # 动员部署阶段(3月)
        if len(stage) >= 2 and not _STAGE_NUMBER.fullmatch(stage):
            return stage
    label = max(sentence.start, min(clause[0], t.start - _LABEL_REACH))
    if named := _CLOSES.search(text, clause[0], t.start) or _TIME_OF.search(text, label, t.start):
        return actions.phrase(text, *named.span("what"))
    if found := _own_words(sentence, n, t, clause):
        return found
    if _UP_TO.search(text, clause[0], t.start):
        return actions.phrase(text, clause[0], t.end)
    later = [u for u in sentence.times[n + 1 : n + 25] if u.start < clause[1] and not nominal(u)]
    if later:
        return actions.phrase(text, later[-1].end, clause[1])
    i = sentence.clause_index(t.start)
    before = actions.phrase(text, clause[0], t.start)
    if i + 1 < len(sentence.clauses) and not (len(before) >= 2 and _next_is_dated(sentence, n)):
        found = actions.phrase(text, *sentence.clauses[i + 1])
        if len(found) >= 2:
            return found
    if len(before) >= 2:
        return before
    if i and text[clause[0] - 1] in ",，":  # 体育节,4月26日至27日
        found = actions.phrase(text, *sentence.clauses[i - 1])
        if len(found) >= 2:
            return found
    return actions.first_sentence(text, sentence.segment, sentence.segment.end)
