"""Reviewed documents as gold: read again by the measure, and two analysts beside each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.evaluation import gold as gold_of
from pipeline.evaluation.evaluation import evaluate
from pipeline.evaluation.goldfiles import Written, write
from pipeline.review.site import Site
from pipeline.store.deciding import Wish, decide
from tests.cliruns import one_line
from tests.cliruns import run as command
from tests.reviewing import opened, site_over


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return site_over(tmp_path, f"sqlite:///{tmp_path}/store.db")


def say(site: Site, verdict: str, table: str, row_id: str, who: str = "甲", **more: Any) -> None:
    wish = Wish(opened(site).doc_id, verdict, table, row_id, who, f"{who}{verdict}{row_id}{more}", None, **more)
    site.store.write(lambda c: decide(c, wish, site.clock.stamp(), "0"))


def rows(site: Site, *tables: str) -> list[Any]:
    one = opened(site)
    return [j for t in tables or ("figures", "deadlines", "units") for j in one.judged[t]]


def written(site: Site, folder: Path) -> Written:
    with site.store.reader() as connection:
        return write(connection, folder)


def test_gold_holds_what_people_decided_and_the_measure_reads_it(site: Site, tmp_path: Path) -> None:
    first, *others = rows(site)
    for j in others:
        say(site, "accept", j.table, j.row_id)
    assert written(site, tmp_path / "early").waiting == {"计划.txt": 1}
    say(site, "edit", first.table, first.row_id, after={"value_low": "36", "value_high": "36"})
    rejected = rows(site, "units")[0]
    say(site, "reject", "units", rejected.row_id)
    text = opened(site).text
    at = text.index("12处")
    say(
        site, "add", "figures", "", start=at, end=at + 1, after={"value_low": "12", "value_high": "12", "unit": "处|个"}
    )
    found = written(site, tmp_path / "gold")
    assert found.documents == 1 and found.waiting == {}
    (path,) = (tmp_path / "gold").iterdir()
    content = json.loads(path.read_text("utf-8"))
    assert content["source"] == "计划.txt" and content["range"] == [0, len(text)] and content["anchor_year"] == 2022
    for table in ("figures", "deadlines", "units"):
        for item in content[table]:
            assert text[item["start"] : item["end"]] == item["quote"]
    assert {"36"} <= {f["low"] for f in content["figures"]} and "处｜个" in {f["unit"] for f in content["figures"]}
    assert len(content["units"]) == len(rows(site, "units")) - 1
    shared = [i["task"] for t in ("figures", "deadlines", "units") for i in content[t] if i["task"]]
    assert shared and all(shared.count(t) > 1 for t in shared)
    assert (
        command("export", "--store", tmp_path / "store.db", "--out", tmp_path / "out", "--formats", "csv").returncode
        == 0
    )
    scores = evaluate(gold_of.read(tmp_path / "gold"), tmp_path / "out").as_dict()
    assert scores["unread"] == [] and scores["figures"]["detection"]["f1"] == scores["deadlines"]["value"]["f1"] == 1.0
    assert scores["units"]["detection"]["f1"] == 1.0


def test_two_analysts_beside_each_other(site: Site, tmp_path: Path) -> None:
    for j in rows(site):
        say(site, "accept", j.table, j.row_id, "甲")
        say(site, "accept", j.table, j.row_id, "乙")
    (same,) = written(site, tmp_path / "one").agreements
    told = same.as_dict()
    assert told["analysts"] == ["乙", "甲"] or told["analysts"] == ["甲", "乙"]
    assert all(v == {"exact": 1.0, "overlapping": 1.0} for v in told["spans"].values())
    assert all(share == 1.0 for t in told["accuracy"].values() for share in t.values())
    figures = rows(site, "figures")
    say(site, "reject", "figures", figures[0].row_id, "乙")
    say(site, "edit", "figures", figures[1].row_id, "乙", after={"status": "other"})
    (other,) = written(site, tmp_path / "two").agreements
    told, n = other.as_dict(), len(figures)
    assert told["spans"]["figures"]["exact"] == pytest.approx(2 * (n - 1) / (2 * n - 1))
    assert told["accuracy"]["figures"]["status"] == pytest.approx((n - 2) / (n - 1))
    assert told["spans"]["units"]["exact"] == 1.0


def test_the_verb(site: Site, tmp_path: Path) -> None:
    store = ("--store", tmp_path / "store.db")
    for j in rows(site):
        say(site, "accept", j.table, j.row_id, "甲")
        say(site, "accept", j.table, j.row_id, "乙")
    done = command("export", *store, "--gold", tmp_path / "gold")
    assert done.returncode == 0 and "标注 1 份材料" in done.stdout.decode(), done.stderr
    assert "数字 F1 1.000(完全一致 1.000)" in done.stdout.decode()
    done = command("export", *store, "--gold", tmp_path / "gold")
    assert done.returncode == 2 and "不是空的" in one_line(done)
    done = command("export", *store)
    assert done.returncode == 2 and "--gold" in one_line(done)
    told = json.loads(command("export", *store, "--gold", tmp_path / "other", "--json").stdout)
    assert told["documents"] == 1 and len(told["agreement"]) == 1
    done = command("evaluate", tmp_path / "gold", "--sources", tmp_path / "in", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["figures"]["detection"]["f1"] == 1.0, done.stderr
