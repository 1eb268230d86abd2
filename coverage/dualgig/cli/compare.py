"""``compare``: two plans against each other."""

from __future__ import annotations

from dataclasses import replace

from rich.console import Console

from dualgig.cli.app import app
from dualgig.cli.options import ComparedFolder, LanguageChoice, PlanPath, chosen_language
from dualgig.compare import compare as compared
from dualgig.export.compare import write_comparison
from dualgig.export.saved import plan_folder, read_plan
from dualgig.screen_compare import show_comparison


@app.command()
def compare(
    first: PlanPath,
    second: PlanPath,
    out: ComparedFolder = None,
    language: LanguageChoice = None,
) -> None:
    """Show what changed between two plans, and why: sites, nodes, places, money, as lists and a map."""
    folders = [plan_folder(path) for path in (first, second)]
    plans = [read_plan(folder) for folder in folders]
    if language is not None:
        project = plans[1].region.project.in_language(chosen_language(language))
        plans[1] = replace(plans[1], region=replace(plans[1].region, project=project))
    comparison = compared(*plans)
    spoken = plans[1].region.project.project.language
    names = (folders[0].resolve().name, folders[1].resolve().name)
    folder = write_comparison(comparison, names, out)
    show_comparison(Console(), comparison, names, folder, spoken)
