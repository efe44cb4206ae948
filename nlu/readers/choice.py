"""Which option was picked: by word, synonym, position, key or sound, or by excluding the others."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from nlu.clauses import clauses
from nlu.denial import affirmed
from nlu.dialect import standard
from nlu.lexicon import load
from nlu.normalise import normalise
from nlu.pinyin import find, nearest
from nlu.readers.yes_no import read_yes_no
from nlu.reading import Choice, Expectation, NotRead, Reading

NAMED = 0.95
PLACED = 0.9  # by position or key
IN_PART = 0.8  # by a piece of its label, or on a scale
SOUNDED = 0.7
EXCLUDED = 0.55  # the other one of two
SOUND_WITHIN = 0.12  # per syllable: an accent's slip on a two-syllable name, nothing more
WHOLE_SOUND_WITHIN = 0.2  # when the whole reply is that name
LISTENING = re.compile(r"^[嗯唔哦噢啊呃额哎诶好对是行的呀吧,，。.！!？?…、\s]*$")
UNSAID = re.compile(r"(?:说|讲|确定|清楚)")  # 不好说 is no 不好
FILLER = re.compile(
    r"^(嗯|呃|那个|这个|我|就|就是|是|选|要|应该是|坐的是|坐的|坐|是坐|我是|我选|我要|吧|啊|的|呀|嘛|了|呢|,|，|。|\.)+|(吧|啊|的|呀|嘛|了|呢|,|，|。|\.)+$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mention:
    key: str
    start: int
    end: int
    confidence: float
    denied: bool = False


def read_choice(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The key of the option that was picked."""
    heard = standard(text)
    mentions: list[list[_Mention]] = []
    found: _Mention | None = None
    for way in (
        _counted,
        _in_words,
        _placed,
        _keyed,
        _in_part,
        _scaled,
        _none_of_them,
        _of_its_kind,
        _any_of_them,
        _another,
        _sounding,
    ):
        mentions.append(_judged(heard.text, way(heard.text, _with_other_words(expectation))))
        found = _picked(heard.text, mentions[-1])
        if found is not None:
            break
    found = found or _opposite(mentions, expectation.choices) or _excluded(mentions, expectation.choices)
    if found is not None:
        return Reading(value=found.key, span=heard.span(found.start, found.end), confidence=found.confidence)
    return _by_yes_or_no(text, expectation, at=at) or _reason(text, heard.text, mentions, expectation, at=at)


def _with_other_words(expectation: Expectation) -> tuple[Choice, ...]:
    """The options with what people say for them after such a question: 一觉到天亮 for 好 after 睡得好吗."""
    words = [each for each in _words()["told_otherwise"] if re.search(each["asked"], expectation.asked)]
    return tuple(
        replace(
            each,
            synonyms=(*each.synonyms, *(word for told in words for word in told["means"].get(each.label, ()))),
        )
        if words
        else each
        for each in expectation.choices
    )


def _counted(text: str, choices: Sequence[Choice]) -> Iterator[_Mention]:
    """How many, where the options are numbers of one thing: 两餐 and 早上不吃，中午晚上吃 for 两顿."""
    labels = [(label, each.key) for each in choices if (label := _COUNT_LABEL.fullmatch(each.label))]
    counts = {_COUNTS[label[1]]: key for label, key in labels}
    if len(counts) < len(choices):
        return
    told = [each for each in _COUNT_SAID.finditer(text) if not _ONE_OF_SEVERAL.search(text[: each.start()])]
    said = _COUNTS[told[0][1] or told[0][2]] if len(told) == 1 else 0
    meals = len(_meals(text))
    count = said if said > 1 or meals < 2 else meals
    if count in counts:
        start, end = told[0].span() if count == said else (0, len(text))
        yield _Mention(key=counts[count], start=start, end=end, confidence=IN_PART)


_COUNTS = {word: value for value, words in enumerate(("", "1一", "2两二俩", "3三仨", "4四")) for word in words}
_COUNT_LABEL = re.compile(r"([1-4一二两三四])[顿餐次回]")
_COUNT_SAID = re.compile(r"([1-4一二两三四])[顿餐次回](?!不|也)|([俩仨])(?![口人])")
_ONE_OF_SEVERAL = re.compile("(?:第|每|少|多|并成|哪)$")
_NOT_EATEN = re.compile("不(?:吃|过|怎么吃)|没吃|省了|不饿")


def _meals(text: str) -> set[str]:
    """The meals that somebody eats, of those that are named."""
    eaten: set[str] = set()
    for clause in re.split("[，,。；;]", text):
        named = {meal for meal, words in _words()["meals"].items() if any(word in clause for word in words)}
        eaten = eaten - named if _NOT_EATEN.search(clause) else eaten | named
    return eaten


