"""What a plan says of its radio prediction: the method, how it stood the exact profile, what the caps cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Method = Literal["exact", "sweep"]


@dataclass(frozen=True)
class SweepCheck:
    """The sweep against exact profiles, on the sites on air with the plan.

    Attributes
    ----------
    sites, paths : int
        Sites compared, and their paths: one a point and band on air, as far as both have a level.
    mean_db, std_db : float
        Mean and standard deviation of the sweep's level less the exact one.
    points : int
        Radio points of which a verdict was compared: all within the caps of these sites.
    points_lost, points_gained : int
        Points that the sweep serves with the plan and exact profiles do not, and the other way round.
    places_lost, places_gained : tuple of str
        Townships and villages likewise, by id.
    """

    sites: int
    paths: int
    mean_db: float
    std_db: float
    points: int
    points_lost: int
    points_gained: int
    places_lost: tuple[str, ...]
    places_gained: tuple[str, ...]


@dataclass(frozen=True)
class CapLoss:
    """What the radius cap costs a band, if it were the only one.

    Attributes
    ----------
    band : str
        The band.
    radius_km, wider_km : float
        Its cap, and how far sites beyond it were looked for.
    unserved : int
        Townships and villages that no site within the cap serves.
    examined : int
        How many of them were looked at.
    places : tuple of str
        Those of them that sites beyond the cap would serve, by id.
    """

    band: str
    radius_km: float
    wider_km: float
    unserved: int
    examined: int
    places: tuple[str, ...]


@dataclass(frozen=True)
class Prediction:
    """How radio coverage was predicted.

    Attributes
    ----------
    method : str
        ``exact``: a profile of every path. ``sweep``: radial lines, and exact profiles for every site on air
        with the plan and for the points of the places that it leaves unserved.
    sites, points, paths : int
        Sites, radio points, and pairs of them within the largest radius cap.
    check : SweepCheck or None
        The sweep against exact profiles; None where all are exact.
    caps : tuple of CapLoss
        One a band.
    """

    method: Method
    sites: int
    points: int
    paths: int
    check: SweepCheck | None
    caps: tuple[CapLoss, ...]
