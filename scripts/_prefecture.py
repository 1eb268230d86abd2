"""A prefecture as a project folder: real divisions, people and relief; seeded detail, places, towers, duties."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from pyproj import Transformer
from rasterio.features import rasterize
from rasterio.transform import from_origin
from scipy.ndimage import maximum_filter
from scipy.spatial import cKDTree

from bench_radio_province import CELL_M, METRIC, province_terrain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.region.model import Terrain

PRICES = Path(__file__).parent.parent / "data" / "qingyuan" / "project.toml"
"""Project file whose unit prices are used."""

TO_DEGREES = Transformer.from_crs(METRIC, "EPSG:4326", always_xy=True)
BAND = "n78"
CONFIGURATION = f"mb-{BAND}"
OPERATOR = "移动广电"
SMALL_COUNTY_PEOPLE = 220_000
"""Counties of fewer people are the group that the equity floor speaks of."""

FLOOR = 0.85
"""Share of the people of small counties that is to have 5G: more than the duties alone bring at least cost."""

YEARS = (2021, 2022, 2023, 2024, 2025)
YEARLY_SHARES = (0.16, 0.2, 0.22, 0.22, 0.2)
"""Of the total, what each year brings."""

PROJECT = """[project]
name = "prefecture"
metric_crs = "EPSG:4549"

[inputs]
townships = {{ path = "townships.gpkg" }}
villages = {{ path = "villages.gpkg" }}
keypoints = {{ path = "keypoints.csv" }}
demand = {{ path = "demand.csv" }}
sites = {{ path = "sites.csv" }}
terrain = {{ path = "dem_90m.tif", caveat = "fractal detail added" }}

[goals]
township_5g = 1.0
priority_village_5g = 1.0
eligible_village_5g = 1.0

[[equity]]
kind = "least_coverage"
group = "small"
measure = "people_5g"
share = {floor}

[objective]
villages = 1000
people = 1

[[configurations]]
id = "{configuration}"
operator = "{operator}"
bands = ["{band}"]
sectors = 3

[costs]
horizon_years = {horizon_years}
contingency = {contingency}

[costs.prices]
{prices}

[budget]
total_cny = {total_cny}
"""

PHASES = """
[phases]
years = {years}
budget_cny = {money}

[[phases.targets]]
goal = "township_5g"
by = 2022
share = 0.75

