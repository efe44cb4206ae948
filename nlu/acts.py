"""Which act an utterance is: an answer, an intent that overrules it, or neither."""

import re
from collections.abc import Mapping

from nlu import callers
from nlu.agreeing import gives_leave, only_agrees
from nlu.asks import asks_about_it, reproaches
from nlu.clauses import clauses
from nlu.corrections import behind_what_was_taken_back, puts_an_earlier_answer_right
from nlu.handing_over import CLAUSE_ENDS, fetches, hands_over, hands_over_behind, says_who
from nlu.intents import ACCEPTED_FROM, WISHES, Ranking
from nlu.no_side import asks_which_one
from nlu.not_heard import (
    CANNOT_HEAR,
    WANTS_IT_LOUDER,
    asks_for_it_faster,
    asks_for_it_louder,
    asks_for_it_slower,
)
from nlu.own_questions import ADULT, MAY_ASK, PARTY, STILL, WHERE
from nlu.ranked import ranked
from nlu.reading import Expectation, NotRead, Reading
from nlu.speakers import introduces_themselves
from nlu.suspicion import calls_us_that, forbids_calls, speaks_of_fraud
from nlu.topic import OFFER
from nlu.understood import Found
from nlu.wishes import is_for_a_person

# An intent that is this sure is heard even in words that would also pass as an answer: 没有，你打错了.
OVERRULES_FROM = 0.6
OVERRULING = frozenset(
    {"stop_calling", "wrong_number", "person_please", "not_at_home", "stop_recording", "is_this_fraud", "correct_that",
     "hand_phone_over", "refuse_question", "repeat"}
)  # fmt: skip
PUTTING_OFF = frozenset({"busy_later", "refuse_call", "finished"})  # where we only asked whether now is a good time
LOUDNESS = frozenset({"louder", "slower"})
# And these after a danger: 我现在没空 is no "no" to 现在还是这样吗.
NOT_NOW = frozenset({"busy_later", "refuse_call"})
# Alone heard where somebody in danger is asked where they are; whatever else is said tells it: 我现在在外面，菜场门口.
HEARD_IN_DANGER = LOUDNESS | {"person_please", "stop_calling", "goodbye", "repeat", "wait_please", "who_is_this"}
# 明天吧 to 师傅什么时候来 and 家里 to 在什么位置 put nobody off.
AWAY = frozenset({"busy_later", "not_at_home", "wait_please", "hand_phone_over", "speaker_is_other"})
ASKS_WHEN_OR_WHERE = re.compile("什么时候|哪天|几点|什么位置|在哪")
HAS_NO_TIME = re.compile("打|忙|没空|不得闲|没时间|再说|再问|等(?:一?下|会|我)")
# Any intent, once it is this sure and the value was read from less than this share of the words: 姑娘你吃饭了没.
SURE_FROM = 0.9
CERTAIN_FROM = 0.97  # from here on whatever share it was
SMALL_SHARE = 0.5
NAMED = 0.8  # of a value: a choice that was said by its name
SURE = 0.5  # of a value: below it a plain sign of something else weighs more
LEANING = ("yes", "no")
# What half a number is mixed with: 一三六，么……妞妞，把那个纸条递给我.
BESIDE_A_NUMBER = frozenset({"out_of_scope", "smalltalk"})
BEHIND_AN_ANSWER = frozenset({"smalltalk", "policy_question"})
POLITE = frozenset({"thanks"})  # said beside any answer
# Intents that are answers to whatever is pending; the readers say what is in them.
ANSWERING = frozenset({"affirm", "deny", "dont_know", "statement", "red_flag"})
# Reasons that are themselves an answer to the pending question.
ANSWERING_REASONS = frozenset({"unknown", "not_measured", "refused", "vague", "incomplete", "invalid", "this_line"})
WORD = re.compile(r"\w")
NOT_WRONG = re.compile("(?:没有?|冇得?|未|不)(?:打|找|拨|搞|弄)?错(?!吧)")
I_AM_HOME = re.compile("(?:就|只有|只剩|光)[我俺]|[我俺]一个人")
NOT_HERE = re.compile(
    "[不没冇未勿唔][得有]?(?:在|人|来)|出去|出门|出远门|走开|上街|(?:点钟?|下班|[晚下中]午?)[^，。]{0,6}[回来]"
)
ASKED_TO_COME = re.compile(r"去不去|来不来|参加|报名|愿不愿|愿意|想不想|要不要")
OFFERED = re.compile("要不要人|要人|有人陪")
NAMES_A_PERSON = re.compile("人工|真人|活人|转")
QUESTION_MARK = re.compile("[？?]")
ANY_OF_THEM = re.compile("(?:谁|哪[位个样]?|什么|啥|几时)[^，。！？吗]{0,2}都")
TAKES_LEAVE = re.compile(
    "(?:再见|再会|拜拜|回见|回聊|挂了|先挂|不说了|不讲了|不聊了|就这样)[^，。！？]{0,4}[。！!，～~]*$"
)
# 没有了 alone ends no call in which something is still asked.
HANGS_UP = re.compile(
    "[挂撂搁断收关放][^，。]{0,3}(?:了|吧|电话|线|机|哒)|再[见会]|拜|结束|到(?:这|此)|就?[这那]样|这么[着多]|就这|不[说讲聊]了|[说讲问答谈弄办]完"
)
OF_OTHER_CALLS, HUNG_UP = re.compile("转钱|转账|打钱"), re.compile("[挂撂](?:断|掉)?(?:电话)?[了哒咯](?!啊|哈|吧)")
# Said with one of these beside it, 骗子 is the point.
ASKING = frozenset({"ask_back", "who_is_this", "how_got_number", "recorded_or_robot", "smalltalk"})
ASKS_ADVICE = re.compile(
    "[药片针粒颗剂素][^。]*(?:[行好成中]不[行好成中]?|行吗|好吗|可以吗|可不可以|能不能(?![拿领买开报取])|能吗|要不要紧|咋办|怎么办|要得不)[^，。]{0,2}[?？]?$"
)
# 搵个识讲白话嘅同我讲: somebody who speaks as they do.
WANTS_SOMEBODY = re.compile("(?:找|搵|叫|换|喊)[^，。]{0,3}[个人][^，。]{0,10}[同跟和]我[讲说]")


