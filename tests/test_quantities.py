"""The quantity parser: cases as data, properties of any number in any writing, and work that grows with length only."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.language import quantities
from extractors.language.numerals import fold, parse
from tests.growth import assert_linear

CASES = Path(__file__).parent / "cases" / "quantities"
DIGITS = "零一二三四五六七八九"
FORMAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
TRADITIONAL = str.maketrans("万亿", "萬億")
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")


def cases(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text("utf-8").splitlines()]


def shown(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def answer(text: str) -> list[dict[str, str | None]]:
    return [
        {
            "text": q.text,
            "low": shown(q.low),
            "high": shown(q.high),
            "measure": q.measure,
            "bound": q.bound,
            "change": q.change,
        }
        for q in quantities.find(text)
    ]


@pytest.mark.parametrize(
    "case", [c for n in ("wild", "synthetic", "negative") for c in cases(n)], ids=lambda c: c["text"]
)
def test_case(case: dict[str, Any]) -> None:
    assert answer(case["text"]) == case["expect"]


@pytest.mark.parametrize("case", cases("known_failures"), ids=lambda c: c["text"])
def test_known_failure_still_fails(case: dict[str, Any]) -> None:
    assert answer(case["text"]) != case["expect"], "now right: move it to wild or negative"


def test_there_are_enough_cases() -> None:
    negative = cases("negative")
    assert len(negative) >= 150
    assert all(c["expect"] == [] for c in negative)
    assert sum(len(cases(n)) for n in ("wild", "synthetic", "negative")) >= 600


def chinese(number: int) -> str:
    """A whole number below 10**12 in plain Chinese numerals."""
    if number == 0:
        return "零"
    groups: list[tuple[int, str]] = []
    for power, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        groups.append((number // power, name))
        number %= power
    text = ""
    gap = False
    for value, name in groups:
        if value == 0:
            gap = gap or bool(text)
            continue
        if text and (gap or value < 1000):
            text += "零"
        gap = False
        text += _thousands(value) + name
    return text


def _thousands(value: int) -> str:
    text = ""
    skipped = False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // power % 10
        if digit:
            text += ("零" if skipped and text else "") + DIGITS[digit] + name
            skipped = False
        else:
            skipped = True
    return text


def only(text: str) -> quantities.Quantity:
    (quantity,) = quantities.find(text)
    return quantity


numbers = st.integers(0, 10**12 - 1)


@given(numbers)
def test_chinese_numeral_keeps_its_value(number: int) -> None:
    for text in (chinese(number), chinese(number).translate(FORMAL), chinese(number).translate(TRADITIONAL)):
        quantity = only(f"共计{text}元")
        assert (quantity.low, quantity.high, quantity.measure, quantity.numeral) == (number, number, "元", "chinese"), (
            text
        )


@given(numbers, st.integers(0, 999))
def test_arabic_numeral_keeps_its_value(whole: int, part: int) -> None:
    value = Decimal(f"{whole}.{part:03d}")
    for text in (f"{whole}.{part:03d}", f"{whole:,}.{part:03d}", f"{whole}.{part:03d}".translate(FULL_WIDTH)):
        quantity = only(f"共计{text}元")
        assert quantity.low == quantity.high == value
        assert quantity.text == f"{text}元"


@given(
    st.integers(1, 9999),
    st.sampled_from([("万", 10**4), ("亿", 10**8), ("万亿", 10**12), ("萬", 10**4), ("億", 10**8)]),
)
def test_magnitudes_fold(number: int, magnitude: tuple[str, int]) -> None:
    name, size = magnitude
    for text in (f"{number}{name}", f"{number} {name}", chinese(number) + name):
        assert only(f"共计{text}元").low == number * size


@given(st.integers(1, 99), st.integers(1, 99), st.sampled_from(["-", "—", "～", "~", "至", "到", "－", "--"]))
def test_ranges(first: int, second: int, join: str) -> None:
    low, high = min(first, second), max(first, second) + 1
    quantity = only(f"选择{low}{join}{high}个村")
    assert (quantity.low, quantity.high, quantity.bound) == (low, high, "range")
    quantity = only(f"投资{low}{join}{high}亿元")
    assert (quantity.low, quantity.high) == (low * 10**8, high * 10**8)


def tens(number: int) -> str:
    """10 to 99 as it is said: 十五, 三十."""
    return chinese(number).removeprefix("一") if number < 20 else chinese(number)


SHARES = {
    "12.5%": lambda n, p: (f"{n}.{p}%", Decimal(f"{n}.{p}"), "%"),
    "full width": lambda n, p: (f"{n}.{p}%".translate(FULL_WIDTH).replace("%", "％"), Decimal(f"{n}.{p}"), "%"),
    "百分之十二": lambda n, p: (f"百分之{tens(n)}", Decimal(n), "%"),
    "百分之十二点五": lambda n, p: (f"百分之{tens(n)}点{DIGITS[p]}", Decimal(f"{n}.{p}"), "%"),
    "千分之十二": lambda n, p: (f"千分之{tens(n)}", Decimal(n), "‰"),
    "12.5个百分点": lambda n, p: (f"{n}.{p}个百分点", Decimal(f"{n}.{p}"), "百分点"),
    "五成": lambda n, p: (f"{DIGITS[p]}成", Decimal(10 * p), "%"),
    "十二倍": lambda n, p: (f"{tens(n)}倍", Decimal(n), "倍"),
    "零下12.5℃": lambda n, p: (f"零下{n}.{p}℃", -Decimal(f"{n}.{p}"), "℃"),
    "12亿5千万元": lambda n, p: (f"{n}亿{p}千万元", Decimal(n * 10**8 + p * 10**7), "元"),
    "十二万五": lambda n, p: (f"{tens(n)}万{DIGITS[p]}", Decimal(n * 10**4 + p * 1000), ""),
    "一百五": lambda n, p: (f"{DIGITS[p]}百{DIGITS[n % 9 + 1]}", Decimal(100 * p + 10 * (n % 9 + 1)), ""),
    "12亩半": lambda n, p: (f"{n}亩半", Decimal(n) + Decimal("0.5"), "亩"),
}


@pytest.mark.parametrize("writing", SHARES)
@given(number=st.integers(10, 99), part=st.integers(1, 9))
@settings(max_examples=40, deadline=None)
def test_any_number_in_any_writing_is_found(writing: str, number: int, part: int) -> None:
    text, value, measure = SHARES[writing](number, part)
    quantity = only(f"为{text}。")
    assert (quantity.text, quantity.low, quantity.high, quantity.measure) == (text, value, value, measure)


@given(st.integers(10, 99), st.sampled_from([("余", ""), ("多", ""), ("来", "")]))
def test_about_so_many(number: int, word: tuple[str, str]) -> None:
    tenfold = number // 10 * 10
    quantity = only(f"走访{tens(tenfold)}{word[0]}户")
    assert (quantity.low, quantity.high, quantity.bound, quantity.measure) == (tenfold, tenfold, "approx", "户")


@given(
    st.integers(2, 999),
    st.sampled_from(
        [
            ("不低于{}", "ge"), ("{}以上", "ge"), ("至少{}", "ge"), ("突破{}", "ge"), ("{}（含）以上", "ge"),
            ("不超过{}", "le"), ("{}以内", "le"), ("控制在{}以下", "le"), ("不足{}", "le"),
            ("约{}", "approx"), ("{}左右", "approx"), ("近{}", "approx"), ("{}", "eq"),
        ]
    ),
)  # fmt: skip
def test_words_beside_a_number_bound_it(number: int, cue: tuple[str, str]) -> None:
    quantity = only(f"总数为{cue[0].format(f'{number}吨')}。")
    low, high = (None if cue[1] == "le" else number), (None if cue[1] == "ge" else number)
    assert (quantity.text, quantity.low, quantity.high, quantity.bound) == (f"{number}吨", low, high, cue[1])


@given(
    st.text(
        alphabet="一二三十百千万亿零两半几多余0123456789.,，、。:：-—~至到/（）()元个%年月日第分之点成倍 \n每约超增长",
        max_size=60,
    )
)
@settings(max_examples=400)
def test_spans_are_exact_and_in_order(text: str) -> None:
    found = quantities.find(text)
    for quantity in found:
        assert text[quantity.start : quantity.end] == quantity.text
        assert quantity.low is not None or quantity.high is not None
        assert "E" not in f"{quantity.low}{quantity.high}"
    assert [q.start for q in found] == sorted(q.start for q in found)


@given(st.text(max_size=80))
def test_fold_keeps_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(alphabet="零一二两三四五六七八九十百千万亿几点0123456789.,", max_size=30).filter(bool))
def test_parse_never_raises_on_numeral_characters(body: str) -> None:
    numeral = parse(body)
    assert numeral is None or numeral.low >= 0


HOSTILE = {
    "digits": "9",
    "hundreds": "一百",
    "ones": "1,",
    "groups": "1,111",
    "dates": "年月日",
    "brackets": "((",
    "closed brackets": "1(",
    "ranges": "1-",
    "unit ranges": "1元至",
    "percent of": "百分之",
    "fractions": "1/",
    "ratios": "1:",
    "points": "一点",
    "hundred millions": "亿",
    "dots": "1.",
    "every": "每1元",
    "minus": "-",
    "approximate": "几",
    "spaces": "1 ",
    "thousand spaces": "1 111 ",
    "changes": "增长约1%、",
    "words": "一一统",
    "more": "1多万",
    "pinyin": "1(yi)",
    "annual": "年产",
    "annual numbers": "年产1吨",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_work_grows_with_length_only(piece: str) -> None:
    assert_linear(quantities.find, piece)


def test_a_square_is_noticed() -> None:
    with pytest.raises(pytest.fail.Exception):
        assert_linear(lambda text: [text[i:].split(",") for i in range(len(text))], "1,")


@pytest.mark.parametrize("piece", ["9", "一百", "((", "年月日"])
def test_two_million_characters(piece: str) -> None:
    assert quantities.find(piece * (2_000_000 // len(piece))) == []
