"""The map in a real browser, opened from a file without a network."""

from __future__ import annotations

import re

import numpy as np
import pytest

STATUS = ("served before", "newly served", "gap", "gap in a duty")
COLOURS = ((69, 117, 180), (254, 224, 144), (252, 141, 89), (215, 48, 39))


@pytest.fixture(scope="module")
def shown(open_map, make_plan, tmp_path_factory):
    """A map of polygons, ready, and its plan."""
    plan = make_plan("en", villages=36, townships=4)
    page = open_map(tmp_path_factory.mktemp("map"), plan, reduced_motion="reduce")
    page.wait_for_selector("html[data-ready]")
    page.evaluate("window.asOpened = JSON.stringify(dualgig.shown)")
    page.plan = plan
    yield page
    page.context.close()


@pytest.fixture
def page(shown):
    """The map in the state in which it opens."""
    yield shown
    shown.evaluate("""() => {
        dualgig.map.closePopup();
        Object.assign(dualgig.shown, JSON.parse(window.asOpened));
        dualgig.map.fitBounds(dualgig.options.bounds, { animate: false });
        dualgig.change({ service: 'both', time: 'after', reason: '' });
    }""")
    assert shown.heard["errors"] == []


def expected_status(table, services, time):
    """Status of each place by the plan alone, as a number of `STATUS`."""
    before = np.logical_and.reduce([table[f"before_{s}"] for s in services])
    after = np.logical_and.reduce([table[f"after_{s}"] for s in services])
    due = np.logical_or.reduce([table[f"duty_{s}"] & ~table[f"{time}_{s}"] for s in services])
    gap = np.where(due, 3, 2)
    return np.where(before, 0, np.where(after & (time == "after"), 1, gap))


def at(page, longitude, latitude):
    """Where a place lies in the window, pixels."""
    return page.evaluate(
        """([lng, lat]) => {
            const box = dualgig.map.getContainer().getBoundingClientRect();
            const p = dualgig.map.latLngToContainerPoint([lat, lng]);
            return [box.left + p.x, box.top + p.y];
        }""",
        [longitude, latitude],
    )


def legend_counts(page):
    """Places of each status in view: villages, townships; where some are out of view, also of how many."""
    rows = page.locator(".dg-status tr[data-status]").all()
    return {
        int(row.get_attribute("data-status")): [int(cell) for cell in row.locator("td").all_inner_texts()]
        for row in rows
    }


def test_it_opens_without_a_request_or_a_word(page):
    assert page.heard == {"console": [], "errors": [], "dialogs": [], "requests": [page.address]}
    assert page.evaluate("performance.getEntriesByType('resource').length") == 0


def test_every_village_is_there(page):
    plan = page.plan

    assert page.evaluate("dualgig.table.villages.id") == list(plan.villages.index)
    assert page.evaluate("dualgig.table.villages.name") == list(plan.villages["name"])
    assert sum(row[0] for row in legend_counts(page).values()) == len(plan.villages)
    assert sum(row[1] for row in legend_counts(page).values()) == len(plan.townships)


@pytest.mark.parametrize("time", ["before", "after"])
@pytest.mark.parametrize("service", ["5g", "gigabit", "both"])
def test_the_legend_counts_what_the_plan_holds(page, service, time):
    page.locator(f"button[data-service='{service}']").click()
    page.locator(f"button[data-time='{time}']").click()

    services = ("5g", "gigabit") if service == "both" else (service,)
    for column, table in enumerate((page.plan.villages, page.plan.townships)):
        wanted = np.bincount(expected_status(table, services, time), minlength=4)
        got = {status: row[column] for status, row in legend_counts(page).items()}
        assert got == {status: int(wanted[status]) for status in got}
        assert set(got) == ({0, 1, 2, 3} if time == "after" else {0, 2, 3})


def test_the_reasons_are_counted_and_pick_out_their_villages(page):
    villages = page.plan.villages
    page.locator("button[data-service='5g']").click()

    counts = villages.loc[~villages["after_5g"], "reason_5g"].value_counts()
    shown = {
        button.get_attribute("data-reason"): int(button.locator(".dg-count").inner_text())
        for button in page.locator(".dg-reasons button").all()
    }
    assert shown == counts.to_dict()

    page.locator("button[data-reason='terrain']").click()
    assert page.locator("button[data-reason='terrain']").get_attribute("aria-pressed") == "true"
    alpha = village_pixels(page)[:, 3]
    picked = (villages["reason_5g"] == "terrain").to_numpy()
    assert alpha[picked].min() > 200
    assert alpha[~picked].max() < 100


