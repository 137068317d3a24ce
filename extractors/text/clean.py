"""Source text → clean view with a map back.

First what keeps the length (:mod:`extractors.text.fold`), then removals found by a few passes, each a list of edits
(start, end, replacement) in source offsets; :func:`apply` builds the clean text and its anchors from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from extractors.document import CleanText, Source
from extractors.lexicon import words
from extractors.text.fold import fold, fold_table, is_traditional, narrow_spaces, simplify, telling_traditional
from extractors.text.headings import measure_heads
from extractors.text.wrap import wrap_edits

Edit = tuple[int, int, str]

_HAN = "\u3400-\u9fff〇"
_ZERO_WIDTH = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\x00"
_ZERO_WIDTH_RUN = re.compile(f"[{_ZERO_WIDTH}]++")
_SOFT_HYPHEN = re.compile("\u00ad")
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_PINYIN = re.compile(rf"[(（]([a-zü{_TONED}ɡɑ]{{1,7}})[)）]")
_HAN_CHAR = re.compile(f"[{_HAN}]")
# A single space between a number and what it counts, or between a number and the text around it.
_NUMBER_SPACE = re.compile(rf" (?:(?<=\d )(?=[{_HAN}%‰℃㎡])|(?<=[{_HAN}%‰] )(?=\d)|(?<=[%‰℃㎡] )(?=[{_HAN}]))")
_GROUP_SPACE = re.compile(rf"\d(?:(?<=[{_HAN}]\d)|(?<=[{_HAN}] \d))\d{{0,2}}(?: \d{{3}})++(?= ?[{_HAN}%])")
# 8. 4%, 12 .6亿元, or a line feed there: a point set apart from its digits. With a space after it the point could close a
# list number, so a word that takes a value must stand before and a measure behind; in a text that sets its points apart
# (two of these) any word may.
_POINT_TAIL = r"(?=[%‰℃万亿]|个?百分点|[kcm]?m(?![a-zA-Z])|公[里顷斤]|[平立]方|[米元亩吨倍])"
_POINT_SPACE = re.compile(
    rf"\d(?:(?<=[{_HAN}]\d)\d{{0,4}}(?P<first>[ \n])\.\d{{1,3}}(?=[{_HAN}%‰])"
    rf"|(?<=[长宽高厚深径距程降加减少低升为达到至于率比占约近超过成资入额值积量产款重投]\d)\d{{0,3}}\.(?P<second>[ \n])\d{{1,2}}{_POINT_TAIL}"
    r"|(?<!\d\d)(?<=2)0\d\d\.(?P<third> )(?:1[0-2]|0?[1-9])(?=[前底至~-]))"
)
_POINT_SPACE_LOOSE = re.compile(
    rf"(?<![\d.])(?:(?<=[{_HAN}(])|(?<=[{_HAN}] ))\d{{1,4}}\.(?P<point> )\d{{1,2}}{_POINT_TAIL}"
)
_POINTS = 2
_LETTERED = r"[ \t\u3000]*((?:[\u3400-\u9fff][ \u3000]{1,4}){1,12}[\u3400-\u9fff])[ \t\r\u3000]*(?=\n|\Z)"
_LETTER_SPACE = re.compile(rf"\n{_LETTERED}")
_LETTER_SPACE_FIRST = re.compile(_LETTERED)
_RHYTHM_SPACE = re.compile(r"每(?: ?[半年季度月周旬日末底初前]){2,8}")  # 每 季 度 末
# Figures set apart digit by digit (1 2 套, 6 . 5 千伏, 1 5 日前, 3 10亩); one alone may be two cells of a row.
_SPREAD = re.compile(
    rf"\d(?:(?<=[{_HAN}(,、:]\d)|(?<=[{_HAN}] \d))(?<![件表图第]\d)\d{{0,3}}(?: ?\. ?(?=\d)| (?=\d))(?:[\d.]| (?=[\d.])){{1,12}} ?"
    r"(?=[%‰年月日时]|[万亿千]?(?:美?[元吨亩瓦伏升米次余多人例起批级岁斤株头]|平方|立方)|[万亿]|[个套户家名条处台辆所座间项件栋场期份]|公[里顷斤])"
)
_SPREADS = 2
_SPACE_IN_NUMBER = re.compile(r" (?<=[\d.] )")  # without any no figure is grouped or spread
_NUMBER_MARK_SPACE = re.compile(r" (?<=\d )(?=、[\u3400-\u9fff])")  # 1 、加强领导
_SPACES = re.compile("[ \u3000\u2003][ \u3000\u2003]+")
# Marks at the head of a line; with a literal line feed in front the engine skips from line to line.
_MARKS = r"[ \t\u3000]*(?:(?P<head>#{1,6}[ \t]+)|(?P<quote>>[ \t]*)|(?P<bullet>[-*+•●■◆▪][ \t]+(?!\d{1,4}[ ]*[-—]))|(?P<rule>(?:-{3,}|\*{3,}|={3,})[ \t]*$))"
_MARK, _FIRST_MARK = re.compile(rf"(?m)\n{_MARKS}"), re.compile(rf"(?m){_MARKS}")
_BOLD = re.compile(r"\*\*(?=[^\s*])([^*\n]{2,300})(?<=[^\s*])\*\*")
_MARKDOWN = re.compile(r"(?m)^(?:#{1,6} |[ \t\u3000]*\*\*[^*\n]+\*\*[：:]?|\|[ :-]+\|)")
_MARKDOWN_SIGNS = ("#", "**", "|")  # no line without one of them is Markdown


_BULLETS = "#*>-+•●■◆▪="


@cache
def _noteworthy() -> re.Pattern[str]:
    """Every character whose presence calls for a pass; one search for them costs a tenth of a set of all characters."""
    marks = _ZERO_WIDTH + _TONED + _BULLETS + "\r\u00ad\u3000\u2003"
    return re.compile(f"[{re.escape(''.join(sorted({*marks, *fold_table(), *telling_traditional()})))}]")


@cache
def _latin_unit_space() -> re.Pattern[str]:
    units = "|".join(words("text_clean", "latin_units"))
    return re.compile(rf" (?<=\d )(?=(?:{units})(?![A-Za-z0-9]))")


def apply(text: str, edits: Iterable[Edit]) -> CleanText:
    """The text with its edits made, and the anchors back.

    ``edits`` are (start, end, replacement) in any order, the replacement never longer than what it replaces; of two
    that overlap the earlier one wins.
    """
    pieces: list[str] = []
    clean_at: list[int] = []
    source_at: list[int] = []
    done, length = 0, 0
    for start, end, new in sorted(set(edits)):
        if start < done:
            continue
        pieces.append(text[done:start])
        pieces.append(new)
        length += start - done + len(new)
        done = end
        if len(new) != end - start:
            if clean_at and clean_at[-1] == length:
                source_at[-1] = end
            else:
                clean_at.append(length)
                source_at.append(end)
    if not pieces:
        return CleanText(text)
    pieces.append(text[done:])
    return CleanText("".join(pieces), tuple(clean_at), tuple(source_at))


def clean(source: Source) -> tuple[CleanText, frozenset[str]]:
    """The clean view of a source and the quality flags that only cleaning sees (traditional, pinyin_noise)."""
    raw = source.text
    chars = set(_noteworthy().findall(raw))
    flags: set[str] = set()
    text = fold(raw, chars)
    # From here on offsets into ``text`` are source offsets: every edit below is found on a text of the source's length.
    if is_traditional(raw, chars):
        flags.add("traditional")
        text = simplify(text, set(raw))
    edits: list[Edit] = []
    if "\r" in chars:
        edits += [(m.start(), m.start() + 1, "") for m in re.finditer("\r\n", raw)]
    if not chars.isdisjoint(_ZERO_WIDTH):
        edits += [(m.start(), m.end(), "") for m in _ZERO_WIDTH_RUN.finditer(text)]
    if "\u00ad" in chars:
        edits += list(_soft_hyphens(raw))
    if not chars.isdisjoint(_TONED):
        noise = list(_pinyin(text))
        if noise:
            flags.add("pinyin_noise")
            edits += noise
    if " " in text or "\u3000" in chars or "\u2003" in chars:
        edits += _spaces(text)
    if any(mark in text for mark in (" .", ". ", "\n.", ".\n")):
        points = [m.span(m.lastgroup or 0) for m in _POINT_SPACE.finditer(text)]
        if len(points) >= _POINTS:
            points += [m.span("point") for m in _POINT_SPACE_LOOSE.finditer(text)]
        edits += [(*point, "") for point in points]
    if not chars.isdisjoint(_BULLETS):
        edits += _marks(text, source.format)
    edits += wrap_edits(text, source)
    return apply(narrow_spaces(text), edits), frozenset(flags)


def _soft_hyphens(raw: str) -> Iterator[Edit]:
    for m in _SOFT_HYPHEN.finditer(raw):
        i = m.start()
        if not (raw[i - 1 : i].isdecimal() and raw[i + 1 : i + 2].isdecimal()):
            yield i, i + 1, ""


def _pinyin(text: str) -> Iterator[Edit]:
    neutral = set(words("text_clean", "neutral_syllables"))
    for m in _PINYIN.finditer(text):
        syllable = m[1]
        if m.start() and _HAN_CHAR.match(text[m.start() - 1]) and (not syllable.isascii() or syllable in neutral):
            yield m.start(), m.end(), ""


def _spaces(text: str) -> list[Edit]:
    edits: list[Edit] = []
    measures = measure_heads()
    for m in _NUMBER_SPACE.finditer(text):
        i = m.start()
        if text[i - 1].isdecimal():
            before = _before_number(text, i)
            if (before == "\n" and text[i + 1] not in measures) or (before.isascii() and before.isalpha()):
                continue
        elif text[i - 1] in "章节编分篇" and "第" in text[max(0, i - 6) : i]:
            continue
        edits.append((i, i + 1, ""))
    edits += [(m.start(), m.end(), "") for m in _latin_unit_space().finditer(text)]
    spread: list[tuple[int, int]] = []
    if _SPACE_IN_NUMBER.search(text):
        for m in _GROUP_SPACE.finditer(text):
            edits += [(m.start() + k, m.start() + k + 1, "") for k, c in enumerate(m[0]) if c == " "]
        spread = [m.span() for m in _SPREAD.finditer(text)]
    for a, b in (*(m.span() for m in _RHYTHM_SPACE.finditer(text)), *(spread if len(spread) >= _SPREADS else ())):
        edits += [(k, k + 1, "") for k in range(a, b) if text[k] == " "]
    edits += [(m.start(), m.end(), "") for m in _NUMBER_MARK_SPACE.finditer(text)]
    first = _LETTER_SPACE_FIRST.match(text)
    for m in (*((first,) if first else ()), *_LETTER_SPACE.finditer(text)):
        edits += [(m.start(1) + k, m.start(1) + k + 1, "") for k, c in enumerate(m[1]) if c in " \u3000"]
    runs = [m.span() for m in _SPACES.finditer(text) if m.start() and text[m.start() - 1] != "\n"]
    wide = [(a, b) for a, b in runs if text.count("\u3000", a, b) + text.count("\u2003", a, b) >= 2]
    if len(wide) >= 3 and len(wide) > 2 * text.count("\n"):  # paragraphs are told by their indent alone
        edits += [(a, b, "\n") for a, b in wide if text[b : b + 1] not in ("", "\n")]
    edits += [(a + 1, b, "") for a, b in runs]
    return edits


def _before_number(text: str, i: int) -> str:
    """The character before the number that ends at offset ``i``, a line feed at the start of the text."""
    k = i
    while k > 0 and i - k < 9 and (text[k - 1].isdecimal() or text[k - 1] == "."):
        k -= 1
    return text[k - 1] if k else "\n"


def _marks(text: str, fmt: str) -> list[Edit]:
    told = any(sign in text for sign in _MARKDOWN_SIGNS)
    markdown = fmt == "md" or (told and len(_MARKDOWN.findall(text, 0, 20_000)) >= 2)
    edits: list[Edit] = []
    first = _FIRST_MARK.match(text)
    for m in (*((first,) if first else ()), *_MARK.finditer(text)):
        if m.lastgroup == "bullet" or markdown:
            edits.append((m.start(m.lastgroup or 0), m.end(m.lastgroup or 0), ""))
    if markdown:
        for m in _BOLD.finditer(text):
            edits.append((m.start(), m.start() + 2, ""))
            edits.append((m.end() - 2, m.end(), ""))
    return edits
