"""What stands in the pages of the documentation: commands, snippets, links, headings."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *sorted((ROOT / "docs").glob("**/*.md")),
        *sorted((ROOT / "prompts").glob("*.md")),
    )
}
SHELL = ("bash", "sh", "console")
_FENCE = re.compile(r"^ *```(\w*)[^\n]*\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
_INDENTED = re.compile(r"^    (button .*)$", re.MULTILINE)
_SPAN = re.compile(r"(?<!`)`(button [^`\n]+)`(?!`)")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
_REMARK = re.compile(r"\s+# .*$|\s{3,}.*$")
"""What stands beside a command: a comment, or words in a column of their own."""


class Block(NamedTuple):
    language: str
    text: str


def blocks(text: str) -> list[Block]:
    """The fenced blocks."""
    return [Block(*found) for found in _FENCE.findall(text)]


def shell_lines(text: str) -> Iterator[str]:
    """Every command line that a reader could type: of shell blocks all, of others `button`'s."""
    for block in blocks(text):
        joined = block.text.replace("\\\n", " ")
        for line in joined.splitlines():
            command = re.sub(r"(?<=\S) {2,}(?=--)", " ", line.strip().removeprefix("$ "))
            command = _REMARK.sub("", command).removeprefix(".venv/bin/")
            command = command if command.startswith("button") else command.split(" | ")[-1]
            if command.startswith("button ") or (block.language in SHELL and _is_command(command)):
                yield command
    unfenced = _FENCE.sub("", text)
    yield from (_REMARK.sub("", line) for line in _INDENTED.findall(unfenced))


def _is_command(line: str) -> bool:
    return bool(line) and not line.startswith("#")


def spans(text: str) -> list[str]:
    """Commands within sentences and tables."""
    return [span for span in _SPAN.findall(_FENCE.sub("", text)) if "..." not in span]


def table_spans(text: str) -> list[str]:
    """Commands that stand in tables as whole."""
    return [span for line in text.splitlines() if line.startswith("|") for span in spans(line)]


def snippets(text: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return [block.text for block in blocks(text) if block.language == language]


def links(text: str) -> list[str]:
    """Targets of links and pictures."""
    return [one or other for one, other in _LINK.findall(_FENCE.sub("", text))]


def anchors(text: str) -> set[str]:
    """What `#...` may name: headings as GitHub spells them."""
    titles = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}
