"""Quality flags: what a text has lost or gained on its way to us. Conservative: a flag is a claim about the document."""

from __future__ import annotations

import re

_REDACTED = re.compile(r"[*＊]{1,4}(?=[市县区镇乡村局年月校省厂州])|(?<![A-Za-z0-9_])_{1,3}(?=[年月市县区镇乡村局省校])|[×Xx]{2,4}(?=[市县区镇乡村局年省校])|[×]{2,}")
_PERCENT_LOST = re.compile(r"(?<=[\u4e00-\u9fff])[1-9]0(?:问题|资金|时间|精力)用|得分\d{1,3}%?[+＋]|(?:率|比例|占比|比重)(?:达到?|为|提高到|保持在|稳定在)[了]?\d{1,3}(?:\.\d+)?(?=[,，。;；、]|以上)")
_NUMERALS_LOST = re.compile(r"[〔\[(]〕|〔〕|[\[]\]号|(?<![\d〇一二三四五六七八九十元X_*×])年月日|增长%|(?<=[\u4e00-\u9fff])(?:达到|完成|投入|总投资)[万亿]元|做好年|[〔(]\)?〕\d+号")


def flags_of(text: str, start: int, end: int) -> set[str]:
    """Flags of a part (clean offsets)."""
    found: set[str] = set()
    if _REDACTED.search(text, start, end):
        found.add("redacted")
    if _PERCENT_LOST.search(text, start, end):
        found.add("percent_lost")
    if _NUMERALS_LOST.search(text, start, end):
        found.add("numerals_lost")
    if "\ufffd" in text[start:end]:
        found.add("mojibake")
    return found
