"""Which dangers in the words press, in the light of what was asked: 烧着呢 to 发烧没有 is no fire."""

import re
from collections.abc import Iterable, Iterator, Sequence

from nlu.agreeing import only_agrees
from nlu.clauses import clauses
from nlu.going_on import goes_on
from nlu.intents import Ranking
from nlu.medicine_left import runs_out, tells_of_stock
from nlu.own_questions import STILL
from nlu.reading import Expectation, NotRead, Reading
from nlu.red_flags import RedFlag, find_red_flags
from nlu.speakers import speaks_as_child
from nlu.still import goes_on_as_before, tells_of_better
from nlu.subject import SAME, relation, subject_of
from nlu.understood import Found

# Log-odds from which a hint of danger is heard in an answer too: 头晕得站不住 to 头晕吗.
SURE_HINT = 3.0
# A word that tells of danger unless the question used it in its harmless sense, and what makes it danger all the same.
AMBIGUOUS = {"fire_gas": ("烧", re.compile("火|煤|炉|燃气|房|屋|锅|电"))}

SENTENCE = re.compile(r"[^。！？!?；;]+")
# Said beside talk of the stove, it is danger: 炉子烧着呢，我跟老婆子都犯恶心.
SICKENING = re.compile("煤|烟|[气味]|恶心|头[晕疼痛昏]|[晕吐倒]|着火|烧着了|烧起来")
SWINDLED = re.compile("骗|公安|安全账户|转[账钱到]|汇款")
OF_SWINDLERS = re.compile("叫您转钱|骗")
THEY_SAY = re.compile(
    "(?:^|[，。]|有(?:一?个)?人|电话里?|对方|骗子|那个?人|[他她]们?|冒充[^，。]{1,6})(?:就|都|还|来|[跟给对][我俺]|打电话来?)*(?:说|讲)(?:是)?[^，。]*$"
)
OF_MEDICINE = re.compile("药|片(?!段)|针剂|胰岛素")
NEVER_OF_MEDICINE = frozenset({"no_medicine", "suicidal", "poisoning"})  # 不用打了，我都想好了 tells of no needle
OF_NEEDLE_AND_PILL = frozenset({"no_medicine", "low_sugar"})
NOT_TAKEN = re.compile(
    "(?:[没冇未不]|没有|冇得|莫得|唔|毋|忘了?|忘记了?)[^，。！？]{0,2}(?:吃|呷|喝|服|打|食|用|揿|戳)"
    "|[藏扔丢倒吐甩掼摔][^，。！？]{0,6}(?:药|[抽柜桶盆沟]|里|掉|了)"
)
RUN_OUT = re.compile(
    "[吃用打][完光没]了|没[有得]?药|冇得?药|买|剩|最后|断药|[瓶盒]子?空|药[^，。]{0,3}(?:没|冇|断|完|光)(?:了|得|有|咯|哒)"
)
# What is wanted of things; who is in danger is said with a word for them, 我家门口 is a place.
OF_THINGS = frozenset({"complaint", "repair_request"})
PLAINLY = 0.7  # probability of such an intent
SOMEBODY = re.compile(
    "[我俺咱你您恁他她伊佢](?!们?(?:家|屋|的|这|那))|[爸妈爹娘爷奶婆]|老(?:伴|头|太|人)|孩|娃|伢|儿子|女儿|闺女|孙"
)
GOODBYE = re.compile("再[见会]|拜拜|回[见聊]|挂了|先挂|不[说讲聊唠]了|先这样|改天")
CALLED_AWAY = re.compile(
    "来(?:了|个)*(?:人|客|亲戚|邻居)|(?:人|客|亲戚|快递|送[^，。]{1,3}的?)来了|敲门|门铃|(?:娃|孩|伢|孙|宝)[^，。]{0,2}(?:醒|哭|放学|喊|闹)|开锅|水开|饭[好熟]"
)
TAKEN_OUT = re.compile("[拿取掏倒拔][^，。]{0,2}不出")
OF_THE_LEGS = re.compile("[腿脚膝]|轮椅|走不[动远了]|下不[了得]楼")
DONE_TO = re.compile("(?:车子?|门|墙|窗户?|玻璃|花|树|菜|快递|东西|衣服|被子)(?:又|都)?(?:被|给|让|叫)")
WATER, FIRE = re.compile("水(?!壶)|马桶|龙头"), re.compile("[火烟焦糊味烧炸燃煤气电呛响叫熏]")
WHO = re.compile("(?:就|只|是|我|俺|你|您|他|她|们|自己|这|那|[一两二三四五六七八九十]个人?|人)+")
WANT = frozenset({"no_medicine", "no_food"})  # told by a denial: 药没了, 没吃饭
# 好像是……对: thinks aloud before the answer.
THINKS = re.compile("(?:好像|大概|可能|应该|恐怕|想必|多半|我想想?|让我想想?|想起来了?|记得)[是有对说吧的]*")
SHORT = 8  # characters of an answer that says nothing else; chosen on tests/nlu/unseen, see docs/intents.md


