"""Numbers with their measures in Chinese text.

``find`` is the whole interface. Sources of the rules: tables.md (spans, units, bounds), GB/T 15835 (numerals in print).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from extractors import lexicon
from extractors.language import quantity_cues as cues
from extractors.language import quantity_guards as guards
from extractors.language.measures import Measure, Unit, first_characters, measure_at, unit_at
from extractors.language.numerals import ARABIC, BODY, CHINESE, DIGIT, Script, fold, parse, plain


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its measure: ``text[start:end]``, half-open offsets in code points.

    ``low`` and ``high`` are plain decimals with magnitudes folded in, None where open (bounds, 几十). ``measure`` is the
    canonical unit, empty for a bare number. ``dimension`` groups measures (money, mass, count …); ``numeral`` is the script.
    """

    start: int
    end: int
    text: str
    low: Decimal | None
    high: Decimal | None
    measure: str
    bound: cues.Bound = "eq"
    change: cues.Change = ""
    dimension: str = ""
    numeral: Script = "arabic"


class _Number:
    """A numeral as read at a place, before its measure is known."""

    __slots__ = ("approx", "body", "end", "high", "low", "measure", "script", "start")

    def __init__(self, start: int, end: int, body: str, low: Decimal, high: Decimal | None, script: Script) -> None:
        self.start, self.end, self.body, self.low, self.high, self.script = start, end, body, low, high, script
        self.approx = False
        self.measure: Measure | None = None


_FIRST = re.escape(first_characters()) + "分点(余多来几半"
_NEXT = rf"(?:[{_FIRST}至到]|{CHINESE}|[^\u4e00-\u9fff]|\Z)"  # what may follow a single Chinese numeral
_SIGN = r"(?:(?<![\w)%）.])-|(?<=[长降幅为至到率值])-|负 ?|零下 ?)?+"
_NUMBER = (
    rf"(?P<sign>{_SIGN})(?=\d|{CHINESE}{_NEXT})(?P<body>{BODY})"
    rf"(?P<more>[余多来](?:万亿|[万亿])?)?+(?:分之 ?(?P<part>-?{BODY})|(?<=百)分(?P<part2>{DIGIT}{CHINESE}*+))?+"
)
_SKIP = (
    r"\d{1,4}(?:年|月|日(?![元圆币]))|\d{4}[-./]\d{1,2}[-./]\d{1,2}(?!\d)日?|[〔\[【]\d{4}[〕\]】] ?第?\d++号?"
    r"|0\d{2,3}-\d{7,8}(?!\d)|400-?\d{3,4}-?\d{3,4}(?!\d)|\d{3}-\d{4}-\d{4}(?!\d)"
)
# Where anything can begin: one set of characters, which the regex engine finds fast, then a look at the next.
_CANDIDATE = re.compile(rf"[\d零一二两三四五六七八九十百千万亿几廿卅卌半翻负\-〔\[【](?:(?<=\d)|(?<={CHINESE}){_NEXT}|(?<=[半翻负\-〔\[【]|零(?=下)))")
_SCAN = re.compile(
    rf"(?P<skip>{_SKIP})|(?P<fold>翻了?(?P<times>[一两二三四五1-5])?番)"
    rf"|(?P<half>一半|半(?=[亩斤里公吨克升米加平英顷数]))|{_NUMBER}"
)
_RIGHT = re.compile(_NUMBER)
_JOIN = re.compile(r" ?(?:\((?:含|不含)\))? ?(?:-{1,2}+|—{1,2}+|~|至|到) ?")
_INCLUSIVE = re.compile(r"\((?:含|不含)\)(?=[/每])")
_BRACKET = re.compile(r"\([^()\n]{0,20}\d[^()\n]{0,12}\)|\((?:含|不含)\)")
_RATIO = re.compile(r"(?::\d{1,4}+(?:\.\d{1,3}+)?+)++")
_CLOCK = re.compile(r"[0-5]\d:[0-5]\d")
_OVER = re.compile(r"/(\d{1,3})(?![\d/])")
_COINS = re.compile(r"(?P<jiao>[\d一二两三四五六七八九])[角毛](?:(?P<fen>[\d一二三四五六七八九])分?)?+|零?(?P<cents>[\d一二两三四五六七八九])分|零(?P<odd>[一二三四五六七八九])")
_SPOKEN = re.compile(r"(?P<jiao>[一二三四五六七八九])(?=[到至]|[^\u4e00-\u9fff]|\Z)")
_FEN = re.compile(r"([\d一二三四五六七八九])(?:分|(?![\u4e00-\u9fff]))")
_ZHE = re.compile(r"([\d一二三四五六七八九])两(?![\d一二三四五六七八九])")
_CURRENCIES = {"新台币": "新台币", "台币": "新台币", "港币": "港元", "美金": "美元", "日币": "日元"}
_HUNDRED = Decimal(100)
_HALF = Decimal("0.5")
_FORMAL = frozenset(lexicon.settings("quantities")["formal"])
_SHARES = {"百": "%", "一百": "%", "100": "%", "千": "‰", "一千": "‰", "1000": "‰"}
_PHYSICAL = frozenset({"money", "mass", "volume", "energy", "area", "length", "concentration", "power"})
_RATED = frozenset({"mass", "volume", "energy", "count", "area", "length"})
_BARE_NEXT = frozenset("或以左多的,，。；、！？)）\n\t ~-—+至到;:,“”\"')]】》%亿万余及个.")
_BIG = re.compile(r"[百千万亿]+\Z")