def _of_the_call(act: str, text: str, pending: Expectation | None) -> str:
    """The act of words about who is there and what the call is for, whatever intent they were taken for."""
    if pending is None and callers.asks_whether_it_is_us(text):
        act = "who_is_this"
    if is_for_a_person(act, text):
        act = "policy_question"
    if pending is not None and callers.is_called_to_the_door(text):
        act = "wait_please"
    if reproaches(text) and act in ("policy_question", "no_match"):
        act = "ask_back"
    return "person_please" if act == "wait_please" and callers.looks_for_somebody(text) else act


def heard_act(
    text: str, *, pending: Expectation | None, reading: Reading | NotRead, found: Mapping[str, Found], rank: Ranking
) -> tuple[str, float]:
    """The act of words without danger, and the probability of the intent it comes from."""
    intent, probability = ranked(text if pending else callers.without_greeting(text), rank)
    act = _act(intent, probability, pending, reading, text)
    if act == "correct_that" and _answers_first(text, reading):
        act = "answer"
    if act == "no_match" and found:
        act = "answer"
    act = _of_the_call(act, text, pending)
    plain = act in ("no_match", "answer")
    if plain and callers.asks_how_we_know(text):
        act = "how_got_number"
    if (plain or probability < OVERRULES_FROM) and callers.tests_us(text):
        act = "how_got_number"
    if act in WISHES and pending is not None and probability < SURE_FROM and asks_about_it(text, pending):
        act = "policy_question"  # 要不要报备啊
    if (act == "no_match" or (act in BESIDE_A_NUMBER and probability < SURE_FROM)) and asks_about_it(text, pending):
        act = "ask_back" if asks_which_one(text) else "policy_question"
    if act in ("no_match", "answer") and ASKS_ADVICE.search(text):
        act = "policy_question"  # no advice on doses: a person answers
    if act in ("answer", "no_match") and _has_not_heard(text, reading):
        act = "louder"  # 恁那话俺听不真 is no "no"
    if (act == "answer" and hands_over_behind(text)) or (act in ("repeat", "louder") and fetches(text)):
        act = "hand_phone_over"
    if act == "answer" and takes_leave(text, reading):
        act = "goodbye"  # 行，我给她倒水去，再见: the first word closes, and answers nothing
    asked_of = pending is not None and speaks_of_fraud(pending.asked)
    if (calls_us_that(text) and not asked_of) or (act in ASKING and speaks_of_fraud(text)):
        act = "is_this_fraud"
    if act in ("no_match", "answer") and _doubts_who_we_are(text, pending, reading):
        act = "is_this_fraud"
    if act == "is_this_fraud" and forbids_calls(text):
        act = "stop_calling"
    if act == "no_match" or (act == "hand_phone_over" and probability < OVERRULES_FROM):
        act = "hand_phone_over" if hands_over(text) else "no_match" if not found else "answer"
    if act == "smalltalk" and any(pending is None or key != pending.key for key in found):
        act = "answer"  # 今天还没吃饭, told when something is put right, is no chat
    who = says_who(text)
    if act == "answer" and who is not None and isinstance(reading, Reading) and reading.span[1] <= who.start():
        act = "speaker_is_other"  # 刚回来，你等一下。喂，我是她女儿
    fetched = act == "answer" and pending is not None and pending.key == ADULT  # 我对门的老高，有啥你给我说
    named = who is not None or (fetched and introduces_themselves(text) is not None)  # 我是孙媳妇，你问吧
    if (fetched or act in ("no_match", "wait_please", "smalltalk")) and named:
        act = "speaker_is_other"
    if act in ("no_match", "answer") and WANTS_SOMEBODY.search(text):
        act = "person_please"
    return act, probability


