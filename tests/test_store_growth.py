"""What the nights and the pages ask of the store grows with its documents, no faster: counted in SQLite's own instructions.

A join that no index knows is quadratic, and on the few documents of a test nobody sees it: a night over 10,000 files once
took 25 s for one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, and_, select

from pipeline import nightly_config, stored
from pipeline.clock import Clock
from pipeline.review.site import Site
from pipeline.store import census, followed, followups, ledger
from pipeline.store.counting import counting
from pipeline.store.followups import FollowUp
from pipeline.store.schema import COUNTED, FOLLOWED, INPUTS, OVERLAYS, ROWS
from pipeline.store.tasklist import GROUPS, SITUATIONS, SORTS
from tests import nights
from tests.nights import DAY, settled, store_of, villages
from tests.reviewing import client, opened
from tests.storework import Work, assert_linear, counted
from tests.test_followups import tasks

FEW, TIMES, NEW = 100, 4, 4


def office(folder: Path, count: int) -> Site:
    """A store after two nights, with copies, documents that left, decisions and follow-ups."""
    folder.mkdir()
    inbox = folder / "in"
    inbox.mkdir()
    file = nights.setting(folder, f"sqlite:///{folder}/store.db", '[roster]\npath = "units.csv"\n')
    (folder / "units.csv").write_text("单位,应报材料\n第1村,2022年工作计划=2022-01-31\n", "utf-8")
    villages(inbox, 0, count)
    for n in range(0, count, 10):
        path = inbox / f"乡{n // 200:03d}" / f"村{n:05d}.txt"
        shutil.copy(path, path.with_name(f"副本{n:05d}.txt"))
        (inbox / f"旧{n:05d}.txt").write_text(f"第{n}村2021年工作计划\n一、修路{n + 1}公里,9月底前完成。\n", "utf-8")
    nights.run(file)
    for path in inbox.glob("旧*"):
        path.unlink()
    nights.run(file, DAY + timedelta(days=1))
    settings = nightly_config.load(file, {})
    site = Site(store_of(file), inbox, replace(settings.extract, workers=0), Clock(DAY), local="周明", program="0.1")
    person = client(site)
    for n in range(0, count, 10):
        decide(site, person, f"乡{n // 200:03d}/村{n + 1:05d}.txt")
    moved = FollowUp("postponed", new_date="2022-08-31", reason="汛期")
    for spot, text in list(tasks(site.store).values())[: count // 10]:
        site.store.write(
            partial(
                followups.record, spot=spot, followup=moved, text=text, who="甲", now="2022-07-21T09:00:00", program="0"
            )
        )
    return site


def decide(site: Site, person: TestClient, source: str) -> None:
    """Accept a figure of a document and change another row."""
    one = opened(site, source)
    for table, verdict, more in (
        ("figures", "accept", {}),
        ("tasks", "edit", {"action": "修好水渠", "reason": "文中写明"}),
    ):
        j = one.judged[table][0]
        values = {
            "verdict": verdict,
            "table": table,
            "row_id": j.row_id,
            "mark": j.mark,
            "key": f"{one.doc_id}-{table}",
        }
        assert person.post(f"/doc/{one.doc_id}/decide", data=values | more).status_code == 200


def inbox_of(site: Site) -> Path:
    """Its inbox."""
    assert site.inbox is not None
    return site.inbox


def a_night(site: Site) -> None:
    """A few files are new, one is changed and one is gone."""
    inbox = inbox_of(site)
    villages(inbox, 90_000, NEW)
    (inbox / "乡000" / "村00002.txt").write_text("第1村2022年工作计划\n一、修建水渠12公里,3月底前完成。\n", "utf-8")
    (inbox / "乡000" / "村00005.txt").unlink()
    settled(inbox)
    nights.run(inbox.parent / "taizhang.toml", DAY + timedelta(days=2))


def due(site: Site) -> None:
    """All time limits, and those of some weeks."""
    with site.store.reader() as connection:
        assert list(followed.limits(connection))
        assert list(followed.limits(connection, first="2022-07-01", last="2022-08-31"))
        assert list(followed.limits(connection, as_of=(DAY + timedelta(days=1)).isoformat()))
        followed.undated(connection)
        census.take(connection)
        assert ledger.documents(connection)


def get(site: Site, paths: list[str]) -> None:
    """Each page, in a browser without a window."""
    reader = client(site)
    for path in paths:
        assert reader.get(path).status_code == 200, path


def queue(site: Site) -> None:
    """The queue in each order and with each filter, and a further page."""
    filters = (
        "q=水渠",
        "unit=村委会",
        "kind=plan",
        "status=doing",
        "flag=short",
        "doubt=doubtful",
        "who=甲",
        "changed=1",
    )
    get(site, ["/queue", *(f"/queue?order={o}" for o in ("doubt", "new", "name")), *(f"/queue?{f}" for f in filters)])


def tasklist(site: Site) -> None:
    """The ledger in each order and with each filter, its charts and its files."""
    shown = [f"/ledger?sort={s}&group={g}" for s, g in product(SORTS, GROUPS)]
    shown += [f"/ledger?situation={s}" for s in SITUATIONS]
    shown += [
        "/ledger?q=水渠",
        "/ledger?unit=村委会",
        "/ledger?state=postponed",
        "/ledger?doc=村00001",
        "/ledger/charts",
    ]
    get(site, [*shown, *(f"/ledger/export/{kind}" for kind in ("csv", "xlsx", "ics"))])


def progress(site: Site) -> None:
    """Targets and results."""
    get(site, ["/progress", "/progress?q=水渠", "/progress?state=met", "/progress?state=doubt"])


def a_document(site: Site) -> None:
    """One document, and a decision on it."""
    one = opened(site, "乡000/村00003.txt")
    get(site, [f"/doc/{one.doc_id}"])
    decide(site, client(site, "乙"), "乡000/村00003.txt")


def export(site: Site) -> None:
    """The store as tables, now and on a day."""
    settings = replace(site.settings, formats=("csv", "xlsx"))
    for as_of in ("", (DAY + timedelta(days=1)).isoformat()):
        stored.export(site.store, inbox_of(site).parent / f"out{as_of}", settings, as_of)


WORKS: tuple[Callable[[Site], None], ...] = (due, queue, tasklist, progress, a_document, export, a_night)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Site]:
    """The same office, small and several times as large."""
    folder = tmp_path_factory.mktemp("growth")
    return office(folder / "small", FEW), office(folder / "large", FEW * TIMES)


def both(sites: tuple[Site, Site], work: Callable[[Site], None]) -> list[Work]:
    """What it costs on either."""
    found = []
    for site in sites:
        with counted() as cost:
            work(site)
        found.append(cost)
    return found


@pytest.mark.parametrize("work", WORKS, ids=lambda w: w.__name__)
def test_work_grows_with_the_documents_no_faster(sites: tuple[Site, Site], work: Callable[[Site], None]) -> None:
    small, large = both(sites, work)
    assert len(large.instructions) > 1
    assert_linear(small, large, TIMES)
    assert not large.makeshift


def test_a_join_that_no_index_knows_is_seen(sites: tuple[Site, Site]) -> None:
    """The query that once took a night 24 s."""
    d, doc = ROWS["deadlines"], ROWS["documents"]
    here = and_(COUNTED.c.rows_version == d.c.version, COUNTED.c.document == d.c.document)
    query = (
        select(d.c.deadline_id, doc.c.source)
        .join(doc, and_(doc.c.version == d.c.version, doc.c.document == d.c.document, doc.c.part == d.c.part))
        .join(COUNTED, here)
        .where(d.c.due_end >= "2022-01-01", d.c.due_end <= "2022-12-31")
        .order_by(doc.c.source, d.c.start, d.c.deadline_id)
    )

    def ask(site: Site) -> None:
        with site.store.reader() as connection:
            assert connection.execute(query).all()

    small, large = both(sites, ask)
    assert large.makeshift
    with pytest.raises(AssertionError, match="instructions became"):
        assert_linear(small, large, TIMES)


def test_what_counts_is_what_the_view_says(sites: tuple[Site, Site]) -> None:
    def places(connection: Connection) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
        view = select(COUNTED.c.rows_version, COUNTED.c.document).where(COUNTED.c.reason == "")
        there = connection.execute(select(ROWS["documents"].c.version, ROWS["documents"].c.document).distinct()).all()
        counts = counting(connection)
        return {tuple(r) for r in connection.execute(view)}, {(v, n) for v, n in there if counts.has(v, n)}

    with sites[0].store.reader() as connection:
        by_view, by_set = places(connection)
        ended = connection.execute(select(INPUTS.c.path).where(INPUTS.c.until != "")).all()
        held = [connection.execute(select(t)).all() for t in (OVERLAYS, FOLLOWED)]
        assert ended and all(held) and counting(connection).passed_over, "the office has one of each kind"
    assert by_view == by_set
