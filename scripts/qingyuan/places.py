"""Towns, villages, key points and people: real names on seeded places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy import ndimage

from qingyuan import sources, terrain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from qingyuan.terrain import Grid

STREETS = ("331126001", "331126002", "331126003")
COUNTY_TOWN = ("331126001", "331126002")

REMOTE = {
    # The 百山祖 massif and the county's north, behind it, are thinly settled: these villages are put
    # there so that every reason of a gap occurs. Names are real, places and circumstances are not.
    "331126107208": "north_tip",
    "331126107213": "park",
    "331126107205": "gorge",
}


def each(table: pd.DataFrame) -> Iterator[Any]:
    """Rows as named tuples."""
    return iter(table.itertuples(index=False))


def cells(points: NDArray[np.float64], outline: BaseGeometry) -> list[BaseGeometry]:
    """Voronoi cells of points, shape (points, 2), cut to an outline, in the points' order."""
    if len(points) == 1:
        return [outline]
    diagram = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=outline, ordered=True)
    return [_polygons(shapely.intersection(cell, outline)) for cell in diagram.geoms]


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    """The polygonal part of a geometry, oriented as GeoJSON wants it."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon" and part.area > 1.0]
    return shapely.orient_polygons(parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts))


def make_townships(
    towns: pd.DataFrame, seats: dict[str, tuple[float, float]], outline: shapely.Polygon
) -> gpd.GeoDataFrame:
    """Township cells round the seats, metres; ``seat_x_m`` and ``seat_y_m`` keep the seat."""
    table = gpd.GeoDataFrame(
        towns.copy(), geometry=gpd.points_from_xy(*zip(*towns["id"].map(seats), strict=True))
    )
    points = table.set_geometry(table.geometry, crs="EPSG:4326").to_crs(terrain.CRS)
    xy = np.column_stack([points.geometry.x, points.geometry.y])
    table = gpd.GeoDataFrame(towns.copy(), geometry=cells(xy, outline), crs=terrain.CRS)
    table["county"] = "庆元县"
    table["group"] = "mountain26"
    table["kind"] = np.where(table["name"].str.endswith("街道"), "street", "township")
    table["seat_source"] = ["GeoNames" if town in sources.SEATS else "Vonng/adcode" for town in table["id"]]
    table["seat_x_m"], table["seat_y_m"] = xy.T
    return table


def settle(
    townships: gpd.GeoDataFrame,
    villages: pd.DataFrame,
    located: dict[str, tuple[float, float]],
    grid: Grid,
    park: shapely.Polygon,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Committee points on low gentle ground, and village cells round them, metres.

    Parameters
    ----------
    located
        Metres of the villages whose place is known; the others are seeded.
    """
    suitability = _suitability(grid)
    tables = []
    for town in each(townships):
        members = villages[villages["township"] == town.id].reset_index(drop=True)
        seat = np.array([town.seat_x_m, town.seat_y_m])
        inside = _cells_within(grid, town.geometry.buffer(-250.0))
        xy = np.column_stack(grid.centre(*inside))
        weight = suitability[inside] * ~shapely.contains_xy(park.buffer(300.0), xy[:, 0], xy[:, 1])
        if town.id == "331126107":
            weight = weight * (xy[:, 1] < far_north_m(townships) - 7_500.0)
        chosen: dict[str, NDArray[np.float64]] = {}
        for village in members["id"]:
            if village == sources.SEAT_VILLAGES[town.id]:
                chosen[village] = seat
            elif village in located:
                chosen[village] = np.array(located[village])
            elif village in REMOTE:
                chosen[village] = _remote(REMOTE[village], town.geometry, grid, suitability, park, townships)
        for village, kind in zip(members["id"], members["kind"], strict=True):
            if village in chosen:
                continue
            near = np.ones(len(xy))
            if kind == "community":
                distance = np.hypot(*(xy - seat).T)
                near = np.exp(-distance / 500.0) * (distance < 2_500.0)
            chosen[village] = _draw(xy, weight * near, list(chosen.values()), kind == "community", rng)
        points = np.array([chosen[village] for village in members["id"]])
        members["x_m"], members["y_m"] = points.T
        tables.append(gpd.GeoDataFrame(members, geometry=cells(points, town.geometry), crs=terrain.CRS))
    return gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=terrain.CRS)


