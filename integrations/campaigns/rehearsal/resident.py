"""One simulated resident of a rehearsal: hears the assistant's words, says words."""

import re
from dataclasses import dataclass, field
from datetime import date
from random import Random

from dialogs.questionnaire import Question, Questionnaire
from integrations.campaigns.rehearsal.answers import Answer, answer_to, understood
from integrations.campaigns.rehearsal.cast import Cast, Persona

_SENTENCES = re.compile(r"[^。？！；?!]*[。？！；?!]?")
_PATIENCE = 4  # times that the resident does not know what is wanted before they hang up
_SILENCE_SECONDS = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The resident's side of a turn: words, a silence, or hanging up."""

    text: str = ""
    silence_seconds: float = 0.0
    hangs_up: bool = False


@dataclass(slots=True, kw_only=True)
class Resident:
    """Whoever answered. `hear` is called with each turn of the assistant."""

    persona: Persona
    questionnaire: Questionnaire
    cast: Cast
    rng: Random
    on: date
    answers: dict[str, Answer] = field(default_factory=dict)  # question → what was said last
    _first: int = 0
    _answered: int = 0
    _aside_at: int = -1  # how many answers had been given when something was said between
    _ended: bool = False
    _pending: Question | None = None  # what was asked last
    _lost: int = 0

    def hear(self, words: str) -> Turn:
        """What is done after these words."""
        persona = self.persona
        if persona.silent:
            return Turn(silence_seconds=_SILENCE_SECONDS)
        what = self._asked(words)
        if persona.hangs_up_after is not None and self._answered >= persona.hangs_up_after:
            return Turn(hangs_up=True)
        if isinstance(what, Question) or what == "agrees":
            if self._first < len(persona.first):
                self._first += 1
                return Turn(text=persona.first[self._first - 1])
            if persona.ends is not None and not self._ended and self._answered >= persona.ends.after:
                self._ended = True
                return Turn(text=self.rng.choice(persona.ends.say))
            if persona.ends is not None and persona.ends.firm and self._ended:
                return Turn(text=self.rng.choice(persona.ends.say))
            if isinstance(what, Question) and self._comes_between():
                self._pending = what
                return Turn(text=self.rng.choice(persona.between.say if persona.between else ()))
        return self._reply(what)

    def _comes_between(self) -> bool:
        between = self.persona.between
        due = between is not None and self._answered % between.every == between.every - 1
        if not due or self._aside_at == self._answered:
            return False
        self._aside_at = self._answered
        return True

    def _reply(self, what: Question | str) -> Turn:
        if what == "wait" and self._pending is not None:
            what = self._pending
        if isinstance(what, Question):
            self._lost, self._pending = 0, what
            return Turn(text=self._answer(what))
        cast = self.cast
        match what:
            case "right":
                return self._say(cast.right)
            case "agrees" | "still" | "when" | "hears" | "waits" | "who" | "adult" | "arrives":
                return self._say(getattr(cast, what))
            case _:
                self._lost += 1
                return Turn(hangs_up=True) if self._lost > _PATIENCE else self._say(cast.puzzled)

    def _say(self, phrases: tuple[str, ...]) -> Turn:
        self._lost = 0
        return Turn(text=self._spoken(self.rng.choice(phrases)))

    def _answer(self, question: Question) -> str:
        if question.key not in self.answers:  # asked again, the same is said again
            self.answers[question.key] = answer_to(
                question, self.questionnaire.questions, self.cast, rng=self.rng, on=self.on
            )
            self._answered += 1
        elif question.expected is not None:  # a notice that was explained once more is understood
            self.answers[question.key] = understood(question, self.cast, rng=self.rng, on=self.on)
        said = self.answers[question.key].said
        if self.persona.around:
            said = self.rng.choice(("{answer}", *self.persona.around)).format(answer=said)
        return self._spoken(said)

    def _spoken(self, said: str) -> str:
        if self.persona.dialect:
            for standard, local in self.cast.dialect.items():
                said = said.replace(standard, local)
        return said

    def _asked(self, words: str) -> Question | str:
        """What was asked last: a question of the questionnaire by its own words, or one around it; "" for neither."""
        for sentence in reversed([each for each in _SENTENCES.findall(words) if each.strip()]):
            question = self._question_in(sentence, words)
            if question is not None:
                return question
            for cue, forms in self.cast.cues.items():
                if any(form in sentence for form in forms):
                    return cue
        return ""

    def _question_in(self, sentence: str, words: str) -> Question | None:
        for question in self.questionnaire.questions:
            for wording in (question.ask, *question.again):
                if wording.spoken in words and sentence.strip() in wording.spoken:
                    return question
        return None
