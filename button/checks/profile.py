"""How strict a look at a conversation is: the severity of each code, or that it is off.

`OWN` is for trajectories that this simulator makes: everything as the codes say. `FOREIGN` is for
conversations of others, which follow other conventions and happen in worlds that change. `CALLS` is
for requests whose calls are given without results, as answer keys are.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from button.records import Finding

Handling = Literal["error", "warning", "info", "off"]


class Profile(NamedTuple):
    """A name, and the codes that are handled otherwise than they say themselves."""

    name: str
    handling: Mapping[str, Handling]
    own_words: re.Pattern[str] | None = None
    """Names of functions whose arguments the assistant words itself: they need no origin."""

    def apply(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings with this profile's severities, without those that are off."""
        for finding in findings:
            handling = self.handling.get(finding.code, finding.severity)
            if handling == finding.severity:
                yield finding
            elif handling != "off":
                yield finding.model_copy(update={"severity": handling})


OWN = Profile("own", {})

_FOREIGN: dict[str, Handling] = {
    "role_order": "warning",
    "answer_order": "off",
    "call_id_form": "off",
    "duplicate_call_id": "warning",
    "empty_message": "warning",
    "misplaced_field": "off",
    "missing_final": "info",
    "early_final": "off",
    "unsound_signature": "warning",
    "invalid_result": "warning",
    "needless_refusal": "off",
    "contradiction": "warning",
    "ungrounded_argument": "warning",
    "joined_with_itself": "warning",
    "dependent_batch": "warning",
    "function_in_human": "warning",
    "steps_in_human": "warning",
    "empty_final_answer": "off",
    "ungrounded_final_answer": "warning",
    "unknown_name": "info",
    "thought_in_content": "warning",
    "result_foretold": "warning",
    "beyond_task": "warning",
    "human_repeats": "info",
    "human_does_not_stop": "off",
    "repeated_call": "info",
    "other_arguments": "info",
    "value_not_passed": "info",
    "unmentioned_sub_task": "warning",
    "other_entity": "warning",
    "answer_without_results": "warning",
}
_OWN_WORDS = re.compile(r"think|calculat(?:e|or)|transfer_to_human\w*", re.I)
"""Thoughts, expressions to be calculated, and summaries for the person who takes over."""

FOREIGN = Profile("foreign", _FOREIGN, _OWN_WORDS)
CALLS = Profile(
    "calls",
    {**_FOREIGN, "unanswered_call": "off", "open_calls": "off", "missing_final": "off"},
    _OWN_WORDS,
)

PROFILES = {profile.name: profile for profile in (OWN, FOREIGN, CALLS)}
"""By name, as `button check --profile` takes them."""
