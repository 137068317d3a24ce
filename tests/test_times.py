"""The time parser: cases as data, properties of any date in any writing, and work that grows with length only."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.language import feasts, times
from extractors.lexicon import settings as lexicon
from tests.growth import assert_linear

CASES = Path(__file__).parent / "cases" / "times"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
DIGITS = "〇一二三四五六七八九"
DATES = st.dates(date(1950, 1, 1), date(2099, 12, 31))
ANCHORS = st.none() | DATES
SHOWN = ("start_date", "end_date", "rrule", "duration", "uses")


def cases(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text("utf-8").splitlines()]


def answer(case: dict[str, Any]) -> list[dict[str, Any]]:
    """What is found, without the empty fields."""
    anchor = date.fromisoformat(case["anchor"]) if case["anchor"] else None
    found = times.find(case["text"], anchor)
    return [
        {"text": t.text, "start": t.start, "kind": t.kind} | {k: getattr(t, k) for k in SHOWN if getattr(t, k)}
        for t in found
    ]


def label(case: dict[str, Any]) -> str:
    return f"{case['text']}@{case['anchor']}"


@pytest.mark.parametrize("case", [c for n in ("wild", "synthetic", "negative") for c in cases(n)], ids=label)
def test_case(case: dict[str, Any]) -> None:
    assert answer(case) == case["expect"]


@pytest.mark.parametrize("case", cases("known_failures"), ids=label)
def test_known_failure_still_fails(case: dict[str, Any]) -> None:
    assert answer(case) != case["expect"], "now right: move it to wild or negative"


def test_there_are_enough_cases() -> None:
    assert sum(len(cases(n)) for n in ("wild", "synthetic", "negative")) >= 600
    negative = cases("negative")
    assert len(negative) >= 120
    assert all(c["expect"] == [] for c in negative)


def chinese(n: int) -> str:
    """A number below 100 in characters."""
    tens, ones = divmod(n, 10)
    return ("" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十") + (
        DIGITS[ones] if ones or not tens else ""
    )


def spoken_year(year: int) -> str:
    return "".join(DIGITS[int(c)] for c in str(year))


WRITINGS = {
    "2021年3月5日": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "2021年03月05日": lambda d: f"{d.year}年{d.month:02d}月{d.day:02d}日",
    "2021 年 3 月 5 日": lambda d: f"{d.year} 年 {d.month} 月 {d.day} 日",
    "full width": lambda d: f"{d.year}年{d.month}月{d.day}日".translate(FULL_WIDTH),
    "2021年3月5号": lambda d: f"{d.year}年{d.month}月{d.day}號",
    "二〇二一年三月五日": lambda d: f"{spoken_year(d.year)}年{chinese(d.month)}月{chinese(d.day)}日",
    "二零二一年三月五日": lambda d: (
        f"{spoken_year(d.year).replace('〇', '零')}年{chinese(d.month)}月{chinese(d.day)}日"
    ),
    "2021-03-05": lambda d: d.isoformat(),
    "2021-3-5": lambda d: f"{d.year}-{d.month}-{d.day}",
    "2021/03/05": lambda d: f"{d.year}/{d.month:02d}/{d.day:02d}",
    "2021.3.5": lambda d: f"{d.year}.{d.month}.{d.day}",
    "20210305": lambda d: f"{d:%Y%m%d}",
}


@pytest.mark.parametrize("writing", WRITINGS)
@given(day=DATES, anchor=ANCHORS)
@settings(max_examples=40, deadline=None)
def test_any_date_in_any_writing_is_found(writing: str, day: date, anchor: date | None) -> None:
    written = WRITINGS[writing](day)
    [found] = times.find(f"项目于{written}竣工", anchor)
    assert (found.text, found.start_date, found.end_date) == (written, day.isoformat(), day.isoformat())
    assert (found.kind, found.uses) == ("in", "")


@given(day=DATES, anchor=ANCHORS)
@settings(deadline=None)
def test_a_limit_includes_its_day(day: date, anchor: date | None) -> None:
    [found] = times.find(f"请于{day.year}年{day.month}月{day.day}日前完成", anchor)
    assert (found.kind, found.start_date, found.end_date) == ("by", "", day.isoformat())


@given(day=DATES, anchor=ANCHORS)
@settings(deadline=None)
def test_a_month_and_day_take_their_year_from_the_anchor(day: date, anchor: date | None) -> None:
    [found] = times.find(f"定于{day.month}月{day.day}日验收", anchor)
    leap_day = (day.month, day.day) == (2, 29)
    year = f"{anchor.year:04d}" if anchor else "XXXX"
    known = not leap_day or anchor is None or anchor.year % 4 == 0
    assert found.start_date == (f"{year}-{day.month:02d}-{day.day:02d}" if known else "")
    assert found.uses == "year"


@given(first=DATES, other=DATES)
@settings(deadline=None)
def test_a_range_runs_from_its_first_to_its_last_day(first: date, other: date) -> None:
    a, b = sorted((first, other))
    [found] = times.find(f"公示期为{a.year}年{a.month}月{a.day}日至{b.year}年{b.month}月{b.day}日", None)
    assert (found.start_date, found.end_date) == (a.isoformat(), b.isoformat())


@given(days=st.integers(1, 400), unit=st.sampled_from(["天", "个工作日", "个月", "周"]))
@settings(deadline=None)
def test_a_length_keeps_its_number(days: int, unit: str) -> None:
    iso = {"天": "D", "个工作日": "D", "个月": "M", "周": "W"}[unit]
    [found] = times.find(f"应在{days}{unit}内办结", None)
    assert (found.kind, found.duration, found.text) == ("within", f"P{days}{iso}", f"{days}{unit}内")


@given(day=st.integers(1, 31))
def test_a_day_of_every_month(day: int) -> None:
    [found] = times.find(f"每月{day}日前报送", None)
    assert (found.kind, found.rrule) == ("every", f"FREQ=MONTHLY;BYMONTHDAY={day}")


TEXTS = st.text(
    alphabet="2021-./年月日季周旬底前后内起止至到自从每逐隔第上下本今明一二三十两半个工作日天号初中末“十四五”国庆春节、,。_*X\n （）週後",
    max_size=60,
)


@given(text=TEXTS | st.text(max_size=40), anchor=ANCHORS, other=ANCHORS)
@settings(max_examples=300, deadline=None)
def test_spans_slice_back_and_dates_can_be_resolved_again(text: str, anchor: date | None, other: date | None) -> None:
    found = times.find(text, anchor)
    end = 0
    for t in found:
        assert end <= t.start < t.end
        assert text[t.start : t.end] == t.text
        end = t.end
    assert [times.resolve(t, other) for t in found] == times.find(text, other)


def test_an_anchor_at_the_edge_of_the_calendar_is_no_error() -> None:
    for anchor in (date(1, 1, 1), date(9999, 12, 31)):
        for text in (
            "下周",
            "去年",
            "后年3月",
            "近三年",
            "三个月内",
            "上两个月",
            "明天",
            "下季度末",
            "2月底前",
            "春节前",
            "11月至次年2月",
            "第一周",
            "下下周三",
            "昨天",
        ):
            times.find(text, anchor)


def test_resolve_changes_only_what_the_anchor_gives() -> None:
    [found] = times.find("8月底前完成", None)
    again = times.resolve(found, date(2022, 1, 1))
    assert (found.end_date, again.end_date) == ("XXXX-08-31", "2022-08-31")
    kept = {f.name for f in fields(times.Time)} - {"end_date"}
    assert all(getattr(found, name) == getattr(again, name) for name in kept)


@pytest.mark.parametrize("entry", lexicon("times")["relative"], ids=lambda e: e["words"][0])
def test_every_relative_word_is_a_time(entry: dict[str, Any]) -> None:
    for word in entry["words"]:
        [found] = times.find(f"({word})", date(2021, 5, 12))
        assert found.text == word
        assert found.uses == {"half": "month", "quarter": "month"}.get(entry["unit"], entry["unit"])


@pytest.mark.parametrize("name", feasts.names())
def test_every_feast_has_a_day_in_every_year(name: str) -> None:
    quoted = f"“{name}”" if name in lexicon("times")["feasts"]["quoted"] else name
    for year in (1950, 2021, 2098):
        [found] = times.find(f"在{quoted}前完成", date(year, 7, 1))
        assert found.kind == "by" and found.end_date.startswith(str(year))


@pytest.mark.parametrize("day", ["2020-01-24", "2021-02-11", "2026-02-16"])
def test_new_years_eve_is_the_day_before_spring_festival(day: str) -> None:
    year = int(day[:4])
    [found] = times.find("除夕", date(year, 7, 1))
    assert found.start_date == day


HOSTILE = [
    "年月日", "1", "1-", "1,1.", "一百", "十", "每", "每月", "2021年", "(", "_", "*年", "“", "、3", "3月", "2021-01-01-", "自5月起",
    "后5日内", "3至", "今年", "国庆", "一月一", "“十四五", "自公告之日起", "每年1月、", "３", " ", "\n1、",
]  # fmt: skip


@pytest.mark.parametrize("piece", ["9", "一百", "((", "年月日"])
def test_two_million_characters(piece: str) -> None:
    assert times.find(piece * (2_000_000 // len(piece)), None) == []


@pytest.mark.parametrize("piece", HOSTILE)
def test_work_grows_with_length_only(piece: str) -> None:
    assert_linear(lambda text: times.find(text, date(2021, 5, 12)), piece)
