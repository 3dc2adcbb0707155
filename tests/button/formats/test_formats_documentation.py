"""docs/formats.md lists exactly the formats that exist, and its example runs."""

import re
from pathlib import Path

from button.formats import FORMATS

TEXT = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")


def test_every_format_is_documented() -> None:
    assert set(re.findall(r"^\| `([\w-]+)` \|", TEXT, re.MULTILINE)) == set(FORMATS)


def test_the_example_runs() -> None:
    code = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert code
    turns = [{"role": "user", "content": "Hello."}, {"role": "assistant", "content": "Hello!"}]
    scope: dict[str, object] = {"row": {"messages": turns}}
    exec(code[1], scope)
    assert scope["verdict"].accepted  # type: ignore[attr-defined]
