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

from dualgig.render.topology import topology

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from dualgig.render.grid import PageGrid

type Columns = dict[str, Sequence[str] | NDArray[Any]]

PLAIN, GZIPPED = "plain,", "gzip,"
"""What a pack begins with: how the rest of it is to be read."""

_LEVEL = 6
"""Of gzip; 9 takes ten times as long for 2 % less."""

_ALIGN = 8
_KINDS = {"int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "float64"}
_PLANES = {"int32": 4, "uint32": 4, "int16": 2, "uint16": 2}
_SEPARATOR = "\0"
_MOST_SHARED = 100


class PackedLayer(Layer):
    """A layer drawn by `assets/painters.js` from packed columns.

    Parameters
    ----------
    kind
        Which drawing: ``townships``, ``villages``, ``sites``, ``nodes``, ``routes``, ``roads`` or
        ``exclusions``.
    columns
        See `pack`.
    compressed
        See `pack`.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = dualgig.layer({{ this.kind|tojson }}, {{ this.packed|tojson }});
        {% endmacro %}
        """
    )

    def __init__(
        self, kind: str, columns: Mapping[str, Sequence[str] | NDArray[Any]], *, compressed: bool = True
    ) -> None:
        super().__init__(name=kind, overlay=True, control=False)
        self._name = "PackedLayer"
        self.kind = kind
        self.packed = pack(columns, compressed=compressed)


def pack(columns: Mapping[str, Sequence[str] | NDArray[Any]], *, compressed: bool = True) -> str:
    """Columns as one text: a JSON header, then little-endian arrays and texts; gzipped, in base64.

    Integers of 16 and 32 bits are stored as planes of bytes, signed ones folded first (0, -1, 1, -2
    become 0, 1, 2, 3), so that small numbers leave whole planes of zeros. A text is stored as how much
    of it stands in the text before, and the rest.

    Parameters
    ----------
    columns
        Numeric arrays, any shape (flattened), of at most 32-bit integers or floats; or lists of
        texts. A NUL in a text becomes U+FFFD.
    compressed
        Whether gzip is used; browsers without ``DecompressionStream`` read the other kind only.

    Returns
    -------
    str
        The same text for the same columns: the gzip header bears no time.

    Raises
    ------
    TypeError
        An array has a type that a browser has no typed array for.
    """
    head: list[tuple[str, str, int, int]] = []
    body = bytearray()
    for name, values in columns.items():
        if isinstance(values, np.ndarray):
            kind, size, data = values.dtype.name, values.size, _bytes(name, values)
        else:
            kind, size, data = "text", len(values), _text_bytes(values)
        head.append((name, kind, len(body), size))
        body += data
        body += bytes(-len(body) % _ALIGN)
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-(4 + len(text)) % _ALIGN)
    raw = len(text).to_bytes(4, "little") + text + bytes(body)
    if compressed:
        return GZIPPED + base64.b64encode(gzip.compress(raw, _LEVEL, mtime=0)).decode("ascii")
    return PLAIN + base64.b64encode(raw).decode("ascii")


def pack_points(points: gpd.GeoSeries, grid: PageGrid) -> Columns:
    """Points in EPSG:4326 as steps of the page from the point before, int32, shape (rows,) each."""
    return _differences(grid.steps(shapely.get_coordinates(points.to_numpy())))


def pack_paths(shapes: gpd.GeoSeries, grid: PageGrid) -> Columns:
    """Polygons or lines in EPSG:4326 as arcs; see `dualgig.render.topology.topology`.

    Points and missing shapes have no ring.

    Returns
    -------
    dict
        ``rings`` : uint32, shape (rows,), rings of each shape; ``arcs`` : uint32, shape (rings,),
        arcs of each ring; ``refs`` : int32, shape (references,), difference of each reference from
        the one before; ``lengths`` : uint32, shape (arcs,), vertices of each arc; ``dx``, ``dy`` :
        int32, shape (vertices,), steps from the vertex before, across arcs, the first from 0.
    """
    cut = topology(shapes.to_numpy(), grid.steps)
    steps = _differences(cut.xy)
    return {
        "rings": cut.rings_of.astype(np.uint32),
        "arcs": cut.arcs_of.astype(np.uint32),
        "refs": np.diff(cut.refs, prepend=0).astype(np.int32),
        "lengths": cut.lengths.astype(np.uint32),
        "dx": steps["x"],
        "dy": steps["y"],
    }


def _differences(steps: NDArray[np.int64]) -> Columns:
    """Steps from the point before, the first from 0."""
    moved = np.diff(steps, axis=0, prepend=np.zeros((1, 2), np.int64)).astype(np.int32)
    return {"x": np.ascontiguousarray(moved[:, 0]), "y": np.ascontiguousarray(moved[:, 1])}


def _bytes(name: str, values: NDArray[Any]) -> bytes:
    """An array as it is stored.

    Raises
    ------
    TypeError
        A browser has no typed array for it.
    """
    kind = values.dtype.name
    if kind not in _KINDS:
        raise TypeError(f"{name}: {values.dtype} has no typed array in a browser")
    flat = np.ascontiguousarray(values.ravel().astype(values.dtype.newbyteorder("<")))
    planes = _PLANES.get(kind)
    if planes is None:
        return flat.tobytes()
    if kind.startswith("int"):
        flat = (flat << 1) ^ (flat >> (8 * planes - 1))
    return np.ascontiguousarray(flat.view(np.uint8).reshape(-1, planes).T).tobytes()


def _text_bytes(values: Sequence[str]) -> bytes:
    """Size of the rest, then how many UTF-16 units each text shares with the one before, then the rest."""
    texts = [str(value).replace(_SEPARATOR, "\N{REPLACEMENT CHARACTER}") for value in values]
    shared, rest, before = bytearray(len(texts)), [], ""
    for row, text in enumerate(texts):
        same = 0
        for one, other in zip(text[:_MOST_SHARED], before, strict=False):
            if one != other:
                break
            same += 1
        # JavaScript counts a letter beyond the basic plane twice.
        shared[row] = same if text.isascii() else len(text[:same].encode("utf-16-le", "surrogatepass")) // 2
        rest.append(text[same:])
        before = text
    data = _SEPARATOR.join(rest).encode("utf-8", "replace")
    return len(data).to_bytes(4, "little") + bytes(shared) + data
