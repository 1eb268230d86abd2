"""Each way in which inputs are wrong gives one problem that names file, row, column and mend."""

import json

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from dualgig.errors import InputError, ProjectError
from dualgig.region.load import check, load_region


def edit(project, name, old, new, *, count=1):
    """Replace text in a file of the region; the text must be there."""
    path = project.path.parent / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def move(project, name, row_id, lon, lat):
    """Put a row of a CSV file, whose last columns are lon and lat, elsewhere."""
    path = project.path.parent / name
    lines = path.read_text(encoding="utf-8").splitlines()
    which = next(number for number, line in enumerate(lines) if line.startswith(f"{row_id},"))
    lines[which] = ",".join([*lines[which].split(",")[:-2], str(lon), str(lat)])
    path.write_text("\n".join(lines), encoding="utf-8")


def edit_features(project, name, change):
    """Apply a function to the list of features of a GeoJSON file."""
    path = project.path.parent / name
    data = json.loads(path.read_text(encoding="utf-8"))
    data["features"] = change(data["features"]) or data["features"]
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def the_only(problems, severity="error"):
    """The one problem there is, of the severity expected; an error also stops `load_region`."""
    assert [problem.severity for problem in problems] == [severity], "\n".join(map(str, problems))
    return problems[0]


def assert_problem(problem, *, file, row, column, says, mend):
    assert (problem.file, problem.row, problem.column) == (file, row, column)
    assert says in problem.problem
    assert mend in problem.mend


def test_a_sound_region_has_no_problem(tiny_project):
    assert check(tiny_project()) == []


def test_missing_file(tiny_project):
    project = tiny_project(inputs={"sites": {"path": "sitse.csv"}})
    assert_problem(
        the_only(check(project)),
        file="sitse.csv",
        row=None,
        column="",
        says="no such file",
        mend="there is sites.csv",
    )


def test_missing_terrain(tiny_project):
    project = tiny_project(inputs={"terrain": {"path": "dem.tif"}})
    assert_problem(
        the_only(check(project)),
        file="dem.tif",
        row=None,
        column="",
        says="no such file",
        mend="inputs.terrain.path",
    )


def test_errors_stop_load_region_and_carry_every_problem(tiny_project):
    project = tiny_project()
    edit(project, "sites.csv", "S4,深坑新站,new", "S4,深坑新站,planned")
    edit(project, "nodes.csv", "N2,岭头局,office,gpon,free,64", "N2,岭头局,office,gpon,free,-64")
    with pytest.raises(InputError) as caught:
        load_region(project)
    assert [(p.file, p.row, p.column) for p in caught.value.problems] == [
        ("nodes.csv", 3, "ports"),
        ("sites.csv", 5, "structure"),
    ]


def test_shapefile_without_prj_has_an_unknown_crs(tiny_project):
    project = tiny_project(inputs={"townships": {"path": "townships.shp"}})
    folder = project.path.parent
    gpd.read_file(folder / "townships.geojson").to_file(folder / "townships.shp", encoding="UTF-8")
    assert check(project) == []
    (folder / "townships.prj").unlink()
    assert_problem(
        the_only(check(project)),
        file="townships.shp",
        row=None,
        column="",
        says="CRS is unknown",
        mend='Write crs = "EPSG:4326"',
    )


def test_metre_coordinates_without_crs(tiny_project):
    project = tiny_project()
    edit(project, "sites.csv", "lon,lat", "x,y")
    assert_problem(
        the_only(check(project)),
        file="sites.csv",
        row=None,
        column="",
        says="CRS is unknown",
        mend="Write crs =",
    )


def test_a_crs_that_does_not_exist(tiny_project):
    project = tiny_project(inputs={"sites": {"path": "sites.csv", "crs": "EPGS:4326"}})
    assert_problem(
        the_only(check(project)),
        file="sites.csv",
        row=None,
        column="",
        says="'EPGS:4326' is not known",
        mend="EPSG",
    )


def test_a_crs_against_the_file_s_own(tiny_project):
    project = tiny_project(inputs={"townships": {"path": "townships.gpkg", "crs": "EPSG:4549"}})
    folder = project.path.parent
    gpd.read_file(folder / "townships.geojson").to_file(folder / "townships.gpkg")
    assert_problem(
        the_only(check(project)),
        file="townships.gpkg",
        row=None,
        column="",
        says="its CRS is WGS 84, the project file says CGCS2000 / 3-degree Gauss-Kruger CM 120E",
        mend="Take crs out",
    )


