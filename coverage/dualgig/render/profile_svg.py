"""Terrain profile of a link as SVG: ground, effective earth, line of sight, Fresnel zone, obstacle.

Heights are drawn over the effective earth, on which a straight ray is a straight line: the sea level bulges
and the ground with it, so at both ends heights read off the axis as they are.
"""

from __future__ import annotations

import contextlib
import math
import re
from typing import TYPE_CHECKING

import numpy as np

from dualgig.errors import OutputError
from dualgig.radio.obstacle import CLEAR_SHARE, bulge_m, fresnel_radius_m, sight_line_m
from dualgig.radio.p1812 import EARTH_RADIUS_KM
from dualgig.render.svg import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Scale,
    escaped,
    round_step,
    round_values,
    signed,
    svg_points,
    text_element,
    width_px,
)
from dualgig.screen_link import place_words, site_words
from dualgig.store import cannot_write
from dualgig.text import say

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from dualgig.pair import BandLink, Link
    from dualgig.project import Language

FONT = (
    "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','WenQuanYi Zen Hei',sans-serif"
)

CLEAR, GRAZING, BLOCKED = "#1a7f4b", "#b7791f", "#c0392b"
"""Colours of a line of sight with its zone free, with its zone touched, and blocked."""

STYLE = f"""
text {{ font-family: {FONT}; font-size: 13px; fill: #2b2b2b; }}
.title {{ font-size: 19px; font-weight: 600; }}
.figures {{ fill: #555; }}
.axis {{ fill: #555; font-size: 12px; }}
.grid {{ stroke: #e4e4e0; stroke-width: 1; }}
.frame {{ stroke: #8a8a85; stroke-width: 1; fill: none; }}
.ground {{ fill: #cdbf9b; stroke: #7a6a42; stroke-width: 1.5; stroke-linejoin: round; }}
.clutter {{ fill: #8fae6b; fill-opacity: 0.75; stroke: none; }}
.earth {{ fill: #9a9486; stroke: #6d685c; stroke-width: 1; }}
.zone {{ fill: #4575b4; fill-opacity: 0.16; stroke: #4575b4; stroke-opacity: 0.55; stroke-width: 1; }}
.sight {{ stroke-width: 2; fill: none; }}
.string {{ stroke: #333; stroke-width: 1.2; stroke-dasharray: 6 4; fill: none; }}
.leader {{ stroke: #8a8a85; stroke-width: 1; stroke-dasharray: 2 3; }}
.mast {{ stroke: #222; stroke-width: 3; stroke-linecap: round; }}
.halo {{ stroke: #fff; stroke-width: 3.5px; stroke-linejoin: round; paint-order: stroke; }}
""".strip()


