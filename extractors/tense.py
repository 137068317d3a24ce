"""Does a clause report or plan? Read from the cue nearest to a place, else from the section, else from the part.

Source of the rule: how plans and summaries are worded (GB/T 9704 style papers): 已完成 and 累计 report, 力争 and 确保 plan,
and a cue governs what follows it in its clause, then in its sentence.
"""

from __future__ import annotations

import re
from typing import Literal

from extractors.lexicon import words

Tense = Literal["done", "planned", ""]


def _scanner() -> re.Pattern[str]:
    keys = ("not_modal", "not_particle", "not_cue", "done", "plan", "modal", "particle")
    listed = {key: words("tense", key) for key in keys}
    # The set of first characters lets the engine pass over all others without trying the alternatives.
    first = "".join(sorted({w[0] for found in listed.values() for w in found}))

    def alternation(*names: str) -> str:
        return "|".join(re.escape(w) for name in names for w in listed[name])

    return re.compile(
        f"(?=[{first}])(?:(?P<skip>{alternation('not_modal', 'not_particle', 'not_cue')})|(?P<done>{alternation('done')})"
        f"|(?P<plan>{alternation('plan')})|(?P<modal>{alternation('modal')})|(?<=[\u4e00-\u9fff])(?P<particle>{alternation('particle')}))"
    )


_SCAN = _scanner()
# 将 marks an object, not the future, where 由, 从 or a change follows in the clause (将办理时限由20天压缩至7天).
_OBJECT_MARKER = re.compile(r"[^,，。;；]{1,20}?(?:由|从|纳入|作为|列为|列入|转为|压缩|提升|扩大)")
Cue = tuple[int, Tense, str]


def cues(text: str, start: int, end: int) -> list[Cue]:
    """Tense cues of ``text[start:end]`` in order: (offset, tense, word); offsets are those of ``text``."""
    found: list[Cue] = []
    for m in _SCAN.finditer(text, start, end):
        group = m.lastgroup
        if m.group() == "将" and _OBJECT_MARKER.match(text, m.end(), end):
            continue
        if group in ("done", "particle"):
            found.append((m.start(), "done", m.group()))
        elif group in ("plan", "modal"):
            found.append((m.start(), "planned", m.group()))
    return found


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
    for cue in found:
        if cue[0] >= clause[1]:
            break
        if cue[0] < clause[0]:
            earlier = cue
        elif cue[0] < place:
            before = cue
        elif after is None:
            after = cue
    prompt = after if after and (looking_on or after[1] == "done") else None
    decisive = before or prompt or earlier or after
    return (decisive[1], decisive[2]) if decisive else (default, "")
