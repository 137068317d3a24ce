"""The vocabulary of names of organisations, compiled."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from extractors.lexicon import settings, words
from extractors.lexicon.scanning import scanner

_NAME_CHARACTER = r"\u3400-\u9fffA-Za-z*×○〇_·"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Endings by category, and the expressions made from the word lists; ``scan`` and ``cut`` are scanners."""

    scan: re.Pattern[str]
    last_mark: re.Pattern[str]
    cut: re.Pattern[str]
    level: re.Pattern[str]
    name_bracket: re.Pattern[str]
    inner_each: re.Pattern[str]
    gloss: re.Pattern[str]
    place_inside: re.Pattern[str]
    direct: re.Pattern[str]
    several: re.Pattern[str]
    field_name: re.Pattern[str]
    fields: frozenset[str]
    endings: dict[str, str]
    never: frozenset[str]
    although: frozenset[str]
    domains: frozenset[str]
    generic: frozenset[str]
    deep: frozenset[str]
    levels: frozenset[str]
    specific_each: frozenset[str]
    facilities: tuple[str, ...]
    guessed: frozenset[str]
    partings: tuple[str, ...]
    crews: frozenset[str]
    hosts: frozenset[str]
    joining: frozenset[str]
    suffixed: frozenset[str]
    inner_bureaus: frozenset[str]
    national: tuple[str, ...]


def alternation(listed: Iterable[str], after: dict[str, str] | None = None) -> str:
    """A regular expression for any of the words, longest first, as a tree by first characters.

    Each branch begins with another literal, so that the search skips fast and never tries two of them. ``after`` maps
    a word to an expression that must follow it.
    """
    pairs = [(word, (after or {}).get(word, "")) for word in listed]
    return "(?:" + "|".join(_branches(pairs)) + ")"


def _branches(pairs: list[tuple[str, str]]) -> list[str]:
    tree: dict[str, list[tuple[str, str]]] = {}
    ends: list[str] = []
    for word, tail in pairs:
        if word:
            tree.setdefault(word[0], []).append((word[1:], tail))
        else:
            ends.append(tail)
    made = []
    for first, rests in tree.items():
        inner = _branches(rests)
        made.append(re.escape(first) + (inner[0] if len(inner) == 1 else "(?:" + "|".join(inner) + ")"))
    return made + ends


def _scan(each: str, endings: Iterable[str], guards: dict[str, str]) -> re.Pattern[str]:
    """The places where an ending or a body with 各 stands."""
    by_first: dict[str, list[str]] = {}
    for word in endings:
        by_first.setdefault(word[0], []).append(word)
    trees = {"各": (each, "")}
    for first, listed in by_first.items():
        second = "" if first in listed else "".join(sorted({w[1] for w in listed}))
        trees[first] = _branches([(w, guards.get(w, "")) for w in listed])[0], second
    return scanner(trees)


_HAN = "[\u4e00-\u9fff]"
_NO_KIND = frozenset(("机关", "网格", "单元", "区县", "县区", "地区"))
_ENDED = frozenset("局办委部处科室构组队所站院校厂心府")  # 党政办+和+水务局, but 农业和水务局
_LEVELS_BEGIN = "市县区省各我本"
_DATED = {
    "年": "(?<=[0-9]年)(?!级)",
    "月": "(?<=[0-9一二三四五六七八九十]月)",
    "日": "(?<=[0-9]日)",
    "前": "(?<=[底末初日月旬年]前)",
}


def _cut(name: str) -> re.Pattern[str]:
    """The words that end where a name begins."""
    stop_words = words(name, "before")
    barred = words(name, "not_before")
    behind: dict[str, str] = settings(name)["not_behind"]
    trees: dict[str, list[str]] = {}
    second: dict[str, str] = {}  # what may come second, empty for anything
    for first in sorted({w[0] for w in stop_words}):
        # What bars a word is told behind its first character.
        bars = [(w[1:], "") for w in barred if w[0] == first]
        rests = _branches([(w[1:], "") for w in stop_words if w[0] == first and w not in behind])
        rests += [f"(?<![{behind[w]}]{first}){w[1:]}" for w in stop_words if w[0] == first and w in behind]
        bar = f"(?!{'|'.join(_branches(bars))})" if bars else ""
        trees[first] = [f"{first}{bar}(?:{'|'.join(rests)})"]
        second[first] = "" if first in stop_words else "".join({w[1] for w in stop_words if w[0] == first})
    ended = "".join(sorted({w[-1] for category in ("whole", "head", "weak") for w in words(name, category)} & _ENDED))
    trees.setdefault("和", []).append(f"和(?:(?!{alternation(words(name, 'after_and'))})|(?<=[{ended}]和))")
    second["和"] = ""
    for c in "家个户座所名":
        trees.setdefault(c, []).append(rf"{c}(?<=[0-9一二三四五六七八九十两几余多]{c})")
        second[c] = ""
    for c in "年月日旬周底初末度内后前起时":
        dated = f"|{_DATED[c]}" if c in _DATED else ""
        trees.setdefault(c, []).append(f"{c}(?:(?=[{_LEVELS_BEGIN}]){dated})")
        second[c] = "" if dated or (c in second and not second[c]) else second.get(c, "") + _LEVELS_BEGIN
    return scanner({c: ("|".join(listed), second[c]) for c, listed in trees.items()})


