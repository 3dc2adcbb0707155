"""Manners: the ways in which people put several wishes into one message.

In a form, `{c}` is a clause (`find flights to Vienna`), `{C}` the same with a capital, `{w}` what
is to be known (`whether it fits`), and `{p}` a "please " that stands once in a message.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Manner:
    """A way in which some people write to an assistant."""

    greetings: tuple[str, ...]
    leads: tuple[str, ...]
    """What may stand before several wishes, where no reason does."""
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
    backing: tuple[str, ...]
    """For what a wish that has just been said needs."""


POLITE = Manner(
    ("", "", "Hello! ", "Good morning. ", "Good evening. ", "Hello there. ", "Good afternoon. "),
    ("", "", "I have a few things to arrange. ", "I'd be glad of some help. "),
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
        "With that, could you {c}?",
    ),
    (
        "With both of those, {p}{c}.",
        "Once you have both, {p}{c}.",
        "Based on the two, could you {c}?",
        "After that, {p}{c}.",
    ),
    ("I'd like to know {w}.", "Could you let me know {w}?", "Could you please tell me {w}?"),
    ("I'd also like to know {w}.", "Finally, {p}tell me {w}.", "And I'd like to know {w}."),
    ("For that, you would first have to {c}.", "You'd first need to {c}."),
)
CASUAL = Manner(
    ("", "", "", "Hi! ", "Hey! ", "Hi there. ", "Hey there! "),
    ("", "", "", "I could use a hand. ", "Got a few things to sort out. "),
    ("", "", "", " Thanks!", " Thanks a lot!", " Thanks a bunch!"),
    (
        "Can you {c}?",
        "Any chance you could {c}?",
        "Could you {c}?",
        "I need you to {c}.",
        "Can you help me out and {c}?",
    ),
    ("I want to {c}.", "I need to {c}.", "I'd like to {c}."),
    ("And can you {c}?", "Oh, and {p}{c}.", "Also, {p}{c}.", "While you're at it, {p}{c}."),
    ("Then {p}{c}.", "After that, {c}.", "Once you've got that, {p}{c}.", "And then {c}."),
    (
        "Once you've got both, {p}{c}.",
        "With those two, {c}.",
        "Then {p}{c}.",
        "When you know both, {p}{c}.",
    ),
    ("Can you tell me {w}?", "I'd love to know {w}.", "Do you know {w}?"),
    ("And tell me {w}.", "Oh, and I'd like to know {w}.", "Then let me know {w}."),
    ("For that, you'd first have to {c}.", "You'll first have to {c}."),
)
PLAIN = Manner(
    ("", "", "", "Hello. ", "Hi. ", "Good morning. "),
    ("", "", "", "I need help with a few things. "),
    ("", "", "", " Thanks.", " Thank you."),
    ("Please {c}.", "I need you to {c}.", "I'd like you to {c}.", "Can you {c}?"),
    ("I need to {c}.", "I'd like to {c}."),
    ("Also, {p}{c}.", "I also need you to {c}.", "In addition, {p}{c}."),
    ("Then {p}{c}.", "After that, {p}{c}.", "Next, {p}{c}.", "Once that is clear, {p}{c}."),
    (
        "Once you have both, {p}{c}.",
        "Use the two to {c}.",
        "Then {p}{c}.",
        "With both results, {p}{c}.",
    ),
    ("I want to know {w}.", "Let me know {w}.", "I need to know {w}."),
    ("Finally, let me know {w}.", "I also want to know {w}.", "Then tell me {w}."),
    ("For that, you'll first need to {c}.", "To do that, first {c}."),
)
TERSE = Manner(
    ("",),
    ("",),
    ("", "", "", " Thanks.", " Thx!"),
    ("{C}.", "Please {c}.", "Need you to {c}."),
    ("Need to {c}.", "Want to {c}."),
    ("Also {c}.", "And {c}."),
    ("Then {c}.", "After that, {c}.", "Next, {c}."),
    ("Then {c}.", "With both, {c}.", "After that, {c}."),
    ("Need to know {w}.", "Tell me {w}.", "Let me know {w}."),
    ("And tell me {w}.", "Then let me know {w}.", "Also need to know {w}."),
    ("For that, first {c}.", "First {c}."),
)
MANNERS = (POLITE, POLITE, CASUAL, CASUAL, PLAIN, PLAIN, TERSE)
AFTER_KNOWLEDGE = ("know that", "is clear", "got that", "know both")
"""Words in forms that suit only what was looked up, not what was arranged."""
AT_LAST = "Finally"
GRATEFUL = ("grateful", "appreciate", "glad")
"""Words after which nobody says thanks as well."""