def profile_svg(link: Link, language: Language, band: BandLink | None = None) -> str:
    """The profile of a link as a whole SVG document.

    Parameters
    ----------
    link
        The link.
    language
        Of its words.
    band
        The band whose Fresnel zone and figures are drawn; the link's first where absent.
    """
    shown = band or link.bands[0]
    scale = _scale(link, shown)
    title = say(language, "link.title", site=site_words(link), place=place_words(link, language))
    described = say(language, "profile.description", site=site_words(link), place=place_words(link, language))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" lang="{language}" aria-labelledby="title description">'
    )
    parts = [
        head,
        f'<title id="title">{escaped(title)}</title>',
        f'<desc id="description">{escaped(described)}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        text_element(LEFT, 34, title, "title"),
        text_element(LEFT, 60, _figures(link, shown, language), "figures"),
        *_grid(scale, language),
        *_ground(link, scale),
        *_ray(link, shown, scale),
        *_masts(link, scale, language),
        *_obstacle(link, shown, scale, language),
        f'<rect class="frame" x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" height="{HEIGHT - TOP - BOTTOM}"/>',
        *_legend(link, shown, scale, language),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def profile_name(link: Link, band: str | None) -> str:
    """Name of a profile's file: site, place and, where one was asked for, band."""
    place = link.place
    at = place.id or f"{place.lon:.5f}_{place.lat:.5f}"
    parts = [link.site, at, *([band] if band else [])]
    return "-".join(re.sub(r"[^\w.+-]+", "_", part) for part in parts) + ".svg"


def write_profile(link: Link, path: Path, language: Language, band: BandLink | None = None) -> None:
    """Write `profile_svg` to a file, which appears whole or not at all.

    Parameters
    ----------
    link, language, band
        As for `profile_svg`.
    path
        The file; its folder is made where it is missing.

    Raises
    ------
    OutputError
        It cannot be written, or is something else than an SVG.
    """
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.read_bytes().startswith(b"<svg"):
            raise OutputError(
                f"{path}: this file is something else than a profile. Give another one with --svg."
            )
        new.write_text(profile_svg(link, language, band), encoding="utf-8", newline="\n")
        new.replace(path)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise cannot_write(path, error) from error


def _lifted_m(link: Link, height_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Heights over the effective earth."""
    return np.asarray(height_m + bulge_m(link.profile.distance_km, link.profile.ae_km))


def _scale(link: Link, band: BandLink) -> Scale:
    """A plot in which ground, antennas and zone have room, and their words above them."""
    profile = link.profile
    line_m = sight_line_m(profile.distance_km, profile.hts_m, profile.hrs_m)
    zone_m = CLEAR_SHARE * fresnel_radius_m(profile.distance_km, band.frequency_ghz)
    top_m = max(float(_lifted_m(link, profile.top_m).max()), float((line_m + zone_m).max()))
    low_m = min(float(profile.ground_m.min()), float((line_m - zone_m).min()))
    room_m = max(top_m - low_m, 20.0)
    step_m = round_step(1.3 * room_m, 12)
    low_m = math.floor((low_m - 0.06 * room_m) / step_m) * step_m
    return Scale(link.distance_km, low_m, top_m + 0.36 * room_m)


def _grid(scale: Scale, language: Language) -> list[str]:
    """Axes with their figures."""
    bottom = HEIGHT - BOTTOM
    parts = []
    for height in round_values(scale.low_m, scale.high_m, 6):
        y = float(scale.y(height))
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(text_element(LEFT - 8, y + 4, f"{height:,.0f}", "axis", anchor="end"))
    for km in round_values(0.0, scale.length_km, 8):
        x = float(scale.x(km))
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>')
        parts.append(text_element(x, bottom + 18, f"{km:g}", "axis", anchor="middle"))
    parts.append(text_element(LEFT, TOP - 10, say(language, "profile.height"), "axis"))
    parts.append(
        text_element(WIDTH - RIGHT, bottom + 36, say(language, "profile.distance"), "axis", anchor="end")
    )
    return parts


def _ground(link: Link, scale: Scale) -> list[str]:
    """The ground, what stands on it, and the effective earth below, down to the plot's edge."""
    profile = link.profile
    x, floor = scale.x(profile.distance_km), scale.y(np.full(2, scale.low_m))
    ends = np.array([x[-1], x[0]])

    def area(
        css: str, upper_m: NDArray[np.float64], lower: tuple[NDArray[np.float64], NDArray[np.float64]]
    ) -> str:
        points = svg_points(np.concatenate([x, lower[0]]), np.concatenate([scale.y(upper_m), lower[1]]))
        return f'<polygon class="{css}" points="{points}"/>'

    ground_m = _lifted_m(link, profile.ground_m)
    earth_m = scale.low_m + bulge_m(profile.distance_km, profile.ae_km)
    parts = []
    if profile.clutter_m.any():
        parts.append(area("clutter", _lifted_m(link, profile.top_m), (x[::-1], scale.y(ground_m[::-1]))))
    parts.append(area("ground", ground_m, (ends, floor)))
    parts.append(area("earth", earth_m, (ends, floor)))
    return parts


def _ray(link: Link, band: BandLink, scale: Scale) -> list[str]:
    """Fresnel zone, line of sight, and the stretched string where the sight is blocked."""
    profile = link.profile
    km = np.linspace(0.0, link.distance_km, 121)
    line_m = sight_line_m(km, profile.hts_m, profile.hrs_m)
    zone_m = CLEAR_SHARE * fresnel_radius_m(km, band.frequency_ghz)
    x = scale.x(km)
    zone = svg_points(
        np.concatenate([x, x[::-1]]),
        np.concatenate([scale.y(line_m + zone_m), scale.y((line_m - zone_m)[::-1])]),
    )
    ends = svg_points(scale.x([0.0, link.distance_km]), scale.y([profile.hts_m, profile.hrs_m]))
    parts = [
        f'<polygon class="zone" points="{zone}"/>',
        f'<polyline class="sight" stroke="{_colour(band)}" points="{ends}"/>',
    ]
    if len(link.ridges):
        corners = np.concatenate([[0], link.ridges, [len(profile.distance_km) - 1]])
        heights = _lifted_m(link, profile.top_m)
        heights[[0, -1]] = profile.hts_m, profile.hrs_m
        string = svg_points(scale.x(profile.distance_km[corners]), scale.y(heights[corners]))
        parts.append(f'<polyline class="string" points="{string}"/>')
    return parts


def _masts(link: Link, scale: Scale, language: Language) -> list[str]:
    """Antennas at both ends, with their heights."""
    profile = link.profile
    parts = []
    for end, km, level_m, height_m, key in (
        (0, 0.0, profile.hts_m, link.mast_m, "mast"),
        (-1, link.distance_km, profile.hrs_m, link.receiver_m, "receiver"),
    ):
        x, y, foot = float(scale.x(km)), float(scale.y(level_m)), float(scale.y(profile.ground_m[end]))
        label_x, anchor = (x + 10, "start") if end == 0 else (x - 10, "end")
        head = say(language, f"profile.{key}", height=f"{height_m:g}")
        level = say(language, "profile.level", level=f"{level_m:,.0f}")
        parts += [
            f'<line class="leader" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{y:.1f}"/>',
            f'<line class="mast" x1="{x:.1f}" x2="{x:.1f}" y1="{foot:.1f}" y2="{y:.1f}"/>',
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="#222"/>',
            text_element(label_x, TOP + 19, head, "halo", anchor=anchor),
            text_element(label_x, TOP + 36, level, "halo", anchor=anchor),
        ]
    return parts


def _obstacle(link: Link, band: BandLink, scale: Scale, language: Language) -> list[str]:
    """The obstacle, marked, with its height, distance and how far it stands above the sight."""
    obstacle, profile = band.obstacle, link.profile
    lifted_m = float(_lifted_m(link, profile.top_m)[obstacle.index])
    x, y = float(scale.x(obstacle.distance_km)), float(scale.y(lifted_m))
    line_y = float(scale.y(lifted_m - obstacle.above_line_m))
    colour = _colour(band)
    above = obstacle.above_line_m > 0
    first = say(
        language,
        "profile.obstacle",
        height=f"{obstacle.height_m:,.0f}",
        distance=f"{obstacle.distance_km:.2f}",
    )
    second = say(
        language,
        "profile.obstacle.above" if above else "profile.obstacle.below",
        above=f"{obstacle.above_line_m:.0f}",
        below=f"{-obstacle.above_line_m:.1f}",
        share=f"{max(-obstacle.fresnel_share, 0.0):.1f}",
    )
    half_px = 6 + 0.55 * max(width_px(first), width_px(second))
    middle = min(max(x, LEFT + half_px), WIDTH - RIGHT - half_px)
    at_y = max(_highest_px(link, band, scale, middle - half_px, middle + half_px) - 32, TOP + 54.0)
    return [
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y:.1f}" y2="{line_y:.1f}" stroke="{colour}" stroke-width="1.5"/>',
        f'<line x1="{x:.1f}" x2="{middle:.1f}" y1="{min(y, line_y):.1f}" y2="{at_y + 20:.1f}" stroke="{colour}"/>',
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}" stroke="#fff" stroke-width="1.5"/>',
        text_element(middle, at_y, first, "halo obstacle", anchor="middle"),
        text_element(middle, at_y + 16, second, "halo", anchor="middle", fill=colour),
    ]


