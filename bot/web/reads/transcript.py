"""A session's events as a person reads them: what was said, and between the lines what was kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.storytelling import REFUSED, SPEAKERS, flag_checked, told
from bot.web.labels import Labels, named
from bot.web.showing import day_and_time
from dialogs.events import (
    AdultAskedFor,
    AnswerBegun,
    AnswerCaptured,
    AnswerConfirmed,
    AnswerHeardRight,
    AnswerWithdrawn,
    AnyEvent,
    AssistantSpoke,
    CallbackRequested,
    EscalationRaised,
    JobFinished,
    JobPutOff,
    JobWanted,
    MoreTold,
    NoticeExplainedAgain,
    PaceChanged,
    PolicyQuestionAsked,
    ProofAsked,
    QuestionLeftOpen,
    RedFlagChecked,
    RefusalHeard,
    SessionEnded,
    SessionOpened,
    SpeakerAsked,
    SpeakerHeard,
    SuspicionHeard,
    UtteranceHeard,
    WorkerMissed,
    WrongPartyReached,
)
from dialogs.questionnaire import OF_MEMBER
from nlu.utterance import Utterance

SURE_ENOUGH = 0.75  # below it the screen shows how sure the recogniser was


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a transcript."""

    who: Literal["assistant", "resident", "note"]
    text: str
    at: datetime
    tone: Literal["", "unheard", "kept", "flag"] = ""
    remark: str = ""  # small print under the line


def transcript(events: Iterable[AnyEvent], labels: Labels, questions: dict[str, str]) -> list[Line]:
    """The lines in order. `questions` maps a question's key to its short name on screen."""
    words = _Words(labels, questions)
    lines: list[Line] = []
    for event in events:
        write = _WRITERS.get(type(event))
        if write is not None:
            lines.extend(write(event, words))
    return lines


def heard(utterance: Utterance) -> str:
    """What the resident did, as text."""
    if utterance.text:
        return utterance.text
    if utterance.keys:
        return f"按键 {utterance.keys}"
    return f"（没有说话，{utterance.silence_seconds:g} 秒）" if utterance.silence_seconds else "（没有说话）"


@dataclass(frozen=True)
class _Words:
    labels: Labels
    questions: dict[str, str]

    def question(self, key: str) -> str:
        asked, _, member = key.partition(OF_MEMBER)
        return self.questions.get(asked, asked) + ("（家里人）" if member else "")


def _note(event: AnyEvent, text: str, tone: Literal["", "kept", "flag"] = "") -> list[Line]:
    return [Line(who="note", text=text, at=event.at, tone=tone)]


def _opened(event: SessionOpened, words: _Words) -> list[Line]:
    how = "接着上次继续" if event.resumed else "开始"
    return _note(event, f"{named(words.labels, 'channel', event.channel)}{how} · {day_and_time(event.at)}")


def _spoke(event: AssistantSpoke, _: _Words) -> list[Line]:
    return [Line(who="assistant", text=prompt.shown, at=event.at) for prompt in event.prompts]


def _heard(event: UtteranceHeard, _: _Words) -> list[Line]:
    utterance = event.utterance
    remark = "" if utterance.confidence >= SURE_ENOUGH else f"听得不太清楚（{round(100 * utterance.confidence)}%）"
    return [
        Line(
            who="resident",
            text=heard(utterance),
            at=event.at,
            tone="unheard" if utterance.silent else "",
            remark=remark,
        )
    ]


def _captured(event: AnswerCaptured, words: _Words) -> list[Line]:
    return _note(event, f"记下：{words.question(event.question)} — {event.shown}", "kept")


def _confirmed(event: AnswerConfirmed, words: _Words) -> list[Line]:
    return _note(event, f"已复述确认：{words.question(event.question)}", "kept")


def _withdrawn(event: AnswerWithdrawn, words: _Words) -> list[Line]:
    return _note(event, f"更正：{words.question(event.question)}，重新询问")


def _left_open(event: QuestionLeftOpen, words: _Words) -> list[Line]:
    why = named(words.labels, "question_open", event.reason)
    return _note(event, f"没有答案：{words.question(event.question)}（{why}）")


