"""Irregular Terrain Model (Longley-Rice), point-to-point and area mode: the second opinion.

Written from the published algorithm: G. A. Hufford, "The ITS Irregular Terrain Model, version 1.2.2: the
algorithm" (1995; here "Hufford"); G. A. Hufford, A. G. Longley and W. A. Kissick, NTIA Report 82-100
(1982); A. G. Longley and P. L. Rice, ESSA Technical Report ERL 79-ITS 67 (1968); P. L. Rice et al., NBS
Technical Note 101 (1967; "TN 101"); L. E. Vogler (1964). The model is the work of the National
Telecommunications and Information Administration (NTIA); this is an independent program for numba, and
not NTIA's software, whose published results it is checked against.

The model is stated for 20 MHz to 20 GHz, antennas of 0.5 to 3000 m and paths of 1 to 2000 km; its angles
are small, so horizons steeper than 0.2 rad, as in steep mountains, strain it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from dualgig.radio import itm_loss
from dualgig.radio.itm_variability import deviate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from dualgig.radio.itm_loss import Ground, Statistics

type Siting = Literal["random", "careful", "very_careful"]
"""How the place of an antenna was chosen; area mode."""

_SITING_GAIN = {"random": -1.0, "careful": 4.0, "very_careful": 9.0}


@dataclass(frozen=True)
class Conditions:
    """Ground, air and the statistics that a loss is asked for.

    Parameters
    ----------
    polarisation
        ``"vertical"`` or ``"horizontal"``.
    permittivity, conductivity_s_m
        Of the ground, relative and in S/m; 15 and 0.005 is average ground (NTIA Report 82-100, table 2).
    refractivity
        Surface refractivity reduced to sea level, N-units, 250 to 400.
    climate
        1 equatorial, 2 continental subtropical, 3 maritime subtropical, 4 desert, 5 continental
        temperate, 6 maritime temperate over land, 7 the same over sea.
    mdvar
        Mode of variability: 0 single message, 1 accidental, 2 mobile, 3 broadcast; 10 more leaves
        location variability out, 20 more situation variability.
    time_percent, location_percent, situation_percent
        Shares in which the loss is not exceeded, more than 0 and less than 100 %.

    Raises
    ------
    ValueError
        A value is out of range.
    """

    polarisation: Literal["vertical", "horizontal"] = "vertical"
    permittivity: float = 15.0
    conductivity_s_m: float = 0.005
    refractivity: float = 301.0
    climate: int = 5
    mdvar: int = 12
    time_percent: float = 50.0
    location_percent: float = 50.0
    situation_percent: float = 50.0

    def __post_init__(self) -> None:
        if self.polarisation not in ("vertical", "horizontal"):
            raise ValueError(f"polarisation is {self.polarisation!r}; write 'horizontal' or 'vertical'")
        if not 1.0 <= self.permittivity < math.inf:
            raise ValueError(f"permittivity is {self.permittivity}; it must be 1 or more")
        if not 0.0 < self.conductivity_s_m < math.inf:
            raise ValueError(f"conductivity_s_m is {self.conductivity_s_m}; it must be positive")
        if not 250.0 <= self.refractivity <= 400.0:
            raise ValueError(f"refractivity is {self.refractivity}; it must lie between 250 and 400 N-units")
        if self.climate not in range(1, 8):
            raise ValueError(f"climate is {self.climate}; the climates are 1 to 7")
        if self.mdvar not in {mode + more for mode in range(4) for more in (0, 10, 20, 30)}:
            raise ValueError(f"mdvar is {self.mdvar}; write 0 to 3, and 10, 20 or 30 more")
        for name in ("time_percent", "location_percent", "situation_percent"):
            if not 0.0 < getattr(self, name) < 100.0:
                raise ValueError(f"{name} is {getattr(self, name)}; it must lie between 0 and 100")

    @property
    def ground(self) -> Ground:
        """Ground and air as the kernels take them."""
        vertical = self.polarisation == "vertical"
        return float(self.refractivity), float(self.permittivity), float(self.conductivity_s_m), vertical

    @property
    def statistics(self) -> Statistics:
        """Statistics as the kernels take them."""
        kinds, mode = divmod(self.mdvar, 10)
        shares = (self.time_percent / 100.0, self.location_percent / 100.0, self.situation_percent / 100.0)
        deviates = (deviate(shares[0]), deviate(shares[1]), deviate(shares[2]))
        return self.climate - 1, mode, kinds not in (1, 3), kinds < 2, deviates


MEDIAN = Conditions()
"""Average ground, continental temperate climate, medians of time, location and situation."""


def point_to_point_loss_db(
    ground_m: ArrayLike,
    step_m: float,
    tx_height_m: float,
    rx_height_m: float,
    frequency_ghz: float,
    *,
    conditions: Conditions = MEDIAN,
) -> float:
    """Basic transmission loss over one terrain profile, dB; Hufford's point-to-point mode.

    Parameters
    ----------
    ground_m
        Shape (points,), heights above sea level, evenly spaced from transmitter to receiver, two or more.
    step_m
        Spacing of the points, m.
    tx_height_m, rx_height_m
        Antennas above ground, 0.5 to 3000 m.
    frequency_ghz
        0.02 to 20 GHz.
    conditions
        Ground, air and statistics.

    Raises
    ------
    ValueError
        A parameter is out of range, or the path lies so high or low that the model is not stated for
        the air there.
    """
    losses = point_to_point_losses_db(
        [ground_m], [step_m], tx_height_m, rx_height_m, frequency_ghz, conditions=conditions
    )
    return _stated(float(losses[0]))


def point_to_point_losses_db(
    profiles_m: Sequence[ArrayLike],
    step_m: ArrayLike,
    tx_height_m: ArrayLike,
    rx_height_m: ArrayLike,
    frequency_ghz: ArrayLike,
    *,
    conditions: Conditions = MEDIAN,
) -> NDArray[np.float64]:
    """Basic transmission loss over many terrain profiles, dB; as `point_to_point_loss_db`.

    Parameters
    ----------
    profiles_m
        One array of heights for each path, of any lengths.
    step_m, tx_height_m, rx_height_m, frequency_ghz
        One for all paths, or one each.
    conditions
        Ground, air and statistics.

    Returns
    -------
    numpy.ndarray
        float64, shape (paths,); NaN where the model is not stated for the air at the path's height.

    Raises
    ------
    ValueError
        A parameter is out of range.
    """
    profiles = [np.ascontiguousarray(profile, dtype=np.float64) for profile in profiles_m]
    if any(profile.ndim != 1 or profile.size < 2 for profile in profiles):
        raise ValueError("a profile needs two points or more")
    ground = np.concatenate(profiles) if profiles else np.empty(0)
    if not np.isfinite(ground).all():
        raise ValueError("a profile has heights that are not finite")
    step = _one_each(step_m, len(profiles), "step_m")
    if not ((step > 0.0) & np.isfinite(step)).all():
        raise ValueError("step_m must be positive")
    tx_height = _one_each(tx_height_m, len(profiles), "tx_height_m")
    rx_height = _one_each(rx_height_m, len(profiles), "rx_height_m")
    frequency_mhz = 1000.0 * _one_each(frequency_ghz, len(profiles), "frequency_ghz")
    check_range(tx_height, "tx_height_m", 0.5, 3000.0)
    check_range(rx_height, "rx_height_m", 0.5, 3000.0)
    check_range(frequency_mhz / 1000.0, "frequency_ghz", 0.02, 20.0)
    first = np.concatenate([[0], np.cumsum([profile.size for profile in profiles])]).astype(np.int64)
    return np.asarray(
        itm_loss.profile_losses_db(
            ground, first, step, tx_height, rx_height, frequency_mhz, conditions.ground, conditions.statistics
        )
    )


def area_loss_db(
    distance_km: float,
    irregularity_m: float,
    tx_height_m: float,
    rx_height_m: float,
    frequency_ghz: float,
    *,
    tx_siting: Siting = "random",
    rx_siting: Siting = "random",
    conditions: Conditions = MEDIAN,
) -> float:
    """Basic transmission loss where only the kind of terrain is known, dB; Hufford's area mode.

    Parameters
    ----------
    distance_km
        Length of the path, km.
    irregularity_m
        Terrain irregularity parameter delta h, m: 0 flat, 90 hills, 200 mountains, 500 rugged mountains.
    tx_height_m, rx_height_m, frequency_ghz, conditions
        As for `point_to_point_loss_db`.
    tx_siting, rx_siting
        How the antennas' places are chosen.

    Raises
    ------
    ValueError
        A parameter is out of range.
    """
    if not 0.0 < distance_km < math.inf:
        raise ValueError(f"distance_km is {distance_km}; it must be positive")
    if not 0.0 <= irregularity_m < math.inf:
        raise ValueError(f"irregularity_m is {irregularity_m}; it must not be negative")
    for siting in (tx_siting, rx_siting):
        if siting not in _SITING_GAIN:
            raise ValueError(f"siting is {siting!r}; write one of {', '.join(_SITING_GAIN)}")
    check_range(np.array([tx_height_m, rx_height_m]), "tx_height_m and rx_height_m", 0.5, 3000.0)
    check_range(np.array(frequency_ghz), "frequency_ghz", 0.02, 20.0)
    heights = (float(tx_height_m), float(rx_height_m))
    gains = (_SITING_GAIN[tx_siting], _SITING_GAIN[rx_siting])
    given = (1000.0 * frequency_ghz, conditions.ground, conditions.statistics)
    return _stated(
        float(itm_loss.area_loss_db(1000.0 * distance_km, float(irregularity_m), heights, gains, *given))
    )


def _stated(loss_db: float) -> float:
    """The loss, or a ValueError where the model is not stated for the air or ground of the path."""
    if math.isnan(loss_db):
        raise ValueError("the model is not stated for the refractivity at the path's height, or its ground")
    return loss_db


def check_range(values: NDArray[np.float64], name: str, least: float, most: float) -> None:
    """Raise a ValueError that names the values if one is outside a range."""
    if not ((values >= least) & (values <= most)).all():
        raise ValueError(f"{name} must lie between {least:g} and {most:g}")


def _one_each(given: ArrayLike, paths: int, name: str) -> NDArray[np.float64]:
    """One number a path, or a ValueError that names them."""
    array = np.asarray(given, dtype=np.float64)
    if array.ndim and array.shape != (paths,):
        raise ValueError(f"{name} must be one number, or one for each of the {paths} paths")
    return np.ascontiguousarray(np.broadcast_to(array, (paths,)))
