"""The format of an input, from its content; the name decides only between kinds of plain text.

:func:`sniff` gives the name of a format, either one of the registry (:data:`extractors.reading.FORMATS`) or one that is
recognised but not read, and rejects what it does not know.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import PurePosixPath

from extractors.errors import Rejected
from extractors.reading.archive import members, open_zip

HEAD = 4096

# (offset, magic bytes, format). Formats without a reader are named so that the reject can say what the file is.
MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"{\\rtf", "rtf"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"GIF8", "gif"),
    (0, b"BM", "bmp"),
    (0, b"II*\0", "tiff"),
    (0, b"MM\0*", "tiff"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"\x1f\x8b\x08", "gzip"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ\0", "xz"),
    (257, b"ustar", "tar"),
    (0, b"%!PS", "postscript"),
    (4, b"ftyp", "video"),
    (0, b"OggS", "audio"),
    (0, b"ID3", "audio"),
)
RIFF = {b"WEBP": "webp", b"AVI ": "video", b"WAVE": "audio"}

# Streams of an OLE container, and what holds them.
OLE_STREAMS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
    ("__properties_version1.0", "msg"),
    ("MatOST", "works"),
    ("WksSSWorkBook", "works"),
)
# Main parts of zip packages.
ZIP_MEMBERS = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("ppt/presentation.xml", "pptx"),
    ("OFD.xml", "ofd"),
)
ODF = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}
CONTENT_TYPES = ((b"wordprocessingml", "docx"), (b"spreadsheetml", "xlsx"), (b"presentationml", "pptx"))

MAIL_HEADER = re.compile(
    rb"(?:received|from|to|subject|mime-version|return-path|date|message-id|x-[a-z0-9-]+|content-type|delivered-to):[ \t]",
    re.IGNORECASE,
)
HTML_START = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|link|style|script|div|span|table|tbody|tr|td|p|h[1-6]|ul|ol|li|br|"
    rb"font|center|article|section|main|a|img|b|strong|form|base|iframe|nav|header)[\s>/]"
)
HTML_TAG = re.compile(rb"<(?:html|body|div|table|tr|td|p|br|span|h[1-6]|li)(?:\s[^<>]{0,300})?/?>")
LEADING = re.compile(rb"(?:\s|<!--.{0,2000}?-->|<\?xml[^>]{0,300}\?>)*+", re.DOTALL)
TEXT_SUFFIXES = {".md": "md", ".markdown": "md", ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "txt"}
HTML_SUFFIXES = frozenset({".htm", ".html", ".xhtml", ".shtml", ".asp", ".aspx", ".jsp", ".php", ".xls", ".doc"})


def sniff(data: bytes, name: str) -> str:
    """Format of ``data``. Raises Rejected: empty, encrypted, truncated or unreadable containers."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        if data.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe") and len(data) > 2:
            raise Rejected("unreadable", "holds nothing but zero bytes")
        raise Rejected("empty", "holds no bytes" if not data else "holds nothing but blanks")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole(data)
    for offset, magic, kind in MAGIC:
        if data.startswith(magic, offset) and (kind != "bmp" or b"\0" in data[:32]):
            return kind
    if data.startswith(b"RIFF") and data[8:12] in RIFF:
        return RIFF[data[8:12]]
    if b"\0" in data and b"PK\x05\x06" in data[-66_000:] and b"PK\x03\x04" in data:
        return _zip(data)  # something stands before the package: a program that unpacks itself, a stray header
    return _text(data, name)


def _zip(data: bytes) -> str:
    package = open_zip(data)
    names = members(package)
    if "mimetype" in names:
        mime = package.read("mimetype", 200).decode("ascii", "replace").strip()
        if mime.startswith("application/vnd.oasis.opendocument."):
            kind = mime.rsplit(".", 1)[1].removesuffix("-template")
            return ODF.get(kind, "odf")
    for member, kind in ZIP_MEMBERS:
        if member in names:
            return kind
    if "[Content_Types].xml" in names:  # the main part may have another name
        types = package.read("[Content_Types].xml", 4_000_000)
        for word, kind in CONTENT_TYPES:
            if word in types:
                return kind
    return "zip"


def _ole(data: bytes) -> str:
    import olefile  # noqa: PLC0415  wanted for old Office files only

    try:
        with olefile.OleFileIO(BytesIO(data)) as container:
            streams = {entry[0] for entry in container.listdir()}
    except Exception as error:
        raise Rejected("truncated" if "incomplete" in str(error) else "unreadable", "broken OLE container") from error
    for stream, kind in OLE_STREAMS:
        if stream in streams:
            if kind == "encrypted":
                raise Rejected("encrypted", "Office file protected by a password")
            return kind
    return "ole"


def _text(data: bytes, name: str) -> str:
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    # UTF-16 loses its zero bytes here, so that one pattern serves all charsets.
    raw = (
        data[:HEAD]
        .removeprefix(b"\xef\xbb\xbf")
        .removeprefix(b"\xff\xfe")
        .removeprefix(b"\xfe\xff")
        .replace(b"\0", b"")
    )
    lower = raw.lower()
    start = LEADING.match(lower)
    body = lower[start.end() if start else 0 :]
    if b"<?mso-application" in lower[:600]:
        return "sheet-xml" if b"excel.sheet" in lower[:600] else "word-xml"
    lines = raw.splitlines()[:12]
    if lines and lines[0].startswith(b"From "):  # the line before a mail in a mailbox
        del lines[0]
    if (
        len(lines) > 2
        and MAIL_HEADER.match(lines[0])
        and sum(MAIL_HEADER.match(line) is not None for line in lines) > 2
    ):
        return "mht" if b"multipart/related" in lower else "eml"
    tags = len(HTML_TAG.findall(lower))
    if HTML_START.match(body) and (tags or suffix not in TEXT_SUFFIXES):
        return "html"
    if b"<html" in lower or (suffix in HTML_SUFFIXES and tags):
        return "html"
    if body.startswith(b"<office:document"):
        return "fodt"
    if lower.startswith(b"<?xml"):
        return "xml"
    return TEXT_SUFFIXES.get(suffix, "txt")
