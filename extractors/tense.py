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
    def alternation(*keys: str) -> str:
        return "|".join(re.escape(w) for key in keys for w in words("tense", key))

    return re.compile(
        f"(?P<skip>{alternation('not_modal', 'not_particle')})|(?P<done>{alternation('done')})|(?P<plan>{alternation('plan')})"
        f"|(?P<modal>[{''.join(words('tense', 'modal'))}])|(?<=[\\u4e00-\\u9fff])(?P<particle>[{''.join(words('tense', 'particle'))}])"
    )


_SCAN = _scanner()
Cue = tuple[int, Tense, str]


def cues(text: str, start: int, end: int) -> list[Cue]:
    """Tense cues of ``text[start:end]`` in order: (offset, tense, word); offsets are those of ``text``."""
    found: list[Cue] = []
    for m in _SCAN.finditer(text, start, end):
        group = m.lastgroup
        if group in ("done", "particle"):
            found.append((m.start(), "done", m.group()))
        elif group in ("plan", "modal"):
            found.append((m.start(), "planned", m.group()))
    return found


def judge(found: list[Cue], clause: tuple[int, int], place: int, default: Tense) -> tuple[Tense, str]:
    """Tense at ``place`` (an offset) and the word that decided.

    The last cue before the place in its clause decides, else the first one after it there, else the last one earlier in
    the sentence, else ``default`` with an empty word.
    """
    before = after = earlier = None
    for cue in found:
        if cue[0] >= clause[1]:
            break
        if cue[0] < clause[0]:
            earlier = cue
        elif cue[0] < place:
            before = cue
        elif after is None:
            after = cue
    cue = before or after or earlier
    return (cue[1], cue[2]) if cue else (default, "")
