"""Runs Rasa's graph without dask, remembers what its policies decided, copies nothing for a log that nobody keeps: more
than half of what a turn cost.

dask plans and schedules each run anew, although the graph is a handful of nodes, one behind the other. And a policy
sees nothing of a turn but the phase and the intent: for the same two it comes to the same prediction, by comparing
them with every rule again.
"""

import functools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import rasa.core.actions.action
import rasa.core.processor
from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

TRACKER = "__tracker__"  # Rasa's name of the input

Seen = tuple[tuple[Any, ...], ...]


class StraightGraphRunner(DaskGraphRunner):  # type: ignore[misc]
    """Rasa's runner, of one thread and in an order that is found once."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._orders: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._predicted: dict[tuple[tuple[str, ...], Seen], dict[str, PolicyPrediction]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """What each target gives, by its name; a prediction from nothing but a tracker is remembered.

        What is remembered stays small: there are as many trackers as phases times intents.
        """
        names = tuple(targets or self._graph_schema.target_names)
        given = inputs or {}
        if given.keys() != {TRACKER}:
            return self._run(given, names)
        key = (names, _seen(given[TRACKER]))
        if key not in self._predicted:
            self._predicted[key] = self._run(given, names)
        return self._predicted[key]

    def _run(self, inputs: dict[str, Any], targets: tuple[str, ...]) -> dict[str, Any]:
        if targets not in self._orders:
            self._orders[targets] = _parents_first(self._graph_schema.minimal_graph_schema(list(targets)))
        found = {name: (name, value) for name, value in inputs.items()}
        for name in self._orders[targets]:
            parents = self._graph_schema.nodes[name].needs.values()
            found[name] = self._instantiated_nodes[name](*(found[parent] for parent in parents))
        return {name: found[name][1] for name in targets}


def _parents_first(schema: GraphSchema) -> tuple[str, ...]:
    """The nodes of a graph in an order in which each has what it needs."""
    order: dict[str, None] = {}

    def add(name: str) -> None:
        if name in schema.nodes and name not in order:
            for parent in schema.nodes[name].needs.values():
                add(parent)
            order[name] = None

    for name in schema.nodes:
        add(name)
    return tuple(order)


def _seen(tracker: DialogueStateTracker) -> Seen:
    """All of a tracker that a policy looks at."""
    return tuple(_facts(event) for event in tracker.events)


def _facts(event: Event) -> tuple[Any, ...]:
    match event:
        case ActionExecuted():
            return event.type_name, event.action_name
        case SlotSet():
            return event.type_name, event.key, event.value
        case UserUttered():
            return event.type_name, event.intent_name
        case _:
            return (event.type_name,)


def _made_once(make: Callable[[Any], list[Any]]) -> Callable[[Any], list[Any]]:
    made: list[Any] = []

    def actions(endpoint: Any = None) -> list[Any]:
        if not made:
            made.extend(make(endpoint))
        return made

    return actions


async def _as_it_is(processor: Any, output_channel: Any, tracker: DialogueStateTracker) -> DialogueStateTracker:  # noqa: ARG001
    return tracker


def run_graphs_straight() -> None:
    """Replaces the class with which Rasa runs its graphs; for before a model is loaded.

    Of each message Rasa asks too whether the domain is an empty one, and makes an empty one to see; now it keeps that.
    It copies events deeply, for lines of its debugging log and for nothing else. It makes all of its own actions anew
    for each that it looks up. And it looks for slots that the words might fill: ours is the phase, which comes with
    the turn.
    """
    rasa.core.processor.DaskGraphRunner = StraightGraphRunner
    rasa.core.actions.action.default_actions = _made_once(rasa.core.actions.action.default_actions)
    rasa.core.processor.MessageProcessor.run_action_extract_slots = _as_it_is
    rasa.core.processor.copy = SimpleNamespace(deepcopy=lambda value: value)
    Domain.empty = functools.cache(Domain.empty)
