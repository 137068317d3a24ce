"""From a place in folded text to a number with its measure: numerals, shares, coins, ratios and ranges.

Whether the number is a quantity at all is decided in ``quantity_guards``.
"""

from __future__ import annotations

import re
from decimal import Decimal

from extractors.language.measures import (
    DIVIDED,
    PINYIN,
    Measure,
    Unit,
    first_characters,
    measure_at,
    unit_at,
    vocabulary,
)
from extractors.language.numerals import BODY, CHINESE, DIGIT, Script, parse, plain
from extractors.language.quantity_cues import ends_with, refusals, when

_FIRST = re.escape(first_characters()) + "分点(余多来几半"
_NEXT = rf"(?:[{_FIRST}至到]|{CHINESE}|[^\u4e00-\u9fff]|\Z)"  # what may follow a single Chinese numeral
_SIGN = r"(?:(?<![\w)%）.])-|(?<=[长降幅为至到率值润额入速差余])-|负 ?|零下 ?)?+"
_BODY = (
    rf"(?P<body>{BODY})(?P<more>[余多来](?:万亿|[万亿])?)?"
    rf"(?:分之 ?(?P<part>-?{BODY})|(?<=百)分(?P<part2>{DIGIT}{CHINESE}*+|(?<=[率达到为]百分)百))?"
)
_NUMBER = rf"(?P<sign>{_SIGN})(?=\d|(?!零\d){CHINESE}{_NEXT}){_BODY}"
_DAY_OF_YEAR = r"(?:1[0-2]|0?[1-9])[./](?:[12]\d|3[01]|0?[1-9])"
_ARABIC_SKIP = (
    r"(?=\d{1,4}+[年月日时点./·•-]|400\d)(?:"  # most numbers are let go here
    rf"{_DAY_OF_YEAR}(?=[之以]?前(?![后期景端台述沿])|{'|'.join(sorted(refusals('named_days')[0]))})|\d{{1,2}}[·•]\d{{1,2}}(?!\d)"  # 6.30前, 12·4
    r"|\d{1,2}[时点]\d{1,2}分|\d{1,4}(?:年|月|日(?![元圆币]))|\d{4}[-./]\d{1,2}[-./]\d{1,2}(?!\d)日?"
    r"|0\d{2,3}-\d{7,8}(?!\d)|400-?\d{3,4}-?\d{3,4}(?!\d)|\d{3}-\d{4}-\d{4}(?!\d))"
)
_SKIP = rf"{_ARABIC_SKIP}|[一二三四五六七八九十]{{1,3}}[时点][一二三四五六七八九十]{{1,3}}分|[〔\[【]\d{{4}}[〕\]】] ?第?\d++号?"
# Where anything can begin: one set of characters, which the regex engine finds fast, then a look at the next. List numbers
# (一、 (二) 三.) are let go here: alone before such a mark a digit counts only after 为 and the like (quantity_guards).
_LISTED = "(?<=[一二两三四五六七八九])(?<![为是达到零].)[、).]"
CANDIDATE = re.compile(
    r"[\d零一二两三四五六七八九十百千万亿几廿卅卌半翻负\-〔\[【]"
    rf"(?:(?<=\d)|(?<={CHINESE})(?!{_LISTED}){_NEXT}|(?<=[半翻负\-〔\[【]|零(?=下)))"
)
SCAN = re.compile(
    rf"(?P<skip>{_SKIP})|(?P<fold>翻了?(?P<times>[一两二三四五1-5])?番)"
    rf"|(?P<half>一半|半(?=[亩斤里公吨克升米加平英顷数]))|{_NUMBER}"
)
ARABIC_SCAN = re.compile(f"(?P<skip>{_ARABIC_SKIP})|(?P<sign>){_BODY}")  # the same for what begins with 0 to 9
NUMBER = re.compile(_NUMBER)
_JOIN = re.compile(r" ?(?:\((?:含|不含)\))? ?(?:-{1,2}+|—{1,2}+|~|至|到) ?")
JOINS = frozenset(" (-—~至到")  # with what the join of a range can begin
_INCLUSIVE = re.compile(r"\((?:含|不含)\)(?=[/每])")
_BRACKET = re.compile(r"\([^()\n]{0,20}\d[^()\n]{0,12}\)|\((?:含|不含)\)")
RATIO = re.compile(r"(?: ?: ?\d{1,4}+(?:\.\d{1,3}+)?+){1,5}+(?![:\d])")
_RATIO_SIGNS = frozenset(": ")
_CLOCK = re.compile(r"[0-5]\d:[0-5]\d")
_PER_PEOPLE = re.compile(
    r" ?/ ?(?:10万|十万|百万|万)人?(?=[以左之和、，。；]|\Z|[^\u4e00-\u9fff\d/])"
)  # 死亡率12.5/10万
_OVER = re.compile(r"/(\d{1,3})(?![\d/])")
_COINS = re.compile(
    r"(?P<jiao>[\d一二两三四五六七八九])[角毛](?:(?P<fen>[\d一二三四五六七八九])分?)?|零?(?P<cents>[\d一二两三四五六七八九])分|零(?P<odd>[一二三四五六七八九])"
)
_SPOKEN = re.compile(r"(?P<jiao>[一二三四五六七八九])(?=[到至]|[^\u4e00-\u9fff]|\Z)")
_FEN = re.compile(r"([\d一二三四五六七八九])(?:分|(?![\u4e00-\u9fff]))")
_ZHE = re.compile(r"([\d一二三四五六七八九])两(?![\d一二三四五六七八九])")
_TENTH_MORE = re.compile(r"[一二三四五六七八九](?![\d零一二三四五六七八九十百千万亿点分])")  # 九成七
_HALF = Decimal("0.5")
_RATIO_UNIT = Unit("比例", "ratio", Decimal(1), arabic=False, no_one=False, not_before="", whole=True)
_NOTHING = Decimal(0)
_SMALLER = frozenset("零一二两三四五六七八九")
_SHARES = {"百": "%", "一百": "%", "100": "%", "千": "‰", "一千": "‰", "1000": "‰"}
_BIG = re.compile(r"[百千万亿]+\Z")


