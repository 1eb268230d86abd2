"""Roads: OSM XML in, arrays out, with the build types and every road that was in the file."""

import bz2
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import osmnx as ox
import pytest
from pyproj import CRS, Geod, Transformer
from requests.exceptions import ConnectionError as NoConnection

from dualgig.errors import InputError
from dualgig.region.model import BUILD_TYPES
from dualgig.region.roads import HIGHWAY_BUILD, components, read_roads, road_problems

METRIC = CRS.from_epsg(32650)
TO_METRIC = Transformer.from_crs("EPSG:4326", METRIC, always_xy=True)
WGS84 = Geod(ellps="WGS84")
WEST_OAKLAND = Path(__file__).parents[3] / "shared/data/osm/West-Oakland.osm.bz2"

# A cross of five points about 1 km apart, near 119E 27.6N.
CROSS = {1: (119.0, 27.6), 2: (119.01, 27.6), 3: (119.02, 27.6), 4: (119.01, 27.61), 5: (119.01, 27.59)}


def osm_xml(points, ways, generator="tests"):
    lines = [f"<?xml version='1.0' encoding='UTF-8'?><osm version='0.6' generator='{generator}'>"]
    lines += [f"<node id='{node}' lon='{lon!r}' lat='{lat!r}'/>" for node, (lon, lat) in points.items()]
    for number, (tags, nodes) in enumerate(ways, 100):
        inside = [f"<nd ref='{node}'/>" for node in nodes]
        inside += [f"<tag k='{key}' v='{value}'/>" for key, value in tags.items()]
        lines.append(f"<way id='{number}'>{''.join(inside)}</way>")
    return "\n".join([*lines, "</osm>"])


@pytest.fixture
def read(tiny_project):
    """A factory: write OSM XML (or any text or bytes) beside a project and read its roads."""

    def make(content, name="mine.osm"):
        project = tiny_project(inputs={"roads": {"path": name}})
        if isinstance(content, str):
            content = content.encode()
        if content is not None:
            (project.path.parent / name).write_bytes(content)
        return read_roads(project, METRIC)

    return make


def length_by_build(roads):
    total = np.bincount(roads.build, weights=roads.length_m, minlength=4)
    return dict(zip(BUILD_TYPES, total, strict=True))