def far_north_m(townships: gpd.GeoDataFrame) -> float:
    """Northing of the northern tip of 百山祖镇."""
    return float(townships.loc[townships["id"] == "331126107"].total_bounds[3])


def _suitability(grid: Grid) -> NDArray[np.float64]:
    """Weight of each cell as a village's place: gentle, and low within its surroundings."""
    height = grid.height_m
    slope = np.hypot(*np.gradient(height, terrain.CELL_M))
    low = height - ndimage.minimum_filter(height, size=17)
    return np.asarray(np.exp(-slope / 0.06 - low / 40.0), dtype=np.float64)


def _cells_within(grid: Grid, polygon: BaseGeometry) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the cells whose centre lies in a polygon."""
    west, south, east, north = polygon.bounds
    (top, bottom), (left, right) = grid.cell(np.array([west, east]), np.array([north, south]))
    row, column = (part.ravel() for part in np.mgrid[top : bottom + 1, left : right + 1])
    keep = shapely.contains_xy(polygon, *grid.centre(row, column))
    return row[keep], column[keep]


def _draw(
    xy: NDArray[np.float64],
    weight: NDArray[np.float64],
    others: list[NDArray[np.float64]],
    dense: bool,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """One cell centre by weight, as far from the others as the ground allows."""
    distance = np.min([np.hypot(*(xy - other).T) for other in others], axis=0)
    spacing = 500.0 if dense else 2_000.0
    while not (allowed := weight * (distance > spacing)).sum() > 0:
        spacing *= 0.8
    return np.asarray(xy[rng.choice(len(xy), p=allowed / allowed.sum())], dtype=np.float64)


def _remote(  # the three places that are chosen, not drawn
    role: str,
    town: BaseGeometry,
    grid: Grid,
    suitability: NDArray[np.float64],
    park: shapely.Polygon,
    townships: gpd.GeoDataFrame,
) -> NDArray[np.float64]:
    """Lowest gentle ground within the part of the town that the role names."""
    north = far_north_m(townships)
    if role == "north_tip":
        part = shapely.intersection(town, shapely.box(-1e9, north - 1_800.0, 1e9, north))
    elif role == "park":
        west, south, east, north = park.buffer(-500.0).bounds
        part = shapely.intersection(park.buffer(-500.0), shapely.box(west, south, east, (south + north) / 2))
    else:
        part = shapely.intersection(town, shapely.box(-1e9, north - 6_500.0, 1e9, north - 4_000.0))
    row, column = _cells_within(grid, shapely.intersection(part, town).buffer(-150.0))
    best = int(np.argmax(suitability[row, column]))
    x, y = grid.centre(row[best : best + 1], column[best : best + 1])
    return np.array([x[0], y[0]])


def populate(villages: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """People and homes of each unit: the census total spread by class, exact in sum."""
    street, seat = villages["township"].isin(STREETS), villages["id"].isin(sources.SEAT_VILLAGES.values())
    weight = np.select(
        [villages["kind"] == "community", street, seat, villages["id"].isin(REMOTE)],
        [9.0, 1.6, 2.6, 0.35],
        1.0,
    ) * rng.lognormal(0.0, 0.35, len(villages))
    share = weight / weight.sum() * sources.POPULATION_2020
    people = np.floor(share).astype(int)
    people[np.argsort(people - share, kind="stable")[: sources.POPULATION_2020 - people.sum()]] += 1
    villages["population"] = people
    villages["households"] = np.rint(people / 2.6).astype(int)
    return villages


def make_settlements(
    villages: gpd.GeoDataFrame, grid: Grid, park: shapely.Polygon, rng: np.random.Generator
) -> pd.DataFrame:
    """Populated spots of each unit with people that sum to it: the committee's hamlet and two to five more."""
    suitability = _suitability(grid)
    seats = set(sources.SEAT_VILLAGES.values())
    rows = []
    for village in each(villages):
        xy = np.array([[village.x_m, village.y_m]])
        # Built-up places lie together: communities, and the villages in which a government stands.
        radius_m = 400.0 if village.kind == "community" else 500.0 if village.id in seats else 1_500.0
        near = shapely.Point(xy[0]).buffer(radius_m)
        part = shapely.difference(shapely.intersection(village.geometry, near), park)
        inside = _cells_within(grid, part) if part.area > 0 else (np.empty(0, int), np.empty(0, int))
        more = min(int(rng.integers(2, 6)), len(inside[0]))
        if more:
            weight = suitability[inside]
            drawn = rng.choice(len(weight), size=more, replace=False, p=weight / weight.sum())
            xy = np.vstack([xy, np.column_stack(grid.centre(inside[0][drawn], inside[1][drawn]))])
        weight = np.concatenate([[3.0], rng.uniform(0.3, 1.0, len(xy) - 1)])
        people = np.floor(weight / weight.sum() * village.population).astype(int)
        people[0] += village.population - people.sum()
        rows += [
            (f"D{village.id}{number:02d}", village.id, village.township, x, y, count)
            for number, ((x, y), count) in enumerate(zip(xy, people, strict=True))
        ]
    return pd.DataFrame(rows, columns=["id", "village", "township", "x_m", "y_m", "weight"])


