"""Whose targets and results a document tells: the names of the body that issues it, and of the units that answer for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from extractors import lexicon
from extractors.schema import DocumentRow, UnitRow

ROLES = ("lead", "responsible")
_BODY_CHARS = 4  # a shorter beginning of a title names no body
_LEVELS = "".join(lexicon.words("indicators", "levels"))
_LEVEL = re.compile(f"[{_LEVELS}]")
_OFFICE = re.compile(f"(?:{lexicon.alternation('indicators', 'offices')})$")
_AFTER_BODY = re.compile(
    rf"[\d〇○零一二三四五六七八九十]{{2,4}}\s*[年—\-至]|{lexicon.alternation('indicators', 'title_breaks')}"
)


def bodies_of(part: DocumentRow) -> tuple[str, ...]:
    """Names by which the issuing body can be recognised: the issuer, and what stands before the year in the title."""
    named = [_OFFICE.sub("", part.issuer) or part.issuer] if part.issuer else []
    if (year := _AFTER_BODY.search(part.title)) and year.start() >= _BODY_CHARS:
        title = part.title[: year.start()].strip()
        named.append(_OFFICE.sub("", title) or title)
    return tuple(dict.fromkeys(named))


def signing_names(issuers: Sequence[str], units: Sequence[str]) -> tuple[str, ...]:
    """The units that answer for a target, under the names they sign their own reports with: 县水务局 in a plan of 枫林县
    is 枫林县水务局. ``issuers`` are the names of the body that issues it (:func:`bodies_of`)."""
    region = next(iter(issuers), "")
    level = _LEVEL.search(region)
    if level is None:
        return ()  # 村委会 without a region is anybody's
    found = []
    for unit in units:
        if unit.startswith(region[: level.start() + 1]):
            found.append(unit)
        elif unit[:1] == level[0]:
            found.append(region[: level.start()] + unit)
        elif unit[:1] not in _LEVELS:
            found.append(region[: level.start() + 1] + unit)
    return tuple(dict.fromkeys(found))


def bodies(documents: Iterable[tuple[Any, ...]], units: Iterable[tuple[Any, ...]] = ()) -> set[str]:
    """Names under which a file's targets and results can meet those of other files, from its rows."""
    parts = [DocumentRow(*row) for row in documents]
    named = {body for part in parts for body in bodies_of(part)}
    canonical = {u.canonical for u in (UnitRow(*row) for row in units) if u.task_id and u.role in ROLES}
    for part in parts:
        named |= set(signing_names(bodies_of(part), sorted(canonical)))
    return named


def without_owner(subject: str, issuers: Sequence[str]) -> Iterator[str]:
    """What is measured without the issuer's own region or name in front (开发区签约项目 in the zone's own report)."""
    for name in issuers:
        region = _LEVEL.split(name)[0]
        for own in (name, region, *(region + level for level in _LEVELS)):
            if own and len(own) >= 2 and subject.startswith(own):
                yield subject[len(own) :].lstrip(_LEVELS)
