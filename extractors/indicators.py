"""What a number measures, in the document's own words: the noun phrase before it, else the one after it.

Rule of the language: a level stands behind its indicator (卫生厕所普及率达到85%), a count before its noun (完成170户农村危房改造);
a number that only compares or divides goes on with the indicator before it (同比增长8.3%, 其中一季度4500万元).
"""

from __future__ import annotations

import re

from extractors.lexicon import patterns, settings, words

_MAX = 30


def _any(key: str) -> str:
    return "|".join(re.escape(w) for w in words("figures", key))


_LINK_BACK = re.compile(rf"(?:{_any('link')}|[\s“\"'(（\[【])$")
_LINK_ENDS = frozenset({w[-1] for w in words("figures", "link")} | set("“\"'(（[【"))
_GUARD = words("figures", "link_guard")
_LIST_NUMBER = re.compile(r"\s*(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[一二三四五六七八九]是|[①-⑳])?")
_COMPARED = re.compile(r"同比|环比|较|比(?<![占师生]比)(?!例|重|率|值|赛|对|选|武|拼)")
_BOUND_TAIL = re.compile(
    r"(?:及?以上|以下|以内|之内|左右|上下|[(（]不?含[)）])?[、,，;；和及]?"
)  # of the number before
_UNIT_NOTE = re.compile(r"[(（][^()（）]{1,10}[)）]?$")  # 地区生产总值(亿元)
_GIVEN = re.compile(r"^.*(?:给予|予以)(?:不超过|最高|不低于)?(?=.)")
_SHARE_OF = re.compile(r"(?:及?以上|以下|左右|上下|多|余)?的[一-龥]")
_HANDING = re.compile(rf"(?:{_any('handing')})$")
_LEAD = re.compile(rf"(?:(?!{_any('lead_guard')})(?:{_any('lead')})|的|[\s,，、。;；:：)）\]】”\"'\-—·.])*+")
_VERB_ONLY = re.compile(rf"(?:{_any('verb')}|{_any('lead')}|了|出|好|[\s、])*+")
_CHANGE_ONLY = re.compile(settings("figures")["change_only"])
_RIGHT = re.compile(
    r"(?:以上|以下|以内|之内|左右|上下|多|余|及以上)?(?:的)?([^,，。.;；:：、!！?？()（）\[\]【】\n\t]{1,24})"
)
_RIGHT_STOP = re.compile(patterns("figures", "right_stop"))
_CUT = re.compile(r"使得|使|确保|力争|实现|推动|带动|把|将|对|让|其中|争取|预计|累计|完成|达成|新增")
_BARE_RIGHT = re.compile(r"(?:以上|以下|以内|之内|左右|上下|及以上|多|余)+")


def before(left: str) -> str:
    """The indicator in the words that stand before a number in its clause; empty if they hold none."""
    opened = left.rfind("(")
    if opened >= 0 and ")" not in left[opened:] and len(left) - opened > 2:
        left = left[opened + 1 :]
    cut = _strip_end(left[_BOUND_TAIL.match(left).end() :])  # type: ignore[union-attr]
    cut = cut[_LIST_NUMBER.match(cut).end() :]  # type: ignore[union-attr]
    bare = cut[_LEAD.match(cut).end() :]  # type: ignore[union-attr]
    cut = bare if len(bare) >= 2 or len(cut) < 3 else cut
    cut = _UNIT_NOTE.sub("", cut)
    cut = _GIVEN.sub("", cut) if "予" in cut else cut
    compared = _COMPARED.search(cut)
    if compared and compared.start() >= 2:
        cut = cut[: compared.start()]
    if len(cut) > _MAX:
        cut = cut[-_MAX:]
    if len(cut) > 12:
        cut = _tail(cut)
    if len(cut) > 14:
        hits = [m for m in _CUT.finditer(cut) if m.start() > 0 and len(cut) - m.end() >= 4]
        if hits:
            cut = cut[hits[-1].end() :]
    return cut.strip(" ,，、:：;；。.“”\"'()（）")


def _tail(phrase: str) -> str:
    """The end of a long phrase: after the last 的, else after the last 、 of an enumeration."""
    for mark in "的、":
        tail = phrase[phrase.rfind(mark) + 1 :]
        if 2 <= len(tail) < len(phrase):
            return tail
    return phrase


def _strip_end(left: str) -> str:
    """Drop link verbs and cue words from the end, repeatedly, in time linear in what is dropped."""
    end = len(left)
    while end and ((last := left[end - 1]) in _LINK_ENDS or last.isspace()):
        m = _LINK_BACK.search(left, max(0, end - 6), end)
        if (
            m is None
            or m.start() == end
            or (end > 1 and left.endswith(_GUARD, 0, end) and not left.endswith("等", 0, end))
        ):
            return left[:end]
        end = m.start()
    return left[:end]


def after(text: str, place: int, end: int) -> str:
    """The noun phrase that follows a number which ends at ``place``, up to ``end``; empty if none does."""
    m = _RIGHT.match(text, place, end)
    if m is None:
        return ""
    phrase = m.group(1)
    if _BARE_RIGHT.fullmatch(phrase):
        return ""
    stop = _RIGHT_STOP.search(phrase)
    if stop and stop.start() >= 2:
        phrase = phrase[: stop.start()]
    elif stop and stop.start() == 0:
        return ""
    return phrase.strip(" “”\"'")


def of_many(text: str, place: int) -> bool:
    """True where the number is a share of the noun that follows (三成左右的县区)."""
    return _SHARE_OF.match(text, place) is not None


def hands_out(left: str) -> bool:
    """True where a verb of giving stands directly before the number."""
    return _HANDING.search(left) is not None


def is_verb_only(phrase: str) -> bool:
    """True where the phrase holds nothing but verbs and adverbs (完成, 计划新建)."""
    return not phrase or _VERB_ONLY.fullmatch(phrase) is not None


def is_change_only(phrase: str) -> bool:
    """True where the phrase only compares (同比增长, 比上年减少) and so goes on with the indicator before it."""
    return not phrase or _CHANGE_ONLY.fullmatch(phrase) is not None
