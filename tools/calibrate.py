"""Writes the counted part of extractors/lexicon/calibration.toml from corpora/gold/dev: ``make calibrate``."""

from __future__ import annotations

from pathlib import Path

from pipeline.evaluation import calibrating, gold

ROOT = Path(__file__).parent.parent
DATA = ROOT / "extractors" / "lexicon" / "calibration.toml"
DEV = ROOT / "corpora" / "gold" / "dev"


def data() -> str:
    """The data file as the present rules and gold make it."""
    made = calibrating.counted(calibrating.judged(gold.read(DEV)))
    return calibrating.page(DATA.read_text("utf-8"), made)


if __name__ == "__main__":
    DATA.write_text(data(), "utf-8", newline="\n")
