"""Draw the pictures of docs/ from the demo's map and report, in headless Chromium.

    .venv/bin/python scripts/make_pictures.py

Needs the extras `test` and `docs` (Playwright, Pillow) and a Chromium with a Chinese font.
"""

import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

import dualgig as dg

if TYPE_CHECKING:
    from dualgig.project import Language

ROOT = Path(__file__).parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SIZES = {"": (1440, 900), "-phone": (390, 844)}


def main() -> None:
    browser_path = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser_path is None:
        sys.exit(f"No browser found; install one of {', '.join(BROWSERS)}.")
    project = dg.Project.load(ROOT / "data" / "qingyuan" / "project.toml")
    languages: tuple[Language, Language] = ("en", "zh")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        for language in languages:
            region = dg.load_region(project.in_language(language))
            plan = dg.make_plan(region, dg.predict_coverage(region))
            out = dg.write_outputs(plan, Path(folder) / language)
            for name in ("map", "report"):
                for kind, (width, height) in SIZES.items():
                    page = browser.new_page(
                        viewport={"width": width, "height": height}, device_scale_factor=1
                    )
                    page.goto((out / f"{name}.html").as_uri())
                    page.wait_for_timeout(2500)
                    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
                    target = ROOT / "docs" / f"{name}{kind}.{language}.png"
                    picture.quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)
                    print(f"{target.relative_to(ROOT)}: {target.stat().st_size // 1024} KiB")
                    page.close()
        browser.close()


if __name__ == "__main__":
    main()
