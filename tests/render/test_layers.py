"""Packed columns and coordinates, read back without the code that wrote them."""

from __future__ import annotations

import base64
import gzip
import json

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import LineString, MultiPolygon, Point, Polygon

from dualgig.render.grid import PageGrid
from dualgig.render.layers import pack, pack_paths, pack_points

GRID = PageGrid()

HOLED = Polygon(
    [(119.0, 27.0), (119.2, 27.0), (119.2, 27.2), (119.0, 27.2)],
    [[(119.05, 27.05), (119.1, 27.05), (119.1, 27.1)]],
)
FAR = Polygon([(-179.9, -60.0), (-179.8, -60.0), (-179.8, -59.9)])


PLANES = {"int16": 2, "uint16": 2, "int32": 4, "uint32": 4}


def unpack(text):
    how, _, code = text.partition(",")
    raw = base64.b64decode(code)
    raw = {"gzip": gzip.decompress, "plain": bytes}[how](raw)
    size = int.from_bytes(raw[:4], "little")
    columns = {}
    for name, kind, offset, count in json.loads(raw[4 : 4 + size].decode("utf-8")):
        start = 4 + size + offset
        assert start % 8 == 0  # a typed array begins at a multiple of its item size
        if kind == "text":
            columns[name] = texts_at(raw, start, count)
        elif kind in PLANES:
            planes = [
                raw[start + plane * count : start + (plane + 1) * count] for plane in range(PLANES[kind])
            ]
            numbers = [int.from_bytes(bytes(one), "little") for one in zip(*planes, strict=True)]
            signed = kind.startswith("int")
            columns[name] = [(n >> 1) ^ -(n & 1) if signed else n for n in numbers]
        else:
            columns[name] = np.frombuffer(raw, np.dtype(kind).newbyteorder("<"), count, start)
    return columns


def texts_at(raw, start, count):
    size = int.from_bytes(raw[start : start + 4], "little")
    shared = raw[start + 4 : start + 4 + count]
    rest = raw[start + 4 + count : start + 4 + count + size].decode("utf-8").split("\0") if count else []
    texts, before = [], b""
    for same, text in zip(shared, rest, strict=True):
        before = before[: 2 * same] + text.encode("utf-16-le")
        texts.append(before.decode("utf-16-le"))
    return texts


def test_columns_survive_packing():
    columns = {
        "name": [
            "",
            "<script>alert(1)</script>",
            "𠮷野村 🗼",
            "𠮷野村 🗽",
            '"\\',
            "village " * 40 + "1",
            "village " * 40 + "2",
        ],
        "nameless": [],
        "small": np.array([0, 255], np.uint8),
        "signed": np.array([-32768, 7, 32767], np.int16),
        "wide": np.array([[1, -2], [3, 2**31 - 1]], np.int32),
        "real": np.array([0.1, np.nan], np.float32),
        "none": np.array([], np.float64),
    }

    back = unpack(pack(columns))

    assert back["name"] == columns["name"]
    assert back["nameless"] == []
    for name in ("small", "signed", "real", "none"):
        np.testing.assert_array_equal(back[name], columns[name])
    np.testing.assert_array_equal(back["wide"], columns["wide"].ravel())


def test_a_pack_that_is_not_compressed_holds_the_same():
    columns = {"id": ["S001", "S002"], "x": np.array([5, -7], np.int32)}

    plain, gzipped = pack(columns, compressed=False), pack(columns)

    assert plain.startswith("plain,")
    assert gzipped.startswith("gzip,")
    assert unpack(plain) == unpack(gzipped)


def test_a_text_that_holds_the_separator_keeps_its_place():
    assert unpack(pack({"a": ["one\0two", "three"]}))["a"] == ["one\ufffdtwo", "three"]


def test_big_endian_arrays_and_broken_letters_do_no_harm():
    back = unpack(pack({"a": np.array([1, 2], ">i4"), "b": ["half \ud83d"]}))

    np.testing.assert_array_equal(back["a"], [1, 2])
    assert back["b"] == ["half ?"]


def test_a_pack_bears_no_time():
    raw = base64.b64decode(pack({"a": np.arange(9, dtype=np.uint16)}).removeprefix("gzip,"))

    assert raw[4:8] == bytes(4)  # MTIME of RFC 1952


def test_a_type_that_browsers_lack_raises():
    with pytest.raises(TypeError, match="int64"):
        pack({"a": np.array([1], np.int64)})


def test_points_are_steps_from_the_point_before():
    points = gpd.GeoSeries([Point(119.1234564, 27.9999996), Point(-1.5, 0.0)], crs=4326)

    packed = pack_points(points, GRID)

    expected = web_mercator_steps(np.array([[119.1234564, 27.9999996], [-1.5, 0.0]]))
    np.testing.assert_allclose(np.cumsum(packed["x"]), expected[:, 0], atol=0.51)
    np.testing.assert_allclose(np.cumsum(packed["y"]), expected[:, 1], atol=0.51)


def web_mercator_steps(lon_lat):
    """Steps by pyproj's EPSG:3857."""
    x, y = Transformer.from_crs(4326, 3857, always_xy=True).transform(lon_lat[:, 0], lon_lat[:, 1])
    edge = 20037508.342789244
    return np.column_stack([(x + edge) / (2 * edge), (edge - y) / (2 * edge)]) * 2**GRID.bits


def unpacked_shapes(packed):
    """Lists of rings, each a list of points, from packed arcs."""
    xy = np.column_stack([np.cumsum(packed["dx"]), np.cumsum(packed["dy"])])
    arcs = np.split(xy, np.cumsum(packed["lengths"])[:-1])
    refs, rings = iter(np.cumsum(packed["refs"])), []
    for count in packed["arcs"]:
        ring = []
        for ref in (next(refs) for _ in range(count)):
            arc = arcs[ref] if ref >= 0 else arcs[~ref][::-1]
            assert not ring or tuple(ring[-1]) == tuple(arc[0])
            ring += [tuple(point) for point in (arc[1:] if ring else arc)]
        rings.append(ring)
    ring = iter(rings)
    return [[next(ring) for _ in range(count)] for count in packed["rings"]]


def test_outlines_survive_packing():
    shapes = gpd.GeoSeries([HOLED, Point(1, 2), MultiPolygon([FAR, HOLED]), None, Polygon(), FAR], crs=4326)

    packed = pack_paths(shapes, GRID)

    np.testing.assert_array_equal(packed["rings"], [2, 0, 3, 0, 0, 1])
    rings = unpacked_shapes(packed)
    back = [
        Polygon(rings[0][0], [rings[0][1]]),
        MultiPolygon([Polygon(rings[2][0]), Polygon(rings[2][1], [rings[2][2]])]),
        Polygon(rings[5][0]),
    ]
    for got, wanted in zip(back, (HOLED, shapes[2], FAR), strict=True):
        steps = shapely.transform(wanted, web_mercator_steps)
        assert shapely.equals_exact(got.normalize(), steps.normalize(), tolerance=1.01)


def test_lines_survive_packing():
    lines = gpd.GeoSeries([LineString([(3, 4), (5, 6), (5, 7)]), LineString([(0, 0), (1, 1)])], crs=4326)

    rings = unpacked_shapes(pack_paths(lines, GRID))

    for (line,), wanted in zip(rings, lines, strict=True):
        steps = shapely.transform(wanted, web_mercator_steps)
        assert shapely.equals_exact(LineString(line).normalize(), steps.normalize(), tolerance=1.01)


def test_no_shapes_at_all():
    packed = pack_paths(gpd.GeoSeries([], crs=4326), GRID)

    assert all(column.size == 0 for column in packed.values())
