"""The contract of ``plan.json``: a pydantic model, from which its JSON schema follows."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

# pydantic reads the annotations when it builds the models
from dualgig.export.schema_part import Cny, ScoreRow, Whole
from dualgig.export.schema_part import Part as _Part
from dualgig.export.schema_policy import EquityPart, FundRow, PhaseRow, StationsPart  # noqa: TC001
from dualgig.insight import How  # noqa: TC001
from dualgig.plan import Duty, Reason, Status  # noqa: TC001
from dualgig.prediction import Method  # noqa: TC001
from dualgig.project import Service  # noqa: TC001


class StageRow(_Part):
    """One stage of the optimisation and what was proved of it."""

    stage: str
    sense: Literal["min", "max"]
    value: int
    bound: int
    gap: float = Field(ge=0, description="(value - bound)/value or (bound - value)/(bound - baseline).")
    method: str


class Cost(_Part):
    """What the plan costs."""

    total: Cny
    by_line: dict[str, Cny] = Field(description="By line of the cost book.")


class Built(_Part):
    """How much is built."""

    sites: Whole = Field(description="Sites that are new or get more.")
    nodes: Whole = Field(description="Fibre nodes that are new or upgraded.")
    trench_km: float = Field(ge=0, description="New trench, km.")
    exchange_nodes: Whole = Field(description="Exchange nodes among the nodes.")


class Build(_Part):
    """One option that is built; their costs add up to the plan's."""

    option: str
    kind: Literal["site", "node", "village"] = Field(description="What the item is.")
    item: str = Field(description="Id of the site, the node, or the village that is linked.")
    name: str
    cost_cny: Cny
    year: int | None = Field(description="In which year; null where all is decided at once.")


class Served(_Part):
    """How many there are, and how many are served."""

    people: Whole
    villages: Whole
    townships: Whole
    people_5g: Whole
    villages_5g: Whole
    townships_5g: Whole
    villages_fragile: Whole = Field(
        description="Among villages_5g: served only where P.1812 is right and ITM is not."
    )
    people_gigabit: Whole
    villages_gigabit: Whole
    townships_gigabit: Whole


class Coverage(_Part):
    """Served today and with the plan."""

    before: Served
    after: Served


class Gap(_Part):
    """A place that the plan leaves without a service."""

    id: str
    name: str
    level: Literal["township", "village"]
    township: str
    service: Service
    duty: bool = Field(description="A goal counts this place.")
    reason: Reason
    cost_to_serve_cny: Cny | None = Field(description="Beyond the plan; null: impossible.")


class PlacePart(_Part):
    """A place and a service that is asked for, in plans over years by the end of a year."""

    level: Literal["township", "village"]
    id: str
    service: Service
    year: int | None


class DutyPricePart(_Part):
    """What letting a duty go would save."""

    places: tuple[PlacePart, ...] = Field(
        description="More than one where the same is built for them, so that only all of them together save it."
    )
    saving_cny: Cny
    how: How = Field(
        description="exact: proved; price: the dual price of the linear relaxation, an estimate."
    )


class ReachPart(_Part):
    """Duties of one level that can be met together, whatever it costs."""

    goals: tuple[str, ...]
    wanted: Whole = Field(description="Weighted as the goals are.")
    reachable: Whole
    bound: Whole = Field(description="No plan meets more.")


class MoreMoneyPart(_Part):
    """What more money would buy."""

    extra_cny: Cny
    proved: bool = Field(description="False: at least so much.")
    duties: int
    served: dict[str, int] = Field(description="Beyond the plan; negative where something took its place.")


class InsightPart(_Part):
    """What explains a plan as a whole."""

    reach: tuple[ReachPart, ...]
    duty_cost_cny: Cny = Field(description="Least cost found of the duties that can be met.")
    duty_bound_cny: Cny = Field(description="They cost at least so much.")
    dearest: tuple[DutyPricePart, ...]
    more: MoreMoneyPart | None


