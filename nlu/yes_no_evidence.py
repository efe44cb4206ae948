"""What one clause of a reply says about a yes-or-no question."""

import re
from collections.abc import Iterator

from nlu.agreeing import invites_to_speak
from nlu.denial import DOUBLE_DENIAL, RHETORICAL_DENIAL, affirmed, masked
from nlu.echo import about_something_else, echoed, measured
from nlu.evidence import Evidence, Found, Kind
from nlu.no_side import (
    asks_what,
    cannot_do_another_thing,
    denies_another_deed,
    is_about_us,
    is_aside,
    needs_none,
    tells_something,
)
from nlu.no_value import says_unknown
from nlu.other_words import in_other_words
from nlu.pastness import PAST_ASPECT, is_over, past_of, still_to_come
from nlu.reply_words import KNOWING, LEANS_NO, WEAK_VERBS, cores, held, reply_words, starts_with, word_sets
from nlu.symptoms import single_words, symptom_mentions
from nlu.topic import Topic

# A clause that only reports what was said before: 我说了不是.
AFTER_ALL = re.compile(r"^(?:那|哎|唉|算了)?还是.{1,6}吧$")  # 不了……还是约吧
REPORTED = re.compile(r"^(?:我)?(?:刚才|刚刚|前面|早就)?(?:都)?(?:我)?(?:说了|说过|说的是|说是|讲了)|^我说")
AGREES_TO_HELP = frozenset({"可以", "行", "好"})  # to 要不要人帮忙; to 有困难吗 they say that there is none
# 没听他讲闷, 他没说胸闷: whoever answers for somebody else only knows what was told.
UNTOLD = re.compile(
    r"(?:没有?|冇得?|未)(?:听[^，,]{0,3}?)?(?:说|讲|提|喊|吭)(?:过|起)?(?![话错谎完]|不)[^，,]+"
    r"|没有?听(?:他|她|人家)(?:自己)?(?:说|讲|提)(?:过|起)?$"
)
# 没吃什么药 and 谁都没来 hold a question word and ask nothing.
NOT_ASKING = re.compile(r"(?:没|不|无|未).{0,5}(?:什么|啥|谁|哪|多少|么子)|(?:什么|啥|谁|哪.?|么子).{0,6}(?:都|也|没)")
# 烧还没退, 没断过, 没搬: what has not ended goes on.
NOT_ENDED = re.compile(
    r"(?:没|没有|未|冇|不)(?P<end>退|停|断|消|搬|变|戒|见好|好透|好全|好利索)(?:过|烧|呢|哩|的|啊)*$"
)
# 生气的时候才闷: only then.
ONLY_THEN = re.compile("(?:时候|以后|之后|了)才")
LEAVE = re.compile("方便")
BY_TURNS = re.compile(r"一(会儿?|哈子?|下|阵|时|天).{1,6}一(?:会儿?|哈子?|下|阵|时|天)")  # 一会儿烧一会儿不烧
LEANS_NO_PLAINLY = re.compile(r"没有|不是|没(?!有)|不|别(?!的|人|样)")
LEANS_YES = re.compile(
    r"有点|有些|有一点|是的|是(?=[，,啊]|$)|对(?=[的啊呀，,]|$)|同意|可以|愿意|需要|确定|确认|当然|肯定|行(?=[，,啊吧的]|$)|好(?=[的啊呀吧，,]|$)"
)
LEANS_YES_IF_ASKED = re.compile(r"有(?!空|时间再)|在|会|能|要")
DENIES_SOMEWHERE = re.compile(r"没有?|不|未|无(?!锡|线|论)")
WELL_PHRASES = ("正常", "好好", "好好的", "好着", "挺好", "很好", "蛮好", "没事", "硬朗", "健康", "结实")
IS_WELL = re.compile("(?:胸口?|心口|心脏|头|腿|脚|肚子|嗓子|腰|背|身上|身体)(?:都|也|倒|还|是)?好$")  # 胸口好着呢
AGREES_SOMEWHERE = re.compile(r"同意|可以|愿意|没问题|可行|答应|赞成|支持")


def judge(text: str, start: int, end: int, topic: Topic | None) -> Iterator[Evidence]:
    """What the clause `text[start:end]` says, in order."""
    clause = text[start:end]
    words = reply_words()
    asked_back = text[end : end + 2].strip()[:1] in ("?", "？")
    marker = starts_with(clause, words["corrections"])
    if marker or (clause.startswith("哦") and len(clause) > 2) or (start > 0 and AFTER_ALL.search(clause)):
        yield Evidence(kind="correction", start=start, end=end, word=marker)
    if REPORTED.search(clause) and start > 0:
        return
    found = _asked_back(clause) if asked_back else _found(clause, topic)
    if found is not None:
        yield Evidence(
            kind=found.kind,
            start=start,
            end=end,
            yes=found.yes,
            strong=found.strong,
            hedged=held(clause, words["hedges"]) is not None,
            over=is_over(clause, topic),
            past=past_of(clause),
            contrast=starts_with(clause, words["contrasts"]) != "",
            word=found.word,
        )


