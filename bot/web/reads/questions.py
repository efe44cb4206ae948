"""Short names for fields and questions, from the data dictionary."""

from dataclasses import dataclass
from typing import Self

import msgspec
from sqlalchemy.orm import Session

from dialogs.dictionary import Dictionary
from dialogs.questionnaire import Questionnaire
from integrations.storage.models import QuestionnaireRow


@dataclass(frozen=True, kw_only=True)
class Names:
    """What fields and questions are called on a screen."""

    fields: dict[str, str]  # field of the data dictionary → name
    questions: dict[str, str]  # Question.key → name, in the order they are asked

    @classmethod
    def of(cls, dictionary: Dictionary, questionnaire: Questionnaire | None = None) -> Self:
        """The names for one questionnaire; without one, of the fields only."""
        fields = {field.key: field.label for field in dictionary.fields}
        asked = questionnaire.questions if questionnaire else ()
        return cls(fields=fields, questions={each.key: fields.get(each.field, each.key) for each in asked})


def questionnaire_of(session: Session, content_hash: str) -> Questionnaire | None:
    """The questionnaire with this content hash, None when it is not stored."""
    row = session.get(QuestionnaireRow, content_hash)
    return None if row is None else msgspec.json.decode(row.body, type=Questionnaire)
