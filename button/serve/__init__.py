"""An OpenAI-compatible server on this machine: the embedded model, or recorded answers.

Any client of chat completions can be tried against it without a key, a GPU or a network.
"""

from button.serve.answering import CassetteAnswers, EmbeddedAnswers
from button.serve.server import ModelServer

__all__ = ["CassetteAnswers", "EmbeddedAnswers", "ModelServer"]
