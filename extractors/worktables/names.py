"""Cells of units and persons: members, their roles, the persons beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from extractors import unit_lists
from extractors.context import PartView
from extractors.language import organisations
from extractors.lexicon import words
from extractors.unit_names import Names
from extractors.unit_words import words as unit_words
from extractors.worktables import content

Span = tuple[int, int]
_PIECE = re.compile(r"(?:[^、,，;；/\s()（）]|[(（][^()（）]{0,40}[)）])+")
_GLOSS = re.compile(r"[(（][^()（）]*[)）]$")
_PADDED = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])\s{1,3}([\u4e00-\u9fff])(?![\u4e00-\u9fff])")
_NAME = re.compile(r"[\u4e00-\u9fff×某○*A-Za-z·]{2,12}")
_UNIT_LIKE = re.compile(r"[\u4e00-\u9fffA-Za-z“”\"*×()（）]{2,24}")
_HAN_NAME = r"[\u4e00-\u9fff](?:\s{0,3}[\u4e00-\u9fff]){1,2}"
_BESIDE = re.compile(
    rf"(?<=[\u4e00-\u9fff])(?:\s*[(（]\s*(?P<bracketed>{_HAN_NAME})\s*[)）]|(?:\s*[:：]\s*|\s+)(?P<after>{_HAN_NAME})(?=$|[\s、,，;；/]))"
)
_DIGITS = re.compile(r"\d")
_ROLE = re.compile("牵头|负责|配合")
_MAY_LIST = re.compile(rf"[\]】:：为是]|{_ROLE.pattern}")  # with one of these a label ends
_LEADING = re.compile(r"(?:各?责任|牵头|配合)?(?:单位|部门|人)[:：]\s*")


@dataclass(slots=True)
class Member:
    """A body in a cell, to become a mention in every cell that reads the same; offsets in the cell, ``cue`` is the role of
    the column or ``label``."""

    start: int
    end: int
    name: str
    canonical: str
    role: str
    rule: str
    cue: str
    confidence: float


@dataclass(slots=True)
class NamesRead:
    """Members of a cell and spans of persons, these too by offsets in the cell."""

    cue: str
    members: list[Member] = field(default_factory=list)
    persons: list[Span] = field(default_factory=list)


class NameReader:
    """Reads cells of units and persons of one part; equal cells are read once."""

    def __init__(self, view: PartView) -> None:
        self._view = view
        self._canonical: Names | None = None
        self._in_cells: list[organisations.Organisation] = []
        self._read: dict[tuple[str, str, bool], NamesRead] = {}

    def learn(self, texts: Iterable[str]) -> list[organisations.Organisation]:
        """Take the names in the cells of units of the part before any of them is read; gives them."""
        self._in_cells = [o for text in dict.fromkeys(texts) for o in organisations.find(text)]
        return self._in_cells

    def units(self, text: str, role: str, persons: bool = False) -> NamesRead:
        """Members of the text of a cell; ``role`` is that of its column, ``persons`` whether its head names persons too."""
        found = self._read.get((text, role, persons))
        if found is None:
            beside = companions(text, persons)
            found = self._read[text, role, persons] = self._units(_without(text, beside), role)
            found.persons += [span for _, span in beside]
            for member in found.members:
                member.name = text[member.start : member.end]
        return found

    def labelled(self, text: str) -> NamesRead:
        """Members of the labelled lists in the text of any cell (…(责任单位:市教育局))."""
        found = self._read.get((text, "*", False))
        if found is None:
            found = self._read[text, "*", False] = NamesRead(cue="label")
            if _MAY_LIST.search(text) and (unit_words().label.search(text) or _ROLE.search(text)):
                self._lists(text, found, inside=True)
        return found

    def _units(self, text: str, role: str) -> NamesRead:
        found = NamesRead(role)
        if text in words("worktables", "blank") or content.is_total(text):
            return found
        if unit_words().label.search(text):
            rest = self._lists(text, found)
            if rest > 1 and not found.members:
                rest = len(text)
            if not found.members:
                self._plain(text, 0, len(text), role, found)
            elif rest > 1:
                self._plain(text, 0, rest, role, found)
        else:
            self._plain(text, 0, len(text), role, found)
        return found

    def _lists(self, text: str, found: NamesRead, inside: bool = False) -> int:
        """Take the labelled lists of a text, with ``inside`` also brackets that tell roles; gives where the first begins."""
        first = len(text)
        for listing in unit_lists.find(text, 0, len(text)):
            hits = [h for h in listing.hits if h.rule == "label" or (inside and h.rule == "bracket with roles")]
            if hits:
                first = min(first, listing.start)
                self._named(text, [(h.start, h.end, h.role, h.confidence) for h in hits], found)
        found.persons += unit_lists.persons(text, 0, len(text))
        return first

    def _plain(self, text: str, start: int, end: int, role: str, found: NamesRead) -> None:
        hits: list[tuple[int, int, str, float]] = []
        place = start
        while place < end:
            more = [(a, b, own, 0.95) for a, b, own in unit_lists.members(text, place, end, role)]
            for a, b, own, sure in more:
                if text.startswith(words("worktables", "no_body"), a):
                    continue
                if content.is_person(text[a:b]):
                    found.persons.append((a, b))
                else:
                    hits.append((a, b, own, sure))
            place = max([place, *(b for _, b, _, _ in more)])
            piece = _PIECE.search(text, place, end)
            if piece is None:
                break
            if (taken := self._left(text, piece.start(), piece.end(), role, found)) is not None:
                hits.append(taken)
            place = piece.end()
        self._named(text, hits, found)

    def _left(self, text: str, a: int, b: int, role: str, found: NamesRead) -> tuple[int, int, str, float] | None:
        """A piece that the reader of lists did not take: a person, or a body without a known ending."""
        label = _LEADING.match(text, a, b)
        a = label.end() if label else a
        gloss = _GLOSS.search(text[a:b])
        stop = a + gloss.start() if gloss else b
        name = text[a:stop]
        if name.startswith(words("worktables", "no_body")):
            return None
        if content.is_person(name):
            found.persons.append((a, stop))
        elif _UNIT_LIKE.fullmatch(name) and (
            organisations.whole(text, a, stop) is not None or len(name) >= 3
        ) and not content.is_time(name):  # fmt: skip
            return a, stop, role, 0.7
        return None

    def _named(self, text: str, hits: list[tuple[int, int, str, float]], found: NamesRead) -> None:
        if not hits:
            return
        if self._canonical is None:
            view, part = self._view, self._view.part
            prose = [o for s in part.segments if s.kind != "row" for o in organisations.find(view.text, s.start, s.end)]
            self._canonical = Names(view.text, part.start, part.end, [*prose, *self._in_cells], part.issuer)
        whole = self._canonical.group([text[a:b] for a, b, _, _ in hits])
        rule = "table:" + found.cue
        found.members += [
            Member(a, b, text[a:b], name, own, rule, found.cue, sure)
            for (a, b, own, sure), name in zip(hits, whole, strict=True)
        ]


def companions(text: str, glued: bool) -> list[tuple[Span, Span]]:
    """Persons beside the bodies that they stand for, (what to take out with the name, the name) each: 县教育局(赵文静),
    县教育局：赵文静, 县教育局 赵 文; with ``glued`` 县教育局赵文静 and 县教育局局长赵文静 too."""
    found: list[tuple[Span, Span]] = []
    for m in _BESIDE.finditer(text):
        name = "bracketed" if m["bracketed"] else "after"
        if content.is_person("".join(m[name].split())):
            found.append((m.span(), m.span(name)))
    if glued:
        for m in _PIECE.finditer(text):
            for size in (3, 2):
                a = m.end() - size
                if a > m.start() + 2 and content.is_person(text[a : m.end()]):
                    body = next((a - len(t) for t in words("worktables", "person_title") if text.endswith(t, 0, a)), a)
                    if organisations.whole(text, m.start(), body) is not None:
                        found.append(((body, m.end()), (a, m.end())))
                        break
    return found


def _without(text: str, beside: list[tuple[Span, Span]]) -> str:
    """The text with blanks where persons stand, so that offsets stay what they are."""
    for (a, b), _ in beside:
        text = text[:a] + " " * (b - a) + text[b:]
    return text


def persons(text: str) -> list[Span]:
    """Spans of the names in a cell of persons, blanks inside a name of two characters kept (李 明)."""
    if text in words("worktables", "blank"):
        return []
    found: list[Span] = []
    titles: list[Span] = []
    padded = [m.span() for m in _PADDED.finditer(text)]
    joined = text
    for a, b in padded:
        joined = joined[:a] + "某" * (b - a) + joined[b:]
    for piece in _PIECE.finditer(joined):
        a, b = piece.span()
        gloss = _GLOSS.search(joined[a:b])
        stop = a + gloss.start() if gloss else b
        label = _LEADING.match(joined, a, stop)
        a = label.end() if label else a
        if not _NAME.fullmatch(joined, a, stop) or _DIGITS.search(joined, a, stop):
            continue
        (
            titles
            if text[a:stop].endswith(words("worktables", "person_title")) and not content.is_person(text[a : a + 3])
            else found
        ).append((a, stop))
    return found or titles
