"""What residents can have done in free talk: which questions belong to it, and which ticket comes of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dialogs import events as e
from dialogs.definitions import library
from dialogs.dictionary import Dictionary
from dialogs.questionnaire import Questionnaire
from dialogs.script import Script
from nlu.digits import find_runs
from nlu.normalise import normalise

FOLDER = Path(__file__).parent / "desk"
TALKS = frozenset(path.stem for path in FOLDER.glob("*.yaml"))  # Questionnaire.keys that no campaign can have


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One thing that a resident may want."""

    lookup: e.LookupKind  # what the platform is asked for it
    questionnaire: str = ""  # Questionnaire.key of its questions
    told: Mapping[str, str] = field(default_factory=dict)  # answers that wanting it gives: Question.key → value
    ticket: str = ""  # the kind of ticket that comes of it
    severity: e.Severity = "normal"
    in_person: bool = False  # only for the resident in person, who has to show it
    stands_as: str = ""  # how the key of the ticket begins that was raised when it was wanted; "" where none was yet
    strangers_after: int = 0  # so often it is asked in vain who wants it; then it is taken all the same; 0: it is not
    in_words: Mapping[str, re.Pattern[str]] = field(default_factory=dict)  # text questions that wanting it may answer


FAILED_PROOFS = 3  # so often somebody may say who they are in one talk
# What is left of 能不能来个人帮我搬东西 without the words that only ask for somebody: enough to say what for.
_ASKS_FOR_SOMEBODY = (
    "[喂你您我俺咱们能想要请叫找派喊来去个人帮忙一下吧吗呗啊呀哈了的有点事办不可以行么，。！？,!?]"
    "|社区|网格员|师傅|上门|家里|什么|麻烦"
)
_WHAT_FOR = re.compile(rf"(?:(?:{_ASKS_FOR_SOMEBODY})*(?!{_ASKS_FOR_SOMEBODY}).){{3}}")
# 新的是一三九…, 搬到五栋去了: what is right, not only that something is wrong.
_WHAT_IS_RIGHT = re.compile(
    "(?:(?<!不)是|改成|换成|改为|新的|搬到|应该|叫做?|现在)(?!不是|错|这|那|吧|吗)[^，。！？]{2,}"
)
# What is left of 我要报修，家里有个东西坏了 without the words that name nothing: enough to be a thing of its own.
_NAMES_NOTHING = f"{_ASKS_FOR_SOMEBODY}|投诉|反映|情况|问题|东西|地方|[修坏报这那件儿家里还没怎么咋好管]"
NAMES_A_THING = re.compile(rf"(?:(?:{_NAMES_NOTHING})*(?!{_NAMES_NOTHING}).){{3}}")
OTHER = "other"  # Option.key of what is on no list
_ROOMS = "厨房|厕所|卫生间|阳台|客厅|卧室"
_FLOOR = "(?:[0-9一二三四五六七八九十两]+(?:号楼|栋|单元|楼|层|门洞|室)的?)+"
WHERE = re.compile(
    f"{_FLOOR}(?:[到至和跟]{_FLOOR})?(?:门口|楼下|楼上|旁边|前面|后面)?|(?:单元|小区|大)门口"
    f"|[我俺咱]们?(?:家|屋)里?的?(?:{_ROOMS})?|{_ROOMS}|屋里|家里"
)
# Whoever complains says where the noise comes from; only a number of house or floor leaves nothing to ask.
_FLAT = re.compile(
    f"(?:[0-9一二三四五六七八九十两]+(?:号楼|栋|单元|楼|层|室)的?){{2,}}|{_FLOOR}(?:门口|楼下|旁边|前面|后面)"
)

_AT_ONCE, _HEARD_WRONG = 1, 2  # proofs that failed: who is in danger is not asked again; a number may be misheard once
_WHEN = re.compile(
    "(?<![昨前]天)(?:今天|明天|大?后天|(?:下个?)?(?:周|星期|礼拜)[一二三四五六日天])?(?:上午|下午|晚上|中午|早上)"
    "(?:[一二两三四五六七八九十]+点半?)?(?:以后|之后|以前|都行|来)?(?=[，。！？吧]|$)"
)
LEAST_NUMBER, MOST_NUMBER = 2, 6  # digits of a ticket's number as people say it

