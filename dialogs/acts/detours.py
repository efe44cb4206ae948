"""A red flag, and taking something back: they leave the questionnaire for a turn or two."""

import re

from dialogs import events as e
from dialogs import household, loop, members
from dialogs.acts import answers, asides, danger_answers, desk, proofs, speakers, unclear, unknown_callers
from dialogs.acts.put_off import time_to_call
from dialogs.events import Severity
from dialogs.jobs import HELP, JOBS
from dialogs.phases import LOW_SPIRITS
from dialogs.questionnaire import Question
from dialogs.script import Script
from nlu.acts import ASKS_ADVICE
from nlu.speakers import speaks_as_child
from nlu.subject import SAME, relation, subject_of
from nlu.understood import Flag, Found, Wish

MEANT = 0.8  # of a value that a danger implies
CLEAR_FROM = 0.9  # of a value told beside a danger
# 帮我叫个救护车, 快报警啊: no call from here reaches them.
CALLS_FOR_THEM = re.compile(
    "[叫喊打拨请派来要][^，。！？]{0,5}(?:救护车|急救|救火车|消防|警察|一[二一]零|一一九|1(?:20|10|19))|报(?:火)?警(?!器)"
)
SENTENCE = re.compile("[^。！？!?…]+")
# Urgent for a person to see, but no bodily danger at this moment: the questions go on.
CAN_WAIT = frozenset({"no_medicine", "no_food"})


def red_flag(script: Script) -> None:
    """Something urgent was said: a person is told, the questionnaire stops for one calm question.

    The same danger told again is the answer to that question.
    """
    if script.state.phase == "red_flag" and _are_raised(script):
        danger_answers.red_flag_answered(script)
        return
    if script.state.phase == "asking" and _is_known(script):
        (asides.policy_question if ASKS_ADVICE.search(script.said) else answers.answered)(script)
        return
    pending = script.understood.found.get(script.state.pending)
    for flag in script.understood.flags:
        loop.escalate(script, flag.kind, _severity(script, flag), key=_key(flag))
    if script.state.phase == "proving" and script.state.job == HELP:  # 快来人, to where they are: people are called
        proofs.proof_given(script)
        return
    unknown_callers.keep_place(script)
    if not speaks_as_child(script.said):  # a child answers nothing
        _keep_what_was_told(script, pending)
    if pending is None and script.state.phase == "asking":
        _say_why_not(script)
    if script.state.phase == "desk":
        _keep_what_was_wanted(script)
    kinds = [flag.kind for flag in script.understood.flags]
    if script.state.phase not in ("red_flag", "closed") and all(kind in CAN_WAIT for kind in kinds):
        if speaks_as_child(script.said):
            speakers.child_speaks(script)
            return
        script.say("today")
        if script.state.phase == "correcting":
            correction_answered(script)
        else:
            loop.go_on(script)
        return
    if script.state.phase == "red_flag":  # one danger more, told when we asked about the first: that is no "it is over"
        script.note(e.RedFlagChecked(at=script.at, kind=script.state.flag, still=True))
        unclear.help_comes(script)
        return
    gravest = LOW_SPIRITS if LOW_SPIRITS in kinds else next((kind for kind in kinds if kind not in CAN_WAIT), kinds[0])
    script.note(e.RedFlagCheckAsked(at=script.at, kind=gravest))
    if CALLS_FOR_THEM.search(script.said):
        unknown_callers.say_whom_to_ring(script, "ring_them_yourself")
    loop.ask_pending(script)


def _are_raised(script: Script) -> bool:
    return all(_key(flag) in script.state.raised for flag in script.understood.flags)


def _is_known(script: Script) -> bool:
    """药没了, said once more: somebody has been told, and it can wait for them."""
    return _are_raised(script) and all(flag.kind in CAN_WAIT for flag in script.understood.flags)


def _keep_what_was_told(script: Script, pending: Found | None) -> None:
    kinds = {flag.kind for flag in script.understood.flags}
    against = [key for key, found in script.understood.found.items() if _speaks_against(script, key, found, kinds)]
    for key in against:  # 降压药吃完就没了 is no "yes" to whether it lasts a week
        del script.understood.found[key]
    if LOW_SPIRITS in kinds:
        _rate_nothing(script)
    if script.state.pending in against or script.state.pending not in script.understood.found:
        pending = None
    loop.capture_others(script)
    asked = script.question(script.state.pending) if script.state.phase == "asking" else None
    if asked is not None and pending is not None and _is_kept(asked, pending):
        loop.capture(script, asked, pending)
    _keep_what_it_means(script)
    if unconfirmed := loop.to_read_back(script):
        script.note(e.ReadBackPutOff(at=script.at, questions=unconfirmed))