@cache
def lexicon() -> Lexicon:
    """The compiled vocabulary of ``organisations.toml``."""
    name = "organisations"
    follow: dict[str, str] = settings(name)["cannot_follow"]
    endings: dict[str, str] = {}
    for category in ("place", "weak", "head", "whole"):
        endings.update(dict.fromkeys(words(name, category), category))
    schools = settings(name)["numbered_schools"]
    numbered = [f"{a}{b}{schools['ending']}" for a in schools["levels"] for b in schools["numbers"]]
    endings.update(dict.fromkeys(numbered, "whole"))
    follow = {**dict.fromkeys(numbered, schools["not_before"]), **follow}
    guards = {w: f"(?![{chars}])" for w, chars in follow.items()}
    # 处于 and 站在 are words, but 招生处于年底前公布 and 种子站在2月前检查 are not.
    timed = "(?![0-9年月每今明次本上下学季周汛寒暑春夏秋冬])"
    for w, chars in follow.items():
        if "组" in chars:  # 中心组 is a group, but a 中心 may 组织
            rest = chars.replace("组", "")
            guards[w] = f"(?![{rest}])(?!组(?!织))" if rest else "(?!组(?!织))"
        open_ends = "".join(c for c in chars if c in "于在")
        if open_ends:
            guards[w] = f"(?![{''.join(c for c in chars if c not in open_ends)}])(?![{open_ends}]{timed})"
    heads = alternation(words(name, "each"), guards)
    # 各承包单位, 各用能企业: bodies of any kind.
    many = alternation(w for w in words(name, "each") if len(w) > 1 and w not in _NO_KIND)
    any_kind = (
        rf"(?![地级方县市区镇乡村街院校室部处科组站所厂队班社局委办])(?:(?![的和与及对类种项个各直]){_HAN}){{2,4}}?(?=单位|部门|企业|机构)"
        rf"|{_HAN}(?<![地级方县市区镇乡村街院校室部处科组站所厂队班社局委办的和与及对类种项个各直])(?:(?![的和与及对类种项个各直]){_HAN})(?={many})"
    )
    modifiers = rf"(?:[0-9]?A{{1,5}}级(?:以上)?|{alternation(words(name, 'each_modifiers'))}|{any_kind})"
    gloss = r"\((?:市|州|盟|县|区|街道|镇|乡|村|街|中心|园区|开发区|社区|居|场|分|子|部门|单位|农场|林场|管委会|办事处|度假区|[、,/])+\)"
    # 各县(市)、区政府, 各省、自治区、直辖市: one body for all of them, where no body of its own begins behind the 、.
    paired = (
        r"各(?:有关|相关)?(?:(?:县(?:\(市\)|市)?|市(?:\(州\))?|旗县?|州)、(?:县(?:\([市区、]+\)|市区|区)?|区|市|旗|州|盟)"
        r"(?=(?:人民)?政府|党委|管委会|[,，。;；:：、()\s要应须和及按将对在于]|负责|结合|具体|分别|每|$)"
        r"|省(?:\(自治区、直辖市\)|、自治区、直辖市|、区、市|区市)(?![级属辖]))"
    )
    each = rf"{paired}|各(?!{alternation(words(name, 'each_never'))})(?:{modifiers}){{0,2}}(?:{gloss})?{heads}(?:{gloss})?(?:、(?:街道|街(?![道头面巷])|村(?![民庄委级])|镇(?![级域])|乡(?![镇村])))?(?:{gloss}(?:{heads})?)?"
    fields = rf"[市县区省]?{alternation(words(name, 'fields'))}"
    return Lexicon(
        scan=_scan(each, [w for w in endings if w[0] != "各"], guards),
        last_mark=re.compile(rf"(?s:.*)[^{_NAME_CHARACTER}]"),
        cut=_cut(name),
        level=re.compile("[市县区省州盟旗镇乡局院校国委]"),
        name_bracket=re.compile(r"\((?:集团|分|本部|中国|筹|[\u4e00-\u9fff]{2,4})\)"),
        inner_each=re.compile("成员单位|科室|处室|股室|部门|单位|中队|大队|分局|学校|班"),
        gloss=re.compile(gloss),
        place_inside=re.compile("[省市县区州旗](?=.)"),
        direct=re.compile(
            "(?:[市县区省州镇乡街局院厂矿校]直(?:属)?|[局院厂矿校部委镇乡街下所]属|[市县区省州]级|本[市县区校院]|全[市县区校院]|[东南西北中][片区部线]|沿[江河海湖边]|[山城库牧矿圩垸]区|辖区内?|驻[镇县区乡市]|(?:公司|集团)?(?:总部|机关|本部)|公司|集团)$"
        ),
        several=re.compile(
            rf"(?P<list>{fields}(?:[、和及]{fields})+)等(?:有关|相关|多个)?(?:职能|主管|行业)?(?:部门|单位)$"
        ),
        # Without the name of a place: 农业农村+局, 人力资源+和+社会保障+局, or a whole name.
        field_name=re.compile(
            rf"(?:(?:{alternation(dict.fromkeys([*words(name, 'fields'), *words(name, 'domains'), *words(name, 'field_parts')]))}|[和与及])+)?{alternation(endings)}"
        ),
        fields=frozenset(words(name, "fields")),
        endings=endings,
        never=frozenset(words(name, "never")),
        although=frozenset(words(name, "although")),
        domains=frozenset((*words(name, "domains"), *words(name, "fields"))),
        generic=frozenset(words(name, "generic")),
        deep=frozenset(words(name, "deep")),
        levels=frozenset(words(name, "levels")),
        specific_each=frozenset(words(name, "specific_each")),
        facilities=words(name, "facilities"),
        suffixed=frozenset(words(name, "suffixed")),
        inner_bureaus=frozenset(words(name, "inner_bureaus")),
        joining=frozenset(words(name, "joining")),
        hosts=frozenset(words(name, "hosts")),
        national=words(name, "national"),
        partings=words(name, "partings"),
        guessed=frozenset(words(name, "guessed")),
        crews=frozenset(words(name, "crews")),
    )
