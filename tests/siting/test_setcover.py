"""Set covering as the cost of a duty: published optima, and another model in another library."""

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from dualgig.siting.stages import solve

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "setcover"


def duty_cost(problem, worker):
    result = solve(problem, worker=worker)
    stages = {stage.stage: stage for stage in result.stages}
    assert stages["duty_cost"].gap == 0.0
    assert result.places.all()
    return stages["duty_cost"].value


@pytest.mark.parametrize("seed", range(4))
def test_random_instances_equal_the_plain_model(seed, instances, worker):
    # given a set covering problem and its optimum from scipy
    problem = instances.random_set_cover(seed, rows=80, columns=250)
    cover = problem.cover.astype(float)
    plain = milp(
        problem.cost_cny.astype(float),
        integrality=np.ones(cover.shape[1]),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(cover, lb=1.0),
        options={"mip_rel_gap": 0.0},
    )

    # when the duty is priced, then it costs the same
    assert duty_cost(problem, worker) == round(plain.fun)


@pytest.mark.skipif(not VECTORS.exists(), reason="the reference vectors are not beside this clone")
@pytest.mark.parametrize(
    ("name", "optimum"), [("scp41", 429), ("scp51", 253), pytest.param("scpd1", 60, marks=pytest.mark.slow)]
)
def test_or_library(name, optimum, instances, worker):
    problem = instances.read_orlib(VECTORS / f"{name}.txt")

    assert duty_cost(problem, worker) == optimum
