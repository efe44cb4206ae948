"""The Chinese names of codes, for screens. Where a package names its own codes, its names are taken."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot import storytelling
from campaigns import disposition, lifecycle, outcome
from integrations.handover import listing as handovers
from integrations.tickets import kinds, states

Labels = dict[str, dict[str, str]]


def load_labels() -> Labels:
    """Kind of code → code → what it is called."""
    raw = yaml.safe_load((Path(__file__).parent / "labels.yaml").read_text(encoding="utf-8"))
    labels: Labels = {
        "disposition": _as_text(disposition.LABELS),
        "contact_outcome": _as_text(outcome.LABELS),
        "campaign_status": _as_text(lifecycle.LABELS),
        "ticket_state": _as_text(states.LABELS),
        "ticket_kind": _as_text(kinds.labels()),
        "outcome": _as_text(storytelling.OUTCOMES),
        "question_open": _as_text(storytelling.LEFT_OPEN),
        "handover_status": _as_text(handovers.STATUS_LABELS),
        "handover_result": _as_text(handovers.RESULT_LABELS),
        "ring_outcome": _as_text(handovers.OUTCOME_LABELS),
        "ring_tier": _as_text(handovers.TIER_LABELS),
        "word_who": _as_text(handovers.WHO_LABELS),
    }
    for kind, names in raw.items():
        labels[kind] = labels.get(kind, {}) | _as_text(names)
    return labels


def named(labels: Labels, kind: str, code: str | None) -> str:
    """The name of a code; the code itself when it has none, a dash when there is no code."""
    if not code:
        return "—"
    return labels.get(kind, {}).get(code, code)


def tone(labels: Labels, kind: str, code: str | None) -> str:
    """The colour class of a badge, "" for a plain one."""
    return labels.get(f"{kind}_tone", {}).get(code or "", "")


def _as_text(names: Mapping[Any, str]) -> dict[str, str]:
    return {str(code): str(name) for code, name in names.items()}
