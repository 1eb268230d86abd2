"""The profile drawing: what it says, where things stand in it, and that it is sound XML."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

import dualgig as dg
from dualgig.errors import OutputError
from dualgig.pair import link
from dualgig.radio.obstacle import bulge_m
from dualgig.render.profile_svg import profile_name, profile_svg, write_profile
from dualgig.render.svg import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def region(tiny_project):
    return dg.load_region(tiny_project())


def drawn(found, language="en", band=None):
    """The parsed drawing, and its points by class."""
    root = ET.fromstring(profile_svg(found, language, band))  # noqa: S314 - our own
    shapes = {}
    for element in root.iter():
        if "points" in element.attrib:
            points = np.array([pair.split(",") for pair in element.attrib["points"].split()], float)
            shapes[element.attrib["class"]] = points
    return root, shapes, [text.text for text in root.iter(f"{SVG}text")]


def axis_m(root):
    """Height of each labelled grid line by its place: pixels to metres, a straight line."""
    labels = [
        (float(text.attrib["y"]) - 4, float(text.text.replace(",", "")))
        for text in root.iter(f"{SVG}text")
        if text.attrib["class"] == "axis" and text.attrib["text-anchor"] == "end" and text.text[0].isdigit()
    ]
    pixels, metres = np.array(labels).T
    return np.polyfit(pixels, metres, 1)


def test_ground_antennas_and_sight_stand_at_their_heights(region):
    # given a blocked path
    found = link(region, "S1", "下洋村")
    root, shapes, _ = drawn(found)
    slope, offset = axis_m(root)
    profile = found.profile
    count = len(profile.distance_km)
    # when heights are read off the axis
    ground = shapes["ground"][:count]
    x = LEFT + profile.distance_km / found.distance_km * (WIDTH - LEFT - RIGHT)
    lifted = profile.ground_m + bulge_m(profile.distance_km, profile.ae_km)
    # then they are the profile's over the effective earth, to a tenth of a pixel
    tolerance = abs(slope) * 0.11
    assert ground[:, 0] == pytest.approx(x, abs=0.06)
    assert slope * ground[:, 1] + offset == pytest.approx(lifted, abs=tolerance)
    sight = slope * shapes["sight"][:, 1] + offset
    assert sight == pytest.approx([profile.hts_m, profile.hrs_m], abs=tolerance)
    # and everything is inside the plot
    for points in shapes.values():
        assert points[:, 0].min() >= LEFT - 0.1
        assert points[:, 0].max() <= WIDTH - RIGHT + 0.1
        assert points[:, 1].min() >= TOP
        assert points[:, 1].max() <= HEIGHT - BOTTOM + 0.1


def test_the_zone_is_the_bands(region):
    found = link(region, "S1", "下洋村")
    widths = {}
    for band in found.bands:
        root, shapes, texts = drawn(found, band=band)
        slope, _ = axis_m(root)
        zone = shapes["zone"]
        middle = len(zone) // 4
        widths[band.band] = abs(slope) * (zone[-1 - middle, 1] - zone[middle, 1])
        wavelength_m = 0.2998 / band.frequency_ghz
        expected = 2 * 0.6 * np.sqrt(wavelength_m * found.distance_km * 1000 / 4)
        assert widths[band.band] == pytest.approx(expected, abs=abs(slope) * 0.25)
        assert any(f"Fresnel zone, {band.band}" in text for text in texts)
    assert widths["n28"] > widths["n41"] > widths["n78"]


def test_a_blocked_path_names_its_obstacle_and_draws_the_string(region):
    found = link(region, "S1", "下洋村")
    obstacle = found.bands[0].obstacle
    assert obstacle.above_line_m > 0
    _, shapes, texts = drawn(found)
    assert f"{obstacle.height_m:,.0f} m at {obstacle.distance_km:.2f} km" in texts
    assert f"{obstacle.above_line_m:.0f} m above the line of sight" in texts
    assert len(shapes["string"]) == len(found.ridges) + 2
    assert "Stretched string" in texts
    # the string touches, and never cuts, the ground
    ground = shapes["ground"][: len(found.profile.distance_km)]
    string = np.interp(ground[1:-1, 0], *shapes["string"].T)
    assert (string <= ground[1:-1, 1] + 0.15).all()


def test_a_clear_path_has_no_string_and_tells_the_room_that_is_left(region):
    found = link(region, "S2", "岭头村")
    assert found.bands[0].obstacle.is_clear
    _, shapes, texts = drawn(found)
    assert "string" not in shapes
    assert any(re.fullmatch(r"[\d.]+ m below the line of sight, [\d.]+ F1", text) for text in texts)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_figures_and_words(region, language):
    found = link(region, "S1", "下洋村")
    root, _, texts = drawn(found, language)
    band = found.bands[0]
    title = root.find(f"{SVG}title").text
    assert title == texts[0]
    assert "S1 城中机房" in title
    assert "下洋村" in title
    figures = texts[1].replace("\N{MINUS SIGN}", "-")
    for figure in (
        f"{-band.downlink['free_space_db']:.1f} dB",
        f"{-band.downlink['diffraction_db']:.1f} dB",
        f"{band.rsrp_dbm:.1f} dBm",
        f"{band.margin_db:.1f} dB",
    ):
        assert figure in figures
    assert root.attrib["lang"] == language
    assert ("predicted, not measured" if language == "en" else "预测结果，非实测") in texts[-1]
    assert all("{" not in text for text in texts)


def test_names_are_text_never_markup(region):
    found = link(region, "S1", "下洋村")
    hostile = replace(
        found, site_name='<script>alert(1)</script>\x07"&', place=replace(found.place, name="<b>")
    )
    root, _, texts = drawn(hostile)
    assert "<script>alert(1)</script>" in texts[0]
    assert root.find(f".//{SVG}script") is None


def test_the_same_link_gives_the_same_bytes(region):
    first, second = (profile_svg(link(region, "S1", "下洋村"), "zh") for _ in range(2))
    assert first == second


def test_an_existing_profile_is_replaced_and_nothing_else(region, tmp_path):
    found = link(region, "S1", "下洋村")
    path = tmp_path / "new" / "profile.svg"
    write_profile(found, path, "en")
    write_profile(found, path, "zh")
    assert ET.parse(path).getroot().attrib["lang"] == "zh"  # noqa: S314 - our own
    assert [file.name for file in path.parent.iterdir()] == ["profile.svg"]
    other = tmp_path / "project.toml"
    other.write_text("[project]", encoding="utf-8")
    with pytest.raises(OutputError, match="something else than a profile"):
        write_profile(found, other, "en")
    assert other.read_text(encoding="utf-8") == "[project]"
    with pytest.raises(OutputError, match="cannot be written"):
        write_profile(found, other / "x.svg", "en")


def test_names_of_files_are_plain(region):
    found = link(region, "S1", "119.05,27.62")
    assert profile_name(found, None) == "S1-119.05000_27.62000.svg"
    odd = replace(found, site="../a b/c")
    assert profile_name(odd, "n28") == ".._a_b_c-119.05000_27.62000-n28.svg"