def test_terrain_without_crs(tiny_project):
    project = tiny_project()
    path = project.path.parent / "terrain.tif"
    with rasterio.open(path) as source:
        band, profile = source.read(1), source.profile
    del profile["crs"]
    with rasterio.open(path, "w", **profile) as target:
        target.write(band, 1)
    assert_problem(
        the_only(check(project)),
        file="terrain.tif",
        row=None,
        column="",
        says="CRS of the raster is unknown",
        mend="crs =",
    )
    given = tiny_project(project.path.parent.parent / "given", inputs={"terrain": {"crs": "EPSG:4326"}})
    (given.path.parent / "terrain.tif").write_bytes(path.read_bytes())
    assert check(given) == []


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_terrain_that_lies_nowhere(tiny_project):
    project = tiny_project()
    path = project.path.parent / "terrain.tif"
    with rasterio.open(path) as source:
        band, profile = source.read(1), source.profile
    del profile["transform"]
    with rasterio.open(path, "w", **profile) as target:
        target.write(band, 1)
    problem = the_only(check(project))
    assert (problem.file, problem.row) == ("terrain.tif", None)
    assert "does not say where on Earth its cells lie" in problem.problem


def test_missing_column_names_the_close_one_and_the_line_to_write(tiny_project):
    project = tiny_project()
    edit(project, "villages.geojson", '"population"', '"pop2020"', count=99)
    problem = the_only(check(project))
    assert_problem(
        problem,
        file="villages.geojson",
        row=None,
        column="population",
        says="the file has id, name, kind, priority, eligible, pop2020, fibre, node",
        mend='Write columns = { population = "pop2020" } under inputs.villages in project.toml.',
    )
    mended = tiny_project(project.path.parent, inputs={"villages": {"columns": {"population": "pop2020"}}})
    edit(mended, "villages.geojson", '"population"', '"pop2020"', count=99)
    assert check(mended) == []


def test_missing_column_in_chinese(tiny_project):
    project = tiny_project()
    edit(project, "villages.geojson", '"name"', '"村名"', count=99)
    assert_problem(
        the_only(check(project)),
        file="villages.geojson",
        row=None,
        column="name",
        says="there is no column 'name'",
        mend='columns = { name = "村名" }',
    )


def test_a_mapping_to_a_column_that_is_not_there(tiny_project):
    project = tiny_project(inputs={"sites": {"columns": {"mast_m": "hight"}}})
    edit(project, "sites.csv", "mast_m", "height")
    assert_problem(
        the_only(check(project)),
        file="sites.csv",
        row=None,
        column="hight",
        says="to which inputs.sites.columns maps mast_m",
        mend='columns = { mast_m = "height" }',
    )


def test_a_mapping_of_a_column_that_we_do_not_have(tiny_project):
    project = tiny_project(inputs={"sites": {"columns": {"mast_n": "mast_m"}}})
    assert_problem(
        the_only(check(project)),
        file="project.toml",
        row=None,
        column="inputs.sites.columns.mast_n",
        says="sites have no column 'mast_n'",
        mend="Did you mean mast_m?",
    )


def test_a_misspelt_optional_column_is_told(tiny_project):
    project = tiny_project()
    edit(project, "villages.geojson", '"priority"', '"priorty"', count=99)
    assert_problem(
        the_only(check(project), "warning"),
        file="villages.geojson",
        row=None,
        column="priorty",
        says="it looks like priority",
        mend='columns = { priority = "priorty" }',
    )


def test_an_optional_column_under_a_usual_name_is_told(tiny_project):
    project = tiny_project()
    edit(project, "villages.geojson", '"priority"', '"重点行政村"', count=99)
    problem = the_only(check(project), "warning")
    assert (problem.file, problem.column) == ("villages.geojson", "重点行政村")
    assert (
        problem.mend == 'Write columns = { priority = "重点行政村" } under inputs.villages in project.toml.'
    )


def test_two_columns_of_one_name(tiny_project):
    project = tiny_project()
    edit(project, "nodes.csv", "id,name,kind", "id,name,name")
    assert_problem(
        the_only(check(project)),
        file="nodes.csv",
        row=1,
        column="name",
        says="two columns are called",
        mend="Rename",
    )


def test_no_coordinate_columns(tiny_project):
    project = tiny_project()
    edit(project, "nodes.csv", "lon,lat", "wgs_e,wgs_n")
    assert_problem(
        the_only(check(project)),
        file="nodes.csv",
        row=None,
        column="lon, lat",
        says="the file has id, name, kind, stands, decision, ports, wgs_e, wgs_n",
        mend='columns = { lon = "...", lat = "..." }',
    )


