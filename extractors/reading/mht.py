"""Web pages saved in one file (.mht, .mhtml): the page, not what belongs to it."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import compat32

from extractors.errors import Rejected
from extractors.reading import html
from extractors.reading.assembly import Parsed
from extractors.reading.mail import decoded


def read(data: bytes, name: str) -> Parsed:
    """The first HTML part with text. Raises Rejected: no_text."""
    for part in BytesParser(policy=compat32).parsebytes(data).walk():
        if part.get_content_type() in {"text/html", "application/xhtml+xml"}:
            parsed = html.read(decoded(part), name)
            if parsed.text.strip():
                return parsed
    raise Rejected("no_text", "a saved web page without a page")
