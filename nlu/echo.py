"""A reply that repeats what was asked about, says its contrary, or measures it: 没发烧, 三十六度五, 凉的."""

import re
from collections.abc import Iterator

from nlu.denial import DOUBLE_DENIAL, affirmed, masked
from nlu.durations import find_duration, length_of
from nlu.evidence import Found
from nlu.medicine_left import LAST_TODAY, until_a_near_day
from nlu.relations import is_pointed_at, others_mentioned
from nlu.reply_words import KNOWING, LEANS_NO, WEAK_VERBS, cores, first_word, held, reply_words
from nlu.symptoms import contrary_words, find_symptoms, single_words
from nlu.topic import Topic

# 今朝探过热: says that it was measured, not that it was there.
MEASURED_IT = re.compile("(?:量|探|试|测|摸)(?:过|了|咗|下|哈|一下)*(?:发)?[热烧]")
TEMPERATURE = re.compile(
    r"(3[4-9]|4[0-2])(?:[.点度]\s*(\d))?|三十([四五六七八九])(?:[度点]?…*([一二三四五六七八九半]))?|四十(?=度|点|$)"
)
FEVER_C = 37.3  # at or above this the community's health forms call it a fever
SURE_FEVER_C = 38.0  # below it who says 没发烧 beside it is believed
FEVER = frozenset({"发烧"})
TESTING = re.compile(r"[做查测检验]|采样")
PARTICIPATION = frozenset({"参加", "报名", "预约"})
RESULT = "[了动着到下上起完见清住赢]"
ABLE = re.compile(rf"能|会|可以|得{RESULT}")
UNABLE = re.compile(rf"不{RESULT}|不得")
DONE_IN_REPLY = re.compile(r"([\u4e00-\u9fff])[了过完到成]")
# Questions about the household or about a third person are answered by what kin have.
HOUSEHOLD = re.compile(r"家|人|孩|宝|伴|娃|伢|他|她|爸|妈|子")
USED_UP = re.compile(r"(?:吃|用|喝|打|使|花)(?:完|光|没)(?:了|$)|断了|断药|没[有得]?了")
WELL_BEING = frozenset({"正常", "好", "舒服", "稳定"})
WANTED_IN_REPLY = re.compile(r"([\u4e00-\u9fff])(?:[一两几吧嘛个点来呗]|$)")
# 小王昨天来送了米, where it was asked whether somebody came.
BY_NAME = re.compile(
    "(?:就|还是|是|有)?[小老](?![师板人伴头爷奶婆公乡家孩区])[\u4e00-\u9fff][^，没不]{0,5}(?<![没不])来(?!电)"
)
# 就我老两口, where it was asked whether others came.
ONLY_US = re.compile("(?:还是)?(?:就|只有|只|都是)(?:剩)?(?:我|俺|咱|自己|老两口|老俩|[一两俩三]个老)")
HAD = re.compile("有|没|无|冇")  # 车没有, 车倒有一辆; 坐车来的 tells of no car
DID = re.compile("(?:子|儿)?(?:他|她|们)*(?:也|都|倒|倒是|还|才|刚|已经|早就|是|在|昨天|今天|上午|上个?月|去年|前天)*")
HAPPENED = re.compile("[^要想好行可烦]*了$")  # 我老头子出去下棋了 takes up no offer
# What comes before how long the supplies last.
LEFT_FOR = re.compile("剩|还有|还能吃|还够|能吃|够|吃")
# 一个月的量; 刚配了一个月的: as much as was fetched just now.
AMOUNT = re.compile("的(?:药)?量(?!是|要|得|为|就)")
JUST_FETCHED = re.compile(
    "(?:刚|才|新|今[天儿]|昨[天儿日]|前[天儿日])[^，。没不]{0,5}(?:配|开|拿|取|买|领|送)(?:了|来|回|的)*"
)
ON_ONES_OWN = ("我自家", "自家去", "自家能", "我自己", "自己会", "自己能", "自己来", "自己去")
ALONE_WORDS = ("一个人", "独自", "就我", "单过", "独居", "剩我一个", "只有我", "光棍", "孤寡", "孤老", "孤家寡人")
ALL_BY_ONESELF = re.compile("(?:婆子|头子|太婆|老汉|孤老|我|俺)一个$")
ELSEWHERE = re.compile("外头|外地|外面|国外|在外|省外|走了|过世|去世|不在|没了|搬出去|分开住")
HERE_NOW = re.compile("(?:现在|现时|这会儿?|眼下|这阵|还|正)[^，。没不]{0,3}在(?:家|屋)")
BUSY = re.compile("^(?:们|都|也|工作|生意)*(?:太|很|挺|蛮|老|好)?忙|上班|加班|没空|走不开")
LATER = re.compile("[完过好后][^，]{0,2}再")  # 抽完血再吃: not now
PLENTY = re.compile("(?:吃|用|喝)不完|有的是|多得很|多着|一大堆|足足")


