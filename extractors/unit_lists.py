"""Lists of members: 责任单位:…, (市发改委牵头,市财政局配合), (教导处、政教处).

All offsets are clean offsets. A member needs no known ending where a label says that members follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from extractors.language import organisations
from extractors.language.organisation_lexicon import lexicon as vocabulary
from extractors.unit_hits import Hit, Listing
from extractors.unit_labels import colons, next_label
from extractors.unit_words import words

_PIECE = re.compile(r"(?:[^、,，;；。!?\n\t()\[\]【】〔〕:：/ ]|\([^()\n]{0,40}\))++")
_SEPARATOR = re.compile(r"[、,，;；/ \t]*+")
_GLOSS = re.compile(r"\(([^()]*)\)$")
_INNER = re.compile(r"(?:市|县|区|街道?|镇|乡|园区|开发区|社区|居|场|分|子|部门|单位|[、,/])+")
_JOINT = re.compile(r"以及|及其|和|及|与|并|会同|联合|协同|联系|对接")
_PARTNER = frozenset(("会同", "联合", "协同", "联系", "对接"))
_SHARE = re.compile(r" ?[0-9][0-9.]{0,9} ?[万亿]?[^\W\d_]{1,3}$")
_PEOPLE = re.compile(
    r"[\u4e00-\u9fff]{0,8}(?:班主任|教师|老师|组长|辅导员|联络员|网格员|家长|校长|医师|护士长|主任|人员|干部|队长|书记)"
)
_SIGNED = re.compile(r"[^、,，;；]+[ \u3000]+(?:[0-9×Xx_〇○]{4}|[二〇○一]{4}年?).{2,8}日")
_LEADING = re.compile(r"(?:以及|及其|及|和|与|由|各自由|其中)(?=.)")
_BRACKET = re.compile(r"[(\[【〔]((?:[^()\[\]【】〔〕\n]|\([^()\n]{0,30}\)){2,200}+)[)\]】〕]")
_NUMBER = re.compile(r"(?:\([一二三四五六七八九十0-9]{1,3}\)|[0-9]{1,2}[.、]|[①②③④⑤⑥⑦⑧⑨⑩])(?=.)")
_TIME_LIKE = re.compile(r"[0-9]+[年月日]|[0-9%]|[年月旬]底?前|季度|长期|全年|持续|立即|完成|贯穿")
_PERSON = re.compile(r"[\u4e00-\u9fff×某○*]{2,4}|[\u4e00-\u9fff]{2,4}·[\u4e00-\u9fff]{2,8}")
LONGEST_LIST = 600
"""A list is read no further than so many characters."""

_LIST = re.compile(r"(?:[^\n。!?\t()\[\]【】〔〕]|\([^()\n]*+\)|\[[^\[\]\n]*+\])*+")
_AFTER_CLOSE = frozenset("。;；,，、!?\n\t ")


@dataclass(slots=True)
class _Member:
    start: int
    end: int
    role: str = ""
    known: bool = False
    kind: str = ""
    strong: bool = False


def find(text: str, start: int, end: int, ends: list[int] | None = None) -> list[Listing]:
    """Lists of ``text[start:end]`` in order, labelled ones first where two would overlap; ``ends`` are the colons of the
    part where they are known."""
    labelled = list(_labelled(text, start, end, colons(text, start, end) if ends is None else ends))
    taken = [(x.start, x.end) for x in labelled]
    return sorted([*labelled, *_bracketed(text, start, end, taken)], key=lambda x: x.start)


def members(text: str, start: int, end: int, role: str) -> list[tuple[int, int, str]]:
    """Members of ``text[start:end]``, a cell or list known to name bodies: (start, end, role) each."""
    return [(m.start, m.end, m.role or role) for m in _members(text, start, end, loose=True)[0]]


def _labelled(text: str, start: int, end: int, ends: list[int]) -> Iterator[Listing]:
    lexicon = words()
    place = start
    while hit := next_label(lexicon.label, text, place, end, ends):
        place = hit.end()
        if hit["person"] is not None:
            continue
        stop = _list_end(text, hit.end(), end)
        found, reached, persons = _members(text, hit.end(), stop, loose=True, mixed="人" in hit.group())
        if not found:
            continue
        if hit["bare"] and not all(m.known for m in found):
            continue
        if (
            hit["colon"]
            and (hit["colon"].strip() in ("为", "是") or "\n" in hit["colon"])
            and not all(m.known for m in found)
        ):
            continue
        role = "lead" if "牵头" in hit.group() else lexicon.label_roles[hit["bare"] or hit["role"]]
        first, last = _around(text, hit.start(), reached, start, end)
        hits = [
            Hit(
                m.start,
                m.end,
                m.role or role,
                "list",
                (first, last),
                "label",
                hit.group().strip(" \t:：为是"),
                0.95 if m.known else 0.85,
            )
            for m in found
        ]
        yield Listing(first, last, hits, persons)
        place = max(place, reached)


def persons(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the persons after 责任人: and its like."""
    lexicon, ends = words(), colons(text, start, end)
    found: list[tuple[int, int]] = []
    for expression in (lexicon.person_label, lexicon.label):
        place = start
        while hit := next_label(expression, text, place, end, ends):
            place = hit.end()
            if expression is lexicon.label and hit["person"] is None:
                if "人" in hit.group() or "领导" in hit.group():
                    found += _members(text, hit.end(), _list_end(text, hit.end(), end), loose=True, mixed=True)[2]
                continue
            found += _persons(text, hit.end(), _list_end(text, hit.end(), end))
    return sorted(set(found))


