"""What prices say of a stage: a bound of its good, promising options, and what as much good costs at least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from dualgig.siting.crew import Crew
from dualgig.siting.highs import assemble
from dualgig.siting.measure import whole_bound
from dualgig.siting.model import build_model
from dualgig.siting.priced import links, price

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.ask import Ask
    from dualgig.siting.ground import Ground
    from dualgig.siting.model import Model
    from dualgig.siting.priced import Priced
    from dualgig.siting.problem import SitingProblem
    from dualgig.siting.program import Program


@dataclass(frozen=True)
class Prices:
    """What has been proved of the most good by prices.

    Parameters
    ----------
    bound
        No plan has more good.
    pool
        bool, shape (n,): options that the parts' plans choose, with those that they are tied to by what requires
        what: a site that some year wants may be built in any.
    nodes
        Nodes of the parts' trees.
    """

    bound: int
    pool: NDArray[np.bool_]
    nodes: int
    _fixed_cny: int
    _model: Model
    _program: Program
    _budget: int
    _priced: Priced

    def least_cost(self, good: int) -> int:
        """What every plan that keeps the same and reaches this good costs at least, whole yuan."""
        objective = (good - self._model.constant) / self._model.unit
        units = self._priced.least(self._program, self._budget, objective)
        if not np.isfinite(units):
            return 0
        return self._fixed_cny + self._model.price_unit * max(0, whole_bound(units, "min"))


def most_good_by_prices(
    ground: Ground,
    ask: Ask,
    chosen: NDArray[np.bool_],
    *,
    least_parts: int,
    most_nonzeros: int,
    tolerance: int,
    node_limit: int,
    deadline_s: float | None,
    on_bound: Callable[[int], None],
) -> Prices | None:
    """Price what joins the parts of the program of the most good.

    Parameters
    ----------
    ground
        Problem and service.
    ask
        Of the most good within a budget.
    chosen
        bool, shape (n,): the plan so far.
    least_parts
        Where fewer large parts are left, there are no prices.
    most_nonzeros
        Of a larger program there are none either.
    tolerance
        Good that the parts together may leave open.
    node_limit
        Nodes of the tree of one part.
    deadline_s
        Moment of `time.monotonic` at which to give up.
    on_bound
        Called every now and then with the best bound so far.

    Returns
    -------
    Prices or None
        ``None`` where nothing is left to decide, no row of money is in the program, it is too large, fewer large
        parts are left, or there was no time.

    Raises
    ------
    SolverError
        A child process died.
    """
    model = build_model(ground, ask, chosen)
    if not model.variables or not model.money:
        return None
    assembled = assemble(model.lp, model.block, from_start=True)
    program = assembled.program
    if len(program.value) > most_nonzeros:
        return None
    names = [row.name for row in model.lp.constraints()]
    number = {name: row for row, name in enumerate(names)}
    options = np.array([assembled.column_of[variable.id] for variable in model.variables], np.int64)
    linking = links(program, np.array([number[name] for name in model.money], np.int64), options)
    if linking.parts < least_parts:
        return None

    def told(bound: float) -> int:
        return model.constant + model.unit * whole_bound(bound, "max")

    with Crew() as crew:
        found = price(
            program,
            linking,
            crew,
            tolerance=tolerance / model.unit,
            node_limit=node_limit,
            deadline_s=deadline_s,
            on_bound=lambda bound: on_bound(told(bound)),
        )
    if found is None:
        return None
    pool = ground.chosen.copy()
    pool[model.options[found.plan[options] > 0.5]] = True
    pool = _with_tied(ground.problem, pool)
    fixed_cny = int(ground.problem.cost_cny[ground.chosen].sum())
    budget = number[model.money[0]]
    return Prices(told(found.bound), pool, found.nodes, fixed_cny, model, program, budget, found)


def _with_tied(problem: SitingProblem, pool: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Options together with all that they require or are required by, through chains."""
    n, pairs = len(pool), problem.requires
    ties = sp.coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    count, label = connected_components(ties, directed=False)
    wanted = np.zeros(count, bool)
    wanted[label[pool]] = True
    return np.asarray(wanted[label])