def test_duplicate_id(tiny_project):
    project = tiny_project()
    edit(project, "sites.csv", "\nS6,", "\nS4,")
    assert_problem(
        the_only(check(project)),
        file="sites.csv",
        row=7,
        column="id",
        says="S4 is a duplicate of row 5",
        mend="own id",
    )


def test_duplicate_village(tiny_project):
    project = tiny_project()
    edit(project, "villages.geojson", '"331126201202"', '"331126201201"')
    edit(project, "keypoints.csv", "331126201202", "331126201201", count=9)
    problems = [p for p in check(project) if p.severity == "error"]
    assert_problem(
        the_only(problems),
        file="villages.geojson",
        row=6,
        column="id",
        says="duplicate of row 5",
        mend="own id",
    )


def test_an_id_shared_by_a_site_and_a_node(tiny_project):
    project = tiny_project()
    edit(project, "nodes.csv", "\nN4,", "\nS4,")
    assert_problem(
        the_only(check(project)),
        file="nodes.csv",
        row=5,
        column="id",
        says="row 5 of sites.csv has it too",
        mend="different",
    )


def test_missing_id(tiny_project):
    project = tiny_project()
    edit(project, "nodes.csv", "\nN4,", "\n,")
    assert_problem(
        the_only(check(project)), file="nodes.csv", row=5, column="id", says="empty", mend="Fill it in"
    )


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("3.31126E+11", "its last digits are lost"),
        ("331126000000", "ends in zeros"),
        ("331126201000", "ends in zeros"),
        ("31126201202", "has 11 digits, the others have 12"),
    ],
)
def test_codes_mangled_by_excel(tiny_project, code, says):
    project = tiny_project()
    edit(project, "villages.geojson", "331126201202", code)
    edit(project, "keypoints.csv", "331126201202", "", count=9)
    problems = [p for p in check(project) if p.severity == "error"]
    assert_problem(
        the_only(problems),
        file="villages.geojson",
        row=6,
        column="id",
        says=says,
        mend="Format the column as text in Excel",
    )


def test_codes_as_numbers_are_codes(tiny_project):
    project = tiny_project()
    edit(project, "villages.geojson", '"331126201202"', "331126201202")
    edit(project, "villages.geojson", '"331126201201"', "331126201201.0")
    assert check(project) == []
    assert "331126201202" in load_region(project).villages.index


def test_invalid_polygon(tiny_project):
    project = tiny_project()

    def twist(features):
        ring = features[5]["geometry"]["coordinates"][0]
        ring[1], ring[2] = ring[2], ring[1]

    edit_features(project, "villages.geojson", twist)
    problems = [p for p in check(project) if "invalid" in p.problem]
    assert_problem(
        the_only(problems),
        file="villages.geojson",
        row=6,
        column="",
        says="the polygon is invalid (Self-intersection at 119.1",
        mend="Fix geometries",
    )


def test_missing_geometry(tiny_project):
    project = tiny_project()
    edit_features(project, "villages.geojson", lambda features: features[2].update(geometry=None))
    assert_problem(
        the_only(check(project)),
        file="villages.geojson",
        row=3,
        column="",
        says="no geometry",
        mend="Draw it",
    )


def test_a_coordinate_that_is_not_finite(tiny_project):
    project = tiny_project()

    def blow_up(features):
        features[0]["geometry"]["coordinates"][0][1][0] = 1e999

    edit_features(project, "exclusions.geojson", blow_up)
    edit(project, "exclusions.geojson", "Infinity", "nan")
    assert_problem(
        the_only(check(project)),
        file="exclusions.geojson",
        row=1,
        column="",
        says="a coordinate is not a number",
        mend="Draw the feature again",
    )


def test_the_wrong_kind_of_geometry(tiny_project):
    project = tiny_project()
    line = {"type": "LineString", "coordinates": [[119.1, 27.6], [119.1, 27.65]]}
    edit_features(project, "exclusions.geojson", lambda features: features[0].update(geometry=line))
    assert_problem(
        the_only(check(project)),
        file="exclusions.geojson",
        row=1,
        column="",
        says="a LineString, a polygon is needed",
        mend="polygons",
    )


