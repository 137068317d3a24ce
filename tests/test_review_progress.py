"""Targets against results: what people say of a pair holds when everything is compared anew."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import select

from pipeline.config import Settings
from pipeline.review.site import Site
from pipeline.store import matches
from pipeline.store.progress import refresh
from pipeline.store.schema import ANCHORS, FOLLOWED, FOLLOWUPS, MATCHES, PROGRESS
from pipeline.stored import export
from tests.browsing import DESK, PHONE, Visit, chromium, serving
from tests.cliruns import SUMMARY
from tests.cliruns import run as command
from tests.nights import DAY, run
from tests.reviewing import client, seen, site_over
from tests.test_followups import follow

# Two results that fit one target equally well: the analyst has to say which.
RIVALS = """枫林县林业局2022年工作计划
一、全年完成造林面积1200亩。
枫林县林业局
2022年1月10日
"""
DONE = """枫林县林业局2022年上半年工作总结
一、1-6月,东片完成造林面积400亩。
二、1-6月,西片完成造林面积300亩。
枫林县林业局
2022年7月8日
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return site_over(tmp_path, f"sqlite:///{tmp_path}/store.db")


def pairs(site: Site, words: str = "水利投资") -> dict[tuple[str, str], Any]:
    with site.store.reader() as connection:
        rows = connection.execute(select(PROGRESS).where(PROGRESS.c.indicator.like(f"%{words}%")))
        return {(r.target_figure_id, r.actual_figure_id): r for r in rows}


def say(site: Site, verdict: str, pair: tuple[str, str], role: str = "analyst") -> int:
    return (
        client(site, "甲", role)
        .post("/progress", data={"verdict": verdict, "target": pair[0], "actual": pair[1]})
        .status_code
    )


def test_a_pair_taken_apart_stays_apart(site: Site, tmp_path: Path) -> None:
    (pair,) = pairs(site)
    assert pair[1] and say(site, "split", pair, "viewer") == 403 and say(site, "nonsense", pair) == 422
    assert say(site, "split", ("0" * 16, pair[1])) == 404
    assert say(site, "split", pair) == 303
    assert pair not in pairs(site)
    site.store.write(lambda c: refresh(c, [], everything=True) and None)
    assert pair not in pairs(site), "computed anew"
    export(site.store, tmp_path / "out", Settings(formats=("csv", "xlsx")))
    with (tmp_path / "out" / "progress.csv").open(encoding="utf-8-sig") as file:
        table = list(csv.DictReader(file))
    assert pair not in {(r["target_figure_id"], r["actual_figure_id"]) for r in table}
    report = tmp_path / "in" / "总结.txt"
    report.write_text("按语:供参考。\n" + SUMMARY, "utf-8")
    run(tmp_path / "taizhang.toml", DAY + timedelta(days=1))
    assert not any(r.actual_figure_id and r.actual_value == 72000000 for r in pairs(site).values()), (
        "in another version too"
    )
    page = client(site, "甲").get("/progress").text
    assert "已拆开的" in page
    forms = re.findall(r'name="target" value="(\w+)".*?name="actual" value="(\w+)".*?value="withdraw"', page, re.S)
    assert say(site, "withdraw", forms[-1]) == 303
    assert any(r.actual_value == 72000000 for r in pairs(site).values()), "taken back"
    with site.store.reader() as connection:
        assert connection.scalars(select(MATCHES.c.verdict).order_by(MATCHES.c.number)).all() == ["split", "withdraw"]
        assert matches.standing(connection) == []


def test_a_confirmed_pair_is_certain(site: Site, tmp_path: Path) -> None:
    (tmp_path / "in" / "林业局.txt").write_text(RIVALS, "utf-8")
    (tmp_path / "in" / "林业局总结.txt").write_text(DONE, "utf-8")
    run(tmp_path / "taizhang.toml", DAY + timedelta(days=1))
    found = pairs(site, "造林面积")
    assert len(found) == 2 and all(r.confidence < 0.5 and not r.state for r in found.values())
    page = client(site, "甲").get("/progress?state=doubt").text
    assert seen(page).count("存疑") >= 2
    pair = next(k for k, r in found.items() if r.actual_value == 400)
    assert say(site, "confirm", pair) == 303
    for again in (False, True):
        if again:
            site.store.write(lambda c: refresh(c, [], everything=True) and None)
        (row,) = pairs(site, "造林面积").values()
        assert (row.actual_value, row.confidence, row.state) == (400, 1.0, "behind")
    assert "已确认" in client(site, "甲").get("/progress").text
    assert say(site, "withdraw", pair) == 303 and len(pairs(site, "造林面积")) == 2


def test_in_a_browser(site: Site, tmp_path: Path) -> None:
    with serving(site) as address, chromium() as browser:
        for viewport in (DESK, PHONE):
            visit = Visit(browser, site, address, "王敏", "analyst", viewport)
            page = visit.go("/progress")
            visit.shot(tmp_path, f"progress-{viewport['width']}")
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
            bad = [v["id"] for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
            assert bad == [] and visit.complaints == []
        page = visit.go("/progress?q=水利投资")
        page.locator("td.half a").nth(1).click()
        page.wait_for_url("**/doc/**#figures-**")
        assert "7200万元" in page.locator(":focus, :target, .current, .active").first.inner_text()
        page = visit.go("/progress?q=水利投资")
        page.locator("button", has_text="确认").click()
        page.wait_for_selector("text=已确认")
        assert "q=%E6%B0%B4" in page.url and visit.complaints == []


def test_a_purge_takes_words_on_the_document_along(site: Site, tmp_path: Path) -> None:
    (pair,) = pairs(site)
    assert say(site, "confirm", pair) == 303
    task = follow(site.store, "水利投资", state="ongoing")
    done = command("purge", "计划.txt", "--why", "误报", "--config", tmp_path / "taizhang.toml")
    assert done.returncode == 0, done.stderr
    with site.store.reader() as connection:
        assert [connection.execute(t.select()).all() for t in (MATCHES, FOLLOWED, FOLLOWUPS, ANCHORS)] == [
            [],
            [],
            [],
            [],
        ], task
