"""What a purged document says or is called, out of the reports of earlier nights and out of the logs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_MIN_CHARS = 4  # of words that are taken for the document's; shorter ones stand in every paper


class Redactor:
    """Knows the names (paths, sources, ids) and the words of documents."""

    def __init__(self, names: Iterable[str], words: Iterable[str]) -> None:
        self._names = sorted({n for n in names if n}, key=len, reverse=True)
        self._words = "\n".join(words)

    def tells(self, value: Any) -> bool:
        """Whether a value names the documents, or says what they say."""
        if isinstance(value, dict):
            return any(self.tells(v) for v in value.values())
        if isinstance(value, list):
            return any(self.tells(v) for v in value)
        if not isinstance(value, str):
            return False
        if any(n in value for n in self._names):
            return True
        return len(value) >= _MIN_CHARS and not value.isascii() and value in self._words

    def report(self, content: dict[str, Any]) -> dict[str, Any]:
        """A report without the lines that tell of the documents; its counts stay."""
        kept: dict[str, Any] = {}
        for key, value in content.items():
            if isinstance(value, list):
                kept[key] = [v for v in value if not self.tells(v)]
            else:
                kept[key] = "" if isinstance(value, str) and self.tells(value) else value
        return kept

    def text(self, content: str) -> str:
        """A JSON text (an object or a list) without what tells of the documents; as it was where nothing does."""
        value = json.loads(content or "[]")
        wrapped = self.report(value if isinstance(value, dict) else {"": value})
        kept = wrapped if isinstance(value, dict) else wrapped[""]
        return content if kept == value else json.dumps(kept, ensure_ascii=False)

    def log(self, path: Path) -> int:
        """Overwrite the names in a log with stars, in place: a process that has it open goes on writing behind. How many."""
        with path.open("r+b") as file:
            data = bytearray(file.read())
            count = 0
            for name in self._names:
                raw = os.fsencode(name)
                for written in {raw, json.dumps(name, ensure_ascii=False)[1:-1].encode("utf-8", "replace")}:
                    at = data.find(written)
                    while at >= 0:
                        file.seek(at)
                        data[at : at + len(written)] = b"*" * len(written)
                        file.write(data[at : at + len(written)])
                        count += 1
                        at = data.find(written, at + len(written))
            file.flush()
            os.fsync(file.fileno())
        return count