def test_sites_and_nodes_are_counted_by_state(page):
    for kind, table in (("sites", page.plan.sites), ("nodes", page.plan.nodes)):
        for state, number in table["state"].value_counts().items():
            row = page.locator(f"label[for='dg-{kind}-{state}'] .dg-count")
            assert row.inner_text() == str(number)
        assert not page.locator(f"#dg-{kind}-unused").is_checked()


def test_before_the_plan_nothing_new_stands(page):
    page.locator("button[data-time='before']").click()

    sites = page.plan.sites["state"]
    assert page.locator("label[for='dg-sites-existing'] .dg-count").inner_text() == str(
        sites.isin(["existing", "upgraded"]).sum()
    )
    assert page.locator("#dg-sites-new").count() == 0
    assert page.locator("[id^='dg-routes-']").count() == 0


def village_pixels(page):
    """The commonest colour of the villages' canvas around each village's mark, shape (rows, 4)."""
    return np.array(
        page.evaluate("""() => {
            const { x, y } = dualgig.table.villages.points, layer = dualgig.stacks.after[0];
            const ratio = window.devicePixelRatio, ctx = layer._ctx, min = layer._bounds.min, R = 6;
            return Array.from(x, (_, row) => {
                const p = dualgig.map.latLngToLayerPoint(dualgig.latLng(x[row], y[row])).subtract(min);
                const data = ctx.getImageData((p.x - R) * ratio, (p.y - R) * ratio, 2 * R, 2 * R).data, seen = {};
                for (let i = 0; i < data.length; i += 4) {
                    const key = data.slice(i, i + 4).join();
                    seen[key] = (seen[key] || 0) + 1;
                }
                return Object.entries(seen).sort((a, b) => b[1] - a[1])[0][0].split(",").map(Number);
            });
        }""")
    )


def test_villages_are_painted_by_their_status(page):
    page.evaluate("dualgig.map.setZoom(dualgig.map.getZoom() + 0.5, { animate: false })")

    pixels = village_pixels(page)

    distance = np.linalg.norm(pixels[:, None, :3] - np.array(COLOURS)[None], axis=2)
    assert (pixels[:, 3] > 200).all()
    np.testing.assert_array_equal(
        distance.argmin(axis=1), expected_status(page.plan.villages, ("5g", "gigabit"), "after")
    )
    assert distance.min(axis=1).max() < 40


@pytest.mark.parametrize("row", range(8))
def test_a_nasty_name_is_shown_as_text(page, row):
    village, name = page.plan.villages.index[row], page.plan.villages["name"].iloc[row]
    page.locator(".dg-search input").fill(village)
    found = page.locator(".dg-search li")
    assert found.count() == 1
    assert found.locator(".dg-name").inner_text() == name

    found.click()

    popup = page.locator(".leaflet-popup-content")
    assert popup.locator("h3").inner_text() == name
    assert popup.locator("script, img, iframe").count() == 0
    assert page.heard["dialogs"] == []


def test_search_finds_names_ids_and_nothing(page):
    field, found = page.locator(".dg-search input"), page.locator(".dg-search li")

    field.fill(page.plan.sites["name"].iloc[3].upper())
    assert found.first.locator(".dg-name").inner_text() == page.plan.sites["name"].iloc[3]
    field.fill("no such place")
    assert found.count() == 0
    assert page.locator(".dg-search .dg-none").inner_text() == "Nothing found"
    field.fill("s000")
    assert found.count() == 8
    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("Enter")
    assert page.locator(".leaflet-popup-content code").inner_text() == "S0001"
    assert found.count() == 0


def test_the_popup_of_a_gap_says_why_and_what_it_costs(page):
    villages = page.plan.villages
    gap = villages[~villages["after_5g"] & (villages["reason_5g"] == "terrain")].iloc[0]
    page.evaluate("row => dualgig.open('villages', row)", villages.index.get_loc(gap.name))

    text = page.locator(".leaflet-popup-content").inner_text()

    assert "Terrain blocks the path" in text
    assert "higher ground" in text
    assert re.search(r"Serving it: CNY \d+k beyond the plan", text)
    assert "−111.3 dBm" in text
    assert "−6.3 dB" in text
    assert "Predicted, not measured" in text


def test_a_chinese_map_speaks_chinese(open_map, make_plan, tmp_path):
    page = open_map(tmp_path, make_plan("zh", nasty=False))
    page.wait_for_selector("html[data-ready]")
    page.evaluate("dualgig.open('villages', 4)")

    popup = page.locator(".leaflet-popup-content").inner_text()
    legend = page.locator("#dg-legend").inner_text()

    assert "地形遮挡" in popup
    assert re.search(r"补覆盖需追加 [\d.]+万元", popup)
    assert "预测结果，非实测" in popup
    assert "未覆盖（必保目标）" in legend
    assert not re.search(r"[A-Za-z]{3,}", re.sub(r"SS-RSRP|dBm", "", legend))
    assert page.heard["errors"] == page.heard["console"] == []
    page.context.close()


