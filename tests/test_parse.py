"""``taizhang parse``: JSON lines in, JSON lines out."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from tests.cliruns import COMMAND, ROOT, run


def answers(*lines: bytes) -> list[dict[str, Any]]:
    done = run("parse", input=b"\n".join(lines) + b"\n")
    assert done.returncode == 0 and done.stderr == b""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_quantities_and_times_are_found() -> None:
    question = {"id": "q1", "text": "9月底前完成投资2.4亿元", "anchor": "2023-05-01"}
    (answer,) = answers(json.dumps(question).encode())
    assert answer == {
        "id": "q1",
        "quantities": [
            {"start": 8, "end": 13, "text": "2.4亿元", "low": "240000000", "high": "240000000", "unit": "元"}
        ],
        "times": [
            {
                "start": 0,
                "end": 4,
                "text": "9月底前",
                "start_date": "",
                "end_date": "2023-09-30",
                "rrule": "",
                "duration": "",
            }
        ],
    }


def test_bad_lines_are_answered_and_the_filter_goes_on() -> None:
    found = answers(
        b"{", b'{"id": 2}', b"[]", b'{"id": 3, "text": "x", "anchor": "soon"}', b'{"id": 4, "text": 5}', b"\xff\xfe",
        b'{"id": {"a": 1}, "text": "x", "anchor": 7}', b'{"id": 5, "text": "\\ud800"}', b"", b'{"id": 6, "text": "3\xe5\x85\xac\xe9\x87\x8c"}',
    )  # fmt: skip
    assert [a["id"] for a in found] == [None, 2, None, 3, 4, None, {"a": 1}, 5, 6]
    assert [("error" in a) for a in found] == [True] * 7 + [False, False]
    assert found[-1]["quantities"][0]["unit"] == "公里"


def test_answers_come_line_by_line() -> None:
    with subprocess.Popen([*COMMAND, "parse"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdin and process.stdout
        for n in range(3):
            process.stdin.write(json.dumps({"id": n, "text": f"{n + 2}家"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == n  # would hang if it waited for the end
        process.stdin.close()
        assert process.wait(30) == 0


def test_an_anchor_may_carry_a_clock_time() -> None:
    """The day of the anchor as it is written counts; neither clock nor offset moves it."""
    anchors = [
        "2021-06-14",
        "2021-06-14T01:06:40",
        "2021-06-14T23:59:59Z",
        "2021-06-14T00:30:00+08:00",
        "2021-06-14 08:00",
    ]
    found = answers(*(json.dumps({"id": a, "text": "明天报送", "anchor": a}).encode() for a in anchors))
    assert [(a["id"], a["times"][0]["start_date"]) for a in found] == [(a, "2021-06-15") for a in anchors]


def test_anchors_that_are_no_days_are_errors() -> None:
    anchors = ["2021-02-30", "2021-06", "14.06.2021", "T01:06:40"]
    found = answers(*(json.dumps({"id": a, "text": "明天报送", "anchor": a}).encode() for a in anchors))
    assert [a["id"] for a in found] == anchors
    assert all("error" in a and "times" not in a for a in found)


def test_answers_keep_the_order_of_the_questions() -> None:
    wanted = list(range(400))
    lines = [
        json.dumps({"id": n, "text": f"{n}公里" * (1 + n % 7)}).encode() if n % 10 else b"nonsense" for n in wanted
    ]
    found = answers(*lines)
    assert [a["id"] for a in found] == [n if n % 10 else None for n in wanted]
    assert all(("error" in a) == (n % 10 == 0) for n, a in zip(wanted, found, strict=True))
    assert found[8]["quantities"][0] == {"start": 0, "end": 3, "text": "8公里", "low": "8", "high": "8", "unit": "公里"}


def test_without_an_anchor_the_year_stays_unknown() -> None:
    (found,) = answers(json.dumps({"id": 1, "text": "8月底前、2月底前", "anchor": None}).encode())
    assert [t["end_date"] for t in found["times"]] == ["XXXX-08-31", "XXXX-02-28"]
