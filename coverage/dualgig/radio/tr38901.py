"""Path loss and line-of-sight probability of 3GPP TR 38.901: rural macro (RMa) and urban macro (UMa).

A statistical choice for flat ground without terrain. Its NLOS loss already holds what stands in the way:
it is never added to a diffraction loss. Formulas are those of tables 7.4.1-1 and 7.4.2-1 (V17.0.0),
medians without shadow fading; distances ``distance_m`` are horizontal (d2D), and each function refuses
what lies outside the applicability range of its row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LIGHT_M_S = 3.0e8
"""Speed of light as the report rounds it (table 7.4.1-1, notes 1 and 5)."""

SHADOW_STD_DB = {"rma_los": 4.0, "rma_los_far": 6.0, "rma_nlos": 8.0, "uma_los": 4.0, "uma_nlos": 6.0}
"""Standard deviations of shadow fading, dB; ``rma_los_far`` holds beyond the break point."""


def rma_los_loss_db(
    distance_m: ArrayLike,
    frequency_ghz: ArrayLike,
    *,
    base_height_m: ArrayLike = 35.0,
    user_height_m: ArrayLike = 1.5,
    building_height_m: ArrayLike = 5.0,
) -> NDArray[np.float64]:
    """Rural macro, line of sight, dB.

    Parameters
    ----------
    distance_m
        Horizontal distance, 10 m to 10 km.
    frequency_ghz
        0.5 to 30 GHz.
    base_height_m, user_height_m
        Antennas above ground, 10 to 150 m and 1 to 10 m.
    building_height_m
        Average building height, 5 to 50 m. All arrays broadcast.

    Raises
    ------
    ValueError
        A parameter is outside its range.
    """
    distance = _within("distance_m", distance_m, 10.0, 10_000.0)
    frequency = _within("frequency_ghz", frequency_ghz, 0.5, 30.0)
    base = _within("base_height_m", base_height_m, 10.0, 150.0)
    user = _within("user_height_m", user_height_m, 1.0, 10.0)
    building = _within("building_height_m", building_height_m, 5.0, 50.0)

    def before_break_db(slant_m: NDArray[np.float64]) -> NDArray[np.float64]:
        power = building**1.72
        return np.asarray(
            20.0 * np.log10(40.0 * np.pi * slant_m * frequency / 3.0)
            + np.minimum(0.03 * power, 10.0) * np.log10(slant_m)
            - np.minimum(0.044 * power, 14.77)
            + 0.002 * np.log10(building) * slant_m
        )

    slant = np.hypot(distance, base - user)
    break_m = 2.0 * np.pi * base * user * frequency * 1e9 / LIGHT_M_S
    beyond_db = before_break_db(break_m) + 40.0 * np.log10(slant / break_m)
    return np.where(distance <= break_m, before_break_db(slant), beyond_db)


def rma_nlos_loss_db(
    distance_m: ArrayLike,
    frequency_ghz: ArrayLike,
    *,
    base_height_m: ArrayLike = 35.0,
    user_height_m: ArrayLike = 1.5,
    building_height_m: ArrayLike = 5.0,
    street_width_m: ArrayLike = 20.0,
) -> NDArray[np.float64]:
    """Rural macro without line of sight, dB; never less than with it.

    Parameters
    ----------
    distance_m
        Horizontal distance, 10 m to 5 km.
    frequency_ghz, base_height_m, user_height_m, building_height_m
        As for `rma_los_loss_db`.
    street_width_m
        Average street width, 5 to 50 m.

    Raises
    ------
    ValueError
        A parameter is outside its range.
    """
    distance = _within("distance_m", distance_m, 10.0, 5_000.0)
    width = _within("street_width_m", street_width_m, 5.0, 50.0)
    los_db = rma_los_loss_db(
        distance,
        frequency_ghz,
        base_height_m=base_height_m,
        user_height_m=user_height_m,
        building_height_m=building_height_m,
    )
    base, user, building, frequency = (
        np.asarray(given, dtype=np.float64)
        for given in (base_height_m, user_height_m, building_height_m, frequency_ghz)
    )
    slant = np.hypot(distance, base - user)
    nlos_db = (
        161.04
        - 7.1 * np.log10(width)
        + 7.5 * np.log10(building)
        - (24.37 - 3.7 * (building / base) ** 2) * np.log10(base)
        + (43.42 - 3.1 * np.log10(base)) * (np.log10(slant) - 3.0)
        + 20.0 * np.log10(frequency)
        - (3.2 * np.log10(11.75 * user) ** 2 - 4.97)
    )
    return np.maximum(los_db, nlos_db)


def rma_los_probability(distance_m: ArrayLike) -> NDArray[np.float64]:
    """Probability of line of sight in rural macro; table 7.4.2-1.

    Parameters
    ----------
    distance_m
        Horizontal distance, m, not negative.

    Raises
    ------
    ValueError
        A distance is negative or not finite.
    """
    distance = _within("distance_m", distance_m, 0.0, np.inf)
    return np.exp(-np.maximum(distance - 10.0, 0.0) / 1000.0)


def uma_los_loss_db(
    distance_m: ArrayLike,
    frequency_ghz: ArrayLike,
    *,
    base_height_m: ArrayLike = 25.0,
    user_height_m: ArrayLike = 1.5,
    environment_height_m: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """Urban macro, line of sight, dB.

    Parameters
    ----------
    distance_m
        Horizontal distance, 10 m to 5 km.
    frequency_ghz
        0.5 to 100 GHz.
    base_height_m
        Base station above ground, m, above the environment; the report is fitted at 25 m.
    user_height_m
        User above ground, 1.5 to 22.5 m.
    environment_height_m
        Effective environment height hE (note 1): 1 m for users below 13 m; for higher ones the report
        draws it from 1, 12, 15, ... up to the user's height less 1.5 m. All arrays broadcast.

    Raises
    ------
    ValueError
        A parameter is outside its range, or an antenna is not above the environment.
    """
    distance = _within("distance_m", distance_m, 10.0, 5_000.0)
    frequency = _within("frequency_ghz", frequency_ghz, 0.5, 100.0)
    base = _within("base_height_m", base_height_m, 0.0, 1_000.0)
    user = _within("user_height_m", user_height_m, 1.5, 22.5)
    environment = _within("environment_height_m", environment_height_m, 0.0, 21.0)
    if not (np.minimum(base, user) > environment).all():
        raise ValueError("base_height_m and user_height_m must be more than environment_height_m")
    slant = np.hypot(distance, base - user)
    break_m = 4.0 * (base - environment) * (user - environment) * frequency * 1e9 / LIGHT_M_S
    common_db = 28.0 + 20.0 * np.log10(frequency)
    near_db = common_db + 22.0 * np.log10(slant)
    beyond_db = common_db + 40.0 * np.log10(slant) - 9.0 * np.log10(break_m**2 + (base - user) ** 2)
    return np.where(distance <= break_m, near_db, beyond_db)


def uma_nlos_loss_db(
    distance_m: ArrayLike,
    frequency_ghz: ArrayLike,
    *,
    base_height_m: ArrayLike = 25.0,
    user_height_m: ArrayLike = 1.5,
    environment_height_m: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """Urban macro without line of sight, dB; never less than with it.

    Parameters and errors are those of `uma_los_loss_db`.
    """
    los_db = uma_los_loss_db(
        distance_m,
        frequency_ghz,
        base_height_m=base_height_m,
        user_height_m=user_height_m,
        environment_height_m=environment_height_m,
    )
    distance, frequency, base, user = (
        np.asarray(given, dtype=np.float64)
        for given in (distance_m, frequency_ghz, base_height_m, user_height_m)
    )
    slant = np.hypot(distance, base - user)
    nlos_db = 13.54 + 39.08 * np.log10(slant) + 20.0 * np.log10(frequency) - 0.6 * (user - 1.5)
    return np.maximum(los_db, nlos_db)


def uma_los_probability(distance_m: ArrayLike, *, user_height_m: ArrayLike = 1.5) -> NDArray[np.float64]:
    """Probability of line of sight in urban macro; table 7.4.2-1.

    Parameters
    ----------
    distance_m
        Horizontal distance, m, not negative.
    user_height_m
        User above ground, up to 23 m; higher users see more from 13 m on.

    Raises
    ------
    ValueError
        A distance is negative or not finite, or a user is higher than 23 m.
    """
    distance = _within("distance_m", distance_m, 0.0, np.inf)
    user = _within("user_height_m", user_height_m, 0.0, 23.0)
    beyond = np.maximum(distance, 18.0)
    street = 18.0 / beyond + np.exp(-beyond / 63.0) * (1.0 - 18.0 / beyond)
    height_gain = np.maximum((user - 13.0) / 10.0, 0.0) ** 1.5
    raised = 1.0 + height_gain * 1.25 * (beyond / 100.0) ** 3 * np.exp(-beyond / 150.0)
    return np.where(distance <= 18.0, 1.0, street * raised)


def _within(name: str, given: ArrayLike, least: float, most: float) -> NDArray[np.float64]:
    """The array, or a ValueError that names it and its range in TR 38.901."""
    array = np.asarray(given, dtype=np.float64)
    if not ((array >= least) & (array <= most) & np.isfinite(array)).all():
        raise ValueError(f"{name} must lie between {least:g} and {most:g} (TR 38.901)")
    return array
