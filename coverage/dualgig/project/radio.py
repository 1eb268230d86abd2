"""``[radio]``: link budgets, propagation model, calibration."""

import math
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from dualgig.project.bands import DEFAULT_BANDS, Band
from dualgig.project.section import Section, Share


class FitError(Section):
    """``[radio.calibration.held_out.<band>]``: error on sites or routes that a fit had not seen.

    Measured less predicted SS-RSRP, before and after the offsets.
    """

    samples: int = Field(ge=0, description="Samples.")
    censored: int = Field(ge=0, description="Those of them at the receiver's floor.")
    mean_before_db: float = Field(description="Mean error without offsets, dB.")
    std_before_db: float = Field(ge=0, description="Its standard deviation, dB.")
    rmse_before_db: float = Field(ge=0, description="Its root mean square, dB.")
    mean_after_db: float = Field(description="Mean error with the offsets, dB.")
    std_after_db: float = Field(ge=0, description="Its standard deviation, dB.")
    rmse_after_db: float = Field(ge=0, description="Its root mean square, dB.")


Offset = Annotated[float, Field(ge=-60.0, le=60.0)]


class Calibration(Section):
    """``[radio.calibration]``: what a drive test adds to the prediction; `dualgig calibrate` writes it."""

    fitted_on: str = Field(min_length=1, description="The drive test, and how much of it was used.")
    offsets_db: dict[str, Offset] = Field(
        description="Per band: measured less predicted SS-RSRP, dB; a line of the link budget."
    )
    clutter_offsets_db: dict[str, dict[str, Offset]] = Field(
        default_factory=dict,
        description="Per band and class of clutter at the receiver: the offset there, instead of the band's.",
    )
    held_out: dict[str, FitError] = Field(
        default_factory=dict, description="Per band: error on sites or routes that the fit had not seen."
    )


