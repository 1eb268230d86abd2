"""The project file: one pydantic model a section, each option described."""

from __future__ import annotations

import difflib
import math
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from dualgig.errors import ProjectError
from dualgig.postgis import is_database, split_secrets

Share = Annotated[float, Field(ge=0.0, le=1.0)]
PositiveShare = Annotated[float, Field(gt=0.0, le=1.0)]
Language = Literal["zh", "en"]
Service = Literal["5g", "gigabit"]

SERVICES: tuple[Service, Service] = ("5g", "gigabit")


def _no_database(path: str) -> str:
    if is_database(path):
        raise ValueError("only tables are read from a database: give a file here")
    return path


FilePath = Annotated[str, AfterValidator(_no_database)]


class Section(BaseModel):
    """A section of the project file: unknown keys are errors, values are not coerced from text."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class General(Section):
    """``[project]``: what the plan is called and in which language it speaks."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$",
        description="Short name; the outputs go to maps/<name>. Letters, digits, - and _.",
    )
    title: str = Field("", description="Title of map and report; the name where empty.")
    language: Language = Field("en", description="Language of map, report, lists and terminal.")
    metric_crs: str = Field(
        "", description="Projected CRS in metres for distances (e.g. EPSG:4549); the UTM zone where empty."
    )
    seed: int = Field(1, ge=0, description="Seed of every random choice.")
    notes: tuple[str, ...] = Field((), description="Caveats shown on the map and in the report.")


