"""What people do with the map, in a real browser: swipe, years, table, language, address, print, base map."""

from __future__ import annotations

import base64
import csv
import dataclasses
import io
import re
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest

from dualgig.project import MapPage
from dualgig.render.basemap import BASES
from dualgig.text.numbers import money

READY = "html[data-ready]"
CJK = re.compile(r"[㐀-鿿]")
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def with_map(plan, **options):
    project = plan.region.project.model_copy(update={"map": MapPage(**options)})
    return dataclasses.replace(plan, region=dataclasses.replace(plan.region, project=project))


@pytest.fixture(scope="module")
def shown(open_map, make_plan, tmp_path_factory):
    plan = make_plan("en", villages=36, townships=4)
    page = open_map(tmp_path_factory.mktemp("map"), plan, reduced_motion="reduce", accept_downloads=True)
    page.wait_for_selector(READY)
    page.plan = plan
    yield page
    page.context.close()


@pytest.fixture
def page(shown):
    """The map as it opens; nothing may have been asked of a network, and no error heard."""
    yield shown
    shown.evaluate("() => { dualgig.map.closePopup(); if (dualgig.tableOpen()) dualgig.toggleTable(); }")
    shown.evaluate("() => { location.hash = '#lang=en&service=both&time=after&swipe=0.5'; }")
    shown.evaluate(
        "() => { dualgig.view.reason = ''; dualgig.takeAddress(); dualgig.whole(false); dualgig.change(); }"
    )
    assert shown.heard["errors"] == shown.heard["console"] == shown.heard["dialogs"] == []
    assert [url for url in shown.heard["requests"] if not url.startswith(("file:", "blob:"))] == []


def box_of(page, selector):
    return page.locator(selector).bounding_box()


def picture_at(page, lng, lat, size=12):
    """A small screenshot around a place."""
    x, y = page.evaluate(
        """([lng, lat]) => {
            const box = dualgig.map.getContainer().getBoundingClientRect();
            const p = dualgig.map.latLngToContainerPoint([lat, lng]);
            return [box.left + p.x, box.top + p.y];
        }""",
        [lng, lat],
    )
    return page.screenshot(clip={"x": x - size / 2, "y": y - size / 2, "width": size, "height": size})


def test_the_divider_is_dragged_and_parts_before_from_after(page):
    villages = page.plan.villages
    new = villages[~villages["before_5g"] & villages["after_5g"]].iloc[0]
    spot = new.geometry.representative_point()
    page.locator("button[data-service='5g']").click()
    alone = {}
    for time in ("before", "after"):
        page.locator(f"button[data-time='{time}']").click()
        alone[time] = picture_at(page, spot.x, spot.y)
    assert alone["before"] != alone["after"]

    page.locator("button[data-time='swipe']").click()
    area = box_of(page, ".folium-map")

    def drag_to(share):
        handle = box_of(page, ".dg-divider")
        page.mouse.move(handle["x"] + handle["width"] / 2, area["y"] + area["height"] / 2)
        page.mouse.down()
        page.mouse.move(area["x"] + share * area["width"], area["y"] + area["height"] / 2, steps=4)
        page.mouse.up()
        page.mouse.move(5, 5)

    drag_to(0.95)
    assert page.evaluate("dualgig.view.swipe") == pytest.approx(0.95, abs=0.01)
    assert picture_at(page, spot.x, spot.y) == alone["before"]
    drag_to(0.05)
    assert picture_at(page, spot.x, spot.y) == alone["after"]


def test_the_divider_obeys_the_keyboard(page):
    page.locator("button[data-time='swipe']").click()
    handle = page.locator(".dg-divider")
    handle.focus()
    centre = page.evaluate("dualgig.map.getCenter().lng")

    for key, value in (("ArrowRight", 52), ("ArrowLeft", 50), ("PageDown", 40), ("Home", 2), ("End", 98)):
        handle.press(key)
        assert handle.get_attribute("aria-valuenow") == str(value)
    assert page.evaluate("dualgig.map.getCenter().lng") == centre
    assert handle.get_attribute("role") == "slider"


