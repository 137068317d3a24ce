"""Decisions through the page into the store, and what becomes of them when documents are read again."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, text

from pipeline import stored
from pipeline.config import Settings
from pipeline.review.drawing import Drawn, Pages, places
from pipeline.review.site import Site
from pipeline.store import ledger
from pipeline.store.paging import page
from pipeline.store.schema import DECISIONS, ROWS
from pipeline.verdicts.effective import Judged
from tests import nights
from tests.cliruns import PLAN, contents
from tests.nights import DAY
from tests.reviewing import client, doc_id, opened, seen, site_over


def find(site: Site, table: str, quote: str, source: str = "计划.txt") -> Judged:
    return next(j for j in opened(site, source).judged[table] if j.row.quote == quote)


class Person:
    """Somebody at a browser, deciding on the rows of one document as he sees them."""

    def __init__(self, site: Site, name: str = "甲", role: str = "analyst") -> None:
        self.site, self.name, self.browser, self.count = site, name, client(site, name, role), 0

    def say(self, verdict: str, table: str, quote: str, mark: str | None = None, **more: Any) -> Any:
        j = find(self.site, table, quote) if verdict != "add" else None
        values = {"row_id": j.row_id, "mark": j.mark if mark is None else mark} if j else {}
        self.count += 1
        key = more.pop("key", f"{self.name}-key-{self.count:04d}")
        path = f"/doc/{doc_id(self.site, '计划.txt')}/decide"
        return self.browser.post(path, data={"verdict": verdict, "table": table, "key": key} | values | more)


def verdicts(site: Site) -> list[tuple[str, str]]:
    with site.store.reader() as connection:
        query = select(DECISIONS.c.who, DECISIONS.c.verdict).order_by(DECISIONS.c.number)
        return [(who, verdict) for who, verdict in connection.execute(query)]


def test_every_verdict_is_one_record_and_what_counts_follows(url: str, tmp_path: Path) -> None:
    site = site_over(tmp_path, url)
    a, b = Person(site), Person(site, "乙", "reviewer")
    assert a.say("accept", "figures", "35.6公里").status_code == 200
    edited = a.say("edit", "units", "县财政局", canonical="枫林县财政局", role="lead", reason="文中写明")
    assert edited.status_code == 200
    task = next(j for j in opened(site).judged["tasks"] if "清淤" in j.row.quote)
    assert "枫林县财政局" in task.row.lead_units and f"tasks-{task.row_id}" in edited.json()["cards"], (
        "the task's card comes too"
    )
    assert a.say("reject", "deadlines", "全年").json()["redraw"]
    start = PLAN.index("重点任务")
    added = a.say("add", "tasks", "", start=start, end=start + 4, action="重点任务")
    assert added.status_code == 200
    assert a.say("link", "figures", "1.8亿元", task_id=added.json()["key"].removeprefix("tasks-")).status_code == 200
    assert find(site, "tasks", "重点任务").row.figures.endswith("1.8亿元")
    assert a.say("confirm", "figures", "35.6公里").status_code == 422, "an analyst confirms nothing"
    assert b.say("confirm", "figures", "35.6公里").status_code == 200
    assert b.say("comment", "figures", "35.6公里", reason="与总结一致").status_code == 200
    one = find(site, "figures", "35.6公里")
    assert (one.state, one.who, one.confirmed_by, [c.reason for c in one.comments]) == (
        "accepted",
        "甲",
        "乙",
        ["与总结一致"],
    )
    assert b.say("undo", "figures", "35.6公里").status_code == 200
    assert (find(site, "figures", "35.6公里").state, find(site, "figures", "35.6公里").confirmed_by) == ("accepted", "")
    assert [v for _, v in verdicts(site)] == ["accept", "edit", "reject", "add", "link", "confirm", "comment", "undo"]
    history = seen(a.browser.get("/history").text)
    assert all(w in history for w in ("枫林县财政局", "与总结一致", "撤销", "归入任务"))


def test_the_second_on_a_row_is_told_and_shown_both(url: str, tmp_path: Path) -> None:
    site = site_over(tmp_path, url)
    a, b = Person(site), Person(site, "乙")
    mark = find(site, "figures", "12处").mark
    assert a.say("edit", "figures", "12处", mark=mark, indicator="清淤河段").status_code == 200
    told = b.say("edit", "figures", "12处", mark=mark, indicator="疏浚河段")
    assert told.status_code == 409
    words = seen(told.json()["conflict"])
    assert "甲" in words and "清淤河段" in words and "疏浚河段" in words
    assert [who for who, _ in verdicts(site)] == ["甲"]
    again = b.say("edit", "figures", "12处", mark=told.json()["mark"], indicator="疏浚河段")
    assert again.status_code == 200 and find(site, "figures", "12处").row.indicator == "疏浚河段"


def test_the_same_request_again_is_the_same_decision(url: str, tmp_path: Path) -> None:
    site = site_over(tmp_path, url)
    a = Person(site)
    mark = find(site, "figures", "12处").mark
    for _ in range(2):
        assert a.say("accept", "figures", "12处", mark=mark, key="the-same-key").status_code == 200
    assert len(verdicts(site)) == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"verdict": "edit", "value_low": "许多"}, "数字"),
        ({"verdict": "edit", "status": "whatever"}, "列表"),
        ({"verdict": "edit"}, "没有改动"),
        ({"verdict": "explode"}, "没有这种意见"),
        ({"verdict": "comment", "reason": "  "}, "空的"),
        ({"verdict": "accept", "row_id": "0000"}, "已不在"),
        ({"verdict": "accept", "key": "x"}, "过期"),
        ({"verdict": "link", "task_id": "0000"}, "没有这项任务"),
        ({"verdict": "undo"}, "没有可以撤销"),
    ],
)
def test_what_cannot_be_decided_is_said(one_site: Site, values: dict[str, str], words: str) -> None:
    a = Person(one_site)
    answer = a.say(values.pop("verdict"), "figures", "12处", **values)
    assert answer.status_code == 422 and words in answer.json()["words"]
    assert verdicts(one_site) == []


@pytest.fixture(scope="module")
def one_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("one")
    return site_over(folder, f"sqlite:///{folder}/store.db")


@pytest.mark.parametrize(("start", "end"), [("5", "5"), ("9", "5"), ("0", "99999"), ("-1", "3"), ("x", "y")])
def test_a_row_needs_words_to_stand_on(one_site: Site, start: str, end: str) -> None:
    answer = Person(one_site).say("add", "figures", "", start=start, end=end, indicator="x")
    assert answer.status_code == 422 and "没有选中" in answer.json()["words"]


def test_a_document_is_done_when_every_row_was_seen(url: str, tmp_path: Path) -> None:
    site = site_over(tmp_path, url)
    a, b = Person(site), Person(site, "乙", "reviewer")
    path = f"/doc/{doc_id(site, '计划.txt')}/finish"
    early = a.browser.post(path, data={"verdict": "accept", "key": "k" * 8})
    assert early.status_code == 422 and "12 条" in early.json()["words"]
    for t in ("figures", "deadlines", "units", "tasks"):
        for j in opened(site).judged[t]:
            assert a.say("accept", t, j.row.quote, mark=j.mark).status_code == 200 or j.row.quote == "县水务局"
    for j in opened(site).judged["units"]:  # one quote twice
        a.browser.post(path.replace("finish", "decide"), data={
            "verdict": "accept", "table": "units", "row_id": j.row_id, "mark": j.mark, "key": f"unit-{j.row_id}"})  # fmt: skip
    assert a.browser.post(path, data={"verdict": "confirm", "key": "c" * 8}).status_code == 422
    assert a.browser.post(path, data={"verdict": "accept", "key": "d" * 8}).status_code == 200
    assert "已看完" in seen(a.browser.get("/queue?status=done").text)
    assert b.browser.post(path, data={"verdict": "confirm", "key": "e" * 8}).status_code == 200
    assert "已复核" in seen(a.browser.get("/queue?status=confirmed").text)
    assert b.browser.post(path, data={"verdict": "undo", "key": "f" * 8}).status_code == 200
    assert "计划.txt" in seen(a.browser.get("/queue?status=done").text)


def table_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_tables_of_nights_exports_and_due_dates_go_by_decisions(url: str, tmp_path: Path) -> None:
    site = site_over(tmp_path, url)
    file = tmp_path / "taizhang.toml"
    a = Person(site)
    a.say("edit", "deadlines", "6月底前", due_end="2022-07-25")
    a.say("reject", "figures", "12处")
    nights.run(file, DAY + timedelta(days=1))
    stored.export(site.store, tmp_path / "now", Settings(formats=("csv",), workers=0))
    for folder in (tmp_path / "out", tmp_path / "now"):
        assert [d["due_end"] for d in table_of(folder, "deadlines") if d["quote"] == "6月底前"] == ["2022-07-25"]
        assert "12处" not in {f["quote"] for f in table_of(folder, "figures")}
        assert any(t["due_end"] == "2022-07-25" for t in table_of(folder, "tasks"))
    nightly, whole = contents(tmp_path / "out"), contents(tmp_path / "now")
    assert {n: whole[n] for n in whole if n.endswith(".csv")} == {n: nightly[n] for n in whole if n.endswith(".csv")}
    stored.export(site.store, tmp_path / "then", Settings(formats=("csv",), workers=0), as_of="2022-07-19")
    a.say("edit", "units", "县财政局", canonical="枫林县财政局", role="lead", reason="文中写明")
    a.say("reject", "deadlines", "全年")
    with site.store.reader() as connection:
        now, then = (
            [replace(x, place=("", 0)) for x in ledger.limits(connection, day)] for day in ("", DAY.isoformat())
        )
        assert "2022-07-25" in {x.due_end for x in now} and "全年" not in {x.quote for x in now}
        assert "枫林县财政局" in {u for x in now for u in x.units}
        assert now == then, "of the day of the decisions as now"


def test_decisions_follow_a_document_that_comes_again(url: str, tmp_path: Path) -> None:
    site = site_over(tmp_path, url)
    a = Person(site)
    a.say("accept", "figures", "1.8亿元")
    a.say("accept", "figures", "12处")
    a.say("edit", "figures", "35.6公里", indicator="农村供水管网")
    start = PLAN.index("河道清淤")
    a.say("add", "figures", "", start=start, end=start + 4, indicator="补的")
    changed = PLAN.replace("一、重点任务", "补充说明一行。\n一、重点任务").replace("12处", "15处")
    (tmp_path / "in" / "计划.txt").write_text(changed, "utf-8")
    nights.run(tmp_path / "taizhang.toml", DAY + timedelta(days=1))
    one = opened(site)
    state = {j.row.quote: (j.state, j.stale) for j in one.judged["figures"]}
    assert state["1.8亿元"] == ("accepted", False) and state["35.6公里"] == ("edited", False)
    assert state["15处"] == ("proposed", True), "other words, another look"
    assert state["河道清淤"] == ("added", False)
    row = find(site, "figures", "河道清淤").row
    assert changed[row.start : row.end] == "河道清淤" and row.doc_id == one.doc_id
    with site.store.reader() as connection:
        query = text("SELECT indicator FROM reviewed_figures WHERE doc_id = :d ORDER BY start")
        assert {"农村供水管网", "补的"} <= set(connection.scalars(query, {"d": one.doc_id}))
        assert (
            connection.execute(text("SELECT count(*) FROM overlays v JOIN current_outcomes c USING (version)")).scalar()
            == 1
        )


def test_pages_of_a_long_list_join_without_gap_or_double(url: str, tmp_path: Path) -> None:
    site = site_over(tmp_path, url)
    f = ROWS["figures"].c
    order = [(f.part, True), (f.start, False), (f.figure_id, False)]
    with site.store.reader() as connection:
        everything = [r.figure_id for r in page(connection, select(f.figure_id), order, "", 100).rows]
        after, got, pages = "", [], 0
        while pages == 0 or after:
            one = page(connection, select(f.figure_id), order, after, 2)
            got += [r.figure_id for r in one.rows]
            after, pages = one.after, pages + 1
        assert got == everything and pages == 3
        total = connection.execute(select(func.count()).select_from(ROWS["figures"])).scalar()
        assert len(everything) == total
        for wrong in ("x", "e30", json.dumps([1]), "WzEsMl0", "W251bGwsMSwieCJd", "WzFlOTk5LDEsIngiXQ"):
            assert [r.figure_id for r in page(connection, select(f.figure_id), order, wrong, 100).rows] == everything


def test_uploads_are_bounded_named_safely_and_read_later_if_killed(tmp_path: Path) -> None:
    from pipeline.review.app import create_app  # noqa: PLC0415
    from pipeline.review.guard import COOKIE  # noqa: PLC0415
    from pipeline.review.reading import safe_name  # noqa: PLC0415

    site = site_over(tmp_path, f"sqlite:///{tmp_path}/store.db")
    site.settings = Settings(max_mb=1, workers=0)
    (tmp_path / "in" / "停电前传的.txt").write_text("白石乡2025年计划\n修路3公里。\n", "utf-8")
    (tmp_path / "in" / ".~lock.上传-abc#").write_text("half", "utf-8")
    logged_in = client(site)
    with TestClient(create_app(site), base_url="http://127.0.0.1") as browser:
        browser.cookies.set(COOKIE, logged_in.cookies[COOKIE])
        browser.headers["x-csrf"] = logged_in.headers["x-csrf"]
        assert not (tmp_path / "in" / ".~lock.上传-abc#").exists()
        big = browser.post("/upload", content=b"x" * (1 << 20) + b"y", headers={"x-name": "big.txt"})
        assert big.status_code == 422 and "过大" in big.text

        def endless() -> Any:
            yield from (b"z" * 65536 for _ in range(20))

        assert browser.post("/upload", content=endless(), headers={"x-name": "big.txt"}).status_code == 422
        names = [
            "..%2f..%2fetc%2fpasswd",
            "%E8%AE%A1%E5%88%92.txt",
            "%E8%AE%A1%E5%88%92.txt",
            ".hidden",
            "a%00b%0a.txt",
        ]
        taken = [
            browser.post("/upload", content=b"text %d" % n, headers={"x-name": name}).json()
            for n, name in enumerate(names)
        ]
        ids = ",".join(u["id"] for u in taken)
        while any(u["state"] in ("waiting", "reading") for u in browser.get(f"/upload/states?ids={ids}").json()):
            pass
        listed = {p.name for p in (tmp_path / "in").iterdir()}
    assert listed == {
        "计划.txt",
        "总结.txt",
        "停电前传的.txt",
        "passwd",
        "计划 (2).txt",
        "计划 (3).txt",
        "hidden",
        "a_b_.txt",
    }
    assert (tmp_path / "in" / "计划.txt").read_text("utf-8") == PLAN, "another's file of the same name stays"
    assert opened(site, "停电前传的.txt").judged["figures"]
    again = nights.run(tmp_path / "taizhang.toml", DAY + timedelta(days=1))
    assert again.counts["new"] == 0, "a night knows what was uploaded"
    assert len(safe_name("长" * 300 + ".docx").encode()) <= 180 and safe_name("长" * 300 + ".docx").endswith(".docx")
    assert safe_name("") == safe_name("/") == safe_name("...") == "未命名"


def test_pages_of_a_pdf_are_pictures_with_the_rows_marked(tmp_path: Path, samples: Path) -> None:
    name = "为民办实事进度安排表.pdf"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes((samples / name).read_bytes())
    site = site_over(tmp_path, f"sqlite:///{tmp_path}/store.db")
    browser, one = client(site), opened(site, name)
    page = browser.get(f"/doc/{one.doc_id}/page/1")
    marked = set(re.findall(r'data-r="([a-z]+-\w+)"', page.text))
    rows = {f"{t}-{j.row_id}" for t in ("figures", "deadlines", "units") for j in one.judged[t]}
    assert len(marked & rows) >= 0.9 * len(rows) and marked <= rows
    picture = browser.get(f"/doc/{one.doc_id}/page/1/picture")
    assert picture.headers["content-type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    assert browser.get(f"/doc/{one.doc_id}/page/99").status_code == 404
    (tmp_path / "in" / name).write_bytes(b"%PDF-1.4 another file by now")
    site.pages = Pages()
    assert browser.get(f"/doc/{one.doc_id}/page/1").status_code == 404, "only the very bytes that were read"


def test_a_quote_on_a_page_is_where_its_surroundings_are() -> None:
    text = "共 5\n公里,又5公里"
    boxes = tuple((10.0 * n, 0.0 if n < 3 else 20.0, 10.0 * n + 9, 9.0 if n < 3 else 29.0) for n in range(len(text)))
    drawn = Drawn(b"", 1, 1, text, boxes)
    assert [p.y for p in places(drawn, "共", "5公里")] == [0, 20], "a rectangle a line"
    assert [p.x for p in places(drawn, ",又", "5公里")] == [80]
    assert places(drawn, "", "6公里") == []


def test_a_long_document_shows_its_rows_bit_by_bit(tmp_path: Path) -> None:
    lines = [f"{n}.新修第{n}段水渠{n + 1}公里,{n % 12 + 1}月底前完成。责任单位:第{n}村。" for n in range(1, 161)]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "计划.txt").write_text("白石乡2025年工作计划\n" + "\n".join(lines), "utf-8")
    site = site_over(tmp_path, f"sqlite:///{tmp_path}/store.db")
    browser, one = client(site), opened(site)
    path, total = f"/doc/{one.doc_id}", sum(len(one.judged[t]) for t in ("figures", "deadlines", "units", "tasks"))
    ids = re.findall(r'role="listitem" id="([\w-]+)"', browser.get(path).text)
    assert len(ids) == 300 < total
    rest = re.findall(r'data-keys="([^"]+)"', browser.get(path).text)[0].split()
    for at in range(0, len(rest), 100):
        ids += re.findall(
            r'role="listitem" id="([\w-]+)"', browser.get(f"{path}/cards?keys={','.join(rest[at : at + 100])}").text
        )
    assert len(ids) == len(set(ids)) == total
