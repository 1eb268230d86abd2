"""KML: valid by the OGC's schema, in WGS 84 only, and every feature with its id, name, folder and place."""

from __future__ import annotations

from importlib.resources import as_file, files

import numpy as np
import pyogrio
import pytest
import shapely
from lxml import etree
from pyproj import Geod

from dualgig.errors import OutputError
from dualgig.export.datum import Datum
from dualgig.export.groups import groups, village_points
from dualgig.export.kml import write_kml
from dualgig.text import say

KML = {"k": "http://www.opengis.net/kml/2.2"}
GEOD = Geod(ellps="WGS84")
LONG = "长" * 200


@pytest.fixture(scope="module")
def plan(make_plan):
    plan = make_plan("zh", villages=60, townships=4)
    names = plan.sites["name"].tolist()
    names[:3] = [LONG, 'A & B <i>"x"</i> ]]>', "two\nlines\x00\x0b and a tab\t."]
    plan.sites["name"] = names
    return plan


@pytest.fixture(scope="module")
def path(plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("kml") / "plan_wgs84.kml"
    write_kml(path, plan, date="2025-03-01", datum=Datum())
    return path


@pytest.fixture(scope="module")
def placemarks(path):
    """Every placemark: folders from the document down, name, id, and its geometry."""
    tree = etree.parse(str(path))
    found = []
    for mark in tree.iterfind(".//k:Placemark", KML):
        folders = [f.findtext("k:name", namespaces=KML) for f in mark.iterancestors("{*}Folder")][::-1]
        feature_id = mark.findtext("k:ExtendedData/k:Data[@name='id']/k:value", namespaces=KML)
        shapes = [shape(part) for part in mark.iter("{*}Point", "{*}LineString", "{*}Polygon")]
        found.append((tuple(folders), mark.findtext("k:name", namespaces=KML), feature_id, shapes))
    return found


def shape(element):
    def read(part):
        return [
            tuple(map(float, pair.split(",")))
            for pair in part.findtext(".//k:coordinates", namespaces=KML).split()
        ]

    if element.tag.endswith("Polygon"):
        outer = read(element.find("k:outerBoundaryIs", KML))
        return shapely.Polygon(outer, [read(hole) for hole in element.iterfind("k:innerBoundaryIs", KML)])
    return (
        shapely.Point(read(element)[0])
        if element.tag.endswith("Point")
        else shapely.LineString(read(element))
    )


def apart_m(found, truth):
    """Greatest distance of the vertices of two geometries, which come in the same order, metres."""
    a, b = (
        shapely.get_coordinates(shapely.normalize(g) if g.geom_type == "Polygon" else g)
        for g in (found, truth)
    )
    assert a.shape == b.shape
    return GEOD.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2].max()


def test_it_is_valid_kml_2_2(path):
    with as_file(files("fastkml") / "schema") as folder:
        schema = etree.XMLSchema(etree.parse(str(folder / "ogckml22.xsd")))
    tree = etree.parse(str(path))
    assert schema.validate(tree), schema.error_log
    assert tree.getroot().tag == "{http://www.opengis.net/kml/2.2}kml"


def test_every_feature_has_its_name_id_folder_and_place(plan, placemarks):
    word = {state: say("zh", f"state.{state}") for state in ("new", "upgraded", "existing", "unused")}
    tables = {"站点": plan.sites, "光节点": plan.nodes}
    for title, table in tables.items():
        found = {
            feature_id: (folders, name, shapes)
            for folders, name, feature_id, shapes in placemarks
            if folders[0] == title
        }
        assert set(found) == set(table.index)
        for feature_id, row in table.iterrows():
            folders, name, (point,) = found[feature_id]
            assert folders == (title, word[row["state"]])
            assert " ".join(name.split()) == " ".join(
                row["name"].replace("\x00", " ").replace("\x0b", " ").split()
            )
            assert apart_m(point, row.geometry) < 0.001