def test_the_divider_draws_no_line_through_what_is_read(page):
    page.locator("button[data-time='swipe']").click()
    line = "getComputedStyle(document.querySelector('.dg-divider')).backgroundColor"
    clear = "rgba(0, 0, 0, 0)"
    assert page.evaluate(line) != clear

    page.evaluate("dualgig.open('villages', 1)")
    assert page.evaluate(line) == clear
    assert page.locator(".dg-divider i").is_visible()
    page.evaluate("dualgig.map.closePopup()")
    page.wait_for_selector(".leaflet-popup", state="detached")
    assert page.evaluate(line) != clear


def test_each_side_answers_for_its_time(page):
    sites = page.plan.sites
    new = sites[sites["state"] == "new"].iloc[0].geometry
    ask = "([lng, lat, share]) => { dualgig.change({ time: 'swipe', swipe: share }); return dualgig.at(L.latLng(lat, lng), 2).kind; }"

    assert page.evaluate(ask, [new.x, new.y, 0.02]) == "sites"
    assert page.evaluate(ask, [new.x, new.y, 0.98]) != "sites"


def test_a_plan_without_years_has_no_slider(page):
    assert page.locator("#dg-year").count() == 0


@pytest.fixture(scope="module")
def phased(make_plan):
    """A plan over three years: what it builds and whom it serves, each from a year on."""
    plan = make_plan("en", villages=36, townships=4)

    def years(table, built):
        return table.assign(year=[2023 + i % 3 if b else None for i, b in enumerate(built)])

    villages, townships = (
        table.assign(
            **{
                f"year_{service}": np.where(
                    table[f"after_{service}"] & ~table[f"before_{service}"],
                    2023 + np.arange(len(table)) % 3,
                    0,
                )
                for service in ("5g", "gigabit")
            }
        )
        for table in (plan.villages, plan.townships)
    )
    return dataclasses.replace(
        plan,
        villages=villages,
        townships=townships,
        sites=years(plan.sites, plan.sites["state"].isin(["new", "upgraded"])),
        nodes=years(plan.nodes, plan.nodes["state"].isin(["new", "upgraded"])),
        routes=years(plan.routes, [True] * len(plan.routes)),
    )


def test_the_slider_leaves_the_scale_bar_free_on_a_phone(open_map, phased, tmp_path):
    page = open_map(tmp_path, phased, width=390, height=844, has_touch=True, is_mobile=True)
    page.wait_for_selector(READY)
    slider, scale, drawn = (
        page.locator(name).bounding_box()
        for name in (".dg-years", ".leaflet-control-scale-line", ".folium-map")
    )
    assert slider["y"] + slider["height"] <= scale["y"]
    assert scale["y"] + scale["height"] <= drawn["y"] + drawn["height"]
    page.context.close()


def test_the_slider_shows_what_stands_in_a_year(open_map, phased, tmp_path):
    page = open_map(tmp_path, phased)
    page.wait_for_selector(READY)
    slider = page.locator("#dg-year")
    assert [slider.get_attribute(name) for name in ("min", "max")] == ["2022", "2025"]
    page.locator("button[data-service='5g']").click()

    villages, sites = phased.villages, phased.sites
    for year in (2022, 2023, 2024, 2025):
        slider.fill(str(year))
        served = villages["before_5g"] | (villages["after_5g"] & (villages["year_5g"] <= year))
        cells = page.locator(".dg-status tr[data-status='1'] td").first.inner_text()
        assert int(cells) == (served & ~villages["before_5g"]).sum()
        standing = ((sites["state"] == "new") & (sites["year"] <= year)).sum()
        assert page.locator("label[for='dg-sites-new'] .dg-count").inner_text() == str(standing)
        shown = "Before" if year == 2022 else str(year)
        assert page.locator(".dg-years output").inner_text() == shown
        assert f"· {shown} ·" in page.locator("h2:has-text('Coverage') small").inner_text()
    page.locator("button[data-time='before']").click()
    assert not slider.is_visible()

    late = villages[villages["year_5g"] == 2024].index[0]
    page.locator("button[data-time='after']").click()
    page.evaluate("row => dualgig.open('villages', row)", villages.index.get_loc(late))
    assert "planned for 2024" in page.locator(".leaflet-popup-content").inner_text()
    assert page.heard["errors"] == page.heard["console"] == []
    page.context.close()


