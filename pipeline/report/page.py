"""The morning report as a page and as a JSON file."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from extractors.schema import REJECT_REASONS, TABLES
from pipeline.rendering.ledger import look
from pipeline.report.data import Report

PAGE, DATA = "report.html", "report.json"
_TILES = (
    ("new", "新到", ""), ("changed", "更新", ""), ("gone", "撤下", ""), ("rejected", "退件", "warn"),
    ("growing", "未写完", ""), ("due_7", "7 日内到期", "near"), ("due_30", "30 日内到期", ""),
    ("overdue", "逾期", "late"), ("not_submitted", "逾期未报", "late"), ("lost_decisions", "待找回的意见", "warn"),
)  # fmt: skip
_KINDS = {"new": "新到", "changed": "更新", "gone": "撤下", "renamed": "改名"}
_STATES = ("met", "on_track", "behind", "missed", "no_report")


def html(report: Report) -> str:
    """The page: one file that needs nothing else."""
    import jinja2  # noqa: PLC0415

    environment = jinja2.Environment(autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(files(__package__).joinpath("page.html.j2").read_text("utf-8"))
    words = look()["words"]["state"]
    return template.render(
        r=report, c=report.counts, tiles=_TILES, kinds=_KINDS, words=words, reasons=REJECT_REASONS,
        states=[(s, words[s]) for s in _STATES], sheets={name: spec.sheet for name, spec in TABLES.items()},
    )  # fmt: skip


def write(report: Report, folder: Path) -> None:
    """Put the page and the JSON file into a folder, each whole or not at all, the JSON last."""
    data = json.dumps(report.as_dict(), ensure_ascii=False, indent=1) + "\n"
    for name, text in ((PAGE, html(report)), (DATA, data)):
        draft = folder / f"{name}.draft"
        draft.write_text(text, "utf-8", newline="\n")
        draft.replace(folder / name)
