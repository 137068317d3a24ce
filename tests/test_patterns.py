"""What patterns begin and end in, and scanners that find what an alternation finds."""

from __future__ import annotations

import re
import sys
from random import Random

import pytest

from extractors.lexicon.edges import first_characters, last_characters
from extractors.lexicon.scanning import scanner

ENDINGS = [
    (r"(?:到|至)约?$", "到至约\n"),
    (r"提升$|改善$", "升善\n"),
    (r"(?:增|减)(?:[一二]个)?(?!的)[了出]?$", "增减个了出\n"),
    (r"(?:甲(?:乙|丙+)$)", "乙丙\n"),
    (r"x(?>ab)*+$", "xb\n"),
]
BEGINNINGS = [
    (r"(?:及?以上)?(?:时|的)", "及以时的"),
    (r"(?<!甲)(?=.)[a-c]?戊", "abc戊"),
    (r"\d{0,3}年|", "".join(c for c in map(chr, range(0x110000)) if c.isdecimal()) + "年"),
]


@pytest.mark.parametrize(("pattern", "characters"), ENDINGS)
def test_what_an_anchored_pattern_ends_in(pattern: str, characters: str) -> None:
    assert last_characters(re.compile(pattern)) == set(characters)


@pytest.mark.parametrize("pattern", ["共印|共$", "[^甲]$", "甲.?$", "甲?$", "甲", r"甲\w$"])
def test_what_may_end_in_anything_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="may"):
        last_characters(re.compile(pattern))


@pytest.mark.parametrize(("pattern", "characters"), BEGINNINGS)
def test_what_a_pattern_begins_with(pattern: str, characters: str) -> None:
    assert first_characters(re.compile(pattern)) == set(characters)


def test_a_pattern_that_begins_with_anything_is_refused() -> None:
    with pytest.raises(ValueError, match="may be anything"):
        first_characters(re.compile("[^甲]乙"))


def test_a_scanner_finds_what_an_alternation_finds() -> None:
    random = Random(7)
    alphabet = [chr(0x4E00 + i) for i in range(90)]
    words = sorted(
        {"".join(random.choices(alphabet, k=random.choice((1, 2, 2, 3, 4)))) for _ in range(150)}, key=len, reverse=True
    )
    listed = {c: [w for w in words if w[0] == c] for c in {w[0] for w in words}}
    second = {c: "" if c in found else "".join({w[1] for w in found}) for c, found in listed.items()}
    scan = scanner({c: ("|".join(found), second[c]) for c, found in listed.items()})
    text = "".join(random.choices([*alphabet, *words, " "], k=20_000))
    expected = [m.span() for m in re.finditer("|".join(words), text)]
    spans, at = [], 0
    while m := scan.search(text, at):
        spans.append(m.span(m.lastindex or 0))
        at = spans[-1][1]
    assert spans == expected and len(spans) > 1000


def test_digits_and_blanks_of_all_scripts_are_among_the_edges() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    assert first_characters(re.compile(r"\d")) == set(re.findall(r"\d", everything))
    assert first_characters(re.compile(r"\s")) == set(re.findall(r"\s", everything))