def test_the_legend_counts_what_is_in_view(page):
    town = page.plan.townships.iloc[1].geometry
    west, south, east, north = town.bounds
    page.evaluate(
        "([s, w, n, e]) => dualgig.map.fitBounds([[s, w], [n, e]], { animate: false })",
        [south, west, north, east],
    )
    page.wait_for_timeout(300)

    west, south, east, north = page.evaluate("dualgig.map.getBounds().toBBoxString().split(',').map(Number)")
    marks = page.plan.region.keypoints
    marks = (
        marks[marks["kind"] == "committee"].set_index("village").geometry.reindex(page.plan.villages.index)
    )
    inside = (marks.x >= west) & (marks.x <= east) & (marks.y >= south) & (marks.y <= north)
    villages = page.plan.villages
    both = villages["before_5g"] & villages["before_gigabit"]
    text = page.locator(".dg-status tr[data-status='0'] td").first.inner_text()
    assert 0 < (inside & both).sum() < both.sum()
    assert text == f"{(inside & both).sum()} / {both.sum()}"


def test_panning_paints_the_same_as_painting_anew(page):
    page.evaluate("dualgig.map.setZoom(dualgig.map.getZoom() + 1, { animate: false })")
    pixels = """() => dualgig.stacks.after.slice(0, 2).map((canvas) =>
        canvas._ctx.getImageData(0, 0, canvas._container.width, canvas._container.height).data)"""

    for step in ([120, 80], [-75, 33], [0, -140]):
        page.evaluate("step => dualgig.map.panBy(step, { animate: false })", step)
    page.evaluate(f"window.panned = ({pixels})()")
    page.evaluate("dualgig.repaint()")
    shares = page.evaluate(
        f"""() => ({pixels})().map((anew, i) => {{
            let differ = 0;
            for (let k = 0; k < anew.length; k++) differ += Math.abs(anew[k] - window.panned[i][k]) > 60;
            return [differ / anew.length, anew.length];
        }})"""
    )

    for differ, size in shares:
        assert size > 1e6
        # Edges that a strip's border cuts may round differently.
        assert differ < 0.001


def test_gaps_are_listed_and_sorted(page):
    page.locator(".dg-gaps").click()
    gaps = page.plan.gaps
    rows = page.locator("#dg-table tbody tr")
    assert rows.count() == len(gaps)
    assert page.locator("#dg-table-title").inner_text() == f"Gaps: {len(gaps)}"

    cost = page.locator("#dg-sort-cost_to_serve_cny")
    for way, down in (("ascending", False), ("descending", True)):
        cost.click()
        assert page.locator("th[aria-sort='" + way + "'] #dg-sort-cost_to_serve_cny").count() == 1
        listed = page.evaluate("dualgig.listedGaps().map((row) => row.cost_to_serve_cny)")
        priced = gaps["cost_cny"].dropna().astype(int).sort_values(ascending=not down)
        assert listed[: len(priced)] == priced.tolist()
        assert rows.last.locator("td").last.inner_text() == "—"

    page.locator("button[data-service='gigabit']").click()
    assert rows.count() == (gaps["service"] == "gigabit").sum()
    rows.first.locator("button").click()
    assert page.locator(".leaflet-popup-content").count() == 1
    page.locator("#dg-table .dg-scroll").press("Escape")
    assert not page.locator("#dg-table").is_visible()


def test_the_list_can_be_held_to_the_view(page):
    page.locator(".dg-gaps").click()
    page.evaluate("dualgig.map.setZoom(dualgig.map.getZoom() + 2, { animate: false })")
    page.locator("#dg-nearby").check()
    few = page.locator("#dg-table tbody tr").count()
    assert 0 < few < len(page.plan.gaps)
    page.locator("#dg-nearby").uncheck()


