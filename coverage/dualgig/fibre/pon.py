"""Passive optical networks: the optical budget of a cable, and the ports that homes need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from dualgig.project import Fibre

LOSS_CLASSES: dict[str, tuple[float, float]] = {
    "A": (5.0, 20.0),
    "B": (10.0, 25.0),
    "B+": (13.0, 28.0),
    "C": (15.0, 30.0),
    "C+": (17.0, 32.0),
    "N1": (14.0, 29.0),
    "N2": (16.0, 31.0),
    "E1": (18.0, 33.0),
    "E2": (20.0, 35.0),
}
"""Least and greatest loss of the optical distribution network by class, dB.

A, B, B+, C and C+ are GPON's (ITU-T G.984.2, attenuation range of the optical path); N1, N2, E1 and
E2 are those of XG-PON (ITU-T G.987.2, optical path loss classes) and of XGS-PON (ITU-T G.9807.1,
Annex B). Gigabit to the home is planned on the latter two.
"""

TEN_GIGABIT_CLASSES = ("N1", "N2", "E1", "E2")


@dataclass(frozen=True)
class OpticalBudget:
    """The optical budget of one cable, line by line.

    Attributes
    ----------
    cable_km : float
        Length of the cable from OLT to the village.
    lines : tuple of (str, float)
        What takes how many dB: ``splitter``, ``cable``, ``fixed`` (connectors, splices, ageing).
    budget_db : float
        What OLT and ONU may lose between them.
    """

    cable_km: float
    lines: tuple[tuple[str, float], ...]
    budget_db: float

    @property
    def loss_db(self) -> float:
        """Everything that is lost, dB."""
        return sum(loss_db for _, loss_db in self.lines)

    @property
    def margin_db(self) -> float:
        """What is left of the budget, dB; negative where the cable is too long."""
        return self.budget_db - self.loss_db

    @property
    def classes(self) -> tuple[str, ...]:
        """10-gigabit classes in whose range the loss lies (`LOSS_CLASSES`), the weakest first."""
        return tuple(
            name
            for name in TEN_GIGABIT_CLASSES
            if LOSS_CLASSES[name][0] <= round(self.loss_db, 6) <= LOSS_CLASSES[name][1]
        )


def optical_budget(fibre: Fibre, cable_m: float) -> OpticalBudget:
    """The optical budget of one cable.

    Loss = splitter + cable length x loss a km + connectors, splices and ageing (worst-case design,
    ITU-T G Suppl. 39 section 9.1), to be at most the budget of the class of the optics. A cable of
    ``fibre.reach_km`` uses it up.

    Parameters
    ----------
    fibre
        The project's ``[fibre]``.
    cable_m
        Length of the cable, metres.
    """
    cable_km = cable_m / 1000.0
    lines = (
        ("splitter", fibre.splitter_loss_db),
        ("cable", cable_km * fibre.loss_db_per_km),
        ("fixed", fibre.fixed_loss_db),
    )
    return OpticalBudget(cable_km, lines, fibre.budget_db)


def pon_ports(fibre: Fibre, homes: ArrayLike) -> NDArray[np.int32]:
    """PON ports that each tree needs: ceil(homes x take rate / (split x fill)).

    Parameters
    ----------
    fibre
        The project's ``[fibre]``: ``take_rate``, ``split``, ``port_fill``.
    homes
        Homes behind each tree, any shape.
    """
    ports = np.asarray(homes, dtype=np.float64) * fibre.take_rate / (fibre.split * fibre.port_fill)
    # 256 x 0.6 / (64 x 0.8) is 3, not 3.0000000000000004.
    return np.ceil(np.round(ports, 9)).astype(np.int32)
