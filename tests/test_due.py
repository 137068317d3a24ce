"""What falls due: days, recurrences, calendars."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import vobject
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from pipeline import due, roster, workdays
from pipeline.errors import UsageError
from pipeline.export import calendar
from pipeline.roster import Expected, Roster, Unit
from pipeline.store.ledger import Document, Limit
from tests.cliruns import one_line
from tests.cliruns import run as command
from tests.nights import DAY, run, setting

BLANK = Limit("id", "by", "", "", "", "", "修水渠", "6月底前", "", None, 1.0, "t", "d", "计划.txt", "甲乡", "计划", 2024, "2024-01-05", "planned", ["甲村"])  # fmt: skip


def falling(limit: Limit) -> list[str] | None:
    told = due.days(limit)
    return None if told is None else [d.day.isoformat() for d in told]


@pytest.mark.parametrize(
    ("fields", "days"),
    [
        ({"due_end": "2024-06-30"}, ["2024-06-30"]),
        ({"kind": "in", "due_start": "2024-05-01", "due_end": "2024-05-31"}, ["2024-05-31"]),
        ({"kind": "from", "due_start": "2024-07-01"}, ["2024-07-01"]),
        ({"due_end": "XXXX-06-30"}, None),
        ({"kind": "every", "rrule": "FREQ=YEARLY"}, ["2024-12-31"]),
        ({"kind": "every", "rrule": "FREQ=MONTHLY;INTERVAL=3"}, ["2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31"]),
        ({"kind": "every", "rrule": "FREQ=MONTHLY;INTERVAL=6"}, ["2024-06-30", "2024-12-31"]),
        ({"kind": "every", "rrule": "FREQ=MONTHLY;BYMONTHDAY=15", "due_start": "2024-10-01"}, ["2024-10-15", "2024-11-15", "2024-12-15"]),
        ({"kind": "every", "rrule": "FREQ=MONTHLY", "due_start": "2024-11-01", "due_end": "2025-01-31"}, ["2024-11-30", "2024-12-31", "2025-01-31"]),
        ({"kind": "every", "rrule": "FREQ=MONTHLY;BYMONTHDAY=15,-1", "due_start": "2024-12-01"}, ["2024-12-15", "2024-12-31"]),
        ({"kind": "every", "rrule": "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", "due_start": "2024-02-02"}, ["2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31"]),
        ({"kind": "every", "rrule": "FREQ=WEEKLY", "due_start": "2024-12-16"}, ["2024-12-22", "2024-12-29"]),
        ({"kind": "every", "rrule": "FREQ=MONTHLY", "year": None}, None),
        ({"kind": "every", "rrule": "FREQ=MONTHLY", "due_start": "XXXX-01-01"}, None),
        ({"kind": "every", "rrule": "nonsense"}, None),
        ({"kind": "within", "duration": "P6M"}, None),
        ({"kind": "within", "duration": "P6M", "due_start": "2024-01-31"}, ["2024-07-31"]),
        ({"kind": "within", "duration": "P1Y/P2Y", "due_start": "2024-03-01"}, ["2026-03-01"]),
        ({"kind": "within", "duration": "P5D", "due_start": "2024-09-27", "quote": "5个工作日内"}, ["2024-10-10"]),
        ({"kind": "within", "duration": "P5D", "due_start": "2024-09-27", "quote": "5日内"}, ["2024-10-02"]),
        ({"kind": "within", "duration": "P5D", "due_start": "2124-09-27", "quote": "5个工作日内"}, None),
    ],
)  # fmt: skip
def test_days_of_a_limit(fields: dict[str, object], days: list[str] | None) -> None:
    assert falling(replace(BLANK, **fields)) == days  # type: ignore[arg-type]


def test_the_national_holiday_and_the_days_worked_in_exchange() -> None:
    assert workdays.is_workday(date(2024, 9, 29)) is True, "a Sunday worked in exchange"
    assert workdays.is_workday(date(2024, 10, 1)) is False
    assert workdays.last_workday(date(2024, 10, 6)) == date(2024, 9, 30)
    assert workdays.last_workday(date(2124, 1, 1)) is None


@pytest.mark.parametrize(("text", "days"), [("30d", 30), ("4w", 28), ("2m", 60), ("7", 7)])
def test_lengths(text: str, days: int) -> None:
    assert due.span(text) == timedelta(days=days)


def test_what_is_overdue_is_no_beginning_nothing_done_and_nothing_recurring() -> None:
    late = replace(BLANK, due_end="2024-06-30")
    limits = [
        late, replace(late, deadline_id="b", task_status="done"), replace(BLANK, deadline_id="c", kind="from", due_start="2024-05-01"),
        replace(BLANK, deadline_id="d", kind="every", rrule="FREQ=MONTHLY"),
    ]  # fmt: skip
    found, unknown = due.falling(limits, date(2024, 1, 1), date(2024, 7, 1))
    assert [d.limit.deadline_id for d in due.overdue(found, date(2024, 7, 1))] == ["id"] and unknown == []


def test_calendars_are_read_by_an_independent_parser(tmp_path: Path) -> None:
    limits = [
        replace(BLANK, due_end="2024-06-30", action="修水渠;含支渠,共\\3条", page=2),
        replace(
            BLANK,
            deadline_id="q",
            kind="every",
            rrule="FREQ=MONTHLY;INTERVAL=3",
            due_start="2024-02-01",
            units=["甲村", "乙/村"],
        ),
        replace(BLANK, deadline_id="u", due_end="XXXX-06-30"),
    ]
    count, unknown = calendar.write(tmp_path, limits, None, date(2024, 1, 1))
    assert (count, [x.deadline_id for x in unknown]) == (2, ["u"])
    read = vobject.readOne((tmp_path / "all.ics").read_text("utf-8"))
    first, second = read.vevent_list
    assert (first.uid.value, first.dtstart.value, first.dtend.value) == (
        "id@taizhang",
        date(2024, 6, 30),
        date(2024, 7, 1),
    )
    assert first.summary.value == "修水渠;含支渠,共\\3条" and "第2页" in first.description.value
    rule = rrulestr(second.rrule.value, dtstart=second.dtstart.value)
    assert [d.date().isoformat() for d in rule] == ["2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31"]
    assert len(list(tmp_path.glob("*.ics"))) == 3
    for path in tmp_path.glob("*.ics"):
        data = path.read_bytes()
        assert all(len(line) <= 75 for line in data.split(b"\r\n")) and b"\r\n" in data
        vobject.readOne(data.decode())
    before = (tmp_path / "all.ics").read_bytes()
    calendar.write(tmp_path, limits, None, date(2024, 1, 1))
    assert (tmp_path / "all.ics").read_bytes() == before


@pytest.mark.parametrize("name", ["甲村", "a/b", "..", "all", "x" * 300, "村" * 100, "换\n行", "CON"])
def test_file_names_of_units(name: str, tmp_path: Path) -> None:
    file = calendar.file_name(name)
    assert len(file.encode()) < 200 and file.lower() != "all.ics"
    (tmp_path / file).write_bytes(b"")
    assert (tmp_path / file).resolve().parent == tmp_path.resolve()


def test_the_verb(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    run(setting(tmp_path, url))
    done = command("due", "--store", url, "--within", "30d", "--as-of", DAY.isoformat(), "--ics", tmp_path / "ics")
    (line,) = done.stdout.decode().splitlines()
    assert line.startswith("2022-08-15\t") and "河道清淤" in line
    assert vobject.readOne((tmp_path / "ics" / "all.ics").read_text("utf-8")).vevent_list
    found = json.loads(command("due", "--store", url, "--overdue", "--as-of", DAY.isoformat(), "--json").stdout)
    assert [d["day"] for d in found["due"]] == ["2022-06-30"]
    assert command("due", "--store", url, "--as-of", "2022-07-20", "--unit", "没有这个单位").stdout == b""
    assert command("due", "--store", url, "--within", "5d", "--as-of", "2022-07-20").stdout == b""
    for wrong in (["--within", "soon"], ["--as-of", "tomorrow"], ["--roster", tmp_path / "none.csv"]):
        done = command("due", "--store", url, *wrong)
        assert done.returncode == 2 and one_line(done)
    done = command("due", cwd=tmp_path / "ics")
    assert done.returncode == 2 and "--store" in one_line(done)


def test_the_settings_beside_the_command_name_store_and_roster(tmp_path: Path) -> None:
    file = setting(tmp_path, f"sqlite:///{tmp_path}/store.db", '[roster]\npath = "units.csv"\n')
    (tmp_path / "units.csv").write_bytes("单位,别名\n枫林县水务局,县水务局\n".encode("gb18030"))
    run(file)
    done = command("due", "--as-of", DAY.isoformat(), "--unit", "县水务局", cwd=tmp_path)
    assert "枫林县水务局" in done.stdout.decode(), done.stderr


ROSTER = Roster([
    Unit("枫林县人民政府", ("县政府",)),
    Unit("枫林县水务局", ("县水务局", "水务局"), "枫林县人民政府", (Expected("2024年工作计划", date(2024, 1, 31)), Expected("2023年工作总结", date(2024, 1, 15)))),
    Unit("枫林县水务局河道站", (), "县水务局"),
])  # fmt: skip


def document(**fields: object) -> Document:
    return replace(
        Document("a.txt", "枫林县水务局2024年工作计划", "plan", "枫林县水务局", "2024-01-10", 2024), **fields
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("documents", "missing"),
    [
        ([], ["2023年工作总结", "2024年工作计划"]),
        ([document()], ["2023年工作总结"]),
        ([document(issuer="县水务局")], ["2023年工作总结"]),
        ([document(issuer="")], ["2023年工作总结"]),
        ([document(issuer="", title="工作计划", source="水务局/2024年.txt")], ["2023年工作总结"]),
        ([document(year=2023, title="枫林县水务局2023年工作计划")], ["2023年工作总结", "2024年工作计划"]),
        ([document(issuer="枫林县林业局", title="2024年工作计划")], ["2023年工作总结", "2024年工作计划"]),
        ([document(kind="plan", title="枫林县水务局2024年要点")], ["2023年工作总结"]),
    ],
)
def test_who_has_not_submitted(documents: list[Document], missing: list[str]) -> None:
    assert [m.title for m in ROSTER.missing(documents, date(2024, 2, 1))] == missing


@given(
    st.lists(st.text("县市水务局农", min_size=1, max_size=4), min_size=1, max_size=8, unique=True),
    st.text("县市水务局农业", max_size=12),
)
def test_the_unit_in_a_text_is_the_one_with_the_longest_name(names: list[str], text: str) -> None:
    found = Roster([Unit(n) for n in names]).unit_in(text)
    assert found == next((n for n in sorted(names, key=len, reverse=True) if n in text), "")


def test_a_roster_knows_aliases_and_what_is_below() -> None:
    assert ROSTER.canonical("县水务局") == "枫林县水务局" and ROSTER.canonical("别的局") == "别的局"
    assert ROSTER.within("枫林县人民政府") == {"枫林县人民政府", "枫林县水务局", "枫林县水务局河道站"}


def test_rosters_in_csv_and_xlsx_are_equal(tmp_path: Path) -> None:
    import openpyxl  # noqa: PLC0415

    lines = [
        ["name", "aliases", "parent", "reports", "due"],
        ["甲局", "甲;某甲", "", "2024年总结", "2025-01-15"],
        ["乙局", "", "甲局", "计划=2024-01-31;总结=2025-01-31", ""],
    ]
    (tmp_path / "u.csv").write_text("\n".join(",".join(line) for line in lines), "utf-8")
    book = openpyxl.Workbook()
    for line in lines:
        assert book.active is not None
        book.active.append([date.fromisoformat(c) if c == "2025-01-15" else c for c in line])
    book.save(tmp_path / "u.xlsx")
    read = [roster.read(tmp_path / name).units for name in ("u.csv", "u.xlsx")]
    assert read[0] == read[1] and read[0][0].reports == (Expected("2024年总结", date(2025, 1, 15)),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "是空的"),
        ("编号\n1\n", "没有 name 或 单位"),
        ("单位\n甲\n甲\n", "第 3 行"),
        ("单位,应报材料\n甲,总结\n", "没有日期"),
    ],
)
def test_wrong_rosters_are_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "u.csv").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said):
        roster.read(tmp_path / "u.csv")