class Reading:
    """A numeral as read at a place of folded text, with its measure once that is known.

    ``low`` and ``high`` as in Quantity; ``body`` is the numeral without sign and measure, empty where there is none after all.
    """

    __slots__ = ("approx", "body", "end", "high", "low", "measure", "script", "start")

    def __init__(self, start: int, end: int, body: str, low: Decimal, high: Decimal | None, script: Script) -> None:
        self.start, self.end, self.body, self.low, self.high, self.script = start, end, body, low, high, script
        self.approx = False
        self.measure: Measure | None = None


def read(folded: str, match: re.Match[str]) -> Reading | None:
    """The numeral of a hit with its value, as a share or fraction where it is one."""
    sign, body = match.group("sign", "body")
    more = ""
    if match.lastgroup != "body":  # most numbers end there
        more, part, part2 = match.group("more", "part", "part2")
        if part or part2:
            return _share(match, body, part or part2)
    start, end = match.span()
    if body[-1] in "千百" and len(body) > 1 and not more and unit_at(folded, end - 1) is not None:
        body, end = body[:-1], end - 1  # 一百千瓦: 千 belongs to the measure
    if body[-1] == "两":
        # 一两银子 is a weight, 一两个 one or two
        weighed = body.endswith("一两") and (len(body) > 2 or unit_at(folded, end) is None)
        numeral = None if weighed else parse(body + more[1:] if more else body)
        if numeral is None:
            body, end = body[:-1], match.end("body") - 1
            numeral = parse(body) if body else None
    else:
        numeral = parse(body + more[1:] if more else body)
    if numeral is None:
        return None
    low, high = numeral.low, numeral.high
    if sign:
        low, high = -low, -high if high is not None else None
    number = Reading(start, end, body, low, high, numeral.script)
    number.approx = bool(more) or high is None
    return number


def _share(match: re.Match[str], whole: str, part: str) -> Reading | None:
    below, above = parse(whole), parse(part.lstrip("-"))
    if below is None or above is None or not below.low:
        return None
    sign = -1 if match["sign"] or part[0] == "-" else 1
    unit = _SHARES.get(whole, "比例")
    factor = Decimal(1) if unit != "比例" else 1 / below.low
    values = [plain(six(v * factor) * sign) if v is not None else None for v in (above.low, above.high)]
    number = Reading(match.start(), match.end(), part, values[0] or Decimal(0), values[1], above.script)
    number.measure = as_measure(unit, match.end())
    return number


def six(value: Decimal) -> Decimal:
    """Six significant digits where there are more."""
    return value if len(value.as_tuple().digits) <= 12 else Decimal(f"{value:.6g}")