def test_overlapping_polygons(tiny_project):
    project = tiny_project()

    def widen(features):
        west = features[1]["geometry"]["coordinates"][0]
        for corner in west:
            if corner[0] < 119.09:
                corner[0] -= 0.01

    edit_features(project, "townships.geojson", widen)
    problem = the_only(check(project))
    assert_problem(
        problem,
        file="townships.geojson",
        row=2,
        column="",
        says="331126201 and 331126100 (row 1) overlap by",
        mend="Cut one of the two",
    )


def test_overlapping_borders_are_told_once(tiny_project):
    """Both townships' common border moved 10 m into the other: 8 km x 20 m of 48 km2."""
    project = tiny_project()

    def widen(features):
        for feature, shift in zip(features, (0.0001, -0.0001), strict=True):
            for corner in feature["geometry"]["coordinates"][0]:
                if 119.08 < corner[0] < 119.09:
                    corner[0] += shift

    edit_features(project, "townships.geojson", widen)
    problem = the_only(check(project), "warning")
    assert (problem.file, problem.row) == ("townships.geojson", None)
    assert "1 pairs of polygons overlap along their borders" in problem.problem


def test_village_in_no_township(tiny_project):
    project = tiny_project(inputs={"villages": {"path": "villages.csv"}, "keypoints": None})
    rows = [
        "id,name,population,lon,lat",
        "331126100201,上村,900,119.035,27.622",
        "331126100202,中村,600,119.022,27.622",
    ]
    (project.path.parent / "villages.csv").write_text("\n".join(rows), encoding="utf-8")
    edit(project, "status.csv", "331126201203", "331126100202")
    # 119.0268E is where the township begins at this latitude: 119.0269 less 119.022 degrees of 98.6 km each.
    assert_problem(
        the_only(check(project)),
        file="villages.csv",
        row=3,
        column="township",
        says="331126100202 lies in no township; the nearest is 331126100, 0.48 km away",
        mend="write the id of its township",
    )


def test_unknown_township(tiny_project):
    project = tiny_project()

    def name_townships(features):
        for feature in features:
            feature["properties"]["township"] = ""
        features[0]["properties"]["township"] = "331126101"
        features[4]["properties"]["township"] = "331126201000"

    edit_features(project, "villages.geojson", name_townships)
    assert_problem(
        the_only(check(project)),
        file="villages.geojson",
        row=1,
        column="township",
        says="the township 331126101 is not among the townships",
        mend="Did you mean 331126",
    )


@pytest.mark.parametrize(
    ("cell", "says", "mend"),
    [
        ("-5", "-5 is negative", "0 or more (people)"),
        ("null", "the cell is empty", "Fill it in (people)"),
        ('""', "the cell is empty", "Fill it in (people)"),
        ('"many"', "'many' is not a number", "(people)"),
        ("12.5", "'12.5' is not a whole number", "(people)"),
        ('"nan"', "'nan' is not a number", "(people)"),
        ('"#REF!"', "#REF! is an error value of a spreadsheet", "Mend the formula"),
        ("1e300", "too large to be true", "Correct the number"),
    ],
)
def test_population_negative_missing_or_no_number(tiny_project, cell, says, mend):
    project = tiny_project()
    edit(project, "villages.geojson", '"population": 700', f'"population": {cell}')
    assert_problem(
        the_only(check(project)), file="villages.geojson", row=6, column="population", says=says, mend=mend
    )


def test_the_user_s_own_column_name_is_told(tiny_project):
    project = tiny_project(inputs={"villages": {"columns": {"population": "常住人口"}}})
    edit(project, "villages.geojson", '"population"', '"常住人口"', count=99)
    edit(project, "villages.geojson", '"常住人口": 700', '"常住人口": -7')
    assert the_only(check(project)).column == "常住人口"


@pytest.mark.parametrize(
    ("old", "new", "row", "column", "says", "mend"),
    [
        (
            "S6,下洋新站,new",
            "S6,下洋新站,nwe",
            7,
            "structure",
            "'nwe' is not known here",
            "Did you mean new?",
        ),
        (",35,free,0.2", ",35,lock,0.2", 7, "decision", "'lock' is not known here", "Did you mean locked?"),
        (",35,free,0.2", ",tall,free,0.2", 7, "mast_m", "'tall' is not a number", "without unit"),
        (",35,free,0.2", ",0,free,0.2", 7, "mast_m", "antenna height of 0 m", "at least 1"),
        ("cm-n28,40", "cm-n82,40", 2, "on_air", "has cm-n28, cm-n28n41, cu-n78", "Did you mean cm-n28?"),
        ("cm-n28,40", "cm-n28、cm-n82,40", 2, "on_air", "'cm-n82' is not known", "[[configurations]]"),
        (
            "S6,下洋新站,new,,,",
            "S6,下洋新站,new,,cm-n28,",
            7,
            "on_air",
            "yet something is on air",
            "structure existing",
        ),
        ("119.1322", "east of the temple", 7, "lon", "is not a number", "decimal number"),
    ],
)
def test_cells_of_sites(tiny_project, old, new, row, column, says, mend):
    project = tiny_project()
    edit(project, "sites.csv", old, new)
    assert_problem(the_only(check(project)), file="sites.csv", row=row, column=column, says=says, mend=mend)