def echoed(clause: str, topic: Topic | None) -> Found | None:
    """The side of a clause when it repeats what was asked about, or says its contrary."""
    if topic is None:
        return None
    found = _echoed_symptom(clause, topic) or _echoed_word(clause, topic)
    seldom = held(clause, reply_words()["sometimes"])
    return Found("sometimes", True, seldom) if found is not None and seldom else found


def measured(clause: str, topic: Topic | None) -> Found | None:
    """A temperature or a test that speaks for the topic."""
    if topic is None:
        return None
    if re.search(r"阴性|阳性|转阴", clause):
        tested = TESTING.search(topic.asked) is not None and "阳" not in topic.asked
        return Found("echo", tested or "阳性" in clause)
    normal = "体温" in topic.asked and "正常" in topic.qualities
    reading = TEMPERATURE.search(clause) if normal or topic.symptoms & FEVER else None
    if reading is None:
        return None
    if _of_somebody_else(clause[: reading.start()], topic):
        return Found("question")
    degrees = _degrees(reading)
    strong = not FEVER_C <= degrees < SURE_FEVER_C
    return Found("echo", (degrees >= FEVER_C) is not normal, reading.group(), strong)


def about_something_else(clause: str, topic: Topic) -> bool:
    """Whether the clause names only symptoms that the question does not ask about."""
    if topic.qualities or topic.indefinite or "不舒服" in topic.symptoms:
        return False
    mentions = find_symptoms(clause, 0, len(clause))
    mentioned = {each.symptom for each in mentions if clause[each.start : each.end] not in topic.asked}
    echoed = topic.verbs if topic.symptoms else (*topic.verbs, *topic.nouns)
    return bool(mentioned) and not mentioned & topic.symptoms and first_word(clause, echoed) is None


def _echoed_symptom(clause: str, topic: Topic) -> Found | None:
    """The symptom asked for, how it was asked to be (咳嗽厉害吗 → 不厉害), or the contrary of it."""
    place = first_word(clause, topic.qualities) if topic.symptoms else None
    if place is not None:
        return Found("echo", affirmed(clause, *place), clause[place[0] : place[1]])
    generic = topic.indefinite or "不舒服" in topic.symptoms
    mentions = find_symptoms(clause, 0, len(clause))
    for mention in mentions:
        if mention.symptom in topic.symptoms or (generic and topic.symptoms):
            if _of_somebody_else(clause[: mention.start], topic):
                return Found("question")
            return Found("echo", mention.present, clause[mention.start : mention.end])
    if mentions and mentions[0].present and WELL_BEING & set(topic.qualities):
        return Found("echo", False, clause[mentions[0].start : mentions[0].end])
    clause = MEASURED_IT.sub(lambda said: "，" * len(said[0]), clause)
    place = first_word(clause, single_words(topic.symptoms))
    if place is not None and _of_somebody_else(clause[: place[0]], topic):
        return Found("question")
    if place is not None and not any(each.start <= place[0] < each.end for each in mentions):
        return Found("echo", affirmed(clause, *place), clause[place[0] : place[1]])
    for word in contrary_words(topic.symptoms):
        if word in clause:
            at = clause.index(word)
            return Found("echo", not affirmed(clause, at, at + len(word)), word)
    return None


def _of_somebody_else(before: str, topic: Topic) -> bool:
    """Whether the words before a symptom name other people than the question is about: 我老伴发烧."""
    people = others_mentioned(before)
    return bool(people) and not HOUSEHOLD.search(topic.asked)


