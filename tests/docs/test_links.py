"""Links lead somewhere."""

import re
from urllib.parse import urlsplit

import pytest

from tests.docs.pages import PAGES, ROOT, anchors, links


@pytest.mark.parametrize("page", PAGES)
def test_each_link_leads_to_a_file_and_a_heading_of_it(page: str) -> None:
    for link in links(PAGES[page]):
        parts = urlsplit(link)
        if parts.scheme:
            assert parts.scheme == "https", link
            continue
        target = (ROOT / page).parent / parts.path if parts.path else ROOT / page
        assert target.exists(), f"{page}: {link}"
        if parts.fragment and target.suffix == ".md":
            assert parts.fragment in anchors(target.read_text(encoding="utf-8")), f"{page}: {link}"


def test_the_index_names_every_page() -> None:
    index = {link.partition("#")[0] for link in links(PAGES["docs/README.md"])}
    pages = {name.removeprefix("docs/") for name in PAGES if name.startswith("docs/")}
    assert pages - {"README.md"} <= index


@pytest.mark.parametrize("page", PAGES)
def test_pages_hold_no_path_of_a_machine(page: str) -> None:
    assert not re.findall(r"(?<![\w.])/(?:home|root|work|Users)/\w+", PAGES[page])