def as_measure(canonical: str, end: int) -> Measure:
    if canonical == "比例":
        return Measure(canonical, "ratio", end, Decimal(1), _RATIO_UNIT)
    found = measure_at(canonical, 0)
    assert found is not None
    return found._replace(end=end)


def measured(folded: str, number: Reading) -> int:
    """Find the measure of a number; returns the end of the span, or -1 for a ratio (3:1) that is read in parts."""
    if number.measure is not None:
        return number.end
    end = number.end
    after = folded[end : end + 1]
    if number.script == "arabic":
        if after in _RATIO_SIGNS and (ratio := RATIO.match(folded, end)):
            if _is_ratio(folded, number, ratio):
                return -1
            if len(ratio[0]) in (3, 6) and ratio[0][1:3].isdigit():
                number.body = ""  # a time of the day
                return ratio.end()
        if after == "/" and (people := _PER_PEOPLE.match(folded, end)):
            base = people[0].replace(" ", "").replace("十", "10").removesuffix("人")
            number.measure = Measure(base, "rate", people.end(), Decimal(1), as_measure("比例", end).unit)
            return people.end()
        if after == "/" and (over := _OVER.match(folded, end)) and 0 < number.low < int(over[1]) and _whole(number):
            number.low = number.high = plain(six(number.low / int(over[1])))
            number.end = over.end()
            number.measure = as_measure("比例", over.end())
            return over.end()
    elif number.body in ("千", "百") and unit_at(folded, end - 1) is not None:
        number.body = ""  # the measure 千瓦 without a number
        return end
    at = end
    if after == " ":
        at += 2 if folded[end + 1 : end + 2] == " " else 1
    measure = measure_at(folded, at)
    if measure is None:
        measure = _measure_apart(folded, number, at)
        if measure is None:
            return end
    if (
        folded[measure.end - 1] == "时"
        and folded[measure.end - 2 : measure.end] == "瓦时"
        and measure.canonical.endswith("瓦时")
        and when(folded, at, measure.end)
    ):
        shorter_unit = vocabulary()[folded[at : measure.end - 1]]
        measure = Measure(
            shorter_unit.canonical, shorter_unit.dimension, measure.end - 1, shorter_unit.scale, shorter_unit
        )
    if measure.canonical == "个" and "." in number.body and folded[measure.end : measure.end + 1] == "点":
        measure = as_measure("百分点", measure.end + 1)  # 占比提高2.4个点
    number.measure = measure
    if measure.unit.whole and folded[measure.end : measure.end + 1] != "半":
        return measure.end
    return _compound(folded, number, measure)


def _measure_apart(folded: str, number: Reading, at: int) -> Measure | None:
    """A measure behind a bracket (5(含)万元) or a 两 that was read as part of the number (三百两)."""
    end = number.end
    measure = None
    if folded[at : at + 1] == "(":
        noise = PINYIN.match(folded, at)
        bracket = noise or _BRACKET.match(folded, at)
        if bracket:
            measure = measure_at(folded, bracket.end())
            if measure is not None and measure.dimension == "time":
                measure = None
    if measure is None and folded[end - 1] == "两" and number.body[-1] == "两" and len(number.body) > 1:
        shorter = parse(number.body[:-1])
        if shorter is not None:
            number.low, number.high = shorter.low, shorter.high
            number.end, measure = end - 1, measure_at(folded, end - 1)
    return measure


def _whole(number: Reading) -> bool:
    return number.low == number.low.to_integral_value() and number.low < 1000


def _is_ratio(folded: str, number: Reading, ratio: re.Match[str]) -> bool:
    """3:1 and 比例为10:30 are ratios, 12:30 is a time of the day, 附件1:5 neither."""
    if measure_at(folded, ratio.end()) is not None or folded[ratio.end() : ratio.end() + 1] == ":":
        return False
    if ends_with(folded, number.start, "before"):
        return False
    minutes = ratio[0].strip()[1:]
    if _CLOCK.fullmatch(minutes):
        return False
    if len(minutes) == 2 and minutes.isdigit() and int(minutes) < 60 and number.low < 25:
        return "比" in folded[max(0, number.start - 10) : number.start] or folded.startswith(
            ("比", "的比", "配"), ratio.end()
        )
    return _whole(number) or "." in number.body


