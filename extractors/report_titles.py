"""Whether a document is the report that somebody expects under a title (2024年工作总结)."""

from __future__ import annotations

import re

from extractors import lexicon

_YEAR = re.compile(r"(?:19|20)\d{2}")
_PIECES = re.compile(rf"(?:19|20)\d{{2}}年?度?|{lexicon.alternation('report_titles', 'unneeded')}")
_UNNEEDED = re.compile(r"[\W_]+")
_KINDS = {kind: frozenset(lexicon.words("report_titles", kind)) for kind in ("plan", "summary")}


def is_report(expected: str, title: str, source: str, kind: str, year: int | None) -> bool:
    """Whether a document is the report expected: the words of the expected title but for the year stand in its title or
    name, or say no more than its kind; and where the expected title has a year, it is the document's."""
    named = _YEAR.search(expected)
    told = title + source
    if named and str(year) != named[0] and named[0] not in told:
        return False
    pieces = [p for p in (_UNNEEDED.sub("", piece) for piece in _PIECES.split(expected)) if p]
    return all(piece in told for piece in pieces) or (len(pieces) == 1 and pieces[0] in _KINDS.get(kind, ()))
