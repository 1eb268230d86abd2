"""What rules of balance count: administrative villages, or people, with a service."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy.sparse as sp

from dualgig.formulate import gigabit_before, people_before, radio_cover
from dualgig.ledger import counted
from dualgig.siting.problem import serve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.formulate import Places
    from dualgig.predict import Coverage
    from dualgig.project import Equity, Measure
    from dualgig.region.model import Region
    from dualgig.siting.problem import SitingProblem

DIGITS = 10_000
"""Shares are taken as fractions with at most this denominator."""


@dataclass(frozen=True)
class Counted:
    """What a measure counts: points of the siting problem's kind, each with a weight.

    Attributes
    ----------
    cover : scipy.sparse.csr_array of bool, shape (points, n)
        Which option serves which point.
    before : ndarray of bool, shape (points,)
        Served today.
    weight : ndarray of int64, shape (points,)
        People, or 1 for a village.
    township : ndarray of int64, shape (points,)
        Row of its township; -1 for none.
    place : ndarray of int64, shape (points,)
        The place of the problem that a village is; empty for people.
    """

    cover: sp.csr_array
    before: NDArray[np.bool_]
    weight: NDArray[np.int64]
    township: NDArray[np.int64]
    place: NDArray[np.int64]


def counted_things(coverage: Coverage, problem: SitingProblem, places: Places, rule: Equity) -> Counted:
    """What a rule of coverage counts: administrative villages, or people by demand point or village."""
    region = coverage.region
    measure: Measure = rule.measure or "villages_5g"
    what, _, service = measure.partition("_")
    village_township = _rows(region, region.villages["township"].to_numpy())
    if what == "villages":
        rural = np.flatnonzero((region.villages["kind"] == "village").to_numpy())
        return Counted(
            sp.csr_array((len(rural), len(problem.option_ids)), dtype=np.bool_),
            np.zeros(len(rural), np.bool_),
            np.ones(len(rural), np.int64),
            village_township[rural],
            places.first(service, "village") + rural,
        )
    none = np.empty(0, np.int64)
    if service == "gigabit":
        count = len(region.villages)
        links = np.flatnonzero((coverage.options["kind"] == "link").to_numpy())
        village = region.villages.index.get_indexer(pd.Index(coverage.options["item"].iloc[links]))
        ones = np.ones(len(links), np.bool_)
        cover = sp.csr_array((ones, (village, links)), shape=(count, len(problem.option_ids)))
        people = region.villages["population"].to_numpy(dtype=np.int64)
        before = gigabit_before(region, counted(region, "gigabit"))
        return Counted(cover, before, people, village_township, none)
    points = coverage.tests.points
    demand = np.flatnonzero((points["kind"] == "demand").to_numpy())
    margin = coverage.reach.margin_db
    return Counted(
        radio_cover(coverage, None, margin)[demand],
        people_before(coverage, margin, counted(region, "5g"))[demand],
        points["weight"].to_numpy(dtype=np.int64)[demand],
        _rows(region, points["township"].to_numpy()[demand]),
        none,
    )


def _rows(region: Region, townships: NDArray[np.object_]) -> NDArray[np.int64]:
    return region.townships.index.get_indexer(pd.Index(townships)).astype(np.int64)


def served_things(problem: SitingProblem, things: Counted, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the things that are counted some options serve."""
    if len(things.place):
        return serve(problem, chosen)[1][things.place]
    return np.asarray(things.before | ((things.cover.astype(np.int32) @ chosen.astype(np.int32)) > 0))


def share_served(things: Counted, served: NDArray[np.bool_], side: NDArray[np.bool_]) -> Fraction:
    """Share of one side's villages or people that is served; 0 where there is nobody."""
    weight = things.weight
    whole = int(weight[side].sum())
    return Fraction(int(weight[side & served].sum()), whole) if whole else Fraction(0)


def fraction(share: float) -> Fraction:
    """A share as it was written, as a fraction of whole numbers (denominator at most `DIGITS`)."""
    return Fraction(str(share)).limit_denominator(DIGITS)