def takes_leave(text: str, reading: Reading | NotRead) -> bool:
    """Whether a value was read from a clause that only agrees, in words that end with a goodbye: 行，那再见."""
    return TAKES_LEAVE.search(text) is not None and only_said_yes(text, reading)


def only_said_yes(text: str, reading: Reading | NotRead) -> bool:
    """Whether a value was read from a clause that only agrees: 得嘞，让我孙女听 closes, and answers nothing."""
    if not isinstance(reading, Reading):
        return False
    start, end = reading.span
    clause = next((text[first:last] for first, last in clauses(text) if first <= start < last), text[start:end])
    return only_agrees(clause)


def _doubts_who_we_are(text: str, pending: Expectation | None, reading: Reading | NotRead) -> bool:
    """Whether fraud is spoken of before it is settled who is on the line: 我隔壁就是接了这样的电话，一万二冇得哒.

    Whoever plainly says yes tells something else: 方便，正看电视里演的戏.
    """
    if isinstance(reading, Reading) and reading.value == "yes" and reading.confidence >= SURE_FROM:
        return False
    return pending is not None and pending.key in (PARTY, MAY_ASK) and speaks_of_fraud(text)


def _has_not_heard(text: str, reading: Reading | NotRead) -> bool:
    """Whether the words ask for it louder and do not answer: 俺没叫谁捎东西啊。恁使劲说 only leans to a no."""
    louder = WANTS_IT_LOUDER.search(text)
    leans = isinstance(reading, Reading) and reading.value in LEANING and reading.confidence < SURE_FROM
    if leans and asks_for_it_louder(text):
        return True
    if louder is None:
        return False
    if not isinstance(reading, Reading):
        return reading.reason in ("not_an_answer", "unknown") or CANNOT_HEAR.search(text) is not None
    return reading.span[0] > louder.start() or reading.confidence < SURE


def _answers_first(text: str, reading: Reading | NotRead) -> bool:
    """查过了。前头俺也说岔了，是初六: the pending question has its answer before another one is put right.

    Or behind it, where that very answer was taken back: 不够，哎我说错了，尽够了.
    """
    if isinstance(reading, Reading) and 0 < behind_what_was_taken_back(text) <= reading.span[0]:
        return True
    puts_right = puts_an_earlier_answer_right(text)
    return (
        puts_right is not None
        and isinstance(reading, Reading)
        and reading.confidence > SURE
        and (reading.span[1] <= puts_right.start())
    )


