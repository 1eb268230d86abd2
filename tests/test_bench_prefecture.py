"""The prefecture's benchmark, on data made here and on a real county: every step, figures that fit together."""

import json
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from rasterio.transform import from_origin
from shapely.geometry import box

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data" / "zhejiang"

KEYS = {
    *("villages", "sites", "demand_points", "options", "pairs_over_years"),
    *("duty_cny", "duty_bound_cny", "total_cny", "status", "duty", "stages", "served_of_reachable"),
    *("write_s", "read_s", "predict_s", "duty_s", "formulate_s", "stages_s"),
    *("peak_mib", "solver_peak_mib"),
}

WEST, SOUTH, SIDE = 119.0, 27.5, 0.03
"""Corner of the first village and a village's side, degrees."""


@pytest.fixture
def small_prefecture(tmp_path):
    """A folder with a county of 54,000 people, one of 270,000 and one of another prefecture, nine villages each."""
    rows = []
    for county, people in (("990101", 6_000), ("990102", 30_000), ("990201", 6_000)):
        for town in range(1, 4):
            for village in range(1, 4):
                column, row = len(rows) % 6, len(rows) // 6
                west, south = WEST + column * SIDE, SOUTH + row * SIDE
                # The first unit of each county is an urban community, whose code says so.
                kind = 1 if town == village == 1 else 200 + village
                rows.append(
                    {
                        "code": f"{county}{town:03d}{kind:03d}",
                        "name": f"{town}-{village}",
                        "town": f"{county}{town:03d}",
                        "county": county,
                        "pop": people,
                        "geometry": box(west, south, west + SIDE, south + SIDE),
                    }
                )
    villages = gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs="EPSG:4326")
    towns = villages.dissolve("town", aggfunc={"county": "first", "pop": "sum"}).reset_index(names="code")
    towns = towns.assign(name=towns["code"], county_name=towns["county"])
    folder = tmp_path / "data"
    folder.mkdir()
    villages.to_file(folder / "villages.gpkg")
    towns.to_file(folder / "townships.gpkg")
    write_relief(folder / "dem_15s.tif")
    return folder


def write_relief(path):
    """Ridges of 300 m and 120 m that cross, on cells of 15 arc-seconds, around the villages."""
    cell = 15 / 3600
    x, y = np.meshgrid(np.arange(100), np.arange(100))
    height = 500 + 300 * np.sin(x / 4) + 120 * np.cos(y / 3)
    profile = {"driver": "GTiff", "dtype": "int16", "count": 1, "width": 100, "height": 100, "nodata": -32768}
    transform = from_origin(WEST - 0.1, SOUTH + 0.25, cell, cell)
    with rasterio.open(path, "w", crs="EPSG:4326", transform=transform, **profile) as file:
        file.write(np.rint(height).astype(np.int16), 1)


def figures(folder, *options):
    """The JSON object on the last line that the benchmark prints."""
    command = [sys.executable, str(ROOT / "scripts" / "bench_prefecture.py"), str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return json.loads(done.stdout.splitlines()[-1])


def assert_fit_together(told):
    """Each figure is on the right side of those that bound it."""
    assert told.keys() == KEYS
    assert 0 < told["duty_bound_cny"] <= told["duty_cny"]
    assert told["total_cny"] == round(1.1 * told["duty_cny"])
    assert told["demand_points"] > told["villages"]
    assert told["pairs_over_years"] > told["options"] > told["sites"]
    assert 0 < told["served_of_reachable"] <= 1
    assert min(told["peak_mib"], told["solver_peak_mib"]) > 0
    stages = {stage["stage"]: stage for stage in told["stages"]}
    for stage in stages.values():
        low, high = (stage["bound"], stage["value"])[:: 1 if stage["sense"] == "min" else -1]
        assert low <= high
    # with a floor and targets on the way, what is asked for cannot cost less
    assert stages["duty_cost"]["value"] >= told["duty_bound_cny"]
    assert stages["least_cost"]["value"] <= told["total_cny"]
    return stages


def test_two_counties(small_prefecture):
    told = figures(
        small_prefecture,
        "--codes",
        "9901",
        "--sites",
        "40",
        "--points",
        "120",
        "--limit",
        "20",
        "--seed",
        "3",
    )
    # then it is the two counties that the codes name, and no more candidates and points than asked for
    assert told["villages"] == 18
    assert 30 < told["sites"] <= 40
    assert told["demand_points"] <= 120
    # and every stage of so small a plan is proved as far as the benchmark asks
    stages = assert_fit_together(told)
    assert told["status"] in {"optimal", "within_gap"}
    assert all(stage["gap"] <= 0.005 for stage in stages.values())
    # and the floor asks for more than the duties do by themselves
    assert stages["duty_cost"]["bound"] > told["duty_cny"]


@pytest.mark.slow
@pytest.mark.skipif(not DATA.exists(), reason="the province's data are not beside this clone")
def test_one_county_with_few_candidates():
    told = figures(DATA, "--codes", "331126", "--sites", "240", "--points", "1000", "--limit", "30")
    assert told["villages"] == 203
    assert_fit_together(told)
