"""What is pending in each phase, as an expectation that the readers understand."""

from collections.abc import Sequence

from dialogs import members
from dialogs.questionnaire import Question, Questionnaire
from dialogs.state import State
from nlu.corrections import corrects_too
from nlu.own_questions import MAY_ASK, PARTY, STILL, WHERE
from nlu.reading import Choice, Expectation

# The questions that belong to no questionnaire.
RIGHT = "_right"
CALLBACK = "_callback"
SPEAKER = "_speaker"
ADULT = "_adult"
PROOF = "_proof"

# Questions of dialogs/desk that want something in particular, though in any words.
PLACE_OR_TIME = frozenset({"where", "when"})

# 对 would be a value of these, not agreement to what was read back.
SAID_WITH_A_WORD = frozenset({"choice", "text"})

# How those who live with an old person, or come by, call themselves.
RELATIVES = (
    *("家人", "家属", "亲戚", "闺女", "女儿", "姑娘", "儿子", "老伴", "爱人", "媳妇", "女婿", "孙子", "孙女", "外孙"),
    *("侄子", "侄女", "老头子", "老婆", "老公", "弟弟", "妹妹", "哥哥", "姐姐"),
)

# What shows who somebody is, see events.ProofStep.
_PROOFS = {
    "phone": Expectation(key=PROOF, kind="phone", asked="请说一下您在社区登记的电话号码。"),
    "name": Expectation(key=PROOF, kind="name", asked="请问您的姓名？"),
    "id_tail": Expectation(key=PROOF, kind="text", asked="请说一下您身份证的最后四位。"),
    "place": Expectation(key=WHERE, kind="text", asked="您在哪一栋哪一户？"),
}

PROMISE = "say:today"  # 今天就请网格员联系您, before the next question

LOW_SPIRITS = "suicidal"  # a red flag that is asked about otherwise than a pain
LOST = "lost_person"  # another
_FLAG_ASKED = {LOW_SPIRITS: "现在身边有人吗？", LOST: "人找到了吗？"}


SPEAKERS = (
    Choice(key="self", label="本人", synonyms=("我自己", "我就是", "就是我", "是我"), digit="1"),
    Choice(key="relative", label="家里人", synonyms=RELATIVES, digit="2"),
    Choice(key="other", label="别人", synonyms=("邻居", "保姆", "护工", "朋友", "同事", "物业"), digit="3"),
)


def expectation(
    question: Question,
    *,
    read_back: bool = False,
    begun: str = "",
    free: Sequence[str] = (),
    answered: int = 0,
    told_for: bool = False,
    narrow: bool = False,
    behind_promise: bool = False,
) -> Expectation:
    """What a question of a questionnaire waits for; choices that are still free stand first, as they were said."""
    choices = sorted(question.choices, key=lambda option: option.key not in free) if free else question.choices
    return Expectation(
        key=question.key,
        kind=question.kind,
        asked=question.ask.spoken,
        prefer=question.prefer,
        read_back=read_back,
        begun=begun,
        answered=answered,
        told_for=told_for,
        narrow=narrow,
        behind_promise=behind_promise,
        offered=len(free),
        choices=tuple(
            Choice(key=option.key, label=option.label, synonyms=option.synonyms, digit=option.digit)
            for option in choices
        ),
    )


def pending(questionnaire: Questionnaire, state: State) -> Expectation | None:
    """What the resident is being asked right now; None where nothing in particular is."""
    match state.phase:
        case "opening":
            return Expectation(key=MAY_ASK, kind="yes_no", asked="现在方便吗？")
        case "asking":
            free = state.free.get(state.pending, ())
            question = members.question(questionnaire, state, state.pending)
            told_for = state.speaker == "relative" and not members.about(state.pending)
            narrow = bool(state.job) and question.key in PLACE_OR_TIME
            promised = any(prompt.key == PROMISE for prompt in state.said)
            return expectation(
                question,
                begun=state.begun,
                free=free,
                told_for=told_for,
                narrow=narrow,
                behind_promise=promised,
            )
        case "reading_back":
            return Expectation(key=RIGHT, kind="yes_no", asked="对不对？")
        case "red_flag":
            return Expectation(key=STILL, kind="yes_no", asked=_FLAG_ASKED.get(state.flag, "现在还是这样吗？"))
        case "party" if state.party is not None:
            if state.party.sharers:
                return Expectation(key=PARTY, kind="name", asked="请问您是哪一位？")
            home = "的家里人" if state.party.family else "家"
            return Expectation(key=PARTY, kind="yes_no", asked=f"请问是{state.party.surname}{home}吗？")
        case "callback":
            return Expectation(key=CALLBACK, kind="callback", asked="什么时候给您打方便？", prefer="future")
        case "identifying":
            return Expectation(key=SPEAKER, kind="choice", asked="您是本人，还是家里人？", choices=SPEAKERS)
        case "with_child":
            return Expectation(key=ADULT, kind="yes_no", asked="叫大人来接电话，好吗？")
        case "proving":
            return _PROOFS.get(state.proving)
        case _:
            return None


def others(questionnaire: Questionnaire, state: State, words: str = "") -> Sequence[Expectation]:
    """What else `words` may hold: every question but the pending one, those already answered included."""
    asked = state.pending if state.phase == "asking" else ""
    named = members.named_besides(words, state)
    # What is told of one member is not another's; what was told last may be taken back.
    spoken_of = {"", *map(members.about, (state.pending, *list(state.answers)[-1:], *state.reading_back))}
    if named is not None:
        spoken_of = {"", named.id}
    said_back = _said_back(state)
    order = {key: place for place, key in enumerate(state.answers, start=1)}
    return tuple(
        expectation(
            question,
            read_back=question.key in said_back and _may_be_told_anew(question, state),
            begun=f"{state.answers[question.key].value}，不对" if _may_be_mended(question, state, words) else "",
            answered=order.get(question.key, 0),
        )
        for question in members.questions(questionnaire, state)
        if question.key != asked and (question.volunteered or question.key in state.answers)
        if members.about(question.key) in spoken_of
        and not (named is not None and question.of == "everyone" and not members.about(question.key))
    )


def _may_be_told_anew(question: Question, state: State) -> bool:
    """Whether words beside 对 and 不对 give what was said back another value: after 没有 they do, after 先前有 they
    go on about it.
    """
    if question.kind == "yes_no":
        return bool(state.answers[question.key].value == "no")
    return question.kind not in SAID_WITH_A_WORD


def _said_back(state: State) -> Sequence[str]:
    return state.reading_back if state.phase == "reading_back" else ()


def _may_be_mended(question: Question, state: State, words: str) -> bool:
    """Whether a part of the value may be said anew: 刚才那个号码，最后四个字不对，是六六〇四."""
    if question.key in _said_back(state):
        return True
    return question.kind == "phone" and question.key in state.answers and corrects_too(words)
