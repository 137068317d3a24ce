"""Does a clause report or plan? Read from the cue nearest to a place, else from the section, else from the part.

Source of the rule: how plans and summaries are worded (GB/T 9704 style papers): 已完成 and 累计 report, 力争 and 确保 plan,
and a cue governs what follows it in its clause, then in its sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from operator import itemgetter
from typing import Literal

from extractors.lexicon import words
from extractors.lexicon.scanning import scanner

Tense = Literal["done", "planned", ""]


_KINDS: dict[str, Tense] = {
    "not_modal": "",
    "not_particle": "",
    "not_cue": "",
    "done": "done",
    "plan": "planned",
    "modal": "planned",
    "particle": "done",
}


def _scanner() -> tuple[re.Pattern[str], dict[str, Tense]]:
    """A pattern of all cues, and for each what it tells (the kind that is named first above), nothing for a word to skip."""
    told: dict[str, Tense] = {}
    listed: dict[str, list[tuple[int, str]]] = {}  # by first character, the longest first
    second: dict[str, str] = {}
    for key, tense in _KINDS.items():
        for word in words("tense", key):
            if told.setdefault(word, tense) == tense:
                after = "(?<=[\u4e00-\u9fff].)" if key == "particle" else ""
                listed.setdefault(word[0], []).append((-len(word), re.escape(word[0]) + after + re.escape(word[1:])))
                second[word[0]] = second.get(word[0], "") + word[1:2]
    alone = {word for word in told if len(word) == 1}
    trees = {c: "|".join(tree for _, tree in sorted(found, key=itemgetter(0))) for c, found in listed.items()}
    return scanner({c: (tree, "" if c in alone else second[c]) for c, tree in trees.items()}), told


_SCAN, _TOLD = _scanner()
# 将 marks an object, not the future, where 由, 从 or a change follows in the clause (将办理时限由20天压缩至7天).
_OBJECT_MARKER = re.compile(r"[^,，。;；]{1,20}?(?:由|从|纳入|作为|列为|列入|转为|压缩|提升|扩大)")
Cue = tuple[int, Tense, str]


def cues(text: str, start: int, end: int) -> list[Cue]:
    """Tense cues of ``text[start:end]`` in order: (offset, tense, word); offsets are those of ``text``."""
    found: list[Cue] = []
    search = _SCAN.search
    while m := search(text, start, end):
        place, start = m.span(m.lastindex or 0)
        word = text[place:start]
        tense = _TOLD[word]
        if tense and not (word == "将" and _OBJECT_MARKER.match(text, start, end)):
            found.append((place, tense, word))
    return found


_ACHIEVED = words("tense", "achieved")
_SOFT = words("tense", "soft")
_NAMED = words("tense", "named")


def firm(found: list[Cue]) -> list[Cue]:
    """The cues that hold in a section that reports: without those that tell there how the work was done (推动, 不断, 要)."""
    return [cue for cue in found if cue[2] not in _SOFT]


def planned(found: list[Cue]) -> list[Cue]:
    """The cues that hold in a section that plans: without those that are part of a name there (实际到位内资)."""
    return [cue for cue in found if cue[2] not in _NAMED]


_WINDOW = 64  # cues looked at: a clause of nothing but cues stays linear


def between(found: list[Cue], start: int, end: int) -> list[Cue]:
    """The cues that begin between two offsets."""
    return found[bisect_left(found, (start,)) : bisect_left(found, (end,))]


def near(found: list[Cue], end: int) -> list[Cue]:
    """The cues that are looked at in a clause that ends at an offset."""
    stop = bisect_left(found, (end,))
    return found[max(0, stop - _WINDOW) : stop]


def judge(
    found: list[Cue], clause: tuple[int, int], place: int, default: Tense, *, looking_on: bool = False
) -> tuple[Tense, str]:
    """Tense at ``place`` (an offset) and the word that decided.

    The last cue before the place in its clause decides; else one after it there that reports (15个项目已完工); else the last
    one earlier in the sentence; else one after it that plans; else ``default`` with an empty word. With ``looking_on`` (for
    times, which stand before their verb) what follows in the clause goes before what stands earlier in the sentence.
    """
    before: Cue | None = None
    after: Cue | None = None
    earlier: Cue | None = None
    for cue in near(found, clause[1]):
        if cue[0] < clause[0]:
            earlier = cue
        elif cue[0] < place:
            if not (before and before[1] == "planned" and cue[2] in _ACHIEVED):
                before = cue
        elif after is None:
            after = cue
    prompt = after if after and (looking_on or after[1] == "done") else None
    decisive = before or prompt or earlier or after
    return (decisive[1], decisive[2]) if decisive else (default, "")
