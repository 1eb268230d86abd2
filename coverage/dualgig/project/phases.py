"""``[phases]`` and ``[base_stations]``: the years of a plan, and stations counted against the policy's number."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dualgig.project.section import Section, Share

Year = Annotated[int, Field(ge=1990, le=2100)]
Cny = Annotated[int, Field(ge=0, le=10**15)]
Count = Annotated[int, Field(ge=0, le=10**9)]
Yearly = Count | tuple[Count, ...]
"""One number for every year, or one a year."""

StationUnit = Literal["site", "band", "operator"]


class PhaseTarget(Section):
    """``[[phases.targets]]``: a goal that is to be reached, in part, by the end of a year."""

    goal: str = Field(description="One of the goals that [goals] gives a share, e.g. township_5g.")
    by: Year = Field(description="One of the years; it holds at its end.")
    share: Share = Field(description="Share of the places, at most the final one of [goals].")


class Phases(Section):
    """``[phases]``: years, the money of each, and targets on the way. Absent: all is decided at once.

    What is built in a year serves from that year on. The goals of [goals] hold at the end of the last year.
    """

    years: tuple[Year, ...] = Field(
        min_length=1, max_length=20, description="The years, ascending: [2022, 2023, 2024, 2025]."
    )
    budget_cny: tuple[Cny, ...] = Field(
        (),
        description="Money of each year, whole CNY, together at most budget.total_cny; only the total counts "
        "where absent.",
    )
    carry_over: bool = Field(
        default=True, description="What a year leaves may be spent in the years after it."
    )
    worth: tuple[Annotated[int, Field(ge=0, le=1000)], ...] = Field(
        (),
        description="How much each year of service counts in the objective; 1 each where absent, so that what "
        "serves earlier is worth more.",
    )
    targets: tuple[PhaseTarget, ...] = Field((), description="Goals by a year.")

    @model_validator(mode="after")
    def _one_a_year(self) -> Self:
        if any(later <= year for year, later in pairwise(self.years)):
            raise ValueError("years: write each year once, the first one first")
        for key in ("budget_cny", "worth"):
            given = getattr(self, key)
            if given and len(given) != len(self.years):
                raise ValueError(f"{key}: {len(given)} numbers for {len(self.years)} years; write one a year")
        if self.worth and not any(self.worth):
            raise ValueError("worth: no year counts; give one of them at least 1")
        reached: dict[str, PhaseTarget] = {}
        for target in sorted(self.targets, key=lambda target: target.by):
            if target.by not in self.years:
                raise ValueError(
                    f"targets: {target.goal} by {target.by}: {target.by} is none of the years; write one of "
                    f"{', '.join(map(str, self.years))}"
                )
            before = reached.get(target.goal)
            if before is not None and before.by == target.by:
                raise ValueError(f"targets: {target.goal} has two targets by {target.by}; keep one")
            if before is not None and before.share > target.share:
                raise ValueError(
                    f"targets: {target.goal} falls from {before.share:g} by {before.by} to {target.share:g} by "
                    f"{target.by}; what is built stays, so write at least {before.share:g}"
                )
            reached[target.goal] = target
        return self


class BaseStations(Section):
    """``[base_stations]``: stations counted against the policy's number; only told, never a reason to build."""

    unit: StationUnit = Field(
        "site",
        description="What is counted: a site with 5G on air, an operator on a site, or a band of an operator "
        "on a site.",
    )
    targets: dict[Year, Count] = Field(
        default_factory=dict, description="Year = stations by its end, e.g. { 2022 = 120, 2025 = 200 }."
    )
    planned_elsewhere: Yearly | dict[str, Yearly] = Field(
        0,
        description="Stations that others plan in this region (urban capacity), in the same unit: a number, one a "
        "year of [phases], or county = either.",
    )

    def elsewhere(self, year: int) -> dict[str, int]:
        """Stations that others plan by the end of a year (0, 1, ...), by county; all together as ``""``."""
        given = self.planned_elsewhere
        by_county = given if isinstance(given, dict) else {"": given}
        return {
            county: number if isinstance(number, int) else number[year]
            for county, number in by_county.items()
        }