STOP = "stop_calling"  # somebody unknown writes that they want no more calls: which number is asked
PERSON = "person"  # somebody whom nobody knows writes that a person is wanted: where to call back is asked
HELP = "red_flag"  # somebody whom nobody knows yet is in danger: who they are is asked, and people are called

# By the intent with which it is wanted.
JOBS: Mapping[str, Job] = {
    "register_return": Job(lookup="job", questionnaire="return-registration", told={"returned": "yes"}),
    "book_appointment": Job(lookup="job", questionnaire="appointment"),
    "repair_request": Job(
        lookup="job",
        questionnaire="repair",
        ticket="repair_request",
        in_words={"where": WHERE, "when": _WHEN},
        strangers_after=_HEARD_WRONG,
    ),
    "complaint": Job(
        lookup="job",
        questionnaire="complaint",
        ticket="complaint",
        in_words={"where": _FLAT},
        strangers_after=_HEARD_WRONG,
    ),
    "help_at_home": Job(
        lookup="job",
        questionnaire="help-at-home",
        ticket="help_at_home",
        in_words={"what": _WHAT_FOR, "when": _WHEN},
        strangers_after=_HEARD_WRONG,
    ),
    "correct_my_data": Job(
        lookup="job", questionnaire="correct-my-data", ticket="data_correction", in_words={"what": _WHAT_IS_RIGHT}
    ),
    "delete_my_data": Job(lookup="ticket", ticket="data_deletion", strangers_after=_HEARD_WRONG),
    "callback_me": Job(lookup="ticket", ticket="callback_me", strangers_after=_HEARD_WRONG),
    "ticket_status": Job(lookup="tickets", strangers_after=_HEARD_WRONG),
    "hear_my_data": Job(lookup="data", in_person=True),
    "was_that_you": Job(lookup="calls"),
    "resume_call": Job(lookup="broken_off"),
    STOP: Job(lookup="ticket", ticket="stop_calling", strangers_after=_AT_ONCE),
    PERSON: Job(lookup="ticket", ticket="person", stands_as="person", strangers_after=_AT_ONCE),
    HELP: Job(
        lookup="ticket", ticket="call_for_help", severity="emergency", stands_as="flag:", strangers_after=_AT_ONCE
    ),
}


def own_questionnaires(*, dictionary: Dictionary) -> tuple[Questionnaire, ...]:
    """The free talk and the questions that belong to no campaign. Raises QuestionnaireInvalid."""
    return library(dictionary=dictionary, folder=FOLDER)


def ticket_key(script: Script) -> str:
    """By which the ticket of the job that is being worked on is one, however often it is raised."""
    stands_as = JOBS[script.state.job].stands_as
    standing = [key for key in script.state.raised if stands_as and key.startswith(stands_as)]
    if standing:
        return standing[-1]
    return f"{script.state.job}:{script.state.jobs_done}"


def go_on(script: Script) -> None:
    """Begins what is wanted once it is known whose home it is, and where that matters, that it is they in person."""
    job = JOBS[script.state.job]
    if taken_from_strangers(script):
        _take_from_stranger(script)
    elif unknown_for_good(script):
        script.say("cannot_find_you")
        close(script)
    elif not script.state.recognised:
        ask_proof(script, "phone")
    elif script.state.job == STOP:  # they refused before we knew them: their number rings no more
        script.say("stopped")
        close(script)
    elif job.in_person and not script.state.proved:
        ask_proof(script, "id_tail")
    else:
        begin(script)


def taken_from_strangers(script: Script) -> bool:
    """Whether it was asked often enough who wants it, in vain, and a person sees to it all the same."""
    enough = JOBS[script.state.job].strangers_after
    asked_enough = script.state.withheld or enough <= script.state.failed_proofs
    return not script.state.recognised and enough > 0 and asked_enough


def unknown_for_good(script: Script) -> bool:
    """Whether who they are was asked in vain and is not asked again."""
    state = script.state
    return (state.withheld and not state.recognised) or state.failed_proofs >= FAILED_PROOFS


