"""Key points: a committee for every village, given or taken to be at the village's point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from dualgig.region.validate import empty_table

if TYPE_CHECKING:
    from dualgig.region.findings import Findings


def with_committees(
    keypoints: gpd.GeoDataFrame | None, villages: gpd.GeoDataFrame, file: str, findings: Findings
) -> gpd.GeoDataFrame:
    """Key points with a committee for each village: one that lacks it gets it at the village's point.

    Parameters
    ----------
    keypoints
        Key points with village and township, or ``None`` where none were given.
    villages
        Villages with their townships.
    file
        File of the key points, for the findings.
    findings
        Takes one warning where key points were given and villages lack a committee.
    """
    table = empty_table("keypoints") if keypoints is None else keypoints
    has = set(table.loc[table["kind"] == "committee", "village"])
    lacking = villages[[village not in has for village in villages.index]]
    if not len(lacking):
        return table
    if keypoints is not None:
        findings.warn(
            file,
            None,
            "kind",
            f"{len(lacking)} villages have no committee among the key points, e.g. {lacking.index[0]}; "
            "the village's own point stands for it.",
            "Add a row of kind committee for each.",
        )
    taken = set(table.index)
    ids = []
    for village in lacking.index:
        name = f"{village}-committee"
        while name in taken:
            name += "-1"
        ids.append(name)
    added = gpd.GeoDataFrame(
        {
            "name": lacking["name"].to_numpy(),
            "village": lacking.index.to_numpy(),
            "township": lacking["township"].to_numpy(),
            "kind": "committee",
            "households": np.zeros(len(lacking), dtype=np.int64),
        },
        index=pd.Index(ids, name="id", dtype="str"),
        geometry=shapely.point_on_surface(lacking.geometry.to_numpy()),
        crs=lacking.crs,
    )
    return pd.concat([table, added[table.columns]]).astype(table.dtypes.to_dict()) if len(table) else added
