"""Automatic list numbers of Word, as its layout would show them (ECMA-376 Part 1, 17.9).

Numbers are not in a document's text: a paragraph names a list (``numId``) and a level, by itself or through its style;
numbering.xml says how each level looks. Counting happens per abstract list: lists that share one go on counting,
unless their own ``startOverride`` starts them anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from extractors.reading.listnumbers import number_text, separated

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LEVELS = 9
PLACEHOLDER = re.compile(r"%([1-9])")
LIST, LEVEL, VALUE = W + "numId", W + "ilvl", W + "val"


@dataclass(slots=True)
class Level:
    """How one level counts and looks; ``restart`` is the level (1-based) that starts it anew, 0 never, -1 any above."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    restart: int = -1
    legal: bool = False
    tight: bool = False  # nothing stands between number and text
    style: str = ""


@dataclass(slots=True)
class AbstractList:
    """Levels of an abstract list and how far each has counted."""

    levels: dict[int, Level] = field(default_factory=dict)
    link: str = ""  # the numbering style that defines it elsewhere
    counts: list[int | None] = field(default_factory=lambda: [None] * LEVELS)


@dataclass(slots=True)
class ConcreteList:
    """A list that paragraphs name: an abstract one, with levels of its own and restarts."""

    abstract: AbstractList
    levels: dict[int, Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    begun: bool = False


def _val(element: Any, path: str, default: str = "") -> str:
    found = element.find(path)
    return default if found is None else str(found.get(VALUE, default))


def _number(value: str, default: int) -> int:
    return int(value) if re.fullmatch(r"-?\d{1,9}", value) else default


def _level(element: Any) -> Level:
    legal = element.find(W + "isLgl")
    return Level(
        start=_number(_val(element, W + "start"), 0),
        format=_val(element, W + "numFmt", "decimal"),
        text=_val(element, W + "lvlText"),
        restart=_number(_val(element, W + "lvlRestart"), -1),
        legal=legal is not None and legal.get(VALUE, "1") not in {"0", "false"},
        tight=_val(element, W + "suff") == "nothing",
        style=_val(element, W + "pStyle"),
    )


def _levels(element: Any) -> dict[int, Level]:
    levels = {_number(level.get(LEVEL, ""), -1): _level(level) for level in element.iterfind(W + "lvl")}
    return {depth: level for depth, level in levels.items() if 0 <= depth < LEVELS}


class Numbering:
    """Numbers paragraphs in document order; ``next`` must be called once for each of them."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        self._lists: dict[str, ConcreteList] = {}
        self._style_lists: dict[str, tuple[str, int]] = {}
        self._default_style = ""
        if numbering is None:
            return
        abstracts: dict[str, AbstractList] = {}
        for element in numbering.iterfind(W + "abstractNum"):
            link = _val(element, W + "numStyleLink")
            abstracts[element.get(W + "abstractNumId", "")] = AbstractList(_levels(element), link)
        for element in numbering.iterfind(W + "num"):
            abstract = abstracts.get(_val(element, W + "abstractNumId"))
            if abstract is not None:
                self._lists[element.get(LIST, "")] = self._concrete(element, abstract)
        if styles is not None:
            self._read_styles(styles)
        self._follow_links()

    @staticmethod
    def _concrete(element: Any, abstract: AbstractList) -> ConcreteList:
        concrete = ConcreteList(abstract)
        for override in element.iterfind(W + "lvlOverride"):
            depth = _number(override.get(LEVEL, ""), -1)
            if not 0 <= depth < LEVELS:
                continue
            level = override.find(W + "lvl")
            if level is not None:
                concrete.levels[depth] = _level(level)
            start = _val(override, W + "startOverride")
            if start:
                concrete.starts[depth] = _number(start, 1)
        return concrete

    def _read_styles(self, styles: Any) -> None:
        own: dict[str, tuple[str, str]] = {}  # style -> (numId, ilvl) as the style itself says
        parent: dict[str, str] = {}
        for style in styles.iterfind(W + "style"):
            name = style.get(W + "styleId", "")
            parent[name] = _val(style, W + "basedOn")
            if style.get(W + "default") in {"1", "true"} and style.get(W + "type") == "paragraph":
                self._default_style = name
            properties = style.find(f"{W}pPr/{W}numPr")
            if properties is not None:
                own[name] = (_val(properties, LIST), _val(properties, LEVEL))
        for name in parent:
            list_id, level, at, seen = "", "", name, set[str]()
            while at and at not in seen:
                seen.add(at)
                here = own.get(at, ("", ""))
                list_id, level = list_id or here[0], level or here[1]
                at = parent.get(at, "")
            if list_id:
                self._style_lists[name] = (list_id, _number(level, self._level_of_style(list_id, name)))

    def _level_of_style(self, list_id: str, style: str) -> int:
        concrete = self._lists.get(list_id)
        levels = concrete.abstract.levels if concrete else {}
        return next((depth for depth, level in levels.items() if level.style == style), 0)

    def _follow_links(self) -> None:
        for concrete in self._lists.values():
            if concrete.abstract.link and not concrete.abstract.levels:
                target = self._lists.get(self._style_lists.get(concrete.abstract.link, ("", 0))[0])
                if target is not None and target is not concrete:
                    concrete.abstract = target.abstract

    def next(self, paragraph: Any) -> str:
        """The number before ``paragraph`` (a ``w:p``) with what parts it from its text, empty if it has none; counts it."""
        if not self._lists:
            return ""
        properties = paragraph.find(W + "pPr")
        list_id, depth = (
            self._style_lists.get(self._default_style, ("", 0)) if properties is None else self._place(properties)
        )
        concrete = self._lists.get(list_id)
        return "" if concrete is None or not 0 <= depth < LEVELS else self._count(concrete, depth)

    def _place(self, properties: Any) -> tuple[str, int]:
        style = _val(properties, W + "pStyle", self._default_style)
        list_id, depth = self._style_lists.get(style, ("", 0))
        own = properties.find(W + "numPr")
        if own is not None:
            own_list = _val(own, LIST)
            if own_list and own_list != list_id:
                list_id, depth = own_list, self._level_of_style(own_list, style)
            depth = _number(_val(own, LEVEL), depth)
        return list_id, depth

    def _count(self, concrete: ConcreteList, depth: int) -> str:
        counts, levels = concrete.abstract.counts, concrete.abstract.levels | concrete.levels
        if not concrete.begun:
            concrete.begun = True
            for at in concrete.starts:
                counts[at] = None
        level = levels.get(depth)
        if level is None:
            return ""
        before = counts[depth]
        counts[depth] = concrete.starts.get(depth, level.start) if before is None else before + 1
        for deeper in range(depth + 1, LEVELS):
            restart = levels[deeper].restart if deeper in levels else -1
            if restart < 0 or depth < restart:
                counts[deeper] = None
        for higher in range(depth):  # a level that was skipped shows, and has used, its first number
            if counts[higher] is None and higher in levels:
                counts[higher] = concrete.starts.get(higher, levels[higher].start)
        if level.format == "bullet":
            return ""

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            its = levels.get(at)
            count = counts[at]
            if its is None or count is None or at > depth:
                return ""
            return number_text(count, "decimal" if level.legal and at < depth else its.format)

        number = PLACEHOLDER.sub(shown, level.text)
        return number if level.tight else separated(number)
