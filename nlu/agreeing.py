"""Words that agree, thank and praise and answer no question: 嗯嗯, 恁说几样就几样, 政府好, 按了按了."""

import re

_PARTICLES = "[啊呀哈嘛呢吧呗噻嘞哩咯啰啦哦噢喔哎欸哟诶哪呐喽嗯恩唔么咧唦哒滴嗨哇]"
_AGREES = (
    "[好对行是的中成照都系得管着]|[行中成对]了|可以|阔以|要得|使得|没错|冇错|冇得错|没毛病|妥了?|对头|没意见|冇意见|没得意见|没说的|没话说|必须的?",
    "能[成行中]|[你您恁侬]?(?:说|讲)得?(?:太|很|蛮)?(?:对|是|好|在理|有理)|在理|有道理|说的是|好[个嘅]|那?可不(?:是|咋)?|那(?:就|也)?[行好中成]|那是|当然|自然|肯定|就是(?:的|这|那|这么|那么|这样|那样|个理)?|就(?:这|那)(?:样|么)?(?:办)?",
    "[好对中行成][着得](?:哩|呢|很|嘞)|[蛮挺很都真怪老忒]+(?:好|对|中|行|可以)|没(?:问题|得问题|有问题)|冇问题",
    "[你您恁侬](?:说|讲|问|写|填)[^，。]{1,4}就[^，。]{1,4}|[你您恁侬]们?(?:说|讲)[了得的]?(?:都|也)?[对算是好]|[你您恁侬]们?(?:看着|随便)(?:办|写|填|弄|搞|记)",
    "(?:都|全|就|只)?听(?:你|您|恁|政府|社区|领导|公家)们?的|随(?:你|您|恁)们?便?|[我俺](?:都|啥都|什么都|咋都|怎么都)?(?:没意见|没话说|依你|好|行|中|成|可以)",
    "(?:样样|啥|啥子|什么|咋|怎么|哪样|么子)都(?:好|行|中|可以|成|得)|(?:都|也)(?:可以|要得)",
    "[我俺]?(?:都|已经|早)?(?:按|揿|摁)(?:过|好|完)?(?:了|哒|咯|啦|嘎着|嘞|喇)",
    "(?:晓得|知道|明白|懂|清楚|听(?:到|见|懂|清)|记(?:到|着|住|下|得))(?:了|哒|咯|啦|喇|嘞)",
)
_PRAISES = (
    "(?:多谢|谢谢|感谢|唔该|难为|麻烦|辛苦|费心)(?:党|政府|国家|社区|领导|[你您恁侬]们?|大家|关心|了|啦|晒|嗮|哒|咯)*",
    "(?:共产)?(?:党|政府|国家|社区|领导|公家|干部|[你您恁侬]们?|同志们?)(?:都|也|真是|真|可|就|很|太|对我|对我们|待人)*(?:好|关心[^，。]{0,4}|周到|费心|辛苦)(?:得很|了)?",
    "(?:政府|国家|社区|领导|公家|[你您恁侬]们?)?(?:还|都|也|总|老|难得)*(?:(?:惦记|记挂|挂念|牵挂|惦念|关照|照顾|照看|看顾)(?:到|着|倒|得|起)?|(?:想|念|记)(?:到|着|倒|得|起)(?=[我俺]))(?:[我俺]们?(?:老人家?|老[头婆汉]子?)?)?",
    "(?:劳|让|害|累)[你您恁侬]们?(?:费心|操心|受累|跑腿)(?:了|哒|咯|啦)?",
    "[我俺]?不(?:添乱|给[^，。]{1,4}添(?:乱|麻烦)|耽误[^，。]{0,4})|[你您恁侬]们?忙[你您恁侬]?们?的",
)
_CLAUSE = re.compile(r"[^，,。.！!、…~—\s]+")
# 行了姑娘, 好的领导: whom it is said to.
_ADDRESS = re.compile(
    "(?<=.)(?:[小大老幺]?(?:姑娘|妹[子儿]?|闺女|丫头|妮[儿子]?|伙子?|兄弟|哥|姐|师傅)|同志|领导|干部|大夫|医生|老师|先生|女士|主任|书记|后生|伢[子儿]?|孩子|乖乖|美女|帅哥)(?=[啊呀哎哈嘞噻咯]*$)"
)
LONGEST_CLAUSE = 16  # characters: what is longer tells something
# 讲嘛, 你只管问, 有啥子你说: leave to speak, particles apart.
_INVITES = re.compile(
    "(?:有(?:什么|啥子?|么事|么子|嘛)(?:事|话)?|[你您恁侬]|只管|尽管|就|快|快点|快些|赶紧|慢慢|先|来|直接)*"
    "(?:说|讲|问|唠|聊|摆|谈|喊|咵|整|噶)(?:说|讲|问|唠|聊|摆|一?下|一?哈|两句|嗑)?么?"
)
_SO_SAID = re.compile("(?:能?[成行中]|可以|阔以|好|方便|要得|得行|使得)么")  # 能成么 agrees as 能成嘛 does
_THANKS = re.compile(f"(?:{_PARTICLES}|{'|'.join(_PRAISES)})*")
_AGREEMENT = re.compile(f"(?:{_PARTICLES}|{'|'.join(_AGREES)})*")
_LEAVE = re.compile(f"(?:{_PARTICLES}|{'|'.join(_AGREES)}|{_INVITES.pattern})*")


def only_agrees(text: str) -> bool:
    """Whether the words do nothing but agree or keep the line busy; thanks and praise alone are neither."""
    clauses = [_ADDRESS.sub("", each) for each in _CLAUSE.findall(text)]
    if not clauses or any(len(each) > LONGEST_CLAUSE for each in clauses):
        return False
    thanks = [_THANKS.fullmatch(each) is not None and _AGREEMENT.fullmatch(each) is None for each in clauses]
    return not all(thanks) and all(
        thanked or _AGREEMENT.fullmatch(each) is not None for each, thanked in zip(clauses, thanks, strict=True)
    )


def gives_leave(text: str) -> bool:
    """Whether the words do nothing but agree and give leave to speak: 嗯，你说么."""
    return all(_LEAVE.fullmatch(each) is not None for each in _CLAUSE.findall(text))


def invites_to_speak(core: str) -> bool:
    """Whether a clause without its particles gives leave to speak."""
    return (_INVITES.fullmatch(core) or _SO_SAID.fullmatch(core)) is not None