def _somebody_else_did(before: str, topic: Topic) -> bool:
    """Whether other people than were asked about are who did it: 我老伴打了 to 您打疫苗了吗, 出去了 to an offer."""
    people = others_mentioned(before)
    about_you = topic.offer or not HOUSEHOLD.search(topic.asked)
    return bool(people) and DID.fullmatch(before, people[-1][2]) is not None and about_you


def _echoed_word(clause: str, topic: Topic) -> Found | None:
    if LATER.search(clause) and topic.ability:
        return None
    if about_something_else(clause, topic):
        return None
    said = _about_people(clause, topic) or _about_going(clause, topic) or _about_supplies(clause, topic)
    if said is not None:
        return said
    for words, strong, same in _echoing_words(clause, topic):
        place = first_word(clause, words)
        if place is not None:
            if _somebody_else_did(clause[: place[0]], topic):
                return Found("question")
            yes = affirmed(clause, _with_verb(clause, place[0], topic), place[1]) and not _opens_with_denial(
                clause[: place[0]]
            )
            if yes and topic.offer and HAPPENED.match(clause):
                return Found("question")
            return Found("echo", yes is same, clause[place[0] : place[1]], strong)
    return _able(clause) if topic.ability else None


def _with_verb(clause: str, start: int, topic: Topic) -> int:
    """Where the question's verb before a quality stands: 没 in 没关好 denies both."""
    verb = next((each for each in topic.verbs if clause.endswith(each, 0, start)), "")
    return start - len(verb)


def _about_people(clause: str, topic: Topic) -> Found | None:
    """Whom the clause names, where the question is about somebody or about being alone."""
    if topic.alone and (by_oneself := ALL_BY_ONESELF.search(clause)):
        return Found("echo", True, by_oneself.group())
    if topic.alone and (place := first_word(clause, ALONE_WORDS)):
        return Found("echo", affirmed(clause, *place), clause[place[0] : place[1]])
    if topic.offer and topic.consent and (own := held(clause, ON_ONES_OWN)):
        return Found("echo", False, own)
    people = [each for each in others_mentioned(clause) if not is_pointed_at(clause, each[1])]
    if topic.somebody and not people and BY_NAME.match(clause):
        return Found("echo", True, clause)
    if not people:
        return None
    if topic.somebody and ONLY_US.match(clause):
        return Found("echo", False, clause)
    present = affirmed(clause, people[0][1], people[0][2])
    named = clause[people[0][1] : people[0][2]]
    if topic.somebody and BUSY.search(clause[people[0][2] :]):
        return Found("question")  # 孩子忙 says why nobody comes
    if topic.somebody and ELSEWHERE.search(clause) and first_word(clause, topic.verbs) is None:
        return Found("question")  # 儿子在外地 says nothing of who comes
    if topic.somebody and not LEANS_NO.match(masked(clause)):
        return Found("echo", present, named)
    alone = topic.alone and not ELSEWHERE.search(clause)
    return Found("echo", False, named) if present and (topic.about_self or alone) else None


def _about_going(clause: str, topic: Topic) -> Found | None:
    """A plan, where the question is whether it was done; having stayed or gone, where it is about going out."""
    if topic.done and (planned := held(clause, reply_words()["planned"])):
        return Found("echo", False, planned, strong=False)
    if not topic.travel:
        return None
    if HERE_NOW.search(clause) and "回" in topic.asked:
        return Found("question")  # 女儿前天回来的，现在在家: neither came nor stayed away
    if stayed := held(clause, reply_words()["stayed"]) or held("在家", [cores(clause)[-1]]):
        return Found("echo", False, stayed)
    place = first_word(clause, reply_words()["went"])
    return Found("echo", affirmed(clause, *place), clause[place[0] : place[1]]) if place is not None else None


def _about_supplies(clause: str, topic: Topic) -> Found | None:
    """吃完了 after 药还够吃吗."""
    if "够" in topic.verbs and (lasting := _lasts(clause, topic)) is not None:
        return lasting
    plenty = PLENTY.search(clause) if {"够", "剩"} & set(topic.verbs) else None
    if plenty is not None:
        return Found("echo", True, plenty.group())
    asked = {"够", "剩"} if topic.somebody else {"够", "有", "剩"}
    used_up = USED_UP.search(masked(clause)) if asked & set(topic.verbs) else None
    if used_up is None or not affirmed(clause, *used_up.span()):
        return None
    return Found("echo", False, used_up.group())


