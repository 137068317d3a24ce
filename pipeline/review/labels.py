"""Words that the pages show for what the review itself defines."""

from __future__ import annotations

KIND = {
    "tasks": "任务",
    "figures": "数字",
    "deadlines": "时限",
    "units": "单位",
    "documents": "材料",
    "progress": "对照",
}
STATE = {"proposed": "未看", "accepted": "已认可", "edited": "已修改", "rejected": "已驳回", "added": "补录"}
VERDICT = {
    "accept": "认可", "edit": "修改", "reject": "驳回", "add": "补录", "comment": "批注", "undo": "撤销", "confirm": "复核",
    "link": "归入任务", "unlink": "移出任务",
}  # fmt: skip
ROLE = {"viewer": "查看", "analyst": "分析员", "reviewer": "复核员", "admin": "管理员"}
REVIEW = {"todo": "未看", "doing": "在看", "done": "已看完", "confirmed": "已复核"}