def find(text: str) -> list[Quantity]:
    """All quantities of a text (raw: simplified or traditional, full-width, spaced), in reading order.

    Takes time linear in the length of the text. Dates, times and durations are left to the times parser.
    """
    folded = fold(text)
    found: list[Quantity] = []
    position = 0
    while candidate := _CANDIDATE.search(folded, position):
        match = _SCAN.match(folded, candidate.start())
        position = candidate.end() if match is None else _take(text, folded, match, found)
    return found


def _take(text: str, folded: str, match: re.Match[str], found: list[Quantity]) -> int:
    """Add what stands at a hit to ``found``; returns the offset from which to read on."""
    kind = match.lastgroup
    if kind == "skip":
        return match.end()
    if kind in ("fold", "times"):
        word = match["times"]
        low = Decimal(2) ** int(parse(word).low) if word and parse(word) else Decimal(2)  # type: ignore[union-attr]
        found.append(Quantity(match.start(), match.end(), text[match.start() : match.end()], low, low, "倍", "eq", "up", "times", "chinese"))
        return match.end()
    if kind == "half":
        return _half(text, folded, match, found)
    number = _read(folded, match)
    if number is None:
        return match.end()
    end = _measured(folded, number)
    if end < 0:
        return _parts(text, folded, number, found)
    right, span_end = _range(folded, number, end)
    last = right or number
    measure = last.measure
    if measure is not None and measure.dimension == "time":
        return span_end
    if _refused(text, folded, number, span_end, measure, ranged=right is not None):
        return span_end if right is None else number.end
    low, high = number.low, number.high
    if right is not None:
        low, high = number.low, right.high
    _append(text, folded, number, (number.start, span_end), (low, high), measure, ranged=right is not None or (high is not None and high != low), found=found)
    bracket = folded.find("(", number.end, span_end) if right is None else -1
    if bracket >= 0:
        for inner in _RIGHT.finditer(folded, bracket, span_end):
            nested = _read(folded, inner)
            if nested is not None:
                _append(text, folded, nested, (nested.start, nested.end), (nested.low, nested.high), measure, ranged=False, found=found)
    return span_end


def _read(folded: str, match: re.Match[str]) -> _Number | None:
    """The numeral of a hit with its value, as a share or fraction where it is one."""
    body = match["body"]
    more = match["more"] or ""
    start, end = match.start(), match.end()
    part = match["part"] or match["part2"]
    if part:
        return _share(match, body, part)
    if body[-1] in "千百" and len(body) > 1 and not more and unit_at(folded, end - 1) is not None:
        body, end = body[:-1], end - 1  # 一百千瓦: 千 belongs to the measure
    numeral = parse(body + more[1:])
    if numeral is None and body[-1] == "两":
        body, end = body[:-1], match.end("body") - 1
        numeral = parse(body) if body else None
    if numeral is None:
        return None
    low, high = numeral.low, numeral.high
    if match["sign"]:
        low, high = -low, -high if high is not None else None
    number = _Number(start, end, body, low, high, numeral.script)
    number.approx = bool(more) or high is None
    return number


def _share(match: re.Match[str], whole: str, part: str) -> _Number | None:
    below, above = parse(whole), parse(part.lstrip("-"))
    if below is None or above is None or not below.low:
        return None
    sign = -1 if match["sign"] or part[0] == "-" else 1
    unit = _SHARES.get(whole, "比例")
    factor = Decimal(1) if unit != "比例" else 1 / below.low
    values = [plain(_six(v * factor) * sign) if v is not None else None for v in (above.low, above.high)]
    number = _Number(match.start(), match.end(), part, values[0] or Decimal(0), values[1], above.script)
    number.measure = _as_measure(unit, match.end())
    return number


