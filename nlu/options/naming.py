"""An option told by its words, by a part of them, by what is like it, or by its sound."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from nlu.clauses import clauses
from nlu.options.mention import IN_PART, NAMED, SOUNDED, Mention, choice_words, forms_of, inside_number, inside_word
from nlu.pinyin import find, nearest, syllables
from nlu.reading import Choice

SOUND_WITHIN = 0.12  # per syllable: an accent's slip on a two-syllable name, nothing more
WHOLE_SOUND_WITHIN = 0.2  # when the whole reply is that name
UNSAID = re.compile(r"(?:说|讲|确定|清楚)")  # 不好说 is no 不好
FILLER = re.compile(
    r"^(嗯|呃|那个|这个|我|就|就是|是|选|要|应该是|坐的是|坐的|坐|是坐|我是|我选|我要|吧|啊|的|呀|嘛|了|呢|,|，|。|\.)+|(吧|啊|的|呀|嘛|了|呢|,|，|。|\.)+$"
)
_NEIGHBOUR = {"best": "good", "worst": "bad", "good": "best", "bad": "worst"}


def in_words(text: str, choices: Sequence[Choice]) -> Iterator[Mention]:
    """Labels and synonyms, but 不太好 is not 好 where the options are a scale."""
    graded = list(scaled(text, choices))
    for named in _named(text, choices):
        if UNSAID.match(text, named.end):
            continue
        wider = (each for each in graded if each.start <= named.start and named.end <= each.end)
        yield next(wider, named)


def _named(text: str, choices: Sequence[Choice]) -> Iterator[Mention]:
    """Labels and synonyms as they stand, the longest at each place."""
    forms = sorted(
        ((form, choice.key) for choice in choices for form in forms_of(choice)),
        key=lambda each: len(each[0]),
        reverse=True,
    )
    position = 0
    while position < len(text):
        form, key = next(((form, key) for form, key in forms if text.startswith(form, position)), ("", ""))
        if form and not inside_number(text, position, form) and not inside_word(text, position, form):
            yield Mention(key=key, start=position, end=position + len(form), confidence=NAMED)
            position += len(form)
        else:
            position += 1


_SAYS_NOTHING = re.compile("[得很的了着到也都还就是一个在]+")  # a piece of 美得很 that is in every judgement


def in_part(text: str, choices: Sequence[Choice]) -> Iterator[Mention]:
    """Two characters and more of a label that no other option shares."""
    owners: dict[str, str | None] = {}
    for choice in choices:
        for piece in dict.fromkeys(piece for form in forms_of(choice) for piece in _pieces(form)):
            owners[piece] = choice.key if owners.get(piece, choice.key) == choice.key else None
    taken: list[tuple[int, int]] = []
    telling = [piece for piece, owner in owners.items() if owner and not _SAYS_NOTHING.fullmatch(piece)]
    found = [(text.find(piece), piece) for piece in telling if piece in text]
    for at, piece in sorted(found, key=lambda each: (len(each[1]), each[0]), reverse=True):  # 自己 before 我自
        if not any(start < at + len(piece) and at < end for start, end in taken):
            taken.append((at, at + len(piece)))
            yield Mention(key=str(owners[piece]), start=at, end=at + len(piece), confidence=IN_PART)


def scaled(text: str, choices: Sequence[Choice]) -> Iterator[Mention]:
    """An answer in other words on the scale of the options: 凑合 for 一般."""
    for scale in choice_words()["scales"]:
        owner: dict[str, str | None] = {}
        for choice in choices:
            step = next((step for step, words in scale.items() if set(forms_of(choice)) & set(words)), None)
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
            if UNSAID.match(text, at + len(word)) or inside_word(text, at, word):
                continue
            key = owner.get(step) or owner.get(_NEIGHBOUR.get(step, ""))
            if key:
                at = text.index(word, start)
                yield Mention(key=key, start=at, end=at + len(word), confidence=IN_PART)


def of_its_kind(text: str, choices: Sequence[Choice]) -> Iterator[Mention]:
    """A kind of the thing that an option names, where no option is named itself: 高铁 for 火车."""
    if any(True for _ in _named(text, choices)):
        return
    taken: set[str] = set()
    for kind in choice_words()["kinds"]:
        owners = [each.key for each in choices if each.key not in taken and any(of in each.label for of in kind["of"])]
        if len(owners) != 1:
            continue
        taken.add(owners[0])
        for word in kind["words"]:
            if word in text:
                at = text.index(word)
                yield Mention(key=owners[0], start=at, end=at + len(word), confidence=IN_PART)
                break


def another(text: str, choices: Sequence[Choice]) -> Iterator[Mention]:
    """A thing of the kind that was asked for and none of the options, where one of them is 别的: 痛风."""
    other = next((each.key for each in choices if each.label in choice_words()["other_labels"]), None)
    if other is None:
        return
    for among, words in ((each["among"], each["words"]) for each in choice_words()["others"]):
        if not any(of in each.label for each in choices for of in among):
            continue
        for word in words:
            if word in text:
                yield Mention(key=other, start=text.index(word), end=text.index(word) + len(word), confidence=IN_PART)
                return


def none_of_them(text: str, choices: Sequence[Choice]) -> Iterator[Mention]:
    """都不是, where an option says just that."""
    for choice in choices:
        if any(word in choice.label for word in choice_words()["none_labels"]):
            for word in choice_words()["none"]:
                if word in text:
                    yield Mention(
                        key=choice.key, start=text.index(word), end=text.index(word) + len(word), confidence=IN_PART
                    )
                    return


def any_of_them(text: str, choices: Sequence[Choice]) -> Iterator[Mention]:
    """随便, where an option says just that."""
    words = choice_words()["any"]
    key = next((each.key for each in choices if each.label in words), None)
    said = next((word for word in words if word in text), None)
    if key is not None and said is not None:
        yield Mention(key=key, start=text.index(said), end=text.index(said) + len(said), confidence=IN_PART)


def sounding(text: str, choices: Sequence[Choice]) -> Iterator[Mention]:
    """An option by its sound, tones lost: 活车 for 火车, and 躯 for 去 where that is all of a clause."""
    short = {form: choice.key for choice in choices for form in forms_of(choice) if len(form) == 1}
    forms = {form: choice.key for choice in choices for form in forms_of(choice) if len(form) >= 2}
    for start, end in clauses(text):
        core = FILLER.sub("", text[start:end])
        if len(core) == 1 and (form := next((each for each in short if syllables(each) == syllables(core)), "")):
            at = text.index(core, start)
            yield Mention(key=short[form], start=at, end=at + 1, confidence=SOUNDED)
            continue
        if len(core) >= 2 and (like := nearest(core, forms, within=WHOLE_SOUND_WITHIN)):
            at = text.index(core, start)
            yield Mention(key=forms[like.phrase], start=at, end=at + len(core), confidence=SOUNDED)
            continue
        for form, key in forms.items():
            place = find(form, text[start:end], within=SOUND_WITHIN)
            if place is not None:
                yield Mention(key=key, start=start + place[0], end=start + place[1], confidence=SOUNDED)


@cache
def _pieces(form: str) -> tuple[str, ...]:
    """The parts of a label of two characters and more, shorter than the label itself."""
    return tuple(
        form[start:end]
        for start in range(len(form))
        for end in range(start + 2, len(form) + 1)
        if end - start < len(form)
    )
