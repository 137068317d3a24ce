"""Plain text, Markdown: the decoded bytes, nothing else changed."""

from __future__ import annotations

from extractors.errors import Rejected
from extractors.reading.assembly import MAX_TEXT, Parsed
from extractors.reading.charset import decode


def read(data: bytes, name: str) -> Parsed:
    """Text of ``data``, byte order mark dropped, line ends kept."""
    text, _ = decode(data)
    if len(text) > MAX_TEXT:
        raise Rejected("too_large", f"more than {MAX_TEXT} characters of text")
    return Parsed(text)
