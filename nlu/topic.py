"""What a question is about, read from its wording: enough to tell whether a reply speaks of it."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from nlu.dialect import standard
from nlu.lexicon import load
from nlu.symptoms import find_symptoms, symptom_mentions

REMEMBERED_QUESTIONS = 512
SENTENCE_END = re.compile(r"(?<=[。！!？?；;])")
OPEN_WORD = re.compile(
    r"什么|哪|(?<![这前那好头上])几|多少|怎么样|怎样|如何|谁|啥|多大|多久|多长|为何|咋样|多高|多重|多远"
)
CLOSED_END = re.compile(r"(吗|么|没有|没|不|吧|否|嘛|[是对好行]不[是对好行]|不成|没得)[\s。！!？?，,]*$")
FINAL = re.compile(r"(没有|没得|没|不|否|了没有|了没|吗|么|呢|吧)[\s。！!？?，,]*$")
CLOSED_FORM = re.compile(r"有没有|是不是|是否|有无|要不要|能不能|会不会|可不可以|([\u4e00-\u9fff]{1,3})[不没]\1")
TAG = re.compile(
    r"[，,\s]+(对吗|是吗|是吧|对吧|好吗|行吗|可以吗|好不好|行不行|可不可以|对不对|是不是|成吗|中不中|没错吧|中吗)[\s。！!？?]*$"
)
CONSENT = re.compile(
    r"(可以|行|好|成|中|愿意|同意|方便|要|需要|想|接受|乐意|介意|允许)(吗|么|不|吧)|行不行|好不好|可不可以|能不能|愿不愿|要不要|方不方便|"
    r"同不同意|想不想|需不需要|是否(愿意|同意|需要|方便)|(帮|给|替|为)您|咱们.*吧|(能|可以|同意|愿意|需要|方便|想).{0,12}(吗|么)"
)
CONFIRMING = re.compile(r"对吗|是吗|是吧|对吧|对不对|没错吧|您是.{1,8}[吗吧]|是.{1,12}[吗吧]|是不是|确认")
NEGATIVE = re.compile(r"(没有|没|不|未)[^，,]*吧[\s。！!？?]*$")
PAST = re.compile(
    r"曾|以前|过去|之前|去过|[^通经难不]过(吗|没|么)|有过|以往|既往|病史|[0-9一两二三四十]+[天周月年]内|[昨前]天|上周"
)
INDEFINITE = re.compile(r"什么|哪些|别的|其他|其它|哪里|哪儿|啥|哪方面|补充|其余")
STILL = re.compile(r"还有没有|还有.*吗|还需要|还想|还要")
TRAVEL = re.compile(r"(?:出过|远门|去过|去了|出门|外出|外地|离开|回来|返|旅游|旅行|出差|出去)(?!以后|之后|后)")
OFFER = re.compile(r"[帮给替为]您|需要|要不要|上门")
ILL = frozenset({"高", "低", "严重", "厉害", "疼", "痛", "肿"})  # qualities that 正常 denies
AILING = re.compile(r"帮忙|困难|什么事|病|炎|癌|瘤|感染|阳性|症状|异常|后遗症")
ALONE = re.compile(r"一个人|独居|独自|自己")
DONE = re.compile(r"了(?:吗|么|没有|没|吧)|[^通经难不]过(?:吗|没有|没)")
RESULT = re.compile(r"得(?P<quality>清楚|踏实|习惯|[清好香着动稳透惯])")
# 漏水问题解决了吗 does not ask whether it leaks.
VERBAL_NOUN = re.compile(r"(?:(?P<trouble>[漏停断堵吵臭])[\u4e00-\u9fff]?|报?修)的?(?:问题|事情|事儿|单)")
LONGEST_QUALITY = 2  # characters after a symptom that say how it is: 咳嗽厉害
LONGEST_PIECE = 10  # characters of a question's piece that an answer may echo
ABILITY = frozenset({"能", "会", "自理"})
HABITS = frozenset({"抽", "喝", "住", "养", "独居"})
LASTING = frozenset({"有", "在", "住", "抽", "喝", "养", "用", "独居", "上班", "租"})
DOUBLED = re.compile(r"([\u4e00-\u9fff]{1,3})([不没])\1")
IN_FULL = {"咳": "咳嗽", "烧": "发烧", "晕": "头晕", "喘": "气喘", "吐": "呕吐"}  # what is asked for in one character
FRAME = re.compile(
    r"请问一下|请问|麻烦|您|你们|你|我们|咱们|咱|他们|她们|他|她|最近|近期|现在|今天|目前|这几天|这两天|昨天|之前|以前|曾经|曾|平时|平常|家里|家中|家|有没有|是不是|是否|"
    r"有无|吗|么|呢|吧|啊|呀|了|过|的|还|都|一下|一个|什么|哪些|任何|别的|其他|其它|情况|症状|感觉|觉得|出现|现象|大爷|大妈|叔叔|阿姨|老人家|[，,。！!？?；;、\s]+|"
    r"没有$|没$|不$|否$|一些|一点|等$|或者|或|和|以及|与|这个|那个|自己|身上|身体|按时|坚持|已经"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A question taken apart.

    `verbs` and `qualities` are single words of the question that an answer may echo; `pieces` are its content words as
    they stand, `nouns` runs of two characters and more of them; `symptoms` are keys of lexicon/symptoms.yaml.
    """

    asked: str
    is_open: bool  # wants a value, not yes or no
    negative: bool  # 没发烧吧？: agreement means no
    consent: bool  # asks for agreement or about ability: 好, 行 and 可以 answer it
    confirming: bool  # asks whether something said is right
    past: bool  # asks about the past, so that 有过 is a plain yes
    ability: bool  # 能自己下楼吗: 走得动 is a yes
    ailing: bool  # asks about illness: 都正常 is a no
    alone: bool  # asks whether somebody lives or does it alone: naming kin is a no
    done: bool  # asks whether something was done: a plan is a no
    somebody: bool  # 有没有人照顾您: naming kin is a yes
    offer: bool  # offers help: 我自己会 is a no
    about_self: bool  # asks whether this is the person: somebody else's kin is a no
    travel: bool  # asks about going away: staying at home is a no
    lasting: bool  # asks about a state that can end, not about a deed
    indefinite: bool  # 有什么不舒服吗: naming something is a yes
    still: bool  # 还有别的吗: 没有了 is a plain no
    pieces: tuple[str, ...]
    nouns: tuple[str, ...]
    verbs: tuple[str, ...]
    qualities: tuple[str, ...]
    trouble: tuple[str, ...]  # what goes on while it is not solved: 漏 in 漏水问题
    symptoms: frozenset[str]

    @property
    def habitual(self) -> bool:
        """Whether 不…了 says that it was so until some time ago: 不咳了, 不抽了."""
        return bool(self.symptoms or HABITS & set(self.verbs)) or ("还" in self.asked and "够" not in self.verbs)

    @property
    def things(self) -> tuple[str, ...]:
        """What the question asks for in one character, 车 in 有没有车, and as it is said alone, 车子."""
        things = [piece[1] for piece in self.pieces if len(piece) == len("有车") and piece[0] == "有"]
        return (*things, *(f"{thing}子" for thing in things))

    def opposites(self) -> tuple[str, ...]:
        """The words that say the contrary of the question's qualities or of its verb: 凉 for 热, 自己的 for 租."""
        words = _words()
        of_qualities = [words["opposites"].get(each, ()) for each in self.qualities]
        of_verbs = [words["contrary_deeds"].get(each, ()) for each in self.verbs]
        return (*(word for each in (*of_qualities, *of_verbs) for word in each), *self.trouble)

    def alike(self) -> tuple[str, ...]:
        """Other words for the question's qualities and verbs: 香 for 睡得好, 修好 for 解决."""
        words = _words()
        of_qualities = [words["alike"].get(each, ()) for each in self.qualities]
        of_verbs = [words["alike_deeds"].get(each, ()) for each in self.verbs]
        return tuple(word for each in (*of_qualities, *of_verbs) for word in each)


