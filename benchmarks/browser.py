"""Headless Chromium for pages on disk: where it is, and one browser of it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    f"no Chromium on this machine (looked for {', '.join(NAMES)}); Debian: apt install chromium"
)


def chromium() -> str | None:
    """The program, where there is one."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


@contextmanager
def opened() -> Iterator[Browser]:
    """A browser without a window; as root it runs without its sandbox, which needs another user."""
    path = chromium()
    if path is None:
        raise SystemExit(MISSING)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        browser: Any = driver.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()
