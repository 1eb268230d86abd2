"""The project file from the guesses: every section with comments, and marks where a person is asked."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from dualgig.costs import LINES
from dualgig.region.choices import chosen
from dualgig.region.coordinates import AXES
from dualgig.region.schema import TABLES
from dualgig.scaffold.draft import Draft
from dualgig.scaffold.operators import propose_configurations
from dualgig.scaffold.prices import PRICES
from dualgig.text import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dualgig.project import Language
    from dualgig.scaffold.guess import Guess, Layer
    from dualgig.scaffold.survey import Survey

REQUIRED = ("townships", "villages", "sites")
"""Tables without which nothing can be planned."""

ORDER = ("townships", "villages", "keypoints", "demand", "sites", "nodes", "status", "exclusions")
"""Tables in the order of the file."""

LISTED = 12
"""Names that a comment lists; more are cut short."""


def project_file(found: Survey, guessed: Guess, folder: Path, file: Path, language: Language) -> Draft:
    """Write a project file.

    Parameters
    ----------
    found
        What lies in the folder.
    guessed
        What it is taken for.
    folder
        The folder.
    file
        Where the file will lie; paths in it are relative to its folder.
    language
        Language of comments and outputs.

    Returns
    -------
    Draft
        The lines, which `Project.load` reads even before anything is filled in.
    """
    draft = Draft(language)
    name = _slug(folder)

    def seen(path: str) -> str:
        return _seen_from(folder / path, file.parent)

    draft.comment(draft.say("init.head", file=file.name, name=name))
    _general(draft, guessed, name, language)
    draft.blank()
    draft.comment(f"--- {draft.say('init.inputs')}")
    for table in ORDER:
        _table(draft, table, guessed, seen)
    _grids_and_roads(draft, found, guessed, seen)
    _leftovers(draft, found, guessed)
    _goals(draft, guessed)
    _radio(draft)
    _configurations(draft, guessed.layers.get("sites"))
    _fibre_and_costs(draft)
    _money_and_choices(draft, guessed)
    return draft


def _general(draft: Draft, guessed: Guess, name: str, language: Language) -> None:
    draft.section("[project]")
    draft.put("name", name, draft.say("init.name"))
    draft.put("title", _title(draft, guessed), draft.say("init.title_note"))
    draft.put("language", language, draft.say("init.language"))
    draft.put("metric_crs", "", draft.say("init.metric_crs"))
    draft.put("notes", [], draft.say("init.notes"))


def _title(draft: Draft, guessed: Guess) -> str:
    """A title with the county's name where the townships tell it."""
    townships = guessed.layers.get("townships")
    theirs = townships.columns.named.get("county") if townships else None
    if townships is None or theirs is None:
        return ""
    counties = {text.strip() for text in townships.table.cells[theirs] if text.strip()}
    return draft.say("init.title", county=counties.pop()) if len(counties) == 1 else ""


def _table(draft: Draft, name: str, guessed: Guess, seen: Callable[[str], str]) -> None:
    """One table of the inputs, commented out where there is none and none is needed."""
    about = draft.say(f"init.about.{name}")
    layer = guessed.layers.get(name)
    if layer is None:
        needed = name in REQUIRED
        draft.section(f"{'' if needed else '# '}[inputs.{name}]", about)
        ask = draft.say("init.no_file") if needed else ""
        if needed and guessed.unused:
            ask += f"; {draft.say('init.left', files=_listed(guessed.unused))}"
        draft.put("path", "", ask=ask, off=not needed)
        return
    draft.section(f"[inputs.{name}]", about)
    rivals = draft.say("init.rivals", files=_listed(layer.rivals)) if layer.rivals else ""
    draft.put("path", seen(layer.table.path), ask=rivals)
    if layer.table.layer:
        draft.put("layer", layer.table.layer)
    if layer.crs_asked:
        degrees = layer.crs in ("EPSG:4326", "EPSG:4490")
        key = "init.crs_guess" if degrees else "init.crs_guess_m" if layer.crs else "init.crs_unknown"
        draft.put("crs", layer.crs, ask=draft.say(key))
    _columns(draft, name, layer, by_raster="population" in guessed.grids)


