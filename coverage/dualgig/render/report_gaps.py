"""What is not served, why, and what serving it would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from dualgig.export.tables import gaps
from dualgig.plan import REASONS
from dualgig.project import SERVICES

if TYPE_CHECKING:
    from dualgig.plan import Plan

DUTIES_A_GAP = 5
"""Missed duties that are listed for each other gap that is: they are what the report is read for."""


def unmet(plan: Plan, listed: int) -> dict[str, Any]:
    """Gaps by reason, the duties among them, and the others.

    Parameters
    ----------
    plan
        The plan.
    listed
        How many rows outside the duties are listed, and `DUTIES_A_GAP` times as many duties.

    Returns
    -------
    dict
        ``reasons``: rows with ``reason`` and, per service, places and duties; ``duties`` and
        ``others``: rows of `dualgig.export.tables.gaps`; ``duty_count``, ``other_count``;
        ``more_duties``, ``more``: rows beyond those listed.
    """
    table = gaps(plan)
    duty = table["duty"].astype(bool)
    reasons = []
    for reason in REASONS:
        row: dict[str, Any] = {"reason": reason}
        for service in SERVICES:
            here = (table["reason"] == reason) & (table["service"] == service)
            row[service] = int(here.sum())
            row[f"{service}_duty"] = int((here & duty).sum())
        if any(row[service] for service in SERVICES):
            reasons.append(row)
    duties, others = table[duty], table[~duty]
    most_duties = DUTIES_A_GAP * listed
    return {
        "reasons": reasons,
        "duties": _rows(duties.head(most_duties)),
        "duty_count": len(duties),
        "more_duties": max(len(duties) - most_duties, 0),
        "others": _rows(others.head(listed)),
        "other_count": len(others),
        "more": max(len(others) - listed, 0),
    }


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with a missing cost as ``None``."""
    rows: list[dict[str, Any]] = table.to_dict("records")  # type: ignore[assignment]
    for row in rows:
        cost = row["cost_to_serve_cny"]
        row["cost_to_serve_cny"] = None if pd.isna(cost) else int(cost)
    return rows
