"""What a number measures, in the document's own words: the noun phrase before it, else the one after it.

Rule of the language: a level stands behind its indicator (卫生厕所普及率达到85%), a count before its noun (完成170户农村危房改造);
a number that only compares or divides goes on with the indicator before it (同比增长8.3%, 其中一季度4500万元).
"""

from __future__ import annotations

import re

from extractors.lexicon import patterns, settings, words
from extractors.lexicon.edges import first_characters, last_characters
from extractors.lexicon.scanning import tree

_MAX = 30


def _any(key: str) -> str:
    return tree(words("figures", key))


_LINK_BACK = re.compile(rf"(?:{_any('link')}|[\s“\"'(（\[【])$")
_LINK_ENDS = frozenset({w[-1] for w in words("figures", "link")} | set("“\"'(（[【"))
_GUARD = words("figures", "link_guard")
_LIST_NUMBER = re.compile(r"\s*(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[一二三四五六七八九]是|[①-⑳])?")
_COMPARED = re.compile(
    r"同比|环比|较(?!好|大|快|多|高|为|强|少|低)|比(?<![占师生]比)(?!例|重|率|值|赛|对|选|武|拼|去[^年])"
)
# 比前一学年提高, 低于全市平均水平, 落后序时进度: only compared; what is compared stands before.
_ONLY_COMPARED = re.compile(settings("figures")["only_compared"])
_SHARE_ALONE = re.compile(r"(?:仍|约|共|只|仅)*(?:占(?:全[球国省市县区镇乡]|总[数量额])?的?|占比|比重|比例|占比重)")
_MEANS = ("平", "年", "人", "户", "亩", "村", "月", "日")
_LEVEL_FROM = re.compile(r"(?:由|从)(?:目前|原来|现在|原|[上去前]年|年初|每[吨人亩户车台])的?$")
_GENERIC_HEAD = re.compile(rf"(?:{_any('generic')})$")
# A body that acts, before its verb (市防办抽查, 县卫健局要完成): no part of what is measured.
_SUBJECT = re.compile(
    rf"[一-龥()]{{0,14}}?(?:{patterns('figures', 'body')})(?:(?:要|应|须|将|拟|负责|牵头|于|需|各|还|再|共|已)+在?|(?=(?>{_any('verb')}|督查|巡查)(?![率量数额面度费期人])))"
)
_CO_SUBJECT = re.compile(
    r"[一-龥()]{2,14}?(?:局|委|办|政府|公司|部门)[、和及与](?=[一-龥()]{2,14}?(?:局|委|办|政府|公司|部门))"
)
_PLACE_ALONE = re.compile(
    rf"(?:[一-龥]{{1,6}}(?:{_any('place')})|全[县市区镇乡省州校院旗村国]|我[县市区镇乡省州校院局委]|本[县市区镇校院])(?:等|共|现|尚|还|仍|有)*"
)
_BY_RATE = re.compile(
    r"(?:的?(?:比例|标准))?(?:给予|予以|进行)?((?:奖补|补助|补贴|资助|奖励|补偿|贴息|配套|提取|计提|兑付|返还)[一-龥]{0,4})"
)
_LIST_ITEMS = re.compile(r"[、，,]|以及|[和与及]")
_BOUND_TAIL = re.compile(
    r"(?:及?以上|以下|以内|之内|左右|上下|[(（]不?含[)）]|大关|关口|台阶)?[、,，;；和及]?"
)  # of the number before
_UNIT_NOTE = re.compile(r"[(（][^()（）]{1,10}[)）]?$")  # 地区生产总值(亿元)
_GIVEN = re.compile(r"^.*(?:给予|予以)(?:不超过|最高|不低于)?(?=.)")
_SHARE_OF = re.compile(r"(?:及?以上|以下|左右|上下|多|余)?的(?![不须应由予给按一扣取将])[一-龥]")
_HANDING = re.compile(rf"(?:{_any('handing')})$")
_LEAD = re.compile(rf"(?:(?!{_any('lead_guard')})(?:{_any('lead')})|的|[\s,，、。;；:：)）\]】”\"'\-—·.])*+")
_VERB_ONLY = re.compile(rf"(?:{_any('verb')}|{_any('lead')}|了|出|好|[\s、])*+")
_VERB_END = re.compile(rf"(?:{_any('verb')})(?:了|出)?$")
_LEAD_ONLY = re.compile(rf"(?:{_any('lead')}|{_any('link')}|[\s,，、。;；:：另等“\"(（])*+")
_CHANGE_ONLY = re.compile(settings("figures")["change_only"])
_RIGHT = re.compile(
    r"(?:以上|以下|以内|之内|左右|上下|多|余|及以上)?(?:的)? ?((?:(?!  )[^,，。.;；:：、!！?？()（）\[\]【】〔〕→⟶\u3000\n\t]){1,24})"
)
_RIGHT_STOP = re.compile(patterns("figures", "right_stop"))
_CUT = re.compile(
    r"获得|荣获|获评|(?<!收)获(?![得批取])|使得|使|确保|力争|实现|推动|带动|把|将|对|让|其中|争取|预计|累计|完成|达成|新增"
)
_BARE_RIGHT = re.compile(r"(?:大关|关口|台阶|以上|以下|以内|之内|左右|上下|及以上|多|余)+")


_NUMBER_HEADS, _TAIL_HEADS = first_characters(_LIST_NUMBER), first_characters(_BOUND_TAIL)
_LEVEL_ENDS, _VERB_ENDS, _HANDING_ENDS = map(last_characters, (_LEVEL_FROM, _VERB_END, _HANDING))


