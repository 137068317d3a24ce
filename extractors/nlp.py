"""A thin spaCy ``Language`` over the same functions, so that other people's components plug in.

:func:`load` gives a blank ``zh`` pipeline with the pipes ``tz_segment tz_figures tz_deadlines tz_units tz_tasks``, each of which
may be dropped or replaced. Found rows stand in ``doc.spans["figures" | "deadlines" | "units"]`` with the row at ``span._.row`` and
the mention at ``span._.mention``; tasks at ``doc._.tasks``. Words come from a segmenter, with token borders forced at mentions,
since a segmenter cuts numbers oddly; no row is read from words, so that all segmenters give the same tables. spaCy refuses
more than 1,000,000 characters in one text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from extractors import context, deadlines, figures, linking, text, units
from extractors.context import PartView
from extractors.document import Document, Source
from extractors.mentions import Mention
from extractors.rows import RowWriter

PIPES = ("tz_segment", "tz_figures", "tz_deadlines", "tz_units", "tz_tasks")
_GROUPS = ("figures", "deadlines", "units")
Finder = Callable[[PartView], Sequence[Mention]]
_FINDERS: dict[str, Finder] = {
    "figures": figures.find,
    "deadlines": deadlines.find,
    "units": lambda view: units.find(view.document, view.part, (), view.times()),
}

for _name in ("row", "mention"):
    if not Span.has_extension(_name):
        Span.set_extension(_name, default=None)
for _name in ("views", "tasks"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=None)


Segmenter = Callable[[str], Iterable[str]]
"""Text to words; joined they give the text."""
SEGMENTERS = ("jieba", "rjieba")
"""Those known by name: jieba, and its port to Rust, some twenty times as fast, which has to be installed first."""


def segmenter(name: str) -> Segmenter:
    """A segmenter by name. Raises ValueError for one that is not known, ImportError for one that is not installed."""
    if name not in SEGMENTERS:
        raise ValueError(f"no such segmenter: {name}; there are {', '.join(SEGMENTERS)}")
    cut: Segmenter = import_module(name).cut
    return cut


def load(*, without: Iterable[str] = (), words: str | Segmenter = "jieba") -> Language:
    """A pipeline with all pipes but those named in ``without``, and with words from a segmenter, one's own or one by name.

    Raises ValueError for a name that is no pipe or no segmenter, ImportError for a segmenter that is not installed.
    """
    dropped = set(without)
    if unknown := dropped - set(PIPES):
        raise ValueError(f"no such pipe: {', '.join(sorted(unknown))}; there are {', '.join(PIPES)}")
    nlp = spacy.blank("zh")
    nlp.tokenizer = Tokenizer(nlp.vocab, segmenter(words) if isinstance(words, str) else words)
    for name in PIPES:
        if name not in dropped:
            nlp.add_pipe(name)
    return nlp


class Tokenizer:
    """The words of a segmenter, cut once more at the borders of every mention that the core finds."""

    def __init__(self, vocab: Vocab, cut: Segmenter) -> None:
        self.vocab, self._cut = vocab, cut

    def __call__(self, string: str) -> Doc:
        """A Doc whose words joined give the string."""
        document = _document(string)
        borders = {0, len(string)}
        for view in _views(document):
            for find in _FINDERS.values():
                for m in find(view):
                    borders.update(document.source_span(m.start, m.end))
        edges = sorted(borders)
        words = [w for a, b in pairwise(edges) for w in self._cut(string[a:b])]
        return Doc(self.vocab, words=words, spaces=[False] * len(words))

    def to_bytes(self, **_: Any) -> bytes:
        """Nothing to keep; spaCy asks."""
        return b""

    def from_bytes(self, _data: bytes, **_kwargs: Any) -> Tokenizer:
        """Nothing to restore; spaCy asks."""
        return self

    def to_disk(self, _path: Any, **_: Any) -> None:
        """Nothing to keep; spaCy asks."""

    def from_disk(self, _path: Any, **_kwargs: Any) -> Tokenizer:
        """Nothing to restore; spaCy asks."""
        return self


def _document(string: str) -> Document:
    digest = hashlib.sha256(string.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return text.prepare(Source(digest, "", "txt", string))


def _views(document: Document) -> list[PartView]:
    return [context.build(document, part) for part in document.parts]


def _segmented(doc: Doc) -> list[PartView]:
    if doc._.views is None:
        doc._.views = _views(_document(doc.text))
    found: list[PartView] = doc._.views
    return found


@Language.component("tz_segment")
def segment(doc: Doc) -> Doc:
    """Parts, sections and sentences, at ``doc._.views``."""
    _segmented(doc)
    return doc


def _publish(doc: Doc, group: str) -> Doc:
    spans = []
    for view in _segmented(doc):
        for m in _FINDERS[group](view):
            start, end = view.document.source_span(m.start, m.end)
            span = doc.char_span(start, end, label=group, alignment_mode="expand")
            if span is not None:
                span._.mention = m
                spans.append(span)
    doc.spans[group] = spans
    _write(doc)
    return doc


@Language.component("tz_figures")
def tz_figures(doc: Doc) -> Doc:
    """Figures, in ``doc.spans["figures"]``."""
    return _publish(doc, "figures")


@Language.component("tz_deadlines")
def tz_deadlines(doc: Doc) -> Doc:
    """Deadlines, in ``doc.spans["deadlines"]``."""
    return _publish(doc, "deadlines")


@Language.component("tz_units")
def tz_units(doc: Doc) -> Doc:
    """Units, in ``doc.spans["units"]``."""
    return _publish(doc, "units")


@Language.component("tz_tasks")
def tz_tasks(doc: Doc) -> Doc:
    """Tasks from the mentions that stand in the span groups, at ``doc._.tasks``; sets ``task_id`` on their rows."""
    doc._.tasks = _write(doc, link=True)
    return doc


def _write(doc: Doc, *, link: bool = False) -> list[Any]:
    """Rows of everything in the span groups; with ``link`` also the tasks."""
    views = _segmented(doc)
    if not views:
        return []
    writer = RowWriter(views[0].document)
    tasks: list[Any] = []
    for view in views:
        part = view.part
        here = {
            group: [
                s
                for s in doc.spans.get(group, ())
                if s._.mention is not None and part.start <= s._.mention.start < part.end
            ]
            for group in _GROUPS
        }
        found: dict[str, list[Any]] = {group: [s._.mention for s in spans] for group, spans in here.items()}
        linked = linking.link(view, found["figures"], found["deadlines"], found["units"]) if link else []
        rows = writer.mention_rows(part, found["figures"], found["deadlines"], found["units"])
        tasks += writer.task_rows(part, linked, rows, units.persons(view.document, part)) if link else []
        for spans in here.values():
            for s in spans:
                s._.row = s._.mention.row
    return tasks
