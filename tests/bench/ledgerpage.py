"""A ledger of 100,000 tasks opened page by page, as a ratio to the bare query: processor time, side by side.

``python -m tests.bench.ledgerpage [TASKS]``; the store is SQLite in a temporary folder.
"""

from __future__ import annotations

import hashlib
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from extractors.schema import DocumentRow, TaskRow
from pipeline.clock import Clock
from pipeline.config import Settings
from pipeline.review.pages.ledger import days_of
from pipeline.review.site import Site
from pipeline.store import Store, open_store, outcomes, tasklist
from pipeline.store.inputs import Night, Seen
from pipeline.store.tasklist import Filters
from pipeline.worker import Outcome
from tests.nights import DAY
from tests.reviewing import client

PER_DOCUMENT = 50
PAGES = 12
SIZE = 50
VIEWS: dict[str, tuple[str, Filters, str, str]] = {
    "by date": ("", Filters(), "due", ""),
    "by unit, grouped": ("group=unit&sort=source", Filters(), "source", "unit"),
    "overdue of one unit": ("situation=overdue&unit=第3局", Filters(situation="overdue", unit="第3局"), "due", ""),
    "search of two words": ("q=巡查", Filters(q="巡查"), "due", ""),
}


def fill(store: Store, tasks: int) -> None:
    """Documents of fifty tasks each, of forty units, a fifth of them without a year."""
    random = Random(3)
    readings: list[outcomes.Reading] = []
    seen: list[Seen] = []
    for n in range(tasks // PER_DOCUMENT):
        doc_id = hashlib.sha256(str(n).encode()).hexdigest()[:16]
        source = f"材料{n:05d}.txt"
        rows = []
        for k in range(PER_DOCUMENT):
            due = f"2022-{random.randrange(1, 13):02d}-{random.randrange(1, 28):02d}"
            rows.append(astuple(TaskRow(
                doc_id=doc_id, task_id=f"{n:08x}{k:08x}", action=f"开展第{k}片区{random.choice(['巡查', '整治', '清淤'])}工作",
                lead_units=f"第{random.randrange(40)}局", due_end=due if random.random() < 0.8 else "XXXX-06-30",
                start=k * 10, end=k * 10 + 5, quote="工作任务文",
            )))  # fmt: skip
        part = DocumentRow(doc_id=doc_id, source=source, title=f"第{n}号工作计划", kind="plan", year=2022, end=500)
        found = {t: [] for t in outcomes.ROW_TABLES} | {"documents": [astuple(part)], "tasks": rows}
        outcome = Outcome(source, doc_id, found, "工作任务文".encode() * 100)
        readings.append(outcomes.Reading(f"k{n}", source, doc_id, "fp", [outcome]))
        seen.append(Seen(f"/in/{source}", source, doc_id, 10, 1, "", readings[-1].version))
    for at in range(0, len(readings), 100):
        store.write(lambda c, at=at: outcomes.keep(c, readings[at : at + 100]))  # type: ignore[misc]
    store.write(lambda c: Night(c, f"{DAY}T00:00:00", "", "0", "fp").seen(seen))


def spent(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds, and what came of it."""
    begin = time.process_time()
    found = work()
    return time.process_time() - begin, found


def main(tasks: int) -> None:
    """Fill, open pages, print the table."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/store.db", create=True)
        fill(store, tasks)
        site = Site(store, Path(folder), Settings(), Clock(DAY), local="甲", program="0")
        reader, days = client(site, "甲", "viewer"), days_of(site)
        reader.get("/ledger")  # templates are read once
        print(f"ledger of {tasks} tasks, {SIZE} a page, {PAGES} pages one after another; processor time, median")
        print(f"{'view':22} {'bare query':>12} {'whole page':>12} {'ratio':>7}")
        for name, (query, filters, sort, group) in VIEWS.items():
            bare: list[float] = []
            whole: list[float] = []
            after = ""
            for _ in range(PAGES):
                with store.reader() as connection:
                    seconds, _found = spent(
                        lambda a=after, f=filters, s=sort, g=group, c=connection: tasklist.tasks(
                            c, f, days, s, False, g, a, SIZE
                        )
                    )
                bare.append(seconds)
                seconds, answer = spent(lambda a=after, q=query: reader.get(f"/ledger?{q}&after={a}"))
                assert answer.status_code == 200
                whole.append(seconds)
                following = re.search(r'after=([\w%-]+)" rel="next"', answer.text)
                if following is None:
                    break
                after = following[1]
            print(
                f"{name:22} {median(bare) * 1000:9.0f} ms {median(whole) * 1000:9.0f} ms {median(whole) / median(bare):7.2f}"
            )
        seconds, _found = spent(lambda: reader.get("/ledger/charts"))
        print(f"charts of all tasks, asked for after the page: {seconds * 1000:.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 100_000)
