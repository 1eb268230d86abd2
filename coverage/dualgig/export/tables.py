"""The lists of a plan as tables: sites, nodes, routes, places, gaps, bill of quantities, scoreboard.

Every function gives a DataFrame with stable English column keys (``dualgig.text.lists`` has a word
for each, as ``list.column.<key>``), codes instead of words, and numbers rounded to what is written.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dualgig.costs import LINES
from dualgig.export.datum import WGS84_DATUM
from dualgig.export.policy_tables import equity, funds, phases, stations, targets
from dualgig.project import SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    from numpy.typing import NDArray

    from dualgig.export.datum import Datum
    from dualgig.plan import Plan

LINE_ORDER = (*LINES, "contingency", "vat")
"""Cost lines in the order of the cost book, then what is added to them."""

OPTION_KINDS = {"structure": "site", "tenancy": "site", "radio": "site", "node": "node", "link": "village"}
"""Kinds of options (`dualgig.options`) and the table that their items are in."""

DECIMALS = {
    "_lon": 7,
    "_lat": 7,
    "_gcj02": 7,
    "_bd09": 7,
    "_km": 3,
    "_m": 2,
    "_dbm": 2,
    "_db": 2,
    "quantity": 3,
    "unit_cny": 4,
}
"""Decimals of a column, by its key or the end of its key; 7 decimals of a degree are 1 cm."""


def sites(plan: Plan, datum: Datum = WGS84_DATUM) -> pd.DataFrame:
    """Every site and candidate, one a row, with its cost lines as columns ``line.<name>``.

    Columns: ``id``, ``name``, ``township_name``, ``state``, ``year`` (of a plan over years), ``decision``,
    ``structure``, ``kind``, ``mast_m``, ``operators``, ``on_air`` (configurations today), ``built`` (configurations to
    build), ``operator`` and ``bands`` (with the plan), ``transport``, ``power_km``, ``track_km``,
    ``villages``, ``alone``, ``alone_names`` (townships and villages that only it serves), ``cost_cny``, the cost lines that occur (CNY, adding up to
    ``cost_cny``), ``lon``, ``lat`` or what the datum has instead (`dualgig.export.datum`).
    """
    table = plan.sites
    head = _columns(
        table,
        [
            "state",
            *_year(plan),
            "decision",
            "structure",
            "kind",
            "mast_m",
            "operators",
            "on_air",
            "built",
            "operator",
        ],
        ["bands", "transport", "power_km", "track_km", "villages", "alone", "cost_cny"],
    )
    head.insert(2, "township_name", _township_names(plan, table))
    head.insert(list(head.columns).index("alone") + 1, "alone_names", alone_names(plan))
    return _rounded(pd.concat([head, _lines_of(plan, "site", table), _coordinates(table, datum)], axis=1))


def alone_names(plan: Plan) -> list[str]:
    """Names of the townships and villages that only a site serves, joined by ``;``, for each site."""
    names = {**dict(plan.villages["name"]), **dict(plan.townships["name"])}
    return [
        ";".join(str(names.get(place, place)) for place in filter(None, ids.split(";")))
        for ids in plan.sites["alone_places"]
    ]


def nodes(plan: Plan, datum: Datum = WGS84_DATUM) -> pd.DataFrame:
    """Every fibre node, one a row, with its cost lines as columns ``line.<name>``.

    Columns: ``id``, ``name``, ``township_name``, ``state``, ``year`` (of a plan over years), ``decision``,
    ``kind``, ``stands``, ``ports``, ``villages``, ``cost_cny``, the cost lines, ``lon``, ``lat``.
    """
    table = plan.nodes
    head = _columns(
        table, ["state", *_year(plan), "decision", "kind", "stands", "ports", "villages", "cost_cny"]
    )
    head.insert(2, "township_name", _township_names(plan, table))
    return _rounded(pd.concat([head, _lines_of(plan, "node", table), _coordinates(table, datum)], axis=1))


def routes(plan: Plan) -> pd.DataFrame:
    """Every cable route that is built, one a row.

    The uplink of a new node has no village.

    Columns: ``node``, ``node_name``, ``village``, ``village_name``, ``build``, ``length_km``
    (cable), ``new_km`` (trench), ``cost_cny``, ``year`` (of a plan over years).
    """
    table = plan.routes
    listed = pd.DataFrame(
        {
            "node": table["node"],
            "node_name": table["node"].map(plan.nodes["name"]),
            "village": table["village"],
            "village_name": table["village"].map(plan.villages["name"]).fillna(""),
            "build": joined(table["build"]),
            "length_km": table["length_km"],
            "new_km": table["new_km"],
            "cost_cny": table["cost_cny"],
            **{column: table[column] for column in _year(plan)},
        }
    ).reset_index(drop=True)
    return _rounded(listed)


def places(plan: Plan, datum: Datum = WGS84_DATUM) -> pd.DataFrame:
    """Every place, townships first, one a row: before, after, by whom, how well, and why not.

    Columns: ``level``, ``id``, ``name``, ``township``, ``township_name``, ``county``, ``group``,
    ``kind``, ``priority``, ``eligible``, ``population``, ``households``, ``standard``, per service
    S ``duty_S``, ``before_S``, ``source_S``, ``after_S``, ``year_S`` (of a plan over years), ``reason_S``,
    ``cost_S_cny``; ``fragile``; for
    villages ``server``, ``server_name``, ``rsrp_dbm``, ``margin_db``, ``fails``, ``fibre``,
    ``olt``, ``olt_name``, ``cable_km``; ``lon``, ``lat`` (a point inside a polygon).
    """
    judged = [
        f"{column}_{service}{end}"
        for service in SERVICES
        for column, end in (
            ("duty", ""), ("before", ""), ("source", ""), ("after", ""), *((each, "") for each in _year(plan)),
            ("reason", ""), ("cost", "_cny"),
        )
    ]  # fmt: skip
    shared = ["kind", "population", "households", *judged, "fragile"]
    of_township = _columns(plan.townships, ["county", "group", *shared])
    of_township.insert(0, "level", "township")
    of_township["township"] = of_township["id"]
    of_township["township_name"] = of_township["name"]
    own = ["server", "rsrp_dbm", "margin_db", "fails", "fibre", "olt", "cable_km"]
    of_village = _columns(plan.villages, ["township", "priority", "eligible", "standard", *shared, *own])
    of_village.insert(0, "level", "village")
    default = plan.region.project.standards.village
    of_village["standard"] = of_village["standard"].mask(of_village["standard"] == "", default)
    of_township["standard"] = plan.region.project.standards.township
    for column in ("county", "group"):
        of_village[column] = of_village["township"].map(plan.townships[column])
    of_village["township_name"] = of_village["township"].map(plan.townships["name"])
    of_village["server_name"] = of_village["server"].map(plan.sites["name"])
    of_village["olt_name"] = of_village["olt"].map(plan.nodes["name"])
    order = [
        "level", "id", "name", "township", "township_name", "county", "group", "kind", "priority", "eligible",
        "population", "households", "standard", *judged, "fragile", "server", "server_name", "rsrp_dbm", "margin_db",
        "fails", "fibre", "olt", "olt_name", "cable_km",
    ]  # fmt: skip
    listed = pd.concat([of_township, of_village]).reindex(columns=order).reset_index(drop=True)
    listed = listed.astype({"priority": "boolean", "eligible": "boolean"})
    where = pd.concat([_coordinates(plan.townships, datum), _coordinates(plan.villages, datum)])
    return _rounded(pd.concat([listed, where.reset_index(drop=True)], axis=1))


def gaps(plan: Plan) -> pd.DataFrame:
    """Every place and service that the plan leaves unserved, one a row.

    Columns: ``level``, ``id``, ``name``, ``township``, ``township_name``, ``service``, ``duty``,
    ``reason``, ``cost_to_serve_cny`` (beyond the plan; missing where impossible).
    """
    listed = plan.gaps[["level", "id", "name", "township", "service", "duty", "reason"]].copy()
    listed.insert(4, "township_name", listed["township"].map(plan.townships["name"]))
    listed["cost_to_serve_cny"] = plan.gaps["cost_cny"].astype("Int64")
    return listed.reset_index(drop=True)


def cost_lines(plan: Plan) -> pd.DataFrame:
    """Every cost line of what is built, one a row.

    Columns: ``item``, ``item_name``, ``option``, ``line``, ``quantity``, ``unit``, ``unit_cny``,
    ``amount_cny``, ``year`` (of a plan over years).
    """
    listed = plan.cost_lines
    kinds = item_kinds(plan)
    names = pd.Series("", index=listed.index)
    for kind, table in (("site", plan.sites), ("node", plan.nodes), ("village", plan.villages)):
        names = names.mask(kinds == kind, listed["item"].map(table["name"]))
    listed = listed.assign(item_name=names)
    columns = [
        "item",
        "item_name",
        "option",
        "line",
        "quantity",
        "unit",
        "unit_cny",
        "amount_cny",
        *_year(plan),
    ]
    return _rounded(listed[columns].reset_index(drop=True))


def bill(plan: Plan) -> pd.DataFrame:
    """The bill of quantities: what is built, added up by cost line, in the order of the cost book.

    Columns: ``line``, ``quantity``, ``unit``, ``unit_cny``, ``amount_cny``, ``price_year`` and
    ``price_source`` of the cost book (missing for contingency and VAT, whose unit price is a share
    of the quantity).
    """
    prices = plan.region.project.costs.prices
    total = plan.cost_lines.groupby("line", sort=False).agg(
        quantity=("quantity", "sum"),
        unit=("unit", "first"),
        unit_cny=("unit_cny", lambda prices: prices.min() if prices.min() == prices.max() else np.nan),
        amount_cny=("amount_cny", "sum"),
    )
    total = total.loc[_in_book_order(total.index)]
    total["price_year"] = pd.array(
        [prices[line].year if line in prices else None for line in total.index], dtype="Int64"
    )
    total["price_source"] = [prices[line].source if line in prices else "" for line in total.index]
    return _rounded(total.rename_axis("line").reset_index())


def scoreboard(plan: Plan) -> pd.DataFrame:
    """The target scoreboard, one goal a row.

    Columns: ``goal``, ``service``, ``required`` (share), ``places``, ``needed``, ``before``,
    ``achieved``, ``met``, ``short``, ``cost_to_meet_cny``.
    """
    columns = [
        "goal", "service", "required", "places", "needed", "before", "achieved", "met", "short",
        "cost_to_meet_cny",
    ]  # fmt: skip
    listed = pd.DataFrame([asdict(score) for score in plan.scoreboard], columns=columns)
    return listed.astype({"cost_to_meet_cny": "Int64"})


SHEETS: dict[str, Callable[[Plan], pd.DataFrame]] = {
    "sites": sites,
    "nodes": nodes,
    "routes": routes,
    "villages": places,
    "gaps": gaps,
    "bill": bill,
    "cost_lines": cost_lines,
    "scoreboard": scoreboard,
    "phases": phases,
    "targets": targets,
    "funds": funds,
    "equity": equity,
    "stations": stations,
}
"""The tables of a workbook, in the order of its sheets."""

WHERE_ASKED = ("phases", "targets", "funds", "equity", "stations")
"""Those of `SHEETS` that are left out where they are empty."""

LOCATED: dict[str, Callable[[Plan, Datum], pd.DataFrame]] = {
    "sites": sites,
    "nodes": nodes,
    "villages": places,
}
"""Those of `SHEETS` that have coordinates, and can have them in another datum."""


def all_tables(plan: Plan, datum: Datum = WGS84_DATUM) -> dict[str, pd.DataFrame]:
    """Every table of a workbook by name, in the order of its sheets, its coordinates in a datum."""
    tables = {
        name: LOCATED[name](plan, datum) if name in LOCATED else make(plan) for name, make in SHEETS.items()
    }
    return {name: table for name, table in tables.items() if len(table) or name not in WHERE_ASKED}


def decimals(column: str) -> int | None:
    """Decimals that a column's numbers are written with; ``None`` for whole numbers and shares."""
    return next((n for end, n in DECIMALS.items() if f"_{column}".endswith(end)), None)