def _six(value: Decimal) -> Decimal:
    """Six significant digits where there are more."""
    return value if len(value.as_tuple().digits) <= 12 else Decimal(f"{value:.6g}")


def _as_measure(canonical: str, end: int) -> Measure:
    if canonical == "比例":
        return Measure(canonical, "ratio", end, Decimal(1), Unit(canonical, "ratio", Decimal(1), False, False, ""))
    found = measure_at(canonical, 0)
    assert found is not None
    return found._replace(end=end)


def _measured(folded: str, number: _Number) -> int:
    """Find the measure of a number; returns the end of the span, or -1 for a ratio (3:1) that is read in parts."""
    if number.measure is not None:
        return number.end
    end = number.end
    after = folded[end : end + 1]
    if number.script == "arabic":
        if after == ":" and (ratio := _RATIO.match(folded, end)):
            if _is_ratio(folded, number, ratio):
                return -1
            if len(ratio[0]) in (3, 6) and ratio[0][1:3].isdigit():
                number.body = ""  # a time of the day
                return ratio.end()
        if after == "/" and (over := _OVER.match(folded, end)) and 0 < number.low < int(over[1]) and _whole(number):
            number.low = number.high = plain(_six(number.low / int(over[1])))
            number.end = over.end()
            number.measure = _as_measure("比例", over.end())
            return over.end()
    elif number.body in ("千", "百") and unit_at(folded, end - 1) is not None:
        number.body = ""  # the measure 千瓦 without a number
        return end
    at = end
    while folded[at : at + 1] == " " and at < end + 2:
        at += 1
    measure = measure_at(folded, at)
    if measure is None and folded[at : at + 1] == "(":
        bracket = _BRACKET.match(folded, at)
        if bracket:
            measure = measure_at(folded, bracket.end())
            if measure is not None and measure.dimension == "time":
                measure = None
    if measure is None and folded[end - 1] == "两" and number.body[-1] == "两" and len(number.body) > 1:
        shorter = parse(number.body[:-1])
        if shorter is not None:
            number.low, number.high = shorter.low, shorter.high
            number.end, measure = end - 1, measure_at(folded, end - 1)
    if measure is None and folded[end : end + 1] == "两":
        measure = measure_at(folded, end)
    if measure is None:
        return end
    number.measure = measure
    return _compound(folded, number, measure)


def _whole(number: _Number) -> bool:
    return number.low == number.low.to_integral_value() and number.low < 1000


def _is_ratio(folded: str, number: _Number, ratio: re.Match[str]) -> bool:
    """3:1 and 比例为10:30 are ratios, 12:30 is a time of the day, 附件1:5 neither."""
    if measure_at(folded, ratio.end()) is not None or folded[ratio.end() : ratio.end() + 1] == ":":
        return False
    if guards.ends_with(folded, number.start, "before"):
        return False
    minutes = ratio[0][1:]
    if _CLOCK.fullmatch(minutes):
        return False
    if len(minutes) == 2 and minutes.isdigit() and int(minutes) < 60 and number.low < 25:
        return "比" in folded[max(0, number.start - 10) : number.start] or folded.startswith(("比", "的比", "配"), ratio.end())
    return _whole(number) or "." in number.body


def _compound(folded: str, number: _Number, measure: Measure) -> int:
    """Smaller coins and weights after the first (五元三角, 3斤5两, 两个半); returns the end of the span."""
    end = measure.end
    extra = Decimal(0)
    name = folded[end - 1]
    if measure.canonical == "元" and name in "元圆块" or name == "块":
        coins = _COINS.match(folded, end) or (_SPOKEN.match(folded, end) if name == "块" else None)
        if coins:
            groups = coins.groupdict()
            tenths = parse(groups["jiao"]) if groups.get("jiao") else None
            cents = next((parse(groups[k]) for k in ("fen", "cents", "odd") if groups.get(k)), None)
            extra = (tenths.low / 10 if tenths else Decimal(0)) + (cents.low / 100 if cents else Decimal(0))
            end = coins.end() + folded.startswith("钱", coins.end())
            number.measure = _as_measure("元", end)
        elif name == "块" and _is_money(folded, number, end):
            number.measure = _as_measure("元", end)
    elif measure.canonical == "角":
        cents_ = _FEN.match(folded, end)
        if cents_:
            extra, end = parse(cents_[1]).low / 10, cents_.end()  # type: ignore[union-attr]
    elif measure.canonical == "斤" and (more := _ZHE.match(folded, end)):
        extra, end = parse(more[1]).low / 10, more.end()  # type: ignore[union-attr]
    elif folded[end : end + 1] == "半" and (measure.dimension in ("mass", "area", "length", "times", "volume") or measure.canonical in ("成", "%", "个")):
        if measure.canonical == "个" and folded[end + 1 : end + 2] in ("月", "小", "学", "年", "钟"):
            number.measure = _as_measure("年", end)
            return end
        extra, end = _HALF, end + 1
    if measure.scale != 1 or extra:
        number.low = plain((number.low + extra) * measure.scale)
        number.high = None if number.high is None else plain((number.high + extra) * measure.scale)
    return end


