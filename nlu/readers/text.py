"""Free text, kept word for word."""

import re
from datetime import datetime

from nlu.reading import Expectation, NotRead, Reading
from nlu.rewriting import as_given

KEPT = 1.0  # nothing is interpreted
HESITATION = re.compile(
    r"^(?:[嗯唔呃额啊哦噢喔诶欸哎唉呀嗨哈那这就个我是说吧嘛呢了的好对行\W_]|喂|那个|这个|就是|我想想|让我想想|等一下|等等|等会|稍等|怎么说呢|咋说呢|你好|您好)*$"
)


def read_text(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:  # noqa: ARG001
    """The words as they were said; only blanks, hesitation and noises of listening are no answer."""
    plain = as_given(text).text
    if HESITATION.match(plain):
        return NotRead(reason="not_an_answer")
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return Reading(value=text[start:end], span=(start, end), confidence=KEPT)
