"""The NLU component inside Rasa: trained, kept, loaded, measured on words it has not seen.

Runs in Rasa's environment. The trained model is the one in LINYIN_DATA/model.
"""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import rasa.model_testing
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.intents import INTENT_IDS
from nlu.rasa.component import FALLBACK, LinyinUnderstanding

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "dialogs" / "rasa" / "project"
MODEL = Path(os.environ.get("LINYIN_DATA", ROOT / "var")) / "model" / "linyin.tar.gz"
HELD_OUT = ROOT / "tests" / "nlu" / "heldout"
MACRO_F1 = 0.95

EXAMPLES = {
    "repeat": ["你再说一遍", "再讲一次", "没听清楚", "重复一下"],
    "goodbye": ["再见", "拜拜", "回头见", "再会"],
    "stop_calling": ["别再打了", "以后不要打电话", "不许再打来", "别打给我"],
}
CONTEXT = ExecutionContext(GraphSchema({}), "test")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> LinyinUnderstanding:
    storage = LocalModelStorage.create(tmp_path_factory.mktemp("model"))
    config = LinyinUnderstanding.get_default_config()
    messages = [Message.build(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    component = LinyinUnderstanding.create(config, storage, Resource("understanding"), CONTEXT)
    component.train(TrainingData(messages))
    return LinyinUnderstanding.load(config, storage, Resource("understanding"), CONTEXT)


def test_a_loaded_component_ranks_what_a_trained_one_learned(trained: LinyinUnderstanding) -> None:
    (message,) = trained.process([Message(data={"text": "请你再说一遍"})])
    assert message.get("intent")["name"] == "repeat"
    assert [each["name"] for each in message.get("intent_ranking")][:1] == ["repeat"]


def test_metadata_passes_through(trained: LinyinUnderstanding) -> None:
    (message,) = trained.process([Message(data={"text": "拜拜", "metadata": {"campaign": "c1"}})])
    assert message.get("metadata") == {"campaign": "c1"}


def test_strange_words_fall_back(trained: LinyinUnderstanding) -> None:
    unsure = LinyinUnderstanding({"threshold": 0.99, "seed": 1}, None, None, trained._model)
    (message,) = unsure.process([Message(data={"text": "火星上的土豆"})])
    assert message.get("intent")["name"] == FALLBACK
    assert message.get("intent_ranking")[1]["name"] in EXAMPLES


def test_the_same_data_and_seed_train_the_same_model(trained: LinyinUnderstanding, tmp_path: Path) -> None:
    messages = [Message.build(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    again = LinyinUnderstanding({"threshold": 0.3, "seed": 1}, LocalModelStorage.create(tmp_path), Resource("again"))
    again.train(TrainingData(messages))
    one, other = (each.process([Message(data={"text": "别打电话"})])[0] for each in (trained, again))
    best = [each.get("intent_ranking")[0]["confidence"] for each in (one, other)]
    assert best[0] == pytest.approx(best[1], abs=0.01)


def test_rasa_finds_nothing_wrong_with_the_data() -> None:
    command = [sys.executable, "-W", "ignore", "-m", "rasa", "data", "validate"]
    paths = ["--domain", str(PROJECT / "domain.yml"), "--config", str(PROJECT / "config.yml")]
    data = ["--data", str(ROOT / "nlu" / "data"), str(PROJECT / "rules.yml")]
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([*command, *paths, *data], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_held_out_intents_meet_the_thresholds_and_the_confusions_are_drawn(tmp_path: Path) -> None:
    output = Path(os.environ.get("LINYIN_NLU_REPORT", tmp_path))
    arguments = {"errors": True}
    asyncio.run(rasa.model_testing.test_nlu(str(MODEL), str(HELD_OUT), str(output), additional_arguments=arguments))
    report = json.loads((output / "intent_report.json").read_text(encoding="utf-8"))
    intents = [report[intent] for intent in INTENT_IDS]
    assert sum(each["f1-score"] for each in intents) / len(intents) >= MACRO_F1
    assert (output / "intent_confusion_matrix.png").stat().st_size > 0
