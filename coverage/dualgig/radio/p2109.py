"""Building entry loss of ITU-R P.2109-2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

type Building = Literal["traditional", "thermally_efficient"]
"""Thermally efficient buildings have metallised glass or foil-backed panels (section 2)."""

_COEFFICIENTS: dict[str, tuple[float, ...]] = {
    "traditional": (12.64, 3.72, 0.96, 9.6, 2.0, 9.1, -3.0, 4.5, -2.0),
    "thermally_efficient": (28.19, -3.0, 8.48, 13.5, 3.8, 27.8, -2.9, 9.4, -2.1),
}
"""r, s, t, u, v, w, x, y, z of table 1."""

_FLOOR_DB = -3.0
"""C of equation (1): what a window towards the transmitter may add."""


def entry_loss_db(
    frequency_ghz: ArrayLike,
    probability_percent: ArrayLike,
    building: Building,
    *,
    elevation_deg: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Building entry loss not exceeded with a probability, dB; section 3, equations (1) to (9).

    Parameters
    ----------
    frequency_ghz
        0.08 to 100 GHz.
    probability_percent
        Probability, over buildings and positions in them, that the loss is not exceeded; more than 0
        and less than 100 %.
    building
        ``"traditional"`` or ``"thermally_efficient"``.
    elevation_deg
        Elevation of the path at the facade, -90 to 90 degrees. All three arrays broadcast.

    Raises
    ------
    ValueError
        A parameter is out of the range of the recommendation.
    """
    frequency = np.asarray(frequency_ghz, dtype=np.float64)
    probability = np.asarray(probability_percent, dtype=np.float64)
    elevation = np.asarray(elevation_deg, dtype=np.float64)
    if building not in _COEFFICIENTS:
        raise ValueError(f"building is {building!r}; write 'traditional' or 'thermally_efficient'")
    if not ((frequency >= 0.08) & (frequency <= 100.0)).all():
        raise ValueError("frequency_ghz must lie between 0.08 and 100, the range of P.2109")
    if not ((probability > 0.0) & (probability < 100.0)).all():
        raise ValueError("probability_percent must lie between 0 and 100, both excluded")
    if not (np.abs(elevation) <= 90.0).all():
        raise ValueError("elevation_deg must lie between -90 and 90")
    r, s, t, u, v, w, x, y, z = _COEFFICIENTS[building]
    decades = np.log10(frequency)
    median_db = r + s * decades + t * decades**2 + 0.212 * np.abs(elevation)
    deviates = ndtri(probability / 100.0)
    through_walls_db = deviates * (u + v * decades) + median_db
    through_openings_db = deviates * (y + z * decades) + (w + x * decades)
    powers = (
        10.0 ** (0.1 * through_walls_db) + 10.0 ** (0.1 * through_openings_db) + 10.0 ** (0.1 * _FLOOR_DB)
    )
    return np.asarray(10.0 * np.log10(powers))