def test_an_operator_that_is_nearly_one(tiny_project):
    project = tiny_project()
    edit(project, "sites.csv", "existing,China Mobile,,", "existing,China Mobil,,")
    assert_problem(
        the_only(check(project), "warning"),
        file="sites.csv",
        row=3,
        column="operators",
        says="'China Mobil' has no configuration",
        mend="Write China Mobile",
    )


def test_a_row_with_too_many_cells(tiny_project):
    project = tiny_project()
    edit(project, "nodes.csv", "中村点", "中村,点")
    problems = check(project)
    assert any("the row has 9 cells, the header 8" in p.problem and p.row == 5 for p in problems)


def test_site_off_the_terrain(tiny_project):
    project = tiny_project()
    move(project, "sites.csv", "S6", 119.1322, 27.5225)
    assert_problem(
        the_only(check(project)),
        file="sites.csv",
        row=7,
        column="",
        says="the site S6 lies off the terrain terrain.tif",
        mend="larger elevation model",
    )


def test_site_on_nodata(tiny_project):
    project = tiny_project()
    path = project.path.parent / "terrain.tif"
    with rasterio.open(path, "r+") as raster:
        band = raster.read(1)
        row, column = raster.index(119.1322, 27.6225)
        band[row - 2 : row + 3, column - 2 : column + 3] = raster.nodata
        raster.write(band, 1)
    problems = [p for p in check(project) if p.severity == "error"]
    assert_problem(
        the_only(problems), file="sites.csv", row=7, column="", says="S6 lies off", mend="coordinates"
    )


def test_terrain_elsewhere(tiny_project):
    project = tiny_project()
    with rasterio.open(
        project.path.parent / "terrain.tif",
        "w",
        driver="GTiff",
        dtype="int16",
        count=1,
        width=9,
        height=9,
        crs="EPSG:4326",
        transform=from_origin(100, 30, 0.01, 0.01),
    ) as raster:
        raster.write(np.ones((9, 9), np.int16), 1)
    assert_problem(
        the_only(check(project)),
        file="terrain.tif",
        row=None,
        column="",
        says="does not lie over the townships",
        mend="CRS",
    )


def test_terrain_that_is_no_raster(tiny_project):
    project = tiny_project()
    (project.path.parent / "terrain.tif").write_text("not a raster")
    assert_problem(
        the_only(check(project)), file="terrain.tif", row=None, column="", says="not a raster", mend="GeoTIFF"
    )


def test_heights_that_cannot_be(tiny_project):
    project = tiny_project()
    with rasterio.open(project.path.parent / "terrain.tif", "r+") as raster:
        band = raster.read(1)
        band[60, 60] = -32768
        raster.write(band, 1)
    problem = check(project)[0]
    assert_problem(
        problem, file="terrain.tif", row=None, column="", says="1 cells are below -500 m", mend="nodata value"
    )
    assert problem.severity == "warning"


@pytest.mark.parametrize(
    ("layer", "severity", "mend"),
    [
        ("villages", "error", ""),
        ("exclusions", "warning", ", or take inputs.exclusions out of the project file"),
    ],
)
def test_empty_layer(tiny_project, layer, severity, mend):
    project = tiny_project()
    text = '{"type": "FeatureCollection", "features": []}'
    (project.path.parent / f"{layer}.geojson").write_text(text, encoding="utf-8")
    problems = [p for p in check(project) if p.file == f"{layer}.geojson"]
    assert_problem(
        the_only(problems, severity),
        file=f"{layer}.geojson",
        row=None,
        column="",
        says="the layer is empty",
        mend=f"Give a file with rows{mend}.",
    )


