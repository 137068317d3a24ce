"""The review page as people use it: in a real browser, by keyboard, two at once, on a phone, with hostile documents."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from pipeline import stored
from pipeline.config import Settings
from pipeline.review.site import Site
from tests.browsing import DESK, PHONE, Visit, chromium, serving
from tests.conftest import program
from tests.reviewing import opened, site_over

EDUCATION = """桐城区教育局2025年工作计划
一、重点任务
1.新建幼儿园3所,6月底前完成。责任单位:区教育局、区住建局。
2.全年培训教师1200人次,培训经费控制在85万元以内。
3.由区财政局牵头,区教育局配合,9月15日前拨付补助资金460万元。
二、工作要求
各校要把安全放在首位,每月开展一次演练。
桐城区教育局
2025年1月15日
"""
# Names and words that a page must show and never obey: markup, emoji, characters beyond the BMP, marks that turn the
# direction, controls. Figures stand behind each.
HOSTILE = (
    "榆树乡2025年工作计划\n"
    "一、<script>alert('数')</script>完成投资31万元。</p></article><img src=x onerror=alert(1)>\n"
    "二、\U0001f600\U0001f600𬭚𫟹村新修水渠42公里,10月底前完成。责任单位:𬭚村村委会。\n"
    "三、\u202e倒写的字\u202c之后安排经费53万元。\u200f\u2066隔离\u2069\n"
    '四、"引号"&amp;{{7*7}}${{1}}后面64个。\x07\x0b响铃后75公里\r\n'
    "五、𠀀𠀁𠀂\t86万元\t责任单位:乡政府\n"
)
LONG = "白石乡2025年工作计划\n" + "".join(
    f"{n}.新修第{n}段水渠{n + 1}公里,{n % 12 + 1}月底前完成。责任单位:第{n}村。\n" for n in range(1, 121)
)
HOSTILE_NAME = "<b>计划<b>&\U0001f600𬭚\u202e.txt"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program("chromium")
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    folder = tmp_path_factory.mktemp("office")
    inbox = folder / "in"
    inbox.mkdir()
    (inbox / HOSTILE_NAME).write_bytes(HOSTILE.encode())
    (inbox / "计划.txt").write_text(EDUCATION.replace("桐城区", "柳河区"), "utf-8")
    (inbox / "长.txt").write_text(LONG, "utf-8")
    (inbox / "两人.txt").write_text(EDUCATION.replace("桐城区", "梅溪区"), "utf-8")
    site = site_over(folder, f"sqlite:///{folder}/store.db")
    with serving(site) as address:
        yield site, address


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp() / "pictures"


def select(page: Any, words: str, nth: int = 0) -> None:
    """Select words of the source as a mouse would, over highlights and all."""
    page.evaluate(
        """([words, nth]) => {
          const lines = [...document.querySelectorAll('#source p')].filter((p) => p.textContent.includes(words));
          const line = lines[nth], from = line.textContent.indexOf(words), to = from + words.length;
          const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT), range = document.createRange();
          let at = 0;
          for (let n = walker.nextNode(); n; n = walker.nextNode()) {
            if (from >= at && from < at + n.length) range.setStart(n, from - at);
            if (to > at && to <= at + n.length) range.setEnd(n, to - at);
            at += n.length;
          }
          const s = document.getSelection(); s.removeAllRanges(); s.addRange(range);
        }""",
        [words, nth],
    )


def choose(page: Any, words: str) -> Any:
    """Click the card whose quote is these words; the card."""
    exactly = re.compile(rf"^\s*{re.escape(words)}\s*$")
    card = page.locator(".item", has=page.locator(".quote", has_text=exactly)).first
    card.locator(".line").click()
    return card


def exported(site: Site, out: Path) -> dict[str, list[dict[str, str]]]:
    stored.export(site.store, out, Settings(formats=("csv",), workers=0))
    found = {}
    for table in ("figures", "deadlines", "units", "tasks"):
        with (out / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            found[table] = list(csv.DictReader(file))
    return found


def test_from_upload_to_export_by_keyboard(
    browser: Any, office: tuple[Site, str], tmp_path: Path, pictures: Path
) -> None:
    site, address = office
    someone = Visit(browser, site, address, "王敏", "reviewer", DESK)
    page = someone.go("/upload")
    files = [
        {"name": "教育局计划.txt", "mimeType": "text/plain", "buffer": EDUCATION.encode()},
        {"name": "坏的.docx", "mimeType": "application/octet-stream", "buffer": b"PK\x03\x04 broken"},
    ]
    page.set_input_files("#files", files)
    page.wait_for_selector(".upload.done")
    rejected = page.locator(".upload.rejected")
    rejected.wait_for()
    assert "退件:" in rejected.inner_text() and "请" in rejected.inner_text()
    someone.shot(pictures, "upload")
    page.click(".upload.done a")
    page.wait_for_selector(".item.current")

    doubts = [float(d) for d in page.eval_on_selector_all(".item", "all => all.map((e) => e.dataset.doubt)")]
    assert doubts == sorted(doubts), "the least confident first"
    first = page.locator(".item.current").get_attribute("id")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.locator(".item.current").get_attribute("id") == first

    choose(page, "3所")
    page.keyboard.press("e")
    page.fill("form.edit [name=indicator]", "新建公办幼儿园")
    page.fill("form.edit [name=value_low]", "四")
    page.keyboard.press("Enter")
    page.wait_for_selector("form.edit .problem:not(:empty)")
    assert "数字" in page.locator("form.edit .problem:not(:empty)").inner_text()
    page.fill("form.edit [name=value_low]", "4")
    page.fill("form.edit [name=value_high]", "4")
    page.keyboard.press("Enter")
    page.wait_for_selector(".item.edited")

    choose(page, "1200人次")
    page.keyboard.press("a")
    page.wait_for_selector(".item.accepted")
    choose(page, "85万元")
    page.keyboard.press("x")
    page.wait_for_selector(".item.rejected")
    choose(page, "460万元")
    page.keyboard.press("x")
    expect(page.locator(".item.rejected")).to_have_count(2)
    page.keyboard.press("u")
    expect(page.locator(".item.rejected")).to_have_count(1)
    page.locator("#source mark", has_text="460万元").wait_for()

    select(page, "一次演练")
    page.wait_for_selector("#picked:not([hidden])")
    page.keyboard.press("1")
    page.wait_for_selector("form.edit[data-verdict=add]")
    assert page.input_value("form.edit [name=value_low]") == "1", "the grammars read what was selected"
    page.fill("form.edit [name=indicator]", "安全演练")
    page.keyboard.press("Enter")
    page.wait_for_selector(".item.added")
    page.locator("#source mark.figures.now").first.wait_for()
    assert "".join(page.locator("#source mark.figures.now").all_inner_texts()) == "一次演练"
    someone.shot(pictures, "document")

    one = opened(site, "教育局计划.txt")
    rows = {t: [r for r in found if r["doc_id"] == one.doc_id] for t, found in exported(site, tmp_path / "out").items()}
    by_quote = {r["quote"]: r for r in rows["figures"]}
    assert (by_quote["3所"]["indicator"], by_quote["3所"]["value_low"]) == ("新建公办幼儿园", "4")
    assert "85万元" not in by_quote and "460万元" in by_quote and float(by_quote["1200人次"]["confidence"]) == 1
    added = by_quote["一次演练"]
    assert (added["indicator"], added["value_low"], added["rule"]) == ("安全演练", "1", "analyst")
    assert one.text[int(added["start"]) : int(added["end"])] == "一次演练"
    assert not any("85万元" in t["figures"] for t in rows["tasks"]), "a rejected figure leaves its task"
    for table, found in rows.items():
        standing = [j.row for j in one.judged[table] if j.counts]
        assert [r["quote"] for r in found] == [row.quote for row in standing], table
    assert [r.verdict for r in one.rulings] == ["edit", "accept", "reject", "reject", "undo", "add"]
    assert someone.complaints == []
    someone.context.close()


def test_click_either_and_the_other_follows(browser: Any, office: tuple[Site, str]) -> None:
    site, address = office
    someone = Visit(browser, site, address, "王敏", "analyst", {"width": 1280, "height": 420})
    page = someone.go(f"/doc/{opened(site).doc_id}")
    choose(page, "460万元")
    lit = page.locator("#source mark.now")
    assert lit.inner_text() == "460万元"
    assert page.evaluate("""() => {
      const a = document.querySelector('#source mark.now').getBoundingClientRect(), b = source.getBoundingClientRect();
      return a.top >= b.top && a.bottom <= b.bottom; }"""), "scrolled into sight"
    page.locator("#source mark", has_text="6月底前").click()
    card = page.locator(".item.current")
    assert "6月底前" in card.locator(".quote").inner_text()
    page.keyboard.press("w")
    assert "规则" in card.locator(".why").inner_text()
    page.locator("#source mark", has_text="6月底前").click()
    assert page.locator(".item.current").get_attribute("data-table") == "tasks", (
        "a second click leads to the task around it"
    )
    assert someone.complaints == []
    someone.context.close()


def test_two_on_one_row_the_second_is_told_and_shown_both(
    browser: Any, office: tuple[Site, str], pictures: Path
) -> None:
    site, address = office
    path = f"/doc/{opened(site, '两人.txt').doc_id}"
    first, second = (Visit(browser, site, address, name, "analyst", DESK) for name in ("赵一", "钱二"))
    pages = [visit.go(path) for visit in (first, second)]
    for page in pages:
        choose(page, "1200人次")
    for page in pages:
        page.keyboard.press("e")
        page.wait_for_selector("form.edit")
    pages[0].fill("form.edit [name=indicator]", "培训骨干教师")
    pages[0].keyboard.press("Enter")
    pages[0].wait_for_selector(".item.edited")
    pages[1].fill("form.edit [name=indicator]", "培训新教师")
    pages[1].keyboard.press("Enter")
    box = pages[1].locator("#conflict[open]")
    box.wait_for()
    said = box.inner_text()
    assert all(words in said for words in ("赵一", "培训骨干教师", "培训新教师")), said
    second.shot(pictures, "conflict")
    before = [r.who for r in opened(site, "两人.txt").rulings]
    assert before == ["赵一"], "the second decision was not taken"
    box.locator("[data-mine]").click()
    expect(pages[1].locator(".item.edited")).to_contain_text("培训新教师")
    one = opened(site, "两人.txt")
    assert [r.who for r in one.rulings] == ["赵一", "钱二"], "nothing is overwritten"
    row = next(j for j in one.judged["figures"] if j.row.quote == "1200人次")
    assert row.row.indicator == "培训新教师"
    # The first still sees what he wrote: the form tells him, and so does a verdict.
    choose(pages[0], "1200人次")
    pages[0].keyboard.press("e")
    expect(pages[0].locator(".toast.bad")).to_contain_text("刚被别人改过")
    expect(pages[0].locator(".item.current")).to_contain_text("培训新教师")
    choose(pages[0], "3所")
    choose(pages[1], "3所")
    pages[1].keyboard.press("a")
    expect(pages[1].locator(".item.accepted")).to_have_count(1)
    pages[0].keyboard.press("x")
    expect(pages[0].locator("#conflict[open]")).to_contain_text("钱二")
    pages[0].locator("[data-keep]").click()
    expect(pages[0].locator(".item.accepted")).to_have_count(1)
    for visit in (first, second):
        visit.context.close()


def test_hostile_text_is_text_with_highlights_in_place(browser: Any, office: tuple[Site, str], pictures: Path) -> None:
    site, address = office
    with site.store.reader() as connection:
        from sqlalchemy import text  # noqa: PLC0415

        found = connection.execute(text("SELECT doc_id, source FROM current_outcomes WHERE source LIKE '<b>%'")).one()
    one = opened(site, found.source)
    someone = Visit(browser, site, address, "<i>甲</i>", "analyst", DESK)
    page = someone.go(f"/doc/{one.doc_id}")
    page.on("dialog", lambda d: (_ for _ in ()).throw(AssertionError("the document's script ran")))
    assert page.locator("#source script, #source img, #source b").count() == 0
    lines = page.eval_on_selector_all("#source p", "all => all.map((p) => [Number(p.dataset.o), p.textContent])")
    expected, at = [], 0
    for line in one.text.split("\n"):
        shown = line.removesuffix("\r")
        expected.append([at, "".join(chr(0x2400 + ord(c)) if c in "\x07\x0b" else c for c in shown)])
        at += len(line) + 1
    assert lines == expected, "every character stands for itself"
    for table in ("figures", "deadlines", "units"):
        for j in one.judged[table]:
            parts = page.locator(f'#source [data-r~="{table}-{j.row_id}"]').all_text_contents()
            assert "".join(parts) == j.row.quote, (table, j.row.quote)
    assert page.locator("#head").inner_text().count("<b>计划<b>") == 1
    reversing = page.locator(".item", has_text="53万元").first.locator(".gist .ctl")
    assert reversing.first.get_attribute("data-c") == "U+202E", "what turns the direction is shown by name, alone"
    assert "<i>甲</i>" in page.locator(".who").inner_text()
    # A selection behind characters of two UTF-16 units lands on the right code points.
    for words in ("𬭚𫟹村", "𠀁𠀂", "隔离", "53万元"):
        select(page, words)
        place = page.evaluate("selected()")
        assert one.text[place["start"] : place["end"]] == words == place["text"], (words, place)
    someone.shot(pictures, "hostile")
    page.goto(address + "/queue")
    assert "<b>计划<b>" in page.locator("tbody").inner_text()
    assert someone.complaints == []
    someone.context.close()


def test_a_long_document_gives_its_rows_when_asked(browser: Any, office: tuple[Site, str]) -> None:
    site, address = office
    someone = Visit(browser, site, address, "王敏", "analyst", DESK)
    page = someone.go(f"/doc/{opened(site, '长.txt').doc_id}")
    expect(page.locator(".item")).to_have_count(300)
    hidden = page.evaluate("""[...document.querySelectorAll('#source mark')].find(
        (m) => m.dataset.r.split(' ').some((k) => !document.getElementById(k))).textContent""")
    page.locator("#source mark", has_text=hidden).first.click()
    page.keyboard.press("a")
    expect(page.locator(".item.accepted")).to_have_count(1)
    for _ in range(5):
        if page.locator("#rest button:enabled").count():
            page.locator("#rest button:enabled").click()
            page.wait_for_load_state("networkidle")
    expect(page.locator("#rest")).to_have_count(0)
    total = sum(len(opened(site, "长.txt").judged[t]) for t in ("figures", "deadlines", "units", "tasks"))
    expect(page.locator(".item")).to_have_count(total)
    assert someone.complaints == []
    someone.context.close()


def test_search_finds_two_characters(browser: Any, office: tuple[Site, str]) -> None:
    site, address = office
    someone = Visit(browser, site, address, "王敏", "analyst", DESK)
    page = someone.go("/queue?q=柳河")
    assert page.locator("tbody tr").count() == 1
    page = someone.go("/queue?q=村村")
    assert page.locator("tbody tr").count() == 1 and "𬭚" in page.locator("tbody").inner_text()
    page = someone.go("/queue?q=%25")
    assert page.locator("tbody tr").count() == 0, "a percent sign is no wildcard"
    someone.context.close()


PAGES = ("/queue", "/upload", "/history", "/users", "/login")


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_serious_stands_in_the_way(
    browser: Any, office: tuple[Site, str], pictures: Path, viewport: dict[str, int]
) -> None:
    """axe-core finds no serious or critical fault, and nothing is wider than the screen."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    site, address = office
    someone = Visit(browser, site, address, "周明", "admin", viewport)
    name = "desk" if viewport is DESK else "phone"
    for path in (*PAGES, f"/doc/{opened(site).doc_id}"):
        page = someone.go(path)
        if path.startswith("/doc"):
            if viewport is PHONE:
                someone.shot(pictures, "phone-source")
                page.click("[data-view=rows]")
            page.keyboard.press("j")
            page.keyboard.press("e")
            page.wait_for_selector("form.edit")
        someone.shot(pictures, f"{name}-{path.split('/')[1]}")
        found = Axe().run(page).response["violations"]
        grave = [
            (v["id"], [n["html"][:120] for n in v["nodes"][:3]])
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
        assert grave == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than the screen"
    assert someone.complaints == []
    someone.context.close()


def test_the_text_is_served_as_text(office: tuple[Site, str]) -> None:
    import httpx  # noqa: PLC0415

    from pipeline.review.guard import COOKIE  # noqa: PLC0415
    from pipeline.store import people  # noqa: PLC0415

    site, address = office
    token = site.store.write(lambda c: people.begin_session(c, "甲", "viewer", site.clock.now()))
    one = opened(site)
    answer = httpx.get(f"{address}/doc/{one.doc_id}/text", headers={"cookie": f"{COOKIE}={token}"})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.text == one.text
