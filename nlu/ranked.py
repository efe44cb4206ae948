"""The intent of words by themselves, before what is pending."""

import re

from nlu.agreeing import only_agrees
from nlu.callers import calls_out, hesitates
from nlu.handing_over import goes_to_ask
from nlu.intents import ACCEPTED_FROM, Ranking
from nlu.wishes import may_be

# What answers a short message that is not wanted.
UNSUBSCRIBES = re.compile(r"\W*(?:TD?|退订|取消订阅)\W*$", re.IGNORECASE)
# What sounds like a wish and is none: 灯修好了, 换成下午, 不想留名字, 体检是哪天.
BY_MISTAKE = {
    "repair_request": "statement",
    "correct_my_data": "statement",
    "delete_my_data": "statement",
    "book_appointment": "policy_question",
}
ASKS_FOR_WHOM = re.compile("[找问]谁(?![的都也])")  # 那我找谁
# 等等我先问个事，医保卡丢了咋补: what is asked decides.
RUNS_UP = re.compile("^[^，。！？]{0,6}(?:问|打听|咨询)(?:你|您|一?下|一?个|一?件)*(?:事儿?|问题)?[，,]+(?=\\w{3})")
IN_WORDS = re.compile("[\u4e00-\u9fff]|[A-Za-z]{2}")


def ranked(text: str, rank: Ranking) -> tuple[str, float]:
    """The likeliest intent and its probability, put right where words say it better than the model."""
    text = RUNS_UP.sub("", text)
    if UNSUBSCRIBES.match(text):
        return "stop_calling", 1.0
    if not IN_WORDS.search(text):
        return "statement", 1.0  # 13971234567, G1024
    if only_agrees(text):
        return "affirm", 1.0
    if calls_out(text):
        return "smalltalk", 1.0
    if hesitates(text):
        return "wait_please", 1.0
    if goes_to_ask(text):
        return "wait_please", ACCEPTED_FROM
    intent, probability = rank(text)[0]
    if intent in BY_MISTAKE and not may_be(intent, text):
        intent = BY_MISTAKE[intent]
    if intent == "who_is_this" and ASKS_FOR_WHOM.search(text):
        intent = "policy_question"
    return intent, probability