def _lasts(clause: str, topic: Topic) -> Found | None:
    """就剩两天的 after 够吃一个星期吗: what is left, beside what was asked for."""
    if last := LAST_TODAY.search(clause):
        return Found("echo", False, last.group())
    asked, left = find_duration(topic.asked), LEFT_FOR.search(clause)
    if asked is not None and (amount := _amount(clause)) is not None:
        return Found("echo", amount >= length_of(asked), clause)
    lasts = find_duration(clause[left.end() :]) if left is not None else None
    if asked is None or lasts is None or not affirmed(clause, left.start(), left.end()):  # type: ignore[union-attr]
        return None
    return Found("echo", length_of(lasts) >= length_of(asked), clause)


def _amount(clause: str) -> float | None:
    """For how many seconds lasts what was fetched, or what lasts until a day close by; None where no more is told."""
    amount, fetched = AMOUNT.search(clause), JUST_FETCHED.search(clause)
    if amount is None and fetched is None:
        return until_a_near_day(clause)
    lasts = find_duration(clause[: amount.start()] if amount is not None else clause[fetched.end() :])  # type: ignore[union-attr]
    return length_of(lasts) if lasts is not None else None


def _echoing_words(clause: str, topic: Topic) -> Iterator[tuple[tuple[str, ...], bool, bool]]:
    """The words that echo the question, surest first: (words, whole topic, same side as the question)."""
    yield topic.opposites(), True, False
    yield (*topic.qualities, *topic.alike()), True, True
    yield (topic.things if HAD.search(clause) else ()), True, True
    nouns = () if topic.symptoms else tuple(noun for noun in topic.nouns if not _is_subject(noun, topic))
    yield tuple(noun for noun in nouns if noun in topic.pieces or f"有{noun}" in topic.pieces), True, True
    if not topic.qualities:
        yield _verbs(topic), False, True
    yield nouns, False, True
    yield _done_words(clause, topic), False, True


def _is_subject(noun: str, topic: Topic) -> bool:
    """Whether the question says of it what it is: 自己的房子 does not say that 房子是租的."""
    return f"{noun}是" in topic.asked and "有" not in topic.asked[: topic.asked.find(noun)]


def _verbs(topic: Topic) -> tuple[str, ...]:
    if "够" in topic.verbs:
        return ("够",)  # 药天天吃 does not say that there is enough of it
    verbs = tuple(verb for verb in topic.verbs if verb not in WEAK_VERBS)
    if KNOWING & set(verbs):
        verbs += tuple(sorted(KNOWING))
    return (*verbs, "去", "来") if PARTICIPATION & set(verbs) else verbs


def _opens_with_denial(clause: str) -> bool:
    """没接到过这种电话: what follows the verb is denied with it."""
    return (
        LEANS_NO.match(masked(cores(clause)[-1] if clause else "")) is not None and DOUBLE_DENIAL.search(clause) is None
    )


def _done_words(clause: str, topic: Topic) -> tuple[str, ...]:
    """Characters of the question that the clause says are done or wanted: 备了一个, 送一份."""
    asked = set("".join(topic.pieces)) - set(WEAK_VERBS)
    done = [match.group(1) for match in DONE_IN_REPLY.finditer(clause)]
    wanted = WANTED_IN_REPLY.match(cores(clause)[0]) if topic.consent else None
    return tuple(word for word in (*done, *(wanted.groups() if wanted else ())) if word in asked)


def _able(clause: str) -> Found | None:
    """走得动, 能走 and 走不动, 不能走 after a question about what somebody can do."""
    unable, able = UNABLE.search(clause), ABLE.search(clause)
    if unable is not None:
        return Found("echo", False, unable.group(), strong=False)
    return Found("echo", affirmed(clause, *able.span()), able.group(), strong=False) if able is not None else None


def _degrees(reading: re.Match[str]) -> float:
    whole, tenth, spoken, spoken_tenth = reading.groups()
    if whole:
        return int(whole) + int(tenth or 0) / 10
    digits = "零一二三四五六七八九"
    if spoken:
        tenths = 5 if spoken_tenth == "半" else digits.index(spoken_tenth) if spoken_tenth else 0
        return 30 + digits.index(spoken) + tenths / 10
    return 40.0
