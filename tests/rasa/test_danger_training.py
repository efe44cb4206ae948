"""The shipped second opinion on danger is the one that the shipped words give. Runs in Rasa's environment."""

import pytest

from nlu.danger_opinion import shipped
from nlu.rasa.danger_training import fitted
from nlu.red_flags import outcomes_of

SAID = ("我这心口像压了磨盘", "药就剩今天一片了", "气死我了", "上周三坐大巴回来的", "胸口不闷", "活着没啥意思")


def test_the_shipped_model_is_the_one_that_the_shipped_words_give() -> None:
    again = fitted()
    for text in SAID:
        now, then = (model.of(text, outcomes_of(text)) for model in (again, shipped()))
        assert now.score == pytest.approx(then.score, abs=0.1), "run: .venv-rasa/bin/python -m nlu.rasa.danger_training"
        assert now.kind == then.kind
