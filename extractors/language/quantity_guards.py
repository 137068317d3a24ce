"""What looks like a number and is none: ordinals, list numbers, document numbers, codes, names, clock and date parts.

All functions take folded text and the offsets of the numeral, and look at a few characters around it.
"""

from __future__ import annotations

import re
from functools import cache

from extractors import lexicon
from extractors.language.measures import Measure
from extractors.language.quantity_cues import begins_with, ends_with, refusals
from extractors.language.quantity_reading import Reading

_BREAK = '\n。；;:！？!?\t”"'
_OPEN = "(（[［〔【<《“\"'‘「"
_CLOSE = ")）]］〕】>》”\"'’」"
_LETTER = re.compile(r"[A-Za-z]")
_LIST_END = re.compile(r"[、.．)）]")
_TURNS = frozenset(("次", "轮", "期", "层", "批", "类"))  # 二次 is the second time, twice is 两次
_HEADING = re.compile(r"[ \u3000]{1,3}[\u4e00-\u9fff]")
_ITEM = re.compile(r"[、.．)）] ?(?![一二两三四五六七八九十百千万])[\u4e00-\u9fff“《]")
_SERIES = re.compile(r"(?:[、和及]\d{1,2}){1,11}+(?:月|日|号|周|年|期)")  # 5、8、11月
_NUMBERED_NOUN = frozenset("率比达至到为")
_LARGE = frozenset("十百千万亿点")
_DEVICES = frozenset(("台", "套", "部", "辆", "架", "台套"))
_NUMBERED_PARTS = frozenset(("标段", "单元"))  # 3标段, 2单元: the third, the second; five are 5个标段
_PARTS_OF = {("班", "级"), ("分", "时")}  # 一年级2班, 3小时20分
_COUNTED = "共计分为设各等成含"
_AFTER_LETTERS = frozenset(("concentration", "percent", "money"))
_ABBREVIATED = re.compile(r"(?<![A-Za-z])[A-Z]{2,5}$")  # 购置CT1台, GDP300亿元, BOD96毫克/升
_SERIAL = re.compile(r"[一二两三四五六七八九](?![十百千万亿个家户人名年月日点分])[\u4e00-\u9fff][一二两三四五六七八九]")
_SLOGAN = re.compile(r"一\w一\w")
_FORMAL = frozenset(lexicon.settings("quantities")["formal"])
_BARE_NEXT = frozenset("或以左多的,，。；、！？)）\n\t ~-—+至到;:,“”\"')]】》%亿万余及个.")


@cache
def _refused() -> tuple[frozenset[str], dict[str, tuple[tuple[int, int], ...]]]:
    """Words with numerals, and where such a word begins and how long it is, by their numeral character and its neighbour:
    the one before it, or after it where the word begins with the numeral."""
    words = lexicon.settings("quantities")["refuse"]["words"]
    places: dict[str, set[tuple[int, int]]] = {}
    for word in words:
        for i, character in enumerate(word):
            if character in "一二两三四五六七八九十百千万亿半":
                beside = "^" + word[:2] if i == 0 else word[i - 1 : i + 1]
                places.setdefault(beside, set()).add((i, len(word)))
    return frozenset(words), {c: tuple(p) for c, p in places.items()}


def in_word(text: str, start: int, body: str) -> bool:
    """Whether the Chinese numeral at ``start`` is part of a listed word (统一, 一方面) or slogan (一企一策)."""
    words, places = _refused()
    for beside in ("^" + text[start : start + 2], text[start - 1 : start + 1]):
        for offset, length in places.get(beside, ()):
            if start >= offset and text[start - offset : start - offset + length] in words:
                return True
    if body != "一":
        return False
    return bool(_SLOGAN.match(text, start)) or (start > 1 and bool(_SLOGAN.match(text, start - 2)))


_ORDINAL_HEADS = frozenset("第 ")


def ordinal(text: str, start: int) -> bool:
    """Whether 第 stands before the numeral, or before the left number of its range."""
    before = text[start - 1 : start]
    return before == "第" or (before == " " and text[start - 2 : start - 1] == "第")