def _columns(draft: Draft, name: str, layer: Layer, *, by_raster: bool) -> None:
    """Which of the file's columns are which, where their names differ, and which are missing."""
    named, spec = layer.columns.named, TABLES[name].columns
    own = {str(column).strip().lower(): str(column) for column in reversed(layer.table.cells.columns)}
    differing = {ours: theirs for ours, theirs in named.items() if own.get(ours) != theirs}
    axes = {axis: theirs for axis, theirs in layer.columns.axes.items() if _must_name(axis, theirs, own)}
    missing = [ours for ours, column in spec.items() if column.required and ours not in named]
    if by_raster and name == "villages":
        missing = [ours for ours in missing if ours != "population"]
    absent = [ours for ours in spec if ours not in named and ours not in missing and ours not in own]
    free = [str(c) for c in layer.table.cells.columns if c not in (*named.values(), *axes.values())]
    if absent:
        draft.comment(draft.say("init.columns_absent", columns=", ".join(absent)))
    for ours, (theirs, example) in layer.columns.unfit.items():
        draft.ask(draft.say("init.column_unfit", ours=ours, theirs=theirs, example=_short(example)))
    if not (differing or axes or missing):
        return
    draft.lines.append(f"[inputs.{name}.columns]")
    for ours in spec:
        if ours in differing:
            draft.put(ours, differing[ours])
        elif ours in missing:
            meaning = _meaning(draft, name, ours)
            ask = draft.say("init.column_missing", meaning=meaning, columns=_listed(free))
            draft.put(ours, "", ask=ask)
    for axis, theirs in axes.items():
        draft.put(axis, theirs)


def _must_name(axis: str, theirs: str, own: dict[str, str]) -> bool:
    """Whether a coordinate column is not found without being named."""
    found = next((column for lowered, column in own.items() if lowered in AXES[axis]), "")
    return found != theirs


def _meaning(draft: Draft, name: str, ours: str) -> str:
    """What a column is, in the file's language."""
    key = f"list.column.{ours}"
    return draft.say(key) if key in CATALOGUE else TABLES[name].columns[ours].meaning


def _grids_and_roads(draft: Draft, found: Survey, guessed: Guess, seen: Callable[[str], str]) -> None:
    for name in ("terrain", "population"):
        about = draft.say(f"init.about.{name}")
        grid, rivals = guessed.grids.get(name, (None, ()))
        if grid is None:
            needed = name == "terrain"
            draft.section(f"{'' if needed else '# '}[inputs.{name}]", about)
            draft.put("path", "", ask=draft.say("init.no_file") if needed else "", off=not needed)
            continue
        draft.section(f"[inputs.{name}]", about)
        ask = draft.say("init.rivals", files=_listed(rivals)) if rivals else ""
        draft.put("path", seen(grid.path), ask=ask)
        if grid.crs is None:
            draft.put("crs", "", ask=draft.say("init.crs_unknown"))
    draft.section("# [inputs.clutter]", draft.say("init.about.clutter"))
    if guessed.clutter:
        draft.ask(draft.say("init.clutter_found", files=_listed(guessed.clutter)))
    draft.put("path", seen(guessed.clutter[0]) if guessed.clutter else "", off=True)
    draft.put("legend", "worldcover", off=True)
    about = draft.say("init.about.roads")
    if guessed.roads:
        draft.section("[inputs.roads]", about)
        ask = draft.say("init.rivals", files=_listed(guessed.roads[1:])) if len(guessed.roads) > 1 else ""
        draft.put("path", seen(guessed.roads[0]), ask=ask)
        return
    draft.section("# [inputs.roads]", about)
    packed = next((path for path in found.unread if path.lower().endswith(".osm.pbf")), "")
    if packed:
        draft.ask(draft.say("init.roads_pbf", file=packed))
    draft.put("path", "roads.osm", off=True)


def _leftovers(draft: Draft, found: Survey, guessed: Guess) -> None:
    """Files that nothing was made of."""
    if guessed.unused or found.unread:
        draft.blank()
    if guessed.unused:
        draft.comment(draft.say("init.unused", files=_listed(guessed.unused)))
    if found.unread:
        draft.comment(draft.say("init.unread", files=_listed(found.unread)))


