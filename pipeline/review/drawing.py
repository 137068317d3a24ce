"""A page of a PDF as a picture, with where each of its characters stands. Drawn in a process of its own that may fail.

As a program: ``python -m pipeline.review.drawing FILE PAGE`` writes one line of JSON and the PNG after it.
"""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_LONGEST = 1600  # pixels of the longer side
_SECONDS = 30
_MEMORY = 2 << 30
_KEPT = 24  # drawn pages that are remembered
_AROUND = 12  # code points before a quote that tell it from its like
_AT_ONCE = threading.Semaphore(2)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture and its characters. ``boxes`` are (left, top, right, bottom) in thousandths of the page's width and height;
    empty where the page is turned."""

    png: bytes
    width: int
    height: int
    text: str
    boxes: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle on a page, in thousandths."""

    x: float
    y: float
    width: float
    height: float


def original(path: str, doc_id: str) -> Path | None:
    """The PDF that a document was read from, None where its bytes are not there any more or it is no PDF by itself."""
    file = Path(path)
    try:
        with file.open("rb") as opened:
            if b"%PDF" not in opened.read(1024):
                return None
            opened.seek(0)
            same = hashlib.file_digest(opened, "sha256").hexdigest()[:16] == doc_id
    except (OSError, ValueError):
        return None
    return file if same else None


class Pages:
    """Draws pages and remembers the latest."""

    def __init__(self) -> None:
        self._drawn: OrderedDict[tuple[str, int], Drawn | None] = OrderedDict()
        self._lock = threading.Lock()

    def page(self, file: Path, doc_id: str, number: int) -> Drawn | None:
        """Page ``number`` (from 1) of a file, None where it cannot be drawn."""
        key = (doc_id, number)
        with self._lock:
            if key in self._drawn:
                self._drawn.move_to_end(key)
                return self._drawn[key]
        with _AT_ONCE:
            drawn = _apart(file, number)
        with self._lock:
            self._drawn[key] = drawn
            while len(self._drawn) > _KEPT:
                self._drawn.popitem(last=False)
        return drawn


def _apart(file: Path, number: int) -> Drawn | None:
    command = [sys.executable, "-m", "pipeline.review.drawing", str(file), str(number)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )  # fmt: skip
        head, _, png = done.stdout.partition(b"\n")
        told = json.loads(head)
        boxes = tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in told["boxes"])
        return Drawn(png, int(told["width"]), int(told["height"]), str(told["text"]), boxes)
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        return None


def places(drawn: Drawn, before: str, quote: str) -> list[Place]:
    """Where a quote stands on a page, a rectangle a line; ``before`` is the text in front of it. Blanks do not count."""
    kept = [n for n, c in enumerate(drawn.text) if not c.isspace()]
    squeezed = "".join(drawn.text[n] for n in kept)
    wanted, lead = "".join(quote.split()), "".join(before[-_AROUND:].split())
    if not wanted or len(drawn.boxes) != len(drawn.text):
        return []
    at = squeezed.find(lead + wanted)
    at = at + len(lead) if at >= 0 else squeezed.find(wanted)
    return _lines(drawn.boxes[kept[n]] for n in range(at, at + len(wanted))) if at >= 0 else []


def _lines(boxes: Iterable[tuple[float, float, float, float]]) -> list[Place]:
    """Boxes of characters in reading order, joined while they stand on one line."""
    found: list[list[float]] = []
    for left, top, right, bottom in boxes:
        if right <= left or bottom <= top:
            continue
        last = found[-1] if found else None
        if last is not None and top < last[3] and bottom > last[1] and left >= last[0]:
            last[:] = [min(left, last[0]), min(top, last[1]), max(right, last[2]), max(bottom, last[3])]
        else:
            found.append([left, top, right, bottom])
    return [Place(a, b, c - a, d - b) for a, b, c, d in found]


def _draw(path: str, number: int) -> None:
    """Write the page to standard output."""
    import pypdfium2  # noqa: PLC0415 (only the process that draws needs it)

    for kind, limit in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CPU, _SECONDS), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (limit, limit))
    page = pypdfium2.PdfDocument(path)[number - 1]
    width, height = page.get_size()
    picture = page.render(scale=min(2.0, _LONGEST / max(width, height, 1.0))).to_pil().convert("RGB")
    textpage = page.get_textpage()
    text: list[str] = []
    boxes: list[tuple[float, ...]] = []
    left, bottom, right, top = page.get_bbox()
    across, up = 1000 / max(right - left, 1.0), 1000 / max(top - bottom, 1.0)
    for n in range(textpage.count_chars() if page.get_rotation() == 0 else 0):
        character = textpage.get_text_range(n, 1)
        a, b, c, d = textpage.get_charbox(n)
        box = ((a - left) * across, (top - d) * up, (c - left) * across, (top - b) * up)
        text.append(character[:1] or " ")
        boxes.append(tuple(round(v, 2) for v in box))
    head = {"width": picture.width, "height": picture.height, "text": "".join(text), "boxes": boxes}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")
    picture.save(sys.stdout.buffer, "PNG")


if __name__ == "__main__":
    _draw(sys.argv[1], int(sys.argv[2]))
