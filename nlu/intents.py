"""What a resident wants: the intents by name, and the linear model that ranks them.

The model is trained inside Rasa's pipeline (nlu/rasa/) and read here by both environments: one row of weights for each
feature of nlu/features.py, one column for each intent.
"""

import io
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
import numpy.typing as npt

from nlu.features import features

Place = Literal["call", "inbound", "both"]

Ranking = Callable[[str], Sequence[tuple[str, float]]]
"""Intents with their probabilities for a text, most likely first."""

ACCEPTED_FROM = 0.4
"""Below this probability an intent is not acted on. Chosen on the held-out split: tests/nlu/test_intents.py."""

ARTEFACT = "intents.npz"
"""The model's file in the resource of Rasa's component."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One thing that residents do with words."""

    id: str
    place: Place  # said while we call, when they come in themselves, or in both
    meaning: str
    example: str


def _intent(id_: str, place: Place, meaning: str, example: str) -> Intent:
    return Intent(id=id_, place=place, meaning=meaning, example=example)


INTENTS: tuple[Intent, ...] = (
    _intent("affirm", "both", "agrees, or says yes", "对，是的"),
    _intent("deny", "both", "says no, or that there is none", "没有，没有的"),
    _intent("dont_know", "both", "does not know or remember", "记不清了"),
    _intent("repeat", "call", "did not catch it, wants it again", "你再说一遍"),
    _intent("slower", "call", "wants it said more slowly", "你慢点说"),
    _intent("louder", "call", "cannot hear it, wants it louder", "大点声，听不见"),
    _intent("ask_back", "call", "asks why a question is asked", "你问这个干啥"),
    _intent("who_is_this", "call", "asks who is calling", "你是哪个"),
    _intent("how_got_number", "call", "asks where number or name come from", "你咋有我电话的"),
    _intent("is_this_fraud", "call", "suspects a fraud", "你不会是骗子吧"),
    _intent("ask_watchword", "call", "asks for the agreed watchword", "那你说说暗号"),
    _intent("recorded_or_robot", "call", "asks whether this is a machine, or recorded", "你是真人还是机器"),
    _intent("busy_later", "call", "has no time now, call later", "我正忙着呢，晚点打"),
    _intent("wait_please", "call", "asks to wait a moment on the line", "等我戴个眼镜"),
    _intent("wrong_number", "call", "this number does not belong to that person", "你打错了"),
    _intent("not_at_home", "call", "the person asked for is not there", "他不在家"),
    _intent("hand_phone_over", "call", "hands the telephone to somebody", "我让孙子接"),
    _intent("speaker_is_other", "call", "says that they speak for the person asked for", "我是她闺女，你问我吧"),
    _intent("refuse_question", "call", "does not want to answer this question", "这个不想说"),
    _intent("refuse_call", "call", "does not want to answer at all", "没兴趣，不想回答"),
    _intent("stop_calling", "call", "never wants to be called again", "以后别再打了"),
    _intent("stop_recording", "call", "does not want to be recorded", "别录音"),
    _intent("person_please", "both", "wants to speak with a person", "转人工"),
    _intent("correct_that", "call", "takes back something said before", "前面说错了"),
    _intent("finished", "call", "has nothing more to say, wants to hang up", "没别的了，挂了吧"),
    _intent("red_flag", "both", "tells of danger to life; nlu/red_flags.py decides", "胸口疼得厉害"),
    _intent("statement", "both", "an answer or a story; the readers take it", "上周三坐大巴回来的"),
    _intent("thanks", "both", "thanks", "谢谢你啊"),
    _intent("goodbye", "both", "says goodbye", "再见"),
    _intent("smalltalk", "both", "greets or chats with the assistant", "你吃了吗"),
    _intent("out_of_scope", "both", "wants something that is not done here", "帮我买张彩票"),
    _intent("register_return", "inbound", "wants to register a return from elsewhere", "我从外地回来，登记一下"),
    _intent("complaint", "inbound", "complains about neighbours, noise, dirt, service", "楼上天天半夜吵"),
    _intent("repair_request", "inbound", "reports something broken", "楼道灯坏了，报修"),
    _intent("policy_question", "inbound", "asks about rules, money, papers, opening hours", "高龄津贴怎么领"),
    _intent("ticket_status", "inbound", "asks how a reported matter stands", "我上次报修到哪一步了"),
    _intent("help_at_home", "inbound", "asks for somebody to come and help", "能不能来个人帮我搬东西"),
    _intent("hear_my_data", "inbound", "wants to hear what is kept about them", "你们存了我啥信息"),
    _intent("correct_my_data", "inbound", "wants kept data corrected", "我登记的电话改一下"),
    _intent("delete_my_data", "inbound", "wants kept data deleted", "把我的信息删掉"),
    _intent("book_appointment", "inbound", "wants an appointment", "我想预约体检"),
    _intent("callback_me", "inbound", "asks to be called back", "让社区给我回个电话"),
    _intent("was_that_you", "inbound", "asks whether a call came from here", "刚才是你们打的吗"),
    _intent("resume_call", "inbound", "wants to go on with a broken-off call", "刚才断了，接着问吧"),
)

