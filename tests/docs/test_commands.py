"""Every command in the pages is typed, or, where it cannot end here, looked up.

What is not run, and why, stands in `NOT_RUN`.
"""

import filecmp
import re
import shlex
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from button.cli import app, with_repeated_flags
from button.cli.settings import read_settings
from button.context import Context
from tests.docs.pages import PAGES, ROOT, shell_lines, snippets, spans, table_spans
from tests.docs.sandbox import Sandbox

pytestmark = pytest.mark.server
NOT_RUN = {
    r"^serve\b": "serves until it is stopped; tests/button/serve and the fixture `served` run it",
    r"--push-to": "needs the Hub",
    r"--engine ray": "needs a cluster; tests/button/run does it with Ray",
    r"runs/judged": "the served model's votes are chance; tests/graphs/test_judges.py has judges",
}
FOREIGN = ("llamafactory-cli", "ray", "vllm", "git", "source")
"""Programs of others; which of their flags are right is theirs to say."""
REFUSED = {"check": (0, 1)}
"""Exit codes of a command that did its work; 1 is what `check` says of rows with errors."""
SETTINGS = set(Context.model_fields)
WITH_COMMANDS = [page for page in PAGES if list(shell_lines(PAGES[page]))]


def written_settings(page: str, sandbox: Sandbox) -> None:
    """The settings files that the page shows, under the names in their first lines."""
    shown = {"run.yaml": 'default_model: {model: m, base_url: "http://127.0.0.1:8000/v1"}\n'}
    for text in snippets(PAGES[page], "yaml"):
        name = re.match(r"# ([\w.]+\.yaml)", text)
        if name and yaml.safe_load(text).keys() <= SETTINGS:
            shown[name[1]] = text
    for file, text in shown.items():
        path = sandbox.folder / file
        path.write_text(text, encoding="utf-8")
        read_settings(path, {})
        path.write_text(yaml.safe_dump(sandbox.settings(text)), encoding="utf-8")


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_what_a_page_tells_to_type_works(page: str, sandbox: Sandbox) -> None:
    written_settings(page, sandbox)
    if "button init run.yaml" in PAGES[page]:
        (sandbox.folder / "run.yaml").unlink()
    lines = list(shell_lines(PAGES[page]))
    if page == "README.md":
        lines += table_spans(PAGES[page])
    for line in lines:
        program, *arguments = shlex.split(line.partition(" > ")[0])
        if program != "button":
            other_program(line, program, arguments, sandbox.folder)
            continue
        stated(line)
        if any(re.search(pattern, " ".join(arguments)) for pattern in NOT_RUN):
            continue
        code, said = sandbox.call(with_repeated_flags(sandbox.fitted(arguments)))
        assert code in REFUSED.get(arguments[0], (0,)), f"{page}: {line}\n{said}"


def other_program(line: str, program: str, arguments: list[str], folder: Path) -> None:
    """What a page types besides `button`: make's targets, extras, modules, files that agree."""
    if program == "make":
        makefile = (ROOT / "Makefile").read_text()
        assert all(re.search(rf"^{each}:", makefile, re.MULTILINE) for each in arguments), line
    elif program == "pip":
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        [wanted] = re.findall(r"\[(.+?)\]", line) or [""]
        assert set(filter(None, wanted.split(","))) <= set(project["optional-dependencies"]), line
    elif program == "python":
        assert arguments[0] == "-m", line
        assert find_spec(arguments[1]), line
    elif program == "cmp":
        assert filecmp.cmp(folder / arguments[0], folder / arguments[1], shallow=False), line
    else:
        assert program in FOREIGN, f"{line}: run it, or say in FOREIGN why not"


@pytest.mark.parametrize("page", PAGES)
def test_each_command_in_a_sentence_has_the_words_and_flags_that_it_names(page: str) -> None:
    for span in spans(PAGES[page]):
        stated(span.partition(" < ")[0].partition(" > ")[0].rstrip(":;,."))
    for text in snippets(PAGES[page], "yaml"):
        for line in re.findall(r"run: (button .*)", text):
            stated(line)


def stated(line: str) -> None:
    """The command exists, and so does each flag."""
    _, *words = shlex.split(line, comments=True)
    found: Any = typer.main.get_command(app)
    flags = {flag for param in found.params for flag in param.opts}
    while words and hasattr(found, "get_command"):
        word = words.pop(0)
        if word.startswith("-"):
            assert word in flags, line
            continue
        group, found = found, found.get_command(typer.Context(found), word)
        assert found, f"{line}: {group.name} has no command {word!r}"
    flags = {flag for param in found.params for flag in param.opts} | {"--help"}
    named = {word.partition("=")[0] for word in words if re.match(r"--\w", word)}
    assert named <= flags, f"{line}: no {sorted(named - flags)}"


def test_what_is_not_run_still_stands_in_the_pages() -> None:
    lines = [line.removeprefix("button ") for page in PAGES for line in shell_lines(PAGES[page])]
    for pattern in NOT_RUN:
        assert any(re.search(pattern, line) for line in lines), pattern
