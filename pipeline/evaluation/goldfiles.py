"""The reviewed documents of a store into a folder of gold."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from sqlalchemy import Connection

from pipeline.errors import UsageError
from pipeline.evaluation.gold import TABLES
from pipeline.evaluation.reviewed import Agreement, agreements, gold_of, unreviewed
from pipeline.inputs import printable
from pipeline.store.dossier import dossiers
from pipeline.store.inputs import current
from pipeline.store.outcomes import chunks

_LONGEST = 60  # characters of a file's name in that of its gold


@dataclass(slots=True)
class Written:
    """How many documents and rows were written, how many rows are still to be looked at by document, and who agrees."""

    documents: int = 0
    rows: int = 0
    waiting: dict[str, int] = field(default_factory=dict)
    agreements: list[Agreement] = field(default_factory=list)


def write(connection: Connection, folder: Path) -> Written:
    """Write the gold of every document whose rows have all been looked at. The folder comes whole or not at all. Raises
    UsageError where it is there and not empty, OSError."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"标注的输出文件夹 {folder} 不是空的,请换一个")
    draft = folder.with_name(folder.name + ".partial")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True)
    except OSError as error:
        raise UsageError(f"不能在 {folder.parent} 写入:{error.strerror};请换一个位置") from error
    found = Written()
    for some in chunks(sorted({k.version for k in current(connection)}), 20):
        for one in dossiers(connection, some):
            found.agreements += agreements(one)
            if left := unreviewed(one):
                found.waiting[one.source] = left
                continue
            content = gold_of(one)
            stem = printable(PurePosixPath(one.source).stem).replace("/", "_")[:_LONGEST]
            text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
            (draft / f"{stem}-{one.doc_id[:8]}.json").write_text(text, "utf-8", newline="\n")
            found.documents += 1
            found.rows += sum(len(content[t]) for t in TABLES)
    if folder.exists():
        folder.rmdir()
    draft.rename(folder)
    found.agreements.sort(key=lambda a: (a.source, a.one, a.other))
    return found