def _highest_px(link: Link, band: BandLink, scale: Scale, left: float, right: float) -> float:
    """Top of ground, zone and string between two places, px: words stand above it."""
    profile = link.profile
    km = np.linspace(0.0, link.distance_km, 241)
    zone_m = CLEAR_SHARE * fresnel_radius_m(km, band.frequency_ghz)
    corners = np.concatenate([[0], link.ridges, [len(profile.distance_km) - 1]])
    lifted_m = _lifted_m(link, profile.top_m)
    ground_m = np.interp(km, profile.distance_km, lifted_m)
    lifted_m[[0, -1]] = profile.hts_m, profile.hrs_m
    string_m = np.interp(km, profile.distance_km[corners], lifted_m[corners])
    top_m = np.maximum.reduce([sight_line_m(km, profile.hts_m, profile.hrs_m) + zone_m, ground_m, string_m])
    x = scale.x(km)
    return float(scale.y(top_m[(x >= left) & (x <= right)]).min())


def _legend(link: Link, band: BandLink, scale: Scale, language: Language) -> list[str]:
    """What the colours are, and the scale."""
    profile = link.profile
    middle_m = 500.0 / profile.ae_km * (0.5 * link.distance_km) ** 2
    entries = [
        ('<rect class="ground" width="22" height="10" y="-9"/>', say(language, "profile.ground")),
        (
            '<rect class="earth" width="22" height="10" y="-9"/>',
            say(
                language,
                "profile.bulge",
                k=f"{profile.ae_km / EARTH_RADIUS_KM:.2f}",
                bulge=f"{middle_m:.1f}",
            ),
        ),
        (
            f'<line class="sight" stroke="{_colour(band)}" x2="22" y1="-4" y2="-4"/>',
            say(language, "profile.line"),
        ),
        ('<rect class="zone" width="22" height="10" y="-9"/>', say(language, "profile.zone", band=band.band)),
    ]
    if profile.clutter_m.any():
        entries.insert(
            1, ('<rect class="clutter" width="22" height="10" y="-9"/>', say(language, "profile.clutter"))
        )
    if len(link.ridges):
        entries.append(('<line class="string" x2="22" y1="-4" y2="-4"/>', say(language, "profile.string")))
    parts = []
    x, y = float(LEFT), HEIGHT - BOTTOM + 62
    for mark, words in entries:
        wide = 30 + width_px(words) + 22
        if x + wide > WIDTH - RIGHT:
            x, y = float(LEFT), y + 22
        parts.append(f'<g transform="translate({x:.0f} {y})">{mark}{text_element(30, 0, words, "axis")}</g>')
        x += wide
    notes = [say(language, "profile.scale", times=f"{scale.exaggeration:.2g}"), say(language, "predicted")]
    parts.append(text_element(LEFT, HEIGHT - 10, " · ".join(notes), "axis"))
    return parts


def _figures(link: Link, band: BandLink, language: Language) -> str:
    """The link in a line of figures."""
    lines = band.downlink
    if "diffraction_db" in lines:
        losses = say(
            language,
            "profile.losses",
            free=f"{-lines['free_space_db']:.1f}",
            diffraction=f"{abs(lines['diffraction_db']):.1f}",
        )
    else:
        losses = say(language, "profile.loss", loss=f"{-lines['path_loss_db']:.1f}")
    return say(
        language,
        "profile.figures",
        band=band.band,
        frequency=f"{1000 * band.frequency_ghz:g}",
        distance=f"{link.distance_km:.2f}",
        bearing=f"{round(link.bearing_deg) % 360}",
        losses=losses,
        rsrp=signed(band.rsrp_dbm),
        margin=signed(band.margin_db),
    )


def _colour(band: BandLink) -> str:
    if band.obstacle.above_line_m > 0:
        return BLOCKED
    return CLEAR if band.obstacle.is_clear else GRAZING
