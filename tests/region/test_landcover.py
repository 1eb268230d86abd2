"""Land cover on the terrain's cells, and the clutter heights that follow from it."""

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from dualgig.errors import InputError, ProjectError
from dualgig.region.load import check, load_region

# Land cover in the region's own CRS, 30 m cells, 18 x 14 km around the two townships.
WEST, NORTH, CELL, ROWS, COLUMNS = 697_000, 3_066_000, 30, 467, 600


def write_cover(project, codes, **changes):
    profile = {
        "driver": "GTiff",
        "dtype": codes.dtype,
        "count": 1,
        "height": codes.shape[0],
        "width": codes.shape[1],
        "crs": "EPSG:32650",
        "transform": from_origin(WEST, NORTH, CELL, CELL),
        "nodata": 0,
    }
    with rasterio.open(project.path.parent / "cover.tif", "w", **(profile | changes)) as raster:
        raster.write(codes, 1)


def covered(tiny_project, codes, raster=None, terrain=None, **clutter):
    """The tiny project with a land-cover raster."""
    section = {"path": "cover.tif", "legend": "worldcover", **clutter}
    changes = {"terrain": {"path": "terrain.tif", **(terrain or {})}, "clutter": section}
    project = tiny_project(inputs=changes)
    write_cover(project, codes, **(raster or {}))
    return project


def halves(west, east, dtype=np.uint8):
    """One class west of the middle of the region (706 km east), another east of it."""
    codes = np.full((ROWS, COLUMNS), west, dtype)
    codes[:, 300:] = east
    return codes


def told(project):
    return [(p.severity, p.file, p.column, str(p)) for p in check(project) if "cover" in str(p)]


# Published classes: ESA WorldCover product user manual v2.0, table 2; GlobeLand30 product description.
WORLDCOVER = {10: 15, 20: 0, 30: 0, 40: 0, 50: 10, 60: 0, 70: 0, 80: 0, 90: 0, 95: 15, 100: 0}
GLOBELAND30 = {10: 0, 20: 15, 30: 0, 40: 0, 50: 0, 60: 0, 70: 0, 80: 10, 90: 0, 100: 0, 255: 0}


