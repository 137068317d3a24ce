"""Members of an enumeration whose head stands only on the last one: 市教育、产业主管部门; 移动、联通、电信公司."""

from __future__ import annotations

import re

from extractors.language.organisation_lexicon import lexicon
from extractors.language.organisations import Organisation
from extractors.unit_words import words

_PIECE = re.compile("[^、]+")
_HAN = re.compile("[\u4e00-\u9fff]+")
_FIRST = re.compile("[市县区省州各][\u4e00-\u9fff]{1,6}")
_FURTHER = re.compile("[\u4e00-\u9fff]{2,6}")
_OF_A_SENTENCE = re.compile("[的了是]")
_LONGEST_SHARE = 8


def unknown_members(text: str, first: int, start: int, following: str) -> list[Organisation] | None:
    """The pieces of ``text[first:start]`` as members before the body ``following``; None where they are none."""
    pieces = text[first : start - 1].split("、")
    if all(p in lexicon().fields for p in pieces):
        return [Organisation(m.start(), m.end(), m.group(), "named") for m in _PIECE.finditer(text, first, start - 1)]
    made, place = [], first
    lead = words().lead_in.match(pieces[0])
    joint = _companies(pieces, following)
    for piece in pieces:
        skip = lead.end() if lead and piece is pieces[0] and lead.end() < len(piece) else 0
        form = _FIRST if piece is pieces[0] else _FURTHER
        if not joint and not form.fullmatch(piece, skip):
            return None
        if words().verb.match(piece) or _OF_A_SENTENCE.search(piece):
            return None
        made.append(Organisation(place + skip, place + len(piece), piece[skip:], "named"))
        place += len(piece) + 1
    return made


def _companies(pieces: list[str], following: str) -> bool:
    """Whether pieces share the head of a company that follows: 移动、联通、电信公司."""
    size = len(following)
    return (
        following.endswith("公司")
        and size <= _LONGEST_SHARE
        and all(1 < len(p) <= size and _HAN.fullmatch(p) for p in pieces)
    )
