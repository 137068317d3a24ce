"""Looking for the words of a document in files: as text of any encoding, and in whatever is packed in them."""

from __future__ import annotations

import base64
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{24,}={0,2}")
_DEEPEST = 4


def windows(text: str, others: Iterable[str] = (), width: int = 9) -> list[str]:
    """Every stretch of ``width`` code points within the lines of a text that does not stand in ``others``."""
    elsewhere = "\n".join(others)
    lines = [line.strip() for line in text.splitlines()]
    found = {line[i : i + width] for line in lines for i in range(max(0, len(line) - width + 1))}
    return sorted(w for w in found if w not in elsewhere)


def unpacked(data: bytes, name: str, depth: int = 0) -> Iterator[bytes]:
    """The bytes and everything that is packed in them: ZIP, gzip, Parquet, zlib at any offset, base64."""
    yield data
    if depth == _DEEPEST:
        return
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from unpacked(archive.read(member), member, depth + 1)
        return
    if data[:4] == b"PAR1":
        import pyarrow.parquet as pq  # noqa: PLC0415

        for row in pq.read_table(io.BytesIO(data)).to_pylist():
            yield repr(row).encode("utf-8", "replace")
        return
    if data[:2] == b"\x1f\x8b":
        yield from unpacked(gzip.decompress(data), name, depth + 1)
    for start in _ZLIB.finditer(data):
        try:
            inner = zlib.decompressobj().decompress(data[start.start() :], 1 << 24)
        except zlib.error:
            continue
        if len(inner) > 16:
            yield from unpacked(inner, name, depth + 1)
    if name.endswith((".jsonl", ".json")):
        for match in _BASE64.finditer(data):
            try:
                inner = base64.b64decode(match[0], validate=True)
            except ValueError:
                continue
            yield from unpacked(inner, "", depth + 1)


def leaks(files: Iterable[Path], needles: Iterable[str]) -> dict[str, list[str]]:
    """File → the needles found in it."""
    coded = [(n, [n.encode(e) for e in _ENCODINGS]) for n in needles]
    found: dict[str, list[str]] = {}
    for path in files:
        seen: set[str] = set()
        for data in unpacked(path.read_bytes(), path.name):
            seen |= {n for n, forms in coded if n not in seen and any(f in data for f in forms)}
        if seen:
            found[str(path)] = sorted(seen)
    return found


def below(*folders: Path) -> list[Path]:
    """Every file in folders."""
    return sorted(p for folder in folders for p in ([folder] if folder.is_file() else folder.rglob("*")) if p.is_file())
