"""The parts of ``plan.json`` on years, funds, balance between groups, and base stations."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

# pydantic reads the annotations when it builds the models
from dualgig.export.schema_part import Cny, Part, ScoreRow, Whole
from dualgig.plan import Why  # noqa: TC001
from dualgig.project import EquityKind, Measure, Share, StationUnit  # noqa: TC001


class Reached(Part):
    """How many there are, and how many are served by the end of a year."""

    people: Whole
    villages: Whole
    townships: Whole
    people_5g: Whole
    villages_5g: Whole
    townships_5g: Whole
    people_gigabit: Whole
    villages_gigabit: Whole
    townships_gigabit: Whole


class TargetRow(Part):
    """A goal by the end of a year."""

    score: ScoreRow = Field(description="At the end of that year; its cost is beyond what stands then.")
    why: Why = Field(
        description="Why it is missed: beyond reach whatever it costs; more than the money of the years up to "
        "it even alone; or other duties took the money (order)."
    )
    least_cny: Cny | None = Field(
        description="Least cost found of it alone, from today; null: met or beyond."
    )
    money_cny: Cny = Field(description="Money of the years up to it.")


class PhaseRow(Part):
    """One year of a plan."""

    year: int
    money_cny: Cny | None = Field(description="Its own money; null where only the total counts.")
    carried_cny: Cny = Field(description="What the years before left for it.")
    spent_cny: Cny
    stations_before: Whole = Field(description="On air today.")
    stations_built: Whole = Field(description="Added in the year.")
    stations: Whole = Field(description="Standing at its end.")
    planned_elsewhere: Whole = Field(description="Planned by others by its end.")
    stations_wanted: Whole | None = Field(description="The policy's number by its end.")
    coverage: Reached = Field(description="At its end.")
    targets: tuple[TargetRow, ...]


class FundRow(Part):
    """One fund and what it pays; the one without a name is what the total holds beyond all others."""

    name: str
    amount_cny: Cny = Field(description="What it holds.")
    spent_cny: Cny = Field(description="What it pays.")
    payable_cny: Cny = Field(description="How much of the plan it may pay by its rules.")
    by_line: dict[str, Cny] = Field(description="What it pays, by line of the cost book.")


class EquityPart(Part):
    """One rule of balance between groups."""

    name: str
    kind: EquityKind
    group: str
    against: str
    measure: Measure | Literal["spending"]
    required: Share = Field(description="The least share, or the largest difference.")
    before: float = Field(description="Today.")
    after: float = Field(description="With the plan.")
    met: bool


class StationCountPart(Part):
    """Base stations of one county."""

    county: str
    before: Whole
    after: Whole
    planned_elsewhere: Whole


class StationsPart(Part):
    """Base stations in the policy's unit."""

    unit: StationUnit
    before: Whole = Field(description="On air today.")
    after: Whole = Field(description="On air with the plan.")
    planned_elsewhere: Whole
    wanted: Whole | None = Field(description="The policy's number by the end.")
    counties: tuple[StationCountPart, ...]
