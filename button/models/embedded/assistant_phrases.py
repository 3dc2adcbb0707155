"""Set phrases of the assistant: how plans, thoughts and answers begin and end."""

PLAN_OPENINGS = (
    "The request has {n} parts.",
    "There are {n} things to do here.",
    "I can work through this in {n} parts.",
    "This breaks down into {n} parts.",
)
PLAN_SINGLE = ("One call is enough here.", "This takes a single call.")
OWN_WORK = "; I can do that myself"
"""Behind a part of the plan that takes no call."""
STARTS = (
    "I'll start with part {first}.",
    "Part {first} comes first.",
    "Part {first} needs nothing else, so I'll begin there.",
    "I'll begin with part {first}.",
)
STARTS_BOTH = (
    "Parts {first} don't depend on each other, so I'll start them together.",
    "Parts {first} are independent of each other and can run at the same time.",
    "I can do parts {first} at the same time, since they don't build on each other.",
)
NEXT = (
    "With that, I can {c}.",
    "Now I can {c}.",
    "Next, I'll {c}.",
    "So now I can {c}.",
    "That lets me {c}.",
)
"""Before calls that use a result."""
NEXT_APART = (
    "Next, I'll {c}.",
    "Separately, I'll {c}.",
    "The next part stands on its own: I'll {c}.",
    "Another part needs nothing of this: I'll {c}.",
)
"""Before calls that use none."""
CLOSING = (
    "That covers the whole request.",
    "I have everything I need for the answer.",
    "All parts are done, so I can answer.",
    "Nothing is left open, so I can answer now.",
    "That was the last part.",
    "Now I can put the answer together.",
    "I can tell the user now.",
    "With this, everything has been taken care of.",
)
FOUND = "Here's what I found. "
INTROS_FOUND = ("", "", "", FOUND, "I've looked it up. ")
INTROS_DONE = ("", "", "All done. ", "Everything is taken care of. ", "Done. ", "All set. ")
NO_OUTRO = ("",) * 9
OUTROS_FOUND = (
    *NO_OUTRO,
    " I hope that helps.",
    " Let me know if you need anything else.",
    " Is there anything else you'd like me to look up?",
)
OUTROS_DONE = (
    *NO_OUTRO,
    " Let me know if you need anything else.",
    " Is there anything else I can do for you?",
)
