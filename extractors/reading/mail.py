"""E-mails (.eml): the body is the document, attachments are members.

Of bodies that say the same as text and as HTML the HTML is read, since only there tables are tables. Pictures that the
body shows (logos in signatures) are not attachments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from extractors.errors import Rejected
from extractors.reading import html, plain
from extractors.reading.assembly import Parsed
from extractors.reading.containers import Budget, Member, tidy

MAX_PARTS = 2000
BOM = b"\xef\xbb\xbf"


def read(data: bytes, name: str) -> Parsed:
    """The body. Raises Rejected("no_text") where there is none."""
    found = [part for part in _parts(_parsed(data)) if not _attached(part)]
    for subtype, reader in (("html", html.read), ("plain", plain.read)):
        bodies = [part for part in found if part.get_content_type() == f"text/{subtype}"]
        for part in bodies:
            parsed = reader(decoded(part), name)
            if parsed.text.strip():
                return parsed
    raise Rejected("no_text", "a mail without a body")


def members(data: bytes, name: str, budget: Budget) -> Iterator[Member]:
    """The attachments. Raises Rejected: archive_limit."""
    found = [part for part in _parts(_parsed(data)) if _attached(part)]
    budget.take(len(found), len(data), len(data))
    return (Member(_name(part, number), _loader(part)) for number, part in enumerate(found, 1))


def _parsed(data: bytes) -> Message:
    return BytesParser(policy=compat32).parsebytes(data)


def _parts(message: Message) -> Iterator[Message]:
    """Leaf parts in order; a forwarded mail is a leaf."""
    stack, count = [message], 0
    while stack:
        part = stack.pop()
        count += 1
        if count > MAX_PARTS:
            raise Rejected("archive_limit", f"more than {MAX_PARTS} parts in the mail")
        content = part.get_payload()
        if isinstance(content, list) and part.get_content_maintype() != "message":
            stack.extend(reversed([inner for inner in content if isinstance(inner, Message)]))
        else:
            yield part


def _attached(part: Message) -> bool:
    kind, disposition = part.get_content_maintype(), str(part.get("Content-Disposition", "")).strip().lower()
    if disposition.startswith("attachment"):
        return True
    if kind == "message":
        return True
    if part.get("Content-ID") and kind == "image":
        return False
    if kind == "text":
        return bool(_file_name(part))
    return True


def _file_name(part: Message) -> str:
    try:
        return _words(part.get_filename() or "")
    except (ValueError, LookupError, TypeError):
        return ""


def _words(raw: str) -> str:
    """A header's text, with its encoded words decoded and bytes outside ASCII read as UTF-8 or GBK."""
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, ValueError):
        return raw
    out = ""
    for piece, charset in pieces:
        if isinstance(piece, str):
            out += piece
            continue
        for encoding in (charset or "utf-8", "utf-8", "gb18030", "latin-1"):
            try:
                out += piece.decode("gb18030" if encoding.lower().startswith("gb") else encoding)
                break
            except (LookupError, UnicodeDecodeError):
                continue
    return out


def _name(part: Message, number: int) -> str:
    name = _file_name(part)
    if not name:
        suffix = ".eml" if part.get_content_maintype() == "message" else "." + part.get_content_subtype()
        name = f"attachment{number}{suffix[:12]}"
    return tidy(name)


def payload(part: Message) -> bytes:
    """The bytes of a part; a transfer encoding that does not hold is left as it stands."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _loader(part: Message) -> Callable[[], bytes]:
    def load() -> bytes:
        content = part.get_payload()
        if isinstance(content, list):
            return b"".join(inner.as_bytes() for inner in content if isinstance(inner, Message))
        return payload(part)

    return load


def decoded(part: Message) -> bytes:
    """A text part as UTF-8 where its header names a charset that fits, else its own bytes for the reader to judge."""
    raw = payload(part)
    charset = str(part.get_content_charset() or "").lower()
    # Western charsets decode anything, so a header that names one proves nothing.
    if not charset.startswith(("utf", "gb", "big5")) or raw.startswith((BOM, b"\xff\xfe", b"\xfe\xff")):
        return raw
    try:
        return BOM + raw.decode("gb18030" if charset.startswith("gb") else charset).encode()
    except (LookupError, UnicodeError):
        return raw
