"""The result of planning, frozen; its tables and its ``plan.json`` schema. No solver is imported here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from dualgig.insight import Insight
    from dualgig.prediction import Prediction
    from dualgig.project import EquityKind, Measure, Service, StationUnit
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


Why = Literal["", "reach", "money", "order", "undecided"]
"""Why a target of a year is missed.

``reach``: nothing that may be built meets it, whatever it costs. ``money``: even alone it costs more than the
money of the years up to it. ``order``: alone it could be paid; duties that come before it, or count as
much, took the money. ``undecided``: the search ended before that was known.
"""


@dataclass(frozen=True)
class Target:
    """A goal by the end of a year.

    Attributes
    ----------
    score : Score
        The goal as it stands at the end of that year; ``cost_to_meet_cny`` is beyond what stands then.
    why : str
        Empty where it is met.
    least_cny : int or None
        Least cost found of meeting it, alone, from today on; None where it is met or cannot be.
    money_cny : int
        Money of the years up to it.
    """

    score: Score
    why: Why
    least_cny: int | None
    money_cny: int


@dataclass(frozen=True)
class Phase:
    """One year of a plan.

    Attributes
    ----------
    year : int
        The year.
    money_cny : int or None
        The year's own money; None where only the total counts.
    carried_cny : int
        What the years before left for it; 0 where it is not carried over, or only the total counts.
    spent_cny : int
        Cost of what is built in it.
    stations_before, stations_built, stations : int
        On air today; added in the year; standing at its end: in the unit of ``Plan.stations``.
    planned_elsewhere : int
        Stations that others plan by its end, beside ``stations``.
    stations_wanted : int or None
        The policy's number by its end, against ``stations`` + ``planned_elsewhere``.
    coverage : dict
        As ``Plan.coverage["after"]`` at its end, without ``villages_fragile``.
    targets : tuple of Target
        The targets of the year.
    """

    year: int
    money_cny: int | None
    carried_cny: int
    spent_cny: int
    stations_before: int
    stations_built: int
    stations: int
    planned_elsewhere: int
    stations_wanted: int | None
    coverage: dict[str, int]
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class FundUse:
    """One fund and what it pays.

    Attributes
    ----------
    name : str
        As in the project file; empty for what the total holds beyond the funds, which pays anything.
    amount_cny : int
        What it holds.
    spent_cny : int
        What it pays.
    payable_cny : int
        How much of the plan it may pay by its rules.
    by_line : dict
        What it pays, by cost line.
    """

    name: str
    amount_cny: int
    spent_cny: int
    payable_cny: int
    by_line: dict[str, int]


@dataclass(frozen=True)
class EquityRow:
    """One rule of balance between groups, and how the plan keeps it.

    Attributes
    ----------
    name, kind, group, against, measure
        As in the project file; ``against`` is empty but for differences, where ``rest`` are all others.
    required : float
        The least share, or the largest difference.
    before, after : float
        Today and with the plan: share of the group's villages or people served, share of the spending (0
        where nothing is spent), or how far the group lies behind, negative where it lies ahead.
    met : bool
        Worked out in whole numbers.
    """

    name: str
    kind: EquityKind
    group: str
    against: str
    measure: Measure | Literal["spending"]
    required: float
    before: float
    after: float
    met: bool


@dataclass(frozen=True)
class StationCount:
    """Base stations of one county: on air today, with the plan, and planned by others."""

    county: str
    before: int
    after: int
    planned_elsewhere: int


@dataclass(frozen=True)
class Stations:
    """Base stations in the policy's unit; only told, never a reason to build.

    Attributes
    ----------
    unit : str
        ``site``: a site with 5G on air; ``operator``: an operator on a site; ``band``: a band of an operator on
        a site.
    before, after : int
        On air today, and with the plan.
    planned_elsewhere : int
        Stations that others plan by the end.
    wanted : int or None
        The policy's number by the end, against ``after`` + ``planned_elsewhere``.
    counties : tuple of StationCount
        The same by county, in the order of the townships; sites outside all townships have the county ``""``.
    """

    unit: StationUnit
    before: int
    after: int
    planned_elsewhere: int
    wanted: int | None
    counties: tuple[StationCount, ...]


@dataclass(frozen=True)
class Plan:
    """A plan for one region. Tables are indexed by the text id.

    A plan over years has more columns: ``year`` (pandas Int64) of sites, nodes, routes and cost lines, the
    first year in which something of it is built, missing where nothing is; ``year_S`` (Int64) of townships
    and villages, the first year by whose end the plan serves it, missing where it never does or where it
    is served today. Without years there are no such columns.

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
        ``villages`` (how many have it as server after), ``alone`` (villages that only it serves),
        ``alone_places`` (ids of townships and villages that only it serves, ``;``-separated).
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
    years : tuple of int
        The years that the plan is laid out over, ascending; empty without ``[phases]``.
    phases : tuple of Phase
        One a year.
    funds : tuple of FundUse
        What each fund pays, then what the rest of the total pays; empty without ``[[funds]]``.
    equity : tuple of EquityRow
        The rules of ``[[equity]]``.
    stations : Stations or None
        Base stations in the policy's unit.
    insight : Insight or None
        Duties against money, the dearest duties, what one more million buys; ``None`` where nothing was
        solved.
    prediction : Prediction or None
        How radio coverage was predicted, see `dualgig.prediction`.
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
    years: tuple[int, ...] = ()
    phases: tuple[Phase, ...] = ()
    funds: tuple[FundUse, ...] = ()
    equity: tuple[EquityRow, ...] = ()
    stations: Stations | None = None
    insight: Insight | None = None
    prediction: Prediction | None = None

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
