"""What a project asks for, on the places of its siting problem: goals, their ranks, and what is worth most."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dualgig.location import townships_of
from dualgig.project import LEVELS, SERVICES
from dualgig.siting.problem import Goal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.formulate import Places
    from dualgig.region.model import Region

LOCKED_GOAL = "locked"
"""The goal that locked sites are; it is the planner's will, not one of the project's goals."""

UNCOUNTED_TOWNSHIPS = ("zone", "farm")
"""Kinds of township-level units that the goals on townships do not count."""


def goals_of(region: Region, places: Places, locked: int) -> tuple[Goal, ...]:
    """The project's goals as sets of places; locked sites come before all of them."""
    wanted = region.project.goals
    villages = region.villages
    rural = (villages["kind"] == "village").to_numpy()
    members = {
        "township": ~region.townships["kind"].isin(UNCOUNTED_TOWNSHIPS).to_numpy(),
        "priority_village": rural & villages["priority"].to_numpy(),
        "eligible_village": rural & villages["eligible"].to_numpy(),
        "village": rural,
    }
    goals = []
    if locked:
        first = 2 * (places.townships + places.villages)
        goals.append(Goal(LOCKED_GOAL, -1, np.arange(first, first + locked, dtype=np.int32), locked))
    for level in LEVELS:
        for service in SERVICES:
            goal = f"{level}_{service}"
            if goal not in wanted.shares:
                continue
            first = places.first(service, "township" if level == "township" else "village")
            chosen = (np.flatnonzero(members[level]) + first).astype(np.int32)
            needed = needed_places(wanted.shares[goal], len(chosen))
            goals.append(Goal(goal, wanted.ranks[goal], chosen, needed, wanted.weights.get(goal, 1)))
    return tuple(goals)


def needed_places(share: float, places: int) -> int:
    """How many of so many places, or people, make up at least a share of them."""
    return math.ceil(share * places - 1e-9)


def place_worth(region: Region, places: Places, m: int) -> NDArray[np.int64]:
    """Worth of each place and service; locked sites have none.

    Townships and communities have the worth of a village where they have none of their own, so that a
    gap that is left is left for want of money, not because nothing asks for it.
    """
    objective = region.project.objective
    township = objective.villages if objective.townships is None else objective.townships
    times = township_multiplier(region)
    row = region.townships.index.get_indexer(pd.Index(region.villages["township"]))
    worth = np.zeros(m, np.int64)
    for service in SERVICES:
        worth[places.slice(service, "township")] = township * times
        worth[places.slice(service, "village")] = objective.villages * np.where(row >= 0, times[row], 1)
    return worth


def township_multiplier(region: Region) -> NDArray[np.int64]:
    """How many times as much places and people of each township are worth: ``[objective.groups]``.

    Where a township is in several, the largest counts.

    Raises
    ------
    ProjectError
        A group or county that is named there does not exist.
    """
    times = np.ones(len(region.townships), np.int64)
    for name, multiplier in region.project.objective.groups.items():
        inside = townships_of(region, name, "objective.groups")
        times[inside] = np.maximum(times[inside], multiplier)
    return times
