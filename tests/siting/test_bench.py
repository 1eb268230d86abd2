"""The benchmark of covering plans at its small size, and its generator."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture(scope="module")
def generator():
    spec = importlib.util.spec_from_file_location("bench_instances", SCRIPTS / "_instances.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_instances"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["bench_instances"]


def test_instances_are_what_their_size_says(generator):
    size = generator.Size(400, 3000, 25, costs=True, share=0.1)

    instance, again = generator.make_instance(size, 3), generator.make_instance(size, 3)

    assert instance.cover.shape == (3000, 400)
    assert instance.cover.nnz == pytest.approx(400 * 25, rel=0.02)
    assert instance.budget == pytest.approx(0.1 * instance.cost.sum(), abs=1)
    assert np.log(instance.cost).std() == pytest.approx(0.5, abs=0.1)
    assert instance.weight.min() >= 1
    assert (instance.cover != again.cover).nnz == 0
    assert instance.weight.tolist() == again.weight.tolist()
    assert (instance.cover != generator.make_instance(size, 4).cover).nnz > 0


def test_each_site_covers_a_disc(generator):
    # given an instance whose sites and demand can be drawn again from the same seed
    size = generator.Size(60, 500, 30, costs=False, share=0.1)
    instance = generator.make_instance(size, 9)
    rng = np.random.default_rng(9)
    sites = generator._along_curve(rng.uniform(0.0, generator.SIDE_KM, (60, 2)))
    demand = generator._along_curve(generator._clustered(500, rng))

    # then what a site covers is nearer than what it does not, by one radius for all
    away = np.linalg.norm(demand[:, None] - sites[None], axis=2)
    covered = instance.cover.toarray()
    assert away[covered].max() < away[~covered].min()


def test_demand_out_of_reach_is_left_out(generator):
    cover = sp.csr_array(np.array([[1, 0], [0, 0], [0, 1]], bool))
    instance = generator.Instance(cover, np.array([5, 6, 7]), np.ones(2, np.int64), 1)

    assert generator.within_reach(instance).weight.tolist() == [5, 7]


@pytest.mark.slow
def test_small_run(tmp_path):
    # given no network, so that spopt can only come from a cache: an empty one here
    settings = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PIP_NO_INDEX": "1"}
    command = [sys.executable, str(SCRIPTS / "bench_siting.py"), "--small", "--seed", "2"]

    answer = subprocess.run(command, env=settings, capture_output=True, text=True, check=True)

    # then every part is proved, and what is missing is said in a sentence
    figures = json.loads(answer.stdout.splitlines()[-1])
    assert figures["a_value"] == figures["a_bound"]
    assert figures["a_equal"] is figures["a_build_ratio"] is figures["a_total_ratio"] is None
    assert "spopt cannot be installed" in answer.stderr
    assert "Traceback" not in answer.stderr
    for part, most in {"b": 0.02, "c": 0.01, "d": 0.015}.items():
        value, bound = figures[f"{part}_value"], figures[f"{part}_bound"]
        assert 0 <= bound - value <= most * bound
        assert figures[f"{part}_gap"] == pytest.approx((bound - value) / bound, abs=1e-6)
        assert figures[f"{part}_seconds"] > 0.0
        assert figures[f"{part}_peak_mib"] > 0
    assert figures["c_share"] == pytest.approx(0.65, abs=0.06)
    assert figures["d_share"] == pytest.approx(0.93, abs=0.03)
    # plain HiGHS bounds the same program, so neither side's value crosses the other's bound
    assert figures["b_highs_bound"] >= figures["b_value"]
    assert figures["b_highs_value"] is None or figures["b_highs_value"] <= figures["b_bound"]


@pytest.mark.slow
def test_unknown_parts_are_refused():
    answer = subprocess.run(
        [sys.executable, str(SCRIPTS / "bench_siting.py"), "--part", "a,x"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 2
    assert "not x" in answer.stderr
