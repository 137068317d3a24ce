"""Language knowledge as data, and the one loader that checks it.

A lexicon is a ``.tsv`` (columns named in its first line, ``#`` comments) or a ``.toml`` file beside this module.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Rows of ``name.tsv`` by column name; blank lines and lines that begin with # are comments.

    Raises ValueError where a row has more cells than the header.
    """
    rows: list[dict[str, str]] = []
    header: list[str] = []
    for number, line in enumerate(files(__package__).joinpath(f"{name}.tsv").read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if not header:
            header = cells
            continue
        if len(cells) > len(header):
            raise ValueError(f"{name}.tsv line {number}: {len(cells)} cells, {len(header)} columns")
        rows.append(dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=True)))
    return tuple(rows)


@cache
def settings(name: str) -> dict[str, Any]:
    """The parsed ``name.toml``."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


@cache
def words(name: str, key: str) -> tuple[str, ...]:
    """The list of words ``key`` of ``name.toml``, longest first, so that an alternation finds the longest."""
    listed: list[str] = settings(name)[key]
    if len(set(listed)) != len(listed):
        raise ValueError(f"{name}.toml: {key} lists a word twice")
    return tuple(sorted(listed, key=lambda w: (-len(w), w)))


def patterns(name: str, key: str) -> str:
    """The list of regular expressions ``key`` of ``name.toml`` as one alternation, in the order of the file."""
    listed: list[str] = settings(name)[key]
    return "|".join(listed)


def alternation(name: str, key: str) -> str:
    """The words ``key`` of ``name.toml`` as a regular expression, the longest first."""
    return "(?:" + "|".join(map(re.escape, words(name, key))) + ")"
