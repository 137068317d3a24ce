"""Automatic list numbers as the word processors write them out, by the names of ECMA-376 (ST_NumberFormat)."""

from __future__ import annotations

from collections.abc import Callable

DIGITS = "〇一二三四五六七八九"
LEGAL_SIMPLIFIED = ("零壹贰叁肆伍陆柒捌玖", "拾佰仟", "万")
LEGAL_TRADITIONAL = ("零壹貳參肆伍陸柒捌玖", "拾佰仟", "萬")
COUNTING = ("零一二三四五六七八九", "十百千", "万")
STEMS = "甲乙丙丁戊己庚辛壬癸"
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
TIGHT = "、，。．：；）】》〉」』〕,)"  # after these a list number needs no blank before its text


def chinese(number: int, digits: str = COUNTING[0], powers: str = COUNTING[1], myriad: str = COUNTING[2]) -> str:
    """A whole number below 10^8 in words; 10 to 19 begin with 十 in everyday figures, with 壹拾 in legal ones."""
    if number >= 10_000:
        high, rest = divmod(number, 10_000)
        out = chinese(high, digits, powers, myriad) + myriad
        return out + (digits[0] if 0 < rest < 1000 else "") + (chinese(rest, digits, powers, myriad) if rest else "")
    out, gap = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if not digit:
            gap = bool(out)
            continue
        out += (digits[0] if gap else "") + digits[digit] + (powers[power - 1] if power else "")
        gap = False
    if not out:
        return digits[0]
    return out[1:] if digits[1] == "一" and out.startswith("一十") else out


def digit_by_digit(number: int) -> str:
    """二〇二六: the digits one by one."""
    return "".join(DIGITS[int(d)] for d in str(number))


def letters(number: int) -> str:
    """a … z, aa … zz: Word repeats the letter."""
    return chr(96 + (number - 1) % 26 + 1) * ((number - 1) // 26 + 1)


def roman(number: int) -> str:
    """Roman numeral; beyond 3999 in digits."""
    if number > 3999:
        return str(number)
    out = ""
    for value, sign in ROMAN:
        count, number = divmod(number, value)
        out += sign * count
    return out


def _enclosed(first: int, last: int) -> Callable[[int], str]:
    return lambda n: chr(first + n - 1) if n <= last else str(n)


def _circled(number: int) -> str:
    for low, high, first in ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1)):
        if low <= number <= high:
            return chr(first + number - low)
    return str(number)


FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda n: f"{n:02}",
    "decimalHalfWidth": str,
    "decimalFullWidth": lambda n: str(n).translate({48 + d: 0xFF10 + d for d in range(10)}),
    "decimalFullWidth2": lambda n: str(n).translate({48 + d: 0xFF10 + d for d in range(10)}),
    "numberInDash": lambda n: f"- {n} -",
    "upperRoman": roman,
    "lowerRoman": lambda n: roman(n).lower(),
    "upperLetter": lambda n: letters(n).upper(),
    "lowerLetter": letters,
    "ordinal": lambda n: str(n) + ("th" if 10 < n % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")),
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "koreanDigital": chinese,
    "koreanCounting": chinese,
    "ideographDigital": digit_by_digit,
    "japaneseDigitalTenThousand": digit_by_digit,
    "taiwaneseDigital": digit_by_digit,
    "chineseLegalSimplified": lambda n: chinese(n, *LEGAL_SIMPLIFIED),
    "ideographLegalTraditional": lambda n: chinese(n, *LEGAL_TRADITIONAL),
    "japaneseLegal": lambda n: chinese(n, *LEGAL_TRADITIONAL),
    "ideographTraditional": lambda n: STEMS[n - 1] if n <= 10 else str(n),
    "ideographZodiac": lambda n: BRANCHES[n - 1] if n <= 12 else str(n),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedFullstop": _enclosed(0x2488, 20),
    "decimalEnclosedParen": _enclosed(0x2474, 20),
    "ideographEnclosedCircle": _enclosed(0x3280, 10),
}


def number_text(number: int, kind: str) -> str:
    """``number`` in the format ``kind``; unknown formats and numbers below 1 are written in digits."""
    if kind in {"none", "bullet"}:
        return ""
    render = FORMATS.get(kind)
    return render(number) if render and 0 < number < 10**8 else str(number)


def separated(number: str) -> str:
    """A list number with the blank that its text needs after it: ``1. `` but ``一、`` and ``①``."""
    last = number[-1:]
    return number if not last or last in TIGHT or last.isspace() or "\u2460" <= last <= "\u32bf" else f"{number} "
