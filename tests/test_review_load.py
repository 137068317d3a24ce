"""Twenty reviewers at once and a kill: the small share of ``python -m tests.bench.reviewers`` that every run affords."""

from __future__ import annotations

from pathlib import Path

from tests.bench.reviewers import said, storm


def test_no_acknowledged_decision_is_lost(url: str, tmp_path: Path) -> None:
    seen = storm(tmp_path, url, rounds=2, decisions=40)
    print(said(url.split(":", maxsplit=1)[0], seen))
    assert len(seen.acknowledged) >= 80
