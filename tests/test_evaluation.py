"""The measure: rows against annotations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cliruns import run

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
