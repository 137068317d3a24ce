"""Any number of different documents, drawn from those of the project: the same number gives the same documents.

Numbers are others in each, apart from years and days, and so is the place that its bodies are of: as many documents as one
body writes in some years share it, so that plans and reports meet as they do in an archive.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from random import Random

import extractors

ROOT = Path(__file__).parent.parent.parent
_OF_A_PLACE = 12  # documents that name one place
_SYLLABLES = "安平永宁兴昌嘉泰清河云山石林新丰东阳西岭南溪北湖金沙玉泉长乐"
_NUMBER = re.compile(r"(?<![\d.])[1-9]\d{0,6}(?![\d年月日号])")


@cache
def originals() -> list[tuple[str, str]]:
    """Texts that documents are drawn from, each with the place it is about; none of ``gold/test``."""
    found = []
    for folder in ("samples", "gold/dev"):
        for path in sorted((ROOT / "corpora" / folder).glob("*.txt")):
            source = extractors.read(path.read_bytes(), path.name)
            part = extractors.extract(source).rows["documents"][0]
            found.append((source.text, part.issuer[:2]))
    return found


def documents(count: int, seed: int = 1, length: int = 0) -> Iterator[bytes]:
    """So many texts; of at most ``length`` characters each, if that is given."""
    random = Random(seed)
    places = ["".join(p) for p in product(_SYLLABLES, repeat=2) if p[0] != p[1]]
    random.shuffle(places)
    for n in range(count):
        text, place = originals()[n % len(originals())]
        own = places[n // _OF_A_PLACE % len(places)]
        text = _NUMBER.sub(lambda m: _other(m[0], random), text[: length or None])
        text = text.replace(place, own) if len(place) == 2 else f"{own}县\n{text}"
        yield f"{text}\n附{n + 1}\n".encode()


def _other(number: str, random: Random) -> str:
    return "".join(str(random.randrange(1, 10)) for _ in number)


def write(folder: Path, count: int, seed: int = 1, length: int = 0) -> int:
    """Put them into a folder, a thousand in each of its own; bytes in all."""
    size = 0
    for n, data in enumerate(documents(count, seed, length)):
        place = folder / f"{n // 1000:04d}"
        place.mkdir(parents=True, exist_ok=True)
        size += (place / f"{n:06d}.txt").write_bytes(data)
    return size
