"""DualGig plans 5G and gigabit-fibre coverage.

>>> import dualgig as dg
>>> project = dg.Project.load("data/qingyuan/project.toml")
>>> region = dg.load_region(project)
>>> coverage = dg.predict_coverage(region)
>>> plan = dg.make_plan(region, coverage)
>>> folder = dg.write_outputs(plan)
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dualgig.calibration import calibrate
    from dualgig.drivetest import read_drive_test
    from dualgig.errors import DualGigError, InputError, OutputError, ProjectError, SolverError
    from dualgig.export.deliver import export_plan
    from dualgig.export.postgis import write_postgis
    from dualgig.export.saved import read_plan
    from dualgig.export.write import write_outputs
    from dualgig.pair import link
    from dualgig.plan import Plan
    from dualgig.planner import gaps_today, make_plan, plan_with_curve
    from dualgig.predict import Coverage, predict_coverage
    from dualgig.project import Project
    from dualgig.region.load import check, load_region
    from dualgig.region.model import Region
    from dualgig.scaffold.init import init_project

__version__ = version("dualgig")

__all__ = [
    "Coverage",
    "DualGigError",
    "InputError",
    "OutputError",
    "Plan",
    "Project",
    "ProjectError",
    "Region",
    "SolverError",
    "calibrate",
    "check",
    "export_plan",
    "gaps_today",
    "init_project",
    "link",
    "load_region",
    "make_plan",
    "plan_with_curve",
    "predict_coverage",
    "read_drive_test",
    "read_plan",
    "write_outputs",
    "write_postgis",
]

_HOMES = {
    "Coverage": "dualgig.predict",
    "DualGigError": "dualgig.errors",
    "InputError": "dualgig.errors",
    "OutputError": "dualgig.errors",
    "Plan": "dualgig.plan",
    "Project": "dualgig.project",
    "ProjectError": "dualgig.errors",
    "Region": "dualgig.region.model",
    "SolverError": "dualgig.errors",
    "calibrate": "dualgig.calibration",
    "check": "dualgig.region.load",
    "export_plan": "dualgig.export.deliver",
    "gaps_today": "dualgig.planner",
    "init_project": "dualgig.scaffold.init",
    "link": "dualgig.pair",
    "load_region": "dualgig.region.load",
    "make_plan": "dualgig.planner",
    "plan_with_curve": "dualgig.planner",
    "read_plan": "dualgig.export.saved",
    "predict_coverage": "dualgig.predict",
    "read_drive_test": "dualgig.drivetest",
    "write_outputs": "dualgig.export.write",
    "write_postgis": "dualgig.export.postgis",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: the solver's child process needs none of them."""
    if name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'dualgig' has no attribute {name!r}")