def make_keypoints(
    townships: gpd.GeoDataFrame,
    villages: gpd.GeoDataFrame,
    settlements: pd.DataFrame,
    grid: Grid,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Seats, committees, and seeded schools, clinics and settlements, metres."""
    suitability = _suitability(grid)
    rows = [
        (
            f"K{town.id}S",
            f"{town.name}政府驻地",
            sources.SEAT_VILLAGES[town.id],
            town.id,
            "seat",
            town.seat_x_m,
            town.seat_y_m,
            0,
        )
        for town in each(townships)
    ]
    seats = set(sources.SEAT_VILLAGES.values())
    for village in each(villages):
        rows.append(
            (
                f"K{village.id}C",
                f"{village.name}委会",
                village.id,
                village.township,
                "committee",
                village.x_m,
                village.y_m,
                0,
            )
        )
        remote = village.id in REMOTE
        near = shapely.intersection(village.geometry, shapely.Point(village.x_m, village.y_m).buffer(450.0))
        row, column = _cells_within(grid, near)
        if len(row) == 0 or remote:
            continue
        weight = suitability[row, column] / suitability[row, column].sum()
        school = village.id in seats or village.population > rng.uniform(500.0, 1_500.0)
        clinic = village.id in seats or rng.random() < 0.8
        for kind, suffix, letter, exists in (
            ("school", "小学", "X", school),
            ("clinic", "卫生室", "W", clinic),
        ):
            if exists:
                pick = rng.choice(len(row), p=weight)
                x, y = grid.centre(row[pick : pick + 1], column[pick : pick + 1])
                rows.append(
                    (
                        f"K{village.id}{letter}",
                        f"{village.name}{suffix}",
                        village.id,
                        village.township,
                        kind,
                        x[0],
                        y[0],
                        0,
                    )
                )
    rows += [
        (
            f"K{spot.id[1:]}Z",
            "",
            spot.village,
            spot.township,
            "settlement",
            spot.x_m,
            spot.y_m,
            round(spot.weight / 2.6),
        )
        for spot in each(settlements)
        if spot.weight >= 52  # miit_4g asks for settlements of 20 homes or more
    ]
    columns = ["id", "name", "village", "township", "kind", "x_m", "y_m", "households"]
    return pd.DataFrame(rows, columns=columns)
