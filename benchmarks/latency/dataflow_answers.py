"""What the stand-in endpoint answers DataFlow's prompts: texts of the form that it reads.

A prompt is known by a phrase that no other of its prompts holds. Each answer carries a number drawn
from its prompt, so that the texts of different seeds differ as a model's would.
"""

import json
import zlib
from typing import Any

_TEXTS = {
    "Concise Overview of the Scenario:": "booking a table in restaurant {n}",
    "Modified Scenario:": "Planning weekend hike {n} with friends in the mountains.",
    "generating basic atom tasks": "Find hiking trails within {n} km of Bern that take at most "
    "4 hours and are open on 24 October 2026.",
    "add a subsequent task for this given": "### Subsequent Task: Book {n} seats on the first "
    "train to the start of the shortest trail.\n### Composition Task: Book {n} seats on the first "
    "train to the start of the shortest trail near Bern that is open on 24 October 2026.",
    "expert in task decomposition": "Part one finds the trails, part two uses the shortest of them "
    "to book {n} seats. Nothing else is asked for. <ans>yes</ans>",
    "playing the role of a user": "<human>Could you book me {n} seats on the first train to the "
    "shortest open trail near Bern?</human>",
    "simulating a computer system": '<func_return>{"result": "Gurten Loop, 3 hours, open, {n}"}'
    "</func_return>",
    "strict evaluator": '{"score": 5, "explanation": "calls and answer fit, {n}"}',
    "corresponding aviliable functions": "{n}: "
    + json.dumps(
        [
            {
                "name": name,
                "description": f"What {name} does",
                "parameters": {
                    "place": {"type": "string", "description": "a place"},
                    "day": {"type": "string", "description": "a date"},
                },
                "required": ["place", "day"],
                "responses": {"result": {"type": "string", "description": "what was found"}},
            }
            for name in ("find_trails", "book_train")
        ]
    ),
}
_CALL = (
    "<thought>First the trails have to be found, then the train can be booked.</thought>\n"
    '<func_call>[{"name": "find_trails", "arguments": {"place": "Bern", "day": "2026-10-24"}}]'
    "</func_call>"
)
_FINAL = "<thought>Everything is there.</thought>\n<final>The seats are booked, car {n}.</final>"
ASSISTANT = "**Available Functions for Subtasks**"


def dataflow_answer(messages: list[dict[str, Any]]) -> str | None:
    """The answer to a prompt of DataFlow's pipeline; None for a prompt that is none of its."""
    last = str(messages[-1]["content"]) if messages else ""
    number = str(zlib.crc32(last.encode()) % 9973)
    if messages and ASSISTANT in str(messages[0]["content"]):
        return _turn(messages).replace("{n}", number)
    for phrase, text in _TEXTS.items():
        if phrase in last:
            return text.replace("{n}", number)
    return None


def _turn(messages: list[dict[str, Any]]) -> str:
    """One to three rounds of calls, by a hash of the conversation's opening, then the answer."""
    rounds = 1 + zlib.crc32(json.dumps(messages[:2]).encode()) % 3
    return _CALL if len(messages) < 2 + 2 * rounds else _FINAL