def test_empty_sites(tiny_project):
    project = tiny_project()
    (project.path.parent / "sites.csv").write_text("id,lon,lat\n,,\n", encoding="utf-8")
    assert_problem(
        the_only(check(project)),
        file="sites.csv",
        row=None,
        column="",
        says="the layer is empty",
        mend="candidates.generate = true",
    )


def test_a_file_without_header(tiny_project):
    project = tiny_project()
    (project.path.parent / "sites.csv").write_text("", encoding="utf-8")
    assert_problem(
        the_only(check(project)), file="sites.csv", row=1, column="", says="no header", mend="row 1"
    )


def test_swapped_axes_beyond_the_pole(tiny_project):
    project = tiny_project()
    edit(project, "sites.csv", "lon,lat", "lat,lon")
    assert_problem(
        the_only(check(project)),
        file="sites.csv",
        row=None,
        column="lon, lat",
        says="look swapped",
        mend="Swap the two columns",
    )


def test_swapped_axes_of_one_row(tiny_project):
    project = tiny_project()
    move(project, "sites.csv", "S1", 27.6247, 119.0472)
    assert_problem(
        the_only(check(project)),
        file="sites.csv",
        row=2,
        column="lon, lat",
        says="(27.6247, 119.047) lie outside what WGS 84 can mean. The two look swapped.",
        mend="Correct the coordinates",
    )


def test_swapped_polygons(tiny_project):
    project = tiny_project()

    def swap(features):
        for feature in features:
            ring = feature["geometry"]["coordinates"][0]
            ring[:] = [corner[::-1] for corner in ring]

    edit_features(project, "villages.geojson", swap)
    problems = [p for p in check(project) if p.file == "villages.geojson"]
    assert_problem(
        the_only(problems), file="villages.geojson", row=None, column="", says="look swapped", mend="Swap"
    )


def test_swapped_metres(tiny_project):
    project = tiny_project(inputs={"nodes": {"path": "nodes.csv", "crs": "EPSG:32650"}})
    rows = ["id,stands,x,y", "N1,10gpon,3057000,702100", "N2,gpon,3057000,707600"]
    (project.path.parent / "nodes.csv").write_text("\n".join(rows), encoding="utf-8")
    assert_problem(
        the_only(check(project)),
        file="nodes.csv",
        row=None,
        column="lon, lat",
        says="easting and northing) look swapped",
        mend="Swap",
    )


@pytest.mark.parametrize(("lon", "lat"), [(719.1, 27.62), (0, 0)])
def test_coordinates_off_the_globe(tiny_project, lon, lat):
    project = tiny_project()
    move(project, "sites.csv", "S1", lon, lat)
    assert_problem(
        the_only(check(project)),
        file="sites.csv",
        row=2,
        column="lon, lat",
        says="lie outside",
        mend="Correct",
    )


def test_a_layer_about_another_place(tiny_project):
    project = tiny_project(inputs={"nodes": {"path": "nodes.csv"}})
    rows = ["id,stands,lon,lat", "N1,10gpon,113.2,23.1", "N2,gpon,113.3,23.1"]
    (project.path.parent / "nodes.csv").write_text("\n".join(rows), encoding="utf-8")
    problems = [p for p in check(project) if p.severity == "error"]
    assert_problem(
        the_only(problems),
        file="nodes.csv",
        row=None,
        column="",
        says="nothing of the layer lies near",
        mend="CRS",
    )


def test_a_village_outside_the_township_of_its_column(tiny_project):
    project = tiny_project()

    def name_townships(features):
        for feature in features[3:]:
            feature["properties"]["township"] = "331126201"

    edit_features(project, "villages.geojson", name_townships)
    problem = the_only(check(project), "warning")
    assert_problem(
        problem,
        file="villages.geojson",
        row=4,
        column="township",
        says="1 villages lie outside",
        mend="column is followed",
    )


def test_text_that_is_neither_utf8_nor_gbk(tiny_project):
    project = tiny_project()
    (project.path.parent / "sites.csv").write_bytes(b"id,lon,lat\nS\xff\xff\xff,119.05,27.62\n")
    assert_problem(
        the_only(check(project)),
        file="sites.csv",
        row=None,
        column="",
        says="neither UTF-8 nor GBK",
        mend="encoding =",
    )


def test_a_broken_vector_file(tiny_project):
    project = tiny_project(inputs={"exclusions": {"path": "exclusions.gpkg"}})
    (project.path.parent / "exclusions.gpkg").write_text("not a GeoPackage")
    assert_problem(
        the_only(check(project)),
        file="exclusions.gpkg",
        row=None,
        column="",
        says="cannot be read",
        mend="GeoPackage",
    )


