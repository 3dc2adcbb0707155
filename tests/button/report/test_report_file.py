"""The file as text: one policy that fits its one style and script, and nothing else that acts."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from button.errors import InputError
from button.report import Source, write_report
from button.report.page import SCRIPTS, joined_script

Rows = Callable[..., dict[str, Any]]
Run = Callable[..., Source]
HOSTILE = "</script><script>x</script><img src=x onerror=x>\"'\u202e"


class Elements(HTMLParser):
    """Every start tag, and the text of scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.raw.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            tag, attributes, text = self.raw.pop()
            self.raw.append((tag, attributes, text + data))


@pytest.fixture(scope="module")
def page(made: Rows, lost: Rows, run: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    rows = [made(0, HOSTILE, everywhere=True)]
    source = run(rows, [lost(1, HOSTILE, code=f"c{HOSTILE}")], name=f"run {HOSTILE}")
    path = tmp_path_factory.mktemp("report") / "report.html"
    written = write_report(source, path)
    assert path.stat().st_size == written.size
    assert (written.rows, written.of) == (2, 2)
    return path.read_text(encoding="utf-8")


def test_the_policy_names_the_hash_of_the_only_script_and_style(page: str) -> None:
    elements = Elements(page)
    policy = next(a["content"] for t, a in elements.tags if a.get("http-equiv")) or ""
    assert policy.startswith("default-src 'none'; ")
    running = [text for tag, a, text in elements.raw if tag == "script" and "type" not in a]
    styles = [text for tag, _, text in elements.raw if tag == "style"]
    assert (len(running), len(styles)) == (1, 1)
    for text, directive in ((running[0], "script-src"), (styles[0], "style-src")):
        digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "connect-src" not in policy


def test_nothing_points_outside_and_nothing_acts_in_attributes(page: str) -> None:
    for tag, attributes in Elements(page).tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        assert tag not in ("img", "iframe", "object", "embed", "base"), tag
        for name in ("src", "href", "action"):
            assert (attributes.get(name) or "#").startswith(("#", "data:,")), (tag, attributes)
    assert "http://" not in joined_script().replace("http://www.w3.org/2000/svg", "")


def test_hostile_words_are_text_and_what_turns_them_is_named(page: str) -> None:
    assert "run &lt;/script&gt;" in page
    assert HOSTILE not in page
    assert "\u202e" not in page
    assert "⟨U+202E⟩" in page


def test_the_same_run_gives_the_same_bytes(made: Rows, run: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_report(run([made(item) for item in range(5)]), tmp_path / name, limit=3)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_only_a_report_is_replaced(made: Rows, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(run([]), path)
    write_report(run([made()]), path)
    (tmp_path / "data.jsonl").write_text("{}\n")
    with pytest.raises(InputError, match=r"data\.jsonl' exists and is no report"):
        write_report(run([]), tmp_path / "data.jsonl")
    with pytest.raises(InputError, match="is a folder"):
        write_report(run([]), tmp_path)
    with pytest.raises(InputError, match="there is no folder"):
        write_report(run([]), tmp_path / "none" / "report.html")
    assert (tmp_path / "data.jsonl").read_text() == "{}\n"


def test_modules_import_only_what_stands_before_them_and_export_what_is_asked() -> None:
    folder = Path(__file__).parents[3] / "button" / "report" / "page"
    assert sorted(SCRIPTS) == sorted(path.name for path in folder.glob("*.js"))
    exports: dict[str, set[str]] = {}
    for name in SCRIPTS:
        code = (folder / name).read_text(encoding="utf-8")
        for names, source in re.findall(r'import \{([^}]*)\} from "\./([a-z]+)\.js"', code):
            assert {each.strip() for each in names.split(",")} <= exports[f"{source}.js"], name
        exports[name] = set(re.findall(r"^export (?:async )?(?:function|class) (\w+)", code, re.M))
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", code)
    assert not re.search(r"^(?:import|export) ", joined_script(), re.M)
