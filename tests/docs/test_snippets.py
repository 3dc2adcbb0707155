"""Python in the pages: all of it compiles, and what needs nothing from outside is run."""

import ast
import asyncio
import inspect
import re
from importlib import import_module
from typing import Any

import pytest

from tests.docs.pages import PAGES, snippets
from tests.docs.sandbox import Sandbox

pytestmark = pytest.mark.server
OWN = ("button", "graphs", "agents", "tools", "prompts")
NOT_RUN = {
    "docs/how-to.md": "trains a model",
    "docs/export.md": "tests/real and tests/button/export load exported folders",
    "CONTRIBUTING.md": "tests/test_documented_node.py builds the agent and runs it",
}
SNIPPETS = [
    (page, index) for page in PAGES for index, _ in enumerate(snippets(PAGES[page], "python"))
]


@pytest.mark.parametrize(("page", "index"), SNIPPETS)
def test_each_name_that_a_snippet_imports_from_us_is_there(page: str, index: int) -> None:
    for node in ast.walk(ast.parse(snippets(PAGES[page], "python")[index])):
        if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] in OWN:
            module = import_module(str(node.module))
            assert all(hasattr(module, name.name) for name in node.names), ast.unparse(node)


@pytest.mark.parametrize(("page", "index"), [each for each in SNIPPETS if each[0] not in NOT_RUN])
def test_a_snippet_runs(page: str, index: int, sandbox: Sandbox) -> None:
    text = snippets(PAGES[page], "python")[index]
    text = re.sub(r"http://127\.0\.0\.1:\d+/v1", sandbox.address, text)
    names: dict[str, Any] = {"row": sandbox.row}
    code = compile(text, page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if code.co_flags & inspect.CO_COROUTINE:
        asyncio.run(eval(code, names))
    else:
        exec(code, names)
    if page == "README.md":
        assert names["state"]["outcomes"][0]["kind"] == "accepted"
