"""Cost lines against sums done by hand."""

import pandas as pd
import pytest

from dualgig.costs import price_lines
from dualgig.errors import ProjectError


def quantities(*rows):
    return pd.DataFrame(rows, columns=["option", "item", "line", "quantity"])


def test_lines_add_up_with_contingency_on_what_is_built_only(tiny_project):
    project = tiny_project(costs={"contingency": 0.1})
    book = project.costs.prices

    lines = price_lines(
        project,
        quantities(
            ("a", "S1", "structure_new", 1.0),
            ("a", "S1", "power_mains_km", 0.5),
            ("a", "S1", "rent_year_new", 5),
        ),
    )

    built = book["structure_new"].amount_cny + 0.5 * book["power_mains_km"].amount_cny
    amounts = dict(zip(lines["line"], lines["amount_cny"], strict=True))
    assert amounts["contingency"] == round(0.1 * built)
    assert amounts["rent_year_new"] == 5 * book["rent_year_new"].amount_cny
    assert sum(amounts.values()) == round(1.1 * built) + amounts["rent_year_new"]


def test_vat_is_on_everything_and_options_keep_their_order(tiny_project):
    project = tiny_project(costs={"contingency": 0.0, "vat": 0.09})

    lines = price_lines(project, quantities(("b", "N1", "olt_new", 1), ("a", "S1", "power_site", 1)))

    assert list(dict.fromkeys(lines["option"])) == ["b", "a"]
    for _, rows in lines.groupby("option"):
        base, vat = rows["amount_cny"]
        assert vat == round(0.09 * base)


def test_nothing_is_paid_for_nothing(tiny_project):
    lines = price_lines(tiny_project(), quantities(("a", "S1", "track_km", 0.0)))

    assert lines.empty


def test_a_missing_price_is_named_with_what_to_write(tiny_project):
    project = tiny_project()
    prices = {name: price for name, price in project.costs.prices.items() if name != "olt_new"}
    poor = project.model_copy(update={"costs": project.costs.model_copy(update={"prices": prices})})

    with pytest.raises(ProjectError, match=r"\[costs.prices.olt_new\].*unit = \"node\""):
        price_lines(poor, quantities(("a", "N1", "olt_new", 1.0)))
