"""Targets against results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Matcher:
    """Collects figures, gives the rows of ``progress``."""

    def add(self, documents: Sequence[tuple[Any, ...]], figures: Sequence[tuple[Any, ...]]) -> None:
        """One document."""

    def rows(self) -> list[tuple[Any, ...]]:
        """Rows in declaration order."""
        return []
