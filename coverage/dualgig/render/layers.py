"""Map layers that carry packed columns and draw themselves on a canvas."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from folium.map import Layer
from folium.template import Template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

DEGREE_STEPS = 1_000_000
"""Coordinates are whole numbers of this fraction of a degree (0.1 m)."""

_ALIGN = 8
_KINDS = {"int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "float64"}


class PackedLayer(Layer):
    """A layer drawn by `assets/layers.js` from packed columns.

    Parameters
    ----------
    kind
        Which drawing: ``villages``, ``sites``, ``nodes``, ``routes``, ``roads`` or ``exclusions``.
    columns
        See `pack`.
    show
        Whether it is on the map when the page opens.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = dualgig.layer({{ this.kind|tojson }}, {{ this.packed|tojson }});
        {% endmacro %}
        """
    )

    def __init__(
        self, kind: str, columns: Mapping[str, Sequence[str] | NDArray[Any]], *, show: bool = True
    ) -> None:
        super().__init__(name=kind, overlay=True, control=False, show=show)
        self._name = "PackedLayer"
        self.kind = kind
        self.packed = pack(columns)


def pack(columns: Mapping[str, Sequence[str] | NDArray[Any]]) -> str:
    """Columns as one text: a JSON header, then little-endian arrays; gzipped, in base64.

    Parameters
    ----------
    columns
        Numeric arrays, any shape (flattened), of at most 32-bit integers or floats; or lists of
        texts, which travel in the header.

    Returns
    -------
    str
        The same text for the same columns: the gzip header bears no time.

    Raises
    ------
    TypeError
        An array has a type that a browser has no typed array for.
    """
    head: dict[str, Any] = {"arrays": [], "texts": {}}
    body = bytearray()
    for name, values in columns.items():
        if not isinstance(values, np.ndarray):
            head["texts"][name] = [str(value) for value in values]
            continue
        if values.dtype.name not in _KINDS:
            raise TypeError(f"{name}: {values.dtype} has no typed array in a browser")
        head["arrays"].append([name, values.dtype.name, len(body), values.size])
        body += values.astype(values.dtype.newbyteorder("<")).tobytes()
        body += bytes(-len(body) % _ALIGN)
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    text += b" " * (-(4 + len(text)) % _ALIGN)
    raw = len(text).to_bytes(4, "little") + text + bytes(body)
    return base64.b64encode(gzip.compress(raw, 9, mtime=0)).decode("ascii")


def pack_points(points: gpd.GeoSeries) -> dict[str, NDArray[Any]]:
    """Longitudes and latitudes of points in EPSG:4326, as int32 steps, shape (rows,) each."""
    xy = shapely.get_coordinates(points.to_numpy())
    steps = np.round(xy * DEGREE_STEPS).astype(np.int32)
    return {"lon": np.ascontiguousarray(steps[:, 0]), "lat": np.ascontiguousarray(steps[:, 1])}


def pack_paths(shapes: gpd.GeoSeries) -> dict[str, NDArray[Any]]:
    """Polygons or lines in EPSG:4326 as rings (or lines) of coordinate differences.

    Points and missing shapes have no ring.

    Returns
    -------
    dict
        ``rings`` : uint32, shape (rows,), rings of each shape; ``vertices`` : uint32, shape (rings,),
        vertices of each ring; ``dlon``, ``dlat`` : int32, shape (vertices,), steps from the vertex
        before, across rings, the first from 0.
    """
    values = shapely.force_2d(shapes.to_numpy())
    is_path = np.isin(shapely.get_dimensions(values), (1, 2))
    parts, owner = shapely.get_parts(values[is_path], return_index=True)
    lines, part = _lines(parts)
    rows = np.flatnonzero(is_path)[owner[part]]
    xy, ring = shapely.get_coordinates(lines, return_index=True)
    steps = np.diff(np.round(xy * DEGREE_STEPS).astype(np.int32), axis=0, prepend=np.zeros((1, 2), np.int32))
    return {
        "rings": np.bincount(rows, minlength=len(values)).astype(np.uint32),
        "vertices": np.bincount(ring, minlength=len(lines)).astype(np.uint32),
        "dlon": np.ascontiguousarray(steps[:, 0]),
        "dlat": np.ascontiguousarray(steps[:, 1]),
    }


def _lines(parts: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Rings of polygons, or the lines themselves, and the part that each belongs to."""
    if len(parts) and shapely.get_dimensions(parts[0]) == 2:
        rings, part = shapely.get_rings(parts, return_index=True)
        return rings, part
    return parts, np.arange(len(parts), dtype=np.intp)
