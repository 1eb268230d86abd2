"""``[[equity]]``: balance between groups of townships."""

from typing import Literal, Self

from pydantic import Field, model_validator

from dualgig.project.section import Section, Share

EquityKind = Literal["least_coverage", "least_spending", "largest_difference"]
Measure = Literal["villages_5g", "villages_gigabit", "people_5g", "people_gigabit"]

REST = "rest"
"""All townships that are not in the group."""


class Equity(Section):
    """``[[equity]]``: one rule of balance. It comes after the duties and before everything else.

    ``least_coverage``: at least a share of the group's villages or people is served. ``least_spending``: at
    least a share of all that is spent is spent in the group. ``largest_difference``: the share served in the
    group lies at most so much behind that of another group or of the rest.
    """

    name: str = Field("", description="What it is called; made of the rest where empty.")
    kind: EquityKind = Field(description="least_coverage, least_spending or largest_difference.")
    group: str = Field(
        min_length=1, description="A group of townships (their column group), or a county of that name."
    )
    against: str = Field("", description="The other group of a difference; the rest where empty.")
    measure: Measure | None = Field(
        None,
        description="What is counted, but for spending: villages_5g, villages_gigabit, people_5g, people_gigabit.",
    )
    share: Share = Field(description="The least share, or the largest difference.")

    @property
    def other(self) -> str:
        """Whom a difference is counted against, else empty."""
        return (self.against or REST) if self.kind == "largest_difference" else ""

    @property
    def title(self) -> str:
        """The name, or one made of the rest."""
        if self.name:
            return self.name
        versus = f" / {self.other}" if self.other else ""
        return f"{self.kind} {self.measure or 'spending'} {self.group}{versus}"

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.measure is None) != (self.kind == "least_spending"):
            raise ValueError(
                "measure: spending is counted in money; leave measure out"
                if self.kind == "least_spending"
                else "measure is missing; write villages_5g, villages_gigabit, people_5g or people_gigabit"
            )
        if self.against and self.kind != "largest_difference":
            raise ValueError(f"against: {self.kind} looks at one group only; leave against out")
        if self.against == self.group:
            raise ValueError(
                f"against: {self.group} cannot lie behind itself; name another group, or leave it out"
            )
        return self
