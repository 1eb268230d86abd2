"""Places whose 5G rests on one propagation model alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dualgig.export.tables import places

if TYPE_CHECKING:
    from dualgig.plan import Plan


def fragile(plan: Plan, listed: int) -> dict[str, Any]:
    """Fragile places, the duties first, the least margins before the larger ones.

    Parameters
    ----------
    plan
        The plan.
    listed
        How many rows are listed.

    Returns
    -------
    dict
        ``rows`` of `dualgig.export.tables.places`; ``count``; ``more``, rows beyond those listed;
        ``margin_db``, the difference between the models from which on a path counts.
    """
    table = places(plan)
    table = table[table["fragile"].astype(bool)].fillna({"server_name": ""})
    table = table.sort_values(["duty_5g", "margin_db"], ascending=[False, True], kind="stable")
    return {
        "rows": table.head(listed).to_dict("records"),
        "count": len(table),
        "more": max(len(table) - listed, 0),
        "margin_db": plan.region.project.radio.fragile_margin_db,
    }
