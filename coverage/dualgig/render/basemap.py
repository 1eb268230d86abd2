"""Base maps, on request only: the tiles that the page may then ask a server for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from dualgig.errors import OutputError

if TYPE_CHECKING:
    from dualgig.project import MapPage
    from dualgig.render.grid import Datum

TIANDITU_KEY = "DUALGIG_TIANDITU_KEY"
"""Environment variable that holds the user's key of Tianditu, where the key is to be written into the page."""

_TIANDITU = (
    "https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={{key}}"
)

BASES: dict[str, dict[str, Any]] = {
    "osm": {
        "urls": ["https://tile.openstreetmap.org/{z}/{x}/{y}.png"],
        "subdomains": "",
        "hosts": ["https://tile.openstreetmap.org"],
        "attribution": "© OpenStreetMap contributors",
        "max_zoom": 19,
        "needs_key": False,
    },
    "tianditu": {
        "urls": [_TIANDITU.format(layer=layer) for layer in ("vec", "cva")],
        "subdomains": "01234567",
        "hosts": [f"https://t{number}.tianditu.gov.cn" for number in range(8)],
        "attribution": "天地图",
        "max_zoom": 18,
        "needs_key": True,
    },
    "gaode": {
        "urls": [
            "https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}"
        ],
        "subdomains": "1234",
        "hosts": [f"https://webrd0{number}.is.autonavi.com" for number in range(1, 5)],
        "attribution": "高德地图（GCJ-02）",
        "max_zoom": 18,
        "needs_key": False,
    },
}
"""Per base map: addresses, hosts (for the page's content security policy), attribution, deepest zoom."""


def base_map(section: MapPage) -> dict[str, Any] | None:
    """The base map that the project asks for, as an option of the page; none by default.

    The user's key of Tianditu is left out, and the page asks for it, unless the project wants it in
    the file.

    Raises
    ------
    OutputError
        The key is to be in the file, and the environment has none.
    """
    if section.base == "none":
        return None
    base = dict(BASES[section.base])
    if base["needs_key"] and section.key_in_file:
        base["key"] = os.environ.get(TIANDITU_KEY, "")
        if not base["key"]:
            raise OutputError(
                f"map.key_in_file: the environment has no {TIANDITU_KEY}. Set it to your key, "
                "or take key_in_file out, and the map asks for the key."
            )
    return base


def page_datum(section: MapPage) -> Datum:
    """The datum that everything on the page is drawn in: GCJ-02 on Gaode's tiles, WGS 84 elsewhere."""
    return "GCJ-02" if section.base == "gaode" else "WGS-84"


def security_policy(section: MapPage) -> str:
    """Content security policy of the page: nothing is loaded but what is in it, and tiles where asked for."""
    hosts = "".join(f" {host}" for host in BASES[section.base]["hosts"]) if section.base != "none" else ""
    return (
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
        f"img-src data: blob:{hosts}; base-uri 'none'; form-action 'none'"
    )
