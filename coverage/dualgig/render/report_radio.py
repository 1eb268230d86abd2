"""How radio coverage was predicted, in sentences: model, ground, antennas, targets, tests, paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from dualgig.text import say
from dualgig.text.numbers import count, percent

if TYPE_CHECKING:
    from dualgig.plan import Plan
    from dualgig.prediction import CapLoss, SweepCheck
    from dualgig.project import Project


NAMED = 20
"""Places that a sentence names; the rest is in ``plan.json``."""


def radio_text(plan: Plan) -> str:
    """Everything that a reader of the link budgets must know beside their figures, in one paragraph."""
    project = plan.region.project
    language = project.project.language
    sentences = [*_model(project), _antennas(plan), *_target(project)]
    if project.radio.calibration is not None:
        sentences.append(say(language, "report.link.calibrated", source=project.radio.calibration.fitted_on))
    sentences += _tests(project)
    if plan.interfered:
        sentences.append(say(language, "report.link.interfered", count=len(plan.interfered)))
    return ("" if language == "zh" else " ").join(sentences)


def _model(project: Project) -> list[str]:
    """How the loss is predicted, and what is known of buildings and trees."""
    language, radio, land = project.project.language, project.radio, project.inputs.clutter
    values = {
        "height": f"{radio.receiver_height_m:g}",
        "std": f"{radio.location_std_db:g}",
        "share": percent(radio.location_share),
    }
    if radio.model != "p1812":
        return [say(language, f"report.link.model.{radio.model}", **values)]
    sentences = [say(language, "report.link.model", delta_n=f"{radio.delta_n:g}", **values)]
    if land is not None:
        sentences.append(say(language, "report.link.ground.clutter", file=land.path))
    else:
        ground = "surface" if project.inputs.terrain.surface else "bare"
        sentences.append(say(language, f"report.link.ground.{ground}"))
    if radio.clutter_loss == "p2108":
        sentences.append(say(language, "report.link.p2108"))
    return sentences


def _antennas(plan: Plan) -> str:
    """How many sites tell of their sectors."""
    language = plan.region.project.project.language
    known = int(plan.sites["azimuths"].map(len).gt(0).sum()) if "azimuths" in plan.sites else 0
    if not known:
        return say(language, "report.link.antenna.none")
    return say(language, "report.link.antenna", known=known, sites=len(plan.sites))


def _target(project: Project) -> list[str]:
    """Entry loss of indoor targets, where it is predicted."""
    language, radio = project.project.language, project.radio
    if radio.target == "outdoor":
        return []
    building = say(language, f"report.link.building.{radio.building}")
    share = percent(radio.entry_probability)
    return [say(language, "report.link.indoor", building=building, share=share)]


def _tests(project: Project) -> list[str]:
    """What is asked for beside SS-RSRP."""
    language, radio = project.project.language, project.radio
    sentences = []
    if radio.sinr_threshold_db is not None:
        sentences.append(say(language, "report.link.sinr", threshold=f"{radio.sinr_threshold_db:g}"))
    if radio.downlink_mbps is not None:
        sentences.append(say(language, "report.link.downlink", rate=f"{radio.downlink_mbps:g}"))
    if sentences:
        sentences.append(
            say(language, f"report.link.interferers.{radio.interferers}", load=percent(radio.load))
        )
    if radio.uplink_mbps is not None:
        sentences.append(
            say(
                language,
                "report.link.uplink",
                rate=f"{radio.uplink_mbps:g}",
                power=f"{radio.phone_power_dbm:g}",
                rise=f"{radio.uplink_noise_rise_db:g}",
            )
        )
    return sentences


def prediction_text(plan: Plan) -> list[str]:
    """By which method the paths were computed, how it stood exact profiles, what the caps cost: paragraphs."""
    about, language = plan.prediction, plan.region.project.project.language
    if about is None:
        return []
    size = {"sites": count(about.sites), "points": count(about.points), "paths": count(about.paths)}
    if about.check is None:
        method = [say(language, "report.prediction.exact", **size)]
    else:
        method = [say(language, "report.prediction.sweep", exact=count(about.check.sites), **size)]
        method += _check(plan, about.check)
    space = "" if language == "zh" else " "
    return [space.join(method), *_caps(plan, about.caps)]


def _check(plan: Plan, check: SweepCheck) -> list[str]:
    """The sweep against exact profiles."""
    language = plan.region.project.project.language
    sentences = [
        say(
            language,
            "report.prediction.check",
            paths=count(check.paths),
            mean=f"{check.mean_db:+.2f}".replace("-", "−"),
            std=f"{check.std_db:.2f}",
            points=count(check.points),
            lost=count(check.points_lost),
            gained=count(check.points_gained),
        )
    ]
    for key, places in (("lost", check.places_lost), ("gained", check.places_gained)):
        if places:
            sentences.append(say(language, f"report.prediction.{key}", names=_names(plan, places)))
    if len(sentences) == 1:
        sentences.append(say(language, "report.prediction.same"))
    return sentences


def _caps(plan: Plan, caps: tuple[CapLoss, ...]) -> list[str]:
    """Places lost to the radius caps, band by band."""
    language = plan.region.project.project.language
    paragraphs = [
        say(
            language,
            "report.prediction.cap",
            band=cap.band,
            radius=f"{cap.radius_km:g}",
            wider=f"{cap.wider_km:g}",
            count=count(len(cap.places)),
            examined=count(cap.examined),
            names=_names(plan, cap.places),
        )
        for cap in caps
        if cap.places
    ]
    paragraphs = [
        say(language, "report.prediction.caps" if paragraphs else "report.prediction.caps.none"),
        *paragraphs,
    ]
    paragraphs += [
        say(
            language,
            "report.prediction.sampled",
            band=cap.band,
            unserved=count(cap.unserved),
            examined=count(cap.examined),
        )
        for cap in caps
        if cap.examined < cap.unserved
    ]
    return paragraphs


def _names(plan: Plan, places: tuple[str, ...]) -> str:
    """Names of places, with their ids where a name is not theirs alone."""
    language = plan.region.project.project.language
    names = pd.concat([plan.townships["name"], plan.villages["name"]]).astype(str)
    shared = set(names[names.duplicated(keep=False)])
    listed = [
        f"{names[place]} ({place})" if names[place] in shared else names[place] for place in places[:NAMED]
    ]
    text = say(language, "report.separator").join(listed)
    if len(places) > NAMED:
        space = "" if language == "zh" else " "
        text += space + say(language, "report.prediction.more", count=count(len(places) - NAMED))
    return text
