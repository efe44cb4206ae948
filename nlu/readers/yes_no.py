"""Yes or no, given the question: 没有，有鼻塞 denies 胸闷吗 and affirms 鼻塞吗."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from nlu.clauses import bare, clauses
from nlu.dialect import standard
from nlu.evidence import Evidence
from nlu.leaving import went_back_after_a_stay
from nlu.medicine_left import how_much
from nlu.no_side import asks_what_is_left
from nlu.other_words import asks_whether_mended
from nlu.pastness import NO_LONGER
from nlu.pinyin import syllables
from nlu.reading import Expectation, NotRead, Reading
from nlu.rewriting import Rewritten
from nlu.topic import Topic, topic_of
from nlu.yes_no_evidence import judge

Value = Literal["yes", "no", "was", "sometimes"]
Verdict = tuple[Value, Evidence, float]

# How often each kind of evidence is right on our own tables, in steps of 0.05; what is below 0.5 is read back.
SURE = 0.95
LIKELY = 0.8
LISTENING = 0.6
GUESSED = 0.45
# 哦发热啊, 嗐，发烧啊: only makes sure of what was asked.
_BEGINS = r"(?:^|[。！!？?…])[，,…\s]*"
_OH = r"(?:[哦噢喔嗷啊嗨嗐哎唉诶欸嘿哟呀咳]|原来|敢情|[你您恁侬]?[问说讲]的?|是)"
_QUESTION = r"[，,—\-…\s]*(?:是|[问说讲]的?)*[^，,。！!？?了过着]{1,10}"
TAKEN_UP = re.compile(rf"{_BEGINS}{_OH}+{_QUESTION}[啊呀么嘛吗哈哇嗦哪噻哦喔噢哟咧嘞哩咯]$")
TAKEN_UP_AT_LAST = re.compile(rf"{_BEGINS}(?:[哦噢喔嗷]|原来|[你您恁侬][问说讲]的?)+{_QUESTION}$")  # 喔发烧，没得
TAKEN_UP_BARE = re.compile(f"{_BEGINS}{_OH}*{_QUESTION}$")
# 原来是发烧，我还以为卖花椒
MISHEARD = re.compile("[，,。！!…\\s]+[我俺额咱]?(?:还|只|刚才|都|才)*(?:以为|当是?|说是?|[听想][成错岔做作])")
# 上楼的时候闷，坐着就不闷: it depends.
BY_CONDITION = re.compile(r"(?:时候|一[^，,。]{1,5}就)[^，,。]{1,4}[，,][^，,。现今这]{1,6}就(?:不|没)")
# 我跟我老伴儿，昨天打大连回来的，给孙子过生日去了: whoever is on the telephone has not left again.
CAME_MYSELF = re.compile(
    "(?:^|[，,。！])(?:就|是)*[我俺额咱](?:自己|自个儿?|一个人?|们?[俩两](?!个?[儿女孩])|[跟和同][^，,。说讲他她]{1,6})(?:[，,]|$|[昨前今上打从坐搭乘刚才就])"
)
LASTS_FOR_YEARS = re.compile("老毛病|老病根|几十年|多少年|年年都|天天都")
HEDGE = 0.2  # 好像没有 is right less often than 没有
AGREEING = frozenset({"是", "对", "是的", "对的", "没错", "嗯", "正确", "确实", "当然", "肯定", "是啊"})
PUTS_RIGHT = frozenset({"不对", "错", "错了"})
DISAGREEING = frozenset({"不是", "不对", "错", "错了", "不"})


def read_yes_no(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """Whether the question is answered with yes, no, was (no longer) or sometimes."""
    heard = standard(text)
    topic = topic_of(expectation.asked)
    said = [each for start, end in clauses(heard.text) for each in judge(heard.text, start, end, topic)]
    if _withheld(said):
        return _reason(said, heard.span)
    evidence = [
        _seen_from(each, topic)
        for each in _since_correction(_since_echo(said, heard.text, topic))
        if _counts(each, topic)
    ]
    if topic is not None and topic.symptoms and BY_CONDITION.search(heard.text):
        evidence = [replace(each, kind="sometimes") if each.kind == "echo" and each.yes else each for each in evidence]
    if any(each.kind == "question" for each in said):
        evidence = [each for each in evidence if each.kind != "listening"]  # 嗯……你再说一遍
    verdict = _verdict(evidence, topic) or _put_right(said, topic)
    if verdict is None:
        return _sounding_like_it(text, topic, expectation, at=at) or _counted(heard, topic) or _reason(said, heard.span)
    value, shown, confidence = verdict
    if value == "was" and LASTS_FOR_YEARS.search(heard.text):
        value = "yes"  # 老毛病了，咳完就松活了
    if value == "was" and topic is not None and (topic.offer or "帮" in topic.asked):
        value = "yes" if _is_wanted(evidence, shown, heard.text) else "no"
    if value == "was" and asks_whether_mended(topic):
        value = "no"  # 修是修了，又坏了
    if value == "yes" and topic is not None and topic.travel and went_back_after_a_stay(heard.text):
        value = "was"
    if value == "was" and topic is not None and topic.travel and CAME_MYSELF.search(heard.text):
        value = "yes"
    doubt = HEDGE if shown.hedged else 0.0
    return Reading(value=value, span=heard.span(shown.start, shown.end), confidence=round(confidence - doubt, 2))


def _counted(heard: Rewritten, topic: Topic | None) -> NotRead | None:
    """还有半盒 to 够吃一个星期吗: how long that lasts was not said."""
    some = how_much(heard.text) if asks_what_is_left(topic) else None
    return NotRead(reason="vague", span=heard.span(*some.span())) if some else None


def _is_wanted(evidence: Sequence[Evidence], shown: Evidence, text: str) -> bool:
    """Whether help is wanted; that it was once says nothing: 又有一盏不亮了, and not 我手机是老人机，不用看."""
    sides = [each for each in evidence if each.yes is not None and (each.kind != "plain" or each.word)]
    if sides:
        return sides[-1].yes is True
    return NO_LONGER.search(text[shown.start : shown.end]) is not None


def _sounding_like_it(text: str, topic: Topic | None, expectation: Expectation, *, at: datetime) -> Reading | None:
    """垢滴 to 够吃吗: a clause that is no word but sounds like the question's is that, with doubt."""
    if topic is None:
        return None
    words = {syllables(f"{denial}{verb}"): f"{denial}{verb}" for verb in topic.verbs for denial in ("", "不", "没")}
    for start, end in clauses(text):
        first, last = bare(text, start, end)
        meant = words.get(syllables(text[first:last]))
        if meant is None or meant == text[first:last]:
            continue
        reading = read_yes_no(text[:first] + meant + text[last:], expectation=expectation, at=at)
        if isinstance(reading, Reading):
            return Reading(value=reading.value, span=reading.span, confidence=min(reading.confidence, LISTENING))
    return None