def _is_money(folded: str, number: _Number, end: int) -> bool:
    """块 is money in prices and with decimals, else a classifier (三块展板)."""
    if "." in number.body or number.start == 0:
        return True
    clause = folded[max(0, number.start - 8) : number.start]
    return any(c in clause for c in "花费价钱赔") and not "\u4e00" <= folded[end : end + 1] <= "\u9fff"


def _half(text: str, folded: str, match: re.Match[str], found: list[Quantity]) -> int:
    word = match["half"]
    start, end = match.span()
    if word == "一半" or folded[end : end + 1] == "数":
        end += word != "一半"
        if folded[start - 1 : start] not in ("大", "多"):
            measure = _as_measure("比例", end)
            number = _Number(start, end, word, _HALF, _HALF, "chinese")
            _append(text, folded, number, (start, end), (_HALF, _HALF), measure, ranged=False, found=found)
        return end
    measure_ = measure_at(folded, end)
    if measure_ is None or measure_.dimension == "time" or guards.in_word(folded, start, word):
        return end
    number = _Number(start, end, word, _HALF, _HALF, "chinese")
    _append(text, folded, number, (start, measure_.end), (_HALF, _HALF), measure_, ranged=False, found=found)
    return measure_.end


def _parts(text: str, folded: str, number: _Number, found: list[Quantity]) -> int:
    """A ratio: a:b is one value, a longer one a value a part."""
    ratio = _RATIO.match(folded, number.end)
    assert ratio is not None
    end = ratio.end()
    measure = _as_measure("比例", end)
    terms = [number.low, *(Decimal(x) for x in ratio[0][1:].split(":"))]
    if len(terms) == 2:
        if terms[1]:
            value = plain(_six(terms[0] / terms[1]))
            _append(text, folded, number, (number.start, end), (value, value), measure, ranged=False, found=found)
        return end
    at = number.start
    for part in re.finditer(ARABIC, folded[number.start : end]):
        value = plain(Decimal(part[0]))
        _append(text, folded, number, (at + part.start(), at + part.end()), (value, value), measure, ranged=False, found=found)
    return end


def _range(folded: str, left: _Number, end: int) -> tuple[_Number | None, int]:
    """The right number of a range that begins with ``left``, and the end of the span; (None, end) if there is none."""
    join = _JOIN.match(folded, end)
    if join is None:
        return None, end
    match = _RIGHT.match(folded, join.end())
    if match is None:
        return None, end
    right = _read(folded, match)
    if right is None:
        return None, end
    right_end = _measured(folded, right)
    if right_end < 0 or (left.high is None and not left.approx) or right.high is None:
        return None, end
    if left.measure is not None and right.measure is None and left.measure.canonical in ("%", "‰") and folded[left.start] in "百千":
        right.measure = left.measure
    if left.measure is not None and (right.measure is None or right.measure.canonical.split("/")[0] != left.measure.canonical.split("/")[0]):
        return None, end
    if left.measure is None and right.measure is not None:
        _inherit(left, right)
    if left.low >= right.high:
        return None, end
    inclusive = _INCLUSIVE.match(folded, right_end)
    if inclusive and right.measure is not None:
        longer = measure_at(f"元{folded[inclusive.end() : inclusive.end() + 6]}", 0)
        if longer is not None and longer.end > 1:
            right_end = inclusive.end() + longer.end - 1
            right.measure = right.measure._replace(canonical=right.measure.canonical + longer.canonical[1:], dimension="rate", end=right_end)
    return right, right_end


def _inherit(left: _Number, right: _Number) -> None:
    """In 3到5亿元 the left number is one of 亿 too; in 从8500到3万 it is not."""
    if right.measure is not None and right.measure.scale != 1:
        left.low *= right.measure.scale
        return
    run = _BIG.search(right.body)
    if run is None or right.high is None:
        return
    own = _BIG.search(left.body)
    numeral = parse("一" + run[0]) if own is None else parse("一" + run[0].lstrip("百千")) if run[0].lstrip("百千") else None
    if numeral is None or (own is not None and own[0][-1] in "万亿"):
        return
    if left.low < right.high / numeral.low:
        left.low = plain(left.low * numeral.low)