@lru_cache(maxsize=REMEMBERED_QUESTIONS)
def topic_of(asked: str) -> Topic | None:
    """The question taken apart, or None when no question was given."""
    question = _last_question(standard(asked).text.strip())
    if not question:
        return None
    core = (TAG.sub("", question) or question).rstrip(" 。！!？?，,")
    negative = bool(NEGATIVE.search(question)) and not CLOSED_FORM.search(question)
    if negative:
        core = re.sub(r"没有|没|不|未", "", core, count=1)
    plain = DOUBLED.sub(_asked_once, FINAL.sub("", core).replace("有没有", "有"))
    pieces = tuple(piece for piece in FRAME.sub("|", plain).split("|") if piece)
    closed = bool(CLOSED_END.search(question) or CLOSED_FORM.search(question))
    words = _words()
    mentions = find_symptoms(plain, 0, len(plain))
    # 咳嗽有痰吗 asks about the phlegm.
    asked_for = [each for each in mentions if each is mentions[-1] or "有" not in plain[each.end : mentions[-1].end]]
    symptoms = frozenset(each.symptom for each in asked_for)
    trouble = VERBAL_NOUN.search(plain)
    deeds = VERBAL_NOUN.sub("", plain)
    verbs = tuple(
        word for word in words["verbs"] if word in deeds and not _only_inside(deeds, word, words["verb_traps"])
    )
    return Topic(
        asked=question,
        is_open=bool(OPEN_WORD.search(question)) and not closed,
        negative=negative,
        consent=bool(CONSENT.search(question)),
        confirming=bool(CONFIRMING.search(question)),
        past=bool(PAST.search(question)),
        ability=bool(ABILITY & set(verbs)) or "得了" in question or "得动" in question,
        ailing=bool(symptoms or AILING.search(question)) or bool(ILL & set(_qualities(pieces))),
        alone=bool(ALONE.search(question)),
        done=bool(DONE.search(question)),
        somebody="有人" in plain,
        offer=bool(OFFER.search(question)),
        about_self="本人" in question,
        travel=bool(TRAVEL.search(question)),
        lasting=bool(symptoms or LASTING & set(verbs) or "还" in question),
        indefinite=bool(INDEFINITE.search(question)),
        still=bool(STILL.search(question)),
        pieces=pieces,
        nouns=_nouns(pieces),
        verbs=verbs,
        qualities=_qualities(pieces) + tuple(match.group("quality") for match in RESULT.finditer(plain)),
        trouble=(trouble["trouble"],) if trouble and trouble["trouble"] else (),
        symptoms=symptoms,
    )


