"""One utterance in the light of what is pending: which act it is, and which values it holds."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from nlu.acts import heard_act, only_said_yes, takes_leave
from nlu.asking_around import has_the_last_word, without_the_room
from nlu.asks import questions_in, takes_up, without_questions
from nlu.clauses import blanked, clauses
from nlu.corrections import (
    CALL_AGAIN,
    behind_what_was_taken_back,
    call_again,
    corrected,
    only_takes_back,
    puts_an_earlier_answer_right,
)
from nlu.doubled import AS_SAID, read_without_doubling
from nlu.echo import HOUSEHOLD
from nlu.fillers import without_fillers
from nlu.going_on import goes_on
from nlu.handing_over import says_who
from nlu.heat import without_other_heat
from nlu.intents import ACCEPTED_FROM, Ranking
from nlu.keyed import keyed
from nlu.matters import find_matters
from nlu.medicine_kinds import of_usual_medicine, one_runs_short
from nlu.not_heard import asks_for_it_louder, without_what_was_misheard
from nlu.of_another import is_its_word, is_said_of_another, of_another, only_listens
from nlu.own_questions import STILL
from nlu.paused_numerals import joined
from nlu.pressing import is_danger, pressing_dangers
from nlu.reading import Expectation, NotRead, Reading
from nlu.rewriting import Rewritten
from nlu.said_back import read_said_back
from nlu.several import find_answers
from nlu.somebody_else import without_somebody_elses
from nlu.speakers import speaks_as_child, weeps
from nlu.still import says_how_it_is
from nlu.told_for import of_the_person_asked
from nlu.told_in_parts import read_pending
from nlu.understood import Flag, Found, Understood, found_in
from nlu.utterance import Utterance
from nlu.wishes import find_wishes

WEIGHED = frozenset({"yes_no", "choice"})  # read from plain words; readers of figures see to what surrounds theirs
SENTENCE, MORE_THAN_ONE = re.compile("[^。！？!?]+[。！？!?]*"), 2
ASKED_ABOUT = frozenset({"statement", "affirm", "deny", "out_of_scope"})  # what a question may sound like: 喝水行不行
TAKES_BACK = re.compile(
    "(?:^|[，,。…])[哎哦啊]*(?:不对|不是|错了?)(?=[，,。…])|[说记讲搞]错|应该是|不是[^，。]{1,8}[，,]?是"
)
SURE_DAY = 0.8  # of a reading
GUESSED_BELOW = 0.5  # of a value that any trouble is after 有没有什么事
UNREAD = frozenset({"not_an_answer", "invalid"})  # reasons for which a stammer is looked for
WORD = re.compile(r"\w")
PIECE, DIGIT = re.compile("…+"), re.compile("[0-9零一二三四五六七八九]")
FEWEST_BREAKS, SHORT_PIECE = 2, 4  # pauses; characters
# 错了。不是二号，是初二。
SENTENCE_REST = re.compile("[^。！？!?]*[。！？!?]*(?:[^，。！？]{0,4}不是[^。！？]*[。！？]*)?")


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
        return keyed(utterance.keys, pending, at=at)
    text = utterance.text
    if pending and pending.kind in ("yes_no", "choice") and text.strip().isdecimal() and len(text.strip()) == 1:
        return keyed(text.strip(), pending, at=at)
    plain = without_fillers(text)
    understood = _spoken(plain.text, pending, others, rank, confidence=utterance.confidence, at=at)
    return _in_the_words(understood, plain, text) if plain.text != text else understood


def _in_the_words(understood: Understood, plain: Rewritten, text: str) -> Understood:
    """What was understood without fillers, its spans in the words as they were heard."""
    found = {key: msgspec.structs.replace(each, span=plain.span(*each.span)) for key, each in understood.found.items()}
    return msgspec.structs.replace(understood, found=found, heard=text, said=understood.heard)


def _spoken(
    text: str,
    pending: Expectation | None,
    others: Sequence[Expectation],
    rank: Ranking,
    *,
    confidence: float,
    at: datetime,
) -> Understood:
    heard, text = text, of_usual_medicine(text, (pending, *others))
    whole, told = text, without_other_heat(joined(text), pending)
    text = without_what_was_misheard(told, pending.asked if pending else "")
    if pending is not None and pending.told_for and not HOUSEHOLD.search(pending.asked):
        text = of_the_person_asked(text)
    reading = _read_asked_around(text, pending, at=at) if pending else NotRead(reason="not_an_answer")
    dangers = pressing_dangers(whole, text, pending, reading, rank)  # those told in the room among them
    if text != told:  # 听不着！胸口疼得很！噢，你说发烧啊: answers nothing, and is a danger all the same
        misheard = "".join("，" if kept == each else each for each, kept in zip(told, text, strict=True))
        dangers += pressing_dangers(misheard, misheard, pending, reading, rank)
    text, wishes = without_the_room(text), () if pending else find_wishes(heard, rank)
    if pending is not None and not dangers:
        wishes, rest = find_matters(text, pending, reading, others, rank)
        if wishes:
            text, reading = rest, _read_asked_around(rest, pending, at=at)
    asked = {each.key: each.asked for each in (pending, *others) if each}
    values = _values(text, pending, reading, others, at=at)
    found = {key: each for key, each in values.items() if not is_danger(each, asked[key], dangers)}
    if pending is not None and len(found) > 1 and _answers_another(found.get(pending.key), pending, text):
        found.pop(pending.key)
        reading = NotRead(reason="not_an_answer")
    act, probability = heard_act(text, pending=pending, reading=reading, found=found, rank=rank)
    if pending is not None and wishes and not WORD.search(text):
        act, probability = wishes[0].intent, 1.0
    if act == "no_match" and asks_for_it_louder(heard):
        act = "louder"  # 大声点！……体重啊？一百五十斤: heard something else, and still not the question
    if act == "speaker_is_other" and (who := says_who(text)) is not None:  # another had the telephone before
        found = {key: each for key, each in found.items() if _is_told_by_them(each, who, text)}
    closes = takes_leave(text, reading) or (act == "hand_phone_over" and only_said_yes(text, reading))
    if pending is not None and closes:
        found.pop(pending.key, None)
    found |= corrected(text, act, found, others, at=at)
    if act == "no_match" and found:
        act = "answer"
    if weeps(text):
        act, probability = "crying", 1.0
    elif speaks_as_child(text):
        act, probability = "child_speaks", 1.0
    if dangers:
        act, probability = "red_flag", 1.0
    found |= call_again(text, act, found, at=at)
    return Understood(
        act=act,
        confidence=round(min(confidence, 1.0 if act == "answer" else probability), 3),
        found=found,
        reason=reading.reason if isinstance(reading, NotRead) else "",
        flags=tuple(
            Flag(kind=each.kind, severity=each.severity, whose=each.whose, when=each.when, words=each.words)
            for each in dangers
        ),
        wishes=wishes,
        asked=_asked_beside(text, pending, found, rank) if act == "answer" and pending and found else "",
        heard=heard,
    )


def _answers_another(found: Found | None, pending: Expectation, text: str) -> bool:
    """睡不好, after 有没有什么事要帮忙: that may be such a matter, but it is an answer to the question about sleep."""
    guessed = found is not None and found.confidence < GUESSED_BELOW
    return guessed or only_takes_back(found, pending, text)


def _is_told_by_them(found: Found, who: re.Match[str], text: str) -> bool:
    """Whether a value was told behind the clause in which somebody says who they are: 我是她女儿 is no "yes"."""
    introduced = next((last for first, last in clauses(text) if first <= who.start() < last), who.end())
    return found.span[0] >= who.start() and found.span[1] > introduced


def _asked_beside(text: str, pending: Expectation, found: Mapping[str, Found], rank: Ranking) -> str:
    """The first clause that asks about rules, money or times; whoever takes up our question, or picks with a question,
    asks nothing.
    """
    answer = found.get(pending.key)
    for start, end in questions_in(text):
        if answer is not None and pending.kind == "choice" and start <= answer.span[0] < end:
            continue  # 星期二上午行不行
        clause = text[start:end]
        intent, probability = rank(clause)[0]
        new = not any(clause[place : place + 2] in pending.asked for place in range(len(clause) - 1))
        of_us = probability >= ACCEPTED_FROM and intent not in ASKED_ABOUT  # 你是哪个 is answered by itself
        if not takes_up(clause, pending.asked) and (intent == "policy_question" or (new and not of_us)):
            return clause
    return ""


def _read_asked_around(text: str, pending: Expectation, *, at: datetime) -> Reading | NotRead:
    """The value for what is pending; whoever asked somebody in the room has the last word, else what was said there."""
    if pending.kind in WEIGHED:
        text = without_questions(text, choosing=pending.kind == "choice")
    last = has_the_last_word(text)
    reading = _read_first(last, pending, at=at) if last is not None else NotRead(reason="not_an_answer")
    if isinstance(reading, NotRead):
        reading = _read_first(text, pending, at=at)
    if isinstance(reading, Reading) or reading.reason not in UNREAD or pending.kind in AS_SAID:
        return reading
    once = read_without_doubling(text, lambda words: _read_first(words, pending, at=at))
    return once if isinstance(once, Reading) else reading


def _read_first(text: str, pending: Expectation, *, at: datetime) -> Reading | NotRead:
    """The value for what is pending; what puts an earlier answer right behind it is no part of it, nor is what was
    taken back in the same breath.
    """
    if (short := one_runs_short(text, pending)) is not None:
        return short
    if (own := without_somebody_elses(text, pending)) != text and not pending.key.startswith("_"):
        of_them = _read_first(own, pending, at=at)
        if isinstance(of_them, Reading):
            return of_them
    if goes_on(text, pending) and (pending.kind == "yes_no" or pending.behind_promise):
        return NotRead(reason="not_an_answer")
    if pending.kind in WEIGHED and (start := behind_what_was_taken_back(text)):
        better = read_pending(blanked(text, 0, start), pending, at=at)
        if isinstance(better, Reading):
            return better
    if pending.kind == "date" and (first := _first_told(text, pending, at=at)) is not None:
        return first
    if pending.key == STILL and (told := says_how_it_is(text)) is not None:
        return told
    righted = puts_an_earlier_answer_right(text)
    if righted is not None and not pending.begun:
        return _read_beside(righted.span(), text, pending, at=at)
    return read_pending(text, pending, at=at)


def _first_told(text: str, pending: Expectation, *, at: datetime) -> Reading | None:
    """The day of the first sentence that names one, none where it is put right: 礼拜天上来的。前天夜里他讲气不够用."""
    sentences = [each.span() for each in SENTENCE.finditer(text)]
    if len(sentences) < MORE_THAN_ONE or TAKES_BACK.search(text):
        return None
    for start, end in sentences:
        reading = read_pending(blanked(text[:end], 0, start), pending, at=at)
        if isinstance(reading, Reading):
            return reading if reading.confidence >= SURE_DAY else None
    return None


def _read_beside(righted: tuple[int, int], text: str, pending: Expectation, *, at: datetime) -> Reading | NotRead:
    """The pending answer before an earlier one is put right, else in the sentences behind it."""
    before = read_pending(text[: righted[0]], pending, at=at) if righted[0] else NotRead(reason="not_an_answer")
    if isinstance(before, Reading):
        return before
    rest = SENTENCE_REST.match(text, righted[1])
    end = rest.end() if rest else len(text)
    behind = CALL_AGAIN.split(text[end:])[0]  # 不行了，我要困觉去了，等我起来再打 answers nothing
    return read_pending("，" * end + behind, pending, at=at) if behind and behind == text[end:] else before


def _values(
    text: str,
    pending: Expectation | None,
    reading: Reading | NotRead,
    others: Sequence[Expectation],
    *,
    at: datetime,
) -> dict[str, Found]:
    """What the words hold for each question, by its key."""
    asks = list(questions_in(text))
    weighed = {each.key for each in others if each.kind in WEIGHED}
    found = {
        key: found_in(each)
        for key, each in find_answers(text, expectations=others, at=at).items()
        if key not in weighed or not any(start <= each.span[0] < end for start, end in asks)
    }
    for each in others:
        if each.read_back and each.kind == "yes_no":
            if isinstance(anew := read_said_back(text, each, at=at), Reading) and not of_another(anew, each, found):
                found[each.key] = found_in(anew)
            continue
        mendable = each.read_back or (each.begun and each.kind == "phone")
        if mendable and isinstance(better := read_pending(text, each, at=at), Reading):
            found[each.key] = found_in(better)
    if pending and isinstance(reading, Reading):
        if pending.kind == "choice":
            found = {key: each for key, each in found.items() if not is_its_word(each, reading, key, others, text)}
        if not (only_listens(pending, reading, found) or is_said_of_another(pending, reading, found, text)):
            found[pending.key] = found_in(reading)
    if _is_in_pieces(text):
        whether = {each.key for each in (pending, *others) if each and each.kind == "yes_no"}
        return {key: each for key, each in found.items() if key not in whether}
    return found


def _is_in_pieces(text: str) -> bool:
    """蹽……蹽……他那啥，明儿个还……: nothing is agreed to in so broken a speech."""
    pieces = [each for each in PIECE.split(text) if each.strip()]
    broken = len(PIECE.findall(text))
    if broken < FEWEST_BREAKS or re.search(DIGIT, text):
        return False
    return broken > FEWEST_BREAKS or sum(map(len, pieces)) <= SHORT_PIECE * len(pieces)