def _raised(event: EscalationRaised, words: _Words) -> list[Line]:
    kind, severity = named(words.labels, "ticket_kind", event.kind), named(words.labels, "severity", event.severity)
    return _note(event, f"转给人处理：{kind}（{severity}）", "" if event.severity == "normal" else "flag")


def _flag_checked(event: RedFlagChecked, _: _Words) -> list[Line]:
    return _note(event, f"紧急情况再问一次：{flag_checked(event)}", "flag" if event.still else "")


def _heard_right(event: AnswerHeardRight, words: _Words) -> list[Line]:
    return _note(event, f"家里人说没有听错：{words.question(event.question)}", "kept")


def _begun(event: AnswerBegun, words: _Words) -> list[Line]:
    return _note(event, f"先说了一半：{words.question(event.question)}")


def _speaker_asked(event: SpeakerAsked, _: _Words) -> list[Line]:
    return _note(event, "换了人，问是谁在说话")


def _speaker(event: SpeakerHeard, _: _Words) -> list[Line]:
    return _note(event, f"说话的是：{SPEAKERS[event.speaker]}")


def _adult_asked_for(event: AdultAskedFor, _: _Words) -> list[Line]:
    return _note(event, "是孩子在说话，请他叫大人来")


def _suspicion(event: SuspicionHeard, _: _Words) -> list[Line]:
    return _note(event, "怀疑是骗子")


def _explained(event: NoticeExplainedAgain, _: _Words) -> list[Line]:
    return _note(event, "没有听明白，又讲了一遍")


def _callback(event: CallbackRequested, _: _Words) -> list[Line]:
    return _note(event, f"约好再打：{day_and_time(event.due)}")


def _refused(event: RefusalHeard, _: _Words) -> list[Line]:
    if event.scope == "recording":
        return _note(event, "不愿意录音：这次通话的声音没有留下，只留文字")
    return _note(event, f"不愿意：{REFUSED[event.scope]}")


def _wrong_party(event: WrongPartyReached, _: _Words) -> list[Line]:
    return _note(event, {"wrong_number": "号码不是这一户的", "not_at_home": "本人不在"}[event.kind])


def _policy(event: PolicyQuestionAsked, _: _Words) -> list[Line]:
    return _note(event, "问了政策方面的问题")


def _more(event: MoreTold, _: _Words) -> list[Line]:
    return _note(event, told(event), "kept")


def _missed(event: WorkerMissed, _: _Words) -> list[Line]:
    return _note(event, "对话程序没有及时应答，转给人处理", "flag")


def _pace(event: PaceChanged, _: _Words) -> list[Line]:
    wishes = [word for wish, word in ((event.slower, "说慢一点"), (event.louder, "大声一点")) if wish]
    return _note(event, "、".join(wishes)) if wishes else []


def _ended(event: SessionEnded, words: _Words) -> list[Line]:
    return _note(event, f"结束：{named(words.labels, 'outcome', event.outcome)}")


def _job(event: JobWanted | JobPutOff | JobFinished | ProofAsked, _: _Words) -> list[Line]:
    return _note(event, told(event), "kept" if isinstance(event, JobFinished) else "")


# What is not here (QuestionAsked, AnswersReadBack …) is plain from the assistant's own words.
_WRITERS: dict[type, Callable[..., list[Line]]] = {
    SessionOpened: _opened,
    AssistantSpoke: _spoke,
    UtteranceHeard: _heard,
    AnswerCaptured: _captured,
    AnswerConfirmed: _confirmed,
    AnswerHeardRight: _heard_right,
    AnswerBegun: _begun,
    AnswerWithdrawn: _withdrawn,
    SpeakerAsked: _speaker_asked,
    SpeakerHeard: _speaker,
    AdultAskedFor: _adult_asked_for,
    SuspicionHeard: _suspicion,
    QuestionLeftOpen: _left_open,
    EscalationRaised: _raised,
    RedFlagChecked: _flag_checked,
    NoticeExplainedAgain: _explained,
    CallbackRequested: _callback,
    RefusalHeard: _refused,
    WrongPartyReached: _wrong_party,
    PolicyQuestionAsked: _policy,
    MoreTold: _more,
    JobWanted: _job,
    JobPutOff: _job,
    JobFinished: _job,
    ProofAsked: _job,
    WorkerMissed: _missed,
    PaceChanged: _pace,
    SessionEnded: _ended,
}
