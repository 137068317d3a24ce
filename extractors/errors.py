"""The one exception that reading raises: an input that gives no tables."""

from __future__ import annotations


class Rejected(Exception):
    """An input that cannot be read; stands as one row in ``rejects``.

    ``reason`` is one of the reason codes of :mod:`extractors.schema`, ``detail`` one clear English line without the path.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type[Rejected], tuple[str, str]]:
        return Rejected, (self.reason, self.detail)