class Radio(Section):
    """``[radio]``: the link budgets and the propagation model.

    SS-RSRP decides; the tests of SINR and of rates at the cell edge are added where their thresholds are
    given. What is held, is held at ``location_share`` of the locations.
    """

    model: Literal["p1812", "tr38901_rma", "tr38901_uma"] = Field(
        "p1812",
        description="Basic loss: ITU-R P.1812-8 over the terrain, or, for flat ground only, 3GPP TR 38.901 rural "
        "or urban macro weighted by the probability of line of sight, to 5 km, which looks at no terrain.",
    )
    method: Literal["auto", "exact", "sweep"] = Field(
        "auto",
        description="How the many paths of a region are computed: exact, a profile of each; sweep, radial lines "
        "that the paths of a site share, with exact profiles for what stands and is built; auto, by size.",
    )
    threshold_dbm: float = Field(-105.0, description="SS-RSRP at which a point is served, dBm.")
    receiver_height_m: float = Field(1.5, gt=0, le=3000, description="Receiver above ground, m.")
    location_std_db: float = Field(6.0, ge=0, description="Location variability (log-normal shadowing), dB.")
    location_share: Annotated[float, Field(ge=0.5, lt=1.0)] = Field(
        0.9, description="Share of locations at which the threshold is held; sets the shadow margin."
    )
    body_loss_db: float = Field(3.0, ge=0, description="Body loss, dB.")
    penetration_loss_db: float = Field(
        0.0, ge=0, description="Entry loss of indoor targets, dB; 0 is outdoors."
    )
    target: Literal["outdoor", "indoor"] = Field(
        "outdoor", description="indoor: the entry loss of ITU-R P.2109-2 instead of penetration_loss_db."
    )
    building: Literal["traditional", "thermally_efficient"] = Field(
        "traditional", description="Buildings of an indoor target (P.2109-2 section 2)."
    )
    entry_probability: float = Field(
        0.5,
        gt=0,
        lt=1,
        description="Share of buildings and positions in them at which the entry loss is not exceeded.",
    )
    delta_n: float = Field(
        45.0, gt=0, lt=157, description="Median refractivity gradient, N-units/km (P.1812-8 section 3.5)."
    )
    polarisation: Literal["horizontal", "vertical"] = Field(
        "vertical", description="For the smooth-earth part."
    )
    clutter_loss: Literal["none", "p2108"] = Field(
        "none",
        description="Loss among buildings at receivers of which neither clutter nor a surface model tells: "
        "none, or p2108 (ITU-R P.2108-1 section 3.2, median, urban and suburban).",
    )
    fragile_margin_db: float = Field(
        6.0,
        ge=0,
        description="How much more loss ITM must see than P.1812 for a path to count as fragile, dB. Less is "
        "within the location variability (6 dB) that the shadow margin is there for.",
    )
    calibration: Calibration | None = Field(None, description="Offsets fitted to a drive test.")
    sinr_threshold_db: float | None = Field(
        None,
        description="SINR of the best server at which a point is served, dB (-3 is usual); no test if absent.",
    )
    downlink_mbps: float | None = Field(
        None, gt=0, description="Downlink rate at the cell edge that is asked for, Mbit/s; no test if absent."
    )
    uplink_mbps: float | None = Field(
        None, gt=0, description="Uplink rate at the cell edge that is asked for, Mbit/s; no test if absent."
    )
    load: Share = Field(0.5, description="Load of the interfering cells, for SINR and downlink rate.")
    interferers: Literal["on_air", "all"] = Field(
        "on_air",
        description="Sites that interfere: those on air today (the plan's own are checked after it), "
        "or all that may be built, which holds whatever is built.",
    )
    noise_figure_db: float = Field(
        9.0, ge=0, description="Noise figure of the phone, dB (the UE of 3GPP TR 36.942, taken for NR)."
    )
    phone_power_dbm: float = Field(23.0, description="Power of the phone, dBm (3GPP power class 3).")
    base_noise_figure_db: float = Field(
        5.0,
        ge=0,
        description="Noise figure of the base station, dB (3GPP TR 36.942 table 4.6, taken for NR).",
    )
    uplink_noise_rise_db: float = Field(
        3.0, ge=0, description="Interference margin of the uplink: rise over the thermal noise, dB."
    )
    bands: dict[str, Band] = Field(
        default_factory=dict, description="Bands; n1 n5 n8 n28 n41 n78 n79 are known."
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_known_bands(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        given = data.get("bands") or {}
        if not isinstance(given, dict):
            return data
        bands: dict[str, Any] = {name: dict(values) for name, values in DEFAULT_BANDS.items()}
        for name, values in given.items():
            bands[name] = {**bands.get(name, {}), **values} if isinstance(values, dict) else values
        return {**data, "bands": bands}

    @model_validator(mode="after")
    def _known_to_the_models(self) -> Self:
        low = sorted(name for name, band in self.bands.items() if band.lowest_mhz < 500)
        if self.clutter_loss == "p2108" and low:
            raise ValueError(f"clutter_loss: P.2108 begins at 500 MHz, and {', '.join(low)} is below")
        if self.model != "p1812" and low:
            raise ValueError(f"model: TR 38.901 begins at 500 MHz, and {', '.join(low)} is below")
        user_m = {"p1812": (0.0, math.inf), "tr38901_rma": (1.0, 10.0), "tr38901_uma": (1.5, 13.0)}[
            self.model
        ]
        if not user_m[0] <= self.receiver_height_m <= user_m[1]:
            raise ValueError(
                f"receiver_height_m: {self.model} is stated for users from {user_m[0]:g} to {user_m[1]:g} m"
            )
        if self.method == "sweep" and self.model != "p1812":
            raise ValueError(
                "method: a sweep goes over terrain, which TR 38.901 does not look at; write 'auto'"
            )
        if self.method == "sweep" and (self.sinr_threshold_db is not None or self.downlink_mbps is not None):
            raise ValueError(
                "method: a sweep lists no interferers, which sinr_threshold_db and downlink_mbps ask after; "
                "write 'auto'"
            )
        if self.model != "p1812" and self.clutter_loss != "none":
            raise ValueError("clutter_loss: TR 38.901 has the clutter in its loss; write 'none'")
        if self.target == "indoor" and self.penetration_loss_db:
            raise ValueError(
                "penetration_loss_db: an indoor target has the entry loss of P.2109; leave one of the two out"
            )
        deep = sorted(name for name, band in self.bands.items() if band.lowest_mhz < 80)
        if self.target == "indoor" and deep:
            raise ValueError(f"target: P.2109 begins at 80 MHz, and {', '.join(deep)} is below")
        if self.calibration is not None:
            named = {*self.calibration.offsets_db, *self.calibration.clutter_offsets_db}
            unknown = sorted(named - set(self.bands))
            if unknown:
                raise ValueError(f"calibration: {', '.join(unknown)} is no band of [radio.bands]")
            bare = sorted(set(self.calibration.clutter_offsets_db) - set(self.calibration.offsets_db))
            if bare:
                raise ValueError(
                    f"calibration.offsets_db: {', '.join(bare)} is missing; add the band's offset"
                )
        return self
