"""How many people live here, who of them is seldom there: 三口，孙子不常在; 就我和老伴."""

import re
from datetime import datetime

from nlu.dialect import standard
from nlu.divisions import by_name
from nlu.heard import heard_numbers
from nlu.numerals import DIGIT_VALUES, read_count
from nlu.readers.yes_no import read_yes_no
from nlu.reading import Expectation, NotRead, Reading
from nlu.relations import is_pointed_at, others_mentioned, relation_mentions
from nlu.rewriting import Rewritten

COUNTED = 0.95
ADDED_UP = 0.8  # from the people named
ABOUT = 0.45  # 三四个人
LARGEST_HOUSEHOLD = 30
NUMBER = r"(?P<number>[0-9零一二三四五六七八九十两俩仨]{1,4})"
COUNT = re.compile(
    rf"(?:总共|一共|拢共|共|有|住|住了|就|是|家里|全家|一家|连.{{1,6}})*{NUMBER}(?:来|多)?\s*(?:个|口|位|人|名|号(?=人))(?!月|星期|礼拜|小时|钟头|单元|孙|儿子|女儿|闺女|姑娘|孩子|小孩|娃|伢|老人|大人|丫头|保姆|租|楼|栋)(?:子|人|人家|儿)*(?!(?:都|也)[没冇不])"
)
GROUP = re.compile(
    rf"{NUMBER}(?:个|位|口)?(?:大人|老人|老的|大的|小的|少的|小孩子?|孩子|年轻人|娃娃?|伢|儿子|女儿|闺女|孙子|孙女|成年人|学生|租客|保姆)"
)
# 两个老的带一个小的: nothing but groups.
_ONE_GROUP = GROUP.pattern.replace("?P<number>", "?:")
GROUPS_ONLY = re.compile(
    rf"^(?:家里|屋里|有|就|是|嗯|我们|，)*{_ONE_GROUP}(?:带|加|和|跟|，|,|还有|、)*{_ONE_GROUP}[了吧啊呢。]*$"
)
BEFORE = re.compile(r"(?:原来|以前|过去|原先|早先|从前)[^，,。；]*$")
# 原来五口，去年走了一个: who is no longer there, counted.
FEWER = re.compile(
    rf"(?:原来|以前|过去|原先|早先|从前)[^，,。；]*?{NUMBER}(?:个|口|位)人?[，,][^，,。；]*(?:走|没|少|搬走|去世|过世|嫁)了(?P<gone>[一二两三])个?[^，,。；]*$"
)
BESIDES_ME = re.compile(r"除了?(?:我|俺|自己)[^，,。；]{0,5}[，,]?\s*(?:家里)?还有?$")
BARE_COUNT = re.compile(rf"^[\s嗯呃啊,，就是有]*{NUMBER}(?:[\s，,]*就(?P=number))?[\s吧啊呢的。.]*$")
COUPLE = re.compile(
    r"(?:我们|就|俺|咱|我|只有|剩下?)*(?P<words>老两口|老俩口|两口子|小两口|夫妻俩|夫妻两个|两夫妻|小夫妻|公婆两个|老俩|我俩|咱俩|俺俩|我们俩|两老|两个老的|俩人|我们两个老的|两公婆)"
)
ONLY_THE_TWO = re.compile("就|只有|剩")  # 儿子搬走了，就我们俩: nobody else counts
KIN = re.compile(
    r"(?:爷儿?|娘儿?|父子|母子|父女|母女|爷孙|祖孙|婆媳|兄弟|弟兄|姐妹|姊妹|哥|姐)(?P<number>[俩仨两三])(?![月天])"
)
ALONE = re.compile(
    r"(?:就|只|只有|剩|光|独)?(?:剩下?)?(?:我|俺|本人|自己)(?:一个人|一个|一人|自己|独自|单独|孤老)|一个人住?|独居|单身一人|孤身|光棍一条|我自己住|一人吃饱|独自一人"
)
ONLY_ME = re.compile("(?:就|只有|光|就是)(?:我|俺|额|咱)(?:自己|一个|本人)?[啊呀吧呗嘛了]*[。]?$")  # 就我
ONLY_THEY = re.compile(
    r"(?:就|只|光)(?:有|是)?[他她伊佢](?:自己|自个儿?|一个人?|一人)(?!带|和|跟)"
)  # 二小子回来过，就他自己
TOGETHER = re.compile(r"和|跟|加|还有|同|、|，|,|带|连|外加|与|以及")
AWAY = re.compile(
    r"不常在|不常住|不在家|不在|在外|外地|打工|上学|上大学|读书|当兵|出差|出国|住校|偶尔回|很少回|不常回|难得回|周末才|放假才|过年才|不住这|不住在这|不住一起|不和我们住|搬出去|没在|常年不|平时不|不经常|搬走|住院|嫁|走了|不大在|不怎么在|不跟我|住外面|住外头"
)
# 儿子媳妇在武汉: somewhere that has a name and is not here.
ELSEWHERE = re.compile(r"在(?P<place>[\u4e00-\u9fff]{2,4})$")
ELDEST = re.compile(r"(?:^|[，,])(?:我|俺|咱)?(?:们)?家?(?:老[大二三四幺]|[大小二]的)[^，,]*$")
UNNAMED_AWAY = re.compile(rf"(?:^|其中|有){NUMBER}(?:个|口|位)(?:人|都|是|还|长年|常年|现在)*$")  # 六个人，两个在外地
ORDINAL = re.compile(r"(?<![十百])[二三四五六七八九]$")
PEOPLE_OF_WORD = re.compile(r"(?P<number>[0-9一二三四五六七八九两俩仨])(?:个|位)?$")


