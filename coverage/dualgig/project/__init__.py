"""The project file: one pydantic model a section, each option described."""

from dualgig.project.bands import DEFAULT_BANDS, Band
from dualgig.project.build import Candidates, Configuration, Decisions, Fibre
from dualgig.project.equity import REST, Equity, EquityKind, Measure
from dualgig.project.file import Project
from dualgig.project.general import General
from dualgig.project.goals import GOALS, LEVELS, Goals, Objective, Standard, Standards
from dualgig.project.inputs import Elevation, Inputs, LandClass, LandCover, Layer, Raster, Roads
from dualgig.project.money import (
    LINES,
    Budget,
    CoBuilding,
    Costs,
    Fund,
    FundRules,
    OptionKind,
    Price,
)
from dualgig.project.phases import BaseStations, Phases, PhaseTarget, StationUnit
from dualgig.project.radio import Calibration, FitError, Offset, Radio
from dualgig.project.running import MapPage, Solver
from dualgig.project.section import (
    SERVICES,
    FilePath,
    Language,
    PositiveShare,
    Section,
    Service,
    Share,
)

__all__ = [
    "DEFAULT_BANDS",
    "GOALS",
    "LEVELS",
    "LINES",
    "REST",
    "SERVICES",
    "Band",
    "BaseStations",
    "Budget",
    "Calibration",
    "Candidates",
    "CoBuilding",
    "Configuration",
    "Costs",
    "Decisions",
    "Elevation",
    "Equity",
    "EquityKind",
    "Fibre",
    "FilePath",
    "FitError",
    "Fund",
    "FundRules",
    "General",
    "Goals",
    "Inputs",
    "LandClass",
    "LandCover",
    "Language",
    "Layer",
    "MapPage",
    "Measure",
    "Objective",
    "Offset",
    "OptionKind",
    "PhaseTarget",
    "Phases",
    "PositiveShare",
    "Price",
    "Project",
    "Radio",
    "Raster",
    "Roads",
    "Section",
    "Service",
    "Share",
    "Solver",
    "Standard",
    "Standards",
    "StationUnit",
]
