from pathlib import Path

import pytest

from button.cli.reference import PAGES, cli_page, configuration_page
from button.context import Context

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_reference_pages_are_those_of_the_code(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


def test_every_setting_has_a_row_with_a_sentence() -> None:
    page = configuration_page()
    for name in Context.model_fields:
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        assert row.rstrip(" |").endswith(".") or len(row.split("|")[4].split()) > 3


def test_every_exit_code_stands_once() -> None:
    codes = [
        line for line in cli_page().splitlines() if line.startswith("| ") and line[2].isdigit()
    ]
    assert len(codes) == len({line.split("|")[1] for line in codes})
