"""Times one parser of another project over a text; runs in .venv-bench, so it imports nothing of ours.

python yardsticks.py NAME < text      one paragraph a line; prints {"seconds", "hits"} or {"missing"}
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
from collections.abc import Callable, Sized
from importlib import import_module
from typing import Any

Parser = Callable[[str], Sized]


def jionlp(name: str) -> Parser:
    """An extractor of JioNLP. A base time is given, since it else reads the clock."""
    extract: Any = getattr(import_module("jionlp").ner, name)
    if name == "extract_time":
        base = {"year": 2021, "month": 3, "day": 1}
        return lambda line: extract(line, time_base=base, with_parsing=True)
    return lambda line: extract(line, with_parsing=True)


def recognizers(module: str, name: str) -> Parser:
    """A recogniser of Recognizers-Text."""
    recognise: Any = getattr(import_module(module), name)
    return lambda line: recognise(line, "zh-cn")


PARSERS: dict[str, Callable[[], Parser]] = {
    "JioNLP extract_money": lambda: jionlp("extract_money"),
    "JioNLP extract_time": lambda: jionlp("extract_time"),
    "Recognizers number": lambda: recognizers("recognizers_number", "recognize_number"),
    "Recognizers currency": lambda: recognizers("recognizers_number_with_unit", "recognize_currency"),
    "Recognizers datetime": lambda: recognizers("recognizers_date_time", "recognize_datetime"),
}


def main(name: str) -> dict[str, Any]:
    """Seconds of processor time and hits over standard input, loading and a first call apart; lines it fails on are counted."""
    lines = sys.stdin.read().split("\n")
    hits = failed = 0
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            parse = PARSERS[name]()
            parse("2021年6月底前完成投资1.2亿元")
        except Exception as error:
            return {"missing": f"{type(error).__name__}: {error}"}
        started = time.process_time()
        for line in lines:
            try:
                hits += len(parse(line))
            except Exception:
                failed += 1
        seconds = time.process_time() - started
    return {"seconds": seconds, "hits": hits, "failed": failed}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1]), ensure_ascii=False))