def _another(text: str, choices: Sequence[Choice]) -> Iterator[_Mention]:
    """A thing of the kind that was asked for and none of the options, where one of them is 别的: 痛风."""
    other = next((each.key for each in choices if each.label in _words()["other_labels"]), None)
    if other is None:
        return
    for among, words in ((each["among"], each["words"]) for each in _words()["others"]):
        if not any(of in each.label for each in choices for of in among):
            continue
        for word in words:
            if word in text:
                yield _Mention(key=other, start=text.index(word), end=text.index(word) + len(word), confidence=IN_PART)
                return


def _in_words(text: str, choices: Sequence[Choice]) -> Iterator[_Mention]:
    """Labels and synonyms, but 不太好 is not 好 where the options are a scale."""
    graded = list(_scaled(text, choices))
    for named in _named(text, choices):
        if UNSAID.match(text, named.end):
            continue
        wider = (each for each in graded if each.start <= named.start and named.end <= each.end)
        yield next(wider, named)


def _none_of_them(text: str, choices: Sequence[Choice]) -> Iterator[_Mention]:
    """都不是, where an option says just that."""
    for choice in choices:
        if any(word in choice.label for word in _words()["none_labels"]):
            for word in _words()["none"]:
                if word in text:
                    yield _Mention(
                        key=choice.key, start=text.index(word), end=text.index(word) + len(word), confidence=IN_PART
                    )
                    return


def _named(text: str, choices: Sequence[Choice]) -> Iterator[_Mention]:
    """Labels and synonyms as they stand, the longest at each place."""
    forms = sorted(
        ((form, choice.key) for choice in choices for form in _forms(choice)),
        key=lambda each: len(each[0]),
        reverse=True,
    )
    position = 0
    while position < len(text):
        form, key = next(((form, key) for form, key in forms if text.startswith(form, position)), ("", ""))
        if form and not _inside_number(text, position, form) and not _inside_word(text, position, form):
            yield _Mention(key=key, start=position, end=position + len(form), confidence=NAMED)
            position += len(form)
        else:
            position += 1


