"""Tables of any heads over any cells: what holds a measured number, a time limit or a unit is in a row or counted as unread."""

from __future__ import annotations

from random import Random

import pytest

import extractors
from extractors.language import organisations, quantities, times
from tests import worktablerenders as renders

HEADS = (
    "序号", "工作任务", "目标要求", "牵头单位", "责任单位", "配合单位", "完成时限", "开工时间", "责任人", "备注", "进展情况", "总投资(万元)", "2024年实际",
    "2025年计划", "类别", "单位", "数量(个)", "3月", "一季度目标", "联系电话", "验收单位", "存在问题", "说明", "整改措施", "分值",
)  # fmt: skip
CELLS = (
    "改造老旧小区12个", "县水利局", "6月底前", "长期坚持", "3680", "15.6%", "约30", "4+2", "12.x", "县住建局、城管局", "王志远", "—", "", "√", "每季度末",
    "2025-06-30", "新增就业4500人以上", "投资3.2亿元", "按计划推进", "牵头单位:县发改局;完成时限:9月底前", "1", "待定", "≥98", "300-400", "汛期前",
    "县财政局 张立新", "第3批", "PM2.5", "已完成80%", "10月20日前完成2座", "各镇(街道)", "120万元", "5个工作日内", "13800001111", "十二个",
)  # fmt: skip
UNITS = {"牵头单位", "责任单位", "配合单位", "验收单位"}
LIMITS = {"完成时限"}
NUMBERS = {"总投资(万元)", "数量(个)"}


def says(head: str, text: str) -> bool:
    """Whether a cell under a head says something that must not be lost."""
    if head in {"序号", "联系电话"}:
        return False
    return (
        any(q.measure for q in quantities.find(text))
        or (head in NUMBERS and any(c.isdigit() for c in text))
        or (head in LIMITS and bool(times.find(text, None)))
        or (head in UNITS and organisations.whole(text, 0, len(text)) is not None)
    )


@pytest.mark.parametrize("seed", range(60))
def test_nothing_is_dropped_silently(seed: int) -> None:
    random = Random(seed)
    heads = random.sample(HEADS, random.randrange(3, 8))
    rows = [heads, *([random.choice(CELLS) for _ in heads] for _ in range(random.randrange(2, 7)))]
    source = extractors.read(renders.as_html({"above": ["2025年重点工作任务表"], "rows": rows}), "a.html")
    found = extractors.extract(source)
    spans = [(m.start, m.end) for table in ("figures", "deadlines", "units") for m in found.rows[table]]
    counted = dict(pair.split("=") for pair in found.documents[0].warnings.split())
    lost = [
        (heads[c.column - 1], source.text[c.start : c.end])
        for c in source.tables[0].cells
        if c.row > 1
        and says(heads[c.column - 1], source.text[c.start : c.end])
        and not any(a < c.end and c.start < b for a, b in spans)
    ]
    assert len(lost) <= int(counted.get("cells_unread", 0)), lost
