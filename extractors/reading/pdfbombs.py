"""PDF streams that unpack to far more than any page holds, told before PDFium unpacks them."""

from __future__ import annotations

import re
import zlib

from extractors.errors import Rejected

STREAM = re.compile(rb"stream\r?\n")
MOST = 48 << 20  # bytes of one content stream; a page of text takes some ten thousand
DEFLATE = 1032  # what deflate reaches at best
SAMPLE = 4096
SUSPECT = 200  # unpacked to packed in the sample
HEAD = 400  # bytes before a stream in which its dictionary stands


def check(data: bytes) -> None:
    """Raises Rejected("too_large") for a stream, pictures apart, that unpacks to more than MOST."""
    at = 0
    while found := STREAM.search(data, at):
        start = at = found.end()
        if data[found.start() - 3 : found.start()] == b"end":
            continue
        end = data.find(b"endstream", start)
        end = len(data) if end < 0 else end
        if (end - start) * DEFLATE < MOST or b"/Image" in data[max(0, start - HEAD) : start]:
            at = end
            continue
        unpacker = zlib.decompressobj()
        try:
            size = len(unpacker.decompress(data[start : start + SAMPLE]))
            if size > SUSPECT * SAMPLE:
                rest = unpacker.unconsumed_tail + data[start + SAMPLE : end]
                size += len(unpacker.decompress(rest, MOST))
        except zlib.error:
            at = end
            continue
        if size > MOST:
            raise Rejected("too_large", f"a stream of the PDF unpacks to more than {MOST >> 20} MB")
        at = end
