"""Vector files (GeoPackage, shapefile, GeoJSON and what else GDAL reads) as text cells and geometry."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyogrio.raw
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS

from dualgig.region.coordinates import parse_crs, unknown_crs
from dualgig.region.datum import shifted_datum
from dualgig.region.encoding import shapefile_encoding
from dualgig.region.findings import closest, listed
from dualgig.region.sheets import decode, number_text

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from dualgig.project import Layer
    from dualgig.region.findings import Findings

GEOJSON_SUFFIXES = (".geojson", ".json")


def read_vector(
    path: Path, layer: Layer, findings: Findings
) -> tuple[pd.DataFrame, gpd.GeoSeries | None] | None:
    """Read a vector file.

    Parameters
    ----------
    path
        The file, which exists.
    layer
        Its entry in the project file.
    findings
        Takes what is wrong.

    Returns
    -------
    cells, geometry
        Text cells under the file's column names, and the geometries in the file's CRS, or ``None``
        for them where the file has none or their CRS is unknown; ``None`` where the file cannot
        be read.
    """
    source: Path | bytes = path
    options: dict[str, Any] = {}
    if path.suffix.lower() in GEOJSON_SUFFIXES:
        data = path.read_bytes()
        text = decode(data, layer.encoding)
        if text is None:
            _unknown_encoding(layer, findings)
            return None
        # GDAL reads GeoJSON as UTF-8 only.
        source = path if (utf8 := text.encode()) == data else utf8
    elif path.suffix.lower() == ".shp":
        options["encoding"] = layer.encoding or _encoding_of_shapefile(path, layer, findings)
        if not options["encoding"]:
            _unknown_encoding(layer, findings)
            return None
    elif layer.encoding:
        options["encoding"] = layer.encoding
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layers = [str(name) for name in pyogrio.list_layers(source)[:, 0]]
        if not layers or (layer.layer and layer.layer not in layers):
            has = f"the file has {listed(layers)}" if layers else "the file has none"
            meant = closest(layer.layer, layers) or (layers[0] if layers else "")
            mend = f'Write layer = "{meant}" for it in the project file.' if meant else "Save the file again."
            findings.error(layer.path, None, "", f"there is no layer {layer.layer!r}; {has}.", mend)
            return None
        with warnings.catch_warnings():
            # GDAL warns of rings and fields that the checks behind this look at one by one.
            warnings.simplefilter("ignore")
            # By number, since a GeoJSON read from memory has a layer of another name.
            number = layers.index(layer.layer) if layer.layer else 0
            meta, _, wkb, fields = pyogrio.raw.read(
                source, layer=number, force_2d=True, datetime_as_string=True, **options
            )
    except (UnicodeDecodeError, LookupError):
        _unknown_encoding(layer, findings)
        return None
    except (DataSourceError, DataLayerError, ValueError) as error:
        reason = str(error).split("; ", maxsplit=1)[0].replace(str(path), path.name)
        findings.error(
            layer.path,
            None,
            "",
            f"the file cannot be read ({reason}).",
            "Give a GeoPackage, a whole shapefile (.shp, .shx, .dbf, .prj), GeoJSON, CSV or XLSX.",
        )
        return None
    names = [str(name) for name in meta["fields"]]
    cells = pd.DataFrame(
        {name: pd.Series(_texts(values), dtype=object) for name, values in zip(names, fields, strict=True)},
        index=pd.RangeIndex(len(fields[0]) if len(fields) else 0 if wkb is None else len(wkb)),
    )
    if wkb is None:
        return cells, None
    with np.errstate(invalid="ignore"):
        # Coordinates that are no numbers; `to_wgs84` notes them.
        shapes = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
    geometry = gpd.GeoSeries(shapes)
    own = CRS.from_user_input(meta["crs"]) if meta["crs"] else None
    crs = crs_of(own, geometry, layer, findings, sure=path.suffix.lower() not in GEOJSON_SUFFIXES)
    return cells, None if crs is None else geometry.set_crs(crs)


def crs_of(
    own: CRS | None, geometry: gpd.GeoSeries, layer: Layer, findings: Findings, *, sure: bool = True
) -> CRS | None:
    """The CRS of a layer: its own, or the project file's where it has none.

    Parameters
    ----------
    own
        What the file or database says.
    geometry
        The geometries, whose numbers hint at the CRS where none is said.
    layer
        The layer's entry in the project file.
    findings
        Takes a CRS that is unknown, or that is not the one in the project file.
    sure
        Whether the file says it for sure; GeoJSON does not.
    """
    given = parse_crs(layer.crs, layer.path, findings) if layer.crs else None
    if layer.crs and given is None:
        return None
    if own is None or not (own.is_geographic or own.is_projected or own.is_bound or own.is_compound):
        if given is None:
            bounds = geometry.total_bounds
            west, south, east, north = (float(value) for value in bounds)
            unknown_crs(
                layer.path, (west, south, east, north) if np.isfinite(bounds).all() else None, findings
            )
        return given
    datum = shifted_datum(layer.crs)
    if datum and own.is_geographic:
        return given
    if datum:
        findings.error(
            layer.path,
            None,
            "",
            f"the file says that its CRS is {own.name}, in metres; {datum} is in degrees.",
            "Save the file in degrees, or take crs out of the project file.",
        )
        return None
    if given is None or not sure:
        return given or own
    if not own.equals(given, ignore_axis_order=True) and own.to_epsg(min_confidence=25) != given.to_epsg():
        findings.error(
            layer.path,
            None,
            "",
            f"the file says that its CRS is {own.name}, the project file says {given.name}.",
            "Take crs out of the project file, or save the file in the right CRS.",
        )
        return None
    return own


def note_missing_shapes(
    geometry: gpd.GeoSeries, rows: NDArray[np.int64], layer: Layer, findings: Findings
) -> None:
    """Note features of a vector layer without a geometry, or with one that cannot be built."""
    for position in np.flatnonzero((geometry.isna() | geometry.is_empty).to_numpy()):
        findings.error(
            layer.path,
            int(rows[position]),
            "",
            "the feature has no geometry, or a broken one.",
            "Draw it, or delete the feature.",
        )


def _encoding_of_shapefile(path: Path, layer: Layer, findings: Findings) -> str:
    encoding, source = shapefile_encoding(path)
    if source == "bytes" and encoding != "UTF-8":
        findings.warn(
            layer.path,
            None,
            "",
            "there is no .cpg file, or it does not fit; the texts are read as GBK.",
            'Look at the names; if they are wrong, write encoding = "..." for it in the project file.',
        )
    return encoding


def _unknown_encoding(layer: Layer, findings: Findings) -> None:
    findings.error(
        layer.path,
        None,
        "",
        "the text encoding is not known, or the one given does not fit.",
        'Write encoding = "GBK" or another for it in the project file, or save the file as UTF-8.',
    )


def _texts(values: NDArray[Any]) -> list[str]:
    """A field as text: whole numbers without a fraction, lists with semicolons, missing as empty."""
    if values.dtype.kind == "b":
        return ["1" if value else "0" for value in values]
    if values.dtype.kind == "f":
        return [number_text(float(value)) for value in values]
    return [
        "" if value is None else ";".join(map(str, value)) if isinstance(value, np.ndarray) else str(value)
        for value in values
    ]