_ORDINALS = re.compile(r"(?:[、和及与](?:\d{1,3}(?![\d.]))){1,20}+|(?:[、和及与][一二三四五六七八九十]{1,3}){1,20}+")


def ordinals_end(text: str, end: int, script: str) -> int:
    """The end of the further members of a list of ordinals that writes 第 once (第3、5、8条)."""
    more = _ORDINALS.match(text, end)
    return more.end() if more and (text[end + 1].isdigit() == (script == "arabic")) else end


_SESSION = re.compile(r"届[^，。；、\s\d]{0,6}\Z")


def session(text: str, start: int) -> bool:
    """Whether a count of 次 is the ordinal of a meeting (三届五次, 五届人大三次会议)."""
    left = start - 8 if start > 8 else 0
    return text.find("届", left, start) >= 0 and _SESSION.search(text, left, start) is not None


def coded(text: str, start: int, end: int) -> bool:
    """Whether an Arabic number is glued to letters or to further parts of a code (G15, PM2.5, 3.2.1)."""
    before = text[start - 1 : start] if start else ""
    if before:
        if before.isascii() and before.isalpha():
            return True
        if (before == "-" and text[start - 2 : start - 1] == "号") or (
            before == "+" and text[start - 2 : start - 1].isdigit()
        ):
            return True  # K47+150段
        if (
            before in "-_./·"
            and start > 1
            and (
                text[start - 2].isascii()
                and (text[start - 2].isalpha() or (before == "." and text[start - 2].isdigit()))
            )
        ):
            return True
        if (
            before == " "
            and _LETTER.match(text, start - 2)
            and _LETTER.match(text, start - 3)
            and text[end : end + 1] in ("-", ".")
        ):
            return True
    after = text[end : end + 1]
    return after == "." and text[end + 1 : end + 2].isdigit()


def listed(text: str, start: int, end: int) -> bool:
    """Whether the number opens an item: 1. 2、 (3) at the start of a line or after 。；:."""
    after = text[end : end + 1]
    before = text[start - 1 : start] if start else "\n"
    if before == "(":
        return after == ")"
    if end > start + 1 and text[end - 1] in "万亿" and text[start].isdigit():
        return False  # 到位资金4,700万.
    if not after or not _LIST_END.match(after):
        return False
    if before in (" ", "\u3000"):
        at = start - 1
        while at >= 0 and text[at] in " \u3000" and start - at < 8:
            at -= 1
        before = text[at] if at >= 0 else "\n"
        if _ITEM.match(text, end) or (after == "." and not text[end + 1 : end + 2].isdigit()):
            return True
    if before in _NUMBERED_NOUN:
        return False  # 处置率100.三、…: the end of a sentence in half-width marks
    if after == "." and text[end + 1 : end + 2] not in ("", "\n", " "):
        return True
    return before in _BREAK


def bare_refused(text: str, start: int, end: int) -> bool:
    """Whether an Arabic number without a measure is a code, an ordinal, a year, a label or a telephone number."""
    after = text[end : end + 1]
    before = text[start - 1 : start] if start else ""
    if after == " " and text[end + 1 : end + 2] == "号":
        return True
    if after.isascii() and after.isalpha():
        return True
    if (after and after in "+×*") or (before and before in "+×*"):
        return True
    if before and before in _OPEN and after and after in _CLOSE:
        return True
    if before in ("〔", "[") or after in ("〕",) or (before == "-" and text[start - 2 : start - 1].isdigit()):
        return True
    if begins_with(text, end, "after") or ends_with(text, start, "before"):
        return True
    digits = text[start:end]
    if digits.isdigit():
        if len(digits) >= 7 and (digits[0] == "0" or (len(digits) == 11 and digits[0] == "1") or len(digits) > 15):
            return True
        if len(digits) > 1 and digits[0] == "0":
            return True
        alone = not before and not after
        if (
            not alone
            and len(digits) == 4
            and "1950" <= digits <= "2060"
            and before not in ("共", "达", "为", "约", "近", "超", "过")
        ):
            return True
        if not alone and digits in refusals("codes")[0]:
            return True
    if "." in digits and before in ("", "\n") and _HEADING.match(text, end):
        return True  # 2.1 at the head of a line numbers a section
    return _SERIES.match(text, end) is not None or listed(text, start, end)


