"""Comparing in files gives what comparing in memory gives."""

from __future__ import annotations

from dataclasses import astuple, replace
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest

from extractors.indicator_wording import measure_class, measures_agree, words
from extractors.schema import DocumentRow, FigureRow
from pipeline import comparing
from pipeline.comparable import packed
from pipeline.progress import Matcher
from pipeline.rowfile import RowFile
from tests.bench import documents
from tests.test_progress import PLAN, REPORT, RESULT, TARGET, high
from tests.test_progress_pairs import rows_of

Rows = dict[str, list[Any]]


def in_memory(files: list[Rows]) -> list[tuple[Any, ...]]:
    matcher = Matcher()
    for rows in files:
        matcher.add(*(rows[t] for t in ("documents", "figures", "deadlines", "units")))
    return matcher.rows()


def in_files(files: list[Rows], folder: Path) -> list[tuple[Any, ...]]:
    folder.mkdir()
    return list(comparing.compared(map(packed, files), folder))


def archive(seed: int) -> list[Rows]:
    """Plans and reports of a few bodies and years in any order, with the same figures again and again."""
    random = Random(seed)
    bodies = ["青杉县林业局", "青杉县水利局", "白河县林业局", "乐溪镇人民政府", *(f"第{n}区林业局" for n in range(9))]
    found = []
    for n in range(60):
        body, year, plan = random.choice(bodies), random.choice([2021, 2022]), random.random() < 0.5
        doc_id = f"{n:016x}"
        head: DocumentRow = replace(
            PLAN if plan else REPORT, doc_id=doc_id, issuer=body, title=f"{random.choice([body, random.choice(bodies)])}{year}年工作", year=year,
            date=f"{year}-{random.randrange(1, 13):02d}-28",
        )  # fmt: skip
        figures: list[FigureRow] = [
            replace(
                TARGET if plan else RESULT, doc_id=doc_id, figure_id=f"{n}-{k}", unit=random.choice(["亩", "元", "个", "家", "座"]),
                indicator=random.choice(["植树造林面积", "完成投资", "新建水厂", "新增企业"]), sentence=random.choice("甲乙丙"),
                **high(random.randrange(1, 5) * 100),
            )
            for k in range(random.randrange(6))
        ]  # fmt: skip
        found.append({"documents": [astuple(head)], "figures": [*map(astuple, figures)], "deadlines": [], "units": []})
    return found


@pytest.mark.parametrize("enough", [comparing.ENOUGH, 20, 1])
@pytest.mark.parametrize("seed", range(4))
def test_rows_are_those_of_one_matcher(seed: int, enough: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "ENOUGH", enough)
    files = archive(seed)
    rows = in_memory(files)
    assert len(rows) > 30 and len({row[-2] for row in rows}) > 2
    assert in_files(files, tmp_path / "compared") == rows


def test_whole_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [rows_of(data, f"{n}.txt") for n, data in enumerate(documents.documents(70))]
    rows = in_memory(files)
    assert rows
    for enough in (comparing.ENOUGH, 10):
        monkeypatch.setattr(comparing, "ENOUGH", enough)
        assert in_files(files, tmp_path / str(enough)) == rows


def test_few_figures_are_in_memory_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies that are not tied are compared apart, in matchers of bounded size."""
    monkeypatch.setattr(comparing, "ENOUGH", 50)
    held: list[int] = []
    take = Matcher.take

    def counted(self: Any, parts: Any) -> None:
        take(self, parts)
        held.append(sum(len(p.targets) + len(p.results) for p in self._parts))

    monkeypatch.setattr(Matcher, "take", counted)
    files: list[Rows] = []
    for n in range(400):
        head = replace(PLAN, doc_id=f"{n:016x}", issuer=f"第{n // 2}县林业局", title="计划")
        figures = [replace(TARGET, doc_id=head.doc_id, figure_id=f"{n}-{k}", **high(k + 1)) for k in range(3)]
        files.append({"documents": [astuple(head)], "figures": [*map(astuple, figures)], "deadlines": [], "units": []})
    in_files(files, tmp_path / "compared")
    assert sum(1 for n in held if n) == 400 and max(held) <= 50


def test_units_that_agree_are_of_one_class() -> None:
    units = [*words().measures, "元", "亩"]
    for a, b in product(units, units):
        assert not measures_agree(a, b) or measure_class(a) == measure_class(b)
    assert measure_class("元") != measure_class("亩") != measure_class("个")


def test_rows_are_read_as_often_as_wanted(tmp_path: Path) -> None:
    rows = [(n, "字" * n) for n in range(250)]
    kept = RowFile(tmp_path / "rows").write(iter(rows))
    assert list(kept) == rows and list(kept) == rows
    assert list(RowFile(tmp_path / "none").write([])) == []