def test_the_csv_holds_every_gap_as_excel_reads_it(page):
    page.locator(".dg-gaps").click()
    with page.expect_download() as download:
        page.locator(".dg-csv").click()
    data = Path(download.value.path()).read_bytes()

    assert download.value.suggested_filename == "fake-gaps.csv"
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == len(page.plan.gaps) + 1
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    gaps = page.plan.gaps
    assert sorted((row["Id"], row["Service"]) for row in rows) == sorted(
        zip(gaps["id"], gaps["service"].map({"5g": "5G", "gigabit": "Gigabit"}), strict=True)
    )
    for row in rows:
        gap = gaps[(gaps["id"] == row["Id"]) & (gaps["service"].str.title() == row["Service"].title())].iloc[
            0
        ]
        assert row["Name"].removeprefix("'") == gap["name"]
        assert row["Cost to serve (CNY)"] == str(gap["cost_cny"]).replace("<NA>", "")
        assert row["Duty"] == ("yes" if gap["duty"] else "no")
    risky = [row["Name"] for row in rows if row["Name"].removeprefix("'").startswith("=")]
    assert all(name.startswith("'=") for name in risky)


def words_of(page):
    """What a reader sees of the page, without names from data."""
    for switch in ("dualgig.open('villages', 12)", "dualgig.tableOpen() || dualgig.toggleTable()"):
        page.evaluate(switch)
    text = page.evaluate("document.body.innerText")
    spoken = page.evaluate(
        """() => Array.from(document.querySelectorAll('[aria-label], [title], [placeholder], [aria-valuetext]'))
            .filter((e) => !e.closest('[hidden]') && !e.closest('.leaflet-popup[aria-label]'))
            .flatMap((e) => ['aria-label', 'title', 'placeholder', 'aria-valuetext'].map((a) => e.getAttribute(a)))
            .filter(Boolean).join('\\n')"""
    )
    return text + "\n" + spoken


@pytest.mark.parametrize(("language", "other"), [("en", "zh"), ("zh", "en")])
def test_the_language_is_switched_whole(open_map, make_plan, tmp_path, language, other):
    # Names from data are in one script, so that what remains of the other is ours.
    plan = make_plan(other, nasty=False, villages=18)
    page = open_map(tmp_path, plan, address=f"#lang={other}&time=swipe")
    page.wait_for_selector(READY)
    assert page.evaluate("document.documentElement.lang") == {"en": "en", "zh": "zh-CN"}[other]

    page.locator(".dg-language").click()

    assert page.evaluate("document.documentElement.lang") == {"en": "en", "zh": "zh-CN"}[language]
    text = re.sub(r"\b[0-9a-f]{12}\b", "", words_of(page))
    data = {
        *plan.villages["name"],
        *plan.townships["name"],
        *plan.townships["county"],
        *plan.townships["group"],
    }
    data |= {
        *plan.sites["name"],
        *plan.nodes["name"],
        *plan.region.exclusions["name"],
        plan.region.project.title,
    }
    data |= {
        *plan.region.project.project.notes,
        *(str(entry["caveat"]) for entry in plan.region.inputs.values()),
    }
    data |= {
        str(plan.region.terrain.caveat),
        str(plan.region.roads.caveat),
        "cmcc",
        "CMCC",
        "CT",
        *plan.villages.index,
    }
    text = re.sub(r"\b[0-9a-f]{12}\b", "", text)  # the plan's hash
    for name in sorted(data, key=len, reverse=True):
        text = text.replace(name, "") if name else text
    if language == "en":
        assert CJK.findall(text.replace("中文", "").replace("中", "")) == []
    else:
        known = r"SS-RSRP|dBm|DualGig|Folium|Leaflet|JavaScript|OLT|CSV|CNY|Esc|English|En|km"
        assert re.findall(r"[A-Za-z]{3,}", re.sub(known, "", text)) == []
    assert page.heard["errors"] == page.heard["console"] == []
    page.context.close()


def test_switching_back_gives_the_same_page(page):
    page.evaluate("dualgig.open('villages', 4)")
    page.wait_for_timeout(300)
    before = page.evaluate("document.body.innerText")
    page.locator(".dg-language").click()
    assert page.evaluate("document.body.innerText") != before
    page.locator(".dg-language").click()
    assert page.evaluate("document.body.innerText") == before


