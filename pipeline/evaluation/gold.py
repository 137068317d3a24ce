"""Gold annotations: one JSON file a stretch of a source, as the corpora's README describes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError

TABLES = ("figures", "deadlines", "units")
_SAMPLES = Path("..", "..", "samples")  # where the sources of corpora/gold/samples lie
_MANIFEST = Path("..", "..", "manifest.json")


@dataclass(frozen=True, slots=True)
class Item:
    """One annotated row: half-open source span, its fields by gold's names (alternatives parted by ``|``)."""

    quote: str
    start: int
    end: int
    fields: dict[str, str]
    task: str
    optional: bool


@dataclass(frozen=True, slots=True)
class GoldFile:
    """One gold file. ``parts`` and ``headings`` are source spans, None where the annotator did not mark any;
    ``genre`` is what the corpus calls the document (政府工作报告), empty if it does not say."""

    name: str
    source: str
    low: int
    high: int
    anchor_year: int | None
    items: dict[str, list[Item]]
    parts: list[tuple[int, int]] | None = None
    headings: list[tuple[int, int]] | None = None
    genre: str = ""


@dataclass(slots=True)
class Gold:
    """All gold files of a folder, by name."""

    folder: Path
    files: list[GoldFile] = field(default_factory=list)


def read(folder: Path, only: str = "") -> Gold:
    """The gold of a folder; ``only`` keeps files whose name holds it. Raises UsageError where there is none or one is
    not as described."""
    if not folder.is_dir():
        raise UsageError(f"找不到标注文件夹 {folder},请检查路径")
    genres = _genres(folder)
    gold = Gold(folder)
    for path in sorted(folder.glob("*.json")):
        if only in path.stem:
            gold.files.append(_file(path, genres.get(path.name, "")))
    if not gold.files:
        raise UsageError(f"{folder} 里没有标注文件(*.json)")
    return gold


def _file(path: Path, genre: str) -> GoldFile:
    try:
        content = json.loads(path.read_text("utf-8"))
        low, high = content["range"]
        return GoldFile(
            path.stem, content["source"], int(low), int(high), content.get("anchor_year"),
            {table: [_item(i) for i in content.get(table, [])] for table in TABLES},
            _spans(content.get("parts")), _spans(content.get("headings")), genre,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} 不是标注文件:{type(error).__name__} {error}") from error


def _item(content: dict[str, Any]) -> Item:
    fields = {name: str(value or "") for name, value in content.items() if name not in ("start", "end", "optional")}
    return Item(
        fields.get("quote", ""), int(content["start"]), int(content["end"]), fields, fields.get("task", ""),
        bool(content.get("optional")),
    )  # fmt: skip


def _spans(listed: list[dict[str, Any]] | None) -> list[tuple[int, int]] | None:
    return None if listed is None else [(int(x["start"]), int(x["end"])) for x in listed]


def _genres(folder: Path) -> dict[str, str]:
    """What the corpus' manifest calls each gold file of the folder."""
    manifest = folder / _MANIFEST
    try:
        documents = json.loads(manifest.read_text("utf-8"))["documents"]
        return {
            Path(d["gold"]).name: d["kind"] for d in documents if Path(d["gold"]).parent.name == folder.resolve().name
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def sources(gold: Gold, folders: Sequence[Path] = ()) -> list[Path]:
    """The source files of a folder of gold: in ``folders`` and below, beside the gold, or among the corpus' samples.

    Raises UsageError for one that lies in none of them, or in several folders with different content.
    """
    wanted = sorted({f.source for f in gold.files})
    below: dict[str, list[Path]] = {}
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"找不到来源文件夹 {folder},请检查路径")
        for path in sorted(folder.rglob("*")):
            below.setdefault(path.name, []).append(path)
    found = []
    for name in wanted:
        places = below.get(name) or [p for p in (gold.folder / name, gold.folder / _SAMPLES / name) if p.is_file()]
        if not places:
            raise UsageError(f"找不到标注所指的文件 {name};它应在标注旁边,或用 --sources 指明文件夹")
        if len({p.read_bytes() for p in places}) > 1:
            raise UsageError(f"有几个内容不同的 {name}:{'、'.join(map(str, places))};请只指明一个文件夹")
        found.append(places[0])
    return found