class Layer(Section):
    """An input table: a vector file, a CSV/XLSX with coordinate columns, or a table of a PostGIS database.

    A password in a database's address is kept apart from ``path`` and never written anywhere.
    """

    path: str = Field(
        "", description="File, relative to the project file, or postgresql://user@host:port/database."
    )
    layer: str = Field(
        "",
        description="Layer of a GeoPackage, or sheet of a workbook, the first where empty; "
        "or schema.table of a database.",
    )
    query: str = Field("", description="SELECT that gives the rows of a database, instead of a layer.")
    columns: dict[str, str] = Field(
        default_factory=dict, description="Our column = the file's column, where the names differ."
    )
    crs: str = Field(
        "",
        description="CRS, where the file does not carry it (EPSG:4326, EPSG:4490, ...), or GCJ-02 or BD-09.",
    )
    encoding: str = Field("", description="Text encoding (GBK, UTF-8); found out where empty.")
    caveat: str = Field("", description="What is synthetic or approximate in it; shown wherever it appears.")

    _secrets: dict[str, str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _part_with_the_password(self) -> Self:
        if not is_database(self.path):
            if self.query:
                raise ValueError('a query needs a database: write path = "postgresql://user@host/database"')
            return self
        address, secrets = split_secrets(self.path)
        self._secrets.update(secrets)
        # The model is frozen for everyone else.
        object.__setattr__(self, "path", address)
        if bool(self.layer) == bool(self.query):
            raise ValueError('of a database give either layer = "schema.table" or query = "select ..."')
        return self

    @property
    def secrets(self) -> dict[str, str]:
        """Passwords that the address of the database held, by connection parameter."""
        return self._secrets

    @property
    def source(self) -> str:
        """Where the rows are from, as errors and reports name it: the file, or database and table."""
        return f"{self.path} {self.layer or '(query)'}" if is_database(self.path) else self.path


class Roads(Section):
    """The road graph that trenches follow: an OSM XML file, or a place name for OSMnx."""

    path: FilePath = Field("", description="OSM XML file, relative to the project file.")
    place: str = Field("", description="Place name that OSMnx downloads, when there is no file.")
    network_type: str = Field("all", description="OSMnx network type used with a place name.")
    caveat: str = Field("", description="What is synthetic or approximate in it.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if bool(self.path) == bool(self.place):
            raise ValueError("give either a path or a place, not both or neither")
        return self


class Raster(Section):
    """A GeoTIFF."""

    path: FilePath = Field(description="GeoTIFF, relative to the project file.")
    crs: str = Field("", description="CRS, where the file does not carry it.")
    caveat: str = Field("", description="What is synthetic or approximate in it.")


class Elevation(Raster):
    """``[inputs.terrain]``: the elevation model."""

    surface: bool = Field(
        default=False,
        description="The heights contain canopy and roofs (a surface model, DSM): clutter heights are not "
        "added to them again.",
    )


class LandClass(Section):
    """``[inputs.clutter.legend.<code>]``: one class of a land-cover raster."""

    name: str = Field(min_length=1, description="Name of the class, e.g. bamboo.")
    height_m: float = Field(ge=0, le=100, description="Representative clutter height, m.")


class LandCover(Raster):
    """``[inputs.clutter]``: land cover, from which clutter heights along a path follow.

    A table under ``legend`` becomes ``classes``.
    """

    legend: Literal["worldcover", "globeland30", "custom"] = Field(
        description="Whose classes they are: worldcover (ESA), globeland30, or a table code = name and height."
    )
    classes: dict[str, LandClass] = Field(
        default_factory=dict, description="Classes of a legend of one's own, by the raster's code."
    )
    heights_m: dict[str, Annotated[float, Field(ge=0, le=100)]] = Field(
        default_factory=dict, description="Heights of one's own for classes of a known legend, by name, m."
    )

    @model_validator(mode="before")
    @classmethod
    def _table_as_classes(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("legend"), dict):
            return {**data, "legend": "custom", "classes": data["legend"]}
        return data

    @model_validator(mode="after")
    def _codes(self) -> Self:
        if (self.legend == "custom") != bool(self.classes):
            raise ValueError('give either legend = "worldcover" or "globeland30", or a table of classes')
        if self.classes and self.heights_m:
            raise ValueError("heights_m changes a known legend; write the heights into the classes")
        for code in self.classes:
            if not code.isdecimal():
                raise ValueError(f"legend: {code!r} is not a class of a raster; write a whole number")
        return self


class Inputs(Section):
    """``[inputs]``: the files. Townships, villages, sites and terrain are required."""

    townships: Layer = Field(description="Township polygons.")
    villages: Layer = Field(description="Village polygons or points.")
    terrain: Elevation = Field(description="Digital elevation model, metres.")
    clutter: LandCover | None = Field(None, description="Land cover; bare ground where absent.")
    sites: Layer = Field(description="Existing and candidate radio sites.")
    nodes: Layer | None = Field(None, description="Existing and candidate fibre nodes (offices, OLTs).")
    roads: Roads | None = Field(None, description="Road graph; without it no fibre can be planned.")
    keypoints: Layer | None = Field(
        None, description="Seats, committees, schools, clinics, settlements; village points where absent."
    )
    demand: Layer | None = Field(
        None, description="Demand points with people; spread over villages where absent."
    )
    population: Raster | None = Field(None, description="People per cell; spreads or counts the population.")
    status: Layer | None = Field(None, description="Ledger of what is served, by authority or measurement.")
    exclusions: Layer | None = Field(None, description="Polygons where nothing new is built.")


class Goals(Section):
    """``[goals]``: the share of places that must be served. Absent: no duty.

    Duties are met in the order townships, priority villages, eligible villages, all villages.
    """

    township_5g: Share | None = Field(None, description="Townships with 5G.")
    township_gigabit: Share | None = Field(None, description="Townships with gigabit fibre.")
    priority_village_5g: Share | None = Field(None, description="Priority villages with 5G.")
    priority_village_gigabit: Share | None = Field(None, description="Priority villages with gigabit fibre.")
    eligible_village_5g: Share | None = Field(None, description="Eligible villages with 5G.")
    eligible_village_gigabit: Share | None = Field(None, description="Eligible villages with gigabit fibre.")
    village_5g: Share | None = Field(None, description="All administrative villages with 5G.")
    village_gigabit: Share | None = Field(None, description="All administrative villages with gigabit fibre.")


Standard = Literal["miit_5g", "miit_4g", "committee", "population", "area"]


class Standards(Section):
    """``[standards]``: when a place counts as served (see the user guide for each)."""

    village: Standard = Field(
        "miit_5g", description="Standard for 5G in villages; a village's own column wins."
    )
    township: Standard = Field("population", description="Standard for 5G in townships.")
    population_share: PositiveShare = Field(
        0.95, description="People to reach, for the standard 'population'."
    )
    area_share: PositiveShare = Field(0.95, description="Area to reach, for the standard 'area'.")
    operator: str = Field("any", description="'any', 'each', or the name of one operator.")


class Objective(Section):
    """``[objective]``: what is worth most once the duties are met. Whole numbers."""

    villages: int = Field(
        1000, ge=0, description="Worth of one more village, community or township with one service."
    )
    people: int = Field(0, ge=0, description="Worth of one more person with one service.")


class Band(Section):
    """``[radio.bands.<name>]``: one carrier of a band, as the link budgets in both directions need it.

    The defaults are typical of rural macro sites in China and are the user's to change. Sites on one
    band interfere; operators with carriers of their own in it need bands of different names.
    """

    frequency_mhz: float = Field(
        gt=30, lt=6000, description="Downlink centre frequency; P.1812 ends at 6 GHz."
    )
    resource_blocks: int = Field(
        gt=0, description="Resource blocks of the carrier (3GPP TS 38.101-1 table 5.3.2-1)."
    )
    power_dbm: float = Field(description="Carrier power of a sector, all ports, dBm.")
    ssb_gain_dbi: float = Field(description="Antenna gain of the SSB beam, dBi (not the traffic beam's).")
    cable_loss_db: float = Field(0.5, ge=0, description="Jumpers and feeder, dB.")
    radius_km: float = Field(gt=0, le=100, description="Radius cap, km.")
    ssb_offset_db: float = Field(
        0.0, ge=-10, le=10, description="Power of an SSB resource element above the carrier's others, dB."
    )
    horizontal_beamwidth_deg: float = Field(
        65.0, gt=0, le=360, description="Half-power beamwidth of a sector, horizontal; used with azimuths."
    )
    vertical_beamwidth_deg: float = Field(
        10.0, gt=0, le=180, description="Half-power beamwidth of a sector, vertical; used with azimuths."
    )
    electrical_tilt_deg: float = Field(
        0.0, ge=-30, le=30, description="Electrical downtilt, degrees; used with azimuths."
    )
    subcarrier_khz: Literal[15, 30, 60] = Field(30, description="Subcarrier spacing, kHz.")
    downlink_share: float = Field(
        1.0, gt=0, le=1, description="Share of the time that is downlink (TDD frame); 1 for FDD."
    )
    uplink_share: float = Field(
        1.0, gt=0, le=1, description="Share of the time that is uplink (TDD frame); 1 for FDD."
    )
    uplink_mhz: float | None = Field(
        None, gt=30, lt=6000, description="Uplink centre frequency; the downlink's (TDD) where absent."
    )
    traffic_gain_dbi: float | None = Field(
        None, description="Antenna gain of the traffic beam, for rates, dBi; the SSB beam's where absent."
    )

    @property
    def reference_power_dbm(self) -> float:
        """SS-RSRP reference power: carrier power - 10 log10(12 x RB), dBm a resource element."""
        return self.power_dbm - 10.0 * math.log10(12 * self.resource_blocks)

    @property
    def lowest_mhz(self) -> float:
        """The lower one of the centre frequencies of both directions, MHz."""
        return min(self.frequency_mhz, self.uplink_mhz or self.frequency_mhz)


# Vertical beamwidths go with the gains: about 32,400 / (linear gain x horizontal beamwidth). TDD shares: n41
# 5 ms, seven downlink and two uplink slots of ten, special slot 6:4:4; n78 and n79 2.5 ms double period
# (DDDSU DDSUU), special slot 10:2:2.
DEFAULT_BANDS: dict[str, dict[str, float]] = {
    "n28": {
        "frequency_mhz": 773.0,
        "resource_blocks": 160,
        "power_dbm": 53.8,
        "ssb_gain_dbi": 14.5,
        "radius_km": 15.0,
        "vertical_beamwidth_deg": 16.0,
        "subcarrier_khz": 15,
        "uplink_mhz": 718.0,
    },
    "n5": {
        "frequency_mhz": 881.5,
        "resource_blocks": 106,
        "power_dbm": 49.0,
        "ssb_gain_dbi": 15.0,
        "radius_km": 13.0,
        "vertical_beamwidth_deg": 15.0,
        "subcarrier_khz": 15,
        "uplink_mhz": 836.5,
    },
    "n8": {
        "frequency_mhz": 947.5,
        "resource_blocks": 106,
        "power_dbm": 49.0,
        "ssb_gain_dbi": 15.0,
        "radius_km": 13.0,
        "vertical_beamwidth_deg": 15.0,
        "subcarrier_khz": 15,
        "uplink_mhz": 902.5,
    },
    "n1": {
        "frequency_mhz": 2140.0,
        "resource_blocks": 106,
        "power_dbm": 49.0,
        "ssb_gain_dbi": 17.0,
        "radius_km": 8.0,
        "subcarrier_khz": 15,
        "uplink_mhz": 1950.0,
    },
    "n41": {
        "frequency_mhz": 2593.0,
        "resource_blocks": 273,
        "power_dbm": 53.8,
        "ssb_gain_dbi": 17.0,
        "radius_km": 8.0,
        "downlink_share": 0.743,
        "uplink_share": 0.229,
    },
    "n78": {
        "frequency_mhz": 3450.0,
        "resource_blocks": 273,
        "power_dbm": 53.0,
        "ssb_gain_dbi": 17.5,
        "radius_km": 5.0,
        "downlink_share": 0.643,
        "uplink_share": 0.329,
    },
    "n79": {
        "frequency_mhz": 4850.0,
        "resource_blocks": 273,
        "power_dbm": 53.0,
        "ssb_gain_dbi": 17.5,
        "radius_km": 3.0,
        "downlink_share": 0.643,
        "uplink_share": 0.329,
    },
}


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
        9.0, ge=0, description="Noise figure of the phone, dB (3GPP TR 38.802 table A.2.1-1)."
    )
    phone_power_dbm: float = Field(23.0, description="Power of the phone, dBm (3GPP power class 3).")
    base_noise_figure_db: float = Field(
        5.0, ge=0, description="Noise figure of the base station, dB (3GPP TR 38.802 table A.2.1-1)."
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


class Configuration(Section):
    """``[[configurations]]``: what one operator may put on one site; at most one an operator and site."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_+-]*$", description="Short name, e.g. cmcc-n28.")
    operator: str = Field(min_length=1, description="Operator (or sharing pair) on whose account it stands.")
    bands: tuple[str, ...] = Field(min_length=1, description="Bands that go on air together.")
    sectors: int = Field(3, ge=1, le=6, description="Sectors; scales the radio equipment.")


class Fibre(Section):
    """``[fibre]``: passive optical network and trench."""

    budget_db: float = Field(
        29.0, gt=0, description="Optical budget: class N1 29 dB, N2 31 dB (ITU-T G.987.2)."
    )
    split: int = Field(64, ge=2, le=256, description="Split ratio of a PON port.")
    splitter_loss_db: float = Field(21.5, gt=0, description="Loss of the splitter, dB (1:64: 21.5).")
    loss_db_per_km: float = Field(0.35, gt=0, description="Cable loss, dB/km.")
    fixed_loss_db: float = Field(1.5, ge=0, description="Connectors, splices and ageing, dB.")
    port_fill: float = Field(0.8, gt=0, le=1, description="Share of a port's branches that may be used.")
    take_rate: Share = Field(0.6, description="Share of the homes passed that subscribe.")
    snap_m: float = Field(1500.0, gt=0, description="Farthest that a place may lie from the road graph, m.")
    nodes_per_village: int = Field(8, ge=1, description="Nearest nodes that are looked at for a village.")
    household_size: float = Field(
        2.6, gt=0, description="People a household, where households are not given."
    )

    @property
    def reach_km(self) -> float:
        """Longest cable within the optical budget, km."""
        return (self.budget_db - self.splitter_loss_db - self.fixed_loss_db) / self.loss_db_per_km


class Price(Section):
    """``[costs.prices.<name>]``: a unit price with its source."""

    amount_cny: float = Field(ge=0, le=1e12, description="Price of one unit, CNY without VAT.")
    unit: str = Field(description="site, sector, km, home, port, year, ...")
    year: int = Field(ge=1990, le=2100, description="Year of the price.")
    source: str = Field(min_length=1, description="Where the figure is from.")


class Costs(Section):
    """``[costs]``: the cost book. Every price is the user's; ``dualgig.costs.LINES`` lists the names."""

    horizon_years: float = Field(5.0, ge=0, description="Years of rent and energy in a site's cost.")
    contingency: Share = Field(0.05, description="Contingency on everything that is built.")
    vat: Share = Field(0.0, description="VAT added to every line; 0 means prices and budget are without VAT.")
    prices: dict[str, Price] = Field(default_factory=dict, description="Unit prices.")


class Budget(Section):
    """``[budget]``: the money."""

    total_cny: int = Field(ge=0, le=10**15, description="Everything together, whole CNY.")


class Candidates(Section):
    """``[candidates]``: sites that DualGig proposes beside those given."""

    generate: bool = Field(
        default=False, description="Propose new sites at village committees and on ridges near roads."
    )
    spacing_m: float = Field(1500.0, gt=0, description="Least distance between proposed sites, m.")
    ridge_window_m: float = Field(
        1200.0, gt=0, description="A ridge site is the highest ground within this, m."
    )
    road_distance_m: float = Field(
        800.0, gt=0, description="Farthest that a ridge site may lie from a road, m."
    )
    mast_m: float = Field(35.0, gt=0, description="Mast height of a proposed site, m.")


class Decisions(Section):
    """``[decisions]``: a planner's own will, over the columns of the tables."""

    lock: tuple[str, ...] = Field((), description="Sites or nodes that must be built.")
    forbid: tuple[str, ...] = Field((), description="Sites or nodes that must not be built.")


class MapPage(Section):
    """``[map]``: what the map carries beside the plan. As it is, the map asks no network for anything."""

    base: Literal["none", "osm", "tianditu", "gaode"] = Field(
        "none", description="Base map that the page loads from the network: OpenStreetMap, 天地图 or 高德."
    )
    key_in_file: bool = Field(
        default=False,
        description="Write the key of 天地图 (environment: DUALGIG_TIANDITU_KEY) into the map; it asks otherwise.",
    )
    rsrp: bool = Field(default=True, description="Predict the best server's SS-RSRP as a raster layer.")
    rsrp_classes_dbm: tuple[float, ...] = Field(
        (-85.0, -95.0, -105.0, -115.0),
        max_length=8,
        description="Edges of its classes, strongest first, dBm.",
    )
    compress: bool = Field(
        default=True, description="Compress what the map carries; false for browsers that cannot unpack it."
    )
    approval_number: str = Field("", description="Map approval number (审图号), shown in the footer.")
    watermark: str = Field("", description="Text across the map, e.g. 内部使用 or Internal use.")

    @model_validator(mode="after")
    def _descending(self) -> Self:
        edges = self.rsrp_classes_dbm
        if any(weaker >= stronger for stronger, weaker in pairwise(edges)):
            raise ValueError("rsrp_classes_dbm: write the edges from the strongest to the weakest")
        return self


class Solver(Section):
    """``[solver]``: how long to look. Work limits keep equal runs equal; a clock does not."""

    gap: float = Field(
        0.0, ge=0, lt=1, description="Relative gap at which a stage may stop; 0 asks for proof."
    )
    node_limit: int = Field(200_000, ge=1, description="Branch-and-bound nodes a stage.")
    time_limit_s: float | None = Field(None, gt=0, description="Clock limit of a stage; none by default.")


class Project(Section):
    """A whole project file, checked.

    Attributes
    ----------
    path : pathlib.Path
        The project file; relative paths in it are relative to its folder.
    """

    project: General
    inputs: Inputs
    goals: Goals = Goals()
    standards: Standards = Standards()
    objective: Objective = Objective()
    radio: Radio = Field(default_factory=lambda: Radio.model_validate({}))
    configurations: tuple[Configuration, ...] = Field(min_length=1)
    fibre: Fibre = Fibre()
    costs: Costs = Costs()
    budget: Budget
    candidates: Candidates = Candidates()
    decisions: Decisions = Decisions()
    solver: Solver = Solver()
    map: MapPage = MapPage()

    _path: Path = PrivateAttr(default=Path("project.toml"))

    @property
    def path(self) -> Path:
        """The project file."""
        return self._path

    @property
    def name(self) -> str:
        """Short name; the outputs go to ``maps/<name>``."""
        return self.project.name

    @property
    def title(self) -> str:
        """Title of map and report."""
        return self.project.title or self.project.name

    @property
    def operators(self) -> tuple[str, ...]:
        """Operators of the configurations, in the order of the file."""
        return tuple(dict.fromkeys(configuration.operator for configuration in self.configurations))

    def resolve(self, path: str) -> Path:
        """Absolute path of an input that the project file names."""
        return (self._path.parent / path).resolve()

    def in_language(self, language: Language) -> Project:
        """The same project with another language of its outputs."""
        general = self.project.model_copy(update={"language": language})
        copy = self.model_copy(update={"project": general})
        copy._path = self._path  # noqa: SLF001
        return copy

    @model_validator(mode="after")
    def _references(self) -> Self:
        ids = [configuration.id for configuration in self.configurations]
        if len(set(ids)) < len(ids):
            raise ValueError("configurations: two have the same id; give each its own")
        for configuration in self.configurations:
            for band in configuration.bands:
                if band not in self.radio.bands:
                    known = ", ".join(sorted(self.radio.bands))
                    raise ValueError(
                        f"configurations: {configuration.id} names the band {band!r}, which is not among {known}; "
                        f"describe it under [radio.bands.{band}]"
                    )
        operator = self.standards.operator
        if operator not in ("any", "each", *self.operators):
            raise ValueError(
                f"standards.operator: {operator!r} is none of the operators ({', '.join(self.operators)}); "
                "write 'any', 'each' or one of them"
            )
        both = set(self.decisions.lock) & set(self.decisions.forbid)
        if both:
            raise ValueError(f"decisions: {', '.join(sorted(both))} is locked and forbidden; choose one")
        return self

    @classmethod
    def load(cls, path: str | Path) -> Project:
        """Read and check a project file.

        Parameters
        ----------
        path
            A TOML file.

        Raises
        ------
        ProjectError
            The file is missing, is not TOML, or has a wrong or misspelt key; every mistake is named
            at once, with the key that was probably meant.
        """
        path = Path(path)
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            raise ProjectError(f"{path}: there is no such file. Give the path of a project.toml.") from None
        except IsADirectoryError:
            raise ProjectError(f"{path}: this is a folder. Give the project.toml inside it.") from None
        except UnicodeDecodeError:
            raise ProjectError(f"{path}: this is not UTF-8 text. Save the project file as UTF-8.") from None
        except OSError as error:
            raise ProjectError(f"{path}: cannot be read ({error.strerror}).") from None
        except tomllib.TOMLDecodeError as error:
            raise ProjectError(f"{path}: this is not TOML: {error}. Mend that line.") from None
        try:
            project = cls.model_validate(data)
        except ValidationError as error:
            raise ProjectError("\n".join(_describe(path, data, error))) from None
        project._path = path.resolve()  # noqa: SLF001
        return project


def _describe(path: Path, data: dict[str, Any], error: ValidationError) -> list[str]:
    """Each mistake of a project file as one line that says what to write instead."""
    lines = []
    errors = error.errors()
    locations = [item["loc"] for item in errors]
    misspelt = {
        (*item["loc"][:-1], _meant(data, item["loc"])) for item in errors if item["type"] == "extra_forbidden"
    }
    for item in errors:
        if item["loc"] in misspelt or (
            item["type"] == "too_short"
            and any(item["loc"] == other[: len(item["loc"])] != other for other in locations)
        ):
            continue
        where = ".".join(str(part) for part in item["loc"])
        if item["type"] == "extra_forbidden":
            meant = _meant(data, item["loc"])
            mend = (
                f"did you mean {meant!r}?"
                if meant
                else f"known here: {', '.join(_known_keys(item['loc'][:-1]))}."
            )
            lines.append(f"{path}: {where}: there is no such key; {mend}")
        elif item["type"] == "missing":
            lines.append(f"{path}: {where}: this key is missing; add it.")
        else:
            message = item["msg"].removeprefix("Value error, ")
            lines.append(f"{path}: {where + ': ' if where else ''}{message[:1].lower()}{message[1:]}.")
    return lines


def _meant(data: dict[str, Any], location: tuple[int | str, ...]) -> str:
    """The key that a misspelt one was probably meant to be, or an empty text."""
    known = _known_keys(location[:-1])
    unused = [key for key in known if key not in _at(data, location[:-1])]
    close = difflib.get_close_matches(str(location[-1]), unused or known, n=1, cutoff=0.5)
    return close[0] if close else ""


def _at(data: Any, location: tuple[int | str, ...]) -> Any:
    """The part of the file's data at a pydantic location, or an empty table."""
    for part in location:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return {}
    return data if isinstance(data, dict) else {}


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys that a section allows, found by walking the JSON schema."""
    schema = Project.model_json_schema()
    node: Any = schema
    for part in location:
        node = _dereference(schema, node)
        if isinstance(part, int):
            node = node.get("items", {})
        elif part in node.get("properties", {}):
            node = node["properties"][part]
        else:
            node = node.get("additionalProperties", {})
    return sorted(_dereference(schema, node).get("properties", {}))


def _dereference(schema: dict[str, Any], node: Any) -> dict[str, Any]:
    """Follow ``$ref`` and the non-null arm of ``anyOf``."""
    while isinstance(node, dict) and ("$ref" in node or "anyOf" in node or "allOf" in node):
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
        else:
            arms = node.get("anyOf") or node["allOf"]
            node = next(arm for arm in arms if arm.get("type") != "null")
    return node if isinstance(node, dict) else {}