def _placed(text: str, choices: Sequence[Choice]) -> Iterator[_Mention]:
    """第一个, 最后那个, 中间的."""
    words = _words()
    places = {form: place for place, forms in words["positions"].items() for form in forms}
    if len(choices) % 2:
        places |= dict.fromkeys(words["middle"], len(choices) // 2)
    taken: list[tuple[int, int]] = []
    for form in sorted(places, key=len, reverse=True):
        at, place = text.find(form), places[form]
        if at < 0 or any(start < at + len(form) and at < end for start, end in taken):
            continue
        if -len(choices) <= place < len(choices):
            taken.append((at, at + len(form)))
            yield _Mention(key=choices[place].key, start=at, end=at + len(form), confidence=PLACED)


def _keyed(text: str, choices: Sequence[Choice]) -> Iterator[_Mention]:
    """A reply that is only the key of an option: 1, 一, 按幺."""
    key = re.fullmatch(r"\s*(?:我?[按选]|就)?\s*([0-9*#]|[零一二两三四五六七八九幺])(?:号|键|吧|了|啊)*[\s。.]*", text)
    if key is None:
        return
    digit = _DIGITS.get(key.group(1), key.group(1))
    for choice in choices:
        if choice.digit and choice.digit == digit:
            yield _Mention(key=choice.key, start=key.start(1), end=key.end(1), confidence=PLACED)


_DIGITS = {word: str(value) for value, word in enumerate("零一二三四五六七八九")} | {"幺": "1", "两": "2"}


def _in_part(text: str, choices: Sequence[Choice]) -> Iterator[_Mention]:
    """Two characters and more of a label that no other option shares."""
    owners: dict[str, str | None] = {}
    for choice in choices:
        for piece in {piece for form in _forms(choice) for piece in _pieces(form)}:
            owners[piece] = choice.key if owners.get(piece, choice.key) == choice.key else None
    taken: list[tuple[int, int]] = []
    for piece in sorted((piece for piece, owner in owners.items() if owner), key=len, reverse=True):
        at = text.find(piece)
        if at >= 0 and not any(start < at + len(piece) and at < end for start, end in taken):
            taken.append((at, at + len(piece)))
            yield _Mention(key=str(owners[piece]), start=at, end=at + len(piece), confidence=IN_PART)


def _scaled(text: str, choices: Sequence[Choice]) -> Iterator[_Mention]:
    """An answer in other words on the scale of the options: 凑合 for 一般."""
    for scale in _words()["scales"]:
        owner: dict[str, str | None] = {}
        for choice in choices:
            step = next((step for step, words in scale.items() if set(_forms(choice)) & set(words)), None)
            if step is not None:
                owner[step] = choice.key if step not in owner else None
        if len(owner) < 2:
            continue
        for start, end in clauses(text):
            steps = ((word, step) for step, words in scale.items() for word in words)
            found = [(word, step) for word, step in steps if word in text[start:end]]
            if not found:
                continue
            word, step = max(found, key=lambda each: len(each[0]))
            at = text.index(word, start)
            if UNSAID.match(text, at + len(word)) or _inside_word(text, at, word):
                continue
            key = owner.get(step) or owner.get(_NEIGHBOUR.get(step, ""))
            if key:
                at = text.index(word, start)
                yield _Mention(key=key, start=at, end=at + len(word), confidence=IN_PART)


def _of_its_kind(text: str, choices: Sequence[Choice]) -> Iterator[_Mention]:
    """A kind of the thing that an option names, where no option is named itself: 高铁 for 火车."""
    if any(True for _ in _named(text, choices)):
        return
    taken: set[str] = set()
    for kind in _words()["kinds"]:
        owners = [each.key for each in choices if each.key not in taken and any(of in each.label for of in kind["of"])]
        if len(owners) != 1:
            continue
        taken.add(owners[0])
        for word in kind["words"]:
            if word in text:
                at = text.index(word)
                yield _Mention(key=owners[0], start=at, end=at + len(word), confidence=IN_PART)
                break


def _any_of_them(text: str, choices: Sequence[Choice]) -> Iterator[_Mention]:
    """随便, where an option says just that."""
    words = _words()["any"]
    key = next((each.key for each in choices if each.label in words), None)
    said = next((word for word in words if word in text), None)
    if key is not None and said is not None:
        yield _Mention(key=key, start=text.index(said), end=text.index(said) + len(said), confidence=IN_PART)


_NEIGHBOUR = {"best": "good", "worst": "bad", "good": "best", "bad": "worst"}


def _sounding(text: str, choices: Sequence[Choice]) -> Iterator[_Mention]:
    """An option by its sound, tones lost: 活车 for 火车."""
    forms = {form: choice.key for choice in choices for form in _forms(choice) if len(form) >= 2}
    for start, end in clauses(text):
        core = FILLER.sub("", text[start:end])
        if len(core) >= 2 and (like := nearest(core, forms, within=WHOLE_SOUND_WITHIN)):
            at = text.index(core, start)
            yield _Mention(key=forms[like.phrase], start=at, end=at + len(core), confidence=SOUNDED)
            continue
        for form, key in forms.items():
            place = find(form, text[start:end], within=SOUND_WITHIN)
            if place is not None:
                yield _Mention(key=key, start=start + place[0], end=start + place[1], confidence=SOUNDED)


def _judged(text: str, mentions: Iterator[_Mention]) -> list[_Mention]:
    return [
        _Mention(key=each.key, start=each.start, end=each.end, confidence=each.confidence, denied=_denied(text, each))
        for each in sorted(mentions, key=lambda each: each.start)
    ]


def _denied(text: str, mention: _Mention) -> bool:
    before = re.split(r"[，,。.；;！!？?、\s]", text[: mention.start])[-1]
    after = re.split(r"[，,。.；;！!？?、\s]", text[mention.end :])[0]
    denials, denied_after = "|".join(_words()["denials"]), "|".join(_words()["denied_after"])
    if re.search(rf"(?:{denials})(?:是|坐|选|要|用|去|的|有|住|吃|打|想|再|说|叫|在)*$", before) and not re.search(
        r"(?:不是没|是不是|要不|对不)$", before
    ):
        return True
    clause = before + text[mention.start : mention.end]
    if not affirmed(clause, len(before), len(clause)):
        return True
    if re.search(r"(?:哪里?|咋能|怎么能)[\u4e00-\u9fff]{0,2}$", before) or re.match("个?(?:啥|什么|鬼|屁)", after):
        return True  # 哪里睡得好哦, 满意啥呀
    if mention.end - mention.start == 1 and re.search(r"(?:没有?|不)[\u4e00-\u9fff]?$", before):  # 没睡好
        return True
    return bool(re.match(rf"(?:倒|我|都|也|就|的|嘛|这个|那个)*(?:{denied_after})", after))


def _picked(text: str, mentions: Sequence[_Mention]) -> _Mention | None:
    """The one option that is left, or that a correction or a mark singles out."""
    kept = [each for each in mentions if not each.denied]
    if not kept:
        return None
    if len({each.key for each in kept}) == 1:
        return kept[0]
    last = kept[-1]
    between = text[kept[-2].end : last.start]
    if "还是" in between and not re.search(r"[，,。.；;！!？?…]", between):
        return None  # 火车还是汽车: the question said again
    if any(word in between for word in _words()["corrections"]):
        return last
    chosen = [each for each in kept if re.match("(?:吧|最好|合适|方便|好一点|好些)", text[each.end :])]
    if len({each.key for each in chosen}) == 1:
        return chosen[0]
    marked = [each for each in kept if any(text[: each.start].endswith(mark) for mark in _words()["marks"])]
    return marked[0] if len({each.key for each in marked}) == 1 else None


def _opposite(groups: Sequence[Sequence[_Mention]], choices: Sequence[Choice]) -> _Mention | None:
    """The option that says the contrary of the one that was denied: 没睡好 is 不好."""
    for mention in (each for group in groups for each in group if each.denied):
        label = next(choice.label for choice in choices if choice.key == mention.key)
        for choice in choices:
            pair = (label, choice.label), (choice.label, label)
            if any(one == f"{denial}{other}" for one, other in pair for denial in ("不", "没", "没有", "不太", "未")):
                return replace(mention, key=choice.key, confidence=IN_PART, denied=False)
    return None


def _excluded(groups: Sequence[Sequence[_Mention]], choices: Sequence[Choice]) -> _Mention | None:
    """The other one of two, when one was denied; the option for none, when all were."""
    for mentions in groups:
        denied = {each.key for each in mentions if each.denied}
        left = [choice.key for choice in choices if choice.key not in denied]
        if denied and len(left) == 1 and all(each.denied for each in mentions):
            first = mentions[0]
            return _Mention(key=left[0], start=first.start, end=first.end, confidence=EXCLUDED)
    return None


def _by_yes_or_no(text: str, expectation: Expectation, *, at: datetime) -> Reading | None:
    """有 and 没有, 需要 and 不需要: options that are a yes and a no are picked by saying yes or no."""
    sides: dict[str, str] = {}
    for choice in expectation.choices:
        words = set(_forms(choice))
        side = "yes" if words & _YES else "no" if words & _NO else None
        if side is None or side in sides:
            return None
        sides[side] = choice.key
    if len(sides) != 2:
        return None
    reading = read_yes_no(text, expectation=expectation, at=at)
    if isinstance(reading, NotRead) or reading.value not in sides:
        return None
    return Reading(value=sides[reading.value], span=reading.span, confidence=reading.confidence)


_YES = frozenset(
    {"是", "有", "需要", "要", "愿意", "同意", "会", "能", "去", "参加", "对", "好", "可以", "是的", "在", "方便"}
)
_NO = frozenset({f"不{word}" for word in _YES} | {"没有", "没", "无", "否", "不", "未", "没参加"})


def _reason(
    text: str, plain: str, groups: Sequence[Sequence[_Mention]], expectation: Expectation, *, at: datetime
) -> NotRead:
    if LISTENING.match(plain):
        return NotRead(reason="not_an_answer")
    words = _words()
    if re.search(r"还是.{1,8}$", plain) and not re.search(r"[，,。.；;…]", plain):
        return NotRead(reason="not_an_answer")
    if any(word in plain for word in words["any"]) or any(
        len({m.key for m in group if not m.denied}) > 1 for group in groups
    ):
        return NotRead(reason="vague")
    said = read_yes_no(text, expectation=expectation, at=at)
    return said if isinstance(said, NotRead) else NotRead(reason="not_an_answer")


@cache
def _forms(choice: Choice) -> tuple[str, ...]:
    """The label and the synonyms, simplified and in half width."""
    return tuple(
        dict.fromkeys(normalise(each).text.strip() for each in (choice.label, *choice.synonyms) if each.strip())
    )


@cache
def _pieces(form: str) -> tuple[str, ...]:
    """The parts of a label of two characters and more, shorter than the label itself."""
    return tuple(
        form[start:end]
        for start in range(len(form))
        for end in range(start + 2, len(form) + 1)
        if end - start < len(form)
    )


def _inside_number(text: str, position: int, form: str) -> bool:
    """Whether a form that is a digit stands inside a longer number."""
    around = text[position - 1 : position] + text[position + len(form) : position + len(form) + 1]
    return form.isdigit() and any(character.isdigit() for character in around)


def _inside_word(text: str, position: int, form: str) -> bool:
    """Whether a form of one character stands inside a word of another meaning: 好 in 好几回."""
    if len(form) > 1:
        return False
    return any(
        text.startswith(word, position - at)
        for word in _words()["not_options"]
        if (at := word.find(form)) >= 0 and position >= at
    )


@cache
def _words() -> Any:
    return load("choices.yaml")
