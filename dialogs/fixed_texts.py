"""Everything a questionnaire may say that holds nothing personal: what is rendered ahead of its calls."""

from string import Formatter

from dialogs import phrases
from dialogs.questionnaire import Questionnaire


def fixed_texts(questionnaire: Questionnaire, *, names: dict[str, str]) -> tuple[str, ...]:
    """The spoken texts, each once, with `names` (community, callback_number, asked_by, purpose) filled in."""
    wordings = [questionnaire.opening, questionnaire.closing]
    for question in questionnaire.questions:
        wordings += [question.ask, *question.again]
        if question.tell:
            wordings.append(question.tell)
        wordings += [option.reply for option in question.choices if option.reply]
    every = (*wordings, *phrases.all_phrases())
    texts = [each.spoken for each in every] + [each.plain for each in every if each.plain]
    filled = (text.format_map(names) for text in texts if _slots(text) <= names.keys())
    return tuple(dict.fromkeys(filled))


def _slots(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
