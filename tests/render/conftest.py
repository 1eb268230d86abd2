"""One Chromium for all browser tests: Playwright cannot be started twice in a process."""

from __future__ import annotations

import os
import shutil

import pytest

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def chromium():
    """A Playwright browser on the system's Chromium; tests open contexts with ``offline=True``."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        message = "no Chromium is installed; scripts/test says how to get one"
        # Continuous integration must not pass by skipping what it is there for.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
