"""Prints how far the two annotations of corpora/gold agree, as the tables of corpora/README.md: ``python tools/agreement.py``.

``--differences`` lists the rows that differ instead. The second readings lie in corpora/gold/second, by the name of the first.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from extractors.overlaps import LEAST_SHARE, match
from pipeline.evaluation import gold as gold_of
from pipeline.evaluation.gold import TABLES, GoldFile, Item
from pipeline.evaluation.matching import ATTRIBUTES, VALUE, asked, same

GOLD = Path(__file__).parent.parent / "corpora" / "gold"
SPLITS = ("test", "dev")
COLUMNS = (
    ("figures F1", "figures", "F1"), ("deadlines F1", "deadlines", "F1"), ("units F1", "units", "F1"),
    ("figure value", "figures", "value"), ("deadline value", "deadlines", "value"), ("bound", "figures", "bound"),
    ("status", "figures", "status"), ("indicator", "figures", "indicator"), ("role", "units", "role"),
    ("deadline action", "deadlines", "action"), ("unit action", "units", "action"), ("links F1", "links", "F1"),
)  # fmt: skip
Counts = Counter[tuple[str, str, str]]


def agrees(field: str, one: str, other: str, first_only: bool) -> bool:
    """Whether two annotators say the same of a field: a reading of one among the other's, or both first readings."""
    if not (asked(field, one) and asked(field, other)):
        return True
    if first_only:
        return same(field, one.partition("|")[0], other.partition("|")[0])
    return any(same(field, one, reading) for reading in other.split("|"))


def differences(one: GoldFile, other: GoldFile, first_only: bool = False) -> tuple[Counts, list[str]]:
    """Counts of agreement between two annotations of a document, and its differences in words.

    A row that either annotator calls optional is set aside with its partner, also from the links. Links are pairs of rows of
    different tables that share a task; pairs with a row that only one annotator has count against the agreement.
    """
    counts: Counts = Counter()
    told: list[str] = []
    partner: dict[int, Item] = {}  # by identity of the first annotator's row
    aside: set[int] = set()  # rows that the other calls optional
    for t in TABLES:
        ours, theirs = one.items[t], other.items[t]
        got = match(ours, theirs, LEAST_SHARE[t])
        taken = set(got.values())
        for i, j in got.items():
            a, b = ours[i], theirs[j]
            if a.optional or b.optional:
                aside |= {id(a), id(b)}
                continue
            partner[id(a)] = b
            counts[t, "F1", "both"] += 1
            wrong = set()
            for name in VALUE[t] + ATTRIBUTES[t]:
                said = a.fields.get(name, ""), b.fields.get(name, "")
                right = agrees(name, *said, first_only)
                counts[t, name, "seen"] += 1
                counts[t, name, "right"] += right
                if not right:
                    wrong.add(name)
                    told.append(f"{one.name} {t} {a.start} {a.quote}: {name} {said[0]} / {said[1]}")
            counts[t, "value", "seen"] += 1
            counts[t, "value", "right"] += not wrong & set(VALUE[t])
        for who, rows, found in (("first", ours, set(got)), ("second", theirs, taken)):
            for k, row in enumerate(rows):
                if k not in found and not row.optional:
                    counts[t, "F1", "one"] += 1
                    told.append(f"{one.name} {t} {row.start} {row.quote}: only the {who}")
    _links(counts, told, one, other, partner, aside)
    return counts, told


def _links(
    counts: Counts, told: list[str], one: GoldFile, other: GoldFile, partner: dict[int, Item], aside: set[int]
) -> None:
    kept = {id(b): a for t in TABLES for a in one.items[t] if (b := partner.get(id(a))) is not None}
    for who, file, over in (("first", one, partner), ("second", other, kept)):
        for a, b in _linked(file, aside):
            x, y = over.get(id(a)), over.get(id(b))
            if x and y and x.task and x.task == y.task:
                counts["links", "F1", "both"] += who == "first"
            else:
                counts["links", "F1", "one"] += 1
                told.append(f"{one.name} links {a.start} {a.quote} – {b.quote}: only the {who}")


def _linked(file: GoldFile, aside: set[int]) -> Iterator[tuple[Item, Item]]:
    rows = [(t, x) for t in TABLES for x in file.items[t] if x.task and not x.optional and id(x) not in aside]
    return ((a, b) for (t1, a), (t2, b) in combinations(rows, 2) if t1 != t2 and a.task == b.task)


def shares(counts: Counts) -> list[str]:
    """The cells of a row: F1 of what both found, shares of the rows found by both that agree."""
    cells = []
    for _, table, what in COLUMNS:
        if what == "F1":
            both, single = counts[table, what, "both"], counts[table, what, "one"]
            hit, of = 2 * both, 2 * both + single
        else:
            hit, of = counts[table, what, "right"], counts[table, what, "seen"]
        cells.append(f"{hit / of:.3f}" if of else "–")
    return cells


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Print the tables, or with ``--differences`` what they count."""
    second = {f.name: f for f in gold_of.read(GOLD / "second").files}
    pairs = [
        (split, f, second.pop(f.name)) for split in SPLITS for f in gold_of.read(GOLD / split).files if f.name in second
    ]
    if second:
        raise SystemExit(f"no first annotation of {', '.join(second)}")
    if "--differences" in sys.argv[1:]:
        print(*(line for _, a, b in pairs for line in differences(a, b)[1]), sep="\n")
        return
    print(_line("document", *(name for name, _, _ in COLUMNS)))
    print(_line("---", *["---"] * len(COLUMNS)))
    for _, a, b in pairs:
        print(_line(a.name, *shares(differences(a, b)[0])))
    for split in (*SPLITS, "all"):
        chosen = [(a, b) for s, a, b in pairs if split in (s, "all")]
        print(_line(f"{split}, {len(chosen)}", *shares(sum((differences(a, b)[0] for a, b in chosen), Counter()))))
    first = sum((differences(a, b, first_only=True)[0] for _, a, b in pairs), Counter())
    print(_line("all, first reading against first reading", *shares(first)))


if __name__ == "__main__":
    main()
