"""Fits with samples below a receiver's floor, against SciPy's optimiser, EM, and known truths."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

from dualgig.radio.censored import fit_censored


def drawn(means, std, samples, limit, seed):
    """Errors around the means of some groups; those under the limit are known to be so, no more."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, len(means), samples)
    error = np.asarray(means)[group] + rng.normal(0, std, samples)
    limits = np.broadcast_to(limit, samples) + rng.normal(0, 3, samples)
    hidden = error <= limits
    return np.where(hidden, limits, error), hidden, group


def test_without_a_floor_it_is_least_squares():
    error, _, group = drawn([-3.0, 2.0, 7.0], 6.0, 400, -99.0, 1)
    fit = fit_censored(error, np.zeros(400, bool), group, 3)
    design = np.eye(3)[group]
    solved, rest, *_ = np.linalg.lstsq(design, error, rcond=None)
    assert fit.mean == pytest.approx(solved)
    assert fit.std == pytest.approx(np.sqrt(rest[0] / 400))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("limit", [-12.0, -4.0, 2.0])
def test_it_is_the_maximum_of_the_likelihood(limit, seed):
    """SciPy's simplex climbs the same likelihood, written in means and deviation with scipy.stats."""
    error, hidden, group = drawn([-5.0, 3.0], 6.0, 300, limit, seed)

    def against(parameters):
        mean, std = parameters[:2][group], np.exp(parameters[2])
        told = norm.logpdf(error[~hidden], mean[~hidden], std).sum()
        return -told - norm.logcdf(error[hidden], mean[hidden], std).sum()

    options = {"xatol": 1e-9, "fatol": 1e-9, "maxiter": 20_000, "maxfev": 20_000}
    best = minimize(against, [0.0, 0.0, 2.0], method="Nelder-Mead", options=options)
    fit = fit_censored(error, hidden, group, 2)
    assert [*fit.mean, fit.std] == pytest.approx([*best.x[:2], np.exp(best.x[2])], abs=1e-4)


def test_it_is_where_em_comes_to_rest():
    """Expectation maximisation (Dempster, Laird and Rubin 1977): moments of the hidden part, then averages."""
    error, hidden, _ = drawn([-5.0], 6.0, 500, -5.0, 9)
    mean, std = 0.0, 5.0
    for _ in range(5000):
        z = (error[hidden] - mean) / std
        mills = norm.pdf(z) / norm.cdf(z)
        first = mean - std * mills
        second = std**2 * (1 - z * mills) + mean**2 - 2 * mean * std * mills
        mean, old = (error[~hidden].sum() + first.sum()) / 500, mean
        total = (error[~hidden] ** 2).sum() + second.sum()
        std = np.sqrt(total / 500 - 2 * mean * (error[~hidden].sum() + first.sum()) / 500 + mean**2)
        if abs(mean - old) < 1e-12:
            break
    fit = fit_censored(error, hidden, np.zeros(500, int), 1)
    assert fit.mean[0] == pytest.approx(mean, abs=1e-6)
    assert fit.std == pytest.approx(std, abs=1e-6)


@pytest.mark.parametrize("limit", [-99.0, -10.0, -5.0, 0.0])
def test_the_truth_is_found_behind_the_floor(limit):
    # given twenty thousand samples, of which none to most lie below the floor
    error, hidden, group = drawn([-8.0, -2.0, 4.0], 7.0, 20_000, limit, 3)
    fit = fit_censored(error, hidden, group, 3)
    assert fit.mean == pytest.approx([-8.0, -2.0, 4.0], abs=0.35)
    assert fit.std == pytest.approx(7.0, abs=0.25)
    if limit > -10:
        # the mean of what was heard is many decibels off
        heard = [error[(group == g) & ~hidden].mean() for g in range(3)]
        assert heard[0] - fit.mean[0] > 3


def test_far_limits_and_large_figures_do_not_upset_it():
    # given limits fifty deviations above and below
    error, hidden, group = drawn([100.0], 2.0, 200, -500.0, 4)
    error, hidden = np.append(error, [300.0, -10.0]), np.append(hidden, [True, True])
    fit = fit_censored(error, hidden, np.append(group, [0, 0]), 1)
    # then the first says nothing, the second drags the mean down and the deviation up
    assert np.isfinite([*fit.mean, fit.std]).all()
    assert fit.mean[0] < 100
    assert fit.std > 2.5


def test_equal_errors_have_no_deviation():
    fit = fit_censored([2.0, 2.0, 1.0], [False, False, True], [0, 0, 0], 1)
    assert fit.mean.tolist() == [2.0]
    assert fit.std == 0.0


@pytest.mark.parametrize(
    ("error", "censored", "group", "words"),
    [
        ([1.0, 2.0], [False], [0, 0], "one length"),
        ([1.0, np.nan], [False, False], [0, 0], "not finite"),
        ([1.0, 2.0], [False, False], [0, 2], "0 to 1"),
        ([1.0, 2.0], [False, True], [0, 1], "group 1 has no sample"),
    ],
)
def test_what_cannot_be_fitted_is_refused(error, censored, group, words):
    with pytest.raises(ValueError, match=words):
        fit_censored(error, censored, group, 2)
