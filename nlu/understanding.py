"""One utterance in the light of what is pending: which act it is, and which values it holds."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from nlu.intents import ACCEPTED_FROM, INTENTS
from nlu.readers import READERS
from nlu.reading import Expectation, NotRead, Reading
from nlu.red_flags import RedFlag, find_red_flags
from nlu.several import find_answers
from nlu.speakers import speaks_as_child, weeps
from nlu.subject import SAME, relation, subject_of
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
# And these after a danger: 我现在没空 is no "no" to 现在还是这样吗.
NOT_NOW = frozenset({"busy_later", "refuse_call"})
# Any intent, once it is this sure and the value was read from less than this share of the words: 姑娘你吃饭了没.
SURE_FROM = 0.9
CERTAIN_FROM = 0.97  # from here on whatever share it was
SMALL_SHARE = 0.5
# Said beside any answer.
POLITE = frozenset({"thanks"})
# Intents that are answers to whatever is pending; the readers say what is in them.
ANSWERING = frozenset({"affirm", "deny", "dont_know", "statement", "red_flag"})
# What residents want when they come in themselves: inside a free-text answer these are simply its words.
WISHES = frozenset(intent.id for intent in INTENTS if intent.place == "inbound")
# Reasons that are themselves an answer to the pending question.
ANSWERING_REASONS = frozenset({"unknown", "not_measured", "refused", "vague", "incomplete", "invalid"})
MAY_ASK = "_may_ask"  # Expectation.key of 现在方便吗
STILL = "_still"  # Expectation.key of 现在还是这样吗
WORD = re.compile(r"\w")

# A word that tells of danger unless the question used it in its harmless sense, and what makes it danger all the same.
AMBIGUOUS = {"fire_gas": ("烧", re.compile("火|煤气|燃气|房|屋|锅|电"))}

# The digit at which somebody broke off is often said once more: 幺……等我戴眼镜 … 幺二三四.
RESTARTED = re.compile(r"[0-9零〇一二三四五六七八九幺两]\W*(?:等.*)?$")
OFFERED = re.compile("要不要人|要人|有人陪")
NAMES_A_PERSON = re.compile("人工|真人|活人|转")
CLAUSE_ENDS = frozenset("，,。.！!；;")
# Said with one of these beside it, 骗子 is the point.
ASKING = frozenset({"ask_back", "who_is_this", "how_got_number", "recorded_or_robot", "smalltalk"})
FRAUD = re.compile("骗子|诈骗|骗人|骗钱")
SENTENCE = re.compile(r"[^。！？!?；;]+")
COOKING = re.compile(r"烧[了的着个]{0,2}(?:稀饭|早饭|午饭|晚饭|饭|开水|水|菜|汤|粥|茶|鱼|肉|锅)")

# 嗯 and 好好好 agree or keep the line busy; they never ask to hear it again.
LISTENING = re.compile(r"^[嗯恩唔好对行是的呀哦噢，。,.!！、…\s]+$")

WANT = frozenset({"no_medicine", "no_food"})  # told by a denial: 药没了, 没吃饭

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
    dangers = [each for each in find_red_flags(text) if each.pressing and not _was_asked(each, pending, text)]
    asked = {each.key: each.asked for each in (pending, *others) if each}
    found = {key: each for key, each in found.items() if not _is_danger(each, asked[key], dangers)}
    reason = reading.reason if isinstance(reading, NotRead) else ""
    intent, probability = ("affirm", 1.0) if LISTENING.match(text) else rank(text)[0]
    act = _act(intent, probability, pending, reading, text)
    if act == "no_match" and found:
        act = "answer"
    if act in ASKING and FRAUD.search(text):
        act = "is_this_fraud"
    if act == "correct_that":
        found |= _corrected(text, found, others, at=at)
    if weeps(text):
        act, probability = "crying", 1.0
    elif speaks_as_child(text):
        act, probability = "child_speaks", 1.0
    if dangers:
        act, probability = "red_flag", 1.0
    if act == "busy_later" or (MAY_ASK in found and found[MAY_ASK].value == "no"):
        callback = Expectation(key="_callback", kind="callback", prefer="future")
        when = READERS["callback"](text, expectation=callback, at=at)
        found |= {callback.key: _found(when)} if isinstance(when, Reading) else {}
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
    reading = read(text, expectation=expectation, at=at)
    if isinstance(reading, Reading) or reading.reason != "incomplete" or not expectation.begun:
        return reading
    for begun in (expectation.begun, RESTARTED.sub("", expectation.begun)):
        joined = read(f"{begun}，{text}", expectation=expectation, at=at)
        if isinstance(joined, Reading):
            return Reading(value=joined.value, span=(0, len(text)), confidence=joined.confidence)
    return reading


def _corrected(
    text: str, found: Mapping[str, Found], others: Sequence[Expectation], *, at: datetime
) -> dict[str, Found]:
    """The values of a correction as the whole sentence tells them: 不是二号回的，是初二."""
    readings = {
        each.key: READERS[each.kind](text, expectation=each, at=at)
        for each in others
        if each.key in found and each.kind not in ("yes_no", "choice")
    }
    return {key: _found(reading) for key, reading in readings.items() if isinstance(reading, Reading)}


def _without_cooking(text: str, pending: Expectation | None) -> str:
    """Sentences about the stove blanked out where a fever was asked for: 烧了烧了，刚烧的稀饭."""
    if pending is None or "烧" not in pending.asked:
        return text
    return SENTENCE.sub(lambda said: "，" * len(said[0]) if COOKING.search(said[0]) else said[0], text)


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
    if pending.kind == "choice" and intent in WISHES:
        return False  # 修水管 is one of the choices
    if intent == "not_at_home" and pending.key != MAY_ASK and reading.confidence >= SURE_FROM:
        return False  # 没有人回来 answers who came back
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
