"""The report in a real browser, without a network: no error, no request, no overflow, A4 on paper."""

from __future__ import annotations

import re

import pytest

from dualgig.render.report import report_html


@pytest.fixture(scope="module", params=["en", "zh"])
def page(request, chromium, make_plan, tmp_path_factory):
    """The opened report; its `heard` are console messages, errors and requests."""
    plan = make_plan(request.param, villages=40, townships=5)
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(report_html(plan, date="2025-03-01", plan_hash="0123456789ab"), encoding="utf-8")
    context = chromium.new_context(offline=True, viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.heard = {"console": [], "errors": [], "requests": []}
    page.on("console", lambda message: page.heard["console"].append(message.text))
    page.on("pageerror", lambda error: page.heard["errors"].append(str(error)))
    page.on("request", lambda request: page.heard["requests"].append(request.url))
    page.goto(file.as_uri())
    page.plan, page.address = plan, file.as_uri()
    yield page
    context.close()


def test_it_opens_without_a_word_or_a_request(page):
    assert page.heard["console"] == []
    assert page.heard["errors"] == []
    assert page.heard["requests"] == [page.address]


def test_a_village_named_like_a_script_is_shown(page):
    assert page.get_by_text("<script>alert(1)</script>", exact=True).count() > 0
    assert page.locator("script").count() == 0


def test_the_tables_hold_the_plan(page):
    plan = page.plan
    rows = page.locator("#scoreboard tbody tr").all_inner_texts()
    assert len(rows) == len(plan.scoreboard)
    built = plan.sites["state"].isin(["new", "upgraded"])
    ids = page.locator("#built table").first.locator("td.id").all_inner_texts()
    assert sorted(ids) == sorted(plan.sites.index[built])
    gaps = page.locator("#unmet table.tight tbody tr").count()
    assert gaps == len(plan.gaps)


@pytest.mark.parametrize("width", [390, 768, 1200, 1920])
def test_nothing_overflows_the_window(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_it_prints_to_a4(page):
    pdf = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert len(boxes) >= 3
    # A4 is 595.3 x 841.9 points
    assert {(round(float(w)), round(float(h))) for w, h in boxes} <= {(595, 842), (596, 842), (595, 841)}


def test_nothing_is_cut_on_paper(page):
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 900})  # 180 mm, the width between the margins
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.emulate_media(media="screen")