def person_units(text: str, start: int, end: int, ends: list[int]) -> list[Hit]:
    """Bodies named after 责任人: (责任人:教务处); ``ends`` are the colons of the part."""
    lexicon = words()
    hits = []
    place = start
    while hit := next_label(lexicon.person_label, text, place, end, ends):
        place = hit.end()
        for piece in _PIECE.finditer(text, hit.end(), _list_end(text, hit.end(), end)):
            known = organisations.whole(text, piece.start(), piece.end())
            if known is None or known.kind not in ("named", "place"):
                break
            hits.append(
                Hit(
                    known.start,
                    known.end,
                    "responsible",
                    "list",
                    (hit.start(), piece.end()),
                    "person label",
                    hit["word"],
                    0.7,
                )
            )
    return hits


def _persons(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found = []
    for piece in _PIECE.finditer(text, start, end):
        name = piece.group()
        stop = piece.end()
        if gloss := _GLOSS.search(name):
            stop -= len(gloss.group())
            name = name[: gloss.start()]
        if (stop < end and text[stop] in ":：") or not 2 <= len(name) <= 12 or _TIME_LIKE.search(name):
            break
        if words().other_start.match(name) or organisations.whole(text, piece.start(), stop):
            break
        found.append((piece.start(), stop))
    return found


def _list_end(text: str, start: int, end: int) -> int:
    """Where a list that begins at ``start`` must end: line, full stop, unmatched closing bracket or next label."""
    following = words().any_label.search(text, start, min(end, start + LONGEST_LIST))
    reached = _LIST.match(text, start, following.start() if following else min(end, start + LONGEST_LIST))
    return reached.end() if reached else start


def _around(text: str, first: int, last: int, low: int, high: int) -> tuple[int, int]:
    """Span of a list with the brackets that hold it."""
    place = first
    while place > low and text[place - 1] not in "\n。)]】〕" and first - place < 200:
        place -= 1
        if text[place] in "([【〔":
            close = text.find({"(": ")", "[": "]", "【": "】", "〔": "〕"}[text[place]], last, min(high, last + 120))
            if close >= 0 and "\n" not in text[last:close]:
                return place, close + 1
            break
    return first, last


def _members(
    text: str, start: int, end: int, *, loose: bool, mixed: bool = False
) -> tuple[list[_Member], int, list[tuple[int, int]]]:
    """Members up to the first piece that is none, where that ended, and persons among them."""
    lexicon = words()
    found: list[_Member] = []
    people: list[tuple[int, int]] = []
    pending: list[_Member] = []
    reached = start
    place = start
    while place < end:
        gap = _SEPARATOR.match(text, place, end)
        place = gap.end() if gap else place
        mark = gap.group() if gap else ""
        piece = _PIECE.match(text, place, end)
        if piece is None:
            break
        stop = piece.end()
        if stop < len(text) and text[stop] in ":：":
            break
        if lexicon.other_start.match(text, place, stop) and not organisations.whole(text, place, stop):
            break
        strict = not loose or any(c in mark for c in ",，;； ")
        if mixed and found and _PERSON.fullmatch(piece.group()) and not organisations.find(text, place, stop):
            people.append((place, stop))
            place = reached = stop
            continue
        if text[place] == "由" or (loose and place > start and any(c in mark for c in ",，")):
            pending = []  # 责任单位:桥梁工区,由工程部配合
        if not loose and lexicon.officer.match(piece.group()):
            place = reached = stop  # (分管副校长负责,总务处落实)
            continue
        made = list(_split(text, place, stop, strict and bool(found)))
        if not made:
            name = piece.group()
            if not loose and found and _PEOPLE.fullmatch(name):
                place = reached = stop
                continue
            if found and loose and _PERSON.fullmatch(name):
                people.append((place, stop))
                place = stop
                continue
            break
        for member in made:
            found.append(member)
            pending.append(member)
            if member.role and not member.strong:
                for waiting in pending:
                    waiting.role = member.role if not waiting.strong else waiting.role
                pending = []
            if member.strong:
                pending = [m for m in pending if m is not member]
        place = reached = stop
    return found, reached, people


def _split(text: str, start: int, end: int, strict: bool) -> Iterator[_Member]:
    """Members of one piece between separators: glosses and role words off, 和 and 及 taken apart."""
    lexicon = words()
    if numbered := _NUMBER.match(text, start, end):
        start = numbered.end()
    if text[end - 1 : end] == ".":
        end -= 1  # the full stop of texts in half-width marks
    leading = _LEADING.match(text, start, end)
    if leading and organisations.whole(text, start, end) is None:
        start = leading.end()
    role, strong = "", False
    gloss = _GLOSS.search(text[start:end])
    if gloss and not _INNER.fullmatch(gloss.group(1)):
        end = start + gloss.start()
        told = lexicon.role_tail.search(gloss.group(1))
        if told:
            role, strong = lexicon.tail_roles[told["tail"]], True
    tail = lexicon.member_tail.search(text[start:end])
    if tail and tail.group() and tail.start() > 1 and organisations.whole(text, start, end) is None:
        if tail["tail"] and not role:
            role = lexicon.member_roles[tail["tail"]]
        end = start + tail.start()
    name = text[start:end]
    if not 2 <= len(name) <= 40:
        return
    known = organisations.find(text, start, end)
    joint = None
    for candidate in _JOINT.finditer(text, start, end):
        if any(o.end == candidate.start() for o in known) or (candidate.end() < end and text[candidate.end()] == "各"):
            joint = candidate
            break
    if joint is not None and joint.end() < end:
        left = list(_split(text, start, joint.start(), strict))
        right = list(_split(text, joint.end(), end, strict))
        if left and right:
            for member in right:
                member.strong = member.strong or joint.group() in _PARTNER
                member.role = member.role or ("assist" if joint.group() in _PARTNER else role)
            yield from left
            yield from right
            return
    if known and known[-1].end == end and known[0].start == start:
        parts = known if len(known) > 1 and all(a.end == b.start for a, b in pairwise(known)) else None
        for o in parts or [organisations.Organisation(start, end, name, known[-1].kind)]:
            yield _Member(o.start, o.end, role, True, o.kind, strong)
        return
    if (
        known
        and known[-1].end == end
        and known[-1].start > start
        and len(name) <= 20
        and (not strict or len(known[-1].name) * 2 > len(name))
    ):
        yield _Member(start, end, role, True, known[-1].kind, strong)
        return
    if known and known[0].start == start and (told := lexicon.role_tail.match(text, known[0].end, end)):
        yield _Member(start, known[0].end, lexicon.tail_roles[told["tail"]], True, known[0].kind, True)
        return
    if not strict and len(name) <= 14 and not _TIME_LIKE.search(name) and not _is_sentence(text, start, end, known):
        yield _Member(start, end, role, False, "", strong)


def _is_sentence(text: str, start: int, end: int, known: list[organisations.Organisation]) -> bool:
    lexicon = words()
    if known and known[0].start == start and known[0].end < end and lexicon.modal.match(text, known[0].end, end):
        return True
    return (
        bool(re.search("[的了将把是已不未应须需]", text[start:end])) or lexicon.verb.match(text, start, end) is not None
    )


def _bracketed(text: str, start: int, end: int, taken: list[tuple[int, int]]) -> Iterator[Listing]:
    turn = 0
    for bracket in _BRACKET.finditer(text, start, end):
        first, last = bracket.span()
        while turn < len(taken) and taken[turn][1] <= first:
            turn += 1
        if turn < len(taken) and taken[turn][0] < last:
            continue
        at_end = last >= end or text[last] in _AFTER_CLOSE
        field_end = min((p for p in (text.find(c, first + 1, last - 1) for c in ";；") if p >= 0), default=last - 1)
        inside = text[first + 1 : last - 1]
        if _SIGNED.fullmatch(inside) or _TIME_LIKE.match(inside) or "简称" in inside:
            continue
        found, reached, _ = _members(text, first + 1, last - 1, loose=False)
        if not found and (shares := _allotted(text, first, last)):
            yield shares
            continue
        if not found or reached < field_end:
            rest = text[reached:field_end]
            if not found or len(rest) > 24 or not _TIME_LIKE.search(rest):
                continue
        roles = [m.role for m in found]
        if any(roles):
            rule, sure = "bracket with roles", 0.9
        else:
            if not at_end or not all(
                (m.known and m.kind not in ("generic", "own")) or text[m.start] == "各" for m in found
            ):
                continue
            if any(text.endswith(("有限公司", "股份公司", "责任公司"), m.start, m.end) for m in found) or all(
                m.kind == "place" for m in found
            ):
                continue
            if _glosses(text, first, start):
                continue
            rule, sure = "bracket", 0.8
        hits = [
            Hit(
                m.start,
                m.end,
                m.role or "responsible",
                "list",
                (first, last),
                rule,
                text[first:last][:30],
                sure if m.kind != "generic" else 0.6,
            )
            for m in found
        ]
        yield Listing(first, last, hits, [])


def _allotted(text: str, first: int, last: int) -> Listing | None:
    """Shares of a target in a bracket: 新开拓客户15家(华北大区6家、华中大区9家)."""
    hits = []
    for piece in _PIECE.finditer(text, first + 1, last - 1):
        share = _SHARE.search(piece.group())
        stop = piece.start() + share.start() if share else piece.start()
        known = organisations.whole(text, piece.start(), stop) if 2 <= stop - piece.start() <= 16 else None
        if known is None or known.kind != "named" or known.name.endswith((*vocabulary().facilities, "公司")):
            return None
        hits.append(Hit(known.start, stop, "responsible", "list", (first, last), "shares", text[first:last][:30], 0.6))
    return Listing(first, last, hits, []) if len(hits) > 1 else None


def _glosses(text: str, opening: int, start: int) -> bool:
    """Whether a bracket explains the body before it: 检查组(市应急局、市消防支队)."""
    before = organisations.find(text, max(start, opening - 16), opening)
    return bool(before) and before[-1].end == opening and before[-1].kind in ("named", "generic", "place")
