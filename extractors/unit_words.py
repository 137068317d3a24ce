"""The vocabulary of accountability, compiled: labels of lists, words after and before an organisation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from types import SimpleNamespace

from extractors.language.organisation_lexicon import alternation
from extractors.lexicon import patterns, settings
from extractors.lexicon.edges import first_characters, last_characters

TIME = rf"(?:{patterns('unit_patterns', 'time')})"


def _flat(name: str) -> dict[str, str]:
    """Words of the tables of a section mapped to their role."""
    section: dict[str, list[str]] = settings("roles")[name]
    return {word: role for role, listed in section.items() for word in listed}


def _any(listed: Iterable[str]) -> str:
    return alternation(listed)


@cache
def words() -> SimpleNamespace:
    """Everything compiled, by name (see the assignments)."""
    made = SimpleNamespace()
    made.label_roles = _flat("labels")
    made.tail_roles = _flat("tails")
    label = settings("roles")["label_words"]
    subjects = settings("roles")["subjects"]
    roles = _any(made.label_roles)
    bodies, persons = _any(label["bodies"]), _any(label["persons"])
    colon = r"[ \t]*(?:[】\]][ \t]*[:：]?|:|：|为:?|是(?!否))[ \t]*(?:\n[ \t\u3000]*)?"
    made.label = re.compile(
        rf"(?P<role>{roles})(?:(?:[、及和/]|\((?=[^()]*\))){roles}\)?)?"
        rf"(?:(?P<body>{bodies}|部\s{{1,3}}门|单\s{{1,3}}位)(?:(?:及|和|、|与|/|\()?(?:责任|负责|联系)?(?:人|领导)\)?)?|(?P<person>{persons}))"
        rf"(?:\([^()\n]{{0,10}}\))?(?P<colon>{colon})"
        # 牵头:县教育局;配合:县财政局
        rf"|(?<![\u4e00-\u9fff])(?P<bare>{_any(label['bare'])})[ \t]*[:：][ \t]*"
    )
    made.person_label = re.compile(
        rf"(?P<word>{_any(label['person_labels'])})(?:\([^()\n]{{0,10}}\))?[ \t]*(?::|：|为:?)[ \t]*"
    )
    # What the colon of either may stand behind, blanks apart, and the most that may stand before it (see unit_labels).
    listed = [*label["bodies"], *label["persons"], *label["person_labels"], *label["bare"]]
    listed += ["部门", "单位", "人", "领导", ")"]
    made.label_colon = re.compile(rf"[:：】\]为是](?<=[{re.escape(''.join({w[-1] for w in listed}))} \t].)")
    longest_role, longest_name = max(map(len, made.label_roles)), max(map(len, listed))
    made.longest_label = 2 * longest_role + longest_name + len("、()部 门/责任领导)(0123456789)")
    # One tree for all labels: with a literal at the head of every branch the engine skips what begins none.
    whole = dict.fromkeys([*label["person_labels"], *label["others"]], "")
    opened = dict.fromkeys(made.label_roles, f"(?:{bodies}|{persons})")
    both = {w: f"(?:{opened[w]})?" for w in opened if w in whole}
    made.any_label = re.compile(
        rf"{alternation([*whole, *(w for w in opened if w not in whole)], opened | both)}(?:\([^()\n]{{0,10}}\))?[ \t]*[:：为]"
    )
    made.other_start = re.compile(_any(label["others"]))
    tails = _any(made.tail_roles)
    made.adverbs = rf"(?:{_any(subjects['adverbs'])}|{TIME})*+"
    made.fill = re.compile(made.adverbs)
    made.role_tail = re.compile(
        rf"{made.adverbs}(?P<tail>{tails})(?:(?:实施|落实|推进|开展|执行|工作|做好)(?=[,，。;；)、\n]|$))?"
    )
    made.glossed_role = re.compile(rf"\((?P<tail>{tails})(?:单位|部门)?\)")
    made.member_roles = made.tail_roles | _flat("member_tails")
    made.member_tail = re.compile(
        rf"(?:(?:、|,)?等(?:[市县区省州]直?)?(?:有关|相关|多个|各)?(?:职能)?(?:部门|单位|科室|处室|地)?)?(?:依?按照?(?:各自)?(?:的)?职责(?:任务)?(?:分工)?|依职责|按分工|分工|分别|共同|各自|具体|积极|全程|主动)*"
        rf"(?:(?P<tail>{_any(made.member_roles)})(?:工作|落实|实施|开展|推进|管理|做好)*)?$"
    )
    made.modal = re.compile(
        rf"(?P<modal>{_any(subjects['modals'])})"
        r"(?<!要(?=[求点素闻件么害道]))(?<!应(?=[急用对收届邀由聘变答]))(?<!将(?=[来军]))(?<!需(?=求))(?<!可(?=[能持行再]))(?<!得(?=[到分益出知以]))(?<!须(?=知))(?<!拟(?=[任]))"
    )
    made.duties = frozenset(subjects["duties"])
    made.preposition = re.compile(rf"(?!{_any(subjects['not_prepositions'])})(?P<cue>{_any(subjects['prepositions'])})")
    made.verb = re.compile(
        rf"(?P<cue>(?P<nominal>{_any(subjects['nominal_verbs'])})(?!{_any(subjects['things'])})|{_any(w for w in subjects['verbs'] if len(w) > 1)}|{_any(subjects['trade_verbs'])}(?!{_any(subjects['trade_things'])})|[报交抓](?![道警刊业通叉流易紧])|派(?![出生系对头别]))"
    )
    made.with_ = re.compile(rf"(?P<cue>{_any(subjects['with'])})(?![国体会社])")
    made.title = re.compile(rf"(?:的)?(?:各)?{_any(subjects['titles'])}|长(?![期效远假年江三])")
    time_and_words = (
        rf"(?:{_any(subjects['lead_ins'])}|{TIME}|[一二三四五六七八九十]+(?:是|要|、)|[0-9]{{1,2}}[.、]|[①②③④⑤⑥⑦⑧⑨⑩])*+"
    )
    made.lead_in = re.compile(time_and_words)
    made.before_partner = re.compile(
        rf"(?:{_any(subjects['lead_ins'])}|{_any(subjects['adverbs'])}|{_any(subjects['modals'])}|{TIME})*+"
    )
    made.told = tuple(subjects["told"])
    made.with_words = tuple(subjects["with"])
    made.past = re.compile(
        r"已(?!建成?[^,。]{0,6}的)|(?<![为除])了(?![解如望结])|曾[经在]|(?<!超)过(?=[,。;、0-9一]|$)|累计|圆满|荣获|取得了|截至|同比|以来"
    )
    supervising = _any(subjects["supervising"])
    nouns = _any(subjects["supervision_nouns"])
    before = "".join(f"(?<!{re.escape(w)})" for w in subjects["supervised"])
    made.supervising_noun = re.compile(rf"{supervising}(?!{nouns})")
    made.supervising = re.compile(rf"{before}{supervising}(?!{nouns})")
    made.any_verb = re.compile(
        _any(w for w in [*subjects["verbs"], *subjects["nominal_verbs"], *subjects["trade_verbs"]] if len(w) > 1)
        + r"|[报交](?![道警刊业通叉流易])"
    )
    made.work_verb = re.compile(_any(w for w in subjects["verbs"] if len(w) > 1))
    made.vision = re.compile(_any(subjects["visions"]))
    made.called_to_account = re.compile(
        rf"(?:对|由)[^,，。;；]{{1,24}}的(?:一律|可|将|要|进行|予以|从严|严肃|及时)*+{_any(subjects['calls_to_account'])}"
        rf"|(?:派出|组建|成立|组成|派驻)[^,，。;；的]{{0,10}}?(?:{'|'.join(subjects['inspecting_parties'])})"
    )
    reported = r"[对就][^,，。]{0,8}?(?:整改|落实|完成|通过|建立|准备|申请|接受|配合)[^,，。]{0,6}?(?:情况|进展|成效|质量|工作|问题)"
    made.shortfall = re.compile(rf"[^,，。]{{0,2}}{_any(subjects['shortfalls'])}|{reported}")
    made.outward = re.compile(
        rf"对各|{_any(subjects['outward_checks'])}|各(?!类|项|种|处|条|班级?次)|[0-9]家|被[检查考]"
    )
    made.routine_checks = frozenset(subjects["routine_checks"])
    made.rounds = frozenset(subjects["rounds"])
    made.routine_reports = frozenset(subjects["routine_reports"])
    made.officer = re.compile(
        rf"(?:分管|主管|挂点)?副?{_any(subjects['officers'])}(?:{_any(made.member_roles)}|落实|$)"
    )
    made.verbal_adverbs = frozenset(subjects["verbal_adverbs"])
    made.bare_verbs = frozenset(subjects["bare_verbs"])
    made.loose_adverbs = tuple(subjects["loose_adverbs"])
    made.task_forces = tuple(subjects["task_forces"])
    made.levelled = re.compile(r"[\u4e00-\u9fff]{0,5}?[省市县区州旗镇乡国]|街道|第三方")
    made.near_by = re.compile(rf"{_any(subjects['near_by'])}++")
    made.ends_near_by = re.compile(rf"{_any(subjects['near_by'])}+$")
    made.inspectors = tuple(subjects["inspectors"])
    made.ended_by_role = re.compile(rf"{tails}、$")
    made.disposal = re.compile(
        rf"将(?!根据|按|依|结合|视|会同|对|在|于|适时|定期|组织)(?=[^,，。;；]{{1,24}}?{_any(subjects['disposals'])})"
    )
    made.deadline = re.compile(
        r"[0-9一二三四五六七八九十]+(?:月|日|个工作日|天内)|[底初末旬]前|[年月季][底末初]|每(?:年|月|季|周|半|旬|日|天|学期)|季度|[上下]半年|日前|内(?:完成|办结|上报|整改)|年内|月[底前]|逾期"
    )
    # What stands beside most bodies is let go by these.
    made.lead_in_heads, made.near_by_ends = first_characters(made.lead_in), last_characters(made.ends_near_by)
    return made
