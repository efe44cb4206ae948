"""One utterance in the light of what is pending: which act it is, and which values it holds."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from nlu.digits import find_runs
from nlu.intents import ACCEPTED_FROM, INTENTS
from nlu.normalise import normalise
from nlu.readers import READERS
from nlu.reading import Expectation, NotRead, Reading
from nlu.red_flags import RedFlag, find_red_flags
from nlu.several import find_answers
from nlu.speakers import speaks_as_child, weeps
from nlu.subject import SAME, relation, subject_of
from nlu.topic import OFFER
from nlu.understood import Flag, Found, Understood
from nlu.utterance import Utterance

Ranking = Callable[[str], Sequence[tuple[str, float]]]
"""Intents with their probabilities, best first: nlu.intents.IntentModel.rank."""

# An intent that is this sure is heard even in words that would also pass as an answer: 没有，你打错了.
OVERRULES_FROM = 0.6
OVERRULING = frozenset(
    {"stop_calling", "wrong_number", "person_please", "not_at_home", "stop_recording", "is_this_fraud", "correct_that",
     "hand_phone_over", "refuse_question", "repeat"}
)  # fmt: skip
# These too, where we only asked whether now is a good time.
PUTTING_OFF = frozenset({"busy_later", "refuse_call", "finished"})
LOUDNESS = frozenset({"louder", "slower"})
# And these after a danger: 我现在没空 is no "no" to 现在还是这样吗.
NOT_NOW = frozenset({"busy_later", "refuse_call"})
# Any intent, once it is this sure and the value was read from less than this share of the words: 姑娘你吃饭了没.
SURE_FROM = 0.9
CERTAIN_FROM = 0.97  # from here on whatever share it was
SMALL_SHARE = 0.5
SURE = 0.5  # of a value: below it a plain sign of something else weighs more
# Log-odds from which a hint of danger is heard in an answer too: 头晕得站不住 to 头晕吗.
SURE_HINT = 3.0
# Said beside any answer.
POLITE = frozenset({"thanks"})
# Intents that are answers to whatever is pending; the readers say what is in them.
ANSWERING = frozenset({"affirm", "deny", "dont_know", "statement", "red_flag"})
# What residents want when they come in themselves: inside a free-text answer these are simply its words.
WISHES = frozenset(intent.id for intent in INTENTS if intent.place == "inbound")
# Reasons that are themselves an answer to the pending question.
ANSWERING_REASONS = frozenset({"unknown", "not_measured", "refused", "vague", "incomplete", "invalid"})
MAY_ASK = "_may_ask"  # Expectation.key of 现在方便吗
PARTY = "_party"  # Expectation.key of 请问是王女士家吗
ADULT = "_adult"  # Expectation.key of 请叫大人来听电话
STILL = "_still"  # Expectation.key of 现在还是这样吗
WORD = re.compile(r"\w")

# A word that tells of danger unless the question used it in its harmless sense, and what makes it danger all the same.
AMBIGUOUS = {"fire_gas": ("烧", re.compile("火|煤|炉|燃气|房|屋|锅|电"))}

DIGIT_AT_THE_END = re.compile(r"[0-9零〇一二三四五六七八九幺两]\W*$")
DIGIT = re.compile(r"[0-9零〇一二三四五六七八九幺两]")
# Whoever breaks off in the middle of a number says why: 幺……等我戴眼镜, 我去把灯开开.
BROKE_OFF = re.compile(r"[…\s，,。.]*(?:你?等|稍等|我|俺|哎|喂|不急|慢)")
RESTART = re.compile(r"[。！？!?—]|不对|错了|旧的|老号|老伴")  # what was told before one of these is another number
HOW_MANY = re.compile("[一两二三四五六七八九十][个位]")  # 后面四个不对, 是五六七八
TRAILING = re.compile(r"[…，,。.\s].*$")
BACK_AGAIN = re.compile(r"^(?:好[了哒]?|行了?|来[了哒]|嗯|哎|中了?)[，,。.…]+")  # said when the glasses are on
NOT_WRONG = re.compile("(?:没有?|冇得?|未|不)(?:打|找|拨|搞|弄)?错(?!吧)")
I_AM_HOME = re.compile("(?:就|只有|只剩|光)[我俺]|[我俺]一个人")
ASKED_TO_COME = re.compile(r"去不去|来不来|参加|报名|愿不愿|愿意|想不想|要不要")
OFFERED = re.compile("要不要人|要人|有人陪")
NAMES_A_PERSON = re.compile("人工|真人|活人|转")
CLAUSE_ENDS = frozenset("，,。.！!；;")
# Said with one of these beside it, 骗子 is the point.
ASKING = frozenset({"ask_back", "who_is_this", "how_got_number", "recorded_or_robot", "smalltalk"})
# 伢，你来听; without such a word a weak guess that the telephone changes hands is none: 儿子非叫我回.
COME_AND_HEAR = re.compile("你来(?:接|听)")  # 听不到，伢，你来听
CORRECTS_TOO = re.compile("(?:前[头面]|先头|先前|刚才|刚刚|方才)[^，。！？]{0,5}(?:错|不对|岔)")
CALL_AGAIN = re.compile("[^，。！？,!?]+(?:再|重新)(?:给[我俺])?(?:打|来电)(?!扰)")
HANDED = re.compile(
    "来(?:接|听|跟你|和你)|(?:接|听)电话|(?<!我)(?:跟|和|同)你(?:说|讲)|电话给(?!我)|(?:叫|让|喊)[^，。]{1,6}(?:说|讲|接|听|来(?!看))"
)
HOW_KNOWN = re.compile(
    "(?:哪来|哪里来|哪儿?[弄搞]来|哪里?[弄搞]来|[咋怎]么?(?:知道|晓得))的?[^，。！？]{0,4}(?:我|俺)[^，。！？]{0,3}(?:姓|名|号|电话)"
)
FRAUD = re.compile("骗子|诈骗|骗人|骗钱|电视[里上]?(?:天天|老是?|总是?|都)?[演播放讲说]|套近乎|分钱(?:都|也)?(?:没|冇)")
CALLS_US_FRAUD = re.compile("(?:不说|你们?|就|怕|莫|别)(?:就|都|怕|不)?是(?:个|一伙)?(?:骗子|诈骗|骗人|骗钱)")
# 真是社区的？那你说说我住几号楼: wants to hear what only we could know.
TESTS_US = re.compile("你(?:倒|就|先|来)?说(?:说|一?下|出来?)?[^，。！？]{0,2}(?:我|俺|咱)(?:住|姓|叫|家|是谁|身份)")
ASKS_ADVICE = re.compile(
    "[药片针粒颗剂素][^。]*(?:[行好成中]不[行好成中]?|行吗|好吗|可以吗|可不可以|能不能|能吗|要不要紧|咋办|怎么办|要得不)[^，。]{0,2}[?？]?$"
)
CANNOT_HEAR = re.compile("听不(?:真|清|见|到|着)|听[球毬]不")
SENTENCE = re.compile(r"[^。！？!?；;]+")
DISHES = "(?:稀饭|早饭|午饭|晚饭|饭|开水|水|菜|汤|粥|茶|鱼|肉|锅|壶|灶|炉|饺子|柴)"
COOKING = re.compile(rf"烧[^，。]{{0,5}}{DISHES}|(?:灶|炉|锅|壶|炕)[^。]{{0,6}}烧|烧[香纸柴炕]")
# Said beside talk of the stove, it is danger: 炉子烧着呢，我跟老婆子都犯恶心.
SICKENING = re.compile("煤|烟|[气味]|恶心|头[晕疼痛昏]|[晕吐倒]|着火|烧着了|烧起来")
# Beside talk of the stove these still mean the body.
OF_THE_BODY = re.compile("发烧|身上|体温|[人我他她]烧|[不没冇未退]烧|低烧|高烧|烧得|烧到")

# 嗯 and 好好好 agree or keep the line busy; they never ask to hear it again.
LISTENING = re.compile(
    r"^(?:要得|可以|妥了|没错|可不是|就是那样|[你您]说[了得]?(?:都)?[对算]|[嗯恩唔好对行是的呀哦噢哪呐中成嘛噻嘞，。,.!！、…\s])+$"
)

WANT = frozenset({"no_medicine", "no_food"})  # told by a denial: 药没了, 没吃饭

# Kinds whose values cannot be taken for another kind: 前头那个也不对，说的是初二.
SAYS_ITS_KIND = frozenset({"date", "phone", "temperature", "id_number", "plate"})

PHONE_LENGTH = 11  # of a mobile number

PERSON_KEY = "0"
REPEAT_KEY = "*"
YES_NO_KEYS = {"1": "yes", "2": "no"}
DATE_KEYS = re.compile(r"^(0[1-9]|1[0-2])([0-2]\d|3[01])$")


def understand(
    utterance: Utterance,
    *,
    pending: Expectation | None,
    others: Sequence[Expectation],
    rank: Ranking,
    at: datetime,
) -> Understood:
    """What a resident said, keyed or left out, given what is being asked (`pending`) and what else might be told.

    Pure and total: never raises. `found` holds a value for `pending` and for each of `others` that the words answer.
    """
    if utterance.silent:
        return Understood(act="silence")
    if utterance.keys:
        return _keyed(utterance.keys, pending, at=at)
    text = utterance.text
    if pending and pending.kind in ("yes_no", "choice") and text.strip().isdecimal() and len(text.strip()) == 1:
        return _keyed(text.strip(), pending, at=at)
    return _spoken(text, pending, others, rank, confidence=utterance.confidence, at=at)


def _spoken(
    text: str,
    pending: Expectation | None,
    others: Sequence[Expectation],
    rank: Ranking,
    *,
    confidence: float,
    at: datetime,
) -> Understood:
    text, heard = _without_cooking(text, pending), text
    reading = _read(text, pending, at=at) if pending else NotRead(reason="not_an_answer")
    found = {key: _found(each) for key, each in find_answers(text, expectations=others, at=at).items()}
    for each in others:
        if each.read_back and isinstance(better := _read(text, each, at=at), Reading):
            found[each.key] = _found(better)
    if pending and isinstance(reading, Reading):
        found[pending.key] = _found(reading)
    dangers = [
        each
        for each in find_red_flags(heard if SICKENING.search(heard) else text)
        if each.pressing and not _was_asked(each, pending, text) and not _only_answers(each, pending, reading, text)
    ]
    asked = {each.key: each.asked for each in (pending, *others) if each}
    found = {key: each for key, each in found.items() if not _is_danger(each, asked[key], dangers)}
    reason = reading.reason if isinstance(reading, NotRead) else ""
    intent, probability = ("affirm", 1.0) if LISTENING.match(text) else rank(text)[0]
    act = _act(intent, probability, pending, reading, text)
    if act == "no_match" and found:
        act = "answer"
    if act in ("no_match", "answer") and HOW_KNOWN.search(text):
        act = "how_got_number"
    if (act in ("no_match", "answer") or probability < OVERRULES_FROM) and TESTS_US.search(text):
        act = "how_got_number"
    if act == "no_match" and ASKS_ADVICE.search(text):
        act = "policy_question"  # no advice on doses: a person answers
    if act == "answer" and CANNOT_HEAR.search(text) and (not isinstance(reading, Reading) or reading.confidence < SURE):
        act = "louder"  # 恁那话俺听不真 is no "no"
    calls_us_that = CALLS_US_FRAUD.search(text) and not (pending and FRAUD.search(pending.asked))
    if calls_us_that or (act in ASKING and FRAUD.search(text)):
        act = "is_this_fraud"
    if act == "correct_that" or (act == "answer" and corrects_too(text)):
        found |= _corrected(text, found, others, at=at)
    if act == "correct_that" and not found:
        said = text[text.rfind("是") + 1 :]  # 记的二号，俺说的是初二
        found |= _corrected(said, {each.key: None for each in others if each.kind in SAYS_ITS_KIND}, others, at=at)
    if act in ("no_match", "hand_phone_over") and not (act == "hand_phone_over" and probability >= OVERRULES_FROM):
        act = "hand_phone_over" if HANDED.search(text) else "no_match" if not found else "answer"
    if act in ("repeat", "louder") and COME_AND_HEAR.search(text):
        act = "hand_phone_over"
    if weeps(text):
        act, probability = "crying", 1.0
    elif speaks_as_child(text):
        act, probability = "child_speaks", 1.0
    if dangers:
        act, probability = "red_flag", 1.0
    if act in ("busy_later", "not_at_home") or (MAY_ASK in found and found[MAY_ASK].value == "no"):
        found |= _call_again(text, at=at)
    elif act == "answer" and (again := CALL_AGAIN.search(text)):
        found |= _call_again(again[0], at=at)
    return Understood(
        act=act,
        confidence=round(min(confidence, 1.0 if act == "answer" else probability), 3),
        found=found,
        reason=reason,
        flags=tuple(
            Flag(kind=each.kind, severity=each.severity, whose=each.whose, when=each.when, words=each.words)
            for each in dangers
        ),
        heard=heard,
    )


def _read(text: str, expectation: Expectation, *, at: datetime) -> Reading | NotRead:
    """The value of the words, by themselves or joined to the part told before: 一三九，幺… 幺二三四，五六七八."""
    read = READERS[expectation.kind]
    if expectation.begun and expectation.kind == "temperature" and not expectation.read_back:
        whole = read(_temperature_joined(expectation.begun, text), expectation=expectation, at=at)
        if isinstance(whole, Reading):
            return Reading(value=whole.value, span=(0, len(text)), confidence=whole.confidence)
    if expectation.begun and expectation.kind == "phone" and not expectation.read_back:
        whole = read(joined_digits(expectation.begun, text) or "", expectation=expectation, at=at)
        if isinstance(whole, Reading):
            return Reading(value=whole.value, span=(0, len(text)), confidence=whole.confidence)
    if expectation.read_back:
        text = HOW_MANY.sub(lambda said: " " * len(said[0]), text)
    reading = read(text, expectation=expectation, at=at)
    if isinstance(reading, Reading) or reading.reason != "incomplete" or not expectation.begun:
        return reading
    for begun in (expectation.begun,) if expectation.read_back else _beginnings(expectation.begun):
        joined = read(f"{begun}，{BACK_AGAIN.sub('', text)}", expectation=expectation, at=at)
        if isinstance(joined, Reading):
            return Reading(value=joined.value, span=(0, len(text)), confidence=joined.confidence)
    return reading


def joined_digits(begun: str, rest: str) -> str | None:
    """A telephone number out of its beginning and its end, digits that were said once more counted once; else None."""
    told = _digits(next((part for part in reversed(RESTART.split(begun)) if _digits(part)), ""))
    more = _digits(rest)
    for again in range(min(len(told), len(more)), -1, -1):
        if told.endswith(more[:again]) and len(told) + len(more) - again == PHONE_LENGTH:
            return told + more[again:]
    return None


def _digits(text: str) -> str:
    return "".join(group.digits for run in find_runs(normalise(text).text) for group in run)


def _temperature_joined(begun: str, rest: str) -> str:
    """三十六点…… and 点八 in one."""
    head, rest = TRAILING.sub("", begun), rest.lstrip("…。.，, ")
    return head.removesuffix(rest[:1]) + rest if rest[:1] in ("点", "度") else head + rest


def _beginnings(begun: str) -> tuple[str, ...]:
    """What was told before: the last number only, without what was said while looking for glasses; and as it is.

    The digit at which somebody broke off is often said once more: 幺……等我戴眼镜 … 幺二三四.
    """
    number = next((part for part in reversed(RESTART.split(begun)) if DIGIT.search(part)), begun)
    cuts = [place.end() for place in DIGIT.finditer(number) if BROKE_OFF.match(number, place.end())]
    told = number[: cuts[0]] if cuts else number
    variants = (told, DIGIT_AT_THE_END.sub("", told), begun, DIGIT_AT_THE_END.sub("", begun))
    return tuple(each for each in dict.fromkeys(variants) if each)


def corrects_too(text: str) -> bool:
    """Whether an earlier answer is put right beside the answer to what was asked: 五个。前头也讲错了，不是坐汽车."""
    return CORRECTS_TOO.search(text) is not None


def _call_again(text: str, *, at: datetime) -> dict[str, Found]:
    callback = Expectation(key="_callback", kind="callback", prefer="future")
    when = READERS["callback"](text, expectation=callback, at=at)
    return {callback.key: _found(when)} if isinstance(when, Reading) else {}


def _corrected(
    text: str, found: Mapping[str, Found | None], others: Sequence[Expectation], *, at: datetime
) -> dict[str, Found]:
    """The values of a correction as the whole sentence tells them: 不是二号回的，是初二."""
    readings = {
        each.key: READERS[each.kind](text, expectation=each, at=at)
        for each in others
        if each.key in found and each.kind not in ("yes_no", "choice")
    }
    return {key: _found(reading) for key, reading in readings.items() if isinstance(reading, Reading)}


def _without_cooking(text: str, pending: Expectation | None) -> str:
    """Sentences about the stove blanked out where a fever was asked for: 烧了烧了，刚烧的稀饭.

    烧啊？烧了 beside them is about the stove as well, unless it names the body.
    """
    if pending is None or "烧" not in pending.asked or not COOKING.search(text):
        return text

    def without(said: re.Match[str]) -> str:
        stove = "烧" in said[0] and not OF_THE_BODY.search(said[0])
        return "，" * len(said[0]) if stove or COOKING.search(said[0]) else said[0]

    return SENTENCE.sub(without, text)


def _act(intent: str, probability: float, pending: Expectation | None, reading: Reading | NotRead, text: str) -> str:
    """The act of words without danger, values for other questions left aside."""
    if isinstance(reading, Reading):
        return intent if _overrules(intent, probability, pending, reading, text) else "answer"
    told_why = reading.reason in ("not_measured", "unknown")  # 家里没得温度计 is no 家里没人
    if intent not in ANSWERING and probability >= (SURE_FROM if told_why else ACCEPTED_FROM):
        return intent
    return "answer" if reading.reason in ANSWERING_REASONS else "no_match"


def _overrules(intent: str, probability: float, pending: Expectation | None, reading: Reading, text: str) -> bool:
    """Whether an intent is heard although the words also hold a value for the pending question."""
    if intent in ANSWERING or pending is None:
        return False
    if pending.kind == "text":
        return probability >= OVERRULES_FROM and intent not in WISHES | {"smalltalk"}
    if intent == "person_please" and OFFERED.search(pending.asked) and not NAMES_A_PERSON.search(text):
        return False  # 要人接 answers 要不要人接您
    if intent == "help_at_home" and OFFER.search(pending.asked):
        return False  # 要，来帮我看看 answers 要不要人上门帮您
    if intent == "speaker_is_other" and pending.key in (MAY_ASK, ADULT):
        return probability >= ACCEPTED_FROM  # 我是她闺女，你说吧
    if intent == "wrong_number" and reading.value == "yes" and NOT_WRONG.search(text):
        return False  # 嗯，没打错
    if intent == "not_at_home" and reading.value == "yes" and I_AM_HOME.search(text):
        return False  # 方便，就我一个人，别人都不在家
    if intent == "refuse_call" and ASKED_TO_COME.search(pending.asked):
        return False  # 我跟你讲啊，不参加 answers 您去不去体检
    if pending.kind == "choice" and intent in WISHES:
        return False  # 修水管 is one of the choices
    if intent == "not_at_home" and pending.key != MAY_ASK and reading.confidence >= SURE_FROM:
        return False  # 没有人回来 answers who came back
    if pending.key == PARTY:
        return probability >= OVERRULES_FROM and intent not in POLITE
    if intent in LOUDNESS and reading.span[0] > 0:
        return probability >= SURE_FROM  # 我这个耳朵不照，大声讲 denies nothing
    if intent in NOT_NOW and pending.key == STILL:
        return probability >= OVERRULES_FROM
    if intent in OVERRULING or (intent in PUTTING_OFF and pending.key == MAY_ASK):
        return probability >= OVERRULES_FROM
    start, end = reading.span
    if start == 0 and text[end : end + 1] in CLAUSE_ENDS and intent == "smalltalk":
        return False  # 要，想有人陪我说说话
    if probability >= CERTAIN_FROM and intent not in POLITE | PUTTING_OFF:
        return True
    share = len(WORD.findall(text[start:end])) / max(1, len(WORD.findall(text)))
    return intent not in POLITE and probability >= SURE_FROM and share < SMALL_SHARE


def _was_asked(danger: RedFlag, pending: Expectation | None, text: str) -> bool:
    """Whether what sounds like danger only takes up the question: 还烧着呢 to 发烧没有 is a fever, not a fire."""
    ambiguous = AMBIGUOUS.get(danger.kind)
    if ambiguous is None or pending is None:
        return False
    word, certain = ambiguous
    return word in pending.asked and word in danger.words and not certain.search(text)


def _only_answers(danger: RedFlag, pending: Expectation | None, reading: Reading | NotRead, text: str) -> bool:
    """Whether an unsure hint was heard in a plain answer: 失眠，吃了安神的也没用 to 睡得好吗 tells of no poisoning.

    Words that the lexicon knows stay a danger in any answer, and so does what speaks of something else than was asked.
    """
    if danger.hint is None or danger.hint >= SURE_HINT or pending is None or isinstance(reading, NotRead):
        return False
    return relation(subject_of(pending.asked), text) == SAME


def _is_danger(found: Found, asked: str, dangers: Sequence[RedFlag]) -> bool:
    """Whether a value was read from the very words that tell of danger: 起不来 is no "no", but to 摔了没 it is yes."""
    start, end = found.span
    near = [each for each in dangers if start < each.span[1] and each.span[0] < end]
    if found.value == "yes" or all(each.kind in WANT for each in near):
        return any(relation(subject_of(asked), each.words) != SAME for each in near)
    return bool(near)


def _found(reading: Reading) -> Found:
    return Found(value=reading.value, span=reading.span, confidence=reading.confidence)


def _keyed(keys: str, pending: Expectation | None, *, at: datetime) -> Understood:
    pressed = keys.strip("#")
    if pressed == PERSON_KEY:
        return Understood(act="person_please", heard=keys)
    if pressed == REPEAT_KEY:
        return Understood(act="repeat", heard=keys)
    if pending is None:
        return Understood(act="no_match", heard=keys)
    value: object = None
    if pending.kind == "yes_no":
        value = YES_NO_KEYS.get(pressed)
    elif pending.kind == "choice":
        value = next((choice.key for choice in pending.choices if choice.digit == pressed), None)
    else:
        reading = READERS[pending.kind](_keys_as_text(pressed, pending.kind), expectation=pending, at=at)
        if isinstance(reading, Reading):
            value = reading.value
    if value is None:
        return Understood(act="no_match", heard=keys)
    found = Found(value=value, span=(0, len(keys)), confidence=1.0)
    return Understood(act="answer", found={pending.key: found}, heard=keys)


def _keys_as_text(keys: str, kind: str) -> str:
    day = DATE_KEYS.match(keys) if kind == "date" else None
    return f"{int(day[1])}月{int(day[2])}日" if day else keys.replace("*", ".")
