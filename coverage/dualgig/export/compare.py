"""A comparison on disk: ``compare.json``, ``builds.csv``, ``places.csv``, ``causes.csv`` and ``map.html``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dualgig.compare import shown
from dualgig.export.csv import write_csv
from dualgig.export.json import plan_hash, run_json
from dualgig.export.write import default_folder, output_date
from dualgig.store import COMPARE_NAME, RECORD_NAME, replacing

if TYPE_CHECKING:
    from dualgig.compare import Comparison

BUILD_COLUMNS = (
    "build_kind", "id", "name", "change", "was", "becomes", "cost_before_cny", "cost_after_cny",
    "difference_cny", "because",
)  # fmt: skip
PLACE_COLUMNS = ("level", "id", "name", "township", "service", "change", "year_before", "year_after")


def write_comparison(
    comparison: Comparison,
    names: tuple[str, str],
    folder: str | Path | None = None,
    *,
    date: str | None = None,
) -> Path:
    """Write a comparison into a folder that appears as a whole.

    Parameters
    ----------
    comparison
        The comparison.
    names
        What the two plans are called.
    folder
        Where to; ``maps/<first>-vs-<second>`` in the current folder by default.
    date
        As for `dualgig.export.write.write_outputs`.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    OutputError
        The folder holds something else, or cannot be written.
    """
    # The map draws on Leaflet; lists alone do without.
    from dualgig.render.compare_map import compare_html  # noqa: PLC0415

    language = comparison.second.region.project.project.language
    target = default_folder(f"{names[0]}-vs-{names[1]}") if folder is None else Path(folder)
    date = output_date() if date is None else date
    with replacing(target) as out:
        (out / COMPARE_NAME).write_bytes(_json(comparison, names))
        for name, table in tables(comparison).items():
            write_csv(out / f"{name}.csv", table, language)
        page = compare_html(comparison, names, date=date)
        (out / "map.html").write_text(page, encoding="utf-8", newline="")
        (out / RECORD_NAME).write_bytes(run_json(out, date=date, times_s={}))
    return target


def tables(comparison: Comparison) -> dict[str, pd.DataFrame]:
    """The lists of a comparison by name, codes instead of words."""
    builds = pd.DataFrame(
        [
            {
                **asdict(row),
                "build_kind": row.kind,
                "was": row.before,
                "becomes": row.after,
                "difference_cny": row.difference_cny,
                "because": row.why,
            }
            for row in comparison.builds
        ],
        columns=list(BUILD_COLUMNS),
    )
    places = pd.DataFrame([asdict(row) for row in comparison.places], columns=list(PLACE_COLUMNS))
    places = places.astype({"year_before": "Int64", "year_after": "Int64"})
    causes = pd.DataFrame(
        [
            {"key": row.key, "was": shown(row.before), "becomes": shown(row.after)}
            for row in comparison.causes
        ],
        columns=["key", "was", "becomes"],
    )
    return {"builds": builds, "places": places, "causes": causes}


def _json(comparison: Comparison, names: tuple[str, str]) -> bytes:
    document = {
        "schema": "dualgig-compare/1",
        "plans": [
            {"name": name, "plan_hash": plan_hash(plan)}
            for name, plan in zip(names, (comparison.first, comparison.second), strict=True)
        ],
        "figures": {key: list(pair) for key, pair in comparison.counts().items()},
        "money": {key: list(pair) for key, pair in comparison.money().items()},
        "causes": [asdict(row) for row in comparison.causes],
        "builds": [{**asdict(row), "difference_cny": row.difference_cny} for row in comparison.builds],
        "places": [asdict(row) for row in comparison.places],
    }
    return (json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n").encode("utf-8")
