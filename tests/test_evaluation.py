"""The measure: rows against annotations."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.evaluation import matching
from tests.cliruns import ROOT, one_line, run

TEXT = """枫林县水务局2022年工作计划

一、重点任务
1.新建农村供水管网35.6公里,6月底前完成。责任单位:县水务局。
2.全年完成水利投资1.8亿元。
"""


def row(quote: str, task: str = "", optional: bool = False, **fields: str) -> dict[str, Any]:
    start = TEXT.index(quote)
    return {"quote": quote, "start": start, "end": start + len(quote), "task": task, "optional": optional, **fields}


def figure(quote: str, value: str, unit: str, **fields: Any) -> dict[str, Any]:
    plain = {"low": value, "high": value, "unit": unit, "bound": "eq", "status": "target", "change": ""}
    return row(quote, **{**plain, "indicator": "", "period": "", **fields})


def limit(quote: str, due_end: str, **fields: Any) -> dict[str, Any]:
    plain = {"kind": "by", "due_start": "", "due_end": due_end, "rrule": "", "duration": ""}
    return row(quote, **{**plain, "action": "", **fields})


def unit(quote: str, role: str, **fields: Any) -> dict[str, Any]:
    return row(quote, **{"role": role, "canonical": quote, "action": "", **fields})


def gold(folder: Path, **changed: Any) -> Path:
    """A folder with one text and gold that says what the program should find."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "计划.txt").write_text(TEXT, "utf-8")
    content = {
        "source": "计划.txt", "range": [0, len(TEXT)], "anchor_year": 2022,
        "figures": [figure("35.6公里", "35.6", "公里|千米", task="t1"), figure("1.8亿元", "180000000", "元")],
        "deadlines": [limit("6月底前", "2022-06-30", task="t1"), limit("全年", "2022-12-31", optional=True)],
        "units": [unit("县水务局", "responsible", task="t1", start=TEXT.rindex("县水务局"), end=TEXT.rindex("县水务局") + 4)],
    } | changed  # fmt: skip
    (folder / "计划.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    return folder


def report(*arguments: str | Path) -> dict[str, Any]:
    done = run("evaluate", *arguments, "--json")
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_what_is_right_earns_everything(tmp_path: Path) -> None:
    found = report(gold(tmp_path / "gold"), "--workers", "0")
    assert found["files"] == 1 and found["unread"] == []
    for table, count in (("figures", 2), ("deadlines", 1), ("units", 1)):
        assert found[table]["value"] == {"p": 1.0, "r": 1.0, "f1": 1.0, "gold": count, "pred": count, "hit": count}
        assert set(found[table]["accuracy"].values()) == {1.0}
    assert found["links"]["f1"] == 1.0 and found["links"]["gold"] == 3
    assert found["errors"] == {}
    assert {name: s["r"] for name, s in found["stages"].items()} == {"quantities": 1, "times": 1, "organisations": 1}
    assert sum(b["rows"] for b in found["reliability"]) == sum(b["right"] for b in found["reliability"]) == 4


def test_every_kind_of_fault_costs_what_it_should(tmp_path: Path) -> None:
    faulty = gold(
        tmp_path / "gold",
        figures=[
            figure("35.6公里", "36", "公里", status="actual", indicator="道路"),
            figure("1.8亿元", "180000000", "元"),
        ],
        deadlines=[limit("6月底前", "2022-07-31", kind="in"), limit("新建", "2022-12-31")],
        units=[],
    )
    found = report(faulty, "--workers", "0")
    assert found["errors"]["figures"] == {"high": 1, "indicator": 1, "low": 1, "status": 1}
    assert found["errors"]["deadlines"]["missed"] == 1 and found["errors"]["deadlines"]["due_end"] == 1
    assert found["errors"]["units"] == {"spurious": 1} and found["units"]["detection"]["p"] == 0
    assert found["figures"]["value"]["hit"] == 1 and found["figures"]["accuracy"]["status"] == 0.5
    assert (
        found["links"]["gold"] == 0 and found["links"]["pred"] == 1 and found["errors"]["links"] == {"link_spurious": 1}
    )
    judged = [b for b in found["reliability"] if b["rows"]]
    assert sum(b["rows"] for b in judged) - sum(b["right"] for b in judged) >= 3


@pytest.mark.parametrize(
    ("field", "gold_value", "said", "same"),
    [
        ("unit", "平方公里|km2", "平方公里", True), ("unit", "％", "%", True), ("low", "1,500", "1500.0", True),
        ("low", "", "0", False), ("rrule", "FREQ=MONTHLY;BYMONTHDAY=15", "BYMONTHDAY=15;INTERVAL=1;FREQ=MONTHLY", True),
        ("rrule", "FREQ=YEARLY", "", False), ("indicator", "供水管网", "农村供水管网", True), ("indicator", "管网", "投资", False),
        ("indicator", "", "投资", True), ("period", "", "2022-01-01/2022-12-31", True), ("due_end", "", "2022-01-01", False),
        ("status", "rule|other", "other", True), ("low", "x", "1", False),
    ],
)  # fmt: skip
def test_when_two_readings_are_the_same(field: str, gold_value: str, said: str, same: bool) -> None:
    assert matching.same(field, gold_value, said) is same


def test_numbers_are_those_of_the_contest_measure() -> None:
    """A stored run with faults of every sort: the stored numbers are the reference program's, which is asked again where
    it is at hand."""
    stored = ROOT / "tests" / "cases" / "evaluation"
    expected = json.loads((stored / "expected.json").read_text("utf-8"))
    found = report(stored / "gold", stored / "run")
    assert {name: found[name] for name in expected} == expected
    assert found["stages"] == {} and found["links"]["hit"] < found["links"]["gold"]
    reference = ROOT.parent / "shared" / "tools" / "score.py"
    if reference.exists():
        command = [sys.executable, str(reference), str(stored / "gold"), str(stored / "run"), "--json"]
        assert json.loads(subprocess.run(command, capture_output=True, check=True).stdout) == expected


def test_the_page_shows_both_readings_and_needs_nothing_else(tmp_path: Path) -> None:
    wrong = gold(tmp_path / "gold", figures=[figure("35.6公里", "36", "公里")])
    page = tmp_path / "差错.html"
    done = run("evaluate", wrong, "--workers", "0", "--page", page)
    assert done.returncode == 0 and str(page) in done.stdout.decode()
    html = page.read_text("utf-8")
    assert "1.新建农村供水管网<mark>35.6公里</mark>" in html and "<td>36</td><td>35.6</td>" in html
    assert 'id="g1"' in html and "<svg" in html and "把握可信吗" in html
    assert not re.search(r"<(?:script|link|img)\b|https?://|@import|url\(", html)


def test_two_runs_are_compared_row_by_row(tmp_path: Path) -> None:
    folder = gold(tmp_path / "gold")
    better, worse = tmp_path / "better", tmp_path / "worse"
    for out in (better, worse):
        assert run("extract", folder / "计划.txt", "--out", out, "--formats", "csv", "--workers", "0").returncode == 0
    figures = (worse / "figures.csv").read_text("utf-8-sig").replace('"target"', '"actual"')
    (worse / "figures.csv").write_text(figures, "utf-8-sig")
    (worse / "units.csv").write_text((worse / "units.csv").read_text("utf-8-sig").splitlines()[0] + "\n", "utf-8-sig")
    changes = report(folder, better, "--compare", worse)["compared"]
    assert [(c["table"], c["quote"], c["before"], c["after"]) for c in changes["better"]] == [
        ("figures", "35.6公里", ["status:actual"], []),
        ("figures", "1.8亿元", ["status:actual"], []),
        ("links", "35.6公里 – 县水务局", ["link_missed"], []),
        ("links", "6月底前 – 县水务局", ["link_missed"], []),
        ("units", "县水务局", ["missed"], []),
    ]
    assert changes["worse"] == changes["other"] == []
    told = run("evaluate", folder, worse, "--compare", better).stdout.decode()
    assert "变坏 5 行" in told and "县水务局:对 → 漏" in told


def test_parts_and_headings_are_measured_where_gold_marks_them(tmp_path: Path) -> None:
    start = TEXT.index("一、")
    marked = gold(
        tmp_path / "gold", headings=[{"start": start, "end": start + 6}, {"start": 0, "end": 3}],
        parts=[{"start": 0, "end": len(TEXT.rstrip())}],
    )  # fmt: skip
    stages = report(marked, "--workers", "0")["stages"]
    assert stages["headings"]["hit"] == 1 and stages["headings"]["gold"] == 2
    assert stages["parts"]["gold"] == 1


def test_a_source_that_was_not_read_is_told(tmp_path: Path) -> None:
    folder = gold(tmp_path / "gold")
    (folder / "计划.txt").write_text("", "utf-8")
    done = run("evaluate", folder, "--workers", "0")
    assert done.returncode == 0 and "计划.txt" in one_line(done)
    assert "漏" in done.stdout.decode()


@pytest.mark.parametrize("broken", ["no folder", "no gold", "no source", "not gold", "no tables"])
def test_wrong_use_is_one_line_and_code_2(broken: str, tmp_path: Path) -> None:
    folder = tmp_path / "gold"
    arguments: list[Path] = [folder]
    if broken != "no folder":
        gold(folder)
    if broken == "no gold":
        (folder / "计划.json").unlink()
    elif broken == "no source":
        (folder / "计划.txt").unlink()
    elif broken == "not gold":
        (folder / "计划.json").write_text('{"figures": 1}', "utf-8")
    elif broken == "no tables":
        arguments.append(tmp_path)
    done = run("evaluate", *arguments)
    assert done.returncode == 2 and one_line(done).startswith("taizhang: ")