def test_the_view_stands_in_the_address(page, open_map, tmp_path):
    page.evaluate("dualgig.map.setView([27.62, 119.06], 12.5, { animate: false })")
    page.locator("button[data-service='5g']").click()
    page.locator("button[data-time='swipe']").click()
    page.locator("#dg-layer-roads").click()
    page.locator("#dg-sites-unused").click()
    page.evaluate("dualgig.open('villages', 2, true)")
    page.wait_for_timeout(300)
    address = page.evaluate("location.hash")
    assert "map=12.5/27.6" in address
    assert f"at=villages:{page.plan.villages.index[2]}" in unquote(address)

    other = open_map(tmp_path, page.plan, address=address, reduced_motion="reduce")
    other.wait_for_selector(READY)
    state = "({ view: dualgig.view, roads: dualgig.shown.roads, unused: dualgig.shown.sites.unused, zoom: dualgig.map.getZoom() })"
    assert other.evaluate(state) == page.evaluate(state)
    assert other.locator(".leaflet-popup-content code").inner_text() == page.plan.villages.index[2]
    for one, two in zip(
        *(p.evaluate("Object.values(dualgig.map.getCenter())") for p in (page, other)), strict=True
    ):
        assert one == pytest.approx(two, abs=2e-4)

    other.evaluate("location.hash = '#map=11/27.6/119.0&service=gigabit&time=before&table=gaps'")
    other.wait_for_timeout(200)
    assert other.evaluate(
        "[dualgig.view.service, dualgig.view.time, dualgig.map.getZoom(), dualgig.tableOpen()]"
    ) == [
        "gigabit",
        "before",
        11,
        True,
    ]
    other.evaluate(
        "location.hash = '#map=nonsense&service=%E0%A4%A&time=<b>&reason=x&at=villages:none&switched=,toString'"
    )
    other.wait_for_timeout(200)
    assert other.heard["errors"] == other.heard["console"] == []
    other.context.close()


def test_the_keyboard_reaches_search_and_closes_what_is_open(page):
    page.locator("body").press("/")
    assert page.evaluate("document.activeElement.id") == "dg-search"
    page.keyboard.type(page.plan.villages.index[10])
    page.keyboard.press("Enter")
    assert page.locator(".leaflet-popup-content code").inner_text() == page.plan.villages.index[10]
    page.keyboard.press("Escape")
    assert page.locator(".leaflet-popup-content").count() == 0
    page.locator(".folium-map").focus()
    centre = page.evaluate("dualgig.map.getCenter().lng")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    assert page.evaluate("dualgig.map.getCenter().lng") > centre


def test_the_print_sheet_is_map_and_legend(page):
    size = page.evaluate("[dualgig.map.getSize().x, dualgig.map.getSize().y]")
    pdf = page.pdf(prefer_css_page_size=True)

    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 4
    width, height = (
        float(side) for side in re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf).groups()
    )
    assert width > height
    assert page.evaluate("[dualgig.map.getSize().x, dualgig.map.getSize().y]") == size
    page.emulate_media(media="print")
    for gone in (".dg-bar-top", ".dg-tools", ".leaflet-control-zoom", ".dg-row input"):
        assert not page.locator(gone).first.is_visible()
    for there in (".dg-head h1", ".folium-map", ".dg-foot", ".dg-status", ".leaflet-control-scale-line"):
        assert page.locator(there).first.is_visible()
    assert not page.locator("label[for='dg-sites-unused']").is_visible()
    assert page.locator("label[for='dg-sites-new']").is_visible()
    page.emulate_media(media="screen")


def test_the_raster_of_the_best_server_is_a_layer(page):
    ground = "dualgig.stacks.after[0]._container.toDataURL()"
    status = page.evaluate(ground)
    page.locator("#dg-layer-rsrp").click()

    assert page.evaluate(ground) != status
    keys = page.locator("section:has(#dg-layer-rsrp) .dg-key").all_inner_texts()
    assert [text.strip() for text in keys] == [
        "≥ −85 dBm",
        "−95 … −85 dBm",
        "−105 … −95 dBm",
        "−115 … −105 dBm",
        "< −115 dBm",
    ]
    page.locator("button[data-time='before']").click()
    before = page.evaluate("dualgig.stacks.before[0]._container.toDataURL()")
    page.locator("button[data-time='after']").click()
    assert page.evaluate(ground) != before


