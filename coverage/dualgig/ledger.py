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

    Entries of an operator that the project's goals do not count are left aside. Under operator
    mode ``any`` one operator's service is enough, and a place is unserved when every entry says
    so; under ``each`` a place is served only when every operator has an entry that says so.
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
        if service == "5g" and mode == "each" and not len(whole):
            served = set(own.loc[own["served"], "operator"])
            if not own["served"].all():
                verdict[str(place)] = False
            elif served >= operators:
                verdict[str(place)] = True
            continue
        decisive = pd.concat([whole, own])
        if len(decisive):
            verdict[str(place)] = bool(decisive["served"].any())
    return verdict
