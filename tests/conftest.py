"""Fixtures that more than one folder of tests uses.

`tiny_project(**changes)` writes a tiny region that a whole plan can be run on, and loads its project;
`make_plan(...)` makes a small plan from geometry alone.
"""

import functools
import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from rasterio.transform import from_origin

from dualgig.cli import main
from dualgig.project import Project

# Two townships side by side, 12 x 8 km near 119E 27.6N. One valley runs west-east along y = 2 km, a second
# one, behind a ridge, along y = 6 km; a ridge at x = 6 km parts the townships. Coordinates below are
# kilometres from the south-west corner.
CRS = "EPSG:32650"
EAST_M, NORTH_M = 700_000.0, 3_055_000.0
TO_LONLAT = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
TO_METRES = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)

TOWNSHIPS = [
    ("331126100", "松源镇", [(0, 0), (6, 0), (6, 8), (0, 8)]),
    ("331126201", "岭头乡", [(6, 0), (12, 0), (12, 8), (6, 8)]),
]

# id, name, kind, priority, eligible, population, fibre, node, outline, committee
VILLAGES = [
    (
        "331126100201",
        "上村",
        "village",
        0,
        1,
        900,
        "10gpon",
        "N1",
        [(0, 0), (1.5, 0), (1.5, 4), (0, 4)],
        (0.8, 2.0),
    ),
    (
        "331126100001",
        "城中社区",
        "community",
        0,
        0,
        2400,
        "10gpon",
        "N1",
        [(1.5, 0), (3, 0), (3, 4), (1.5, 4)],
        (2.2, 2.0),
    ),
    ("331126100202", "中村", "village", 0, 1, 600, "none", "", [(3, 0), (6, 0), (6, 4), (3, 4)], (4.5, 2.0)),
    (
        "331126100203",
        "后坑村",
        "village",
        1,
        0,
        500,
        "none",
        "",
        [(0, 4), (1.5, 4), (3, 4), (6, 4), (6, 8), (0, 8)],
        (3.0, 6.0),
    ),
    (
        "331126201201",
        "岭头村",
        "village",
        1,
        1,
        1800,
        "gpon",
        "N2",
        [(6, 0), (9, 0), (9, 4), (6, 4)],
        (7.5, 2.0),
    ),
    (
        "331126201202",
        "下洋村",
        "village",
        0,
        1,
        700,
        "gpon",
        "N2",
        [(9, 0), (12, 0), (12, 4), (9, 4)],
        (10.5, 2.0),
    ),
    (
        "331126201203",
        "深坑村",
        "village",
        1,
        0,
        400,
        "none",
        "",
        [(6, 4), (9, 4), (12, 4), (12, 8), (6, 8)],
        (9.0, 6.0),
    ),
]

# id, name, structure, operators, on_air, mast_m, decision, power_km, track_km, transport, point
SITES = [
    (
        "S1",
        "城中机房",
        "existing",
        "China Mobile;China Unicom",
        "cm-n28",
        40,
        "free",
        0,
        0,
        "fibre",
        (2.0, 2.3),
    ),
    ("S2", "岭头铁塔", "existing", "China Mobile", "", 35, "free", 0, 0, "fibre", (7.4, 2.3)),
    ("S3", "后坑铁塔", "existing", "China Unicom", "", 35, "free", 0, 0, "microwave", (3.2, 6.2)),
    ("S4", "深坑新站", "new", "", "", 35, "free", 0.4, 0.2, "microwave", (9.2, 6.2)),
    ("S5", "分水岭新站", "new", "", "", 30, "free", 2.0, 1.5, "microwave", (6.0, 4.0)),
    ("S6", "下洋新站", "new", "", "", 35, "free", 0.2, 0.1, "fibre", (10.4, 2.2)),
    ("S7", "庙后新站", "new", "", "", 35, "forbidden", 0.3, 0.1, "microwave", (8.6, 5.8)),
]