[[phases.targets]]
goal = "priority_village_5g"
by = 2023
share = 0.3
"""

PRIORITY_SHARE, ELIGIBLE_SHARE = 0.15, 0.4
TOWER_SHARE, ON_AIR_SHARE, PEAK_SHARE = 0.2, 0.06, 0.43
"""Of the candidates: standing towers, those of them with 5G, and peaks; the rest are new at villages."""


def write_prefecture(
    data: Path,
    folder: Path,
    *,
    codes: str = "3311",
    candidates: int = 5000,
    points: int = 25_000,
    seed: int = 1,
) -> Path:
    """Write a project and its inputs into an empty folder.

    Parameters
    ----------
    data
        Folder with ``townships.gpkg``, ``villages.gpkg`` and ``dem_15s.tif``.
    folder
        Where to write.
    codes
        How the division codes of the prefecture (or of one county) begin.
    candidates, points
        Radio sites and demand points.
    seed
        Of everything that is not in the data.

    Returns
    -------
    pathlib.Path
        The project file.
    """
    rng = np.random.default_rng(seed)
    townships = gpd.read_file(data / "townships.gpkg")
    townships = townships[townships["code"].str.startswith(codes)].to_crs(METRIC).reset_index(drop=True)
    villages = gpd.read_file(data / "villages.gpkg")
    villages = villages[villages["code"].str.startswith(codes)].to_crs(METRIC).reset_index(drop=True)
    terrain = province_terrain(data / "dem_15s.tif", villages.total_bounds, seed)
    demand = make_demand(villages, terrain, points, rng)
    centre = demand.drop_duplicates("village").set_index("village").loc[villages["code"], ["x_m", "y_m"]]
    sites = make_sites(villages, centre.to_numpy(), terrain, candidates, rng)
    write_terrain(terrain, folder / "dem_90m.tif")
    write_places(townships, villages, folder, rng)
    write_csv(make_keypoints(villages, demand, rng), folder / "keypoints.csv")
    write_csv(demand, folder / "demand.csv")
    write_csv(sites, folder / "sites.csv")
    return write_project(folder)


def make_demand(
    villages: gpd.GeoDataFrame, terrain: Terrain, points: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Hamlets of each village on low ground, the largest first; their people sum to the village's."""
    label = _village_of_cell(villages, terrain)
    order = np.argsort(label, kind="stable")
    first = np.searchsorted(label[order], np.arange(len(villages) + 1))
    height = terrain.height_m.ravel()
    people = villages["pop"].to_numpy(np.int64)
    share = np.sqrt(people) / np.sqrt(people).sum() * (points - len(villages))
    count = 1 + np.floor(share).astype(np.int64)
    short = np.argsort(count - share, kind="stable")[: points - int(count.sum())]
    count[short] += 1
    inside = villages.geometry.representative_point()
    rows = []
    for number, (code, town, total) in enumerate(
        zip(villages["code"], villages["town"], people.tolist(), strict=True)
    ):
        cells = order[first[number] : first[number + 1]]
        if not len(cells):
            cells = _cell_of(terrain, np.array([inside.x[number]]), np.array([inside.y[number]]))
        low = np.exp(-(height[cells] - height[cells].min()) / 80.0)
        spots = rng.choice(cells, min(int(count[number]), len(cells)), replace=False, p=low / low.sum())
        weight = np.sort(rng.lognormal(0.0, 0.9, len(spots)))[::-1]
        part = np.floor(weight / weight.sum() * total).astype(np.int64)
        part[0] += total - part.sum()
        row, column = np.divmod(spots, terrain.height_m.shape[1])
        shift = rng.uniform(-0.4, 0.4, (2, len(spots)))
        x, y = terrain.west_m + (column + shift[0]) * CELL_M, terrain.north_m - (row + shift[1]) * CELL_M
        rows += [
            (f"D{code}-{k:02d}", code, town, x[k], y[k], int(part[k])) for k in range(len(spots)) if part[k]
        ]
    return pd.DataFrame(rows, columns=["id", "village", "township", "x_m", "y_m", "weight"])


def _village_of_cell(villages: gpd.GeoDataFrame, terrain: Terrain) -> NDArray[np.int64]:
    """Row of the village in which each cell of the terrain lies; past the last one outside of all."""
    corner = (terrain.west_m - CELL_M / 2, terrain.north_m + CELL_M / 2)
    shapes = zip(villages.geometry, range(1, len(villages) + 1), strict=True)
    transform = from_origin(*corner, CELL_M, CELL_M)
    label = rasterize(shapes, terrain.height_m.shape, transform=transform, dtype=np.int32).ravel()
    return np.where(label > 0, label - 1, len(villages)).astype(np.int64)


