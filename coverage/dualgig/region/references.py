"""Names by which one table or the project file speaks of another: configurations, nodes, places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dualgig.region.findings import closest, listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dualgig.project import Project
    from dualgig.region.findings import Findings
    from dualgig.region.validate import Checked

LEAST_MAST_M = 1.0
"""P.1812-8 section 2 is for antenna heights above ground from 1 m."""


def check_references(project: Project, tables: dict[str, Checked], findings: Findings) -> None:
    """Note names that nothing bears, ids that two tables share, and assets that contradict themselves.

    Parameters
    ----------
    project
        The project; its configurations and operators are referred to.
    tables
        Checked tables by name.
    findings
        Takes what is wrong.
    """
    if "sites" in tables:
        _check_sites(project, tables["sites"], findings)
    if "villages" in tables:
        _check_serving_nodes(tables["villages"], tables.get("nodes"), project, findings)
    _check_shared_ids(tables, "townships", "villages", findings)
    _check_shared_ids(tables, "sites", "nodes", findings)
    if "status" in tables:
        _check_status(project, tables, findings)


def _check_sites(project: Project, sites: Checked, findings: Findings) -> None:
    _check_antennas(sites, findings)
    known = [configuration.id for configuration in project.configurations]
    columns = ("structure", "operators", "on_air", "mast_m")
    rows = zip(*(sites.frame[column].tolist() for column in columns), strict=True)
    wrong = sites.wrong[["structure", "mast_m"]].to_numpy()
    for position, (structure, operators, on_air, mast_m) in enumerate(rows):
        row = sites.row(position)
        for name in on_air:
            if name not in known:
                hint = _hint(name, known)
                findings.error(
                    sites.file,
                    row,
                    sites.column("on_air"),
                    f"the configuration {name!r} is not known; {project.path.name} has {listed(known, 20)}.",
                    f"Write one of these, or add [[configurations]] for it.{hint}",
                )
        if on_air and structure == "new" and not wrong[position, 0]:
            findings.error(
                sites.file,
                row,
                sites.column("on_air"),
                f"the site {sites.id(position)} is new, yet something is on air on it.",
                "Write structure existing, or empty on_air.",
            )
        for name in operators:
            if name not in project.operators and (meant := closest(name, project.operators, 0.75)):
                findings.warn(
                    sites.file,
                    row,
                    sites.column("operators"),
                    f"the operator {name!r} has no configuration in {project.path.name}.",
                    f"Write {meant} where that is meant.",
                )
        if mast_m < LEAST_MAST_M and not wrong[position, 1]:
            findings.error(
                sites.file,
                row,
                sites.column("mast_m"),
                f"an antenna height of {mast_m:g} m is too low.",
                f"Write the height above ground in metres, at least {LEAST_MAST_M:g}.",
            )


def _check_antennas(sites: Checked, findings: Findings) -> None:
    """Tilts must fit the sectors, of which the azimuths tell."""
    angles = sites.frame[["azimuths", "tilt"]].itertuples(index=False, name=None)
    wrong = sites.wrong[["azimuths", "tilt"]].to_numpy().any(axis=1)
    for position, (azimuths, tilts) in enumerate(angles):
        if wrong[position] or not tilts or (azimuths and len(tilts) in (1, len(azimuths))):
            continue
        findings.error(
            sites.file,
            sites.row(position),
            sites.column("tilt"),
            f"there are {len(tilts)} tilts for {len(azimuths)} azimuths."
            if azimuths
            else "a tilt needs azimuths: without them the site radiates in all directions alike.",
            "Write one tilt for all sectors, or one for each azimuth."
            if azimuths
            else "Write the sectors' azimuths, or empty the cell.",
        )


def _check_serving_nodes(
    villages: Checked, nodes: Checked | None, project: Project, findings: Findings
) -> None:
    """The node that serves a village must be in the list and stand."""
    named = villages.frame["node"].tolist()
    column = villages.column("node")
    if nodes is None:
        if project.inputs.nodes is None and any(named):
            first = next(position for position, node in enumerate(named) if node)
            findings.warn(
                villages.file,
                villages.row(first),
                column,
                "villages name the node that serves them, the first in this row, but the project gives no nodes.",
                f"Add inputs.nodes to {project.path.name}; without it no fibre is planned.",
            )
        return
    stands_wrong = set(nodes.frame.index[nodes.wrong["stands"].to_numpy()])
    stands = dict(zip(nodes.frame.index.tolist(), nodes.frame["stands"].tolist(), strict=True))
    for position, node in enumerate(named):
        if node and node not in stands:
            if not nodes.complete:
                continue
            findings.error(
                villages.file,
                villages.row(position),
                column,
                f"the node {node!r} is not among the nodes of {nodes.file}.",
                f"Write the id of a node, or empty the cell.{_hint(node, stands)}",
            )
        elif (
            node
            and stands[node] == "none"
            and node not in stands_wrong
            and villages.frame["fibre"].iloc[position] != "none"
        ):
            findings.error(
                villages.file,
                villages.row(position),
                column,
                f"the node {node} serves this village with fibre today, yet nothing stands there.",
                f"Write in {nodes.file} what stands at {node}, or correct the village.",
            )


def _check_shared_ids(tables: dict[str, Checked], first: str, second: str, findings: Findings) -> None:
    """Ids of both tables are used in one list (the ledger's places; locked and forbidden assets)."""
    if first not in tables or second not in tables:
        return
    a, b = tables[first], tables[second]
    taken = {a.id(position): a.row(position) for position in range(len(a.frame))}
    for position in range(len(b.frame)):
        row = taken.get(b.id(position))
        if row is not None:
            findings.error(
                b.file,
                b.row(position),
                b.column("id"),
                f"the id {b.id(position)} is a duplicate: row {row} of {a.file} has it too.",
                f"Give {first} and {second} different ids.",
            )


def _check_status(project: Project, tables: dict[str, Checked], findings: Findings) -> None:
    """The ledger's places and operators must be known, and one day's entries must agree."""
    status = tables["status"]
    complete = all(name in tables and tables[name].complete for name in ("townships", "villages"))
    places = [
        place for name in ("townships", "villages") if name in tables for place in tables[name].frame.index
    ]
    known = set(places)
    seen: dict[tuple[str, str, str, str], tuple[bool, int]] = {}
    columns = ("place", "service", "operator", "date", "served")
    for position, (place, service, operator, date, served) in enumerate(
        zip(*(status.frame[column].tolist() for column in columns), strict=True)
    ):
        row = status.row(position)
        if place and complete and place not in known:
            findings.error(
                status.file,
                row,
                status.column("place"),
                f"the place {place} is neither a township nor a village.",
                f"Write the id of one, or delete the row.{_hint(place, places)}",
            )
        if service == "5g" and operator and operator not in project.operators:
            findings.warn(
                status.file,
                row,
                status.column("operator"),
                f"the operator {operator!r} has no configuration in {project.path.name}.",
                f"Write one of {listed(project.operators)}, or leave it empty for any.",
            )
        before = seen.setdefault((place, service, operator, date), (served, row))
        if before[0] != served and place and service:
            findings.error(
                status.file,
                row,
                status.column("served"),
                f"{place} is both served and not served by {service}: row {before[1]} says the opposite.",
                "Delete one of the two, or give them different dates; the later one counts.",
            )


def _hint(word: str, known: Iterable[str]) -> str:
    meant = closest(word, known, 0.6)
    return f" Did you mean {meant}?" if meant else ""
