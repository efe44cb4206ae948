"""Our runner of Rasa's graph comes to what Rasa's own runner comes to."""

import os
from pathlib import Path

import pytest
import skops.io  # noqa: F401, before Rasa: see dialogs.rasa.train
from rasa.core.policies.policy import PolicyPrediction
from rasa.engine import loader
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.io import read_yaml_file

from dialogs.rasa.runner import TRACKER, StraightGraphRunner

ROOT = Path(__file__).parents[2]
MODEL = Path(os.environ.get("LINYIN_DATA", ROOT / "var")) / "model" / "linyin.tar.gz"
PHASES: list[str] = read_yaml_file(ROOT / "dialogs" / "rasa" / "project" / "domain.yml")["slots"]["phase"]["values"]


def loaded(runner: type[GraphRunner], folder: Path) -> tuple[ModelMetadata, GraphRunner]:
    folder.mkdir()
    metadata, made = loader.load_predict_graph_runner(folder, MODEL, LocalModelStorage, runner)
    return metadata, made


def said(intent: str, phase: str, domain: Domain) -> DialogueStateTracker:
    events = [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        SlotSet("phase", phase),
        ActionExecuted("action_listen"),
        UserUttered("turn", intent={"name": intent, "confidence": 1.0}),
    ]
    return DialogueStateTracker.from_events("s", events, domain.slots, domain=domain)


def predicted(runner: GraphRunner, metadata: ModelMetadata, intent: str, phase: str) -> PolicyPrediction:
    tracker = said(intent, phase, metadata.domain)
    return runner.run(inputs={TRACKER: tracker}, targets=[metadata.core_target])[metadata.core_target]


@pytest.fixture(scope="module")
def runners(tmp_path_factory: pytest.TempPathFactory) -> tuple[ModelMetadata, GraphRunner, GraphRunner]:
    folder = tmp_path_factory.mktemp("models")
    metadata, rasas = loaded(DaskGraphRunner, folder / "rasa")
    _, ours = loaded(StraightGraphRunner, folder / "ours")
    return metadata, rasas, ours


@pytest.mark.parametrize("phase", PHASES)
def test_every_intent_in_every_phase_leads_to_the_action_that_rasas_own_runner_comes_to(
    phase: str, runners: tuple[ModelMetadata, GraphRunner, GraphRunner]
) -> None:
    metadata, rasas, ours = runners
    for intent in metadata.domain.intents:
        right = predicted(rasas, metadata, intent, phase).probabilities
        assert predicted(ours, metadata, intent, phase).probabilities == right
        assert predicted(ours, metadata, intent, phase).probabilities == right  # remembered, by now


def test_what_happened_before_in_a_conversation_is_not_overlooked(
    runners: tuple[ModelMetadata, GraphRunner, GraphRunner],
) -> None:
    metadata, _, ours = runners
    fresh = predicted(ours, metadata, "answer", "asking")
    tracker = said("answer", "asking", metadata.domain)
    tracker.update(ActionExecuted(metadata.domain.action_names_or_texts[fresh.probabilities.index(1.0)]))
    later = ours.run(inputs={TRACKER: tracker}, targets=[metadata.core_target])[metadata.core_target]
    assert later.probabilities != fresh.probabilities


def test_no_slot_waits_for_words(runners: tuple[ModelMetadata, GraphRunner, GraphRunner]) -> None:
    """Else it would stay empty: our workers leave out that Rasa looks for slots in each turn."""
    ours = [each for each in runners[0].domain.as_dict()["slots"].values() if each.get("mappings")]
    assert all(mapping["type"] == "custom" for slot in ours for mapping in slot["mappings"])
