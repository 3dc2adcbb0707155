"""`button report` on a large run: size, time and memory to write it, time to open it in Chromium.

Run by `make bench-report`. Opening counts from the start of the navigation; a row is shown when it
stands in the list and a frame was drawn. The slow machine is Chromium's own throttling.
"""

import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser

from benchmarks.browser import opened

PASSES = 5
SLOWDOWN = 4
WATCH = """
new MutationObserver((_, watching) => {
  if (!document.querySelector(".row")) return;
  watching.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.firstRow = performance.now(); }));
}).observe(document, { childList: true, subtree: true });
"""
LOADED = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


class Opening(NamedTuple):
    """Milliseconds since the navigation began."""

    loaded: float
    first_row: float


def main() -> None:
    run, page = Path(sys.argv[1]), Path(sys.argv[2])
    begun = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", "from button.cli import main; main()"]
    subprocess.run([*command, "report", str(run), "--out", str(page)], check=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = time.perf_counter() - begun
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    shards = sum(file.stat().st_size for file in (run / "shards").iterdir())
    tell("shards", shards / 1e6, "MB")
    tell("report.html", page.stat().st_size / 1e6, "MB")
    tell("writing, wall clock", wall, "s")
    tell("writing, processor", cpu, "s")
    tell("writing, most memory", used.ru_maxrss / 1024, "MB")
    with opened() as browser:
        for name, slowdown in (("", 1), (f", {SLOWDOWN} times slower", SLOWDOWN)):
            passes = [opening(browser, page, slowdown) for _ in range(PASSES)]
            loaded = statistics.median(each.loaded for each in passes)
            row = statistics.median(each.first_row for each in passes)
            tell(f"DOMContentLoaded{name}", loaded / 1000, "s")
            tell(f"first row shown{name}", row / 1000, "s")
        tell("search through all rows", searching(browser, page), "s")


def tell(what: str, value: float, unit: str) -> None:
    print(f"{what:<36}{value:8,.{2 if unit == 's' else 1}f} {unit}")


def opening(browser: Browser, page: Path, slowdown: int) -> Opening:
    tab = browser.new_page(viewport={"width": 1280, "height": 800})
    tab.add_init_script(WATCH)
    tab.context.new_cdp_session(tab).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    tab.goto(f"{page.resolve().as_uri()}#trajectories")
    tab.wait_for_function("window.firstRow")
    found = Opening(tab.evaluate(LOADED), tab.evaluate("window.firstRow"))
    tab.close()
    return found


def searching(browser: Browser, page: Path) -> float:
    """Seconds from the last key to the last row searched, all chunks unpacked on the way."""
    tab = browser.new_page()
    tab.goto(f"{page.resolve().as_uri()}#trajectories")
    tab.wait_for_selector("body[data-ready]")
    begun = time.perf_counter()
    tab.locator("#q").fill("nobody says this")
    tab.get_by_text("No row is like that.").wait_for()
    tab.close()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
