"""What somebody wants changed in one row: the cells that say something else than the store does now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pipeline.rendering.ledger import look
from pipeline.rendering.returning import said
from pipeline.roundtrip.workbook import Line, Problem, columns_of
from pipeline.store.followups import FollowUp, fault
from pipeline.verdicts import corrections
from pipeline.verdicts.effective import ACCEPTED, ADDED, EDITED, REJECTED, Judged
from pipeline.verdicts.ruling import ACCEPT, EDIT, REJECT, snapshot

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_PAIRED = frozenset({"value_low", "value_high", "due_start", "due_end", "period_start", "period_end"})
_SETTLED = {ACCEPT: (ACCEPTED, EDITED, ADDED), REJECT: (REJECTED,), EDIT: (EDITED, ADDED)}


@dataclass(slots=True)
class Wanted:
    """What is to be done with a row: a verdict (``accept``, ``reject``, ``edit``, empty for none) with the values of an
    edit as JSON holds them, and a follow-up, None for none."""

    line: Line
    verdict: str = ""
    after: dict[str, Any] = field(default_factory=dict)
    follow_up: FollowUp | None = None

    @property
    def nothing(self) -> bool:
        """Whether the store says all this already."""
        return not self.verdict and self.follow_up is None


def wanted(line: Line, row: Judged, shown: Mapping[str, Any], standing: FollowUp) -> tuple[Wanted, list[Problem]]:
    """What a line wants of its row as it stands; ``shown`` is what the row's cells would show now, by the keys of their
    columns. With problems nothing of the line may be taken over."""
    found, problems = Wanted(line), []
    edits: dict[str, str] = {}
    follows: dict[str, str] = {}
    at: dict[str, str] = {}
    for column in columns_of(line.table):
        key, cell = column["key"], line.cells[column["key"]]
        if key not in line.touched or key == "verdict" or cell == said(shown[key]):
            continue
        name = column.get("edit") or column["follow"]
        typed, wrong = _typed(column, cell)
        at[name] = line.at(key)
        if wrong:
            problems.append(Problem(line.at(key), f"「{column['header']}」{wrong}"))
        else:
            (edits if "edit" in column else follows)[name] = typed
    if not problems:
        problems += _judge(found, row, edits, at)
        problems += _follow(found, standing, follows, at, shown)
    return found, problems


def _judge(found: Wanted, row: Judged, edits: dict[str, str], at: dict[str, str]) -> list[Problem]:
    line = found.line
    marks = {w: code for code, w in look()["words"]["mark"].items()}
    word, now = line.cells["verdict"], look()["words"]["verdict"][row.state]
    verdict = marks.get(word, "")
    place = line.at("verdict")
    if not {"verdict"} & line.touched and not edits:
        return []
    if word and not verdict and word != now:
        return [Problem(place, f"「审核」里写的是 {word},只能是 {'、'.join(marks)}")]
    if not word and "verdict" in line.touched and row.reviewed:
        return [Problem(place, f"「审核」被清空,存储里是 {now};要撤销请在核对页面上撤销")]
    partners = {  # a limit is checked beside the other, whether that was changed or not
        n: str(v if v is not None else "")
        for n, v in snapshot(line.table, row.row).items()
        if n in _PAIRED and edits.keys() & _PAIRED and n not in edits
    }
    try:
        values = corrections.read(line.table, partners | edits)
    except corrections.Wrong as wrong:
        return [Problem(at.get(name, place), text) for name, text in wrong.problems.items()]
    after = corrections.changed(line.table, snapshot(line.table, row.row), values)
    if after and verdict != EDIT:
        headers = "」「".join(c["header"] for c in columns_of(line.table) if c.get("edit") in after)
        return [Problem(place, f"改了「{headers}」,「审核」却不是「改」;要改请选「改」,不改请恢复原样")]
    if verdict == EDIT and not after and row.state not in _SETTLED[EDIT]:
        return [Problem(place, "「审核」是「改」,却没有改动绿色表头的任何一格")]
    if after or (verdict and row.state not in _SETTLED[verdict]):
        found.verdict, found.after = verdict, after
    return []


def _follow(
    found: Wanted, standing: FollowUp, follows: dict[str, str], at: dict[str, str], shown: Mapping[str, Any]
) -> list[Problem]:
    follows = {name: text for name, text in follows.items() if getattr(standing, name) != text}
    if not follows:
        return []
    told = replace(standing, **follows)
    if not told.state and "state" not in follows:  # the text says how it stands, in a word of the follow-up
        told = replace(told, state=_states().get(said(shown["status"]), ""))
    if not told.state and set(follows) == {"state"}:
        told = FollowUp()
    if wrong := fault(told):
        return [Problem(next(iter(at[n] for n in follows if n in at)), f"督办{wrong}")]
    found.follow_up = told
    return []


def _states() -> dict[str, str]:
    return {word: code for code, word in look()["words"]["follow_up"].items()}


def _typed(column: dict[str, Any], cell: str) -> tuple[str, str]:
    """What is meant by a cell, and what is wrong with it."""
    if words := column.get("choice"):
        codes = {w: code for code, w in look()["words"][words].items()}
        if cell and cell not in codes:
            return "", f"里写的是 {cell[:40]},只能是 {'、'.join(codes)}"
        return codes.get(cell, ""), ""
    if column.get("kind") == "date" and cell:
        if match := _DAY.fullmatch(cell):
            try:
                return date(*map(int, match.groups())).isoformat(), ""
            except ValueError:
                return "", f" {cell} 不是日历上有的日期"
        if column.get("follow"):
            return "", f" {cell[:40]} 不是 2026-06-30 这样的日期"
    if column["key"].endswith("_units"):
        return ";".join(p.strip() for p in re.split("[;;\n]", cell) if p.strip()), ""
    return cell if column.get("follow") else " ".join(cell.split("\n")), ""