def read_head_count(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The people of the household: {"total", "usual", "away"}; away are the relations said to be seldom there."""
    heard = standard(text)
    away, away_count = ([], 0) if _only_the_two(heard.text) else _away(heard.text)
    words = heard_numbers(heard.text)
    found = _grouped(words) if GROUPS_ONLY.match(words) else None
    found = found or _fewer(words) or _counted(words) or _grouped(words) or _added_up(words)
    if found is None:
        said = read_yes_no(text, expectation=expectation, at=at)
        return said if isinstance(said, NotRead) else NotRead(reason="not_an_answer")
    total, start, end, confidence = found
    if not 1 <= total <= LARGEST_HOUSEHOLD:
        return NotRead(reason="invalid", span=heard.span(start, end))
    usual = _usual(heard, total, away_count)
    value = {"total": max(total, usual), "usual": usual, "away": away}
    return Reading(value=value, span=heard.span(start, end), confidence=confidence)


def _counted(text: str) -> tuple[int, int, int, float] | None:
    """A number of people; the last one after a correction, else the first that is no 平时两个."""
    pair = COUPLE.search(text)
    if _only_the_two(text) and pair is not None:
        return 2, pair.start("words"), pair.end("words"), COUNTED
    matches = [
        match
        for match in COUNT.finditer(text)
        if read_numeral_of(match) is not None
        and not BEFORE.search(text[: match.start("number")])
        and not (pair and pair.start() < match.end("number") <= pair.end())
    ]
    fixed = [match for match in matches[1:] if re.search(r"不对|不是|错了|哦", text[matches[0].end() : match.start()])]
    general = [
        match
        for match in matches
        if not re.search(r"平时|平常|常住|常在|现在|走了|去了|另|其中", text[max(0, match.start() - 4) : match.start()])
    ]
    for match in (*fixed, *general, *matches):
        count = int(read_numeral_of(match) or 0) + bool(BESIDES_ME.search(text[: match.start()]))
        return count, match.start("number"), match.end(), ABOUT if _is_about(match) else COUNTED
    couple, alone, bare = COUPLE.search(text), ALONE.search(text), BARE_COUNT.match(text)
    kin = KIN.search(text)
    if bare is not None and (number := read_numeral_of(bare)) is not None:
        return int(number), bare.start("number"), bare.end("number"), COUNTED
    if kin is not None and couple is None and (number := read_numeral_of(kin)) is not None:
        return int(number), kin.start(), kin.end(), COUNTED
    if couple is not None:
        others = _others(text[: couple.start()]) + _others(text[couple.end() :])
        return 2 + others, couple.start("words"), couple.end("words"), ADDED_UP if others else COUNTED
    if (only := ONLY_THEY.search(text) or ONLY_ME.fullmatch(text)) is not None:
        return 1, only.start(), only.end(), COUNTED
    if alone is not None and not TOGETHER.match(text[alone.end() :]):
        return 1, alone.start(), alone.end(), COUNTED
    return None


def _only_the_two(text: str) -> bool:
    """儿子搬走了，就我们俩, where nobody is told of behind it."""
    pair = COUPLE.search(text)
    return pair is not None and ONLY_THE_TWO.match(pair[0]) is not None and not others_mentioned(text[pair.end() :])


def _fewer(text: str) -> tuple[int, int, int, float] | None:
    fewer = FEWER.search(text)
    before = read_numeral_of(fewer) if fewer else None
    if fewer is None or before is None:
        return None
    return int(before) - DIGIT_VALUES[fewer["gone"]], fewer.start(), fewer.end(), ADDED_UP


def _is_about(match: re.Match[str]) -> bool:
    numeral = read_count(match["number"])
    return numeral is not None and numeral.upto is not None


def read_numeral_of(match: re.Match[str]) -> float | None:
    """The number in a match's group `number`: 两 and 俩 are 2, 仨 is 3."""
    words = match.group("number").replace("俩", "二").replace("仨", "三")
    words = "二" if words == "两" else words
    numeral = read_count(words)
    return numeral.value if numeral is not None else None


def _grouped(text: str) -> tuple[int, int, int, float] | None:
    """三个大人两个小孩: groups of people, each with its number."""
    groups = [(match, read_numeral_of(match)) for match in GROUP.finditer(text)]
    counted = [(match, number) for match, number in groups if number is not None]
    if len(counted) < 2:
        return None
    return int(sum(number for _, number in counted)), counted[0][0].start(), counted[-1][0].end(), ADDED_UP


def _added_up(text: str) -> tuple[int, int, int, float] | None:
    """就我和老伴: the people named, the speaker among them."""
    mentions = others_mentioned(text)
    if not mentions:
        return None
    total = _others(text) + (
        1
        if re.search(
            r"(?:就|只有|有|是)?(?:我|俺)(?!家|屋|儿|妈|爸|娘|爹|老|孙|闺|女|姑|媳|妻|爱)|加我|和我|跟我", text
        )
        else 0
    )
    return max(total, 1), mentions[0][1], mentions[-1][2], ADDED_UP


def _others(text: str) -> int:
    """How many people the relations in a text are: 两个孙子 are two, 儿子儿媳 are two."""
    total = 0
    for _, start, _ in others_mentioned(text):
        if is_pointed_at(text, start):
            continue
        number = PEOPLE_OF_WORD.search(text[:start])
        several = number is not None and not ORDINAL.search(text[:start])  # 二小子 is the second of them
        total += int(read_numeral_of(number) or 1) if several else 1  # type: ignore[arg-type]
    return total


def _away(text: str) -> tuple[list[str], int]:
    """The relations that are said to be away, and how many people they are."""
    away: list[str] = []
    count = 0
    for part in re.split(r"[，,。.;；…]", text):
        gone = AWAY.search(part) or _elsewhere(part)
        if gone is None or re.search(r"以前|原来|过去", part):
            continue
        for relation, start, _ in relation_mentions(part[: gone.start()]):
            number = PEOPLE_OF_WORD.search(part[:start])
            away.append(relation)
            count += int(read_numeral_of(number) or 1) if number is not None else 1
        if not away and ELDEST.search(part[: gone.start()]):
            count += 1
        unnamed = UNNAMED_AWAY.search(part[: gone.start()])
        if not away and unnamed is not None:
            count += int(read_numeral_of(unnamed) or 0)
    return away, count


def _elsewhere(part: str) -> re.Match[str] | None:
    place = ELSEWHERE.search(part)
    return place if place is not None and place["place"] in by_name() else None


def _usual(heard: Rewritten, total: int, away: int) -> int:
    """How many are there as a rule: as said, or those who are not away."""
    text = heard.text
    said = re.search(
        rf"(?:平时|平常|常住|常在|经常在|住家里|住在家|实际|现在)(?:的|里|住|就|只|家里|在家|只有|有|是|住)*{NUMBER}(?:个|口|位|人)",
        text,
    )
    if said is not None and (number := read_numeral_of(said)) is not None:
        return int(number)
    if re.search(r"(?:平时|平常|现在)(?:的|就|只|家里|在家|只有|剩)*(?:老两口|两口子|我们俩|我俩|我和老伴)", text):
        return 2
    if re.search(r"(?:平时|平常|现在)(?:的|就|只|家里|在家|只有|剩)*(?:我一个|我自己|一个人)", text):
        return 1
    return max(total - away, 1) if away < total else total
