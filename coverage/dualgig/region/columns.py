"""Which column of a file is which of ours, and what to write where one is misnamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dualgig.region.coordinates import AXES
from dualgig.region.findings import closest, listed
from dualgig.region.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection

    from dualgig.project import Project
    from dualgig.region.findings import Findings
    from dualgig.region.read import RawTable

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("code", "gid", "adcode", "代码", "编码", "编号", "区划代码", "行政区划代码", "站点编号"),
    "name": ("label", "title", "名称", "地名", "村名", "村名称", "乡镇名", "乡镇名称", "站名", "站点名称"),
    "township": ("town", "乡镇", "乡镇代码", "街道", "所属乡镇"),
    "village": ("行政村", "村", "村代码", "所属村"),
    "county": ("区县", "县", "县区", "所属区县"),
    "population": ("pop", "people", "persons", "residents", "人口", "人口数", "常住人口", "总人口"),
    "households": ("homes", "hh", "户数", "总户数", "家庭户"),
    "priority": ("重点", "重点村", "重点行政村"),
    "eligible": ("有条件", "有条件行政村"),
    "kind": ("type", "class", "类型", "类别"),
    "fibre": ("fiber", "光纤", "宽带"),
    "operators": ("operator", "carrier", "运营商", "租户"),
    "mast_m": ("height", "height_m", "mast", "挂高", "塔高"),
    "azimuths": ("azimuth", "方位角", "扇区方位角"),
    "tilt": ("tilts", "downtilt", "下倾角", "机械下倾角"),
    "weight": ("pop", "people", "population", "人口"),
    "place": ("id", "code", "village", "代码", "编码"),
    "served": ("covered", "已覆盖", "是否覆盖", "是否通达"),
}
"""Names under which a column often comes; they are suggested, never taken without being asked."""

CLOSE = 0.8
"""Likeness (difflib's ratio) from which an unused column passes for a misspelt optional one."""


def match_columns(
    raw: RawTable, project: Project, optional: Collection[str], findings: Findings
) -> dict[str, str] | None:
    """Find our columns in a file: as the project file maps them, or by name, whatever the case.

    Parameters
    ----------
    raw
        The table as it stands in its file.
    project
        The project.
    optional
        Columns that need not be there although the schema requires them.
    findings
        Takes columns that are missing, misnamed or mapped to nothing.

    Returns
    -------
    dict or None
        Our column -> the file's; ``None`` where a required one is missing.
    """
    spec = TABLES[raw.name].columns
    available = [str(column) for column in raw.cells.columns]
    by_lower = {column.strip().lower(): column for column in reversed(available)}
    # An empty name is one that is still to be filled in.
    mapping = {ours: theirs for ours, theirs in raw.layer.columns.items() if theirs}
    key = f"inputs.{raw.name}.columns"
    for ours in mapping:
        if ours not in spec and ours not in AXES:
            meant = closest(ours, spec)
            mend = f"Did you mean {meant}?" if meant else f"Known here: {listed(spec, 20)}."
            findings.error(
                project.path.name, None, f"{key}.{ours}", f"{raw.name} have no column {ours!r}.", mend
            )
    matched: dict[str, str] = {}
    complete = True
    for ours, column in spec.items():
        theirs = mapping.get(ours, "")
        if not theirs:
            theirs = ours if ours in available else by_lower.get(ours, "")
        if theirs in available:
            matched[ours] = theirs
        elif theirs:
            complete = complete and not column.required
            meant = _suggest(ours, available) or closest(theirs, available)
            findings.error(
                raw.layer.path,
                None,
                theirs,
                f"there is no column {theirs!r}, to which {key} maps {ours}; the file has {listed(available, 20)}.",
                _mapping_line(ours, meant, raw.name, project),
            )
    free = [column for column in available if column not in matched.values()]
    for ours, column in spec.items():
        if ours in matched or ours in mapping:
            continue
        meant = _suggest(ours, free)
        if column.required and ours not in optional:
            complete = False
            findings.error(
                raw.layer.path,
                None,
                ours,
                f"there is no column {ours!r} ({column.meaning}); the file has {listed(available, 20)}.",
                _mapping_line(ours, meant, raw.name, project),
            )
        elif meant and (closest(ours, [meant], CLOSE) or meant.strip().lower() in USUAL_NAMES.get(ours, ())):
            findings.warn(
                raw.layer.path,
                None,
                meant,
                f"the column {meant!r} is not used; it looks like {ours}, which the file lacks.",
                _mapping_line(ours, meant, raw.name, project),
            )
    return matched if complete else None


def _suggest(ours: str, available: list[str]) -> str:
    """The file's column that is probably ours: by a usual name, else by likeness."""
    usual = USUAL_NAMES.get(ours, ())
    for column in available:
        # "POP_2020" and "2020年常住人口" are "pop" and "人口" with a year.
        letters = "".join(letter for letter in column.lower() if letter.isalpha())
        if letters in (*usual, ours) or any(
            name in letters for name in usual if not name.isascii() and len(name) > 1
        ):
            return column
    return closest(ours, available, 0.6)


def _mapping_line(ours: str, theirs: str, name: str, project: Project) -> str:
    target = theirs or "the file's column"
    line = f'columns = {{ {ours} = "{target}" }} under inputs.{name} in {project.path.name}'
    return f"Write {line}." if theirs else f"Add the column, or write {line}."
