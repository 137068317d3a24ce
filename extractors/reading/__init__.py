"""Reading: bytes of any format → text with offsets, pages and tables."""

from extractors.reading.registry import FORMATS, doc_id, parse, read

__all__ = ["FORMATS", "doc_id", "parse", "read"]
