"""The one NLU component of our Rasa pipeline: it cuts, weighs and ranks in one step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.intents import ACCEPTED_FROM, ARTEFACT, IntentModel
from nlu.rasa.pending import PendingTurn
from nlu.rasa.training import fit
from nlu.understanding import understand
from nlu.understood import Understood

INTENT_RANKING = "intent_ranking"
METADATA = "metadata"
PENDING_TURN = "pending_turn"  # in the metadata: a nlu.rasa.pending.PendingTurn
UNDERSTOOD = "understood"  # in the parse data: a nlu.understood.Understood
BEGIN = "begin"  # the act of a turn in which the assistant speaks first
FALLBACK = "nlu_fallback"
_RANKED = 10  # as many as Rasa's own classifiers report


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinyinUnderstanding(GraphComponent):
    """Sets `intent` and `intent_ranking` of each message; below `threshold` the intent is `nlu_fallback`.

    Everything else that a message carries, its metadata among it, is left as it came.
    """

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`threshold`: the least probability that is acted on. `seed`: of the noise that training adds."""
        return {"threshold": ACCEPTED_FROM, "seed": 1}

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed beside Rasa."""
        return ["sklearn"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003
    ) -> LinyinUnderstanding:
        """An untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003
        **_: Any,
    ) -> LinyinUnderstanding:
        """The trained component, from its resource."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(Path(folder) / ARTEFACT))

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the model on every example that has an intent, and keeps it in the component's resource."""
        examples = [(each.get(TEXT), each.get(INTENT)) for each in training_data.intent_examples if each.get(TEXT)]
        self._model = fit(examples, seed=int(self._config["seed"]))
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(Path(folder) / ARTEFACT)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The training data with each example understood, as the policies need it."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages, each with its intent and the ranking."""
        for message in messages:
            self._understand(message)
        return messages

    def _understand(self, message: Message) -> None:
        text = message.get(TEXT)
        if self._model is None or not text:
            return
        turn = (message.get(METADATA) or {}).get(PENDING_TURN)
        if turn is not None:
            self._understand_turn(message, turn, self._model)
            return
        ranking = [
            {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: probability}
            for intent, probability in self._model.rank(text)[:_RANKED]
        ]
        if ranking[0][PREDICTED_CONFIDENCE_KEY] < float(self._config["threshold"]):
            ranking.insert(
                0, {INTENT_NAME_KEY: FALLBACK, PREDICTED_CONFIDENCE_KEY: 1.0 - ranking[0][PREDICTED_CONFIDENCE_KEY]}
            )
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING, ranking, add_to_output=True)

    @staticmethod
    def _understand_turn(message: Message, turn: PendingTurn, model: IntentModel) -> None:
        """A turn of a session: the intent is the act that the words are in the light of what is pending."""
        if turn.utterance is None:
            understood = Understood(act=BEGIN)
        else:
            understood = understand(
                turn.utterance, pending=turn.pending, others=turn.others, rank=model.rank, at=turn.at
            )
        intent = {INTENT_NAME_KEY: understood.act, PREDICTED_CONFIDENCE_KEY: understood.confidence}
        message.set(INTENT, intent, add_to_output=True)
        message.set(UNDERSTOOD, understood, add_to_output=True)
