"""Damage that documents suffer on their way: seeded, so that a failure can be had again."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

NOISE = (
    "　", " ", "\n", "\r\n", "\t", "\u200b", "\ufeff", "\0", "\ufffd", "𬭚", "👷", "**", "_", "(", "（(", ")", "〔", "、", "，", "。", "；", ":",
    "1", "２", "三", "万", "亿", "%", "％", "0" * 40, "十" * 40, "年", "月", "日", "底", "前", "每", "至", "-", "—", "创(chuàng)", "環(huán)",
    "第2篇", "一、", "（一）", "责任单位:", "牵头", "配合", "要", "应", "已", "不低于", "约", "几", "多", "余", "同比", "2月30日", "13月", "9999年",
)  # fmt: skip


def _slice(text: str, random: Random, most: int = 40) -> tuple[int, int]:
    start = random.randrange(len(text) + 1)
    return start, min(len(text), start + random.randrange(1, most))


def cut(text: str, random: Random) -> str:
    """Lose some characters."""
    start, end = _slice(text, random)
    return text[:start] + text[end:]


def insert(text: str, random: Random) -> str:
    """Gain some noise."""
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(NOISE) * random.randrange(1, 4) + text[at:]


def break_lines(text: str, random: Random) -> str:
    """Break lines in mid-sentence, every so many characters."""
    width = random.randrange(5, 60)
    return "\n".join(text[i : i + width] for i in range(0, len(text), width))


def join_lines(text: str, random: Random) -> str:
    """Lose all line breaks."""
    return text.replace("\n", random.choice(("", " ", "　")))


def shuffle(text: str, random: Random) -> str:
    """Swap paragraphs."""
    lines = text.split("\n")
    random.shuffle(lines)
    return "\n".join(lines)


def double(text: str, random: Random) -> str:
    """Repeat a stretch."""
    start, end = _slice(text, random, 2000)
    return text[:end] + text[start:end] + text[end:]


def redact(text: str, random: Random) -> str:
    """Blot out one character everywhere."""
    return text.replace(random.choice(text), random.choice(("*", "_", "×", ""))) if text else text


def truncate(text: str, random: Random) -> str:
    """Lose the end."""
    return text[: random.randrange(len(text) + 1)]


def widen(text: str, random: Random) -> str:
    """Write a stretch in full-width forms."""
    start, end = _slice(text, random, 400)
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text[start:end])
    return text[:start] + wide + text[end:]


KINDS: tuple[Callable[[str, Random], str], ...] = (
    cut, insert, break_lines, join_lines, shuffle, double, redact, truncate, widen,
)  # fmt: skip


def mutate(text: str, random: Random, steps: int) -> str:
    """A text after so many random kinds of damage, at most four times as long."""
    limit = 4 * len(text) + 100
    for _ in range(steps):
        text = random.choice(KINDS)(text, random)[:limit]
    return text


def damage(data: bytes, random: Random) -> bytes:
    """A file with some bytes changed, lost, gained or its end cut off."""
    damaged = bytearray(data)
    for _ in range(random.randrange(1, 8)):
        at = random.randrange(len(damaged) + 1)
        match random.randrange(4):
            case 0:
                damaged[at : at + 1] = random.randbytes(1)
            case 1:
                del damaged[at : at + random.randrange(1, 200)]
            case 2:
                damaged[at:at] = random.randbytes(random.randrange(1, 200))
            case _:
                del damaged[max(at, len(damaged) // 2) :]
    return bytes(damaged)
