"""Whether a text shows damage of decoding: characters that no office types."""

from __future__ import annotations

import re
from functools import cache

from extractors.lexicon import settings

# U+FFFD, noncharacters and controls; form feed and vertical tab are typed by word processors. Each pattern begins
# with one character class or a literal, not repeated: the engine skips to it, an alternation or repeat is five times slower.
SPOILT = re.compile(r"[\ufffd\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
LATIN = re.compile(r"[\xa1-\xbf\xd0-\xff][\xa1-\xbf\xd0-\xff]{3}")  # GBK bytes read as Latin-1
LATIN_UTF8 = re.compile(r"[\xe4-\xe9][\xa0-\xbf]{2}")  # UTF-8 bytes read as Latin-1
# What SPOILT, LATIN, LATIN_UTF8 and PRIVATE need at least; one search for it spares most texts all four.
SUSPECT = re.compile(
    r"[\ufffd\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff\xa1-\xb6\xb8-\xbf\xd0-\xd6\xd8-\xff\ue000-\uf8ff\U000f0000-\U0010ffff]"
)
_SIGN_PAIRS = ("\xb7\xb7", "\xb7\xd7", "\xd7\xb7", "\xd7\xd7")  # · and × alone are typed by everybody
GLYPH = re.compile(r"\(cid:\d{1,6}\)")  # a PDF font without a map to characters
PRIVATE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]")
PRIVATE_SHARE = 0.01  # single private-use characters are bullets of symbol fonts; more is a broken font map
MISREAD_SHARE = 0.1


@cache
def _misread() -> re.Pattern[str]:
    spoilt = f"[{settings('charset')['utf8_as_gbk']}]"
    return re.compile(f"{spoilt}{spoilt}*")


def is_mojibake(text: str) -> bool:
    """True if ``text`` holds traces of wrong or broken decoding anywhere."""
    suspect = SUSPECT.search(text) is not None or any(pair in text for pair in _SIGN_PAIRS)
    if (suspect and SPOILT.search(text)) or GLYPH.search(text):
        return True
    if text.isascii():
        return False
    if any(broken in text for broken in settings("charset")["broken_sequences"]):
        return True
    if suspect and (
        LATIN.search(text) or LATIN_UTF8.search(text) or len(PRIVATE.findall(text)) > PRIVATE_SHARE * len(text)
    ):
        return True
    return sum(map(len, _misread().findall(text))) > MISREAD_SHARE * len(text)