@pytest.mark.parametrize(("legend", "heights"), [("worldcover", WORLDCOVER), ("globeland30", GLOBELAND30)])
def test_known_legends_give_the_default_heights_of_p1812(tiny_project, legend, heights):
    # given stripes of every class, 1.65 km wide
    codes = np.repeat(np.array(list(heights), np.uint8), 55)[None, :COLUMNS]
    codes = np.pad(codes, ((0, 0), (0, COLUMNS - codes.shape[1])), mode="edge").repeat(ROWS, axis=0)
    terrain = load_region(covered(tiny_project, codes, legend=legend)).terrain
    # when each stripe's middle is looked up
    x = WEST + CELL * (55 * np.arange(11) + 27.0)
    inside = (x > terrain.west_m) & (x < terrain.west_m + 1000 * 15)
    column = np.round((x - terrain.west_m) / terrain.cell_m).astype(int)[inside]
    # then
    found = terrain.clutter.height_m[terrain.height_m.shape[0] // 2, column]
    assert found.tolist() == np.array(list(heights.values()), float)[inside].tolist()
    assert inside.sum() >= 8
    assert terrain.clutter.height_m.dtype == np.float32
    assert not terrain.surface


def test_classes_go_by_name(tiny_project):
    terrain = load_region(covered(tiny_project, halves(10, 50))).terrain
    names = terrain.clutter_at(np.array([702_000.0, 709_000.0, 1e6]), np.array([3_058_000.0] * 3))
    assert names.tolist() == ["tree_cover", "built_up", ""]


def test_a_cell_takes_what_most_of_it_is(tiny_project):
    # given one pixel in three of forest, the rest fields, then two in three
    for share, height in ((1, 0.0), (2, 15.0)):
        codes = np.full((ROWS, COLUMNS), 40, np.uint8)
        for first in range(share):
            codes[:, first::3] = 10
        clutter = load_region(covered(tiny_project, codes, legend="worldcover")).terrain.clutter
        assert (clutter.height_m == height).mean() > 0.9


def test_a_legend_of_ones_own(tiny_project):
    legend = {"1": {"name": "bamboo", "height_m": 9.5}, "2": {"name": "paddy", "height_m": 0}}
    # given a raster that declares no nodata and counts in 16 bits
    project = covered(tiny_project, halves(1, 2, np.uint16), raster={"nodata": None}, legend=legend)
    terrain = load_region(project).terrain
    assert set(np.unique(terrain.clutter.height_m)) == {0.0, 9.5}
    assert terrain.clutter_at(np.array([702_000.0]), np.array([3_058_000.0]))[0] == "bamboo"


def test_heights_of_ones_own_for_a_known_legend(tiny_project):
    project = covered(tiny_project, halves(10, 50), heights_m={"tree_cover": 8})
    assert set(np.unique(load_region(project).terrain.clutter.height_m)) == {8.0, 10.0}


def test_an_unknown_class_is_told(tiny_project):
    project = covered(tiny_project, halves(10, 7))
    with pytest.raises(InputError, match="class 7, which worldcover does not have"):
        load_region(project)


def test_ground_without_land_cover_is_told_and_counts_as_bare(tiny_project):
    codes = halves(10, 0)
    region = load_region(covered(tiny_project, codes))
    assert "have no land cover" in "".join(map(str, region.warnings))
    east = region.terrain.clutter_at(np.array([709_000.0]), np.array([3_058_000.0]))
    assert east[0] == ""
    assert set(np.unique(region.terrain.clutter.height_m)) == {0.0, 15.0}


@pytest.mark.parametrize(
    ("raster", "clutter", "words"),
    [
        ({"transform": from_origin(100_000, 3_066_000, 30, 30)}, {}, "does not lie over the terrain"),
        ({"crs": None}, {}, "CRS of the raster is unknown"),
        ({"dtype": "float32"}, {}, "whole numbers"),
        ({}, {"path": "covr.tif"}, "cover.tif"),
        ({}, {"heights_m": {"tree_cove": 3}}, "Did you mean 'tree_cover'"),
    ],
)
def test_what_is_wrong_is_told(tiny_project, raster, clutter, words):
    codes = halves(10, 50, np.float32 if raster.get("dtype") == "float32" else np.uint8)
    project = covered(tiny_project, codes, raster=raster, **clutter)
    errors = [text for severity, *_, text in told(project) if severity == "error"]
    assert len(errors) == 1
    assert words in errors[0]


@pytest.mark.parametrize(
    ("clutter", "words"),
    [
        ({"legend": "corine"}, "inputs.clutter.legend"),
        ({"legend": {}}, "table of classes"),
        ({"legend": {"x": {"name": "a", "height_m": 1}}}, "'x' is not a class"),
        ({"legend": {"1": {"name": "a", "heigth_m": 1}}}, "did you mean 'height_m'"),
        ({"legend": {"1": {"name": "a", "height_m": 1}}, "heights_m": {"a": 2}}, "into the classes"),
    ],
)
def test_a_wrong_legend_is_told(tiny_project, clutter, words):
    with pytest.raises(ProjectError, match=words):
        covered(tiny_project, halves(10, 50), **clutter)


def test_a_surface_model_with_land_cover_parts_into_ground_and_clutter(tiny_project):
    # given the same relief once as ground, once as a surface that carries the trees
    codes = halves(10, 40)
    bare = load_region(covered(tiny_project, codes)).terrain
    project = covered(tiny_project, codes, terrain={"surface": True})
    surface = load_region(project).terrain
    # then what the file holds is counted once
    top = surface.height_m + surface.clutter.height_m
    np.testing.assert_allclose(top, bare.height_m, atol=1e-3)
    trees = (surface.clutter.height_m == 15) & np.isfinite(top)
    assert 0.3 < trees.mean() < 0.7
    np.testing.assert_allclose((bare.height_m - surface.height_m)[trees], 15, atol=1e-3)
    assert not surface.surface


def test_a_surface_model_alone_is_remembered_as_one(tiny_project):
    plain = load_region(tiny_project()).terrain
    project = tiny_project(inputs={"terrain": {"path": "terrain.tif", "surface": True}})
    terrain = load_region(project).terrain
    assert terrain.surface
    assert not plain.surface
    assert terrain.clutter is plain.clutter is None
    np.testing.assert_array_equal(terrain.height_m, plain.height_m)


def test_offsets_for_classes_that_occur_nowhere_are_told(tiny_project):
    calibration = {
        "fitted_on": "a test",
        "offsets_db": {"n28": -2.0},
        "clutter_offsets_db": {"n28": {"bamboo": -5.0}},
    }
    project = tiny_project(radio={"calibration": calibration})
    warnings = load_region(project).warnings
    assert any("the class bamboo" in str(warning) for warning in warnings)
