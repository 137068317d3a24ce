"""Every writing in the vocabulary of measures is read back as its canonical form."""

from __future__ import annotations

import pytest

from extractors import lexicon
from extractors.language import quantities
from extractors.language.measures import measure_at, vocabulary
from extractors.language.numerals import fold

TIME = "time"
ROWS = [r for r in lexicon.table("measures") if "derived" not in r["flags"]]
ALIASES = [(alias, row) for row in ROWS for alias in [row["canonical"], *filter(None, row["aliases"].split("|"))]]


@pytest.mark.parametrize(("alias", "row"), ALIASES, ids=[a for a, _ in ALIASES])
def test_alias_round_trip(alias: str, row: dict[str, str]) -> None:
    measure = measure_at(fold(f"{alias}。"), 0)
    assert measure is not None
    assert measure.end == len(alias)
    if "/" not in alias or "/" in row["canonical"]:
        assert measure.canonical == row["canonical"]


@pytest.mark.parametrize(("alias", "row"), ALIASES, ids=[a for a, _ in ALIASES])
def test_alias_is_read_after_a_number(alias: str, row: dict[str, str]) -> None:
    found = quantities.find(f"共计25{alias}。")
    if row["dimension"] == TIME:
        assert found == []
        return
    (quantity,) = found
    canonical = {"成": "%", "角": "元", "块": "块"}.get(row["canonical"], row["canonical"])
    assert quantity.text == f"25{alias}"
    assert quantity.measure.split("/")[0] == canonical.split("/")[0]
    assert quantity.dimension == (
        "rate" if "/" in quantity.measure and "/" not in row["canonical"] else row["dimension"]
    )


def test_dimensions_are_known() -> None:
    known = (
        "count money percent points ratio times area length mass volume energy power speed concentration rate temperature "
        "sound score age lessons time angle pressure data voltage current frequency"
    )
    assert {row["dimension"] for row in lexicon.table("measures")} <= set(known.split())


def test_no_writing_is_listed_twice() -> None:
    assert len(vocabulary()) > 450
