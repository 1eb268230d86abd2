"""Measure the map at province size: its size, how soon it is ready, how it pans, beside plain Folium.

    .venv/bin/python scripts/bench_map.py [--seed N] [--villages-across N --villages-up N --sites N]

20,000 villages of 65 vertices and 200,000 sites. One JSON line:

html_mib          the map's file, MiB
ready_s           from the start of navigation until every layer is unpacked and drawn and two frames have
                  passed, in the page, s; the slower of two openings: the whole province, and a view in which
                  townships, villages and sites are all drawn
ready_whole_s, ready_near_s  the two
pan_ms            a step of 120 by 80 pixels, painted to the last pixel, mean over both views and zoom 9, ms
pan_worst_ms      the slowest view's mean
build_s           the map from the plan, s
peak_mib          peak memory of the process that builds it, MiB
folium_s, folium_mib         the same villages (with a style_function) and sites through folium.GeoJson
ready_over_folium, size_over_folium   ours over Folium's
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
from playwright.sync_api import sync_playwright

from _province import make_province
from dualgig.render.map import map_html
from dualgig.render.offline import OfflineFigure

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from dualgig.plan import Plan

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WINDOW = {"width": 1440, "height": 900}
NEAR, MIDDLE = "#map=11/{lat}/{lon}&time=after", "#map=9/{lat}/{lon}&time=after"
STEPS = 24

READY = """
(() => {
    const drawn = () => document.querySelectorAll("canvas").forEach((c) => c.getContext("2d").getImageData(0, 0, 1, 1));
    const ends = () => { drawn(); requestAnimationFrame(() => requestAnimationFrame(() => { window.readyMs = performance.now(); })); };
    if (location.pathname.endsWith("folium.html")) { addEventListener("load", ends); return; }
    new MutationObserver((_, watch) => {
        if (!document.documentElement.dataset.ready) return;
        watch.disconnect();
        ends();
    }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-ready"] });
})();
"""
"""Notes when a page is drawn; reading a pixel back makes the browser finish what it put off."""

PAN = """async (steps) => {
    const times = [];
    for (let i = 0; i < steps; i++) {
        const start = performance.now();
        dualgig.map.panBy([(i % 4 < 2 ? 1 : -1) * 120, (i % 2 ? 1 : -1) * 80], { animate: false });
        for (const canvas of Object.values(dualgig.stacks).flat()) if (canvas._ctx) canvas._ctx.getImageData(0, 0, 1, 1);
        times.push(performance.now() - start);
        await new Promise((resolve) => setTimeout(resolve, 250));
    }
    return times.reduce((sum, ms) => sum + ms, 0) / steps;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--villages-across", type=int, default=200)
    parser.add_argument("--villages-up", type=int, default=100)
    parser.add_argument("--sites", type=int, default=200_000)
    given = parser.parse_args()
    plan = make_province(given.villages_across, given.villages_up, given.sites, given.seed)
    start = time.perf_counter()
    page = map_html(plan, date="2025-11-24", plan_hash="benchmark")
    found: dict[str, Any] = {"build_s": time.perf_counter() - start}
    found["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        ours, plain = Path(folder) / "map.html", Path(folder) / "folium.html"
        ours.write_text(page, encoding="utf-8")
        plain.write_text(folium_html(plan), encoding="utf-8")
        found["html_mib"], found["folium_mib"] = (file.stat().st_size / 2**20 for file in (ours, plain))
        names = ("chromium", "chromium-browser", "google-chrome")
        path = next(path for name in names if (path := shutil.which(name)))
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        found |= measured(browser, ours, plan)
        found["folium_s"] = opened(browser, plain.as_uri())[0]
        browser.close()
    found["ready_over_folium"] = found["ready_s"] / found["folium_s"]
    found["size_over_folium"] = found["html_mib"] / found["folium_mib"]
    print(json.dumps({key: round(value, 3) for key, value in found.items()}))


def measured(browser: Browser, file: Path, plan: Plan) -> dict[str, float]:
    """How soon our page is ready, and how it pans."""
    west, south, east, north = plan.townships.total_bounds
    middle = {"lat": f"{(south + north) / 2:.4f}", "lon": f"{(west + east) / 2:.4f}"}
    ready, pans = [], []
    for view in ("", NEAR.format(**middle), MIDDLE.format(**middle)):
        seconds, pan = opened(browser, file.as_uri() + view, pan=True)
        ready.append(seconds)
        pans.append(pan)
    return {
        "ready_s": max(ready[:2]),
        "ready_whole_s": ready[0],
        "ready_near_s": ready[1],
        "pan_ms": sum(pans) / len(pans),
        "pan_worst_ms": max(pans),
    }


def opened(browser: Browser, address: str, *, pan: bool = False) -> tuple[float, float]:
    """Seconds until a page is drawn, and milliseconds a step of panning; no request leaves the page."""
    context = browser.new_context(offline=True, viewport=WINDOW, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(READY)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address, timeout=300_000)
    page.wait_for_function("window.readyMs", timeout=300_000)
    seconds = page.evaluate("window.readyMs") / 1000
    step_ms = 0.0
    if pan:
        page.wait_for_timeout(500)
        step_ms = page.evaluate(PAN, STEPS)
    context.close()
    if errors:
        sys.exit(f"{address}: {errors[0]}")
    return seconds, step_ms


class PlainMap(folium.Map):
    """Folium as it is, but for the libraries that its GeoJson does not need."""

    default_js = [link for link in folium.Map.default_js if link[0] == "leaflet"]  # noqa: RUF012
    default_css = [link for link in folium.Map.default_css if link[0] == "leaflet_css"]  # noqa: RUF012


def folium_html(plan: Plan) -> str:
    """The same villages and sites as plain GeoJSON: villages styled by a function, sites as circles on one canvas.

    Sites have no style_function: its one case a feature keeps a browser busy for many minutes at 200,000.
    """
    figure = OfflineFigure("Folium", "en")
    west, south, east, north = plan.townships.total_bounds
    page = PlainMap(
        location=[(south + north) / 2, (west + east) / 2], zoom_start=7, tiles=None, prefer_canvas=True
    )
    figure.add_child(page)
    villages = plan.villages[["name", "after_5g", "geometry"]].reset_index()
    sites = plan.sites[["name", "state", "geometry"]].reset_index()

    def village_style(feature: dict[str, Any]) -> dict[str, Any]:
        served = feature["properties"]["after_5g"]
        return {
            "fillColor": "#4575b4" if served else "#d73027",
            "weight": 0.5,
            "color": "#333",
            "fillOpacity": 0.8,
        }

    folium.GeoJson(villages, style_function=village_style).add_to(page)
    circle = folium.CircleMarker(radius=3, weight=1, color="#0a6e68", fill=True)
    folium.GeoJson(sites, marker=circle).add_to(page)
    return figure.render()


if __name__ == "__main__":
    main()
