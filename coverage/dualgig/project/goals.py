"""``[goals]``, ``[standards]``, ``[objective]``: what must be served, when a place is, and what is worth most."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dualgig.project.section import SERVICES, PositiveShare, Section, Share

LEVELS = ("township", "priority_village", "eligible_village", "village")
"""What goals are about, in the order in which their duties are met."""

GOALS = tuple(f"{level}_{service}" for level in LEVELS for service in SERVICES)
"""Names of the goals."""

Worth = Annotated[int, Field(ge=0, le=1_000_000)]


class Goals(Section):
    """``[goals]``: the share of places that must be served. Absent: no duty.

    Duties are met in the order townships, priority villages, eligible villages, all villages, unless
    ``order`` says otherwise.
    """

    township_5g: Share | None = Field(None, description="Townships with 5G.")
    township_gigabit: Share | None = Field(None, description="Townships with gigabit fibre.")
    priority_village_5g: Share | None = Field(None, description="Priority villages with 5G.")
    priority_village_gigabit: Share | None = Field(None, description="Priority villages with gigabit fibre.")
    eligible_village_5g: Share | None = Field(None, description="Eligible villages with 5G.")
    eligible_village_gigabit: Share | None = Field(None, description="Eligible villages with gigabit fibre.")
    village_5g: Share | None = Field(None, description="All administrative villages with 5G.")
    village_gigabit: Share | None = Field(None, description="All administrative villages with gigabit fibre.")
    order: tuple[str | tuple[str, ...], ...] = Field(
        (),
        description="Duties from the first to the last: goals (township_5g), or levels (township) for both of "
        "their services; a list inside counts as one rank. What is not named comes after, in the usual order.",
    )
    weights: dict[str, Annotated[int, Field(ge=1, le=1_000_000)]] = Field(
        default_factory=dict,
        description="Goal = how much one of its places counts among the duties of its rank; 1 where not given.",
    )

    @property
    def shares(self) -> dict[str, float]:
        """The goals that are given: name -> share."""
        shares = {goal: getattr(self, goal) for goal in GOALS}
        return {goal: share for goal, share in shares.items() if share is not None}

    @property
    def ranks(self) -> dict[str, int]:
        """Rank of every goal: duties of a lower rank come first."""
        ranks: dict[str, int] = {}
        for rank, entry in enumerate(self.order):
            for name in (entry,) if isinstance(entry, str) else entry:
                ranks.update(dict.fromkeys(_goals_of(name), rank))
        usual = {goal: level for level, name in enumerate(LEVELS) for goal in _goals_of(name)}
        return {goal: ranks.get(goal, len(self.order) + usual[goal]) for goal in GOALS}

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        named = [name for entry in self.order for name in ((entry,) if isinstance(entry, str) else entry)]
        for key, names in (("order", named), ("weights", [*self.weights])):
            for name in names:
                of_level = key == "order" and name in LEVELS
                if name not in GOALS and not of_level:
                    raise ValueError(
                        f"{key}: {name!r} is no goal; write one of {', '.join(GOALS)}"
                        + (f" or {', '.join(LEVELS)}" if key == "order" else "")
                    )
                meant = _goals_of(name)
                if not set(meant) & set(self.shares):
                    raise ValueError(
                        f"{key}: {meant[0]} has no share to reach; add {meant[0]} = 1.0, or leave it out"
                    )
        goals = [goal for name in named for goal in _goals_of(name)]
        twice = sorted({goal for goal in goals if goals.count(goal) > 1})
        if twice:
            raise ValueError(f"order: {', '.join(twice)} has two places; name it once")
        return self


def _goals_of(name: str) -> tuple[str, ...]:
    """The goals that a name in ``order`` stands for."""
    return tuple(f"{name}_{service}" for service in SERVICES) if name in LEVELS else (name,)


Standard = Literal["miit_5g", "miit_4g", "committee", "population", "area"]


class Standards(Section):
    """``[standards]``: when a place counts as served (see the user guide for each)."""

    village: Standard = Field(
        "miit_5g", description="Standard for 5G in villages; a village's own column wins."
    )
    township: Standard = Field("population", description="Standard for 5G in townships.")
    population_share: PositiveShare = Field(
        0.95, description="People to reach, for the standard 'population'."
    )
    area_share: PositiveShare = Field(0.95, description="Area to reach, for the standard 'area'.")
    operator: str = Field("any", description="'any', 'each', or the name of one operator.")


class Objective(Section):
    """``[objective]``: what is worth most once the duties are met. Whole numbers."""

    villages: Worth = Field(1000, description="Worth of one more village or community with one service.")
    townships: Worth | None = Field(
        None, description="Worth of one more township with one service; a village's where absent."
    )
    people: Worth = Field(0, description="Worth of one more person with one service.")
    groups: dict[str, Annotated[int, Field(ge=1, le=1000)]] = Field(
        default_factory=dict,
        description="Group of townships, or county = how many times as much its places and people are worth.",
    )