def _refused(text: str, folded: str, number: _Number, end: int, measure: Measure | None, *, ranged: bool) -> bool:
    start, body = number.start, number.body
    if not body or guards.ordinal(folded, start):
        return True
    if measure is not None and measure.canonical == "次" and guards.session(folded, start):
        return True
    if number.script != "chinese":
        if guards.coded(folded, start, number.end):
            return True
        if measure is None:
            return guards.bare_refused(folded, start, end)
        return False
    return _chinese_refused(text, folded, number, end, measure, ranged=ranged)


def _chinese_refused(text: str, folded: str, number: _Number, end: int, measure: Measure | None, *, ranged: bool) -> bool:
    start, body = number.start, number.body
    shares = measure is not None and measure.dimension in ("percent", "ratio", "points")
    if shares:
        return False
    alone = len(text) - end + start < 40 and not text[:start].strip() and not text[end:].strip()
    if alone and body not in ("百", "千", "万", "亿"):
        return False
    if guards.in_word(folded, start, body):
        return not (body == "十" and measure is not None and measure.canonical == "分" and text[start - 1 : start] in "扣加得计占满")
    before = folded[start - 1 : start] if start else ""
    if all(c in "百千万亿" for c in body):
        few = before in ("上", "数", "近", "超", "约", "过", "逾", "成")
        if few and before in ("上", "数"):
            number.start -= 1
            number.approx, number.high = True, None
        return not few and not folded.startswith(("以上", "以下", "余", "多"), end)
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


def _bare_chinese_refused(folded: str, number: _Number, end: int, before: str, *, ranged: bool) -> bool:
    body = number.body
    after = folded[end : end + 1]
    if number.approx and before not in ("", " ", "约", "有"):
        return "万" not in body and "亿" not in body and after not in _BARE_NEXT
    if len(body) == 1 or not any(c in "十百千万亿点" for c in body):
        return not (len(body) == 1 and before in ("为", "是", "达", "到", "零") and (not after or after in "，。；、,;)）\n"))
    if guards.listed(folded, number.start, end) or guards.begins_with(folded, end, "after"):
        return True
    if before and before in "“‘\"'《(（〔" and after and after in "”’\"'》)）〕":
        return True
    if "万" in body or "亿" in body:
        return after == "一"
    return bool(after) and after not in _BARE_NEXT


def _append(
    text: str,
    folded: str,
    number: _Number,
    span: tuple[int, int],
    values: tuple[Decimal | None, Decimal | None],
    measure: Measure | None,
    *,
    ranged: bool,
    found: list[Quantity],
) -> None:
    """Set bound, change and rate from the words around a span and add it."""
    start, end = number.start if span[0] == number.start else span[0], span[1]
    start = min(start, span[0])
    low, high = values
    if number.approx and number.high is None and not ranged:
        high = None
    canonical = measure.canonical if measure is not None else ""
    dimension = measure.dimension if measure is not None else ""
    if canonical == "成":
        canonical = "%"
    elif canonical in ("元", "角") or (not canonical and start and folded[start - 1] in "¥￥$"):
        canonical, dimension = _currency(folded, start), "money"
    elif canonical == "度" and folded[max(0, start - 2) : start] in ("华氏", "摄氏"):
        canonical, dimension = ("华氏度" if folded[start - 2] == "华" else "℃"), "temperature"
        start -= 2
    bound, _ = cues.bound(folded, start, end)
    if ranged:
        bound = "range"
    elif bound == "ge":
        high = None
    elif bound == "le":
        low, high = None, (high if high is not None else low)
    elif number.approx and bound == "eq":
        bound = "approx"
    direction = cues.change(folded, start, dimension)
    if not direction and found and found[-1].change and folded[found[-1].end : start] in ("、", "和", "及", "，", ","):
        last = found[-1]
        direction = last.change if last.measure == canonical and folded[found[-1].end : start] != "，" else ""
    if dimension in _PHYSICAL and (base := cues.per(folded, start)):
        canonical, dimension = f"{canonical}/{base}", "rate"
    elif dimension in _RATED and (base := cues.rate(folded, start)):
        canonical, dimension = f"{canonical}/{base}", "rate"
    found.append(Quantity(start, end, text[start:end], low, high, canonical, bound, direction, dimension, number.script))


def _currency(folded: str, start: int) -> str:
    """元, or the currency named right before the number (新台币177亿元, $5)."""
    before = folded[max(0, start - 4) : start].rstrip()
    for name, currency in _CURRENCIES.items():
        if before.endswith(name):
            return currency
    return "美元" if before.endswith("$") else "元"
