"""Packed columns and coordinates, read back without the code that wrote them."""

from __future__ import annotations

import base64
import gzip
import json

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon

from dualgig.render.layers import pack, pack_paths, pack_points

HOLED = Polygon(
    [(119.0, 27.0), (119.2, 27.0), (119.2, 27.2), (119.0, 27.2)],
    [[(119.05, 27.05), (119.1, 27.05), (119.1, 27.1)]],
)
FAR = Polygon([(-179.9, -60.0), (-179.8, -60.0), (-179.8, -59.9)])


def unpack(text):
    raw = gzip.decompress(base64.b64decode(text))
    size = int.from_bytes(raw[:4], "little")
    head = json.loads(raw[4 : 4 + size].decode("utf-8"))
    columns = dict(head["texts"])
    for name, kind, offset, count in head["arrays"]:
        start = 4 + size + offset
        assert start % 8 == 0  # a typed array begins at a multiple of its item size
        columns[name] = np.frombuffer(raw, np.dtype(kind).newbyteorder("<"), count, start)
    return columns


def test_columns_survive_packing():
    columns = {
        "name": ["", "<script>alert(1)</script>", "𠮷野村 🗼", '"\\'],
        "small": np.array([0, 255], np.uint8),
        "signed": np.array([-32768, 7, 32767], np.int16),
        "wide": np.array([[1, -2], [3, 2**31 - 1]], np.int32),
        "real": np.array([0.1, np.nan], np.float32),
        "none": np.array([], np.float64),
    }

    back = unpack(pack(columns))

    assert list(back["name"]) == columns["name"]
    for name in ("small", "signed", "real", "none"):
        np.testing.assert_array_equal(back[name], columns[name])
    np.testing.assert_array_equal(back["wide"], columns["wide"].ravel())


def test_big_endian_arrays_and_broken_letters_do_no_harm():
    back = unpack(pack({"a": np.array([1, 2], ">i4"), "b": ["half \ud83d"]}))

    np.testing.assert_array_equal(back["a"], [1, 2])
    assert back["b"] == ["half ?"]


def test_a_pack_bears_no_time():
    raw = base64.b64decode(pack({"a": np.arange(9, dtype=np.uint16)}))

    assert raw[4:8] == bytes(4)  # MTIME of RFC 1952


def test_a_type_that_browsers_lack_raises():
    with pytest.raises(TypeError, match="int64"):
        pack({"a": np.array([1], np.int64)})


def test_points_are_whole_steps_of_a_millionth_degree():
    back = pack_points(gpd.GeoSeries([Point(119.1234564, 27.9999996), Point(-1.5, 0.0)], crs=4326))

    np.testing.assert_array_equal(back["lon"], [119_123_456, -1_500_000])
    np.testing.assert_array_equal(back["lat"], [28_000_000, 0])


def test_outlines_survive_packing():
    shapes = gpd.GeoSeries(
        [HOLED, Point(1, 2), MultiPolygon([FAR, HOLED]), None, Polygon(), FAR, LineString([(3, 4), (5, 6)])],
        crs=4326,
    )

    packed = pack_paths(shapes.iloc[:6])

    np.testing.assert_array_equal(packed["rings"], [2, 0, 3, 0, 0, 1])
    np.testing.assert_array_equal(packed["vertices"], [5, 4, 4, 5, 4, 4])
    xy = np.column_stack([np.cumsum(packed["dlon"]), np.cumsum(packed["dlat"])]) / 1e6
    rings = np.split(xy, np.cumsum(packed["vertices"])[:-1])
    back = [
        Polygon(rings[0], [rings[1]]),
        MultiPolygon([Polygon(rings[2]), Polygon(rings[3], [rings[4]])]),
        Polygon(rings[5]),
    ]
    for got, wanted in zip(back, (HOLED, shapes[2], FAR), strict=True):
        assert shapely.equals_exact(got.normalize(), wanted.normalize(), tolerance=6e-7)


def test_lines_survive_packing():
    lines = gpd.GeoSeries([LineString([(3, 4), (5, 6), (5, 7)]), LineString([(0, 0), (1, 1)])], crs=4326)

    packed = pack_paths(lines)

    np.testing.assert_array_equal(packed["rings"], [1, 1])
    np.testing.assert_array_equal(np.cumsum(packed["dlat"]) / 1e6, [4, 6, 7, 0, 1])


def test_no_shapes_at_all():
    packed = pack_paths(gpd.GeoSeries([], crs=4326))

    assert all(column.size == 0 for column in packed.values())