# id, name, kind, stands, decision, ports, point
NODES = [
    ("N1", "松源局", "office", "10gpon", "free", 128, (2.1, 2.0)),
    ("N2", "岭头局", "office", "gpon", "free", 64, (7.6, 2.0)),
    ("N3", "深坑点", "olt", "none", "free", 32, (9.0, 5.7)),
    ("N4", "中村点", "olt", "none", "free", 32, (4.4, 2.0)),
]

# id, name, village, township, kind, households, point
KEYPOINTS = [
    ("K-A", "松源镇政府", "", "331126100", "seat", 0, (2.1, 2.1)),
    ("K-B", "岭头乡政府", "", "331126201", "seat", 0, (7.5, 2.1)),
    *[(f"C{n}", f"{v[1]}委会", v[0], "", "committee", 0, v[9]) for n, v in enumerate(VILLAGES, 1)],
    ("E1", "城中小学", "331126100001", "", "school", 0, (2.4, 2.2)),
    ("E2", "岭头小学", "331126201201", "", "school", 0, (7.7, 2.2)),
    ("H1", "下洋卫生室", "331126201202", "", "clinic", 0, (10.8, 1.8)),
    ("T1", "深坑自然村", "331126201203", "", "settlement", 25, (9.4, 6.6)),
]

STATUS = [
    ("331126100201", "5g", 1, "", "county ledger", "2024-06-30"),
    ("331126201203", "gigabit", 0, "", "county ledger", "2024-06-30"),
]

EXCLUSIONS = [("X1", "百山祖保护区", "park", [(10.5, 6.5), (11.5, 6.5), (11.5, 7.5), (10.5, 7.5)])]

# Roads: OSM id, tags, way points in kilometres; ways that share a point meet there.
ROADS = [
    (
        1,
        {"highway": "tertiary"},
        [(0.3, 2.05), (0.8, 2.05), (2.1, 2.05), (3.0, 2.05), (4.5, 2.05), (6.0, 2.05)],
    ),
    (2, {"highway": "tertiary"}, [(6.0, 2.05), (7.5, 2.05), (9.0, 2.05), (10.5, 2.05), (11.7, 2.05)]),
    (3, {"highway": "unclassified"}, [(3.0, 2.05), (2.8, 3.2), (3.1, 4.4), (3.0, 6.05), (3.3, 6.3)]),
    (4, {"highway": "track"}, [(9.0, 2.05), (9.3, 3.4), (8.9, 4.6), (9.0, 6.05), (9.4, 6.5)]),
]

PRICES = {
    "radio_sector_low": (38_000, "sector"),
    "radio_sector_mid": (45_000, "sector"),
    "structure_new": (260_000, "site"),
    "structure_adapt": (30_000, "site"),
    "power_site": (25_000, "site"),
    "power_mains_km": (90_000, "km"),
    "track_km": (120_000, "km"),
    "transport_fibre_site": (20_000, "site"),
    "transport_microwave_site": (60_000, "site"),
    "rent_year_existing": (8_000, "year"),
    "rent_year_new": (3_000, "year"),
    "energy_sector_year": (3_500, "sector-year"),
    "trench_aerial_km": (34_000, "km"),
    "trench_buried_km": (80_000, "km"),
    "trench_duct_km": (395_000, "km"),
    "olt_new": (120_000, "node"),
    "olt_upgrade": (40_000, "node"),
    "pon_port": (1_500, "port"),
    "home_passed": (700, "home"),
    "home_upgrade": (120, "home"),
}

