"""docs/checks.md lists exactly the codes that exist, and its example runs."""

import re
from pathlib import Path

from button.checks import CODES, across
from button.checks.profile import CALLS, FOREIGN
from button.records import Trajectory

TEXT = (Path(__file__).parents[3] / "docs" / "checks.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| `(\w+)` \| (error|warning|info) \| (\w+) \| (.+?) \| (.+?) \|$", re.MULTILINE
)


def test_every_code_is_documented_as_it_is() -> None:
    documented = [row[:4] for row in ROW.findall(TEXT[TEXT.index("## Codes") :])]
    assert documented == [(c.name, c.severity, c.fault, c.meaning) for c in CODES]


def test_every_code_across_rows_is_documented_as_it_is() -> None:
    part = TEXT[TEXT.index("## Across rows") : TEXT.index("## Codes")]
    documented = [row[:4] for row in ROW.findall(part)]
    assert documented == [(c.name, c.severity, c.fault, c.meaning) for c in across.CODES]
    assert not {c.name for c in across.CODES} & {c.name for c in CODES}


def test_every_profile_is_documented_as_it_is() -> None:
    part = TEXT[TEXT.index("## Conversations of others") : TEXT.index("## Where an argument")]
    documented = re.findall(r"^\| `(\w+)` \| (\w+) \| (\w+) \| (\w+) \|", part, re.MULTILINE)
    assert documented == [
        (
            code.name,
            code.severity,
            FOREIGN.handling.get(code.name, code.severity),
            CALLS.handling.get(code.name, code.severity),
        )
        for code in CODES
        if code.name in CALLS.handling
    ]
    assert set(CALLS.handling) <= {code.name for code in CODES}


def test_the_example_runs(sequential: Trajectory) -> None:
    code = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert code
    scope = {"row": sequential.to_row()}
    exec(code[1], scope)
    assert scope["verdict"].accepted  # type: ignore[attr-defined]