def test_the_ledger_is_named_where_it_says_what_was_before(page):
    page.evaluate("dualgig.open('villages', 0)")

    assert page.locator(".leaflet-popup-content .dg-source").count() == 1
    page.evaluate("dualgig.open('villages', 1)")
    assert page.locator(".leaflet-popup-content .dg-source").count() == 0


def test_a_popup_leads_to_server_and_township(page):
    village = page.plan.villages.iloc[0]
    page.evaluate("dualgig.open('villages', 0)")

    page.locator(".dg-link", has_text=page.plan.sites.loc[village["server"], "name"]).first.click()
    assert page.locator(".leaflet-popup-content code").inner_text() == village["server"]

    page.evaluate("dualgig.open('villages', 0)")
    page.locator(".dg-link", has_text=page.plan.townships.loc[village["township"], "name"]).click()
    assert page.locator(".leaflet-popup-content code").inner_text() == village["township"]


def test_a_click_opens_the_village_that_lies_there(page):
    page.locator("button[data-service='5g']").click()
    for state in ("existing", "upgraded", "new"):
        page.locator(f"#dg-sites-{state}").click()
    villages = page.plan.villages
    inside = villages.geometry.representative_point()

    for row in range(0, len(villages), 5):
        page.evaluate("dualgig.map.fitBounds(dualgig.options.bounds, { animate: false })")
        page.mouse.click(*at(page, inside.iloc[row].x, inside.iloc[row].y))
        assert page.locator(".leaflet-popup-content code").inner_text(timeout=5000) == villages.index[row]
        page.locator(".dg-popup .dg-close").click()


def test_a_site_and_a_route_answer_the_pointer(page):
    plan = page.plan
    site = plan.sites[plan.sites["state"] == "new"].iloc[0]
    page.evaluate(
        "([lng, lat]) => dualgig.map.setView([lat, lng], 14, { animate: false })",
        [site.geometry.x, site.geometry.y],
    )

    page.mouse.move(*at(page, site.geometry.x, site.geometry.y))
    assert site["name"] in page.locator(".dg-tip").inner_text()

    route = plan.routes.iloc[0]
    spot = route.geometry.interpolate(0.31, normalized=True)
    page.evaluate("([lng, lat]) => dualgig.map.setView([lat, lng], 16, { animate: false })", [spot.x, spot.y])
    page.mouse.click(*at(page, spot.x, spot.y))
    assert page.locator(".leaflet-popup-content h3").inner_text() == (
        f"{plan.nodes.loc[route['node'], 'name']} → {plan.villages.loc[route['village'], 'name']}"
    )


def test_layers_are_switched_on_and_off(page):
    def drawn(number):
        return page.evaluate(
            """number => {
                const { _ctx, _container: canvas } = dualgig.stacks.after[number];
                const data = _ctx.getImageData(0, 0, canvas.width, canvas.height).data;
                let n = 0;
                for (let i = 0; i < data.length; i += 4) n += data[i] + 7 * data[i + 1] + 31 * data[i + 2] + 101 * data[i + 3];
                return n;
            }""",
            number,
        )

    canvas = {"villages": 0, "roads": 1, "exclusions": 1, "townships": 1, "groups": 1, "labels": 2}
    for name, number in canvas.items():
        with_it = drawn(number)
        page.locator(f"#dg-layer-{name}").click()
        assert drawn(number) != with_it, name
        page.locator(f"#dg-layer-{name}").click()
        assert drawn(number) == with_it, name
    for toggle in ("#dg-sites-unused", "#dg-sites-new", "#dg-nodes-existing", "#dg-routes-aerial"):
        with_it = drawn(1)
        page.locator(toggle).click()
        assert drawn(1) != with_it, toggle
    assert page.locator("img.leaflet-image-layer").count() == 1
    page.locator("#dg-layer-relief").click()
    assert page.locator("img.leaflet-image-layer").count() == 0


