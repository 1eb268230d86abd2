"""What QGIS looks for in a GeoPackage: default styles, and a project that puts the layers in order."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from dualgig.export.styles import DRAW_ORDER, QML_VERSION, STYLES, layer_title, qml

if TYPE_CHECKING:
    from pathlib import Path

    from pyproj import CRS

    from dualgig.project import Language

STYLE_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256),
    f_table_schema TEXT(256),
    f_table_name TEXT(256),
    f_geometry_column TEXT(256),
    styleName TEXT(30),
    styleQML TEXT,
    styleSLD TEXT,
    useAsDefault BOOLEAN,
    description TEXT,
    owner TEXT(30),
    ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
)
"""
"""As QGIS itself creates it (its OGR provider)."""

PROJECT_TABLE = "CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB)"
"""As QGIS itself creates it (its storage of projects in GeoPackages)."""

PROJECT_NAME = "plan"

LAYER_ID = "dualgig_plan_"
"""How the ids of layers begin; QGIS replaces ids of ten characters and fewer."""

_EPOCH = (1980, 1, 1, 0, 0, 0)


def add_qgis(path: Path, language: Language, *, title: str, date: str, crs: CRS | None) -> None:
    """Add the tables ``layer_styles`` and ``qgis_projects`` to a GeoPackage of the plan.

    QGIS draws every layer in its default style when it is opened. The project ``plan`` (Project >
    Open From > GeoPackage) opens all layers, points over lines over polygons.

    Parameters
    ----------
    path
        The GeoPackage, with layers named as in `dualgig.export.styles.STYLES`.
    language
        Of the names and legends.
    title
        Of the project.
    date
        ``YYYY-MM-DD``, for both tables.
    crs
        Of the layers and the project; ``None`` where it is undefined.
    """
    with closing(sqlite3.connect(path)) as base, base:
        layers = {
            name: (column, kind)
            for name, column, kind in base.execute(
                "SELECT table_name, column_name, geometry_type_name FROM gpkg_geometry_columns"
            )
            if name in STYLES
        }
        base.execute(STYLE_TABLE)
        base.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
            "styleQML, styleSLD, useAsDefault, description, owner, update_time) VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '', ?)",
            [
                (
                    name,
                    column,
                    name,
                    qml(name, language, points="POINT" in kind),
                    layer_title(name, language),
                    f"{date}T00:00:00.000Z",
                )
                for name, (column, kind) in layers.items()
            ],
        )
        base.execute(PROJECT_TABLE)
        stamp = {"last_modified_time": f"{date}T00:00:00", "last_modified_user": "DualGig"}
        base.execute(
            "INSERT INTO qgis_projects VALUES (?, ?, ?)",
            (
                PROJECT_NAME,
                json.dumps(stamp),
                _zipped(
                    _project(
                        path.name, {name: kind for name, (_, kind) in layers.items()}, language, title, crs
                    )
                ),
            ),
        )
        base.executemany(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
            "VALUES (?, 'attributes', ?, '', ?)",
            [(table, table, f"{date}T00:00:00.000Z") for table in ("layer_styles", "qgis_projects")],
        )


def _project(file: str, kinds: dict[str, str], language: Language, title: str, crs: CRS | None) -> str:
    """A QGIS project of the layers of the file beside it."""
    root = ET.Element("qgis", projectname=title, version=QML_VERSION)
    ET.SubElement(root, "title").text = title
    _srs(ET.SubElement(root, "projectCrs"), crs)
    if crs is not None:
        # Without this QGIS does not look at the project's CRS.
        properties = ET.SubElement(ET.SubElement(root, "properties"), "SpatialRefSys")
        ET.SubElement(properties, "ProjectionsEnabled", type="int").text = "1"
    tree = ET.SubElement(root, "layer-tree-group")
    layers = ET.Element("projectlayers")
    for name in (layer for layer in DRAW_ORDER if layer in kinds):
        ET.SubElement(
            tree,
            "layer-tree-layer",
            id=f"{LAYER_ID}{name}",
            name=layer_title(name, language),
            source=f"./{file}|layername={name}",
            providerKey="ogr",
            checked="Qt::Unchecked" if name == "gaps" else "Qt::Checked",
            expanded="1" if name == "villages" else "0",
        )
        # The style's own elements are those of a layer in a project.
        layer = ET.fromstring(qml(name, language, points="POINT" in kinds[name]))  # noqa: S314 - our own text
        layer.tag = "maplayer"
        layer.set("type", "vector")
        for tag, text in (
            ("id", f"{LAYER_ID}{name}"),
            ("datasource", f"./{file}|layername={name}"),
            ("layername", layer_title(name, language)),
        ):
            ET.SubElement(layer, tag).text = text
        ET.SubElement(layer, "provider", encoding="UTF-8").text = "ogr"
        _srs(ET.SubElement(layer, "srs"), crs)
        layers.append(layer)
    root.append(layers)
    return '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM">' + ET.tostring(
        root, encoding="unicode"
    )


def _srs(parent: ET.Element, crs: CRS | None) -> None:
    """A CRS as QGIS writes it; nothing inside where it is undefined."""
    srs = ET.SubElement(parent, "spatialrefsys")
    code = crs.to_epsg() if crs is not None else None
    if crs is None or code is None:
        return
    for tag, text in (
        ("wkt", crs.to_wkt()),
        ("srid", str(code)),
        ("authid", f"EPSG:{code}"),
        ("description", crs.name),
        ("geographicflag", "true" if crs.is_geographic else "false"),
    ):
        ET.SubElement(srs, tag).text = text


def _zipped(project: str) -> str:
    """A project file packed as QGIS stores it: zipped, in hexadecimal digits."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(f"{PROJECT_NAME}.qgs", _EPOCH), project)
    return packed.getvalue().hex()
