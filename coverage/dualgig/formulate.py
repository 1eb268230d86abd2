"""Coverage to the siting problem: points, clauses, places and goals as arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy.sparse as sp

from dualgig.aims import goals_of, place_worth, township_multiplier
from dualgig.cobuilding import tenancy_limits
from dualgig.ledger import counted, said_of
from dualgig.options import on_air_today
from dualgig.project import SERVICES
from dualgig.siting.problem import Decision, Mode, SitingProblem
from dualgig.standards import COMMITTEE_RADIUS_M, operators_of_goal, seat_villages

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.predict import Coverage
    from dualgig.region.model import Region
    from dualgig.standards import RadioTests

DECISIONS = {"free": Decision.FREE, "locked": Decision.LOCKED, "forbidden": Decision.FORBIDDEN}


@dataclass(frozen=True)
class Places:
    """How the places of the siting problem are numbered.

    5G of townships, then of villages, then gigabit of townships, then of villages; locked sites
    last, as places of their own.
    """

    townships: int
    villages: int

    def first(self, service: str, level: str) -> int:
        """Number of the first place of a service and level."""
        start = 0 if service == "5g" else self.townships + self.villages
        return start + (0 if level == "township" else self.townships)

    def slice(self, service: str, level: str) -> slice:
        """The places of a service and level."""
        first = self.first(service, level)
        return slice(first, first + (self.townships if level == "township" else self.villages))


@dataclass(frozen=True)
class _Rows:
    """Points of the siting problem with the clauses that they belong to."""

    cover: sp.csr_array
    before: NDArray[np.bool_]
    worth: NDArray[np.int64]
    weight: NDArray[np.int64]
    clause: NDArray[np.int64]
    """Clause of each point within this block; -1 belongs to none."""
    place: NDArray[np.int32]
    """Place of each clause of this block."""
    need: NDArray[np.int64]


def siting_problem(
    coverage: Coverage, *, free_space: bool = False, quiet: bool = False, ledger: bool = True
) -> tuple[SitingProblem, Places]:
    """The siting problem of a region.

    Parameters
    ----------
    coverage
        What each option serves.
    free_space
        Take the radio margins in free space instead: the counterfactual of terrain.
    quiet
        Take the radio margins without interference instead: the counterfactual of interference.
    ledger
        Let the status ledger override the prediction of what is served today.

    Returns
    -------
    problem, places
        Options in the order of ``coverage.options``, and the numbering of the places.
    """
    region = coverage.region
    options = coverage.options
    places = Places(len(region.townships), len(region.villages))
    reach = coverage.reach
    margin = reach.clear_db if free_space else reach.quiet_db if quiet else reach.margin_db
    locked = _locked_sites(coverage)
    verdicts = {service: counted(region, service) if ledger else {} for service in SERVICES}
    number = {option: row for row, option in enumerate(options.index)}
    blocks = [
        *(
            _radio_rows(coverage, operator, margin, said_of(region, operator) if ledger else {})
            for operator in operators_of_goal(region)
        ),
        _people_rows(coverage, margin, verdicts["5g"]),
        _fibre_rows(coverage, places, verdicts["gigabit"]),
        _lock_rows(coverage, places, locked),
    ]
    m = 2 * (places.townships + places.villages) + len(locked)
    mode = np.full(m, Mode.ANY, np.int8)
    if region.project.standards.operator == "each":
        mode[places.slice("5g", "township")] = Mode.ALL
        mode[places.slice("5g", "village")] = Mode.ALL
    exclusive = pd.factorize(options["exclusive"].where(options["exclusive"] != ""), sort=False)[0]
    requires = [(row, number[needed]) for row, needed in enumerate(options["requires"]) if needed]
    certain = np.zeros(m, np.bool_)
    for service in SERVICES:
        for level, table in (("township", region.townships), ("village", region.villages)):
            certain[places.slice(service, level)] = [
                verdicts[service].get(str(place), False) for place in table.index
            ]
    ids = [
        f"{service}:{place}"
        for service in SERVICES
        for table in (region.townships, region.villages)
        for place in table.index
    ]
    ids += [f"lock:{site}" for site in locked]
    first_clause = np.cumsum([0, *(len(block.place) for block in blocks)])
    clause = np.concatenate(
        [
            np.where(block.clause >= 0, block.clause + start, -1)
            for block, start in zip(blocks, first_clause, strict=False)
        ]
    )
    weight = np.concatenate([block.weight for block in blocks])
    used = np.flatnonzero(clause >= 0)
    clauses = sp.csr_array(
        (weight[used], (clause[used], used)), shape=(int(first_clause[-1]), len(clause)), dtype=np.int64
    )
    clauses.sort_indices()
    cover = sp.csr_array(sp.vstack([block.cover for block in blocks], format="csr"), dtype=np.bool_)
    cover.sort_indices()
    problem = SitingProblem(
        option_ids=tuple(str(option) for option in options.index),
        cost_cny=options["cost_cny"].to_numpy(dtype=np.int64),
        decision=np.array([DECISIONS[decision] for decision in options["decision"]], np.int8),
        exclusive=exclusive.astype(np.int32),
        requires=np.array(requires, np.int32).reshape(-1, 2),
        cover=cover,
        covered_before=np.concatenate([block.before for block in blocks]),
        point_worth=np.concatenate([block.worth for block in blocks]),
        clauses=clauses,
        need=np.concatenate([block.need for block in blocks]),
        clause_place=np.concatenate([block.place for block in blocks]).astype(np.int32),
        place_ids=tuple(ids),
        place_mode=mode,
        place_before=certain,
        place_worth=place_worth(region, places, m),
        goals=goals_of(region, places, len(locked)),
        budget_cny=region.project.budget.total_cny,
        limits=tenancy_limits(coverage),
    )
    return problem, places


def _locked_sites(coverage: Coverage) -> list[str]:
    """Locked sites without 5G today: each must get at least one radio configuration."""
    sites = coverage.region.sites
    return [str(site) for site in sites.index[sites["decision"] == "locked"] if not sites.at[site, "on_air"]]


def radio_cover(coverage: Coverage, operator: str | None, margin_db: NDArray[np.float32]) -> sp.csr_array:
    """Which radio option serves which radio point, bool CSR (points, options).

    Parameters
    ----------
    operator
        Only options of this operator; of every operator where ``None``.
    margin_db
        Margins of ``coverage.reach``, shape (pairs, bands).
    """
    reach = coverage.reach
    served = {}
    for configuration in coverage.region.project.configurations:
        bands = [reach.bands.index(band) for band in configuration.bands]
        pairs = np.flatnonzero((margin_db[:, bands] >= 0).any(axis=1))
        served[configuration.id] = (reach.site[pairs], reach.point[pairs])
    return _cover(coverage, operator, served)


def _cover(
    coverage: Coverage, operator: str | None, pairs: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]
) -> sp.csr_array:
    """Points that options serve, from the sites and points that each configuration joins: (points, options)."""
    shape = (len(coverage.tests.points), len(coverage.options))
    rows, columns = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for configuration in coverage.region.project.configurations:
        if operator is not None and configuration.operator != operator:
            continue
        site, point = pairs[configuration.id]
        option = _option_of_site(coverage, configuration.id)[site]
        offered = option >= 0
        rows.append(point[offered].astype(np.int64))
        columns.append(option[offered])
    row, column = np.concatenate(rows), np.concatenate(columns)
    return sp.csr_array((np.ones(len(row), np.bool_), (row, column)), shape=shape)


def radio_before(
    coverage: Coverage, operator: str | None, margin_db: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Radio points that 5G on air today serves, shape (points,)."""
    reach = coverage.reach
    today = on_air_today(coverage.region, reach.bands)
    on_air = np.any(np.stack(list(today.values())), axis=0) if operator is None else today[operator]
    served = np.zeros(len(coverage.tests.points), np.bool_)
    served[reach.point[((margin_db >= 0) & on_air[reach.site]).any(axis=1)]] = True
    return served