INTENT_IDS: tuple[str, ...] = tuple(each.id for each in INTENTS)

WISHES: frozenset[str] = frozenset(each.id for each in INTENTS if each.place == "inbound")
"""What people want who come in themselves."""


class IntentModel:
    """A linear classifier: features in, intents with their probabilities out. Holds arrays only, no code."""

    def __init__(
        self,
        *,
        labels: Sequence[str],
        vocabulary: Mapping[str, int],
        rarity: npt.NDArray[np.float32],
        weights: npt.NDArray[np.float32],
        bias: npt.NDArray[np.float32],
    ) -> None:
        self.labels = tuple(labels)
        self._vocabulary = dict(vocabulary)
        self._rarity = rarity  # (features,): inverse document frequency
        self._weights = weights  # (features, labels)
        self._bias = bias  # (labels,)
        self._unseen_rarity = float(rarity.max()) if len(rarity) else 1.0

    @classmethod
    def load(cls, path: Path | str | BinaryIO) -> "IntentModel":
        """The model in an .npz file written by `save`. Raises OSError or ValueError when it is not one."""
        with np.load(path, allow_pickle=False) as arrays:
            names = bytes(arrays["vocabulary"]).decode().split("\n")
            return cls(
                labels=bytes(arrays["labels"]).decode().split("\n"),
                vocabulary={name: row for row, name in enumerate(names)},
                rarity=arrays["rarity"].astype(np.float32),
                weights=arrays["weights"].astype(np.float32),
                bias=arrays["bias"].astype(np.float32),
            )

    @classmethod
    def from_archive(cls, path: Path | str) -> "IntentModel":
        """The model inside a trained Rasa model (.tar.gz). Raises OSError, ValueError."""
        try:
            with tarfile.open(path) as archive:
                for member in archive:
                    if member.name.endswith("/" + ARTEFACT) and (packed := archive.extractfile(member)) is not None:
                        return cls.load(io.BytesIO(packed.read()))
        except tarfile.TarError as error:
            raise ValueError(f"no Rasa model: {path}") from error
        raise ValueError(f"no {ARTEFACT} in {path}")

    def save(self, path: Path | str) -> None:
        """Writes the model as .npz, weights in half precision."""
        np.savez_compressed(
            path,
            labels=_as_bytes(self.labels),
            vocabulary=_as_bytes(sorted(self._vocabulary, key=lambda name: self._vocabulary[name])),
            rarity=self._rarity,
            weights=self._weights.astype(np.float16),
            bias=self._bias,
        )

    def rank(self, text: str) -> tuple[tuple[str, float], ...]:
        """Every intent with its probability, most likely first; they sum to 1."""
        logits = self._logits(text)
        exponentials = np.exp(logits - logits.max())
        probabilities = exponentials / exponentials.sum()
        order = np.argsort(-probabilities, kind="stable")
        return tuple((self.labels[index], float(probabilities[index])) for index in order)

    def _logits(self, text: str) -> npt.NDArray[Any]:
        found = features(text)
        rows = [row for row in map(self._vocabulary.get, found) if row is not None]
        if not rows:
            return self._bias
        seen = self._rarity[rows]
        # Features never seen in training lengthen the vector too, so that strange words make the model less sure.
        unseen = (len(found) - len(rows)) * self._unseen_rarity**2
        length = float(np.sqrt(seen @ seen + unseen))
        scores: npt.NDArray[Any] = (seen @ self._weights[rows]) / length + self._bias
        return scores


def _as_bytes(lines: Sequence[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)