def test_a_layer_that_is_not_in_the_geopackage(tiny_project):
    project = tiny_project(inputs={"exclusions": {"path": "x.gpkg", "layer": "redlines"}})
    folder = project.path.parent
    gpd.read_file(folder / "exclusions.geojson").to_file(folder / "x.gpkg", layer="redline")
    assert_problem(
        the_only(check(project)),
        file="x.gpkg",
        row=None,
        column="",
        says="no layer 'redlines'; the file has redline",
        mend='layer = "redline"',
    )


@pytest.mark.parametrize(
    ("old", "new", "row", "column", "says", "mend"),
    [
        (
            "331126201203",
            "331126201209",
            3,
            "place",
            "neither a township nor a village",
            "Did you mean 331126201203?",
        ),
        ("gigabit", "fttr", 3, "service", "'fttr' is not known", "5g, gigabit"),
        ("gigabit,0", "gigabit,maybe", 3, "served", "'maybe' is neither yes nor no", "是 or 否"),
        (
            "county ledger,2024-06-30",
            "county ledger,30 June",
            2,
            "date",
            "'30 June' is not a date",
            "YYYY-MM-DD",
        ),
        ("county ledger,2024-06-30", "county ledger,2024-02-30", 2, "date", "is not a date", "YYYY-MM-DD"),
        ("331126201203,gigabit,0", "331126100201,5g,0", 3, "served", "row 2 says the opposite", "Delete one"),
    ],
)
def test_the_ledger(tiny_project, old, new, row, column, says, mend):
    project = tiny_project()
    edit(project, "status.csv", old, new)
    assert_problem(the_only(check(project)), file="status.csv", row=row, column=column, says=says, mend=mend)


def test_an_operator_of_the_ledger_that_the_project_lacks(tiny_project):
    project = tiny_project()
    edit(project, "status.csv", "5g,1,,", "5g,1,China Telecom,")
    problem = the_only(check(project), "warning")
    assert_problem(
        problem,
        file="status.csv",
        row=2,
        column="operator",
        says="'China Telecom'",
        mend="China Mobile, China Unicom",
    )


@pytest.mark.parametrize(
    ("old", "new", "row", "column", "says"),
    [
        (
            "H1,下洋卫生室,331126201202",
            "H1,下洋卫生室,331126201209",
            13,
            "village",
            "the village 331126201209 is not known",
        ),
        (
            "K-A,松源镇政府,,331126100,",
            "K-A,松源镇政府,,331126109,",
            2,
            "township",
            "the township 331126109 is not known",
        ),
        ("331126201203,,settlement", "331126201203,,hamlet", 14, "kind", "'hamlet' is not known"),
    ],
)
def test_key_points(tiny_project, old, new, row, column, says):
    project = tiny_project()
    edit(project, "keypoints.csv", old, new)
    assert_problem(
        the_only(check(project)), file="keypoints.csv", row=row, column=column, says=says, mend="Write"
    )


def test_a_key_point_in_no_village(tiny_project):
    project = tiny_project()
    edit(project, "keypoints.csv", "331126201203,,settlement,25,119.1", ",,settlement,25,119.3")
    problems = [p for p in check(project) if p.severity == "error"]
    assert_problem(
        the_only(problems),
        file="keypoints.csv",
        row=14,
        column="village",
        says="T1 lies in no village",
        mend="id of its village",
    )


def test_villages_without_a_committee_are_told(tiny_project):
    project = tiny_project()
    edit(project, "keypoints.csv", "331126201203,,committee", "331126201203,,clinic")
    assert_problem(
        the_only(check(project), "warning"),
        file="keypoints.csv",
        row=None,
        column="kind",
        says="1 villages have no committee among the key points, e.g. 331126201203",
        mend="Add a row of kind committee",
    )


def test_unknown_serving_node(tiny_project):
    project = tiny_project()
    edit(project, "villages.geojson", '"N2"', '"N22"')
    assert_problem(
        the_only(check(project)),
        file="villages.geojson",
        row=5,
        column="node",
        says="the node 'N22' is not among the nodes of nodes.csv",
        mend="Did you mean N2?",
    )


def test_a_serving_node_where_nothing_stands(tiny_project):
    project = tiny_project()
    edit(project, "villages.geojson", '"N2"', '"N3"')
    assert_problem(
        the_only(check(project)),
        file="villages.geojson",
        row=5,
        column="node",
        says="nothing stands there",
        mend="nodes.csv",
    )


