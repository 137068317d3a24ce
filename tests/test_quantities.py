"""The quantity parser: cases as data, properties of any number in any writing, and work that grows with length only."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.language import quantities
from extractors.language.numerals import fold, parse

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


def seconds(text: str) -> float:
    best = float("inf")
    for _ in range(2):
        begin = time.process_time()
        quantities.find(text)
        best = min(best, time.process_time() - begin)
    return best


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_work_grows_with_length_only(piece: str) -> None:
    size = 1_000
    for _ in range(3):
        small = seconds(piece * (size // len(piece)))
        large = seconds(piece * (8 * size // len(piece)))
        if large < small * 20 + 0.02:  # eight times the text; quadratic work would take sixty-four times as long
            return
    pytest.fail(f"{piece!r}: {small:.3f} s, eight times as long {large:.3f} s")
