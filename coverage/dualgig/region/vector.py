"""Vector files (GeoPackage, shapefile, GeoJSON and what else GDAL reads) as text cells and geometry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from dualgig.region.coordinates import parse_crs, unknown_crs
from dualgig.region.encoding import shapefile_encoding
from dualgig.region.findings import closest, listed
from dualgig.region.sheets import decode, number_text

if TYPE_CHECKING:
    from pathlib import Path

    from pyproj import CRS

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
        layers = [str(name) for name in pyogrio.list_layers(source)[:, 0]]
        chosen = layer.layer or (layers[0] if layers else "")
        if chosen not in layers:
            has = f"the file has {listed(layers)}" if layers else "the file has none"
            meant = closest(chosen, layers) or (layers[0] if layers else "")
            findings.error(
                layer.path,
                None,
                "",
                f"there is no layer {chosen!r}; {has}.",
                f'Write layer = "{meant}" for it.',
            )
            return None
        table = pyogrio.read_dataframe(source, layer=chosen, force_2d=True, on_invalid="ignore", **options)
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
    cells = pd.DataFrame({str(name): _text(table[name]) for name in table.columns if name != "geometry"})
    cells.index = pd.RangeIndex(len(table))
    if not isinstance(table, gpd.GeoDataFrame):
        return cells, None
    geometry = gpd.GeoSeries(table.geometry.to_numpy(), crs=table.crs)
    crs = _crs_of(path, geometry, layer, findings)
    return cells, None if crs is None else geometry.set_crs(crs, allow_override=True)


def _crs_of(path: Path, geometry: gpd.GeoSeries, layer: Layer, findings: Findings) -> CRS | None:
    """The file's own CRS, or the project file's where it has none; GeoJSON never says for sure."""
    given = parse_crs(layer.crs, layer.path, findings) if layer.crs else None
    if layer.crs and given is None:
        return None
    own = geometry.crs
    if own is None or not (own.is_geographic or own.is_projected or own.is_bound or own.is_compound):
        if given is None:
            bounds = geometry.total_bounds
            west, south, east, north = (float(value) for value in bounds)
            unknown_crs(
                layer.path, (west, south, east, north) if np.isfinite(bounds).all() else None, findings
            )
        return given
    if given is None or path.suffix.lower() in GEOJSON_SUFFIXES:
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


def _text(values: pd.Series[Any]) -> pd.Series[Any]:
    """A column as text: whole numbers without a fraction, dates as YYYY-MM-DD, missing as empty."""
    if pd.api.types.is_bool_dtype(values.dtype):
        texts = ["1" if value else "0" for value in values]
    elif pd.api.types.is_integer_dtype(values.dtype):
        texts = ["" if pd.isna(value) else str(int(value)) for value in values]
    elif pd.api.types.is_float_dtype(values.dtype):
        texts = [number_text(float(value)) for value in values]
    elif pd.api.types.is_datetime64_any_dtype(values.dtype):
        texts = ["" if pd.isna(value) else value.date().isoformat() for value in values]
    else:
        missing = values.isna().to_numpy()
        texts = ["" if gone else str(value) for value, gone in zip(values, missing, strict=True)]
    return pd.Series(texts, dtype=object)
