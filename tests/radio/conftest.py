"""Terrains that several tests of the radio room walk over."""

import numpy as np
import pytest
from pyproj import CRS

from dualgig.region.model import Terrain


def _terrain(height_m, cell_m=50.0):
    height = np.asarray(height_m, dtype=np.float32)
    return Terrain(height, 0.0, (height.shape[0] - 1) * cell_m, cell_m, CRS.from_epsg(4549))


@pytest.fixture(scope="session")
def terrain_of():
    """Function: heights (row 0 in the north) to a terrain whose south-west cell centre is (0, 0)."""
    return _terrain


@pytest.fixture(scope="session")
def rough():
    """Seeded mountain relief, 161 x 201 cells of 50 m, about 0 to 900 m."""
    rng = np.random.default_rng(20210918)
    x, y = np.meshgrid(np.arange(201.0), np.arange(161.0))
    height = np.zeros(x.shape)
    for wave in (80.0, 40.0, 20.0, 10.0, 5.0):
        angle, phase = rng.uniform(0, 2 * np.pi, 2)
        height += wave * 3.0 * np.abs(np.sin((x * np.cos(angle) + y * np.sin(angle)) / wave * np.pi + phase))
    return _terrain(height)
