"""The follow-up of tasks: kept to its task, first in what is due, written into the ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import vobject
from sqlalchemy import select

from pipeline.report import page
from pipeline.store import Store, followups, outcomes
from pipeline.store.followups import FollowUp, fault
from pipeline.store.inputs import current
from pipeline.store.marks import Spot
from pipeline.store.schema import FOLLOWUPS
from tests.cliruns import PLAN
from tests.cliruns import run as command
from tests.nights import DAY, run, setting, store_of

PIPES, INVESTMENT, DREDGING = "新建农村供水管网", "水利投资", "河道清淤"


def tasks(store: Store) -> dict[str, tuple[Spot, str]]:
    """(place, text) of the current tasks, by what they quote."""
    names = outcomes.DECLARED["tasks"]
    found = {}
    with store.reader() as connection:
        paths = {k.version: k.path for k in current(connection)}
        for version, read in outcomes.load(connection, sorted(paths)):
            for o in read:
                for row in o.rows.get("tasks", ()):
                    t = dict(zip(names, row, strict=True))
                    spot = Spot("tasks", t["task_id"], paths[version], version, t["doc_id"], t["start"], t["end"])
                    found[t["quote"]] = (spot, o.text.decode())
    return found


def follow(store: Store, words: str, when: str = "2022-07-20T09:00:00", who: str = "甲", **content: str) -> str:
    """Record a follow-up of the task that quotes these words; its task."""
    spot, text = next(v for quote, v in tasks(store).items() if words in quote)
    store.write(lambda c: followups.record(c, spot, FollowUp(**content), text, who, when, "0"))
    return spot.row_id


def standing(store: Store) -> Mapping[str, FollowUp]:
    with store.reader() as connection:
        return {r.quote: r.now for r in followups.current(connection).values()}


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ({}, ""),
        ({"state": "ongoing", "progress": "完成六成"}, ""),
        ({"state": "postponed", "new_date": "2022-09-30", "reason": "汛期"}, ""),
        ({"state": "ongoing", "new_date": "2022-09-30", "reason": "汛期"}, ""),
        ({"state": "finished"}, "状态"),
        ({"progress": "完成六成"}, "没有选状态"),
        ({"state": "postponed"}, "没有写新的日期"),
        ({"state": "postponed", "new_date": "2022-09-30"}, "延期原因"),
        ({"state": "postponed", "new_date": "2022-09-31", "reason": "汛期"}, "日期"),
        ({"state": "postponed", "new_date": "20220930", "reason": "汛期"}, "日期"),
        ({"state": "postponed", "new_date": "九月底", "reason": "汛期"}, "日期"),
    ],
)
def test_what_a_follow_up_may_say(content: dict[str, str], wrong: str) -> None:
    said = fault(FollowUp(**content))
    assert (said == "") if not wrong else wrong in said


def test_the_newest_record_stands_and_none_is_changed(url: str, tmp_path: Path) -> None:
    file = setting(tmp_path, url)
    run(file)
    store = store_of(file)
    follow(store, PIPES, state="ongoing", progress="铺了20公里")
    with store.reader() as connection:
        before = connection.execute(select(FOLLOWUPS)).all()
    task_id = follow(store, PIPES, "2022-07-21T09:00:00", "乙", state="completed", evidence="验收单.pdf")
    with store.reader() as connection:
        kept = followups.records(connection, [task_id])
        assert [(r.who, r.now.state) for r in kept] == [("甲", "ongoing"), ("乙", "completed")]
        assert followups.current(connection)[task_id].now == FollowUp("completed", evidence="验收单.pdf")
        then = followups.current(connection, as_of="2022-07-20")[task_id].now
        assert then == FollowUp("ongoing", "铺了20公里")
        assert set(before) < set(connection.execute(select(FOLLOWUPS)).all())
    with pytest.raises(ValueError, match="状态"):
        follow(store, PIPES, state="nonsense")


def test_follow_ups_keep_to_their_tasks_through_new_versions(url: str, tmp_path: Path) -> None:
    file = setting(tmp_path, url)
    run(file)
    store = store_of(file)
    for words, state in ((PIPES, "ongoing"), (INVESTMENT, "not_started"), (DREDGING, "completed")):
        follow(store, words, state=state)
    old = set(tasks(store))
    plan = tmp_path / "in" / "计划.txt"
    plan.write_text(
        PLAN.replace("35.6公里", "40公里").replace("一、重点任务", "一、总的要求\n稳字当头。\n二、重点任务"), "utf-8"
    )
    run(file, DAY + timedelta(days=1))
    now = standing(store)
    assert {w: next(f.state for q, f in now.items() if w in q) for w in (PIPES, INVESTMENT, DREDGING)} == {
        PIPES: "ongoing", INVESTMENT: "not_started", DREDGING: "completed",
    }  # fmt: skip
    assert any("40公里" in quote for quote in now) and not any("35.6公里" in quote for quote in now), old
    (tmp_path / "in" / "计划(改名).txt").write_text(plan.read_text("utf-8"), "utf-8")
    plan.unlink()
    run(file, DAY + timedelta(days=2))
    assert standing(store) == now, "a file of the same bytes under another name keeps them"
    renamed = tmp_path / "in" / "计划(改名).txt"
    renamed.write_text(
        renamed.read_text("utf-8").replace("由县水务局牵头,县财政局配合,8月15日前完成河道清淤12处。\n", ""), "utf-8"
    )
    report = run(file, DAY + timedelta(days=3))
    assert len(standing(store)) == 2 and report.counts["lost_decisions"] == 1
    assert "督办:办结" in page.html(report), "a follow-up without its task is told"
    renamed.write_text(
        renamed.read_text("utf-8") + "由县水务局牵头,县财政局配合,8月15日前完成河道清淤12处。\n", "utf-8"
    )
    run(file, DAY + timedelta(days=4))
    assert len(standing(store)) == 3, "and found again when the task comes back"


def due(store: str, *arguments: str) -> list[dict[str, Any]]:
    done = command("due", "--store", store, "--as-of", DAY.isoformat(), "--json", *arguments)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["due"]
    return found


def test_what_is_due_goes_by_the_follow_up_first(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    file = setting(tmp_path, url)
    run(file)
    store = store_of(file)
    assert [d["day"] for d in due(url, "--overdue")] == ["2022-06-30"]
    assert [d["day"] for d in due(url, "--within", "60d")] == ["2022-08-15"]

    follow(store, PIPES, state="postponed", new_date="2022-08-31", reason="等征地")
    assert due(url, "--overdue") == []
    moved = due(url, "--within", "60d")
    assert [(d["day"], d["follow_up"], d["planned"]) for d in moved] == [
        ("2022-08-15", "", ""), ("2022-08-31", "延期", "2022-06-30"),
    ]  # fmt: skip
    report = run(file, DAY + timedelta(days=1))
    assert (report.counts["overdue"], report.counts["due_30"]) == (0, 1)
    report = run(file, DAY + timedelta(days=45))
    assert [(d.day, d.follow_up) for d in report.overdue] == [("2022-08-31", "延期"), ("2022-08-15", "")]
    assert "原定 2022-06-30" in page.html(report)

    follow(store, DREDGING, state="completed")
    follow(store, PIPES, state="closed")
    assert run(file, DAY + timedelta(days=46)).counts["overdue"] == 0
    assert due(url, "--within", "60d") == []

    follow(store, PIPES, state="ongoing")
    assert [d["day"] for d in due(url, "--overdue")] == ["2022-06-30"], "taken up again, by the date of its text"
    follow(store, PIPES)
    assert [(d["day"], d["follow_up"]) for d in due(url, "--overdue")] == [("2022-06-30", "")]

    follow(store, INVESTMENT, state="postponed", new_date="2022-08-01", reason="资金未到")
    found = due(url, "--within", "30d")
    assert [d["day"] for d in found] == ["2022-08-01"], "a task without a date of its own is due on its new one"
    line = command("due", "--store", url, "--as-of", DAY.isoformat()).stdout.decode().split("\t")
    assert line[0] == "2022-08-01(原定 2022-12-31)" or line[0] == "2022-08-01"
    assert line[-1] == "延期\n"


def test_steps_of_a_postponed_task_are_no_debts(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    file = setting(tmp_path, url)
    text = "兰溪镇2022年工作计划\n一、3月底前完成选址,6月底前开工建设,每月5日前报送进度,由镇建设办负责。\n"
    (tmp_path / "in" / "镇.txt").write_text(text, "utf-8")
    run(file)
    store = store_of(file)
    before = [d for d in due(url, "--overdue") if "镇" in d["source"]]
    owners = {t for t in tasks(store) if "选址" in t or "开工" in t}
    for words in owners:
        follow(store, words, state="postponed", new_date="2022-10-31", reason="选址有变")
    assert before and [d for d in due(url, "--overdue") if "镇" in d["source"]] == []
    later = [d["day"] for d in due(url, "--within", "120d") if "镇" in d["source"]]
    assert later.count("2022-10-31") == len(owners)


def test_calendars_tell_the_state(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    file = setting(tmp_path, url)
    run(file)
    store = store_of(file)
    follow(store, PIPES, state="postponed", new_date="2022-08-31", reason="等征地")
    follow(store, DREDGING, state="completed")
    done = command("due", "--store", url, "--as-of", DAY.isoformat(), "--ics", tmp_path / "ics")
    assert done.returncode == 0, done.stderr
    calendar = vobject.readOne((tmp_path / "ics" / "all.ics").read_text("utf-8"))
    todos = {t.summary.value: (t.status.value, t.due.value.isoformat()) for t in calendar.vtodo_list}
    pipes, dredging = (next(v for k, v in todos.items() if word in k) for word in ("延期", "清淤"))
    assert pipes == ("NEEDS-ACTION", "2022-08-31") and dredging == ("COMPLETED", "2022-08-15")
    events = {e.summary.value: e for e in calendar.vevent_list}
    assert [k.split(")")[0] for k in events if "清淤" in k] == ["(办结"]
    assert len({t.uid.value for t in (*calendar.vtodo_list, *calendar.vevent_list)}) == 2 * len(events)
    moved = next(e for k, e in events.items() if "延期" in k)
    assert "原定 2022-06-30" in moved.description.value


def test_blank_follow_up_is_withdrawn() -> None:
    assert fault(replace(FollowUp("ongoing"), state="")) == ""
