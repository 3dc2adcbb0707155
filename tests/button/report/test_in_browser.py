"""The page in a real headless Chromium: opened from disk, searched, read, attacked."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.browser import MISSING, chromium, opened
from button.report import Source, write_report

pytestmark = pytest.mark.skipif(chromium() is None, reason=MISSING)
Rows = Callable[..., dict[str, Any]]
Run = Callable[..., Source]
PAYLOADS = (Path(__file__).parent / "payloads.txt").read_text(encoding="utf-8").splitlines()
expect.set_options(timeout=10_000)  # a loaded machine is slow, not wrong
STRANGE = "turned \u202e round\x07 and \U000e0041 unseen"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened() as browser:
        yield browser


class Tab:
    """A page and what it did unasked."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.requests: list[str] = []
        self.said: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))

    def open(self, place: str = "") -> Page:
        self.page.goto("about:blank")
        self.requests.clear()
        self.page.goto(self.address + place)
        self.page.wait_for_selector("body[data-ready]")
        return self.page

    def quiet(self) -> bool:
        """Whether nothing was said and nothing but the file asked for."""
        unasked = [
            url for url in self.requests if url.split("#")[0] not in (self.address, "data:,")
        ]
        assert self.said == []
        assert unasked == []
        return True


@pytest.fixture(scope="module")
def address(made: Rows, lost: Rows, run: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Enough rows for two chunks: most alike, three of their own kind."""
    rows = [made(item, f"wish {item}") for item in range(110)]
    rows[3] = made(3, strategy="sequential", findings=[])
    rows[105] = made(105, f"a needle {STRANGE}")
    rows[7] = made(7, "x" * 1_000_000)
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(run(rows, [lost(200), lost(201)]), path)
    return path.as_uri()


@pytest.fixture(scope="module")
def tab(browser: Browser, address: str) -> Tab:
    return Tab(browser.new_page(viewport={"width": 1280, "height": 800}), address)


def shown(page: Page) -> int:
    """Rows that the list says it has."""
    text = page.locator("#state").inner_text()
    return int(re.match(r"[\d,]+", text)[0].replace(",", "")) if text[0].isdigit() else 0  # type: ignore[index]


def test_it_opens_and_shows_a_trajectory(tab: Tab) -> None:
    page = tab.open()
    assert page.locator("h1").inner_text() == "by-hand"
    assert page.locator("#trajectories").is_hidden()
    page.get_by_role("link", name="Trajectories").click()
    expect(page.locator(".row").first).to_be_visible()
    assert shown(page) == 112
    expect(page.locator(".conversation .message")).to_have_count(8)
    assert page.locator(".graph .node").count() == 3
    assert page.locator(".graph .edge-label").all_text_contents() == ["start", "end"]
    assert page.locator("li:has(> .argument) .finding").inner_text().startswith("!odd_argument")
    assert page.locator(".judges").inner_text().startswith("yes\nwell done")
    page.locator(".functions summary").first.click()
    expect(page.locator(".functions details").first).to_contain_text("What is meant")
    assert tab.quiet()


def test_whole_rows_are_searched_also_those_that_were_never_opened(tab: Tab) -> None:
    page = tab.open("#trajectories")
    page.keyboard.press("/")
    page.keyboard.type("NEEDLE")
    expect(page.locator("#state")).to_contain_text("1 of 112 rows")
    page.locator("#q").fill("it is a walk of 19 minutes. wish 109")
    expect(page.locator("#state")).to_have_text(re.compile(r"^1 of 112 rows"))
    expect(page.locator(".facts")).to_contain_text("item 109.0")
    page.locator("#q").fill("nobody says this")
    expect(page.locator("#state")).to_contain_text("No row is like that.")
    assert page.locator(".detail h2").count() == 0
    page.get_by_role("button", name="Show all").click()
    assert shown(page) == 112
    assert tab.quiet()


def test_filters_narrow_the_list_and_stand_in_the_address(tab: Tab) -> None:
    page = tab.open("#trajectories")
    page.locator("select[name=kind]").select_option("rejected")
    expect(page.locator(".detail .facts")).to_contain_text("out_of_order")
    assert shown(page) == 2
    assert "waiting, assistant" in page.locator(".detail").inner_text()
    page.locator("select[name=kind]").select_option("")
    page.locator("select[name=strategy]").select_option("sequential")
    expect(page.locator("#state")).to_contain_text("1 of 112")
    assert page.url.endswith("#trajectories?strategy=sequential")
    page.locator("select[name=finding]").select_option(index=1)
    expect(page.locator("#state")).to_contain_text("No row is like that.")
    tab.open("#trajectories?function=plan_walk&depth=2&finding=odd_argument")
    assert shown(page) == 109
    page = tab.open()
    page.locator(".losses a").first.click()
    expect(page.locator("#state")).to_contain_text("2 of 112")
    page.go_back()
    expect(page.locator("h1")).to_be_visible()
    assert tab.quiet()


def test_everything_can_be_done_with_keys(tab: Tab) -> None:
    page = tab.open()
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("node => node === document.activeElement")
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    page.keyboard.press("Enter")
    for key in ("j", "ArrowDown", "j", "k"):
        page.keyboard.press(key)
    selected = page.locator("[role=option][aria-selected=true]")
    assert selected.get_attribute("aria-posinset") == "3"
    assert page.locator("#list").get_attribute("aria-activedescendant") == "row-2"
    page.keyboard.press("End")
    assert selected.get_attribute("aria-posinset") == "112"
    page.keyboard.press("Home")
    expect(page.locator(".facts")).to_contain_text("item 0.0")
    page.keyboard.press("Enter")
    assert page.locator("#detail").evaluate("node => node === document.activeElement")
    page.locator(".argument").nth(5).focus()
    expect(page.locator("#origin")).to_contain_text("from the result of find_hotel")
    page.keyboard.press("Escape")
    expect(page.locator("#origin")).to_be_hidden()
    page.keyboard.press("Escape")
    assert page.locator("#list").evaluate("node => node === document.activeElement")
    assert tab.quiet()


def test_an_argument_tells_its_origin_and_lights_it(tab: Tab) -> None:
    page = tab.open("#trajectories")
    page.locator(".argument[data-path='$.city']").hover()
    expect(page.locator("#origin")).to_contain_text("said by the human")
    assert "A hotel in Graz" in page.locator("#origin .quote").inner_text()
    assert page.locator("mark.origin-mark").inner_text() == "Graz"
    page.locator(".argument[data-path='$.start']").hover()
    assert page.locator(".leaf.origin-lit").inner_text() == '"H-2041"'
    assert page.locator("mark.origin-mark").count() == 0
    page.locator("h3").first.hover()
    expect(page.locator("#origin")).to_be_hidden()


def test_sub_tasks_and_calls_light_each_other(tab: Tab) -> None:
    page = tab.open("#trajectories")
    page.locator("[data-task=t3]").hover()
    assert page.locator(".call.linked").get_attribute("data-sub") == "t3"
    assert page.locator(".node.linked").count() == 1
    page.locator(".call[data-sub=t1] .head").hover()
    assert page.locator("[data-task].linked").get_attribute("data-task") == "t1"
    page.locator("[data-task=t3]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".call[data-sub=t3]")).to_be_in_viewport()


def test_a_phone_has_one_thing_at_a_time_and_tap_shows_the_origin(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, color_scheme="dark"
    )
    tab = Tab(context.new_page(), address)
    page = tab.open("#trajectories")
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not page.evaluate(wide)
    expect(page.locator("#detail")).to_be_hidden()
    page.locator(".row").nth(2).tap()
    expect(page.locator("#list")).to_be_hidden()
    assert not page.evaluate(wide)
    page.locator(".argument[data-path='$.guests']").tap()
    expect(page.locator("#origin")).to_contain_text("said by the human")
    page.go_back()
    expect(page.locator("#list")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 28)"
    page.get_by_role("button", name="Colours").tap()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(251, 250, 247)"
    assert tab.quiet()
    context.close()


def test_what_cannot_be_seen_and_what_is_endless(tab: Tab) -> None:
    page = tab.open("#trajectories?q=needle")
    expect(page.locator(".facts")).to_contain_text("item 105.0")
    text = page.locator(".message.user .said").inner_text()
    assert "turned U+202E roundU+0007 and U+E0041 unseen" in " ".join(text.split())
    assert not set("\u202e\x07\U000e0041") & set(page.locator("body").inner_text())
    page = tab.open("#trajectories?q=item&id=")
    page.locator("#q").fill("xxxxxxxxxxxxxxxxxxxx")
    expect(page.locator(".facts")).to_contain_text("item 7.0")
    more = page.locator(".message.user .more")
    assert more.inner_text().startswith("… all 100,")
    more.click()
    assert "more characters)" in page.locator(".message.user .said").inner_text()
    assert tab.quiet()


READ_ALL = """async () => {
  const detail = document.getElementById("detail"), list = document.getElementById("list");
  const frame = () => new Promise((done) => setTimeout(done));
  const texts = [];
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Home", bubbles: true }));
  list.focus();
  for (let row = 0; row < ROWS; row += 1) {
    while (detail.dataset.row !== String(row)) await frame();
    for (const each of detail.querySelectorAll("details")) each.open = true;
    for (const each of detail.querySelectorAll(".argument, [tabindex='0']")) each.focus();
    for (const each of detail.querySelectorAll(".more")) each.click();
    await frame();
    texts.push(detail.textContent);
    list.focus();
    list.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
  }
  return texts;
}"""
FOREIGN = (
    "img, iframe, object, embed, video, audio, base, template, math, plaintext, xmp, listing, "
    "body form:not(#filters), body style, body link, body meta, [onerror], [onload], [onclick], "
    "[onfocus], [onmouseover], [ontoggle], [srcdoc], a[href]:not([href^='#'])"
)


def test_fifty_attacks_in_every_field_stay_text(
    made: Rows, lost: Rows, run: Run, browser: Browser, tmp_path: Path
) -> None:
    assert len(set(PAYLOADS)) == 50
    rows = [made(n, word, everywhere=True) for n, word in enumerate(PAYLOADS)]
    rejected = [lost(n, word, code=f"c{word}", stage=f"s{word}") for n, word in enumerate(PAYLOADS)]
    source = run(rows, rejected, name=PAYLOADS[0], header={"version": PAYLOADS[4]})
    path = tmp_path / "report.html"
    write_report(source, path)
    tab = Tab(browser.new_page(), path.as_uri())
    page = tab.open("#trajectories")
    texts = page.evaluate(READ_ALL.replace("ROWS", "100"))
    for number, text in enumerate(texts):
        assert PAYLOADS[number % 50] in text, number
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("({}).pwned") is None
    assert page.locator(FOREIGN).count() == 0
    assert page.locator("script").count() == 3
    assert "example.invalid" in page.locator("#overview").evaluate("node => node.textContent")
    assert tab.quiet()
    page.close()