def _act(intent: str, probability: float, pending: Expectation | None, reading: Reading | NotRead, text: str) -> str:
    """The intent or the answer, values for other questions left aside."""
    if intent == "finished" and pending is not None and not pending.key.startswith("_") and not _ends(text, pending):
        intent = "refuse_question" if pending.kind == "text" else "deny"  # 现在没有了 is about what was asked
    if isinstance(reading, Reading):
        return intent if _overrules(intent, probability, pending, reading, text) else "answer"
    told_why = reading.reason in ("not_measured", "unknown", "this_line") and not TAKES_LEAVE.search(text)
    if reading.reason == "incomplete" and intent in BESIDE_A_NUMBER:
        return "answer"
    if (
        intent == "not_at_home"
        and pending is not None
        and not pending.key.startswith("_")
        and not NOT_HERE.search(text)
    ):
        intent = "statement"  # 我儿子在深圳上班，过年才回来, from whoever answers us
    if intent == "callback_me" and isinstance(reading, NotRead) and reading.reason == "this_line":
        return "answer"  # 就打我这个电话
    if (
        intent in LOUDNESS
        and probability < OVERRULES_FROM
        and not (asks_for_it_louder(text) or asks_for_it_slower(text))
    ):
        intent = "statement"  # 门铃没声音了
    if intent == "person_please" and probability < OVERRULES_FROM and not NAMES_A_PERSON.search(text):
        intent = "statement"  # 灯泡坏了，想叫人换换
    if intent == "slower" and asks_for_it_faster(text):
        intent = "busy_later"
    if intent == "out_of_scope" and pending is not None and probability < OVERRULES_FROM:
        intent = "statement"  # 孙女周末来帮我弄 sounds like a wish
    # 家里没得温度计 is no 家里没人; 回头再说吧，再见 is a goodbye
    if intent not in ANSWERING and probability >= (SURE_FROM if told_why else ACCEPTED_FROM):
        return intent
    return "answer" if reading.reason in ANSWERING_REASONS else "no_match"


def _ends(text: str, pending: Expectation) -> bool:
    """Whether the words end this call: 没转，我挂了 to 您转钱了没有 tells how another one ended."""
    ends = HANGS_UP.search(text)
    return ends is not None and not (OF_OTHER_CALLS.search(pending.asked) and HUNG_UP.search(text))


def _overrules(intent: str, probability: float, pending: Expectation | None, reading: Reading, text: str) -> bool:
    """Whether an intent is heard although the words also hold a value for the pending question."""
    if intent in ANSWERING or pending is None:
        return False
    if pending.key == WHERE:
        return probability >= SURE_FROM and intent in HEARD_IN_DANGER
    if intent in AWAY and ASKS_WHEN_OR_WHERE.search(pending.asked) and not HAS_NO_TIME.search(text):
        return False
    if pending.kind == "text":
        return probability >= OVERRULES_FROM and intent not in WISHES | {"smalltalk", "not_at_home"}
    if intent == "person_please" and OFFERED.search(pending.asked) and not NAMES_A_PERSON.search(text):
        return False  # 要人接 answers 要不要人接您
    if intent == "help_at_home" and OFFER.search(pending.asked):
        return False  # 要，来帮我看看 answers 要不要人上门帮您
    if intent == "repeat" and pending.key == MAY_ASK and gives_leave(text):
        return False  # 嗯，你说么
    if intent == "speaker_is_other" and pending.key in (MAY_ASK, ADULT):
        return probability >= ACCEPTED_FROM  # 我是她闺女，你说吧
    if (
        intent == "is_this_fraud"
        and reading.value == "yes"
        and any(callers.asks_whether_it_is_us(text[start:end]) for start, end in clauses(text))
    ):
        return False  # 方便的，你是社区的吧
    if intent == "wrong_number" and reading.value == "yes" and NOT_WRONG.search(text):
        return False  # 嗯，没打错
    if intent == "not_at_home" and reading.value == "yes" and I_AM_HOME.search(text):
        return False  # 方便，就我一个人，别人都不在家
    if intent == "refuse_call" and ASKED_TO_COME.search(pending.asked):
        return False  # 我跟你讲啊，不参加 answers 您去不去体检
    if pending.kind == "choice" and intent in WISHES:
        return False  # 修水管 is one of the choices
    if pending.kind == "choice" and intent == "out_of_scope" and reading.confidence >= NAMED:
        return False  # 买的高铁票 names one
    if intent == "hand_phone_over" and probability < SURE_FROM and not hands_over(text):
        return False  # 儿媳妇也问过我，我跟她讲，尽够了
    if intent in ASKING and ANY_OF_THEM.search(text):
        return False  # 方便，你是哪位都方便
    if intent == "refuse_question" and QUESTION_MARK.search(text[: reading.span[0]]):
        return False  # 你问这个？不能吃的
    if intent == "not_at_home" and "回来" in pending.asked:
        return False  # 没回来，说过年才回
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
    if start == 0 and text[end : end + 1] in CLAUSE_ENDS and intent in BEHIND_AN_ANSWER:
        return False  # 要，想有人陪我说说话; 要的，什么时候来
    if probability >= CERTAIN_FROM and intent not in POLITE | PUTTING_OFF:
        return True
    share = len(WORD.findall(text[start:end])) / max(1, len(WORD.findall(text)))
    return intent not in POLITE and probability >= SURE_FROM and share < SMALL_SHARE
