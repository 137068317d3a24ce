"""Organisations in running text: subjects (各镇要…), phrases (由X牵头,Y配合) and those told to act (责成X…).

The names come from :mod:`extractors.language.organisations`; here only what stands before and after them decides.
All offsets are clean offsets.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.document import Part, Sentence
from extractors.language.organisations import Organisation
from extractors.unit_hits import Hit
from extractors.unit_words import words

_BOUNDARY = ",，。;；:：!?\n\t()（）“”\"】]"
_COMMA_PART = re.compile(r"(?:[^,，。;；!?\n()]|\([^()\n]*\))*+")
_NO_DUTY_AFTER = re.compile(r"的(?!(?:要|应|须))|[、)”]")
_JOINERS = frozenset(["、", "和", "及", "与", "以及", "暨", "、和", "或", "、及", "及其"])
_HIGH_BODY = re.compile(r"党中央|中央|国务院|.*(?:[省市县区州]委|[省市县区州](?:人民)?政府)")
_COMPANY = re.compile(r".*(?:有限公司|股份公司|责任公司|有限合伙|集团公司)")
_NOUN_CLOSERS = re.compile(r"(?:情况|要求|原则|计划|方案|安排|部署|分工|职责|标准|规定|精神|基础上|方式|高度|前提下|目标|重点|主线|抓手|契机|需要|实际|程序|意见|办法|节点|清单|比例|步骤|单位|主体|为准|为主)$")
_MEMBERS_ON = re.compile(r"(?:[、和及](?!各)[\u4e00-\u9fff]{2,8}?){1,4}(?=(?:积极|共同|分别|密切|全力)?(?:配合|牵头|负责|参与|参加|协助|协办))")
_AND_OTHERS = re.compile(r"等(?:有关|相关|多个|各)?(?:职能|主管|行业)?(?:部门|单位|科室|处室|地|企业|机构)?")
_STRONG_VERB = re.compile(r"完成|制[定订]|开展|进行|做好|抓好|组织|实施|建立|落实|推进|编制|出台|提出|委托|加强|召开|办理|解决|拨付|成立|对接|提交|检查|督[查导办](?!情况|结果)|通报(?!情况)|考核(?!结果|情况)|验收")
_PHRASE_END = frozenset(",，。;；)）\n、:：")
_PEOPLE_AFTER = re.compile(r"(?:的)?(?:主要|分管)?(?:负责人|负责同志|领导)")


@dataclass(slots=True)
class _Group:
    """Organisations in one enumeration, and where it stands."""

    members: list[Organisation]
    context: str = ""
    cue: str = ""
    opened: int = 0

    @property
    def start(self) -> int:
        return self.members[0].start

    @property
    def end(self) -> int:
        return self.members[-1].end


@dataclass(slots=True)
class _Tail:
    """What follows a group: the kind of evidence, the role it gives and where the rest of the clause begins."""

    kind: str
    cue: str
    place: int
    role: str = "responsible"


class Subjects:
    """One pass over the running text of a part."""

    def __init__(self, text: str, part: Part, found: Sequence[Organisation]) -> None:
        self.text, self.part = text, part
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
            self._context(group, max(sentence.start, sentence.segment.body if sentence.segment.body <= group.start else 0))
            if not group.context:
                continue
            if group.context == "start":
                self._join_commas(i, sentence)
            self._judge(group, sentence)
        return self.hits

    def _group(self, found: Sequence[Organisation]) -> list[_Group]:
        groups: list[_Group] = []
        for o in found:
            if groups and self.text[groups[-1].end : o.start].strip(" ") in _JOINERS:
                groups[-1].members.append(o)
            else:
                groups.append(_Group([o]))
        return groups

    def _sentence(self, place: int) -> Sentence | None:
        i = self.part.sentence_index(place)
        if i < 0 or place >= self.part.sentences[i].end:
            return None
        return self.part.sentences[i]

    def _context(self, group: _Group, begin: int) -> None:
        """What stands before: the beginning of a clause, 由, 责成, 会同, or nothing that makes it accountable."""
        text, start = self.text, group.start
        low = max(begin, start - 40)
        first = low
        for mark in _BOUNDARY:
            first = max(first, text.rfind(mark, low, start) + 1)
        before = text[first:start].strip(" \u3000*#>")
        group.opened = first
        if not before:
            group.context = "start"
            return
        if before.endswith("由") and not before.endswith(("自由", "理由", "缘由", "事由", "案由")):
            group.context, group.cue = "by", "由"
            group.opened = start - 1
            return
        for cue in self.words.told:
            if before.endswith(cue):
                group.context, group.cue = "told", cue
                return
        for cue in self.words.with_words:
            if before.endswith(cue):
                group.context, group.cue = "with", cue
                return
        if before.endswith(("配合", "协助")):
            group.context, group.cue = "helped", before[-2:]
            return
        if self.words.lead_in.fullmatch(before):
            group.context = "start"
            return
        if before.endswith("、"):
            if self.words.ended_by_role.search(before):
                group.context, group.cue, group.opened = "start", "、", start
                return
            extra = self._unknown_members(first, start)
            if extra is not None:
                group.members[:0] = extra
                group.context = "start"

    def _unknown_members(self, first: int, start: int) -> list[Organisation] | None:
        """Members of an enumeration whose head stands only on the last one: 市教育、产业主管部门."""
        pieces = self.text[first : start - 1].split("、")
        made, place = [], first
        lead = self.words.lead_in.match(pieces[0])
        for piece in pieces:
            skip = lead.end() if lead and piece is pieces[0] and lead.end() < len(piece) else 0
            if not re.fullmatch(r"[市县区省州各][\u4e00-\u9fff]{1,6}" if piece is pieces[0] else r"[\u4e00-\u9fff]{2,6}", piece[skip:]):
                return None
            if self.words.verb.match(piece) or re.search("[的了是]", piece):
                return None
            made.append(Organisation(place + skip, place + len(piece), piece[skip:], "named"))
            place += len(piece) + 1
        return made

    def _join_commas(self, i: int, sentence: Sentence) -> None:
        """Take in groups parted only by a comma: 各镇,各有关部门要…"""
        group = self.groups[i]
        for following in self.groups[i + 1 :]:
            gap = self.text[group.end : following.start].strip(" ")
            if gap not in (",", ",以及", ",及", ",和") or following.end > sentence.end:
                return
            group.members += following.members
            self.used.add(following.start)

    def _tail(self, group: _Group, end: int) -> _Tail:
        """What the words after a group say of it."""
        text, lexicon = self.text, self.words
        place = group.end
        if place < end and text[place] == "(":
            close = text.find(")", place, min(end, place + 40))
            place = close + 1 if close >= 0 else place
        if place < end and text[place] == "等" and (others := _AND_OTHERS.match(text, place, end)):
            place = others.end()
        if place < end and text[place] in "、和及" and (more := _MEMBERS_ON.match(text, place, end)):
            self._add_members(group, place, more.end())
            place = more.end()
        if lexicon.title.match(text, place, end):
            return _Tail("title", "", place)
        if (m := lexicon.modal.match(text, place, end)) and not self._noun_after(m.end(), end):
            rest = lexicon.fill.match(text, m.end(), end)
            stop = rest.end() if rest else m.end()
            inner = lexicon.role_tail.match(text, stop, end)
            if inner and lexicon.tail_roles[inner["tail"]] != "responsible":
                return _Tail("modal", m["modal"] + inner["tail"], inner.end(), lexicon.tail_roles[inner["tail"]])
            return _Tail("modal", m["modal"], stop)
        if (m := lexicon.role_tail.match(text, place, end)) and (m.end() >= end or text[m.end()] != "的" or group.cue == "、"):
            return _Tail("role", m["tail"], m.end(), lexicon.tail_roles[m["tail"]])
        if m := lexicon.with_.match(text, place, end):
            return _Tail("with", m["cue"], m.start("cue"))
        if m := lexicon.verb.match(text, place, end):
            return _Tail("verb", m["cue"], m.start("cue"))
        if m := lexicon.preposition.match(text, place, end):
            return _Tail("preposition", m["cue"], m.start("cue"))
        fill = lexicon.fill.match(text, place, end)
        if fill and fill.end() > place:
            if fill.end() < end and text[fill.end()] in ",，":
                return _Tail("comma", fill.group(), fill.end())
            return _Tail("time", fill.group(), fill.end())
        if place < end and text[place] in ",，":
            return _Tail("comma", "", place)
        return _Tail("", "", place)

    def _add_members(self, group: _Group, start: int, end: int) -> None:
        """Members of unknown make at the end of an enumeration that a role word closes: 护理部、质控小分队配合."""
        for m in re.finditer(r"[^、和及]+", self.text[start:end]):
            group.members.append(Organisation(start + m.start(), start + m.end(), m.group(), "guess"))

    def _noun_after(self, place: int, end: int) -> bool:
        return place < end and self.text[place] in "的、)”"

    def _judge(self, group: _Group, sentence: Sentence) -> None:
        text, end = self.text, sentence.end
        tail = self._tail(group, end)
        confidence = self._confidence(group, tail, sentence)
        if group.context == "with":
            self._partners(group, (group.opened, group.end), (0, 0), 0.65 if self._named(group) else 0.0)
            return
        if group.context == "helped":
            if tail.kind in ("verb", "preposition", "modal", "time"):
                self._emit(group, "lead", "subject", (group.start, group.end), self._clause(tail.place, end)[0], "helped", group.cue, 0.6 if any(m.kind == "named" for m in group.members) else 0.0)
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
            if role == "responsible" and (self._supervises(looked) or text.endswith(self.words.inspectors, group.members[0].start, group.members[0].end)):
                role = "supervise"
            if group.context == "by" and clause[1] - clause[0] <= 6:
                clause = (self._part_start(group.opened, sentence.start), clause[1])
            if tail.kind != "modal" and self.words.past.search(text, group.end, clause[1] or group.end):
                confidence = min(confidence, 0.4)
        self._emit(group, role, form, span, clause, rule, group.cue + tail.cue, confidence)
        if partners:
            self._partners(partners, span, clause, min(confidence, 0.75) if self._named(partners) else 0.4)

    def _confidence(self, group: _Group, tail: _Tail, sentence: Sentence) -> float:
        """How sure it is that the group is accountable for planned work; 0 where it is not."""
        segment = sentence.segment
        done = segment.tense == "done" or (not segment.tense and self.part.kind == "summary")
        kinds = {m.kind for m in group.members}
        duty = tail.kind == "modal" and any(tail.cue.startswith(d) for d in self.words.duties)
        name = group.members[0].name
        if group.context in ("by", "told"):
            base = 0.85 if tail.kind in ("role", "verb", "modal", "with", "time", "preposition", "comma") else 0.0
            if tail.kind in ("", ) and group.context == "by" and self._plain_verb_after(tail.place, sentence.end):
                base, tail.kind = 0.7, "verb"
            if group.context == "told" and not base and group.cue in ("责成", "责令"):
                base, tail.kind = 0.7, "verb"
        else:
            base = {"modal": 0.85, "role": 0.85, "with": 0.8, "verb": 0.75, "preposition": 0.7, "time": 0.0, "comma": 0.0}.get(tail.kind, 0.0)
            if tail.kind == "time" and self._verb_soon(tail.place, sentence.end):
                base = 0.6
            if segment.kind == "heading" and tail.kind in ("verb", "preposition", "time"):
                return 0.0
            if tail.kind in ("verb", "preposition") and not segment.tense and self.part.kind in ("other", "speech"):
                base -= 0.1
            if tail.kind in ("verb", "preposition") and all(_HIGH_BODY.fullmatch(m.name) for m in group.members):
                base = 0.4
            if kinds == {"place"} and tail.kind in ("verb", "preposition", "time"):
                base = min(base, 0.6 if segment.tense == "planned" else 0.4)
        if done and not (duty and group.context == "start"):
            base = min(base, 0.4)
        if all(_COMPANY.fullmatch(m.name) for m in group.members) and group.context != "told" and not duty:
            base = min(base, 0.4)
        if "guess" in kinds and not duty and tail.kind != "role" and group.context == "start":
            base = min(base, 0.4) if kinds == {"guess"} else base
        if kinds == {"own"}:
            base = min(base, 0.6 if tail.kind == "modal" else 0.4)
        if kinds <= {"generic", "own"} and base:
            deadline = self.words.deadline.search(self.text, max(sentence.start, group.opened - 25), min(sentence.end, group.end + 60))
            if not (duty or (deadline and (tail.kind in ("modal", "role") or group.context != "start" or name[0] == "各"))):
                base = 0.4 if tail.kind in ("modal", "role") or group.context == "by" else 0.0
            else:
                base = min(base, 0.6)
        return base

    def _verb_soon(self, place: int, end: int) -> bool:
        """Whether a verb comes within the next words, after what the grammar could not read."""
        stop = min(end, place + 16)
        part = _COMMA_PART.match(self.text, place, stop)
        return bool(part and self.words.any_verb.search(self.text, place, part.end()))

    def _plain_verb_after(self, place: int, end: int) -> bool:
        part = _COMMA_PART.match(self.text, place, end)
        return bool(part and part.end() - place >= 2 and not _NO_DUTY_AFTER.match(self.text, place, end))

    def _named(self, group: _Group) -> bool:
        return any(m.kind in ("named", "place") for m in group.members)

    def _follow_partners(self, tail: _Tail, end: int) -> tuple[int, _Group | None]:
        """The group after 会同 or 联合 and where its clause goes on."""
        place = tail.place
        m = self.words.with_.match(self.text, place, end)
        if m is None:
            m = re.compile(r"(?:继续|同|与|和)").match(self.text, place, end)
            if m is None or m.group() == "继续":
                return place, None
        partner = self.by_start.get(m.end())
        if partner is None:
            return place, None
        if m.group()[-1] in "同与和" and "会同" not in m.group() and "协同" not in m.group():
            follow = re.compile(r"(?:共同|联合|一道|一起|一并|签订|协商)").match(self.text, partner.end, end)
            if not follow or follow.group() == "签订":
                return place, None
        self.used.add(partner.start)
        return partner.end, partner

    def _clause(self, place: int, end: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """The comma part that says what is to be done, from ``place`` on: its span and the span to look for roles in."""
        text, lexicon = self.text, self.words
        begin = place
        for _ in range(4):
            while begin < end and text[begin] in ",，:： ":
                begin += 1
            fill = lexicon.fill.match(text, begin, end)
            start = fill.end() if fill else begin
            part = _COMMA_PART.match(text, start, end)
            stop = part.end() if part else start
            next_open = stop < end and text[stop] in ",，"
            if stop - start < 2 and next_open:
                begin = stop
                continue
            modal = lexicon.modal.match(text, start, stop)
            if modal:
                start = modal.end()
                fill = lexicon.fill.match(text, start, stop)
                start = fill.end() if fill else start
            if next_open and (
                lexicon.preposition.match(text, start, stop) or text[begin:start].endswith(("从", "在", "自"))
            ) and _NOUN_CLOSERS.search(text[max(start, stop - 6) : stop]) and not _STRONG_VERB.search(text, start + 3, stop):
                begin = stop
                continue
            return (start, stop), (start, stop)
        return (place, place), (place, place)

    def _part_start(self, place: int, low: int) -> int:
        """Where the comma part around ``place`` begins."""
        return max([low, *(self.text.rfind(mark, low, place) + 1 for mark in ",，;；。:：\n")])

    def _supervises(self, span: tuple[int, int]) -> bool:
        text = self.text
        if re.search("纳入.{0,8}考核", text[span[0] : span[1]]):
            return True
        m = self.words.supervising.search(text, span[0], min(span[1], span[0] + 40))
        if m is None:
            return False
        between = text[span[0] : m.start()]
        return not re.search(r"完成|通过|做好|迎接|接受|配合|自$|准备|制[定订]|建立|整改|提请|申请|落实", between)

    def _partners(self, group: _Group, span: tuple[int, int], clause: tuple[int, int], confidence: float) -> None:
        if confidence > 0:
            self._emit(group, "assist", "subject", span, clause, "with", group.cue or "会同", confidence)

    def _emit(
        self, group: _Group, role: str, form: str, span: tuple[int, int], clause: tuple[int, int], rule: str, cue: str, confidence: float
    ) -> None:
        if confidence <= 0:
            return
        mixed = any(m.kind in ("named", "place") for m in group.members)
        for m in group.members:
            sure = confidence
            if m.kind == "generic" and confidence > 0.6 and not mixed:
                sure = 0.6
            self.hits.append(Hit(m.start, m.end, role, form, span, rule, cue, sure, clause))


def outside(found: Sequence[Organisation], spans: Sequence[tuple[int, int]]) -> list[Organisation]:
    """Organisations that lie in none of the sorted spans."""
    starts = [s for s, _ in spans]
    kept = []
    for o in found:
        i = bisect_right(starts, o.start) - 1
        if i < 0 or o.start >= spans[i][1]:
            kept.append(o)
    return kept
