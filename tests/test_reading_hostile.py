"""Whatever arrives: a Source whose offsets hold, or Rejected; nothing else."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.errors import Rejected
from extractors.reading import read
from extractors.schema import REJECT_REASONS
from tests.mutations import damage
from tests.readingsamples import all_formats

FILES = all_formats()
QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(data: bytes, name: str) -> None:
    """Read ``data`` and check what every consumer relies on."""
    try:
        source = read(data, name)
    except Rejected as rejected:
        assert rejected.reason in REJECT_REASONS
        assert rejected.detail and "\n" not in rejected.detail
        return
    text = source.text
    assert text.strip()
    text.encode("utf-8")
    for page, following in zip(source.pages, source.pages[1:], strict=False):
        assert page.start <= page.end == following.start
    assert not source.pages or (source.pages[0].start, source.pages[-1].end) == (0, len(text))
    at = 0
    for table in source.tables:
        assert at <= table.start <= table.end <= len(text)
        at = table.end
        last = table.start
        for cell in table.cells:
            assert last <= cell.start < cell.end <= table.end
            last = cell.end
            value = text[cell.start : cell.end]
            assert value == value.strip()
            assert source.format in {"csv", "md"} or not set(value) & set("\t\n\r")
            assert cell.row > 0 and cell.column > 0 and cell.row_span > 0 and cell.column_span > 0


@pytest.mark.parametrize("name", FILES)
def test_whole_files_are_sound(name: str) -> None:
    check(FILES[name], name)


@given(st.binary(max_size=400), st.sampled_from(sorted(FILES)))
@QUIET
def test_random_bytes(data: bytes, name: str) -> None:
    check(data, name)


@given(st.binary(max_size=200), st.sampled_from(sorted(FILES)))
@QUIET
def test_random_bytes_behind_a_true_beginning(data: bytes, name: str) -> None:
    check(FILES[name][:60] + data, name)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("seed", range(12))
def test_damaged_files(name: str, seed: int) -> None:
    check(damage(FILES[name], Random(seed)), name)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.8, 0.95, 0.999])
def test_truncated_files(name: str, share: float) -> None:
    data = FILES[name]
    check(data[: int(len(data) * share)], name)


HOSTILE = {
    "digits.txt": b"1" * 2_000_000,
    "brackets.html": b"<table>" * 3000 + b"<td>" * 3000,
    "tags.html": b"<" * 500_000,
    "cells.html": b"<table>" + b"<tr><td colspan=1000 rowspan=65000>a<td>b" * 3000,
    "quotes.csv": b'"' * 300_000 + b",1\n" * 10,
    "dashes.md": b"|-" * 200_000 + b"\n|a|b|\n",
    "comments.html": b"<!--" * 100_000,
    "meta.html": '<meta charset="rot13"><p>完成投资3亿元</p>'.encode("gb18030"),
    "surrogates.txt": b"\xff\xfe" + b"\x00\xd8" * 50 + "完成投资".encode("utf-16-le"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text(name: str) -> None:
    check(HOSTILE[name], name)
