"""What the parts of ``plan.json`` share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# pydantic reads the annotations when it builds the models
from dualgig.project import Service, Share  # noqa: TC001

Whole = Annotated[int, Field(ge=0)]
Cny = Annotated[int, Field(ge=0, description="Whole yuan.")]


class Part(BaseModel):
    """A part of ``plan.json``: no key more, no key less, no NaN."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ScoreRow(Part):
    """One row of the target scoreboard."""

    goal: str = Field(description="As in the project file, e.g. township_5g.")
    service: Service
    required: Share = Field(description="Share of the places that must be served.")
    places: Whole = Field(description="Places that the goal counts.")
    needed: Whole = Field(description="How many of them must be served.")
    before: Whole = Field(description="Served today.")
    achieved: Whole = Field(description="Served with the plan.")
    met: bool
    short: Whole = Field(description="How many are missing.")
    cost_to_meet_cny: Cny | None = Field(description="What the missing part would cost; null: impossible.")
