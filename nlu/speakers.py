"""Who is on the line, by their own words: the person, somebody who answers for them, a child; and whether they weep."""

import re
from functools import cache
from typing import Literal

from nlu.lexicon import load
from nlu.relations import kin_words

Speaker = Literal["self", "relative", "other"]

# What a child says first, before it speaks of the elder: 喂，我奶奶….
_PET_NAME = r"(?:(?P<pet_name>\w)(?P=pet_name)|小\w{1,2})"
_WHO = f"(?:我是|我叫){_PET_NAME}(?=[，。,.！!])"
_RUN_UP = rf"^(?:喂|哎|嗯|啊|哦|噢|(?:阿姨|叔叔|姐姐|哥哥|老师)好?|你好|您好|那个|{_WHO}|[，。,.！!？?\s])*"
# 奶奶 counts only as the first word, followed by what she does.
_TOLD_OF = (
    "(?:她|他|佢|的|昨|今|前[天日晚儿]|[琴寻噚尋][日晚]|早[上晨起饭]|清早|[午晚中夜]饭|[站蹲躺走穿翻要打发]|中午|晌午|下午|晚|夜|半夜|刚|才|一直|天天|总|老[是爱]|[一两三四五六七八九十几半好多]+[天日顿餐夜宿回]"
    "|在|不|没|冇|莫得|唔|还|也|又|都|已经|自己|一个人|偷|悄|忘|嫌|怕|出去|去|上|睡|买|说|讲|喊|叫|让|跟|病|摔|跌|绊|咳|疼|痛|吐|尿|把|药|饭|哭|躺|坐|从"
    "|的[^，。]{0,4}[药针]|[头脚手腿脸嘴眼牙肚腰背脖身]|成日|整|老叫|[跟和]|捡|找|藏|丢|尿|拉)"
)
_I_AM = (
    "[我俺](?:是|系|就是)[^，。！？]{0,5}|(?<![给跟叫喊让找问])[他她佢](?:的|个|家|屋里)?|这(?:里|边)?是[^，。]{0,4}"
    "|(?:老人家?|老太太|老爷子|本人)(?:的|他|她)?"
)
_I = "[我俺额咱阮]"
_THEIRS = "(?:[她他佢伊渠]|老人家?|老太太?|老爷子|老头子|老婆婆|婆婆|公公|阿婆|阿公|爷爷|奶奶|当家的)"
_SAID_SO = r"$|[，。！？,.!?…—\s啊呀嘛呢哈咯哒哩嘞噻吧哦]|问|听|说|讲|来|在|有|你|刚|才|替|帮|住"
# 问我就是 says not who.
_ASKS_ME = re.compile(f"[问跟找给对同和]{_I}(?:就是|就行|就中|就成|就得|就可以|说|讲|吧|嘛|噻|咯)+")
_BEFORE_A_NAME = "喂|哎|哦|嗯|对|是|家里|屋里|他|她|佢|的|个|大|小|老|幺|二|三"
_BEHIND_A_NAME = "[啊呀嘛呢吧哦的哩嘞噻咧]|在(?:说|讲|接)?|接的?|哈"
_ONLY_TEARS = re.compile(r"^[(（【\[]?(?:[呜嗚唔]|哭|泣|抽|哽咽|着|声|[，。…,.!！~—\s])+[)）】\]]?$")
# 爷爷晚上不睡觉, 把盐当糖放, 脚肿起来了, 老叫我爸的名字: out of the ordinary in somebody old.
_UNUSUAL = re.compile(
    "(?:不|没|冇|唔|莫得|不肯|不想|不会)(?:怎么|咋|大|太)?(?:[吃喝睡说讲动起醒理笑洗穿听认走]|下床|出门|记得|晓得|知道|出声|作声|应)"
    "|[藏扔丢倒吐埋忘错找迷锁摔砸骂吵哭泪叹哼抖肿烂瘦歪疯傻]|[发脚手]麻|打[人我他她]|把[^，。！？]{1,6}(?:当|放|开着|关|弄)|走来走去|转来转去|自言自语|胡话|乱"
    "|(?:半夜|夜里|晚上|三更)[^，。！？]{0,4}(?:起来|出去|跑|走|开|喊|叫|唱|坐|不)|(?:整天|一天到晚|成日|老是|总是|老|一直|一整天)[^，。！？]{0,3}(?:说|讲|喊|叫|躺|坐|看着|盯|睡)"
)
_AGE = re.compile("(?:我|俺)(?:今年|才|刚|快|已经|马上|就)*[三四五六七八九十3-9](?:周|虚)?岁(?!的时候|时|那|就|起)")
_WEEPS = re.compile(r"[(（【\[][^)）】\]孩娃伢婴]*(?:哭|抽泣|哽咽)[^)）】\]]*[)）】\]]")


