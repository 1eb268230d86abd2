"""A figure that needs no network."""

from __future__ import annotations

import re

import folium
import pytest
from branca.element import Element, JavascriptLink, MacroElement
from folium.template import Template

from dualgig.errors import OutputError
from dualgig.render import offline
from dualgig.render.offline import OfflineFigure, literal, packaged

LEAFLET = dict(folium.Map.default_js)["leaflet"]
LEAFLET_CSS = dict(folium.Map.default_css)["leaflet_css"]


@pytest.fixture(autouse=True)
def _fresh_cache():
    yield
    packaged.cache_clear()


class Words(MacroElement):
    _template = Template("{% macro html(this, kwargs) %}{{ this.markup }}{% endmacro %}")

    def __init__(self, markup):
        super().__init__()
        self.markup = markup


def test_leaflet_comes_from_the_package_that_folium_is_written_for():
    script = packaged(LEAFLET)

    assert "Leaflet 1.9.3" in script[:100]
    assert "sourceMappingURL" not in script
    assert "</script" not in script.lower()


def test_pictures_of_the_style_sheet_are_data_uris():
    css = packaged(LEAFLET_CSS)

    urls = re.findall(r"url\(([^)]*)\)", css)
    assert len(urls) == 4
    assert all(url.strip("\"'").startswith(("data:image/png;base64,", "#default")) for url in urls)


@pytest.mark.parametrize(
    "address",
    [
        "https://code.jquery.com/jquery-3.7.1.min.js",
        LEAFLET.replace("leaflet.js", "leaflet-src.js"),
        "dualgig:nothing.js",
        "dualgig:../map.py/../../errors.pyc",
    ],
)
def test_an_address_that_is_not_packaged_raises(address):
    with pytest.raises(OutputError, match="not packaged"):
        packaged(address)


def test_another_version_of_leaflet_raises(monkeypatch):
    monkeypatch.setattr(offline, "LEAFLET_VERSION", "1.9.4")

    packaged.cache_clear()
    with pytest.raises(OutputError, match="another Leaflet"):
        packaged(LEAFLET)


def test_an_asset_cannot_end_its_own_element(monkeypatch, tmp_path):
    script, css = tmp_path / "a.js", tmp_path / "a.css"
    script.write_text('const x = "</SCRIPT><b>";', encoding="utf-8")
    css.write_text('a::after { content: "</style>"; }', encoding="utf-8")
    monkeypatch.setattr(offline, "_path", lambda address: tmp_path / address)

    assert packaged("a.js") == 'const x = "<\\/SCRIPT><b>";'
    assert "</style" not in packaged("a.css")


def test_a_style_sheet_with_a_strange_picture_raises(monkeypatch, tmp_path):
    (tmp_path / "a.css").write_text("a { background: url(https://example.org/a.png); }", encoding="utf-8")
    monkeypatch.setattr(offline, "_path", lambda address: tmp_path / address)

    with pytest.raises(OutputError, match=r"example\.org"):
        packaged("a.css")


def test_a_plain_folium_map_raises_because_it_links_jquery():
    figure = OfflineFigure("title", "en")
    figure.add_child(folium.Map(tiles=None))

    with pytest.raises(OutputError, match="jquery"):
        figure.render()


def test_a_link_in_the_header_is_embedded():
    figure = OfflineFigure("title", "en")
    figure.header.add_child(JavascriptLink(LEAFLET), name="leaflet")

    page = figure.render()

    assert "Leaflet 1.9.3" in page
    assert "b'" not in page.split("Leaflet 1.9.3")[0][-20:]  # not the repr of bytes that Branca would write
    assert LEAFLET not in page


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="https://example.org/a.png">',
        "<script src=a.js></script>",
        "<link rel='stylesheet' href = '//example.org/a.css'>",
    ],
)
def test_a_page_that_would_load_something_raises(markup):
    figure = OfflineFigure("title", "en")
    figure.html.add_child(Element(markup))

    with pytest.raises(OutputError, match="from outside itself"):
        figure.render()


def test_equal_figures_are_equal_bytes():
    def page():
        figure = OfflineFigure("title", "zh")
        figure.add_child(Words("<p>one</p>"))
        figure.add_child(Words("<p>two</p>"))
        return figure.render()

    assert page() == page()
    assert '<html lang="zh-CN">' in page()


def test_text_survives_html_and_jinja():
    text = "<script>alert(1)</script> {{ 7*7 }} {% raw %} {# & \"'"

    figure = OfflineFigure(text, "en")
    figure.add_child(Words(f"<p>{literal(text)}</p>"))
    page = figure.render()

    assert "<script>alert" not in page
    assert "49" not in page
    assert page.count("&#123;&#123; 7*7 &#125;&#125; &#123;% raw %&#125; &#123;#") == 2
