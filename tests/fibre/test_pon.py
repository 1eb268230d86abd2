"""The optical budget of a cable, and the ports that homes need."""

from fractions import Fraction
from math import ceil

import numpy as np
import pytest

from dualgig.fibre.pon import LOSS_CLASSES, optical_budget, pon_ports
from dualgig.project import Fibre


def test_twenty_kilometres_at_one_to_sixty_four_is_marginal():
    # given 1:64 (21.5 dB), 20 km at 0.35 dB/km, 1.5 dB for connectors, splices and ageing: 30 dB by hand
    budget = optical_budget(Fibre(), 20_000.0)

    # then class N1 (29 dB) does not carry it, N2 (31 dB) does
    assert dict(budget.lines) == pytest.approx({"splitter": 21.5, "cable": 7.0, "fixed": 1.5})
    assert budget.loss_db == pytest.approx(30.0)
    assert budget.margin_db == pytest.approx(-1.0)
    assert budget.classes == ("N2", "E1", "E2")
    assert optical_budget(Fibre(budget_db=31.0), 20_000.0).margin_db == pytest.approx(1.0)


@pytest.mark.parametrize("fibre", [Fibre(), Fibre(budget_db=31.0), Fibre(split=32, splitter_loss_db=17.5)])
def test_a_cable_of_the_reach_uses_the_budget_up(fibre):
    assert optical_budget(fibre, fibre.reach_km * 1000).margin_db == pytest.approx(0.0)
    assert optical_budget(fibre, fibre.reach_km * 1000 + 1).margin_db < 0


def test_a_class_holds_at_both_its_ends():
    # given losses exactly at the ends of N1: 14 and 29 dB
    least = optical_budget(Fibre(splitter_loss_db=12.5, fixed_loss_db=1.5), 0.0)
    most = optical_budget(Fibre(splitter_loss_db=20.5, fixed_loss_db=1.5), 20_000.0)

    # then both are N1's, and a split too small overloads the receiver
    assert least.classes == ("N1",)
    assert "N1" in most.classes
    assert optical_budget(Fibre(splitter_loss_db=10.5), 0.0).classes == ()


def test_classes_span_fifteen_db():
    # ITU-T G.984.2 and G.987.2: every class allows 15 dB between its least and its greatest loss
    assert {most - least for least, most in LOSS_CLASSES.values()} == {15.0}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"take_rate": 0.7, "split": 32},
        {"take_rate": 1.0, "port_fill": 1.0},
        {"take_rate": 0.1, "port_fill": 0.9, "split": 128},
    ],
)
def test_ports_are_those_of_exact_fractions(options):
    # given every number of homes up to 3,000, and fractions that do not round
    fibre = Fibre(**options)
    branches = fibre.split * Fraction(str(fibre.port_fill))
    exact = [ceil(homes * Fraction(str(fibre.take_rate)) / branches) for homes in range(3001)]

    # then the ports are exact where floating point alone errs (256 homes x 0.6 / 51.2 is 3, not 4)
    assert pon_ports(fibre, np.arange(3001)).tolist() == exact
    assert pon_ports(Fibre(), 256) == 3


def test_no_homes_need_no_port():
    assert pon_ports(Fibre(), [0, 1]).tolist() == [0, 1]