def _withheld(said: Sequence[Evidence]) -> bool:
    """Whether the speaker does not know or does not say, and no clause answers outright: 不晓得，我没望过.

    硬是忘了，幺妹儿回来耍过 remembers.
    """
    words = [each for each in said if each.kind not in ("question", "listening", "correction")]
    if not words or words[0].kind not in ("unknown", "refused"):
        return False
    if "忘" in words[0].word and any(each.kind == "echo" and each.yes and not each.hedged for each in words):
        return False
    return not any(
        each.yes is not None and each.strong and each.kind in ("echo", "plain", "sometimes") for each in words
    )


def _since_echo(said: Sequence[Evidence], text: str, topic: Topic | None) -> Sequence[Evidence]:
    """Without the question taken up again before it is denied: 哦，发热啊，没有."""
    if (
        topic is not None
        and topic.symptoms
        and len(said) > 1
        and _only_names_it(said[0], text)
        and _denies_next(said[1], said[0], text)
    ):
        return said[1:]
    answers = [each for each in said if not _takes_up(text, each.end)]
    first = next((each for each in answers if each.yes is not None and each.kind != "listening"), None)
    return answers if first is not None and first.yes is False and first.kind in ("plain", "echo") else said


def _only_names_it(said: Evidence, text: str) -> bool:
    """Whether a clause is nothing but what was asked about: 发烧啊，没有."""
    return said.kind == "echo" and said.yes is True and text[slice(*bare(text, said.start, said.end))] == said.word


def _denies_next(denial: Evidence, named: Evidence, text: str) -> bool:
    """Whether the very next clause is a bare no."""
    denies = denial.kind == "plain" and denial.yes is False and not denial.over
    return denies and not text[named.end : denial.start].strip("，,…。！! ")


def _takes_up(text: str, end: int) -> bool:
    """Whether the clause that ends there only says the question once more."""
    bare = TAKEN_UP_BARE.search(text, 0, end) is not None and MISHEARD.match(text, end) is not None
    return bare or any(each.search(text, 0, end) is not None for each in (TAKEN_UP, TAKEN_UP_AT_LAST))


def _since_correction(said: Sequence[Evidence]) -> Sequence[Evidence]:
    """What holds after 不对, 说错了, 哦…: the words after the last one, if sides were taken before and after it."""
    for position in range(len(said) - 1, 0, -1):
        if said[position].kind != "correction":
            continue
        own_clause = said[position].end
        after = [each for each in said[position + 1 :] if each.yes is not None and each.end != own_clause]
        if not after and said[position].word == "":
            after = [each for each in said[position + 1 :] if each.yes is not None]
        if after and any(each.yes is not None for each in said[:position]):
            return after
    return [each for each in said if each.kind != "correction"]


def _counts(evidence: Evidence, topic: Topic | None) -> bool:
    """Whether this kind of evidence can answer this kind of question at all."""
    if topic is None:
        return True
    agrees = evidence.yes is True and evidence.kind in ("consent", "listening", "plain", "guess")
    if topic.is_open:
        return not agrees
    if evidence.kind == "consent" and evidence.yes:
        return topic.consent or topic.confirming or bool(topic.qualities)
    return True


