"""What a planner reads of one link in the terminal: the budget line by line, and what stands in the way."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table

from dualgig.text import say
from dualgig.text.numbers import percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from rich.console import Console

    from dualgig.pair import BandLink, Link
    from dualgig.project import Language

OPTIONAL = (
    "ssb_offset_db",
    "clutter_db",
    "steep_entry_db",
    "calibration_db",
    "penetration_loss_db",
    "pattern_db",
)
"""Lines that are left out where they are 0 in every band."""


def show_link(console: Console, link: Link, language: Language, svg: Path | None = None) -> None:
    """The link's budget, band by band, the path, and where the profile was written."""
    title = say(language, "link.title", site=site_words(link), place=place_words(link, language))
    console.print()
    console.print(title, style="bold", markup=False, highlight=False, soft_wrap=True)
    console.print(link_table(link, language))
    for words in remarks(link, language):
        console.print(words, markup=False, highlight=False, soft_wrap=True)
    if svg is not None:
        console.print(say(language, "link.file", file=svg), markup=False, highlight=False, soft_wrap=True)


def place_words(link: Link, language: Language) -> str:
    """The place by name, or by its coordinates."""
    place = link.place
    if place.kind == "point":
        return f"{place.lon:g}, {place.lat:g}"
    return say(language, f"link.place.{place.kind}", name=place.name or place.id)


def site_words(link: Link) -> str:
    """The site by id and name."""
    return f"{link.site} {link.site_name}".strip()


def link_table(link: Link, language: Language) -> Table:
    """The link budget: a section of lines for each direction, a column for each band."""
    radio = link.region.project.radio
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column(say(language, "link.column"))
    for band in link.bands:
        table.add_column(band.band, justify="right", no_wrap=True)

    def row(key: str, cells: Iterable[str], style: str = "", **values: object) -> None:
        table.add_row(say(language, f"link.{key}", **values), *cells, style=style)

    def lines(of_band: Callable[[BandLink], dict[str, float]]) -> None:
        for key in of_band(link.bands[0]):
            figures = [of_band(band)[key] for band in link.bands]
            if key not in OPTIONAL or any(figures):
                row(key, map(_figure, figures))

    def result(key: str, figures: Iterable[float], **values: object) -> None:
        row(key, map(_figure, figures), "bold", **values)

    row("frequency", (f"{1000 * band.frequency_ghz:g}" for band in link.bands))
    row("on_air", (say(language, "link.yes" if band.on_air else "link.no") for band in link.bands))
    if link.bands[0].azimuth_deg is not None:
        row("sector", (f"{band.azimuth_deg:g}" for band in link.bands))
    table.add_section()
    row("downlink", [], "dim")
    lines(lambda band: band.downlink)
    result("rsrp", (band.rsrp_dbm for band in link.bands))
    row("shadow_margin_db", (_figure(-band.shadow_margin_db) for band in link.bands))
    row("threshold", (_figure(-band.threshold_dbm) for band in link.bands))
    result("level_margin", (band.level_margin_db for band in link.bands))
    table.add_section()
    row("sinr", [], "dim", load=percent(radio.load))
    lines(lambda band: band.sinr)
    result("sinr_db", (band.sinr_db for band in link.bands))
    result("downlink_mbps", (band.downlink_mbps for band in link.bands))
    table.add_section()
    row("uplink", [], "dim")
    lines(lambda band: band.uplink)
    result("uplink_sinr_db", (band.uplink_sinr_db for band in link.bands))
    row("uplink_blocks", (str(band.uplink_blocks) for band in link.bands))
    result("uplink_mbps", (band.uplink_mbps for band in link.bands))
    if radio.uplink_mbps is not None:
        margins = (band.uplink_margin_db for band in link.bands)
        result("uplink_margin", (m for m in margins if m is not None), rate=f"{radio.uplink_mbps:g}")
    table.add_section()
    result("margin", (band.margin_db for band in link.bands))
    row("plan", (_verdict(band, language) for band in link.bands))
    return table


def remarks(link: Link, language: Language) -> list[str]:
    """What stands beside the table: the path, the obstacle, the antenna, who interferes."""
    radio = link.region.project.radio
    told = [
        say(
            language,
            "link.path",
            distance=f"{link.distance_km:.2f}",
            bearing=f"{round(link.bearing_deg) % 360}",
            departure=f"{link.departure_deg:.1f}",
            arrival=f"{link.arrival_deg:.1f}",
        ),
        obstacle_words(link, link.bands[0], language),
    ]
    if radio.model != "p1812":
        told.append(say(language, "link.flat"))
    elif len(link.ridges) > 1:
        told.append(say(language, "link.several"))
    if link.bands[0].azimuth_deg is None:
        told.append(say(language, "link.omni"))
    told.append(say(language, "link.held", share=percent(radio.location_share)))
    separator = say(language, "report.separator")
    for band in link.bands:
        if band.interferers:
            sites = (
                say(language, "link.interferer", site=site, level=f"{level:.1f}")
                for site, level in band.interferers
            )
            told.append(
                say(
                    language,
                    "link.interferers",
                    band=band.band,
                    count=band.interfering,
                    sites=separator.join(sites),
                )
            )
    return told


def obstacle_words(link: Link, band: BandLink, language: Language) -> str:
    """What stands in the way in a band, or comes nearest to it, with its place."""
    obstacle = band.obstacle
    lon, lat = link.lonlat_of(obstacle.index)
    blocked = obstacle.above_line_m > 0
    key = "blocked" if blocked else "clear" if obstacle.is_clear else "grazing"
    return say(
        language,
        f"link.{key}",
        distance=f"{obstacle.distance_km:.2f}",
        lon=f"{lon:.5f}",
        lat=f"{lat:.5f}",
        height=f"{obstacle.height_m:.0f}",
        above=f"{obstacle.above_line_m:.0f}",
        below=f"{-obstacle.above_line_m:.0f}",
        share=f"{max(-obstacle.fresnel_share, 0.0):.0%}",
        ridges=len(link.ridges),
        band=band.band,
    )


def _verdict(band: BandLink, language: Language) -> str:
    if not band.counted:
        return f"[yellow]{say(language, 'link.beyond', radius=f'{band.radius_km:g}')}[/]"
    if band.margin_db >= 0:
        return f"[green]{say(language, 'link.served')}[/]"
    return f"[red]{say(language, 'link.not_served')}[/]"


def _figure(value: float) -> str:
    """A figure with one decimal; a dash where there is none."""
    return f"{value:.1f}" if math.isfinite(value) else "-"
