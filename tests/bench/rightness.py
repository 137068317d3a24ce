"""Right answers beside other projects' parsers, on the same cases in one run.

The cases are the project's own (tests/cases) and, on machines that keep them beside the project, those of other parsers'
test suites. What is right is decided by the checker that lies beside them, for all parsers alike: every expected item is
found with its span and values, cue words at the edges of a span not counted, and nothing else. Where the checker is not
there, spans and values must be equal.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from extractors.language import quantities
from pipeline.parse import answer
from tests.bench.rivals import RIVALS

ROOT = Path(__file__).parent.parent.parent
OTHERS = ROOT / ".venv-bench" / "bin" / "python"
SHARED = ROOT.parent / "shared"
LIMIT = 300  # seconds of processor time for one rival over all cases
Case = dict[str, Any]
Judge = Callable[[Case, dict[str, Any]], bool]


def judge() -> Judge:
    """The checker beside the project, else equality."""
    path = SHARED / "tools" / "check_cases.py"
    spec = importlib.util.spec_from_file_location("check_cases", path) if path.is_file() else None
    if spec is None or spec.loader is None:
        return _equal
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Judge = module.case_ok
    return found


def _equal(case: Case, given: dict[str, Any]) -> bool:
    hits = given.get("quantities" if case["kind"] == "quantity" else "times", [])
    return len(hits) == len(case["expected"]) and all(
        all(str(hit.get(key, "")) == str(value or "") for key, value in want.items())
        for want, hit in zip(case["expected"], hits, strict=True)
    )


def shared_cases() -> list[Case]:
    """In-scope cases of other suites, where they lie beside the project."""
    folder = SHARED / "cases"
    lines = chain.from_iterable(p.read_text("utf-8").splitlines() for p in sorted(folder.glob("*.jsonl")))
    return [case for case in map(json.loads, lines) if case["in_scope"]]


def own_cases() -> list[Case]:
    """The cases of the project, in the form of the others."""
    found = []
    for kind, folder in (("quantity", "quantities"), ("time", "times")):
        for path in sorted((ROOT / "tests" / "cases" / folder).glob("*.jsonl")):
            for n, line in enumerate(path.read_text("utf-8").splitlines()):
                case = json.loads(line)
                wanted = list(_placed(case["text"], case["expect"], kind))
                found.append(
                    {
                        "id": f"{folder}/{path.stem}/{n}",
                        "kind": kind,
                        "text": case["text"],
                        "anchor": case.get("anchor"),
                        "span": "full",
                        "exhaustive": True,
                        "expected": wanted,
                    }
                )
    return found


def _placed(text: str, items: list[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    start = end = 0
    for item in items:
        after = text.find(item["text"], end)
        start = item.get("start", after if after >= 0 else text.index(item["text"], start))  # 45.3 lies in 54(计45.3)件
        end = start + len(item["text"])
        place = {"start": start, "end": end}
        if kind == "quantity":
            yield place | {"low": item["low"] or "", "high": item["high"] or "", "unit": item["measure"]}
        else:
            yield place | {k: item.get(k, "") for k in ("start_date", "end_date", "rrule", "duration")}


def ours(cases: list[Case]) -> list[dict[str, Any]]:
    """Answers as ``taizhang parse`` gives them."""
    return [answer(json.dumps(c, ensure_ascii=False).encode()) for c in cases]


def theirs(name: str, cases: list[Case]) -> list[dict[str, Any]] | str:
    """A rival's answers in the order of the cases, or why there are none; measures are read out of its spans by ours."""
    if not OTHERS.exists():
        return "not installed"
    asked = [{k: c[k] for k in ("id", "kind", "text", "anchor", "span")} | {"id": n} for n, c in enumerate(cases)]
    done = subprocess.run(
        [OTHERS, ROOT / "tests" / "bench" / "rivals.py", name, str(LIMIT)],
        input="\n".join(json.dumps(q, ensure_ascii=False) for q in asked),
        capture_output=True,
        text=True,
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode or (answers and "missing" in answers[0]):
        return f"not installed ({answers[0]['missing'] if answers else done.returncode})"
    by_id = {a["id"]: a for a in answers}
    for n, a in by_id.items():
        for hit in a.get("quantities", []):
            found = quantities.find(cases[n]["text"][hit["start"] : hit["end"]])
            hit["unit"] = found[0].measure if len(found) == 1 else ""
    return [by_id.get(n, {}) for n in range(len(cases))]


def table() -> Iterator[tuple[str, ...]]:
    """Rows of a Markdown table: the cases, and the right answers of each parser with their share."""
    names = list(RIVALS)
    yield ("cases", "of all", "taizhang", *names)
    right = judge()
    for label, cases in (("other parsers' suites", shared_cases()), ("own", own_cases())):
        if not cases:
            yield (f"{label}: not beside the project", "", "", *("" for _ in names))
            continue
        given = [ours(cases), *(theirs(name, cases) for name in names)]
        for part, keep in _parts(label):
            chosen = [n for n, c in enumerate(cases) if keep(c)]
            cells = []
            for answers in given:
                if isinstance(answers, str):
                    cells.append(answers)
                    continue
                good = sum(bool(answers[n]) and right(cases[n], answers[n]) for n in chosen)
                silent = sum(not answers[n] for n in chosen)
                late = f", {silent} not asked within {LIMIT} s" if silent else ""
                cells.append(f"{good} ({good / len(chosen):.2f}){late}")
            yield (part, str(len(chosen)), *cells)


def _parts(label: str) -> Iterator[tuple[str, Callable[[Case], bool]]]:
    yield f"{label}: quantities", lambda c: c["kind"] == "quantity"
    yield f"{label}: times", lambda c: c["kind"] == "time"
    if label == "own":
        yield f"{label}: of these, nothing to find", lambda c: not c["expected"]


def lines() -> Iterator[str]:
    """The table in Markdown."""
    for n, row in enumerate(table()):
        yield f"| {' | '.join(row)} |"
        if not n:
            yield "|" + " --- |" * len(row)


if __name__ == "__main__":
    print("\n".join(lines()))