def pressing_dangers(
    heard: str, text: str, pending: Expectation | None, reading: Reading | NotRead, rank: Ranking
) -> tuple[RedFlag, ...]:
    """The dangers that somebody must see to; `text` is what was `heard` without the talk of the stove."""
    return tuple(
        each
        for each in find_red_flags(heard if SICKENING.search(heard) else text)
        if each.pressing
        and not (
            _was_asked(each, pending, text)
            or _only_answers(each, pending, reading, text)
            or _is_better(each, pending, text)
            or _distrusts(each, text)
            or _is_a_swindlers_story(each, pending, text)
            or _is_of_medicine(each, pending, text)
            or _tells_as_child(each, text)
            or _has_to_go(each, text)
            or _locks_nobody_in(each, text)
            or _only_counts(each)
            or _is_of_water(each, text)
            or _is_done_to_things(each, text)
            or ((pending is None or pending.kind == "text") and _is_of_things(each, text, rank))
        )
    )


def is_danger(found: Found, asked: str, dangers: Sequence[RedFlag]) -> bool:
    """Whether a value was read from the very words that tell of danger: 起不来 is no "no", but to 摔了没 it is yes."""
    start, end = found.span
    near = [each for each in dangers if start < each.span[1] and each.span[0] < end]
    if found.value == "yes" or all(each.kind in WANT for each in near):
        return any(relation(subject_of(asked), each.words) != SAME for each in near)
    return bool(near)


def _is_of_medicine(danger: RedFlag, pending: Expectation | None, text: str) -> bool:
    """Whether no food runs out, but medicine: 就今晚那一片了，明儿就断顿了; 没人给捎 is no fever."""
    if danger.kind not in NEVER_OF_MEDICINE and danger.hint is not None and danger.hint < SURE_HINT:
        return tells_of_stock(text) or (pending is not None and pending.behind_promise and goes_on(text, pending))
    if danger.kind != "no_food":
        return False
    if pending is not None and "吃早饭" in pending.asked:
        return True  # 要饿着肚子, of the morning of a check-up
    return ("断顿" in danger.words and OF_MEDICINE.search(text) is not None) or runs_out(text) is not None


def _is_of_things(danger: RedFlag, text: str, rank: Ranking) -> bool:
    """Whether an unsure hint was heard in a complaint about things that names no person: 垃圾桶三天没得人收了."""
    if danger.hint is None or danger.hint >= SURE_HINT or SOMEBODY.search(danger.words):
        return False
    intent, probability = rank(text)[0]
    return intent in OF_THINGS and probability >= PLAINLY


def _distrusts(danger: RedFlag, text: str) -> bool:
    """Whether an unsure cry for help was heard in words that call us a fraud: 骗子吧恁！公安都没给追回来."""
    return danger.hint is not None and danger.kind == "call_for_help" and SWINDLED.search(text) is not None


def _is_a_swindlers_story(danger: RedFlag, pending: Expectation | None, text: str) -> bool:
    """Whether a caller told of it, where we ask about such callers: 有人打电话说我孙子出车祸了."""
    if pending is None or OF_SWINDLERS.search(pending.asked) is None:
        return False
    before = text[: max(text.find(danger.words), 0)]
    return THEY_SAY.search(before) is not None


def _tells_as_child(danger: RedFlag, text: str) -> bool:
    """Whether a child told an unsure hint, or that medicine which is there was not taken: 外婆嫌苦，药没吃.

    What a child tells goes to the grid worker as a note in any case.
    """
    if not speaks_as_child(text):
        return False
    unsure = danger.hint is not None and danger.hint < SURE_HINT
    return unsure or (danger.kind in OF_NEEDLE_AND_PILL and bool(NOT_TAKEN.search(text)) and not RUN_OUT.search(text))


