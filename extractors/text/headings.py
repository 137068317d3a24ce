"""List numbers and headings: 一、 （一） 1. （1） ① 第一章, at the start of a line or inside it."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from extractors.lexicon import words

_HAN_DIGITS = "一二三四五六七八九十"
_VALUES = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "十": 10}

# Rank orders the styles from outermost to innermost (GB/T 9704: 一、 （一） 1. （1）), level is what Segment.level says.
_STYLES = {
    "chapter": (0, 1),
    "section": (1, 1),
    "han": (2, 1),
    "paren_han": (3, 2),
    "article": (4, 3),
    "arabic": (4, 3),
    "dotted": (5, 4),
    "dotted_twice": (6, 5),
    "paren": (7, 4),
    "circle": (8, 5),
    "matter": (4, 3),
}

NUMBER = re.compile(
    rf"第[ ]?(?P<chapter>[{_HAN_DIGITS}百\d]{{1,4}})[ ]?(?:章|编|部分)(?![{_HAN_DIGITS}\d])[、:.]?"
    rf"|第[ ]?(?P<section>[{_HAN_DIGITS}百\d]{{1,4}})[ ]?节[、:.]?"
    rf"|第[ ]?(?P<article>[{_HAN_DIGITS}百\d]{{1,4}})[ ]?条[、:.]?(?![{_HAN_DIGITS}])"
    rf"|(?P<han>[{_HAN_DIGITS}]{{1,3}})[ ]?[、.．](?:(?![{_HAN_DIGITS}、])|(?=[一二三四]季度))"
    rf"|[(（][ ]?(?P<paren_han>[{_HAN_DIGITS}]{{1,3}})[ ]?[)）][、.]?|(?P<closed_han>[㈠-㈩])[、.]?"
    r"|(?P<arabic>\d{1,3})(?:[、．]|\.(?!\d)|[)）])(?!\d)|(?P<arabic_dot>[⒈-⒛])|(?P<spaced>\d{1,2})[ ](?=[\u3400-\u9fff])"
    r"|(?P<dotted>\d{1,2}(?:\.\d{1,2}){1,3})(?:[、．.]?[ ]?)(?=[\u3400-\u9fff])"
    r"|[(（][ ]?(?P<paren>\d{1,2})[ ]?[)）][、.]?|(?P<closed>[⑴-⒇])[、.]?"
    r"|(?P<circle>[①-⑳])[、.]?"
    rf"|(?:反馈|整改)?(?:问题|事项|任务)(?P<matter>[{_HAN_DIGITS}]{{1,3}}|\d{{1,3}})[:：](?=[^\n]{{4}})"
)
# What a list number begins with, besides a digit.
_NUMBER_HEADS = frozenset(
    f"第(（反整问事任{_HAN_DIGITS}"
    + "".join(chr(c) for a, b in ("㈠㈩", "⒈⒛", "⑴⒇", "①⑳") for c in range(ord(a), ord(b) + 1))
)
# 3.8月底前: the number 3 before a date.
_NUMBER_BEFORE_DATE = re.compile(r"(?P<arabic>\d{1,2})[.、](?=\d{1,2}月|\d{4}年|\d{1,2}日)")
_CLOSED = {
    "closed_han": ("paren_han", 0x3220),
    "arabic_dot": ("arabic", 0x2488),
    "closed": ("paren", 0x2474),
    "circle": ("circle", 0x2460),
}


@cache
def measure_heads() -> frozenset[str]:
    """First characters of the words that follow a number which counts something."""
    return frozenset(w[0] for w in words("text_clean", "measures"))


class Number(NamedTuple):
    """A list number (clean offsets): its style, place in the order of styles, value, and where the text after it begins."""

    style: str
    rank: int
    level: int
    value: int
    start: int
    body: int


def numeral(text: str) -> int:
    """Value of a list numeral below 1000, Chinese or Arabic (十二, 二十, 12)."""
    if text.isdecimal():
        return int(text)
    total = current = 0
    for c in text:
        if c == "百":
            total += (current or 1) * 100
            current = 0
        elif c == "十":
            total += (current or 1) * 10
            current = 0
        else:
            current = _VALUES.get(c, 0)
    return total + current


def _is_decimal(text: str, m: re.Match[str], length: int) -> bool:
    """Whether 1.5 at the start of a line is a quantity (1.5亿元) and no list number (1.5适用范围)."""
    return text[m.end() - 1].isdecimal() and (length > 24 or text[m.end()] in measure_heads())


def number_at(text: str, start: int, end: int, expected: int = 0) -> Number | None:
    """The list number that begins at ``start``, None if there is none.

    ``expected`` is the value that an Arabic number would have here; it decides 3.8月底前 (the third point) against 3.8.
    """
    if start >= end or not ((head := text[start]) in _NUMBER_HEADS or head.isdecimal()):
        return None
    m = NUMBER.match(text, start, end)
    if m is None or (m.lastgroup == "dotted" and _is_decimal(text, m, end - start)):
        m = _NUMBER_BEFORE_DATE.match(text, start, end)
        if m is None or int(m[1]) != expected:
            return None
    name = m.lastgroup or ""
    raw = m[name]
    if name in _CLOSED:
        style, base = _CLOSED[name]
        value = ord(raw) - base + 1
    elif name == "dotted":
        style = "dotted" if raw.count(".") == 1 else "dotted_twice"
        value = numeral(raw.rsplit(".", 1)[-1])
    else:
        style, value = ("arabic" if name == "spaced" else name), numeral(raw)
    rank, level = _STYLES[style]
    body = m.end()
    while body < end and text[body] == " ":
        body += 1
    return Number(style, rank, level, value, start, body)


_BRACKETED = re.compile(r"\([^()\n]{0,60}\)|“[^”\n]{0,40}”|《[^》\n]{0,60}》")
_CLAUSE = re.compile("[,，;；:：]")
_INNER_STOP = re.compile(r"[。.](?:(?<=。)|(?<=[\u3400-\u9fff)”%]\.)(?=[\u3400-\u9fff“]))")
# A title does not say who must do what, by when, or how much.
_FIGURE = re.compile(r"\d[\d.,]*(?:%|个|名|家|户|万|亿|元|项|件|条|次|台|套|座|处|亩|吨|公里|米|人|日|号|分)")
_SENTENCE_LIKE = re.compile(  # a literal at the head of every branch, which the engine skips to
    r"要(?<![主重需首提纪概必紧简扼摘]要)(?![求点闻素旨务事性目件闻义因员])|须(?!来)|将(?!来)|应当|应[在按当由该]|必须|负责|牵头|于\d|月底|年底|不少于|不低于|以上|截至|其中|现将|如下"
    r"|我[局市县区镇院校委办司们]|各[镇县市区单部乡街校科]|是|的情况下|已经|了"
)


def is_title(text: str) -> bool:
    """Whether a stretch without its list number reads like a heading: short, no figure, no duty, no full sentence."""
    bare = _BRACKETED.sub("", text) if "(" in text or "“" in text or "《" in text else text
    bare = bare.rstrip("。.:：;； ")
    if not bare or len(bare) > 42:
        return not bare and 0 < len(text) <= 30
    parts = _CLAUSE.split(bare)
    if len(parts) > 4 or max(map(len, parts)) > 26 or (len(parts) > 1 and max(map(len, parts)) > 18):
        return False
    return not (_INNER_STOP.search(bare) or _SENTENCE_LIKE.search(bare) or _FIGURE.search(bare))


# Opens with one character class for speed; what may stand before is looked at on the few matches.
_INLINE = re.compile(
    rf"[{_HAN_DIGITS}\d(①-⑳](?:(?=[{_HAN_DIGITS}\d、.])(?:(?<=[{_HAN_DIGITS}])[{_HAN_DIGITS}]{{0,2}}、(?:(?![{_HAN_DIGITS}、])|(?=[一二三四]季度))|(?<=\()(?:[{_HAN_DIGITS}]{{1,3}}|\d{{1,2}})\)"
    r"|(?<=\d)\d?(?:、(?!\d)|\.(?!\d)|\.(?=\d{1,2}月|\d{4}年)))|(?<=[①-⑳]))"
)
_NOT_BEFORE = {"han": frozenset("第十百千万" + _HAN_DIGITS), "arabic": frozenset("."), "paren": frozenset("年")}
_BOUNDARY = frozenset("。.;；:：!！?？)）】”》 ")
_STRONG = frozenset("。.;；!！?？:：")
_CLOSERS = _STRONG | frozenset(")）〕】")
_SECONDS = {"han": "二、", "paren_han": "(二)"}
LOST = 300  # a line longer than this, with a row of numbers in it, has lost its line breaks


class Stretch(NamedTuple):
    """What the lines of a part have in common: whether it has lost its line breaks, and where a second number of each
    style last stands (a first number opens a list only if a second one follows)."""

    lost: bool
    seconds: dict[str, int]


def stretch(text: str, start: int, end: int, lost: bool) -> Stretch:
    """The stretch of a part."""
    return Stretch(lost, {style: text.rfind(second, start, end) for style, second in _SECONDS.items()})


def inline_numbers(text: str, start: int, end: int, last: dict[str, int], around: Stretch) -> list[Number]:
    """List numbers inside a line, after its start: each begins a heading or item of its own.

    ``last`` holds the latest value of every style in the part. A number counts where it continues its row (or opens one
    that goes on) and stands at a border; in a text that has lost its line breaks the border may be missing.
    """
    found: list[Number] = []
    for m in _INLINE.finditer(text, start + 1, end):
        before = text[m.start() - 1]
        digit = m[0][0].isdecimal()
        if digit and before.isascii() and before.isalnum():
            continue
        n = number_at(text, m.start(), end, int(m[0][:-1]) if digit else 0)
        if n is not None and before not in _NOT_BEFORE.get(n.style, ""):
            found.append(n)
    if not found:
        return found
    lost = around.lost or end - start > LOST
    kept: list[Number] = []
    seen = dict(last)
    following: dict[tuple[str, int], int] = {}
    for k, n in enumerate(found):
        following[n.style, n.value] = k
    for k, n in enumerate(found):
        before = text[n.start - 1]
        border = before in _BOUNDARY
        if before == " " and text[n.start - 2 : n.start - 1] in _CLOSERS:  # (基建科) 2.改善办学条件
            before = text[n.start - 2]
        continues = n.value > 1 and seen.get(n.style) == n.value - 1
        opens = n.value == 1 and (following.get((n.style, 2), -1) > k or around.seconds.get(n.style, -1) > n.body)
        if n.style in ("paren", "circle"):
            accept = lost and before in _STRONG and (continues or opens) and before not in ":：;；"
        elif n.style == "arabic":
            orphan = before in "。;；" and text[n.body - 1] == "."
            accept = (before in _STRONG and (continues or opens or orphan)) or (before in ")）〕】" and continues)
            if around.lost and before > "\u3400" and before != "第" and text[n.body : n.body + 1] > "\u3400":
                under = kept[-1] if kept else None
                accept = (
                    continues or opens or (n.value == 1 and under is not None and is_title(text[under.body : n.start]))
                )
        elif border:
            accept = continues or opens or (n.value == 1 and n.style == "paren_han" and lost)
        else:
            accept = lost and (continues or (opens and n.style == "paren_han"))
        if accept:
            seen[n.style] = n.value
            for style, (rank, _) in _STYLES.items():
                if rank > n.rank and style != "arabic":  # 1. 2. may run on through the sections
                    seen.pop(style, None)
            kept.append(n)
    return kept


# 二、存在的问题一是续保率不高: with its line break a heading has lost the mark that ends it.
_RUN_ON = re.compile(
    r"[\u3400-\u9fff]{0,12}?(?:情况|问题|措施|打算|安排|建议|不足|成效|做法)(?=一是|\(一\)|\d{1,2}(?:-\d{1,2})?月|\d{4}年|今年以来|上半年[,，]|截至|截止)"
)
_TITLE_END = re.compile(r"[。.;；:：!！?？ \n]")


def heading_end(text: str, n: Number, end: int) -> int:
    """Where the heading that a number opens ends, its closing mark included; ``n.body`` if what follows is no heading.

    ``end`` is the end of the line, or the next number in it.
    """
    whole = text[n.body : end].rstrip()
    apart = " " in whole and whole[-1:] in "。.;；"  # a heading, a space, and a sentence: line breaks are lost
    if len(whole) <= 60 and not apart and is_title(whole):
        return n.body + len(whole)
    if n.style == "han" and (run_on := _RUN_ON.match(text, n.body, end)) and is_title(run_on.group()):
        return run_on.end()
    at = n.body
    limit = min(end, n.body + 60)
    for _ in range(4):
        m = _TITLE_END.search(text, at, limit)
        if m is None:
            return n.body
        stop = m.start()
        inside = text.count("(", n.body, stop) > text.count(")", n.body, stop)
        if not inside and m[0] not in "!！?？" and stop > n.body + 1:
            if m[0] == "." and text[stop - 1].isdecimal():
                return n.body
            if m[0] == " " and not (text[stop + 1 : stop + 2] > "\u3400" or text[stop + 1 : stop + 2] in "_“《"):
                at = m.end()
                continue
            if is_title(text[n.body : stop]):
                return stop + (m[0] not in " \n")
            return n.body
        at = m.end()
    return n.body