def test_fragile_villages_are_counted_marked_and_switched_off(page):
    fragile = page.plan.villages["fragile"].to_numpy()
    row = page.locator("label[for='dg-layer-fragile']")
    assert row.locator(".dg-count").inner_text() == str(fragile.sum())
    marks = "() => { const c = dualgig.stacks.after[1]._container; return c.toDataURL(); }"
    marked = page.evaluate(marks)
    page.locator("#dg-layer-fragile").click()
    assert page.evaluate(marks) != marked
    page.locator("#dg-layer-fragile").click()
    assert page.evaluate(marks) == marked
    for button in ("button[data-service='gigabit']", "button[data-time='before']"):
        page.locator(button).click()
        assert page.locator("#dg-layer-fragile").count() == 0
        page.evaluate("dualgig.change({ service: 'both', time: 'after' })")
    # the popup says so, and only there
    for place in (int(np.flatnonzero(fragile)[0]), int(np.flatnonzero(~fragile)[0])):
        page.evaluate(f"dualgig.open('villages', {place})")
        told = page.locator(".leaflet-popup-content").inner_text()
        assert ("second model (ITM)" in told) == fragile[place]


def test_the_service_decides_which_assets_are_drawn(page):
    page.locator("button[data-service='gigabit']").click()
    assert page.locator("#dg-sites-new").count() == 0
    assert page.locator("#dg-nodes-new").count() == 1
    page.locator("button[data-service='5g']").click()
    assert page.locator("#dg-sites-new").count() == 1
    assert page.locator("[id^='dg-nodes-'], [id^='dg-routes-']").count() == 0


def test_the_scale_bar_is_metric(page):
    assert re.fullmatch(r"\d+ k?m", page.locator(".leaflet-control-scale-line").inner_text())


def test_a_map_of_points_marks_every_village(open_map, make_plan, tmp_path):
    plan = make_plan("en", points=True)
    page = open_map(tmp_path, plan)
    page.wait_for_selector("html[data-ready]")

    hits = page.evaluate("""() => {
        const { x, y } = dualgig.table.villages.points;
        dualgig.change({ service: 'gigabit' });
        dualgig.shown.nodes = {};
        return Array.from(x, (_, row) => dualgig.at(dualgig.latLng(x[row], y[row]), 1));
    }""")

    assert hits == [{"kind": "villages", "row": row} for row in range(len(plan.villages))]
    assert page.heard["errors"] == page.heard["console"] == []
    page.context.close()


def test_crowded_layers_wait_for_their_zoom(open_map, make_plan, tmp_path, monkeypatch):
    monkeypatch.setattr("dualgig.render.map.CROWDED", 5)
    page = open_map(tmp_path, make_plan("en"))
    page.wait_for_selector("html[data-ready]")
    kinds = "z => { dualgig.map.setZoom(z, { animate: false }); const { x, y } = dualgig.table.sites.points; return dualgig.at(dualgig.latLng(x[0], y[0]), 2).kind; }"

    assert page.evaluate(kinds, 8) == "townships"
    assert not page.evaluate("dualgig.villagesDrawn()")
    assert page.evaluate(kinds, 10) == "villages"
    assert page.evaluate("dualgig.villagesDrawn()")
    assert page.evaluate(kinds, 11) == "sites"
    page.context.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_phone_shows_the_map_and_draws_up_the_rest(open_map, make_plan, tmp_path, language):
    plan = make_plan(language)
    page = open_map(tmp_path, plan, width=390, height=844, has_touch=True, is_mobile=True)
    page.wait_for_selector("html[data-ready]")

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".folium-map").bounding_box()["height"] > 500
    assert not page.locator("#dg-body").is_visible()
    page.locator("#dg-handle").tap()
    assert page.locator("#dg-body").is_visible()
    assert page.locator(".dg-scores li:visible").count() == len(plan.scoreboard)

    # A popup keeps clear of the switches above it.
    page.evaluate("dualgig.open('villages', 3)")
    page.wait_for_timeout(400)
    assert not page.locator("#dg-body").is_visible()
    popup, bar = page.locator(".leaflet-popup").bounding_box(), page.locator(".dg-bar-top").bounding_box()
    assert popup["y"] >= bar["y"] + bar["height"]
    assert popup["x"] >= 0
    assert popup["x"] + popup["width"] <= 390
    assert page.heard["errors"] == page.heard["console"] == []
    page.context.close()


def test_panel_map_and_footer_do_not_overlap(page):
    panel, drawn, foot = (
        page.locator(name).bounding_box() for name in (".dg-panel", ".folium-map", ".dg-foot")
    )

    assert panel["x"] + panel["width"] <= drawn["x"]
    assert drawn["y"] + drawn["height"] <= foot["y"]
    assert foot["y"] + foot["height"] <= 900
    assert drawn["width"] > 1000


def test_a_browser_that_cannot_unpack_is_told_so(open_map, make_plan, tmp_path):
    page = open_map(tmp_path, make_plan("zh"), script="delete window.DecompressionStream;")

    assert "浏览器版本过低" in page.locator("p.dg-noscript").inner_text()
    assert page.heard["errors"] == []
    page.context.close()
