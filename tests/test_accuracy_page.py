"""The published figures are those of the program as it stands."""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
TOLERANCE = 0.02


@cache
def tool() -> Any:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import accuracy_page  # noqa: PLC0415
    finally:
        sys.path.pop(0)
    return accuracy_page


def numbers(text: str) -> dict[tuple[str, str], list[float]]:
    """Rows of the first table by split and table: precision, recall, F1, value F1 where there is one."""
    found = {}
    for line in text.splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        if len(cells) == 8 and re.fullmatch(r"dev|test|samples", cells[0]):
            found[cells[0], cells[2]] = [float(c) for c in cells[4:] if c != "–"]
    return found


@pytest.mark.parametrize("split", ["dev", "test", "samples"])
def test_the_page_says_what_a_new_measurement_says(split: str) -> None:
    said = {k: v for k, v in numbers(tool().PAGE.read_text("utf-8")).items() if k[0] == split}
    now = numbers(tool().main_rows({split: tool().measured(split)}))
    assert len(said) == 4 and said.keys() == now.keys()
    off = {
        k: (said[k], now[k]) for k in said if any(abs(a - b) > TOLERANCE for a, b in zip(said[k], now[k], strict=True))
    }
    assert off == {}, "run make accuracy"


def test_the_page_names_its_day_and_commit_and_every_section() -> None:
    text = tool().PAGE.read_text("utf-8")
    assert re.search(r"\d{4}-\d\d-\d\d, commit `[0-9a-f]{7,}`", text)
    for section in (
        "What is left wrong",
        "Reliability of confidence",
        "Agreement of two annotators",
        "By genre of document",
    ):
        body = text.partition(f"## {section}\n")[2].partition("\n## ")[0]
        assert len(body) > 100, section