def _asked_once(both: re.Match[str]) -> str:
    """咳不咳 is 咳嗽, 头晕不晕 is 头晕."""
    before, after = both.string[: both.start()][-1:], both.string[both.end() :][:1]
    named = before in tuple("头胸口心气发") or after == "嗽"
    return both[1] if named else IN_FULL.get(both[1], both[1])


def _last_question(text: str) -> str:
    sentences = [part.strip() for part in SENTENCE_END.split(text) if part.strip(" 。！!；;")]
    asking = [part for part in sentences if part[-1] in "?？" or CLOSED_END.search(part) or OPEN_WORD.search(part)]
    return (asking or sentences or [""])[-1]


def _nouns(pieces: tuple[str, ...]) -> tuple[str, ...]:
    """Pieces of two characters and more, and every run of two characters and more in them, the longest first."""
    found: dict[str, None] = {}
    for piece in pieces:
        noun = re.sub(r"^[有是在会能要想](?=.{2})", "", piece[-LONGEST_PIECE:])
        for length in range(len(noun), 1, -1):
            for start in range(len(noun) - length + 1):
                found[noun[start : start + length]] = None
    return tuple(sorted(found, key=len, reverse=True))


def _qualities(pieces: tuple[str, ...]) -> tuple[str, ...]:
    """The words at the end of the question's pieces that an opposite could answer: 暖气热 → 热; not those in 头痛."""
    found: dict[str, None] = {}
    for piece in pieces:
        told = max((end for _, _, end in symptom_mentions(piece)), default=0)
        if told == len(piece):
            continue
        if told and len(piece) - told <= LONGEST_QUALITY:
            found[piece[told:]] = None
        found.update((word, None) for word in _words()["opposites"] if piece.endswith(word))
    return tuple(found)


def _only_inside(text: str, word: str, traps: list[str]) -> bool:
    """Whether the word stands in the text only as part of other words: 打 in 打算."""
    rest = text
    for trap in traps:
        rest = rest.replace(trap, "")
    return word not in rest


@cache
def verb_traps() -> re.Pattern[str]:
    """The words in which a verb means something else: 打 in 打算."""
    return re.compile("|".join(map(re.escape, sorted(_words()["verb_traps"], key=len, reverse=True))))


@cache
def _words() -> Any:
    return load("questions.yaml")
