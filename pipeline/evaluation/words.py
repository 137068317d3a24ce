"""The report on a terminal."""

from __future__ import annotations

from typing import Any

from extractors.schema import TABLES as SPECS
from pipeline.evaluation.comparison import Change, Changes
from pipeline.evaluation.gold import TABLES

STAGE_NAMES = {"parts": "分篇", "headings": "标题", "quantities": "数量", "times": "时间", "organisations": "单位"}
ERROR_NAMES = {
    "missed": "漏", "spurious": "多", "link_missed": "漏连", "link_spurious": "错连", "low": "下限值", "high": "上限值",
    "unit": "计量单位", "bound": "界限", "status": "性质", "change": "增减", "indicator": "指标", "period": "所属期",
    "due_start": "开始日期", "due_end": "截止日期", "rrule": "重复规则", "duration": "期限", "kind": "时限类型",
    "action": "事项", "role": "职责", "canonical": "单位全称",
}  # fmt: skip
TABLE_NAMES = {t: SPECS[t].sheet for t in TABLES} | {"links": "归属"}


def text(report: dict[str, Any]) -> str:
    """The report of :meth:`Evaluation.as_dict` as lines."""
    lines = [f"标注 {report['files']} 份", *_tables(report), "", "各环节单独看"]
    for name, s in report["stages"].items():
        if "found" in s:
            lines.append(f"  {STAGE_NAMES[name]} 应有 {s['gold']},找到 {s['r']:.3f},其中值对 {s['value']:.3f}  {name}")
        else:
            lines.append(f"  {STAGE_NAMES[name]} P {s['p']:.3f} R {s['r']:.3f} F1 {s['f1']:.3f}  {name}")
    for key, title in (("by_kind", "按文种"), ("by_genre", "按体裁"), ("by_quality", "按质量标记")):
        if report[key]:
            lines += ["", f"{title}(数字值 F1,时限值 F1,单位职责 F1,归属 F1)"]
            lines += [_group(name, group) for name, group in report[key].items()]
    lines += ["", "错在哪里"]
    for table, kinds in report["errors"].items():
        counts = ",".join(f"{ERROR_NAMES[k]} {n}" for k, n in sorted(kinds.items(), key=lambda x: (-x[1], x[0])))
        lines.append(f"  {TABLE_NAMES[table]}:{counts}")
    lines += ["", "把握(标的把握 → 实际对的)"]
    for b in report["reliability"]:
        if b["rows"]:
            lines.append(f"  {b['low']:.2f}–{b['high']:.2f}  {b['rows']:>5} 行  {b['claimed']:.3f} → {b['share']:.3f}")
    for key, name in (("sure", "把握不低于 0.9 的"), ("candidates", "把握低于 0.5 的")):
        if rows := report[key]["rows"]:
            lines.append(f"  {name} {rows} 行,对的 {report[key]['right'] / rows:.3f}")
    return "\n".join(lines)


def _tables(report: dict[str, Any]) -> list[str]:
    lines = []
    for t in TABLES:
        d, v = report[t]["detection"], report[t]["value"]
        what = "职责" if t == "units" else "值"
        lines.append(
            f"{t:<10} 找到 P {d['p']:.3f} R {d['r']:.3f} F1 {d['f1']:.3f}  {what} F1 {v['f1']:.3f}"
            f"  (标注 {d['gold']},程序 {d['pred']})"
        )
        said = ", ".join(f"{f} {x:.3f}" for f, x in report[t]["accuracy"].items())
        lines.append(f"           配上的各项:{said}")
    n = report["links"]
    lines.append(
        f"{'links':<10} P {n['p']:.3f} R {n['r']:.3f} F1 {n['f1']:.3f}  (标注 {n['gold']},配上的行中程序 {n['pred']})"
    )
    return lines


def _group(name: str, group: dict[str, Any]) -> str:
    four = [group[t]["value"] for t in TABLES] + [group["links"]]
    shown = " ".join(f"{x['f1']:.3f}" if x["gold"] else "  –  " for x in four)
    return f"  {shown}  {name}({group['files']} 份)"


def changes(found: Changes, most: int = 40) -> str:
    """What differs between two runs, the first ``most`` of each sort."""
    lines = [""]
    for title, listed in (("变好", found.better), ("变坏", found.worse), ("错得不同", found.other)):
        lines.append(f"{title} {len(listed)} 行")
        lines += [_change(c) for c in listed[:most]]
        if len(listed) > most:
            lines.append(f"  …另有 {len(listed) - most} 行,全部见 --json 或 --page")
    return "\n".join(lines)


def _change(c: Change) -> str:
    return f"  {c.file} {TABLE_NAMES[c.table]} {c.start} {c.quote}:{told(c.before)} → {told(c.after)}"


def told(kinds: tuple[str, ...]) -> str:
    """What is wrong with a row in Chinese: ``missed`` → 漏, ``status:actual`` → 性质 actual."""
    if not kinds:
        return "对"
    return ",".join(" ".join((ERROR_NAMES[k.split(":", 1)[0]], *k.split(":", 1)[1:])) for k in kinds)
