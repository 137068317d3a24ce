"""The ledger page: what it lists, its files, follow-up entered in place; in a real browser too."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import vobject
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient

from pipeline.review.charts import charts
from pipeline.review.site import Site
from pipeline.review.taskview import COLUMNS
from pipeline.store import followups, tasklist
from pipeline.store.tasklist import GROUPS, SORTS, Days, Filters, Tally
from tests.browsing import DESK, PHONE, Visit, chromium, serving
from tests.cliruns import office
from tests.reviewing import client, seen, site_over
from tests.test_followups import DREDGING, PIPES, follow, standing

BUREAUS = ("水务局", "住建局", "交通局", "教育局")
WORKS = ("新建供水管网", "改造老旧小区", "硬化农村道路", "维修校舍", "清淤沟渠", "补植林木")
EVIL = '<img src=x onerror="window.evil=1">𬭚\u202e😀'


def papers(folder: Path) -> None:
    """Plans of several bureaus, one with a name that means mischief."""
    office(folder)
    for n, bureau in enumerate(BUREAUS):
        lines = [f"枫林县{bureau}2022年工作计划", ""]
        lines += [
            f"{k + 1}.{work}{(n + 2) * (k + 3)}处,{(n * 3 + k * 2) % 12 + 1}月底前完成。责任单位:县{bureau};配合单位:县财政局。"
            for k, work in enumerate(WORKS)
        ]
        (folder / f"{bureau}.txt").write_text("\n".join(lines) + f"\n枫林县{bureau}\n2022年1月{n + 5}日\n", "utf-8")
    text = f"{EVIL}镇2022年工作计划\n一、{EVIL}整治排污口3处,9月底前完成。责任单位:镇政府。\n"
    (folder / "镇.txt").write_text(text, "utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("ledger")
    papers(folder / "in")
    found = site_over(folder, f"sqlite:///{folder}/store.db")
    follow(found.store, PIPES, state="postponed", new_date="2022-08-10", reason="管材未到", progress="铺了20公里")
    follow(found.store, DREDGING, state="completed", evidence="验收单")
    return found


@pytest.fixture(scope="module")
def reader(site: Site) -> TestClient:
    return client(site, "甲", "viewer")


def ids(page: str) -> list[str]:
    return re.findall(r'id="task-([0-9a-f]+)"', page)


def get(reader: TestClient, query: str = "") -> str:
    answer = reader.get(f"/ledger?{query}")
    assert answer.status_code == 200
    return answer.text


def test_every_task_stands_in_it_once_however_sorted_and_grouped(site: Site) -> None:
    days = Days("2022-07-20", "2022-08-19")
    with site.store.reader() as connection:
        whole = {r.task_id for r in tasklist.every(connection, Filters(), days, "due", False, "")}
        assert len(whole) > len(BUREAUS) * len(WORKS)
        for sort in SORTS:
            for group in GROUPS:
                for down in (False, True):
                    rows = list(tasklist.every(connection, Filters(), days, sort, down, group, size=7))
                    assert len(rows) == len(whole) and {r.task_id for r in rows} == whole
                    keys = {"due": "due_key", "unit": "unit_key", "source": "source", "action": "action"}
                    if not group and sort in keys:
                        found = [getattr(r, keys[sort]) for r in rows]
                        assert found == sorted(found, reverse=down), (sort, down)


@pytest.mark.parametrize(
    ("query", "held", "hint"),
    [
        ("situation=done", [DREDGING], "已完成"),
        ("situation=near&q=管网&unit=水务局&doc=计划", [PIPES], "还剩 21 天"),
        ("state=postponed", [PIPES], "延期至 2022-08-10:管材未到"),
        ("doc=交通局.txt&due_from=2022-07-01&due_to=2022-07-31", ["新建供水管网"], "还剩 11 天"),
        ("situation=overdue&unit=教育局&q=改造", [], ""),
        ("q=水利投资", ["水利投资"], "进度滞后"),
        ("situation=behind", ["水利投资"], "完成率 40%"),
        ("q=%25", [], ""),
        ("unit=_", [], ""),
    ],
)
def test_what_the_filters_leave(reader: TestClient, query: str, held: list[str], hint: str) -> None:
    page = get(reader, query)
    assert len(ids(page)) == len(held)
    assert all(words in page for words in held) and hint in seen(page)


def test_overdue_is_told_in_words_and_not_of_what_is_done_or_moved(reader: TestClient) -> None:
    page = get(reader, "situation=overdue")
    rows = re.findall(r'<tr class="task (\w*)".*?</tr>', page, re.S)
    assert rows and set(rows) == {"late"} and page.count("逾期 ") >= len(rows)
    assert PIPES not in page and DREDGING not in page


def test_a_tally_counts_what_the_list_shows(site: Site, reader: TestClient) -> None:
    days = Days("2022-07-20", "2022-08-19")
    with site.store.reader() as connection:
        for filters in (Filters(), Filters(unit="水务局"), Filters(situation="overdue")):
            rows = list(tasklist.every(connection, filters, days, "due", False, ""))
            found = tasklist.tallies(connection, filters, days)
            assert sum(t.count for t in found) == len(rows)
            assert sum(t.count for t in found if t.done) == sum(r.done for r in rows)
    page = reader.get("/ledger/charts").text
    assert "枫林县水务局" in page and "逾期" in page and page.count('role="img"') == 2


def test_charts_of_many_units_and_months() -> None:
    tallies = [Tally(f"第{n}局", f"{2018 + n // 12}-{n % 12 + 1:02d}", False, n < 50, n + 1) for n in range(80)]
    found = charts([*tallies, Tally("", "9999", True, False, 5)], "2022-07-20")
    assert len(found.units) == 12 and found.rest == 69 and found.units[0].name == "第79局"
    assert len(found.months) == 18 and "2022-07" in [m.name for m in found.months] and found.undated == 5
    assert sum(m.total for m in found.months) + found.outside == sum(t.count for t in tallies)
    assert charts([], "2022-07-20").months == []


def shown(page: str) -> list[str]:
    """The actions in a page, in order."""
    return [seen(a).strip() for a in re.findall(r'<a class="title"[^>]*>(.*?)</a>', page, re.S)]


@pytest.mark.parametrize(
    "query", ["", "unit=水务局&sort=action&down=1", "situation=overdue&group=unit", "q=没有这样的任务"]
)
def test_the_files_hold_exactly_what_is_on_the_screen(reader: TestClient, query: str) -> None:
    wanted = shown(get(reader, query))
    answer = reader.get(f"/ledger/export/csv?{query}")
    assert answer.content.startswith(b"\xef\xbb\xbf") and "attachment" in answer.headers["content-disposition"]
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert tuple(table[0]) == COLUMNS and [r[0] for r in table[1:]] == wanted
    sheet = openpyxl.load_workbook(io.BytesIO(reader.get(f"/ledger/export/xlsx?{query}").content)).active
    lines = [[("" if c is None else str(c)) for c in r] for r in sheet.iter_rows(values_only=True)]
    assert [r[0] for r in lines[1:]] == wanted
    assert [r[5][:10] for r in lines[1:]] == [r[5] for r in table[1:]], "dates are dates"
    calendar = vobject.readOne(reader.get(f"/ledger/export/ics?{query}").content.decode())
    dated = [r for r in table[1:] if len(r[5]) == 10]
    assert len(getattr(calendar, "vevent_list", [])) == len(dated)
    assert reader.get("/ledger/export/exe").status_code == 404


def test_follow_up_is_entered_and_a_second_person_is_told(site: Site, reader: TestClient) -> None:
    page = get(reader, "q=维修校舍&unit=教育局")
    (path,) = re.findall(r'href="(/ledger/task/[^"]+)"', page)
    assert reader.get(path).status_code == 200 and "保存" not in reader.get(path).text
    assert reader.post(path, data={"state": "ongoing", "seen": ""}).status_code == 403, "a viewer only looks"
    analyst, other = client(site, "甲"), client(site, "乙")
    piece = {"x-requested-with": "taizhang"}
    assert 'name="seen" value=""' in other.get(path, headers=piece).text
    done = analyst.post(path, data={"state": "ongoing", "progress": "修了两所", "seen": ""}, headers=piece)
    assert done.status_code == 200 and "修了两所" in done.text and "进行中" in done.text
    late = other.post(path, data={"state": "completed", "seen": ""}, headers=piece)
    assert late.status_code == 409 and "甲刚刚也填过" in late.text and "修了两所" in late.text
    now = re.findall(r'name="seen" value="(\w+)"', late.text)[0]
    wrong = other.post(path, data={"state": "postponed", "seen": now}, headers=piece)
    assert wrong.status_code == 422 and "没有写新的日期" in wrong.text
    again = other.post(path, data={"state": "completed", "progress": "修完", "seen": now})
    assert (again.status_code, again.headers["location"]) == (303, "/ledger")
    with site.store.reader() as connection:
        records = followups.records(connection, [path.rsplit("/", 1)[1]])
    assert [(r.who, r.now.state) for r in records] == [("甲", "ongoing"), ("乙", "completed")]
    assert (
        analyst.post(path, data={"state": "completed", "progress": "修完", "seen": ""}, headers=piece).status_code
        == 200
    )
    assert analyst.get("/ledger/task/x/y").status_code == 404


@pytest.fixture(scope="module")
def visits(site: Site) -> Iterator[Any]:
    with serving(site) as address, chromium() as browser:
        yield lambda name, viewport: Visit(browser, site, address, name, "analyst", viewport)


def serious(page: Any) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in ("serious", "critical")]


def test_in_a_browser_by_keyboard(site: Site, visits: Any, tmp_path: Path) -> None:
    visit = visits("王敏", DESK)
    page = visit.go("/ledger")
    page.wait_for_selector("#charts svg")
    visit.shot(tmp_path, "ledger")
    assert serious(page) == []
    page.select_option("select[name=situation]", "overdue")
    page.wait_for_url("**situation=overdue**")
    assert set(page.locator("tr.task .hint").all_inner_texts()[0][:2]) == set("逾期")
    row = page.locator("tr.task", has_text="清淤沟渠").first
    task_id = row.get_attribute("id").removeprefix("task-")
    row.locator("a.follow").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("form.followup input:focus")
    assert serious(page) == []
    for _ in range(3):
        page.keyboard.press("ArrowRight")  # 按材料 → 未启动 → 进行中 → 办结
    page.keyboard.press("Tab")
    page.keyboard.type("全部清完,已验收")
    for _ in range(5):
        page.keyboard.press("Tab")
    visit.shot(tmp_path, "follow-up")
    page.locator("form.followup button[type=submit]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("tr.form", state="detached")
    page.wait_for_selector(f"#task-{task_id} .hint-good")
    assert page.locator(f"#task-{task_id}").inner_text().count("全部清完,已验收") == 1
    with site.store.reader() as connection:
        assert followups.current(connection)[task_id].now.progress == "全部清完,已验收"
    page.locator("a.follow").nth(1).click()
    page.wait_for_selector("tr.form")
    page.keyboard.press("Escape")
    assert page.locator("tr.form").count() == 0
    page.locator("th a", has_text="单位").click()
    page.wait_for_url("**sort=unit**")
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("单位")
    assert visit.complaints == []


def test_mischief_in_text_and_names_is_text(visits: Any, tmp_path: Path) -> None:
    visit = visits("王敏", DESK)
    page = visit.go("/ledger?doc=镇.txt")
    assert "<img src=x" in page.locator("tr.task").first.inner_text()
    page.locator("a.follow").first.click()
    page.wait_for_selector("form.followup")
    page.wait_for_selector("#charts svg")
    assert page.evaluate("window.evil") is None and visit.complaints == []


def test_on_a_phone(visits: Any, tmp_path: Path) -> None:
    visit = visits("王敏", PHONE)
    page = visit.go("/ledger?group=month")
    visit.shot(tmp_path, "phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("a.follow").first.click()
    page.wait_for_selector("form.followup")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("#charts summary").click()
    page.wait_for_selector("#charts svg")
    assert serious(page) == [] and visit.complaints == []


def test_what_stands_is_what_the_records_say(site: Site) -> None:
    """The table that the list joins is the one that the records make."""
    before = standing(site.store)

    def again(connection: Any) -> list[Any]:
        held = list(connection.execute(tasklist.FOLLOWED.select().order_by(tasklist.FOLLOWED.c.task_id)))
        followups.refresh(connection)
        assert held == list(connection.execute(tasklist.FOLLOWED.select().order_by(tasklist.FOLLOWED.c.task_id)))
        return held

    assert len(site.store.write(again)) == len(before) >= 2


def test_on_either_database(url: str, tmp_path: Path) -> None:
    """Lists, charts, files, follow-up and words on pairs, through the pages."""
    papers(tmp_path / "in")
    site = site_over(tmp_path, url)
    analyst = client(site, "甲")
    whole = ids(get(analyst))
    assert len(whole) > len(BUREAUS) * len(WORKS)
    for query in [f"sort={s}&group={g}&down=1" for s in SORTS for g in GROUPS]:
        assert set(ids(get(analyst, query))) == set(whole), query
    for situation in tasklist.SITUATIONS:
        assert set(ids(get(analyst, f"situation={situation}&q=工作&due_to=2030-01-01"))) <= set(whole)
    path = re.findall(r'href="(/ledger/task/[^"]+)"', get(analyst, "q=管网&unit=教育"))[0]
    form = {"state": "postponed", "new_date": "2022-12-01", "reason": "雨季", "seen": ""}
    assert analyst.post(path, data=form).status_code == 303
    assert "延期至 2022-12-01:雨季" in get(analyst, "state=postponed&due_from=2022-12-01&due_to=2022-12-01")
    assert analyst.get("/ledger/charts?unit=教育局").text.count("<svg") == 2
    assert len(analyst.get("/ledger/export/csv").content.decode().splitlines()) == len(whole) + 1
    page = analyst.get("/progress").text
    pair = dict(re.findall(r'name="(target|actual)" value="(\w+)"', page)[:2])
    assert analyst.post("/progress", data=pair | {"verdict": "split"}).status_code == 303
    assert "已拆开的" in analyst.get("/progress").text