def _without_number(words: str) -> str:
    return words[_LIST_NUMBER.match(words).end() :] if words[:1] in _NUMBER_HEADS else words  # type: ignore[union-attr]


def before(left: str) -> str:
    """The indicator in the words that stand before a number in its clause; empty if they hold none."""
    opened = left.rfind("(")
    if opened >= 0 and ")" not in left[opened:] and len(left) - opened > 2:
        left = left[opened + 1 :]
    if left[:1] in _TAIL_HEADS:
        left = left[_BOUND_TAIL.match(left).end() :]  # type: ignore[union-attr]
    cut = _strip_end(_without_number(left))
    if cut[-1:] in _LEVEL_ENDS and (level := _LEVEL_FROM.search(cut)) and level.start() >= 2:
        cut = cut[: level.start()]
    cut = _without_number(cut)
    bare = cut[_LEAD.match(cut).end() :]  # type: ignore[union-attr]
    cut = bare if len(bare) >= 2 or len(cut) < 3 else cut
    while subject := _SUBJECT.match(cut) or _CO_SUBJECT.match(cut):
        cut = cut[subject.end() :]
        bare = cut[_LEAD.match(cut).end() :]  # type: ignore[union-attr]
        cut = bare if len(bare) >= 2 else cut
    if _ONLY_COMPARED.fullmatch(cut):
        return ""
    cut = _UNIT_NOTE.sub("", cut) if "(" in cut or "（" in cut else cut
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
        if 2 <= len(tail) < len(phrase) and not (mark == "的" and len(tail) <= 4 and _GENERIC_HEAD.search(tail)):
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
        if left[end] == "均" and left[end - 1 : end] in _MEANS:
            return left[: end + 1]
    return left[:end]


def after(text: str, place: int, end: int) -> str:
    """The noun phrase that follows a number which ends at ``place``, up to ``end``; empty if none does."""
    m = _RIGHT.match(text, place, end)
    if m is None:
        return ""
    phrase = m.group(1)
    more = _RIGHT.match(text, m.end() + 1, end) if len(phrase) <= 3 and text.startswith("、", m.end()) else None
    if more is not None and more.end() < end:  # 6个国控、省控断面; before a number another member of the list stands
        phrase = text[m.start(1) : more.end()]
    if _BARE_RIGHT.fullmatch(phrase):
        return ""
    stop = _RIGHT_STOP.search(phrase, 1 if phrase[0] == "未" else 0)
    if stop:
        if stop.start() >= 2:
            phrase = phrase[: stop.start()]
        elif stop.start() == 0 or phrase[0] in "增升降减扩压缩":
            return ""
    return phrase.strip(" “”\"'").rstrip("和及与等")


def by_rate(text: str, place: int, end: int) -> str:
    """What is given at a rate that ends at ``place`` (按8%给予奖补 → 奖补); empty if nothing is."""
    m = _BY_RATE.match(text, place, end)
    return m.group(1) if m else ""


def items(left: str, count: int) -> list[str]:
    """What each of ``count`` numbers measures that 分别 shares out among the members of a list (A、B和C分别为).

    Where the members are mere attributes of one head (城镇、农村居民收入), or their number is another, each measures the whole.
    """
    whole = before(left)
    parts = [p for p in _LIST_ITEMS.split(left[left.rfind("(") + 1 :]) if p.strip()][-count:]
    if len(parts) == count and count > 1:
        found = [before(p) for p in parts]
        short = min(len(p) for p in found)
        if short >= 2 and not (short <= 4 and len(found[-1]) >= short + 3):
            return found
        whole = left.strip(" ,，、:：")[-_MAX:]
        whole = whole[_LEAD.match(whole).end() :]  # type: ignore[union-attr]
    return [whole] * count


def is_share_only(phrase: str) -> bool:
    """True where the phrase only says that the number is a share of what was counted before (占, 仍占)."""
    return _SHARE_ALONE.fullmatch(phrase) is not None


def is_place_only(phrase: str) -> bool:
    """True where nothing stands before a number but whose it is (全县, 白塔镇)."""
    return _PLACE_ALONE.fullmatch(phrase) is not None


def ends_in_verb(phrase: str) -> bool:
    """True where a verb that takes what it counts stands directly before the number (依托总队建设31个省级库)."""
    return phrase[-1:] in _VERB_ENDS and _VERB_END.search(phrase) is not None


def of_many(text: str, place: int) -> bool:
    """True where the number is a share of the noun that follows (三成左右的县区)."""
    return _SHARE_OF.match(text, place) is not None


def hands_out(left: str) -> bool:
    """True where a verb of giving stands directly before the number."""
    return _hands_out(left) or _hands_out(_strip_end(left))


def _hands_out(left: str) -> bool:
    return left[-1:] in _HANDING_ENDS and _HANDING.search(left) is not None


def is_verb_only(phrase: str) -> bool:
    """True where the phrase holds nothing but verbs and adverbs (完成, 计划新建)."""
    return not phrase or _VERB_ONLY.fullmatch(phrase) is not None


def is_lead_only(phrase: str) -> bool:
    """True where no noun and no verb of its own stands before the number (其中, 力争, 尚有)."""
    begin = _LIST_NUMBER.match(phrase).end() if phrase[:1] in _NUMBER_HEADS else 0  # type: ignore[union-attr]
    return _LEAD_ONLY.fullmatch(phrase, begin) is not None


def is_change_only(phrase: str) -> bool:
    """True where the phrase only compares (同比增长, 比上年减少) and so goes on with the indicator before it."""
    return not phrase or _CHANGE_ONLY.fullmatch(phrase) is not None
