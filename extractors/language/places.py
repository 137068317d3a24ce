"""The one scan that names the places of a folded text where a time can begin.

It may name too many, the grammars decide; what it does not name is never read. One character that can begin a time comes
first, so that the engine skips the rest of the text by a table; all repeats are bounded, so that hostile text stays linear.
"""

from __future__ import annotations

import re

from extractors.language import feasts
from extractors.language.points import SP
from extractors.lexicon import settings


def _by_first(words: list[str]) -> str:
    """A regex alternation of words in which each first character is tried once."""
    rests: dict[str, list[str]] = {}
    for word in words:
        rests.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in rests.items())


_WORDS = settings("times")
_LITERAL = [
    "今明两年",
    *(word for entry in _WORDS["relative"] for word in entry["words"]),
    *feasts.names(),
    *_WORDS["events"]["terms"],
]
_N = "0-9〇零一二三四五六七八九十廿卅两俩半"
# What shows that a number tells a time, and a list or range of numbers that ends so.
_UNIT = (
    "(?:[年月日号天周季旬]|个(?=[月多余来半工星礼季小周学钟])|[多余来]个?[年月日天周]|工作日|星期|礼拜|世纪|小时|钟头|分钟|学[年期]"
    "|半[年月天小个]|万个?小时)"
)
_AND = f"(?:[-至到、和及与或,]{{1,3}} ?[{_N}]{{1,4}}){{1,12}} {{0,3}}[年月日号天周季个工星小学]"
_NUMBER = (
    rf"(?<=\d)(?:\d{{0,8}}+(?:,\d{{3}}){{0,3}}(?:\.\d{{1,4}}+)?+{SP}+(?:{_UNIT}|{_AND})|\d{{3}}[-/.]\d|\d{{3}}[到至][12]\d{{3}}"
    rf"|\d{{7}}(?!\d)|\d?[./]\d{{1,2}}[之以]?前|\d{{0,2}}[_*×Xx]{{1,8}} {{0,3}}年)|(?<!\d)[{_N}百千点O]{{0,7}}{SP}+(?:{_UNIT}|{_AND})"
)
_PATTERNS = [
    "[上中下]{1,2}旬",
    "[年季月][初中底末终内]",
    "年度[内末底]",
    "岁末",
    f"“(?:{'|'.join(feasts.names())})",
    "第 ?[一二] ?学期",
    "元月",
    "[上下]半年",
    "前[二三两23] ?个?季度",
    "第 ?[0-9一二三四五六七八九十]{1,3} ?(?:(?:-{1,3}|至|到) ?第?[0-9一二三四五六七八九十]{1,3} ?)?(?:季|周|个?星期|个?礼拜)",
    "汛[前后]",
    "首季",
    "上个?世纪[1-9一二三四五六七八九]",
    "[Qq][1-4]",
    '[“"「]?十[一二三四五六七八九]?五',
    '[“"「][七八九]五',
    "[_*×Xx]{1,8} {0,3}年",
    "[单双]周的?(?:周|星期|礼拜)",
    "每[早晚]",
    "(?:周|星期|礼拜)[一二三四五六日天](?:[前之以上下中、]|早上|晚上)",
    f"(?:近|最近|过去的?|未来的?|今后|用|上|下|前|后) {{0,2}}[{_N}]{{1,4}} {{0,3}}(?:{_UNIT}|{_AND})",
    f"每(?:间?隔)? {{0,3}}[{_N}]{{0,3}} {{0,3}}个?[半年月季周日天旬学工星礼]",
    "[逐按][年月季周日旬半]",
    "隔[年月周日天]",
]
_HEADS = (
    "".join(sorted({word[0] for word in _LITERAL}))
    + '岁年月季旬上中下前后首元QqXx_*×“"「第近最过未用每逐按隔周星礼单双'
)
# The characters that can come second, a table as well: most heads are dropped here before any word is tried.
_SECOND = (
    "".join(sorted({word[1] for word in _LITERAL}))
    + " 半年月季周日天旬学工星礼期拜个间隔近去早晚来后世初中底末终内度上下_*×Xx五七八九十"
)

PLACE = re.compile(
    f"[{_N}{_HEADS}](?:(?<=[{_N}])(?<![{_N}][{_N}])(?:{_NUMBER})"
    rf"|(?<=[^0-9])(?=[{_N}{_SECOND}])(?<=(?={'|'.join([_by_first(_LITERAL), *_PATTERNS])}).))"
)
