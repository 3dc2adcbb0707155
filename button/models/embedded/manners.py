"""Manners: the ways in which people put several wishes into one message.

In a form, `{c}` is a clause (`find flights to Vienna`), `{C}` the same with a capital, `{w}` what
is to be known (`whether it fits`), and `{p}` a "please " that stands once in a message.
"""

import re
from dataclasses import dataclass

_TIME_OF_DAY = re.compile(r"\bGood (?:morning|afternoon|evening)\b")
_CLOCK_TIME = re.compile(r"\b\d{1,2}(?::\d\d)? ?[ap]\.?m\b|\b\d{1,2}:\d\d\b|\b(?:noon|midnight)\b")


@dataclass(frozen=True)
class Manner:
    """A way in which some people write to an assistant."""

    greetings: tuple[str, ...]
    thanks: tuple[str, ...]
    asking: tuple[str, ...]
    own: tuple[str, ...]
    """Like `asking`, for what people say they do themselves: `I need to book ...`."""
    besides: tuple[str, ...]
    """For one more wish that stands beside the others."""
    following: tuple[str, ...]
    """For a wish that builds on the one before."""
    both: tuple[str, ...]
    """For a wish that builds on two."""
    knowing: tuple[str, ...]
    """For a wish to know something: `whether ...`."""
    knowing_more: tuple[str, ...]
    """The same, after other wishes."""

    def greetings_before(self, said: str) -> tuple[str, ...]:
        """How a message can begin: where it names a clock time, the hour of writing stays open."""
        if not _CLOCK_TIME.search(said):
            return self.greetings
        return tuple(each for each in self.greetings if not _TIME_OF_DAY.search(each))


POLITE = Manner(
    ("", "", "Hello! ", "Good morning. ", "Good evening. ", "Hello there. ", "Good afternoon. "),
    ("", "", " Thank you!", " Thanks in advance.", " Many thanks.", " Thank you very much."),
    (
        "Could you please {c}?",
        "Would you please {c}?",
        "I'd be grateful if you could {c}.",
        "I was hoping you could {c}.",
        "I'd appreciate it if you could {c}.",
        "Would you be able to {c}?",
    ),
    ("I'd like to {c}.", "I would like to {c}."),
    ("I'd also like you to {c}.", "Could you also {c}?", "Besides that, {p}{c}."),
    (
        "After that, {p}{c}.",
        "Then {p}{c}.",
        "Once you know that, {p}{c}.",
        "After that, could you {c}?",
    ),
    (
        "Once you have both, {p}{c}.",
        "When you have both, could you {c}?",
        "After that, {p}{c}.",
        "Then {p}{c}.",
    ),
    ("I'd like to know {w}.", "Could you let me know {w}?", "Could you please tell me {w}?"),
    ("I'd also like to know {w}.", "Finally, {p}tell me {w}.", "Also, {p}tell me {w}."),
)
CASUAL = Manner(
    ("", "", "", "Hi! ", "Hey! ", "Hi there. ", "Hey there! "),
    ("", "", "", " Thanks!", " Thanks a lot!", " Thanks a bunch!"),
    (
        "Can you {c}?",
        "Any chance you could {c}?",
        "Could you {c}?",
        "I need you to {c}.",
    ),
    ("I want to {c}.", "I need to {c}.", "I'd like to {c}."),
    ("And can you {c}?", "Oh, and {p}{c}.", "Also, {p}{c}.", "While you're at it, {p}{c}."),
    ("Then {p}{c}.", "After that, {c}.", "Once you've got that, {p}{c}.", "And then {c}."),
    (
        "Once you've got both, {p}{c}.",
        "And then {c}.",
        "Then {p}{c}.",
        "After that, {c}.",
    ),
    ("Can you tell me {w}?", "I'd love to know {w}."),
    ("And tell me {w}.", "Oh, and I'd like to know {w}.", "Then let me know {w}."),
)
PLAIN = Manner(
    ("", "", "", "Hello. ", "Hi. ", "Good morning. "),
    ("", "", "", " Thanks.", " Thank you."),
    ("Please {c}.", "I need you to {c}.", "I'd like you to {c}.", "Can you {c}?"),
    ("I need to {c}.", "I'd like to {c}."),
    ("Also, {p}{c}.", "I also need you to {c}.", "In addition, {p}{c}."),
    ("Then {p}{c}.", "After that, {p}{c}.", "Next, {p}{c}.", "Once you know that, {p}{c}."),
    (
        "Once you have both, {p}{c}.",
        "After that, {p}{c}.",
        "Then {p}{c}.",
        "When you have both, {p}{c}.",
    ),
    ("I want to know {w}.", "Let me know {w}.", "I need to know {w}."),
    ("Finally, let me know {w}.", "I also want to know {w}.", "Then tell me {w}."),
)
TERSE = Manner(
    ("",),
    ("", "", "", " Thanks.", " Thanks!"),
    ("{C}.", "Please {c}.", "Can you {c}?"),
    ("I need to {c}.", "I want to {c}."),
    ("Also {c}.", "And {c}."),
    ("Then {c}.", "After that, {c}.", "Next, {c}."),
    ("Then {c}.", "Once you have both, {c}.", "After that, {c}."),
    ("I need to know {w}.", "Tell me {w}.", "Let me know {w}."),
    ("And tell me {w}.", "Then let me know {w}.", "I also need to know {w}."),
)
MANNERS = (POLITE, POLITE, CASUAL, CASUAL, PLAIN, PLAIN, TERSE)
AFTER_KNOWLEDGE = ("know that", "got that")
"""Words in forms that suit only what was to be found out, not what was arranged or suggested."""
AT_LAST = "Finally"
GRATEFUL = ("grateful", "appreciate", "glad")
"""Words after which nobody says thanks as well."""
