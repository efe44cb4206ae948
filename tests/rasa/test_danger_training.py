"""The shipped second opinion on danger is the one that the shipped words give. Runs in Rasa's environment."""

import pytest

from nlu.danger_opinion import shipped
from nlu.rasa.danger_training import fitted
from nlu.red_flags import outcomes_of

# The solver stops before the last decimal; a sentence added or taken away moves some scores by more than this.
WITHIN, WITHIN_SHARE = 0.5, 0.1
SAID = ("我这心口像压了磨盘", "药就剩今天一片了", "气死我了", "上周三坐大巴回来的", "胸口不闷", "活着没啥意思")


def test_the_shipped_model_is_the_one_that_the_shipped_words_give() -> None:
    again = fitted()
    for text in SAID:
        now, then = (model.of(text, outcomes_of(text)) for model in (again, shipped()))
        assert now.score == pytest.approx(then.score, abs=WITHIN, rel=WITHIN_SHARE), (
            "run: .venv-rasa/bin/python -m nlu.rasa.danger_training"
        )
        assert now.kind == then.kind
