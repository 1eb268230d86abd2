"""What all sweeps of one job share: ground with its halo, bands, table of the smooth earth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dualgig.radio.fan import Lines, Relief, lines_for, relief_of
from dualgig.radio.losses import Bands, bands_of
from dualgig.radio.p1812 import effective_earth_radius_km, is_vertical
from dualgig.radio.paths import checked_frequencies, checked_heights
from dualgig.radio.smooth import smooth_table

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from dualgig.radio.p1812 import Polarisation
    from dualgig.region.model import Terrain


@dataclass(frozen=True)
class SweepSetting:
    """What all sites of a sweep share; made by `sweep_setting`."""

    terrain: Terrain
    relief: Relief
    bands: Bands
    frequency_ghz: NDArray[np.float64]
    radius_m: float
    rx_height_m: float

    def lines(self) -> Lines:
        """Room for one thread."""
        return lines_for(self.radius_m, self.terrain.cell_m, cluttered=self.relief.cluttered)


def sweep_setting(
    terrain: Terrain,
    tx_height_m: ArrayLike,
    rx_height_m: float,
    frequency_ghz: ArrayLike,
    radius_m: ArrayLike,
    *,
    delta_n: float = 45.0,
    polarisation: Polarisation = "vertical",
) -> SweepSetting:
    """Prepare sweeps over a terrain.

    Parameters
    ----------
    terrain
        The elevation model, in a metric CRS.
    tx_height_m
        Transmitting antennas above ground, m; the lowest counts, and with none any.
    rx_height_m
        Receiver above ground, m.
    frequency_ghz, radius_m
        Shape (bands,), and one radius for all or one each, GHz and m.
    delta_n, polarisation
        See `dualgig.radio.paths.path_loss_db`.

    Raises
    ------
    ValueError
        A height, frequency, radius or gradient out of range.
    """
    frequency = checked_frequencies(frequency_ghz)
    radius = np.asarray(radius_m, dtype=np.float64)
    if radius.ndim and radius.shape != frequency.shape:
        raise ValueError(f"radius_m must be one number, or one for each of the {frequency.size} bands")
    if not ((radius > 0.0) & np.isfinite(radius)).all():
        raise ValueError("radius_m must be positive")
    masts = np.asarray(tx_height_m, dtype=np.float64)
    lowest_m = float(masts.min()) if masts.size else 1.0
    lowest, receiver = checked_heights([lowest_m, rx_height_m], 2, "tx_height_m and rx_height_m")
    radius = np.ascontiguousarray(np.broadcast_to(radius, frequency.shape))
    ae_km = effective_earth_radius_km(delta_n)
    smooth = smooth_table(
        frequency, radius, lowest, receiver, ae_km, terrain.cell_m, vertical=is_vertical(polarisation)
    )
    farthest = float(radius.max())
    relief = relief_of(terrain, farthest, ae_km)
    return SweepSetting(
        terrain, relief, bands_of(frequency, radius, smooth), frequency, farthest, float(receiver)
    )
