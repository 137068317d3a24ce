"""The canonical name of a body: its longest form in the same document, never from knowledge of the world."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from extractors.language.organisation_lexicon import lexicon
from extractors.language.organisations import Organisation

_ALIAS = re.compile(r"以下(?:统一)?(?:简称|称)(?:为)?[:：]?[\"“”「『]?([\u4e00-\u9fff]{2,12})[\"“”」』]?")
_LEVEL = re.compile(r"(?:[\u4e00-\u9fff*×_]{0,6}?[省市县区州旗镇乡]|国家|全国|全[省市县区])(?=.)")
_PLACE = re.compile(r"(?:.*[县区市镇乡旗州]|[\u4e00-\u9fff]{2,4}新区)$")
_HEAD = re.compile(r"[县区市镇乡旗州]((?:人民)?政府|管委会|(?:[\u4e00-\u9fff]{1,6})(?:局|委|办))$")
_OWN = re.compile(r"[我本]([市县区省镇乡局委办校院厅]|公司|集团|单位|部门|中心)")
_WITHOUT_LEVEL = ("公司", "医院", "学院", "车间")
_DOMAIN_TAIL = re.compile(r"(?:(?:主管|管理|行政|监管)部门|(?:分|子)?公司)$")
_PARTY = re.compile(r"(?P<of>.+?)(?:党委|党工委|委)$")
_ITS_GOVERNMENT = frozenset(("政府", "人民政府"))


class Names:
    """Canonical names in one part."""

    def __init__(self, text: str, start: int, end: int, found: Iterable[Organisation], issuer: str) -> None:
        self.issuer = issuer
        self.aliases: dict[str, str] = {}
        ends = {}
        self.longer: dict[str, set[str]] = defaultdict(set)
        for o in found:
            ends[o.end] = o.name
            if o.kind != "generic":
                bold = o.name.startswith("**") and text.find("**", o.end, o.end + 60) >= 0
                self._learn(o.name[2:] if bold else o.name)
        for alias in _ALIAS.finditer(text, start, end):
            at = alias.start()
            if at > start and text[at - 1] == "(":
                at -= 1
            full = ends.get(at) or ends.get(at - 1)
            if full:
                self.aliases[alias.group(1)] = full

    def _learn(self, name: str) -> None:
        level = _LEVEL.match(name)
        if level and name[0] not in "各全我本":
            for short in {name[level.end() :], name[level.end() - 1 :]}:
                if short != name and len(short) >= 3:
                    self.longer[short].add(name)

    def group(self, members: Sequence[str]) -> list[str]:
        """Canonical names of the members of one enumeration, in order."""
        made: list[str] = []
        level = ""
        heads = [_HEAD.search(m) for m in members]
        for i, name in enumerate(members):
            full = name
            if _PLACE.match(name) and name[0] != "各":
                head = next((h for h in heads[i + 1 :] if h), None)
                if head and len(name) > 1:
                    full = name + head.group(1)
            elif i + 1 < len(members) and not _ends_like_body(name):
                tail = next((_DOMAIN_TAIL.search(m) for m in members[i + 1 :] if _DOMAIN_TAIL.search(m)), None)
                full = name + tail.group() if tail else name
            elif name in _ITS_GOVERNMENT and i and (party := _PARTY.match(members[i - 1])):
                full = party["of"] + name  # 各乡镇党委、政府
            own = _prefix(full)
            if own:
                level = own
            elif level and _takes_level(full):
                full = level + full
            made.append(self.one(full))
        return made

    def one(self, name: str) -> str:
        """The longest form of one name in the document."""
        if name in self.aliases:
            return self.aliases[name]
        own = _OWN.fullmatch(name)
        if own:
            return self.issuer if self.issuer and own.group(1)[-1] in self.issuer[-3:] else name
        longer = self.longer.get(name)
        if longer:
            longest = max(longer, key=len)
            if all(longest.endswith(other) for other in longer):
                return self.aliases.get(longest, longest) if longest == name else self.one(longest)
        return name


def _prefix(name: str) -> str:
    """The level that a name begins with and passes on to those after it: 市住建局 → 市."""
    if name[0] in "市县区省州" and len(name) > 2 and name[1] not in "直委":
        return name[0]
    return ""


def _takes_level(name: str) -> bool:
    """Whether a bare name in an enumeration shares the level of the first: 卫健委 does, 各乡镇 and 青浦镇 do not."""
    words = lexicon()
    if name[0] in "各市县区省州国中全" or words.level.search(name[:-1]) or name in words.generic:
        return False
    if not _ends_like_body(name) or name[-1] not in "局厅委办部室社联会院协站队中心队":
        return False
    return len(name) <= 16 and not name.endswith(_WITHOUT_LEVEL) and words.field_name.fullmatch(name) is not None


def _ends_like_body(name: str) -> bool:
    endings = lexicon().endings
    return any(name[-n:] in endings for n in range(1, min(len(name), 7) + 1))
