"""The official JSON Schema test suite, draft 2020-12, within the supported subset (goal R8).

The suite ships in the source distribution of `jsonschema`; `make schema-suite` fetches it.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from button.canonical import canonical_json
from tools.engines import explaining_engine, fast_engine
from tools.gate import soundness_problems
from tools.schema_walk import walk

SUITE = Path(__file__).parents[2] / "build" / "json-schema-suite" / "tests" / "draft2020-12"
FORMATS = "format.json"
"""Its required tests say that formats are not asserted; here they are."""
OUTSIDE = {"forbidden-keyword", "reference", "dialect", "metaschema", "boolean"}

pytestmark = pytest.mark.skipif(
    not SUITE.is_dir(), reason=f"{SUITE} is absent; `make schema-suite` fetches it"
)


class Case(NamedTuple):
    name: str
    schema: Any
    instance: Any
    valid: bool


def suite(folder: Path) -> Iterator[Case]:
    for path in sorted(folder.glob("*.json")):
        for group in json.loads(path.read_text("utf-8")):
            for test in group["tests"]:
                name = f"{path.name}: {group['description']}: {test['description']}"
                yield Case(name, group["schema"], test["data"], test["valid"])


def outside(schema: Any) -> set[str]:
    """Why a schema is not of the supported subset; empty where it is."""
    if not isinstance(schema, dict):
        return {"boolean"}
    return {problem.code for problem in soundness_problems(schema, list(walk(schema)))}


def wrong(case: Case) -> str | None:
    text = canonical_json(case.schema)
    fast = fast_engine(text).is_valid(case.instance)
    worded = not list(explaining_engine(text).iter_errors(case.instance))
    if fast == worded == case.valid:
        return None
    return f"{case.name}: should be {case.valid}, decided {fast}, worded {worded}"


def test_every_required_test_of_the_subset_passes() -> None:
    reasons: Counter[str] = Counter()
    failures, passed = [], 0
    for case in suite(SUITE):
        if case.name.startswith(FORMATS):
            reasons["formats are asserted"] += 1
        elif codes := outside(case.schema):
            assert codes <= OUTSIDE, (case.name, codes)
            reasons[min(codes)] += 1
        elif failure := wrong(case):
            failures.append(failure)
        else:
            passed += 1
    print(f"{passed} required tests passed; outside the subset: {dict(reasons)}")
    assert failures == []
    assert passed > 900
