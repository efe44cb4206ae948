"""Everything a questionnaire may say that holds nothing personal: what is rendered ahead of its calls."""

from collections.abc import Iterator
from string import Formatter

from dialogs import phrases
from dialogs.emergency_numbers import EMERGENCY_NUMBERS
from dialogs.long_numbers import GROUP_NAMES
from dialogs.opening import before_and_question
from dialogs.questionnaire import Questionnaire
from dialogs.values import YES_NO


def fixed_texts(questionnaire: Questionnaire, names: dict[str, str]) -> tuple[str, ...]:
    """The spoken texts, each once, with `names` (community, callback_number, asked_by, purpose) filled in."""
    wordings = [questionnaire.opening, questionnaire.closing, *(before_and_question(questionnaire.opening) or ())]
    for question in questionnaire.questions:
        wordings += [question.ask, *question.again]
        if question.tell:
            wordings.append(question.tell)
        wordings += [option.reply for option in question.choices if option.reply]
    every = (*wordings, *phrases.all_phrases())
    texts = [each.spoken for each in every] + [each.plain for each in every if each.plain]
    texts = [text.replace("{emergency}", number) for text in texts for number in EMERGENCY_NUMBERS]
    filled = (text.format_map(names) for text in texts if _slots(text) <= names.keys())
    return tuple(dict.fromkeys(filled))


def spoken_parts(questionnaire: Questionnaire, names: dict[str, str]) -> tuple[str, ...]:
    """What sentences with a name or a value in them are made of beside it, each once: 请问是, 家吗？, 对不对？, and
    answers that are read back as they stand.
    """
    wordings = [questionnaire.opening, questionnaire.closing, *phrases.all_phrases()]
    wordings += [wording for each in questionnaire.questions for wording in (each.ask, *each.again)]
    texts = [each.spoken for each in wordings] + [each.plain for each in wordings if each.plain]
    parts = [part for text in texts if not _slots(text) <= names.keys() for part in _between_slots(text, names)]
    options = [option.label for question in questionnaire.questions for option in question.choices]
    return tuple(dict.fromkeys([*parts, *YES_NO.values(), *GROUP_NAMES, *options]))


def _between_slots(text: str, names: dict[str, str]) -> Iterator[str]:
    said = ""
    for literal, name, _, _ in Formatter().parse(text):
        said += literal
        if name in names:
            said += names[name]
        elif name is not None:
            yield from _worded(said)
            said = ""
    yield from _worded(said)


def _worded(part: str) -> Iterator[str]:
    """A part without the marks that only part it from what is beside it; nothing where there are only marks."""
    words = part.strip("，：、；。")
    if words:
        yield words


def _slots(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
