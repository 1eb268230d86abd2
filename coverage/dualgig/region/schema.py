"""The tables: their columns, types and allowed values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "code", "integer", "number", "flag", "list", "date"]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    kind
        ``text``; ``code`` (text of digits: division codes, which Excel mangles); ``integer`` and
        ``number`` (not negative); ``flag`` (0/1, true/false, yes/no, 是/否); ``list`` (texts
        separated by ``;``); ``date`` (YYYY-MM-DD).
    required
        Whether the file must have it.
    default
        Value where the column or a cell is empty.
    values
        Allowed values of a text, or every value where empty.
    meaning
        What a planner reads about it.
    degrees
        Range of a list of angles, degrees; the texts of other lists are free.
    """

    kind: Kind
    required: bool = False
    default: object = None
    values: tuple[str, ...] = ()
    meaning: str = ""
    degrees: tuple[float, float] | None = None


@dataclass(frozen=True)
class Table:
    """One input table: its geometry kinds and its columns; ``id`` becomes the index."""

    geometry: tuple[str, ...]
    columns: dict[str, Column]


STANDARDS = ("miit_5g", "miit_4g", "committee", "population", "area")
POLYGON = ("Polygon", "MultiPolygon")
POINT = ("Point",)

TABLES: dict[str, Table] = {
    "townships": Table(
        POLYGON,
        {
            "id": Column("code", required=True, meaning="division code, 9 digits, or any id"),
            "name": Column("text", required=True, meaning="name"),
            "county": Column("text", default="", meaning="county"),
            "group": Column("text", default="", meaning="group for equity figures, e.g. mountain"),
            "kind": Column("text", default="township", meaning="township, street, zone, farm, ..."),
            "population": Column("integer", default=0, meaning="people; the villages' sum where empty"),
            "households": Column("integer", default=0, meaning="homes"),
        },
    ),
    "villages": Table(
        (*POLYGON, *POINT),
        {
            "id": Column("code", required=True, meaning="division code, 12 digits, or any id"),
            "name": Column("text", required=True, meaning="name"),
            "township": Column("code", default="", meaning="township id; by location where empty"),
            "kind": Column(
                "text", default="village", values=("village", "community"), meaning="goals count villages"
            ),
            "priority": Column("flag", default=False, meaning="priority village (重点行政村)"),
            "eligible": Column("flag", default=False, meaning="eligible village (有条件行政村)"),
            "population": Column("integer", required=True, meaning="people"),
            "households": Column("integer", default=0, meaning="homes; population / household size where 0"),
            "fibre": Column(
                "text", default="none", values=("none", "gpon", "10gpon"), meaning="fibre to the home today"
            ),
            "node": Column("text", default="", meaning="node that serves it today"),
            "standard": Column(
                "text", default="", values=("", *STANDARDS), meaning="5G standard of this village"
            ),
        },
    ),
    "keypoints": Table(
        POINT,
        {
            "id": Column("text", required=True, meaning="id"),
            "name": Column("text", default="", meaning="name"),
            "village": Column("code", default="", meaning="village id; by location where empty"),
            "township": Column("code", default="", meaning="township id, for a seat"),
            "kind": Column(
                "text",
                required=True,
                values=("seat", "committee", "school", "clinic", "settlement"),
                meaning="what it is",
            ),
            "households": Column("integer", default=0, meaning="homes of a settlement"),
        },
    ),
    "demand": Table(
        POINT,
        {
            "id": Column("text", required=True, meaning="id"),
            "village": Column("code", default="", meaning="village id; by location where empty"),
            "township": Column("code", default="", meaning="township id; the village's where empty"),
            "weight": Column("integer", required=True, meaning="people"),
        },
    ),
    "sites": Table(
        POINT,
        {
            "id": Column("text", required=True, meaning="id"),
            "name": Column("text", default="", meaning="name"),
            "structure": Column(
                "text", default="new", values=("existing", "new"), meaning="tower stands or not"
            ),
            "kind": Column("text", default="tower", meaning="tower, rooftop, pole, ..."),
            "operators": Column("list", default=(), meaning="operators present on the structure (4G or 5G)"),
            "on_air": Column("list", default=(), meaning="ids of the 5G configurations on air today"),
            "mast_m": Column("number", default=35.0, meaning="antenna height above ground, m"),
            "azimuths": Column(
                "list",
                default=(),
                meaning="boresights of the sectors, degrees from true north; all directions alike where empty",
                degrees=(0.0, 360.0),
            ),
            "tilt": Column(
                "list",
                default=(),
                meaning="mechanical downtilt, degrees, one for all sectors or one each; level where empty",
                degrees=(-30.0, 30.0),
            ),
            "pci": Column(
                "list",
                default=(),
                meaning="physical cell ids on air there; a drive test finds the site by them",
            ),
            "decision": Column(
                "text", default="free", values=("free", "locked", "forbidden"), meaning="planner's will"
            ),
            "power_km": Column("number", default=0.0, meaning="mains to extend, km"),
            "track_km": Column("number", default=0.0, meaning="access track to build, km"),
            "transport": Column(
                "text", default="microwave", values=("fibre", "microwave"), meaning="backhaul to provide"
            ),
        },
    ),
    "nodes": Table(
        POINT,
        {
            "id": Column("text", required=True, meaning="id"),
            "name": Column("text", default="", meaning="name"),
            "kind": Column("text", default="olt", values=("office", "olt", "exchange"), meaning="what it is"),
            "stands": Column(
                "text", default="none", values=("none", "gpon", "10gpon"), meaning="what stands there today"
            ),
            "decision": Column(
                "text", default="free", values=("free", "locked", "forbidden"), meaning="planner's will"
            ),
            "ports": Column("integer", default=64, meaning="PON ports"),
        },
    ),
    "status": Table(
        (),
        {
            "place": Column("code", required=True, meaning="village or township id"),
            "service": Column("text", required=True, values=("5g", "gigabit"), meaning="service"),
            "served": Column("flag", required=True, meaning="served or not"),
            "operator": Column("text", default="", meaning="operator; any where empty"),
            "source": Column("text", default="", meaning="who says so"),
            "date": Column("date", default="", meaning="when"),
        },
    ),
    "exclusions": Table(
        POLYGON,
        {
            "id": Column("text", required=True, meaning="id"),
            "name": Column("text", default="", meaning="name"),
            "kind": Column("text", default="", meaning="red line, farmland, park, ..."),
        },
    ),
}
