"""The status ledger (台账): what an authority or a measurement says is served, over the prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from dualgig.project import Service
    from dualgig.region.model import Region


def ledger_of(region: Region, service: Service) -> pd.DataFrame:
    """The ledger's last word on each place for one service, whoever the operator.

    Returns
    -------
    pandas.DataFrame
        Index: place id; columns ``served`` (bool), ``operator``, ``source``, ``date``. Of several
        entries of a place and operator the latest date wins, then the later row.
    """
    rows = region.status[region.status["service"] == service]
    rows = rows.sort_values("date", kind="stable")
    rows = rows.drop_duplicates(["place", "operator"], keep="last").set_index("place")
    return pd.DataFrame(rows[["served", "operator", "source", "date"]])


def counted(region: Region, service: Service) -> dict[str, bool]:
    """Places on which the ledger decides, and whether they count as served today.

    Entries of an operator that the project's goals do not count are left aside. An entry without an
    operator speaks of all of them. Under operator mode ``any`` one operator's service is enough, and a
    place is unserved only when no operator is left of which nothing is said; under ``each`` a place is
    served only when every operator is said to serve it.
    """
    ledger = ledger_of(region, service)
    mode = region.project.standards.operator
    operators = set(region.project.operators)
    verdict: dict[str, bool] = {}
    for place, entries in ledger.groupby(level=0, sort=False):
        whole = entries[entries["operator"] == ""]
        own = entries[entries["operator"] != ""]
        if service == "5g" and mode not in ("any", "each"):
            own = own[own["operator"] == mode]
        if service == "5g" and mode == "each":
            said = _said(whole, own, operators)
            if not all(said.values()):
                verdict[str(place)] = False
            elif len(said) == len(operators):
                verdict[str(place)] = True
            continue
        decisive = pd.concat([whole, own])
        if decisive["served"].any():
            verdict[str(place)] = True
        elif len(whole) or mode in own["operator"].array or operators <= set(own["operator"]):
            verdict[str(place)] = False
    return verdict


def said_of(region: Region, operator: str) -> dict[str, bool]:
    """Places on which the ledger decides about one operator's 5G, and whether the operator serves them today.

    The operator's own entry counts, else the one without an operator.
    """
    said: dict[str, bool] = {}
    for place, entries in ledger_of(region, "5g").groupby(level=0, sort=False):
        whole, own = entries[entries["operator"] == ""], entries[entries["operator"] == operator]
        if len(whole) or len(own):
            said[str(place)] = _said(whole, own, {operator})[operator]
    return said


def _said(whole: pd.DataFrame, own: pd.DataFrame, operators: set[str]) -> dict[str, bool]:
    """What a place's entries say of the operators: their own entries, else the one of no operator."""
    said = dict.fromkeys(operators, bool(whole["served"].iloc[-1])) if len(whole) else {}
    for operator, served in zip(own["operator"], own["served"], strict=True):
        if operator in operators:
            said[str(operator)] = bool(served)
    return said