def test_serving_nodes_without_a_list_of_nodes(tiny_project):
    problem = the_only(check(tiny_project(inputs={"nodes": None})), "warning")
    assert_problem(
        problem, file="villages.geojson", row=1, column="node", says="gives no nodes", mend="Add inputs.nodes"
    )


@pytest.mark.parametrize("key", ["lock", "forbid"])
def test_unknown_decisions(tiny_project, key):
    assert_problem(
        the_only(check(tiny_project(decisions={key: ["N1", "S44"]}))),
        file="project.toml",
        row=None,
        column=f"decisions.{key}",
        says="'S44' is neither a site nor a node",
        mend="Did you mean S4?",
    )


def test_a_site_inside_an_exclusion(tiny_project):
    project = tiny_project()
    move(project, "sites.csv", "S6", 119.1393, 27.6655)
    problem = the_only(check(project), "warning")
    assert_problem(
        problem,
        file="sites.csv",
        row=7,
        column="decision",
        says="S6 lies inside the exclusion X1",
        mend="forbidden",
    )
    assert load_region(project).sites.at["S6", "decision"] == "forbidden"


@pytest.mark.parametrize(
    ("by_file", "says"), [(True, "decisions.lock of project.toml locks it"), (False, "its row locks it")]
)
def test_a_locked_site_inside_an_exclusion(tiny_project, by_file, says):
    project = tiny_project(decisions={"lock": ["S6"]} if by_file else {})
    move(project, "sites.csv", "S6", 119.1393, 27.6655)
    if not by_file:
        edit(project, "sites.csv", ",35,free,0.2", ",35,locked,0.2")
    assert_problem(
        the_only(check(project)), file="sites.csv", row=7, column="decision", says=says, mend="Unlock it"
    )


@pytest.mark.parametrize(
    ("crs", "says"),
    [
        ("EPSG:4326", "is not a projected CRS in metres"),
        ("EPSG:2263", "its unit is US survey foot"),
        ("EPSG:3857", "distorts distances by 12.9%"),
        ("EPSG:32630", "distorts distances"),
        ("EPSG:99999", "is not known"),
    ],
)
def test_metric_crs_that_does_not_measure(tiny_project, crs, says):
    project = tiny_project(project={"metric_crs": crs})
    with pytest.raises(ProjectError, match=says):
        load_region(project)
    problem = the_only(check(project))
    assert_problem(
        problem, file="project.toml", row=None, column="project.metric_crs", says=says, mend="Write"
    )


def test_a_budget_of_zero_is_told(tiny_project):
    assert_problem(
        the_only(check(tiny_project(budget={"total_cny": 0})), "warning"),
        file="project.toml",
        row=None,
        column="budget.total_cny",
        says="nothing can be built",
        mend="in CNY",
    )


def test_roads_that_are_missing_are_told_with_the_rest(tiny_project):
    project = tiny_project(inputs={"roads": {"path": "raods.osm"}})
    edit(project, "sites.csv", "\nS6,", "\nS4,")
    assert [p.file for p in check(project)] == ["raods.osm", "sites.csv"]


def test_a_village_far_from_every_road(tiny_project):
    """It is the committee that a cable goes to: moved 1.9 km east of the road's end, it is too far."""
    project = tiny_project()
    move(project, "keypoints.csv", "C7", 119.1420, 27.6566)
    assert_problem(
        the_only(check(project), "warning"),
        file="villages.geojson",
        row=7,
        column="",
        says="1 of the villages lie farther than 1500 m from every road",
        mend="fibre.snap_m",
    )


def test_a_node_far_from_every_road(tiny_project):
    project = tiny_project()
    move(project, "nodes.csv", "N4", 119.0775, 27.6566)
    problem = the_only(check(project), "warning")
    assert (problem.file, problem.row) == ("nodes.csv", 5)
    assert "1 of the nodes lie farther than 1500 m" in problem.problem


def test_problems_come_by_file_and_row(tiny_project):
    project = tiny_project()
    edit(project, "sites.csv", "S4,深坑新站,new", "S4,深坑新站,planned")
    edit(project, "sites.csv", "S1,城中机房,existing", "S1,城中机房,exists")
    edit(project, "nodes.csv", "\nN4,", "\n,")
    places = [(p.file, p.row) for p in check(project)]
    assert places == [("nodes.csv", 5), ("sites.csv", 2), ("sites.csv", 5)]