def _has_to_go(danger: RedFlag, text: str) -> bool:
    """Whether an unsure hint was heard in what calls somebody away from the telephone: 再见吧，来人了."""
    unsure = danger.hint is not None and danger.hint < SURE_HINT
    return unsure and bool(GOODBYE.search(text) and CALLED_AWAY.search(danger.words))


def _locks_nobody_in(danger: RedFlag, text: str) -> bool:
    """腿脚不好，出不去 tells of the legs, and 东西拿不出来 of things: nobody is locked in."""
    if danger.kind == "trapped" and "所里" in danger.words:
        return True  # 厕所里头 sounds like 锁里头
    unsure = danger.hint is not None and danger.hint < SURE_HINT
    nobody = OF_THE_LEGS.search(text) or TAKEN_OUT.search(danger.words)
    return unsure and danger.kind == "trapped" and nobody is not None


def _is_of_water(danger: RedFlag, text: str) -> bool:
    """Whether an unsure hint of a fire, or of somebody shut in, was heard where only water runs: 家里进水了."""
    unsure = danger.hint is not None and danger.hint < SURE_HINT
    other = {"fire_gas": FIRE, "trapped": SOMEBODY}.get(danger.kind)
    return unsure and other is not None and bool(WATER.search(text)) and not other.search(text)


def _is_done_to_things(danger: RedFlag, text: str) -> bool:
    """Whether an unsure hint of an injury was heard of what was done to a thing: 车被人划了."""
    unsure = danger.hint is not None and danger.hint < SURE_HINT
    return unsure and danger.kind == "injury" and bool(DONE_TO.search(text)) and not SOMEBODY.search(text)


def _only_counts(danger: RedFlag) -> bool:
    """Whether an unsure hint was heard in words that say no more than who: 他一个人."""
    return danger.hint is not None and danger.hint < SURE_HINT and WHO.fullmatch(danger.words) is not None


def _was_asked(danger: RedFlag, pending: Expectation | None, text: str) -> bool:
    """Whether what sounds like danger only takes up the question: 还烧着呢 to 发烧没有 is a fever, not a fire."""
    ambiguous = AMBIGUOUS.get(danger.kind)
    if ambiguous is None or pending is None:
        return False
    word, certain = ambiguous
    sentence = next((each[0] for each in SENTENCE.finditer(text) if danger.words in each[0]), text)
    return word in pending.asked and word in danger.words and not certain.search(sentence)


def _only_answers(danger: RedFlag, pending: Expectation | None, reading: Reading | NotRead, text: str) -> bool:
    """Whether an unsure hint was heard in a plain answer: 失眠，吃了安神的也没用 to 睡得好吗 tells of no poisoning.

    Words that the lexicon knows stay a danger in any answer, and so does what speaks of something else than was asked.
    """
    if danger.hint is None or danger.hint >= SURE_HINT or pending is None:
        return False
    if pending.key == STILL and isinstance(reading, Reading) and reading.value == "no":
        return not goes_on_as_before(text)  # 利索了，筷子也拿得住
    if isinstance(reading, NotRead):
        return pending.key == STILL and reading.reason == "unknown"  # 我也说不清，你别问了 tells of no second danger
    subject = subject_of(pending.asked)
    if relation(subject, text) == SAME:
        return not _dangers_in(each for each in _beside(reading, text) if relation(subject, each) != SAME)
    return _answers_first(reading, text)


def _beside(reading: Reading, text: str) -> Iterator[str]:
    """The clauses that the answer was not read from."""
    for start, end in clauses(text):
        if end <= reading.span[0] or reading.span[1] <= start:
            yield text[start:end]


def _dangers_in(parts: Iterable[str]) -> bool:
    return any(each.pressing for each in find_red_flags("，".join(parts)))


def _is_better(danger: RedFlag, pending: Expectation | None, text: str) -> bool:
    """Whether the words of a danger tell, after one, that it is over: 胳膊也抬得起来."""
    after = pending is not None and pending.key == STILL and not goes_on_as_before(text)
    return after and tells_of_better(danger.words)


def _answers_first(reading: Reading, text: str) -> bool:
    """Whether a short answer comes first and what is said after it holds no danger by itself: 不想去，怕抽血."""
    for start, end in clauses(text):
        if start < reading.span[1] and reading.span[0] < end:
            return end - start <= SHORT and not _dangers_in([text[end:]])
        if not only_agrees(text[start:end]) and not THINKS.fullmatch(text[start:end]):
            return False
    return False
