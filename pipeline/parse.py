"""``taizhang parse``: JSON lines in, quantities and times out, line by line."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import IO, Any


def _number(value: Decimal | None) -> str:
    from pipeline.decimals import plain  # noqa: PLC0415

    return "" if value is None else plain(value)


def answer(line: bytes) -> dict[str, Any]:
    """The answer to one line; ``{"id", "error"}`` for a line that cannot be used."""
    from extractors.language import quantities, times  # noqa: PLC0415

    key: Any = None
    try:
        question = json.loads(line)
        if not isinstance(question, dict):
            raise ValueError("not a JSON object")
        key = question.get("id")
        text, anchor = question.get("text"), question.get("anchor")
        if not isinstance(text, str):
            raise ValueError("text is missing or no string")
        if anchor is not None and not isinstance(anchor, str):
            raise ValueError("anchor is no string")
        day = datetime.fromisoformat(anchor).date() if anchor else None
        return {
            "id": key,
            "quantities": [
                {
                    "start": q.start,
                    "end": q.end,
                    "text": q.text,
                    "low": _number(q.low),
                    "high": _number(q.high),
                    "unit": q.measure,
                }
                for q in quantities.find(text)
            ],
            "times": [
                {
                    "start": t.start,
                    "end": t.end,
                    "text": t.text,
                    "start_date": t.start_date,
                    "end_date": t.end_date,
                    "rrule": t.rrule,
                    "duration": t.duration,
                }
                for t in times.find(text, day)
            ],
        }
    except (ValueError, RecursionError) as error:
        return {"id": key, "error": " ".join(str(error).split())}
    except Exception as error:  # one line must not end the filter
        return {"id": key, "error": f"{type(error).__name__}: {error}"}


def run(lines: IO[bytes], out: IO[bytes]) -> None:
    """Answer every line that is not blank, each as soon as it is read."""
    while line := lines.readline():
        if line.strip():
            # Escapes keep lone surrogates of a question writable.
            text = json.dumps(answer(line), ensure_ascii=False).encode("utf-8", "replace")
            out.write(text + b"\n")
            out.flush()