def no_proof(script: Script) -> None:
    """Whoever wants it does not say who they are: a person asks, where a person sees to it anyway."""
    script.note(e.ProofWithheld(at=script.at))
    if JOBS[script.state.job].strangers_after and not script.state.recognised:
        _take_from_stranger(script)
        return
    script.say("cannot_do_here" if script.state.recognised else "cannot_find_you")
    close(script)


def unnamed(script: Script) -> None:
    """Whoever wants it does not want to be known: a person sees to it all the same, or cannot."""
    if JOBS[script.state.job].strangers_after and not script.state.recognised:
        _take_from_stranger(script, "taken_unnamed")
        return
    script.say("not_unnamed")
    close(script)


def _take_from_stranger(script: Script, phrase: str = "taken_from_stranger") -> None:
    if JOBS[script.state.job].ticket:
        script.say(phrase)
    begin(script)


def ask_proof(script: Script, step: e.ProofStep) -> None:
    """Asks for something that shows who they are."""
    script.note(e.ProofAsked(at=script.at, step=step))
    script.say(f"your_{step}")


def begin(script: Script) -> None:
    """Asks the platform for what the wanted job needs."""
    job = JOBS[script.state.job]
    about: dict[str, str] = {"questionnaire": job.questionnaire} if job.questionnaire else {}
    if job.lookup == "tickets":
        about = dict(script.state.proofs)
    if job.lookup == "ticket":
        about = raise_ticket(script)
    if job.lookup == "broken_off" and (number := ticket_number(script.state.job_words)):
        about = {"ticket": number}
    script.note(e.LookupAsked(at=script.at, kind=job.lookup, about=about))


def ticket_number(words: str) -> str:
    """The digits of a ticket's number in the words, "" when there are none: 工单 T-0012, 编号幺二."""
    runs = find_runs(normalise(words).text)
    digits = ["".join(group.digits for group in run) for run in runs]
    return next((each for each in digits if LEAST_NUMBER <= len(each) <= MOST_NUMBER), "")


def raise_ticket(script: Script) -> dict[str, str]:
    """Raises the ticket of the job, once; what the platform is asked to tell of it."""
    job, state = JOBS[script.state.job], script.state
    key = ticket_key(script)
    if key not in state.raised:
        script.note(
            e.EscalationRaised(at=script.at, kind=job.ticket, severity=job.severity, heard=state.job_words, key=key)
        )
    return {"kind": job.ticket, "severity": job.severity, "key": key, "heard": state.job_words}


def finish(script: Script) -> None:
    """The questions of a job are done: its ticket is told, or what the questionnaire says at its end.

    Where none has begun, the talk goes on as it stood before somebody was in danger.
    """
    state = script.state
    if state.job and state.proving:
        ask_proof(script, state.proving)  # type: ignore[arg-type]  # set by ProofAsked only
        return
    if not state.job:
        take_up_next(script)
        return
    if JOBS[script.state.job].ticket:
        script.note(e.LookupAsked(at=script.at, kind="ticket", about=raise_ticket(script) | _details(script)))
        return
    script.say_wording(script.questionnaire.closing, "closing")
    close(script, gone_through=script.state.questionnaire)


def close(script: Script, *, gone_through: str = "") -> None:
    """Back to the talk: is there anything else?"""
    script.note(e.JobFinished(at=script.at, job=script.state.job, questionnaire=gone_through))
    take_up_next(script)


def take_up_next(script: Script) -> None:
    """What else was wanted in the same breath comes now; else: is there anything else?"""
    unknown = unknown_for_good(script)  # what only those may have whom we know was refused with the first of it
    waiting = [each for each in script.state.waiting if JOBS[each.job].strangers_after or not unknown]
    if not waiting:
        script.say("talk_now" if script.state.missed else "anything_else")
        return
    script.say("next_matter")
    script.note(e.JobWanted(at=script.at, job=waiting[0].job, heard=waiting[0].words))
    go_on(script)


def _details(script: Script) -> dict[str, str]:
    """What was asked for and answered, for whoever sees the ticket."""
    answers = script.state.answers
    return {"details": "；".join(f"{script.question(key).ask.spoken}{each.shown}" for key, each in answers.items())}