def _rate_nothing(script: Script) -> None:
    """睡不着……活着没意思 says how they sleep; nothing else is rated in such words, and nothing is agreed to."""
    asked = script.state.pending if script.state.phase == "asking" else ""
    for key, found in list(script.understood.found.items()):
        if key.startswith("_") or (key != asked and script.question(key).kind != "choice"):
            continue
        question = script.question(key)
        sentence = SENTENCE.match(script.heard, found.span[0])  # 瞪眼到天亮，睡不着
        named = sentence is not None and relation(subject_of(question.ask.spoken), sentence[0]) == SAME
        if key != asked or question.kind != "choice" or not named or found.confidence < CLEAR_FROM:
            del script.understood.found[key]


def _keep_what_was_wanted(script: Script) -> None:
    """电梯坏了，药也快没了: what was wanted comes afterwards. Of whom we know nothing, who they are is asked then."""
    wishes = [each for each in script.understood.wishes if each.intent in JOBS]
    if not wishes and not script.state.recognised and not _in_danger(script):
        wishes = [Wish(intent="callback_me", words=script.heard)]
    desk.put_off(script, wishes)


def _in_danger(script: Script) -> bool:
    return any(flag.kind not in CAN_WAIT for flag in script.understood.flags)


def _keep_what_it_means(script: Script) -> None:
    """Medicine that runs out today answers whether it lasts a week: that is not asked any more."""
    flags = {flag.kind: flag for flag in script.understood.flags if flag.kind in CAN_WAIT and flag.whose == "self"}
    for question in members.questions(script.questionnaire, script.state):
        for rule in question.escalate:
            if rule.kind in flags and rule.values and not _is_settled(script, question.key):
                found = Found(value=rule.values[0], span=(0, len(script.heard)), confidence=MEANT)
                loop.capture(script, question, found)


def _is_settled(script: Script, key: str) -> bool:
    state = script.state
    return bool(members.about(key)) or key in state.answers or key in state.known


def _speaks_against(script: Script, key: str, found: Found, kinds: set[str]) -> bool:
    """Whether a value denies the very danger that was told: its question raises that kind, but for other values."""
    if key.startswith("_"):
        return False
    rules = [rule for rule in script.question(key).escalate if rule.kind in kinds and rule.values]
    return bool(rules) and all(found.value not in rule.values for rule in rules)


def _is_kept(asked: Question, found: Found) -> bool:
    """Whether a value in words that tell of danger is more than a guess, or is read back: 我不敢开灯 is no "no"."""
    clear = found.value == "yes" or found.confidence >= CLEAR_FROM
    return not asked.limited and (clear or (asked.read_back and found.confidence >= loop.SURE_ENOUGH))


def _say_why_not(script: Script) -> None:
    """没量 in the same breath ends the pending question."""
    match script.understood.reason:
        case "unknown" | "not_measured" as reason:
            loop.leave_open(script, script.question(script.state.pending), reason)


def _key(flag: Flag) -> str:
    return f"flag:{flag.kind}"


def _severity(script: Script, flag: Flag) -> Severity:
    if flag.kind in script.questionnaire.red_flags:
        return "emergency"
    return "emergency" if flag.severity == "emergency" else "urgent"


def correct_that(script: Script) -> None:
    """前面说错了: the right value if it was said; else what was told of whom they name; else which one."""
    household.give_to_whom_it_is_about(script)
    if not answers.put_right(script) and not _asked_again_by_name(script):
        script.note(e.CorrectionAsked(at=script.at, heard=script.heard))
        script.say("which_is_wrong")
        return
    if (due := time_to_call(script)) is not None:  # 是初五。等俺孙子放学再打
        answers.promise_call(script, due)
        return
    script.say("taken_back")
    loop.go_on(script)


def _asked_again_by_name(script: Script) -> bool:
    """小宝那个说错了: all that was told of 小宝 is asked once more; whether anything was."""
    told = household.told_of_by_name(script)
    for key in told:
        script.note(e.AnswerWithdrawn(at=script.at, question=key, heard=script.heard))
    return bool(told)


def correction_answered(script: Script) -> None:
    """The reply to 哪一样说错了: a new value, else the last answer is asked again."""
    if any(loop.is_new(script, key) for key in script.understood.found) or household.told_of_by_name(script):
        correct_that(script)
        return
    if not script.state.answers:
        loop.go_on(script)
        return
    last = script.question(list(script.state.answers)[-1])
    script.note(e.AnswerWithdrawn(at=script.at, question=last.key, heard=script.heard))
    loop.ask(script, last)
