"""What can be built on radio sites: structures and configurations, with decisions and quantities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from dualgig.costs import LOW_BAND_MHZ
from dualgig.region.model import BUILD_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dualgig.fibre.links import FibreLinks
    from dualgig.project import Configuration, Project
    from dualgig.region.model import Region

OPTION_COLUMNS = ["kind", "item", "configuration", "operator", "decision", "exclusive", "requires"]


@dataclass(frozen=True)
class Options:
    """What can be built.

    Attributes
    ----------
    table : pandas.DataFrame
        Index: option id. Columns: ``kind`` (structure, radio, node, link, and tenancy of
        `dualgig.cobuilding`), ``item`` (site, node or village id), ``configuration``, ``operator``
        (radio only), ``decision`` (free, locked, forbidden), ``exclusive`` (options with the same
        non-empty text exclude one another), ``requires`` (option id that must be chosen too, or empty).
    quantities : pandas.DataFrame
        Columns ``option``, ``item``, ``line``, ``quantity``; see `dualgig.costs.price_lines`.
    """

    table: pd.DataFrame
    quantities: pd.DataFrame


def on_air_bands(region: Region, site: str) -> dict[str, set[str]]:
    """Bands on air today on a site, by operator."""
    configurations = {configuration.id: configuration for configuration in region.project.configurations}
    bands: dict[str, set[str]] = {}
    on_air: tuple[str, ...] = cast("tuple[str, ...]", region.sites.at[site, "on_air"])
    for name in on_air:
        configuration = configurations[name]
        bands.setdefault(configuration.operator, set()).update(configuration.bands)
    return bands


def on_air_today(region: Region, bands: Sequence[str]) -> dict[str, NDArray[np.bool_]]:
    """Per operator, which of the bands is on air today on which site: bool, shape (sites, bands)."""
    shape = (len(region.sites), len(bands))
    on_air = {operator: np.zeros(shape, np.bool_) for operator in region.project.operators}
    for row, site in enumerate(region.sites.index):
        for operator, own in on_air_bands(region, str(site)).items():
            on_air[operator][row] = [band in own for band in bands]
    return on_air


def radio_options(region: Region) -> Options:
    """Structures and radio configurations that can be added to the region's sites.

    A site's *structure* option carries what its tenants share: mast or its strengthening, power,
    access track, transport, rent. Its *radio* options carry the equipment and energy of one
    operator's configuration; each requires the structure, and those of one operator on one site
    exclude one another. Only bands that the operator does not have on air there are paid. A site
    with 5G on air already has its structure.
    """
    project = region.project
    options: list[tuple[str, ...]] = []
    quantities: list[tuple[str, str, str, float]] = []
    for site in region.sites.itertuples():
        site_id = str(site.Index)
        today = on_air_bands(region, site_id)
        structure = "" if today else f"structure:{site_id}"
        if structure:
            options.append((structure, "structure", site_id, "", "", str(site.decision), "", ""))
            quantities += [
                (structure, site_id, line, amount) for line, amount in structure_quantities(project, site)
            ]
        for configuration in project.configurations:
            added = [
                band for band in configuration.bands if band not in today.get(configuration.operator, set())
            ]
            if not added:
                continue
            option = f"radio:{site_id}:{configuration.id}"
            decision = "forbidden" if site.decision == "forbidden" else "free"
            exclusive = f"{site_id}:{configuration.operator}"
            options.append(
                (
                    option,
                    "radio",
                    site_id,
                    configuration.id,
                    configuration.operator,
                    decision,
                    exclusive,
                    structure,
                )
            )
            quantities += [
                (option, site_id, line, amount) for line, amount in _radio(project, configuration, added)
            ]
    return make_options(options, quantities)


def link_option(node: str, village: str) -> str:
    """Id of the option that links a village to a node."""
    return f"link:{node}:{village}"


def fibre_options(region: Region, links: FibreLinks) -> Options:
    """Nodes to build or upgrade, and the links from nodes to villages.

    A *node* option carries the OLT (new or upgraded) and, for a new one, the trench of its uplink.
    A *link* option carries the trench, PON ports and homes of one village at one node; it requires
    the node where that needs anything, and the links of one village exclude one another.
    """
    options: list[tuple[str, ...]] = []
    quantities: list[tuple[str, str, str, float]] = []
    nodes = [str(node) for node in region.nodes.index]
    villages = [str(village) for village in region.villages.index]
    decisions = [str(decision) for decision in region.nodes["decision"]]
    option_of: dict[int, str] = {}
    for row, (node, needs, decision) in enumerate(zip(nodes, links.needs, decisions, strict=True)):
        if needs == "none":
            continue
        option = option_of[row] = f"node:{node}"
        options.append((option, "node", node, "", "", decision, "", ""))
        quantities.append((option, node, "olt_new" if needs == "new" else "olt_upgrade", 1.0))
        quantities += [(option, node, line, km) for line, km in _trench(links.uplink_m[row])]
    for link, (village, node_row) in enumerate(zip(links.village.tolist(), links.node.tolist(), strict=True)):
        place = villages[village]
        option = link_option(nodes[node_row], place)
        decision = "forbidden" if links.forbidden[link] else "free"
        options.append(
            (option, "link", place, "", "", decision, f"link:{place}", option_of.get(node_row, ""))
        )
        quantities += [(option, place, line, km) for line, km in _trench(links.trench_m[link])]
        quantities += [
            (option, place, "pon_port", float(links.ports[link])),
            (option, place, "home_passed", float(links.homes_passed[link])),
            (option, place, "home_upgrade", float(links.homes_upgraded[link])),
        ]
    return make_options(options, quantities)


def _trench(metres: NDArray[np.float64]) -> list[tuple[str, float]]:
    """Trench to dig by build type, km; existing cable is no trench."""
    return [
        (f"trench_{build}_km", float(length) / 1000.0)
        for build, length in zip(BUILD_TYPES, metres, strict=True)
        if build != "existing"
    ]


def make_options(options: list[tuple[str, ...]], quantities: list[tuple[str, str, str, float]]) -> Options:
    """Tables of options from rows (id and `OPTION_COLUMNS`) and quantities."""
    table = pd.DataFrame(options, columns=["option", *OPTION_COLUMNS]).set_index("option")
    lines = pd.DataFrame(quantities, columns=["option", "item", "line", "quantity"])
    return Options(table, lines.astype({"quantity": float}))


def structure_quantities(project: Project, site: object) -> list[tuple[str, float]]:
    """Quantities of a site's shared part by line, for a row of the region's sites."""
    new = getattr(site, "structure") == "new"  # noqa: B009
    years = project.costs.horizon_years
    return [
        ("structure_new" if new else "structure_adapt", 1.0),
        ("power_site", 1.0),
        ("power_mains_km", float(getattr(site, "power_km"))),  # noqa: B009
        ("track_km", float(getattr(site, "track_km"))),  # noqa: B009
        (f"transport_{getattr(site, 'transport')}_site", 1.0),  # noqa: B009
        ("rent_year_new" if new else "rent_year_existing", years),
    ]


def _radio(project: Project, configuration: Configuration, added: list[str]) -> list[tuple[str, float]]:
    """Quantities of the bands that a configuration adds."""
    low = sum(project.radio.bands[band].frequency_mhz < LOW_BAND_MHZ for band in added)
    sectors = configuration.sectors
    return [
        ("radio_sector_low", float(low * sectors)),
        ("radio_sector_mid", float((len(added) - low) * sectors)),
        ("energy_sector_year", len(added) * sectors * project.costs.horizon_years),
    ]
