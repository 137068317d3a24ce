"""Bytes → :class:`~extractors.document.Source`: sniff the format, call its reader, let nothing but Rejected out."""

from __future__ import annotations

import hashlib
import re
from importlib import import_module

from extractors.document import Source
from extractors.errors import Rejected
from extractors.reading.assembly import Parsed
from extractors.reading.mojibake import is_mojibake
from extractors.reading.sniff import sniff

MAX_BYTES = 256 << 20

# Format → module with ``read(data, name) -> Parsed``. Adding a format is one module and one line here.
FORMATS = {
    "txt": "plain",
    "md": "markdown",
    "html": "html",
    "docx": "docx",
    "pdf": "pdf",
    "xlsx": "xlsx",
    "xlsb": "xls",
    "xls": "xls",
    "ods": "ods",
    "csv": "csvtext",
    "doc": "office",
    "rtf": "office",
    "odt": "office",
    "fodt": "office",
    "word-xml": "office",
    "sheet-xml": "office",
    "works": "office",
    "ofd": "ofd",
    "eml": "mail",
    "msg": "outlook",
    "mht": "mht",
    "png": "picture",
    "jpeg": "picture",
    "gif": "picture",
    "bmp": "picture",
    "tiff": "picture",
    "webp": "picture",
}
SURROGATE = re.compile(r"[\ud800-\udfff]")


def doc_id(data: bytes) -> str:
    """First 16 hex digits of the SHA-256 of a file's bytes."""
    return hashlib.sha256(data).hexdigest()[:16]


def parse(data: bytes, name: str) -> tuple[str, Parsed]:
    """Format and content of ``data``. Raises Rejected, and whatever a library throws at a broken file."""
    if len(data) > MAX_BYTES:
        raise Rejected("too_large", f"{len(data)} bytes")
    kind = sniff(data, name)
    module = FORMATS.get(kind)
    if module is None:
        raise Rejected("unsupported", f"{kind} files are not read")
    parsed: Parsed = import_module(f"extractors.reading.{module}").read(data, name)
    return kind, parsed


def read(data: bytes, name: str) -> Source:
    """The text, pages and tables of a file.

    ``name`` is its path as the user gave it; it decides only between kinds of plain text. Raises Rejected (and nothing
    else) where there is nothing to read; offsets are code points of ``Source.text``.
    """
    try:
        kind, parsed = parse(data, name)
    except Rejected:
        raise
    except MemoryError as error:
        raise Rejected("memory", "not enough memory to read it") from error
    except RecursionError as error:
        raise Rejected("unreadable", "nested too deeply") from error
    except Exception as error:
        raise Rejected("unreadable", f"damaged ({type(error).__name__})") from error
    text = SURROGATE.sub("\ufffd", parsed.text)  # half a pair cannot be written as UTF-8
    if not text.strip():
        raise Rejected("no_text", "holds no readable text")
    flags = parsed.flags | ({"mojibake"} if is_mojibake(text) else set())
    return Source(
        doc_id=doc_id(data),
        name=name,
        format=kind,
        text=text,
        pages=parsed.pages,
        tables=parsed.tables,
        flags=frozenset(flags),
        warnings=tuple(sorted(parsed.warnings.items())),
    )
