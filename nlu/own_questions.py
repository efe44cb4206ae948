"""The questions that the line asks by itself: the `Expectation.key` of each."""

MAY_ASK = "_may_ask"  # Expectation.key of 现在方便吗
PARTY = "_party"  # Expectation.key of 请问是王女士家吗
ADULT = "_adult"  # Expectation.key of 请叫大人来听电话
WHERE = "_where"  # Expectation.key of where somebody in danger is
STILL = "_still"  # Expectation.key of 现在还是这样吗
