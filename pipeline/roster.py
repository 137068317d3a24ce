"""The roster of units (单位名录): canonical names, aliases, parents, and which reports each unit owes when.

A CSV or XLSX file with a header row; the columns are ``name``, ``aliases``, ``parent``, ``reports`` or 单位, 别名, 上级,
应报材料. Aliases are separated by ; and reports are ``title=date`` separated by ; (``2024年工作总结=2025-01-15``).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from extractors.report_titles import is_report
from pipeline.errors import UsageError
from pipeline.store.ledger import Document

_HEADERS = {
    "name": ("name", "单位", "单位名称"),
    "aliases": ("aliases", "alias", "别名", "简称"),
    "parent": ("parent", "上级", "上级单位", "主管单位"),
    "reports": ("reports", "expected", "expected_reports", "应报材料", "应报"),
    "due": ("due", "dates", "date", "报送日期", "应报日期"),
}
_SPLIT = re.compile(r"[;；\n]+")
_REPORT = re.compile(r"\s*(.+?)\s*[=:：@]\s*(\d{4}-\d{2}-\d{2})\s*")
_UNNEEDED = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Expected:
    """A report that a unit owes, and by when."""

    title: str
    due: date


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit under its canonical name."""

    name: str
    aliases: tuple[str, ...] = ()
    parent: str = ""
    reports: tuple[Expected, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A report that was not submitted; ``late`` where its day has passed."""

    unit: str
    title: str
    due: date
    late: bool


@dataclass
class Roster:
    """Units by name."""

    units: list[Unit] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._names = {alias: u.name for u in self.units for alias in u.aliases}
        self._names |= {u.name: u.name for u in self.units}
        self._ranks = {name: rank for rank, name in enumerate(sorted(self._names, key=len, reverse=True))}
        self._lengths: dict[str, set[int]] = {}  # of the names that begin with a character
        for name in self._names:
            self._lengths.setdefault(name[:1], set()).add(len(name))

    def canonical(self, name: str) -> str:
        """The canonical name of a mention; the mention itself where the roster does not know it."""
        return self._names.get(name) or self._names.get(_UNNEEDED.sub("", name), name)

    def within(self, name: str) -> frozenset[str]:
        """A unit with all units below it, by canonical name."""
        found = {self.canonical(name)}
        while more := {u.name for u in self.units if u.parent and self.canonical(u.parent) in found} - found:
            found |= more
        return frozenset(found)

    def unit_in(self, text: str) -> str:
        """The unit whose name or alias stands in a text, the longest first; empty where none does."""
        there = [  # each stretch is looked up, whatever the number of units
            stretch
            for at, first in enumerate(text)
            if first in self._lengths
            for length in self._lengths[first]
            if (stretch := text[at : at + length]) in self._ranks
        ]
        return self._names[min(there, key=self._ranks.__getitem__)] if there else ""

    def missing(self, documents: Iterable[Document], today: date) -> list[Missing]:
        """Who has not submitted what. A report is there when a document of the unit's, of the year, fits its title."""
        held: dict[str, list[Document]] = {}
        for document in documents:
            held.setdefault(self._sender(document), []).append(document)
        found = [
            Missing(u.name, e.title, e.due, e.due < today)
            for u in self.units
            for e in u.reports
            if not any(is_report(e.title, d.title, d.source, d.kind, d.year) for d in held.get(u.name, ()))
        ]
        return sorted(found, key=lambda m: (m.due, m.unit, m.title))

    def _sender(self, document: Document) -> str:
        if document.issuer and (known := self._names.get(document.issuer)):
            return known
        return self.unit_in(document.title) or self.unit_in(document.source) or self.unit_in(document.issuer)


def read(path: Path) -> Roster:
    """A roster from a file. Raises UsageError, naming the line, for what cannot be read."""
    try:
        lines = list(_xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path))
    except OSError as error:
        raise UsageError(f"名录 {path} 读不了:{error.strerror or error};请检查路径") from error
    except (ValueError, csv.Error) as error:
        raise UsageError(f"名录 {path} 读不了:{error};应是 UTF-8 或 GB18030 的 csv,或 xlsx") from error
    if not lines:
        raise UsageError(f"名录 {path} 是空的;第一行应是表头,如 单位,别名,上级,应报材料")
    where = {key: _column(lines[0], names) for key, names in _HEADERS.items()}
    if where["name"] is None:
        raise UsageError(f"名录 {path} 的表头里没有 name 或 单位 一列")
    units: dict[str, Unit] = {}
    for number, line in enumerate(lines[1:], 2):
        cell = {key: line[at].strip() if at is not None and at < len(line) else "" for key, at in where.items()}
        if not cell["name"]:
            continue
        if cell["name"] in units:
            raise UsageError(f"名录 {path} 第 {number} 行:单位 {cell['name']} 重复")
        units[cell["name"]] = Unit(
            cell["name"], tuple(_listed(cell["aliases"])), cell["parent"],
            tuple(_expected(cell["reports"], cell["due"], f"名录 {path} 第 {number} 行")),
        )  # fmt: skip
    return Roster(list(units.values()))


def _column(header: Sequence[str], names: Sequence[str]) -> int | None:
    cleaned = [h.strip().lower() for h in header]
    return next((cleaned.index(n) for n in names if n in cleaned), None)


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in _SPLIT.split(cell) if part.strip()]


def _expected(reports: str, due: str, where: str) -> Iterator[Expected]:
    dates = _listed(due)
    for number, entry in enumerate(_listed(reports)):
        match = _REPORT.fullmatch(entry)
        title, day = (match[1], match[2]) if match else (entry, dates[min(number, len(dates) - 1)] if dates else "")
        try:
            yield Expected(title, date.fromisoformat(day))
        except ValueError as error:
            raise UsageError(f"{where}:应报材料 {entry!r} 没有日期,应像 2024年工作总结=2025-01-15") from error


def _csv(path: Path) -> Iterator[list[str]]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    yield from csv.reader(io.StringIO(text))


def _xlsx(path: Path) -> Iterator[list[str]]:
    import python_calamine  # noqa: PLC0415

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.CalamineError as error:
        raise ValueError(str(error)) from error
    for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False):
        yield [cell.isoformat()[:10] if isinstance(cell, date) else str(cell) for cell in row]