def check_invariants(roads):
    """What `RoadGraph` promises, whatever the file."""
    assert (roads.tail < roads.head).all()
    pairs = list(zip(roads.tail.tolist(), roads.head.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    assert np.isfinite(roads.x_m).all()
    assert np.isfinite(roads.y_m).all()
    for tail, head, length_m, line in zip(roads.tail, roads.head, roads.length_m, roads.xy, strict=True):
        assert line[0] == pytest.approx([roads.x_m[tail], roads.y_m[tail]], abs=1e-6)
        assert line[-1] == pytest.approx([roads.x_m[head], roads.y_m[head]], abs=1e-6)
        assert length_m == pytest.approx(np.hypot(*np.diff(line, axis=0).T).sum())
    assert set(roads.tail) | set(roads.head) == set(range(len(roads.x_m)))


def test_a_project_without_roads_has_none(tiny_project):
    assert read_roads(tiny_project(inputs={"roads": None}), METRIC) is None


def test_the_tiny_region_has_its_roads(tiny_project):
    # given the region of conftest: a street in two ways along the valley and two side roads
    project = tiny_project()

    # when it is read
    roads = read_roads(project, METRIC)

    # then there are junctions at both side roads, six ends and junctions in all, and the caveat travels
    check_invariants(roads)
    assert len(roads.x_m) == 6
    assert len(roads.tail) == 5
    assert roads.caveat == "invented roads"
    assert length_by_build(roads)["buried"] == pytest.approx(11_400, abs=0.5)


def test_lengths_are_geodesic_within_the_scale_of_the_projection(read):
    # given two roads that cross
    xml = osm_xml(CROSS, [({"highway": "track"}, [1, 2, 3]), ({"highway": "path"}, [4, 2, 5])])

    # when they are read
    roads = read(xml)

    # then there are four edges, as long as on the ellipsoid within 0.05 % (UTM's scale is 0.9996 to 1.0003)
    check_invariants(roads)
    assert len(roads.tail) == 4
    geodesic_m = [WGS84.inv(*CROSS[2], *CROSS[end])[2] for end in (1, 3, 4, 5)]
    assert sorted(roads.length_m) == pytest.approx(sorted(geodesic_m), rel=5e-4)


@pytest.mark.parametrize(
    ("tags", "build"),
    [
        ({"highway": "motorway"}, "duct"),
        ({"highway": "trunk_link"}, "duct"),
        ({"highway": "primary"}, "duct"),
        ({"highway": "secondary"}, "buried"),
        ({"highway": "tertiary"}, "buried"),
        ({"highway": "residential"}, "buried"),
        ({"highway": "unclassified"}, "aerial"),
        ({"highway": "track"}, "aerial"),
        ({"highway": "path"}, "aerial"),
        ({"highway": "primary", "fibre": "yes"}, "existing"),
        ({"highway": "primary", "fibre": "no"}, "duct"),
        ({"highway": "primary", "dualgig:build": "aerial"}, "aerial"),
        ({"highway": "track", "dualgig:build": "existing"}, "existing"),
        ({"highway": "track", "fibre": "yes", "dualgig:build": "buried"}, "buried"),
        ({"dualgig:build": "duct"}, "duct"),
    ],
)
def test_build_type_of_a_way(read, tags, build):
    roads = read(osm_xml(CROSS, [(tags, [1, 2])]))
    assert [BUILD_TYPES[number] for number in roads.build] == [build]


@pytest.mark.parametrize(
    "tags",
    [
        {"building": "yes"},
        {"building": "yes", "fibre": "yes"},
        {"highway": "footway"},
        {"highway": "construction"},
        {"highway": "residential", "area": "yes"},
        {"waterway": "river"},
    ],
)
def test_what_is_no_road_is_left_out(read, tags):
    # given a road and something else that crosses it
    xml = osm_xml(CROSS, [({"highway": "track"}, [1, 2, 3]), (tags, [4, 2, 5])])

    # then the road alone is left, in one piece
    roads = read(xml)
    assert len(roads.tail) == 1


def test_simplification_never_merges_build_types(read):
    # given one road without a junction, in five ways of four build types, bends within
    points = {n: (119 + 0.004 * n, 27.6 + 0.001 * (n % 3)) for n in range(11)}
    tags = [
        {"highway": "trunk"},
        {"highway": "primary"},
        {"highway": "track"},
        {"highway": "track", "dualgig:build": "existing"},
        {"highway": "residential"},
    ]
    ways = [(tag, [2 * n, 2 * n + 1, 2 * n + 2]) for n, tag in enumerate(tags)]

    # when it is read
    roads = read(osm_xml(points, ways))

    # then there is one edge a build type, as long as its ways (the first two are both duct)
    xy = np.column_stack(TO_METRIC.transform(*np.array(list(points.values())).T))
    step_m = np.hypot(*np.diff(xy, axis=0).T)
    check_invariants(roads)
    assert len(roads.tail) == 4
    assert length_by_build(roads) == pytest.approx(
        {
            "duct": step_m[:4].sum(),
            "aerial": step_m[4:6].sum(),
            "existing": step_m[6:8].sum(),
            "buried": step_m[8:].sum(),
        }
    )


def test_a_one_way_road_carries_cable_in_both_directions(read):
    ways = [[1, 2, 3], [4, 2], [2, 5]]
    both = read(osm_xml(CROSS, [({"highway": "track"}, way) for way in ways]))
    one = read(osm_xml(CROSS, [({"highway": "track", "oneway": "yes"}, way) for way in ways]))
    assert np.array_equal(one.tail, both.tail)
    assert np.array_equal(one.length_m, both.length_m)


def test_components_are_kept_and_told(tiny_project):
    # given two roads 10 km apart, the second half as long
    points = {1: (119.0, 27.6), 2: (119.02, 27.6), 3: (119.1, 27.6), 4: (119.11, 27.6)}
    project = tiny_project()
    path = project.path.with_name("roads.osm")
    path.write_text(osm_xml(points, [({"highway": "track"}, [1, 2]), ({"highway": "track"}, [3, 4])]))

    # when they are read
    roads = read_roads(project, METRIC)

    # then both are there, and one warning says so
    assert components(roads).tolist() == [0, 0, 1, 1]
    (problem,) = road_problems(project, roads)
    assert problem.severity == "warning"
    assert problem.file == "roads.osm"
    assert "2 parts" in problem.problem
    assert "66.7 %" in problem.problem


def test_roads_in_one_piece_need_no_warning(tiny_project):
    project = tiny_project()
    assert road_problems(project, read_roads(project, METRIC)) == []


def test_a_way_drawn_over_another_keeps_the_cheaper_build_type(read):
    # given a main road, and an existing cable drawn over half of it
    xml = osm_xml(CROSS, [({"highway": "primary"}, [1, 2, 3]), ({"dualgig:build": "existing"}, [2, 3])])
    roads = read(xml)
    assert [BUILD_TYPES[number] for number in roads.build] == ["duct", "existing"]


def test_parallel_roads_of_different_courses_are_both_kept(read):
    # given a straight bypass and the old road through two bends
    points = {1: (119.0, 27.6), 2: (119.03, 27.6), 3: (119.01, 27.61), 4: (119.02, 27.61)}
    xml = osm_xml(points, [({"highway": "primary"}, [1, 2]), ({"highway": "residential"}, [1, 3, 4, 2])])

    # when they are read
    roads = read(xml)

    # then no edge is parallel to another, and both lengths are there
    check_invariants(roads)
    xy = {n: np.array(TO_METRIC.transform(*point)) for n, point in points.items()}
    old_m = sum(np.hypot(*(xy[a] - xy[b])) for a, b in [(1, 3), (3, 4), (4, 2)])
    assert length_by_build(roads)["buried"] == pytest.approx(old_m)
    assert length_by_build(roads)["duct"] == pytest.approx(np.hypot(*(xy[1] - xy[2])))


@pytest.mark.parametrize("stalk", [[5, 1], []])
def test_loops_and_rings_are_kept(read, stalk):
    # given a road that returns to where it began, with or without a stalk
    points = {1: (119.0, 27.6), 2: (119.01, 27.6), 3: (119.01, 27.61), 4: (119.0, 27.61), 5: (118.99, 27.6)}
    ways = [({"highway": "track"}, [1, 2, 3, 4, 1])]
    if stalk:
        ways.append(({"highway": "track"}, stalk))

    # when it is read
    roads = read(osm_xml(points, ways))

    # then its whole length is there
    check_invariants(roads)
    xy = {n: np.array(TO_METRIC.transform(*point)) for n, point in points.items()}
    legs = [(1, 2), (2, 3), (3, 4), (4, 1), *([(5, 1)] if stalk else [])]
    assert roads.length_m.sum() == pytest.approx(sum(np.hypot(*(xy[a] - xy[b])) for a, b in legs))


@pytest.mark.parametrize("seed", range(8))
def test_distances_are_those_of_the_unsimplified_graph(read, seed):
    # given random ways, some drawn twice, over random points, and NetworkX on every point of them
    rng = np.random.default_rng(seed)
    points = {n: (119 + rng.uniform(0, 0.2), 27.6 + rng.uniform(0, 0.2)) for n in range(1, 41)}
    ways = [
        (
            {"highway": rng.choice(["track", "residential", "primary"])},
            rng.choice(np.arange(1, 41), size=size).tolist(),
        )
        for size in rng.integers(2, 9, size=14)
    ]
    ways.append(ways[0])
    xy = {n: np.array(TO_METRIC.transform(*point)) for n, point in points.items()}
    raw = nx.Graph()
    for _, nodes in ways:
        raw.add_weighted_edges_from((a, b, np.hypot(*(xy[a] - xy[b]))) for a, b in pairwise(nodes) if a != b)

    # when the file is read
    roads = read(osm_xml(points, ways))

    # then every vertex is one of the points, and as far from every other as before
    check_invariants(roads)
    ours = nx.Graph()
    ours.add_weighted_edges_from(zip(roads.tail.tolist(), roads.head.tolist(), roads.length_m, strict=True))
    at = {tuple(np.round(position, 3)): n for n, position in xy.items()}
    point = [at[x, y] for x, y in zip(np.round(roads.x_m, 3), np.round(roads.y_m, 3), strict=True)]
    for source in range(len(point)):
        expected = nx.single_source_dijkstra_path_length(raw, point[source])
        found = nx.single_source_dijkstra_path_length(ours, source)
        assert {point[v]: d for v, d in found.items()} == pytest.approx(
            {n: d for n, d in expected.items() if n in point}
        )
    total_m = sum(d for _, _, d in raw.edges(data="weight"))
    assert roads.length_m.sum() == pytest.approx(total_m)


def test_equal_files_give_equal_arrays_whatever_the_order_of_the_ways(read):
    ways = [
        ({"highway": "track"}, [1, 2, 3]),
        ({"highway": "primary"}, [4, 2]),
        ({"highway": "path"}, [5, 2]),
    ]
    one = read(osm_xml(CROSS, ways))
    other = read(osm_xml(dict(reversed(CROSS.items())), ways[::-1]))
    for name in ("x_m", "y_m", "tail", "head", "length_m", "build"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


def test_bz2_is_read(read):
    xml = osm_xml(CROSS, [({"highway": "track"}, [1, 2, 3])])
    roads = read(bz2.compress(xml.encode()), "mine.osm.bz2")
    assert len(roads.tail) == 1


@pytest.mark.parametrize("generator", ["tests", "OSMnx 2.0"])
def test_reading_is_silent_and_leaves_no_trace(read, tmp_path, monkeypatch, capfd, generator):
    # given a working folder of the user's, and OSMnx with the user's own settings
    folder = tmp_path / "cwd"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(ox.settings, "useful_tags_way", ["maxspeed"])
    monkeypatch.setattr(ox.settings, "log_console", True)
    before = {name: getattr(ox.settings, name) for name in dir(ox.settings) if not name.startswith("_")}

    # when roads are read, well and badly
    read(osm_xml(CROSS, [({"highway": "track"}, [1, 2, 3])], generator))
    with pytest.raises(InputError):
        read("no XML")

    # then nothing was printed or written, and the settings are as they were
    assert {name: getattr(ox.settings, name) for name in before} == before
    assert capfd.readouterr() == ("", "")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("gone.osm", None, "no such file"),
        ("mine.osm", "highway,track", "not OSM XML"),
        ("mine.osm", "", "not OSM XML"),
        ("mine.osm", osm_xml(CROSS, [({"highway": "track", "name": "乡道"}, [1, 2])]).encode("gbk"), "UTF-8"),
        ("mine.osm", '<?xml version="1.0" encoding="KLINGON-8"?><osm></osm>', "UTF-8"),
        ("mine.osm", '<?xml version="1.0" encoding="GBK"?><osm></osm>', "UTF-8"),
        ("mine.osm", "<kml></kml>", "no complete OSM ways"),
        ("mine.osm", osm_xml(CROSS, []), "no road in it"),
        ("mine.osm", osm_xml(CROSS, [({"highway": "track"}, [1, 99])]), "points are not in the file"),
        ("mine.osm", osm_xml(CROSS, [({"building": "yes"}, [1, 2, 3, 1])]), "no road in it"),
        ("mine.osm.bz2", b"not bz2", "cannot be read"),
        ("mine.osm.bz2", bz2.compress(b"<osm></osm>")[:-10], "not OSM XML"),
        ("mine.osm.pbf", b"\x00", "OSM PBF"),
    ],
)
def test_a_wrong_file_is_one_plain_sentence(read, name, content, told):
    with pytest.raises(InputError) as caught:
        read(content, name)
    (problem,) = caught.value.problems
    assert problem.file == name
    assert told in problem.problem
    assert problem.mend


def test_unknown_build_types_are_all_told_at_once(read):
    ways = [
        ({"highway": "track", "dualgig:build": "arial"}, [1, 2]),
        ({"highway": "track", "dualgig:build": "arial"}, [2, 3]),
        ({"highway": "track", "dualgig:build": "BURIED"}, [4, 2]),
    ]
    with pytest.raises(InputError) as caught:
        read(osm_xml(CROSS, ways))
    assert [problem.column for problem in caught.value.problems] == ["dualgig:build"] * 2
    assert "'arial' on way 100, 101" in str(caught.value)
    assert "'BURIED' on way 102" in str(caught.value)
    assert "existing, aerial, buried, duct" in str(caught.value)


@pytest.fixture
def place_project(tiny_project):
    def make(**roads):
        return tiny_project(inputs={"roads": {"path": "", "place": "Qingyuan, Zhejiang", **roads}})

    return make


def test_a_place_is_read_like_a_file(place_project, monkeypatch, tmp_path):
    # given what OSMnx would download
    xml = tmp_path / "download.osm"
    xml.write_text(osm_xml(CROSS, [({"highway": "track"}, [1, 2, 3]), ({"highway": "footway"}, [4, 2])]))
    asked = {}

    def download(query, **options):
        asked.update(query=query, cache=ox.settings.use_cache, tags=ox.settings.useful_tags_way, **options)
        return ox.graph_from_xml(xml, simplify=False, retain_all=True)

    monkeypatch.setattr(ox, "graph_from_place", download)

    # when a project names the place
    roads = read_roads(place_project(network_type="drive"), METRIC)

    # then OSMnx was asked for it, unsimplified, without its cache folder, and the roads are there
    assert len(roads.tail) == 1
    assert asked["query"] == "Qingyuan, Zhejiang"
    assert asked["network_type"] == "drive"
    assert asked["retain_all"]
    assert not asked["cache"]
    assert "dualgig:build" in asked["tags"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NoConnection("no route to host"), "OpenStreetMap cannot be reached"),
        (TypeError("no polygon"), "has no roads for 'Qingyuan, Zhejiang'"),
    ],
)
def test_a_place_that_cannot_be_had_is_one_plain_sentence(place_project, monkeypatch, error, told):
    def download(*_, **__):
        raise error

    monkeypatch.setattr(ox, "graph_from_place", download)
    with pytest.raises(InputError, match=told) as caught:
        read_roads(place_project(), METRIC)
    assert caught.value.problems[0].column == "inputs.roads.place"


def test_an_unknown_network_type_is_told(place_project):
    with pytest.raises(InputError, match="'tractor' is unknown"):
        read_roads(place_project(network_type="tractor"), METRIC)


@pytest.mark.skipif(not WEST_OAKLAND.exists(), reason="../shared/data/osm is not here")
def test_west_oakland_has_the_road_length_that_osmnx_finds(tiny_project):
    # given real OSM data with buildings and pavements
    project = tiny_project(inputs={"roads": {"path": str(WEST_OAKLAND)}})
    crs = CRS.from_epsg(32610)

    # when it is read
    roads = read_roads(project, crs)

    # then the length is that of OSMnx's own edges of the classes that carry cable, great circle on a sphere
    check_invariants(roads)
    raw = ox.graph_from_xml(WEST_OAKLAND, simplify=False, retain_all=True)
    length_m = {
        frozenset((u, v)): tags["length"]
        for u, v, tags in raw.edges(data=True)
        if tags.get("highway") in HIGHWAY_BUILD
    }
    assert roads.length_m.sum() == pytest.approx(sum(length_m.values()), rel=3e-3)
    assert {BUILD_TYPES[number] for number in set(roads.build)} == {"buried", "aerial"}
