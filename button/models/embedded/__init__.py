"""The embedded default model: a procedural chat model that plays every role without network or key.

It reads the `<inputs>` block that closes every prompt and the contract that is bound, and answers
from a typed world (`world/*.yaml`): kinds of values, functions with meaning, phrasings. It keeps no
memory between calls: everything it knows of a task it reads back out of the text it is given.
"""

from button.models.embedded.chat_model import MODEL_NAME, EmbeddedModel

__all__ = ["MODEL_NAME", "EmbeddedModel"]
