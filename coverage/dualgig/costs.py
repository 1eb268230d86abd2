"""The cost book: unit prices with unit, year and source, turned into the cost lines of options."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dualgig.errors import ProjectError
from dualgig.project.money import LINES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dualgig.project import Project

__all__ = ["LINES", "LOW_BAND_MHZ", "RUNNING", "price_lines", "unit_prices_cny"]

RUNNING = ("rent_year_existing", "rent_year_new", "energy_sector_year")
"""Running costs: they bear no contingency."""

LOW_BAND_MHZ = 1000.0
"""Below it a band is paid as low-band equipment (``radio_sector_low``)."""


def unit_prices_cny(project: Project, lines: Iterable[str]) -> dict[str, float]:
    """Price of one unit of each line.

    Raises
    ------
    ProjectError
        The project's cost book lacks prices; all of them are named.
    """
    book = project.costs.prices
    wanted = list(dict.fromkeys(lines))
    missing = [line for line in wanted if line not in book]
    if missing:
        raise ProjectError(
            "\n".join(
                f"{project.path}: costs.prices.{line}: the plan needs this price and the cost book lacks it; "
                f'add [costs.prices.{line}] with amount_cny, unit = "{LINES[line]}", year and source.'
                for line in missing
            )
        )
    return {line: book[line].amount_cny for line in wanted}


def price_lines(project: Project, quantities: pd.DataFrame) -> pd.DataFrame:
    """Quantities to cost lines, with contingency and VAT as lines of their own.

    Parameters
    ----------
    quantities
        Columns ``option``, ``item``, ``line`` (a name of `LINES`), ``quantity``; rows of quantity 0
        are dropped.

    Returns
    -------
    pandas.DataFrame
        Columns ``option``, ``item``, ``line``, ``quantity``, ``unit``, ``unit_cny``, ``amount_cny``
        (int64, whole yuan, each line rounded half to even), in the order of the options.

    Raises
    ------
    ProjectError
        A price is missing in the cost book.
    """
    rows = quantities[quantities["quantity"] > 0].copy()
    prices = unit_prices_cny(project, rows["line"])
    rows["unit"] = rows["line"].map(LINES)
    rows["unit_cny"] = rows["line"].map(prices).astype(float)
    rows["amount_cny"] = np.rint(rows["quantity"] * rows["unit_cny"]).astype(np.int64)
    tables = [rows]
    contingency = project.costs.contingency
    if contingency > 0:
        base = rows[~rows["line"].isin(RUNNING)]
        tables.append(_share_of(base, "contingency", contingency))
    if project.costs.vat > 0:
        tables.append(_share_of(pd.concat(tables), "vat", project.costs.vat))
    lines = pd.concat(tables, ignore_index=True)
    order = {option: number for number, option in enumerate(dict.fromkeys(rows["option"]))}
    lines = lines.iloc[np.argsort(lines["option"].map(order).to_numpy(), kind="stable")]
    columns = ["option", "item", "line", "quantity", "unit", "unit_cny", "amount_cny"]
    return lines[columns].reset_index(drop=True)


def _share_of(rows: pd.DataFrame, line: str, share: float) -> pd.DataFrame:
    """A line a share of each option's sum."""
    total = rows.groupby("option", sort=False).agg(item=("item", "first"), quantity=("amount_cny", "sum"))
    total = total.reset_index()
    total["line"] = line
    total["unit"] = "CNY"
    total["unit_cny"] = share
    total["amount_cny"] = np.rint(total["quantity"] * share).astype(np.int64)
    return total[total["amount_cny"] > 0]
