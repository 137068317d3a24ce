"""Bytes → text, without guessing where the bytes themselves tell.

The ladder: byte order mark, strict UTF-8, UTF-16 without a mark, then GB18030 against Big5 by how much of the text
consists of frequent Chinese characters. charset-normalizer speaks only where no rung holds. Damaged files (cut in the
middle of a character, some bytes spoilt) keep the charset that fits the rest; what could not be decoded is U+FFFD.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import cache

from extractors.errors import Rejected
from extractors.lexicon import settings

SAMPLE = 4096  # bytes looked at to choose; more does not change the choice
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# What else may stand in an office's inbox; UTF-16 is not among them, since any junk decodes as it.
OTHERS = ("cp1252", "cp1251", "shift_jis", "euc_jp", "euc_kr", "gb18030", "cp950")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd\ufdd0-\ufdef\ufffe\uffff]")
JUNK = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
SPOILT = re.compile(r"\ufffd+")
BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
PLAUSIBLE = 0.30  # share of frequent characters below which a text of a legacy charset is not believed
SURE = 0.6  # a share that only the right charset reaches: the rungs below are not tried


@cache
def _frequent() -> frozenset[str]:
    lexicon = settings("charset")
    return frozenset("".join((lexicon["simplified"], lexicon["traditional"], lexicon["domain"])).replace("\n", ""))


def plausibility(text: str) -> float:
    """How much a decoded sample looks like Chinese or plain text: 1 is sure, 0 or less is noise.

    Frequent characters, ASCII and Chinese punctuation speak for it; controls, private use, unassigned characters and
    scripts that no office here writes speak against it.
    """
    if not text:
        return 0.0
    frequent, good, bad, wide = _frequent(), 0, 0, 0
    for char in text:
        if char in "\t\n\r\f" or " " <= char <= "~":
            continue
        wide += 1
        if (
            char in frequent
            or "\u3000" <= char <= "\u3020"
            or char in "，：；！？（）％“”‘’—…～·．、"
            or "０" <= char <= "９"
        ):
            good += 1
        elif not "\u4e00" <= char <= "\u9fff":
            bad += 1 + 2 * (CONTROLS.match(char) is not None or unicodedata.category(char) in {"Co", "Cn", "Cs"})
    if not wide:
        return 1.0 - 3 * len(CONTROLS.findall(text)) / len(text)
    return (good - bad) / wide


def _sample(data: bytes, encoding: str) -> tuple[str, int]:
    """A decoded sample without its spoilt places, and their number, a character cut at its end not counted.

    It begins where the bytes stop being ASCII, since what comes before is the same in every charset but UTF-16.
    """
    beyond = BEYOND_ASCII.search(data)
    start = beyond.start() if beyond and not encoding.startswith("utf-16") else 0
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    text = decoder.decode(data[start : start + SAMPLE], final=len(data) <= start + SAMPLE)
    return SPOILT.sub("", text), len(SPOILT.findall(text.removesuffix("\ufffd")))


def fit(data: bytes, encoding: str) -> float:
    """Plausibility of ``data`` under a codec. A spoilt place weighs as five characters: the right charset of a damaged
    file still wins, a wrong one does not."""
    text, spoilt = _sample(data, encoding)
    return plausibility(text) - 5 * spoilt / max(len(text), 1)


def _utf8_almost(data: bytes) -> bool:
    """Whether it is UTF-8 with few spoilt places: strict decoding has failed, but the rest is of many-byte sequences."""
    text = data.decode("utf-8", "replace")
    wide = sum(len(run) for run in re.findall(r"[\u0080-\ufffc]+", text))
    return wide > 8 * text.count("\ufffd")


def detect(data: bytes) -> str:
    """The Python codec for ``data``, byte order mark ignored here. Raises Rejected("unknown_type") for binary junk."""
    try:
        data.decode("utf-8")
        if b"\0" not in data:
            return "utf-8"
    except UnicodeDecodeError:
        if _utf8_almost(data):
            return "utf-8"
    # NUL bytes come only with UTF-16, but their parity says little: U+3000 has its zero on the other side.
    candidates = ["gb18030", "big5hkscs", "cp950", "utf-16-le", "utf-16-be"]
    if b"\0" in data[:SAMPLE]:
        candidates = ["utf-16-le", "utf-16-be"]
    best, best_score = "", PLAUSIBLE
    for encoding in candidates:
        if encoding.startswith("utf-16") and len(data) % 2:
            continue
        score = fit(data, encoding)
        if score > best_score:
            best, best_score = encoding, score
            if score > SURE:
                break
    return best or _by_statistics(data)


def _by_statistics(data: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415  only for the rare input that no rung fits

    if b"\0" in data[:SAMPLE]:
        raise Rejected("unknown_type", "neither text nor a known file format")
    match = from_bytes(data[:SAMPLE], cp_isolation=list(OTHERS)).best()
    text = str(match) if match else ""
    letters = sum(char.isalnum() or char.isspace() or unicodedata.category(char)[0] == "P" for char in text)
    if match is None or letters < 0.9 * len(text) or CONTROLS.search(text):
        raise Rejected("unknown_type", "neither text nor a known file format")
    return match.encoding


def decode(data: bytes) -> tuple[str, str]:
    """Text of ``data`` without its byte order mark, and the codec that gave it; line ends stay as they are.

    Raises Rejected("unknown_type") for what is no text.
    """
    marked = next((mark for mark in MARKS if data.startswith(mark[0])), None)
    encoding = marked[1] if marked else detect(data)
    text = (data[len(marked[0]) :] if marked else data).decode(encoding, "replace")
    if len(JUNK.findall(text[:SAMPLE])) > 0.1 * min(len(text), SAMPLE):
        raise Rejected("unknown_type", "neither text nor a known file format")
    return text, encoding