class SweepCheckPart(_Part):
    """The sweep against exact profiles, on the sites on air with the plan."""

    sites: Whole
    paths: Whole = Field(description="Paths to a radio point in a band on air, compared.")
    mean_db: float = Field(description="Mean of the sweep's level less the exact one, dB.")
    std_db: float = Field(ge=0, description="Standard deviation, dB.")
    points: Whole = Field(description="Radio points within the caps of these sites.")
    points_lost: Whole = Field(description="Served by the sweep, not by exact profiles.")
    points_gained: Whole = Field(description="The other way round.")
    places_lost: tuple[str, ...] = Field(description="Townships and villages likewise, by id.")
    places_gained: tuple[str, ...]


class CapPart(_Part):
    """What the radius cap costs a band, if it were the only one and nothing interfered."""

    band: str
    radius_km: float = Field(gt=0)
    wider_km: float = Field(gt=0, description="How far sites beyond the cap were looked for.")
    unserved: Whole = Field(description="Townships and villages that no site within the cap serves.")
    examined: Whole = Field(description="How many of them were looked at.")
    places: tuple[str, ...] = Field(description="Those that sites beyond the cap would serve, by id.")


class PredictionPart(_Part):
    """How radio coverage was predicted."""

    method: Method = Field(
        description="exact: a profile of every path; sweep: radial lines, and exact profiles for what stands "
        "and is built."
    )
    sites: Whole
    points: Whole = Field(description="Radio points.")
    paths: Whole = Field(description="Sites and radio points within the largest radius cap of each other.")
    check: SweepCheckPart | None = Field(description="Null where every path is exact.")
    caps: tuple[CapPart, ...]


class Input(_Part):
    """One input file."""

    path: str = Field(description="Relative to the project file.")
    rows: Whole | None
    sha256: str
    caveat: str = ""


class PlanDocument(_Part):
    """A whole ``plan.json``.

    Raises
    ------
    ValueError
        Figures that contradict one another.
    """

    schema_: Literal["dualgig-plan/1"] = Field(alias="schema")
    dualgig: str = Field(description="Version of DualGig.")
    project: str = Field(description="Name of the project.")
    status: Status
    duty: Duty
    shortage_cny: Cny
    gap: float = Field(ge=0, description="Of the first stage that is not proved optimal.")
    scoreboard: tuple[ScoreRow, ...]
    stages: tuple[StageRow, ...]
    cost_cny: Cost
    budget_cny: Cny
    funds: tuple[FundRow, ...] = Field(description="Empty where all money is one.")
    years: tuple[int, ...] = Field(description="Ascending; empty where all is decided at once.")
    phases: tuple[PhaseRow, ...] = Field(description="One a year.")
    equity: tuple[EquityPart, ...] = Field(description="The rules of balance between groups.")
    stations: StationsPart | None
    built: Built
    builds: tuple[Build, ...]
    coverage: Coverage
    gaps: tuple[Gap, ...]
    insight: InsightPart | None = Field(description="Null where nothing was solved.")
    prediction: PredictionPart | None = Field(description="Null where it is not known.")
    inputs: dict[str, Input]
    options: dict[str, Any] = Field(description="The project file with its defaults filled in.")
    seed: Whole
    versions: dict[str, str] = Field(description="Of the packages that a result depends on.")

    @model_validator(mode="after")
    def _adds_up(self) -> PlanDocument:
        if sum(self.cost_cny.by_line.values()) != self.cost_cny.total:
            raise ValueError("cost_cny: the lines do not add up to the total")
        if sum(build.cost_cny for build in self.builds) != self.cost_cny.total:
            raise ValueError("builds: their costs do not add up to the total")
        if self.phases and sum(phase.spent_cny for phase in self.phases) != self.cost_cny.total:
            raise ValueError("phases: what the years spend does not add up to the total")
        if self.funds and sum(fund.spent_cny for fund in self.funds) != self.cost_cny.total:
            raise ValueError("funds: what they pay does not add up to the total")
        if self.duty == "met" and (self.shortage_cny or not all(score.met for score in self.scoreboard)):
            raise ValueError("duty: met, yet a goal is missed or money is short")
        return self


def json_schema() -> dict[str, Any]:
    """The JSON schema of ``plan.json``."""
    return PlanDocument.model_json_schema()
