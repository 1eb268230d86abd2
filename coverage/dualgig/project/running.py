"""``[map]`` and ``[solver]``: what the map carries, and how long is looked for a plan."""

from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from dualgig.project.section import Section


class MapPage(Section):
    """``[map]``: what the map carries beside the plan. As it is, the map asks no network for anything."""

    base: Literal["none", "osm", "tianditu", "gaode"] = Field(
        "none", description="Base map that the page loads from the network: OpenStreetMap, 天地图 or 高德."
    )
    key_in_file: bool = Field(
        default=False,
        description="Write the key of 天地图 (environment: DUALGIG_TIANDITU_KEY) into the map; it asks otherwise.",
    )
    rsrp: bool = Field(default=True, description="Predict the best server's SS-RSRP as a raster layer.")
    rsrp_classes_dbm: tuple[float, ...] = Field(
        (-85.0, -95.0, -105.0, -115.0),
        max_length=8,
        description="Edges of its classes, strongest first, dBm.",
    )
    compress: bool = Field(
        default=True, description="Compress what the map carries; false for browsers that cannot unpack it."
    )
    approval_number: str = Field("", description="Map approval number (审图号), shown in the footer.")
    watermark: str = Field("", description="Text across the map, e.g. 内部使用 or Internal use.")

    @model_validator(mode="after")
    def _descending(self) -> Self:
        edges = self.rsrp_classes_dbm
        if any(weaker >= stronger for stronger, weaker in pairwise(edges)):
            raise ValueError("rsrp_classes_dbm: write the edges from the strongest to the weakest")
        return self


class Solver(Section):
    """``[solver]``: how long to look. Work limits keep equal runs equal; a clock does not."""

    gap: float = Field(
        0.0, ge=0, lt=1, description="Relative gap at which a stage may stop; 0 asks for proof."
    )
    node_limit: int = Field(200_000, ge=1, description="Branch-and-bound nodes a stage.")
    time_limit_s: float | None = Field(
        None, gt=0, description="Clock limit of all stages together; none by default."
    )