def refused(text: str, folded: str, number: Reading, end: int, measure: Measure | None, *, ranged: bool) -> bool:
    start, body = number.start, number.body
    before = folded[start - 1 : start]
    if not body or before == "每" or (before in _ORDINAL_HEADS and ordinal(folded, start)):
        return True  # 每10万人: what something is counted per
    if measure is not None and measure.canonical in _TURNS and (body == "二" or session(folded, start)):
        return True
    if number.script != "chinese":
        # most numbers stand after a Chinese character
        if (before <= "·" or folded[number.end : number.end + 1] == ".") and coded(folded, start, number.end):
            return not (
                (
                    number.body[-1] in "万亿"
                    if measure is None
                    else measure.canonical in _DEVICES
                    or measure.dimension in _AFTER_LETTERS
                    or "克/" in measure.canonical
                )
                and _ABBREVIATED.search(folded, max(0, start - 12), start)
            )
        if measure is None:
            return bare_refused(folded, start, end)
        return (
            measure.canonical in _NUMBERED_PARTS
            and folded.startswith(measure.canonical, number.end)
            and not (before and before in _COUNTED)
        ) or (
            (measure.canonical, before) in _PARTS_OF  # 一年级2班
        )
    return _chinese_refused(text, folded, number, end, measure, ranged=ranged)


def _chinese_refused(
    text: str, folded: str, number: Reading, end: int, measure: Measure | None, *, ranged: bool
) -> bool:
    start, body = number.start, number.body
    shares = measure is not None and measure.dimension in ("percent", "ratio", "points")
    if shares:
        return False
    alone = len(text) - end + start < 40 and not text[:start].strip() and not text[end:].strip()
    if alone and body not in ("百", "千", "万", "亿"):
        return False
    if in_word(folded, start, body):
        return not (
            body == "十"
            and measure is not None
            and measure.canonical == "分"
            and text[start - 1 : start] in "扣加得计占满"
        )
    before = folded[start - 1 : start] if start else ""
    if before and before in "上数" and not body.strip("十百千万亿"):
        number.start -= 1
        number.approx, number.high = True, None
        return False
    if not body.strip("百千万亿"):
        few = (
            number.approx
            or before in ("近", "超", "约", "过", "逾", "成", "破", "达", "足", "满")
            or folded.endswith("不到", 0, start)
        )  # 突破千元, 产值达千亿元
        return not few and not folded.startswith(("以上", "以下", "余", "多"), end)
    if len(body) == 1 and _SERIAL.match(folded, max(0, start - 2)) and start > 1:
        return True  # 一主两副, 三横四纵
    if measure is None:
        return _bare_chinese_refused(folded, number, end, before, ranged=ranged)
    if ranged:
        return False
    if body == "一" and measure.unit.no_one:
        return True
    if len(body) == 1 and body not in "两十" and measure.unit.arabic:
        return True
    if body == "几":
        return True
    return len(body) == 1 and text[start] in _FORMAL and measure.dimension != "money"


def _bare_chinese_refused(folded: str, number: Reading, end: int, before: str, *, ranged: bool) -> bool:
    body = number.body
    after = folded[end : end + 1]
    if number.approx and before not in ("", " ", "约", "有"):
        return "万" not in body and "亿" not in body and after not in _BARE_NEXT
    if len(body) == 1 or _LARGE.isdisjoint(body):
        return not (
            len(body) == 1 and before in ("为", "是", "达", "到", "零") and (not after or after in "，。；、,;)）\n")
        )
    if listed(folded, number.start, end) or begins_with(folded, end, "after"):
        return True
    if before and before in "“‘\"'《(（〔" and after and after in "”’\"'》)）〕":
        return True
    if "万" in body or "亿" in body:
        return after == "一"
    return bool(after) and after not in _BARE_NEXT
