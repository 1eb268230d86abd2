"""Coverage before and after: in all, by county and group, by township."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from dualgig.project import SERVICES

if TYPE_CHECKING:
    from dualgig.plan import Plan

MOST_TOWNSHIPS = 120
"""Townships up to which each has its row."""

LEVELS = ("townships", "villages", "people")


def coverage(plan: Plan) -> dict[str, list[dict[str, Any]]]:
    """Rows of the coverage tables.

    Returns
    -------
    dict
        ``total``: a row for townships, villages and people; ``counties``: a row a county and group
        where there is more than one; ``townships``: a row a township where there are not too many.
        A service S of a row has ``before_S`` and ``after_S`` counts.
    """
    before, after = plan.coverage["before"], plan.coverage["after"]
    total = [
        {
            "level": level,
            "all": after[level],
            **{
                f"{when}_{service}": counts[f"{level}_{service}"]
                for when, counts in (("before", before), ("after", after))
                for service in SERVICES
            },
        }
        for level in LEVELS
    ]
    counted = [f"{when}_{service}" for service in SERVICES for when in ("before", "after")]
    villages = plan.villages[plan.villages["kind"] == "village"]
    by_township = pd.DataFrame(villages[["township", *counted]])
    by_township["villages"] = 1
    by_township = by_township.groupby("township")[["villages", *counted]].sum()
    by_township = by_township.reindex(plan.townships.index, fill_value=0).astype(int)
    own = plan.townships[counted].add_prefix("own_")
    rows = by_township.join(plan.townships[["name", "county", "group"]]).join(own)
    groups = rows.groupby(["county", "group"])[["villages", *counted]].sum()
    return {
        "total": total,
        "counties": _records(groups.reset_index()) if len(groups) > 1 else [],
        "townships": _records(rows) if len(rows) <= MOST_TOWNSHIPS else [],
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
