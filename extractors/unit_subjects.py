"""Organisations in running text: subjects (各镇要…), phrases (由X牵头,Y配合) and those told to act (责成X…).

The names come from :mod:`extractors.language.organisations`; here only what stands before and after them decides.
All offsets are clean offsets.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from extractors.document import Part, Sentence
from extractors.language.organisations import Organisation
from extractors.lexicon import patterns
from extractors.unit_enumerations import unknown_members
from extractors.unit_evidence import acts_by, confidence_of
from extractors.unit_hits import Hit
from extractors.unit_tails import AND_OTHERS, Group, Tail, read_tail
from extractors.unit_times import Times
from extractors.unit_words import words

_BOUNDARY = ",，。;；:：!?\n\t()（）“】]"
_LAST_MARK = re.compile(r"(?s:.*)[,，。;；:：!?\n\t()（）“】]")
_DOT = re.compile(r"[\u4e00-\u9fff)”]\.")
_GLOSSED = re.compile(r"\([^()]{1,12}\)[、和及与]")
_COMMA_PART = re.compile(r"(?:[^,，。;；!?\n()]|\([^()\n]*\))*+")
_JOINERS = frozenset(["、", "和", "及", "与", "以及", "暨", "、和", "或", "、及", "及其"])
_NOUN_CLOSERS = re.compile(rf"(?:{patterns('unit_patterns', 'noun_closers')})$")
_STRONG_VERB = re.compile(patterns("unit_patterns", "strong_verb"))
_URGES = re.compile("(?:跟踪|全程|定期|及时)?督促(?:落实|整改|检查|指导)?")
_ZEAL = re.compile("逐[项条一个级户村件人组校家]|认真|抓紧|全面|深入|及时|严格|切实|积极")  # 对照清单逐项整改
_STATE = re.compile("情况|进展|进度|结果|要求|成效")  # 各县推进情况
# 在接到通知后10个工作日内拿出方案: what stands behind the time is the work.
_WHEN = re.compile(r"[^,，。;；]{0,30}?(?:内(?![部容])|前(?![期述])|后(?![续备期])|期间|之际)(?=[^,，。;；、的]{4})")
_UNDER = ("基础上", "前提下", "过程中")
_ENDS_IN_WORK = re.compile(r".{3}(?:整改|排查|自查|核查|摸排|销号|清理|整治)$")
_MANNER = re.compile("(?:按(?:进度|计划|程序|规定|要求|需)|依法|定期|随机|逐[一项户个])$")
_SHORT = 4
# 按工程进度于每月25日前编报计划: the time stands before the work.
_BY_THEN = re.compile(r"[^,，]{2,16}[于在][^,，]{2,12}[前内](?=[^,，的]{4})")
_REMEDY = re.compile("对[^,，]{1,10}(?:整改|落实|完成)(?:情况)?$")  # 对隐患整改复查一遍
_GROUNDS = frozenset(("根据", "依据", "参照", "结合", "围绕", "聚焦", "紧扣", "立足", "针对", "对照", "依托"))
_OFFICES = ("部", "处", "科", "股")  # beside 会同 these are bodies: 法律事务部
_OBJECT = ("将", "把")
_FROM = ("从", "在", "自")
_PAUSES = ",，。;； "
_LONGEST_PART = 200
_LONGEST_CLAUSE = 600
_WITHIN = re.compile(
    r"[^,，、]{2,12}?(?:后|起)(?:的)?[0-9一二三四五六七八九十两]{1,3}个?(?:工作日|[日天周月])(?:之|以)?内"
)  # 每场雪后3日内
_MAINLY = re.compile(r"为主(?=[,。、;]|牵头)")
_PHRASE_END = frozenset(",，。;；)）\n、:：")


class Subjects:
    """One pass over the running text of a part."""

    def __init__(self, text: str, part: Part, found: Sequence[Organisation], times: Times) -> None:
        self.text, self.part, self.times = text, part, times
        self.words = words()
        self.groups = self._group(found)
        self.by_start = {g.start: g for g in self.groups}
        self.used: set[int] = set()
        self.hits: list[Hit] = []

    def run(self) -> list[Hit]:
        """All mentions, in order of the text except that partners follow their subject."""
        for i, group in enumerate(self.groups):
            if group.start in self.used:
                continue
            sentence = self._sentence(group.start)
            if sentence is None or sentence.segment.kind in ("title", "meta", "row"):
                continue
            self._context(
                group, max(sentence.start, sentence.segment.body if sentence.segment.body <= group.start else 0)
            )
            if not group.context:
                continue
            if group.context == "start":
                self._join_commas(i, sentence)
            self._judge(group, sentence)
        return self.hits

    def _group(self, found: Sequence[Organisation]) -> list[Group]:
        groups: list[Group] = []
        for o in found:
            gap = self.text[groups[-1].end : o.start].strip(" ") if groups else "?"
            if gap in _JOINERS or (gap[0:1] == "(" and _GLOSSED.fullmatch(gap)):
                groups[-1].members.append(o)
            else:
                groups.append(Group([o]))
        for group in groups:
            first = group.members[0]
            if first.name.startswith("**") and self.text.startswith("**", group.end):
                # Bold in Markdown, no name masked with asterisks.
                group.members[0] = Organisation(first.start + 2, first.end, first.name[2:], first.kind)
        return groups

    def _sentence(self, place: int) -> Sentence | None:
        i = self.part.sentence_index(place)
        if i < 0 or place >= self.part.sentences[i].end:
            return None
        return self.part.sentences[i]

    def _context(self, group: Group, begin: int) -> None:
        """What stands before: the beginning of a clause, 由, 责成, 会同, or nothing that makes it accountable."""
        text, start = self.text, group.start
        if start <= begin or text[start - 1] in _BOUNDARY or _DOT.match(text, start - 2, start):
            group.context, group.opened = "start", start
            return
        first = max(begin, start - 40)
        if mark := _LAST_MARK.match(text, first, start):
            first = mark.end()
        before = self.times.without(text, first, start).strip(' \u3000*#>”"')
        group.opened = first
        if not before:
            group.context = "start"
            return
        if before.endswith("由") and not before.endswith(("自由", "理由", "缘由", "事由", "案由")):
            group.context, group.cue = "by", "由"
            group.opened = start - 1
            return
        if before.endswith("以") and _MAINLY.match(text, group.end):
            group.context, group.cue, group.opened = "by", "以", start - 1
            return
        if before.endswith(self.words.told):
            group.context, group.cue = "told", next(cue for cue in self.words.told if before.endswith(cue))
            return
        if before[-1] in self.words.near_by_ends:
            before = self.words.ends_near_by.sub("", before)
        if before.endswith(self.words.with_words):
            for cue in self.words.with_words:
                if before.endswith(cue) and self.words.before_partner.fullmatch(before[: -len(cue)]):
                    group.context, group.cue = "with", cue
                    return
        if before.endswith(("配合", "协助")):
            group.context, group.cue = "helped", before[-2:]
            return
        if (
            not before
            or (before[0] in self.words.lead_in_heads and self.words.lead_in.fullmatch(before))
            or (before[-1] == "内" and _WITHIN.fullmatch(before))
        ):
            group.context = "start"
            return
        if before.endswith("、"):
            if self.words.ended_by_role.search(before):
                group.context, group.cue, group.opened = "start", "、", start
                return
            extra = unknown_members(text, first, start, self.by_start[start].members[0].name)
            if extra is not None:
                group.members[:0] = extra
                group.context = "start"

    def _join_commas(self, i: int, sentence: Sentence) -> None:
        """Take in groups parted only by a comma: 各镇,各有关部门要…"""
        group = self.groups[i]
        if all(m.kind in ("place", "guess") for m in group.members):
            return  # 回填采空区,物资供应公司牵头
        for j in range(i + 1, len(self.groups)):
            following = self.groups[j]
            gap = self.text[group.end : following.start].strip(" ")
            if gap not in (",", ",以及", ",及", ",和") or following.end > sentence.end:
                return
            group.members += following.members
            self.used.add(following.start)

    def _judge(self, group: Group, sentence: Sentence) -> None:
        text, end = self.text, sentence.end
        tail = read_tail(text, group, end, self.times)
        if tail.kind == "" and acts_by(text, sentence, group, tail.place, self.times):
            tail.kind = "time"  # 年底前,学生工作处与供应商重新谈判: a limit right before a body needs no known verb
        confidence = confidence_of(text, self.part, sentence, group, tail, self.times)
        if group.context == "with":
            if tail.kind not in ("verb", "preposition", "time", "modal", "comma", "role"):
                return
            clause = self._clause(tail.place, end)[0] if tail.kind in ("verb", "time") else (0, 0)
            self._partners(group, (group.opened, group.end), clause, 0.65 if self._named(group) else 0.0)
            return
        if group.context == "helped":
            if tail.kind in ("verb", "preposition", "modal", "time") or (
                tail.role == "responsible" and tail.kind == "role"
            ):
                self._emit(
                    group,
                    "lead",
                    "subject",
                    (group.start, group.end),
                    self._clause(tail.place, end)[0],
                    "helped",
                    group.cue,
                    0.6 if any(m.kind == "named" for m in group.members) else 0.0,
                )
            return
        if confidence <= 0 or tail.kind in ("", "title"):
            return
        place, partners = self._follow_partners(tail, end)
        whole_phrase = tail.kind == "role" and (tail.place >= end or text[tail.place] in _PHRASE_END)
        span = (group.opened if group.context == "by" else group.start, tail.place if whole_phrase else group.end)
        role = tail.role
        if whole_phrase:
            clause, form, rule = (0, 0), "phrase", "phrase"
        else:
            begin = tail.place if tail.kind != "role" or role != "responsible" else tail.place - len(tail.cue)
            clause, looked = self._clause(place if partners else begin, end)
            form, rule = "subject", {"by": "by", "told": "told"}.get(group.context, tail.kind)
            if role == "responsible" and (
                (self._supervises(looked) and not self._own_work(group, looked))
                or text.endswith(self.words.inspectors, group.members[0].start, group.members[0].end)
            ):
                role = "supervise"
            if group.context == "by" and clause[1] - clause[0] <= 6:
                begin = self._part_start(group.opened, sentence.start)
                if group.opened - begin >= 2:
                    clause = (begin, clause[1])
                elif text[slice(*clause)].strip(_PAUSES) in self.words.bare_verbs:
                    # A bare verb (由X组织) serves the action of the parts around it.
                    span, clause, form = (group.opened, clause[1]), (0, 0), "phrase"
            if tail.kind != "modal" and self.words.past.search(text, group.end, clause[1] or group.end):
                confidence = min(confidence, 0.4)
        self._emit(group, role, form, span, clause, rule, group.cue + tail.cue, confidence)
        if partners:
            self._partners(partners, span, clause, min(confidence, 0.75) if self._named(partners) else 0.4)

    def _named(self, group: Group) -> bool:
        return any(m.kind in ("named", "place") or m.name.endswith(_OFFICES) for m in group.members)

    def _follow_partners(self, tail: Tail, end: int) -> tuple[int, Group | None]:
        """The group after 会同 or 联合 and where its clause goes on."""
        place = tail.place
        if tail.kind == "role" and tail.role == "lead":
            led = self.by_start.get(place)
            if led is None or read_tail(self.text, led, end, self.times).kind not in (
                "verb",
                "preposition",
                "time",
                "role",
            ):
                return place, None
            self.used.add(led.start)
            return led.end, led
        m = self.words.with_.match(self.text, place, end)
        if m is None:
            m = re.compile(r"(?:继续|同|与|和)").match(self.text, place, end)
            if m is None or m.group() == "继续":
                return place, None
        near = self.words.near_by.match(self.text, m.end(), end)
        partner = self.by_start.get(m.end()) or (self.by_start.get(near.end()) if near else None)
        if partner is None:
            return place, None
        if m.group()[-1] in "同与和" and "会同" not in m.group() and "协同" not in m.group():
            follow = re.compile(r"(?:共同|联合|一道|一起|一并|签订|协商)").match(self.text, partner.end, end)
            if not follow or follow.group() == "签订":
                return place, None
        self.used.add(partner.start)
        others = AND_OTHERS.match(self.text, partner.end, end)
        return others.end() if others else partner.end, partner

    def _clause(self, place: int, end: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """The comma part that says what is to be done, from ``place`` on: its span and the span to look for roles in."""
        text, lexicon = self.text, self.words
        begin = place
        for _ in range(4):
            while begin < end and text[begin] in ",，:： ":
                begin += 1
            start = self.times.fill(text, begin, end)
            part = _COMMA_PART.match(text, start, min(end, start + _LONGEST_CLAUSE))
            stop = part.end() if part else start
            next_open = stop < end and text[stop] in ",，"
            if stop - start < 2 and next_open:
                begin = stop
                continue
            if (
                next_open
                and (joined := lexicon.with_.match(text, start, stop))
                and not lexicon.any_verb.search(text, joined.end(), stop)
            ):
                begin = stop
                continue
            modal = lexicon.modal.match(text, start, stop)
            if modal and not lexicon.disposal.match(text, start, stop):
                start = modal.end()
                start = self.times.fill(text, start, stop)
            if next_open and self._is_means(begin, start, stop):
                begin = stop
                continue
            start = self._verb_start(start, stop)
            return (start, stop), (start, stop)
        return (place, place), (place, place)

    def _verb_start(self, start: int, stop: int) -> int:
        """Where the verb begins: an adverb that no verb follows is the verb itself (统筹救援力量, 严格预算执行)."""
        if stop - start < _SHORT and (how := _MANNER.search(self.text, max(0, start - 4), start)):
            return how.start()  # 由财务科按进度拨付
        if self.text[start - 2 : start] not in self.words.verbal_adverbs:
            return start
        led = self.words.work_verb.match(self.text, start, stop) or self.words.preposition.match(self.text, start, stop)
        return start if led else start - 2

    def _is_means(self, begin: int, start: int, stop: int) -> bool:
        """Whether a comma part only tells by what, on what ground or when the work is done (根据各镇进展,…)."""
        text, lexicon = self.text, self.words
        led = lexicon.preposition.match(text, start, stop)
        if led is not None and led["cue"] in _OBJECT:
            return False
        if led is None and not text[begin:start].endswith(_FROM):
            return False
        after = led.end() if led else start + 3
        strong = _STRONG_VERB.search(text, after, stop)
        if (strong and not _STATE.match(text, strong.end())) or _ZEAL.search(text, after, stop):
            return False
        if _BY_THEN.match(text, start, stop) and not text.endswith(_UNDER, start, stop):
            return False
        if _ENDS_IN_WORK.search(text[after:stop]):
            return False
        timed = led is None or led["cue"] in _FROM
        when = _WHEN.match(text, after, stop) if timed else None
        if when and not text.endswith(_UNDER, start, stop) and lexicon.work_verb.search(text, when.end(), stop):
            return False
        if led is not None and led["cue"] in _GROUNDS and (strong or not lexicon.work_verb.search(text, after, stop)):
            return True
        return _NOUN_CLOSERS.search(text[max(start, stop - 6) : stop]) is not None

    def _part_start(self, place: int, low: int) -> int:
        """Where the comma part around ``place`` begins."""
        low = max(low, place - _LONGEST_PART)
        return max([low, *(self.text.rfind(mark, low, place) + 1 for mark in ",，;；。:：\n")])

    def _supervises(self, span: tuple[int, int]) -> bool:
        text = self.text
        if re.search("不[准得能]|严禁|禁止", text[max(0, span[0] - 4) : span[0]]):
            return False
        if re.search("纳入.{0,8}考核", text[span[0] : span[1]]) or _URGES.fullmatch(text, *span):
            return True
        if text.startswith("负责", span[0]):
            return self.words.supervising_noun.search(text, max(span[0], span[1] - 4), span[1]) is not None
        m = self.words.supervising.search(text, span[0], min(span[1], span[0] + 40))
        if m is None:
            return self.words.called_to_account.search(text, span[0], span[1]) is not None
        if self.words.called_to_account.search(text, span[0], span[1]):
            return True
        between = _REMEDY.sub("", self.words.shortfall.sub("", text[span[0] : m.start()]))
        return not re.search(
            r"完成|通过|做好|迎接|接受|配合|自$|报|提交|呈|准备|制[定订]|建立|整改|提请|申请|落实", between
        )

    def _own_work(self, group: Group, span: tuple[int, int]) -> bool:
        """Whether a body looks after what is its own: 后勤处每月检查食堂, 清欠专班每周通报清欠进度."""
        text, lexicon = self.text, self.words
        m = lexicon.supervising.search(text, span[0], span[1])
        if m is not None and m.group() in lexicon.rounds and "对各" not in text[span[0] : span[1]]:
            return True
        if m is None or lexicon.outward.search(text, span[0], span[1]):
            return False
        name = group.members[0].name
        if m.group() in lexicon.routine_reports:
            topics = (name[i : i + 2] for i in range(max(0, len(name) - 3)))
            return name.endswith(lexicon.task_forces) and any(text.find(t, *span) >= 0 for t in topics)
        return m.group() in lexicon.routine_checks and (name[0] == "各" or not lexicon.levelled.match(name))

    def _partners(self, group: Group, span: tuple[int, int], clause: tuple[int, int], confidence: float) -> None:
        if confidence > 0:
            self._emit(group, "assist", "subject", span, clause, "with", group.cue or "会同", confidence)

    def _emit(
        self,
        group: Group,
        role: str,
        form: str,
        span: tuple[int, int],
        clause: tuple[int, int],
        rule: str,
        cue: str,
        confidence: float,
    ) -> None:
        if confidence <= 0:
            return
        mixed = any(m.kind in ("named", "place") for m in group.members)
        for m in group.members:
            sure = confidence
            if m.kind == "generic" and confidence > 0.6 and not mixed:
                sure = 0.6
            told = self.words.glossed_role.match(self.text, m.end)
            role_here = self.words.tail_roles[told["tail"]] if told else role
            self.hits.append(Hit(m.start, m.end, role_here, form, span, rule, cue, sure, clause))


def outside(found: Sequence[Organisation], spans: Sequence[tuple[int, int]]) -> list[Organisation]:
    """Organisations that lie in none of the sorted spans."""
    starts = [s for s, _ in spans]
    kept = []
    for o in found:
        i = bisect_right(starts, o.start) - 1
        if i < 0 or o.start >= spans[i][1]:
            kept.append(o)
    return kept