def _year(plan: Plan) -> list[str]:
    """The column of years, in a plan that has some."""
    return ["year"] if plan.years else []


def _columns(table: gpd.GeoDataFrame, *groups: list[str]) -> pd.DataFrame:
    """``id``, ``name`` and the wanted columns, lists joined by ``;``."""
    wanted = [column for group in groups for column in group]
    listed = pd.DataFrame(table[["name", *wanted]]).rename_axis("id").reset_index()
    for column in wanted:
        if pd.api.types.is_object_dtype(listed[column]):
            listed[column] = joined(listed[column])
    return listed


def joined(values: pd.Series) -> pd.Series:
    """Join tuples and lists to text with ``;``; leave everything else as it is."""
    return values.map(lambda value: ";".join(value) if isinstance(value, tuple | list) else value)


def _lines_of(plan: Plan, kind: str, table: gpd.GeoDataFrame) -> pd.DataFrame:
    """Cost lines of a table's items as columns ``line.<name>``, whole CNY, 0 where there is none."""
    lines = plan.cost_lines[item_kinds(plan) == kind]
    amounts = lines.pivot_table(
        index="item", columns="line", values="amount_cny", aggfunc="sum", fill_value=0, observed=True
    )
    amounts = amounts.reindex(table.index, fill_value=0)[_in_book_order(amounts.columns)]
    return amounts.astype(np.int64).add_prefix("line.").reset_index(drop=True)