PROJECT = {
    "project": {"name": "tiny", "title": "Two townships", "language": "en", "metric_crs": CRS, "seed": 7},
    "inputs": {
        "townships": {"path": "townships.geojson"},
        "villages": {"path": "villages.geojson"},
        "terrain": {"path": "terrain.tif", "caveat": "invented relief"},
        "sites": {"path": "sites.csv"},
        "nodes": {"path": "nodes.csv"},
        "roads": {"path": "roads.osm", "caveat": "invented roads"},
        "keypoints": {"path": "keypoints.csv"},
        "status": {"path": "status.csv"},
        "exclusions": {"path": "exclusions.geojson"},
    },
    "goals": {
        "township_5g": 1.0,
        "township_gigabit": 1.0,
        "priority_village_5g": 1.0,
        "eligible_village_gigabit": 1.0,
    },
    "configurations": [
        {"id": "cm-n28", "operator": "China Mobile", "bands": ["n28"]},
        {"id": "cm-n28n41", "operator": "China Mobile", "bands": ["n28", "n41"]},
        {"id": "cu-n78", "operator": "China Unicom", "bands": ["n78"]},
    ],
    "costs": {
        "prices": {
            line: {"amount_cny": amount, "unit": unit, "year": 2022, "source": "invented for the tests"}
            for line, (amount, unit) in PRICES.items()
        }
    },
    "budget": {"total_cny": 6_000_000},
}


@pytest.fixture(scope="session")
def make_plan():
    """The factory of small plans in `tests/fake_plan.py`; tests cannot import one another."""
    return _module("fake_plan").make_plan


@pytest.fixture(scope="session")
def plan_checker():
    """The independent checker of whole plans in `tests/plan_checker.py`."""
    return _module("plan_checker")


