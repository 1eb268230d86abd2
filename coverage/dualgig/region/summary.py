"""A region at a glance, as HTML for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from dualgig.text import say

if TYPE_CHECKING:
    from dualgig.region.model import Region

TABLE_NAMES = ("townships", "villages", "keypoints", "demand", "sites", "nodes", "status", "exclusions")


def to_html(region: Region) -> str:
    """A table of the region's layers: rows, source, caveat; every text is escaped."""
    language = region.project.project.language
    height = region.terrain.height_m
    cells = say(
        language,
        "region.cells",
        rows=height.shape[0],
        columns=height.shape[1],
        cell=f"{region.terrain.cell_m:g}",
    )
    edges = "" if region.roads is None else say(language, "region.edges", count=f"{len(region.roads.tail):,}")
    sizes = {name: f"{len(getattr(region, name)):,}" for name in TABLE_NAMES} | {
        "terrain": cells,
        "roads": edges,
    }
    rows = []
    for name, size in sizes.items():
        given = region.inputs.get(name, {})
        source = str(given.get("path", "")) or say(language, "region.not_given")
        texts = (say(language, f"region.{name}"), size, source, str(given.get("caveat", "")))
        rows.append("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in texts) + "</tr>")
    head = "".join(
        f"<th>{escape(say(language, f'region.{key}'))}</th>" for key in ("layer", "rows", "source", "caveat")
    )
    told = escape(say(language, "region.warnings", count=len(region.warnings))) if region.warnings else ""
    return (
        f"<table><caption>{escape(region.project.title)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>" + (f"<p>{told}</p>" if told else "")
    )