def _cell_of(terrain: Terrain, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> NDArray[np.int64]:
    row = np.rint((terrain.north_m - y_m) / CELL_M).astype(np.int64)
    column = np.rint((x_m - terrain.west_m) / CELL_M).astype(np.int64)
    return np.asarray(row * terrain.height_m.shape[1] + column)


def make_keypoints(
    villages: gpd.GeoDataFrame, demand: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Committee, school and clinic in the larger hamlets of each village; a seat in each township's largest."""
    hamlets = demand.groupby("village", sort=False)
    rows = []
    for town, at in villages.groupby("town", sort=True)["pop"].idxmax().items():
        x, y = hamlets.get_group(villages["code"][at])[["x_m", "y_m"]].to_numpy()[0]
        rows.append((f"K{town}-seat", villages["code"][at], town, "seat", x, y))
    for code, people in zip(villages["code"], villages["pop"], strict=True):
        own = hamlets.get_group(code)[["x_m", "y_m"]].to_numpy()
        kinds = ["committee"]
        kinds += ["school"] * (people > rng.uniform(500.0, 1500.0)) + ["clinic"] * (rng.random() < 0.8)
        for kind in kinds:
            x, y = own[0 if kind == "committee" else min(len(own) - 1, int(rng.integers(0, 3)))]
            rows.append((f"K{code}-{kind}", code, "", kind, x, y))
    return pd.DataFrame(rows, columns=["id", "village", "township", "kind", "x_m", "y_m"])


def make_sites(
    villages: gpd.GeoDataFrame,
    centre: NDArray[np.float64],
    terrain: Terrain,
    candidates: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Standing towers at the larger villages, some with 5G; new masts at villages and on peaks."""
    towers, peaks = round(TOWER_SHARE * candidates), round(PEAK_SHARE * candidates)
    size = np.log(villages["pop"].to_numpy()) + rng.normal(0.0, 0.7, len(villages))
    order = np.argsort(-size, kind="stable")
    standing = np.resize(order, towers)
    new = np.resize(order[::-1], candidates - towers - peaks)
    rows = [
        *_beside(centre[standing], terrain, 900.0, rng),
        *_beside(centre[new], terrain, 1200.0, rng),
        *_peaks(villages, terrain, peaks),
    ]
    xy = np.array(rows)
    number = np.arange(len(xy))
    stands = number < towers
    on_air = number < round(ON_AIR_SHARE * towers)
    away_km = cKDTree(centre).query(xy)[0] / 1000.0
    return pd.DataFrame(
        {
            "id": [f"{'T' if tower else 'N'}{k:05d}" for k, tower in enumerate(stands)],
            "structure": np.where(stands, "existing", "new"),
            "operators": np.where(stands, OPERATOR, ""),
            "on_air": np.where(on_air, CONFIGURATION, ""),
            "mast_m": np.where(stands, 40.0, 35.0),
            "power_km": np.where(stands, 0.0, np.round(np.maximum(away_km - 0.2, 0.1) * 1.3, 1)),
            "track_km": np.where(stands, 0.0, np.round(np.maximum(away_km - 0.4, 0.0) * 1.3, 1)),
            "transport": np.where(stands | (rng.random(len(xy)) < 0.3), "fibre", "microwave"),
            "x_m": xy[:, 0],
            "y_m": xy[:, 1],
        }
    )


def _beside(
    xy_m: NDArray[np.float64], terrain: Terrain, radius_m: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """The highest of six random places around each point."""
    angle = rng.uniform(0.0, 2 * np.pi, (6, len(xy_m)))
    distance = radius_m * np.sqrt(rng.random((6, len(xy_m))))
    x, y = xy_m[:, 0] + distance * np.cos(angle), xy_m[:, 1] + distance * np.sin(angle)
    best = terrain.sample(x, y).argmax(axis=0)
    number = np.arange(len(xy_m))
    return np.column_stack([x[best, number], y[best, number]])


def _peaks(villages: gpd.GeoDataFrame, terrain: Terrain, most: int) -> NDArray[np.float64]:
    """Cells higher than all within half a kilometre, those that stand highest above their surroundings."""
    height = terrain.height_m
    top = (height == maximum_filter(height, size=11)).ravel()
    top &= _village_of_cell(villages, terrain) < len(villages)
    cell = np.flatnonzero(top)
    row, column = np.divmod(cell, height.shape[1])
    rise = height[row, column] - height[np.maximum(row - 11, 0), column]
    for dr, dc in ((11, 0), (0, 11), (0, -11)):
        other = height[
            np.clip(row + dr, 0, height.shape[0] - 1), np.clip(column + dc, 0, height.shape[1] - 1)
        ]
        rise = np.minimum(rise, height[row, column] - other)
    chosen = np.sort(np.argsort(-rise, kind="stable")[:most])
    return np.column_stack([terrain.west_m + column[chosen] * CELL_M, terrain.north_m - row[chosen] * CELL_M])


def write_terrain(terrain: Terrain, path: Path) -> None:
    """The terrain as a GeoTIFF of whole metres."""
    rows, columns = terrain.height_m.shape
    transform = from_origin(terrain.west_m - CELL_M / 2, terrain.north_m + CELL_M / 2, CELL_M, CELL_M)
    profile = {"driver": "GTiff", "dtype": "int16", "count": 1, "width": columns, "height": rows}
    with rasterio.open(path, "w", crs=METRIC, transform=transform, compress="deflate", **profile) as file:
        file.write(np.rint(terrain.height_m).astype(np.int16), 1)


def write_places(
    townships: gpd.GeoDataFrame, villages: gpd.GeoDataFrame, folder: Path, rng: np.random.Generator
) -> None:
    """Townships with their group, and villages of which some are priority and some eligible."""
    people = townships.groupby("county")["pop"].transform("sum")
    group = np.where(people < SMALL_COUNTY_PEOPLE, "small", "large")
    table = townships.assign(id=townships["code"], group=group, county=townships["county_name"])
    table[["id", "name", "county", "group", "geometry"]].to_file(folder / "townships.gpkg")
    rural = (villages["code"].str[9:] >= "200").to_numpy()
    score = np.log(villages["pop"].to_numpy()) + rng.normal(0.0, 0.5, len(villages))
    rank = np.argsort(np.argsort(-np.where(rural, score, -np.inf), kind="stable"), kind="stable")
    share = rank / max(int(rural.sum()), 1)
    table = villages.assign(
        id=villages["code"],
        township=villages["town"],
        kind=np.where(rural, "village", "community"),
        population=villages["pop"],
        eligible=(rural & (share < ELIGIBLE_SHARE)).astype(int),
        priority=(rural & (rng.random(len(villages)) < PRIORITY_SHARE)).astype(int),
    )
    columns = ["id", "name", "township", "kind", "population", "eligible", "priority", "geometry"]
    table[columns].to_file(folder / "villages.gpkg")


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """A table with ``x_m`` and ``y_m`` as CSV in degrees."""
    longitude, latitude = TO_DEGREES.transform(table["x_m"].to_numpy(), table["y_m"].to_numpy())
    table = table.drop(columns=["x_m", "y_m"]).assign(lon=longitude.round(6), lat=latitude.round(6))
    table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def write_project(folder: Path, total_cny: int | None = None) -> Path:
    """The project file: with a total also years, their money and their targets.

    Parameters
    ----------
    folder
        Where the inputs are.
    total_cny
        Money of all years together; without it there are no years, and money is no object.
    """
    costs: dict[str, Any] = tomllib.loads(PRICES.read_text(encoding="utf-8-sig"))["costs"]
    prices = "\n".join(
        f"{name} = {{ amount_cny = {price['amount_cny']}, unit = {json.dumps(price['unit'])}, "
        f"year = {price['year']}, source = {json.dumps(price['source'])} }}"
        for name, price in costs["prices"].items()
    )
    text = PROJECT.format(
        band=BAND,
        configuration=CONFIGURATION,
        operator=OPERATOR,
        floor=FLOOR,
        horizon_years=costs["horizon_years"],
        contingency=costs["contingency"],
        prices=prices,
        total_cny=total_cny or 10**12,
    )
    if total_cny is not None:
        money = [int(share * total_cny) for share in YEARLY_SHARES]
        money[-1] += total_cny - sum(money)
        text += PHASES.format(years=list(YEARS), money=money)
    path = folder / "project.toml"
    path.write_text(text, encoding="utf-8")
    return path