def _goals(draft: Draft, guessed: Guess) -> None:
    villages = guessed.layers.get("villages")
    named = villages.columns.named if villages else {}
    no_fibre = "" if "nodes" in guessed.layers and guessed.roads else draft.say("init.no_fibre")
    no_priority = "" if "priority" in named else draft.say("init.no_priority")
    no_eligible = "" if "eligible" in named else draft.say("init.no_eligible")
    draft.section("[goals]", f"--- {draft.say('init.goals')}")
    for goal, lacking in (
        ("township_5g", ""),
        ("township_gigabit", no_fibre),
        ("priority_village_5g", no_priority),
        ("eligible_village_5g", no_eligible),
        ("eligible_village_gigabit", no_eligible or no_fibre),
    ):
        draft.put(goal, 1.0, lacking, off=bool(lacking))
    draft.section("[standards]", draft.say("init.standards"))
    draft.put("village", "miit_5g", draft.say("init.standard_village"))
    draft.put("township", "population", draft.say("init.standard_township"))
    draft.put("population_share", 0.95)
    draft.put("operator", "any", draft.say("init.standard_operator"))
    draft.section("[objective]", draft.say("init.objective"))
    draft.put("villages", 1000, draft.say("init.worth_village"))
    draft.put("people", 1, draft.say("init.worth_person"))


def _radio(draft: Draft) -> None:
    draft.section("[radio]", f"--- {draft.say('init.radio')}")
    draft.put("threshold_dbm", -105.0, draft.say("init.threshold"))
    draft.put("location_share", 0.9, draft.say("init.location_share"))


def _configurations(draft: Draft, sites: Layer | None) -> None:
    draft.blank()
    draft.comment(draft.say("init.configurations"))
    proposals = propose_configurations(sites)
    for proposal in proposals:
        draft.section("[[configurations]]")
        draft.put("id", proposal.id)
        owner = draft.say("init.operator_guess") if proposal.operator_asked else ""
        draft.put("operator", proposal.operator, ask=owner)
        bands = draft.say("init.bands_guess") if proposal.bands_asked else ""
        draft.put("bands", list(proposal.bands), ask=bands)
        draft.put("sectors", 3)
    if not proposals:
        draft.section("[[configurations]]")
        draft.put("id", "a-n28")
        operator = draft.say("init.example_operator")
        draft.put("operator", operator, ask=draft.say("init.configurations_example"))
        draft.put("bands", ["n28"], ask=draft.say("init.bands_guess"))
        draft.put("sectors", 3)


def _fibre_and_costs(draft: Draft) -> None:
    draft.section("[fibre]", draft.say("init.fibre"))
    draft.put("budget_db", 29.0)
    draft.put("split", 64)
    draft.put("splitter_loss_db", 21.5)
    draft.put("fixed_loss_db", 1.5)
    draft.put("loss_db_per_km", 0.35)
    draft.put("snap_m", 1500.0, draft.say("init.snap"))
    draft.section("[costs]", f"--- {draft.say('init.costs')}")
    draft.put("horizon_years", 5, draft.say("init.horizon"))
    draft.put("contingency", 0.05, draft.say("init.contingency"))
    draft.put("vat", 0.0, draft.say("init.vat"))
    draft.section("[costs.prices]")
    for line, unit in LINES.items():
        amount, year = PRICES[line]
        source = draft.say(f"init.price.{line}")
        price = f'amount_cny = {amount}, unit = "{unit}", year = {year}, source = "{source}"'
        draft.lines.append(f"{line} = {{ {price} }}")


def _money_and_choices(draft: Draft, guessed: Guess) -> None:
    draft.section("[budget]")
    draft.put("total_cny", 0, ask=draft.say("init.budget"))
    proposing = not _holds_new(guessed.layers.get("sites"))
    draft.section("[candidates]", draft.say("init.candidates"))
    draft.put("generate", proposing, draft.say("init.candidates_on" if proposing else "init.candidates_off"))
    draft.section("[decisions]", draft.say("init.decisions"))
    draft.put("lock", [])
    draft.put("forbid", [])
    draft.section("[solver]")
    draft.put("gap", 0.0, draft.say("init.solver"))


def _holds_new(sites: Layer | None) -> bool:
    """Whether the sites hold candidates; one without a structure is a new one."""
    theirs = sites.columns.named.get("structure") if sites else None
    if sites is None or theirs is None:
        return False
    return any(chosen(text, ("existing", "new")) != "existing" for text in set(sites.table.cells[theirs]))


def _slug(folder: Path) -> str:
    """A short name for the project: the folder's, as far as it may stand in a path."""
    slug = re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-_")
    return slug or "plan"


def _seen_from(path: Path, folder: Path) -> str:
    """A path relative to a folder, with forward slashes; absolute where there is no such path."""
    try:
        return PurePosixPath(Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()).as_posix()
    except ValueError:  # another drive
        return path.resolve().as_posix()


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:LISTED]) + (" ..." if len(names) > LISTED else "")


def _short(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:19]}…"
