"""What a data row is about, in a few words: its own task cell, else its target, else its first words."""

from __future__ import annotations

import re

from extractors import actions
from extractors.unit_words import words as unit_words
from extractors.worktables import content
from extractors.worktables.grid import Entry
from extractors.worktables.headers import Column
from extractors.worktables.layout import Block

_LABEL = re.compile(
    r"[^,，。;；:：]{0,12}[月季度旬日周]份?\s*[:：]\s*|(?:\d{1,2}[-—~至、]?){1,4}月份?(?:[上中下]旬|[初底])?(?:前|以前)?[:：,，]?\s*(?=.{4})"
)
_FIRST = re.compile(r"[;；。]|(?<=.{4})\s*(?=[(（]\d{1,2}[)）]|[①-⑳])")
_LEAST = 3  # characters of a name before a list of units in its cell
_ROLES_INSIDE = re.compile(r"[(（](?=[^()（）]*(?:牵头|负责|配合|承办|主办|协办|完成时限))[^()（）]{4,}[)）]$")
# Neither marks nor a list number or time at its head, nor a label (责任单位为…): such a text stands as it is.
_PLAIN = re.compile(
    r"(?![一二三四五六七八九十百第])(?:(?![为是])[\u4e00-\u9fff])(?:(?![为是])[\u4e00-\u9fffA-Za-z0-9])*+"
)
_FOUND_IN = ("task", "target", "problem", "", "done")  # roles of columns that can name a row
_LOOSE = frozenset(("group", "value", "schedule", "note"))
Placed = tuple[Column, Entry]  # a cell with its column


def name(block: Block, own: list[Placed], above: list[Placed]) -> str:
    """The name of a row: its own task cell, else its target, else its first words, else the task cell that covers it."""
    found: dict[str, str] = {}
    wide = ""
    named = block.named
    for column, entry in own:
        role = column.role
        if (role in _LOOSE and not block.work) or (not named and role in ("group", "responsible")):
            role = ""
        if role not in _FOUND_IN or role in found or content.says_nothing(entry.text):
            continue
        if role == "task" and entry.column in block.spanning:
            wide = wide or entry.text
        else:
            found[role] = entry.text
    covering = next((e.text for c, e in above if c.role == "task"), "")
    text = found.get("task") or wide or (covering if "target" in found else "") or found.get("target")
    return _in_short(text or found.get("problem") or found.get("") or covering or found.get("done", ""))


def _in_short(text: str) -> str:
    """A cell without the units, times and numbers around what is to be done, to the end of its first sentence."""
    if len(text) <= actions.MAX and _PLAIN.fullmatch(text):
        return text
    closing = unit_words().label.search(text) or _ROLES_INSIDE.search(text)
    if closing and closing.start() > _LEAST:  # (牵头单位:…;完成时限:…) after what is to be done
        text = text[: closing.start()].rstrip("(（【[;；,， ")
    label = _LABEL.match(text)
    text = actions.without_number(text[label.end() :] if label and label.end() < len(text) else text)
    first = _FIRST.search(text, 4)
    text = text[: first.start()] if first else text
    return actions.phrase(text, 0, len(text)) if len(text) > actions.MAX else actions.without_number(text)