def _module(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tiny_project(tmp_path):
    """A factory: `tiny_project(folder=None, **changes)` writes the tiny region and gives its `Project`.

    Changes are sections of the project file, merged into `PROJECT` key by key; `None` takes a key
    out: `tiny_project(budget={"total_cny": 0}, inputs={"nodes": None})`. The files of the region
    lie beside `project.path`, to be changed before `load_region`.
    """

    def make(folder=None, **changes):
        folder = tmp_path / "tiny" if folder is None else Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        _write_inputs(folder)
        path = folder / "project.toml"
        path.write_text(_toml(_merge(PROJECT, changes)), encoding="utf-8")
        return Project.load(path)

    return make


@pytest.fixture
def aimed_project(tiny_project):
    """A factory: the tiny project with `azimuths` and `tilt` of some sites, given by id, and settings of [radio]."""

    def make(antennas=None, **radio):
        project = tiny_project(radio=radio)
        if antennas:
            path = project.path.parent / "sites.csv"
            head, *rows = path.read_text(encoding="utf-8").splitlines()
            cells = [antennas.get(row.split(",")[0], ("", "")) for row in rows]
            lines = [f"{row},{azimuths},{tilt}" for row, (azimuths, tilt) in zip(rows, cells, strict=True)]
            path.write_text("\n".join([f"{head},azimuths,tilt", *lines]) + "\n", encoding="utf-8")
        return project

    return make


@pytest.fixture
def run_here(monkeypatch, tmp_path, capsys):
    """The command line, run in this process in a folder of its own: gives exit code, stdout and stderr."""

    def call(*args):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COLUMNS", "160")
        monkeypatch.setattr(sys, "argv", ["dualgig", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return call


def _write_inputs(folder):
    header = ["id", "name", "kind", "priority", "eligible", "population", "fibre", "node"]
    _write_polygons(folder / "townships.geojson", ["id", "name"], TOWNSHIPS)
    _write_polygons(folder / "villages.geojson", header, [village[:9] for village in VILLAGES])
    _write_polygons(folder / "exclusions.geojson", ["id", "name", "kind"], EXCLUSIONS)
    site_columns = "id,name,structure,operators,on_air,mast_m,decision,power_km,track_km,transport"
    _write_points(folder / "sites.csv", site_columns, SITES)
    _write_points(folder / "nodes.csv", "id,name,kind,stands,decision,ports", NODES)
    _write_points(folder / "keypoints.csv", "id,name,village,township,kind,households", KEYPOINTS)
    status = ["place,service,served,operator,source,date", *(",".join(map(str, row)) for row in STATUS)]
    (folder / "status.csv").write_text("\n".join(status) + "\n", encoding="utf-8")
    _write_roads(folder / "roads.osm")
    _write_terrain(folder / "terrain.tif")


def _lonlat(point):
    lon, lat = TO_LONLAT.transform(EAST_M + 1000 * point[0], NORTH_M + 1000 * point[1])
    return round(lon, 7), round(lat, 7)


def _write_polygons(path, header, rows):
    features = []
    for *values, outline in rows:
        ring = [_lonlat(point) for point in [*outline, outline[0]]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append(
            {"type": "Feature", "properties": dict(zip(header, values, strict=True)), "geometry": geometry}
        )
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False, indent=1), encoding="utf-8")


def _write_points(path, header, rows):
    lines = [f"{header},lon,lat"]
    lines += [",".join(str(value) for value in (*values, *_lonlat(point))) for *values, point in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_roads(path):
    numbers = {point: n for n, point in enumerate(dict.fromkeys(p for *_, way in ROADS for p in way), 1)}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="tests">']
    for point, number in numbers.items():
        lon, lat = _lonlat(point)
        lines.append(f' <node id="{number}" lat="{lat}" lon="{lon}" version="1"/>')
    for way, tags, points in ROADS:
        lines.append(f' <way id="{way}" version="1">')
        lines += [f'  <nd ref="{numbers[point]}"/>' for point in points]
        lines += [f'  <tag k="{key}" v="{value}"/>' for key, value in tags.items()]
        lines.append(" </way>")
    path.write_text("\n".join([*lines, "</osm>"]) + "\n", encoding="utf-8")


def _relief_m(x_m, y_m):
    """Ground height of the tiny region, metres."""
    x, y = (np.asarray(x_m) - EAST_M) / 1000, (np.asarray(y_m) - NORTH_M) / 1000
    watershed = 420 * np.exp(-(((y - 4) / 0.7) ** 2))
    border = 380 * np.exp(-(((x - 6) / 0.8) ** 2)) * (1 - 0.6 * np.exp(-(((y - 2) / 0.6) ** 2)))
    walls = 500 * np.exp(-(((y + 0.5) / 0.8) ** 2)) + 500 * np.exp(-(((y - 8.5) / 0.8) ** 2))
    return 300 + np.maximum(np.maximum(watershed, border), walls) + 12 * np.sin(3 * x) * np.cos(2 * y)


@functools.cache
def _terrain():
    """The relief on a grid of 3 arc-seconds, and its transform."""
    step = 1 / 1200
    west, north = 119.01, 27.69
    columns, rows = 180, 120
    lon, lat = np.meshgrid(west + (np.arange(columns) + 0.5) * step, north - (np.arange(rows) + 0.5) * step)
    height = _relief_m(*TO_METRES.transform(lon, lat)).astype(np.float32)
    return height, from_origin(west, north, step, step)


def _write_terrain(path):
    height, transform = _terrain()
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "nodata": -9999, "crs": "EPSG:4326"}
    rows, columns = height.shape
    with rasterio.open(path, "w", transform=transform, height=rows, width=columns, **profile) as tif:
        tif.write(height, 1)


def _merge(base, changes):
    merged = dict(base)
    for key, value in changes.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = _merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def _toml(project):
    lines = []
    for section, value in project.items():
        if isinstance(value, dict):
            lines += ["", f"[{section}]", *(f"{_key(key)} = {_value(item)}" for key, item in value.items())]
        else:
            lines += [
                f"\n[[{section}]]\n" + "\n".join(f"{_key(k)} = {_value(v)}" for k, v in t.items())
                for t in value
            ]
    return "\n".join(lines) + "\n"


def _key(key):
    return (
        key
        if key.isascii() and key.replace("_", "").replace("-", "").isalnum()
        else json.dumps(key, ensure_ascii=False)
    )


def _value(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
