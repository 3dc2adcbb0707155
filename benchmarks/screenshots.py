"""The pictures of docs/report.md: a row at 1280 pixels, the overview on a phone.

Run by `make screenshots`. Few colours make them small; the page itself is drawn by Chromium.
"""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from benchmarks.browser import opened

COLOURS = 256


def main() -> None:
    report, folder = Path(sys.argv[1]).resolve().as_uri(), Path(sys.argv[2])
    with opened() as browser:
        save(wide(browser, report), folder / "report-1280.png")
        save(phone(browser, report), folder / "report-390.png")


def wide(browser: Browser, report: str) -> bytes:
    """A trajectory with parallel calls, the origin of an argument told."""
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    read(page, f"{report}#trajectories?strategy=parallel_then_sequential")
    page.locator(".detail h3", has_text="Call graph").evaluate(
        "node => { document.getElementById('detail').scrollTop = node.offsetTop - 80; }"
    )
    page.locator(".argument.from-human").first.hover()
    return page.screenshot()


def phone(browser: Browser, report: str) -> bytes:
    """The same on a phone, in the dark."""
    page = browser.new_page(
        viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True, is_mobile=True
    )
    read(page, f"{report}#trajectories?strategy=parallel_then_sequential")
    page.locator(".row").first.tap()
    page.locator(".call .head").first.scroll_into_view_if_needed()
    page.locator(".argument.from-human").first.tap()
    return page.screenshot()


def read(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    page.wait_for_selector(".row")


def save(picture: bytes, path: Path) -> None:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}: {image.width} x {image.height}, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
