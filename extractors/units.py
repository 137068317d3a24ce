"""Organisations accountable for planned or required work, as mentions with role, form and canonical name."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from extractors import unit_lists
from extractors.context import outside_rows, shift_time
from extractors.document import Document, Part, Sentence
from extractors.language import organisations
from extractors.language import times as time_grammar
from extractors.language.organisations import Organisation
from extractors.language.times import Time
from extractors.mentions import UnitMention
from extractors.unit_hits import Hit
from extractors.unit_labels import colons
from extractors.unit_names import Names
from extractors.unit_subjects import Subjects, outside
from extractors.unit_times import Times

_SILENT = frozenset(("title", "meta", "row"))


def find(
    document: Document, part: Part, known: Sequence[Organisation] = (), times: Iterable[Time] | None = None
) -> list[UnitMention]:
    """Mentions of accountable organisations in one part, in the order of the text, none overlapping.

    ``known`` are organisations named in tables, whose longest forms count too; ``times`` those of the running text, in order,
    where they are known already. Spans are clean spans. Lines around the
    text and titles give none; table rows are read by the worktables.
    ``confidence`` below 0.5 marks candidates: actors of finished work, bodies without a name of their own.
    """
    text = document.text
    stretches = list(outside_rows(text, part))
    ends = colons(text, part.start, part.end)
    listings = [x for a, b in stretches for x in unit_lists.find(text, a, b, ends)]
    dated = Times(_times(text, stretches) if times is None else times)
    cuts = dated.cuts()
    found = [o for a, b in stretches for o in organisations.find(text, a, b, cuts[bisect_left(cuts, a) :])]
    hits = [h for x in listings for h in x.hits] + unit_lists.person_units(text, part.start, part.end, ends)
    hits += Subjects(text, part, outside(found, [(x.start, x.end) for x in listings]), dated).run()
    hits.sort(key=lambda h: (h.start, -h.confidence))
    mentions: list[UnitMention] = []
    kept: list[Hit] = []
    for hit in hits:
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    if not kept:
        return []
    names = Names(text, part.start, part.end, [*found, *known], part.issuer)
    _merge_phrases(text, kept)
    for hit, canonical in zip(kept, _canonical(text, kept, names), strict=True):
        sentence = _sentence(part, hit.start)
        if sentence is None or sentence.segment.kind in _SILENT:
            continue
        confidence = hit.confidence
        if hit.form == "list" and hit.rule != "label" and sentence.segment.tense == "done":
            confidence = 0.4
        mentions.append(
            UnitMention(
                start=hit.start, end=hit.end, segment=sentence.segment, sentence=(sentence.start, sentence.end),
                rule=hit.rule, cue=hit.cue, confidence=confidence, name=text[hit.start : hit.end], canonical=canonical,
                role=hit.role, form=hit.form, group=hit.group, clause=hit.clause,
            )
        )  # fmt: skip
    return mentions


def _times(text: str, stretches: Iterable[tuple[int, int]]) -> Iterator[Time]:
    for a, b in stretches:
        yield from (shift_time(t, a) for t in time_grammar.find(text[a:b], None))


def persons(document: Document, part: Part) -> list[tuple[int, int]]:
    """Clean spans of the persons named as accountable (责任人:…), in the order of the text."""
    return unit_lists.persons(document.text, part.start, part.end)


def _sentence(part: Part, place: int) -> Sentence | None:
    i = part.sentence_index(place)
    return part.sentences[i] if i >= 0 and place < part.sentences[i].end else None


def _merge_phrases(text: str, hits: list[Hit]) -> None:
    """Phrases that follow one another after a comma are one group: 由X牵头,Y、Z配合."""
    run: list[Hit] = []
    for hit in [*hits, None]:
        if hit is not None and run:
            between = text[run[-1].group[1] : hit.group[0]].strip(" ")
            near = hit.group == run[-1].group or between in (",", ";", "、", "")
            if near and hit.form == run[-1].form == "phrase":
                run.append(hit)
                continue
        if len(run) > 1:
            merged = (run[0].group[0], run[-1].group[1])
            for member in run:
                member.group = merged
        run = [hit] if hit is not None else []


def _canonical(text: str, hits: list[Hit], names: Names) -> list[str]:
    made: list[str] = []
    run: list[str] = []
    for i, hit in enumerate(hits):
        run.append(text[hit.start : hit.end])
        if i + 1 == len(hits) or hits[i + 1].group != hit.group or hits[i + 1].form != hit.form:
            made += names.group(run)
            run = []
    return made
