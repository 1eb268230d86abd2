"""Safe rounding of bounds, proved gaps."""

import pytest

from dualgig.siting.measure import proved_gap, whole_bound


@pytest.mark.parametrize(
    ("bound", "sense", "whole"),
    [
        (59.99999999999997, "min", 60),
        (60.0000000001, "min", 60),
        (60.01, "min", 61),
        (59.99999999999997, "max", 60),
        (60.0000000001, "max", 60),
        (60.99, "max", 60),
        (1_000_000_000.3, "min", 1_000_000_000),
        (-0.2, "max", -1),
    ],
)
def test_a_bound_is_rounded_to_the_side_on_which_it_holds(bound, sense, whole):
    assert whole_bound(bound, sense) == whole


@pytest.mark.parametrize(
    ("arguments", "gap"),
    [
        (("min", 200, 150), 0.25),
        (("min", 0, 0), 0.0),
        (("min", 7, 7), 0.0),
        (("max", 90, 100, 60), 0.25),
        (("max", 60, 100, 60), 1.0),
        (("max", 5, 5, 5), 0.0),
    ],
)
def test_gaps(arguments, gap):
    assert proved_gap(*arguments) == gap
