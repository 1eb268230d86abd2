"""The result of planning, frozen; its tables and its ``plan.json`` schema. No solver is imported here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from dualgig.project import Service
    from dualgig.region.model import Region

SCHEMA = "dualgig-plan/1"

Status = Literal["optimal", "within_gap", "work_limit", "time_limit", "interrupted"]
Duty = Literal["met", "over_budget", "undecided", "unreachable"]
Reason = Literal[
    "", "no_candidate", "terrain", "budget", "optical_budget", "no_road", "forbidden", "interference"
]

REASONS: tuple[str, ...] = (
    "no_candidate",
    "terrain",
    "budget",
    "optical_budget",
    "no_road",
    "forbidden",
    "interference",
)
"""Why a place stays a gap; each names the cause whose removal alone would serve it.

``no_candidate``: no site within reach even in free space. ``terrain``: a site is in reach, terrain
blocks the path. ``budget``: it can be served, the money ran out. ``optical_budget``: a cable path
exists, longer than the optical budget allows. ``no_road``: no road joins it to a node.
``forbidden``: only a forbidden site or node would serve it. ``interference``: a site is in reach, other
sites on its band disturb it (only where SINR or a downlink rate is tested).
"""


@dataclass(frozen=True)
class Stage:
    """One stage of the optimisation and what was proved of it.

    ``gap`` is (value - bound) / value for costs and (bound - value) / (bound - baseline) for goods;
    0 is proved optimal.
    """

    stage: str
    sense: Literal["min", "max"]
    value: int
    bound: int
    gap: float
    method: str


def stage_kind(stage: str) -> str:
    """Kind of a stage without the level of duties that it is about: ``reach_1`` is a ``reach``."""
    return stage.rstrip("-0123456789").rstrip("_")


@dataclass(frozen=True)
class Score:
    """One row of the target scoreboard; counts are places of the goal, ``places`` of them."""

    goal: str
    service: Service
    required: float
    places: int
    needed: int
    before: int
    achieved: int
    met: bool
    short: int
    cost_to_meet_cny: int | None


@dataclass(frozen=True)
class Plan:
    """A plan for one region. Tables are indexed by the text id.

    Attributes
    ----------
    townships, villages : geopandas.GeoDataFrame
        The region's table, and per service S in ``5g``, ``gigabit``:

        ``before_S``, ``after_S`` : bool
            Served today, and with the plan.
        ``duty_S`` : bool
            A goal counts this place.
        ``source_S`` : str
            ``predicted`` or ``ledger``: where ``before_S`` is from.
        ``reason_S`` : str
            Reason code of a gap, one of `REASONS`; empty where served.
        ``cost_S_cny`` : pandas Int64
            What serving the gap would cost beyond the plan; missing where served or impossible.

        and, for 5G with the plan,

        ``fragile`` : bool
            Served by paths that would not serve under the more pessimistic of P.1812 and ITM, see
            `dualgig.fragile`; false where not served, or where the ledger says that it is.

        ``interfered`` : bool
            Served by a SINR or downlink rate that falls short once what the plan builds interferes, see
            `dualgig.interfered`.

        and for villages

        ``server`` : str
            Site that serves the weakest key point after the plan (best server).
        ``rsrp_dbm``, ``margin_db`` : float
            SS-RSRP there and its margin over the threshold; NaN where nothing reaches it.
        ``fails`` : str
            Kinds of the key points that are not served, separated by ``;``.
        ``olt`` : str
            Node that gives gigabit after the plan.
        ``cable_km`` : float
            Cable from that node, km; NaN where none.
    sites : geopandas.GeoDataFrame
        The region's sites and generated candidates, with ``state`` (existing: on air and untouched;
        upgraded: on air before, more is added; new: something is built where none was on air;
        unused: a candidate not built), ``built`` (configuration ids built, ``;``-separated),
        ``operator`` (of what is on air after), ``bands`` (``;``-separated, after), ``cost_cny``,
        ``villages`` (how many have it as server after), ``alone`` (villages that only it serves).
    nodes : geopandas.GeoDataFrame
        The region's nodes with ``state`` (existing, upgraded, new, unused), ``cost_cny``,
        ``villages`` (how many it gives gigabit after).
    routes : geopandas.GeoDataFrame
        LineStrings of the trench built: ``node``, ``village``, ``length_km`` (cable), ``new_km``
        (trench), ``build`` (build types used, ``;``-separated), ``cost_cny`` (of the trench).
    cost_lines : pandas.DataFrame
        One row a cost line of what is built: ``option``, ``item`` (site, node or village id),
        ``line``, ``quantity``, ``unit``, ``unit_cny``, ``amount_cny``.
    gaps : pandas.DataFrame
        ``id``, ``name``, ``level`` (township, village), ``township``, ``service``, ``duty``,
        ``reason``, ``cost_cny`` (Int64): every place not served after the plan.
    conflicts : pandas.DataFrame
        ``id``, ``name``, ``service``, ``predicted``, ``ledger`` (bool), ``source``, ``date``: where
        the ledger contradicts the prediction.
    coverage : dict
        ``{"before": {...}, "after": {...}}`` with counts ``people_5g``, ``villages_5g``,
        ``townships_5g``, and the same for gigabit, beside ``people``, ``villages``, ``townships``
        (all there are), and ``villages_fragile``, those among ``villages_5g`` that are fragile.
    """

    region: Region
    status: Status
    duty: Duty
    shortage_cny: int
    budget_cny: int
    gap: float
    scoreboard: tuple[Score, ...]
    stages: tuple[Stage, ...]
    townships: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    nodes: gpd.GeoDataFrame
    routes: gpd.GeoDataFrame
    cost_lines: pd.DataFrame
    gaps: pd.DataFrame
    conflicts: pd.DataFrame
    coverage: dict[str, dict[str, int]]

    @property
    def cost_cny(self) -> int:
        """What the plan costs, whole yuan."""
        return int(self.cost_lines["amount_cny"].sum()) if len(self.cost_lines) else 0

    @property
    def interfered(self) -> tuple[str, ...]:
        """Townships, then villages, that what the plan builds would disturb out of service."""
        tables = [table for table in (self.townships, self.villages) if "interfered" in table]
        return tuple(
            str(place) for table in tables for place in table.index[table["interfered"].astype(bool)]
        )
