"""One Chromium for all browser tests: Playwright cannot be started twice in a process; and how a map is opened."""

from __future__ import annotations

import os
import shutil

import pytest

from dualgig.render.map import map_html

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


@pytest.fixture(scope="session")
def open_map(chromium):
    """A function that opens the map of a plan from a file, without a network.

    The page's `heard` are console messages, errors, dialogs and requests. Of the options `address` is
    what follows the file's name, `script` runs before the page's own; the rest are Playwright's.
    """

    def opened(folder, plan, *, width=1440, height=900, script="", address="", offline=True, **options):
        file = folder / "map.html"
        file.write_text(map_html(plan, date="2025-11-24"), encoding="utf-8")
        context = chromium.new_context(
            offline=offline, viewport={"width": width, "height": height}, **options
        )
        page = context.new_page()
        if script:
            page.add_init_script(script)
        page.heard = {"console": [], "errors": [], "dialogs": [], "requests": []}

        def listen(message):
            # Chromium's advice to pages that read pixels: here the tests do.
            if "willReadFrequently" not in message.text:
                page.heard["console"].append(message.text)

        page.on("console", listen)
        page.on("pageerror", lambda error: page.heard["errors"].append(str(error)))
        page.on("request", lambda request: page.heard["requests"].append(request.url))

        def hear(dialog):
            page.heard["dialogs"].append(dialog.message)
            dialog.dismiss()

        page.on("dialog", hear)
        page.address = file.as_uri() + address
        if offline:
            page.goto(page.address)
        return page

    return opened