def speaks_as_child(text: str) -> bool:
    """Whether a child is speaking: it calls the person asked for its grandmother, or says that no adult is there."""
    words = _words()
    if any(each in text for each in words["childlike"]) or _AGE.search(text):
        return True
    if any(each in text for each in words["stories"]):
        return False
    return _of_an_elder().search(text) is not None


def worth_a_note(text: str) -> bool:
    """Whether what a child tells is something that somebody should look into."""
    return _UNUSUAL.search(text) is not None or any(each in text for each in _words()["matters"])


def says_whose_they_are(text: str) -> re.Match[str] | None:
    """The words in which the speaker says who they are to the person asked for: 我是他二媳妇, 俺是老人家的外甥."""
    return _whose().search(text)


def speaker_named(text: str) -> Speaker | None:
    """Who the speaker says they are to the person asked for, or None."""
    if says_whose_they_are(text):
        return "relative"
    text = _ASKS_ME.sub("", text)
    for speaker, words in _speakers().items():
        if any(each in text for each in words):
            return speaker
    return None


def introduces_themselves(text: str) -> Speaker | None:
    """As `speaker_named`, where nobody asked who is there: 我隔壁周娭毑就是接了这样的电话 tells of somebody else."""
    text = _ASKS_ME.sub("", text)
    return next((speaker for speaker, named in _introduced().items() if named.search(text)), None)


def weeps(text: str) -> bool:
    """Whether there are only tears in the words, or tears are written beside them."""
    if _WEEPS.search(text):
        return True
    return _ONLY_TEARS.match(text) is not None and any(each in text for each in _words()["tears"])


@cache
def _of_an_elder() -> re.Pattern[str]:
    elders, alone, ours = ("|".join(_words()[each]) for each in ("elders", "elders_alone", "our_elders"))
    named = rf"(?:{_I}家?(?:里|屋里)?的?)?(?:{elders})|(?:{alone})|{_I}家?(?:{ours})"
    return re.compile(rf"{_RUN_UP}(?:{named})(?={_TOLD_OF})")


@cache
def _whose() -> re.Pattern[str]:
    theirs = rf"{_THEIRS}(?:的|家的?|屋里的?|屋头的?|嘅)?[大二三四五六老小细满幺长]?"
    kin = "|".join(_words()["kin_too"]) + "|" + kin_words()
    return re.compile(rf"{_I}(?:就|也)?(?:是|系)个?{theirs}(?:{kin})[儿子伢娃]?(?={_SAID_SO})")


@cache
def _speakers() -> dict[Speaker, list[str]]:
    speakers: dict[Speaker, list[str]] = load("speakers.yaml")["speakers"]
    return speakers


@cache
def _introduced() -> dict[Speaker, re.Pattern[str]]:
    words = _speakers()
    whole = "|".join(words["self"])
    said: dict[Speaker, re.Pattern[str]] = {"self": re.compile(whole)}
    others: tuple[Speaker, ...] = ("other", "relative")
    for speaker in others:
        named = "|".join(words[speaker])
        alone = rf"(?:^|[，。,.！!？?—\s])(?:{_BEFORE_A_NAME})*(?:{named})(?:{_BEHIND_A_NAME})*(?:$|[，。,.！!？?—])"
        said[speaker] = re.compile(rf"(?:{_I_AM})(?:{named})|{alone}")
    return said


@cache
def _words() -> dict[str, list[str]]:
    words: dict[str, list[str]] = load("speakers.yaml")
    return words
