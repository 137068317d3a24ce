"""The morning report as a page and as a JSON file.

The page is put together here and not by a template engine: to load one and compile a template would cost a quiet night more
than all its other work.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

from extractors.schema import REJECT_REASONS, TABLES
from pipeline.rendering.ledger import look
from pipeline.report.data import DueLine, Report, TargetLine

PAGE, DATA = "report.html", "report.json"
_TILES = (
    ("new", "新到", ""), ("changed", "更新", ""), ("gone", "撤下", ""), ("rejected", "退件", "warn"),
    ("growing", "未写完", ""), ("due_7", "7 日内到期", "near"), ("due_30", "30 日内到期", ""),
    ("overdue", "逾期", "late"), ("not_submitted", "逾期未报", "late"), ("lost_decisions", "待找回的意见", "warn"),
)  # fmt: skip
_KINDS = {"new": "新到", "changed": "更新", "gone": "撤下", "renamed": "改名"}
_STATES = ("met", "on_track", "behind", "missed", "no_report")
_NUMBER = "n"  # class of a cell with a number

Cell = tuple[str, str]  # text, class


def html(report: Report) -> str:
    """The page: one file that needs nothing else."""
    style = files(__package__).joinpath("page.css").read_text("utf-8")
    body = "\n".join(part for part in (
        _head(report), _due(report), _targets(report), _not_submitted(report), _received(report), _changes(report),
        _proposals(report), _lost(report),
    ) if part)  # fmt: skip
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>台账晨报 {escape(report.as_of)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _element(name: str, text: str, tone: str = "") -> str:
    """An element around a text, which is escaped."""
    return f"<{name}{f' class={chr(34)}{escape(tone)}{chr(34)}' if tone else ''}>{escape(text)}</{name}>"


def _table(heads: Sequence[str], rows: Iterable[tuple[tuple[str | Cell, ...], str]]) -> str:
    """A table; each row with its class."""
    lines = ["<table><tr>" + "".join(_element("th", h) for h in heads) + "</tr>"]
    for cells, tone in rows:
        told = "".join(_element("td", c) if isinstance(c, str) else _element("td", *c) for c in cells)
        lines.append(f'<tr class="{escape(tone)}">{told}</tr>' if tone else f"<tr>{told}</tr>")
    return "\n".join([*lines, "</table>"])


def _tiles(tiles: Iterable[tuple[int, str, str]]) -> str:
    items = (
        f"<li{f' class={chr(34)}{tone}{chr(34)}' if tone and n else ''}><b>{n}</b>{word}</li>"
        for n, word, tone in tiles
    )
    return f'<ul class="tiles">{"".join(items)}</ul>'


def _more(shown: int, total: int) -> str:
    return _element("p", f"只列出前 {shown} 条,共 {total} 条。", "more") if total > shown else ""


def _head(r: Report) -> str:
    c = r.counts
    told = (
        f"第 {r.number} 次运行,{r.started.replace('T', ' ')};收件箱共 {c.get('files', 0)} 个文件,"
        f"其中 {c.get('unchanged', 0)} 个没有变化。"
    )
    boxes = (f"收件箱 {box} 里一个文件也没有,像是没有挂载;原有的材料暂时保留,请检查。" for box in r.missing_inboxes)
    warned = "".join(_element("p", note, "warn") for note in (*r.notes, *boxes))
    tiles = _tiles((c.get(key, 0), word, tone) for key, word, tone in _TILES)
    return _element("h1", f"台账晨报 {r.as_of}") + _element("p", told, "sub") + tiles + warned


def _due(r: Report) -> str:
    c = r.counts
    parts = [
        _element("h2", "到期"),
        _dues("7 日内到期", r.due_7, c.get("due_7", 0)),
        _dues("30 日内到期", r.due_30, c.get("due_30", 0) - c.get("due_7", 0)),
        _dues("已逾期,督办和材料中都未见完成", r.overdue, c.get("overdue", 0)),
    ]
    if unknown := c.get("undated"):
        told = f"另有 {unknown} 个时限没有年份或起算日,排不进日历;可在「时限」表中查看。"
        parts.append(_element("p", told, "more"))
    return "\n".join(parts)


def _dues(title: str, lines: Sequence[DueLine], total: int) -> str:
    if not lines:
        return _element("p", f"{title}:没有。", "none")
    rows = (
        (
            (
                d.day + (f"(此前最后一个工作日 {d.workday})" if d.workday else "") + (f"(原定 {d.planned})" if d.planned else ""),
                d.action + (f"【{d.follow_up}】" if d.follow_up else ""), "、".join(d.units), d.quote,
                d.source + (f" 第{d.page}页" if d.page else ""),
            ),
            d.tone,
        )
        for d in lines
    )  # fmt: skip
    told = _table(("日期", "事项", "单位", "原文", "来源"), rows)
    return _element("h3", f"{title}({total})") + told + _more(len(lines), total)


def _targets(r: Report) -> str:
    words = look()["words"]["state"]
    tiles = _tiles((r.targets.get(s, 0), words[s], s) for s in _STATES)
    changes = _moved("昨天以来的变化", r.target_changes, r.counts.get("target_changes", 0), words)
    behind = _moved("滞后和逾期未达成的", r.behind, len(r.behind), words)
    return _element("h2", "目标与完成") + tiles + changes + behind


def _moved(title: str, lines: Sequence[TargetLine], total: int, words: dict[str, str]) -> str:
    if not lines:
        return ""
    rows = (
        (
            (
                t.indicator, (t.target, _NUMBER), (t.actual, _NUMBER), (t.completion, _NUMBER),
                (words.get(t.state, t.state) + (f"(原为{words.get(t.before, t.before)})" if t.before else ""), t.state), t.source,
            ),
            "",
        )
        for t in lines
    )  # fmt: skip
    told = _table(("指标", "目标", "完成", "完成率", "进度", "来源"), rows)
    return _element("h3", f"{title}({total})") + told + _more(len(lines), total)


def _not_submitted(r: Report) -> str:
    if not r.not_submitted:
        return ""
    rows = (
        ((m["unit"], m["title"], m["due"], "逾期未报" if m["late"] else "尚未报送"), "late" if m["late"] else "")
        for m in r.not_submitted
    )
    return _element("h2", "未报送") + _table(("单位", "应报材料", "应报日期", "状态"), rows)


def _received(r: Report) -> str:
    c = r.counts
    parts = [_element("h2", "收到的材料")]
    if r.files:
        parts.append(_table(("变化", "文件"), (((_KINDS.get(f["kind"], f["kind"]), f["source"]), "") for f in r.files)))
        parts.append(_more(len(r.files), sum(c.get(kind, 0) for kind in _KINDS)))
    else:
        parts.append(_element("p", "没有新的材料。", "none"))
    if again := c.get("reread"):
        parts.append(_element("p", f"程序或词表有更新,重读了 {again} 份材料。"))
    if r.growing:
        parts.append(_element("p", f"还在写入、留到下次的:{'、'.join(r.growing)}", "warn"))
    if r.rejects:
        rows = (((x["source"], REJECT_REASONS[x["reason"]][0], x["advice"]), "") for x in r.rejects)
        parts += [
            _element("h2", "退件"),
            _table(("文件", "原因", "处理办法"), rows),
            _more(len(r.rejects), c.get("rejected", 0)),
        ]
    return "\n".join(p for p in parts if p)


def _changes(r: Report) -> str:
    counts = (
        (table, [(str(n[kind]), _NUMBER) for kind in ("added", "removed", "altered")]) for table, n in r.tables.items()
    )
    rows = (((TABLES[table].sheet, added, removed, altered), "") for table, (added, removed, altered) in counts)
    told = _element("h2", "各表的变化") + _table(("表", "新增行", "减少行", "改动行"), rows)
    if r.altered:
        examples = (
            ((TABLES[a["table"]].sheet, a["source"], a["about"], a["before"], a["after"]), "") for a in r.altered
        )
        listed = _table(("表", "文件", "内容", "原来", "现在"), examples)
        told += f"<details><summary>改动的行</summary>{listed}</details>"
    return told


def _proposals(r: Report) -> str:
    if not r.proposals:
        return ""
    rows = (
        ((p["older_source"], p["newer_source"], p["title"], (f"{p['likeness']:.0%}", _NUMBER)), "") for p in r.proposals
    )
    told = _table(("较早", "较晚", "标题", "相似"), rows)
    return (
        _element("h2", "可能是同一份材料的不同版本") + told + _element("p", "两份都在表中,由您决定哪一份作准。", "more")
    )


def _lost(r: Report) -> str:
    if not r.lost_decisions:
        return ""
    rows = (((d["path"], d["quote"], d["verdict"], d["who"]), "") for d in r.lost_decisions)
    return _element("h2", "找不到位置的审核意见和督办记录") + _table(("文件", "原文", "意见", "谁"), rows)


def write(report: Report, folder: Path) -> None:
    """Put the page and the JSON file into a folder, each whole or not at all, the JSON last."""
    data = json.dumps(report.as_dict(), ensure_ascii=False) + "\n"
    for name, text in ((PAGE, html(report)), (DATA, data)):
        draft = folder / f"{name}.draft"
        draft.write_text(text, "utf-8", newline="\n")
        draft.replace(folder / name)
