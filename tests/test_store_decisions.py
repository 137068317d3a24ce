"""Decisions of analysts through many rounds of edits: kept, moved or listed, never lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from extractors.schema import TABLES
from pipeline.store import Store, decisions, outcomes
from pipeline.store.anchoring import anchor_at, locate
from pipeline.store.decisions import LOST, Decision
from pipeline.store.inputs import current
from pipeline.store.schema import DECISIONS
from tests.nights import DAY, run, setting, store_of

ROUNDS = 20
TEXT = "一、全年完成投资3.2亿元。二、新建管网86公里,6月底前完成。三、改造渠道42公里,由水务站负责。"


@pytest.mark.parametrize(
    ("quote", "new", "how", "found"),
    [
        ("86公里", TEXT, "place", "86公里"),
        ("86公里", "零、加一段话在前面。" + TEXT, "quote", "86公里"),
        ("42公里", TEXT.replace("42公里", "45公里"), "likeness", "45公里"),
        ("6月底前", TEXT.replace("6月底前", "7月20日前"), "likeness", "7月20日前"),
        ("3.2亿元", "另一份毫不相干的材料,说的是图书馆的开放时间和借阅办法。", None, ""),
        ("86公里", "", None, ""),
        ("42公里", "隔壁县的道路42公里已通车。天气很好。", None, ""),
    ],
)
def test_where_a_place_is_in_another_text(quote: str, new: str, how: str | None, found: str) -> None:
    at = TEXT.index(quote)
    place = locate(anchor_at(TEXT, at, at + len(quote)), new)
    if how is None:
        assert place is None
    else:
        assert place is not None and (place.how, place.anchor.quote) == (how, found)
        assert new[place.anchor.start : place.anchor.end] == found


def test_of_many_equal_quotes_the_one_in_its_surroundings() -> None:
    text = "".join(f"第{n}村修路3公里,由第{n}村委会负责。" for n in range(50))
    at = text.index("第30村修路") + 6
    moved = "前言若干字。" + text.replace("第7村修路3公里,由第7村委会负责。", "")
    place = locate(anchor_at(text, at, at + 3), moved)
    assert place is not None and moved[place.anchor.start - 7 : place.anchor.end].endswith("30村修路3公里")


def document(number: int) -> list[str]:
    lines = [f"榆林乡第{number}村2022年工作计划"]
    lines += [
        f"{n + 1}.新修第{n + 1}段水渠{n * 3 + number + 1}公里,{n % 12 + 1}月底前完成。责任单位:第{n + 1}村民小组。"
        for n in range(12)
    ]
    return lines


def edited(lines: list[str], random: Random) -> list[str]:
    """One round of what editors do: a line more, a line less, another order, another number, other words."""
    lines = list(lines)
    at = random.randrange(1, len(lines))
    edit = random.randrange(6)
    if edit == 0:
        lines.insert(at, f"补充:第{random.randrange(99)}项工作另行安排,经费{random.randrange(1, 99)}万元。")
    elif edit == 1 and len(lines) > 4:
        del lines[at]
    elif edit == 2:
        other = random.randrange(1, len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    elif edit == 3:
        lines[at] = lines[at].replace("公里", f"{random.randrange(10)}公里")
    elif edit == 4:
        lines[at] = lines[at].replace("新修", "抓紧新修").replace("完成", "全面完成")
    else:
        lines[at] = lines[at][: len(lines[at]) // 2] + random.choice(["", "。", "并做好验收。"])
    return lines


def rows(store: Store) -> list[tuple[str, Any, Any]]:
    """(path, version, figure as dict) of all current figures."""
    names = TABLES["figures"].row.__dataclass_fields__
    found = []
    with store.reader() as connection:
        paths = {k.version: k.path for k in current(connection)}
        for version, read in outcomes.load(connection, sorted(paths)):
            for outcome in read:
                for row in outcome.rows.get("figures", ()):
                    found.append(
                        (paths[version], version, dict(zip(names, row, strict=True)) | {"text": outcome.text.decode()})
                    )
    return found


def test_decisions_survive_rounds_of_random_edits(url: str, tmp_path: Path) -> None:
    random = Random(7)
    texts = {f"村{n}.txt": document(n) for n in range(4)}
    (tmp_path / "in").mkdir()
    file = setting(tmp_path, url)

    def save() -> None:
        for name, lines in texts.items():
            (tmp_path / "in" / name).write_text("\n".join(lines) + "\n", "utf-8")

    save()
    run(file)
    store = store_of(file)
    made = rows(store)
    for path, version, row in made:
        decision = Decision("figures", row["figure_id"], path, row["doc_id"], row["start"], row["end"], "accept", "甲")
        store.write(
            lambda c, d=decision, v=version, t=row["text"]: decisions.record(c, d, v, t, "2022-07-20T09:00:00", "0.1")
        )
    assert len(made) >= 40
    with store.reader() as connection:
        before = connection.execute(select(DECISIONS).order_by(DECISIONS.c.number)).all()
    hows: set[str] = set()
    for round_ in range(1, ROUNDS + 1):
        texts = {name: edited(edited(lines, random), random) for name, lines in texts.items()}
        if round_ == 10:  # one is renamed meanwhile
            texts["第三村(改名).txt"] = texts.pop("村3.txt")
            (tmp_path / "in" / "村3.txt").rename(tmp_path / "in" / "第三村(改名).txt")
            run(file, DAY + timedelta(days=round_))
        save()
        report = run(file, DAY + timedelta(days=round_))
        with store.reader() as connection:
            standing = decisions.standing(connection)
            paths = {k.path: k.version for k in current(connection)}
            whole = {
                v: [o.text.decode() for o in read] for v, read in outcomes.load(connection, sorted(paths.values()))
            }
        assert [s.decision_id for s in standing] == [b.decision_id for b in before], "none lost, none more"
        hows |= {s.how for s in standing}
        for s in standing:
            assert paths[s.path] == s.version, "every decision has been looked for in the version that counts"
            if s.how != LOST:
                assert any(text[s.start : s.end] == s.quote for text in whole[s.version])
        assert report.counts["lost_decisions"] == sum(s.how == LOST for s in standing) == len(report.lost_decisions)
    with store.reader() as connection:
        assert connection.execute(select(DECISIONS).order_by(DECISIONS.c.number)).all() == before, (
            "nothing is overwritten"
        )
    assert hows >= {"place", "quote", "likeness", LOST}