def _seen_from(evidence: Evidence, topic: Topic | None) -> Evidence:
    """对 after 没发烧吧？ means no, 不对 means yes."""
    if topic is None or not topic.negative or evidence.kind not in ("plain", "listening"):
        return evidence
    if evidence.yes and (evidence.word in AGREEING or evidence.kind == "listening"):
        return replace(evidence, yes=False)
    if evidence.yes is False and evidence.word in DISAGREEING:
        return replace(evidence, yes=True)
    return evidence


def _verdict(evidence: Sequence[Evidence], topic: Topic | None) -> Verdict | None:
    strong = [each for each in evidence if each.kind in ("echo", "sometimes") and each.strong]
    plain = [each for each in evidence if each.kind == "plain"]
    bare = [each for each in plain if each.strong]
    echoes = [each for each in evidence if each.kind in ("echo", "sometimes")]
    over = [each for each in evidence if each.kind == "over" or (each.over and each.yes is not None)]
    if strong or (echoes and not bare):
        return _of_echoes(strong or echoes, plain, over, topic)
    if bare and echoes and bare[0].yes and bare[0].word in AGREEING and echoes[0].yes is False:
        return "no", echoes[0], LIKELY
    if plain:
        return _of_plain(plain, over, topic)
    for kind, confidence in (("consent", SURE), ("listening", LISTENING), ("guess", GUESSED)):
        for each in evidence:
            if each.kind == kind:
                if each.yes and (_no_longer(each, topic) or (over and _lasting(topic))):
                    return "was", each, LIKELY
                return "yes" if each.yes else "no", each, confidence
    if over and topic is not None:
        return "was", over[0], LIKELY
    return None


def _put_right(said: Sequence[Evidence], topic: Topic | None) -> Verdict | None:
    """记错了 and nothing else: denies 对不对, answers nothing else."""
    wrong = next((each for each in said if each.kind == "correction" and each.word.endswith("错了")), None)
    return ("no", wrong, LIKELY) if wrong is not None and topic is not None and topic.confirming else None


def _of_echoes(
    echoes: Sequence[Evidence], plain: Sequence[Evidence], over: Sequence[Evidence], topic: Topic | None
) -> Verdict:
    """One side, or both: 昨天咳，今天不咳了 was; 不咳，就是早上咳两声 sometimes."""
    first, last = echoes[0], echoes[-1]
    seldom = next((each for each in echoes if each.kind == "sometimes"), None)
    if seldom is not None:
        return "sometimes", seldom, SURE
    yes = next((each for each in echoes if each.yes), None)
    no = next((each for each in echoes if each.yes is False), None)
    if yes is not None and no is not None:
        if yes.past or no.over or (yes.start < no.start and not no.contrast):
            return "was", yes, LIKELY
        return ("sometimes", last, LIKELY) if last.contrast else ("yes" if last.yes else "no", last, LISTENING)
    if yes is not None:
        if _no_longer(yes, topic) or (over and _lasting(topic)):
            return "was", yes, LIKELY
        denied_now = any(each.strong and each.yes is False and each.start > yes.start for each in plain)
        if denied_now and _lasting(topic):
            return "was", yes, LIKELY
        return "yes", yes, SURE if not denied_now else LISTENING
    return ("was", first, LIKELY) if topic is not None and topic.habitual and first.over else ("no", first, SURE)


def _of_plain(plain: Sequence[Evidence], over: Sequence[Evidence], topic: Topic | None) -> Verdict:
    first = plain[0]
    confirming = topic is not None and topic.confirming
    # 有，鄂A…，不对，鄂D…: puts a number right, not the yes
    denial = next((each for each in plain if each.yes is False and (confirming or each.word not in PUTS_RIGHT)), None)
    if first.yes and denial is not None and first.word in AGREEING and not confirming:
        return "no", denial, LIKELY
    if first.yes and denial is not None and denial.start > first.start and (denial.strong or denial.over):
        return "was", first, LISTENING
    if first.yes and (_no_longer(first, topic) or any(each.start > first.start and _lasting(topic) for each in over)):
        return "was", first, LIKELY
    past_yes = next((each for each in plain if each.yes and each.past and each.start > first.start), None)
    if first.yes is False and past_yes is not None:
        return "was", past_yes, LISTENING
    return "yes" if first.yes else "no", first, SURE if first.strong else LIKELY


def _lasting(topic: Topic | None) -> bool:
    return topic is None or topic.lasting or topic.still


def _no_longer(evidence: Evidence, topic: Topic | None) -> bool:
    """Whether a yes speaks of the past only: 以前有过."""
    if topic is not None and (
        topic.past or (evidence.past == "aspect" and not topic.habitual and evidence.word != "有过")
    ):
        return False
    travelled = topic is not None and topic.travel
    return (evidence.over or (evidence.past in ("long", "aspect") and not travelled)) and _lasting(topic)


def _reason(said: Sequence[Evidence], span_of: Callable[[int, int], tuple[int, int]]) -> NotRead:
    for kind in ("refused", "not_measured", "unknown"):
        for each in said:
            if each.kind == kind:
                return NotRead(reason=kind, span=span_of(each.start, each.end))
    return NotRead(reason="not_an_answer")
