"""The plan's features in groups, as drawings and field maps show them: by table, then by state."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import numpy as np

from dualgig.export.styles import BOTH, FIBRE, INK, MUTED, NONE, ONLY_5G, ONLY_GIGABIT, RADIO
from dualgig.export.tables import nodes, places, routes, sites
from dualgig.text import say

if TYPE_CHECKING:
    import pandas as pd

    from dualgig.plan import Plan
    from dualgig.project import Language

Shape = Literal["point", "line", "polygon"]

STATES = {"new": "NEW", "upgraded": "UPGRADED", "existing": "EXISTING", "unused": "UNUSED"}
BUILDS = ("aerial", "buried", "duct", "existing", "several")
SERVED = {"both": BOTH, "5g": ONLY_5G, "gigabit": ONLY_GIGABIT, "none": NONE}

_NOT_TEXT = re.compile(r"[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")


@dataclass(frozen=True)
class Group:
    """Features that are drawn alike.

    Parameters
    ----------
    layer
        Name of a drawing's layer: capitals, digits and ``_``, in every language the same.
    folder, title
        Keys of the catalogue: what the table is called, and the group within it (empty: all of it).
    shape, colour
        Kind of geometry, and ``#rrggbb``.
    shown
        Whether it is to be seen at first.
    features
        ``id``, ``name`` (one line, without control characters) and the geometry, EPSG:4326.
    details
        The rows of the lists (`dualgig.export.tables`) about them, on the same index.
    """

    layer: str
    folder: str
    title: str
    shape: Shape
    colour: str
    shown: bool
    features: gpd.GeoDataFrame
    details: pd.DataFrame

    def words(self, language: Language) -> tuple[str, str]:
        """What the table and the group are called."""
        return say(language, self.folder), say(language, self.title) if self.title else ""


def groups(plan: Plan) -> list[Group]:
    """Everything of a plan that has a place, in groups; those without features are left out.

    Sites and nodes by state, routes by build type, villages (at their committee, else at a point
    inside) by what serves them, and the boundaries of villages and townships.
    """
    found = [*_points(plan), *_routes(plan), *_villages(plan), *_boundaries(plan)]
    return [group for group in found if len(group.features)]


def village_points(plan: Plan) -> gpd.GeoSeries:
    """Where each village is: its first committee, else a point inside; EPSG:4326, the villages' index."""
    keypoints = plan.region.keypoints
    committees = keypoints[keypoints["kind"] == "committee"].drop_duplicates("village")
    at = dict(zip(committees["village"], committees.geometry, strict=True))
    inside = plan.villages.geometry.representative_point()
    points = [at.get(village, point) for village, point in zip(inside.index, inside, strict=True)]
    return gpd.GeoSeries(points, index=inside.index, crs=inside.crs)


def plain_text(text: str) -> str:
    """Text on one line, without the characters that XML and drawings cannot hold."""
    return _NOT_TEXT.sub(" ", text).strip()


def _points(plan: Plan) -> list[Group]:
    found = []
    for name, table, details, colour in (
        ("sites", plan.sites, sites(plan), RADIO),
        ("nodes", plan.nodes, nodes(plan), FIBRE),
    ):
        features = _features(table.index, table["name"], table.geometry)
        for state, word in STATES.items():
            rows = (table["state"] == state).to_numpy()
            found.append(
                Group(
                    layer=f"{name.upper()}_{word}",
                    folder=f"list.sheet.{name}",
                    title=f"state.{state}",
                    shape="point",
                    colour=colour if state in ("new", "upgraded") else MUTED,
                    shown=state != "unused",
                    features=features[rows],
                    details=details[rows],
                )
            )
    return found


def _routes(plan: Plan) -> list[Group]:
    table, details = plan.routes, routes(plan)
    names = details["node_name"].fillna("") + " - " + details["village_name"].fillna("")
    features = _features(table.index, names, table.geometry)
    build = details["build"].mask(details["build"].str.contains(";"), "several").to_numpy()
    return [
        Group(
            layer=f"ROUTES_{kind.upper()}",
            folder="list.sheet.routes",
            title=f"list.build.{kind}",
            shape="line",
            colour=MUTED if kind == "existing" else FIBRE,
            shown=True,
            features=features[build == kind],
            details=details[build == kind],
        )
        for kind in BUILDS
    ]


def _villages(plan: Plan) -> list[Group]:
    table = plan.villages
    details = places(plan).iloc[len(plan.townships) :].reset_index(drop=True)
    features = _features(table.index, table["name"], village_points(plan))
    radio, fibre = table["after_5g"].to_numpy(dtype=bool), table["after_gigabit"].to_numpy(dtype=bool)
    served = np.select([radio & fibre, radio, fibre], ["both", "5g", "gigabit"], default="none")
    return [
        Group(
            layer=f"VILLAGES_{kind.upper()}",
            folder="list.sheet.villages",
            title=f"list.served.{kind}",
            shape="point",
            colour=colour,
            shown=True,
            features=features[served == kind],
            details=details[served == kind],
        )
        for kind, colour in SERVED.items()
    ]


def _boundaries(plan: Plan) -> list[Group]:
    found = []
    for name, table, layer, shown in (
        ("villages", plan.villages, "VILLAGE_BOUNDARIES", False),
        ("townships", plan.townships, "TOWNSHIP_BOUNDARIES", True),
    ):
        features = _features(table.index, table["name"], table.geometry)
        areal = (features.geom_type != "Point").to_numpy()
        found.append(
            Group(
                layer=layer,
                folder=f"list.boundaries.{name}",
                title="",
                shape="polygon",
                colour=INK,
                shown=shown,
                features=features[areal],
                details=features[areal][["id", "name"]],
            )
        )
    return found


def _features(ids: pd.Index, names: pd.Series, geometry: gpd.GeoSeries) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"id": [str(value) for value in ids], "name": [plain_text(str(name)) for name in names]},
        geometry=geometry.to_numpy(),
        crs=geometry.crs,
    )
