"""XML parts of packages, parsed with everything that reaches outside or multiplies itself shut off."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lxml import etree

from extractors.errors import Rejected

# The strict variant of Office Open XML has names of its own for the same elements.
STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
)
SETTINGS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": True,
    "remove_comments": True,
}


def _checked(source: bytes) -> bytes:
    """The part in transitional names. Raises Rejected for document types: no office writes them, and entities in
    attributes multiply whatever the parser is told."""
    wide = b"\0" in source[:4] or source[:2] in {b"\xff\xfe", b"\xfe\xff"}
    if b"<!DOCTYPE" in (source.replace(b"\0", b"") if wide else source):
        raise Rejected("unreadable", "an XML part with a document type, as no office program writes it")
    for strict, transitional in STRICT:
        source = source.replace(strict, transitional)
    return source


def root(source: bytes, classes: etree.ElementClassLookup | None = None) -> Any:
    """Root element of a part, its elements of the ``classes`` given. Raises Rejected("unreadable") where it is broken."""
    parser = etree.XMLParser(**SETTINGS)
    if classes is not None:
        parser.set_element_class_lookup(classes)
    try:
        return etree.fromstring(_checked(source), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Rejected("unreadable", "broken XML in the package") from error


def elements(source: bytes, *tags: str) -> Iterator[Any]:
    """Elements of a part as they end, one by one; each is emptied after use, so that no tree grows."""
    parsing = etree.iterparse(BytesIO(_checked(source)), tag=tags, **SETTINGS)
    try:
        for _, element in parsing:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise Rejected("unreadable", "broken XML in the package") from error
