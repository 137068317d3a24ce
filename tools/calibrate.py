"""Writes the counted part of extractors/lexicon/calibration.toml from corpora/gold/dev and the samples: ``make calibrate``."""

from __future__ import annotations

from pathlib import Path

from extractors.lexicon import settings
from pipeline.evaluation import calibrating, gold

ROOT = Path(__file__).parent.parent
DATA = ROOT / "extractors" / "lexicon" / "calibration.toml"
FOLDERS = [ROOT / "corpora" / "gold" / split for split in ("dev", "samples")]  # never the test split


def data() -> str:
    """The data file as the present rules and gold make it."""
    rows = [j for folder in FOLDERS for j in calibrating.judged(gold.read(folder))]
    return calibrating.page(DATA.read_text("utf-8"), calibrating.counted(rows, settings("calibration")["fresh"]))


if __name__ == "__main__":
    DATA.write_text(data(), "utf-8", newline="\n")