def test_groups_of_townships_are_a_layer(page):
    page.locator("#dg-layer-groups").click()
    rows = page.locator("section:has(#dg-layer-groups) .dg-key").all()
    counts = page.plan.townships["group"].value_counts()

    assert {
        row.locator(".dg-text").text_content(): int(row.locator(".dg-count").inner_text()) for row in rows
    } == counts.to_dict()


def test_locked_and_forbidden_sites_are_told(open_map, make_plan, tmp_path):
    plan = make_plan("en")
    first = plan.sites.index[plan.sites["state"] == "new"][0]
    sites = plan.sites.assign(decision=plan.sites["decision"].where(plan.sites.index != first, "locked"))
    page = open_map(tmp_path, dataclasses.replace(plan, sites=sites))
    page.wait_for_selector(READY)

    assert page.locator("#dg-sites-locked .dg-count").inner_text() == "1"
    assert page.locator("#dg-sites-forbidden .dg-count").inner_text() == str(
        (sites["decision"] == "forbidden").sum()
    )
    page.evaluate("row => dualgig.open('sites', row)", sites.index.get_loc(first))
    text = page.locator(".leaflet-popup-content").inner_text()
    assert "locked: must be built" in text
    assert "3, azimuths not planned" in text
    page.context.close()


def test_wedges_are_drawn_from_azimuths_alone(open_map, make_plan, tmp_path):
    plan = make_plan("en", nasty=False)
    aimed = plan.sites.assign(azimuths=[("20", "140", "260")] * len(plan.sites))
    site = plan.sites[plan.sites["state"] == "new"].iloc[0]
    view = f"#map=14/{site.geometry.y:.5f}/{site.geometry.x:.5f}&service=5g&switched=labels,villages,roads,exclusions,townships"
    drawn = []
    for number, sites in enumerate((plan.sites, aimed)):
        folder = tmp_path / str(number)
        folder.mkdir()
        page = open_map(folder, dataclasses.replace(plan, sites=sites), address=view, reduced_motion="reduce")
        page.wait_for_selector(READY)
        towards = """([lng, lat, degrees]) => {
            const canvas = dualgig.stacks.after[1], p = dualgig.map.latLngToLayerPoint([lat, lng]).subtract(canvas._bounds.min);
            const a = (degrees - 90) * Math.PI / 180;
            return canvas._ctx.getImageData(p.x + 20 * Math.cos(a), p.y + 20 * Math.sin(a), 1, 1).data[3];
        }"""
        drawn.append(
            [
                page.evaluate(towards, [site.geometry.x, site.geometry.y, d])
                for d in (20, 140, 260, 80, 200, 320)
            ]
        )
        page.evaluate("row => dualgig.open('sites', row)", plan.sites.index.get_loc(site.name))
        assert ("20°, 140°, 260°" in page.locator(".leaflet-popup-content").inner_text()) == (number == 1)
        page.context.close()

    plain, wedged = drawn
    assert len(set(plain)) == 1
    assert all(alpha > 60 for alpha in wedged[:3])
    assert wedged[3:] == plain[3:]


OLD_BROWSER = """
delete window.DecompressionStream;
delete CanvasRenderingContext2D.prototype.roundRect;
delete Element.prototype.replaceChildren;
delete Object.fromEntries;
delete Array.prototype.flat;
delete Array.prototype.flatMap;
delete Array.prototype.at;
delete String.prototype.replaceAll;
delete String.prototype.matchAll;
"""


def test_an_uncompressed_map_opens_in_an_old_browser(open_map, make_plan, tmp_path):
    plan = make_plan("zh")
    page = open_map(tmp_path, with_map(plan, compress=False), script=OLD_BROWSER)
    page.wait_for_selector(READY)

    assert page.evaluate("dualgig.table.villages.name") == list(plan.villages["name"])
    assert page.locator(".dg-noscript").count() == 0
    page.locator(".dg-gaps").click()
    assert page.locator("#dg-table tbody tr").count() == len(plan.gaps)
    assert page.heard["errors"] == page.heard["console"] == []
    page.context.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_money_reads_as_in_the_lists(page, language):
    rng = np.random.default_rng(5)
    amounts = [0, 1, 999, 9_999, 9_999.5, 10_000, 12_500, 13_500, 123_500, 385_000, 999_499, 999_500, 999_999]
    amounts += [1_234_567, 99_999_499, 99_999_500, 123_456_789, 12_345_678_900, -4_200, -385_000]
    amounts += rng.integers(0, 10**10, 500).tolist()

    shown = page.evaluate(
        "([language, amounts]) => { const was = dualgig.language; dualgig.language = language; const texts = amounts.map(dualgig.money); dualgig.language = was; return texts; }",
        [language, amounts],
    )

    assert shown == [money(language, amount) for amount in amounts]


