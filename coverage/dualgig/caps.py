"""Places that a band loses to its radius cap: no site within it serves them, but sites beyond would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dualgig.prediction import CapLoss
from dualgig.propagation import radio_paths
from dualgig.radio.cap import served_beyond
from dualgig.reach import band_margins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.predict import Coverage
    from dualgig.standards import RadioTests

WIDER = 2.0
"""How far sites are looked for, as a multiple of the cap."""

MOST_POINTS = 4000
"""Points of unserved places that are looked at in each band."""


def cap_losses(coverage: Coverage) -> tuple[CapLoss, ...]:
    """What the radius caps cost, band by band, as if each were the only one and nothing interfered.

    Sites are those that stand or may be built. Where more points are unserved than `MOST_POINTS`, the places
    looked at are evenly spread over those that are unserved.
    """
    region, reach, tests = coverage.region, coverage.reach, coverage.tests
    allowed = (region.sites["decision"] != "forbidden").to_numpy()
    ids = np.array([str(place) for table in (region.townships, region.villages) for place in table.index])
    radio = region.project.radio
    losses = []
    for b, band in enumerate(reach.bands):
        covered = np.zeros(len(tests.points), np.bool_)
        covered[reach.point[allowed[reach.site] & (reach.quiet_db[:, b] >= 0)]] = True
        places = np.unique(tests.place[~tests.near])
        unserved = places[~_serves(tests, covered, len(ids))[places]]
        examined = _spread(tests, covered, unserved)
        beyond = covered | _beyond(coverage, b, allowed, _points_of(tests, examined) & ~covered)
        lost = examined[_serves(tests, beyond, len(ids))[examined]]
        cap_km = radio.bands[band].radius_km
        losses.append(
            CapLoss(band, cap_km, WIDER * cap_km, len(unserved), len(examined), tuple(ids[lost].tolist()))
        )
    return tuple(losses)


def _beyond(
    coverage: Coverage, b: int, allowed: NDArray[np.bool_], wanted: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which of the wanted points a site beyond the cap would serve, shape (points,)."""
    region, points = coverage.region, coverage.tests.points
    sites, rows = np.flatnonzero(allowed), np.flatnonzero(wanted)

    def serves(site: NDArray[np.int64], point: NDArray[np.int64]) -> NDArray[np.bool_]:
        paths = radio_paths(region, points, (sites[site], rows[point]))
        return np.asarray(band_margins(region, paths, b, None).quiet_db >= 0.0)

    served = np.zeros(len(points), np.bool_)
    served[rows] = served_beyond(
        region.xy_m(region.sites)[sites],
        points[["x_m", "y_m"]].to_numpy(dtype=np.float64)[rows],
        1000.0 * region.project.radio.bands[coverage.reach.bands[b]].radius_km,
        serves,
        wider=WIDER,
    )
    return served


def _serves(tests: RadioTests, covered: NDArray[np.bool_], places: int) -> NDArray[np.bool_]:
    """Which places pass a test of theirs if these points are covered, shape (places,)."""
    passed = (tests.weights @ covered.astype(np.int64) >= tests.need) & ~tests.near
    served = np.zeros(places, np.bool_)
    served[tests.place[passed]] = True
    return served


def _points_of(tests: RadioTests, places: NDArray[np.int32]) -> NDArray[np.bool_]:
    """The points that the tests of some places look at, shape (points,)."""
    wanted = np.zeros(len(tests.points), np.bool_)
    wanted[tests.weights[np.isin(tests.place, places) & ~tests.near].indices] = True
    return wanted


def _spread(tests: RadioTests, covered: NDArray[np.bool_], places: NDArray[np.int32]) -> NDArray[np.int32]:
    """Places evenly spread over those given, with no more than `MOST_POINTS` uncovered points or so."""
    points = int((_points_of(tests, places) & ~covered).sum())
    if points <= MOST_POINTS:
        return places
    count = max(len(places) * MOST_POINTS // points, 1)
    return places[np.arange(count) * len(places) // count]
