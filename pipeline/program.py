"""Which program this is."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from pipeline import __version__
from pipeline.config import Settings, rows_depend_on


def program_version() -> str:
    """The version of this program."""
    return __version__


@lru_cache(maxsize=4)
def program_fingerprint(settings: Settings) -> str:
    """What a reading depends on besides its input: the program, its lexicons by content, the settings that change rows."""
    digest = hashlib.blake2b(digest_size=16)
    head = [program_version(), *rows_depend_on(settings)]
    digest.update(json.dumps(head).encode())
    root = Path(str(files("extractors")))
    for path in sorted(p for p in root.rglob("*") if p.suffix in (".py", ".toml", ".tsv")):
        digest.update(f"{path.relative_to(root)}|".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