def _found(clause: str, topic: Topic | None) -> Found | None:
    outright = (
        _undecided,
        _invites,
        _by_turns,
        _untold,
        _still_to_come,
        _not_ended,
        in_other_words,
        measured,
        _taken_in,
        _whole,
        _without_answer,
        _asked_what,
    )
    ways = (*outright, echoed, _seldom, _elsewhere, _asking, _leaning)
    return next((found for way in ways if (found := way(clause, topic)) is not None), None)


def _asked_back(clause: str) -> Found:
    """A clause with a question mark: 怎么没有？ affirms, 哪有？ denies, all else asks."""
    if DOUBLE_DENIAL.search(clause):
        return Found("plain", True)
    return Found("plain", False) if RHETORICAL_DENIAL.search(clause) else Found("question")


def _undecided(clause: str, topic: Topic | None) -> Found | None:
    """看情况, 跟儿子商量一下: a proposal is neither taken nor turned down."""
    undecided = held(clause, reply_words()["undecided"]) if topic is None or topic.consent else None
    return Found("question", word=undecided) if undecided else None


def _invites(clause: str, topic: Topic | None) -> Found | None:
    """Leave to speak, where it was asked for."""
    if topic is None or not topic.consent or LEAVE.search(topic.asked) is None:
        return None
    return next((Found("consent", True, core) for core in cores(clause) if invites_to_speak(core)), None)


def _by_turns(clause: str, topic: Topic | None) -> Found | None:  # noqa: ARG001
    turns = BY_TURNS.search(clause) or ONLY_THEN.search(clause)
    return Found("sometimes", True, turns.group()) if turns else None


def _untold(clause: str, topic: Topic | None) -> Found | None:
    """That nobody spoke of what was asked about is no denial of it."""
    untold = UNTOLD.search(clause)
    if untold is None or topic is None or not topic.symptoms or clause.startswith(("我", "俺")):
        return None
    said = untold.group()
    named = symptom_mentions(said) or any(word in said for word in single_words(topic.symptoms))
    return Found("unknown", word=said) if named or said.endswith(("说", "讲", "提", "过", "起")) else None


def _not_ended(clause: str, topic: Topic | None) -> Found | None:
    """A state that was asked about and has not ended."""
    on = NOT_ENDED.search(clause)
    if on is None or topic is None or not (topic.symptoms or topic.lasting) or on["end"] in topic.asked:
        return None
    return Found("echo", True, on.group())


def _still_to_come(clause: str, topic: Topic | None) -> Found | None:
    return Found("echo", False, later[0], strong=False) if (later := still_to_come(clause, topic)) else None


# Order matters: a word counts for the first list that holds it.
_WHOLE: tuple[tuple[str, Kind, bool | None], ...] = (
    ("unknown", "unknown", None),
    ("not_measured", "not_measured", None),
    ("refused", "refused", None),
    ("sometimes", "sometimes", True),
    ("deny.plain", "plain", False),
    ("affirm.plain", "plain", True),
    ("deny.consent", "plain", False),
    ("affirm.consent", "consent", True),
    ("affirm.acquiescent", "listening", True),
)


def _taken_in(clause: str, topic: Topic | None) -> Found | None:
    if needs_none(clause, topic):
        return Found("plain", True)
    return Found("question") if is_aside(clause, topic) else None


def _whole(clause: str, topic: Topic | None) -> Found | None:
    """A clause that is nothing but a yes, a no or a don't-know, particles apart."""
    sets = word_sets()
    for core in cores(clause):
        if topic is not None and topic.habitual and not topic.indefinite and core in sets["over"]:
            return Found("over", word=core)
        offered = topic is not None and topic.offer and core in AGREES_TO_HELP
        if (
            topic is not None
            and topic.ailing
            and not offered
            and core in sets["wellness"]
            and core not in sets["affirm.plain"]
        ):
            return Found("plain", False, core)
        if core in sets["agreeing_denials"]:
            right = (
                topic is not None and topic.confirming and "问题" in core
            )  # 不要紧 says nothing of whether it is right
            agrees = topic is None or topic.consent or right or bool(topic.qualities)
            return Found("consent" if agrees else "plain", agrees, core)
        if topic is not None and _is_echo(core, topic):
            continue
        if topic is not None and topic.done and core in topic.verbs and core not in sets["always_plain"]:
            return Found("echo", True, core)  # 到咯 to 到家了吗
        if topic is not None and KNOWING & set(topic.verbs) and core in sets["unknown"]:
            return Found("echo", False, core)
        for name, kind, yes in _WHOLE:
            if core in sets[name]:
                return Found(kind, yes, core)
    return None