def item_kinds(plan: Plan) -> pd.Series:
    """What each cost line's item is: ``site``, ``node`` or ``village``.

    Ids are unique within a table only; the kind stands before the first colon of the option's id.
    """
    lines = plan.cost_lines
    kinds = lines["option"].str.partition(":")[0].map(OPTION_KINDS) if len(lines) else lines["option"]
    tables = {"site": plan.sites, "node": plan.nodes, "village": plan.villages}
    for kind, table in tables.items():
        kinds = kinds.mask(kinds.isna() & lines["item"].isin(table.index), kind)
    return kinds


def _in_book_order(lines: pd.Index) -> list[str]:
    """Cost lines in the order of the cost book, unknown ones after them."""
    known = [line for line in LINE_ORDER if line in lines]
    return known + sorted(set(lines) - set(known))


def _township_names(plan: Plan, table: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Name of the township that each point lies in, empty outside all; the first on a shared border."""
    names = np.full(len(table), "", dtype=object)
    if len(table):
        point, township = plan.townships.sindex.query(table.geometry, predicate="intersects")
        # the first township is written last
        order = np.argsort(-township, kind="stable")
        names[point[order]] = plan.townships["name"].to_numpy(dtype=object)[township[order]]
    return names


def _coordinates(table: gpd.GeoDataFrame, datum: Datum) -> pd.DataFrame:
    """Coordinates of points, or of a point inside each polygon."""
    points = table.geometry
    if len(table) and not (points.geom_type == "Point").all():
        points = points.representative_point()
    return datum.columns(points)


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its numbers rounded to what is written."""
    places = {
        column: n
        for column in table.columns
        if (n := decimals(column)) is not None and pd.api.types.is_float_dtype(table[column])
    }
    return table.round(places)