def _option_of_site(coverage: Coverage, configuration: str) -> NDArray[np.int64]:
    """Row of the option that puts a configuration on each site, or -1."""
    sites = {str(site): row for row, site in enumerate(coverage.region.sites.index)}
    option = np.full(len(sites), -1, np.int64)
    table = coverage.options
    chosen = np.flatnonzero((table["configuration"] == configuration).to_numpy())
    option[[sites[item] for item in table["item"].iloc[chosen]]] = chosen
    return option


def _near_cover(coverage: Coverage, operator: str) -> tuple[sp.csr_array, NDArray[np.bool_]]:
    """Options and existing sites of an operator within `COMMITTEE_RADIUS_M` of each radio point."""
    region, points = coverage.region, coverage.tests.points
    sites_xy = region.xy_m(region.sites)
    xy = points[["x_m", "y_m"]].to_numpy()
    near_point = np.flatnonzero(
        np.isin(np.arange(len(points)), coverage.tests.weights[coverage.tests.near].indices)
    )
    distance = np.hypot(*(xy[near_point][:, None, :] - sites_xy[None, :, :]).transpose(2, 0, 1))
    point, site = np.nonzero(distance <= COMMITTEE_RADIUS_M)
    before = np.zeros(len(points), np.bool_)
    active = on_air_today(region, coverage.reach.bands)[operator].any(axis=1)
    before[near_point[point[active[site]]]] = True
    joined = (site, near_point[point])
    near = _cover(coverage, operator, {each.id: joined for each in region.project.configurations})
    return near, before


