"""Old and foreign text documents (.doc, .wps, .rtf, .odt, …): turned into .docx by a converter, read as such.

The way over .docx keeps list numbers, tables and tracked changes as what they are, so that the one reader of Word
documents does the rest. LibreOffice is the converter; another one stands in by :data:`CONVERTER`.
"""

from __future__ import annotations

from typing import Protocol

from extractors.errors import Rejected
from extractors.reading import docx, soffice, wordtail, xlsx
from extractors.reading.assembly import Parsed
from extractors.reading.sniff import sniff


class Converter(Protocol):
    """Bytes of one format → bytes of another."""

    def __call__(self, data: bytes, suffix: str, target: str) -> bytes:
        """``data``, a file of kind ``suffix`` (``.doc``), as a file of kind ``target`` (``docx``, ``xlsx``).

        Raises Rejected: unsupported where nothing can convert, encrypted, unreadable, timeout.
        """


CONVERTER: Converter = soffice.convert


def read(data: bytes, name: str) -> Parsed:
    """Paragraphs and tables in reading order."""
    kind = sniff(data, name)
    if kind == "sheet-xml":
        return xlsx.read(CONVERTER(data, ".xml", "xlsx"), name)
    converted = CONVERTER(data, SUFFIXES[kind], "docx")
    if not converted.startswith(b"PK"):
        raise Rejected("unreadable", "the converted document is no Word document")
    parsed = docx.read(converted, name)
    return wordtail.mended(parsed, data) if kind == "doc" else parsed


# Format → suffix by which a converter knows it.
SUFFIXES = {"doc": ".doc", "rtf": ".rtf", "odt": ".odt", "word-xml": ".xml", "works": ".wps", "fodt": ".fodt"}
