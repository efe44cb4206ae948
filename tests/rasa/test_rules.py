"""Rasa's rules decide: each act has its own rule, and without it the conversations that need it fail.

Runs in Rasa's environment, with the trained model; only the rules are learned again, one of them left out.
"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.agent import Agent
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.generator import TrainingDataGenerator
from rasa.shared.core.training_data.loading import load_data_from_files
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.utils.endpoints import EndpointConfig
from rasa.utils.log_utils import configure_structlog

from dialogs.events import UtteranceHeard
from dialogs.questionnaire import Questionnaire, content_hash
from dialogs.rasa.actions import run_actions_in_process
from dialogs.rasa.channel import take_turn
from dialogs.rasa.tracker_store import CarriedTrackerStore
from dialogs.turn import TurnReply, TurnRequest
from tests.golden.runner import ConversationFailed, Golden, conversations, questionnaires, run

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "dialogs" / "rasa" / "project"
MODEL = Path(os.environ.get("LINYIN_DATA", ROOT / "var")) / "model" / "linyin.tar.gz"
RULES: list[dict[str, Any]] = yaml.safe_load((PROJECT / "rules.yml").read_text(encoding="utf-8"))["rules"]
POLICY_NODE = "run_RulePolicy0"

Trigger = tuple[str, str | None]  # intent, and the phase where the rule is bound to one


def trigger(rule: dict[str, Any]) -> Trigger:
    conditions = rule.get("condition", [])
    phase = conditions[0]["slot_was_set"][0]["phase"] if conditions else None
    return rule["steps"][0]["intent"], phase


class Worker:
    """The trained model, taking turns in this process, with rules that can be exchanged."""

    def __init__(self) -> None:
        configure_structlog(40)
        run_actions_in_process()
        self.agent = Agent(
            tracker_store=CarriedTrackerStore(None),
            lock_store=InMemoryLockStore(),
            action_endpoint=EndpointConfig("http://127.0.0.1:0/unused"),
        )
        self.agent.load_model(str(MODEL))
        self.agent.tracker_store.domain = self.agent.domain
        self.held: dict[str, Questionnaire] = {content_hash(each): each for each in questionnaires().values()}
        node = self.agent.processor.graph_runner._instantiated_nodes[POLICY_NODE]
        self.policy: RulePolicy = node._component
        self.whole = self.policy.lookup
        self.seen: set[Trigger] = set()

    async def take(self, request: TurnRequest) -> TurnReply:
        reply = await take_turn(request, self.held[request.questionnaire], self.agent.handle_message)
        for event in reply.events:
            if isinstance(event, UtteranceHeard):
                self.seen |= {(event.act, None), (event.act, request.state.phase)}
        if request.state.phase == "job_begun":  # words that were heard before are not told a second time
            self.seen.add((request.state.job, request.state.phase))
        if request.utterance is None:
            self.seen.add(("begin", None))
        return reply

    def learn(self, rules: Sequence[dict[str, Any]], folder: Path) -> None:
        """Learns these rules in place of all."""
        file = folder / "rules.yml"
        file.write_text(yaml.safe_dump({"version": "3.1", "rules": list(rules)}, allow_unicode=True), encoding="utf-8")
        steps = load_data_from_files([str(file)], self.agent.domain)
        trackers = TrainingDataGenerator(
            StoryGraph(steps), self.agent.domain, use_story_concatenation=False, tracker_limit=None
        ).generate()
        storage = LocalModelStorage.create(folder)
        config = RulePolicy.get_default_config() | {"core_fallback_action_name": "act_fallback"}
        policy = RulePolicy(config, storage, Resource("rules"), ExecutionContext(graph_schema=None))  # type: ignore[arg-type]
        policy.train(trackers, self.agent.domain)
        self.policy.lookup = policy.lookup


@pytest.fixture(scope="module")
def worker() -> Worker:
    return Worker()


@pytest.fixture(scope="module")
def needed(worker: Worker) -> dict[Trigger, list[Golden]]:
    """For each trigger of a rule, the conversations that pass through it, shortest first."""
    found: dict[Trigger, list[Golden]] = {}
    for golden in sorted(conversations(), key=lambda each: len(each.spec["turns"])):
        worker.seen.clear()
        if fails(golden, worker):  # tests/golden tells of that
            continue
        for each in worker.seen:
            found.setdefault(each, []).append(golden)
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["rule"])
def test_without_its_rule_an_act_is_not_performed(
    rule: dict[str, Any], worker: Worker, needed: dict[Trigger, list[Golden]], tmp_path: Path
) -> None:
    through = needed.get(trigger(rule), [])
    assert through, f"no golden conversation passes through the rule {rule['rule']}"
    worker.learn([each for each in RULES if each is not rule], tmp_path)
    try:
        # An opening that is asked again may still end well: one conversation that does not is enough.
        assert any(fails(golden, worker) for golden in through)
    finally:
        worker.policy.lookup = worker.whole


def fails(golden: Golden, worker: Worker) -> bool:
    try:
        asyncio.run(run(golden, worker.take))
    except (ConversationFailed, RuntimeError):
        return True
    return False


def test_rules_that_are_learned_again_whole_lead_through_every_conversation(worker: Worker, tmp_path: Path) -> None:
    worker.learn(RULES, tmp_path)
    try:
        for golden in (each for each in conversations() if "missed" not in each.spec):
            assert asyncio.run(run(golden, worker.take))
    finally:
        worker.policy.lookup = worker.whole
