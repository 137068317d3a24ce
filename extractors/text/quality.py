"""Quality flags: what a text has lost or gained on its way to us. Conservative: a flag is a claim about the document."""

from __future__ import annotations

import itertools
import re

from extractors.document import Segment
from extractors.lexicon import words
from extractors.text.headings import number_at, numeral

_PLACES = "市县区镇乡村局省校厂州街"
_REDACTED = re.compile(
    rf"[*_×Xx〔\[](?:(?<=\*)\*{{0,3}}(?=[{_PLACES}年月])|(?<![A-Za-z0-9_]_)(?<=_)_{{0,2}}(?=[{_PLACES}年月])|(?<![A-Za-z0-9][Xx])(?<=[Xx])[Xx]{{1,3}}(?=[{_PLACES}年])|(?<=×)×+|(?<=〔)〕|(?<=\[)\](?=\d))"
)
# A share without its sign: 率 or 占比 with a bare number, tens that share out a whole, products of points and bare weights.
_SHARE = re.compile(
    r"[率例重比](?:(?<=率)|(?<=比例)|(?<=比重)|(?<=占比))(?<!效率)(?<!频率)(?:达到?|为|提高到|提升到|保持在|稳定在|控制在)[了]?"
    r"(?!0[,，。;；])\d{1,3}(?:\.\d+)?(?=[,，。;；、]|以上|以内)"
)
_SHARE_ALONE = re.compile(  # 上线率100。 占23.2; 年均增长21左右
    r"[率占长降比](?:(?<=率)(?<!效率)(?<!频率)|(?<=占)|(?<=增长)|(?<=下降)|(?<=占比))\d{1,3}(?:\.\d{1,2})?(?=[,，。;；、]|左右)"
)
_MANY = 3
_TENS = re.compile(r"0(?<=[1-9]0)(?=(?:的)?(?:问题|资金|时间|精力|任务|力量|工作|人员)[用由在通])")
_WEIGHT = re.compile(r"得分\d{1,3}[%％]?[+＋]")
_OPEN_DATE = re.compile(r"年月日(?<![\d〇○零一二三四五六七八九十XxX_*×]年月日)")
_MOJIBAKE_HEADS = "\ufffd锟烫ÃÂïâ"
_MOJIBAKE = re.compile(r"\ufffd|锟斤拷|烫烫烫|Ã[\x80-\xbf]|Â[\x80-\xbf]|ï¿½|â€")
_NUMBERLESS = words("text_quality", "numberless")
_BEFORE_SIGN = "".join(sorted({re.split("[%亿万]", w)[0][-1] for w in _NUMBERLESS}))
_BARE_SIGN = re.compile(f"[%亿万](?<=[{_BEFORE_SIGN}].)")
_STEP = re.compile(r"([一二三四五六七八九])是")
_SENTENCE_END = "。！？!?；;：:)）”》】…"


def flags_of(text: str, start: int, end: int, segments: list[Segment]) -> set[str]:
    """Flags of a part (clean offsets): redacted, percent_lost, numerals_lost, mojibake, truncated, scrambled."""
    body = text[start:end]
    found: set[str] = set()
    if any(c in body for c in "*_×〔[Xx") and _REDACTED.search(body):
        found.add("redacted")
    if _percent_lost(body):
        found.add("percent_lost")
    if _numberless(body) >= 2:
        found.add("numerals_lost")
    if any(c in body for c in _MOJIBAKE_HEADS) and _MOJIBAKE.search(body):
        found.add("mojibake")
    if _truncated(text, segments):
        found.add("truncated")
    if _scrambled(text, segments):
        found.add("scrambled")
    return found


def _numberless(body: str) -> int:
    """How many places a part has where a number must have stood."""
    open_dates = len(_OPEN_DATE.findall(body))
    # One look for what all these words end in saves a pass for each of them.
    return open_dates + (sum(map(body.count, _NUMBERLESS)) if _BARE_SIGN.search(body) else 0)


def _percent_lost(body: str) -> bool:
    bare = sum(1 for _ in _SHARE.finditer(body))
    alone = sum(1 for _ in _SHARE_ALONE.finditer(body))
    if alone >= _MANY or "%" not in body:
        bare += alone
    bare += sum(1 for _ in _TENS.finditer(body))
    return bare >= 2 or bool(_WEIGHT.search(body)) or (bare == 1 and "%" not in body and "百分之" not in body)


def _truncated(text: str, segments: list[Segment]) -> bool:
    """The text stops in mid-sentence, or its last heading has nothing under it."""
    held = [s for s in segments if s.kind not in ("meta", "title")]
    if not held or held[-1] is not segments[-1]:
        return False
    last = held[-1]
    if last.kind == "heading":
        return len(held) > 2 and any(s.kind in ("paragraph", "item") for s in held)
    if last.kind != "paragraph" or last.end - last.start < 20:
        return False
    return text[last.end - 1] not in _SENTENCE_END + ".、%" or text[last.end - 1] in "、,"


def _scrambled(text: str, segments: list[Segment]) -> bool:
    """List numbers in an order that no writer gives them: 二是 before 一是, 三、 before 二、, more than once."""
    faults = 0
    last: dict[tuple[str, tuple[str, ...]], int] = {}
    for s in segments:
        if s.level:
            n = number_at(text, s.start, s.end)
            if n is not None and n.style in ("han", "paren_han"):
                key = (n.style, s.path)
                faults += n.value > 1 and n.value < last.get(key, 0)
                last[key] = n.value
        steps = (
            [numeral(c) for c in _STEP.findall(text, s.start, s.end)] if text.find("二是", s.start, s.end) >= 0 else []
        )
        if len(steps) > 1:
            faults += steps[0] == 2 and 1 in steps[1:]
            faults += any(1 < b < a for a, b in itertools.pairwise(steps))
    return faults >= 2
