"""Answers of other projects' parsers to number and time cases; runs in .venv-bench, so it imports nothing of ours.

python rivals.py NAME SECONDS < questions.jsonl      a question: {"id", "kind", "text", "anchor", "span"}

Prints answers in the form of ``taizhang parse``, as many as the time allows. Where a reading leaves a choice, the one that
agrees with our conventions is taken: the anchor's year, ends that include their day, bounds as low and high.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any

Answer = dict[str, Any]
_FREQ = {"year": "YEARLY", "month": "MONTHLY", "week": "WEEKLY", "day": "DAILY", "Y": "YEARLY", "M": "MONTHLY"}
_FREQ |= {"W": "WEEKLY", "D": "DAILY"}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ISO = {"year": "Y", "month": "M", "week": "W", "day": "D", "workday": "D", "hour": "H", "minute": "M"}
_DEFAULT = "2021-01-01"


def quantity(start: int, end: int, low: Any, high: Any) -> Answer:
    """The measure is read out of the span by who asks."""
    return {"start": start, "end": end, "low": _plain(low), "high": _plain(high)}


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def moment(start: int, end: int, *, first: str = "", last: str = "", rrule: str = "", duration: str = "") -> Answer:
    return {"start": start, "end": end, "start_date": first, "end_date": last, "rrule": rrule, "duration": duration}


class JioNLP:
    """extract_money and extract_time; where a text as a whole is the expression, parse_money and parse_time."""

    def __init__(self) -> None:
        self.lib = import_module("jionlp")

    def quantities(self, question: dict[str, Any]) -> Iterator[Answer]:
        text = question["text"]
        found = self.lib.ner.extract_money(text, with_parsing=True)
        for hit in found:
            start, end = hit["offset"]
            yield quantity(start, end, *self._sum(hit["detail"]))
        if not found and question["span"] == "whole":
            yield quantity(0, len(text), *self._sum(self.lib.parse_money(text)))

    @staticmethod
    def _sum(detail: dict[str, Any]) -> tuple[Any, Any]:
        low, high = detail["num"] if isinstance(detail["num"], list) else (detail["num"],) * 2
        bound = detail.get("definition", "")
        return (None if bound == "blur-" else low), (None if bound == "blur+" else high)

    def times(self, question: dict[str, Any]) -> Iterator[Answer]:
        text, day = question["text"], date.fromisoformat((question["anchor"] or _DEFAULT)[:10])
        base = {"year": day.year, "month": day.month, "day": day.day}
        found = self.lib.ner.extract_time(text, time_base=base, with_parsing=True)
        for hit in found:
            dates = self._dates(hit["detail"])
            if hit["text"].endswith(("前", "内")) and dates.get("first") == day.isoformat():
                dates["first"] = ""  # it begins limits today
            start, end = hit["offset"]
            yield moment(start, end, **dates)
        if not found and question["span"] == "whole":
            yield moment(0, len(text), **self._dates(self.lib.parse_time(text, time_base=base)))

    def _dates(self, detail: dict[str, Any]) -> dict[str, str]:
        value = detail["time"]
        if detail["type"] == "time_delta":
            return {"duration": "/".join(map(self._length, value if isinstance(value, list) else [value]))}
        if detail["type"] == "time_period":
            return {"rrule": self._rule(value["delta"], value["point"])}
        first, last = ("" if "inf" in v else v[:10] for v in value)
        return {"first": first, "last": last}

    @staticmethod
    def _length(delta: dict[str, Any]) -> str:
        day = "".join(f"{_number(n)}{_ISO[u]}" for u, n in delta.items() if u in _ISO and u not in ("hour", "minute"))
        clock = "".join(f"{_number(n)}{_ISO[u]}" for u, n in delta.items() if u in ("hour", "minute"))
        return "P" + day + ("T" + clock if clock else "")

    @staticmethod
    def _rule(delta: dict[str, Any], point: dict[str, Any] | None) -> str:
        (unit, n), *_ = delta.items()
        if isinstance(n, list) or unit not in _FREQ:
            return ""
        if (unit, n) == ("day", 7):
            unit, n = "week", 1
        rule = f"FREQ={_FREQ[unit]}" + (f";INTERVAL={_number(n)}" if n != 1 else "")
        times = (point or {}).get("time") or []
        day = next((v[:10] for v in reversed(times) if isinstance(v, str) and v[:1].isdigit()), "")
        if day:
            when = date.fromisoformat(day)
            rule += {
                "year": f";BYMONTH={when.month};BYMONTHDAY={when.day}",
                "month": f";BYMONTHDAY={when.day}",
                "week": f";BYDAY={_DAYS[when.weekday()]}",
            }.get(unit, "")
        return rule


def _number(n: Any) -> str:
    return f"{n:g}" if isinstance(n, float) else str(n)


class Recognizers:
    """Its models of numbers, shares, money, dimensions, ages and temperatures together, and of dates."""

    def __init__(self) -> None:
        number = import_module("recognizers_number")
        unit = import_module("recognizers_number_with_unit")
        self.measured = [
            number.recognize_percentage,
            unit.recognize_currency,
            unit.recognize_dimension,
            unit.recognize_age,
            unit.recognize_temperature,
        ]
        self.bare = number.recognize_number
        self.dated = import_module("recognizers_date_time").recognize_datetime

    def quantities(self, question: dict[str, Any]) -> Iterator[Answer]:
        text = question["text"]
        found: dict[tuple[int, int], Answer] = {}
        for recognise in [*self.measured, self.bare]:
            for hit in recognise(text, "zh-cn"):
                start, end = hit.start, hit.end + 1
                value = ((hit.resolution or {}).get("value") or "").rstrip("%")
                if value and not any(a < end and start < b for a, b in found):
                    found[start, end] = quantity(start, end, value, value)
        yield from found.values()

    def times(self, question: dict[str, Any]) -> Iterator[Answer]:
        day = datetime.fromisoformat((question["anchor"] or _DEFAULT)[:10])
        for hit in self.dated(question["text"], "zh-cn", reference=day):
            values = (hit.resolution or {}).get("values") or []
            if values:
                here = [v for v in values if str(day.year) in (v.get("end") or v.get("start") or v.get("value") or "")]
                yield moment(hit.start, hit.end + 1, **self._dates((here or values)[0]))

    def _dates(self, value: dict[str, str]) -> dict[str, str]:
        timex, kind = value.get("timex", ""), value.get("type", "")
        if kind == "duration":
            return {"duration": timex}
        if kind == "set":
            return {"rrule": self._rule(timex)}
        if "value" in value:
            day = value["value"][:10] if kind in ("date", "datetime") else ""
            return {"first": day, "last": day}
        first, last = value.get("start", "")[:10], value.get("end", "")[:10]
        # 2021年3月 ends before 1 April, 3月5日至8日 on its last day
        if last and kind == "daterange" and not timex.startswith("(") and "Mod" not in value:
            last = (date.fromisoformat(last) - timedelta(days=1)).isoformat()
        return {"first": first, "last": last}

    @staticmethod
    def _rule(timex: str) -> str:
        every = re.fullmatch(r"P(\d+)([YMWD])", timex)
        if every:
            return f"FREQ={_FREQ[every[2]]}" + (f";INTERVAL={every[1]}" if every[1] != "1" else "")
        weekday = re.fullmatch(r"XXXX-WXX-(\d)", timex)
        return f"FREQ=WEEKLY;BYDAY={_DAYS[int(weekday[1]) - 1]}" if weekday else ""


RIVALS: dict[str, Callable[[], JioNLP | Recognizers]] = {"JioNLP": JioNLP, "Recognizers-Text": Recognizers}


def main(name: str, limit: float) -> None:
    """Answer what is asked on standard input; a question that a parser fails on has an answer without hits."""
    out = sys.stdout
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            rival = RIVALS[name]()
        except Exception as error:
            print(json.dumps({"missing": f"{type(error).__name__}: {error}"}), file=out)
            return
        started = time.process_time()
        for line in sys.stdin:
            if time.process_time() - started > limit:
                return
            question = json.loads(line)
            hits: list[Answer] = []
            with contextlib.suppress(Exception):
                hits += rival.quantities(question) if question["kind"] == "quantity" else rival.times(question)
            key = "quantities" if question["kind"] == "quantity" else "times"
            print(json.dumps({"id": question["id"], key: hits}, ensure_ascii=False), file=out, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