@pytest.mark.parametrize("base", ["osm", "gaode"])
def test_a_base_map_is_asked_for_and_nothing_else(open_map, make_plan, tmp_path, base):
    plan = make_plan("en", nasty=False)
    page = open_map(tmp_path, with_map(plan, base=base, rsrp=False), offline=False)
    page.route(re.compile(r"^https?:"), lambda route: route.fulfill(body=PIXEL, content_type="image/png"))
    page.goto(page.address)
    page.wait_for_selector(READY)
    page.wait_for_selector("img.leaflet-tile-loaded")

    asked = [url for url in page.heard["requests"] if not url.startswith(("file:", "data:"))]
    assert asked
    assert all(url.startswith(tuple(BASES[base]["hosts"])) for url in asked)
    assert BASES[base]["attribution"] in page.locator(".leaflet-control-attribution").inner_text()
    assert ("GCJ-02" in page.locator(".dg-foot").inner_text()) == (base == "gaode")
    page.locator("#dg-layer-base").click()
    assert page.locator("img.leaflet-tile").count() == 0
    assert page.heard["errors"] == page.heard["console"] == []
    page.context.close()


def test_the_key_of_tianditu_is_asked_of_the_reader(open_map, make_plan, tmp_path):
    page = open_map(tmp_path, with_map(make_plan("zh"), base="tianditu", rsrp=False), offline=False)
    page.route(re.compile(r"^https?:"), lambda route: route.fulfill(body=PIXEL, content_type="image/png"))
    page.goto(page.address)
    page.wait_for_selector(READY)
    assert all(url.startswith("file:") for url in page.heard["requests"])

    page.locator("#dg-key").fill("my key&1")
    page.locator(".dg-key-form button").click()
    page.wait_for_selector("img.leaflet-tile-loaded")

    asked = [url for url in page.heard["requests"] if url.startswith("https")]
    assert all("tk=my%20key%261" in url for url in asked)
    assert {re.search(r"LAYER=(\w+)", url).group(1) for url in asked} == {"vec", "cva"}
    assert page.locator(".dg-key-form").count() == 0
    assert page.heard["errors"] == page.heard["console"] == []
    page.context.close()


def test_a_watermark_lies_over_the_map(open_map, make_plan, tmp_path):
    page = open_map(tmp_path, with_map(make_plan("zh"), watermark="内部使用", rsrp=False))
    page.wait_for_selector(READY)

    sheet = page.locator(".dg-watermark")
    assert sheet.evaluate("e => getComputedStyle(e).backgroundImage").startswith('url("data:image/png')
    assert sheet.evaluate("e => getComputedStyle(e).pointerEvents") == "none"
    assert sheet.bounding_box() == page.locator(".folium-map").bounding_box()
    page.context.close()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_rules_of_axe_pass(open_map, make_plan, tmp_path, language, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    page = open_map(tmp_path, make_plan(language), width=width, bypass_csp=True, reduced_motion="reduce")
    page.wait_for_selector(READY)

    def check(state):
        found = axe.run(page)
        told = [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in found.response["violations"]]
        assert told == [], state

    check("as it opens")
    if width < 500:
        page.locator("#dg-handle").click()
        check("with the sheet drawn up")
        page.locator("#dg-handle").click()
    page.locator("button[data-time='swipe']").click()
    page.evaluate("dualgig.open('villages', 3)")
    check("with the divider and a popup")
    page.locator(".dg-gaps").click()
    page.locator("#dg-search").fill("S00")
    check("with the table and the search")
    page.context.close()
