"""Possessive quantifiers mean the same on every Python that we support."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from extractors import regexes

_inside: Any = re
CASES = [
    (r"(\d++(?:\.\d++)?+)(.)", "3.年", ("3", ".")),
    (r"((?:ab)*+)(.)", "abac", ("ab", "a")),
    (r"((?:[一二三]{1,3}+(?:,[一二三]{3})++|[一二三]++)(?:点[一二三]++)?+)(点)", "三点十", ("三", "点")),
    (r"(?:(a)|b(?:cd){1,2}+)(.)", "bcdce", (None, "c")),
    (r"(?=((?:12)++))(\d)", "12123", ("1212", "1")),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "text", "groups"), CASES)
def test_possessive_repeats_give_back_what_a_failed_round_took(
    pattern: str, text: str, groups: tuple[Any, ...]
) -> None:
    import extractors  # noqa: F401, PLC0415 (puts them right where they are wrong)

    found = re.compile(pattern).match(text)
    assert found is not None and found.groups() == groups


@pytest.mark.parametrize(("pattern", "text", "groups"), CASES)
def test_atomic_groups_say_the_same(pattern: str, text: str, groups: tuple[Any, ...]) -> None:
    tree = regexes.atomic(_inside._parser.parse(pattern))
    assert "POSSESSIVE" not in repr(tree.data)
    found = _inside._compiler.compile(tree).match(text)
    assert found is not None and found.groups() == groups


def test_patterns_of_the_extractors_are_no_exception(root: Path) -> None:
    """Every pattern of the parsers, compiled both ways, finds the same in the samples."""
    from extractors.language import notation, quantity_reading  # noqa: PLC0415

    texts = [p.read_text("utf-8") for p in sorted((root / "corpora" / "gold" / "dev").glob("*.txt"))[:6]]
    patterns = [v for m in (notation, quantity_reading) for v in vars(m).values() if isinstance(v, re.Pattern)]
    assert len(patterns) > 8
    for p in patterns:
        other = _inside._compiler.compile(regexes.atomic(_inside._parser.parse(p.pattern, p.flags & ~re.UNICODE)), 0)
        for text in texts:
            assert [m.span() for m in p.finditer(text)] == [m.span() for m in other.finditer(text)], p.pattern