def _radio_rows(
    coverage: Coverage, operator: str, margin_db: NDArray[np.float32], said: dict[str, bool]
) -> _Rows:
    """One operator's clauses: every test of every place, with points of its own.

    What the ledger says of the operator stands for what its sites are predicted to serve today.
    """
    tests = coverage.tests
    entries = tests.weights.tocoo()
    order = np.argsort(entries.row, kind="stable")
    test, point, weight = entries.row[order], entries.col[order], entries.data[order]
    cover = radio_cover(coverage, operator, margin_db)[point]
    before = radio_before(coverage, operator, margin_db)[point]
    near = tests.near[test]
    if near.any():
        near_cover, near_before = _near_cover(coverage, operator)
        keep = sp.diags_array((~near).astype(np.int8), dtype=np.int8)
        swap = sp.diags_array(near.astype(np.int8), dtype=np.int8)
        cover = sp.csr_array((keep @ cover.astype(np.int8) + swap @ near_cover[point].astype(np.int8)) > 0)
        before = np.where(near, near_before[point], before)
    ids = [*coverage.region.townships.index, *coverage.region.villages.index]
    served = np.array([said.get(str(place)) is True for place in ids], np.bool_)
    unserved = np.array([said.get(str(place)) is False for place in ids], np.bool_)
    before = (before | served[tests.place[test]]) & ~unserved[tests.place[test]]
    clause, place, need = test.astype(np.int64), tests.place, tests.need
    if coverage.region.project.standards.operator == "each":
        clause, weight, place, need = _one_clause_a_place(tests, clause, weight)
    return _Rows(
        sp.csr_array(cover, dtype=np.bool_),
        before,
        np.zeros(len(test), np.int64),
        weight.astype(np.int64),
        clause,
        place,
        need,
    )


