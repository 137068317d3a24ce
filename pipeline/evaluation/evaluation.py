"""From gold and a run's output to everything that is said about it."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.evaluation import predictions, reliability
from pipeline.evaluation.gold import Gold, sources
from pipeline.evaluation.predictions import Predictions
from pipeline.evaluation.scoring import Error, FileScore, Judged, figures_of, score
from pipeline.evaluation.stages import stages


@dataclass(slots=True)
class Evaluation:
    """The scores of all gold files against one run, and each stage alone."""

    gold: Gold
    scores: list[FileScore]
    stages: dict[str, Any]
    unread: list[str]  # sources of gold that the run has no rows of

    @property
    def errors(self) -> list[Error]:
        """All disagreements in the order of files and text."""
        return [e for s in self.scores for e in sorted(s.errors, key=lambda e: (e.start, e.table, e.kind))]

    @property
    def judged(self) -> list[Judged]:
        """All rows with whether they are right."""
        return [j for s in self.scores for j in s.judged]

    def grouped(self, key: Callable[[FileScore], Sequence[str]]) -> dict[str, dict[str, Any]]:
        """The figures of the files by what ``key`` says of each; a file may stand in several groups."""
        groups: dict[str, list[FileScore]] = {}
        for s in self.scores:
            for name in key(s):
                groups.setdefault(name, []).append(s)
        return {name: {"files": len(group), **figures_of(group)} for name, group in sorted(groups.items())}

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON; the tables and ``links`` at the top as all files together."""
        judged = self.judged
        return {
            "files": len(self.scores),
            "unread": self.unread,
            **figures_of(self.scores),
            "by_kind": self.grouped(lambda s: [s.kind or "none"]),
            "by_genre": self.grouped(lambda s: [s.gold.genre] if s.gold.genre else []),
            "by_quality": self.grouped(lambda s: s.quality or ["clean"]),
            "by_file": self.grouped(lambda s: [s.gold.name]),
            "stages": self.stages,
            "errors": {
                t: dict(sorted(kinds.items())) for t, kinds in sorted(count_errors(self.errors).items())
            },
            "reliability": [{**asdict(b), "share": b.share} for b in reliability.bins(judged)],
            "sure": dict(zip(("rows", "right"), reliability.share(judged, 0.9), strict=True)),
            "candidates": dict(zip(("rows", "right"), reliability.share(judged, 0.0, 0.5), strict=True)),
        }  # fmt: skip


def count_errors(errors: Sequence[Error]) -> dict[str, Counter[str]]:
    """Errors by table and kind."""
    counts: dict[str, Counter[str]] = {}
    for e in errors:
        counts.setdefault(e.table, Counter())[e.kind] += 1
    return counts


def evaluate(gold: Gold, output: Path) -> Evaluation:
    """Score the run in a folder. Raises UsageError where the folder holds none of ours with CSV tables."""
    found: Predictions = predictions.read(output)
    unread = sorted({f.source for f in gold.files} - found.sources.keys())
    return Evaluation(gold, [score(f, found.of(f)) for f in gold.files], stages(gold.files, found), unread)


def extracted(gold: Gold, folders: Sequence[Path], workers: int | None, stack: ExitStack) -> Path:
    """Extract the sources of gold into a folder that lives as long as ``stack``. Raises RunError, OSError."""
    from pipeline import config, run  # noqa: PLC0415

    paths = sources(gold, folders)
    out = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "run"
    settings = config.Settings(workers=workers, formats=("csv",))
    run.extract(run.collect(paths, out), out, settings, lambda done, total: None)
    return out
