"""The hostile corpus: files made to crash, hang, exhaust or escape their reader, the same every time.

python -m tests.hostile.corpus FOLDER       writes it
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

from tests.hostile.originals import by_office, originals
from tests.hostile.packages import packages
from tests.hostile.pdfs import pdfs
from tests.hostile.texts import texts
from tests.mutations import damage

SHARES = (0.02, 0.1, 0.35, 0.6, 0.85, 0.97, 0.999)
OFFICE_SHARES = (0.5, 0.95)  # seconds each
ENDINGS = (".txt", ".docx", ".pdf", ".html", ".zip", "")


def corpus(soffice: str = "") -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of every file; those of old Word formats only where LibreOffice is."""
    for name, data in originals().items():
        for share in SHARES:
            yield f"cut-{share:g}-{name}", data[: int(len(data) * share)]
    for number, (name, data) in enumerate(sorted(originals().items())):
        yield f"wrong-{number}-{name}{ENDINGS[number % len(ENDINGS)]}", data
    for name, data in by_office(soffice).items() if soffice else ():
        for share in OFFICE_SHARES:
            yield f"cut-{share:g}-{name}", data[: int(len(data) * share)]
        yield f"wrong-{name}.txt", data
    yield from texts()
    yield from packages()
    yield from pdfs()


def mutations(count: int, seed: int, soffice: str = "") -> Iterator[tuple[str, bytes]]:
    """Random bytes, and damaged copies of the sound files; those that LibreOffice reads are one in a hundred."""
    random = Random(seed)
    sound = sorted(originals().items())
    old = sorted(by_office(soffice).items()) if soffice else []
    for number in range(count):
        name, data = random.choice(old if old and number % 100 == 99 else sound)
        if number % 10 == 0:
            yield f"{number:05d}-random-{name}", random.randbytes(random.randrange(1, 3000))
        elif number % 10 == 1:
            yield f"{number:05d}-headed-{name}", data[:60] + random.randbytes(random.randrange(1, 3000))
        else:
            yield f"{number:05d}-{name}", damage(data, random)


def odd_names(folder: Path) -> int:
    """Names, links and special files that a walk may stumble over; gives the number that must be accounted for."""
    text = "6月底前完成投资{}亿元\n"
    names = [
        "长" * 84 + ".txt",
        "换\n行.txt",
        "制\t表.txt",
        "反\\斜.txt",
        " .txt",
        "-rf",
        "=1+1.txt",
        "\u202etxt.fdp",
        "a\u200bb.txt",
        "'\";--.txt",
    ]
    written = 0
    for number, name in enumerate([*names, os.fsdecode(b"\xbc\xc6\xbb\xae\xff.txt")]):
        with suppress(OSError):
            (folder / name).write_text(text.format(number + 1000), "utf-8")
            written += 1
    os.mkfifo(folder / "pipe.docx")
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "device.txt").symlink_to("/dev/zero")
    (folder / "around").symlink_to(folder)
    return written + 4


def write(folder: Path, files: Iterator[tuple[str, bytes]]) -> int:
    """Write files; gives their number."""
    count = 0
    for name, data in files:
        (folder / name).write_bytes(data)
        count += 1
    return count


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    print(write(target, corpus()), "files")