def _compound(folded: str, number: Reading, measure: Measure) -> int:
    """Smaller coins and weights after the first (五元三角, 3斤5两, 两个半); returns the end of the span."""
    end = measure.end
    name, after = folded[end - 1], folded[end : end + 1]
    divided = measure.canonical in DIVIDED and (name == "块" or after in _SMALLER or after.isdecimal())
    if not divided and after != "半" and measure.scale == 1:
        return end
    extra = _NOTHING
    if (measure.canonical == "元" and name in "元圆块") or name == "块":
        coins = _COINS.match(folded, end) or (_SPOKEN.match(folded, end) if name == "块" else None)
        if coins:
            groups = coins.groupdict()
            tenths = parse(groups["jiao"]) if groups.get("jiao") else None
            cents = next((parse(groups[k]) for k in ("fen", "cents", "odd") if groups.get(k)), None)
            extra = (tenths.low / 10 if tenths else Decimal(0)) + (cents.low / 100 if cents else Decimal(0))
            end = coins.end() + folded.startswith("钱", coins.end())
            number.measure = as_measure("元", end)
        elif name == "块" and _is_money(folded, number, end):
            number.measure = as_measure("元", end)
    elif measure.canonical == "角":
        cents_ = _FEN.match(folded, end)
        if cents_:
            extra, end = parse(cents_[1]).low / 10, cents_.end()  # type: ignore[union-attr]
    elif measure.canonical == "斤" and (more := _ZHE.match(folded, end)):
        extra, end = parse(more[1]).low / 10, more.end()  # type: ignore[union-attr]
    elif measure.canonical == "成" and _TENTH_MORE.match(folded, end) and measure_at(folded, end + 1) is None:
        extra, end = parse(after).low / 10, end + 1  # type: ignore[union-attr]
    elif after == "半" and (
        measure.dimension in ("mass", "area", "length", "times", "volume") or measure.canonical in ("成", "%", "个")
    ):
        if measure.canonical == "个" and folded[end + 1 : end + 2] in ("月", "小", "学", "年", "钟"):
            number.measure = as_measure("年", end)
            return end
        extra, end = _HALF, end + 1
    if measure.scale != 1 or extra:
        number.low = plain((number.low + extra) * measure.scale)
        number.high = None if number.high is None else plain((number.high + extra) * measure.scale)
    return end


def _is_money(folded: str, number: Reading, end: int) -> bool:
    """块 is money in prices and with decimals, else a classifier (三块展板)."""
    if "." in number.body or number.start == 0:
        return True
    clause = folded[max(0, number.start - 8) : number.start]
    return any(c in clause for c in "花费价钱赔") and not "\u4e00" <= folded[end : end + 1] <= "\u9fff"


def joined(folded: str, left: Reading, end: int) -> tuple[Reading | None, int]:
    """The right number of a range that begins with ``left``, and the end of the span; (None, end) if there is none."""
    join = _JOIN.match(folded, end)
    if join is None:
        return None, end
    match = NUMBER.match(folded, join.end())
    if match is None:
        return None, end
    right = read(folded, match)
    if right is None:
        return None, end
    right_end = measured(folded, right)
    if right_end < 0 or not right.body or (left.high is None and not left.approx) or right.high is None:
        return None, end
    if (
        left.measure is not None
        and right.measure is None
        and left.measure.canonical in ("%", "‰")
        and folded[left.start] in "百千"
    ):
        right.measure = left.measure
    if left.measure is not None and (
        right.measure is None or right.measure.canonical.split("/")[0] != left.measure.canonical.split("/")[0]
    ):
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
            right.measure = right.measure._replace(
                canonical=right.measure.canonical + longer.canonical[1:], dimension="rate", end=right_end
            )
    return right, right_end


def _inherit(left: Reading, right: Reading) -> None:
    """In 3到5亿元 the left number is one of 亿 too; in 从8500到3万 it is not."""
    if right.measure is not None and right.measure.scale != 1:
        left.low *= right.measure.scale
        return
    run = _BIG.search(right.body)
    if run is None or right.high is None:
        return
    own = _BIG.search(left.body)
    numeral = (
        parse("一" + run[0]) if own is None else parse("一" + run[0].lstrip("百千")) if run[0].lstrip("百千") else None
    )
    if numeral is None or (own is not None and own[0][-1] in "万亿"):
        return
    if left.low < right.high / numeral.low:
        left.low = plain(left.low * numeral.low)
