"""Targets against results, within and across documents: the table ``progress``."""

from pipeline.progress.matching import Matcher
from pipeline.progress.reading import bodies
from pipeline.progress.wording import agreement, indicator_key

__all__ = ["Matcher", "agreement", "bodies", "indicator_key"]
