"""Does a bare length of time limit work: 用三年时间完成…, 分两年清偿, 三年引进人才1万名? Not where it is over."""

from __future__ import annotations

import re

from extractors import tense
from extractors.context import PartView, SentenceView
from extractors.language.times import Time
from extractors.lexicon import words
from extractors.lexicon.scanning import tree

_BEFORE = 8  # how far before a length the word that takes it may begin
_USED = re.compile(r"(?:用|利用|花|经过|力争用|再用)\s*$")
_DEALT_IN = re.compile(r"分\s*$")  # 分两年清偿
_FIRST = re.compile(r"(?:^|[,。;:\n”、])\s*$")
_MAKES = re.compile(
    rf"[,内]?(?:共|计划|力争|累计)?(?:{tree(words('figures', 'verb'))})[^,。;\d]{{0,16}}\d"
)  # 三年引进人才1万名
_LONG = re.compile(r"P\d+[YM]")


def limits(view: PartView, sentence: SentenceView, clause: tuple[int, int], t: Time) -> bool:
    """Whether a length of time is given to planned work; ``clause`` is its comma part."""
    used = _USED.search(sentence.text, max(clause[0], t.start - _BEFORE), t.start) is not None
    return (used or _sets_out(sentence.text, clause, t)) and not _spent(view, sentence, clause[0], t)


def _sets_out(text: str, clause: tuple[int, int], t: Time) -> bool:
    """Whether a length of months or years opens what is to be done in it: 分两年清偿, 三年引进人才1万名."""
    if not _LONG.match(t.duration):
        return False
    if _DEALT_IN.search(text, max(clause[0], t.start - 2), t.start):
        return text[t.end : t.end + 1] not in "批期个"
    return (
        _FIRST.search(text, max(0, t.start - 3), t.start) is not None
        and _MAKES.match(text, t.end, clause[1]) is not None
    )


def _spent(view: PartView, sentence: SentenceView, start: int, t: Time) -> bool:
    """Whether a length of time is over, by what the rest of its sentence says (用三年时间,完成了普查)."""
    cues = sentence.firm_cues if sentence.segment.tense == "done" else sentence.cues
    rest = [c for c in tense.near(cues, sentence.end) if start <= c[0]]
    return (
        tense.judge(rest, (start, sentence.end), t.end, sentence.segment.tense or view.tense, looking_on=True)[0]
        == "done"
    )
