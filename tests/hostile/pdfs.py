"""Hostile PDFs, written object by object."""

from __future__ import annotations

import zlib
from collections.abc import Iterator


def document(*objects: bytes, root: int = 1, trailer: bytes = b"") -> bytes:
    """A PDF of the objects 1, 2, …"""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        root,
        trailer,
        start,
    )
    return bytes(out)


def stream(content: bytes, head: bytes = b"") -> bytes:
    """A stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), head, content)


def page(content: bytes, more: bytes = b"", box: bytes = b"0 0 595 842", head: bytes = b"") -> bytes:
    """A document of one page."""
    return document(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> %s >> >>"
        % (box, more),
        stream(content, head),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )


TEXT = b"BT /F 12 Tf 50 700 Td (invest 360 million by June, report every quarter) Tj ET "


def pdfs() -> Iterator[tuple[str, bytes]]:
    """(name, bytes)"""
    catalog, font = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    yield "kids-loop.pdf", document(catalog, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>")
    yield (
        "parent-loop.pdf",
        document(
            catalog,
            b"<< /Type /Pages /Parent 2 0 R /Kids [3 0 R 3 0 R 2 0 R] /Count 9 >>",
            b"<< /Type /Page /Parent 2 0 R >>",
        ),
    )
    yield "count-lie.pdf", document(catalog, b"<< /Type /Pages /Kids [] /Count 99999999 >>")
    yield "count-negative.pdf", document(catalog, b"<< /Type /Pages /Kids [] /Count -4 >>")
    yield "self-reference.pdf", document(b"1 0 R", b"2 0 R")
    yield "no-root.pdf", document(catalog, root=9)
    form = b"<< /Length 6 /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >> >>\nstream\n/X Do \nendstream"
    yield "form-loop.pdf", document(
        catalog, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >> >>",
        stream(TEXT + b"/X Do"), font, form,
    )  # fmt: skip
    yield (
        "contents-loop.pdf",
        document(
            catalog,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /Contents [4 0 R] >>",
            b"[4 0 R 4 0 R]",
        ),
    )
    yield "length-loop.pdf", document(
        catalog, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>",
        b"<< /Length 4 0 R >>\nstream\n" + TEXT + b"\nendstream",
    )  # fmt: skip
    yield "length-lie.pdf", page(TEXT).replace(b"/Length %d" % len(TEXT), b"/Length 99999999")
    yield "flate-bomb.pdf", page(zlib.compress(b"q " * (30 << 20)), head=b"/Filter /FlateDecode")
    yield "filters.pdf", page(zlib.compress(TEXT), head=b"/Filter [" + b"/FlateDecode " * 500 + b"]")
    yield "filter-unknown.pdf", page(TEXT, head=b"/Filter /Nonsense")
    yield "huge-box.pdf", page(TEXT, box=b"0 0 1e30 1e30")
    yield "empty-box.pdf", page(TEXT, box=b"0 0 0 0")
    yield "nan-box.pdf", page(TEXT, box=b"a b c d")
    yield (
        "rules.pdf",
        page(
            TEXT
            + b"".join(b"0 %d m 595 %d l S %d 0 m %d 842 l S " % (n, n, n % 595, n % 595) for n in range(3800 // 2))
        ),
    )
    yield "paths.pdf", page(TEXT + b"1 1 m 9 9 l S " * 100_000)
    yield "one-path.pdf", page(TEXT + b"0 0 m " + b"5 0 l 5 5 l " * 200_000 + b"S")
    yield "glyphs.pdf", page(b"BT /F 1 Tf " + b"(1111111111) Tj " * 100_000 + b"ET")
    yield "saves.pdf", page(b"q " * 300_000 + TEXT)
    yield "brackets.pdf", page(b"[" * 300_000 + TEXT)
    yield "numbers.pdf", page(b"BT /F 12 Tf 50 700 Td (" + b"9" * 500_000 + b") Tj ET")
    yield "parens.pdf", page(b"BT /F 12 Tf 50 700 Td " + b"(" * 200_000)
    yield "nested-arrays.pdf", document(b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * 100_000 + b" >>", b"<< >>")
    yield "nested-names.pdf", document(b"<< /A " * 50_000, b"<< >>")
    yield (
        "script.pdf",
        document(
            b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.launchURL('http://192.0.2.1/')) >> >>",
            b"<< /Type /Pages /Kids [] /Count 0 >>",
        ),
    )
    yield "prev-loop.pdf", page(TEXT).replace(b"trailer\n<<", b"trailer\n<< /Prev 9")
    yield "no-xref.pdf", page(TEXT).partition(b"xref")[0]
    yield "xref-far.pdf", page(TEXT).replace(b"startxref\n", b"startxref\n99999999")
    yield (
        "encrypted.pdf",
        page(TEXT).replace(b"trailer\n<<", b"trailer\n<< /Encrypt << /Filter /Standard /V 5 /R 6 /Length 256 >>"),
    )
    yield "encrypt-odd.pdf", page(TEXT).replace(b"trailer\n<<", b"trailer\n<< /Encrypt << /Filter /Other >>")
    yield "junk-before.pdf", b"junk" * 200 + page(TEXT)
    yield "junk-after.pdf", page(TEXT) + b"\0" * 100_000
    yield "header-only.pdf", b"%PDF-1.7"
    yield (
        "pages-many.pdf",
        document(
            catalog,
            b"<< /Type /Pages /Kids [" + b"3 0 R " * 6000 + b"] /Count 6000 >>",
            b"<< /Type /Page /Parent 2 0 R >>",
        ),
    )
    image = stream(
        b"\0" * 10,
        b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceGray /BitsPerComponent 8",
    )
    yield "image-huge.pdf", document(
        catalog, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>",
        stream(b"q 595 0 0 842 0 0 cm /I Do Q"), image,
    )  # fmt: skip