def _one_clause_a_place(
    tests: RadioTests, clause: NDArray[np.int64], weight: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Clauses where each operator must pass any of a place's tests: a near site alone weighs a whole test.

    Returns
    -------
    clause, weight
        Of each point.
    place, need
        Of each clause.
    """
    whole = np.flatnonzero(~tests.near)
    of_place = {int(place): number for number, place in enumerate(tests.place[whole])}
    number = np.array([of_place[int(place)] for place in tests.place], np.int64)
    worth = np.where(tests.near, tests.need[whole][number], 1)
    return number[clause], weight * worth[clause], tests.place[whole], tests.need[whole]


def _people_rows(coverage: Coverage, margin_db: NDArray[np.float32], verdict: dict[str, bool]) -> _Rows:
    """Demand points served by any operator, where people have a worth of their own.

    In a village on which the ledger decides, everybody or nobody is served today.
    """
    points = coverage.tests.points
    worth = coverage.region.project.objective.people
    chosen = np.flatnonzero((points["kind"] == "demand").to_numpy()) if worth else np.empty(0, np.int64)
    row = coverage.region.townships.index.get_indexer(pd.Index(points["township"].iloc[chosen]))
    times = np.where(row >= 0, township_multiplier(coverage.region)[row], 1)
    people = points["weight"].to_numpy(dtype=np.int64)[chosen] * worth * times
    return _Rows(
        radio_cover(coverage, None, margin_db)[chosen],
        people_before(coverage, margin_db, verdict)[chosen],
        people,
        np.ones(len(chosen), np.int64),
        np.full(len(chosen), -1, np.int64),
        np.empty(0, np.int32),
        np.empty(0, np.int64),
    )


def people_before(
    coverage: Coverage, margin_db: NDArray[np.float32], verdict: dict[str, bool]
) -> NDArray[np.bool_]:
    """Radio points at which people have 5G today: by the ledger on their village, else as predicted."""
    said = coverage.tests.points["village"].map(verdict)
    before = radio_before(coverage, None, margin_db)
    return np.where(said.notna(), said.eq(True).to_numpy(), before)  # noqa: FBT003


def gigabit_before(region: Region, verdict: dict[str, bool]) -> NDArray[np.bool_]:
    """Villages that have gigabit fibre today: by the ledger where it speaks, else by their fibre."""
    fibre = (region.villages["fibre"] == "10gpon").to_numpy()
    return np.array(
        [verdict.get(str(v), bool(f)) for v, f in zip(region.villages.index, fibre, strict=True)], np.bool_
    )


def _fibre_rows(coverage: Coverage, places: Places, verdict: dict[str, bool]) -> _Rows:
    """Gigabit clauses: a village by its own link, a township by the people of its seat's villages."""
    region, options = coverage.region, coverage.options
    rows = {str(village): row for row, village in enumerate(region.villages.index)}
    links = np.flatnonzero((options["kind"] == "link").to_numpy())
    village = np.array([rows[item] for item in options["item"].iloc[links]], np.int64)
    cover = sp.csr_array((np.ones(len(links), np.bool_), (village, links)), shape=(len(rows), len(options)))
    people = region.villages["population"].to_numpy(dtype=np.int64)
    before = gigabit_before(region, verdict)
    seats = seat_villages(region)
    of_township = [
        np.array([rows[v] for v in seats[t] if people[rows[v]] > 0], np.int64) for t in region.townships.index
    ]
    share = region.project.standards.population_share
    need = [math.ceil(share * int(people[seat].sum()) - 1e-9) for seat in of_township]
    kept = [t for t, seat in enumerate(of_township) if len(seat)]
    point = np.concatenate([*(of_township[t] for t in kept), np.arange(len(rows))]).astype(np.int64)
    clause = np.concatenate(
        [*(np.full(len(of_township[t]), c) for c, t in enumerate(kept)), len(kept) + np.arange(len(rows))]
    ).astype(np.int64)
    in_township = clause < len(kept)
    unserved = np.array([verdict.get(str(region.townships.index[t])) is False for t in kept], np.bool_)
    point_before = before[point]
    point_before[in_township] &= ~unserved[clause[in_township]]
    township = region.townships.index.get_indexer(pd.Index(region.villages["township"]))
    times = np.where(township >= 0, township_multiplier(region)[township], 1)
    worth = np.where(in_township, 0, (people * times)[point] * region.project.objective.people)
    return _Rows(
        sp.csr_array(cover[point], dtype=np.bool_),
        point_before,
        worth.astype(np.int64),
        np.where(in_township, people[point], 1),
        clause,
        np.concatenate(
            [
                places.first("gigabit", "township") + np.array(kept, np.int32),
                places.first("gigabit", "village") + np.arange(len(rows)),
            ]
        ).astype(np.int32),
        np.concatenate([np.array([need[t] for t in kept], np.int64), np.ones(len(rows), np.int64)]),
    )


def _lock_rows(coverage: Coverage, places: Places, locked: list[str]) -> _Rows:
    """A locked site is a place that any of its radio options serves."""
    options = coverage.options
    radio = np.flatnonzero((options["kind"] == "radio").to_numpy())
    number = {site: row for row, site in enumerate(locked)}
    row = np.array([number.get(item, -1) for item in options["item"].iloc[radio]], np.int64)
    cover = sp.csr_array(
        (np.ones(int((row >= 0).sum()), np.bool_), (row[row >= 0], radio[row >= 0])),
        shape=(len(locked), len(options)),
    )
    count = np.arange(len(locked))
    return _Rows(
        cover,
        np.zeros(len(locked), np.bool_),
        np.zeros(len(locked), np.int64),
        np.ones(len(locked), np.int64),
        count.astype(np.int64),
        (2 * (places.townships + places.villages) + count).astype(np.int32),
        np.ones(len(locked), np.int64),
    )
