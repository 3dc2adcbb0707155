"""What a sub-task asks for reaches its calls: its figures, dates, times and ids are passed on."""

from collections.abc import Iterator

from button.checks.claims import known, worked_out
from button.checks.codes import Code
from button.checks.leaves import Leaf, schema_at
from button.checks.mentions import measured
from button.checks.prepared import Prepared
from button.checks.sources import Source
from button.checks.surface import Passage
from button.checks.view import Call
from button.records import Finding

VALUE_NOT_PASSED = Code(
    "value_not_passed",
    "warning",
    "assistant",
    "A sub-task names a number, date, time or id that none of its calls is given.",
)
CODES = (VALUE_NOT_PASSED,)


def check(prepared: Prepared) -> list[Finding]:
    """Values that are asked for and not passed on."""
    return list(_not_passed(prepared))


def _says(call: Call, leaf: Leaf) -> Iterator[str]:
    """The value; of a switch that is on, also what it means: `Whether a driver is under 25`."""
    yield str(leaf.value)
    if leaf.value is True and call.signature is not None:
        for node in schema_at(call.signature.parameters, leaf.keys):
            if isinstance(node.get("description"), str):
                yield node["description"]


def _not_passed(prepared: Prepared) -> Iterator[Finding]:
    for sub_task, calls in prepared.served.items():
        asked = prepared.sub_task_passages[sub_task]
        if not calls:
            continue  # unserved, or in need of no call
        said = (text for call in calls for leaf in call.leaves for text in _says(call, leaf))
        given = "\n".join(said)
        sources = [Source(Passage(given, prepared.today), calls[0].message)]
        for mention in measured(asked.text):
            passed = known(mention, sources, asked) or (
                mention.kind == "number" and worked_out(mention, sources, asked, calculated=False)
            )
            if not passed:
                yield VALUE_NOT_PASSED.found(
                    f"sub-task {sub_task!r} names {mention.kind} {mention.text!r}, which no call "
                    "for it is given",
                    calls[0].message,
                    calls[0].path,
                )
