"""Names of organisations in a text, by the way such names are built: a body of words before an ending (教育+局).

Endings, the words that end where a name begins and the words that only look like a body are data
(``lexicon/organisations.toml``). Text is expected clean: simplified characters, ASCII brackets and commas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from extractors.language.organisation_lexicon import Lexicon, lexicon

Kind = Literal["named", "generic", "place", "own", "guess"]

LONGEST_BODY = 20
"""A name holds at most so many characters before its last ending."""
LONGEST_NAME = 80
"""A name that others nest in holds at most so many: nobody writes a longer one, and 市市市… stays linear."""
LONGEST_PLACE = 5
"""A name of a place holds at most so many characters before 镇, 县 and the like."""
NEAR = 8
"""The end of most names lies so near to their beginning: looked at first."""

_ORDINALS = frozenset("一二三四五六七八九十123456789甲乙丙丁")
_VAGUE = re.compile(r"^(?:相关|有关|各有关|各相关|具体|其他|其它|所有|全体|上述|以上)(?:的)?")
_VAGUE_FIRST = frozenset("相有各具其所全上以")
_WHOLE_GROUP = re.compile(
    r"(?:(?:全[市县区镇校省州旗乡村]|[我本][市县区镇校省州旗乡村])(?:的)?)?(?:所有|全体|有关|相关|具体|其他|其它)$"
)
_HOUSES = frozenset("厂心站所队院校")
_SEATS = frozenset(("社区", "街道", "村"))
_TASK_FORCES = frozenset(("专班", "工作专班"))  # 县局造林专班
_COMMITTEES = frozenset(("省委", "市委", "县委", "区委", "州委", "旗委"))
_OF_GOVERNMENT = re.compile("[省市县区州旗]政府.")
_GROUP_ENDS = frozenset(("所有", "全体", "有关", "相关", "具体", "其他", "其它"))


@dataclass(unsafe_hash=True, slots=True)  # never changed; frozen would make each three times as dear
class Organisation:
    """A name found: half-open span in code points and its text.

    ``kind``: ``named`` (县财政局, 各乡镇), ``generic`` (有关部门, 企业), ``place`` that may stand for its government
    (青浦镇), ``own`` (我局), ``guess`` where only an ending like 部 or 组 speaks for it.
    """

    start: int
    end: int
    name: str
    kind: Kind


def find(text: str, start: int = 0, end: int | None = None, cuts: Iterable[int] = ()) -> list[Organisation]:
    """Organisations of ``text[start:end]`` in order, never overlapping; nested names are one (市公安局交警支队).

    No name reaches back over one of the offsets ``cuts``, which ascend: ends of times (12月中下旬+财务部).
    """
    words = lexicon()
    end = len(text) if end is None else end
    found: list[Organisation] = []
    last = start
    search, at = words.scan.search, start
    borders, floor = iter(cuts), start
    border = next(borders, end)
    while hit := search(text, at, end):
        first, stop = hit.span(hit.lastindex or 0)
        at = stop
        while border <= first < end:
            floor, border = border, next(borders, end)
        if first < last:
            continue
        ending = text[first:stop]
        if ending[0] == "各":
            begin = first
            if found and found[-1].end == first and words.inner_each.search(ending):
                begin = found.pop().start
            else:
                prefix = words.direct.search(text, max(last, begin - 4), begin)
                begin = prefix.start() if prefix else begin
                if prefix and found and found[-1].end == begin and found[-1].kind == "generic":
                    begin = found.pop().start
            made = Organisation(begin, stop, text[begin:stop], _kind(text[begin:stop], "head", words))
        else:
            if (
                ending in ("部门", "单位")
                and text.find("等", max(last, first - 60), stop) >= 0
                and (several := words.several.search(text, max(last, first - 60), stop))
            ):
                found += _fields(several)
                last = stop
                continue
            if _never(text, stop, words):
                continue
            before = found[-1] if found and found[-1].end == last else None
            built = _build(text, max(last, floor, first - LONGEST_BODY), first, stop, ending, before, words)
            if built is None:
                continue
            made, joined = built
            if joined:
                found.pop()
            if (
                found
                and found[-1].end == made.start
                and (
                    found[-1].name.startswith(words.national)
                    or (found[-1].name in _COMMITTEES and _OF_GOVERNMENT.match(made.name))  # 县委县政府督查室
                )
            ):
                begin = found.pop().start
                made = Organisation(begin, stop, text[begin:stop], made.kind)
        if made.name[0] == "和" and found and found[-1].end == made.start:
            made = Organisation(made.start + 1, stop, made.name[1:], made.kind)  # 县河长办+和+县防火办, no 和县
        gloss = words.gloss.match(text, stop, end) if stop < end and text[stop] == "(" else None
        if gloss and not made.name.endswith(")"):
            stop = gloss.end()
            made = Organisation(
                made.start, stop, text[made.start : stop], "named" if made.kind == "generic" else made.kind
            )
        found.append(made)
        last = stop
    return found


def _never(text: str, stop: int, words: Lexicon) -> bool:
    """Whether what ends at ``stop`` only looks like a body (城市, 客厅): one hit in three."""
    last3 = text[max(0, stop - 3) : stop]
    never = words.never
    return (last3[-2:] in never or last3 in never or text[stop - 4 : stop] in never) and last3 not in words.although


def _fields(several: re.Match[str]) -> list[Organisation]:
    """民政, 财政 and 人社 of 民政、财政、人社等部门."""
    made, place = [], several.start("list")
    for piece in re.split("、|和|及", several["list"]):
        made.append(Organisation(place, place + len(piece), piece, "named"))
        place += len(piece) + 1
    return made


def _build(
    text: str, low: int, first: int, stop: int, ending: str, before: Organisation | None, words: Lexicon
) -> tuple[Organisation, bool] | None:
    """The name that ends in ``text[first:stop]``, and whether it swallows the one before it; None if it is no name."""
    category = words.endings[ending]
    if before is not None and before.end == low and _nests(text, low, first, stop, ending, category, before, words):
        name = text[before.start : stop]
        return Organisation(before.start, stop, name, _kind(name, category, words)), True
    if category == "weak" and ending not in words.guessed and not _may_be_vouched(text, low, first, words):
        return None
    if category == "place":
        # A place name is short: what reaches back further is none.
        low = max(low, first - LONGEST_PLACE - 1)
        if first == low or (not "\u3400" <= text[first - 1] <= "\u9fff" and text[first - 1] not in "*×○〇_X"):
            return None
    begin = _left(text, low, first, words, category == "weak" or ending in words.deep, ending in words.deep)
    if begin - low >= 3 and text[begin - 1] == "”" and (category == "weak" or ending in words.deep):
        begin = _before_quotes(text, low, begin, words)
    if begin == first and first - low >= 3 and text[first - 1] == ")":
        begin = _before_bracket(text, low, first, words)
    body = text[begin:first]
    if category == "whole":
        if len(body) > 14:
            begin = first
    elif not body:
        return None
    elif category == "place":
        if (
            not 1 <= len(body) <= LONGEST_PLACE
            or body[-1] in "各全我本该每跨"
            or (len(body) == 1 and "\u3400" <= body <= "\u9fff")
        ):
            return None
    elif category == "weak" and not _vouched(body, first, text, words):
        if not 2 <= len(body) <= 6 or ending not in words.guessed or body.startswith(words.partings):
            return None
        return Organisation(begin, stop, text[begin:stop], "guess"), False
    name = text[begin:stop]
    kind = _kind(name, category, words)
    if kind == "generic" and begin - low >= 2:
        last2 = text[begin - 2 : begin]
        if (last2 in _GROUP_ENDS or last2[-1] == "\n") and (group := _WHOLE_GROUP.search(text, low, begin)):
            begin = group.start()
            name = text[begin:stop]
            if name[0] == "全":
                kind = "named"
    return Organisation(begin, stop, name, kind), False


def _left(text: str, low: int, first: int, words: Lexicon, needs_body: bool, deep: bool) -> int:
    """Where the body before an ending begins: after the last word that cannot stand inside a name."""
    if not deep and first - low > NEAR:
        # Only the last cut counts; it mostly lies near.
        near = first - NEAR
        begin = _last_cut(text, near, first, words, needs_body)
        return begin if begin > near else _last_cut(text, low, first, words, needs_body)
    chunk = text[low:first]
    size = len(chunk)
    mark = words.last_mark.match(chunk)
    at = mark.end() if mark else 0
    begin = low + at
    levelled = size > at and chunk[at] in words.levels
    # The ending is shown too: what takes the sting out of a word may reach into it.
    shown, search = text[low : first + 3], words.cut.search
    while cut := search(shown, at):
        start, stop = cut.span(cut.lastindex or 0)
        at = stop
        if stop > size:
            continue
        hard = stop - start < 2 or chunk[start:stop] in words.partings
        # A verb right before the ending is its body: 推进+办, 督查+室.
        if hard or ((not needs_body or stop < size) and not (deep and levelled)):
            begin = low + stop
            levelled = stop < size and chunk[stop] in words.levels
    each = chunk.rfind("各", begin - low)
    return low + each if each >= 0 else begin


def _last_cut(text: str, low: int, first: int, words: Lexicon, needs_body: bool) -> int:
    """Where the body begins that reaches back to the last cut in ``text[low:first]``."""
    mark = words.last_mark.match(text, low, first)
    begin = mark.end() if mark else low
    search, at = words.cut.search, begin
    while cut := search(text, at, first + 3):
        start, at = cut.span(cut.lastindex or 0)
        if at < first or (at == first and (not needs_body or at - start < 2)):
            begin = at
    each = text.rfind("各", begin, first)
    return each if each >= 0 else begin


def _before_quotes(text: str, low: int, begin: int, words: Lexicon) -> int:
    """Body with a name in quotation marks: 区“双减”+办."""
    opening = text.rfind("“", max(low, begin - 12), begin)
    return begin if opening < low else _last_cut(text, low, opening, words, False)


def _before_bracket(text: str, low: int, first: int, words: Lexicon) -> int:
    """Body that goes through a bracket: 集团(本部)+公司 and the like."""
    opening = text.rfind("(", max(low, first - 10), first)
    if opening <= low or not words.name_bracket.fullmatch(text, opening, first):
        return first
    return _left(text, low, opening, words, False, False)


def _nests(
    text: str, low: int, first: int, stop: int, ending: str, category: str, before: Organisation, words: Lexicon
) -> bool:
    if first - low > NEAR or stop - before.start > LONGEST_NAME:
        return False
    gap = text[low:first]
    if (
        before.kind == "guess"
        and not gap
        and (
            ending in _SEATS
            or (
                category == "whole"
                and ending not in words.generic
                and before.name[-1] in _HOUSES
                and not words.cut.match(before.name)
            )
        )
    ):
        return True  # 轻机厂社区, 职教中心团委
    if (
        before.kind == "guess"
        or (
            before.kind == "generic"
            and not (
                before.name in words.hosts
                and (gap if category in ("weak", "head") else category == "whole" and ending not in words.generic)
            )
        )
        or (
            before.name.startswith("各")
            and not gap
            and category == "whole"
            and ending in words.generic
            and ending not in ("政府", "街道", "党委", "党工委")
        )
    ):
        return False
    if category == "place" and ((gap and before.kind != "place") or before.kind == "named"):
        return False
    named_by_gap = bool(gap) and (before.kind == "generic" or before.name == "各级" or ending in _TASK_FORCES)
    if ending in words.generic and ending not in words.joining and not named_by_gap:
        return False
    if gap and (words.last_mark.match(gap) or _cuts(text, low, first, stop, ending not in words.suffixed, words)):
        return False
    if "各" in gap or (gap and gap[0] in words.levels and before.kind == "named"):
        return False
    if category == "weak" and not gap and before.kind == "place" and ending in "组部处科站":
        return False
    inner = gap in words.inner_bureaus or words.place_inside.search(gap)
    return not (ending == "局" == before.name[-1] and not inner)


def _cuts(text: str, low: int, first: int, stop: int, at_ending: bool, words: Lexicon) -> bool:
    """Whether a word that ends where a name begins stands before ``first``, or reaches it where that counts."""
    while cut := words.cut.search(text, low, stop):
        low = cut.end(cut.lastindex or 0)
        if low < first or (low == first and at_ending):
            return True
    return False


def _may_be_vouched(text: str, low: int, first: int, words: Lexicon) -> bool:
    """A cheap look whether :func:`_vouched` could say yes to any body that ends at ``first``."""
    if words.level.search(text, low, first) or text.find("各", low, first) >= 0:
        return True
    first = _before_ordinal(text, first)
    return _domain_ends(text, first, 6, words.domains)


def _domain_ends(text: str, end: int, longest: int, domains: frozenset[str]) -> bool:
    """Whether a domain of at most so many characters ends at ``end``; they come so often that a loop is too dear."""
    return (
        (longest >= 2 and text[end - 2 : end] in domains)
        or (longest >= 4 and text[end - 4 : end] in domains)
        or (longest >= 3 and text[end - 3 : end] in domains)
        or (longest >= 1 and text[end - 1 : end] in domains)
        or (longest >= 5 and text[end - 5 : end] in domains)
        or (longest >= 6 and text[end - 6 : end] in domains)
    )


def _before_ordinal(text: str, first: int) -> int:
    """Where the name ends that a number among its like follows (检修一+班, 营销2+部), ``first`` where none does."""
    return first - 1 if text[first - 1 : first] in _ORDINALS else first


def _vouched(body: str, first: int, text: str, words: Lexicon) -> bool:
    """Whether a body before a weak ending speaks for a name: a level (市考核+办) or a domain (财务+部)."""
    if (body[0] in "各第" or words.level.search(body)) and text[first] not in words.crews:
        return len(body) <= 12
    stop = _before_ordinal(text, first)
    return _domain_ends(text, stop, len(body) - (first - stop), words.domains)


def _kind(name: str, category: str, words: Lexicon) -> Kind:
    plain = _VAGUE.sub("", name) if name[0] in _VAGUE_FIRST else name
    if (
        name in words.generic
        or (plain != name and plain in words.generic)
        or (name[0] in "各全" and name[1:] in words.generic and name not in words.specific_each)
    ):
        return "generic"
    if name[0] in "我本" and len(name) <= 4:
        return "own"
    return "place" if category == "place" else "named"


def whole(text: str, start: int, end: int) -> Organisation | None:
    """The organisation that fills ``text[start:end]`` from end to end, or None."""
    found = find(text, start, end)
    if found and found[-1].end == end and found[0].start == start and len(found) == 1:
        return found[0]
    return None