def test_routes_and_boundaries_are_there_vertex_by_vertex(plan, placemarks):
    lines = {feature_id: shapes for folders, _, feature_id, shapes in placemarks if folders[0] == "光缆路由"}
    assert set(lines) == set(plan.routes.index)
    for feature_id, (line,) in lines.items():
        assert apart_m(line, plan.routes.geometry[feature_id]) < 0.001
    for title, table in (("村界", plan.villages), ("乡镇界", plan.townships)):
        areas = {feature_id: shapes for folders, _, feature_id, shapes in placemarks if folders == (title,)}
        assert set(areas) == set(table.index)
        for feature_id, parts in areas.items():
            truth = shapely.get_parts(table.geometry[feature_id])
            assert len(parts) == len(truth)
            assert max(apart_m(*pair) for pair in zip(parts, truth, strict=True)) < 0.001


def test_villages_stand_at_their_committee_under_what_serves_them(plan, placemarks):
    points = village_points(plan)
    committees = plan.region.keypoints.query("kind == 'committee'").set_index("village").geometry
    radio, fibre = plan.villages["after_5g"], plan.villages["after_gigabit"]
    found = {
        feature_id: (folders, name, shapes[0])
        for folders, name, feature_id, shapes in placemarks
        if folders[0] == "村庄"
    }
    assert set(found) == set(plan.villages.index)
    for village, (folders, name, point) in found.items():
        served = {(True, True): "both", (True, False): "5g", (False, True): "gigabit", (False, False): "none"}
        assert folders[1] == say("zh", f"list.served.{served[bool(radio[village]), bool(fibre[village])]}")
        assert name == plan.villages["name"][village].strip()
        assert apart_m(point, points[village]) < 0.001
        if village in committees.index:
            assert points[village].equals(committees[village])


def test_long_names_and_markup_survive(placemarks):
    names = [name for _, name, _, _ in placemarks]
    assert LONG in names
    assert 'A & B <i>"x"</i> ]]>' in names
    assert "<script>alert(1)</script>" in names
    assert "𠮷野村" in names


def test_candidates_and_village_boundaries_are_hidden_at_first(path):
    tree = etree.parse(str(path))
    hidden = [
        folder.findtext("k:name", namespaces=KML)
        for folder in tree.iterfind(".//k:Folder", KML)
        if folder.findtext("k:visibility", namespaces=KML) == "0"
    ]
    assert hidden == ["候选未建", "候选未建", "村界"]
    for mark in tree.iterfind(".//k:Placemark", KML):
        folder = mark.getparent()
        assert mark.findtext("k:visibility", namespaces=KML) == folder.findtext(
            "k:visibility", namespaces=KML
        )


def test_every_style_that_is_named_is_there(path):
    tree = etree.parse(str(path))
    styles = {style.get("id") for style in tree.iterfind(".//k:Style", KML)}
    named = {element.text.removeprefix("#") for element in tree.iterfind(".//k:styleUrl", KML)}
    assert styles == named
    assert not list(tree.iter("{*}href")), "nothing is fetched from a network"


def test_gdal_reads_the_same_points(plan, path):
    layers = pyogrio.list_layers(path)[:, 0]
    frames = [pyogrio.read_dataframe(path, layer=layer) for layer in layers if layer == "新开通"]
    new = plan.sites[plan.sites["state"] == "new"]
    found = np.array(sorted(shapely.get_coordinates(frames[0].geometry.to_numpy()).tolist()))
    assert found == pytest.approx(
        np.array(sorted(shapely.get_coordinates(new.geometry.to_numpy()).tolist())), abs=1e-8
    )


@pytest.mark.parametrize("name", ["cgcs2000", "gcj02", "bd09"])
def test_another_datum_is_refused_with_a_sentence(plan, tmp_path, name):
    with pytest.raises(OutputError, match=rf"KML is in WGS 84 by definition, .* {Datum(name).title}"):
        write_kml(tmp_path / "plan.kml", plan, date="2025-03-01", datum=Datum(name))
    assert not list(tmp_path.iterdir())


def test_groups_hold_every_feature_once(plan):
    found = groups(plan)
    assert len({group.layer for group in found}) == len(found)
    for table, prefix in ((plan.sites, "SITES_"), (plan.nodes, "NODES_"), (plan.routes, "ROUTES_")):
        ids = [i for group in found if group.layer.startswith(prefix) for i in group.features["id"]]
        assert sorted(ids) == sorted(table.index)