def _without_answer(clause: str, topic: Topic | None) -> Found | None:
    """A clause that says somewhere that the speaker does not know, did not measure or does not want to say."""
    words = reply_words()
    if DOUBLE_DENIAL.search(clause) and says_unknown(masked(clause)):
        return Found("plain", True)  # 哪能不记得呢
    refusal = held(clause, words["refused"])
    if refusal:
        return Found("refused", word=refusal)
    unmeasured = held(clause, words["not_measured"])
    asks_to_measure = topic is not None and bool({"量", "测"} & set(topic.verbs)) and not topic.qualities
    if unmeasured and not asks_to_measure:
        return Found("not_measured", word=unmeasured)
    unsure = held(masked(clause), words["unknown"])
    if unsure is None and says_unknown(clause):
        unsure = clause
    if unsure is not None and unsure.startswith("忘") and (held(clause, words["sometimes"]) or "忘了说" in clause):
        return None  # 有时候忘了, and 你不问我还忘了说
    if unsure is None or (unsure.startswith("忘") and echoed(clause, topic) is not None):
        return None
    known = topic is not None and bool(KNOWING & set(topic.verbs))
    return Found("echo", False, unsure) if known else Found("unknown", word=unsure)


def _asked_what(clause: str, topic: Topic | None) -> Found | None:  # noqa: ARG001
    return Found("question") if asks_what(clause) else None


def _seldom(clause: str, topic: Topic | None) -> Found | None:
    seldom = held(clause, reply_words()["sometimes"])
    if seldom is None or (topic is not None and about_something_else(clause, topic)):
        return None
    return Found("sometimes", True, seldom)


def _elsewhere(clause: str, topic: Topic | None) -> Found | None:
    """A clause about other symptoms than were asked for takes no side: 有鼻塞 after 胸闷吗."""
    return Found("question") if topic is not None and about_something_else(clause, topic) else None


def _asking(clause: str, topic: Topic | None) -> Found | None:  # noqa: ARG001
    asking = held(clause, reply_words()["asking_back"])
    return Found("question", word=asking) if asking and not NOT_ASKING.search(clause) and not _turned(clause) else None


def _turned(clause: str) -> bool:
    return bool(DOUBLE_DENIAL.search(clause) or RHETORICAL_DENIAL.search(clause))


def _leaning(clause: str, topic: Topic | None) -> Found | None:
    """The side of a clause by a turned denial, by its first words, or by a denial anywhere in it."""
    if DOUBLE_DENIAL.search(clause):
        return Found("plain", True)
    if RHETORICAL_DENIAL.search(clause):
        return Found("plain", False)
    core = cores(clause)[-1]
    if re.search(r"有(?:一)?[点些](?:儿|子)?$", core):
        return Found("plain", True, "有", strong=False)
    plain = masked(core)
    if cannot_do_another_thing(core, topic) or denies_another_deed(core, topic) or is_about_us(core):
        return None
    if LEANS_NO.match(plain):
        return Found("plain" if LEANS_NO_PLAINLY.match(plain) else "guess", False, core[:1], strong=False)
    if topic is not None and topic.lasting and is_over(clause, topic):
        return Found("over")
    asked_for = LEANS_YES_IF_ASKED.match(core)
    if LEANS_YES.match(core) or (asked_for and (topic is None or asked_for.group() in topic.verbs)):
        return Found("plain", True, core[:1], strong=False)
    return _guessed(core, plain, topic)


def _guessed(core: str, plain: str, topic: Topic | None) -> Found | None:
    well = held(core, WELL_PHRASES) if topic is not None and topic.ailing else None
    if well is None and topic is not None and topic.ailing and IS_WELL.match(core):
        well = core
    if well is not None:
        return Found("plain", False, well, strong=False)
    if topic is not None and "有" in topic.verbs:
        place = plain.find("有")
        if place >= 0 and affirmed(core, place, place + 1) and core[place : place + 2] != "有空":
            return Found("plain", True, "有", strong=False)
    if DENIES_SOMEWHERE.search(plain):
        if topic is not None and topic.indefinite and "帮" in topic.asked:
            return Found("guess", True, strong=False)  # 灯不亮 is something to help with
        return Found("guess", False, strong=False)
    if AGREES_SOMEWHERE.search(plain):
        return Found("consent", True, strong=False)
    if topic is not None and "有" in topic.verbs and PAST_ASPECT.search(plain):
        return Found("guess", True, strong=False)
    thanked = held(core, reply_words()["thanks"]) is not None
    if topic is not None and topic.indefinite and tells_something(core) and not topic.still and not thanked:
        return Found("guess", True, strong=False)
    return None


def _is_echo(core: str, topic: Topic) -> bool:
    """Whether a listed word is what was asked about: 不清楚 after 听得清楚吗."""
    if core in word_sets()["always_plain"]:
        return False
    words = (*topic.verbs, *topic.qualities, *topic.opposites())
    return any(word in core for word in words if word not in WEAK_VERBS and word != "好")
