"""Questions about notices and rules, answered with a passage of what the community published, or not at all."""

from nlu.knowledge.index import KnowledgeIndex
from nlu.knowledge.passages import Passage, passages_of

__all__ = ["KnowledgeIndex", "Passage", "passages_of"]
